"""Files from anybody, read without trust; files and folders of our own, written whole or not at all.

What is being written has a hidden name beside its place, and is locked. After a kill it stays, unlocked:
:func:`clear_unfinished` knows it by that, takes back what was half put in place, and removes it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sim.base.errors import InputError, OutputError

__all__ = [
    "UnfitFileError", "bytes_of_file", "clear_unfinished", "clear_unfinished_in", "digest_of_file", "new_file",
    "new_folder", "read_file", "write_whole",
]  # fmt: skip

_UNFINISHED = tuple(re.compile(rf"\.(.+)\.[a-z0-9_]{{8}}{ending}") for ending in (r"(\.[^.]+)", "()"))
"""As tempfile names what is being written: eight letters or digits between the name that is meant and its ending."""

_BEFORE, _NAMES = "before", "names.json"
_SECONDS_STALE = 86_400.0
"""Where folders cannot be locked (Windows), what is older than a day is no longer being written."""

_WITHOUT_WAITING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


# --- reading ----------------------------------------------------------------------------------------------------------


class UnfitFileError(Exception):
    """What was to be read is no file, or none of the size that is wanted.

    Parameters
    ----------
    came : what it is instead
    is_too_large : whether that is a file, and too large
    hint : what to try
    """

    def __init__(self, came: str, is_too_large: bool = False, hint: str = "") -> None:
        self.came, self.is_too_large, self.hint = came, is_too_large, hint
        super().__init__(came)


def bytes_of_file(path: Path, most_bytes: int) -> bytes:
    """Return the bytes of a file, all of them.

    Pipes, which may never end, devices, sockets and folders are refused, and so is a file that grows while it is read.

    Raises
    ------
    UnfitFileError : it is no file, or is too large
    OSError : it is not there, or cannot be read
    ValueError : no file can have such a path
    """
    # Asked before it is opened, since opening alone can do something to a device; and after, of what was opened.
    _refuse_no_file(path.stat(), most_bytes)
    with os.fdopen(os.open(path, _WITHOUT_WAITING), "rb") as file:
        _refuse_no_file(os.fstat(file.fileno()), most_bytes)
        content = file.read(most_bytes + 1) or b""
    if len(content) > most_bytes:
        raise UnfitFileError("one that goes on", is_too_large=True)
    return content


def _refuse_no_file(found: os.stat_result, most_bytes: int) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise UnfitFileError("a folder", hint="name the file in it")
    if not stat.S_ISREG(found.st_mode):
        raise UnfitFileError("something else than a file")
    if found.st_size > most_bytes:
        raise UnfitFileError(f"{found.st_size:,} bytes", is_too_large=True)


def read_file(path: Path, wanted: str, most_bytes: int) -> bytes:
    """Return the bytes of a file that somebody names: all of them, or a sentence.

    Parameters
    ----------
    path : the file
    wanted : what it should be, in words: ``a TOML file that can be read``
    most_bytes : that it may have

    Raises
    ------
    InputError : it is not there, is no file, is too large or cannot be read
    """
    try:
        return bytes_of_file(path, most_bytes)
    except UnfitFileError as error:
        wanted = f"a file of at most {most_bytes:,} bytes" if error.is_too_large else wanted
        raise InputError.single(str(path), wanted, error.came, error.hint) from None
    except FileNotFoundError:
        raise InputError.single(str(path), wanted, "no such file", "is the path right?") from None
    except OSError as error:
        raise InputError.single(str(path), wanted, error.strerror or "one that cannot be read") from None
    except ValueError:
        raise InputError.single(repr(str(path)), wanted, "a path that cannot be") from None


def digest_of_file(path: Path) -> str:
    """Return the SHA-256 of a file, empty if there is none; it need not fit into memory."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- writing ----------------------------------------------------------------------------------------------------------


