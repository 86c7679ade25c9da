"""Questions to a store: read-only, at any time, also while the study runs.

SQL goes to DuckDB over the parts, so that a study may be larger than memory. The views are ``cases``, ``runs``,
``weekly`` and ``safe_share``, and ``outcomes`` and ``summary`` once the study has come to an end. Every file is checked
against its hash before anything is read from it: damage is refused by name, or left out if that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import InputError, nearest_name
from sim.base.field_messages import as_written
from sim.base.version import what_differs
from sim.results.measures import QUANTILES
from sim.results.outcomes import PairedSeries, outcomes_of
from sim.results.store.cases import (
    CASE_COLUMNS,
    CaseRow,
    cases_in,
    cases_schema,
    outcomes_in,
    outcomes_schema,
    outcomes_table,
    summary_in,
    summary_row,
)
from sim.results.store.columns import lists_in
from sim.results.store.configs import CONFIGS_FILE, Config, configs_in, start_in
from sim.results.store.description import read_description
from sim.results.store.index import GONE, Index, with_parts_there
from sim.results.store.keys import run_id
from sim.results.store.layout import CASES_FILE, OUTCOMES_FILE, PARTS, SUMMARY_FILE, check_kinds
from sim.results.store.log import LOG_FILE, read_log
from sim.results.store.one_writer import is_being_written
from sim.results.store.parts import DONE, FIGURES_COLUMN, SAFE_SHARE, Keep, read_part
from sim.results.store.queries import answer_to, bands_query, open_views, refused, weekly_query
from sim.results.store.reading import DamagedStoreError, digest_of, file_bytes

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

__all__ = ["TABLES", "Results", "Status"]

TABLES = (CASES_FILE, CONFIGS_FILE, OUTCOMES_FILE, SUMMARY_FILE)
"""Files of tables beside the parts."""

RUNS_AT_ONCE = 2_000
"""Runs whose exact series are in memory at once (3 kB each at 416 weeks)."""

_TRIES = 5

Series = dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]]


@dataclass(frozen=True)
class Status:
    """How far a study is.

    Parameters
    ----------
    n_cases, n_wanted, n_done, n_failed : cases of the study; runs that it needs as far as is known, has, could not do
    is_running : whether a process is at work on it now
    last_event : the last line of the log, with its time
    failures : runs that failed, and why
    faults : what is damaged, in sentences; runs in damaged parts count as pending
    n_unverified : parts of an older version, which cannot be checked for damage
    """

    n_cases: int
    n_wanted: int
    n_done: int
    n_failed: int
    is_running: bool
    last_event: dict[str, Any]
    failures: dict[str, str]
    faults: tuple[str, ...] = ()
    n_unverified: int = 0

    @property
    def n_pending(self) -> int:
        """Runs still to do."""
        return max(0, self.n_wanted - self.n_done - self.n_failed)


class Results:
    """A store opened for reading.

    Parameters
    ----------
    folder : folder of the study
    leave_out_damaged : whether runs in damaged parts are left out; if not, every question that needs parts is refused

    Raises
    ------
    InputError : there is no study in the folder, a newer Cultureshift wrote it, or it names what does not exist
    DamagedStoreError : what the study says of itself is damaged

    Examples
    --------
    ``Results("my-study").summary()`` returns one row for each case, with intervals.
    """

    def __init__(self, folder: str | Path, leave_out_damaged: bool = False) -> None:
        self.folder, self.leave_out_damaged = Path(folder), leave_out_damaged
        check_kinds(self.folder)
        described = read_description(self.folder)
        self.study: dict[str, Any] = described.study.model_dump(exclude_unset=True)
        self.own_rules = described.study.own_rules
        self.seed: int = described.study.seed
        self.model_version: str = described.study.model_version or described.model_version
        self.keep: Keep = described.kept
        self.contract: int = described.contract
        self._has_hashes = described.has_hashes
        self.measures, self.every_weeks = self.keep.measures, self.keep.every_weeks

    @property
    def differs(self) -> str:
        """The sentence that says that the model has changed since these runs were made; empty if it has not."""
        return what_differs("This study", self.contract)

    # --- files --------------------------------------------------------------------------------------------------------

    def _table_bytes(self, name: str) -> bytes | None:
        """Return the bytes of a table beside the parts, once they are known to be those that were written.

        Raises
        ------
        DamagedStoreError : they are not
        """
        path = self.folder / name
        attempt = 0
        while True:
            try:
                content = file_bytes(path)
            except FileNotFoundError:
                content = None
            # What a table may be is written down before it is changed: so this is read after it.
            known = read_description(self.folder).tables.get(name)
            if known is None or ("" if content is None else digest_of(content)) in known:
                return content
            attempt += 1
            if attempt > _TRIES:
                raise DamagedStoreError(
                    path, GONE if content is None else "its bytes do not fit the hash in store.json"
                )

    def table(self, name: str) -> pa.Table | None:
        """Return a table beside the parts, once it is known to be what was written; None if there is none.

        Parameters
        ----------
        name : one of :data:`TABLES`

        Raises
        ------
        DamagedStoreError : it is not what was written, or has other columns than such a table
        """
        content = self._table_bytes(name)
        if content is None:
            return None
        path = self.folder / name
        if name == CASES_FILE:
            return cases_in(content, path)
        if name == CONFIGS_FILE:
            return configs_in(content, path)
        return summary_in(content, path, self.axes) if name == SUMMARY_FILE else outcomes_in(content, path, self.axes)

    # --- what there is ------------------------------------------------------------------------------------------------

    def _cases_table(self) -> pa.Table:
        table = self.table(CASES_FILE)
        return cases_schema(()).empty_table() if table is None else table

    def cases(self) -> pd.DataFrame:
        """Return one row for each case: scenario, point of the design with a column for each axis, keys of its runs."""
        frame: pd.DataFrame = self._cases_table().to_pandas()
        return frame

    @property
    def axes(self) -> tuple[str, ...]:
        """Names of the axes of the design."""
        return tuple(name for name in self._cases_table().column_names if name not in CASE_COLUMNS)

    def case_rows(self) -> Iterator[CaseRow]:
        """Yield the cases in their order."""
        table = self._cases_table()
        axes = [name for name in table.column_names if name not in CASE_COLUMNS]
        for record in table.to_pylist():
            values = tuple(record[axis] for axis in axes)
            yield CaseRow(values=values, **{name: record[name] for name in CASE_COLUMNS})

    def index(self) -> Index:
        """Return the state of every run, as it is now.

        Raises
        ------
        DamagedStoreError : a part is damaged, and damaged ones are not to be left out
        """
        index = self._scan()
        return index if self.leave_out_damaged else index.sound()

    def _scan(self) -> Index:
        attempt = 0
        known: tuple[str, ...] | None = None
        while True:
            names = read_description(self.folder).parts
            try:
                index = Index.scan(self.folder / PARTS, self.keep, names)
            except FileNotFoundError:
                attempt += 1
                with_parts_there(attempt)
                continue
            # A compaction may have put other parts in their place meanwhile, and says so.
            if GONE not in index.damaged.values() or names == known:
                return index
            known = names

    def status(self) -> Status:
        """Return how far the study is; what is damaged is among its faults."""
        index, cases = self._scan(), list(self.case_rows())
        configs = {config for case in cases for config in (case.config, case.reference)}
        counts = [index.counts(config) for config in configs]
        log = read_log(self.folder, self._has_hashes)
        failures = {run_id(*run): reason for run, reason in sorted(index.failures.items()) if run[0] in configs}
        n_done, n_failed = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0)
        n_wanted = max(read_description(self.folder).wanted if self._has_hashes else log.n_wanted, n_done + n_failed)
        faults = [str(DamagedStoreError(path, reason)) for path, reason in index.damaged.items()]
        faults += [f"{place}: {reason}" for place, reason in self.log_faults().items()]
        return Status(
            len(cases), n_wanted, n_done, n_failed, is_being_written(self.folder), log.last, failures, tuple(faults),
            len(index.unverified),
        )  # fmt: skip

    def log_faults(self) -> dict[Path, str]:
        """Return what is wrong with lines of the log, and with which."""
        path = self.folder / LOG_FILE
        known = read_description(self.folder).log_lines
        log = read_log(self.folder, self._has_hashes)
        faults = {Path(f"{path}, line {number}"): "cannot be read, and is left out" for number in log.broken}
        n_gone = known - len(log.lines) - len(log.broken)
        return {**faults, path: f"{n_gone} of its last lines are gone"} if n_gone > 0 else faults

    def runs(self) -> pd.DataFrame:
        """Return one row for each run: case, whether it is the arm or its reference, replicate, state and reason."""
        import pandas as pd

        index = self.index()
        rows = []
        for case in self.case_rows():
            for role, config in (("arm", case.config), ("reference", case.reference)):
                for number in index.runs_of(config):
                    state = index.state(config, number).name.lower()
                    reason = index.failures.get((config, number), "")
                    rows.append((case.case, case.scenario, role, number, run_id(config, number), state, reason))
        return pd.DataFrame(rows, columns=["case", "scenario", "role", "replicate", "run", "state", "reason"])

    def config(self, config: str) -> Config:
        """Return what the runs of a key are of.

        Raises
        ------
        InputError : the study has no such runs
        """
        import pyarrow.compute as pc

        table = self.table(CONFIGS_FILE)
        found = [] if table is None else table.filter(pc.equal(table.column("config"), config)).to_pylist()
        if not found:
            hint = f"they are listed by: cultureshift study status {self.folder}"
            raise InputError.single("run", "the name of a run of this study", as_written(config), hint)
        return self._config_of(found[0])

    def configs(self) -> dict[str, Config]:
        """Return what all runs are of, by their keys."""
        table = self.table(CONFIGS_FILE)
        return {} if table is None else {str(row["config"]): self._config_of(row) for row in table.to_pylist()}

    def _config_of(self, row: dict[str, Any]) -> Config:
        return Config(str(row["scenario"]), int(row.get("seed", self.seed)), int(row.get("first", 0)))

    # --- what came out ------------------------------------------------------------------------------------------------

    def series(self, configs: Iterable[str], index: Index | None = None) -> Series:
        """Return replicates [n] and the exact weekly share that feels safe [n, n_weeks + 1] of some configurations.

        Parameters
        ----------
        configs : keys of runs
        index : the state of every run, if it is known already
        """
        return self._lists(SAFE_SHARE, configs, index)

    def figures(self, configs: Iterable[str], index: Index | None = None) -> Series:
        """Return replicates [n] and the figures [n, n_figures] of some configurations, as :attr:`keep` names them.

        Parameters
        ----------
        configs : keys of runs
        index : the state of every run, if it is known already
        """
        return self._lists(FIGURES_COLUMN, configs, index)

    def _lists(self, column: str, configs: Iterable[str], index: Index | None) -> Series:
        """Return replicates [n] and what a column of lists holds for each, [n, length of a list]."""
        wanted = set(configs)
        attempt = 0
        while True:
            try:
                return _series(column, wanted, index or self.index(), self.keep)
            except FileNotFoundError:
                index = None
                attempt += 1
                with_parts_there(attempt)

    def outcomes_by_case(
        self, cases: Iterable[CaseRow] | None = None, index: Index | None = None
    ) -> Iterator[tuple[CaseRow, dict[str, Any]]]:
        """Yield each case with its outcomes by replicate; only so many runs are in memory at once.

        Replicates whose run, or whose reference's run, failed are left out.

        Raises
        ------
        DamagedStoreError : the runs of a case are not as long as the case says
        """
        index = index or self.index()
        for batch in _batches(self.case_rows() if cases is None else cases, index):
            series = self.series((config for case in batch for config in (case.config, case.reference)), index)
            for case in batch:
                numbers, arm = series[case.config]
                other_numbers, other = series[case.reference]
                both, place, other_place = np.intersect1d(numbers, other_numbers, return_indices=True)
                if len(both):
                    if {arm.shape[1], other.shape[1]} != {case.weeks + 1}:
                        reason = f"case {case.case} has {case.weeks} weeks, its runs have other ones"
                        raise DamagedStoreError(self.folder / CASES_FILE, reason)
                    found = outcomes_of(PairedSeries(arm[place], other[other_place], case.support_end_week))
                    yield case, {"replicate": both, **found}

    def outcomes(self) -> pd.DataFrame:
        """Return one row for each case and replicate: the axes, and all of :data:`sim.results.outcomes.OUTCOMES`."""
        import pyarrow as pa

        axes = self.axes
        tables = [outcomes_table(axes, *found) for found in self.outcomes_by_case()]
        frame: pd.DataFrame = pa.concat_tables([outcomes_schema(axes).empty_table(), *tables]).to_pandas()
        return frame

    def summary(self) -> pd.DataFrame:
        """Return one row for each case: the axes, cost, replicates, and each outcome with its 95 % interval.

        Columns ``x``, ``x_low`` and ``x_high`` for each outcome ``x``.
        """
        import pandas as pd

        axes = self.axes
        return pd.DataFrame([summary_row(axes, *found) for found in self.outcomes_by_case()])

    def weekly(self, measures: Sequence[str] | None = None, cases: Sequence[int] | None = None) -> pd.DataFrame:
        """Return weekly series: case, replicate, week (and its date where that is known), and the measures kept.

        Parameters
        ----------
        measures : names; all that were kept if left out
        cases : numbers of cases; all if left out

        Raises
        ------
        InputError : a measure was not kept
        """
        return self._with_dates(self.sql(weekly_query(self._kept(measures), cases)))

    def bands(self, measure: str = "safe_share", quantiles: Sequence[float] = QUANTILES) -> Any:
        """Return quantiles over replicates for each case and week, one column each; with dates where they are known."""
        (name,) = self._kept([measure])
        return self._with_dates(self.sql(bands_query(name, quantiles)))

    def _with_dates(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Put the day on which each week begins beside it, if any scenario says on which day it starts."""
        known = self._starts()
        starts = {case.case: known[case.config] for case in self.case_rows() if case.config in known}
        if starts:
            begin = frame["case"].map(starts).to_numpy("datetime64[D]")
            frame.insert(list(frame.columns).index("week") + 1, "date", begin + 7 * frame["week"].to_numpy())
        return frame

    def _starts(self) -> dict[str, date]:
        """Return by the keys of runs the day on which they begin, where the scenario says it."""
        days = {name: start_in(config.scenario) for name, config in self.configs().items()}
        return {name: day for name, day in days.items() if day is not None}

    def _kept(self, measures: Sequence[str] | None) -> tuple[str, ...]:
        kept = self.measures or ("safe_share",)
        for name in measures or ():
            if name not in kept:
                hint = nearest_name(name, kept) or "name it under [keep] in the study file, and use another folder"
                raise InputError.single("measure", f"one that was kept ({', '.join(kept)})", f'"{name}"', hint)
        return tuple(measures or kept)

    # --- SQL ----------------------------------------------------------------------------------------------------------

    def sql(self, query: str) -> pd.DataFrame:
        """Return the answer of DuckDB to a question in SQL over the views of this store.

        Raises
        ------
        InputError : the question cannot be answered
        KeyboardInterrupt : somebody wants no answer any more
        """
        attempt = 0
        while True:
            index = self.index()
            try:
                with self._connect(index) as connection:
                    answer = answer_to(connection, query)
                    if answer is None:
                        raise _no_answer("nothing that has an answer")
                    return answer
            except refused() as error:
                if all(path.exists() for path in index.parts):
                    raise _no_answer(str(error)) from None
                attempt += 1
                with_parts_there(attempt)

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Return a DuckDB connection with the views of this store; it holds no data of its own, and opens no files.

        Raises
        ------
        DamagedStoreError : a file of the store is damaged
        """
        return self._connect(self.index())

    def _connect(self, index: Index) -> duckdb.DuckDBPyConnection:
        tables = {
            "cases": self._cases_table(),
            "outcomes": self.table(OUTCOMES_FILE),
            "summary": self.table(SUMMARY_FILE),
        }
        there = {name: table for name, table in tables.items() if table is not None}
        return open_views(index.parts, self.keep, index.has_duplicates, there, self._starts())


def _no_answer(came: str) -> InputError:
    hint = "views: cases, runs, weekly, safe_share; when the study is complete also outcomes, summary"
    return InputError.single("SQL", "a question to the views of a study", came, hint)


def _series(column: str, configs: set[str], index: Index, keep: Keep) -> Series:
    rows: dict[str, dict[int, NDArray[np.float64]]] = {config: {} for config in configs}
    lengths: dict[str, int] = {}
    for path in index.parts_of(configs):
        part = read_part(path, keep, ["config", "replicate", "state", column])
        offsets, values = lists_in(part.column(column).chunk(0))
        names, numbers, states = (part.column(name).to_pylist() for name in ("config", "replicate", "state"))
        for row, config in enumerate(names):
            if config in rows and states[row] == DONE:
                own = values[offsets[row] : offsets[row + 1]]
                if len(own) != lengths.setdefault(config, len(own)):
                    raise DamagedStoreError(path, f"run {run_id(config, numbers[row])} has other weeks than its like")
                rows[config][numbers[row]] = own
    return {
        config: (
            np.array(sorted(found), dtype=np.int64),
            np.stack([found[number] for number in sorted(found)]) if found else np.zeros((0, 1)),
        )
        for config, found in rows.items()
    }


def _batches(cases: Iterable[CaseRow], index: Index) -> Iterator[list[CaseRow]]:
    batch: list[CaseRow] = []
    n_runs = 0
    for case in cases:
        batch.append(case)
        n_runs += len(index.runs_of(case.config)) + len(index.runs_of(case.reference))
        if n_runs >= RUNS_AT_ONCE:
            yield batch
            batch, n_runs = [], 0
    if batch:
        yield batch
