"""What can come of a run: every outcome, one entry each.

An outcome is one number for each replicate, made of the weekly share that feels safe in a run and in its paired
baseline. Everything that judges runs asks here: ensembles, studies, the map, the budget, sensitivity and discovery,
lessons, the room, the pages. An entry in :data:`OUTCOMES` is all that an outcome needs.

*Half-life* is one thing everywhere: for a run, the weeks after support ends until the gain has fallen to half its peak
(infinite if it never does within the run); over runs, their **median**. A mean would depend on how long one looks, as
it needs a number for runs that never lose half; the median is the same however long the run is, as soon as half of the
runs have lost half, and is honestly infinite before.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import InputError, nearest_name
from sim.base.terms import WEEKS_PER_YEAR
from sim.results import measures
from sim.results.measures import LEAST_GAIN, PERSIST_YEARS, SMOOTHING_WEEKS, Interval

if TYPE_CHECKING:
    from sim.inputs.scenario.description import Scenario

__all__ = [
    "NOTICEABLE_GAIN",
    "OUTCOMES",
    "PEAK",
    "PERSISTS_WITHOUT_UPKEEP",
    "RUNS",
    "STAFF",
    "WEEKS",
    "YES_OR_NO",
    "PairedSeries",
    "RunOutcome",
    "Unit",
    "earlier_names",
    "outcome_named",
    "outcomes_of",
    "summarise",
    "weeks_needed",
]  # fmt: skip

Series = NDArray[np.float64]
Values = NDArray[Any]

NOTICEABLE_GAIN = 0.10
"""A shift is worth noticing if at least ten more people in a hundred feel safe at its peak."""

HORIZON_WEEKS = PERSIST_YEARS * WEEKS_PER_YEAR
"""Weeks after support ends at which it is judged whether a shift lasts."""


@dataclass(frozen=True, eq=False)
class PairedSeries:
    """What outcomes are made of.

    Parameters
    ----------
    safe, baseline : [n_replicates, n_weeks + 1], share that feels safe in a run and in its paired baseline
    support_end_week : when outside support ends, or the week from which all are judged; 0 where there is none
    is_about_support : whether anything is done whose shift could persist
    """

    safe: Series
    baseline: Series
    support_end_week: int
    is_about_support: bool = True

    @property
    def end(self) -> int:
        """The week in which support ends, or the last one of a run that ends before."""
        return min(self.support_end_week, int(self.safe.shape[-1]) - 1)

    @property
    def is_judged(self) -> bool:
        """Whether it can be said that a shift persists, or not: something is done, and the run is long enough."""
        return self.is_about_support and self.end + HORIZON_WEEKS < int(self.safe.shape[-1])

    @cached_property
    def gain(self) -> Series:
        """How many more feel safe than in the baseline, [n_replicates, n_weeks + 1]."""
        gain: Series = self.safe - self.baseline
        return gain

    @cached_property
    def smoothed(self) -> Series:
        """The gain, smoothed over a quarter."""
        return measures.smooth(self.gain)

    @cached_property
    def peak(self) -> Series:
        """The highest smoothed gain up to a quarter after support ends, [n_replicates]."""
        return measures.peak_gain(self.gain, self.end)


PERSISTS_WITHOUT_UPKEEP = "persists_without_upkeep"
"""The name of what persists if all that is paid ends with outside support: it is of runs of their own."""


# --- units: how an outcome is summed up and compared ------------------------------------------------------------------


@dataclass(frozen=True)
class Unit:
    """What the number of an outcome counts, and so how replicates are summed up and compared.

    Parameters
    ----------
    name : as it is written beside a number
    in_tables : as it stands after a label, where shares are written in 100
    sum_up : [n_replicates] -> the outcome over replicates, with its 95 % interval
    difference : two times [n_replicates] of the same chance events -> how they differ, with its 95 % interval
    is_share : whether it lies between 0 and 1, or is a difference of such
    """

    name: str
    in_tables: str
    sum_up: Callable[[Values], Interval]
    difference: Callable[[Values, Values], Interval]
    is_share: bool = True


def _share_of_runs(values: Values) -> Interval:
    return measures.proportion_interval(values[~np.isnan(values)].astype(bool))


def _difference_of_shares(values: Values, other: Values) -> Interval:
    judged = ~np.isnan(values) & ~np.isnan(other)
    return measures.paired_proportion_difference(values[judged].astype(bool), other[judged].astype(bool))


STAFF = Unit("share of staff", "in 100 staff", measures.share_interval, measures.paired_difference)
PEAK = Unit("share of the peak gain", "in %", measures.kept_interval, measures.paired_difference)
RUNS = Unit("share of runs", "in % of runs", _share_of_runs, _difference_of_shares)
WEEKS = Unit("weeks", "in weeks", measures.median_interval, measures.paired_difference, is_share=False)


# --- what an outcome is -----------------------------------------------------------------------------------------------


def _as_it_is(series: PairedSeries, values: Values) -> Series:
    """Return values whose mean over replicates is the outcome already."""
    return np.asarray(values, dtype=np.float64)


@dataclass(frozen=True)
class RunOutcome:
    """One thing that can come of a run.

    Parameters
    ----------
    name, label : its name in tables and at the command line; in pictures and sentences
    unit : what its number counts
    meaning : what it is, in a sentence
    question : what a study of it answers, in plain language
    by_replicate : gives [n_replicates]; truth values where it is a share of runs, NaN where it is not defined or cannot
        be judged
    whole_run : whether it is about the end of the run, and not about the years after support ends
    is_compared : whether it stands in the table in which scenarios are compared
    that, verb, failing : of outcomes that a run has or has not: what is the case where it has it, in a sentence and in
        a word, and what where it has it not
    for_a_point : (series, values by replicate) -> numbers by replicate whose mean is the outcome at a parameter point,
        and whose spread is the noise of chance
    earlier : names that it has had in files
    """

    name: str
    label: str
    unit: Unit
    meaning: str
    question: str
    by_replicate: Callable[[PairedSeries], Values]
    whole_run: bool = False
    is_compared: bool = False
    that: str = ""
    verb: str = ""
    failing: str = ""
    for_a_point: Callable[[PairedSeries, Values], Series] = _as_it_is
    earlier: tuple[str, ...] = ()

    @property
    def is_yes_or_no(self) -> bool:
        """Whether each run has it or has it not."""
        return self.unit is RUNS

    @property
    def label_in_tables(self) -> str:
        """The label with the unit in which tables give it."""
        return f"{self.label}, {self.unit.in_tables}"

    def sum_up(self, values: Values) -> Interval:
        """Return the outcome over replicates, with its 95 % interval; of shares of runs, over those that are judged."""
        return self.unit.sum_up(np.asarray(values, dtype=np.float64))

    def difference(self, values: Values, other: Values) -> Interval:
        """Return how the outcome differs between two scenarios with the same chance events, with its 95 % interval."""
        return self.unit.difference(np.asarray(values, dtype=np.float64), np.asarray(other, dtype=np.float64))

    def of(self, series: PairedSeries) -> Interval:
        """Return the outcome of runs, with its 95 % interval."""
        return self.sum_up(self.by_replicate(series))

    def at_point(self, series: PairedSeries) -> Series:
        """Return [n_replicates], whose mean is the outcome at a parameter point and whose spread is chance.

        Few replicates are run at a point. So a share of the peak is taken of the means over replicates, as the ratio of
        a single run with a small peak says little, with the spread of the jackknife (Tukey 1958); a half-life is the
        median, with the spread that a median has, and four years at most.
        """
        return self.for_a_point(series, self.by_replicate(series))


# --- how they are computed --------------------------------------------------------------------------------------------


def _retained(years: int) -> Callable[[PairedSeries], Series]:
    return lambda series: measures.retained_fraction(series.gain, series.end, years)


def _ratio_of_means(years: int) -> Callable[[PairedSeries, Values], Series]:
    def numbers(series: PairedSeries, _: Values) -> Series:
        peak, left = series.peak, _gain_after(years)(series)
        n = len(peak)
        if peak.mean() < LEAST_GAIN:
            return np.full(n, np.nan)
        ratio = float(left.sum() / peak.sum())
        if n == 1:
            return np.array([ratio])
        without = (left.sum() - left) / (peak.sum() - peak)
        pseudo: Series = n * ratio - (n - 1) * without
        by_replicate: Series = ratio + pseudo - pseudo.mean()
        return by_replicate

    return numbers


def _gain_after(years: int) -> Callable[[PairedSeries], Series]:
    def gain(series: PairedSeries) -> Series:
        week = series.end + years * WEEKS_PER_YEAR
        if week >= series.gain.shape[-1]:
            return np.full(len(series.gain), np.nan)
        after: Series = series.smoothed[:, week]
        return after

    return gain


def _half_life(series: PairedSeries) -> Series:
    return measures.half_life_weeks(series.gain, series.end)


def _median_with_spread(_: PairedSeries, weeks: Values) -> Series:
    counted: Series = np.minimum(weeks, float(HORIZON_WEEKS))
    known = counted[~np.isnan(counted)]
    if not len(known):
        return counted
    # The variance of the median of many is pi / 2 times that of their mean (where they are normally distributed).
    spread: Series = math.sqrt(math.pi / 2) * (counted - known.mean())
    return measures.median_interval(known).estimate + spread


def _final_gain(series: PairedSeries) -> Series:
    final: Series = series.smoothed[:, -1]
    return final


def _safe_share_last_year(series: PairedSeries) -> Series:
    last_year: Series = series.safe[:, -WEEKS_PER_YEAR:].mean(axis=-1)
    return last_year


def _persists(series: PairedSeries) -> Values:
    found = measures.persists(series.gain, series.end)
    # What cannot be judged has not failed.
    return found if series.is_judged else np.full(found.shape, np.nan)


def _lasts(series: PairedSeries) -> Values:
    # Half of next to nothing is soon left: what lasts has been worth noticing.
    return np.where(series.peak >= NOTICEABLE_GAIN, _persists(series), False) if series.is_judged else _persists(series)


# --- the registry -----------------------------------------------------------------------------------------------------


def _left_after(years: int) -> RunOutcome:
    name, words = (f"{years} year", "a year") if years == 1 else (f"{years} years", f"{years} years")
    return RunOutcome(
        f"retained_{name.replace(' ', '_')}",
        f"Left of the gain after {name}",
        PEAK,
        f"share of the peak gain left {words} after support ends",
        "what decides whether it lasts",
        _retained(years),
        is_compared=True,
        for_a_point=_ratio_of_means(years),
    )


OUTCOMES: dict[str, RunOutcome] = {
    outcome.name: outcome
    for outcome in (
        RunOutcome(
            "peak_gain", "Peak gain", STAFF,
            "highest gain in the share that feels safe, up to a quarter after support ends",
            "what decides how far it gets", lambda series: series.peak, is_compared=True,
        ),
        *(_left_after(years) for years in (1, 2, PERSIST_YEARS)),
        RunOutcome(
            "half_life_weeks", "Half-life of the gain", WEEKS,
            "weeks after support ends until the gain has fallen to half its peak",
            "what decides how long it lasts", _half_life, for_a_point=_median_with_spread, earlier=("half_life",),
        ),
        RunOutcome(
            "gain_4_years", f"Gain after {PERSIST_YEARS} years", STAFF,
            "gain four years after support ends",
            "what decides how much is left after four years", _gain_after(PERSIST_YEARS),
        ),
        RunOutcome(
            "final_gain", "Gain at the end", STAFF,
            "gain at the end of the run",
            "what decides how much is left at the end", _final_gain, whole_run=True,
        ),
        RunOutcome(
            "persists", "Persists", RUNS,
            "whether more than half of the peak gain is left after four years",
            "what decides whether it lasts", _persists, is_compared=True,
            that="the shift persists (more than half of its peak is left four years after support ends)",
            verb="persists", failing="its gain does not persist",
        ),
        RunOutcome(
            "lasts", "Noticeable and lasts", RUNS,
            f"whether the peak gain is {100 * NOTICEABLE_GAIN:.0f} % of staff or more, and more than half of it is "
            "left after four years",
            "what decides whether it is worth noticing and lasts", _lasts,
            that="the shift is noticeable and lasts (more than half of its peak is left four years after support ends)",
            verb="lasts", failing="there is no noticeable gain that persists",
        ),
        RunOutcome(
            "safe_share_last_year", "Feel safe in the last year", STAFF,
            "mean share that feels safe over the last year",
            "what decides how many feel safe at the end", _safe_share_last_year, whole_run=True, is_compared=True,
            earlier=("last_year",),
        ),
        RunOutcome(
            "holds", "Holds", RUNS,
            "whether at least three quarters feel safe over the last year",
            "what decides whether the culture holds", lambda series: measures.holds(series.safe),
            whole_run=True, is_compared=True,
            that="the culture holds (three quarters feel safe over the last year)",
            verb="holds", failing="the culture does not hold",
        ),
        RunOutcome(
            "holds_baseline", "Holds, baseline", RUNS,
            "whether they do so in the run it is compared with",
            "what decides whether the culture holds by itself", lambda series: measures.holds(series.baseline),
            whole_run=True,
            that="the culture holds by itself (three quarters feel safe over the last year of the baseline)",
            verb="holds", failing="the culture does not hold by itself", earlier=("holds_reference",),
        ),
    )
}  # fmt: skip
"""Every outcome by name, in the order of tables."""

YES_OR_NO = tuple(name for name, outcome in OUTCOMES.items() if outcome.is_yes_or_no)
"""Outcomes that a run has or has not."""

_CURRENT = {earlier: outcome.name for outcome in OUTCOMES.values() for earlier in outcome.earlier}


def earlier_names() -> dict[str, str]:
    """Return the names that outcomes have had in files, with those they have now."""
    return dict(_CURRENT)


def outcome_named(name: str, where: str = "--outcome", among: Iterable[str] = OUTCOMES) -> RunOutcome:
    """Return an outcome by its name, or by one that it has had before.

    Raises
    ------
    InputError : there is no such outcome among those that can be asked for
    """
    known = list(among)
    current = _CURRENT.get(name, name)
    if current not in known:
        raise InputError.single(where, f"one of {', '.join(known)}", f'"{name}"', nearest_name(name, known))
    return OUTCOMES[current]


def outcomes_of(series: PairedSeries) -> dict[str, Values]:
    """Return every outcome by replicate, [n_replicates] each."""
    return {name: outcome.by_replicate(series) for name, outcome in OUTCOMES.items()}


def summarise(found: Mapping[str, Values]) -> dict[str, Interval]:
    """Return outcomes over replicates with their 95 % intervals, in the order of the registry.

    Examples
    --------
    >>> str(summarise({"holds": np.array([True, True, False, True])})["holds"])
    '0.75 (0.30 to 0.95)'
    """
    return {name: outcome.sum_up(found[name]) for name, outcome in OUTCOMES.items() if name in found}


def weeks_needed(scenario: Scenario, outcome: RunOutcome) -> int:
    """Return how many weeks of a scenario have to be run for an outcome.

    Raises
    ------
    InputError : the scenario gives no support that could end, or ends too soon after it
    """
    end = scenario.support_end_week
    if end is None:
        raise InputError.single(
            scenario.name, "a scenario with support that ends", "a scenario without support",
            "add coaching, dialogue or training to its timeline",
        )  # fmt: skip
    last = end + HORIZON_WEEKS
    if not outcome.whole_run and last > scenario.weeks:
        wanted = f"at least {last} weeks, {PERSIST_YEARS} years after support ends in week {end}"
        raise InputError.single(scenario.name, wanted, f"{scenario.weeks} weeks", f"set weeks = {last}")
    return scenario.weeks if outcome.whole_run else min(scenario.weeks, last + SMOOTHING_WEEKS // 2)
