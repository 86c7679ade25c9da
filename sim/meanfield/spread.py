"""The share that feels safe in the mean field: mean safety, and how far people differ about it.

People differ because they expect different things of a workplace. Where what one expects pulls at the rate b and
colleagues at the rate c, somebody's safety rests a share b / (b + c) of the way from the colleagues' to their own
expectation; so the spread of safety is that share of the spread of expectations.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from sim.engine.recorder import AGREES_ABOVE
from sim.engine.settling import own_share
from sim.rulebook.parameters import Parameters

__all__ = ["safe_share", "spread_of_safety"]


def spread_of_safety(parameters: Parameters) -> float:
    """Return the standard deviation of safety between people.

    Examples
    --------
    >>> round(spread_of_safety(Parameters()), 2)
    0.16
    """
    return float(own_share(parameters)) * _sd_of_clipped(parameters.safety_trait, parameters.safety_trait_sd)


def _sd_of_clipped(mean: float, sd: float) -> float:
    """Return the standard deviation of a normal number that is kept within [0, 1]."""
    if sd == 0.0:
        return 0.0
    low, high = -mean / sd, (1.0 - mean) / sd
    density = [math.exp(-0.5 * end * end) / math.sqrt(2.0 * math.pi) for end in (low, high)]
    inside, above = float(ndtr(high) - ndtr(low)), float(ndtr(-high))
    first = mean * inside + sd * (density[0] - density[1]) + above
    second = (mean**2 + sd**2) * inside + sd * (mean * density[0] - (mean + 1.0) * density[1]) + above
    return math.sqrt(max(0.0, second - first**2))


def safe_share(safety: NDArray[np.float64], parameters: Parameters) -> NDArray[np.float64]:
    """Return the share of staff who feel safe where mean safety is ``safety``, of any shape.

    People are taken as normally distributed about the mean, all services and teams alike.

    Examples
    --------
    >>> safe_share(np.array([0.625, 0.75]), Parameters()).round(2).tolist()
    [0.5, 0.78]
    """
    spread = spread_of_safety(parameters)
    if spread == 0.0:
        return np.where(safety > AGREES_ABOVE, 1.0, 0.0)
    share: NDArray[np.float64] = ndtr((safety - AGREES_ABOVE) / spread)
    return share
