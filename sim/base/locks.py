"""One at a time: a lock of a file is held by one process, until it closes the file or ends, in whatever way."""

from __future__ import annotations

import os
import time
from typing import IO, Any

__all__ = ["lock"]

_LOOK_AGAIN = 0.05


def lock(file: IO[Any], most_seconds: float = 0.0) -> bool:
    """Take the lock of a file; it is given back when the file is closed.

    Parameters
    ----------
    file : an open file
    most_seconds : how long whoever holds it is waited for

    Returns
    -------
    whether it is held now: not where somebody else holds it, nor where the disk knows no locks
    """
    until = time.monotonic() + most_seconds
    while True:
        try:
            _take(file)
        except (BlockingIOError, PermissionError):
            if time.monotonic() >= until:
                return False
            time.sleep(_LOOK_AGAIN)
        except OSError:
            return False
        else:
            return True


def _take(file: IO[Any]) -> None:
    """Take the lock of a file, now.

    Raises
    ------
    BlockingIOError, PermissionError : somebody else holds it
    OSError : there are no locks here
    """
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
