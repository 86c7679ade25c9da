"""What the runs of a store are of: each scenario, fully resolved, by the key of its runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sim.results.store.columns import number_column, text_column
from sim.results.store.reading import DamagedError, table_in

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CONFIGS_FILE", "configs_in", "configs_table"]

CONFIGS_FILE = "configs.parquet"


def configs_table(scenarios: Mapping[str, tuple[str, int]]) -> pa.Table:
    """Return the resolved scenario as JSON, and the seed, of each key."""
    import pyarrow as pa

    names = sorted(scenarios)
    columns = {
        "config": text_column(names),
        "scenario": text_column([scenarios[name][0] for name in names]),
        "seed": number_column([scenarios[name][1] for name in names], pa.int64()),
    }
    return pa.table(columns)


def configs_in(content: bytes, path: Path) -> pa.Table:
    """Return the table of :func:`configs_table` that some bytes hold; those of older versions have no seed.

    Raises
    ------
    DamagedError : it has other columns, or an empty place
    """
    import pyarrow as pa

    table = table_in(content, path)
    kinds = {"config": pa.string(), "scenario": pa.string(), "seed": pa.int64()}
    schema = pa.schema([item for item in kinds.items() if item[0] != "seed" or "seed" in table.column_names])
    if not table.schema.equals(schema) or any(column.null_count for column in table.columns):
        raise DamagedError(path, f"wanted the columns {', '.join(kinds)}, with a value in each row")
    return table
