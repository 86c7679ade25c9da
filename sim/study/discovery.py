"""Scenario discovery: the combinations of conditions under which a programme fails.

Many combinations of conditions are tried, and a classification tree (CART: Breiman et al. 1984; for discovery: Lempert,
Bryant and Bankes 2008) finds the few cuts that part runs that fail from runs that do not. How deep it grows is chosen
by cross-validation. What it claims is checked on points that it has never seen: density (how often runs inside a box
fail) and coverage (how many of all failures lie inside), with intervals over points.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import Fault, InputError, nearest_name
from sim.inputs.scenario.description import Scenario
from sim.results.measures import Interval
from sim.results.outcomes import OUTCOMES, RunOutcome
from sim.results.store import Keep
from sim.rulebook.rulebook import RULEBOOK, Rulebook
from sim.study.paired import PairedPoints
from sim.study.points import check_chance_events
from sim.study.sampling import PointAnswers, Ranges, check_counts, sobol_points
from sim.study.store_runner import RunOptions, open_store_runner

__all__ = [
    "CONDITIONS",
    "Box",
    "Discovery",
    "RangeCut",
    "conditions_in",
    "discover",
    "discovery_title",
    "find_boxes",
]

CONDITIONS: Ranges = {
    "staff_turnover": (0.07, 0.56),
    "team_leader_turnover": (0.075, 0.60),
    "senior_leader_turnover": (0.125, 1.00),
    "internal_succession": (0.0, 1.0),
    "control_of_newcomers": (0.5, 0.8),
    "control_norm": (0.3, 0.95),
    "turbulence_mean": (0.15, 0.45),
    "vacancy_weeks": (20.0, 40.0),
    "critical_mass": (0.1, 0.4),
}
"""What a service may be like: turnover from half to four times the default, all else over its plausible range."""

_HELD_OUT = 1 / 3
_FOLDS = 5
_DEEPEST = 4
_LEAST_LEAF = 0.05
_N_RESAMPLES = 1000
_N_TREES = 100


@dataclass(frozen=True)
class RangeCut:
    """The part of a parameter's range that a box keeps: above ``low``, up to ``high``; None where it is not cut."""

    name: str
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Box:
    """One combination of conditions, and what happens inside it to points that the tree has not seen.

    Parameters
    ----------
    cuts : the conditions, all of which hold inside
    fails : whether most runs inside failed where the tree was grown
    density : share of runs inside that fail
    coverage : share of all failing runs that lie inside
    mass : share of all points that lie inside
    """

    cuts: tuple[RangeCut, ...]
    fails: bool
    density: Interval
    coverage: Interval
    mass: float

    def contains(self, names: Sequence[str], points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return [n_points], which points lie inside."""
        inside = np.ones(len(points), dtype=np.bool_)
        for cut in self.cuts:
            values = points[:, list(names).index(cut.name)]
            inside &= (values > (-np.inf if cut.low is None else cut.low)) & (
                values <= (np.inf if cut.high is None else cut.high)
            )
        return inside


@dataclass(frozen=True, eq=False)
class Discovery:
    """Where a programme fails.

    Parameters
    ----------
    scenario, outcome, ranges : what was asked, of what, over which conditions
    answers : what the model answered at every point
    boxes : the combinations that the tree tells apart, the worst first
    failing_share : share of all runs that fail
    depth : of the tree
    accuracy : area under the ROC curve on unseen points; 0.5 is no better than chance, 1 is without error
    first_cut : how often each parameter is cut first when the points are drawn again, the most frequent first
    n_unseen : points that were held out
    set_aside : files that were damaged when the search went on, and what of them was needed was made anew
    """

    scenario: Scenario
    outcome: RunOutcome
    ranges: Ranges
    answers: PointAnswers
    boxes: tuple[Box, ...]
    failing_share: float
    depth: int
    accuracy: Interval
    first_cut: dict[str, float]
    n_unseen: int
    set_aside: tuple[Path, ...] = ()


def conditions_in(texts: Sequence[str], rulebook: Rulebook = RULEBOOK) -> Ranges:
    """Return ranges of a rulebook's parameters, written as ``name=low:high``.

    Raises
    ------
    InputError : one is not written so, names no parameter, or lies outside what the model accepts; all are listed

    Examples
    --------
    >>> conditions_in(["staff_turnover=0.1:0.4"])
    {'staff_turnover': (0.1, 0.4)}
    """
    ranges: Ranges = {}
    faults: list[Fault] = []
    for text in texts:
        try:
            ranges.update(_one_condition(text, rulebook))
        except InputError as error:
            faults.extend(error.faults)
    if faults:
        raise InputError(faults)
    return ranges


def _one_condition(text: str, rulebook: Rulebook) -> Ranges:
    name, _, span = text.partition("=")
    known = rulebook.parameters
    if name not in known:
        raise InputError.single("--condition", "the name of a parameter", f'"{name}"', nearest_name(name, known))
    declaration = known[name]
    wanted = f"{name}=LOW:HIGH with {declaration.lowest:g} <= LOW < HIGH <= {declaration.highest:g} {declaration.unit}"
    try:
        low, high = (float(part) for part in span.split(":"))
    except ValueError:
        raise InputError.single("--condition", wanted, f'"{text}"') from None
    if not declaration.lowest <= low < high <= declaration.highest:
        raise InputError.single("--condition", wanted, f'"{text}"')
    return {name: (low, high)}


def discover(
    scenario: Scenario,
    outcome: RunOutcome = OUTCOMES["persists"],
    ranges: Mapping[str, tuple[float, float]] = CONDITIONS,
    n_points: int = 384,
    replicates: int = 8,
    seed: int = 1,
    *,
    options: RunOptions = RunOptions(),  # noqa: B008 - it is frozen
) -> Discovery:
    """Find the combinations of conditions under which a scenario fails, or go on with a search that was stopped.

    Parameters
    ----------
    scenario, outcome : what is asked, of what; the outcome is one that a run has or has not
    ranges : the conditions, each over a range
    n_points : combinations to try
    replicates : runs at each, each with and without interventions
    seed : of the points, the chance events and the bootstrap
    options : where it is run, and where its runs are kept

    Raises
    ------
    InputError : the scenario is too short for the outcome, or it never or always fails
    OutputError : the folder cannot be written
    WorkStopped : it was asked to stop, the disk is full, or the workers cannot be reached; the same call goes on
    """
    check_counts(points=(n_points, 60, 1_000_000), replicates=(replicates, 1, 10_000), seed=(seed, 0, 2**32 - 1))
    check_chance_events(n_points, replicates)
    with open_store_runner(options, Keep()) as store_runner:
        asking = PairedPoints(store_runner, scenario, outcome, list(ranges))
        asking.begin(
            discovery_title(scenario), n_points * replicates, analysis="discovery", outcome=outcome.name,
            points=n_points, replicates=replicates, seed=seed, scenarios=[scenario.name],
            ranges={name: list(span) for name, span in ranges.items()},
        )  # fmt: skip
        store_runner.say("Trying combinations of conditions")
        firsts = range(0, n_points * replicates, replicates)
        answers = asking.ask(list(ranges), sobol_points(ranges, n_points, seed), firsts, replicates, seed)
        asking.finish()
    found = find_boxes(scenario, outcome, dict(ranges), answers, seed)
    return replace(found, set_aside=tuple(store_runner.store.set_aside))


def discovery_title(scenario: Scenario) -> str:
    """Return what the search for the conditions of a scenario is called."""
    return f"Discovery: {scenario.title}"


def find_boxes(scenario: Scenario, outcome: RunOutcome, ranges: Ranges, answers: PointAnswers, seed: int) -> Discovery:
    """Grow a tree on two thirds of the points, and check its boxes on the rest.

    Raises
    ------
    InputError : no run fails, or all do
    """
    known = ~np.isnan(answers.output(outcome.name)).any(axis=1)
    points, failed = answers.points[known], 1.0 - answers.output(outcome.name)[known]
    if failed.min() == failed.max():
        came = "every run fails" if failed.all() else "no run fails"
        raise InputError.single(scenario.name, "a scenario that fails under some of the conditions", came,
                                "widen the conditions with --condition, or choose another outcome")  # fmt: skip
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(points))
    n_unseen = round(_HELD_OUT * len(points))
    unseen, seen = np.sort(order[:n_unseen]), np.sort(order[n_unseen:])
    depth = _choose_depth(points[seen], failed[seen])
    tree = _grow(points[seen], failed[seen], depth)
    boxes = [
        _checked_box(cuts, fails, answers.names, points[unseen], failed[unseen], rng)
        for cuts, fails in _leaves(tree.tree_, answers.names)
    ]
    boxes.sort(key=lambda box: (not box.fails, -box.density.estimate))
    return Discovery(
        scenario, outcome, ranges, answers, tuple(boxes), float(failed.mean()), depth,
        _accuracy(tree, points[unseen], failed[unseen], rng),
        _first_cuts(points[seen], failed[seen], depth, answers.names, rng), n_unseen,
    )  # fmt: skip


def _rows(points: NDArray[np.float64], failed: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return points and answers with one row for each run."""
    return np.repeat(points, failed.shape[1], axis=0), failed.ravel()


def _grow(points: NDArray[np.float64], failed: NDArray[np.float64], depth: int) -> Any:
    from sklearn.tree import DecisionTreeClassifier

    # Ties between equal cuts are broken by this fixed number.
    tree = DecisionTreeClassifier(max_depth=depth, min_samples_leaf=_LEAST_LEAF, random_state=0)
    return tree.fit(*_rows(points, failed))


def _choose_depth(points: NDArray[np.float64], failed: NDArray[np.float64]) -> int:
    """Return the depth with the least cross-validated log loss; the replicates of a point stay in one fold."""
    fold = np.arange(len(points)) % _FOLDS
    losses = np.empty((_DEEPEST, _FOLDS))
    for depth in range(1, _DEEPEST + 1):
        for k in range(_FOLDS):
            tree = _grow(points[fold != k], failed[fold != k], depth)
            rows, answers = _rows(points[fold == k], failed[fold == k])
            chance = np.clip(_chance_of_failing(tree, rows), 0.01, 0.99)
            losses[depth - 1, k] = -np.mean(answers * np.log(chance) + (1 - answers) * np.log(1 - chance))
    return int(losses.mean(axis=1).argmin()) + 1


def _chance_of_failing(tree: Any, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    chances = tree.predict_proba(rows)
    column = np.flatnonzero(tree.classes_ == 1.0)
    return chances[:, column[0]] if len(column) else np.zeros(len(rows))


def _leaves(tree: Any, names: Sequence[str]) -> Iterator[tuple[tuple[RangeCut, ...], bool]]:
    """Yield the cuts of each leaf, and whether most runs in it fail; leaves that agree and share a cut are joined."""

    def walk(node: int, bounds: dict[str, tuple[float | None, float | None]]) -> list[Any]:
        left, right = tree.children_left[node], tree.children_right[node]
        if left < 0:
            share = tree.value[node][0]
            fails = bool(share[-1] / share.sum() > 0.5) if len(share) > 1 else False
            return [(bounds, fails)]
        name, threshold = names[tree.feature[node]], float(tree.threshold[node])
        low, high = bounds.get(name, (None, None))
        below = walk(left, {**bounds, name: (low, threshold)})
        above = walk(right, {**bounds, name: (threshold, high)})
        if len(below) == len(above) == 1 and below[0][1] == above[0][1]:
            return [(bounds, below[0][1])]
        return below + above

    for bounds, fails in walk(0, {}):
        yield tuple(RangeCut(name, low, high) for name, (low, high) in bounds.items()), fails


def _checked_box(
    cuts: tuple[RangeCut, ...],
    fails: bool,
    names: Sequence[str],
    points: NDArray[np.float64],
    failed: NDArray[np.float64],
    rng: np.random.Generator,
) -> Box:
    inside = Box(cuts, fails, _NONE, _NONE, 0.0).contains(names, points)
    failures, runs = failed.sum(axis=1), np.full(len(points), float(failed.shape[1]))
    drawn = rng.integers(0, len(points), (_N_RESAMPLES, len(points)))
    n_points = int(inside.sum())
    density = _ratio_interval(failures * inside, runs * inside, drawn, n_points)
    coverage = _ratio_interval(failures * inside, failures, drawn, n_points)
    return Box(cuts, fails, density, coverage, float(inside.mean()))


_NONE = Interval(np.nan, np.nan, np.nan, 0)


def _ratio_interval(
    above: NDArray[np.float64], below: NDArray[np.float64], drawn: NDArray[np.int64], n: int
) -> Interval:
    """Return a ratio of sums over points, with its 95 % interval over points drawn again."""
    if below.sum() == 0:
        return _NONE
    total = below[drawn].sum(axis=1)
    ratios = above[drawn].sum(axis=1)[total > 0] / total[total > 0]
    low, high = np.quantile(ratios, [0.025, 0.975])
    return Interval(float(above.sum() / below.sum()), float(low), float(high), n)


def _accuracy(
    tree: Any, points: NDArray[np.float64], failed: NDArray[np.float64], rng: np.random.Generator
) -> Interval:
    from sklearn.metrics import roc_auc_score

    if failed.min() == failed.max():
        return _NONE
    chance = _chance_of_failing(tree, points)

    def area(rows: NDArray[np.int64]) -> float:
        answers = failed[rows]
        if answers.min() == answers.max():
            return np.nan
        return float(roc_auc_score(answers.ravel(), np.repeat(chance[rows], failed.shape[1])))

    drawn = [area(rng.integers(0, len(points), len(points))) for _ in range(_N_RESAMPLES // 5)]
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return Interval(area(np.arange(len(points))), float(low), float(high), len(points))


def _first_cuts(
    points: NDArray[np.float64], failed: NDArray[np.float64], depth: int, names: Sequence[str], rng: np.random.Generator
) -> dict[str, float]:
    """Return how often each parameter is cut first when the points are drawn again."""
    first: dict[str, int] = {}
    for _ in range(_N_TREES):
        rows = rng.integers(0, len(points), len(points))
        root = int(_grow(points[rows], failed[rows], depth).tree_.feature[0])
        name = names[root] if root >= 0 else "none"
        first[name] = first.get(name, 0) + 1
    return {name: count / _N_TREES for name, count in sorted(first.items(), key=lambda item: (-item[1], item[0]))}
