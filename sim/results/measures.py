"""Measures of a run: gain, what is retained of it, half-life, persistence, and their uncertainty over replicates.

Pure functions of weekly series; the last axis is always the week, row 0 of which is week 0. A *gain* is a series minus
the same series of the paired baseline (same seed). Gains are smoothed over a quarter before they are judged, because in
a service of 300 a single week says little.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sim.base.terms import WEEKS_PER_YEAR

__all__ = [
    "HOLDS_FROM",
    "NOT_JUDGED",
    "QUANTILES",
    "Interval",
    "Noise",
    "half_life_weeks",
    "holds",
    "kept_interval",
    "mean_interval",
    "median_interval",
    "paired_difference",
    "paired_proportion_difference",
    "peak_gain",
    "persists",
    "proportion_interval",
    "quantile_bands",
    "recovery_weeks",
    "retained_fraction",
    "separate_noise",
    "share_interval",
    "smooth",
    "weeks_above",
]

Series = NDArray[np.float64]

SMOOTHING_WEEKS = 13
"""A quarter of a year: the window over which a gain is averaged before it is judged."""

LEAST_GAIN = 0.02
"""A peak below this is no shift: what is retained of it is not defined."""

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""What a band shows: nine in ten, the middle half, and the median."""

HOLDS_FROM = 0.75
"""A culture holds if at least this share of staff feels safe over the last year."""

PERSIST_YEARS = 4

