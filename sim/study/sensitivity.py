"""Sensitivity: which parameters decide an outcome, and how much of what is seen is chance.

All parameters are screened (Morris 1991; Campolongo, Cariboni and Saltelli 2007), then those that matter most are
weighed against each other (Sobol: Saltelli et al. 2010; or PAWN: Pianosi and Wagener 2018). Every block of points
(a trajectory, a base sample) shares its chance events, so that a difference within it is due to the parameters; blocks
differ in theirs. A block with a point without an answer is left out whole, and counted.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import InputError
from sim.inputs.scenario.description import Scenario
from sim.results.measures import Interval, Noise, separate_noise
from sim.results.outcomes import RunOutcome
from sim.results.store import Keep
from sim.study.paired import PairedPoints
from sim.study.points import check_chance_events
from sim.study.sampling import Ranges, check_counts, plausible_ranges, sobol_points
from sim.study.store_runner import RunOptions, StoreRunner, open_store_runner

__all__ = [
    "Blocks",
    "Driver",
    "Ranking",
    "Sensitivity",
    "analyse_sensitivity",
    "rank",
    "sensitivity_title",
]

Method = Literal["morris", "sobol", "pawn"]

N_REFINED = 10
"""Parameters that are weighed against each other after the screening."""

_N_LEVELS = 4
_N_RESAMPLES = 400
_N_RESAMPLES_PAWN = 50
_LEAST_BLOCKS = 4
_SPARE = 2
_SLICES = 10
_N_IDLE = 3
_Z95 = 1.959963984540054


@dataclass(frozen=True)
class Driver:
    """How much one parameter decides the outcome.

    Parameters
    ----------
    name : of the parameter
    strength : index with its 95 % interval: mean absolute effect of going through its range (Morris), total
        share of the variance (Sobol), distance between distributions (PAWN)
    alone : share of the variance without interplay with others; Sobol only
    direction : from -1 (more of it always lowers the outcome) to 1 (always raises it)
    floor : the strength that chance alone would give to a parameter that does nothing
    """

    name: str
    strength: Interval
    alone: Interval | None
    direction: float
    floor: float

    @property
    def is_above_chance(self) -> bool:
        """Whether the whole interval lies above what chance alone would give."""
        return bool(self.strength.low > self.floor)


@dataclass(frozen=True)
class Ranking:
    """Parameters, the strongest first, and what the ranking rests on.

    Parameters
    ----------
    method, drivers : how, and what was found
    n_points, n_replicates : parameter points asked for, and replicates at each
    n_undefined, n_failed : points at which the outcome is not defined, and that could not be run
    n_blocks, n_dropped : blocks of points, and how many of them were left out because of such a point
    noise : chance against parameters, over the points that count
    failures : why points could not be run
    """

    method: Method
    drivers: tuple[Driver, ...]
    n_points: int
    n_replicates: int
    n_undefined: int
    n_failed: int
    n_blocks: int
    n_dropped: int
    noise: Noise
    failures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sensitivity:
    """The answer to "what decides whether it lasts?".

    Parameters
    ----------
    scenario, outcome : what was asked, of what
    ranges : of the parameters
    screening : all parameters; refined : the most important ones against each other, None if that was not asked for
    set_aside : files that were damaged when the analysis went on, and what of them was needed was made anew
    """

    scenario: Scenario
    outcome: RunOutcome
    ranges: Ranges
    seed: int
    screening: Ranking
    refined: Ranking | None
    set_aside: tuple[Path, ...] = ()


@dataclass(frozen=True, eq=False)
class Blocks:
    """Parameter points in blocks that share their chance events.

    Parameters
    ----------
    method : whose design it is
    names : [n_parameters]
    points : [n_blocks * block_size, n_parameters]; blocks follow one another
    block_size : points in a block
    """

    method: Method
    ranges: Ranges
    points: NDArray[np.float64]
    block_size: int

    @property
    def problem(self) -> dict[str, Any]:
        """The parameters as SALib describes them."""
        return _problem(self.ranges)


def _problem(ranges: Ranges) -> dict[str, Any]:
    return {"num_vars": len(ranges), "names": list(ranges), "bounds": [list(bounds) for bounds in ranges.values()]}


def design(method: Method, ranges: Ranges, n_points: int, seed: int) -> Blocks:
    """Return a method's parameter points, at most ``n_points`` of them.

    Raises
    ------
    InputError : so few points are not enough for the method
    """
    size, n_blocks = _blocks_of(method, len(ranges), n_points)
    if method == "morris":
        from SALib.sample.morris import sample as morris_sample

        points = morris_sample(_problem(ranges), n_blocks, num_levels=_N_LEVELS, seed=seed)
    elif method == "sobol":
        from SALib.sample.sobol import sample as sobol_sample

        n_blocks = 2 ** int(np.log2(n_blocks))
        points = sobol_sample(_problem(ranges), n_blocks, calc_second_order=False, seed=seed)
    else:
        points = sobol_points(ranges, n_blocks, seed)
    return Blocks(method, ranges, np.asarray(points, dtype=np.float64), size)


def _blocks_of(method: Method, n_parameters: int, n_points: int, spare: int = 1) -> tuple[int, int]:
    """Return the size of a method's blocks, and how many of them so many points make.

    Raises
    ------
    InputError : they are not enough
    """
    size, least = _least_blocks(method, n_parameters)
    if n_points // size < spare * least:
        wanted = f"at least {spare * least * size:,} points to tell {n_parameters} parameters apart ({method})"
        raise InputError.single("--points", wanted, f"{n_points:,}")
    return size, n_points // size


def _least_blocks(method: Method, n_parameters: int) -> tuple[int, int]:
    """Return the size of a method's blocks, and how many of them it needs at least."""
    size = {"morris": n_parameters + 1, "sobol": n_parameters + 2, "pawn": 1}[method]
    return size, _LEAST_BLOCKS if method != "pawn" else 5 * _SLICES


