"""Scripts that start processes need a guard: each new process reads the script again, and would start its own."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from types import FrameType

from sim.base.errors import InputError

__all__ = ["refuse_unguarded"]


def refuse_unguarded(what: str) -> None:
    """Refuse to start processes from a line of a script that each of them would run again.

    Parameters
    ----------
    what : what is being started, as its user knows it

    Raises
    ------
    InputError : the script that runs has called this from outside of its ``if __name__ == "__main__":``
    """
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    line = _line_of_script()
    if script is None or line is None or _is_guarded(Path(script), line):
        return
    raise InputError.single(
        f"{script}, line {line}", f'{what} to be started under `if __name__ == "__main__":`', "it outside of that",
        "each new process reads the script again and would start others; put what runs under that line, "
        "or use threads",
    )  # fmt: skip


def _line_of_script() -> int | None:
    """Return the line that the script has come to, if it was from there that this was called."""
    of_script = vars(sys.modules["__main__"])
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if frame.f_globals is of_script and frame.f_code.co_name == "<module>":
            return frame.f_lineno
        frame = frame.f_back
    return None


def _is_guarded(script: Path, line: int) -> bool:
    try:
        tree = ast.parse(script.read_bytes())
    except (OSError, SyntaxError, ValueError):  # Not a file of Python's: no process can read it again.
        return True
    return any(
        isinstance(node, ast.If) and _asks_for_name(node.test) and node.lineno <= line <= (node.end_lineno or line)
        for node in ast.walk(tree)
    )


def _asks_for_name(test: ast.expr) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(test))
