"""Files from anybody, read without trust; files and folders of our own, written whole or not at all.

What is being written has a hidden name, and :mod:`sim.base.unfinished` takes it back after a kill.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.base.errors import InputError, OutputError
from sim.base.unfinished import BEFORE, Note, digest_of_file, is_own_folder, noting, put_back

__all__ = [
    "UnfitFileError", "bytes_of_file", "digest_of_file", "new_file", "new_folder", "read_file", "write_whole",
]  # fmt: skip

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


# --- writing ----------------------------------------------------------------------------------------------------------


@contextmanager
def new_file(path: Path, private: bool = False, replacing: Callable[[], bool] = lambda: True) -> Iterator[Path]:
    """Give a temporary path beside ``path``; it takes the place of ``path`` only if the block ends well.

    Parameters
    ----------
    path : where to
    private : it can be read by its owner alone
    replacing : returns whether that which is there may be replaced; asked at the last moment

    Raises
    ------
    OutputError : the folder cannot be written, the disk is full, or something has come there that may not be replaced
    """
    path = _absolute(path)
    with noting() as note:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = note.begins(path.parent, path.suffix)
            os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except OSError as error:
            raise OutputError(
                f"{path}: cannot be written ({error.strerror}); choose another folder with --out"
            ) from error
        try:
            yield unfinished
            with unfinished.open("rb") as file:
                os.fsync(file.fileno())
            unfinished.chmod(0o600 if private else 0o666 & ~_umask())
            _put_file_in_place(unfinished, path, replacing())
        except OSError as error:
            raise OutputError(f"{path}: cannot be written ({error.strerror})") from error
        finally:
            unfinished.unlink(missing_ok=True)


def _put_file_in_place(unfinished: Path, path: Path, replaces: bool) -> None:
    if replaces:
        unfinished.replace(path)
        return
    try:
        _move_where_nothing_is(unfinished, path)
    except FileExistsError:
        raise _has_come(f"{path}:", "name") from None


def write_whole(path: Path, content: bytes | str, private: bool = False) -> None:
    """Write a file whole or not at all; a private one for its owner alone.

    Raises
    ------
    OutputError : the folder cannot be written, or is full
    """
    with new_file(path, private) as unfinished:
        unfinished.write_bytes(content.encode() if isinstance(content, str) else content)


@contextmanager
def new_folder(folder: Path, replacing: Callable[[], Iterable[str]] = tuple) -> Iterator[Path]:
    """Give a temporary folder; its files get into ``folder`` only if the block ends well, all or none.

    A folder that exists keeps what has other names, and the temporary one lies in it; else that lies beside it. If a
    file cannot be put in place, all is again as it was.

    Parameters
    ----------
    folder : where the files go
    replacing : returns the names of files there that go, also if no new ones take their place; asked at the last moment

    Raises
    ------
    OutputError : the folder cannot be written, the disk is full, or somebody else has put one of the files there
    """
    folder = _absolute(folder)
    with noting() as note:
        try:
            within = folder if folder.is_dir() else folder.parent
            within.mkdir(parents=True, exist_ok=True)
            staged = note.begins(within)
            staged.mkdir(mode=0o700)
        except OSError as error:
            raise OutputError(
                f"{folder}: cannot be written ({error.strerror}); choose another folder with --out"
            ) from error
        try:
            yield staged
            _put_in_place(note, staged, folder, replacing)
        except OSError as error:
            raise OutputError(f"{folder}: cannot be written ({error.strerror or error})") from error
        finally:
            if not _holds_what_was_there(staged):
                shutil.rmtree(staged, ignore_errors=True)


def _holds_what_was_there(staged: Path) -> bool:
    """Tell whether earlier files lie in an unfinished folder, as they could neither be replaced nor put back."""
    return is_own_folder(staged / BEFORE) and any((staged / BEFORE).iterdir())


def _put_in_place(note: Note, staged: Path, folder: Path, replacing: Callable[[], Iterable[str]]) -> None:
    mode = ~_umask()
    names = sorted(path.name for path in staged.iterdir())
    for name in names:
        with (staged / name).open("rb") as file:
            os.fsync(file.fileno())
        (staged / name).chmod(0o666 & mode)
    if not os.path.lexists(folder):
        staged.chmod(0o777 & mode)
        staged.rename(folder)
        return
    new = {name: digest_of_file(staged / name) for name in names}
    going = set(replacing())
    if come := [name for name in names if name not in going and os.path.lexists(folder / name)]:
        raise _has_come(f"{folder}: {', '.join(come)}", "folder")
    # All that is there goes before anything new comes, and its names are noted, so that a kill can be taken back.
    note.moves(folder, new)
    before = staged / BEFORE
    before.mkdir()
    try:
        for name in sorted(going):
            if os.path.lexists(folder / name):
                (folder / name).rename(before / name)
        for name in names:
            _move_where_nothing_is(staged / name, folder / name)
    except BaseException as error:
        put_back(staged, folder, new)
        if isinstance(error, FileExistsError):
            raise _has_come(f"{folder}: {name}", "folder") from None
        raise
    shutil.rmtree(before, ignore_errors=True)


def _has_come(what: str, other: str) -> OutputError:
    return OutputError(f"{what} has come there meanwhile and is left alone; choose another {other} with --out")


def _absolute(path: Path) -> Path:
    """Return a path from the root on.

    Raises
    ------
    OutputError : the folder that one is in has gone
    """
    try:
        return path.absolute()
    except FileNotFoundError:
        raise OutputError(f"{path}: cannot be written, as the folder that it was to lie in has gone") from None


def _move_where_nothing_is(path: Path, target: Path) -> None:
    """Give a file another name, but never that of something that is there.

    Raises
    ------
    FileExistsError : something is there
    """
    try:
        os.link(path, target)
    except FileExistsError:
        raise
    except OSError:
        # Some disks (exFAT, shares) have no second names for a file. There a moment is left between look and move.
        if os.path.lexists(target):
            raise FileExistsError(target) from None
        path.rename(target)
    else:
        path.unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