@contextmanager
def new_file(path: Path, private: bool = False) -> Iterator[Path]:
    """Give a temporary path beside ``path``; it takes the place of ``path`` only if the block ends well.

    A private file can be read by its owner alone.

    Raises
    ------
    OutputError : the folder cannot be written, or is full
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}); choose another folder with --out") from error
    unfinished = Path(name)
    try:
        with _locked(unfinished):
            yield unfinished
            with unfinished.open("rb") as file:
                os.fsync(file.fileno())
            unfinished.chmod(0o600 if private else 0o666 & ~_umask())
            unfinished.replace(path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror})") from error
    finally:
        unfinished.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes | str, private: bool = False) -> None:
    """Write a file whole or not at all; a private one for its owner alone.

    Raises
    ------
    OutputError : the folder cannot be written, or is full
    """
    with new_file(path, private) as unfinished:
        unfinished.write_bytes(content.encode() if isinstance(content, str) else content)


@contextmanager
def new_folder(folder: Path, replacing: Iterable[str] = ()) -> Iterator[Path]:
    """Give a temporary folder beside ``folder``; its files get there only if the block ends well, all or none.

    A folder that exists keeps what has other names. If a file cannot be put in place, all is again as it was.

    Parameters
    ----------
    folder : where the files go
    replacing : names of files there that go, also if no new ones take their place

    Raises
    ------
    OutputError : the folder cannot be written, or the disk is full
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot be written ({error.strerror}); choose another folder with --out"
        ) from error
    try:
        with _locked(staged):
            yield staged
            _put_in_place(staged, folder, replacing)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror or error})") from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _put_in_place(staged: Path, folder: Path, replacing: Iterable[str]) -> None:
    mode = ~_umask()
    names = sorted(path.name for path in staged.iterdir())
    for name in names:
        with (staged / name).open("rb") as file:
            os.fsync(file.fileno())
        (staged / name).chmod(0o666 & mode)
    if not folder.exists():
        staged.chmod(0o777 & mode)
        staged.rename(folder)
        return
    # All that is there goes before anything new comes, and its names are noted, so that a kill can be taken back.
    (staged / _NAMES).write_text(json.dumps(names), encoding="utf-8")
    before = staged / _BEFORE
    before.mkdir()
    try:
        for name in sorted({*names, *replacing}):
            if (folder / name).exists():
                (folder / name).rename(before / name)
        for name in names:
            (staged / name).rename(folder / name)
    except BaseException:
        _take_back(staged, folder, names)
        raise


def _take_back(staged: Path, folder: Path, names: Iterable[str]) -> None:
    """Undo what was done, however far it had come."""
    for name in names:
        if not (staged / name).exists():
            (folder / name).unlink(missing_ok=True)
    for path in (staged / _BEFORE).iterdir():
        path.replace(folder / path.name)


# --- after a kill -----------------------------------------------------------------------------------------------------


def clear_unfinished(path: Path) -> None:
    """Remove what a kill left of writing a file or a folder, and take back a folder that was half put in place.

    What another process is writing now stays.
    """
    clear_unfinished_in(path.parent, lambda name: name == path.name)


def clear_unfinished_in(folder: Path, is_own: Callable[[str], bool]) -> None:
    """Do as :func:`clear_unfinished` for everything in a folder whose name is one of some.

    Parameters
    ----------
    folder : where to look
    is_own : tells whether a name is one of those that were to be written
    """
    try:
        left = [(one, name) for one in folder.iterdir() for name in _names_to_be(one.name) if is_own(name)]
        left = [(one, name) for one, name in left if _may_be_ours(one)]
    except OSError:
        return
    for one, name in left:
        with suppress(OSError):
            _clear(one, folder / name)


def _names_to_be(name: str) -> list[str]:
    """Return what something unfinished may have been about to be called; nothing if it is not called so."""
    found = [pattern.fullmatch(name) for pattern in _UNFINISHED]
    return [one[1] for one in found if one and one[2] in ("", Path(one[1]).suffix)]


def _may_be_ours(path: Path) -> bool:
    """Tell whether it is a file or a folder; to open a pipe would take for ever."""
    return not path.is_symlink() and (path.is_file() or path.is_dir())


def _clear(unfinished: Path, path: Path) -> None:
    """Remove something unfinished, if nobody is writing it."""
    with _locked(unfinished) as is_ours:
        if not is_ours:
            return
        if unfinished.is_dir():
            if (unfinished / _BEFORE).is_dir():
                _restore(unfinished, path)
            shutil.rmtree(unfinished)
        else:
            unfinished.unlink(missing_ok=True)


def _restore(staged: Path, folder: Path) -> None:
    """Put back what was there before, if new files were not all put in place."""
    try:
        noted = json.loads((staged / _NAMES).read_text(encoding="utf-8"))
        there = {path.name for path in (*staged.glob("*"), *folder.glob("*")) if path.is_file()}
        names = [name for name in noted if name in there]
    except (ValueError, TypeError, RecursionError):
        return
    if any((staged / name).exists() for name in names):
        _take_back(staged, folder, names)


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Lock a file or folder while the block lasts; tell whether nobody else had."""
    if os.name == "nt":
        yield time.time() - path.stat().st_mtime > _SECONDS_STALE
        return
    import fcntl

    handle = os.open(path, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
