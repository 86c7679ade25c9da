"""The name of a run: a hash of everything that decides its result, so that equal inputs are never run twice."""

from __future__ import annotations

import hashlib
from functools import cache

from sim.base.sources import code_hash
from sim.base.version import __version__
from sim.inputs.scenario.description import Scenario

__all__ = ["FORMAT_VERSION", "config_key", "model_version", "run_id"]

FORMAT_VERSION = 3
"""Version of the layout of a store; a store with a higher one was written by a newer Cultureshift."""

_DECIDES = "sim.engine.run"
"""The module that makes a run ready and runs it: it, and all that it imports, decide a result.

Faces, pictures, measures over a run and the store itself do not.
"""


@cache
def model_version() -> str:
    """Return the version of the model: that of Cultureshift, and a hash of the code that decides a result."""
    return f"{__version__}+{code_hash(_DECIDES)[:12]}"


def config_key(scenario: Scenario, seed: int, first: int = 0) -> str:
    """Return what the replicates of a scenario have in common: a hash of model version, resolved scenario and seed.

    The hashes of rules of one's own count; words of the scenario (name, title, story, notes) do not.

    Parameters
    ----------
    scenario, seed : what is run, and with which chance events
    first : replicate 0 of the runs has the chance events of this one
    """
    text = f"{model_version()} {scenario.digest()} {seed}" + (f" from {first}" if first else "")
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def run_id(config: str, replicate: int) -> str:
    """Return the name of one run.

    Examples
    --------
    >>> run_id("5f3a", 7)
    '5f3a-7'
    """
    return f"{config}-{replicate}"
