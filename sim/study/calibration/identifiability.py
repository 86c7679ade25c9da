"""Identifiability: whether known parameters are found again, and intervals cover them as often as they say.

Each trial draws true values from the ranges, lets the model itself (not the emulator) show what would be measured, adds
measurement error, and infers the values from that. Intervals of 90 % should cover nine in ten true values; a parameter
whose intervals stay as wide as its range cannot be known from these targets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import InputError
from sim.results.measures import Interval
from sim.study.calibration.emulator import Emulator
from sim.study.calibration.posterior import Likelihood, make_likelihood, sample_posterior
from sim.study.calibration.steps import KeptSteps, digest_of_numbers
from sim.study.calibration.target_runner import TargetRunner
from sim.study.calibration.targets import CalibrationTarget

__all__ = ["IDENTIFIED_FROM", "N_OF_AVERAGE", "Identifiability", "check_identifiability"]

Array = NDArray[np.float64]

IDENTIFIED_FROM = 0.3
"""A parameter is identified if targets narrow its range by at least this share, on average over trials."""

LEVEL = 0.90
N_OF_AVERAGE = 40
"""Replicates that stand for the many services of an average."""

_N_STEPS, _N_BURN_IN = 800, 300
_N_RESAMPLES = 2000


@dataclass(frozen=True, eq=False)
class Identifiability:
    """What became of known values.

    Parameters
    ----------
    names : [n_parameters]
    truths, lows, highs, medians : [n_trials, n_parameters], true values, ends of the 90 % intervals and medians
    contraction : [n_parameters], by how much a trial's targets narrow the range, on average: 0 not at all, 1 to a point
    n_undefined : trials whose truth shows a target that is not defined; they are left out
    """

    names: tuple[str, ...]
    truths: Array
    lows: Array
    highs: Array
    medians: Array
    contraction: Array
    n_undefined: int

    @property
    def is_covered(self) -> NDArray[np.bool_]:
        """[n_trials, n_parameters], whether an interval covers its true value."""
        return np.asarray((self.lows <= self.truths) & (self.truths <= self.highs), dtype=np.bool_)

    def coverage(self, seed: int = 1) -> Interval:
        """Return the share of (trial, parameter) pairs that are covered, with its 95 % interval over trials."""
        by_trial = self.is_covered.mean(axis=1)
        rng = np.random.default_rng(seed)
        drawn = by_trial[rng.integers(0, len(by_trial), (_N_RESAMPLES, len(by_trial)))].mean(axis=1)
        low, high = np.quantile(drawn, [0.025, 0.975])
        return Interval(float(by_trial.mean()), float(low), float(high), len(by_trial))

    @property
    def is_identified(self) -> NDArray[np.bool_]:
        """[n_parameters], whether the targets say enough about a parameter."""
        return np.asarray(self.contraction >= IDENTIFIED_FROM, dtype=np.bool_)


def check_identifiability(
    target_runner: TargetRunner, emulator: Emulator, n_trials: int, seed: int, steps: KeptSteps
) -> Identifiability:
    """Try to find known values again.

    A bound tells nothing of how far a true value lies from it, so in the trials every target is an estimate with the
    target's own error. What is an average over many services is one over 40 replicates here.

    Parameters
    ----------
    target_runner, emulator : of the targets
    n_trials, seed : how many known values, and what they are drawn from
    steps : keeps what came of each trial

    Raises
    ------
    InputError : no trial shows every target
    WorkStopped : it was asked to stop
    """
    rng = np.random.default_rng(seed)
    names = tuple(emulator.ranges)
    truths = rng.random((n_trials, len(names)))
    # Chance events of their own, that the emulator has not learned from.
    trial_seed = int(rng.integers(2**31, 2**32))
    target_runner.store_runner.say(f"Running {n_trials:,} known values")
    shown = target_runner.measure_points(list(names), emulator.from_unit(truths), N_OF_AVERAGE, trial_seed).values
    is_one = np.array([target.of == "one" for target in target_runner.targets])
    measured = np.where(is_one, shown[:, 0], shown.mean(axis=1))
    errors = np.array([target.error for target in target_runner.targets])
    measured = measured + errors * rng.standard_normal(measured.shape)
    whole = ~np.isnan(measured).any(axis=1)
    estimates = [_as_estimate(target) for target in target_runner.targets]
    chance = emulator.replicate_covariance * (np.outer(is_one, is_one) + np.outer(~is_one, ~is_one) / N_OF_AVERAGE)
    if not whole.any():
        wanted = "a known value at which every target is defined"
        raise InputError.single("--trials", wanted, f"none of {n_trials}", "try more of them")
    spans, widths = [], []
    for trial in np.flatnonzero(whole):
        likelihood = make_likelihood(emulator, estimates, chance, measured[trial])
        doing, its_seed = f"Finding known values again: {trial + 1:,} of {n_trials:,}", seed + int(trial) + 1
        key = digest_of_numbers(likelihood.digest(), its_seed, _N_STEPS, _N_BURN_IN)
        found = steps.take(doing, key, partial(_find_again, likelihood, its_seed, steps.tell))
        spans.append(found["bands"])
        widths.append(found["contraction"])
    lows, medians, highs = np.array(spans).transpose(1, 0, 2)
    return Identifiability(
        names, emulator.from_unit(truths[whole]), lows, highs, medians, np.mean(widths, axis=0), int((~whole).sum())
    )


def _find_again(likelihood: Likelihood, seed: int, tell: Callable[[str], None]) -> dict[str, Array]:
    """Return the ends of the intervals with the medians, and by how much the targets narrow the ranges."""
    posterior = sample_posterior(likelihood, seed, _N_STEPS, _N_BURN_IN, KeptSteps(tell=tell))
    bands = posterior.bands(((1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2))
    return {"bands": bands, "contraction": posterior.contraction()}


def _as_estimate(target: CalibrationTarget) -> CalibrationTarget:
    return replace(target, kind="about")
