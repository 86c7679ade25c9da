"""Where a command writes: judged before the work starts, written whole or not at all, never over what is not ours.

The one contract of everything that writes. A folder of results says in its ``manifest.json`` which files were written
and what is in them; a single file carries a seal, which holds the hash of the rest of it. Without ``force`` nothing is
ever replaced; with it, only what we wrote and nobody has changed since.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from sim.base.errors import InputError, OutputError
from sim.base.files import digest_of_file, new_file, new_folder, read_file
from sim.base.unfinished import take_back_unfinished
from sim.base.version import __version__

__all__ = ["MANIFEST", "SEAL", "FileDestination", "FolderDestination"]

MANIFEST = "manifest.json"

_LARGEST_MANIFEST = 50_000_000
_ELSEWHERE = "choose another folder with --out"

SEAL = f"Written by Cultureshift, SHA-256 {'0' * 64}"
"""What a writer puts near the beginning of a single file; its noughts give way to the hash of the file with them."""

_SEAL = SEAL.encode()
_SEALED = re.compile(re.escape(_SEAL.rstrip(b"0")) + b"[0-9a-f]{64}")
_SEAL_WITHIN = 4_000_000


@dataclass(frozen=True)
class FolderDestination:
    """A folder of results.

    Parameters
    ----------
    folder : where to; made if it is missing
    names : files that will be written, as far as is known before; ``*`` stands for anything in a name
    force : replace what was written there earlier
    option : what the user calls it
    """

    folder: Path
    names: Sequence[str]
    force: bool = False
    option: str = "--out"

    def check(self) -> None:
        """Make sure that results may be written, and clear away what a kill left.

        Raises
        ------
        OutputError : it is a file, cannot be read, or holds something that may not be replaced
        """
        take_back_unfinished()
        found = entries(self.folder, self.option)
        if found and not self.force:
            raise OutputError(
                f"{self.folder}: is not empty; {self._elsewhere}, or replace earlier results with --force"
            )
        self.check_names(found)

    def check_names(self, found: set[str]) -> None:
        """Make sure that no file that will be written is there already from somebody else.

        Raises
        ------
        OutputError : one is
        """
        clashing = {name for name in found if any(fnmatch(name, own) for own in (*self.names, MANIFEST))}
        written = _written(self.folder)
        if foreign := sorted(clashing - set(written)):
            raise OutputError(
                f"{self.folder}: {', '.join(foreign)} there was not written by Cultureshift and is left alone; "
                f"{self._elsewhere}"
            )
        if changed := sorted(name for name in clashing if not _is_as_written(self.folder / name, written[name])):
            raise OutputError(
                f"{self.folder}: {', '.join(changed)} there was changed since Cultureshift wrote it and is left alone; "
                f"{self._elsewhere}"
            )

    @contextmanager
    def writing(self, command: Sequence[str] = (), more: Mapping[str, Any] | None = None) -> Iterator[Path]:
        """Give a folder to write into; its files and their manifest get to their place only if the block ends well.

        Parameters
        ----------
        command : the command that made the results, word by word
        more : what else the manifest says

        Raises
        ------
        OutputError : something else is there by now, or the disk is full
        """
        self.check()
        earlier = set(self.written())
        with new_folder(self.folder, lambda: earlier.intersection(self.written())) as staged:
            yield staged
            content = {
                "cultureshift": __version__,
                "seal": SEAL,
                "command": list(command),
                **(more or {}),
                "files": {path.name: digest_of_file(path) for path in sorted(staged.iterdir())},
            }
            text = json.dumps(content, indent=1, ensure_ascii=False)
            (staged / MANIFEST).write_text(text + "\n", encoding="utf-8", errors="backslashreplace", newline="")
            _seal(staged / MANIFEST)

    def written(self) -> list[str]:
        """Return the names of files there that we wrote, and that nobody has changed since."""
        return [name for name, digest in _written(self.folder).items() if _is_as_written(self.folder / name, digest)]

    @property
    def _elsewhere(self) -> str:
        return _ELSEWHERE if self.option == "--out" else "choose another folder"


@dataclass(frozen=True)
class FileDestination:
    """A single file.

    Parameters
    ----------
    path : where to
    force : replace an earlier one
    """

    path: Path
    force: bool = False

    def check(self) -> None:
        """Make sure that the file may be written, and clear away what a kill left.

        Raises
        ------
        OutputError : something is there that may not be replaced
        """
        take_back_unfinished()
        try:
            is_there = self.path.exists() or self.path.is_symlink()
            is_file = self.path.is_file()
        except (OSError, ValueError) as error:
            raise OutputError(f"{str(self.path)[:200]!r}: cannot be a file ({error}); choose another name") from None
        if not is_there:
            return
        if not is_file:
            what = "a folder" if self.path.is_dir() else "no ordinary file"
            raise OutputError(f"{self.path}: is {what}; --out wants a file")
        if not self.force:
            raise OutputError(
                f"{self.path}: is there already; choose another name with --out, or add --force to replace it"
            )
        if not _is_as_sealed(self.path):
            raise OutputError(
                f"{self.path}: was not written by Cultureshift, or was changed since, and is left alone; "
                f"choose another name with --out"
            )

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Give a file to write, with :data:`SEAL` in it; it gets to its place only if the block ends well.

        Raises
        ------
        OutputError : something else is there by now, or the disk is full
        """
        self.check()
        with new_file(self.path, replacing=lambda: self.force and _is_as_sealed(self.path)) as unfinished:
            yield unfinished
            _seal(unfinished)


