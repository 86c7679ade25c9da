"""What came of a programme in a round: as everywhere else, and what the round's own questions are about."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.inputs.scenario.description import Scenario
from sim.lessons.judging import ProgrammeOutcome
from sim.lessons.judging import judge as judge_programme
from sim.lessons.predictions import share_of_each
from sim.results import measures
from sim.results.measures import Interval
from sim.results.outcomes import OUTCOMES, PairedSeries
from sim.room.actions import CHOICES
from sim.rulebook.parameters import WEEKS_PER_YEAR
from sim.study.programmes import LAST_SUPPORT_WEEK

__all__ = ["EVERY", "JUDGED_FROM", "ProgrammeResult", "judge", "left_of_the_gain"]

Series = NDArray[np.float64]

JUDGED_FROM = LAST_SUPPORT_WEEK
"""The week from which all programmes are judged, whenever their own support ends; as a search for a budget does."""

_LEFT = (0.1, math.nextafter(0.5, 1.0), 0.75)
"""From what is left of the gain on each answer but the last is right; half of it is not yet more than half."""

EVERY = 4
"""A phone is sent every fourth week of a band."""


@dataclass(frozen=True)
class ProgrammeResult:
    """What came of one programme.

    Parameters
    ----------
    judged : outcomes and cost, judged from :data:`JUDGED_FROM`; who feels safe, with a point for each :data:`EVERY`
    years : [5, n_years + 1], quantiles over worlds of the share that feels safe, at the start of each year
    left : share of worlds for each answer to how much of the gain is left four years after its own support
    """

    judged: ProgrammeOutcome
    years: list[list[float]]
    left: dict[str, float]

    def to_plain(self) -> dict[str, Any]:
        """Return it in plain types, for pages."""
        return {
            "summary": {name: _plain(interval) for name, interval in self.judged.summary.items()},
            "bands": self.judged.bands,
            "without": self.judged.reference,
            "left": self.left,
            "every": EVERY,
        }


def _plain(interval: Interval) -> dict[str, Any]:
    def number(value: float) -> float | None:
        return round(float(value), 4) if np.isfinite(value) else None

    return {
        "estimate": number(interval.estimate),
        "low": number(interval.low),
        "high": number(interval.high),
        "n": interval.n,
    }


def judge(scenario: Scenario, safe: Series, without: Series) -> ProgrammeResult:
    """Return what came of a scenario.

    Parameters
    ----------
    scenario : what was done
    safe : [n_worlds, n_weeks + 1], share that feels safe
    without : the same in the same worlds with nothing done
    """
    own = PairedSeries(safe, without, scenario.support_end_week or 0)
    return ProgrammeResult(
        judge_programme(scenario, PairedSeries(safe, without, JUDGED_FROM), every=EVERY),
        years=measures.quantile_bands(safe[:, ::WEEKS_PER_YEAR]).round(4).tolist(),
        left=left_of_the_gain(OUTCOMES["retained_4_years"].by_replicate(own)),
    )


def left_of_the_gain(retained: Series) -> dict[str, float]:
    """Return the share of worlds for each answer; where there was no shift, nothing is left of it.

    Examples
    --------
    >>> left_of_the_gain(np.array([0.9, 0.6, 0.2, np.nan]))
    {'all': 0.25, 'more': 0.25, 'less': 0.25, 'none': 0.25}
    """
    shares = share_of_each(np.nan_to_num(retained, nan=0.0), _LEFT)
    return dict(zip(CHOICES, reversed(shares), strict=True))
