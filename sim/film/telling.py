"""The week in words: when it is, what is being done, and what has just happened."""

from __future__ import annotations

from datetime import date

from sim.base.dates import day_words, first_day
from sim.base.phrasing import duration, number_word
from sim.inputs.interventions import Intervention
from sim.inputs.scenario.description import Scenario
from sim.rulebook.parameters import WEEKS_PER_YEAR

__all__ = ["TOLD_WEEKS", "happening", "is_turn", "when"]

TOLD_WEEKS = 8
"""Weeks for which something that happened in one week is told."""


def when(week: int, start: date | None = None) -> str:
    """Return which week it is, and the day on which it begins where that of week 0 is known.

    Examples
    --------
    >>> when(0), when(58)
    ('Year 1, week 1', 'Year 2, week 7')
    >>> when(58, date(2027, 4, 1))
    'Year 2, week 7: 11 May 2028'
    """
    day = f": {day_words(first_day(week, start))}" if start else ""
    return f"Year {week // WEEKS_PER_YEAR + 1}, week {week % WEEKS_PER_YEAR + 1}{day}"


def happening(scenario: Scenario, week: int, n_vacant: int = 0) -> str:
    """Return what is being done in a week, and what has just happened, in a line.

    Parameters
    ----------
    scenario : whose timeline
    week : from 0 to the end of the run
    n_vacant : posts of senior leaders that have no settled holder
    """
    told = [entry.label() for entry in scenario.timeline if _has_just_happened(entry, week, scenario.weeks)]
    told += _on_support(scenario, week)
    told += [entry.label() for entry in scenario.timeline if _is_going_on(entry, week, scenario.weeks)]
    if n_vacant:
        posts = "post of a senior leader is" if n_vacant == 1 else "posts of senior leaders are"
        told.append(f"{number_word(n_vacant)} {posts} not yet settled")
    if not told:
        told = ["Nothing has been done yet" if _is_to_come(scenario, week) else "Nothing is being done"]
    line = "  \N{MIDDLE DOT}  ".join(told)
    return line[:1].upper() + line[1:]


def is_turn(scenario: Scenario, week: int, earlier: int) -> bool:
    """Tell whether the story turns after ``earlier`` and up to ``week``: somebody leaves, or support ends."""
    turns = [entry.first_week + 1 for entry in scenario.timeline if _is_event(entry)]
    if scenario.support_end_week is not None:
        turns.append(scenario.support_end_week)
    return any(earlier < turn <= week for turn in turns)


def _is_event(entry: Intervention) -> bool:
    return hasattr(entry, "week")


def _has_just_happened(entry: Intervention, week: int, horizon: int) -> bool:
    return _is_event(entry) and entry.first_week < min(week, horizon) <= entry.first_week + TOLD_WEEKS


def _is_going_on(entry: Intervention, week: int, horizon: int) -> bool:
    start, end = entry.weeks(horizon)
    # The last picture of a run shows what went on up to its end.
    return not _is_event(entry) and start <= min(week, horizon - 1) < end


def _on_support(scenario: Scenario, week: int) -> list[str]:
    end = scenario.support_end_week
    if end is None or week < end or not end:
        return []
    return ["Support ends" if week == end else f"Support ended {duration(week - end)} ago"]


def _is_to_come(scenario: Scenario, week: int) -> bool:
    return any(entry.first_week >= week for entry in scenario.timeline)
