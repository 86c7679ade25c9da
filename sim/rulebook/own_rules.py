"""Rules and measures from outside the package: a Python file that declares them, read once, told apart by its content.

What is recorded of a file (:class:`Recorded`) is never executed: it tells what somebody has to give once more.
"""

from __future__ import annotations

import hashlib
import linecache
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from sim.base.errors import Fault, InputError
from sim.base.files import read_file
from sim.base.measure import Measure
from sim.base.rule import Rule

__all__ = ["Recorded", "RuleFile", "faults_of_record", "read_rule_file"]

T = TypeVar("T")

LARGEST_FILE = 1_000_000
"""Bytes of a file of rules, at most."""

_SHOWN_DIGITS = 12
_LONGEST_SAID = 500


class Recorded(BaseModel):
    """What a manifest and a store say of rules from outside the package.

    ``source`` is for people who want to see what was run; it is empty for a rule that was made in Python.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(max_length=300, description="name of the file, or of a rule that was made in Python")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="hash of its content")
    source: str = Field("", max_length=LARGEST_FILE, description="its content; it is never executed")

    def in_words(self) -> str:
        """Return the name, and the beginning of the hash."""
        return f"{self.name} (SHA-256 {self.sha256[:_SHOWN_DIGITS]}...)"


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

    @property
    def recorded(self) -> Recorded:
        """What a run records of it."""
        return Recorded(name=self.name, sha256=self.sha256, source=self.source)

    def rules(self) -> tuple[Rule, ...]:
        """Execute the file, once in a process, and return the rules that it declares, in its order.

        Raises
        ------
        InputError : it cannot be executed
        """
        return self.declared(Rule)

    def measures(self) -> tuple[Measure, ...]:
        """Return the weekly measures that the file declares, as :meth:`rules` does."""
        return self.declared(Measure)

    def declared(self, kind: type[T]) -> tuple[T, ...]:
        """Return the objects of a kind that the file makes, in its order; the file is executed once in a process.

        Raises
        ------
        InputError : it cannot be executed
        """
        return tuple(dict.fromkeys(value for value in self._values() if isinstance(value, kind)))

    def subclasses(self, base: type[T]) -> tuple[type[T], ...]:
        """Return the classes below another that the file itself writes, in its order.

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
    content = read_file(Path(path), "a Python file that can be read", LARGEST_FILE)
    try:
        return RuleFile(Path(path).name, content.decode("utf-8"))
    except UnicodeDecodeError:
        raise InputError.single(str(path), "a Python file in UTF-8", "other bytes") from None


_lock = threading.RLock()


def _executed(file: RuleFile) -> ModuleType:
    """Return the module of a file; threads that ask at once get the same."""
    with _lock:
        return _executed_once(file)


@cache
def _executed_once(file: RuleFile) -> ModuleType:
    name = f"own_rules_{file.sha256[:16]}"
    shown = f"<{file.name}>"
    # So that a traceback, and numba, can show the lines.
    linecache.cache[shown] = (len(file.source), None, file.source.splitlines(keepends=True), shown)
    module = ModuleType(name)
    module.__file__ = shown
    sys.modules[name] = module
    try:
        exec(compile(file.source, shown, "exec"), module.__dict__)
    except KeyboardInterrupt:
        del sys.modules[name]
        raise
    except (
        BaseException
    ) as error:  # sys.exit() as well: a program that was given by mistake must not end ours as if all were well
        del sys.modules[name]
        raise InputError([_fault(file, shown, error)]) from error
    return module


def _fault(file: RuleFile, shown: str, error: BaseException) -> Fault:
    """Return where in the file it went wrong, and what Python said."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == shown]
    if isinstance(error, SyntaxError) and error.lineno:
        lines.append(error.lineno)
    where = f"{file.name}, line {lines[-1]}" if lines else file.name
    return Fault(where, "Python that can be executed", f"{type(error).__name__}: {error}"[:_LONGEST_SAID])


def faults_of_record(recorded: Sequence[Recorded], given: Sequence[Recorded], where: str) -> Iterator[Fault]:
    """Yield how the rules that are given now differ from those that were recorded.

    Parameters
    ----------
    recorded, given : in their order, which is part of what they do
    where : what recorded them
    """
    if [one.sha256 for one in recorded] == [one.sha256 for one in given]:
        return
    names = {one.name: one for one in given}
    for one in recorded:
        now = names.pop(one.name, None)
        if now is None:
            yield Fault(where, f"{one.in_words()}, which it was made with", "none", f"give it: --with {one.name}")
        elif now.sha256 != one.sha256:
            hint = "what was run is recorded there; give that file, or run anew into another folder"
            yield Fault(where, f"{one.in_words()}, which it was made with", f"another content: {now.in_words()}", hint)
    for one in names.values():
        yield Fault(where, "no rules but those it was made with", one.in_words(), f"leave out --with {one.name}")
    if sorted(one.sha256 for one in recorded) == sorted(one.sha256 for one in given):
        order = ", ".join(one.name for one in recorded)
        yield Fault(where, f"the rules in the order {order}", ", ".join(one.name for one in given))
