"""A part: one Parquet file with some runs, one row each, of which lists hold the weekly series.

The weekly share that feels safe is always there, exactly, because every outcome is computed from it. The other measures
are there as far as the study keeps them, in single precision, and single figures in double precision. Equal runs give
equal bytes. The name of a part holds the SHA-256 of its bytes, so that both come into being in one moment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.base.files import digest_of_file
from sim.engine.recorder import MEASURE_NAMES
from sim.results.store.columns import list_column, lists_in, number_column, text_column
from sim.results.store.figures import Figure, figures_of
from sim.results.store.reading import DamagedStoreError, digest_of, file_bytes, table_in

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "DONE",
    "FAILED",
    "FIGURES_COLUMN",
    "KEYS",
    "SAFE_SHARE",
    "Keep",
    "RunRow",
    "begin_of",
    "compact_begin",
    "encode_part",
    "fits_its_name",
    "is_verifiable",
    "part_in",
    "part_name",
    "part_schema",
    "read_part",
    "table_bytes",
]

DONE, FAILED = "done", "failed"
SAFE_SHARE = "exact_safe_share"
"""The column of the weekly share that feels safe, in double precision, every week."""

FIGURES_COLUMN = "exact_figures"
"""The column of figures, in double precision, in the order in which they are kept."""

KEYS = ["config", "replicate", "state", "reason"]
"""Columns of a part that say which runs it holds, and what became of them."""

MOST_REPLICATES = 2**20
"""Replicates of a scenario are numbered below this."""

_KEY = re.compile(r"[0-9A-Za-z_.+-]{1,100}")
_SAFE = MEASURE_NAMES.index("safe_share")
_ZSTD_LEVEL = 3


@dataclass(frozen=True)
class Keep:
    """What is kept of each run besides the share that feels safe.

    Parameters
    ----------
    measures : names of weekly measures, in the order of :data:`sim.engine.recorder.MEASURES`, then those of one's own
    every_weeks : every so many weeks, from week 0
    figures : single figures, in double precision
    """

    measures: tuple[str, ...] = ()
    every_weeks: int = 1
    figures: tuple[Figure, ...] = ()

    def as_table(self) -> dict[str, Any]:
        """Return it in plain types; measures of one's own and figures are named only where there are any."""
        shipped = [name for name in self.measures if name in MEASURE_NAMES]
        own = [name for name in self.measures if name not in MEASURE_NAMES]
        figures = {"figures": [list(figure) for figure in self.figures]} if self.figures else {}
        return {
            "measures": shipped,
            "every_weeks": self.every_weeks,
            **({"own_measures": own} if own else {}),
            **figures,
        }


@dataclass(frozen=True, eq=False)
class RunRow:
    """One run, done or failed; use :meth:`done` or :meth:`failed`.

    Parameters
    ----------
    config, replicate : which run
    safe_share : [n_weeks + 1], weekly share that feels safe; None if it failed
    kept : [n_kept_measures, n_kept_weeks], single precision; None if it failed
    figures : [n_figures]; None if it failed
    reason : why it failed, empty if it did not
    """

    config: str
    replicate: int
    safe_share: NDArray[np.float64] | None
    kept: NDArray[np.float32] | None
    figures: NDArray[np.float64] | None = None
    reason: str = ""

    @classmethod
    def done(
        cls,
        config: str,
        replicate: int,
        weekly: NDArray[np.float64],
        keep: Keep,
        measure_names: Sequence[str] = MEASURE_NAMES,
    ) -> RunRow:
        """Return what is kept of a run, so that its table can be let go.

        Parameters
        ----------
        config, replicate : which run
        weekly : [n_weeks + 1, n_measures]
        keep : which weekly series are kept
        measure_names : in the order of the weekly table
        """
        columns = [measure_names.index(name) for name in keep.measures]
        kept = np.ascontiguousarray(weekly[:: keep.every_weeks, columns].T, dtype=np.float32)
        return cls(config, replicate, weekly[:, _SAFE].copy(), kept, figures_of(weekly, keep.figures))

    @classmethod
    def failed(cls, config: str, replicate: int, reason: str) -> RunRow:
        """Return a run that failed."""
        return cls(config, replicate, None, None, None, reason)


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
        *([(FIGURES_COLUMN, pa.list_(pa.float64()))] if keep.figures else []),
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
    if keep.figures:
        figures = [row.figures for row in rows if row.figures is not None]
        n_figures = [len(keep.figures) if done else 0 for done in is_done]
        columns.append(
            list_column(np.concatenate(figures) if figures else np.zeros(0), n_figures, is_done, pa.float64())
        )
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


# --- names ------------------------------------------------------------------------------------------------------------


def part_name(content: bytes, begin: str = "") -> str:
    """Return the name of a part.

    Parameters
    ----------
    content : its bytes
    begin : of :func:`compact_begin`, after a compaction
    """
    return f"{begin}{digest_of(content)}.parquet"


