"""Parameter points: the ranges they are drawn from, how they lie in them, and the answers at all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import Fault, InputError, nearest_name
from sim.rulebook.rulebook import RULEBOOK, Rulebook

__all__ = ["PointAnswers", "Ranges", "check_counts", "plausible_ranges", "sobol_points"]

Ranges = dict[str, tuple[float, float]]


def plausible_ranges(names: Sequence[str] | None = None, where: str = "--fit", rulebook: Rulebook = RULEBOOK) -> Ranges:
    """Return the plausible range of parameters by name; of all whose range is more than a point if no names are given.

    Raises
    ------
    InputError : a name is unknown, or given twice; all faults are listed

    Examples
    --------
    >>> plausible_ranges(["critical_mass"])
    {'critical_mass': (0.1, 0.4)}
    """
    known = rulebook.parameters
    if names is None:
        return {name: it.plausible for name, it in known.items() if it.plausible[0] < it.plausible[1]}
    faults = [
        Fault(where, "the name of a parameter", f'"{name}"', nearest_name(name, known))
        for name in names
        if name not in known
    ]
    faults += [
        Fault(where, "each parameter once", f'"{name}" twice') for name in dict.fromkeys(names) if names.count(name) > 1
    ]
    if faults:
        raise InputError(faults)
    return {name: known[name].plausible for name in names}


def check_counts(**counts: tuple[int, int, int]) -> None:
    """Check counts that a user gave: name of the option -> (value, least, most).

    Raises
    ------
    InputError : a count is out of range; all faults are listed
    """
    faults = [
        Fault(f"--{name.replace('_', '-')}", f"a whole number from {least:,} to {most:,}", f"{value:,}")
        for name, (value, least, most) in counts.items()
        if not least <= value <= most
    ]
    if faults:
        raise InputError(faults)


def sobol_points(ranges: Mapping[str, tuple[float, float]], n_points: int, seed: int) -> NDArray[np.float64]:
    """Return [n_points, n_parameters], points spread evenly over the ranges (a scrambled Sobol sequence).

    Examples
    --------
    >>> sobol_points({"critical_mass": (0.1, 0.4)}, 5, seed=1).shape
    (5, 1)
    """
    from scipy.stats import qmc

    low, high = np.array(list(ranges.values())).T
    # The sequence is balanced in whole powers of two; its beginning is spread nearly as evenly.
    exponent = max(1, int(np.ceil(np.log2(n_points))))
    unit = qmc.Sobol(len(ranges), scramble=True, rng=np.random.default_rng(seed)).random_base2(exponent)
    points: NDArray[np.float64] = low + (high - low) * unit[:n_points]
    return points


@dataclass(frozen=True, eq=False)
class PointAnswers:
    """What the model answered at many parameter points.

    Parameters
    ----------
    names : [n_parameters], names of the parameters
    points : [n_points, n_parameters], in the parameters' units
    outputs : [n_outputs], names of what was asked for
    values : [n_points, n_replicates, n_outputs]; NaN where there is no answer
    failures : why a point could not be run, by its number
    """

    names: tuple[str, ...]
    points: NDArray[np.float64]
    outputs: tuple[str, ...]
    values: NDArray[np.float64]
    failures: dict[int, str]

    def output(self, name: str) -> NDArray[np.float64]:
        """Return one output, [n_points, n_replicates]."""
        return self.values[:, :, self.outputs.index(name)]