def check_points(method: Method, ranges: Ranges, n_points: int, replicates: int) -> None:
    """Make sure, before any is run, that there are enough points for both steps of an analysis, and not too many.

    Twice as many blocks are wanted as are needed in the end: one with a point without an answer is left out whole.

    Raises
    ------
    InputError : there are not
    """
    check_chance_events(n_points, replicates)
    for step, n_parameters in _methods_of(method, len(ranges)):
        _blocks_of(step, n_parameters, n_points, _SPARE)


def fewest_points(method: Method, n_parameters: int) -> int:
    """Return how many points each step of an analysis needs: the fewest that :func:`check_points` accepts."""
    needs = [_least_blocks(step, n_varied) for step, n_varied in _methods_of(method, n_parameters)]
    return max(_SPARE * least * size for size, least in needs)


def _methods_of(method: Method, n_parameters: int) -> list[tuple[Method, int]]:
    """Return the steps of an analysis: the method of each, and how many parameters it varies."""
    screening: tuple[Method, int] = ("morris", n_parameters)
    return [screening] if method == "morris" else [screening, (method, min(N_REFINED, n_parameters))]


def rank(blocks: Blocks, answers: NDArray[np.float64], seed: int, failures: dict[int, str] | None = None) -> Ranking:
    """Rank parameters by how much they decide the answers.

    Parameters
    ----------
    blocks : where was asked
    answers : [n_points, n_replicates]; NaN where the outcome is not defined. A point counts if half of its replicates
        have an answer; a block counts if all its points do
    seed : of the bootstrap
    failures : why points could not be run, by number

    Raises
    ------
    InputError : too few blocks are left, or the outcome is the same everywhere
    """
    failures = failures or {}
    known = ~np.isnan(answers)
    has_answer = known.mean(axis=1) >= 0.5
    whole = has_answer.reshape(-1, blocks.block_size).all(axis=1)
    if whole.sum() < _LEAST_BLOCKS:
        came = f"{whole.sum()} of {len(whole)}"
        hint = "ask for gain_4_years, which is always defined"
        raise InputError.single("--outcome", f"at least {_LEAST_BLOCKS} blocks of points with an answer", came, hint)
    kept = np.repeat(whole, blocks.block_size)
    filled = _fill_replicates(answers[kept])
    if np.ptp(filled.mean(axis=1)) == 0.0:
        hint = "choose a longer scenario or another outcome"
        raise InputError.single(
            "--outcome", "an outcome that differs between parameter points", "the same at all", hint
        )
    drivers = _RANKERS[blocks.method](blocks, blocks.points[kept], filled, seed)
    drivers.sort(key=lambda driver: (-driver.strength.estimate, driver.name))
    return Ranking(
        method=blocks.method, drivers=tuple(drivers), n_points=len(answers), n_replicates=answers.shape[1],
        n_undefined=int((~has_answer).sum()) - len(failures), n_failed=len(failures),
        n_blocks=len(whole), n_dropped=int((~whole).sum()), noise=separate_noise(filled),
        failures=tuple(dict.fromkeys(failures.values())),
    )  # fmt: skip


