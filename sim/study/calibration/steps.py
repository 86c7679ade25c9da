"""Steps of a calibration that take long and run no model: what they come to is kept beside the runs, and found again.

A step is named by a hash of all that decides it: its inputs, this code, and the libraries that compute. So whoever goes
on with a calibration computes nothing twice, and what has changed is never taken for what it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from sim.base.sources import code_hash
from sim.results.store import StoreWriter

__all__ = ["KeptSteps", "digest_of_numbers"]

Array = NDArray[np.float64]
Numbers = dict[str, Array]

_LIBRARIES = ("numpy", "scipy", "scikit-learn", "emcee")


def digest_of_numbers(*parts: Array | NDArray[np.int64] | int | float | str) -> str:
    """Return a hash of numbers and words, in their order."""
    digest = hashlib.sha256()
    for part in parts:
        values = np.ascontiguousarray(part) if isinstance(part, np.ndarray) else str(part)
        content = values.tobytes() if isinstance(values, np.ndarray) else values.encode()
        shape = getattr(values, "shape", "")
        digest.update(f"{shape} {len(content)} ".encode() + content)
    return digest.hexdigest()


@cache
def _computing() -> str:
    """Return what computes: the code of a calibration, and the versions of the libraries that it calls."""
    return " ".join([code_hash("sim.study.calibration"), *(f"{name} {version(name)}" for name in _LIBRARIES)])


class KeptSteps:
    """Computes steps, and keeps what they come to.

    Parameters
    ----------
    store : where it is kept; nowhere if left out
    tell : told what is being done; may raise to stop
    """

    def __init__(self, store: StoreWriter | None = None, tell: Callable[[str], None] = lambda _: None) -> None:
        self.store, self.tell = store, tell

    def take(self, doing: str, key: str, compute: Callable[[], Mapping[str, Array]]) -> Numbers:
        """Return what a step comes to: what is kept of it, or what it computes now.

        Parameters
        ----------
        doing : the step, in words
        key : a hash of its inputs
        compute : returns its numbers by name; to be the same each time
        """
        self.tell(doing)
        name = digest_of_numbers(key, _computing())
        kept = None if self.store is None else self.store.numbers(name)
        if kept is not None:
            return kept
        found = {one: np.asarray(values, dtype=np.float64) for one, values in compute().items()}
        if self.store is not None:
            self.store.keep_numbers(name, found)
            self.store.log("step", doing=doing)
        return found
