"""What each loop of the model carried, in words and with its interval of chance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.dates import week_words
from sim.base.phrasing import more_in_100, of_100, points_of_100
from sim.inputs.scenario.description import Scenario
from sim.results import measures
from sim.results.intervals import bracketed, with_interval
from sim.results.loops import LATE_YEARS, LOOPS, end_and_late
from sim.results.measures import Interval
from sim.rulebook.parameters import WEEKS_PER_YEAR

__all__ = ["loops_in_words"]

_LEAST_SAID = 0.005
_NOTICEABLE = 0.05
_LEAST_SPAN = 0.05

Series = NDArray[np.float64]


def loops_in_words(scenario: Scenario, worlds: Mapping[int, Series]) -> dict[str, Any] | None:
    """Return what each loop carried, what mattered most first; None before there are two worlds.

    Parameters
    ----------
    scenario : what was run
    worlds : what :func:`sim.results.loops.shares_without_each` gives, by the number of the world
    """
    if len(worlds) < 2:
        return None
    shares = np.array([worlds[number] for number in sorted(worlds)])
    end, late = end_and_late(scenario)
    when = (_at_end(scenario), _late(scenario))
    rows = [_row(place, shares, when) for place in range(len(LOOPS))]
    rows.sort(key=lambda row: -abs(row["carried"]))
    whole = measures.mean_interval(_gains(shares)[:, 0, 1])
    return {
        "n": len(shares),
        "title": scenario.title,
        "start": scenario.start.isoformat() if scenario.start else None,
        "end": end,
        "late": late,
        "late_words": week_words(late, scenario.start),
        "whole": with_interval(whole, of_100),
        "span": round(max(_LEAST_SPAN, *(max(abs(row["low"]), abs(row["high"])) for row in rows)), 4),
        "rows": rows,
    }


def _late(scenario: Scenario) -> str:
    """Return when loops are judged, as it is said in a sentence."""
    end, late = end_and_late(scenario)
    if end and late == end + LATE_YEARS * WEEKS_PER_YEAR:
        return "two years on"
    return "at the end of the run" if late == scenario.weeks else f"in {week_words(late, scenario.start)}"


def _at_end(scenario: Scenario) -> str:
    return "when support ends" if scenario.support_end_week else "at the start"


def _gains(shares: Series) -> Series:
    return np.asarray(shares[..., 0] - shares[..., 1])


def _row(place: int, shares: Series, when: tuple[str, str]) -> dict[str, Any]:
    """Return what the loop of a place carried; ``shares`` is [n_worlds, 1 + n_loops, 2 weeks, 2 runs]."""
    loop, gains = LOOPS[place], _gains(shares)
    carried = [measures.mean_interval(gains[:, 0, week] - gains[:, 1 + place, week]) for week in (0, 1)]
    # What changes with nothing done changes the gain as well: the more feel safe anyway, the less there is to gain.
    anyway = [measures.mean_interval(shares[:, 1 + place, week, 1] - shares[:, 0, week, 1]) for week in (0, 1)]
    late = carried[1]
    before = _change(carried[0], anyway[0], when[0])
    unclear = f"No clear difference {when[1]}"
    return {
        "title": loop.title,
        "says": loop.says,
        "carried": round(late.estimate, 4),
        "low": round(late.low, 4),
        "high": round(late.high, 4),
        "carried_words": with_interval(late, points_of_100),
        "sentence": _change(late, anyway[1], when[1]) or (f"{unclear}. {before}" if before else f"{unclear}."),
    }


def _change(carried: Interval, anyway: Interval, when: str) -> str | None:
    """Return what the gain would be without a loop; None where it may be no different, or rounds to that."""
    if carried.low <= 0 <= carried.high or abs(carried.estimate) < _LEAST_SAID:
        return None
    low, high = sorted((abs(carried.low), abs(carried.high)))
    size = Interval(abs(carried.estimate), low, high, carried.n)
    smaller = "smaller" if carried.estimate > 0 else "larger"
    said = f"Without it, the gain is {_size(size.estimate)} of 100 {smaller} {when}{bracketed(size, _size)}"
    if anyway.low <= 0 <= anyway.high or abs(anyway.estimate) < _NOTICEABLE:
        return f"{said}."
    return f"{said}: with nothing done, {more_in_100(anyway.estimate)} of 100 feel safe then."


def _size(share: float) -> str:
    return "less than 1" if 0 < share < _LEAST_SAID else f"{100 * share:.0f}"
