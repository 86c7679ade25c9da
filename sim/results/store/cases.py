"""The cases of a study as rows of tables: what they are, what came of each replicate, and in sum."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.results.store.columns import number_column, text_column
from sim.results.store.outcomes import OUTCOMES, SHARES, summarise

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CASE_COLUMNS", "CaseRow", "cases_table", "outcomes_schema", "outcomes_table", "summary_row", "summary_text"]

CASE_COLUMNS = ("case", "scenario", "point", "config", "reference", "support_end_week", "weeks", "cost")
"""Columns of the table of cases besides the axes of the design."""


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

    columns = {}
    for name in CASE_COLUMNS:
        values = [getattr(row, name) for row in rows]
        is_text = name in ("scenario", "config", "reference")
        kind = pa.float64() if name == "cost" else pa.int64()
        columns[name] = text_column(values) if is_text else number_column(values, kind)
    for place, axis in enumerate(axes):
        columns[axis] = number_column([row.values[place] for row in rows], pa.float64())
    return pa.table(columns)


def outcomes_schema(axes: Sequence[str]) -> pa.Schema:
    """Return the columns of the table of outcomes."""
    import pyarrow as pa

    return pa.schema([
        ("case", pa.int64()), ("scenario", pa.string()), ("point", pa.int64()),
        *((axis, pa.float64()) for axis in axes),
        ("replicate", pa.int64()),
        *((name, pa.bool_() if name in SHARES else pa.float64()) for name in OUTCOMES),
    ])  # fmt: skip


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
