"""What a survey leaves open: the organisation has one staff, and many would have answered just so.

More runs make the interval of a mean narrower, but tell nothing of how far people stand from the line between feeling
safe and not. So several staffs are drawn that would all have given the survey's answers, each is run in the same few
worlds, and how far their gains lie apart goes into an interval for the one staff that there is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtrit

from sim.engine.run import prepare
from sim.engine.state import vacant_seats
from sim.engine.synthetic_staff import synthetic_scores
from sim.inputs.organisation import GroupScores, Organisation, Scores
from sim.inputs.scenario.description import Scenario
from sim.inputs.tables.survey import AGREES_ABOVE
from sim.results.ensemble import PairedEnsemble, run_paired
from sim.results.measures import Interval

__all__ = [
    "LEFT_OPEN_OF",
    "N_STAFFS",
    "gains_of_staffs",
    "left_open",
    "left_open_by",
    "staffs_that_answered_so",
    "step_of",
    "worlds_of_staffs",
]

LEFT_OPEN_OF = "peak_gain"
"""The outcome whose interval is told."""

N_STAFFS = 12
"""Staffs that are run."""

_MOST_WORLDS, _FEWEST_WORLDS = 8, 2
_STAFF_IN_ALL_WORLDS = 4_000
"""Of a large service a few worlds tell as much as many of a small one."""

USUAL_SPREAD, SPREAD_OF_SPREADS = 0.20, 0.14
"""How far people of a team differ where a survey does not tell it, and the standard deviation of its logarithm.

