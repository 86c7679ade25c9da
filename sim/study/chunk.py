"""What a worker does: run a chunk of replicates, and hand them back as the bytes of a part.

Nothing here knows where it runs. A run that fails is a row with its reason; the others of the chunk go on. Of each run
only what is kept stays in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from threading import Lock

import numpy as np

from sim.base.errors import CultureshiftError
from sim.engine.plan import build_plan
from sim.engine.recorder import MEASURE_NAMES
from sim.engine.run import PreparedRun, prepare
from sim.inputs.organisation import Organisation
from sim.inputs.scenario.description import Scenario, parameters_of_services
from sim.results.store import Keep, RunRow, encode_part, model_version

__all__ = ["Batch", "Chunk", "DifferentModelError", "failed_chunk", "run_chunk", "simulate_chunk", "warm_up"]

_SAFE = MEASURE_NAMES.index("safe_share")

_PLACES: dict[str, PreparedRun] = {}
"""What was made ready last, by all that is asked of it but parameters: each process remembers a few."""

_REMEMBERING = Lock()
_MOST_PLACES = 16
_MOST_REMEMBERED_STAFF = 5_000


class DifferentModelError(CultureshiftError):
    """A worker has another version of the model than the process that sent it work."""


@dataclass(frozen=True)
class Batch:
    """Some replicates of one scenario.

    Parameters
    ----------
    config : key of the runs
    scenario : what is run
    organisation : who works where, if it comes from tables that a worker may not have
    seed, replicates : which chance events
    first : replicate 0 has the chance events of this one
    """

    config: str
    scenario: Scenario
    organisation: Organisation | None
    seed: int
    replicates: tuple[int, ...]
    first: int = 0


@dataclass(frozen=True)
class Chunk:
    """What is sent to a worker together.

    Parameters
    ----------
    batches : what is run
    keep : which weekly series come back
    version : version of the model that the runs are keyed by
    """

    batches: tuple[Batch, ...]
    keep: Keep
    version: str

    def runs(self) -> list[tuple[str, int]]:
        """Return the key and the replicate of every run."""
        return [(batch.config, number) for batch in self.batches for number in batch.replicates]

    def halves(self) -> Sequence[Chunk]:
        """Return the chunk in two parts, or itself if it is one run."""
        singles = [replace(batch, replicates=(number,)) for batch in self.batches for number in batch.replicates]
        middle = len(singles) // 2
        if not middle:
            return [self]
        return [replace(self, batches=tuple(_joined(part))) for part in (singles[:middle], singles[middle:])]


def _joined(singles: Sequence[Batch]) -> Iterator[Batch]:
    for _, same in groupby(singles, key=lambda batch: batch.config):
        batches = list(same)
        yield replace(batches[0], replicates=tuple(number for batch in batches for number in batch.replicates))


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
    return encode_part(run_chunk(chunk), chunk.keep)


def run_chunk(chunk: Chunk) -> list[RunRow]:
    """Run a chunk, and return what is kept of each run."""
    return [row for batch in chunk.batches for row in _simulate(batch, chunk.keep)]


def _simulate(batch: Batch, keep: Keep) -> list[RunRow]:
    try:
        prepared = _prepared(batch)
    except Exception as error:  # whatever it is, it is the reason in these rows, and the study goes on
        return [RunRow.failed(batch.config, number, _reason(error)) for number in batch.replicates]
    return [_run(prepared, batch, number, keep) for number in batch.replicates]


def _prepared(batch: Batch) -> PreparedRun:
    """Return what the replicates of a batch have in common.

    Organisation and ties are those of another batch where nothing but parameters differs, since these change neither;
    the burn-in is as long, unless it takes looking at to see when agents have settled. What is run with other rules of
    one's own has another engine.
    """
    rules = " ".join([batch.scenario.rulebook.key, *(own.sha256 for own in batch.scenario.own_rules)])
    key = f"{rules} {batch.scenario.model_dump_json(exclude={'name', 'title', 'story', 'parameters'})}"
    known = _PLACES.get(key)
    if known is None or (batch.organisation is not None and known.organisation is not batch.organisation):
        made = prepare(batch.scenario, batch.organisation)
        # Tables that are read here may be others the next time; and where a rule has no counterpart in the mean field,
        # the burn-in lasts as long as the parameters have it.
        if (
            made.organisation.n_staff <= _MOST_REMEMBERED_STAFF
            and (batch.organisation or batch.scenario.tables is None)
            and not made.engine.rulebook.without_mean_field
        ):
            _remember(key, made)
        return made
    parameters = parameters_of_services(batch.scenario, known.organisation)
    plan, _ = build_plan(
        known.organisation, parameters, batch.scenario.timeline, batch.scenario.weeks, -known.plan.first_week,
        known.engine.rulebook,
    )  # fmt: skip
    return replace(known, scenario=batch.scenario, plan=plan)


def _remember(key: str, made: PreparedRun) -> None:
    with _REMEMBERING:
        _PLACES.pop(key, None)
        while len(_PLACES) >= _MOST_PLACES:
            del _PLACES[next(iter(_PLACES))]
        _PLACES[key] = made


def _run(prepared: PreparedRun, batch: Batch, replicate: int, keep: Keep) -> RunRow:
    try:
        weekly = prepared.simulate(batch.seed, batch.first + replicate)[:, 0]
    except Exception as error:  # as above
        return RunRow.failed(batch.config, replicate, _reason(error))
    if not np.isfinite(weekly[:, _SAFE]).all():
        week = int(np.argmin(np.isfinite(weekly[:, _SAFE])))
        return RunRow.failed(batch.config, replicate, f"the share that feels safe is not a number from week {week}")
    return RunRow.done(batch.config, replicate, weekly, keep, prepared.engine.measure_names)


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def failed_chunk(chunk: Chunk, reason: str) -> bytes:
    """Return a part that says why none of a chunk's runs could be done."""
    return encode_part([RunRow.failed(*run, reason) for run in chunk.runs()], chunk.keep)


def warm_up() -> None:
    """Compile the kernel, or load it, before several workers would do so at once."""
    prepare(Scenario(title="Warm-up", weeks=1), burn_in_weeks=1).simulate(seed=1)
