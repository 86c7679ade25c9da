"""The log of a store: a line of JSON for each thing that happened, with a sum of its own, so that damage is seen."""

from __future__ import annotations

import json
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sim.base.errors import OutputError
from sim.base.files import write_whole
from sim.results.store.reading import file_bytes

__all__ = ["LOG_FILE", "StoreLog", "add_line", "read_log", "rewrite_log"]

LOG_FILE = "log.jsonl"

_MOST_BYTES = 100_000_000
_LATEST = 253_402_000_000.0
"""Seconds: the end of the year 9999, after which no calendar goes."""


class _Line(BaseModel):
    """A line of the log; it may hold more than is read here."""

    model_config = ConfigDict(extra="allow", allow_inf_nan=False)

    time: float = Field(ge=0, le=_LATEST)
    event: str = Field(max_length=200)
    wanted: int = Field(0, ge=0, lt=2**63)
    reason: str = ""


@dataclass(frozen=True)
class StoreLog:
    """What the log says.

    Parameters
    ----------
    lines : the content of each line that can be read, without its sum
    broken : numbers of the others, from 1
    is_cut : whether the last line is one of them and has no end, as a kill or a full disk leaves it
    """

    lines: tuple[dict[str, Any], ...] = ()
    broken: tuple[int, ...] = ()
    is_cut: bool = False

    @property
    def last(self) -> dict[str, Any]:
        """The last line; empty if there is none."""
        return self.lines[-1] if self.lines else {}

    @property
    def n_wanted(self) -> int:
        """How many runs the study was last said to need."""
        return next((line["wanted"] for line in reversed(self.lines) if "wanted" in line), 0)


def add_line(folder: Path, event: str, **facts: Any) -> None:
    """Add a line to the log.

    Raises
    ------
    OutputError : the disk is full or cannot be written
    """
    path = folder / LOG_FILE
    try:
        with path.open("ab") as file:
            file.write(_sealed({"time": round(time.time(), 3), "event": event, **facts}))
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror})") from error


def rewrite_log(folder: Path, log: StoreLog) -> None:
    """Write a log anew, of the lines alone that can be read, each with its sum.

    Raises
    ------
    OutputError : the disk is full or cannot be written
    """
    write_whole(folder / LOG_FILE, b"".join(map(_sealed, log.lines)))


def read_log(folder: Path, has_sums: bool) -> StoreLog:
    """Return what the log of a store says; lines that cannot be read are numbered and left out.

    Parameters
    ----------
    folder : of the store
    has_sums : whether each line must have its sum; older versions gave them none

    Raises
    ------
    DamagedStoreError : it is no file of text
    """
    try:
        content = file_bytes(folder / LOG_FILE, _MOST_BYTES)
    except FileNotFoundError:
        return StoreLog()
    found: list[dict[str, Any]] = []
    broken = []
    *lines, rest = content.split(b"\n")
    for number, line in enumerate([*lines, *([rest] if rest else [])], start=1):
        table = _table_in(line)
        if table is None or (has_sums and line + b"\n" != _sealed(table)):
            broken.append(number)
        else:
            found.append(table)
    return StoreLog(tuple(found), tuple(broken), is_cut=bool(rest) and len(lines) + 1 in broken)


def _table_in(line: bytes) -> dict[str, Any] | None:
    """Return the content of a line without its sum; None if it is no line of a log."""
    try:
        _Line.model_validate_json(line, strict=True)
        # As it was written: the sum is of the keys in their order.
        return {key: value for key, value in json.loads(line).items() if key != "sum"}
    except (ValueError, RecursionError):
        return None


def _sealed(table: dict[str, Any]) -> bytes:
    """Return a line with the sum of its content."""
    digest = f"{zlib.crc32(json.dumps(table).encode()):08x}"
    return json.dumps({**table, "sum": digest}).encode() + b"\n"
