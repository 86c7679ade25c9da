"""Run a study: have what is missing run and written down, until nothing is missing.

The store decides what runs. Rounds of replicates end when every case is known well enough; whether one is, is judged on
complete rounds only, so that the result does not depend on who was faster.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from sim.base.errors import InputError, OutputError
from sim.inputs.scenario.description import Scenario
from sim.results.outcomes import OUTCOMES
from sim.results.store import (
    CASES_FILE,
    CaseRow,
    Config,
    DamagedStoreError,
    Keep,
    Results,
    StoreWriter,
    config_key,
    model_version,
)  # fmt: skip
from sim.study.chunk import DifferentModelError, warm_up
from sim.study.engines import EngineError, WorkEngine, choose_engine
from sim.study.store_runner import Progress, RunOptions, StoreRunner, WantedRuns
from sim.study.study_file import Study, StudyFile, load_study

__all__ = ["Planned", "Progress", "StudyEnd", "StudyPlan", "run_planned", "run_study"]


@dataclass(frozen=True)
class StudyEnd:
    """How a study ended.

    Parameters
    ----------
    progress : how far it came
    is_complete : whether every run is done or failed
    reason : why it stopped before that; empty if it did not
    set_aside : files that were damaged, and what of them was needed is made anew
    """

    progress: Progress
    is_complete: bool
    reason: str = ""
    set_aside: tuple[Path, ...] = ()


class Planned(Protocol):
    """What a plan has to know of a study: one that was just read, or one that its store tells of."""

    @property
    def file(self) -> StudyFile:
        """The table of its file."""

    @property
    def axis_names(self) -> tuple[str, ...]:
        """Names of the axes."""

    def case(self, number: int) -> tuple[str, int, Scenario, Scenario]:
        """Return name, point, scenario and reference of a case."""


@dataclass
class StudyPlan:
    """What there is to run.

    Parameters
    ----------
    study : what it is of
    cases : every case
    n_replicates : replicates that each case needs, by its number
    """

    study: Planned
    cases: list[CaseRow]
    n_replicates: list[int]

    def wanted(self) -> list[WantedRuns]:
        """Return the runs of all cases, each once, in the order in which cases first need them."""
        found: dict[str, tuple[int, int]] = {}
        for case, n in zip(self.cases, self.n_replicates, strict=True):
            for config in (case.config, case.reference):
                first, so_far = found.get(config, (case.case, 0))
                found[config] = (first, max(so_far, n))
        seed = self.study.file.seed
        return [WantedRuns(name, n, seed, partial(self._scenario_of, name, case)) for name, (case, n) in found.items()]

    def _scenario_of(self, config: str, case: int) -> Scenario:
        _, _, scenario, reference = self.study.case(case)
        return scenario if self.cases[case].config == config else reference


def run_study(
    study: Study | str | Path,
    folder: str | Path,
    *,
    engine: WorkEngine | None = None,
    workers: int | None = None,
    dask: str | None = None,
    processes: bool = False,
    retry_failed: bool = False,
    runs_per_chunk: int | None = None,
    replacing: bool = False,
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
    replacing : let it take the place of another study in the folder; runs that both need are kept
    progress : called now and then, in the caller's thread

    Raises
    ------
    InputError : the study has faults, or the folder holds what another plan made; more scenarios, points or replicates
        of the same study go on
    OutputError : the folder cannot be written

    Examples
    --------
    ``run_study("cost-of-turnover", "results")`` runs a shipped study, and ``Results("results").summary()`` reads it.
    """
    study = study if isinstance(study, Study) else load_study(study)
    options = RunOptions(folder, engine, workers, dask, processes, retry_failed, runs_per_chunk, replacing, progress)
    return run_planned(study.keep, lambda store: _describe(study, store), options)


def run_planned(keep: Keep, plan_of: Callable[[StoreWriter], StudyPlan], options: RunOptions) -> StudyEnd:
    """Run what is missing of a plan.

    Parameters
    ----------
    keep : what is kept of each run
    plan_of : gives the plan, once the store is open
    options : where it is run, and where its runs are kept

    Raises
    ------
    InputError : the folder holds something else
    OutputError : the folder cannot be written
    """
    with StoreWriter.open(Path(options.folder or "."), keep, options.replacing) as store:
        plan = plan_of(store)
        own = options.engine or choose_engine(options.workers, options.dask, options.processes)
        try:
            warm_up()
            store_runner = StoreRunner(store, own, options.retry_failed, options.runs_per_chunk, options.progress)
            return _Running(plan, store_runner).run()
        finally:
            if options.engine is None:
                own.close()


