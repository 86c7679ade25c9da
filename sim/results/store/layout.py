"""What lies in the folder of a store, by name; and that nothing there leads anywhere else."""

from __future__ import annotations

from pathlib import Path

from sim.base.errors import OutputError
from sim.results.store.configs import CONFIGS_FILE
from sim.results.store.description import STORE_FILE
from sim.results.store.log import LOG_FILE
from sim.results.store.numbers import NUMBERS

__all__ = [
    "ASIDE", "CASES_FILE", "LOCK_FILE", "OUTCOMES_FILE", "PARTS", "STOP_FILE", "SUMMARY_FILE", "check_kinds",
]  # fmt: skip

PARTS, CASES_FILE, OUTCOMES_FILE, SUMMARY_FILE = "parts", "cases.parquet", "outcomes.parquet", "summary.csv"
LOCK_FILE, STOP_FILE, ASIDE = "lock", "stop", "damaged"

_FOLDERS = (PARTS, NUMBERS, ASIDE)
_FILES = (
    STORE_FILE, CASES_FILE, CONFIGS_FILE, OUTCOMES_FILE, SUMMARY_FILE, LOG_FILE, LOCK_FILE, STOP_FILE,
)  # fmt: skip


def check_kinds(folder: Path) -> None:
    """Refuse a store whose files are links, pipes or devices: they lead where nobody asked for it, or nowhere.

    Raises
    ------
    OutputError : one of them is not a file, or not a folder, of the store's own
    """
    for name in (*_FOLDERS, *_FILES):
        path, is_folder = folder / name, name in _FOLDERS
        if path.is_symlink() or (path.exists() and not (path.is_dir() if is_folder else path.is_file())):
            wanted = "folder" if is_folder else "file"
            raise OutputError(f"{path}: wanted a {wanted} of the study's own, got a link or something else; replace it")
