"""What a lesson says about the model, held against the model: every claim with its 95 % interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.phrasing import of_100
from sim.inputs.scenario.description import BASELINE, Scenario
from sim.lessons.front_matter import Claim
from sim.lessons.measuring import MEASURED
from sim.lessons.reading import Lesson
from sim.lessons.text import numbers_stated
from sim.report.ranges import ends_in_words
from sim.results import measures
from sim.results.ensemble import PairedEnsemble, run_paired
from sim.results.intervals import with_interval
from sim.results.measures import Interval
from sim.results.ranges import HEADLINES, kept_range

__all__ = ["JudgedClaim", "SharedRuns", "check_claims", "check_prediction"]

CLAIMS_SEED = 1
ROUNDING = 0.0051
"""Half of one in 100, which a number in a sentence may be off."""

START_TOLERANCE = 0.02
"""A curve may begin so far from the mean of the runs."""


@dataclass(frozen=True)
class JudgedClaim:
    """A claim and what the model shows.

    Parameters
    ----------
    says : the sentence
    measure : what is measured
    shows : what the model shows, with its interval
    asked : where the interval should lie, in words
    holds : whether it does
    is_share : whether it is said in 100
    rests_on : between which numbers a headline lies over what nobody has measured, in words; empty where that is not
        known
    """

    says: str
    measure: str
    shows: Interval
    asked: str
    holds: bool
    is_share: bool
    rests_on: str = ""

    @property
    def in_words(self) -> str:
        """What the model shows, in words."""
        if self.is_share and self.shows.low >= 0:
            return with_interval(self.shows, of_100)
        if self.is_share:
            return with_interval(self.shows, lambda share: f"{100 * share:+.0f} of 100")
        return with_interval(self.shows, lambda value: f"{value:.3g}")

    def __str__(self) -> str:
        mark = "holds" if self.holds else "does NOT hold"
        told = f'"{self.says}" {mark}: {self.measure} is {self.in_words}, n = {self.shows.n}; wanted {self.asked}'
        return f"{told}; {self.rests_on}" if self.rests_on else told


class SharedRuns:
    """Runs that claims share: each scenario is run once for each number of replicates.

    Parameters
    ----------
    progress : called with the title of each scenario before it is run
    seed : of all of them
    """

    def __init__(self, progress: Callable[[str], None] = lambda title: None, seed: int = CLAIMS_SEED) -> None:
        self._progress, self._seed = progress, seed
        self._kept: dict[tuple[str, int], PairedEnsemble] = {}

    def runs(self, scenario: Scenario, replicates: int) -> PairedEnsemble:
        """Return runs of a scenario and of the same with nothing done."""
        key = (scenario.digest(), replicates)
        if key not in self._kept:
            self._progress(scenario.title)
            self._kept[key] = run_paired(scenario, replicates, self._seed, stop_upkeep=False)
        return self._kept[key]

    def values(self, scenario: Scenario, measure: str, week: int | None, replicates: int) -> NDArray[Any]:
        """Return [n_replicates], a measure of each run."""
        measured = MEASURED[measure]
        return np.asarray(measured.values(self.runs(scenario, replicates), week or 0))

    def nothing_done(self, scenario: Scenario, measure: str, week: int | None, replicates: int) -> NDArray[Any]:
        """Return [n_replicates], a measure of each run with nothing done."""
        paired = self.runs(scenario, replicates)
        return np.asarray(MEASURED[measure].values(PairedEnsemble(paired.baseline, paired.baseline), week or 0))


def check_claims(lesson: Lesson, runs: SharedRuns | None = None) -> list[JudgedClaim]:
    """Hold every claim of a lesson against the model."""
    runs = runs or SharedRuns()
    return [_judge(claim, lesson, runs) for claim in lesson.front_matter.claims]


def _judge(claim: Claim, lesson: Lesson, runs: SharedRuns) -> JudgedClaim:
    shows = _interval(claim, lesson, runs)
    return JudgedClaim(
        " ".join(claim.says.split()), claim.measure, shows, _asked(claim), _holds(claim, shows),
        MEASURED[claim.measure].is_share, _rests_on(claim, lesson),
    )  # fmt: skip


def _rests_on(claim: Claim, lesson: Lesson) -> str:
    """Tell the range that is kept of a headline; nothing of a difference, of other measures, and where none is kept."""
    if claim.measure not in HEADLINES or claim.compare_with is not None or claim.compare_settings:
        return ""
    known = kept_range(scenario_of_claim(claim, lesson))
    over = known.outcomes.get(claim.measure) if known else None
    return ends_in_words(claim.measure, over) if over else ""


def _interval(claim: Claim, lesson: Lesson, runs: SharedRuns) -> Interval:
    scenario = scenario_of_claim(claim, lesson)
    values = runs.values(scenario, claim.measure, claim.week, claim.replicates)
    if claim.compare_with is None and not claim.compare_settings:
        return MEASURED[claim.measure].unit.sum_up(values)
    if claim.compare_with == BASELINE:
        other = runs.nothing_done(scenario, claim.measure, claim.week, claim.replicates)
    else:
        name = claim.compare_with or claim.scenario or lesson.front_matter.run.scenario
        against = lesson.scenario(name, claim.compare_settings).replace(weeks=scenario.weeks)
        other = runs.values(against, claim.measure, claim.week, claim.replicates)
    return MEASURED[claim.measure].unit.difference(values, other)


def scenario_of_claim(claim: Claim, lesson: Lesson) -> Scenario:
    """Return the scenario that a claim is about."""
    if claim.scenario is None:
        return lesson.scenario(lesson.front_matter.run.scenario, claim.settings or lesson.front_matter.run.settings)
    return lesson.scenario(claim.scenario, claim.settings)


def _holds(claim: Claim, shows: Interval) -> bool:
    return _lies_well(claim, shows) and _is_stated_rightly(claim, shows)


def _is_stated_rightly(claim: Claim, shows: Interval) -> bool:
    """Tell whether a number of the sentence, if it has any, is the model's to within its interval and rounding."""
    stated = [number / 100 for number, _ in numbers_stated(claim.says, exactly=True)]
    if not stated or claim.relation != "between" or not MEASURED[claim.measure].is_share:
        return True
    low, high = sorted((abs(shows.low), abs(shows.high)))
    low = 0.0 if shows.low < 0 < shows.high else low
    return any(low - ROUNDING <= number <= high + ROUNDING for number in stated)


