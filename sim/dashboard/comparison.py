"""Scenarios side by side over many twin worlds: bands, differences world by world, and whether it is luck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.dates import week_words
from sim.engine.recorder import MEASURE_NAMES
from sim.engine.run import prepare
from sim.inputs.scenario.description import Scenario
from sim.report.phrasing import bracketed, more_in_100, percent
from sim.results import measures
from sim.results.measures import Interval
from sim.results.outcomes import OUTCOMES, PairedSeries

__all__ = ["CHUNK", "Arm", "Piece", "pieces_for", "result", "run_piece"]

Series = NDArray[np.float32]
CHUNK = 5
"""Twin worlds in one piece of work."""

_SAFE = MEASURE_NAMES.index("safe_share")
_YEAR = 52


@dataclass(frozen=True)
class Piece:
    """Some twin worlds of one scenario."""

    arm: int
    scenario: Scenario
    seed: int
    replicates: tuple[int, ...]


@dataclass
class Arm:
    """One scenario and the twin worlds that are done so far.

    Parameters
    ----------
    scenario : what is run
    worlds : share that feels safe, and the same with nothing done, by the number of the world
    """

    scenario: Scenario
    worlds: dict[int, tuple[Series, Series]] = field(default_factory=dict)

    def safe(self, numbers: Sequence[int]) -> NDArray[np.float64]:
        """Return [n_worlds, n_weeks + 1], the share that feels safe."""
        return np.array([self.worlds[number][0] for number in numbers], dtype=float)

    def gain(self, numbers: Sequence[int]) -> NDArray[np.float64]:
        """Return [n_worlds, n_weeks + 1], how much higher it is than with nothing done."""
        return self.safe(numbers) - self.without(numbers)

    def without(self, numbers: Sequence[int]) -> NDArray[np.float64]:
        """Return [n_worlds, n_weeks + 1], the share that feels safe with nothing done."""
        return np.array([self.worlds[number][1] for number in numbers], dtype=float)


def pieces_for(scenarios: Sequence[Scenario], replicates: int, seed: int) -> list[Piece]:
    """Return the work of a comparison, the scenarios taking turns so that their bands grow together."""
    return [
        Piece(arm, scenario, seed, tuple(range(first, min(first + CHUNK, replicates))))
        for first in range(0, replicates, CHUNK)
        for arm, scenario in enumerate(scenarios)
    ]


def run_piece(piece: Piece) -> list[tuple[int, Series, Series]]:
    """Run some twin worlds with and without the interventions; called in a worker."""
    with_it = prepare(piece.scenario)
    without = prepare(piece.scenario.baseline(), with_it.organisation)
    return [
        (
            number,
            with_it.simulate(piece.seed, number)[:, 0, _SAFE].astype(np.float32),
            without.simulate(piece.seed, number)[:, 0, _SAFE].astype(np.float32),
        )
        for number in piece.replicates
    ]


def result(arms: Sequence[Arm]) -> dict[str, Any] | None:
    """Return what the page shows of the twin worlds that all scenarios have been through; None before the first."""
    done = sorted(set.intersection(*(set(arm.worlds) for arm in arms)))
    if not done:
        return None
    first = arms[0]
    weeks = min(arm.scenario.weeks for arm in arms)
    # All are judged from one week, when the last outside support of any of them ends.
    end = min(max(arm.scenario.support_end_week or 0 for arm in arms), weeks)
    return {
        "n": len(done),
        "weeks": weeks,
        "arms": [_arm(arm, done, weeks, end, None if arm is first else first) for arm in arms],
    }


def _arm(arm: Arm, done: Sequence[int], weeks: int, end: int, first: Arm | None) -> dict[str, Any]:
    safe, gain = arm.safe(done)[:, : weeks + 1], arm.gain(done)[:, : weeks + 1]
    bands = measures.quantile_bands(safe)
    series = PairedSeries(safe, arm.without(done)[:, : weeks + 1], end, is_about_support=bool(arm.scenario.done))
    last_year = slice(max(0, weeks + 1 - _YEAR), weeks + 1)
    against = gain if first is None else safe - first.safe(done)[:, : weeks + 1]
    difference = against[:, last_year].mean(axis=1)
    when = week_words(end, arm.scenario.start)
    helps = measures.proportion_interval(difference > 0)
    return {
        "name": arm.scenario.name,
        "label": arm.scenario.title,
        "start": arm.scenario.start.isoformat() if arm.scenario.start else None,
        "bands": bands.round(3).tolist(),
        "reference": np.median(safe - gain, axis=0).round(3).tolist(),
        "differences": difference.round(4).tolist(),
        "against": "nothing done" if first is None else first.scenario.title,
        "verdict": _verdict(difference, first),
        "rows": [
            [f"Gain in {when}, when the last support ends", _points(measures.mean_interval(gain[:, end]))],
            ["Gain two years later", _points(_gain_at(gain, end + 2 * _YEAR))],
            ["Gain four years later", _points(OUTCOMES["gain_4_years"].of(series))],
            ["More than half of the peak is left after four years", _share(OUTCOMES["persists"].of(series))],
            ["75 of 100 or more feel safe in the last year", _share(OUTCOMES["holds"].of(series))],
            [f"Better than {'nothing done' if first is None else 'the first'} in the last year", _share(helps)],
            ["Cost, days of paid support", f"{arm.scenario.cost_by_week(weeks).sum():,.0f}"],
        ],
    }  # fmt: skip


def _gain_at(gain: NDArray[np.float64], week: int) -> Interval:
    if week >= gain.shape[1]:
        return Interval(np.nan, np.nan, np.nan, 0)
    return measures.mean_interval(measures.smooth(gain)[:, week])


def _points(interval: Interval) -> str:
    if np.isnan(interval.estimate):
        return "not within the run"
    if np.isnan(interval.low):
        return f"{100 * interval.estimate:+.0f} of 100"
    return f"{100 * interval.estimate:+.0f} of 100 ({100 * interval.low:+.0f} to {100 * interval.high:+.0f})"


def _share(interval: Interval) -> str:
    if not interval.n:
        return "not judged"
    return f"{percent(interval.estimate)} of worlds{bracketed(interval, percent)}"


def _verdict(difference: NDArray[np.float64], first: Arm | None) -> str:
    """Say in a sentence how often it was better, and whether the mean could be luck."""
    n, n_better = len(difference), int((difference > 0).sum())
    other = "with nothing done" if first is None else f"under “{first.scenario.title}”"
    interval = measures.mean_interval(difference)
    text = f"In {n_better} of {n} twin worlds more people feel safe in the last year than {other}; on average "
    text += f"{more_in_100(interval.estimate)} of 100."
    if np.isnan(interval.low):
        return text
    if interval.low > 0 or interval.high < 0:
        return f"{text} That is not luck: the interval leaves out no difference."
    return f"{text} That may be luck: the interval includes no difference."
