"""An engine at work for a store: what is missing of some runs is run, and written down as it comes.

Missing replicates are gathered into chunks of about one length. A chunk whose worker died runs again by itself, in
halves, so that the run that kills its worker is found out. A stop lets what is under way come in.
"""

from __future__ import annotations

import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sim.base.errors import CultureshiftError, OutputError
from sim.engine.plan import BURN_IN_WEEKS
from sim.inputs.organisation import Organisation
from sim.inputs.scenario.description import Scenario, build_organisation
from sim.results.store import Config, Keep, StoreWriter, model_version
from sim.study.chunk import Batch, Chunk, DifferentModelError, failed_chunk, simulate_chunk, warm_up
from sim.study.engines import EngineError, Lost, WorkEngine, choose_engine

__all__ = ["ASKED_TO_STOP", "Progress", "RunOptions", "StoreRunner", "WantedRuns", "WorkStopped", "open_store_runner"]

ASKED_TO_STOP = "asked to stop"
"""The reason of a stop that somebody wanted, by Ctrl-C or by a polite end by the system."""

SECONDS_PER_CHUNK = 0.75
"""Aim for the length of a chunk: much longer than sending it takes (milliseconds), short to wait for at Ctrl-C."""

_SECONDS_PER_PERSON_WEEK = 55e-9
_BYTES_PER_CHUNK = 6_000_000
_MOST_PER_CHUNK = 200
_LEAST_CHUNKS_PER_WORKER = 4
_FULL_FROM = 0.9
_MOST_DEATHS = 3
_SECONDS_BETWEEN_LOOKS = 0.3


