"""The measures of a run as a table to read, and as records to keep."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from sim.base.phrasing import duration, in_100, percent, points_of_100
from sim.results import measures
from sim.results.ensemble import PairedEnsemble
from sim.results.intervals import interval_of
from sim.results.measures import HOLDS_FROM, LEAST_GAIN, PERSIST_YEARS, Interval
from sim.results.outcomes import PERSISTS_WITHOUT_UPKEEP
from sim.results.ranges import HEADLINES, ScenarioRange
from sim.rulebook.parameters import WEEKS_PER_YEAR

__all__ = ["MEANINGS", "Row", "summary_records", "summary_rows"]

TOO_SHORT = "not judged: run too short"
NO_SHIFT = "there was no shift"
NO_SUPPORT = "there is no support"

MEANINGS = (
    "Years and half-life count from the end of support. Persists: more than half of the peak gain is left "
    f"{PERSIST_YEARS} years later. Holds: at least {in_100(HOLDS_FROM)} in 100 feel safe over the last year. Never: "
    "not within the run."
)
"""What the words of the table mean."""


@dataclass(frozen=True)
class Row:
    """One row of the table: what, how much, its 95 % interval, and the same in what it is compared with."""

    label: str
    value: str
    interval: str = ""
    baseline: str = ""


def summary_rows(paired: PairedEnsemble) -> list[Row]:
    """Return the table of a run."""
    return [*_share_rows(paired), *_gain_rows(paired), *_outcome_rows(paired)]


def _share_rows(paired: PairedEnsemble) -> Iterator[Row]:
    """Give the share that feels safe at week 0, when support ends, and over the last year."""
    n_weeks, end = paired.arm.n_weeks, paired.support_end_week
    moments = [("at the start", slice(0, 1))]
    if paired.arm.scenario.support_end_week is not None and end < n_weeks:
        moments.append(("when support ends", slice(end, end + 1)))
    span = "last year" if n_weeks >= WEEKS_PER_YEAR else "whole run"
    moments.append((f"over the {span}", slice(-WEEKS_PER_YEAR, None)))
    for words, rows in moments:
        own, other = (
            measures.share_interval(run.series("safe_share")[:, rows].mean(axis=1))
            for run in (paired.arm, paired.baseline)
        )
        yield Row(f"Feel safe {words}, in 100", in_100(own.estimate), interval_of(own, in_100), in_100(other.estimate))


def _gain_rows(paired: PairedEnsemble) -> Iterator[Row]:
    summary = paired.summary()
    has_support = paired.arm.scenario.support_end_week is not None
    if not has_support:
        final = summary["final_gain"]
        yield Row("Gain at the end, in 100", points_of_100(final.estimate), interval_of(final, points_of_100), "0")
        return
    peak = summary["peak_gain"]
    yield Row("Peak gain, in 100", points_of_100(peak.estimate), interval_of(peak, points_of_100), "0")
    for years in (1, 2, PERSIST_YEARS):
        name = f"retained_{years}_year" + ("s" if years > 1 else "")
        yield _retained_row(paired, years, summary[name], peak)
    half_life = summary["half_life_weeks"]
    label = "Half-life of the gain"
    if peak.estimate < LEAST_GAIN or half_life.n == 0:
        yield Row(label, NO_SHIFT)
    else:
        yield Row(label, duration(half_life.estimate), interval_of(half_life, duration))


def _retained_row(paired: PairedEnsemble, years: int, left: Interval, peak: Interval) -> Row:
    label = f"Left of it after {years} year{'s' if years > 1 else ''}"
    if paired.support_end_week + years * WEEKS_PER_YEAR > paired.arm.n_weeks:
        return Row(label, TOO_SHORT)
    if peak.estimate < LEAST_GAIN or left.n == 0:
        return Row(label, NO_SHIFT)
    return Row(label, percent(left.estimate), interval_of(left, percent))


def _outcome_rows(paired: PairedEnsemble) -> Iterator[Row]:
    summary = paired.summary()
    label = "Persists, share of runs"
    if paired.arm.scenario.support_end_week is None:
        yield Row(label, NO_SUPPORT)
    elif paired.support_end_week + PERSIST_YEARS * WEEKS_PER_YEAR > paired.arm.n_weeks:
        yield Row(label, TOO_SHORT)
    elif summary["peak_gain"].estimate < LEAST_GAIN:
        yield Row(label, NO_SHIFT)
    else:
        persists = summary["persists"]
        yield Row(label, percent(persists.estimate), interval_of(persists, percent))
    own, other = summary["holds"], summary["holds_baseline"]
    label = "Holds, share of runs"
    yield Row(label, percent(own.estimate), interval_of(own, percent), percent(other.estimate))
    costs = [f"{float(run.cost_so_far()[-1]):,.0f}" for run in (paired.arm, paired.baseline)]
    yield Row("Cost, in days of paid support", costs[0], "", costs[1])
    yield from _upkeep_rows(paired, summary)


def _upkeep_rows(paired: PairedEnsemble, summary: Mapping[str, Interval]) -> Iterator[Row]:
    """Give what no money pays for, and what goes on being paid after outside support: where there is any."""
    if "own_days" in summary:
        other = float(paired.baseline.scenario.own_days_by_week(paired.baseline.n_weeks).sum())
        yield Row("Leaders' own time, in days (not paid)", f"{summary['own_days'].estimate:,.0f}", "", f"{other:,.0f}")
    if "upkeep_days_a_year" in summary:
        yield Row("Upkeep after support, in days a year", f"{summary['upkeep_days_a_year'].estimate:,.0f}")
        without = summary[PERSISTS_WITHOUT_UPKEEP]
        value = percent(without.estimate) if without.n else TOO_SHORT
        yield Row(f"{HEADLINES[PERSISTS_WITHOUT_UPKEEP].label}, share of runs", value, interval_of(without, percent))


def summary_records(
    pairs: Sequence[PairedEnsemble], ranges: Sequence[ScenarioRange | None] = ()
) -> list[dict[str, object]]:
    """Return the measures of runs as records: scenario, measure, mean, low, high, replicates.

    Shares and gains are in [0, 1] and half-lives in weeks (their median); a measure that is not defined is NaN, a
    half-life that is never reached is infinite.

    Parameters
    ----------
    pairs : the runs
    ranges : what each answer rests on, in their order; where any is known, ``range_low`` and ``range_high`` are the
        ends of its range over what nobody has measured, NaN for a measure without
    """
    return [
        {
            "scenario": paired.arm.scenario.name,
            "measure": measure,
            "mean": found.estimate,
            "low": found.low,
            "high": found.high,
            "replicates": found.n,
            **(_range_ends(one, measure) if any(ranges) else {}),
        }
        for paired, one in zip_longest(pairs, ranges)
        for measure, found in paired.summary().items()
    ]


def _range_ends(known: ScenarioRange | None, measure: str) -> dict[str, float]:
    over = known.outcomes.get(measure) if known else None
    return {"range_low": over.low if over else math.nan, "range_high": over.high if over else math.nan}
