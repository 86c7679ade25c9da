"""Predictions held against worlds: the same numbers for one person who learns and for a room."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.lessons.predictions import does_better, judge_curve, right_answer, share_of_each
from sim.results.measures import Interval
from sim.room.judging import left_of_the_gain

SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=30)
EDGES = st.lists(st.floats(0, 1), min_size=1, max_size=4, unique=True).map(sorted)


def test_a_curve_along_the_middle_world_is_not_away_from_it() -> None:
    middle = np.linspace(0.2, 0.6, 9)

    judged = judge_curve(middle, middle - 0.1, middle, middle + 0.1)

    assert (judged.away, judged.share_inside, judged.ends) == (0.0, 1.0, "inside")


@pytest.mark.parametrize(("last", "ends"), [(0.75, "above"), (0.7, "inside"), (0.5, "inside"), (0.45, "below")])
def test_a_curve_ends_where_its_last_point_lies_in_the_band(last: float, ends: str) -> None:
    assert judge_curve([0.2, last], [0.1, 0.5], [0.2, 0.6], [0.3, 0.7]).ends == ends


@given(SHARES, EDGES)
def test_each_world_falls_into_one_answer_and_into_the_right_one(values: list[float], edges: list[float]) -> None:
    shares = share_of_each(values, edges)
    places = [right_answer(value, edges) for value in values]

    assert sum(shares) == pytest.approx(1.0)
    assert shares == [places.count(place) / len(values) for place in range(len(edges) + 1)]


@given(st.lists(st.sampled_from([0.0, 0.05, 0.1, 0.4, 0.5, 0.6, 0.75, 0.9, float("nan")]), min_size=1, max_size=30))
def test_a_room_takes_its_answers_at_their_word(retained: list[float]) -> None:
    left = left_of_the_gain(np.array(retained))
    n = len(retained)

    assert left["all"] == pytest.approx(sum(one >= 0.75 for one in retained) / n)
    assert left["more"] == pytest.approx(sum(0.5 < one < 0.75 for one in retained) / n)
    assert left["less"] == pytest.approx(sum(0.1 <= one <= 0.5 for one in retained) / n)
    assert left["none"] == pytest.approx(sum(not one >= 0.1 for one in retained) / n)


@pytest.mark.parametrize(
    ("low", "high", "better"), [(0.1, 0.3, "first"), (-0.3, -0.1, "second"), (-0.1, 0.3, "neither")]
)
def test_who_does_better_is_said_only_where_it_is_no_luck(low: float, high: float, better: str) -> None:
    assert does_better(Interval((low + high) / 2, low, high, 20)) == better
