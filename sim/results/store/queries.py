"""Questions in SQL: DuckDB over the views of a store, shut off from every file.

DuckDB opens nothing itself: parts and tables are handed to it as Arrow data, once they are known to be sound. It may
not touch files, load extensions, see Python's variables or change these settings; names become SQL by its own quoting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.base.extras import require
from sim.results.store.parts import DONE, SAFE_SHARE, Keep, part_schema

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

__all__ = ["answer_to", "bands_query", "open_views", "refused", "weekly_query"]

_SHUT_OFF = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    # Where it may swap to the disk, a question may write there too.
    "temp_directory": "",
}
_SECONDS_DEAF = 0.1
_THEN = (
    "SET python_enable_replacements = false",
    "SET enable_progress_bar = false",
    "SET lock_configuration = true",
)


def _duckdb() -> Any:
    require("study sql")
    import duckdb

    return duckdb


def refused() -> type[Exception]:
    """Return the kind of error with which DuckDB refuses a question."""
    kind: type[Exception] = _duckdb().Error
    return kind


def open_views(
    parts: Sequence[Path], keep: Keep, has_duplicates: bool, tables: Mapping[str, Any], starts: Mapping[str, date]
) -> duckdb.DuckDBPyConnection:
    """Return a connection with the views ``runs``, ``safe_share`` and ``weekly``, and one for each table.

    Parameters
    ----------
    parts : parts that are known to be sound
    keep : what they hold
    has_duplicates : whether some run is in more than one
    tables : Arrow tables or data sets by the names of their views
    starts : by the keys of runs, the day on which they begin, where that is known; if any is, weeks have a ``date``
    """
    import pyarrow as pa
    import pyarrow.dataset as arrow_dataset

    connection: duckdb.DuckDBPyConnection = _duckdb().connect(":memory:", config=_SHUT_OFF)
    schema = part_schema(keep)
    held = arrow_dataset.dataset([str(path) for path in parts], schema=schema) if parts else schema.empty_table()
    connection.register("held", held)
    for name, table in tables.items():
        connection.register(name, table)
    first = "QUALIFY row_number() OVER (PARTITION BY config, replicate ORDER BY state) = 1" if has_duplicates else ""
    connection.execute(f"CREATE VIEW parts AS SELECT * FROM held {first}")
    connection.execute("CREATE VIEW runs AS SELECT config, replicate, state, reason FROM parts")
    share = _quoted(SAFE_SHARE)
    source, day = "parts", ""
    if starts:
        known = {"config": pa.array(list(starts), pa.string()), "start": pa.array(list(starts.values()), pa.date32())}
        connection.register("starts", pa.table(known))
        source, day = "parts LEFT JOIN starts USING (config)", "start + 7 * week::INTEGER AS date, "
    done = f"FROM {source} WHERE state = '{DONE}'"
    exact = f"unnest(range(len({share}))) AS week, {day}unnest({share}) AS safe_share"
    connection.execute(f"CREATE VIEW safe_share AS SELECT config, replicate, {exact} {done}")
    connection.execute(f"CREATE VIEW weekly AS SELECT config, replicate, {_weekly_columns(keep, day) or exact} {done}")
    for setting in _THEN:
        connection.execute(setting)
    return connection


def answer_to(connection: duckdb.DuckDBPyConnection, query: str) -> pd.DataFrame | None:
    """Return the answer to a question, or None where there is none; it can be interrupted.

    DuckDB works in another thread, since it hears no signals while it works.
    """

    def answer() -> pd.DataFrame | None:
        # Beside what DuckDB says of itself: a statement without an answer gives None.
        found: duckdb.DuckDBPyRelation | None = connection.sql(query)
        frame: pd.DataFrame | None = None if found is None else found.df()
        return frame

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(answer)
        try:
            while not wait([working], _SECONDS_DEAF).done:
                pass
        except BaseException:
            # Interrupting what has not begun yet does nothing.
            while not wait([working], _SECONDS_DEAF).done:
                connection.interrupt()
            raise
        return working.result()


def _weekly_columns(keep: Keep, day: str) -> str:
    if not keep.measures:
        return ""
    every = int(keep.every_weeks)
    names = [_quoted(name) for name in keep.measures]
    weeks = f"unnest(range(0, {every} * len({names[0]}), {every})) AS week, {day}"
    return weeks + ", ".join(f"unnest({name}) AS {name}" for name in names)


def weekly_query(measures: Sequence[str], cases: Sequence[int] | None) -> str:
    """Return the question for weekly series of some cases."""
    chosen = "" if cases is None else f'WHERE c."case" IN ({", ".join(str(int(case)) for case in cases)})'
    columns = ", ".join(f"w.{_quoted(name)}" for name in measures)
    return (
        f'SELECT c."case", c.scenario, w.replicate, w.week, {columns} FROM weekly w JOIN cases c USING (config) '
        f'{chosen} ORDER BY c."case", w.replicate, w.week'
    )


def bands_query(measure: str, quantiles: Sequence[float]) -> str:
    """Return the question for quantiles over replicates, by case and week."""
    name = _quoted(measure)
    columns = ", ".join(f"quantile_cont(w.{name}, {float(q)}) AS q{round(100 * q):02d}" for q in quantiles)
    return (
        f'SELECT c."case", c.scenario, w.week, {columns} FROM weekly w JOIN cases c USING (config) '
        'GROUP BY ALL ORDER BY c."case", w.week'
    )


def _quoted(name: str) -> str:
    return str(_duckdb().ColumnExpression(name))
