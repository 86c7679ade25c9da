"""Calibration: which parameter values are consistent with what was measured, and which cannot be known from it.

A few hundred parameter points teach an emulator what the model shows; the posterior is sampled on it; the model itself
then checks the posterior's predictions, a search asks whether other values do better, and trials with known values tell
whether the intervals can be trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import InputError
from sim.rulebook.rulebook import RULEBOOK, Rulebook
from sim.study.calibration.emulator import Emulator, learn_emulator
from sim.study.calibration.identifiability import Identifiability, check_identifiability
from sim.study.calibration.laboratory import Laboratory
from sim.study.calibration.posterior import Likelihood, Posterior, make_likelihood, sample_posterior
from sim.study.calibration.search import Search, loss_of, search_ranges
from sim.study.calibration.targets import Target, read_targets
from sim.study.sampling import Ranges, check_counts, plausible_ranges, sobol_points

__all__ = [
    "DEFAULT_FIT",
    "Calibration",
    "Emulator",
    "Identifiability",
    "Likelihood",
    "Posterior",
    "PredictiveCheck",
    "Search",
    "Target",
    "calibrate",
    "calibrated_names",
    "read_targets",
]

Array = NDArray[np.float64]
Report = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is to do; may raise to stop."""

DEFAULT_FIT = (
    "voice_intercept",
    "fair_hearing",
    "safety_gain_heard",
    "efficacy_gain_heard",
    "efficacy_loss_ignored",
    "witness_weight",
    "trait_pull",
    "pull_to_control",
    "embedding",
    "dialogue_gain",
    "facilitation",
    "capability_spread",
)
"""Parameters that are fitted if none are named: those without measurements of their own that the patterns speak of."""

N_CHECKED = 40
"""Draws of the posterior that the model itself is run at, and replicates of the defaults."""

_REPLICATES_OF_CHECK = 16


@dataclass(frozen=True, eq=False)
class PredictiveCheck:
    """What the model itself shows at draws of the posterior.

    Parameters
    ----------
    low, median, high : [n_targets], 5 %, 50 % and 95 % of what it shows, in the targets' units
    misfit : [n_targets], how far the median lies off, in standard deviations of target and prediction together; 0 on
        the right side of a bound
    n_undefined : draws at which a target is not defined
    """

    low: Array
    median: Array
    high: Array
    misfit: Array
    n_undefined: int


@dataclass(frozen=True, eq=False)
class Calibration:
    """What the targets say about the parameters.

    Parameters
    ----------
    targets, ranges : what should come out, and the parameters that were fitted, each over its plausible range
    defaults : [n_parameters], the shipped values
    n_points, n_replicates, seed : of the runs that the emulator learned from
    emulator, posterior, check : what was learned, what follows, and whether the model itself agrees
    shown_by_defaults : [n_targets], what the shipped values show, over 40 replicates
    defaults_rank : share of the posterior's draws that agree less well with the targets than the shipped values do, in
        the emulator; the values are an unlikely draw if it is below 0.1
    search, shown_by_search : a search of the ranges, and what the values that it found show; None if not asked for
    identifiability : trials with known values; None if not asked for
    """

    targets: tuple[Target, ...]
    ranges: Ranges
    defaults: Array
    n_points: int
    n_replicates: int
    seed: int
    emulator: Emulator
    posterior: Posterior
    check: PredictiveCheck
    shown_by_defaults: Array
    defaults_rank: float
    search: Search | None
    shown_by_search: Array | None
    identifiability: Identifiability | None

    def loss(self, shown: Array) -> float:
        """Return the sum of squared misses of what was shown, in standard errors."""
        return loss_of(self.targets, shown)


def calibrated_names(rulebook: Rulebook = RULEBOOK) -> list[str]:
    """Return the parameters whose defaults are declared as calibrated."""
    return [name for name, declaration in rulebook.parameters.items() if declaration.grade == "calibrated"]


def _silent(_doing: str, _n_done: int, _n_in_all: int) -> None:
    """Take no notice of progress."""


