"""The one writer of a store: parts, compaction, and the tables that describe what the runs are of.

A kill at any moment leaves whole parts and perhaps unfinished files, which the next writer clears away. A compaction
writes all new parts before it removes an old one.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from sim.base.errors import InputError, OutputError
from sim.base.files import new_file, write_whole
from sim.results.store.cases import CaseRow, cases_table, outcomes_schema, outcomes_table, summary_row, summary_text
from sim.results.store.columns import number_column, text_column
from sim.results.store.index import KEYS, Index, read_part
from sim.results.store.keys import FORMAT_VERSION, model_version
from sim.results.store.parts import Keep, part_schema, table_bytes

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["StoreWriter", "check_format", "is_being_written"]

RUNS_PER_PART = 512
"""Runs in a part after compaction, at most."""

_SERIES_PER_PART = 12 * RUNS_PER_PART
"""Weekly series, or as much of thinned ones, in a part after compaction: as much as is easily held in memory."""

# Somebody who asks for the state of a study holds its lock for an instant.
_LOOKS, _LOOK_AGAIN = 3, 0.2

PARTS, STORE_FILE, CASES_FILE, CONFIGS_FILE, LOG_FILE, LOCK_FILE, OUTCOMES_FILE, SUMMARY_FILE = (
    "parts",
    "store.json",
    "cases.parquet",
    "configs.parquet",
    "log.jsonl",
    "lock",
    "outcomes.parquet",
    "summary.csv",
)
ROWS_AT_ONCE = 20_000
"""Rows of the table of outcomes that are in memory at once."""


class StoreWriter:
    """A store opened for writing; use :meth:`open`.

    Parameters
    ----------
    folder : folder of the store
    keep : what is kept of each run
    index : state of every run, kept up to date
    """

    def __init__(self, folder: Path, keep: Keep) -> None:
        self.folder, self.keep = folder, keep
        self.index = Index.scan(folder / PARTS)

    @classmethod
    @contextmanager
    def open(cls, folder: Path, keep: Keep) -> Iterator[StoreWriter]:
        """Open a store, or begin one, for as long as the block lasts.

        Raises
        ------
        InputError : the store was begun with other series to keep, or with a newer format
        OutputError : the folder cannot be written, or somebody else is writing to it
        """
        try:
            (folder / PARTS).mkdir(parents=True, exist_ok=True)
            lock = (folder / LOCK_FILE).open("a")
        except OSError as error:
            raise OutputError(f"{folder}: cannot be written ({error.strerror}); choose another with --out") from error
        with lock:
            if not _lock_patiently(lock):
                raise OutputError(f"{folder}: another process is running this study; look with: study status {folder}")
            _begin(folder, keep)
            for unfinished in (*(folder / PARTS).glob(".*.parquet"), *folder.glob(".*.parquet")):
                unfinished.unlink(missing_ok=True)
            yield cls(folder, keep)

    def add_part(self, content: bytes) -> tuple[int, int]:
        """Write a part, and return how many of its runs are done and how many failed. On return it is safe on disk.

        Raises
        ------
        OutputError : the disk is full or cannot be written; nothing is lost but these runs
        """
        part = read_part(io.BytesIO(content), KEYS)
        path = self.folder / PARTS / f"{hashlib.sha256(content).hexdigest()[:24]}.parquet"
        write_whole(path, content)
        _sync_folder(path.parent)
        self.index.add(path, part)
        n_failed = sum(reason != "" for reason in part.column("reason").to_pylist())
        return part.num_rows - n_failed, n_failed

    def log(self, event: str, **facts: Any) -> None:
        """Add a line to the log: for people; nothing depends on it.

        Raises
        ------
        OutputError : the disk is full or cannot be written
        """
        line = json.dumps({"time": round(time.time(), 3), "event": event, **facts})
        path = self.folder / LOG_FILE
        try:
            with path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError as error:
            raise OutputError(f"{path}: cannot be written ({error.strerror})") from error

    def describe(self, study: dict[str, Any]) -> None:
        """Write down what the study is, as far as that has changed."""
        described = _read_store_file(self.folder)
        if described.get("study") != study:
            _write_store_file(self.folder, {**described, "study": study})

    def write_cases(self, axes: tuple[str, ...], rows: Iterable[CaseRow]) -> None:
        """Write the table of cases, with one column for each axis of the design."""
        self.write_table(CASES_FILE, cases_table(axes, list(rows)))

    def write_configs(self, scenarios: Mapping[str, tuple[str, int]]) -> None:
        """Write down what the runs of each key are of: the resolved scenario as JSON, and the seed."""
        import pyarrow as pa

        names = sorted(scenarios)
        columns = {
            "config": text_column(names),
            "scenario": text_column([scenarios[name][0] for name in names]),
            "seed": number_column([scenarios[name][1] for name in names], pa.int64()),
        }
        self.write_table(CONFIGS_FILE, pa.table(columns))

    def write_table(self, name: str, table: Any) -> None:
        """Write a table beside the parts, whole or not at all."""
        content = table_bytes(table)
        path = self.folder / name
        if not path.is_file() or path.read_bytes() != content:
            write_whole(path, content)

    def write_outcomes(self, axes: tuple[str, ...], found: Iterable[tuple[CaseRow, dict[str, Any]]]) -> None:
        """Write the tables of outcomes and of cases in sum, each whole or not at all.

        Parameters
        ----------
        axes : names of the axes of the design
        found : each case with its outcomes; only so many rows are in memory at once
        """
        import pyarrow.parquet as pq

        rows: list[dict[str, Any]] = []

        def tables() -> Iterator[pa.Table]:
            for case, outcomes in found:
                rows.append(summary_row(axes, case, outcomes))
                yield outcomes_table(axes, case, outcomes)

        with (
            new_file(self.folder / OUTCOMES_FILE) as path,
            pq.ParquetWriter(path, outcomes_schema(axes), compression="zstd") as writer,
        ):
            for table in _gathered(tables(), ROWS_AT_ONCE):
                writer.write_table(table)
        write_whole(self.folder / SUMMARY_FILE, summary_text(rows))

    def compact(self, order: Iterable[str] = (), runs_per_part: int | None = None, threads: int = 1) -> None:
        """Bring the parts into their one canonical form: in a given order, in files of one size.

        Two stores with the same runs then have the same files with the same bytes, however the runs came about.

        Parameters
        ----------
        order : configurations in their order; all others follow by name
        runs_per_part : runs in a file; chosen from what is kept of each if left out
        threads : files made at once
        """
        old = set(self.index.parts)
        configs = dict.fromkeys([*order, *self.index.configs()])
        with ThreadPoolExecutor(threads) as pool:
            size = runs_per_part or _runs_per_part(self.keep)
            new = set(pool.map(self._write_compact, _batches(self.index, configs, size)))
        for path in old - new:
            path.unlink(missing_ok=True)
        if old != new:
            self.index = Index.scan(self.folder / PARTS)

    def _write_compact(self, batch: list[tuple[str, int]]) -> Path:
        states = "".join(str(int(self.index.state(*run))) for run in batch)
        named = json.dumps([batch, states, self.keep.as_table()]).encode()
        path = self.folder / PARTS / f"runs-{hashlib.sha256(named).hexdigest()[:24]}.parquet"
        if not path.is_file():
            write_whole(path, table_bytes(self._gather(batch)))
            _sync_folder(path.parent)
            _give_memory_back()
        return path

    def _gather(self, batch: list[tuple[str, int]]) -> pa.Table:
        """Return the rows of some runs in their order; of two rows of one run, the one that is done."""
        import pyarrow as pa

        wanted = {run: place for place, run in enumerate(batch)}
        best: dict[int, tuple[int, bool]] = {}
        found: list[pa.Table] = []
        n_before = 0
        for path in self.index.parts_of({config for config, _ in batch}):
            part = read_part(path)
            keys = [part.column(name).to_pylist() for name in ("config", "replicate", "reason")]
            rows: list[int] = []
            for row, (config, replicate, reason) in enumerate(zip(*keys, strict=True)):
                place = wanted.get((config, replicate))
                if place is not None and (place not in best or (best[place][1] and not reason)):
                    best[place] = (n_before + len(rows), bool(reason))
                    rows.append(row)
            found.append(part.cast(part_schema(self.keep)).take(number_column(rows, pa.int64())))
            n_before += len(rows)
        order = number_column([best[place][0] for place in range(len(batch))], pa.int64())
        return _in_order(found, order, part_schema(self.keep))


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


def _give_memory_back() -> None:
    """Return to the system what Arrow would otherwise keep for the next part, in each thread anew."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()


