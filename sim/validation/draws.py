"""Draws of what nobody has measured: values over plausible ranges at which every calibrated pattern holds.

Every parameter that is calibrated, judged or assumed is drawn evenly from its plausible range, all at once, and a draw
is kept if all readings of the patterns of kind "calibrated" lie within their tolerances. So few are kept that trying at
random would take days; they are come to by subset simulation (:mod:`sim.validation.subset`), which samples the same
draws. A draw is as far from being kept as there are patterns left that it does not show, those that cost least first,
and by how much it misses the first of them. All draws are judged by the same chance events.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sim.base.errors import Fault, InputError, nearest_name
from sim.base.files import read_file, write_whole
from sim.results.store.keys import model_version
from sim.rulebook.rulebook import RULEBOOK, Rulebook
from sim.validation.pattern import Pattern, Reading
from sim.validation.pattern_runs import HORIZON, SparingPatternRuns, scenario
from sim.validation.runner import CALIBRATED
from sim.validation.subset import Method, Sampling, sample_set

__all__ = [
    "LOOKS",
    "REPLICATES",
    "DrawPlan",
    "DrawsInProgress",
    "JudgingPattern",
    "free_ranges",
    "make_draws",
    "read_making",
    "values_at",
]

Values = dict[str, float]
Ranges = dict[str, tuple[float, float]]

_FREE = ("calibrated", "judgement", "assumption")
_MOST_BYTES = 50_000_000

REPLICATES = 40
"""Runs of each scenario, as many as patterns are judged by; more where a pattern wants more."""

Number = Annotated[float, Field(allow_inf_nan=False)]


def free_ranges(rulebook: Rulebook = RULEBOOK) -> Ranges:
    """Return the plausible range of every parameter that is calibrated, judged or assumed, by name.

    Examples
    --------
    >>> free_ranges()["purpose_holds"], "staff_turnover" in free_ranges()
    ((0.0, 1.0), False)
    """
    return {
        name: one.plausible
        for name, one in rulebook.parameters.items()
        if one.grade in _FREE and not one.is_reference
    }  # fmt: skip


def values_at(point: NDArray[np.float64], ranges: Ranges) -> Values:
    """Return the values that lie at a point of the unit cube, each at its share of the way through its range."""
    low, high = np.array(list(ranges.values())).T
    return dict(zip(ranges, (low + (high - low) * point).tolist(), strict=True))


@dataclass(frozen=True)
class JudgingPattern:
    """A pattern that a draw is judged by, and how many weeks its readings take.

    Parameters
    ----------
    number : of the pattern
    weeks : of every scenario; more of them would change no reading
    """

    number: int
    weeks: int


LOOKS = (
    JudgingPattern(1, 1), JudgingPattern(3, HORIZON), JudgingPattern(9, 111), JudgingPattern(8, 111),
    JudgingPattern(15, 111), JudgingPattern(12, 111), JudgingPattern(10, 163), JudgingPattern(13, 267),
    JudgingPattern(28, 111),
)  # fmt: skip
"""Every calibrated pattern, those first that cost least and refuse most."""

_LONGEST_OF_MANY = 267
"""Weeks of the runs of which there are many: most draws go by the first look, for which one week is enough."""


class DrawPlan(BaseModel):
    """What decides the draws: nothing else does.

    Parameters
    ----------
    seed : of the draws, and of the runs that they are judged by
    model : version of the model
    ranges : the parameters that are drawn, and from where
    replicates : runs of each scenario
    looks : patterns in their order, each with its weeks
    tolerances : of each pattern, in its words
    method : how they are sampled
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    seed: int = Field(ge=0, lt=2**31)
    model: str
    ranges: dict[str, tuple[Number, Number]]
    replicates: int
    looks: tuple[tuple[int, int], ...]
    tolerances: dict[int, str]
    method: Method

    @classmethod
    def today(cls, seed: int, method: Method | None = None) -> DrawPlan:
        """Return the plan of this version of the model."""
        return cls(
            seed=seed, model=model_version(), ranges=free_ranges(), replicates=REPLICATES,
            looks=tuple((look.number, look.weeks) for look in LOOKS),
            tolerances={one.number: one.tolerance for one in CALIBRATED}, method=method or Method(),
        )  # fmt: skip


class DrawsInProgress(BaseModel):
    """Draws in the making, or made: what decides them, and how far it has come."""

    model_config = ConfigDict(extra="forbid")
    plan: DrawPlan
    sampling: Sampling

    @classmethod
    def begun(cls, plan: DrawPlan) -> DrawsInProgress:
        """Return a making that has just begun."""
        return cls(
            plan=plan, sampling=Sampling(method=plan.method, seed=plan.seed, n_dimensions=len(plan.ranges))
        )  # fmt: skip

    def make_more_steps(self, steps: int) -> None:
        """Let chains among the kept draws make more steps than was planned: then the draws differ more."""
        method = self.plan.method.model_copy(update={"steps": steps})
        self.plan = self.plan.model_copy(update={"method": method})
        self.sampling.method = method

    @property
    def draws(self) -> list[Values]:
        """The draws, once they are made."""
        return [values_at(point, self.plan.ranges) for point in self.sampling.samples]