def entries(folder: Path, option: str = "--out") -> set[str]:
    """Return the names of what is in a folder; nothing if there is none.

    Raises
    ------
    OutputError : it is a file, or cannot be read
    """
    try:
        return {path.name for path in folder.iterdir()}
    except FileNotFoundError:
        return set()
    except NotADirectoryError:
        raise OutputError(f"{folder}: is a file; {option} wants a folder") from None
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        raise OutputError(f"{str(folder)[:200]}: cannot be read ({said}); choose another folder") from None


def _written(folder: Path) -> dict[str, str]:
    """Return the files that were written to a folder, each with its hash, by the word of its manifest."""
    path = folder / MANIFEST
    try:
        content = json.loads(read_file(path, "a manifest", _LARGEST_MANIFEST))
        files = content["files"] if "cultureshift" in content else {}
        named = {str(name): str(digest) for name, digest in files.items() if name == Path(name).name}
    except (InputError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return {**named, MANIFEST: ""} if named else {}


def _is_as_written(path: Path, digest: str) -> bool:
    """Tell whether a file is what the manifest says; the manifest itself has a seal."""
    try:
        if not path.is_file() or path.is_symlink():
            return False
        if path.name == MANIFEST:
            return _is_as_sealed(path)
        return digest_of_file(path) == digest
    except OSError:
        return False


def _seal(path: Path) -> None:
    """Put the hash of a file into its seal."""
    at, digest = _sealed_content(path)
    with path.open("r+b") as file:
        file.seek(at + len(_SEAL) - len(digest))
        file.write(digest)


def _is_as_sealed(path: Path) -> bool:
    """Tell whether a file is what we have written, and no link that somebody has put in its place."""
    try:
        if path.is_symlink():
            return False
        at, digest = _sealed_content(path)
        with path.open("rb") as file:
            file.seek(at)
            return file.read(len(_SEAL)).endswith(digest)
    except (OSError, ValueError):
        return False


def _sealed_content(path: Path) -> tuple[int, bytes]:
    """Return where the seal of a file stands, and the hash that belongs into it.

    Raises
    ------
    ValueError : it has no seal
    """
    with path.open("rb") as file:
        head = file.read(_SEAL_WITHIN)
        found = _SEALED.search(head)
        if found is None:
            raise ValueError(f"{path.name} has no seal")
        digest = hashlib.sha256(head[: found.start()] + _SEAL + head[found.end() :])
        while block := file.read(_SEAL_WITHIN):
            digest.update(block)
    return found.start(), digest.hexdigest().encode()
