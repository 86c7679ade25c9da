"""Discovery: a known box is found again, and what is claimed of it holds on points that were not seen."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.base.errors import InputError
from sim.inputs.scenario.description import Scenario
from sim.results.outcomes import OUTCOMES, YES_OR_NO
from sim.rulebook.parameters import describe
from sim.study.discovery import CONDITIONS, Discovery, conditions_in, find_boxes
from sim.study.sampling import PointAnswers, sobol_points
from sim.study.telling import box_in_words, discovery_in_a_sentence, discovery_rows, tell_discovery

RANGES = {"staff_turnover": (0.0, 1.0), "control_norm": (0.0, 1.0), "vacancy_weeks": (0.0, 1.0)}
SCENARIO = Scenario(title="A talk", weeks=300)


def answers_where(persists: NDArray[np.float64], points: NDArray[np.float64], replicates: int = 6) -> PointAnswers:
    """Return runs that persist with a given chance at each point."""
    drawn = np.random.default_rng(3).random((len(points), replicates, 1)) < persists[:, None, None]
    return PointAnswers(tuple(RANGES), points, ("persists",), drawn.astype(np.float64), {})


@cache
def fails_in_a_corner(inside: float = 0.05, outside: float = 0.95, n_points: int = 300) -> Discovery:
    points = sobol_points(RANGES, n_points, seed=1)
    corner = (points[:, 0] > 0.6) & (points[:, 1] > 0.5)
    answers = answers_where(np.where(corner, inside, outside), points)
    return find_boxes(SCENARIO, OUTCOMES["persists"], RANGES, answers, seed=1)


def test_a_corner_where_it_fails_is_found_and_told() -> None:
    found = fails_in_a_corner()

    (worst,) = [box for box in found.boxes if box.fails]
    cuts = {cut.name: cut for cut in worst.cuts}
    assert set(cuts) == {"staff_turnover", "control_norm"}
    assert cuts["staff_turnover"].low == pytest.approx(0.6, abs=0.03)
    assert cuts["control_norm"].low == pytest.approx(0.5, abs=0.03)
    sentence = discovery_in_a_sentence(found)
    assert sentence.startswith("It persists unless ")
    assert "staff turnover is above 0.6 per year" in sentence
    assert " and " in sentence


def test_density_and_coverage_are_those_of_the_corner() -> None:
    found = fails_in_a_corner()

    worst = found.boxes[0]
    assert worst.density.low <= 0.95 <= worst.density.high
    # 0.2 of the points fail at 0.95, the others at 0.05.
    assert worst.coverage.low <= 0.19 / 0.23 <= worst.coverage.high
    assert worst.mass == pytest.approx(0.2, abs=0.06)
    assert worst.density.n + sum(box.density.n for box in found.boxes[1:]) == found.n_unseen == 100
    assert found.accuracy.estimate > 0.85


def test_coverage_of_all_boxes_is_everything() -> None:
    found = fails_in_a_corner(inside=0.3, outside=0.8)

    assert sum(box.coverage.estimate for box in found.boxes) == pytest.approx(1.0)
    assert sum(box.mass for box in found.boxes) == pytest.approx(1.0)


def test_pure_chance_is_not_told_as_knowledge() -> None:
    found = fails_in_a_corner(inside=0.5, outside=0.5)

    assert found.accuracy.low < 0.5 < found.accuracy.high + 0.05
    assert max(found.first_cut.values()) < 0.9


def test_the_same_answers_give_the_same_boxes() -> None:
    first, again = fails_in_a_corner(), fails_in_a_corner.__wrapped__()

    assert first.boxes == again.boxes
    assert first.first_cut == again.first_cut


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_a_programme_that_never_or_always_fails_is_a_fault(chance: float) -> None:
    points = sobol_points(RANGES, 90, seed=1)
    answers = answers_where(np.full(90, chance), points)

    with pytest.raises(InputError, match="widen the conditions"):
        find_boxes(SCENARIO, OUTCOMES["persists"], RANGES, answers, seed=1)


def test_points_without_an_answer_are_left_out() -> None:
    points = sobol_points(RANGES, 300, seed=1)
    answers = answers_where(np.where(points[:, 0] > 0.5, 0.1, 0.9), points)
    answers.values[:30] = np.nan

    found = find_boxes(SCENARIO, OUTCOMES["persists"], RANGES, answers, seed=1)

    assert found.n_unseen == 90
    assert found.boxes[0].cuts[0].name == "staff_turnover"


def test_the_answer_as_a_page_has_every_box_and_says_what_was_tried() -> None:
    found = fails_in_a_corner()

    words = tell_discovery(found)

    assert all(box_in_words(box) in words for box in found.boxes)
    assert "staff_turnover 0 to 1" in words
    assert "not seen" in words
    assert len(discovery_rows(found)) == len(found.boxes)


def test_the_usual_conditions_are_ones_the_model_accepts() -> None:
    for name, (low, high) in CONDITIONS.items():
        declaration = describe()[name]
        assert declaration.lowest <= low < high <= declaration.highest
        assert low <= declaration.default <= high


def test_only_outcomes_that_a_run_meets_or_not_can_fail() -> None:
    assert YES_OR_NO == ("persists", "lasts", "holds", "holds_baseline")


def test_all_faults_of_conditions_are_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        conditions_in(["staff_turnove=0.1:0.2", "control_norm=0.9:0.1", "control_norm=high", "critical_mass=0.1:7"])

    assert len(caught.value.faults) == 4
    assert 'did you mean "staff_turnover"?' in str(caught.value)


@given(st.text(max_size=40))
def test_any_text_is_conditions_or_a_fault(text: str) -> None:
    try:
        found = conditions_in([text])
    except InputError:
        return
    ((name, (low, high)),) = found.items()
    assert name in describe()
    assert low < high