def _lies_well(claim: Claim, shows: Interval) -> bool:
    if claim.relation == "above":
        return shows.low > claim.bounds[0]
    if claim.relation == "below":
        return shows.high < claim.bounds[0]
    return claim.bounds[0] <= shows.low and shows.high <= claim.bounds[1]


def _asked(claim: Claim) -> str:
    if claim.relation == "between":
        return f"{claim.bounds[0]:g} to {claim.bounds[1]:g}"
    return f"{claim.relation} {claim.bounds[0]:g}"


def check_prediction(lesson: Lesson, runs: SharedRuns | None = None) -> list[str]:
    """Return what is wrong with the question, in sentences: an answer that the model leaves open, a wrong start."""
    runs = runs or SharedRuns()
    predict, run = lesson.front_matter.predict, lesson.front_matter.run
    if predict.kind == "draw":
        if predict.starts_at is None:
            return []
        start = measures.mean_interval(runs.values(lesson.scenario(), predict.measure, 0, run.replicates))
        if abs(start.estimate - predict.starts_at) <= START_TOLERANCE:
            return []
        return [f"the curve begins at {predict.starts_at:g}, but the model's at {start}"]
    if predict.choices[0].scenario is None:
        return _check_ranges(lesson, runs)
    return _check_ranking(lesson, runs)


def _check_ranges(lesson: Lesson, runs: SharedRuns) -> list[str]:
    """Tell whether the whole interval of the result falls into one answer."""
    predict, run = lesson.front_matter.predict, lesson.front_matter.run
    claim = Claim(
        says="", scenario=run.scenario, settings=run.settings, compare_with=predict.compare_with,
        measure=predict.measure, week=predict.week, relation="above", bounds=(0.0,), replicates=run.replicates,
    )  # fmt: skip
    shows = _interval(claim, lesson, runs)
    low, high = place_of(shows.low, lesson), place_of(shows.high, lesson)
    if low == high:
        return []
    return [f"the model leaves the answer open: {shows} reaches from answer {low + 1} to answer {high + 1}"]


def place_of(value: float, lesson: Lesson) -> int:
    """Return the place of the answer whose range a value falls in."""
    return next(
        place
        for place, choice in enumerate(lesson.front_matter.predict.choices)
        if choice.below is None or value < choice.below
    )


def _check_ranking(lesson: Lesson, runs: SharedRuns) -> list[str]:
    """Tell whether the highest answer is clearly higher than each other."""
    predict, replicates = lesson.front_matter.predict, lesson.front_matter.run.replicates
    values = [
        runs.values(
            lesson.scenario(choice.scenario, choice.settings), predict.measure, predict.week, replicates
        ).astype(float)
        for choice in predict.choices
    ]
    best = int(np.argmax([np.nanmean(one) for one in values]))
    return [
        f"the model leaves the answer open: answer {best + 1} is not clearly higher than answer {place + 1}"
        for place, one in enumerate(values)
        if place != best and _lead(values[best], one).low <= 0
    ]


def _lead(best: Sequence[float] | NDArray[np.float64], other: NDArray[np.float64]) -> Interval:
    return measures.paired_difference(np.asarray(best), np.asarray(other))