@dataclass(eq=False)
class Judge:
    """Says how far a draw is from being kept.

    Parameters
    ----------
    seed : of all runs
    ranges : from which draws are
    replicates : of every scenario
    """

    seed: int
    ranges: Ranges
    replicates: int = REPLICATES
    patterns: dict[int, Pattern] = field(default_factory=lambda: {one.number: one for one in CALIBRATED})

    def __call__(self, point: NDArray[np.float64], limit: float = math.inf) -> float:
        """Return how many patterns a draw has left, the first of them as a share by how much it is missed; 0: kept.

        The order of patterns counts, so a pattern that is not come to need not be measured.
        """
        world = scenario(parameters=values_at(point, self.ranges))
        runs = SparingPatternRuns(self.replicates, self.seed, threads=1, world=world, only_judged=True)
        for place, look in enumerate(LOOKS):
            runs.weeks, runs.longest = look.weeks, _LONGEST_OF_MANY if place else 0
            readings = self.patterns[look.number].measure(runs).readings
            missed = max(miss_of(one) for one in readings if one.is_judged)
            if missed > 0.0:
                # 1 at most, and the further the nearer to it: no miss of a pattern weighs more than the next pattern.
                share = 1.0 if math.isinf(missed) else missed / (1.0 + missed)
                return len(LOOKS) - place - 1 + share
        return 0.0


def miss_of(one: Reading) -> float:
    """Return by how much an estimate lies outside its tolerance: in widths of it, or as a share of its only end.

    0 within it; infinite where there is no estimate.
    """
    estimate = one.value.estimate
    if math.isnan(estimate):
        return math.inf
    beyond = max(one.low - estimate, estimate - one.high, 0.0)
    ends = [end for end in (one.low, one.high) if math.isfinite(end)]
    return beyond / (ends[1] - ends[0] if len(ends) > 1 else abs(ends[0]))


def make_draws(
    path: Path, seed: int = 1, method: Method | None = None, threads: int = 1, judge: Any = None
) -> Iterator[DrawsInProgress]:
    """Make draws, or go on with a file; yield what there is after each time it is written.

    Parameters
    ----------
    path : the file, written whole each time
    seed : of draws and runs
    method : how draws are sampled; with more steps than a file was begun with, its chains go on from where they are
    threads : draws judged at once
    judge : says how far a draw is from being kept; a :class:`Judge` if left out

    Raises
    ------
    InputError : the file holds draws of another plan, or is damaged
    OutputError : it cannot be written
    StuckError : no draw is nearer to being kept than the others
    """
    plan = DrawPlan.today(seed, method)
    making = read_making(path) if path.exists() else DrawsInProgress.begun(plan)
    if making.plan.method.steps < plan.method.steps:
        making.make_more_steps(plan.method.steps)
    if making.plan != plan:
        hint = "name another file; this one stays as it is"
        raise InputError.single(path.name, "draws of the same seed, model, ranges and patterns", "others", hint)
    for _ in sample_set(making.sampling, judge or Judge(seed, plan.ranges), threads):
        write_whole(path, making.model_dump_json() + "\n")
        yield making


def read_making(path: Path) -> DrawsInProgress:
    """Return the draws of a file, made or in the making.

    Raises
    ------
    InputError : it cannot be read, or is not what it says; all faults are listed
    """
    content = read_file(path, "a file of draws", _MOST_BYTES)
    try:
        making = DrawsInProgress.model_validate_json(content)
    except ValidationError as error:
        faults = [
            Fault(f"{path.name}: {_place(one['loc'])}", one["msg"], str(one["input"])[:60]) for one in error.errors()
        ]
        raise InputError(faults) from None
    faults = list(_faults_of(making, path.name))
    if faults:
        raise InputError(faults)
    return making


def _place(loc: tuple[Any, ...]) -> str:
    return ".".join(map(str, loc)) or "the whole"


def _faults_of(making: DrawsInProgress, name: str) -> Iterator[Fault]:
    """Yield what does not fit together in a file of draws."""
    plan, sampling = making.plan, making.sampling
    for one in plan.ranges:
        if one not in RULEBOOK.parameters:
            near = nearest_name(one, RULEBOOK.parameters)
            yield Fault(f"{name}: plan.ranges", "the name of a parameter", f'"{one}"', near)
    if (sampling.method, sampling.seed, sampling.n_dimensions) != (plan.method, plan.seed, len(plan.ranges)):
        yield Fault(f"{name}: sampling", "method, seed and dimensions of the plan", "others")
    n_chains, n_steps = len(sampling.families), len(sampling.points)
    shape = [[len(point) for point in step] for step in sampling.points]
    if (
        shape != [[sampling.n_dimensions] * n_chains] * n_steps
        or [len(one) for one in sampling.scores] != [n_chains] * n_steps
    ):
        yield Fault(f"{name}: sampling.points", "a point and a score of every chain at every step", "others")
    if any(not 0.0 <= value <= 1.0 for step in sampling.points for point in step for value in point):
        yield Fault(f"{name}: sampling.points", "shares of the way through a range, 0 to 1", "others")
