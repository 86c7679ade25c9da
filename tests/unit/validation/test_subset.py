"""Subset simulation comes to the share and the samples of a set that are known, and goes on where it was."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.validation.subset import Method, Sampling, Score, StuckError, sample_set

Array = NDArray[np.float64]

SUM_BELOW = Fraction(273, 10)


def sampled(score: Score, n_dimensions: int, seed: int = 1, threads: int = 1, **method: float) -> Sampling:
    sampling = Sampling(method=Method.model_validate(method), seed=seed, n_dimensions=n_dimensions)
    for _ in sample_set(sampling, score, threads):
        pass
    return sampling


def small_sum(point: Array, _: float) -> float:
    return max(0.0, float(point.sum()) - float(SUM_BELOW))


def share_of_small_sums(n: int, below: Fraction) -> float:
    """Return the chance that a sum of numbers, each even over [0, 1], is below something (Irwin 1927, Hall 1927)."""
    terms = ((-1) ** k * math.comb(n, k) * (below - k) ** n for k in range(math.floor(below) + 1))
    return float(sum(terms, Fraction(0)) / math.factorial(n))


def bent(point: Array, _: float) -> float:
    """Return how far a point is from a bent band of which rejection finds one point in thirty."""
    x, y = point[:2]
    return max(0.0, abs(float(y - 4 * (x - 0.5) ** 2)) - 0.02, 0.3 - float(point[2]))


def test_the_share_of_a_linear_limit_in_79_dimensions_is_found() -> None:
    known = share_of_small_sums(79, SUM_BELOW)
    assert 5e-7 < known < 2e-6
    found = [sampled(small_sum, 79, seed) for seed in range(10)]
    assert sum(low <= known <= high for low, high in (one.share_interval for one in found)) >= 9
    assert np.mean([one.share for one in found]) == pytest.approx(known, rel=0.5)
    spread = np.std([math.log(one.share) for one in found], ddof=1)
    assert min(one.least_variation for one in found) < spread < max(one.most_variation for one in found)
    assert all(0.19 <= level.share <= 0.3 for one in found for level in one.levels[:-1])
    assert all(small_sum(point, 0.0) == 0.0 for point in found[0].samples)


def test_the_samples_are_those_that_rejection_keeps() -> None:
    found = sampled(bent, 5, first=4000, samples=2000, wanted=2000, steps=10)
    cube = np.random.default_rng(2).random((40_000, 5))
    kept = cube[[bent(point, 0.0) == 0.0 for point in cube]]
    assert found.share == pytest.approx(len(kept) / len(cube), rel=0.15)
    assert found.samples.mean(axis=0) == pytest.approx(kept.mean(axis=0), abs=0.04)
    assert np.quantile(found.samples, (0.1, 0.5, 0.9), axis=0) == pytest.approx(
        np.quantile(kept, (0.1, 0.5, 0.9), axis=0), abs=0.08
    )


def test_what_is_above_the_limit_need_not_be_known() -> None:
    def coarse(point: Array, limit: float) -> float:
        exact = bent(point, limit)
        return exact if exact <= limit else limit + 1.0

    assert sampled(coarse, 5) == sampled(bent, 5)


def test_threads_and_a_stop_change_nothing() -> None:
    whole = sampled(bent, 5)
    assert sampled(bent, 5, threads=4) == whole
    parted = Sampling(method=Method(), seed=1, n_dimensions=5)
    n_stops = 0
    while not parted.is_done:
        for stop_after, _ in enumerate(sample_set(parted, bent), start=1):
            if stop_after == 7:
                break
        parted = Sampling.model_validate_json(parted.model_dump_json())
        n_stops += 1
    assert n_stops > 3
    assert parted == whole


def test_another_seed_gives_other_samples() -> None:
    assert sampled(bent, 5, seed=2).samples.tolist() != sampled(bent, 5).samples.tolist()


def test_a_level_in_which_all_are_as_far_is_no_way_on() -> None:
    with pytest.raises(StuckError, match="as far from the set"):
        sampled(lambda point, _: 1.0, 3)


def test_chains_that_stand_still_are_less_sure() -> None:
    from sim.validation.subset import _variance

    apart = np.random.default_rng(1).random((5, 50)) < 0.2
    alike = np.repeat(apart[:1], 5, axis=0)
    assert _variance(alike) > 3 * _variance(apart)
