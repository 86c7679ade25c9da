"""What is kept between processes in the user's cache folder: whole, and checked before use.

Everything here can be made again, so nothing that is wrong with it may stop anybody: an entry that is damaged is
discarded, a folder that is full is left alone, and each is said in one sentence.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from pathlib import Path
from typing import IO

from sim.base.locks import lock
from sim.base.own_folder import say_once

__all__ = ["DamagedError", "discard", "give_back_turn", "keep", "kept", "wait_for_turn"]

_log = logging.getLogger("cultureshift")
_MOST_SECONDS = 300.0
_SEAL = b"cultureshift kept 1\n"
_LENGTH_OF_HASH = hashlib.sha256().digest_size


class DamagedError(Exception):
    """An entry is not what was written."""


def keep(path: Path, content: bytes) -> None:
    """Keep an entry under a seal, whole or not at all; where that cannot be, say so and go on without."""
    unfinished = None
    try:
        handle, name = tempfile.mkstemp(prefix=".unfinished-", dir=path.parent)
        unfinished = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(_SEAL + hashlib.sha256(content).digest() + content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        say_once("keep", f"Nothing can be kept in {path.parent} ({error.strerror}); it is made again next time")
        if unfinished is not None:
            discard(unfinished)


def kept(path: Path) -> bytes | None:
    """Return what was kept, None if nothing was.

    Raises
    ------
    DamagedError : it is not what was written, or cannot be read
    """
    try:
        with path.open("rb") as file:
            raw = file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DamagedError(error.strerror or "it cannot be read") from error
    start = len(_SEAL) + _LENGTH_OF_HASH
    content = raw[start:]
    if not raw.startswith(_SEAL) or hashlib.sha256(content).digest() != raw[len(_SEAL) : start]:
        raise DamagedError("it is not what was written")
    return content


def discard(path: Path) -> None:
    """Remove an entry, if that can be done."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        _log.debug("%s could not be removed: %s", path, error)


# --- one maker at a time ----------------------------------------------------------------------------------------------


def wait_for_turn(path: Path) -> IO[bytes] | None:
    """Wait until nobody else makes an entry, and be its maker until the turn is given back or the process ends.

    Returns
    -------
    turn : to be given back; None where turns cannot be taken, or another maker takes unusually long
    """
    try:
        turn = path.with_name(f".{path.name}.turn").open("ab")
    except OSError as error:
        _log.debug("no turn at %s: %s", path, error)
        return None
    if not lock(turn, _MOST_SECONDS):
        turn.close()
        return None
    return turn


def give_back_turn(turn: IO[bytes]) -> None:
    """Let the next maker have its turn."""
    discard(Path(turn.name))
    turn.close()
