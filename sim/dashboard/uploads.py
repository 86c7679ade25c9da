"""What people bring: checked for size, told apart by name, kept in folders of the server's own while it is needed.

A scenario file may name no folder and no file of the server's; an archive is not opened.
"""

from __future__ import annotations

import base64
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sim.base.errors import Fault, InputError
from sim.dashboard.own import rules
from sim.dashboard.session import check_size
from sim.dashboard.shared import organisation_of
from sim.inputs.imports import Mapping, read_mapping
from sim.inputs.scenario.description import BASELINE, Scenario, faults_in
from sim.inputs.scenario.files import load_scenario, parse_toml, read_text

__all__ = [
    "MOST_BYTES", "MOST_FILES", "MOST_STAFF", "SUFFIXES", "UploadContents", "UploadedScenario", "checked",
    "folder_in_use", "forget", "left_out", "new_folder", "read_programme", "read_upload", "refuse_size",
    "without_folder",
]  # fmt: skip

MOST_BYTES = 2_000_000
"""Bytes that one upload may have, all files together."""

MOST_FILES = 8
"""Files that one upload may have, and that an organisation may be understood from."""

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
"""Endings of tables and spreadsheets."""

MOST_STAFF = 20_000
_MOST_FOLDERS = 600
_OURS = ("readme.md", "report.md")
_UNUSUAL = re.compile(r"[^\w .()+-]")
_LONGEST_NAME = 80
_OF_MAPPINGS = frozenset(Mapping.model_fields)


class UploadedScenario(NamedTuple):
    """A scenario file: what it is called, and what stands in it."""

    name: str
    content: bytes


@dataclass(frozen=True)
class UploadContents:
    """What an upload holds.

    Parameters
    ----------
    programme : a scenario file; None if there was none
    mapping : what was understood before; None if there was none
    tables : the content of tables and spreadsheets, by name
    """

    programme: UploadedScenario | None = None
    mapping: Mapping | None = None
    tables: dict[str, bytes] = field(default_factory=dict)


# --- folders ----------------------------------------------------------------------------------------------------------


@cache
def _root() -> tempfile.TemporaryDirectory[str]:
    """Return the folder of everything that is brought while the server runs; it goes when the server ends."""
    return tempfile.TemporaryDirectory(prefix="cultureshift-uploads-")


def new_folder() -> Path:
    """Return an empty folder of the server's own.

    Raises
    ------
    InputError : there are too many
    """
    root = Path(_root().name)
    n_kept = sum(1 for _ in root.iterdir())
    if n_kept >= _MOST_FOLDERS:
        raise InputError.single(
            "upload", f"at most {_MOST_FOLDERS} folders at a time", f"{n_kept} in other tabs", "try again later"
        )
    return Path(tempfile.mkdtemp(dir=root))


def forget(folder: Path) -> None:
    """Remove a folder of the server's own, and no other."""
    if folder.parent == Path(_root().name):
        shutil.rmtree(folder, ignore_errors=True)


def folder_in_use(scenario: Scenario) -> Path | None:
    """Return the folder of the organisation that somebody has brought for a scenario; None if it is another's."""
    folder = None if scenario.tables is None else Path(scenario.tables)
    return folder if folder is not None and folder.parent == Path(_root().name) else None


# --- files ------------------------------------------------------------------------------------------------------------


def refuse_size(size: int) -> None:
    """Refuse an upload for its size.

    Raises
    ------
    InputError : always
    """
    raise InputError.single("upload", f"files of at most {MOST_BYTES // 1_000_000} MB together", f"{size:,} bytes")


