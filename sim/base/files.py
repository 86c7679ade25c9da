"""Files from anybody, read without trust; files and folders of our own, written whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.base.errors import InputError, OutputError

__all__ = ["new_file", "new_folder", "read_file", "unfinished_files", "write_whole"]

_WITHOUT_WAITING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


# --- reading ----------------------------------------------------------------------------------------------------------


def read_file(path: Path, wanted: str, most_bytes: int) -> bytes:
    """Return the bytes of a file that somebody names: all of them, or a sentence.

    Pipes, which may never end, devices, sockets and folders are refused, and so is a file that grows while it is read.

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
        # Asked before it is opened, since opening alone can do something to a device; and after, of what was opened.
        _refuse_no_file(path, path.stat(), wanted, most_bytes)
        with os.fdopen(os.open(path, _WITHOUT_WAITING), "rb") as file:
            _refuse_no_file(path, os.fstat(file.fileno()), wanted, most_bytes)
            content = file.read(most_bytes + 1) or b""
    except FileNotFoundError:
        raise InputError.single(str(path), wanted, "no such file", "is the path right?") from None
    except OSError as error:
        raise InputError.single(str(path), wanted, error.strerror or "one that cannot be read") from None
    except ValueError:
        raise InputError.single(repr(str(path)), wanted, "a path that cannot be") from None
    if len(content) > most_bytes:
        raise InputError.single(str(path), f"a file of at most {most_bytes:,} bytes", "one that goes on")
    return content


def _refuse_no_file(path: Path, found: os.stat_result, wanted: str, most_bytes: int) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise InputError.single(str(path), wanted, "a folder", "name the file in it")
    if not stat.S_ISREG(found.st_mode):
        raise InputError.single(str(path), wanted, "something else than a file")
    if found.st_size > most_bytes:
        raise InputError.single(str(path), f"a file of at most {most_bytes:,} bytes", f"{found.st_size:,} bytes")


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


def unfinished_files(
    folder: Path, names: Container[str] = (), is_own: Callable[[str], bool] | None = None
) -> list[Path]:
    """Return what a killed :func:`new_file` left in a folder, of some files alone.

    Parameters
    ----------
    folder : where to look
    names : names of the files that were to be written
    is_own : tells whether a name is one of them, where they cannot be listed
    """
    found = []
    for path in sorted(folder.glob(".*")):
        # As tempfile.mkstemp names it: eight letters or digits between the file's name and its ending.
        parts = re.fullmatch(r"\.(.+)\.[a-z0-9_]{8}(\.\w+)?", path.name)
        if parts is None or path.is_symlink() or not path.is_file() or Path(parts[1]).suffix != (parts[2] or ""):
            continue
        if parts[1] in names or (is_own is not None and is_own(parts[1])):
            found.append(path)
    return found


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Give a temporary folder beside ``folder``; its files get there only if the block ends well, all or none.

    A folder that exists keeps what has other names. If a file cannot be put in place, all is again as it was.

    Raises
    ------
    OutputError : the folder cannot be written, or the disk is full
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot be written ({error.strerror}); choose another folder with --out"
        ) from error
    try:
        yield staged
        _put_in_place(staged, folder)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror or error})") from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _put_in_place(staged: Path, folder: Path) -> None:
    mode = ~_umask()
    for path in staged.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.chmod(0o666 & mode)
    if not folder.exists():
        staged.chmod(0o777 & mode)
        staged.rename(folder)
        return
    names = sorted(path.name for path in staged.iterdir())
    before = staged / "before"
    before.mkdir()
    try:
        for name in names:
            if (folder / name).exists():
                (folder / name).rename(before / name)
            (staged / name).rename(folder / name)
    except BaseException:
        for name in names:
            _take_back(staged / name, folder / name, before / name)
        raise


def _take_back(staged: Path, path: Path, before: Path) -> None:
    """Undo what was done for one file, however far it had come."""
    if not staged.exists():
        path.unlink(missing_ok=True)
    if before.exists():
        before.replace(path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