def calibrate(
    targets: Sequence[Target],
    fit: Sequence[str] | None = None,
    n_points: int = 384,
    replicates: int = 8,
    seed: int = 1,
    *,
    n_trials: int = 0,
    n_searched: int = 0,
    report: Report = _silent,
) -> Calibration:
    """Find the parameter values that are consistent with targets.

    Parameters
    ----------
    targets : what should come out
    fit : names of the parameters to fit, over their plausible ranges; :data:`DEFAULT_FIT` if left out. All others keep
        the values of the targets' scenarios
    n_points, replicates : runs that the emulator learns from
    seed : of points, chance events and samples
    n_trials : trials with known values; 0 for none
    n_searched : parameter points that the search may try; 0 for no search. It searches the fitted parameters, or all
        that are declared as calibrated if none were named
    report : told what is being done

    Raises
    ------
    InputError : a name is unknown, a count out of range, or too few points have an answer
    """
    check_counts(
        points=(n_points, 20, 100_000), replicates=(replicates, 2, 10_000), seed=(seed, 0, 2**31 - 1),
        trials=(n_trials, 0, 10_000), search=(n_searched, 0, 100_000),
    )  # fmt: skip
    if not targets:
        raise InputError.single("targets", "at least one target", "none")
    rulebook = targets[0].scenario.rulebook
    ranges = plausible_ranges(DEFAULT_FIT if fit is None else fit, rulebook=rulebook)
    laboratory = Laboratory(targets)
    emulator = _learn(laboratory, ranges, n_points, replicates, seed, report)
    report("Sampling the posterior", 0, 1)
    likelihood = make_likelihood(emulator, targets)
    posterior = sample_posterior(likelihood, seed)
    report("Sampling the posterior", 1, 1)
    check = _check_predictions(laboratory, posterior, seed, report)
    shown = laboratory.measure_same_chance([], np.zeros((1, 0)), range(N_CHECKED), seed + 1)[0]
    defaults = np.array([rulebook.parameters[name].default for name in ranges])
    at_defaults = float(likelihood.log(emulator.to_unit(defaults[None, :]))[0])
    rank = float(np.mean(posterior.log_likelihood < at_defaults))
    search, found = _search(laboratory, fit, n_searched, replicates, seed, report)
    trials = _find_known_values(laboratory, emulator, n_trials, seed, report) if n_trials else None
    return Calibration(
        tuple(targets), ranges, defaults, n_points, replicates, seed, emulator, posterior, check, shown, rank,
        search, found, trials,
    )  # fmt: skip


def _learn(
    laboratory: Laboratory, ranges: Ranges, n_points: int, replicates: int, seed: int, report: Report
) -> Emulator:
    """Return an emulator that has learned from the model at points that fill the ranges."""
    points = sobol_points(ranges, n_points, seed)
    answers = laboratory.measure_points(
        list(ranges), points, replicates, seed, lambda n: report("Learning what the model shows", n, n_points)
    )
    return learn_emulator(ranges, answers)


def _find_known_values(
    laboratory: Laboratory, emulator: Emulator, n_trials: int, seed: int, report: Report
) -> Identifiability:
    doing = "Trying to find known values again"
    return check_identifiability(laboratory, emulator, n_trials, seed, lambda n: report(doing, n, 2 * n_trials))


def _check_predictions(laboratory: Laboratory, posterior: Posterior, seed: int, report: Report) -> PredictiveCheck:
    rng = np.random.default_rng(seed)
    drawn = posterior.samples[rng.choice(len(posterior.samples), N_CHECKED, replace=False)]
    answers = laboratory.measure_points(
        posterior.names, drawn, _REPLICATES_OF_CHECK, seed + 2,
        lambda n: report("Checking predictions with the model", n, N_CHECKED),
    )  # fmt: skip
    is_one = np.array([target.of == "one" for target in laboratory.targets])
    shown = np.where(is_one, answers.values[:, 0], answers.values.mean(axis=1))
    whole = ~np.isnan(shown).any(axis=1)
    low, median, high = np.quantile(shown[whole], [0.05, 0.5, 0.95], axis=0)
    spread = shown[whole].std(axis=0, ddof=1)
    misfit = np.array([
        target.misfit(median[k]) * target.error / np.hypot(target.error, spread[k])
        for k, target in enumerate(laboratory.targets)
    ])  # fmt: skip
    return PredictiveCheck(low, median, high, misfit, int((~whole).sum()))


def _search(
    laboratory: Laboratory, fit: Sequence[str] | None, n_searched: int, replicates: int, seed: int, report: Report
) -> tuple[Search | None, Array | None]:
    if not n_searched:
        return None, None
    rulebook = laboratory.targets[0].scenario.rulebook
    ranges = plausible_ranges(calibrated_names(rulebook) if fit is None else fit, rulebook=rulebook)
    doing = "Searching for better values"
    search = search_ranges(laboratory, ranges, n_searched, replicates, seed, lambda n: report(doing, n, n_searched))
    # Judged on chance events that the search has not seen, the same as for the shipped values.
    shown = laboratory.measure_same_chance(search.names, search.best[None, :], range(N_CHECKED), seed + 1)[0]
    return search, shown
