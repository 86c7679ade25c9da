"""Subset simulation: samples of a rare set, and how rare it is (Au and Beck 2001).

A set is where a score does not exceed 0. It is come to through sets that contain it, each nested in the one before:
each level keeps the best share of its samples, and Markov chains that start from them fill the next one. The share of
the set is the product of the levels' shares. Chains move in the unit cube, in which every point is as likely as any
other: some of the components take a step, folded back at the ends, and it is taken if it does not leave the level. So
they sample what rejection would keep, only sooner. Chance depends on the seed, the level, and the step alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from sim.base.errors import CultureshiftError

__all__ = ["Level", "Method", "Sampling", "Score", "StuckError", "sample_set"]

Array = NDArray[np.float64]
Score = Callable[[Array, float], float]
"""(point of the unit cube [n_dimensions], limit) -> how far it is from the set; 0 or less: within it.

What is above the limit need not be known any nearer than that. It is called in several threads at once.
"""

Number = Annotated[float, Field(allow_inf_nan=False)]

_ACCEPTED = 0.3
"""More components take part in a step where more than this share is accepted, and fewer where less is."""
_WIDTH = 0.4
"""How far a component goes that takes part: most of the way through its range. A few that go far forget where a chain
began sooner than all of them going a little, as most components matter little."""
_SAVED_EVERY = 16


class StuckError(CultureshiftError):
    """No sample of a level is better than its limit, so that there is no next one."""


class Method(BaseModel):
    """How a set is sampled.

    Parameters
    ----------
    first : samples of the first level, which takes in everything: the more, the more the samples of the set differ
    samples : of each other level
    kept : share of them that the next level starts from
    wanted : samples of the set in the end
    steps : of each chain within the set, before its end is taken for a sample
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    first: int = Field(default=1000, ge=8)
    samples: int = Field(default=240, ge=8)
    kept: float = Field(default=0.2, gt=0.0, lt=1.0)
    wanted: int = Field(default=64, ge=1)
    steps: int = Field(default=2, ge=1)


