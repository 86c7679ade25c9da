"""Faults gathered from one file, each with its line and column, and the known names that come near to a wrong one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from sim.base.errors import Fault, nearest_name

__all__ = ["FaultList", "NearNames", "shown"]

_LONGEST_SHOWN = 60
_MOST_HINTS = 200
"""Hints looked for in one file: nobody reads more, and looking for the nearest of many names takes time."""

_NEIGHBOURS = 20


def shown(cell: str) -> str:
    """Return a cell as a message quotes it, in one line and not too long."""
    if not cell:
        return "an empty cell"
    cut = cell if len(cell) <= _LONGEST_SHOWN else cell[: _LONGEST_SHOWN - 1] + "…"
    return '"' + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut) + '"'


class FaultList:
    """Everything that is wrong with one file.

    Parameters
    ----------
    path : the file
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._found: list[tuple[int, str, Fault]] = []

    def add(self, line: int, column: str, wanted: str, came: str, hint: str = "") -> None:
        """Note a fault; line 0 is the whole file, and without a column it is the whole line."""
        where = str(self.path)
        if line:
            where += f": line {line}" + (f", column {column}" if column else "")
        self._found.append((line, column, Fault(where, wanted, came, hint)))

    def in_order(self) -> list[Fault]:
        """Return the faults in the order of the file's lines; what is wrong alike in many lines is told once."""
        alike: dict[tuple[str, str, str, str], list[Fault]] = {}
        for _, column, fault in sorted(self._found, key=lambda found: found[0]):
            alike.setdefault((column, fault.wanted, fault.came, fault.hint), []).append(fault)
        return [
            first if not others else replace(first, came=f"{first.came}, as in {_more_lines(len(others))}")
            for first, *others in alike.values()
        ]

    def __len__(self) -> int:
        return len(self._found)


def _more_lines(number: int) -> str:
    return "1 more line" if number == 1 else f"{number:,} more lines"


class NearNames:
    """Finds the known name that is nearest to a wrong one, however many are known.

    Only names that stand next to the wrong one in the alphabet, read forwards or backwards, are compared letter by
    letter: a slip at either end of a name leaves the other end as it was.

    Parameters
    ----------
    known : the known names
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._known = sorted(known)
        self._backwards: list[str] | None = None
        self._hints: dict[str, str] = {}

    def hint(self, name: str) -> str:
        """Return a hint that names the nearest known name, or an empty string."""
        if name not in self._hints:
            if len(self._hints) >= _MOST_HINTS:
                return ""
            self._hints[name] = nearest_name(name, self._candidates(name))
        return self._hints[name]

    def _candidates(self, name: str) -> list[str]:
        if self._backwards is None:
            self._backwards = sorted(known[::-1] for known in self._known)
        mirrored = [known[::-1] for known in _around(self._backwards, name[::-1])]
        return list(dict.fromkeys(_around(self._known, name) + mirrored))


def _around(ordered: list[str], name: str) -> list[str]:
    place = bisect_left(ordered, name)
    return ordered[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS]
