"""Intervals in words: beside what they are an interval of, with its unit once, and only where they add something."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from sim.base.phrasing import duration, in_100, of_100, percent
from sim.results.intervals import bracketed, interval_of, with_interval
from sim.results.measures import Interval

shares = st.floats(-2, 2) | st.just(math.nan)


@given(estimate=shares, low=shares, high=shares)
def test_every_interval_can_be_said(estimate: float, low: float, high: float) -> None:
    interval = Interval(estimate, low, high, 5)
    for said in (with_interval(interval, percent), with_interval(interval, of_100), interval_of(interval, in_100)):
        assert said.isascii()


def test_an_interval_gives_its_unit_once() -> None:
    assert with_interval(Interval(39, 30, 50, 40), duration) == "9 months (7 to 12)"
    assert with_interval(Interval(0.42, 0.38, 0.47, 40), of_100) == "42 of 100 (38 to 47)"


def test_an_interval_across_units_gives_both() -> None:
    assert with_interval(Interval(90, 60, 130, 40), duration) == "21 months (14 months to 2.5 years)"


def test_an_interval_that_never_ends_says_so() -> None:
    assert with_interval(Interval(352, 280, math.inf, 40), duration) == "6.8 years (5.4 years to never)"
    assert with_interval(Interval(math.inf, math.inf, math.inf, 40), duration) == "never"


def test_one_replicate_has_no_interval() -> None:
    assert bracketed(Interval(0.4, math.nan, math.nan, 1), percent) == ""


def test_an_interval_that_reads_like_its_estimate_is_left_out() -> None:
    assert with_interval(Interval(0.0, 0.0, 0.0, 40), percent) == "0 %"
