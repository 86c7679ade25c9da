"""An emulator: a quick stand-in for the model, learned from a few hundred parameter points.

One Gaussian process for each target (Sacks et al. 1989; O'Hagan 2006) learns what the model shows on average, with a
length of its own for each parameter and the noise of chance as a part of it. How far it is off is judged on points that
it has not seen (leave-one-out).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import InputError
from sim.study.calibration.steps import KeptSteps, digest_of_numbers
from sim.study.sampling import PointAnswers, Ranges

__all__ = ["Emulator", "learn_emulator"]

Array = NDArray[np.float64]

LEAST_POINTS = 20
_KEEPS_OF_VARIANCE = 1e-6
_POINTS_FOR_LENGTHS = 160
_MOST_STEPS = 40
_JITTER = 1e-10


@dataclass(frozen=True, eq=False)
class Emulator:
    """What the model would show on average, at any point of the ranges.

    Parameters
    ----------
    ranges : of the parameters
    unit_points : [n_points, n_parameters], where it learned, each range scaled to [0, 1]
    lengths, amplitudes, weights : [n_targets, n_parameters], [n_targets], [n_targets, n_points] of the processes
    centres, scales : [n_targets], mean and spread of each target over the points
    error_variance : [n_targets], mean squared error on unseen points, without the noise of chance
    replicate_covariance : [n_targets, n_targets], of the replicates at one point, pooled over points
    r_squared : [n_targets], share of the variance of unseen points that it explains, noise of chance included
    n_left_out : points without an answer
    """

    ranges: Ranges
    unit_points: Array
    lengths: Array
    amplitudes: Array
    weights: Array
    centres: Array
    scales: Array
    error_variance: Array
    replicate_covariance: Array
    r_squared: Array
    n_left_out: int

    def predict(self, unit_points: Array) -> Array:
        """Return [n_points, n_targets] at points whose ranges are scaled to [0, 1]."""
        from scipy.spatial.distance import cdist

        found = np.empty((len(unit_points), len(self.centres)))
        for k in range(len(self.centres)):
            near = cdist(unit_points / self.lengths[k], self.unit_points / self.lengths[k], "sqeuclidean")
            found[:, k] = self.amplitudes[k] * np.exp(-0.5 * near) @ self.weights[k]
        return self.centres + self.scales * found

    def to_unit(self, points: Array) -> Array:
        """Return parameter points with each range scaled to [0, 1]."""
        low, high = np.array(list(self.ranges.values())).T
        unit: Array = (points - low) / (high - low)
        return unit

    def from_unit(self, unit_points: Array) -> Array:
        """Return parameter points in their units."""
        low, high = np.array(list(self.ranges.values())).T
        points: Array = low + unit_points * (high - low)
        return points


def learn_emulator(ranges: Ranges, answers: PointAnswers, kept: KeptSteps = KeptSteps()) -> Emulator:  # noqa: B008 - without a store it holds nothing
    """Learn from what the model answered; points without an answer to some target are left out, and counted.

    Parameters
    ----------
    ranges, answers : of the parameters, and of the model
    kept : keeps what was learned for each target

    Raises
    ------
    InputError : too few points have an answer
    """
    whole: NDArray[np.bool_] = np.asarray(~np.isnan(answers.values).any(axis=(1, 2)))
    if whole.sum() < LEAST_POINTS:
        wanted = f"at least {LEAST_POINTS} points at which every target is defined"
        raise InputError.single("--points", wanted, f"{whole.sum()} of {len(whole)}")
    values = answers.values[whole]
    n_replicates = values.shape[1]
    low, high = np.array(list(ranges.values())).T
    unit = (answers.points[whole] - low) / (high - low)
    means = values.mean(axis=1)
    centres, scales = means.mean(axis=0), np.maximum(means.std(axis=0), 1e-9)
    residuals = (values - means[:, None]).reshape(-1, values.shape[2])
    covariance = residuals.T @ residuals / max(1, len(values) * (n_replicates - 1))
    fits = []
    for k in range(means.shape[1]):
        scaled, doing = (means[:, k] - centres[k]) / scales[k], f"Learning target {k + 1:,} of {means.shape[1]:,}"
        fits.append(kept.take(doing, digest_of_numbers("emulator", unit, scaled), partial(_fit, unit, scaled)))
    off = np.array([fit["off"] for fit in fits]).T * scales
    noise = np.diag(covariance) / n_replicates
    mean_squared = (off**2).mean(axis=0)
    return Emulator(
        ranges=dict(ranges), unit_points=unit, lengths=np.array([fit["lengths"] for fit in fits]),
        amplitudes=np.array([float(fit["amplitude"]) for fit in fits]),
        weights=np.array([fit["weights"] for fit in fits]),
        centres=centres, scales=scales,
        error_variance=np.maximum(mean_squared - noise, _KEEPS_OF_VARIANCE * scales**2),
        replicate_covariance=covariance, r_squared=1.0 - mean_squared / scales**2, n_left_out=int((~whole).sum()),
    )  # fmt: skip


def _fit(unit: Array, values: Array) -> dict[str, Array]:
    """Return lengths, amplitude and weights of a process, and [n_points] its errors on points left out one by one."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

    kernel = ConstantKernel(4.0, (0.05, 100.0)) * RBF(np.full(unit.shape[1], 2.0), (0.1, 50.0)) + WhiteKernel(
        0.1, (1e-5, 1.5)
    )
    # The lengths are found on a part of the points, evenly spread like all of them: the cost grows with their cube.
    few = slice(0, _POINTS_FOR_LENGTHS)
    process = GaussianProcessRegressor(kernel, alpha=_JITTER, optimizer=_climb)
    with warnings.catch_warnings():
        # A length at its upper bound means that the parameter does nothing to this target, which is an answer.
        warnings.simplefilter("ignore", ConvergenceWarning)
        process.fit(unit[few], values[few])
    smooth = process.kernel_.k1
    lengths, amplitude = np.atleast_1d(smooth.k2.length_scale), np.asarray(smooth.k1.constant_value)
    inverse = np.linalg.inv(process.kernel_(unit) + _JITTER * np.eye(len(unit)))
    weights = inverse @ values
    return {"lengths": lengths, "amplitude": amplitude, "weights": weights, "off": weights / np.diag(inverse)}


def _climb(objective: Any, start: Array, bounds: Array) -> tuple[Array, float]:
    """Return the best lengths within a limited number of steps."""
    from scipy.optimize import minimize

    found = minimize(objective, start, method="L-BFGS-B", jac=True, bounds=bounds, options={"maxiter": _MOST_STEPS})
    return found.x, float(found.fun)