def _gathered(tables: Iterable[pa.Table], n_rows: int) -> Iterator[pa.Table]:
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


def _runs_per_part(keep: Keep) -> int:
    n_series = len(keep.measures) / keep.every_weeks
    return RUNS_PER_PART if n_series == 0 else max(1, min(RUNS_PER_PART, int(_SERIES_PER_PART / n_series)))


def _batches(index: Index, configs: Iterable[str], size: int) -> Iterator[list[tuple[str, int]]]:
    batch: list[tuple[str, int]] = []
    for config in configs:
        for replicate in index.runs_of(config):
            batch.append((config, replicate))
            if len(batch) == size:
                yield batch
                batch = []
    if batch:
        yield batch


# --- the store's own description --------------------------------------------------------------------------------------


def _begin(folder: Path, keep: Keep) -> None:
    """Write down format and kept series in a new store; check them in one that is there."""
    if not (folder / STORE_FILE).is_file():
        if any((folder / PARTS).glob("[!.]*.parquet")):
            raise OutputError(f"{folder}: has parts but no {STORE_FILE}; choose another folder with --out")
        described = {"format": FORMAT_VERSION, "model_version": model_version(), "keep": keep.as_table()}
        _write_store_file(folder, described)
        return
    described = check_format(folder)
    if described["keep"] != keep.as_table():
        came = _keep_words(described["keep"])
        hint = "choose another folder with --out, or keep the same as before"
        raise InputError.single(f"{folder}: [keep]", f"what the study there was begun with ({came})",
                                _keep_words(keep.as_table()), hint)  # fmt: skip


