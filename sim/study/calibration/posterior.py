"""The posterior: which parameter values are consistent with the targets, given what may be true beforehand.

Before, every value in a parameter's plausible range is as likely as any other. A prediction misses an estimate by its
error, by what the emulator does not know, and, where one organisation was measured, by the chance that one organisation
has, which goes together between its targets. A bound counts by the chance that it is kept. Sampled by emcee
(Foreman-Mackey et al. 2013; Goodman and Weare 2010).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.results.measures import QUANTILES
from sim.study.calibration.emulator import Emulator
from sim.study.calibration.targets import Target

__all__ = ["Likelihood", "Posterior", "make_likelihood", "sample_posterior"]

Array = NDArray[np.float64]

_N_START = 4096


@dataclass(frozen=True, eq=False)
class Likelihood:
    """How well parameter points agree with the targets.

    Parameters
    ----------
    emulator : what the model would show
    estimates, bounds : [n], numbers of the targets that are estimates, and that are bounds
    values : [n_targets]
    whitening : [n_estimates, n_estimates], inverse Cholesky factor of the estimates' covariance
    signs, bound_sds : [n_bounds], 1 for at_least and -1 for at_most; standard deviation of the miss
    """

    emulator: Emulator
    estimates: NDArray[np.int64]
    bounds: NDArray[np.int64]
    values: Array
    whitening: Array
    signs: Array
    bound_sds: Array

    def log(self, unit_points: Array) -> Array:
        """Return [n_points], the log-likelihood at points scaled to [0, 1]; minus infinity outside."""
        from scipy.special import log_ndtr

        inside = ((unit_points >= 0.0) & (unit_points <= 1.0)).all(axis=1)
        found = np.full(len(unit_points), -np.inf)
        if inside.any():
            off = self.emulator.predict(unit_points[inside]) - self.values
            white = off[:, self.estimates] @ self.whitening.T
            kept = log_ndtr(self.signs * off[:, self.bounds] / self.bound_sds)
            found[inside] = -0.5 * (white**2).sum(axis=1) + kept.sum(axis=1)
        return found


def make_likelihood(
    emulator: Emulator, targets: Sequence[Target], chance: Array | None = None, values: Array | None = None
) -> Likelihood:
    """Return the likelihood of targets.

    Parameters
    ----------
    emulator, targets : what the model would show, and what it should
    chance : [n_targets, n_targets], covariance of what was measured due to chance; that of one organisation for the
        targets of one if left out
    values : [n_targets], what was measured, if not the targets' own values
    """
    kinds = np.array([target.kind for target in targets])
    estimates, bounds = np.flatnonzero(kinds == "about"), np.flatnonzero(kinds != "about")
    if chance is None:
        one = np.array([target.of == "one" for target in targets])
        chance = emulator.replicate_covariance * np.outer(one, one)
    errors = np.array([target.error for target in targets])
    covariance = np.diag(errors**2 + emulator.error_variance) + chance
    factor = np.linalg.cholesky(covariance[np.ix_(estimates, estimates)])
    whitening = np.linalg.inv(factor) if len(estimates) else np.zeros((0, 0))
    measured = np.array([target.value for target in targets]) if values is None else values
    signs = np.where(kinds[bounds] == "at_least", 1.0, -1.0)
    return Likelihood(emulator, estimates, bounds, measured, whitening, signs, np.sqrt(np.diag(covariance)[bounds]))


@dataclass(frozen=True, eq=False)
class Posterior:
    """Parameter values that are consistent with the targets.

    Parameters
    ----------
    names : [n_parameters]
    unit_samples : [n_samples, n_parameters], each range scaled to [0, 1]
    samples : the same in the parameters' units
    log_likelihood : [n_samples]
    acceptance : share of moves that were taken
    effective_size : samples that are worth as much as these if they were independent, of the slowest parameter
    """

    names: tuple[str, ...]
    unit_samples: Array
    samples: Array
    log_likelihood: Array
    acceptance: float
    effective_size: float

    def bands(self, quantiles: Sequence[float] = QUANTILES) -> Array:
        """Return [n_quantiles, n_parameters] in the parameters' units."""
        found: Array = np.quantile(self.samples, quantiles, axis=0)
        return found

    def contraction(self) -> Array:
        """Return [n_parameters], by how much the targets narrowed what was known: 0 not at all, 1 to a point."""
        narrowed: Array = 1.0 - self.unit_samples.std(axis=0) * np.sqrt(12.0)
        return narrowed


def sample_posterior(likelihood: Likelihood, seed: int, n_steps: int = 2000, n_burn_in: int = 500) -> Posterior:
    """Sample the posterior with walkers that begin where a search of the whole ranges found agreement.

    Parameters
    ----------
    likelihood : of the targets
    seed : of everything that is drawn
    n_steps, n_burn_in : steps of each walker that are kept, and before them
    """
    import emcee
    from scipy.stats import qmc

    n_parameters = len(likelihood.emulator.ranges)
    n_walkers = max(24, 4 * n_parameters)
    rng = np.random.default_rng(seed)
    spread = qmc.Sobol(n_parameters, rng=rng).random(_N_START)
    weight = likelihood.log(spread)
    chances = np.exp(weight - weight.max())
    # A little of everything keeps the walkers apart where one point outweighs all others.
    chances = 0.9 * chances / chances.sum() + 0.1 / _N_START
    start = spread[rng.choice(_N_START, n_walkers, replace=False, p=chances)]
    sampler = emcee.EnsembleSampler(n_walkers, n_parameters, likelihood.log, vectorize=True)
    # emcee knows only numpy's older generator.
    generator = np.random.RandomState(seed)
    state = emcee.State(start, random_state=generator.get_state())
    state = sampler.run_mcmc(state, n_burn_in)
    sampler.reset()
    sampler.run_mcmc(state, n_steps)
    samples = np.asarray(sampler.get_chain(flat=True), dtype=np.float64)
    slowest = float(np.max(sampler.get_autocorr_time(tol=0, quiet=True)))
    return Posterior(
        tuple(likelihood.emulator.ranges), samples, likelihood.emulator.from_unit(samples),
        np.asarray(sampler.get_log_prob(flat=True)), float(np.mean(sampler.acceptance_fraction)),
        len(samples) / max(1.0, slowest),
    )  # fmt: skip
