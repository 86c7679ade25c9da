"""Numbers in words: what anybody would say, in characters that every terminal has."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.report.phrasing import (
    bracketed,
    duration,
    in_100,
    interval_of,
    listed,
    more_in_100,
    of_100,
    percent,
    signed,
    with_interval,
)
from sim.results.measures import Interval

SAYINGS = (in_100, percent, more_in_100, duration)
anything = st.floats(min_value=-2, max_value=1e4) | st.sampled_from([math.nan, math.inf])
shares = st.floats(-2, 2) | st.just(math.nan)


@given(value=shares, say=st.sampled_from([in_100, percent, more_in_100]))
def test_every_share_can_be_said_in_plain_characters(value: float, say: object) -> None:
    said = say(value)
    assert said
    assert said.isascii()


@given(weeks=st.floats(0, 1e4) | st.sampled_from([math.nan, math.inf]))
def test_every_length_of_time_can_be_said_in_plain_characters(weeks: float) -> None:
    assert duration(weeks).isascii()


@given(estimate=shares, low=shares, high=shares)
def test_every_interval_can_be_said(estimate: float, low: float, high: float) -> None:
    interval = Interval(estimate, low, high, 5)
    for said in (with_interval(interval, percent), of_100(interval), interval_of(interval, in_100)):
        assert said.isascii()


@pytest.mark.parametrize("value", [-0.004, 0.0, 0.004])
def test_nothing_is_said_without_a_sign(value: float) -> None:
    assert (in_100(value), signed(100 * value), more_in_100(value)) == ("0", "0", "no more")


def test_an_interval_gives_its_unit_once() -> None:
    assert with_interval(Interval(39, 30, 50, 40), duration) == "9 months (7 to 12)"


def test_an_interval_across_units_gives_both() -> None:
    assert with_interval(Interval(90, 60, 130, 40), duration) == "21 months (14 months to 2.5 years)"


def test_an_interval_that_never_ends_says_so() -> None:
    assert with_interval(Interval(352, 280, math.inf, 40), duration) == "6.8 years (5.4 years to never)"
    assert with_interval(Interval(math.inf, math.inf, math.inf, 40), duration) == "never"


def test_one_replicate_has_no_interval() -> None:
    assert bracketed(Interval(0.4, math.nan, math.nan, 1), percent) == ""


def test_an_interval_that_reads_like_its_estimate_is_left_out() -> None:
    assert with_interval(Interval(0.0, 0.0, 0.0, 40), percent) == "0 %"


@pytest.mark.parametrize(("parts", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b")])
def test_lists_are_joined_as_in_a_sentence(parts: list[str], said: str) -> None:
    assert listed(parts) == said
