"""Questions to a store: read-only, at any time, also while the study runs.

SQL goes to DuckDB over the parts, so that a study may be larger than memory. The views are ``cases``, ``runs``,
``weekly`` and ``safe_share``, and ``outcomes`` and ``summary`` once the study has come to an end.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import InputError, nearest_name
from sim.base.extras import require
from sim.results.measures import QUANTILES
from sim.results.store.cases import CASE_COLUMNS, CaseRow, outcomes_schema, outcomes_table, summary_row
from sim.results.store.columns import lists_in
from sim.results.store.index import Index, read_part, with_parts_there
from sim.results.store.keys import run_id
from sim.results.store.outcomes import outcomes_of
from sim.results.store.parts import DONE, SAFE_SHARE
from sim.results.store.writer import (
    CASES_FILE,
    CONFIGS_FILE,
    LOG_FILE,
    OUTCOMES_FILE,
    PARTS,
    SUMMARY_FILE,
    check_format,
    is_being_written,
)

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

__all__ = ["Results", "Status"]

RUNS_AT_ONCE = 2_000
"""Runs whose exact series are in memory at once (3 kB each at 416 weeks)."""

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
    """

    n_cases: int
    n_wanted: int
    n_done: int
    n_failed: int
    is_running: bool
    last_event: dict[str, Any]
    failures: dict[str, str]

    @property
    def n_pending(self) -> int:
        """Runs still to do."""
        return max(0, self.n_wanted - self.n_done - self.n_failed)


