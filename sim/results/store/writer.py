"""The one writer of a store: parts, compaction, and the tables that describe what the runs are of.

A kill at any moment leaves whole parts and perhaps unfinished files, which the next writer clears away. A compaction
writes all new parts before it removes an old one. What is damaged is set aside, and so is missing, and is made anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.base.destination import FolderDestination
from sim.base.errors import InputError, OutputError
from sim.base.files import digest_of_file, new_file, write_whole
from sim.base.unfinished import sync_folder, take_back_unfinished
from sim.results.store.cases import CaseRow, cases_table, outcomes_schema, outcomes_table, summary_row, summary_text
from sim.results.store.compacting import batches_of, gathered, give_memory_back, rows_of, runs_in_a_part
from sim.results.store.configs import CONFIGS_FILE, Config, configs_table
from sim.results.store.description import STORE_FILE, Description, read_description, write_description
from sim.results.store.index import Index
from sim.results.store.layout import ASIDE, CASES_FILE, OUTCOMES_FILE, PARTS, SUMMARY_FILE
from sim.results.store.log import LOG_FILE, StoreLog, add_line, read_log, rewrite_log
from sim.results.store.numbers import (
    NUMBERS,
    Numbers,
    encode_numbers,
    kept_under,
    numbers_name,
    read_numbers,
)
from sim.results.store.one_writer import forget_stop, is_asked_to_stop, writing_alone
from sim.results.store.parts import (
    Keep,
    begin_of,
    compact_begin,
    fits_its_name,
    part_in,
    part_name,
    table_bytes,
)
from sim.results.store.reading import DamagedStoreError, digest_of
from sim.rulebook.own_rules import Recorded

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["StoreWriter"]

ROWS_AT_ONCE = 20_000
"""Rows of the table of outcomes that are in memory at once."""


class StoreWriter:
    """A store opened for writing; use :meth:`open`.

    Parameters
    ----------
    folder : folder of the store
    keep : what is kept of each run
    index : state of every run, kept up to date
    check_there : raises OutputError if the folder is no longer where it was opened
    set_aside : what was damaged when the store was opened, in the folder ``damaged`` now
    replacing : whether another study may take the place of the one there
    """

    def __init__(
        self,
        folder: Path,
        description: Description,
        check_there: Callable[[], None],
        set_aside: Iterable[Path] = (),
        replacing: bool = False,
    ) -> None:
        self._check_there = check_there
        self.folder, self.keep, self.replacing = folder, description.kept, replacing
        self.set_aside = [*set_aside]
        self._description = description
        self.index = Index.scan(folder / PARTS, self.keep, description.parts)
        if self.index.damaged:
            self.set_aside += [_set_aside(folder, path) for path in self.index.damaged]
            self._scan_anew()

    def _scan_anew(self) -> None:
        """Read the index off the parts that are there, and write down that these must be."""
        self.index = Index.scan(self.folder / PARTS, self.keep)
        self._put_description(self._description.with_parts(self.index.parts))

    @classmethod
    @contextmanager
    def open(cls, folder: Path, keep: Keep, replacing: bool = False) -> Iterator[StoreWriter]:
        """Open a store, or begin one, for as long as the block lasts.

        What is damaged is set aside, so that its runs are missing, and are run anew. With ``replacing``, another study
        may take the place of the one there.

        Raises
        ------
        InputError : the store was begun with other series to keep, under another contract, or with a newer format
        OutputError : the folder cannot be written, or somebody else is writing to it
        """
        with writing_alone(folder) as check_there:
            description, set_aside = _begin(folder, keep)
            description, more = _mend_log(folder, description)
            take_back_unfinished()
            forget_stop(folder)  # what was asked of an earlier start
            store = cls(folder, description, check_there, [*set_aside, *more], replacing)
            if store.set_aside:
                store.log("damaged", set_aside=[str(path.relative_to(folder)) for path in store.set_aside])
            try:
                yield store
            finally:
                forget_stop(folder)

    @property
    def is_asked_to_stop(self) -> bool:
        """Whether somebody has asked for a stop, from wherever they watch."""
        return is_asked_to_stop(self.folder)

    def add_part(self, content: bytes) -> tuple[int, int]:
        """Write a part, and return how many of its runs are done and how many failed. On return it is safe on disk.

        Raises
        ------
        OutputError : the disk is full or cannot be written, or these are no runs; nothing is lost but these runs
        """
        path = self.folder / PARTS / part_name(content)
        part = part_in(content, path, self.keep)
        self._write(path, content)
        self.index.add(path, part)
        n_failed = sum(reason != "" for reason in part.column("reason").to_pylist())
        return part.num_rows - n_failed, n_failed

    def log(self, event: str, **facts: Any) -> None:
        """Add a line to the log, for people; how many runs are wanted is written down in the description as well.

        Raises
        ------
        OutputError : the disk is full or cannot be written
        """
        self._check_there()
        add_line(self.folder, event, **facts)
        self._put_description(self._description.with_log(self._description.log_lines + 1, facts.get("wanted")))

    def check_plan(
        self,
        study: Mapping[str, Any],
        own: Sequence[Recorded],
        had: Sequence[CaseRow] = (),
        has: Sequence[CaseRow] = (),
    ) -> None:
        """Make sure that a study goes on with the one there, under the rules of one's own that that was begun with.

        Where another one may take its place, it does so now: what was found there goes, and its runs stay.

        Parameters
        ----------
        study, own : as :meth:`describe` takes them
        had, has : the cases there, and those that are planned, if all of them are known before

        Raises
        ------
        InputError : the rules are missing, or others; or another plan made what is there, which may not be replaced
        """
        self._description.check_rules(str(study["title"]), own, str(self.folder))
        try:
            self._description.check_plan(study, str(self.folder), had, has)
        except InputError:
            if not self.replacing:
                raise
            self._give_place_to(study, own)
        if self.replacing and not self._description.study.title:
            self._give_place_to(study, own)  # of results that kept no runs

    def _give_place_to(self, study: Mapping[str, Any], own: Sequence[Recorded]) -> None:
        """Begin another study; the answer of the one there goes first, so that a kill never leaves it beside this one.

        Raises
        ------
        OutputError : it cannot be removed
        """
        tables = (SUMMARY_FILE, OUTCOMES_FILE, CASES_FILE)  # what names the axes goes last
        going = self._description
        for name in tables:
            going = going.with_table(name, *going.tables.get(name, ()), "")
        self._put_description(going)
        for name in FolderDestination(self.folder, ()).written():
            self._remove(name)
        for name in tables:
            if digest_of_file(self.folder / name) in going.tables[name]:
                self._remove(name)
            else:
                self._keep_aside(self.folder / name)  # Somebody has changed it.
        self._put_description(_studied(going.without_tables(tables), study, own))

    def _remove(self, name: str) -> None:
        path = self.folder / name
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"{path}: cannot be removed ({error.strerror})") from error

    def describe(self, study: Mapping[str, Any], own: Sequence[Recorded] = ()) -> None:
        """Write down what the study is, and with which rules from outside the package, as far as that has changed."""
        self._put_description(_studied(self._description, study, own))

    def _put_description(self, description: Description) -> None:
        if description != self._description:
            self._check_there()
            write_description(self.folder, description)
            self._description = description

    def write_cases(self, axes: tuple[str, ...], rows: Iterable[CaseRow]) -> None:
        """Write the table of cases, with one column for each axis of the design."""
        self._write_table(CASES_FILE, table_bytes(cases_table(axes, list(rows))))

    def write_configs(self, configs: Mapping[str, Config]) -> None:
        """Write down what the runs of each key are of."""
        self._write_table(CONFIGS_FILE, table_bytes(configs_table(configs)))

    def _write_table(self, name: str, content: bytes) -> None:
        """Write a table beside the parts, whole or not at all."""
        digest = digest_of(content)
        if not self._expect(name, digest):
            self._write(self.folder / name, content)
        self._settle(name, digest)

    def _expect(self, name: str, digest: str) -> bool:
        """Write down what a table will be, beside what it is now; tell whether it is that already."""
        now = digest_of_file(self.folder / name)
        if now not in ("", digest, *self._description.tables.get(name, ())):
            # Somebody has changed it: whether to damage or to better it, it is kept.
            self._keep_aside(self.folder / name)
            now = ""
        before = [now] if not now or now in self._description.tables.get(name, ()) else []
        self._put_description(self._description.with_table(name, digest, *before))
        return now == digest

    def _settle(self, name: str, digest: str) -> None:
        """Note that a table is in its place: what it was before need not be written down the next time."""
        self._description = self._description.with_table(name, digest)

    def numbers(self, key: str) -> Numbers | None:
        """Return the numbers that are kept under a key; None if there are none. Damaged ones are set aside.

        Parameters
        ----------
        key : a hash of all that decides them, in hexadecimal digits

        Raises
        ------
        OutputError : they cannot be read
        """
        for path in kept_under(self.folder, key):
            try:
                return read_numbers(path)
            except DamagedStoreError:
                self._keep_aside(path)
        return None

    def _keep_aside(self, path: Path) -> None:
        self.set_aside.append(_set_aside(self.folder, path))
        self.log("damaged", set_aside=[str(self.set_aside[-1].relative_to(self.folder))])

    def keep_numbers(self, key: str, numbers: Mapping[str, NDArray[np.float64]]) -> None:
        """Write numbers down under a key. On return they are safe on disk.

        Raises
        ------
        OutputError : the disk is full or cannot be written
        """
        content = encode_numbers(numbers)
        self._write(self.folder / NUMBERS / numbers_name(key, content), content)

    def _write(self, path: Path, content: bytes) -> None:
        """Write a file of the store, whole or not at all; on return it is safe on disk."""
        self._check_there()
        write_whole(path, content)
        sync_folder(path.parent)

    def write_outcomes(self, axes: tuple[str, ...], found: Iterable[tuple[CaseRow, dict[str, Any]]]) -> None:
        """Write the tables of outcomes and of cases in sum, each whole or not at all.

        Parameters
        ----------
        axes : names of the axes of the design
        found : each case with its outcomes; only so many rows are in memory at once
        """
        import pyarrow.parquet as pq

        rows: list[dict[str, Any]] = []
        self._check_there()

        def tables() -> Iterator[pa.Table]:
            for case, outcomes in found:
                rows.append(summary_row(axes, case, outcomes))
                yield outcomes_table(axes, case, outcomes)

        with (
            new_file(self.folder / OUTCOMES_FILE) as path,
            pq.ParquetWriter(path, outcomes_schema(axes), compression="zstd") as writer,
        ):
            for table in gathered(tables(), ROWS_AT_ONCE):
                writer.write_table(table)
            writer.close()
            digest = digest_of_file(path)
            self._expect(OUTCOMES_FILE, digest)
        self._settle(OUTCOMES_FILE, digest)
        self._write_table(SUMMARY_FILE, summary_text(rows).encode())

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
            size = runs_per_part or runs_in_a_part(self.keep)
            there = {begin_of(path.name): path for path in self.index.parts}
            new = set(pool.map(partial(self._write_compact, there), batches_of(self.index, configs, size)))
        self._put_description(self._description.with_parts(new))
        for path in old - new:
            path.unlink(missing_ok=True)
        if old != new:
            self._scan_anew()

    def _write_compact(self, there: Mapping[str, Path], batch: list[tuple[str, int]]) -> Path:
        states = "".join(str(int(self.index.state(*run))) for run in batch)
        named = json.dumps([batch, states, self.keep.as_table()]).encode()
        begin = compact_begin(named)
        if begin in there:
            return there[begin]
        content = table_bytes(rows_of(self.index, batch, self.keep))
        path = self.folder / PARTS / part_name(content, begin)
        self._write(path, content)
        give_memory_back()
        return path


# --- the store's own description --------------------------------------------------------------------------------------


def _studied(description: Description, study: Mapping[str, Any], own: Sequence[Recorded]) -> Description:
    """Return a description with another study, and with the rules from outside the package that it is run with."""
    rules = {"own_rules": tuple(own)} if own else {}
    return description.with_study({**study, **rules})


def _begin(folder: Path, keep: Keep) -> tuple[Description, list[Path]]:
    """Return the description of a store, begun if there is none, and what of it had to be set aside.

    Raises
    ------
    InputError : the store was begun with other series to keep, under another contract, or with a newer format
    OutputError : there are parts that are not of these series, and nothing that says what they are
    """
    is_damaged = False
    if (folder / STORE_FILE).exists():
        try:
            description = read_description(folder)
        except DamagedStoreError:
            is_damaged = True
        else:
            description.check_contract(str(folder))
            _check_kept(folder, description.kept, keep)
            return description, []
    strangers = [path for path in Index.scan(folder / PARTS, keep).damaged if fits_its_name(path)]
    if strangers:
        raise OutputError(
            f"{folder}: there are parts that may be of another study (such as {strangers[0].name}), and no "
            f"{STORE_FILE} that says so; choose another folder with --out"
        )
    set_aside = [_set_aside(folder, folder / STORE_FILE)] if is_damaged else []
    description = Description.new(keep)
    write_description(folder, description)
    return description, set_aside


def _mend_log(folder: Path, description: Description) -> tuple[Description, list[Path]]:
    """Leave in the log whole lines with sums alone; return the description that fits it, and what was set aside."""
    set_aside = []
    try:
        log = read_log(folder, description.has_hashes)
    except DamagedStoreError as error:
        log, set_aside = StoreLog(), [_set_aside(folder, error.path)]
    if len(log.broken) > log.is_cut:
        set_aside.append(_set_aside(folder, folder / LOG_FILE))
    if log.broken or set_aside or (log.lines and not description.has_hashes):
        rewrite_log(folder, log)
    found = description.now().with_log(len(log.lines), None if description.has_hashes else log.n_wanted)
    if found != description:
        write_description(folder, found)
    return found, set_aside


def _check_kept(folder: Path, kept: Keep, keep: Keep) -> None:
    if kept != keep:
        hint = "choose another folder with --out, or keep the same as before"
        came = "other figures" if len(keep.figures) == len(kept.figures) != 0 else _keep_words(keep)
        wanted = f"what the study there was begun with ({_keep_words(kept)})"
        raise InputError.single(f"{folder}: [keep]", wanted, came, hint)


def _keep_words(keep: Keep) -> str:
    series = f"{len(keep.measures)} measures every {keep.every_weeks} weeks" if keep.measures else "no weekly series"
    return f"{series} and {len(keep.figures)} figures" if keep.figures else series


def _set_aside(folder: Path, path: Path) -> Path:
    """Move a damaged file where nothing reads it, and return its new place; if it is gone, the place that it had."""
    if not os.path.lexists(path):
        return path
    place = folder / ASIDE / path.name
    number = 1
    try:
        place.parent.mkdir(exist_ok=True)
        while place.exists():
            number += 1
            place = folder / ASIDE / f"{path.stem} ({number}){path.suffix}"
        path.rename(place)
    except OSError as error:
        raise OutputError(f"{path}: damaged, and cannot be set aside ({error.strerror}); move it away") from error
    return place
