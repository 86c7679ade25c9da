"""The cases of a study as rows of tables: what they are, what came of each replicate, and in sum."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.results.outcomes import OUTCOMES, earlier_names, summarise
from sim.results.store.columns import number_column, text_column
from sim.results.store.reading import DamagedStoreError, table_in

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "CASE_COLUMNS",
    "CaseRow",
    "cases_in",
    "cases_schema",
    "cases_table",
    "outcomes_in",
    "outcomes_schema",
    "outcomes_table",
    "summary_in",
    "summary_row",
    "summary_text",
]

CASE_COLUMNS = ("case", "scenario", "point", "config", "reference", "support_end_week", "weeks", "cost")
"""Columns of the table of cases besides the axes of the design."""

MOST_WEEKS = 10_000
"""Weeks of a run, at most."""

_LONGEST_NAME = 1000
_ENDS = ("", "_low", "_high")


@dataclass(frozen=True)
class CaseRow:
    """One case of a study: a scenario at one point of the design.

    Parameters
    ----------
    case : number, from 0
    scenario, point : the scenario's name, and the number of the point
    values : what the axes are set to, in their order
    config, reference : keys of the runs, and of those that they are compared with
    support_end_week, weeks : when outside support ends, and the length of the run
    cost : days of paid support over the run
    """

    case: int
    scenario: str
    point: int
    values: tuple[float, ...]
    config: str
    reference: str
    support_end_week: int
    weeks: int
    cost: float


def cases_table(axes: Sequence[str], rows: Sequence[CaseRow]) -> pa.Table:
    """Return cases as a table, with one column for each axis of the design."""
    import pyarrow as pa

    schema = cases_schema(axes)
    values = {name: [getattr(row, name) for row in rows] for name in CASE_COLUMNS}
    values |= {axis: [row.values[place] for row in rows] for place, axis in enumerate(axes)}
    columns = [
        text_column(values[field.name]) if field.type == pa.string() else number_column(values[field.name], field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def cases_schema(axes: Sequence[str]) -> pa.Schema:
    """Return the columns of the table of cases."""
    import pyarrow as pa

    kinds = {"scenario": pa.string(), "config": pa.string(), "reference": pa.string(), "cost": pa.float64()}
    own = [(name, kinds.get(name, pa.int64())) for name in CASE_COLUMNS]
    return pa.schema([*own, *((axis, pa.float64()) for axis in axes)])


def cases_in(content: bytes, path: Path) -> pa.Table:
    """Return the table of cases that some bytes hold, checked.

    Raises
    ------
    DamagedStoreError : it has other columns, or holds what no case can be
    """
    table = table_in(content, path)
    axes = [name for name in table.column_names if name not in CASE_COLUMNS]
    if len(set(axes)) < len(axes) or not all(name.isprintable() and 0 < len(name) <= _LONGEST_NAME for name in axes):
        raise DamagedStoreError(path, "wanted axes with names of their own")
    schema = cases_schema(axes)
    if not table.schema.equals(schema):
        raise DamagedStoreError(
            path, f"wanted the columns {', '.join(schema.names[: len(CASE_COLUMNS)])} and those of the axes"
        )
    for wanted in _missed(table):
        raise DamagedStoreError(path, f"wanted {wanted}")
    return table


def _missed(table: pa.Table) -> Iterator[str]:
    """Yield what is not true of a table of cases that must be; each test relies on those before."""
    if any(column.null_count for column in table.columns):
        yield "a value in each row of each column"
    numbers = {name: table.column(name).to_numpy() for name in ("case", "point", "support_end_week", "weeks", "cost")}
    if not np.array_equal(numbers["case"], np.arange(len(table))):
        yield "cases numbered from 0"
    if not all((numbers[name] >= 0).all() for name in ("point", "support_end_week")):
        yield "points and ends of support from 0"
    if not ((numbers["weeks"] >= 1) & (numbers["weeks"] <= MOST_WEEKS)).all():
        yield f"runs of 1 to {MOST_WEEKS:,} weeks"
    if not (np.isfinite(numbers["cost"]) & (numbers["cost"] >= 0)).all():
        yield "a cost from 0"
    for name in ("scenario", "config", "reference"):
        if not all(
            0 < len(text) <= _LONGEST_NAME and text.isprintable() for text in set(table.column(name).to_pylist())
        ):
            yield f"names as {name}"


def outcomes_schema(axes: Sequence[str]) -> pa.Schema:
    """Return the columns of the table of outcomes."""
    import pyarrow as pa

    return pa.schema([
        ("case", pa.int64()), ("scenario", pa.string()), ("point", pa.int64()),
        *((axis, pa.float64()) for axis in axes),
        ("replicate", pa.int64()),
        *((name, pa.bool_() if outcome.is_yes_or_no else pa.float64()) for name, outcome in OUTCOMES.items()),
    ])  # fmt: skip


def outcomes_in(content: bytes, path: Path, axes: Sequence[str]) -> pa.Table:
    """Return the table of outcomes that some bytes hold; an earlier version wrote fewer, some by other names.

    Raises
    ------
    DamagedStoreError : it has other columns
    """
    table, schema = table_in(content, path), outcomes_schema(axes)
    first = schema.names[: len(schema) - len(OUTCOMES)]
    table, found = _named_now(table, first, ("",), path)
    if any(table.schema.field(name) != schema.field(name) for name in [*first, *found]):
        raise DamagedStoreError(path, "wanted numbers, and truth values where an outcome is one")
    return table


def _named_now(table: pa.Table, first: Sequence[str], ends: Sequence[str], path: Path) -> tuple[pa.Table, list[str]]:
    """Return a table of outcomes under the names and in the order that they have now, and these names.

    Parameters
    ----------
    table : its first columns, then outcomes; an earlier version wrote fewer, and some by other names
    first : names of its first columns
    ends : of the names of the columns that each outcome has
    """
    try:
        there = table.column_names
    except UnicodeDecodeError:
        raise DamagedStoreError(path, "names of columns that are no text") from None
    now = {f"{name}{end}": f"{current}{end}" for name, current in earlier_names().items() for end in ends}
    names = [now.get(name, name) for name in there[len(first) :]]
    found = [f"{name}{end}" for name in OUTCOMES if name in names for end in ends]
    if there[: len(first)] != list(first) or sorted(names) != sorted(found):
        raise DamagedStoreError(path, f"wanted the columns {', '.join(first)}, and those of outcomes")
    return table.rename_columns([*first, *names]).select([*first, *found]), found


def outcomes_table(axes: Sequence[str], case: CaseRow, found: Mapping[str, Any]) -> pa.Table:
    """Return the outcomes of one case, one row for each replicate.

    Parameters
    ----------
    axes : names of the axes of the design
    case : which case
    found : its replicates, and every outcome, [n_replicates] each
    """
    import pyarrow as pa

    n, schema = len(found["replicate"]), outcomes_schema(axes)
    same = {"case": case.case, "point": case.point, **dict(zip(axes, case.values, strict=True))}
    columns = []
    for field in schema:
        if field.name == "scenario":
            columns.append(text_column([case.scenario] * n))
        else:
            values = np.full(n, same[field.name]) if field.name in same else found[field.name]
            columns.append(number_column(values, field.type))
    return pa.Table.from_arrays(columns, schema=schema)


def summary_row(axes: Sequence[str], case: CaseRow, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return one case in sum: the axes, cost, replicates, and each outcome ``x`` with ``x_low`` and ``x_high``.

    Parameters are those of :func:`outcomes_table`.
    """
    row: dict[str, Any] = {"case": case.case, "scenario": case.scenario, "point": case.point}
    row.update(zip(axes, case.values, strict=True))
    row.update(cost=case.cost, replicates=len(found["replicate"]))
    for name, interval in summarise(found).items():
        row.update({name: interval.estimate, f"{name}_low": interval.low, f"{name}_high": interval.high})
    return row


