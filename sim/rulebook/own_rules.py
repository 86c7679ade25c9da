"""Rules from outside the package: a Python file that declares them, read once and told apart by its content."""

from __future__ import annotations

import hashlib
import linecache
import sys
import traceback
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from sim.base.errors import Fault, InputError
from sim.base.rule import Rule

__all__ = ["RuleFile", "read_rule_file"]

T = TypeVar("T")


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
        InputError : it cannot be executed, or declares no rule
        """
        rules = self.declared(Rule)
        if not rules:
            hint = "declare one: RULE = Rule(name=..., steps=...)"
            raise InputError.single(self.name, "a file that declares a rule", "none", hint)
        return rules

    def declared(self, kind: type[T]) -> tuple[T, ...]:
        """Return the objects of a kind that the file makes, in its order; the file is executed once in a process.

        Raises
        ------
        InputError : it cannot be executed
        """
        return tuple(dict.fromkeys(value for value in self._values() if isinstance(value, kind)))

    def subclasses(self, base: type[T]) -> tuple[type[T], ...]:
        """Return the classes below another that are written in the file, in its order; not those that it imports.

        Raises
        ------
        InputError : it cannot be executed
        """
        module = _executed(self)
        classes = [value for value in self._values() if isinstance(value, type) and issubclass(value, base)]
        return tuple(dict.fromkeys(cls for cls in classes if cls.__module__ == module.__name__))

    def _values(self) -> list[Any]:
        return list(vars(_executed(self)).values())


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
def _executed(file: RuleFile) -> ModuleType:
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
    return module


def _fault(file: RuleFile, shown: str, error: Exception) -> Fault:
    """Return where in the file it went wrong, and what Python said."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == shown]
    if isinstance(error, SyntaxError) and error.lineno:
        lines.append(error.lineno)
    where = f"{file.name}, line {lines[-1]}" if lines else file.name
    return Fault(where, "Python that can be executed", f"{type(error).__name__}: {error}")
