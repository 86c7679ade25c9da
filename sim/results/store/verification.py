"""Is a store what was written? Every file is checked against its hash, and all that is damaged is told at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.base.errors import OutputError
from sim.results.store.description import read_description
from sim.results.store.index import Index, RunState
from sim.results.store.keys import run_id
from sim.results.store.layout import CASES_FILE
from sim.results.store.numbers import numbers_files, read_numbers
from sim.results.store.parts import KEYS, Keep, part_in
from sim.results.store.reading import DamagedStoreError, file_bytes
from sim.results.store.results import TABLES, Results

__all__ = ["Verification", "verify"]


@dataclass(frozen=True)
class Verification:
    """What was found in a store.

    Parameters
    ----------
    n_parts, n_runs : sound parts, and the runs in them
    damaged : damaged files, and what is wrong with each
    lost_runs : runs of the study that are damaged: those that resuming it runs anew
    unverified : files of an older version, which have no hash that they could be checked against
    """

    n_parts: int
    n_runs: int
    damaged: Mapping[Path, str]
    lost_runs: tuple[str, ...]
    unverified: tuple[Path, ...]


def verify(folder: str | Path) -> Verification:
    """Check every file of a store.

    Raises
    ------
    InputError : there is no study in the folder, or a newer Cultureshift wrote it
    DamagedStoreError : what the study says of itself is damaged; running the study again writes it anew
    """
    results = Results(folder, leave_out_damaged=True)
    index = results.index()
    damaged = dict(index.damaged)
    for name in TABLES:
        try:
            results.table(name)
        except DamagedStoreError as error:
            damaged[error.path] = error.reason
    for path in numbers_files(results.folder):
        try:
            read_numbers(path)
        except DamagedStoreError as error:
            damaged[path] = error.reason
    damaged |= results.log_faults()
    known = read_description(results.folder).tables
    tables = [results.folder / name for name in TABLES if name not in known and (results.folder / name).exists()]
    return Verification(
        n_parts=len(index.parts),
        n_runs=sum(len(index.runs_of(config)) for config in index.configs()),
        damaged=damaged,
        lost_runs=tuple(_lost_runs(results, index, are_cases_known=results.folder / CASES_FILE not in damaged)),
        unverified=(*index.unverified, *tables),
    )


def _lost_runs(results: Results, index: Index, are_cases_known: bool) -> list[str]:
    """Return the runs in damaged parts that are in no sound one.

    A damaged part tells which runs were in it as far as it can still be read. Where one cannot, every run of the study
    that is nowhere else may have been in it.
    """
    if not index.damaged:
        return []
    told = [_runs_told(path, results.keep) for path in index.damaged]
    replicates = results.study.get("replicates")
    n_asked = replicates if isinstance(replicates, int) else 0
    lost = {run for runs in told for run in runs or ()}
    if None in told and are_cases_known:
        for config in {config for case in results.case_rows() for config in (case.config, case.reference)}:
            n = max([n_asked, *(number + 1 for number in index.runs_of(config))])
            lost |= {(config, number) for number in range(n)}
    return [run_id(*run) for run in sorted(lost) if index.state(*run) is RunState.PENDING]


def _runs_told(path: Path, keep: Keep) -> set[tuple[str, int]] | None:
    """Return the runs that a damaged part says it holds; None if it cannot be read at all."""
    try:
        part = part_in(file_bytes(path), path, keep, KEYS)
    except (OutputError, FileNotFoundError):
        return None
    return set(zip(part.column("config").to_pylist(), part.column("replicate").to_pylist(), strict=True))