def read_upload(files: Sequence[dict[str, Any]]) -> UploadContents:
    """Return what uploaded files are: a programme, a mapping, tables.

    Parameters
    ----------
    files : name and base64 content of each

    Raises
    ------
    InputError : a file is too large, of no known kind, or has faults
    TypeError, KeyError : these are no files
    """
    if not all(isinstance(file["name"], str) and isinstance(file["content"], str) for file in files):
        raise TypeError("files have a name and a content, both texts")
    if sum(len(file["content"]) for file in files) > MOST_BYTES * 4 // 3 + 4 * MOST_FILES:
        refuse_size(sum(len(file["content"]) for file in files) * 3 // 4)
    if len(files) > MOST_FILES:
        raise InputError.single("upload", f"at most {MOST_FILES} files", f"{len(files):,}")
    found = UploadContents()
    for file in files:
        name = _safe_name(file["name"])
        if name.casefold() not in _OURS:
            found = _with(found, name, base64.b64decode(file["content"], validate=False))
    if not (found.programme or found.mapping or found.tables):
        raise InputError.single("upload", "a file with a table, or a scenario file", "none")
    return found


def _safe_name(name: str) -> str:
    """Return the name of a file as any disk can hold it, without the folders that it is in."""
    bare = _UNUSUAL.sub("_", Path(name.replace("\\", "/")).name).strip(" .")
    stem, dot, ending = bare.rpartition(".")
    return f"{stem[:_LONGEST_NAME]}{dot}{ending[:10]}"


def _with(found: UploadContents, name: str, content: bytes) -> UploadContents:
    """Return what was brought with one more file."""
    if name.casefold().endswith(".toml"):
        mapping = _read_mapping(name, content)
        if (found.programme if mapping is None else found.mapping) is not None:
            raise InputError.single("upload", "one scenario file, and one mapping", f"another one, {name!r}")
        if mapping is None:
            return replace(found, programme=UploadedScenario(name, content))
        return replace(found, mapping=mapping)
    if not name.casefold().endswith(SUFFIXES):
        wanted = "tables (.csv), spreadsheets (.xlsx, .xls, .ods), or a scenario file (.toml)"
        raise InputError.single("upload", wanted, repr(name[:_LONGEST_NAME]))
    if name.casefold() in [known.casefold() for known in found.tables]:
        raise InputError.single("upload", "files with different names", repr(name), "rename one of them")
    return replace(found, tables={**found.tables, name: content})


@contextmanager
def _on_disk(name: str, content: bytes) -> Iterator[Path]:
    """Give a file that was brought a place for as long as it is read; faults name it as whoever brought it does."""
    folder = Path(tempfile.mkdtemp(prefix="cultureshift-toml-"))
    try:
        path = folder / name
        path.write_bytes(content)
        yield path
    except InputError as error:
        raise InputError(without_folder(error.faults, folder)) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _read_mapping(name: str, content: bytes) -> Mapping | None:
    """Return a mapping; None if the file is none."""
    with _on_disk(name, content) as path:
        _, table = parse_toml(read_text(path), str(path))
        return read_mapping(path) if table and set(table) <= _OF_MAPPINGS else None


def read_programme(programme: UploadedScenario, organisation: Path | None) -> Scenario:
    """Return the scenario of a file, in an organisation that somebody has brought, or in one that is made up.

    Which folder a file names does not matter: it is one of another machine's.

    Raises
    ------
    InputError : it has faults, or needs an organisation that is not here
    """
    import tomli_w

    with _on_disk(programme.name, programme.content) as path:
        _, table = parse_toml(read_text(path), str(path))
        if "tables" in table and organisation is None:
            hint = "bring the files of your organisation first"
            raise InputError.single(f"{path}: tables", "no folder", "a folder's name", hint)
        bare = {key: value for key, value in table.items() if key not in ("compare_with", "tables")}
        if organisation is not None:
            bare["tables"] = str(organisation)
        if bare != table:
            path.write_text(tomli_w.dumps(bare), encoding="utf-8")
        return checked(load_scenario(path, rules()))


def left_out(programme: UploadedScenario) -> list[str]:
    """Return what is to be told of a sound scenario file: that pages compare with nothing done, whatever it names."""
    with _on_disk(programme.name, programme.content) as path:
        _, table = parse_toml(read_text(path), str(path))
    other = table.get("compare_with", BASELINE)
    if other == BASELINE:
        return []
    return [
        f"{programme.name} is to be compared with “{str(other)[:80]}”. Pages compare with the same world in which "
        "nothing is done and everything that happens happens; cultureshift run compares as the file says."
    ]


def without_folder(faults: Sequence[Fault], folder: Path) -> list[Fault]:
    """Return faults with the names that somebody gave, not the place where the server keeps the files."""
    return [
        Fault(*(text.replace(f"{folder}/", "").replace(str(folder), "upload") for text in
                (fault.where, fault.wanted, fault.came, fault.hint)))
        for fault in faults
    ]  # fmt: skip


# --- whether a page can show it ---------------------------------------------------------------------------------------


def checked(scenario: Scenario) -> Scenario:
    """Return a scenario that is small enough for a page, and whose parts go together.

    Raises
    ------
    InputError : it is not
    """
    _check_shape(scenario)
    organisation = organisation_of(scenario)
    check_size(scenario, organisation)
    faults = faults_in(scenario, organisation, "scenario")
    if faults:
        raise InputError(faults)
    return scenario


def _check_shape(scenario: Scenario) -> None:
    """Refuse a made-up organisation that is far too large, before it is made."""
    shape = scenario.organisation
    n_staff = shape.services * shape.teams * shape.team_size
    if scenario.tables is None and n_staff > MOST_STAFF:
        raise InputError.single(
            "organisation", f"at most {MOST_STAFF:,} staff on a page", f"{n_staff:,}", "use the command line"
        )
