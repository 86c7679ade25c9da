"""What is kept between processes in the user's cache folder: whole, checked before use, written by nobody else.

Everything here can be made again, so nothing that is wrong with it may stop anybody: an entry that is damaged is
discarded, a folder that is full, unreadable or open to others is left alone, and each is said in one sentence.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
import tempfile
from functools import cache
from pathlib import Path

import platformdirs

__all__ = ["DamagedError", "discard", "folder_for", "keep", "kept", "say_once"]

_log = logging.getLogger("cultureshift")
_SEAL = b"cultureshift kept 1\n"
_LENGTH_OF_HASH = hashlib.sha256().digest_size
_OF_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_said: set[str] = set()


class DamagedError(Exception):
    """An entry is not what was written."""


def say_once(topic: str, sentence: str) -> None:
    """Say a sentence, but no second one on the same topic while the process lives."""
    if topic not in _said:
        _said.add(topic)
        _log.warning(sentence)


# --- folders ----------------------------------------------------------------------------------------------------------


@cache
def folder_for(name: str) -> Path | None:
    """Return a folder of one's own for what is kept under a name, or None where there can be none.

    ``CULTURESHIFT_CACHE_DIR`` sets in which folder it lies; otherwise it is the user's cache folder.
    """
    chosen = os.environ.get("CULTURESHIFT_CACHE_DIR")
    folder = (Path(chosen) if chosen else Path(platformdirs.user_cache_dir("cultureshift"))) / name
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        if reason := _why_not_trusted(folder.resolve()):
            say_once("folder", f"{folder} is not used to keep compiled code: {reason}")
            return None
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        say_once("folder", f"Nothing can be kept in {folder} ({error.strerror}); set CULTURESHIFT_CACHE_DIR to another")
        return None
    return folder


def _why_not_trusted(folder: Path) -> str:
    """Return why somebody else could put code into a folder; nothing if nobody could.

    What is kept is run without further ado. So the folder is this user's alone; and those above it belong to this user
    or the system, and let not everybody rename what lies in them.
    """
    if not hasattr(os, "getuid"):
        return ""  # On Windows the user's profile is closed to others by its access lists.
    me = os.getuid()
    own = folder.stat()
    if own.st_uid != me:
        return "it belongs to another user; set CULTURESHIFT_CACHE_DIR to a folder of your own"
    if own.st_mode & _OF_OTHERS:
        return f"others may write to it; close it with: chmod go-w '{folder}'"
    for above in folder.parents:
        found = above.stat()
        if found.st_uid not in (me, 0):
            return f"{above} belongs to another user; set CULTURESHIFT_CACHE_DIR to a folder of your own"
        if found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX:
            return f"everybody may write to {above}; close it with: chmod o-w '{above}'"
    return ""


# --- entries ----------------------------------------------------------------------------------------------------------


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