@dataclass(frozen=True)
class Progress:
    """How far long work is, for whoever watches.

    Parameters
    ----------
    n_done, n_failed, n_wanted : runs done and failed, here and before; runs needed as far as is known
    n_here : runs done since it was started or resumed
    seconds : since then
    doing : what is being done, in words; empty if it is runs and nothing else
    """

    n_done: int
    n_failed: int
    n_wanted: int
    n_here: int
    seconds: float
    doing: str = ""

    @property
    def rate(self) -> float:
        """Runs a second."""
        return self.n_here / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Time left at this rate; None as long as nothing is known."""
        n_left = self.n_wanted - self.n_done - self.n_failed
        return n_left / self.rate if self.rate > 0 else None


@dataclass(frozen=True)
class WantedRuns:
    """Replicates of a scenario that are wanted.

    Parameters
    ----------
    config : key of the runs
    n_replicates : the first so many
    seed : of the chance events
    scenario : gives what is run; asked only if something is missing
    first : replicate 0 has the chance events of this one
    """

    config: str
    n_replicates: int
    seed: int
    scenario: Callable[[], Scenario]
    first: int = 0

    def resolved(self) -> Config:
        """Return what the runs are of, as the store writes it down."""
        return Config(self.scenario().model_dump_json(), self.seed, self.first)


class WorkStopped(CultureshiftError):  # noqa: N818 - not an error if the caller asked for it
    """Long work stopped before its end; what it has done is in its store, and the same call goes on.

    Parameters
    ----------
    reason : why
    progress : how far it came
    """

    def __init__(self, reason: str, progress: Progress) -> None:
        self.reason, self.progress = reason, progress
        super().__init__(reason)


@dataclass(frozen=True)
class RunOptions:
    """Where many points are run, and where their runs are kept.

    Parameters
    ----------
    folder : where runs are kept, and where an earlier start of the same work left them; nowhere if left out
    engine : where runs are done; the caller closes it. If left out, it is chosen from the next three.
    workers, dask, processes : as for :func:`sim.study.engines.choose_engine`
    retry_failed : run those again that failed before
    runs_per_chunk : replicates sent to a worker together; chosen from the size of the model if left out
    replacing : let the work take the place of another one in the folder; runs that both need are kept
    progress : called now and then, in the caller's thread
    """

    folder: str | Path | None = None
    engine: WorkEngine | None = None
    workers: int | None = None
    dask: str | None = None
    processes: bool = False
    retry_failed: bool = False
    runs_per_chunk: int | None = None
    replacing: bool = False
    progress: Callable[[Progress], None] | None = None


@contextmanager
def open_store_runner(options: RunOptions, keep: Keep) -> Iterator[StoreRunner]:
    """Give a store runner, with its store and its engine, for as long as the block lasts.

    Inside it the first Ctrl-C asks for a stop, which :meth:`StoreRunner.do` and :meth:`StoreRunner.say` answer.

    Raises
    ------
    WorkStopped : it was asked to stop, the disk is full, or the workers cannot be reached
    InputError : the folder holds runs of which other things were kept, or the options do not go together
    OutputError : the folder cannot be written
    """
    with ExitStack() as held:
        folder = options.folder if options.folder is not None else held.enter_context(TemporaryDirectory())
        store = held.enter_context(StoreWriter.open(Path(folder), keep, options.replacing))
        engine = options.engine or held.enter_context(choose_engine(options.workers, options.dask, options.processes))
        warm_up()
        store_runner = StoreRunner(store, engine, options.retry_failed, options.runs_per_chunk, options.progress)
        try:
            with store_runner.stopped_by_signals():
                yield store_runner
        except (OutputError, EngineError, DifferentModelError) as error:
            # The disk may be too full even for a line in the log: the caller tells the user the reason anyway.
            with suppress(OutputError):
                store.log("stopped", reason=str(error))
            raise WorkStopped(str(error), store_runner.progress()) from error


class StoreRunner:
    """An engine at work for a store.

    Parameters
    ----------
    store : where runs are kept
    engine : where they are done
    retry_failed : run those again that failed before
    runs_per_chunk : replicates sent to a worker together; chosen from the size of the model if left out
    tell : called when runs have come in
    """

    def __init__(
        self,
        store: StoreWriter,
        engine: WorkEngine,
        retry_failed: bool = False,
        runs_per_chunk: int | None = None,
        tell: Callable[[Progress], None] | None = None,
    ) -> None:
        self.store, self.engine, self.tell = store, engine, tell
        self.retry_failed, self.runs_per_chunk = retry_failed, runs_per_chunk
        self._is_stopped = False
        self._looked = time.monotonic()
        self.doing = ""
        self.n_done = self.n_failed = self.n_wanted = self.n_here = 0
        self._started = time.monotonic()
        self._suspects: deque[Chunk] = deque()
        self._deaths: dict[tuple[str, int], int] = {}
        self._retried: set[str] = set()
        self._organisations: dict[str, Organisation] = {}

    def progress(self) -> Progress:
        """Return how far the work is."""
        seconds = time.monotonic() - self._started
        return Progress(self.n_done, self.n_failed, self.n_wanted, self.n_here, seconds, self.doing)

    def counts(self, wanted: Sequence[WantedRuns]) -> tuple[int, int]:
        """Return how many of some runs are done, and how many have failed."""
        counts = [self.store.index.counts(one.config, one.n_replicates) for one in wanted]
        return sum(done for done, _ in counts), sum(failed for _, failed in counts)

    def stop(self) -> None:
        """Let what is under way come in, and begin nothing more."""
        self._is_stopped = True

    @property
    def is_stopped(self) -> bool:
        """Whether somebody wants it to stop: here, or from elsewhere through the store."""
        if not self._is_stopped and time.monotonic() - self._looked > _SECONDS_BETWEEN_LOOKS:
            self._looked = time.monotonic()
            self._is_stopped = self.store.is_asked_to_stop
        return self._is_stopped

    @contextmanager
    def stopped_by_signals(self) -> Iterator[None]:
        """Let the first Ctrl-C (or a polite end by the system) ask for a stop; the second one ends at once.

        Outside the main thread signals cannot be taken, and are left as they are.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def handle(number: int, _: Any) -> None:
            if self._is_stopped:
                raise KeyboardInterrupt
            self.stop()

        kinds = (signal.SIGINT, signal.SIGTERM)
        before = {kind: signal.signal(kind, handle) for kind in kinds}
        try:
            yield
        finally:
            for kind, handler in before.items():
                signal.signal(kind, handler)

    def say(self, doing: str) -> None:
        """Tell whoever watches what is being done, and stop here if that was asked for.

        Raises
        ------
        WorkStopped : it was asked to stop
        """
        self.doing = doing
        if self.tell is not None:
            self.tell(self.progress())
        if self.is_stopped:
            self.store.log("stopped", reason=ASKED_TO_STOP, done=self.n_done)
            raise WorkStopped(ASKED_TO_STOP, self.progress())

    def do(self, wanted: Sequence[WantedRuns], news: Sequence[WantedRuns]) -> None:
        """Run what is missing of some runs, all of it, or stop.

        Parameters
        ----------
        wanted : what is to be there in the end
        news : those of them that were not counted before

        Raises
        ------
        WorkStopped : it was asked to stop
        """
        n_done, n_failed = self.counts(news)
        self.n_done, self.n_failed = self.n_done + n_done, self.n_failed + n_failed
        self.run(wanted)
        self.say(self.doing)

    def run(self, wanted: Sequence[WantedRuns]) -> None:
        """Run what is missing, or less if asked to stop.

        Raises
        ------
        OutputError : the disk is full or cannot be written; nothing is lost but the runs under way
        EngineError : the workers cannot be reached
        DifferentModelError : a worker has another version of the model
        """
        for chunk, result in self.engine.map(simulate_chunk, self._chunks(wanted)):
            self._take_up(chunk, result)
        while self._suspects and not self.is_stopped:
            for chunk, result in self.engine.map(simulate_chunk, [self._suspects.popleft()]):
                self._take_up(chunk, result, is_alone=True)

    def _take_up(self, chunk: Chunk, result: Any, is_alone: bool = False) -> None:
        if isinstance(result, Lost):
            if not is_alone:
                self._suspects.append(chunk)
                return
            run, *others = chunk.runs()
            self._deaths[run] = self._deaths.get(run, 0) + 1
            if others or self._deaths[run] < _MOST_DEATHS:
                self._suspects.extendleft(reversed(chunk.halves()))
                return
            result = failed_chunk(chunk, result.reason)
        was_failed = sum(run in self.store.index.failures for run in chunk.runs())
        n_done, n_failed = self.store.add_part(result)
        self.n_done += n_done
        self.n_failed += n_failed - was_failed
        self.n_here += n_done + n_failed
        if self.tell is not None:
            self.tell(self.progress())

    # --- chunks -------------------------------------------------------------------------------------------------------

    def _chunks(self, wanted: Sequence[WantedRuns]) -> Iterator[Chunk]:
        """Yield what is missing, one configuration after the other; nothing more once asked to stop."""
        n_done, n_failed = self.counts(wanted)
        n_missing = sum(one.n_replicates for one in wanted) - n_done - n_failed
        batches: list[Batch] = []
        filled = 0.0
        for one in wanted:
            replicates = self._missing(one)
            if not replicates or self.is_stopped:
                continue
            scenario = one.scenario()
            organisation = self._organisation_of(scenario)
            size = self.runs_per_chunk or self._chunk_size(scenario, organisation, n_missing)
            while replicates and not self.is_stopped:
                n_here = max(1, round(size * (1.0 - filled)))
                batches.append(
                    Batch(one.config, scenario, organisation, one.seed, tuple(replicates[:n_here]), one.first)
                )
                replicates = replicates[n_here:]
                filled += len(batches[-1].replicates) / size
                if filled > _FULL_FROM:
                    yield Chunk(tuple(batches), self.store.keep, model_version())
                    batches, filled = [], 0.0
        if batches and not self.is_stopped:
            yield Chunk(tuple(batches), self.store.keep, model_version())

    def _missing(self, one: WantedRuns) -> list[int]:
        retry = self.retry_failed and one.config not in self._retried
        self._retried.add(one.config)
        return self.store.index.pending(one.config, range(one.n_replicates), retry)

    def _organisation_of(self, scenario: Scenario) -> Organisation | None:
        """Return the organisation if it comes from tables: a worker on another machine may not have them."""
        if scenario.tables is None:
            return None
        key = scenario.tables + scenario.organisation.model_dump_json()
        if key not in self._organisations:
            self._organisations[key] = build_organisation(scenario)
        return self._organisations[key]

    def _chunk_size(self, scenario: Scenario, organisation: Organisation | None, n_missing: int) -> int:
        """Return how many runs of a scenario make a chunk."""
        shape, keep = scenario.organisation, self.store.keep
        n_staff = organisation.n_staff if organisation else shape.services * shape.teams * shape.team_size
        seconds = n_staff * (scenario.weeks + BURN_IN_WEEKS) * _SECONDS_PER_PERSON_WEEK
        n_bytes = 8 * scenario.weeks + 4 * len(keep.measures) * (scenario.weeks // keep.every_weeks + 1)
        share = n_missing // (_LEAST_CHUNKS_PER_WORKER * self.engine.n_workers)
        return max(1, min(_MOST_PER_CHUNK, int(SECONDS_PER_CHUNK / seconds), _BYTES_PER_CHUNK // n_bytes, share))
