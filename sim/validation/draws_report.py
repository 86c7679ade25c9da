"""What is to be told of draws that were made: how few are kept, how they were come to, and what they have narrowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.results.measures import Interval
from sim.validation.draws import DrawsInProgress
from sim.validation.subset import Sampling

__all__ = ["Narrowed", "Variety", "narrowed", "to_markdown", "variety"]

_MIDDLE = (0.05, 0.95)
_SURE = 1.36
"""Of independent values, one set in twenty lies further than this over the root of their number (Kolmogorov 1933)."""


@dataclass(frozen=True)
class Variety:
    """How different draws are from one another.

    Parameters
    ----------
    distinct : how many are not the same as another
    ancestors : draws of the first level, from which they descend
    effective : how many independent draws they are worth at least, as if all of an ancestor were one
    apart : mean distance of two draws, as a share of that of two points taken anywhere
    """

    distinct: int
    ancestors: int
    effective: float
    apart: float


def variety(sampling: Sampling) -> Variety:
    """Return how different samples of the set are from one another."""
    _, sizes = np.unique(sampling.families, return_counts=True)
    samples = sampling.samples
    anywhere = np.random.default_rng(0).random((len(samples), sampling.n_dimensions))
    apart = _mean_distance(samples) / _mean_distance(anywhere)
    n_distinct = len(np.unique(samples, axis=0))
    return Variety(n_distinct, len(sizes), float(sizes.sum() ** 2 / (sizes**2).sum()), apart)


def _mean_distance(points: NDArray[np.float64]) -> float:
    """Return the mean distance of two points."""
    first, second = np.triu_indices(len(points), 1)
    return float(np.linalg.norm(points[first] - points[second], axis=1).mean())


@dataclass(frozen=True)
class Narrowed:
    """How the values of a parameter over the draws differ from its plausible range.

    Parameters
    ----------
    name : of the parameter
    plausible : its range
    kept : mean over the draws, and where nine in ten of them lie
    distance : greatest difference between their distribution and an even one, 0 to 1
    is_sure : whether that is more than chance gives to so many draws
    """

    name: str
    plausible: tuple[float, float]
    kept: Interval
    distance: float
    is_sure: bool


def narrowed(making: DrawsInProgress) -> list[Narrowed]:
    """Return how the tolerances narrow each parameter, those that they narrow most first."""
    points, worth = making.sampling.samples, variety(making.sampling).effective
    found = []
    for (name, (low, high)), column in zip(making.plan.ranges.items(), points.T, strict=True):
        mean, first, last = (low + (high - low) * np.array([column.mean(), *np.quantile(column, _MIDDLE)])).tolist()
        distance = _from_even(column)
        kept = Interval(mean, first, last, len(column))
        found.append(Narrowed(name, (low, high), kept, distance, distance > _SURE / np.sqrt(worth)))
    return sorted(found, key=lambda one: -one.distance)


def _from_even(shares: NDArray[np.float64]) -> float:
    """Return the Kolmogorov distance of shares of the way through a range from an even distribution."""
    ordered, n = np.sort(shares), len(shares)
    return float(max((np.arange(1, n + 1) / n - ordered).max(), (ordered - np.arange(n) / n).max()))


def to_markdown(making: DrawsInProgress) -> str:
    """Return the page of draws that were made."""
    plan, sampling = making.plan, making.sampling
    parts = [
        "# The draws over what nobody has measured",
        _what_they_are(making),
        "## How few are kept",
        _how_few(sampling),
        _levels(sampling),
        "## How different they are",
        _how_different(sampling),
        "## What the tolerances narrow",
        _what_is_narrowed(making),
        "## How they were made",
        f"Seed {plan.seed}, {plan.replicates} runs of each scenario (more where a pattern wants more), model "
        f"{plan.model}. All draws are judged by the same chance events; so whether one is kept is no matter of "
        "chance, but another seed would decide otherwise of those near a tolerance. Patterns, in the order in which "
        "they are looked at: " + "; ".join(f"{number} ({plan.tolerances[number]})" for number, _ in plan.looks) + ".",
    ]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _what_they_are(making: DrawsInProgress) -> str:
    n, n_parameters = making.plan.method.wanted, len(making.plan.ranges)
    return (
        f"{n} sets of values for the {n_parameters} parameters that are graded calibrated, judgement or assumption. "
        "Each is drawn evenly from its plausible range, all at once, and kept if every reading of every calibrated "
        "pattern lies within its tolerance. The verified and built-in patterns have no part in it. `sim.draws()` "
        "reads them (`sim/inputs/draws.csv`), and `cultureshift run NAME --range` asks what an answer rests on. "
        "Written by `python benchmarks/draws.py`, which goes on where it was stopped."
    )


def _how_few(sampling: Sampling) -> str:
    low, high = sampling.share_interval
    return (
        f"Of all that is plausible, a share of {sampling.share:.2g} is kept: one draw in {1 / sampling.share:,.0f} "
        f"(95 %: one in {1 / high:,.0f} to one in {1 / low:,.0f}; coefficient of variation "
        f"{sampling.least_variation:.2f} if the levels are independent, {sampling.most_variation:.2f} if they are not "
        f"at all). {sampling.evaluations:,} draws were judged, by subset simulation (Au and Beck 2001): each level "
        "keeps the draws that come nearest, and Markov chains from them fill the next one; the share is the product "
        "of the levels' shares. It samples what trying at random would keep."
    )


def _levels(sampling: Sampling) -> str:
    rows = [
        (
            str(place), "anything plausible" if level.limit is None else f"{level.limit:.2f}", f"{level.samples:,}",
            f"{level.share:.3f}", "" if level.accepted is None else f"{level.accepted:.2f}",
            f"{np.sqrt(level.variance):.2f}",
        )
        for place, level in enumerate(sampling.levels, start=1)
    ]  # fmt: skip
    head = ("level", "patterns away, at most", "draws", "share that goes on", "steps taken", "variation of that share")
    return _table(head, rows) + (
        "\nA draw is as many patterns away as it has left to show, in their order; the first of them counts by how "
        "far it is missed."
    )


def _how_different(sampling: Sampling) -> str:
    found = variety(sampling)
    return (
        f"{found.distinct} of the {len(sampling.samples)} are distinct: a chain whose steps are not taken stays where "
        f"it is. They descend from {found.ancestors} draws of the first level, which share nothing, and are worth "
        f"{found.effective:.0f} independent draws at least, as if all that descend from one were one. Each step of a "
        "chain draws some of the parameters anew; so the longer it goes on, the less it has in common with the "
        f"others. Two draws are on average {found.apart:.2f} times as far from each other as two points taken "
        "anywhere in the ranges (1, if they shared nothing and no range were narrowed). Among the kept, each has "
        f"made {sampling.method.steps} steps, of which a share of {sampling.accepted_in_the_set:.2f} was taken; "
        "`--steps` lets them make more, from where they are."
    )


def _what_is_narrowed(making: DrawsInProgress) -> str:
    every = narrowed(making)
    sure = [one for one in every if one.is_sure]
    rows = [
        (
            f"`{one.name}`", _span(*one.plausible), f"{one.kept.estimate:.3g}", _span(one.kept.low, one.kept.high),
            f"{one.distance:.2f}",
        )
        for one in sure
    ]  # fmt: skip
    head = ("parameter", "plausible", "mean of the draws", "nine in ten draws", "distance from even")
    return (
        f"{len(sure)} of {len(every)} parameters are distributed otherwise than evenly, by more than chance gives to "
        "so many draws; of the others nothing can be told from these patterns, each by itself. Of so many, about "
        f"{0.05 * len(every):.0f} would be listed by chance.\n\n{_table(head, rows)}"
    )


def _span(low: float, high: float) -> str:
    return f"{low:.3g} to {high:.3g}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
