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
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from sim.errors import InputError, OutputError
from sim.files import new_file, write_whole
from sim.store.index import Index, read_part
from sim.store.keys import FORMAT_VERSION, model_version
from sim.store.parts import Keep, part_schema, table_bytes

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CaseRow", "StoreWriter", "check_format", "is_being_written"]

RUNS_PER_PART = 512
"""Runs in a part after compaction."""

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
        import pyarrow.parquet as pq

        part = pq.read_table(io.BytesIO(content), columns=["config", "replicate", "state", "reason"])
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
        import pyarrow as pa

        rows = list(rows)
        names = ("case", "scenario", "point", "config", "reference", "support_end_week", "weeks", "cost")
        kinds = (pa.int64(), pa.string(), pa.int64(), pa.string(), pa.string(), pa.int64(), pa.int64(), pa.float64())
        columns = {
            name: pa.array([getattr(row, name) for row in rows], kind) for name, kind in zip(names, kinds, strict=True)
        }
        for place, axis in enumerate(axes):
            columns[axis] = pa.array([row.values[place] for row in rows], pa.float64())
        self.write_table(CASES_FILE, pa.table(columns))

    def write_table(self, name: str, table: Any) -> None:
        """Write a table beside the parts, whole or not at all."""
        content = table_bytes(table)
        path = self.folder / name
        if not path.is_file() or path.read_bytes() != content:
            write_whole(path, content)

    def write_outcomes(self, frames: Iterable[pd.DataFrame]) -> None:
        """Write the table of outcomes, whole or not at all; only so many rows are in memory at once."""
        import pandas as pd
        import pyarrow as pa
        import pyarrow.parquet as pq

        with new_file(self.folder / OUTCOMES_FILE) as path:
            writer = None
            for frame in _gathered(frames, ROWS_AT_ONCE):
                table = pa.Table.from_pandas(pd.concat(frame, ignore_index=True), preserve_index=False)
                writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
                writer.write_table(table)
            if writer is None:
                pq.write_table(pa.table({"case": pa.array([], pa.int64())}), path)
            else:
                writer.close()

    def write_text(self, name: str, text: str) -> None:
        """Write a file beside the parts, whole or not at all."""
        write_whole(self.folder / name, text)

    def compact(self, runs_per_part: int = RUNS_PER_PART) -> None:
        """Bring the parts into their one canonical form: sorted by configuration and replicate, in files of one size.

        Two stores with the same runs then have the same files with the same bytes, however the runs came about.
        """
        old = set(self.index.parts)
        new = set()
        batches = list(_batches(self.index, runs_per_part))
        for batch in batches:
            new.add(self._write_compact(batch))
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
        return path

    def _gather(self, batch: list[tuple[str, int]]) -> Any:
        """Return the rows of some runs in their order; of two rows of one run, the one that is done."""
        import pyarrow as pa
        import pyarrow.compute as pc

        configs = pa.array(sorted({config for config, _ in batch}))
        wanted = {run: place for place, run in enumerate(batch)}
        best: dict[int, tuple[int, bool]] = {}
        found: list[Any] = []
        n_before = 0
        for path in self.index.parts_of(configs.to_pylist()):
            part = read_part(path)
            part = part.filter(pc.is_in(part.column("config"), configs))
            runs = zip(part.column("config").to_pylist(), part.column("replicate").to_pylist(), strict=True)
            reasons = part.column("reason").to_pylist()
            for row, run in enumerate(runs):
                place = wanted.get(run)
                if place is not None and (place not in best or (best[place][1] and not reasons[row])):
                    best[place] = (n_before + row, bool(reasons[row]))
            found.append(part.cast(part_schema(self.keep)))
            n_before += part.num_rows
        rows = pa.array([best[place][0] for place in range(len(batch))], pa.int64())
        gathered = pa.concat_tables(found)
        # Column by column: the copies of all of them at once would be the most memory that a study ever needs.
        columns = [gathered.column(name).combine_chunks().take(rows) for name in gathered.column_names]
        return pa.Table.from_arrays(columns, schema=part_schema(self.keep))


def _gathered(frames: Iterable[pd.DataFrame], n_rows: int) -> Iterator[list[pd.DataFrame]]:
    batch: list[pd.DataFrame] = []
    for frame in frames:
        batch.append(frame)
        if sum(map(len, batch)) >= n_rows:
            yield batch
            batch = []
    if batch:
        yield batch


def _batches(index: Index, size: int) -> Iterator[list[tuple[str, int]]]:
    batch: list[tuple[str, int]] = []
    for config in index.configs():
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