def _fill_replicates(answers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the answers with a missing replicate replaced by the mean of the point's others."""
    means = np.nanmean(answers, axis=1, keepdims=True)
    return np.where(np.isnan(answers), means, answers)


def _rank_morris(blocks: Blocks, points: Any, answers: NDArray[np.float64], seed: int) -> list[Driver]:
    from SALib.analyze.morris import analyze

    found = analyze(
        blocks.problem, points, answers.mean(axis=1), num_resamples=_N_RESAMPLES, num_levels=_N_LEVELS, seed=seed
    )
    n_blocks = len(points) // blocks.block_size
    floor = _morris_floor(blocks, points, answers)
    drivers = []
    for place, name in enumerate(blocks.ranges):
        strength, margin = float(found["mu_star"][place]), float(found["mu_star_conf"][place])
        direction = float(found["mu"][place]) / strength if strength > 0 else 0.0
        interval = Interval(strength, max(0.0, strength - margin), strength + margin, n_blocks)
        drivers.append(Driver(name, interval, None, direction, float(floor[place])))
    return drivers


def _morris_floor(blocks: Blocks, points: Any, answers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return [n_parameters], the mean absolute effect that chance alone would show.

    The effects of single replicates along a trajectory tell how far the mean over replicates would stray from a true
    effect of nothing: a normal variate with that standard error is off by sqrt(2/pi) of it on average.
    """
    n_replicates = answers.shape[1]
    if n_replicates < 2:
        return np.zeros(len(blocks.ranges))
    by_block = points.reshape(-1, blocks.block_size, len(blocks.ranges))
    steps = np.diff(by_block, axis=1)
    changed = np.abs(steps).argmax(axis=2)
    size = _N_LEVELS / (2.0 * (_N_LEVELS - 1))
    change = np.diff(answers.reshape(-1, blocks.block_size, n_replicates), axis=1) / size
    variance = change.var(axis=2, ddof=1) / n_replicates
    floor = np.zeros(len(blocks.ranges))
    for place in range(len(floor)):
        floor[place] = np.sqrt(2.0 / np.pi * variance[changed == place].mean())
    return floor


def _rank_sobol(blocks: Blocks, points: Any, answers: NDArray[np.float64], seed: int) -> list[Driver]:
    from SALib.analyze.sobol import analyze

    means = answers.mean(axis=1)
    found = analyze(blocks.problem, means, calc_second_order=False, num_resamples=_N_RESAMPLES, seed=seed)
    n_blocks = len(points) // blocks.block_size
    floor = _sobol_floor(blocks, answers)
    drivers = []
    for place, name in enumerate(blocks.ranges):
        total = _interval(found["ST"][place], found["ST_conf"][place], n_blocks)
        alone = _interval(found["S1"][place], found["S1_conf"][place], n_blocks)
        direction = _rank_correlation(points[:, place], means)
        drivers.append(Driver(name, total, alone, direction, float(floor[place])))
    return drivers


def _interval(estimate: float, margin: float, n: int) -> Interval:
    return Interval(float(estimate), float(estimate - margin), float(estimate + margin), n)


def _sobol_floor(blocks: Blocks, answers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return [n_parameters], the total index that chance alone would show: half the mean squared stray difference."""
    n_replicates = answers.shape[1]
    if n_replicates < 2:
        return np.zeros(len(blocks.ranges))
    by_block = answers.reshape(-1, blocks.block_size, n_replicates)
    stray = (by_block[:, 1:-1] - by_block[:, :1]).var(axis=2, ddof=1) / n_replicates
    ends = by_block.mean(axis=2)[:, [0, -1]]
    floor: NDArray[np.float64] = stray.mean(axis=0) / (2.0 * ends.var())
    return floor


def _rank_pawn(blocks: Blocks, points: Any, answers: NDArray[np.float64], seed: int) -> list[Driver]:
    """Rank by PAWN, beside a few idle numbers: they do nothing, so what they show is the floor."""
    rng = np.random.default_rng(seed)
    idle = {f"idle {k}": (0.0, 1.0) for k in range(_N_IDLE)}
    problem = _problem({**blocks.ranges, **idle})
    columns = np.concatenate([points, rng.random((len(points), _N_IDLE))], axis=1)
    means = answers.mean(axis=1)
    estimate = _pawn(problem, columns, means)
    resampled = np.array([
        _pawn(problem, columns[rows], means[rows])
        for rows in rng.integers(0, len(points), (_N_RESAMPLES_PAWN, len(points)))
    ])  # fmt: skip
    # Points drawn twice make distributions look further apart; only the spread of the resamples is used.
    spread = _Z95 * resampled.std(axis=0, ddof=1)
    floor = float(estimate[len(blocks.ranges) :].mean())
    return [
        Driver(
            name, _interval(estimate[k], spread[k], len(points)), None, _rank_correlation(points[:, k], means), floor
        )
        for k, name in enumerate(blocks.ranges)
    ]


def _pawn(problem: dict[str, Any], points: NDArray[np.float64], means: NDArray[np.float64]) -> NDArray[np.float64]:
    from SALib.analyze.pawn import analyze

    with warnings.catch_warnings():
        # The p-values that scipy may warn of are not used.
        warnings.simplefilter("ignore", RuntimeWarning)
        found = analyze(problem, points, means, S=_SLICES)
    return np.asarray(found["median"], dtype=np.float64)


def _rank_correlation(values: NDArray[np.float64], means: NDArray[np.float64]) -> float:
    from scipy import stats

    return float(stats.spearmanr(values, means).statistic) if np.ptp(values) > 0 else 0.0


_RANKERS: dict[Method, Callable[[Blocks, Any, NDArray[np.float64], int], list[Driver]]] = {
    "morris": _rank_morris,
    "sobol": _rank_sobol,
    "pawn": _rank_pawn,
}


def analyse_sensitivity(
    scenario: Scenario,
    outcome: RunOutcome,
    method: Method = "sobol",
    n_points: int = 768,
    replicates: int = 4,
    seed: int = 1,
    *,
    ranges: Ranges | None = None,
    options: RunOptions = RunOptions(),  # noqa: B008 - it is frozen
) -> Sensitivity:
    """Find what decides an outcome of a scenario, or go on with an analysis that was stopped.

    Parameters
    ----------
    scenario, outcome : what is asked, of what
    method : "morris" screens all parameters; "sobol" and "pawn" then weigh the most important ones
    n_points : parameter points for each of the two steps, at most
    replicates : at each point, each with and without interventions
    seed : of the points, of the chance events and of the bootstrap
    ranges : of the parameters; the plausible ones if left out
    options : where it is run, and where its runs are kept

    Raises
    ------
    InputError : the scenario is too short for the outcome, or there are too few points
    OutputError : the folder cannot be written
    WorkStopped : it was asked to stop, the disk is full, or the workers cannot be reached; the same call goes on
    """
    check_counts(points=(n_points, 1, 1_000_000), replicates=(replicates, 1, 10_000), seed=(seed, 0, 2**32 - 1))
    ranges = ranges or plausible_ranges(rulebook=scenario.rulebook)
    with open_store_runner(options, Keep()) as store_runner:
        steps = _Steps(store_runner, scenario, outcome, ranges, n_points, replicates, seed)
        steps.points.begin(
            sensitivity_title(scenario), points_of(method, ranges, n_points) * replicates,
            analysis="sensitivity", outcome=outcome.name, method=method, points=n_points, replicates=replicates,
            seed=seed, scenarios=[scenario.name], ranges={name: list(span) for name, span in ranges.items()},
        )  # fmt: skip
        screening, refined = steps.rank("morris", ranges), None
        if method != "morris":
            strongest = [driver.name for driver in screening.drivers[:N_REFINED]]
            refined = steps.rank(method, {name: ranges[name] for name in ranges if name in strongest})
        steps.points.finish()
    return Sensitivity(scenario, outcome, ranges, seed, screening, refined, tuple(store_runner.store.set_aside))


def sensitivity_title(scenario: Scenario) -> str:
    """Return what the analysis of a scenario is called."""
    return f"Sensitivity: {scenario.title}"


class _Steps:
    """The steps of an analysis, each of which ranks parameters by points of its own."""

    def __init__(
        self,
        store_runner: StoreRunner,
        scenario: Scenario,
        outcome: RunOutcome,
        ranges: Ranges,
        n_points: int,
        replicates: int,
        seed: int,
    ) -> None:
        self.store_runner, self.n_points, self.replicates, self.seed = store_runner, n_points, replicates, seed
        self.points = PairedPoints(store_runner, scenario, outcome, list(ranges))

    def rank(self, method: Method, ranges: Ranges) -> Ranking:
        """Rank parameters with one method."""
        self.store_runner.say(f"{'Screening' if method == 'morris' else 'Weighing'} {len(ranges)} parameters")
        blocks = design(method, ranges, self.n_points, self.seed)
        # The points of a block share their chance events.
        firsts = [number // blocks.block_size * self.replicates for number in range(len(blocks.points))]
        answers = self.points.ask(list(ranges), blocks.points, firsts, self.replicates, self.seed)
        return rank(blocks, answers.values[:, :, 0], self.seed, answers.failures)


def points_of(method: Method, ranges: Ranges, n_points: int) -> int:
    """Return how many points an analysis asks for in all."""
    n_parameters = len(ranges)
    total = n_points // (n_parameters + 1) * (n_parameters + 1)
    n_refined = min(N_REFINED, n_parameters)
    if method == "sobol":
        total += 2 ** int(np.log2(max(1, n_points // (n_refined + 2)))) * (n_refined + 2)
    return total + (n_points if method == "pawn" else 0)