In 95 of 100 draws by 0.15 to 0.26 of the scale: from surveys of seven items to those of one question.
"""

_FINEST_STEP = 0.04
"""Points that lie nearer to each other are no points to speak of."""

_ALIKE = 1e-6
_SURE = 0.95

Floats = NDArray[np.float64]
Draw = Callable[[int], Floats]


def left_open(paired: PairedEnsemble, threads: int | None = None) -> Interval | None:
    """Return the peak gain of the one staff that there is, as far as its survey tells; None where there is no survey.

    The interval holds chance in the mean, as that of the mean does, and what the survey leaves open.

    Parameters
    ----------
    paired : runs of an organisation with a survey
    threads : how many at once; as many as there are processors if left out
    """
    arm = paired.arm
    worlds = worlds_of_staffs(arm.organisation, arm.replicates)
    if paired.is_alone or not worlds:
        return None
    gains = gains_of_staffs(
        arm.scenario, arm.organisation, range(N_STAFFS), worlds, arm.seed, compare_with=paired.baseline.scenario,
        judged_from=paired.judged_from, threads=threads,
    )  # fmt: skip
    return left_open_by(paired, gains)


def worlds_of_staffs(organisation: Organisation, replicates: Sequence[int]) -> tuple[int, ...]:
    """Return in which worlds of an answer other staffs are run: the first few; none where there is no survey."""
    if organisation.scores is None or len(replicates) < _FEWEST_WORLDS:
        return ()
    return tuple(replicates[: min(max(_STAFF_IN_ALL_WORLDS // organisation.n_staff, _FEWEST_WORLDS), _MOST_WORLDS)])


def gains_of_staffs(
    scenario: Scenario,
    organisation: Organisation,
    numbers: Sequence[int],
    worlds: Sequence[int],
    seed: int,
    *,
    compare_with: Scenario | None = None,
    judged_from: int | None = None,
    threads: int | None = None,
) -> Floats:
    """Return [n_staffs, n_worlds], the peak gains of staffs that would all have given a survey's answers.

    Parameters
    ----------
    scenario, organisation : what is run, and where; with scores
    numbers : which of the staffs, from 0
    worlds : of :func:`worlds_of_staffs`
    seed : of the runs, and of the draws
    compare_with, judged_from, threads : as in :func:`sim.results.ensemble.run_paired` and its answer
    """
    staffs = staffs_that_answered_so(organisation, scenario, numbers, seed)
    ran = (
        run_paired(
            scenario, worlds, seed, compare_with=compare_with, organisation=staff, measures=["safe_share"],
            threads=threads, stop_upkeep=False,
        )
        for staff in staffs
    )  # fmt: skip
    return np.array([replace(paired, judged_from=judged_from).by_replicate(LEFT_OPEN_OF) for paired in ran])


def left_open_by(paired: PairedEnsemble, gains: Floats) -> Interval | None:
    """Return the peak gain of the one staff that there is, once other staffs were run; None where there is no gain.

    Parameters
    ----------
    paired : runs of an organisation with a survey
    gains : [n_staffs, n_worlds], of :func:`gains_of_staffs`, in the first worlds of these runs
    """
    of_all = paired.by_replicate(LEFT_OPEN_OF)
    if np.isnan(gains).any() or np.isnan(of_all).any():
        return None
    n_staffs, n_worlds = gains.shape
    # In the same worlds, so that their chance is no part of the difference.
    estimate = float(of_all.mean() + gains.mean() - of_all[:n_worlds].mean())
    between = _between_staffs(gains) * (1 + 1 / n_staffs)
    half = float(stdtrit(n_staffs - 1, (1 + _SURE) / 2)) * math.sqrt(between + of_all.var(ddof=1) / len(of_all))
    return Interval(estimate, estimate - half, estimate + half, n_staffs)


def _between_staffs(gains: Floats) -> float:
    """Return the variance between staffs without what chance has in it (two-way analysis of variance)."""
    n_staffs, n_worlds = gains.shape
    rest = gains - gains.mean(axis=1, keepdims=True) - gains.mean(axis=0) + gains.mean()
    chance = float((rest**2).sum()) / ((n_staffs - 1) * (n_worlds - 1))
    between: float = float(gains.mean(axis=1).var(ddof=1)) - chance / n_worlds
    return max(0.0, between)


# --- staffs -----------------------------------------------------------------------------------------------------------


def staffs_that_answered_so(
    organisation: Organisation, scenario: Scenario, numbers: Sequence[int], seed: int
) -> list[Organisation]:
    """Return an organisation several times, each with another staff that would have given its survey's answers.

    Everybody of whom the survey says something has a score. Where it says nothing, each world makes people, as always.

    Parameters
    ----------
    organisation : with scores
    scenario : whose model it is that people are drawn from
    numbers : which of them, from 0
    seed : of the draws
    """
    found = organisation.scores
    if found is None:
        return [organisation] * len(numbers)
    prepared = prepare(scenario, replace(organisation, scores=None))
    staffs = []
    for number in numbers:
        staff = prepared.start(seed, number)[0].staff
        is_there = ~vacant_seats(staff)
        rng = np.random.default_rng((seed, number))
        order = rng.uniform(size=len(is_there))
        usual = USUAL_SPREAD * math.exp(SPREAD_OF_SPREADS * rng.standard_normal())

        def draw(
            felt: Floats, values: Floats, groups: GroupScores | None, rng: np.random.Generator = rng,
            there: NDArray[np.bool_] = is_there, order: Floats = order, usual: float = usual,
        ) -> Floats:  # fmt: skip
            # Nobody is in a vacant post; in other worlds there will be.
            people = np.where(there, felt, rng.choice(felt[there], len(felt)))
            return _drawn(people, values, groups, order, usual, rng)

        scores = Scores(
            draw(staff["safety"], found.safety, found.safety_groups),
            draw(staff["efficacy"], found.efficacy, found.efficacy_groups),
        )
        staffs.append(replace(organisation, scores=scores))
    return staffs


def _drawn(
    people: Floats, values: Floats, groups: GroupScores | None, order: Floats, usual: float, rng: np.random.Generator
) -> Floats:
    """Return [n_staff] scores of a staff that would have answered so; NaN where nothing is told.

    Parameters
    ----------
    people : [n_staff], what people of the model feel
    values, groups : what the survey says
    order : [n_staff], in (0, 1), chance of each: who gave which answer
    usual : how far people of a group differ where that is not told
    rng : chance of everything else
    """
    known = values if groups is None else np.where(groups.of_seat >= 0, np.nan, values)
    if groups is None:
        return _within_steps(known, known, rng)
    points = np.concatenate([known[~np.isnan(known)], groups.answers])
    if not step_of(points):
        groups = _summed(groups)
    made = synthetic_scores(
        _as_far_apart(people, groups, usual, rng), replace(groups, spread=np.full(len(groups.spread), np.nan)),
        np.ones(len(people), dtype=np.bool_), rng.uniform(size=len(groups.value)), order,
    )  # fmt: skip
    answered = np.isin(groups.of_seat, groups.answers_of)
    on_points = _within_steps(np.where(answered, made, known), points, rng)
    return np.where((groups.of_seat >= 0) & ~answered, made, on_points)


def _summed(groups: GroupScores) -> GroupScores:
    """Return groups of whose answers mean and spread are kept: on no points, they were made of these two."""
    spread = groups.spread.copy()
    for group in np.unique(groups.answers_of):
        spread[group] = groups.answers[groups.answers_of == group].std()
    return replace(groups, spread=spread, answers=np.zeros(0), answers_of=np.zeros(0, dtype=np.int64))


def _as_far_apart(people: Floats, groups: GroupScores, usual: float, rng: np.random.Generator) -> Floats:
    """Return people who differ as far as each group's spread says, or as far as is usual.

    The ranks are those of the model's people, so that both scores of somebody go together.
    """
    apart = people.copy()
    for group, spread in enumerate(groups.spread):
        rows = np.flatnonzero(groups.of_seat == group)
        if not rows.size:
            continue
        drawn = np.sort(rng.standard_normal(len(rows)))
        if np.isnan(spread):
            told = usual
        else:
            # A spread of so few answers is uncertain itself.
            n = int(groups.answered[group]) or len(rows)
            told = spread * (math.sqrt(rng.chisquare(n - 1) / (n - 1)) if n > 1 else 1.0)
            drawn = (drawn - drawn.mean()) / max(float(drawn.std()), _ALIKE)
        apart[rows] = people[rows].mean() + told * drawn[np.argsort(np.argsort(people[rows]))]
    return apart


def _within_steps(values: Floats, points: Floats, rng: np.random.Generator) -> Floats:
    """Return what people feel who gave answers on points of a scale: within half a step of them, as chance has it.

    Nobody crosses the line between feeling safe and not, so that the start is as it was entered.
    """
    step = step_of(points)
    told = values[~np.isnan(values)]
    if not step or not told.size:
        return values
    # Answers on points differ by a twelfth of a step squared more than what is felt does.
    spread = math.sqrt(max(float(told.var()) - step**2 / 12, (step / 4) ** 2))
    is_safe = told > AGREES_ABOVE
    low = np.where(is_safe, np.maximum(told - step / 2, AGREES_ABOVE + _ALIKE), np.maximum(told - step / 2, 0.0))
    high = np.where(is_safe, np.minimum(told + step / 2, 1.0), np.minimum(told + step / 2, AGREES_ABOVE))
    ends = [ndtr((end - told.mean()) / spread) for end in (low, high)]
    felt = told.mean() + spread * ndtri(rng.uniform(ends[0], ends[1]))
    within = values.copy()
    within[~np.isnan(values)] = np.clip(felt, low, high)
    return within


def step_of(points: Floats) -> float:
    """Return how far points of a scale lie apart, of which all answers are; 0 where there are no points.

    Examples
    --------
    >>> step_of(np.array([0.25, 1.0, 0.5])), step_of(np.array([0.613, 0.62, 0.7]))
    (0.25, 0.0)
    """
    told = np.unique(np.concatenate([[0.0, 1.0], points]).round(6))
    step = float(np.diff(told).min())
    if step < _FINEST_STEP or np.abs(told / step - np.rint(told / step)).max() > _ALIKE * 100:
        return 0.0
    return step if step < 1.0 else 0.0
