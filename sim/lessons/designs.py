"""A design: how many days of a budget go to what, and when; what limits it, and the place with the programme in it.

One person designs in a lesson, and a team in a room. What days can go to and how many there are differs; how a design
is read, what it breaks and what it becomes does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from sim.base.errors import CultureshiftError
from sim.inputs.scenario.description import Scenario

__all__ = [
    "NOTHING_SPENT",
    "NO_SUCH_OFFER",
    "Design",
    "DesignError",
    "DesignTask",
    "Spend",
    "SpendOption",
    "days_of",
    "read_design",
]  # fmt: skip

NOTHING_SPENT = "Spend at least a day on something."
NO_SUCH_OFFER = "There is nothing of that name to spend days on."

_Week = Annotated[int, Field(ge=0, le=10_000, strict=True)]
_Days = Annotated[int, Field(ge=0, le=10**6, strict=True)] | Annotated[float, Field(ge=0, le=1e6, strict=True)]

Spend = tuple[_Week, _Week, _Days]
"""First week, the week after the last, and days."""

Design = Mapping[str, Spend]
"""What is spent, by the name of what it is spent on."""

_SHAPE: TypeAdapter[dict[str, Spend]] = TypeAdapter(Annotated[dict[str, Spend], Field(max_length=40)])
_PENNY = 1e-6


class DesignError(CultureshiftError):
    """A design is none, or breaks a limit.

    Parameters
    ----------
    sentences : all that is wrong with it, in words for whoever made it
    """

    def __init__(self, *sentences: str) -> None:
        self.sentences = sentences
        super().__init__(" ".join(sentences))


@dataclass(frozen=True)
class SpendOption:
    """One thing that days can be spent on, and its limits.

    Parameters
    ----------
    title : what it is, in words
    kind : kind of intervention
    a_week : days of paid support that the full programme costs a week
    shortest, longest : weeks that it may take; what has no longest goes on to the end of the run
    latest_end : the week by which it has to end
    most : how many times the full programme it may be at most
    after : the name of what has to end before it begins; empty where nothing has to
    """

    title: str
    kind: str
    a_week: float
    shortest: int
    longest: int | None
    latest_end: int
    most: float
    after: str = ""

    @property
    def starts_with_title(self) -> str:
        """What it is, as a sentence begins with it."""
        return self.title[:1].upper() + self.title[1:]

    def most_days(self, start: int, end: int) -> float:
        """Return the most days that can be spent in these weeks."""
        return self.most * self.a_week * (end - start)

    def fault_of(self, spend: Spend) -> str:
        """Return what breaks a limit, in a sentence; nothing where nothing does."""
        start, end, days = spend
        title = self.starts_with_title
        if self.longest is None:
            if end != self.latest_end or not 0 <= start <= end - self.shortest:
                return f"{title} goes on to the end of the run, for at least {self.shortest} weeks."
        elif not (start >= 0 and end <= self.latest_end and self.shortest <= end - start <= self.longest):
            return f"{title} takes {self.shortest} to {self.longest} weeks, and ends by week {self.latest_end}."
        most = self.most_days(start, end)
        return "" if 0 < days <= most else f"{title} takes more than 0 and at most {most:g} days in so many weeks."


@dataclass(frozen=True)
class DesignTask:
    """What is to be designed, and for where.

    Parameters
    ----------
    place : what happens anyway; a programme is put into it
    budget : days of paid support in all
    offers : what days can be spent on, by name
    """

    place: Scenario
    budget: float
    offers: Mapping[str, SpendOption]

    def faults(self, design: Design) -> list[str]:
        """Return what a design breaks, in words for whoever made it; nothing where it can be run."""
        faults = [self._fault_of(name, spend) for name, spend in design.items()]
        spent = days_of(design)
        if spent > self.budget + _PENNY:
            faults.append(f"That costs {spent:g} days, {spent - self.budget:g} more than the budget.")
        for name, offer in self.offers.items():
            if {name, offer.after} <= design.keys() and design[name][0] < design[offer.after][1]:
                before = self.offers[offer.after]
                faults.append(f"{offer.starts_with_title} can begin when {before.title} ends.")
        return [fault for fault in faults if fault]

    def _fault_of(self, name: str, spend: Spend) -> str:
        return self.offers[name].fault_of(spend) if name in self.offers else NO_SUCH_OFFER

    def scenario(self, design: Design) -> Scenario:
        """Return the place with the programme that a design without faults is."""
        entries = []
        for name, (start, end, days) in design.items():
            offer = self.offers[name]
            intensity = days / (offer.a_week * (end - start))
            entries.append({"kind": offer.kind, "start_week": start, "end_week": end, "intensity": intensity})
        return self.place.replace(timeline=(*self.place.timeline, *entries))


def days_of(design: Design) -> float:
    """Return the days spent in all."""
    return sum(days for _, _, days in design.values())


def read_design(said: Any, task: DesignTask) -> Design:
    """Return the design that a page sends: by name, ``[first week, the week after the last, days]``.

    Raises
    ------
    DesignError : it is none, or breaks a limit; all that it breaks is told
    """
    try:
        design = _SHAPE.validate_python(said)
    except ValidationError as error:
        raise DesignError("That is no programme: days are spent on something, from a week to a week.") from error
    if faults := ([] if design else [NOTHING_SPENT]) or task.faults(design):
        raise DesignError(*faults)
    return design
