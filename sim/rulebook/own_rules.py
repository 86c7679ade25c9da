"""Rules and measures from outside the package: a Python file that declares them, told apart by its content."""

from __future__ import annotations

import hashlib
import linecache
import sys
import traceback
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from sim.base.errors import Fault, InputError
from sim.base.measure import Measure
from sim.base.rule import Rule

__all__ = ["RuleFile", "read_rule_file"]


@dataclass(frozen=True)
class RuleFile:
    """A file of rules as it was read: all that another process needs to have the same rules.

    Parameters
    ----------
    name : of the file, without its folder
    source : its content
    """

    name: str
    source: str

    @property
    def sha256(self) -> str:
        """The hash of its content, by which a run records it."""
        return hashlib.sha256(self.source.encode()).hexdigest()

    def rules(self) -> tuple[Rule, ...]:
        """Execute the file, once in a process, and return the rules that it declares, in its order.

        Raises
        ------
        InputError : it cannot be executed, or declares neither a rule nor a measure
        """
        return tuple(one for one in _declared_in(self) if isinstance(one, Rule))

    def measures(self) -> tuple[Measure, ...]:
        """Return the weekly measures that the file declares, as :meth:`rules` does."""
        return tuple(one for one in _declared_in(self) if isinstance(one, Measure))


def read_rule_file(path: str | Path) -> RuleFile:
    """Read a file of rules; nothing in it is executed yet.

    Raises
    ------
    InputError : there is no such file, or it is not text
    """
    try:
        return RuleFile(Path(path).name, Path(path).read_text("utf-8"))
    except UnicodeDecodeError:
        raise InputError.single(str(path), "a Python file in UTF-8", "other bytes") from None
    except (OSError, ValueError) as error:
        came = getattr(error, "strerror", None) or str(error)
        raise InputError.single(str(path), "a Python file that can be read", came, "is the path right?") from None


@cache
def _declared_in(file: RuleFile) -> tuple[Rule | Measure, ...]:
    name = f"own_rules_{file.sha256[:16]}"
    shown = f"<{file.name}>"
    # So that a traceback, and numba, can show the lines.
    linecache.cache[shown] = (len(file.source), None, file.source.splitlines(keepends=True), shown)
    module = ModuleType(name)
    module.__file__ = shown
    sys.modules[name] = module
    try:
        exec(compile(file.source, shown, "exec"), module.__dict__)
    except Exception as error:
        del sys.modules[name]
        raise InputError([_fault(file, shown, error)]) from error
    declared = tuple(dict.fromkeys(value for value in vars(module).values() if isinstance(value, Rule | Measure)))
    if not declared:
        hint = "declare one: RULE = Rule(name=..., steps=...), or MEASURE = mean_over(...)"
        raise InputError.single(file.name, "a file that declares a rule or a measure", "neither", hint)
    return declared


def _fault(file: RuleFile, shown: str, error: Exception) -> Fault:
    """Return where in the file it went wrong, and what Python said."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == shown]
    if isinstance(error, SyntaxError) and error.lineno:
        lines.append(error.lineno)
    where = f"{file.name}, line {lines[-1]}" if lines else file.name
    return Fault(where, "Python that can be executed", f"{type(error).__name__}: {error}")
