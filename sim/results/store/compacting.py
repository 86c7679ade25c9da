"""The canonical form of a store's parts: which runs stand together, in which order, and their rows of the old parts.

Nothing here is written; :mod:`sim.results.store.writer` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sim.results.store.columns import number_column
from sim.results.store.index import GONE, Index
from sim.results.store.parts import Keep, part_schema, read_part
from sim.results.store.reading import DamagedStoreError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["RUNS_PER_PART", "batches_of", "gathered", "give_memory_back", "rows_of", "runs_in_a_part"]

RUNS_PER_PART = 512
"""Runs in a part after compaction, at most."""

_SERIES_PER_PART = 12 * RUNS_PER_PART
"""Weekly series, or as much of thinned ones, in a part after compaction: as much as is easily held in memory."""


def rows_of(index: Index, batch: Sequence[tuple[str, int]], keep: Keep) -> pa.Table:
    """Return the rows of some runs in their order; of two rows of one run, the one that is done.

    Raises
    ------
    DamagedStoreError : a part is damaged, or was removed meanwhile
    """
    import pyarrow as pa

    wanted = {run: place for place, run in enumerate(batch)}
    best: dict[int, tuple[int, bool]] = {}
    found: list[pa.Table] = []
    n_before = 0
    for path in index.parts_of({config for config, _ in batch}):
        try:
            part = read_part(path, keep)
        except FileNotFoundError:
            raise DamagedStoreError(path, GONE) from None
        keys = [part.column(name).to_pylist() for name in ("config", "replicate", "reason")]
        rows: list[int] = []
        for row, (config, replicate, reason) in enumerate(zip(*keys, strict=True)):
            place = wanted.get((config, replicate))
            if place is not None and (place not in best or (best[place][1] and not reason)):
                best[place] = (n_before + len(rows), bool(reason))
                rows.append(row)
        found.append(part.cast(part_schema(keep)).take(number_column(rows, pa.int64())))
        n_before += len(rows)
    order = number_column([best[place][0] for place in range(len(batch))], pa.int64())
    return _in_order(found, order, part_schema(keep))


def _in_order(parts: list[pa.Table], order: pa.Array, schema: pa.Schema) -> pa.Table:
    """Return rows of parts in an order; column by column, since two copies of all would be a study's most memory."""
    import pyarrow as pa

    table = pa.concat_tables(parts)
    parts.clear()
    columns = []
    for name in schema.names:
        columns.append(table.column(name).combine_chunks().take(order))
        table = table.drop_columns([name])
    return pa.Table.from_arrays(columns, schema=schema)


def give_memory_back() -> None:
    """Return to the system what Arrow would otherwise keep for the next part, in each thread anew."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()


def gathered(tables: Iterable[pa.Table], n_rows: int) -> Iterator[pa.Table]:
    """Yield tables of about one size, made of smaller ones."""
    import pyarrow as pa

    batch: list[pa.Table] = []
    for table in tables:
        batch.append(table)
        if sum(map(len, batch)) >= n_rows:
            yield pa.concat_tables(batch)
            batch = []
    if batch:
        yield pa.concat_tables(batch)


def runs_in_a_part(keep: Keep) -> int:
    """Return how many runs stand in a part, by what is kept of each."""
    n_series = len(keep.measures) / keep.every_weeks
    return RUNS_PER_PART if n_series == 0 else max(1, min(RUNS_PER_PART, int(_SERIES_PER_PART / n_series)))


def batches_of(index: Index, configs: Iterable[str], size: int) -> Iterator[list[tuple[str, int]]]:
    """Yield the runs of some configurations in their order, so many at a time."""
    batch: list[tuple[str, int]] = []
    for config in configs:
        for replicate in index.runs_of(config):
            batch.append((config, replicate))
            if len(batch) == size:
                yield batch
                batch = []
    if batch:
        yield batch