_Z = 1.959963984540054
"""The standard normal distribution has 95 % of its mass within this distance of its mean."""


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % interval, and how many replicates it rests on."""

    estimate: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.estimate:.2f} ({self.low:.2f} to {self.high:.2f})"


NOT_JUDGED = Interval(math.nan, math.nan, math.nan, 0)
"""What is said of a run that is too short to be judged: neither that it failed, nor 0 %."""


def smooth(series: Series, weeks: int = SMOOTHING_WEEKS) -> Series:
    """Return the centred moving average over ``weeks``; at the ends, over as many weeks as there are.

    Examples
    --------
    >>> smooth(np.array([0.0, 3.0, 0.0]), weeks=3).tolist()
    [1.5, 1.0, 1.5]
    """
    half = weeks // 2
    n = series.shape[-1]
    total = np.concatenate([np.zeros((*series.shape[:-1], 1)), np.cumsum(series, axis=-1)], axis=-1)
    first = np.maximum(np.arange(n) - half, 0)
    last = np.minimum(np.arange(n) + half + 1, n)
    averaged: Series = (total[..., last] - total[..., first]) / (last - first)
    return averaged


def peak_gain(gain: Series, support_end_week: int) -> Series:
    """Return the highest smoothed gain up to a quarter after support ends."""
    last = min(support_end_week + SMOOTHING_WEEKS, gain.shape[-1] - 1)
    peak: Series = smooth(gain)[..., : last + 1].max(axis=-1)
    return peak


def retained_fraction(gain: Series, support_end_week: int, years: float) -> Series:
    """Return the share of the peak gain that is left some years after support ends.

    NaN where there was no shift worth the name (peak below :data:`LEAST_GAIN`) or the run is too short.
    """
    peak = peak_gain(gain, support_end_week)
    week = support_end_week + round(years * WEEKS_PER_YEAR)
    if week >= gain.shape[-1]:
        return np.full(peak.shape, np.nan)
    left = smooth(gain)[..., week]
    return np.where(peak >= LEAST_GAIN, left / np.where(peak >= LEAST_GAIN, peak, 1.0), np.nan)


def half_life_weeks(gain: Series, support_end_week: int) -> Series:
    """Return the weeks after support ends until the smoothed gain has first fallen to half its peak.

    Infinite where it never does within the run, NaN where there was no shift.
    """
    peak = peak_gain(gain, support_end_week)
    after = smooth(gain)[..., support_end_week:]
    fallen = after <= 0.5 * peak[..., None]
    first = np.where(fallen.any(axis=-1), fallen.argmax(axis=-1), np.inf)
    return np.where(peak >= LEAST_GAIN, first, np.nan)


def persists(gain: Series, support_end_week: int) -> NDArray[np.bool_]:
    """Tell whether more than half of the peak gain is left four years after support ends.

    Where there was no shift there is nothing that could persist.
    """
    retained = retained_fraction(gain, support_end_week, PERSIST_YEARS)
    return np.asarray(np.nan_to_num(retained, nan=0.0) > 0.5, dtype=np.bool_)


def holds(safe_share: Series) -> NDArray[np.bool_]:
    """Tell whether the share that feels safe is at least :data:`HOLDS_FROM` over the last year, on average."""
    last_year = safe_share[..., -WEEKS_PER_YEAR:]
    return np.asarray(last_year.mean(axis=-1) >= HOLDS_FROM, dtype=np.bool_)


def weeks_above(series: Series, threshold: float) -> NDArray[np.int64]:
    """Return how many weeks a series is at or above a threshold."""
    return np.asarray((series >= threshold).sum(axis=-1), dtype=np.int64)


def recovery_weeks(series: Series, shock_week: int, shock_end_week: int, tolerance: float = 0.02) -> Series:
    """Return the weeks from the end of a shock until the smoothed series is back at what it was before it.

    Before: the mean of the quarter before the shock, less ``tolerance``. Infinite where it never comes back.
    """
    before = series[..., max(0, shock_week - SMOOTHING_WEEKS) : max(1, shock_week)].mean(axis=-1)
    back = smooth(series)[..., shock_end_week:] >= before[..., None] - tolerance
    return np.where(back.any(axis=-1), back.argmax(axis=-1).astype(float), np.inf)


def quantile_bands(series: Series, quantiles: tuple[float, ...] = QUANTILES) -> Series:
    """Return [n_quantiles, n_weeks], quantiles over replicates of a series [n_replicates, n_weeks]."""
    bands: Series = np.quantile(series, quantiles, axis=0)
    return bands


def mean_interval(values: Series) -> Interval:
    """Return the mean over replicates with its 95 % interval (Student's t); values that are not finite are left out."""
    from scipy.special import stdtrit

    finite = np.asarray(values, dtype=float)
    finite = finite[np.isfinite(finite)]
    n = len(finite)
    if n == 0:
        return Interval(np.nan, np.nan, np.nan, 0)
    mean = float(finite.mean())
    if n == 1:
        return Interval(mean, np.nan, np.nan, 1)
    margin = float(stdtrit(n - 1, 0.975) * finite.std(ddof=1) / np.sqrt(n))
    return Interval(mean, mean - margin, mean + margin, n)


def share_interval(values: Series) -> Interval:
    """Return the mean of shares, or of differences of shares, with an interval within what is possible.

    Student's interval knows nothing of the ends of a scale: of few runs, it can lie beyond them.

    Examples
    --------
    >>> str(share_interval(np.array([0.99, 0.75])))
    '0.87 (0.00 to 1.00)'
    """
    found = mean_interval(values)
    low = 0.0 if np.nanmin(values, initial=np.inf) >= 0.0 else -1.0
    return Interval(found.estimate, max(found.low, low), min(found.high, 1.0), found.n)


def kept_interval(shares: Series) -> Interval:
    """Return the mean share of a gain that is left, with an interval from nothing to all of it.

    More than all can be left, or less than nothing, where a gain grows after support or turns into a loss; where that
    is so in any run, the scale has no end there, and nor has the interval.

    Examples
    --------
    >>> str(kept_interval(np.array([0.3, 1.0])))
    '0.65 (0.00 to 1.00)'
    """
    found = mean_interval(shares)
    low = 0.0 if np.nanmin(shares, initial=np.inf) >= 0.0 else -np.inf
    high = 1.0 if np.nanmax(shares, initial=-np.inf) <= 1.0 else np.inf
    return Interval(found.estimate, max(found.low, low), min(found.high, high), found.n)


def median_interval(values: Series) -> Interval:
    """Return the median over replicates with a 95 % interval that supposes no distribution; infinity is the longest.

    Fewer than six replicates are too few for such an interval: its ends are NaN.
    """
    known = np.sort(values[~np.isnan(values)])
    n = len(known)
    if n == 0:
        return Interval(np.nan, np.nan, np.nan, 0)
    median = float(known[(n - 1) // 2])
    rank = _tail_rank(n)
    if rank == 0:
        return Interval(median, np.nan, np.nan, n)
    return Interval(median, float(known[rank - 1]), float(known[n - rank]), n)


@cache
def _tail_rank(n: int) -> int:
    """Return the 2.5 % quantile of the number of heads in ``n`` tosses of a coin, counted in whole numbers.

    It is what ``scipy.stats.binom.ppf(0.025, n, 0.5)`` gives, whose import takes longer than many a run.
    """
    heads, ways, ways_so_far = 0, 1, 1
    while 40 * ways_so_far < 2**n:
        heads += 1
        ways = ways * (n - heads + 1) // heads
        ways_so_far += ways
    return heads


def proportion_interval(hits: NDArray[np.bool_]) -> Interval:
    """Return the share of replicates with its 95 % interval (Wilson 1927)."""
    n = len(hits)
    if n == 0:
        return Interval(np.nan, np.nan, np.nan, 0)
    share = float(np.mean(hits))
    doubled = 2 * (n + _Z**2)
    centre = (2 * n * share + _Z**2) / doubled
    reach = _Z / doubled * math.sqrt(4 * n * share * (1 - share) + _Z**2)
    return Interval(share, max(0.0, min(share, centre - reach)), min(1.0, max(share, centre + reach)), n)


def paired_difference(values: Series, other: Series) -> Interval:
    """Return the mean difference of two scenarios with the same seeds, with its 95 % interval."""
    return mean_interval(np.asarray(values, dtype=float) - np.asarray(other, dtype=float))


def paired_proportion_difference(hits: NDArray[np.bool_], other: NDArray[np.bool_]) -> Interval:
    """Return the difference of two shares of the same replicates, with its 95 % interval.

    Unlike an interval from the spread of the differences, it keeps its width where all replicates agree.
    Source: Newcombe 1998, method 10.
    """
    first, second = proportion_interval(hits), proportion_interval(other)
    if first.n == 0:
        return Interval(np.nan, np.nan, np.nan, 0)
    varies = 0.0 < first.estimate < 1.0 and 0.0 < second.estimate < 1.0
    correlation = float(np.corrcoef(hits.astype(float), other.astype(float))[0, 1]) if varies else 0.0

    def reach(up: float, down: float) -> float:
        return float(np.sqrt(max(0.0, up**2 - 2 * correlation * up * down + down**2)))

    difference = first.estimate - second.estimate
    low = difference - reach(first.estimate - first.low, second.high - second.estimate)
    high = difference + reach(first.high - first.estimate, second.estimate - second.low)
    return Interval(difference, max(-1.0, low), min(1.0, high), first.n)


@dataclass(frozen=True)
class Noise:
    """Chance against parameters, as variances of the outcome.

    Parameters
    ----------
    between_points : of the true outcome, due to parameters
    between_replicates : at one point, due to chance
    share : of the variance of the points' means that is chance, 0 to 1
    """

    between_points: float
    between_replicates: float
    share: float


def separate_noise(answers: Series) -> Noise:
    """Return how much of the spread over points is chance (one-way analysis of variance).

    Parameters
    ----------
    answers : [n_points, n_replicates], without NaN

    Examples
    --------
    >>> separate_noise(np.array([[1.0, 1.0], [3.0, 3.0]])).share
    0.0
    """
    n_replicates = answers.shape[1]
    of_means = float(answers.mean(axis=1).var(ddof=1))
    within = float(answers.var(axis=1, ddof=1).mean()) if n_replicates > 1 else np.nan
    chance = within / n_replicates
    share = min(1.0, chance / of_means) if of_means > 0 else np.nan
    return Noise(max(0.0, of_means - chance), within, share)
