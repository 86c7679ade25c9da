"""Files and folders that are written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.base.errors import OutputError

__all__ = ["new_file", "new_folder", "write_whole"]


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