class Level(BaseModel):
    """What came of one level.

    Parameters
    ----------
    limit : the score that its samples do not exceed; None for the first, which takes in everything
    share : of its samples that lie in the next one; in the set, for the last
    variance : of that share, relative to its square, chains being correlated
    samples, chains : how many
    evaluations : points whose score was asked for
    accepted : share of the steps that were taken; None for the first
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    limit: Number | None
    share: Number
    variance: Number
    samples: int
    chains: int
    evaluations: int
    accepted: Number | None


class Sampling(BaseModel):
    """How far it has come; all that is needed to go on.

    Parameters
    ----------
    method : how the set is sampled
    seed, n_dimensions : of chance, and of the unit cube
    levels : those that are full
    limit : of the level that is being filled; None for the first
    is_last : whether that is the set itself, so that chains only move on
    points, scores : [n_steps][n_chains], where each chain of that level has been; points [n_dimensions] each
    families : [n_chains], which sample of the first level each descends from
    accepted : steps taken so far in that level
    moving : share of the components that take part in a step
    pending : scores of the step that is being made, by chain
    """

    model_config = ConfigDict(extra="forbid")
    method: Method
    seed: int = Field(ge=0, lt=2**31)
    n_dimensions: int = Field(ge=1)
    levels: list[Level] = Field(default_factory=list)
    limit: Number | None = None
    is_last: bool = False
    points: list[list[list[Number]]] = Field(default_factory=list)
    scores: list[list[Number]] = Field(default_factory=list)
    families: list[int] = Field(default_factory=list)
    accepted: int = 0
    moving: Number = Field(default=0.5, gt=0.0, le=1.0)
    pending: dict[int, Number] = Field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        """Whether there are as many samples of the set as are wanted."""
        return self.is_last and len(self.points) > self.method.steps

    @property
    def evaluations(self) -> int:
        """Points whose score was asked for so far."""
        return sum(level.evaluations for level in self.levels) + self._here

    @property
    def _here(self) -> int:
        steps_made = max(0, len(self.scores) - (1 if self.limit is not None else 0))
        return steps_made * len(self.families) + len(self.pending)

    @property
    def share(self) -> float:
        """Share of the cube that lies in the set; so far, in the level that is being filled."""
        return math.prod(level.share for level in self.levels)

    @property
    def least_variation(self) -> float:
        """Coefficient of variation of that share if levels were independent; they are not wholly."""
        return math.sqrt(sum(level.variance for level in self.levels))

    @property
    def most_variation(self) -> float:
        """Coefficient of variation of that share if what one level is off by, all are."""
        return sum(math.sqrt(level.variance) for level in self.levels)

    @property
    def share_interval(self) -> tuple[float, float]:
        """The 95 % interval of that share, on a log scale, by the greater of the two variations."""
        spread = 1.96 * math.sqrt(math.log1p(self.most_variation**2))
        return self.share * math.exp(-spread), min(1.0, self.share * math.exp(spread))

    @property
    def accepted_in_the_set(self) -> float:
        """Share of the steps within the set that were taken."""
        return self.accepted / max(1, (len(self.points) - 1) * len(self.families))

    @property
    def samples(self) -> Array:
        """Samples of the set, [wanted, n_dimensions]: where its chains ended."""
        return np.array(self.points[-1])


def sample_set(sampling: Sampling, score: Score, threads: int = 1) -> Iterator[Sampling]:
    """Go on sampling a set until it is done; yield after every few points, when what there is may be kept.

    Parameters
    ----------
    sampling : how far it has come; changed in place
    score : how far a point is from the set
    threads : points at once; the samples do not depend on it

    Raises
    ------
    StuckError : a level's samples are all as far from the set
    """
    with ThreadPoolExecutor(threads) as pool:
        while not sampling.is_done:
            candidates = _candidates(sampling)
            limit = math.inf if sampling.limit is None else sampling.limit
            left = [chain for chain in range(len(candidates)) if chain not in sampling.pending]
            jobs = {pool.submit(score, candidates[chain], limit): chain for chain in left}
            try:
                for n_done, job in enumerate(as_completed(jobs), start=1):
                    sampling.pending[jobs[job]] = job.result()
                    if n_done % _SAVED_EVERY == 0:
                        yield sampling
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise
            _take_step(sampling, candidates, limit)
            yield sampling


def _candidates(sampling: Sampling) -> Array:
    """Return where the chains would step to, [n_chains, n_dimensions]; in the first level, anywhere."""
    n_dimensions, step = sampling.n_dimensions, len(sampling.points)
    chance = np.random.default_rng((sampling.seed, len(sampling.levels), step))
    if sampling.limit is None:
        return chance.random((sampling.method.first, n_dimensions))
    here = np.array(sampling.points[-1])
    turn = chance.random(here.shape)
    moves = turn <= np.maximum(sampling.moving, turn.min(axis=1, keepdims=True))
    there = here + _WIDTH * chance.standard_normal(here.shape) * moves
    # Folded at 0 and at 1: as likely to be stepped to as to be stepped from.
    folded: Array = 1.0 - np.abs(1.0 - np.mod(there, 2.0))
    return folded


def _take_step(sampling: Sampling, candidates: Array, limit: float) -> None:
    """Move the chains whose candidates do not exceed the limit, and begin another level where this one is full."""
    scores = [sampling.pending[chain] for chain in range(len(candidates))]
    sampling.pending = {}
    if sampling.limit is None:
        sampling.points, sampling.scores = [candidates.tolist()], [scores]
        sampling.families = list(range(len(candidates)))
    else:
        taken = [one <= limit for one in scores]
        before, was = sampling.points[-1], sampling.scores[-1]
        sampling.points.append(
            [new if go else old for new, old, go in zip(candidates.tolist(), before, taken, strict=True)]
        )
        sampling.scores.append([new if go else old for new, old, go in zip(scores, was, taken, strict=True)])
        sampling.accepted += sum(taken)
        sampling.moving = min(1.0, sampling.moving * math.exp(2.0 * (sum(taken) / len(taken) - _ACCEPTED)))
    if sampling.limit is None or (not sampling.is_last and len(sampling.points) >= _steps_of_a_level(sampling)):
        _begin_level(sampling)


def _steps_of_a_level(sampling: Sampling) -> int:
    """Return how many samples each chain of a level gives: as many as make it full, and one step at least."""
    return max(2, math.ceil(sampling.method.samples / len(sampling.families)))


def _begin_level(sampling: Sampling) -> None:
    """Close a level that is full, and start the chains of the next one from its best samples."""
    scores = np.array(sampling.scores)
    n_steps, n_chains = scores.shape
    place = max(1, round(sampling.method.kept * scores.size)) - 1
    limit = max(0.0, float(np.sort(scores, axis=None)[place]))
    within = scores <= limit
    if limit > 0.0 and within.all():
        raise StuckError(f"Level {len(sampling.levels) + 1}: all {scores.size} samples are as far from the set.")
    moved = (n_steps - 1) * n_chains
    sampling.levels.append(
        Level(
            limit=sampling.limit, share=float(within.mean()), variance=_variance(within), samples=scores.size,
            chains=n_chains, evaluations=sampling._here, accepted=sampling.accepted / moved if moved else None,
        )
    )  # fmt: skip
    steps, chains = np.nonzero(within)
    if limit == 0.0:
        # As many chains as samples are wanted, from all over those in the set.
        chosen = np.arange(sampling.method.wanted) * len(steps) // sampling.method.wanted
        steps, chains = steps[chosen], chains[chosen]
    sampling.families = [sampling.families[chain] for chain in chains]
    sampling.points = [[sampling.points[step][chain] for step, chain in zip(steps, chains, strict=True)]]
    sampling.scores = [[float(scores[step, chain]) for step, chain in zip(steps, chains, strict=True)]]
    sampling.limit, sampling.accepted, sampling.is_last = limit, 0, limit == 0.0


def _variance(within: NDArray[np.bool_]) -> float:
    """Return the variance of a share, relative to its square (Au and Beck 2001, equations 26 to 29).

    Parameters
    ----------
    within : [n_steps, n_chains], whether each sample counts; those of a chain are correlated, chains are not
    """
    n_steps = len(within)
    counts, share = within.astype(float), float(within.mean())
    at_once = share * (1.0 - share)
    if at_once == 0.0:
        return 0.0
    gamma = 0.0
    for lag in range(1, n_steps):
        alike = float((counts[:-lag] * counts[lag:]).mean()) - share**2
        gamma += 2.0 * (1.0 - lag / n_steps) * alike / at_once
    return (1.0 - share) / (share * within.size) * max(0.0, 1.0 + gamma)
