"""Calibration: which parameter values are consistent with what was measured, and which cannot be known from it.

A few hundred parameter points teach an emulator what the model shows; the posterior is sampled on it; the model itself
then checks the posterior's predictions, a search asks whether other values do better, and trials with known values tell
whether the intervals can be trusted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import InputError
from sim.results.store import Keep
from sim.rulebook.rulebook import RULEBOOK, Rulebook
from sim.study.calibration.emulator import Emulator, learn_emulator
from sim.study.calibration.identifiability import N_OF_AVERAGE, Identifiability, check_identifiability
from sim.study.calibration.posterior import Likelihood, Posterior, make_likelihood, sample_posterior
from sim.study.calibration.search import Search, loss_of, search_ranges
from sim.study.calibration.steps import KeptSteps
from sim.study.calibration.target_runner import TargetMeasures, TargetRunner
from sim.study.calibration.targets import CalibrationTarget, read_targets
from sim.study.sampling import Ranges, check_counts, plausible_ranges, sobol_points
from sim.study.store_runner import RunOptions, StoreRunner, open_store_runner

__all__ = [
    "DEFAULT_FIT",
    "Calibration",
    "CalibrationTarget",
    "Emulator",
    "Identifiability",
    "Likelihood",
    "Posterior",
    "PredictiveCheck",
    "Search",
    "calibrate",
    "calibrated_names",
    "calibration_title",
    "kept_of_runs",
    "read_targets",
]

Array = NDArray[np.float64]

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
_LEAST_DRAWS = 2


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
    targets, ranges : what should come out, and the parameters that were fitted, each over its plausible range or, where
        records tell it, over their interval
    of_records : the parameters of which records tell the range
    defaults : [n_parameters], the shipped values
    n_points, n_replicates, seed : of the runs that the emulator learned from
    emulator, posterior, check : what was learned, what follows, and whether the model itself agrees
    shown_by_defaults : [n_targets], what the shipped values show, over 40 replicates
    defaults_rank : share of the posterior's draws that agree less well with the targets than the shipped values do, in
        the emulator; the values are an unlikely draw if it is below 0.1
    search, shown_by_search : a search of the ranges, and what the values that it found show; None if not asked for
    identifiability : trials with known values; None if not asked for
    set_aside : files that were damaged when it went on, and what of them was needed was made anew
    """

    targets: tuple[CalibrationTarget, ...]
    ranges: Ranges
    of_records: tuple[str, ...]
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
    set_aside: tuple[Path, ...] = ()

    def loss(self, shown: Array) -> float:
        """Return the sum of squared misses of what was shown, in standard errors."""
        return loss_of(self.targets, shown)


def calibrated_names(rulebook: Rulebook = RULEBOOK) -> list[str]:
    """Return the parameters whose defaults are declared as calibrated."""
    return [name for name, declaration in rulebook.parameters.items() if declaration.grade == "calibrated"]


def kept_of_runs(targets: Sequence[CalibrationTarget]) -> Keep:
    """Return what is kept of each run that a calibration to some targets asks for."""
    return TargetMeasures(targets).keep


def calibration_title(source: str) -> str:
    """Return what the calibration to some targets is called, by the name of their file."""
    return f"Calibration: {source}"


def calibrate(
    targets: Sequence[CalibrationTarget],
    fit: Sequence[str] | None = None,
    n_points: int = 384,
    replicates: int = 8,
    seed: int = 1,
    *,
    n_trials: int = 0,
    n_searched: int = 0,
    source: str = "targets",
    recorded: Mapping[str, tuple[float, float]] | None = None,
    options: RunOptions = RunOptions(),  # noqa: B008 - it is frozen
) -> Calibration:
    """Find the parameter values that are consistent with targets, or go on with a calibration that was stopped.

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
    source : name of the targets' file
    recorded : intervals of parameters that an organisation's own records tell; these are fitted as well, over them
    options : where it is run, and where its runs are kept, with what was computed from them

    Raises
    ------
    InputError : a name is unknown, a count out of range, or too few points have an answer
    OutputError : the folder cannot be written
    WorkStopped : it was asked to stop, the disk is full, or the workers cannot be reached; the same call goes on
    """
    _check_asked(targets, n_points, replicates, seed, n_trials, n_searched)
    rulebook = targets[0].scenario.rulebook
    recorded = dict(recorded or {})
    ranges = plausible_ranges(DEFAULT_FIT if fit is None else fit, rulebook=rulebook) | recorded
    searched = _ranges_to_search(fit, rulebook) | recorded if n_searched else {}
    measures = TargetMeasures(targets)
    with open_store_runner(options, measures.keep) as store_runner:
        work = _CalibrationWork(store_runner, measures, ranges, searched, seed)
        work.begin(source, n_points, replicates, n_trials, n_searched)
        emulator = work.learn(n_points, replicates)
        likelihood = make_likelihood(emulator, targets)
        posterior = sample_posterior(likelihood, seed, kept=work.steps)
        check = work.check(posterior)
        shown = work.show(np.zeros(0), [])
        search, found = work.search(n_searched, replicates) if n_searched else (None, None)
        trials = check_identifiability(work.target_runner, emulator, n_trials, seed, work.steps) if n_trials else None
        work.target_runner.runner.finish()
    defaults = np.array([rulebook.parameters[name].default for name in ranges])
    # Where records say that a shipped value is not this service's, the nearest that may be is judged.
    at_defaults = float(likelihood.log(np.clip(emulator.to_unit(defaults[None, :]), 0.0, 1.0))[0])
    rank = float(np.mean(posterior.log_likelihood < at_defaults))
    return Calibration(
        tuple(targets), ranges, tuple(recorded), defaults, n_points, replicates, seed, emulator, posterior, check,
        shown, rank, search, found, trials, tuple(store_runner.store.set_aside),
    )  # fmt: skip


