"""What is being written is noted in a folder of this user's own, so that what a kill leaves can be taken back.

A name proves nothing: a folder from anybody may hold whatever it likes, and people give their own files names like
ours. So only what stands in such a note is ever removed or put back. The note is locked while its writer lives.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from sim.base.locks import lock
from sim.base.own_folder import say_once, state_folder

__all__ = [
    "BEFORE", "Note", "digest_of_file", "is_own_folder", "noting", "put_back", "sync_folder", "take_back_unfinished",
]  # fmt: skip

BEFORE = "before"
"""Where in an unfinished folder that lies which has to make room."""

_NAME = ".cultureshift-"
_OURS = re.compile(re.escape(_NAME) + "[0-9a-f]{8}")
_SECONDS_STALE = 86_400.0
"""A note without a word may be about to be written."""

_SECONDS_LOOKED_AT = 10.0
"""A writer waits so long for those who only look whether anybody writes."""

_SECONDS_KEPT = 180 * 86_400.0
"""How long a note waits for a disk or a folder that is away."""

_UNNOTED = "what a kill leaves behind has to be removed by hand"


def digest_of_file(path: Path) -> str:
    """Return the SHA-256 of a file, empty if there is none; it need not fit into memory."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass
class Note:
    """What is written down about something unfinished, line by line; nowhere, if it cannot be."""

    file: FileIO | None

    def begins(self, folder: Path, suffix: str = "") -> Path:
        """Return where in a folder something may be written that is to be removed after a kill."""
        unfinished = folder / f"{_NAME}{uuid4().hex[:8]}{suffix}"
        self._add(unfinished=str(unfinished), within=_identity(folder))
        return unfinished

    def moves(self, folder: Path, new: Mapping[str, str]) -> None:
        """Note, on the disk, that new files are about to be put into a folder.

        Parameters
        ----------
        folder : where to
        new : the hash of each, by name
        """
        self._add(folder=str(folder), new=dict(new))
        if self.file is None:
            return
        try:
            os.fsync(self.file.fileno())
            sync_folder(Path(os.fsdecode(self.file.name)).parent)
        except OSError as error:  # the folder of notes has vanished, or been closed
            self._give_up(error)

    def _add(self, **facts: Any) -> None:
        if self.file is None:
            return
        line = json.dumps(facts).encode() + b"\n"
        try:
            if self.file.write(line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        assert self.file is not None
        # Half of what is done would be taken back wrongly: earlier files lie in what only seems to be new.
        self.file.truncate(0)
        self.file = None
        _say_unnoted(error)


@contextmanager
def noting() -> Iterator[Note]:
    """Give a note for as long as the block lasts; after it, nothing may be left that has to be taken back."""
    notes = state_folder("unfinished")
    path = None if notes is None else notes / f"{uuid4().hex}.jsonl"
    file = None if path is None else _opened(path)
    if path is None or file is None:
        yield Note(None)
        return
    try:
        with file:
            lock(file, _SECONDS_LOOKED_AT)
            yield Note(file)
    finally:
        # A note that stays tells of nothing that is there, and goes the next time.
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _opened(path: Path) -> FileIO | None:
    try:
        return path.open("xb", buffering=0)
    except OSError as error:
        _say_unnoted(error)
        return None


def _say_unnoted(error: OSError) -> None:
    say_once("note", f"What is being written cannot be noted ({error.strerror}); {_UNNOTED}")


def _identity(folder: Path) -> list[int]:
    """Return what tells a folder from another one of its name: on another disk, or made anew."""
    found = folder.stat()
    return [found.st_dev, found.st_ino]


def sync_folder(folder: Path) -> None:
    """Make the names of new files survive a loss of power too, where the system can."""
    if os.name == "nt":
        return  # Windows opens no folders, and keeps names by itself.
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


# --- after a kill -----------------------------------------------------------------------------------------------------


def take_back_unfinished() -> None:
    """Remove what killed processes of this user have left unfinished, and take back what they had half put in place."""
    notes = state_folder("unfinished")
    for path in sorted(notes.glob("*.jsonl")) if notes is not None else ():
        # What cannot be mended now (a disk that is not there, a right that is missing) is tried again the next time.
        with suppress(OSError):
            if path.is_file() and not path.is_symlink():
                _take_back_note(path)


def _take_back_note(path: Path) -> None:
    with path.open("rb") as file:
        if not lock(file):
            return
        facts = _facts(file)
        if facts and _is_away(facts) and not _is_older(file, _SECONDS_KEPT):
            return
        if facts or _is_older(file, _SECONDS_STALE):
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
    if facts.keys() - {"within"} not in ({"unfinished"}, {"unfinished", "folder", "new"}):
        return False
    unfinished, new = facts["unfinished"], facts.get("new", {})
    return (
        _is_place(unfinished)
        and _OURS.match(Path(unfinished).name) is not None
        and _is_place(facts.get("folder", unfinished))
        and isinstance(new, dict)
        and all(isinstance(digest, str) and _is_name(name) for name, digest in new.items())
    )


def _is_away(facts: Mapping[str, Any]) -> bool:
    """Tell whether that which was being written may lie where one cannot look now: its folder is not the one it was."""
    staged = Path(facts["unfinished"])
    if os.path.lexists(staged) or "within" not in facts:
        return False
    try:
        return bool(_identity(staged.parent) != facts["within"])
    except (FileNotFoundError, NotADirectoryError):
        return True


def _is_place(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value and Path(value).is_absolute()


def _is_name(name: str) -> bool:
    return Path(name).name == name and name not in ("", "..", BEFORE) and "\0" not in name


def _take_back(
    unfinished: str = "", folder: str = "", new: Mapping[str, str] | None = None, within: Sequence[int] = ()
) -> None:
    """Undo what a writer did, however far it had come."""
    staged = Path(unfinished)
    if not unfinished or not os.path.lexists(staged):
        return
    if not is_own_folder(staged):
        staged.unlink(missing_ok=True)
        return
    if new is not None and any((staged / name).exists() for name in new):
        put_back(staged, Path(folder), new)
    shutil.rmtree(staged)


def is_own_folder(path: Path) -> bool:
    """Tell whether a folder is there that this user has made: none of somebody else's, and no link to another one."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return stat.S_ISDIR(found.st_mode) and (not hasattr(os, "getuid") or found.st_uid == os.getuid())


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
        if _is_put_in_place(staged / name, target, digest):
            target.unlink()
    if not is_own_folder(staged / BEFORE):
        return
    for path in sorted((staged / BEFORE).iterdir()):
        if not os.path.lexists(folder / path.name):
            path.replace(folder / path.name)
    if any((staged / BEFORE).iterdir()):
        (staged / BEFORE).replace(folder / f"earlier-{uuid4().hex[:8]}")


def _is_put_in_place(staged: Path, target: Path, digest: str) -> bool:
    """Tell whether a new file lies in its place; for a moment it does so under both names."""
    if target.is_symlink() or not target.is_file():
        return False
    return staged.samefile(target) if staged.exists() else digest_of_file(target) == digest


def _is_older(file: IO[bytes], seconds: float) -> bool:
    return time.time() - os.fstat(file.fileno()).st_mtime > seconds
