"""Folders of this user's own, into which nobody else can put anything: for what is kept between processes."""

from __future__ import annotations

import logging
import os
import stat
import tempfile
from functools import cache
from pathlib import Path

import platformdirs

__all__ = ["cache_folder", "say_once", "state_folder"]

_log = logging.getLogger("cultureshift")
_OF_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_said: set[str] = set()


def say_once(topic: str, sentence: str) -> None:
    """Say a sentence, but no second one on the same topic while the process lives."""
    if topic not in _said:
        _said.add(topic)
        _log.warning(sentence)


@cache
def cache_folder(name: str) -> Path | None:
    """Return a folder for what can be made again, or None where there can be none.

    ``CULTURESHIFT_CACHE_DIR`` sets in which folder it lies; otherwise it is the user's cache folder.
    """
    chosen = os.environ.get("CULTURESHIFT_CACHE_DIR")
    folder = (Path(chosen) if chosen else Path(platformdirs.user_cache_dir("cultureshift"))) / name
    return _own(folder, "compiled code", "set CULTURESHIFT_CACHE_DIR to another")


@cache
def state_folder(name: str) -> Path | None:
    """Return a folder for what this user has under way, or None where there can be none."""
    folder = Path(platformdirs.user_state_dir("cultureshift")) / name
    return _own(folder, "notes of what is being written", "what a kill leaves behind has to be removed by hand")


def _own(folder: Path, what: str, otherwise: str) -> Path | None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        if reason := _why_not_trusted(folder.resolve()):
            say_once(f"folder of {what}", f"{folder} is not used to keep {what}: {reason}; {otherwise}")
            return None
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        say_once(f"folder of {what}", f"Nothing can be kept in {folder} ({error.strerror}); {otherwise}")
        return None
    return folder


def _why_not_trusted(folder: Path) -> str:
    """Return why somebody else could put something into a folder; nothing if nobody could.

    What is kept is believed without further ado. So the folder is this user's alone; and those above it belong to this
    user or the system, and let not everybody rename what lies in them.
    """
    if not hasattr(os, "getuid"):
        return ""  # On Windows the user's profile is closed to others by its access lists.
    me = os.getuid()
    own = folder.stat()
    if own.st_uid != me:
        return "it belongs to another user"
    if own.st_mode & _OF_OTHERS:
        return f"others may write to it (close it with: chmod go-w '{folder}')"
    for above in folder.parents:
        found = above.stat()
        if found.st_uid not in (me, 0):
            return f"{above} belongs to another user"
        if found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX:
            return f"everybody may write to {above} (close it with: chmod o-w '{above}')"
    return ""
