"""The posterior: which parameter values are consistent with the targets, given what may be true beforehand.

Before, every value in a parameter's plausible range is as likely as any other. A prediction misses an estimate by its
error, by what the emulator does not know, and, where one organisation was measured, by the chance that one organisation
has, which goes together between its targets. A bound counts by the chance that it is kept. Sampled by emcee
(Foreman-Mackey et al. 2013; Goodman and Weare 2010).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.results.measures import QUANTILES
from sim.study.calibration.emulator import Emulator
from sim.study.calibration.steps import KeptSteps, digest_of_numbers
from sim.study.calibration.targets import CalibrationTarget

__all__ = ["Likelihood", "Posterior", "make_likelihood", "sample_posterior"]

Array = NDArray[np.float64]

_N_START = 4096
_STEPS_AT_ONCE = 50
"""Steps of all walkers that are kept together: as many as it is no pity to take again."""


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

    def digest(self) -> str:
        """Return a hash of all that decides how likely any point is."""
        it = self.emulator
        return digest_of_numbers(
            it.unit_points, it.lengths, it.amplitudes, it.weights, it.centres, it.scales, self.estimates, self.bounds,
            self.values, self.whitening, self.signs, self.bound_sds,
        )  # fmt: skip

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
    emulator: Emulator, targets: Sequence[CalibrationTarget], chance: Array | None = None, values: Array | None = None
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


def sample_posterior(
    likelihood: Likelihood,
    seed: int,
    n_steps: int = 2000,
    n_burn_in: int = 500,
    kept: KeptSteps = KeptSteps(),  # noqa: B008 - without a store it holds nothing
) -> Posterior:
    """Sample the posterior with walkers that begin where a search of the whole ranges found agreement.

    Parameters
    ----------
    likelihood : of the targets
    seed : of everything that is drawn
    n_steps, n_burn_in : steps of each walker that are kept, and before them
    kept : keeps stretches of the walk, so that a sampling that was stopped goes on where it was
    """
    import emcee

    state, key = _start(likelihood, seed), digest_of_numbers(likelihood.digest(), seed)
    chain: list[Array] = []
    log_likelihood: list[Array] = []
    n_moves = 0.0
    for first, length in _stretches(n_burn_in, n_steps):
        doing = f"Sampling the posterior: {first:,} of {n_burn_in + n_steps:,} steps"
        walked = kept.take(doing, digest_of_numbers(key, first, length), partial(_walk, likelihood, state, length))
        state = _state_in(walked)
        if first >= n_burn_in:
            chain.append(walked["chain"])
            log_likelihood.append(walked["log_likelihood"])
            n_moves += float(walked["accepted"].sum())
    steps = np.concatenate(chain)
    samples = steps.reshape(-1, steps.shape[2])
    slowest = float(np.max(emcee.autocorr.integrated_time(steps, tol=0, quiet=True)))
    return Posterior(
        tuple(likelihood.emulator.ranges), samples, likelihood.emulator.from_unit(samples),
        np.concatenate(log_likelihood).reshape(-1), n_moves / len(samples), len(samples) / max(1.0, slowest),
    )  # fmt: skip


def _start(likelihood: Likelihood, seed: int) -> Any:
    """Return where the walkers begin."""
    import emcee
    from scipy.stats import qmc

    n_parameters = len(likelihood.emulator.ranges)
    rng = np.random.default_rng(seed)
    spread = qmc.Sobol(n_parameters, rng=rng).random(_N_START)
    weight = likelihood.log(spread)
    chances = np.exp(weight - weight.max())
    # A little of everything keeps the walkers apart where one point outweighs all others.
    chances = 0.9 * chances / chances.sum() + 0.1 / _N_START
    start = spread[rng.choice(_N_START, max(24, 4 * n_parameters), replace=False, p=chances)]
    # emcee knows only numpy's older generator.
    return emcee.State(start, random_state=np.random.RandomState(seed).get_state())


def _stretches(n_burn_in: int, n_steps: int) -> Iterator[tuple[int, int]]:
    """Yield the first step and the length of each stretch that is kept; none reaches over the end of the burn-in."""
    for begin, end in ((0, n_burn_in), (n_burn_in, n_burn_in + n_steps)):
        for first in range(begin, end, _STEPS_AT_ONCE):
            yield first, min(_STEPS_AT_ONCE, end - first)


def _walk(likelihood: Likelihood, state: Any, n_steps: int) -> dict[str, Array]:
    """Let the walkers take some steps; return these, and where and how they would go on."""
    import emcee

    sampler = emcee.EnsembleSampler(*state.coords.shape, likelihood.log, vectorize=True)
    state = sampler.run_mcmc(state, n_steps, skip_initial_state_check=state.log_prob is not None)
    _, keys, *others = state.random_state
    return {
        "chain": sampler.get_chain(), "log_likelihood": sampler.get_log_prob(), "accepted": sampler.backend.accepted,
        "coords": state.coords, "log_prob": state.log_prob, "keys": keys, "others": np.array(others, dtype=np.float64),
    }  # fmt: skip


def _state_in(walked: Mapping[str, Array]) -> Any:
    """Return where walkers go on, as :func:`_walk` left it."""
    import emcee

    position, has_gauss, gauss = walked["others"].tolist()
    generator = ("MT19937", walked["keys"].astype(np.uint32), int(position), int(has_gauss), gauss)
    return emcee.State(walked["coords"], log_prob=walked["log_prob"], random_state=generator)
