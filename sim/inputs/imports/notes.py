"""What an import says: what was understood, assumed and left out, each with its number and reason, and what it asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sim.base.errors import Fault
from sim.inputs.tables.faults import shown

__all__ = ["Notes", "counted", "some"]

_SHOWN = 5


@dataclass
class Notes:
    """Sentences for the report.

    Parameters
    ----------
    understood, assumed, left_out : in the order in which things were met
    asked : what has to be answered before anything is written
    """

    understood: list[str] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    asked: list[Fault] = field(default_factory=list)

    def ask(self, where: str, wanted: str, came: str, hint: str) -> None:
        """Ask something; the hint says how to answer."""
        self.asked.append(Fault(where, wanted, came, hint))


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with what it counts.

    Examples
    --------
    >>> counted(1, "row"), counted(1200, "person", "people")
    ('1 row', '1,200 people')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def some(names: Iterable[str], n_shown: int = _SHOWN) -> str:
    """Return a few names as a message quotes them.

    Examples
    --------
    >>> some(["a", "b"]), some("abcdefg", 2)
    ('"a", "b"', '"a", "b" and 5 more')
    """
    told = list(names)
    more = f" and {len(told) - n_shown:,} more" if len(told) > n_shown else ""
    return ", ".join(map(shown, told[:n_shown])) + more
