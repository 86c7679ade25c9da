"""What came of a programme in many twin worlds: outcomes, cost and curves, for one person and for a room alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.inputs.scenario.description import Scenario
from sim.results import measures
from sim.results.measures import Interval
from sim.results.outcomes import PairedSeries, outcomes_of, summarise

__all__ = ["ProgrammeOutcome", "judge"]

Series = NDArray[np.float64]


@dataclass(frozen=True)
class ProgrammeOutcome:
    """What came of a programme.

    Parameters
    ----------
    summary : outcomes and cost with their 95 % intervals, by name, as :meth:`PairedEnsemble.summary` has them
    bands : [5, n_points], quantiles over worlds of what is drawn
    reference : [n_points], the median of what it is held against
    """

    summary: dict[str, Interval]
    bands: list[list[float]]
    reference: list[float]


def judge(
    scenario: Scenario, judged: PairedSeries, curves: tuple[Series, Series] | None = None, every: int = 1
) -> ProgrammeOutcome:
    """Return what came of a scenario.

    Parameters
    ----------
    scenario : what was done
    judged : who feels safe, with the programme and with nothing done, and from when it is judged
    curves : [n_worlds, n_weeks + 1] each, what is drawn and what it is held against; who feels safe if left out
    every : weeks from one point of a curve to the next
    """
    with_it, without = curves or (judged.safe, judged.baseline)
    cost = float(np.cumsum(scenario.cost_by_week(with_it.shape[1] - 1))[-1])
    return ProgrammeOutcome(
        {**summarise(outcomes_of(judged)), "cost": Interval(cost, cost, cost, len(with_it))},
        measures.quantile_bands(with_it[:, ::every]).round(3).tolist(),
        np.median(without[:, ::every], axis=0).round(3).tolist(),
    )
