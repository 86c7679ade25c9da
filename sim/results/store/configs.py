"""What the runs of a store are of: each scenario, fully resolved, by the key of its runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sim.base.dates import as_date
from sim.results.store.columns import number_column, text_column
from sim.results.store.reading import DamagedStoreError, table_in

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CONFIGS_FILE", "Config", "configs_in", "configs_table", "start_in"]

CONFIGS_FILE = "configs.parquet"


class Config(NamedTuple):
    """What the runs of one key are of.

    Parameters
    ----------
    scenario : fully resolved, as JSON
    seed : of the chance events
    first : replicate 0 of the runs has the chance events of this one
    """

    scenario: str
    seed: int
    first: int = 0


def start_in(scenario: str) -> date | None:
    """Return the day on which a scenario, as JSON, starts; None where it does not say, or is none of ours."""
    try:
        told = json.loads(scenario)
    except ValueError:
        return None
    return as_date(told.get("start")) if isinstance(told, dict) else None


def configs_table(configs: Mapping[str, Config]) -> pa.Table:
    """Return what the runs of each key are of, as a table."""
    import pyarrow as pa

    names = sorted(configs)
    columns = {
        "config": text_column(names),
        "scenario": text_column([configs[name].scenario for name in names]),
        "seed": number_column([configs[name].seed for name in names], pa.int64()),
        "first": number_column([configs[name].first for name in names], pa.int64()),
    }
    return pa.table(columns)


def configs_in(content: bytes, path: Path) -> pa.Table:
    """Return the table of :func:`configs_table` that some bytes hold; those of older versions lack columns.

    Raises
    ------
    DamagedStoreError : it has other columns, or an empty place
    """
    import pyarrow as pa

    table = table_in(content, path)
    kinds = {"config": pa.string(), "scenario": pa.string(), "seed": pa.int64(), "first": pa.int64()}
    later = ("seed", "first")
    schema = pa.schema([item for item in kinds.items() if item[0] not in later or item[0] in table.column_names])
    if not table.schema.equals(schema) or any(column.null_count for column in table.columns):
        raise DamagedStoreError(path, f"wanted the columns {', '.join(kinds)}, with a value in each row")
    return table