def summary_text(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as CSV; what is not known is left empty."""
    rows = list(rows)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0] if rows else [])
    for row in rows:
        writer.writerow(["" if isinstance(value, float) and math.isnan(value) else value for value in row.values()])
    return text.getvalue()


def summary_in(content: bytes, path: Path, axes: Sequence[str]) -> pa.Table:
    """Return the table that :func:`summary_text` wrote.

    Raises
    ------
    DamagedStoreError : it has other columns, or no numbers where numbers belong
    """
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    kinds = {"case": pa.int64(), "scenario": pa.string(), "point": pa.int64()}
    kinds |= {**dict.fromkeys(axes, pa.float64()), "cost": pa.float64(), "replicates": pa.int64()}
    first = list(kinds)
    if not content.strip():
        kinds |= {f"{name}{end}": pa.float64() for name in OUTCOMES for end in _ENDS}
        return pa.schema(list(kinds.items())).empty_table()
    kinds |= {f"{name}{end}": pa.float64() for name in (*OUTCOMES, *earlier_names()) for end in _ENDS}
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(content), convert_options=arrow_csv.ConvertOptions(column_types=kinds)
        )
    except (pa.ArrowException, ValueError) as error:
        raise DamagedStoreError(path, f"no table: {str(error).splitlines()[0][:200]}") from None
    return _named_now(table, first, _ENDS, path)[0]
