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

from sim.engine.recorder import MEASURE_NAMES
from sim.results.store.columns import list_column, number_column, text_column

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
    measures : names of weekly measures, in the order of :data:`sim.engine.recorder.MEASURES`
    every_weeks : every so many weeks, from week 0
    """

    measures: tuple[str, ...] = ()
    every_weeks: int = 1

    def as_table(self) -> dict[str, Any]:
        """Return it in plain types."""
        return {**asdict(self), "measures": list(self.measures)}


@dataclass(frozen=True, eq=False)
class RunRow:
    """One run, done or failed; use :meth:`done` or :meth:`failed`.

    Parameters
    ----------
    config, replicate : which run
    safe_share : [n_weeks + 1], weekly share that feels safe; None if it failed
    kept : [n_kept_measures, n_kept_weeks], single precision; None if it failed
    reason : why it failed, empty if it did not
    """

    config: str
    replicate: int
    safe_share: NDArray[np.float64] | None
    kept: NDArray[np.float32] | None
    reason: str = ""

    @classmethod
    def done(cls, config: str, replicate: int, weekly: NDArray[np.float64], keep: Keep) -> RunRow:
        """Return what is kept of a run, so that its table can be let go.

        Parameters
        ----------
        config, replicate : which run
        weekly : [n_weeks + 1, n_measures]
        keep : which weekly series are kept
        """
        columns = [MEASURE_NAMES.index(name) for name in keep.measures]
        kept = np.ascontiguousarray(weekly[:: keep.every_weeks, columns].T, dtype=np.float32)
        return cls(config, replicate, weekly[:, _SAFE].copy(), kept)

    @classmethod
    def failed(cls, config: str, replicate: int, reason: str) -> RunRow:
        """Return a run that failed."""
        return cls(config, replicate, None, None, reason)


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

    is_done = [row.safe_share is not None for row in rows]
    exact = [row.safe_share for row in rows if row.safe_share is not None]
    kept = [row.kept for row in rows if row.kept is not None]
    n_weeks = [0 if row.safe_share is None else len(row.safe_share) for row in rows]
    n_kept = [0 if row.kept is None else row.kept.shape[1] for row in rows]
    series = np.concatenate(kept, axis=1) if kept else np.zeros((len(keep.measures), 0), dtype=np.float32)
    columns = [
        text_column([row.config for row in rows]),
        number_column([row.replicate for row in rows], pa.uint32()),
        text_column([DONE if done else FAILED for done in is_done]),
        text_column([row.reason for row in rows]),
        list_column(np.concatenate(exact) if exact else np.zeros(0), n_weeks, is_done, pa.float64()),
        *(list_column(values, n_kept, is_done, pa.float32()) for values in series),
    ]
    return table_bytes(pa.Table.from_arrays(columns, schema=part_schema(keep)))


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
