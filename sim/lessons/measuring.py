"""What lessons measure: weekly measures, and measures of whole runs, each one number a run.

A weekly measure in a week is its mean over the quarter around that week: a single week of 300 people says little.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.recorder import MEASURES, Measure
from sim.results import measures
from sim.results.ensemble import PairedEnsemble
from sim.results.outcomes import OUTCOMES, RUNS, STAFF, RunOutcome, Unit
from sim.rulebook.parameters import WEEKS_PER_YEAR

__all__ = ["MEASURED", "LessonMeasure", "is_weekly"]

Values = NDArray[Any]


@dataclass(frozen=True)
class LessonMeasure:
    """Something that is one number a run.

    Parameters
    ----------
    name, label : as in a lesson's file, and on a page
    unit : what its number counts, and so how runs are summed up and compared
    needs_week : whether it is asked of a week
    values : gives [n_replicates] of a paired ensemble and a week
    reads : the weekly measures that it is made of, beside who feels safe
    """

    name: str
    label: str
    unit: Unit
    needs_week: bool
    values: Callable[[PairedEnsemble, int], Values]
    reads: tuple[str, ...] = ()

    @property
    def is_share(self) -> bool:
        """Whether it is said in 100."""
        return self.unit.is_share


def _weekly(name: str) -> Callable[[PairedEnsemble, int], Values]:
    return lambda paired, week: measures.smooth(paired.arm.series(name))[:, week]


def _reaching(name: str) -> Callable[[PairedEnsemble, int], Values]:
    """Return the share of opportunities that came as far as a step, over the year before a week (or after week 0)."""

    def values(paired: PairedEnsemble, week: int) -> Values:
        end = max(week, WEEKS_PER_YEAR)
        year = slice(end - WEEKS_PER_YEAR + 1, end + 1)
        came = np.nansum(paired.arm.series(name)[:, year], axis=1)
        met = np.nansum(paired.arm.series("opportunities")[:, year], axis=1)
        return np.asarray(came / np.maximum(met, 1.0))

    return values


def _of_run(outcome: RunOutcome) -> Callable[[PairedEnsemble, int], Values]:
    return lambda paired, _: outcome.by_replicate(paired.judged)


def _above_nothing_done(paired: PairedEnsemble, week: int) -> Values:
    return np.asarray(measures.smooth(paired.gain())[:, week] > 0)


_FUNNEL = (
    ("voiced_of_met", "Voiced, of all concerns", "voiced"),
    ("joined_of_met", "Joined by colleagues, of all concerns", "joined"),
    ("received_of_met", "Well received, of all concerns", "well_received"),
    ("learned_of_met", "Learned from, of all concerns", "learned"),
    ("punished_of_met", "Punished, of all concerns", "punished"),
)

_OPPORTUNITIES = replace(STAFF, name="share of opportunities")
_COUNT = replace(STAFF, sum_up=measures.mean_interval, is_share=False)


def _mean_of(measure: Measure) -> Unit:
    return replace(_COUNT, name=measure.unit) if measure.is_count else replace(STAFF, name=measure.unit)


MEASURED: dict[str, LessonMeasure] = {
    **{
        measure.name: LessonMeasure(
            measure.name,
            measure.label,
            _mean_of(measure),
            True,
            _weekly(measure.name),
            (measure.name,),
        )
        for measure in MEASURES
    },
    **{
        name: LessonMeasure(name, label, _OPPORTUNITIES, True, _reaching(source), (source, "opportunities"))
        for name, label, source in _FUNNEL
    },
    **{
        name: LessonMeasure(
            name,
            outcome.label,
            outcome.unit,
            False,
            _of_run(outcome),
        )
        for name, outcome in OUTCOMES.items()
    },
    "above_nothing_done": LessonMeasure(
        "above_nothing_done", "More feel safe than in the twin", RUNS, True, _above_nothing_done
    ),
    "cost": LessonMeasure(
        "cost", "Cost, in days of paid support", replace(_COUNT, name="days"), False,
        lambda paired, _: np.full(len(paired.arm.replicates), paired.arm.cost_so_far()[-1]),
    ),
}  # fmt: skip
"""Everything that a lesson can ask for, by name."""


def is_weekly(name: str) -> bool:
    """Tell whether a measure is recorded each week, so that a curve of it can be drawn."""
    return any(measure.name == name for measure in MEASURES)
