"""Measures of a run: each is checked on a series whose answer can be worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from sim.results import measures
from sim.results.measures import Interval

YEAR = 52


def gain_that_falls(peak: float = 0.2, end: int = 52, half_life: int = 52, n_weeks: int = 416) -> np.ndarray:
    """Rise in a straight line to a peak at the end of support, then halve every ``half_life`` weeks."""
    week = np.arange(n_weeks + 1)
    rise = peak * np.minimum(week / end, 1.0)
    return np.where(week <= end, rise, peak * 0.5 ** ((week - end) / half_life))


def test_smoothing_keeps_a_constant_series() -> None:
    assert measures.smooth(np.full(30, 0.7)) == pytest.approx(np.full(30, 0.7))


def test_smoothing_averages_a_quarter_in_the_middle() -> None:
    series = np.arange(40.0)
    assert measures.smooth(series)[20] == pytest.approx(np.mean(series[14:27]))


def test_retained_fraction_is_near_one_half_after_one_half_life() -> None:
    gain = gain_that_falls()
    assert measures.retained_fraction(gain, 52, years=1) == pytest.approx(0.5, abs=0.05)
    assert measures.retained_fraction(gain, 52, years=2) == pytest.approx(0.25, abs=0.03)


def test_retained_fraction_is_undefined_where_nothing_shifted() -> None:
    assert np.isnan(measures.retained_fraction(np.full(417, 0.001), 52, years=1))


def test_retained_fraction_is_undefined_beyond_the_end_of_the_run() -> None:
    assert np.isnan(measures.retained_fraction(gain_that_falls(n_weeks=100), 52, years=1))


def test_half_life_counts_from_the_end_of_support() -> None:
    half_life = measures.half_life_weeks(gain_that_falls(half_life=52), 52)
    assert half_life == pytest.approx(52, abs=4)


def test_half_life_is_infinite_when_the_gain_never_halves() -> None:
    gain = np.minimum(np.arange(417) / 52, 1.0) * 0.2
    assert measures.half_life_weeks(gain, 52) == np.inf


def test_a_gain_that_stays_persists_and_one_that_fades_does_not() -> None:
    stays = np.minimum(np.arange(417) / 52, 1.0) * 0.2
    both = np.stack([stays, gain_that_falls()])
    assert measures.persists(both, 52).tolist() == [True, False]


def test_nothing_persists_where_nothing_shifted() -> None:
    assert not measures.persists(np.zeros(417), 52)


def test_a_culture_holds_on_its_last_year_alone() -> None:
    series = np.concatenate([np.full(300, 0.5), np.full(YEAR, 0.8)])
    assert measures.holds(series)
    assert not measures.holds(series[::-1])


def test_weeks_above_counts_the_threshold_itself() -> None:
    assert measures.weeks_above(np.array([0.1, 0.5, 0.6]), 0.5) == 2


def test_recovery_is_the_time_until_the_old_level() -> None:
    series = np.full(200, 0.6)
    series[100:150] = 0.4
    recovery = measures.recovery_weeks(series, 100, 120)
    assert 25 <= recovery <= 40


def test_recovery_is_infinite_where_the_series_never_comes_back() -> None:
    series = np.where(np.arange(200) < 100, 0.6, 0.3)
    assert measures.recovery_weeks(series, 100, 120) == np.inf


def test_wilson_interval_of_no_hits_does_not_start_below_zero() -> None:
    interval = measures.proportion_interval(np.zeros(40, dtype=bool))
    assert interval.low == 0.0
    assert interval.high == pytest.approx(0.0876, abs=1e-3)  # Wilson (1927) with z = 1.96, n = 40


def test_mean_interval_is_students() -> None:
    interval = measures.mean_interval(np.array([1.0, 2.0, 3.0, 4.0]))
    assert interval.estimate == 2.5
    assert interval.high - interval.estimate == pytest.approx(3.1824 * 1.29099 / 2, rel=1e-4)


def test_mean_interval_leaves_out_what_is_not_finite() -> None:
    assert measures.mean_interval(np.array([1.0, np.nan, np.inf, 3.0])).n == 2


def test_an_empty_interval_says_that_it_rests_on_nothing() -> None:
    assert measures.mean_interval(np.array([np.nan])).n == 0
    assert measures.proportion_interval(np.zeros(0, dtype=bool)).n == 0


def test_paired_difference_is_exact_for_a_constant_shift() -> None:
    values = np.random.default_rng(1).random(20)
    interval = measures.paired_difference(values + 0.25, values)
    assert interval.estimate == pytest.approx(0.25)
    assert interval.low == pytest.approx(0.25)


@given(st.integers(0, 60), st.integers(1, 60))
def test_wilson_interval_holds_the_estimate(hits: int, n: int) -> None:
    share = np.arange(n) < hits
    interval = measures.proportion_interval(share)
    assert 0 <= interval.low <= interval.estimate <= interval.high <= 1


@given(st.lists(st.floats(-1, 1), min_size=5, max_size=60))
def test_smoothing_stays_within_the_series(values: list[float]) -> None:
    series = np.array(values)
    smoothed = measures.smooth(series)
    assert smoothed.min() >= series.min() - 1e-12
    assert smoothed.max() <= series.max() + 1e-12


def test_an_interval_reads_as_words() -> None:
    assert str(Interval(0.5, 0.4, 0.6, 10)) == "0.50 (0.40 to 0.60)"


@pytest.mark.parametrize("n", [1, 2, 5, 6, 7, 20, 30, 99, 100, 1000, 4097])
def test_the_ends_of_the_interval_of_a_median_are_binomial(n: int) -> None:
    """Counted in whole numbers, they are the ranks that scipy's quantile of the binomial distribution gives."""
    rank = int(binom.ppf(0.025, n, 0.5))
    interval = measures.median_interval(np.arange(1.0, n + 1.0))

    expected = (math.nan, math.nan) if rank == 0 else (rank, n + 1 - rank)
    assert (interval.low, interval.high) == pytest.approx(expected, nan_ok=True)


def test_no_interval_lies_outside_what_is_possible() -> None:
    """Of four shares Student's interval reached from 12 to 126 %."""
    shares = np.array([1.0, 1.0, 0.76, 0.0])

    assert measures.mean_interval(shares).high > 1.0
    assert measures.share_interval(shares).high == measures.kept_interval(shares).high == 1.0
    assert measures.share_interval(shares).low == 0.0
    assert measures.share_interval(-shares).low == -1.0


def test_where_more_than_all_is_left_in_some_run_the_interval_is_not_cut_off_at_all_of_it() -> None:
    """It ended at the mean itself, as if no more than that could be: "106 % (102 to 106)"."""
    for shares in (np.array([1.2, 1.4, 1.6, np.nan]), np.array([0.8, 1.0, 1.1])):
        grown, whole = measures.kept_interval(shares), measures.mean_interval(shares)
        assert (grown.low, grown.high) == (whole.low, whole.high)

    lost = np.array([-0.2, -0.6])
    assert measures.kept_interval(lost).low == measures.mean_interval(lost).low
    assert measures.kept_interval(lost).high == 1.0