def compact_begin(runs: bytes) -> str:
    """Return how the name of a part begins after a compaction.

    Parameters
    ----------
    runs : what decides which rows are in it, and in which state they are
    """
    return f"runs-{digest_of(runs)[:24]}-"


def begin_of(name: str) -> str:
    """Return what stands before the hash of the bytes in the name of a part."""
    return name[: max(0, len(name) - len(part_name(b"")))]


def _digest_in(name: str) -> str | None:
    """Return the hash that the name of a part holds, empty if it is too old to hold one; None if it is no part's."""
    for pattern in (
        r"(?:runs-[0-9a-f]{24}-)?([0-9a-f]{64})\.parquet",
        r"([0-9a-f]{24})\.parquet",
        r"runs-[0-9a-f]{24}()\.parquet",
    ):
        if found := re.fullmatch(pattern, name):
            return found[1]
    return None


def is_verifiable(name: str) -> bool:
    """Tell whether the name of a part holds a hash of its bytes."""
    return bool(_digest_in(name))


def fits_its_name(path: Path) -> bool:
    """Tell whether the bytes of a part are what its name says, or its name says nothing."""
    digest = _digest_in(path.name) or ""
    return digest_of_file(path).startswith(digest)


# --- reading ----------------------------------------------------------------------------------------------------------


def read_part(path: Path, keep: Keep, columns: Sequence[str] = ()) -> pa.Table:
    """Return a part, or some of its columns, once its bytes are known to be those that were written.

    Raises
    ------
    FileNotFoundError : there is none
    DamagedStoreError : its bytes are not what its name says, or it holds what no part can
    OutputError : it cannot be read
    """
    digest = _digest_in(path.name)
    if digest is None:
        raise DamagedStoreError(path, "not the name of a part")
    content = file_bytes(path)
    if not digest_of(content).startswith(digest):
        raise DamagedStoreError(path, "its bytes do not fit the hash in its name")
    return part_in(content, path, keep, columns)


def part_in(content: bytes, path: Path, keep: Keep, columns: Sequence[str] = ()) -> pa.Table:
    """Return the part that some bytes hold, or some of its columns; all that are read are checked.

    Raises
    ------
    DamagedStoreError : it holds what no part can
    """
    table = table_in(content, path, part_schema(keep), columns)
    for wanted in _missed(table, len(keep.figures)):
        raise DamagedStoreError(path, f"wanted {wanted}")
    return table


def _missed(table: pa.Table, n_figures: int) -> Iterator[str]:
    """Yield what is not true of a part that must be, as far as its columns tell; each test relies on those before."""
    # Arrow's functions that take a Python value would load pandas.
    there = {name: table.column(name).to_pylist() for name in table.column_names if name in KEYS}
    if any(value is None for values in there.values() for value in values):
        yield f"a value in each row of {', '.join(KEYS)}"
    if not all(_KEY.fullmatch(config) for config in set(there.get("config", ()))):
        yield "keys of runs"
    if any(replicate >= MOST_REPLICATES for replicate in there.get("replicate", ())):
        yield f"replicates below {MOST_REPLICATES:,}"
    states = there.get("state", ())
    if not {*states} <= {DONE, FAILED}:
        yield f"states {DONE} or {FAILED}"
    if "reason" in there and any(
        (s == FAILED) != bool(r) for s, r in zip(states, there["reason"], strict=bool(states))
    ):
        yield "a reason for each run that failed, and for no other"
    if FIGURES_COLUMN in table.column_names and not _are_figures(table.column(FIGURES_COLUMN), states, n_figures):
        yield f"{n_figures} figures of each run that is done, and of no other"
    if SAFE_SHARE not in table.column_names:
        return
    shares = table.column(SAFE_SHARE)
    if states and [state == DONE for state in states] != shares.is_valid().to_pylist():
        yield "weekly shares of each run that is done, and of no other"
    if not all(map(_are_shares, shares.chunks)):
        yield "a share that feels safe, from 0 to 1, in each week"


def _are_figures(column: pa.ChunkedArray, states: Sequence[str], n_figures: int) -> bool:
    is_there = column.is_valid().to_pylist()
    if states and [state == DONE for state in states] != is_there:
        return False
    lengths = [np.diff(lists_in(chunk)[0]) for chunk in column.chunks]
    nulls = sum(chunk.flatten().null_count for chunk in column.chunks)
    wanted = np.where(np.array(is_there, dtype=np.bool_), n_figures, 0)
    return not nulls and np.array_equal(np.concatenate([np.zeros(0, dtype=np.int64), *lengths]), wanted)


def _are_shares(lists: pa.ListArray) -> bool:
    begins, values = lists_in(lists)
    shares = values[begins[0] : begins[-1]]
    is_there = np.array(lists.is_valid().to_pylist(), dtype=np.bool_)
    return (
        not lists.flatten().null_count
        and bool((np.diff(begins)[is_there] > 0).all())
        and bool(((shares >= 0.0) & (shares <= 1.0)).all())
    )
