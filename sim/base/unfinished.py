"""What is being written is noted in a folder of this user's own, so that what a kill leaves can be taken back.

A name proves nothing: a folder from anybody may hold whatever it likes, and people give their own files names like
ours. So only what stands in such a note is ever removed or put back. The note is locked while its writer lives.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from sim.base.own_folder import state_folder

__all__ = ["BEFORE", "Note", "digest_of_file", "noting", "put_back", "take_back_unfinished"]

BEFORE = "before"
"""Where in an unfinished folder that lies which has to make room."""

_NAME = ".cultureshift-"
_OURS = re.compile(re.escape(_NAME) + "[0-9a-f]{8}")
_SECONDS_STALE = 86_400.0
"""A note without a word may be about to be written; where notes cannot be locked (Windows), so may any other."""


def digest_of_file(path: Path) -> str:
    """Return the SHA-256 of a file, empty if there is none; it need not fit into memory."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Note:
    """What is written down about something unfinished, line by line; nowhere, if this user has no folder for it."""

    file: IO[bytes] | None

    def begins(self, folder: Path, suffix: str = "") -> Path:
        """Return where in a folder something may be written that is to be removed after a kill."""
        unfinished = folder / f"{_NAME}{uuid4().hex[:8]}{suffix}"
        self._add(unfinished=str(unfinished))
        return unfinished

    def moves(self, folder: Path, new: Mapping[str, str]) -> None:
        """Note, on the disk, that new files are about to be put into a folder.

        Parameters
        ----------
        folder : where to
        new : the hash of each, by name
        """
        self._add(folder=str(folder), new=dict(new))
        if self.file is not None:
            os.fsync(self.file.fileno())

    def _add(self, **facts: Any) -> None:
        if self.file is not None:
            self.file.write(json.dumps(facts).encode() + b"\n")
            self.file.flush()


@contextmanager
def noting() -> Iterator[Note]:
    """Give a note for as long as the block lasts; after it, nothing may be left that has to be taken back."""
    notes = state_folder("unfinished")
    if notes is None:
        yield Note(None)
        return
    path = notes / f"{uuid4().hex}.jsonl"
    try:
        with path.open("xb") as file, _locked(file, waits=True):
            yield Note(file)
    finally:
        path.unlink(missing_ok=True)


# --- after a kill -----------------------------------------------------------------------------------------------------


def take_back_unfinished() -> None:
    """Remove what killed processes of this user have left unfinished, and take back what they had half put in place."""
    notes = state_folder("unfinished")
    for path in sorted(notes.glob("*.jsonl")) if notes is not None else ():
        # What cannot be mended now (a disk that is not there, a right that is missing) is tried again the next time.
        with suppress(OSError), path.open("rb") as file, _locked(file) as is_left:
            facts = _facts(file)
            if is_left and (facts or _is_stale(file)):
                _take_back(**facts)
                path.unlink(missing_ok=True)


def _facts(file: IO[bytes]) -> dict[str, Any]:
    """Return what a note says; of a line that a power cut has cut short, what it says had not begun."""
    facts: dict[str, Any] = {}
    for line in file:
        with suppress(ValueError, TypeError, RecursionError):
            facts |= json.loads(line)
    return facts if _is_understood(facts) else {}


def _is_understood(facts: Mapping[str, Any]) -> bool:
    """Tell whether a note is one of ours, whole: where it is damaged, or of a later version, nothing is touched."""
    if facts.keys() not in ({"unfinished"}, {"unfinished", "folder", "new"}):
        return False
    unfinished, new = facts["unfinished"], facts.get("new", {})
    return (
        _is_place(unfinished)
        and _OURS.match(Path(unfinished).name) is not None
        and _is_place(facts.get("folder", unfinished))
        and isinstance(new, dict)
        and all(isinstance(digest, str) and _is_name(name) for name, digest in new.items())
    )


def _is_place(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value and Path(value).is_absolute()


def _is_name(name: str) -> bool:
    return Path(name).name == name and name not in ("", "..", BEFORE) and "\0" not in name


def _take_back(unfinished: str = "", folder: str = "", new: Mapping[str, str] | None = None) -> None:
    """Undo what a writer did, however far it had come."""
    staged = Path(unfinished)
    if not unfinished or not os.path.lexists(staged):
        return
    if new is not None and any((staged / name).exists() for name in new):
        put_back(staged, Path(folder), new)
    if staged.is_dir() and not staged.is_symlink():
        shutil.rmtree(staged)
    else:
        staged.unlink(missing_ok=True)


def put_back(staged: Path, folder: Path, new: Mapping[str, str]) -> None:
    """Put back what was in a folder before, in place of new files.

    What somebody else has put there since stays; what had to make room for it is then kept in a folder of its own.

    Parameters
    ----------
    staged : the unfinished folder
    folder : where new files were being put
    new : the hash of each, by name
    """
    for name, digest in new.items():
        target = folder / name
        if not (staged / name).exists() and not target.is_symlink() and digest_of_file(target) == digest:
            target.unlink()
    if not (staged / BEFORE).is_dir():
        return
    for path in sorted((staged / BEFORE).iterdir()):
        if not os.path.lexists(folder / path.name):
            path.replace(folder / path.name)
    if any((staged / BEFORE).iterdir()):
        (staged / BEFORE).replace(folder / f"earlier-{uuid4().hex[:8]}")


@contextmanager
def _locked(file: IO[bytes], waits: bool = False) -> Iterator[bool]:
    """Lock a note while the block lasts; tell whether nobody else had. A writer waits for those who only look."""
    if os.name == "nt":
        yield _is_stale(file)
        return
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
    except OSError:
        yield False
    else:
        yield True


def _is_stale(file: IO[bytes]) -> bool:
    return time.time() - os.fstat(file.fileno()).st_mtime > _SECONDS_STALE
