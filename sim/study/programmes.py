"""Programmes of equal cost: how a budget is spent, on what and when.

A programme is a point in a box; whatever the point, what is spent on coaching, dialogue, training, a top-up and
protected time adds up to the budget. So a search over the box compares only programmes that cost the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sim.base.dates import day_words, first_day
from sim.inputs.interventions import KINDS, Strand
from sim.inputs.scenario.description import Scenario

__all__ = [
    "LAST_SUPPORT_WEEK", "STRANDS", "PricedStrand", "Programme", "choices", "programme_from", "strands",
    "without_support",
]  # fmt: skip

HIGHEST_INTENSITY = 3.0
"""More than three times the full programme of anything is not on offer; what it would cost is spent on more weeks."""

LEAST_SHARE = 0.08
"""A strand that would get less of the budget than this is left out."""

_LATEST_START = 104
LAST_SUPPORT_WEEK = 156
"""Outside support ends here at the latest, and from here all programmes of a search are judged."""


@dataclass(frozen=True)
class PricedStrand:
    """One thing that money can be spent on, and what it costs.

    Parameters
    ----------
    strand : what it is, as its kind of intervention declares it
    kind : kind of intervention
    cost_per_week : days of paid support a week at intensity 1
    """

    strand: Strand
    kind: str
    cost_per_week: float

    @property
    def name(self) -> str:
        """Its name in results."""
        return self.strand.name

    @property
    def title(self) -> str:
        """What it is, in words."""
        return self.strand.title

    @property
    def weeks(self) -> tuple[int, int | None]:
        """Shortest and longest time it is spread over; the second is None for what goes on to the end."""
        return self.strand.weeks


def strands() -> dict[str, PricedStrand]:
    """Return what a budget can be spent on, by name, on kinds of intervention of one's own too."""
    return {
        strand.name: PricedStrand(strand, kind, float(cls.model_fields["cost_per_week"].default))
        for kind, cls in KINDS.items()
        for strand in cls.strands
    }


STRANDS: dict[str, PricedStrand] = {
    name: strand for name, strand in strands().items() if KINDS[strand.kind].declared_in is None
}
"""What a budget can be spent on with the kinds of the package alone, as in a room, by name."""


@dataclass(frozen=True)
class Programme:
    """How a budget is spent.

    Parameters
    ----------
    entries : for each strand that is part of it: first week, the week after the last, and intensity
    budget : days of paid support in all
    """

    entries: Mapping[str, tuple[int, int, float]]
    budget: float

    def spent(self) -> dict[str, float]:
        """Return the days spent on each strand."""
        priced = strands()
        return {
            name: priced[name].cost_per_week * intensity * (end - start)
            for name, (start, end, intensity) in self.entries.items()
        }

    def on(self, scenario: Scenario) -> Scenario:
        """Return a scenario without its own paid support, and with this programme."""
        priced = strands()
        entries = [
            {"kind": priced[name].kind, "start_week": start, "end_week": end, "intensity": intensity}
            for name, (start, end, intensity) in self.entries.items()
        ]
        bare = without_support(scenario)
        return bare.replace(timeline=(*bare.timeline, *entries), support_ends=None)

    def parts_in_words(self, begins: date | None = None) -> list[str]:
        """Return what the days are spent on, the most expensive first, in words that a director can use.

        Parameters
        ----------
        begins : the day on which week 0 begins, where that is known

        Examples
        --------
        >>> Programme({"dialogue": (0, 52, 1.0)}, 104.0).parts_in_words()
        ['104 days of dialogue with staff (weeks 0 to 52, 2.0 days a week)']
        >>> Programme({"dialogue": (0, 52, 0.1)}, 10.4).parts_in_words(date(2027, 4, 1))
        ['10 days of dialogue with staff (weeks 0 to 52, from 1 Apr 2027 to 30 Mar 2028, a day in 5 weeks)']
        """
        spent, priced = self.spent(), strands()
        parts = []
        for name in sorted(spent, key=lambda strand: -spent[strand]):
            start, end, _ = self.entries[name]
            days = (
                ", from {} to {}".format(*(day_words(first_day(week, begins)) for week in (start, end)))
                if begins
                else ""
            )
            parts.append(
                f"{spent[name]:.0f} days of {priced[name].title} "
                f"(weeks {start} to {end}{days}, {_pace(spent[name] / (end - start))})"
            )
        return parts


def _pace(a_week: float) -> str:
    """Return days a week in words; what is less than half a day as one day in so many weeks."""
    return f"{a_week:.1f} days a week" if a_week >= 0.5 else f"a day in {1 / a_week:.0f} weeks"


def without_support(scenario: Scenario) -> Scenario:
    """Return a scenario without anything that is paid for: what happens, happens still."""
    kinds = [kind for kind, cls in KINDS.items() if "cost_per_week" in cls.model_fields]
    return scenario.without(*kinds).replace(support_ends=None)


def choices() -> dict[str, tuple[float, float]]:
    """Return the sides of the box in which programmes lie, by name."""
    sides: dict[str, tuple[float, float]] = {}
    for name, strand in strands().items():
        sides[f"{name}_weight"] = (0.0, 1.0)
        if strand.weeks[1] is not None:
            sides[f"{name}_start"] = (0.0, float(_LATEST_START))
            sides[f"{name}_weeks"] = (float(strand.weeks[0]), float(strand.weeks[1]))
    return sides


def programme_from(point: Mapping[str, Any], budget: float, weeks: int) -> Programme:
    """Return the programme at a point of the box, which costs just the budget unless nothing more can be bought.

    Parameters
    ----------
    point : a value for each of :func:`choices`
    budget : days of paid support
    weeks : length of the run

    Examples
    --------
    >>> point = {name: high for name, (low, high) in choices().items()}
    >>> programme = programme_from(point, budget=400.0, weeks=416)
    >>> round(sum(programme.spent().values()), 6)
    400.0
    """
    priced = strands()
    # The square makes it easy to leave a strand out.
    weight = {name: float(point[f"{name}_weight"]) ** 2 for name in priced}
    total = sum(weight.values())
    share = {name: value / total if total > 0 else 1 / len(weight) for name, value in weight.items()}
    kept = {name: value for name, value in share.items() if value >= LEAST_SHARE}
    entries = {
        name: _entry(priced[name], point, budget * value / sum(kept.values()), weeks) for name, value in kept.items()
    }
    if "training" in entries and "top_up" in entries:
        # The top-up begins where the training ends: two trainings at once would be one stronger one.
        start = entries["training"][1]
        entries["top_up"] = _spread(priced["top_up"], budget * kept["top_up"] / sum(kept.values()), start, weeks)
    return Programme(entries, budget)


def _entry(strand: PricedStrand, point: Mapping[str, Any], days: float, weeks: int) -> tuple[int, int, float]:
    if strand.weeks[1] is None:
        return _spread(strand, days, _LATEST_START, weeks)
    start = round(float(point[f"{strand.name}_start"]))
    needed = days / (strand.cost_per_week * HIGHEST_INTENSITY)
    length = max(round(float(point[f"{strand.name}_weeks"])), int(-(-needed // 1)))
    last = min(LAST_SUPPORT_WEEK if strand.name != "training" else _LATEST_START + LAST_SUPPORT_WEEK, weeks)
    end = min(start + length, last)
    return _spread(strand, days, max(0, min(start, end - length)), end)


def _spread(strand: PricedStrand, days: float, start: int, end: int) -> tuple[int, int, float]:
    return start, end, min(HIGHEST_INTENSITY, days / (strand.cost_per_week * (end - start)))