def _describe(study: Study, store: StoreWriter) -> StudyPlan:
    """Write down what the study consists of, and return its plan."""
    own = study.own_rules
    rows: list[CaseRow] = []
    scenarios: dict[str, Scenario] = {}
    for number in range(study.n_cases):
        name, point, scenario, reference = study.case(number)
        config, other = config_key(scenario, study.file.seed), config_key(reference, study.file.seed)
        for key, run in ((config, scenario), (other, reference)):
            known = scenarios.setdefault(key, run)
            if known.start != run.start:  # Runs that several share have the date that all of them have, or none.
                scenarios[key] = known.model_copy(update={"start": None})
        end = scenario.support_end_week or 0
        cost = float(scenario.cost_by_week(scenario.weeks).sum())
        values = tuple(study.points[point].tolist())
        rows.append(CaseRow(number, name, point, values, config, other, end, scenario.weeks, cost))
    described = {"model_version": model_version(), **study.file.model_dump(mode="json"), **study.asks}
    store.check_plan(described, own, _cases_there(store.folder), rows)
    store.write_cases(study.axis_names, rows)
    store.write_configs({key: Config(run.model_dump_json(), study.file.seed) for key, run in scenarios.items()})
    store.describe(described, own)
    return StudyPlan(study, rows, [study.file.replicates] * len(rows))


def _cases_there(folder: Path) -> list[CaseRow]:
    """Return the cases of a study that was begun; none if it has no table of them, or a damaged one, made anew."""
    if not (folder / CASES_FILE).exists():
        return []
    try:
        return list(Results(folder).case_rows())
    except (DamagedStoreError, InputError, OSError):
        return []


class _Running:
    """One start of a study, from what is missing to its end."""

    def __init__(self, plan: StudyPlan, store_runner: StoreRunner) -> None:
        self.plan, self.store_runner, self.store = plan, store_runner, store_runner.store

    def run(self) -> StudyEnd:
        """Run rounds until every case is known well enough, and bring the store into its canonical form."""
        store_runner = self.store_runner
        try:
            with store_runner.stopped_by_signals():
                self._round("started", engine=store_runner.engine.name, workers=store_runner.engine.n_workers)
                while self._another_round():
                    self._round("round")
            if store_runner.is_stopped:
                self.store.log("stopped", reason="asked to stop", done=store_runner.n_done)
                return self._end("asked to stop")
            self._finish()
        except (OutputError, EngineError, DifferentModelError) as error:
            # The disk may be too full even for a line in the log: the caller tells the user the reason anyway.
            with suppress(OutputError):
                self.store.log("stopped", reason=str(error))
            return self._end(str(error))
        return self._end("")

    def _end(self, reason: str) -> StudyEnd:
        return StudyEnd(self.store_runner.progress(), not reason, reason, tuple(self.store.set_aside))

    def _round(self, event: str, **facts: Any) -> None:
        """Run everything that is missing."""
        store_runner, wanted = self.store_runner, self.plan.wanted()
        store_runner.n_wanted = sum(one.n_replicates for one in wanted)
        store_runner.n_done, store_runner.n_failed = store_runner.counts(wanted)
        self.store.log(event, wanted=store_runner.n_wanted, **facts)
        store_runner.run(wanted)

    def _another_round(self) -> bool:
        """Give more replicates to the cases that are not yet known well enough; tell whether there are any."""
        stop = self.plan.study.file.stop
        if stop is None or self.store_runner.is_stopped:
            return False
        results = Results(self.store.folder)
        open_cases = [case for case in self.plan.cases if self.plan.n_replicates[case.case] < stop.at_most]
        is_any = False
        for case, found in results.outcomes_by_case(open_cases, self.store.index):
            n = self.plan.n_replicates[case.case]
            interval = OUTCOMES[stop.outcome].sum_up(found[stop.outcome][found["replicate"] < n])
            if not interval.high - interval.low < stop.narrower_than:
                self.plan.n_replicates[case.case] = min(n + self.plan.study.file.replicates, stop.at_most)
                is_any = True
        return is_any

    def _finish(self) -> None:
        """Bring the parts into canonical form, and write outcomes and summary."""
        results = Results(self.store.folder)
        found = results.outcomes_by_case(self.plan.cases, self.store.index)
        self.store.write_outcomes(self.plan.study.axis_names, found)
        self.store.compact([one.config for one in self.plan.wanted()], threads=self.store_runner.engine.n_workers)
        self.store.log(
            "finished",
            wanted=self.store_runner.n_wanted,
            done=self.store_runner.n_done,
            failed=self.store_runner.n_failed,
        )
