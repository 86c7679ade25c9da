"""Run a study: find out what is missing, have it run, and write down what comes, until nothing is missing.

The store decides what runs. Rounds of replicates end when every case is known well enough; whether one is, is judged on
complete rounds only, so that the result does not depend on who was faster. Ctrl-C lets what is under way come in.
"""

from __future__ import annotations

import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.errors import OutputError
from sim.organisation import Organisation
from sim.scenario import Scenario, build_organisation
from sim.store import CaseRow, Results, StoreWriter, config_key, model_version, summarise
from sim.store.columns import text_column
from sim.store.writer import CONFIGS_FILE
from sim.study.chunk import Chunk, DifferentModelError, Piece, failed_chunk, simulate_chunk, warm_up
from sim.study.engines import Engine, EngineError, Lost, choose_engine
from sim.study.study_file import Study, load_study

__all__ = ["Progress", "StudyEnd", "run_study"]

SECONDS_PER_CHUNK = 0.75
"""Aim for the length of a chunk: much longer than sending it takes (milliseconds), short to wait for at Ctrl-C."""

_SECONDS_PER_PERSON_WEEK = 55e-9
_BURN_IN_WEEKS = 104
_BYTES_PER_CHUNK = 6_000_000
_MOST_PER_CHUNK = 200
_LEAST_CHUNKS_PER_WORKER = 4
_FULL_FROM = 0.9
_MOST_DEATHS = 3


@dataclass(frozen=True)
class Progress:
    """How far a study is, for whoever watches.

    Parameters
    ----------
    n_done, n_failed, n_wanted : runs done and failed, here and before; runs needed as far as is known
    n_here : runs done since the study was started or resumed
    seconds : since then
    """

    n_done: int
    n_failed: int
    n_wanted: int
    n_here: int
    seconds: float

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
class StudyEnd:
    """How a study ended.

    Parameters
    ----------
    progress : how far it came
    is_complete : whether every run is done or failed
    reason : why it stopped before that; empty if it did not
    """

    progress: Progress
    is_complete: bool
    reason: str = ""


@dataclass
class _Plan:
    """What there is to run.

    Parameters
    ----------
    cases : every case
    n_replicates : replicates that each case needs, by its number
    """

    study: Study
    cases: list[CaseRow]
    n_replicates: list[int]
    organisations: dict[str, Organisation] = field(default_factory=dict)

    def needed(self) -> dict[str, tuple[int, int]]:
        """Return for each configuration the case that it first occurs in, and how many replicates it needs."""
        found: dict[str, tuple[int, int]] = {}
        for case, n in zip(self.cases, self.n_replicates, strict=True):
            for config in (case.config, case.reference):
                first, so_far = found.get(config, (case.case, 0))
                found[config] = (first, max(so_far, n))
        return found

    def scenario_of(self, config: str, case: int) -> Scenario:
        """Return the scenario of a configuration."""
        _, _, scenario, reference = self.study.case(case)
        return scenario if self.cases[case].config == config else reference

    def organisation_of(self, scenario: Scenario) -> Organisation | None:
        """Return the organisation if it comes from tables: a worker on another machine may not have them."""
        if scenario.tables is None:
            return None
        key = scenario.tables + scenario.organisation.model_dump_json()
        if key not in self.organisations:
            self.organisations[key] = build_organisation(scenario)
        return self.organisations[key]


