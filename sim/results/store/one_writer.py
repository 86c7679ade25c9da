"""Who may write to a store: one process at a time. Anybody may ask whether one does, and may ask it to stop."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sim.base.errors import OutputError
from sim.base.locks import lock
from sim.results.store.layout import LOCK_FILE, PARTS, STOP_FILE, check_kinds

__all__ = ["ask_to_stop", "forget_stop", "is_asked_to_stop", "is_being_written", "writing_alone"]

_SECONDS_LOOKED_AT = 0.5
"""Somebody who asks whether a study is running holds its lock for an instant; a writer waits so long for it."""


@contextmanager
def writing_alone(folder: Path) -> Iterator[Callable[[], None]]:
    """Be the one who writes to a store, which is made if there is none, for as long as the block lasts.

    Returns
    -------
    check_there : makes sure that the store is still there; raises OutputError if it was moved or removed

    Raises
    ------
    OutputError : the folder cannot be written, or somebody else is writing to it
    """
    check_kinds(folder)
    try:
        (folder / PARTS).mkdir(parents=True, exist_ok=True)
        file = (folder / LOCK_FILE).open("a")
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror}); choose another with --out") from error
    with file:
        if not lock(file, _SECONDS_LOOKED_AT):
            hint = f"look with: cultureshift study status {folder}"
            raise OutputError(f"{folder}: another process is running this study; {hint}")
        yield lambda: _check_there(folder, file)


def _check_there(folder: Path, held: IO[str]) -> None:
    """Make sure that the lock that is held is still the folder's; otherwise runs would go to where nobody looks."""
    try:
        is_there = os.path.samestat(os.fstat(held.fileno()), (folder / LOCK_FILE).stat())
    except OSError:
        is_there = False
    if not is_there:
        raise OutputError(
            f"{folder}: was moved or removed while it was written to, or its disk was; nothing is written in its "
            "place, and what was run is wherever it is now"
        )


def is_being_written(folder: Path) -> bool:
    """Tell whether a process is writing to the store now."""
    try:
        with (folder / LOCK_FILE).open("a") as file:
            return not lock(file)
    except OSError:
        return False


def ask_to_stop(folder: Path) -> bool:
    """Ask whoever writes to the store to stop, in a moment; what is under way comes in first.

    Returns
    -------
    whether anybody is writing

    Raises
    ------
    OutputError : the folder cannot be written
    """
    check_kinds(folder)
    if not is_being_written(folder):
        return False
    try:
        (folder / STOP_FILE).open("x").close()
    except FileExistsError:  # asked already
        pass
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror})") from error
    return True


def is_asked_to_stop(folder: Path) -> bool:
    """Tell whether somebody has asked for a stop, from wherever they watch."""
    return (folder / STOP_FILE).exists()


def forget_stop(folder: Path) -> None:
    """Let nobody take what was asked for as asked of the next writer.

    Raises
    ------
    OutputError : the folder cannot be written
    """
    path = folder / STOP_FILE
    try:
        path.unlink(missing_ok=True)
    except NotADirectoryError:
        return  # Something else is in its place now.
    except OSError as error:
        raise OutputError(f"{path}: cannot be removed ({error.strerror})") from error