def _ranges_to_search(fit: Sequence[str] | None, rulebook: Rulebook) -> dict[str, tuple[float, float]]:
    return plausible_ranges(calibrated_names(rulebook) if fit is None else fit, rulebook=rulebook)


def _check_asked(
    targets: Sequence[CalibrationTarget], n_points: int, replicates: int, seed: int, n_trials: int, n_searched: int
) -> None:
    """Make sure that there is something to fit to, and that every count is in range.

    Raises
    ------
    InputError : it is not so
    """
    check_counts(
        points=(n_points, 20, 100_000), replicates=(replicates, 2, 10_000), seed=(seed, 0, 2**31 - 1),
        trials=(n_trials, 0, 10_000), search=(n_searched, 0, 100_000),
    )  # fmt: skip
    if not targets:
        raise InputError.single("targets", "at least one target", "none")


class _CalibrationWork:
    """The work of a calibration, each part of which goes on where it was."""

    def __init__(
        self, store_runner: StoreRunner, measures: TargetMeasures, ranges: Ranges, searched: Ranges, seed: int
    ) -> None:
        self.store_runner, self.ranges, self.searched, self.seed = store_runner, ranges, searched, seed
        self.target_runner = TargetRunner(store_runner, measures, [*ranges, *searched])
        self.steps = KeptSteps(store_runner.store, store_runner.say)

    def begin(self, source: str, n_points: int, replicates: int, n_trials: int, n_searched: int) -> None:
        """Write down what is asked, and how many runs it takes at most."""
        # What is searched is judged once more, beside the shipped values.
        n_replicates = (n_points + n_searched) * replicates + N_CHECKED * (_REPLICATES_OF_CHECK + 1 + bool(n_searched))
        n_replicates += n_trials * N_OF_AVERAGE
        self.target_runner.runner.begin(
            calibration_title(source), n_replicates * self.target_runner.runner.runs_per_replicate,
            analysis="calibration", points=n_points, replicates=replicates, seed=self.seed, trials=n_trials,
            searched=n_searched, scenarios=sorted({target.scenario.name for target in self.target_runner.targets}),
            ranges={name: list(span) for name, span in self.ranges.items()},
            targets=[target.label for target in self.target_runner.targets],
            aims=[[target.value, target.error, target.kind, target.of] for target in self.target_runner.targets],
        )  # fmt: skip

    def learn(self, n_points: int, replicates: int) -> Emulator:
        """Return an emulator that has learned from the model at points that fill the ranges."""
        self.store_runner.say(f"Learning what the model shows at {n_points:,} points")
        points = sobol_points(self.ranges, n_points, self.seed)
        answers = self.target_runner.measure_points(list(self.ranges), points, replicates, self.seed)
        return learn_emulator(self.ranges, answers, self.steps)

    def check(self, posterior: Posterior) -> PredictiveCheck:
        """Return what the model itself shows at some draws of the posterior."""
        self.store_runner.say("Checking predictions with the model")
        target_runner, rng = self.target_runner, np.random.default_rng(self.seed)
        drawn = posterior.samples[rng.choice(len(posterior.samples), N_CHECKED, replace=False)]
        answers = target_runner.measure_points(posterior.names, drawn, _REPLICATES_OF_CHECK, self.seed + 2)
        is_one = np.array([target.of == "one" for target in target_runner.targets])
        shown = np.where(is_one, answers.values[:, 0], answers.values.mean(axis=1))
        whole = ~np.isnan(shown).any(axis=1)
        if whole.sum() < _LEAST_DRAWS:
            wanted = f"at least {_LEAST_DRAWS} draws of the posterior at which every target is defined"
            raise InputError.single("targets", wanted, f"{whole.sum()} of {N_CHECKED}")
        low, median, high = np.quantile(shown[whole], [0.05, 0.5, 0.95], axis=0)
        spread = shown[whole].std(axis=0, ddof=1)
        misfit = np.array([
            target.misfit(median[k]) * target.error / np.hypot(target.error, spread[k])
            for k, target in enumerate(target_runner.targets)
        ])  # fmt: skip
        return PredictiveCheck(low, median, high, misfit, int((~whole).sum()))

    def show(self, values: Array, names: Sequence[str]) -> Array:
        """Return [n_targets], what the model shows on average at some values, on chance events of their own."""
        self.store_runner.say("Running what is compared")
        shown: Array = self.target_runner.measure_same_chance(names, values[None, :], N_CHECKED, self.seed + 1)[0]
        return shown

    def search(self, n_searched: int, replicates: int) -> tuple[Search, Array]:
        """Return what a search found, and what that shows on chance events that the search has not seen."""
        found = search_ranges(self.target_runner, self.searched, n_searched, replicates, self.seed)
        return found, self.show(found.best, found.names)