def run_study(
    study: Study | str | Path,
    folder: str | Path,
    *,
    engine: Engine | None = None,
    workers: int | None = None,
    dask: str | None = None,
    processes: bool = False,
    retry_failed: bool = False,
    runs_per_chunk: int | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> StudyEnd:
    """Run a study, or what is missing of it.

    Parameters
    ----------
    study : a study, the name of a shipped one, or a file
    folder : where results go, and where an earlier start of the same study left them
    engine : where runs are done; the caller closes it. If left out, it is chosen from the next three.
    workers, dask, processes : as for :func:`sim.study.engines.choose_engine`
    retry_failed : run those again that failed before
    runs_per_chunk : replicates sent to a worker together; chosen from the size of the model if left out
    progress : called now and then, in the caller's thread

    Raises
    ------
    InputError : the study has faults, or the folder holds another one
    OutputError : the folder cannot be written

    Examples
    --------
    ``run_study("cost-of-turnover", "results")`` runs a shipped study, and ``Results("results").summary()`` reads it.
    """
    study = study if isinstance(study, Study) else load_study(study)
    folder = Path(folder)
    with StoreWriter.open(folder, study.keep) as store:
        plan = _describe(study, store)
        own = engine or choose_engine(workers, dask, processes)
        try:
            warm_up()
            return _Running(plan, store, own, retry_failed, runs_per_chunk, progress).run()
        finally:
            if engine is None:
                own.close()


def _describe(study: Study, store: StoreWriter) -> _Plan:
    """Write down what the study consists of, and return its plan."""
    rows: list[CaseRow] = []
    scenarios: dict[str, str] = {}
    for number in range(study.n_cases):
        name, point, scenario, reference = study.case(number)
        config, other = config_key(scenario, study.file.seed), config_key(reference, study.file.seed)
        scenarios.setdefault(config, scenario.model_dump_json())
        scenarios.setdefault(other, reference.model_dump_json())
        end = scenario.support_end_week or 0
        cost = float(scenario.cost_by_week(scenario.weeks).sum())
        values = tuple(study.points[point].tolist())
        rows.append(CaseRow(number, name, point, values, config, other, end, scenario.weeks, cost))
    store.write_cases(study.axis_names, rows)
    _write_configs(store, scenarios)
    store.describe({"model_version": model_version(), **study.file.model_dump(mode="json")})
    return _Plan(study, rows, [study.file.replicates] * len(rows))


def _write_configs(store: StoreWriter, scenarios: dict[str, str]) -> None:
    import pyarrow as pa

    names = sorted(scenarios)
    table = pa.table({"config": text_column(names), "scenario": text_column([scenarios[name] for name in names])})
    store.write_table(CONFIGS_FILE, table)


class _Running:
    """One start of a study, from what is missing to its end."""

    def __init__(
        self,
        plan: _Plan,
        store: StoreWriter,
        engine: Engine,
        retry_failed: bool,
        runs_per_chunk: int | None,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self.plan, self.store, self.engine = plan, store, engine
        self.retry_failed, self.runs_per_chunk, self.tell = retry_failed, runs_per_chunk, progress
        self.started = time.monotonic()
        self.n_here = 0
        self.is_stopped = False
        self.suspects: deque[Chunk] = deque()
        self.deaths: dict[tuple[str, int], int] = {}
        self._retried: set[str] = set()
        self.n_done = self.n_failed = self.n_wanted = 0

    def run(self) -> StudyEnd:
        """Run rounds until every case is known well enough, and bring the store into its canonical form."""
        self._count()
        self.store.log("started", engine=self.engine.name, workers=self.engine.n_workers, wanted=self.n_wanted)
        try:
            with _draining(self._stop):
                self._round()
                while self._another_round():
                    self._count()
                    self.store.log("round", wanted=self.n_wanted)
                    self._round()
        except (OutputError, EngineError, DifferentModelError) as error:
            self._log_if_possible("stopped", reason=str(error))
            return self._end(str(error))
        if self.is_stopped:
            self.store.log("stopped", reason="asked to stop", done=self.n_done)
            return self._end("asked to stop")
        try:
            self._finish()
        except OutputError as error:
            return self._end(str(error))
        return self._end("")

    def _stop(self) -> None:
        self.is_stopped = True

    def _log_if_possible(self, event: str, **facts: Any) -> None:
        """Log, unless the disk is too full even for that: the caller tells the user the reason anyway."""
        with suppress(OutputError):
            self.store.log(event, **facts)

    def _end(self, reason: str) -> StudyEnd:
        return StudyEnd(self._progress(), not reason, reason)

    def _progress(self) -> Progress:
        seconds = time.monotonic() - self.started
        return Progress(self.n_done, self.n_failed, self.n_wanted, self.n_here, seconds)

    def _count(self) -> None:
        """Count runs from the index."""
        needed = self.plan.needed()
        counts = [self.store.index.counts(config, n) for config, (_, n) in needed.items()]
        self.n_wanted = sum(n for _, n in needed.values())
        self.n_done, self.n_failed = sum(done for done, _ in counts), sum(failed for _, failed in counts)

    # --- one round ----------------------------------------------------------------------------------------------------

    def _round(self) -> None:
        """Run everything that is missing; a chunk whose worker died runs again alone, so that the culprit is found."""
        for chunk, result in self.engine.map(simulate_chunk, self._chunks()):
            self._take_up(chunk, result)
        while self.suspects and not self.is_stopped:
            for chunk, result in self.engine.map(simulate_chunk, [self.suspects.popleft()]):
                self._take_up(chunk, result, is_alone=True)

    def _take_up(self, chunk: Chunk, result: Any, is_alone: bool = False) -> None:
        if isinstance(result, Lost):
            if not is_alone:
                self.suspects.append(chunk)
                return
            run, *others = chunk.runs()
            self.deaths[run] = self.deaths.get(run, 0) + 1
            if others or self.deaths[run] < _MOST_DEATHS:
                self.suspects.extendleft(reversed(chunk.halves()))
                return
            result = failed_chunk(chunk, result.reason)
        was_failed = sum(run in self.store.index.failures for run in chunk.runs())
        n_done, n_failed = self.store.add_part(result)
        self.n_done += n_done
        self.n_failed += n_failed - was_failed
        self.n_here += n_done + n_failed
        if self.tell is not None:
            self.tell(self._progress())

    def _chunks(self) -> Iterator[Chunk]:
        """Yield what is missing, case by case; nothing more once the study is asked to stop."""
        pieces: list[Piece] = []
        filled = 0.0
        for config, scenario, missing in self._missing():
            organisation = self.plan.organisation_of(scenario)
            size = self.runs_per_chunk or self._chunk_size(scenario, organisation)
            while missing and not self.is_stopped:
                n_here = max(1, round(size * (1.0 - filled)))
                pieces.append(Piece(config, scenario, organisation, tuple(missing[:n_here])))
                missing = missing[n_here:]
                filled += len(pieces[-1].replicates) / size
                if filled > _FULL_FROM:
                    yield self._chunk(pieces)
                    pieces, filled = [], 0.0
        if pieces and not self.is_stopped:
            yield self._chunk(pieces)

    def _missing(self) -> Iterator[tuple[str, Scenario, list[int]]]:
        """Yield each configuration with the replicates that have still to be run."""
        for config, (case, n) in self.plan.needed().items():
            retry = self.retry_failed and config not in self._retried
            self._retried.add(config)
            missing = self.store.index.pending(config, range(n), retry)
            if missing:
                yield config, self.plan.scenario_of(config, case), missing

    def _chunk(self, pieces: Sequence[Piece]) -> Chunk:
        study = self.plan.study
        return Chunk(tuple(pieces), study.file.seed, study.keep, model_version())

    def _chunk_size(self, scenario: Scenario, organisation: Organisation | None) -> int:
        """Return how many runs of a scenario make a chunk."""
        shape, keep = scenario.organisation, self.plan.study.keep
        n_staff = organisation.n_staff if organisation else shape.services * shape.teams * shape.team_size
        seconds = n_staff * (scenario.weeks + _BURN_IN_WEEKS) * _SECONDS_PER_PERSON_WEEK
        n_bytes = 8 * scenario.weeks + 4 * len(keep.measures) * (scenario.weeks // keep.every_weeks + 1)
        share = self.n_wanted // (_LEAST_CHUNKS_PER_WORKER * self.engine.n_workers)
        return max(1, min(_MOST_PER_CHUNK, int(SECONDS_PER_CHUNK / seconds), _BYTES_PER_CHUNK // n_bytes, share))

    # --- rounds -------------------------------------------------------------------------------------------------------

    def _another_round(self) -> bool:
        """Give more replicates to the cases that are not yet known well enough; tell whether there are any."""
        stop = self.plan.study.file.stop
        if stop is None or self.is_stopped:
            return False
        results = Results(self.store.folder)
        open_cases = [case for case in self.plan.cases if self.plan.n_replicates[case.case] < stop.at_most]
        is_any = False
        for case, found in results.outcomes_by_case(open_cases, self.store.index):
            n = self.plan.n_replicates[case.case]
            first = {name: values[found["replicate"] < n] for name, values in found.items()}
            interval = summarise(first)[stop.outcome]
            if not interval.high - interval.low < stop.narrower_than:
                self.plan.n_replicates[case.case] = min(n + self.plan.study.file.replicates, stop.at_most)
                is_any = True
        return is_any

    def _finish(self) -> None:
        """Bring the parts into canonical form, and write outcomes and summary."""
        results = Results(self.store.folder)
        found = results.outcomes_by_case(self.plan.cases, self.store.index)
        self.store.write_outcomes(self.plan.study.axis_names, found)
        self.store.compact(threads=self.engine.n_workers)
        self.store.log("finished", wanted=self.n_wanted, done=self.n_done, failed=self.n_failed)


@contextmanager
def _draining(stop: Callable[[], None]) -> Iterator[None]:
    """Let the first Ctrl-C (or a polite end by the system) ask for a stop; the second one ends at once.

    Outside the main thread signals cannot be taken, and are left as they are.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked = False

    def handle(number: int, _: Any) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        stop()

    kinds = (signal.SIGINT, signal.SIGTERM)
    before = {kind: signal.signal(kind, handle) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