def _keep_words(keep: Any) -> str:
    n_measures = len(keep["measures"])
    return f"{n_measures} measures every {keep['every_weeks']} weeks" if n_measures else "no weekly series"


def check_format(folder: Path) -> dict[str, Any]:
    """Return the description of a store that this version can read.

    Raises
    ------
    InputError : there is no store in the folder, or a newer Cultureshift wrote it
    """
    described = _read_store_file(folder)
    if not isinstance(described.get("format"), int):
        hint = "begin one with: cultureshift study FILE --out DIR"
        raise InputError.single(str(folder), "the folder of a study", f"one without {STORE_FILE}", hint)
    if described["format"] > FORMAT_VERSION:
        came = f"format {described['format']}, of a newer Cultureshift"
        hint = "install that version to read it, or choose another folder with --out"
        raise InputError.single(str(folder), f"a study in format {FORMAT_VERSION} or older", came, hint)
    return described


def _read_store_file(folder: Path) -> dict[str, Any]:
    path = folder / STORE_FILE
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise InputError.single(str(path), "the description of a study", str(error)) from None
    return described if isinstance(described, dict) else {}


def _write_store_file(folder: Path, described: dict[str, Any]) -> None:
    write_whole(folder / STORE_FILE, json.dumps(described, indent=1, sort_keys=True) + "\n")


# --- one writer at a time ---------------------------------------------------------------------------------------------


def _try_lock(file: IO[str]) -> bool:
    """Take the lock of a file until it is closed, or until the process ends in any way."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _lock_patiently(file: IO[str]) -> bool:
    for _ in range(_LOOKS):
        if _try_lock(file):
            return True
        time.sleep(_LOOK_AGAIN)
    return False


def is_being_written(folder: Path) -> bool:
    """Tell whether a process is writing to the store now."""
    try:
        with (folder / LOCK_FILE).open("a") as lock:
            return not _try_lock(lock)
    except OSError:
        return False


def _sync_folder(folder: Path) -> None:
    """Make the names of new files survive a loss of power too, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
