"""What is told of draws: what they narrow is found, what they leave open is not, and draws that are one count once."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.validation.draws import DrawPlan, DrawsInProgress
from sim.validation.draws_report import narrowed, to_markdown, variety
from sim.validation.subset import Method, sample_set


def near_the_middle(point: NDArray[np.float64], _: float) -> float:
    """Return how far the first two components are from their middle third."""
    return max(0.0, *(np.abs(point[:2] - 0.5) - 1 / 6).tolist())


@pytest.fixture(name="made", scope="module")
def made_fixture() -> DrawsInProgress:
    made = DrawsInProgress.begun(DrawPlan.today(1, Method(steps=12)))
    for _ in sample_set(made.sampling, near_the_middle):
        pass
    return made


def test_what_the_tolerances_narrow_comes_first(made: DrawsInProgress) -> None:
    first, second, *others = narrowed(made)
    names = list(made.plan.ranges)
    assert {first.name, second.name} == set(names[:2])
    assert first.is_sure
    assert second.is_sure
    low, high = made.plan.ranges[first.name]
    third = (high - low) / 3
    assert low + third <= first.kept.low < first.kept.estimate < first.kept.high <= high - third
    assert sum(one.is_sure for one in others) <= 0.15 * len(names)


def test_samples_that_are_one_count_once(made: DrawsInProgress) -> None:
    found = variety(made.sampling)
    assert 1 < found.effective <= found.ancestors <= found.distinct <= len(made.sampling.samples)
    alike = made.sampling.model_copy(deep=True)
    alike.families = [0] * len(alike.families)
    alike.points[-1] = [alike.points[-1][0]] * len(alike.families)
    found = variety(alike)
    assert (found.ancestors, found.distinct, found.effective, found.apart) == (1, 1, 1.0, 0.0)


def test_the_page_says_how_few_are_kept_and_how_sure_that_is(made: DrawsInProgress) -> None:
    page = to_markdown(made)
    assert f"a share of {made.sampling.share:.2g} is kept" in page
    assert f"{made.sampling.evaluations:,} draws were judged" in page
    assert f"| `{narrowed(made)[0].name}` |" in page
    assert "nan" not in page
