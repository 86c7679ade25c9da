"""Who may write to a store: one process at a time. Anybody may ask whether one does, and may ask it to stop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.base.errors import OutputError
from sim.base.locks import lock
from sim.results.store.layout import LOCK_FILE, PARTS, STOP_FILE, check_kinds

__all__ = ["ask_to_stop", "forget_stop", "is_asked_to_stop", "is_being_written", "writing_alone"]

_SECONDS_LOOKED_AT = 0.5
"""Somebody who asks whether a study is running holds its lock for an instant; a writer waits so long for it."""


@contextmanager
def writing_alone(folder: Path) -> Iterator[None]:
    """Be the one who writes to a store, which is made if there is none, for as long as the block lasts.

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
        yield


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
    except OSError as error:
        raise OutputError(f"{path}: cannot be removed ({error.strerror})") from error
