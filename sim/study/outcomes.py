"""What a study asks of a scenario at one parameter point: whether the gain lasts, and how large it was.

An outcome gives one number for each replicate, whose mean is the outcome at the point and whose spread is the noise of
chance. A ratio is taken of the means over replicates, since the ratio of a single run with a small peak says little;
its numbers for each replicate are those of the jackknife (Tukey 1958).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import InputError, nearest_name
from sim.inputs.scenario.description import Scenario
from sim.results import measures
from sim.results.measures import LEAST_GAIN, PERSIST_YEARS, SMOOTHING_WEEKS
from sim.rulebook.parameters import WEEKS_PER_YEAR

__all__ = ["OUTCOMES", "Outcome", "outcome_named", "weeks_needed"]

Series = NDArray[np.float64]
_HORIZON_WEEKS = PERSIST_YEARS * WEEKS_PER_YEAR


@dataclass(frozen=True)
class Outcome:
    """One thing that a study can ask for.

    Parameters
    ----------
    name, label, unit : its name at the command line, in pictures, and its unit
    question : what it answers, in plain language
    by_replicate : (safe share, safe share of the baseline, week in which support ends) -> [n_replicates]
    whole_run : whether it needs the whole run, or only the years after support ends
    """

    name: str
    label: str
    unit: str
    question: str
    by_replicate: Callable[[Series, Series, int], Series]
    whole_run: bool = False


def _retained(safe: Series, baseline: Series, end: int) -> Series:
    gain = safe - baseline
    peak = measures.peak_gain(gain, end)
    left = measures.smooth(gain)[:, end + _HORIZON_WEEKS]
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


def _gain_at_horizon(safe: Series, baseline: Series, end: int) -> Series:
    gain: Series = measures.smooth(safe - baseline)[:, end + _HORIZON_WEEKS]
    return gain


def _persists(safe: Series, baseline: Series, end: int) -> Series:
    return measures.persists(safe - baseline, end).astype(np.float64)


def _half_life(safe: Series, baseline: Series, end: int) -> Series:
    weeks = measures.half_life_weeks((safe - baseline)[:, : end + _HORIZON_WEEKS + 1], end)
    return np.minimum(weeks, float(_HORIZON_WEEKS))


def _peak_gain(safe: Series, baseline: Series, end: int) -> Series:
    return measures.peak_gain(safe - baseline, end)


def _holds(safe: Series, baseline: Series, end: int) -> Series:
    return measures.holds(safe).astype(np.float64)


OUTCOMES: dict[str, Outcome] = {
    outcome.name: outcome
    for outcome in (
        Outcome("retained_4_years", "Share of the gain left after four years", "share of the peak gain",
                "what decides whether it lasts", _retained),
        Outcome("gain_4_years", "Gain after four years", "share of staff",
                "what decides how much is left after four years", _gain_at_horizon),
        Outcome("persists", "Chance that it persists", "share of runs",
                "what decides whether it lasts", _persists),
        Outcome("half_life", "Time until half of the gain is gone (four years at most)", "weeks",
                "what decides how long it lasts", _half_life),
        Outcome("peak_gain", "Peak gain", "share of staff",
                "what decides how far it gets", _peak_gain),
        Outcome("holds", "Chance that the culture holds in the last year", "share of runs",
                "what decides whether the culture holds", _holds, whole_run=True),
    )
}  # fmt: skip


def outcome_named(name: str) -> Outcome:
    """Return an outcome by its name.

    Raises
    ------
    InputError : there is no such outcome
    """
    if name not in OUTCOMES:
        hint = nearest_name(name, OUTCOMES)
        raise InputError.single("--outcome", f"one of {', '.join(OUTCOMES)}", f'"{name}"', hint)
    return OUTCOMES[name]


def weeks_needed(scenario: Scenario, outcome: Outcome) -> int:
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
    last = end + _HORIZON_WEEKS
    if not outcome.whole_run and last > scenario.weeks:
        wanted = f"at least {last} weeks, {PERSIST_YEARS} years after support ends in week {end}"
        raise InputError.single(scenario.name, wanted, f"{scenario.weeks} weeks", f"set weeks = {last}")
    return scenario.weeks if outcome.whole_run else min(scenario.weeks, last + SMOOTHING_WEEKS // 2)
