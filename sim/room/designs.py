"""A team's design: how many days of the budget go to what, and when; its limits, and the programme that it becomes.

The strands are those of the search for the best use of a budget, and so are their limits, so that what a team thinks of
and what a search finds can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.results.measures import PERSIST_YEARS
from sim.rulebook.parameters import WEEKS_PER_YEAR
from sim.study.programmes import HIGHEST_INTENSITY, LAST_SUPPORT_WEEK, STRANDS, Programme

__all__ = ["Design", "Spend", "days_of", "faults_of", "latest_end", "most_days", "offer", "programme_of"]

Spend = tuple[int, int, int]
"""First week, the week after the last, and days."""

Design = Mapping[str, Spend]
"""What is spent, by the name of the strand."""

_LAST_TRAINING_WEEK = 260
_SHORTEST_TOP_UP = 52
_STRENGTHENS = "training"
_KEEPS = "top_up"


def latest_end(strand: str, weeks: int) -> int:
    """Return the week by which a strand has to end in a run of so many weeks.

    Paid support ends after three years at the latest, from when all programmes are judged.
    """
    if strand == _KEEPS:
        return weeks
    if strand == _STRENGTHENS:
        return min(_LAST_TRAINING_WEEK, weeks)
    return min(LAST_SUPPORT_WEEK, weeks - PERSIST_YEARS * WEEKS_PER_YEAR - 1)


def most_days(strand: str, start: int, end: int) -> int:
    """Return the most days that can be spent on a strand in these weeks: three times the full programme."""
    return int(HIGHEST_INTENSITY * STRANDS[strand].cost_per_week * (end - start))


def days_of(design: Design) -> int:
    """Return the days spent in all."""
    return sum(days for _, _, days in design.values())


def offer(weeks: int) -> list[dict[str, Any]]:
    """Return what a page needs to know of each strand, in a run of so many weeks."""
    offered = []
    for name, strand in STRANDS.items():
        end = latest_end(name, weeks)
        goes_on = strand.weeks[1] is None
        offered.append({
            "name": name,
            "title": strand.title,
            "says": strand.strand.says,
            "label": strand.strand.label,
            "colour": strand.strand.colour,
            "a_week": strand.cost_per_week,
            "most": HIGHEST_INTENSITY,
            "goes_on": goes_on,
            "shortest": _SHORTEST_TOP_UP if goes_on else strand.weeks[0],
            "longest": weeks if goes_on else strand.weeks[1],
            "latest_end": end,
        })  # fmt: skip
    return offered


def faults_of(design: Design, budget: int, weeks: int) -> list[str]:
    """Return what a design breaks, in words for the team; nothing where it can be committed.

    Parameters
    ----------
    design : what is spent
    budget : days
    weeks : length of the run
    """
    faults = [fault for name, spend in design.items() for fault in _faults_of_strand(name, spend, weeks)]
    spent = days_of(design)
    if spent > budget:
        faults.append(f"That costs {spent} days, {spent - budget} more than the budget.")
    if {_STRENGTHENS, _KEEPS} <= design.keys() and design[_KEEPS][0] < design[_STRENGTHENS][1]:
        faults.append("The top-up of facilitators can begin when their training ends.")
    return faults


def _faults_of_strand(name: str, spend: Spend, weeks: int) -> list[str]:
    if name not in STRANDS:
        return ["There is nothing of that name to spend days on."]
    strand, (start, end, days) = STRANDS[name], spend
    title = strand.title[0].upper() + strand.title[1:]
    shortest, longest = strand.weeks
    if longest is None:
        if end != weeks or not 0 <= start <= weeks - _SHORTEST_TOP_UP:
            return [f"{title} goes on to the end of the run, for at least a year."]
    elif not (start >= 0 and end <= latest_end(name, weeks) and shortest <= end - start <= longest):
        last = latest_end(name, weeks)
        return [f"{title} takes {shortest} to {longest} weeks, and ends by week {last}."]
    most = most_days(name, start, end)
    if not 1 <= days <= most:
        return [f"{title} takes 1 to {most} days in so many weeks."]
    return []


def programme_of(design: Design, budget: int) -> Programme:
    """Return the programme that a design is.

    Examples
    --------
    >>> programme_of({"dialogue": (0, 52, 104)}, 208).entries["dialogue"]
    (0, 52, 1.0)
    """
    entries = {
        name: (start, end, days / (STRANDS[name].cost_per_week * (end - start)))
        for name, (start, end, days) in design.items()
    }
    return Programme(entries, float(budget))
