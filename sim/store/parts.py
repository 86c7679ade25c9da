"""A part: one Parquet file with some runs, one row each, of which lists hold the weekly series.

The weekly share that feels safe is always there, exactly, because every outcome is computed from it. The other measures
are there as far as the study keeps them, in single precision. Equal runs give equal bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.weekly import MEASURE_NAMES

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["DONE", "FAILED", "SAFE_SHARE", "Keep", "RunRow", "encode_part", "part_schema", "table_bytes"]

DONE, FAILED = "done", "failed"
SAFE_SHARE = "exact_safe_share"
"""The column of the weekly share that feels safe, in double precision, every week."""

_SAFE = MEASURE_NAMES.index("safe_share")
_ZSTD_LEVEL = 3


@dataclass(frozen=True)
class Keep:
    """What is kept of each run besides the share that feels safe.

    Parameters
    ----------
    measures : names of weekly measures, in the order of :data:`sim.weekly.MEASURES`
    every_weeks : every so many weeks, from week 0
    """

    measures: tuple[str, ...] = ()
    every_weeks: int = 1

    def as_table(self) -> dict[str, Any]:
        """Return it in plain types."""
        return {**asdict(self), "measures": list(self.measures)}


@dataclass(frozen=True, eq=False)
class RunRow:
    """One run, done or failed.

    Parameters
    ----------
    config, replicate : which run
    weekly : [n_weeks + 1, n_measures], None if it failed
    reason : why it failed, empty if it did not
    """

    config: str
    replicate: int
    weekly: NDArray[np.float64] | None
    reason: str = ""


def part_schema(keep: Keep) -> pa.Schema:
    """Return the columns of a part."""
    import pyarrow as pa

    columns = [
        ("config", pa.string()),
        ("replicate", pa.uint32()),
        ("state", pa.string()),
        ("reason", pa.string()),
        (SAFE_SHARE, pa.list_(pa.float64())),
        *((name, pa.list_(pa.float32())) for name in keep.measures),
    ]
    return pa.schema(columns)


def encode_part(rows: Sequence[RunRow], keep: Keep) -> bytes:
    """Return runs as the bytes of a part.

    Parameters
    ----------
    rows : runs in the order of the file
    keep : which weekly series are kept
    """
    import pyarrow as pa

    columns: list[Any] = [
        pa.array([row.config for row in rows], pa.string()),
        pa.array([row.replicate for row in rows], pa.uint32()),
        pa.array([FAILED if row.weekly is None else DONE for row in rows], pa.string()),
        pa.array([row.reason for row in rows], pa.string()),
        _lists([None if row.weekly is None else row.weekly[:, _SAFE] for row in rows], pa.float64()),
    ]
    for name in keep.measures:
        column = MEASURE_NAMES.index(name)
        series = [None if row.weekly is None else row.weekly[:: keep.every_weeks, column] for row in rows]
        columns.append(_lists(series, pa.float32()))
    return table_bytes(pa.Table.from_arrays(columns, schema=part_schema(keep)))


def _lists(series: Sequence[NDArray[np.float64] | None], kind: pa.DataType) -> pa.ListArray:
    import pyarrow as pa

    lengths = np.array([0 if values is None else len(values) for values in series])
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    known = [values for values in series if values is not None]
    values = np.concatenate(known) if known else np.zeros(0)
    missing = pa.array([item is None for item in series])
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(values.astype(kind.to_pandas_dtype())), mask=missing)


def table_bytes(table: pa.Table) -> bytes:
    """Return a table as Parquet; the same table gives the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    # Shares of a few hundred people take few values, so a dictionary is small; other series take as many as there are.
    repeating = [name for name in ("config", "state", "reason") if name in table.column_names]
    repeating += [f"{SAFE_SHARE}.list.element"] if SAFE_SHARE in table.column_names else []
    split = [f"{field.name}.list.element" for field in table.schema if field.type == pa.list_(pa.float32())]
    sink = pa.BufferOutputStream()
    pq.write_table(
        table,
        sink,
        compression="zstd",
        compression_level=_ZSTD_LEVEL,
        use_dictionary=repeating,
        use_byte_stream_split=split or False,
        row_group_size=max(1, table.num_rows),
    )
    return bytes(sink.getvalue())
