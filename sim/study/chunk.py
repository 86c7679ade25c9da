"""What a worker does: run a chunk of replicates of one scenario, and hand them back as the bytes of a part.

Nothing here knows where it runs. A run that fails is a row with its reason; the others of the chunk go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.errors import CultureshiftError
from sim.organisation import Organisation
from sim.run import PreparedRun, prepare
from sim.scenario import Scenario
from sim.store import Keep, RunRow, encode_part, model_version
from sim.weekly import MEASURE_NAMES

__all__ = ["Chunk", "DifferentModelError", "failed_chunk", "simulate_chunk", "warm_up"]

_SAFE = MEASURE_NAMES.index("safe_share")


class DifferentModelError(CultureshiftError):
    """A worker has another version of the model than the process that sent it work."""


@dataclass(frozen=True)
class Chunk:
    """Some replicates of one scenario.

    Parameters
    ----------
    config : key of the runs
    scenario : what is run
    organisation : who works where, if it comes from tables that a worker may not have
    seed, replicates : which chance events
    keep : which weekly series come back
    version : version of the model that the runs are keyed by
    """

    config: str
    scenario: Scenario
    organisation: Organisation | None
    seed: int
    replicates: tuple[int, ...]
    keep: Keep
    version: str

    def halves(self) -> Sequence[Chunk]:
        """Return the chunk in two parts, or itself if it is one run."""
        middle = len(self.replicates) // 2
        if not middle:
            return [self]
        return [replace(self, replicates=part) for part in (self.replicates[:middle], self.replicates[middle:])]


def simulate_chunk(chunk: Chunk) -> bytes:
    """Run a chunk and return a part.

    Raises
    ------
    DifferentModelError : this process has another version of the model
    """
    if chunk.version != model_version():
        raise DifferentModelError(
            f"a worker runs model {model_version()}, this process {chunk.version}; install the same Cultureshift on all"
        )
    try:
        prepared = prepare(chunk.scenario, chunk.organisation)
    except Exception as error:  # whatever it is, it is the reason in these rows, and the study goes on
        return failed_chunk(chunk, _reason(error))
    return encode_part([_run(prepared, chunk, replicate) for replicate in chunk.replicates], chunk.keep)


def _run(prepared: PreparedRun, chunk: Chunk, replicate: int) -> RunRow:
    try:
        weekly = prepared.simulate(chunk.seed, replicate)[:, 0]
    except Exception as error:  # as above
        return RunRow(chunk.config, replicate, None, _reason(error))
    if not np.isfinite(weekly[:, _SAFE]).all():
        week = int(np.argmin(np.isfinite(weekly[:, _SAFE])))
        return RunRow(chunk.config, replicate, None, f"the share that feels safe is not a number from week {week}")
    return RunRow(chunk.config, replicate, weekly)


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def failed_chunk(chunk: Chunk, reason: str) -> bytes:
    """Return a part that says why none of a chunk's runs could be done."""
    return encode_part([RunRow(chunk.config, replicate, None, reason) for replicate in chunk.replicates], chunk.keep)


def warm_up() -> None:
    """Compile the kernel, or load it, before several workers would do so at once."""
    prepare(Scenario(title="Warm-up", weeks=1), burn_in_weeks=1).simulate(seed=1)