class Results:
    """A store opened for reading.

    Parameters
    ----------
    folder : folder of the study

    Raises
    ------
    InputError : there is no study in the folder, or a newer Cultureshift wrote it

    Examples
    --------
    ``Results("my-study").summary()`` returns one row for each case, with intervals.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        described = check_format(self.folder)
        self.study: dict[str, Any] = described.get("study", {})
        self.model_version: str = described["model_version"]
        self.measures: tuple[str, ...] = tuple(described["keep"]["measures"])
        self.every_weeks: int = described["keep"]["every_weeks"]

    # --- what there is ------------------------------------------------------------------------------------------------

    def cases(self) -> pd.DataFrame:
        """Return one row for each case: scenario, point of the design with a column for each axis, keys of its runs."""
        import pandas as pd

        path = self.folder / CASES_FILE
        return pd.read_parquet(path) if path.is_file() else pd.DataFrame(columns=list(CASE_COLUMNS))

    @property
    def axes(self) -> tuple[str, ...]:
        """Names of the axes of the design."""
        return tuple(name for name in self.cases().columns if name not in CASE_COLUMNS)

    def case_rows(self) -> Iterator[CaseRow]:
        """Yield the cases in their order."""
        frame, axes = self.cases(), self.axes
        for record in frame.to_dict("records"):
            values = tuple(float(record[axis]) for axis in axes)
            yield CaseRow(values=values, **{name: record[name] for name in CASE_COLUMNS})

    def index(self) -> Index:
        """Return the state of every run, as it is now."""
        attempt = 0
        while True:
            try:
                return Index.scan(self.folder / PARTS)
            except FileNotFoundError:
                attempt += 1
                with_parts_there(attempt)

    def status(self) -> Status:
        """Return how far the study is."""
        index, frame = self.index(), self.cases()
        configs = set(frame["config"]) | set(frame["reference"])
        counts = [index.counts(config) for config in configs]
        last, wanted = self._log()
        failures = {run_id(*run): reason for run, reason in sorted(index.failures.items()) if run[0] in configs}
        n_done, n_failed = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0)
        n_wanted = max(wanted, n_done + n_failed)
        return Status(len(frame), n_wanted, n_done, n_failed, is_being_written(self.folder), last, failures)

    def _log(self) -> tuple[dict[str, Any], int]:
        """Return the last whole line of the log, and how many runs the study was last said to need."""
        last, wanted = {}, 0
        path = self.folder / LOG_FILE
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
        for line in lines:
            # A kill or a full disk may leave half a line.
            if line.startswith("{") and line.endswith("}"):
                last = json.loads(line)
                wanted = last.get("wanted", wanted)
        return last, wanted

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

    def config(self, config: str) -> tuple[str, int]:
        """Return the resolved scenario of some runs, as JSON, and their seed.

        Raises
        ------
        InputError : the study has no such runs
        """
        import pyarrow.parquet as pq

        path = self.folder / CONFIGS_FILE
        found = pq.read_table(path, filters=[("config", "=", config)]) if path.is_file() else None
        if found is None or not found.num_rows:
            hint = f"they are listed by: cultureshift study status {self.folder}"
            raise InputError.single("run", "the name of a run of this study", config, hint)
        row = found.to_pylist()[0]
        return str(row["scenario"]), int(row.get("seed", self.study.get("seed", 1)))

    # --- what came out ------------------------------------------------------------------------------------------------

    def series(self, configs: Iterable[str], index: Index | None = None) -> Series:
        """Return replicates [n] and the exact weekly share that feels safe [n, n_weeks + 1] of some configurations.

        Parameters
        ----------
        configs : keys of runs
        index : the state of every run, if it is known already
        """
        wanted = set(configs)
        attempt = 0
        while True:
            try:
                return _series(wanted, index or self.index())
            except FileNotFoundError:
                index = None
                attempt += 1
                with_parts_there(attempt)

    def outcomes_by_case(
        self, cases: Iterable[CaseRow] | None = None, index: Index | None = None
    ) -> Iterator[tuple[CaseRow, dict[str, Any]]]:
        """Yield each case with its outcomes by replicate; only so many runs are in memory at once.

        Replicates whose run, or whose reference's run, failed are left out.
        """
        index = index or self.index()
        for batch in _batches(self.case_rows() if cases is None else cases, index):
            series = self.series((config for case in batch for config in (case.config, case.reference)), index)
            for case in batch:
                numbers, arm = series[case.config]
                other_numbers, other = series[case.reference]
                both, place, other_place = np.intersect1d(numbers, other_numbers, return_indices=True)
                if len(both):
                    found = outcomes_of(arm[place], other[other_place], case.support_end_week)
                    yield case, {"replicate": both, **found}

    def outcomes(self) -> pd.DataFrame:
        """Return one row for each case and replicate: the axes and every outcome; see :data:`OUTCOMES`."""
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
        """Return weekly series: case, replicate, week, and the measures that were kept.

        Parameters
        ----------
        measures : names; all that were kept if left out
        cases : numbers of cases; all if left out

        Raises
        ------
        InputError : a measure was not kept
        """
        names = self._kept(measures)
        chosen = "" if cases is None else f'WHERE c."case" IN ({", ".join(str(int(case)) for case in cases)})'
        columns = ", ".join(f'w."{name}"' for name in names)
        return self.sql(
            f'SELECT c."case", c.scenario, w.replicate, w.week, {columns} FROM weekly w JOIN cases c USING (config) '
            f'{chosen} ORDER BY c."case", w.replicate, w.week'
        )

    def bands(self, measure: str = "safe_share", quantiles: Sequence[float] = QUANTILES) -> Any:
        """Return quantiles over replicates for each case and week, one column each."""
        (name,) = self._kept([measure])
        columns = ", ".join(f'quantile_cont(w."{name}", {float(q)}) AS q{round(100 * q):02d}' for q in quantiles)
        return self.sql(
            f'SELECT c."case", c.scenario, w.week, {columns} FROM weekly w JOIN cases c USING (config) '
            'GROUP BY ALL ORDER BY c."case", w.week'
        )

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
        """
        duckdb = _duckdb()
        attempt = 0
        while True:
            try:
                with self.connect() as connection:
                    answer: pd.DataFrame = connection.sql(query).df()
                    return answer
            except duckdb.IOException:
                attempt += 1
                with_parts_there(attempt)
            except duckdb.Error as error:
                hint = "views: cases, runs, weekly, safe_share; when the study is complete also outcomes, summary"
                raise InputError.single("SQL", "a question to the views of a study", str(error), hint) from None

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Return a DuckDB connection with the views of this store; it holds no data of its own."""
        connection: duckdb.DuckDBPyConnection = _duckdb().connect(":memory:")
        index = self.index()
        empty = (
            "(SELECT '' AS config, 0 AS replicate, '' AS state, '' AS reason, [0.0] AS exact_safe_share WHERE false)"
        )
        parts = f"read_parquet([{', '.join(map(_quoted, index.parts))}])" if index.parts else empty
        if index.has_duplicates:
            first = "QUALIFY row_number() OVER (PARTITION BY config, replicate ORDER BY state) = 1"
            parts = f"(SELECT * FROM {parts} {first})"
        connection.execute(f"CREATE VIEW parts AS SELECT * FROM {parts}")
        connection.execute("CREATE VIEW runs AS SELECT config, replicate, state, reason FROM parts")
        exact = f"unnest(range(len({SAFE_SHARE}))) AS week, unnest({SAFE_SHARE}) AS safe_share"
        done = f"FROM parts WHERE state = '{DONE}'"
        connection.execute(f"CREATE VIEW safe_share AS SELECT config, replicate, {exact} {done}")
        connection.execute(f"CREATE VIEW weekly AS SELECT config, replicate, {self._weekly_columns() or exact} {done}")
        for view, file, reader in (
            ("cases", CASES_FILE, "read_parquet"),
            ("outcomes", OUTCOMES_FILE, "read_parquet"),
            ("summary", SUMMARY_FILE, "read_csv"),
        ):
            if (self.folder / file).is_file():
                connection.execute(f"CREATE VIEW {view} AS SELECT * FROM {reader}({_quoted(self.folder / file)})")
        return connection

    def _weekly_columns(self) -> str:
        if not self.measures:
            return ""
        weeks = f'unnest(range(0, {self.every_weeks} * len("{self.measures[0]}"), {self.every_weeks})) AS week'
        return ", ".join([weeks, *(f'unnest("{name}") AS "{name}"' for name in self.measures)])


def _series(configs: set[str], index: Index) -> Series:
    rows: dict[str, dict[int, NDArray[np.float64]]] = {config: {} for config in configs}
    for path in index.parts_of(configs):
        part = read_part(path, ["config", "replicate", "state", SAFE_SHARE]).combine_chunks()
        offsets, values = lists_in(part.column(SAFE_SHARE).chunk(0))
        names, numbers, states = (part.column(name).to_pylist() for name in ("config", "replicate", "state"))
        for row, config in enumerate(names):
            if config in rows and states[row] == DONE:
                rows[config][numbers[row]] = values[offsets[row] : offsets[row + 1]]
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


def _duckdb() -> Any:
    require("study sql")
    import duckdb

    return duckdb


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
