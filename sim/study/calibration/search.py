"""The search: whether a search of the whole ranges comes to values that meet the targets as well as others.

A tree-structured Parzen estimator (Bergstra et al. 2011; optuna) asks the model itself, not the emulator. The loss is
the sum of squared misses in standard errors; a bound that is kept costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import InputError
from sim.study.calibration.target_runner import TargetRunner
from sim.study.calibration.targets import CalibrationTarget
from sim.study.sampling import Ranges

__all__ = ["Search", "loss_of", "search_ranges"]

Array = NDArray[np.float64]

_AT_ONCE = 4


@dataclass(frozen=True, eq=False)
class Search:
    """What a search found.

    Parameters
    ----------
    names : [n_parameters]
    best : [n_parameters], the values with the least loss, in their units
    best_loss : with the replicates of the search
    losses : [n_trials], in the order of the trials; NaN where the model gave no answer
    """

    names: tuple[str, ...]
    best: Array
    best_loss: float
    losses: Array


def loss_of(targets: Sequence[CalibrationTarget], shown: Array) -> float:
    """Return the loss of what the model shows, [n_targets].

    Parameters
    ----------
    targets : what it should show
    shown : what it shows, on average over replicates
    """
    return float(sum(target.misfit(shown[place]) ** 2 for place, target in enumerate(targets)))


def search_ranges(
    target_runner: TargetRunner,
    ranges: Ranges,
    n_trials: int,
    n_replicates: int,
    seed: int,
) -> Search:
    """Search the ranges for the least loss; every trial has the same chance events.

    Trials are asked for a few at a time, as many for any number of workers, so that the search is the same for all, and
    goes on where it was when it is asked for again: what it tried is in the store.

    Raises
    ------
    WorkStopped : it was asked to stop
    InputError : no point has an answer to every target
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed, multivariate=False, constant_liar=True))
    losses: list[float] = []
    while len(losses) < n_trials:
        target_runner.store_runner.say(f"Searching for better values: {len(losses):,} of {n_trials:,}")
        asked = [study.ask() for _ in range(min(_AT_ONCE, n_trials - len(losses)))]
        points = np.array([[trial.suggest_float(name, *span) for name, span in ranges.items()] for trial in asked])
        shown = target_runner.measure_same_chance(list(ranges), points, n_replicates, seed)
        for trial, means in zip(asked, shown, strict=True):
            loss = loss_of(target_runner.targets, means)
            losses.append(loss)
            if np.isnan(loss):
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
            else:
                study.tell(trial, loss)
    if np.isnan(losses).all():
        raise InputError.single("--search", "a point at which every target is defined", f"none of {n_trials}")
    best = study.best_params
    return Search(tuple(ranges), np.array([best[name] for name in ranges]), float(study.best_value), np.array(losses))
