"""What comes in and goes out: links, uploaded files, downloads. Everything that comes in is checked before it is used.

A link carries the whole scenario, so that it works on any server. Nothing that is brought may name a file or folder of
the server's.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import shutil
import tempfile
import zlib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, quote

from pydantic import ValidationError

from sim.base.errors import Fault, InputError
from sim.base.version import CONTRACT, FIRST_CONTRACT, what_differs
from sim.dashboard.own import rules
from sim.dashboard.session import Session, check_size
from sim.dashboard.shared import organisation_of
from sim.dashboard.trajectory import simulate_weekly
from sim.engine.recorder import MEASURE_NAMES
from sim.inputs.scenario.description import Scenario, faults_in
from sim.inputs.scenario.files import load_scenario, parse_toml, read_text, scenario_to_toml
from sim.inputs.tables import TABLES
from sim.rulebook.rulebook import Rulebook

__all__ = [
    "DOWNLOADS", "MOST_BYTES", "OpenedLink", "download", "forget_upload", "link_to", "open_link", "read_upload",
    "refuse_size",
]  # fmt: skip

MOST_BYTES = 2_000_000
"""Bytes that one upload may have, all files together."""

_MOST_FILES = 4
_MOST_LINES = {"people.csv": 25_000, "ties.csv": 100_000, "survey.csv": 25_000}
_LONGEST_LINE = 20_000
_MOST_LINK = 20_000
_MOST_FIELDS = 10
_MOST_UPLOADS = 200
_MOST_LINK_CONTENT = 200_000
_HIGHEST_CONTRACT = 1_000

DOWNLOADS: list[dict[str, str]] = [
    {"key": "toml", "label": "Scenario file (.toml)"},
    {"key": "csv", "label": "Weekly table (.csv)"},
    {"key": "parquet", "label": "Weekly table (.parquet)"},
    {"key": "png", "label": "Picture (.png)"},
    {"key": "svg", "label": "Picture (.svg)"},
    {"key": "html", "label": "Report to mail (.html)"},
]
"""What can be downloaded from Explore."""

_TYPES = {
    "toml": "application/toml",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "png": "image/png",
    "svg": "image/svg+xml",
    "html": "text/html",
}


def link_to(session: Session, week: int) -> str:
    """Return the query of a link that opens this scenario, in this world, at this week.

    Raises
    ------
    InputError : the organisation comes from tables, which a link cannot carry
    """
    if session.scenario.tables is not None:
        raise InputError.single("link", "a made-up organisation", "one from tables", "send the files instead")
    content = session.scenario.model_dump(mode="json", exclude_defaults=True)
    for entry, fields in zip(session.scenario.timeline, content.get("timeline", []), strict=True):
        fields["kind"] = entry.kind
    text = json.dumps(content, separators=(",", ":"))
    packed = base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")
    mark = _mark_of_rules(session.scenario.rulebook)
    place = f"world={session.seed}&week={int(week)}&contract={CONTRACT}"
    return f"?scenario={quote(packed)}&{place}{f'&rules={mark}' if mark else ''}"


def _mark_of_rules(rulebook: Rulebook) -> str:
    """Return what tells a link made with rules of one's own from others; it names none, and loads none."""
    hashes = "".join(one.sha256 for one in rulebook.recorded)
    return hashlib.sha256(hashes.encode()).hexdigest()[:16] if hashes else ""


class OpenedLink(NamedTuple):
    """What a link opens.

    Parameters
    ----------
    session, week : what it tells of
    differs : the sentence that says that the model has changed since it was made; empty if it has not
    """

    session: Session
    week: int
    differs: str


def open_link(query: str) -> OpenedLink | None:
    """Return what a query tells of; None if it tells of nothing that can be shown."""
    try:
        found = parse_qs(query.lstrip("?"), max_num_fields=_MOST_FIELDS)
    except ValueError:  # more fields than any link of ours has
        return None
    if found.get("rules", [""])[0] not in ("", _mark_of_rules(rules())):
        return None  # It shows what other rules do, and these are not here.
    packed = found.get("scenario", [""])[0]
    if not packed or len(packed) > _MOST_LINK:
        return None
    try:
        raw = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(raw, _MOST_LINK_CONTENT)
        if unpacker.unconsumed_tail:
            return None
        scenario = _own(Scenario.model_validate_json(content, context=rules()))
    except (binascii.Error, zlib.error, ValidationError, ValueError, InputError):
        return None
    seed, week = _number(found.get("world"), 2**32 - 1), _number(found.get("week"), scenario.weeks)
    contract = _number(found.get("contract"), _HIGHEST_CONTRACT) or FIRST_CONTRACT
    return OpenedLink(
        Session(scenario, seed=1 if seed is None else seed), week or 0, what_differs("This link", contract)
    )


def _number(texts: list[str] | None, highest: int) -> int | None:
    text = (texts or [""])[0]
    return min(int(text), highest) if text.isascii() and text.isdigit() and len(text) <= 10 else None


def _own(scenario: Scenario) -> Scenario:
    """Return a scenario that stands on its own and is small enough; anything else is refused."""
    if scenario.tables is not None:
        raise InputError.single(
            "tables", "no folder", "a folder's name", "upload people.csv together with the scenario"
        )
    return _checked(scenario.replace(compare_with="baseline"))


def _checked(scenario: Scenario) -> Scenario:
    check_shape(scenario)
    organisation = organisation_of(scenario)
    check_size(scenario, organisation)
    faults = faults_in(scenario, organisation, "scenario")
    if faults:
        raise InputError(faults)
    return scenario


def check_shape(scenario: Scenario) -> None:
    """Refuse a made-up organisation that is far too large, before it is made.

    Raises
    ------
    InputError : it has more than 20,000 staff
    """
    shape = scenario.organisation
    n_staff = shape.services * shape.teams * shape.team_size
    if scenario.tables is None and n_staff > 20_000:
        raise InputError.single(
            "organisation", "at most 20,000 staff on a page", f"{n_staff:,}", "use the command line"
        )


def refuse_size(size: int) -> None:
    """Refuse an upload for its size.

    Raises
    ------
    InputError : always
    """
    raise InputError.single("upload", f"files of at most {MOST_BYTES // 1_000_000} MB together", f"{size:,} bytes")


def read_upload(files: Sequence[dict[str, Any]]) -> Scenario:
    """Return the scenario that uploaded files tell of: a scenario file, the tables of an organisation, or both.

    Parameters
    ----------
    files : name and base64 content of each; tables stay in a folder of the server until :func:`forget_upload`

    Raises
    ------
    InputError : a file is too large, of no known kind, or has faults
    TypeError, KeyError : these are no files
    """
    if not all(isinstance(file["name"], str) and isinstance(file["content"], str) for file in files):
        raise TypeError("files have a name and a content, both texts")
    if sum(len(file["content"]) for file in files) > MOST_BYTES * 4 // 3 + 16:
        refuse_size(sum(len(file["content"]) for file in files) * 3 // 4)
    if len(files) > _MOST_FILES:
        raise InputError.single("upload", f"at most {_MOST_FILES} files", f"{len(files):,}")
    folder = _folder_for_upload()
    scenario = None
    try:
        scenario = _read_folder(folder, files)
    except InputError as error:
        raise InputError(_without_folder(error, str(folder))) from None
    finally:
        if scenario is None or scenario.tables is None:
            shutil.rmtree(folder)
    return scenario


@cache
def _uploads() -> tempfile.TemporaryDirectory[str]:
    """Return the folder of everything that is brought while the server runs; it goes when the server ends."""
    return tempfile.TemporaryDirectory(prefix="cultureshift-uploads-")


def _folder_for_upload() -> Path:
    """Return an empty folder for an upload."""
    root = Path(_uploads().name)
    n_kept = sum(1 for _ in root.iterdir())
    if n_kept >= _MOST_UPLOADS:
        raise InputError.single(
            "upload", f"at most {_MOST_UPLOADS} organisations at a time", f"{n_kept} in other tabs", "try again later"
        )
    return Path(tempfile.mkdtemp(dir=root))


def forget_upload(scenario: Scenario) -> None:
    """Remove the tables of a scenario that were uploaded, as soon as nobody looks at them any more."""
    root = Path(_uploads().name)
    if scenario.tables is not None and Path(scenario.tables).parent == root:
        shutil.rmtree(scenario.tables, ignore_errors=True)


def _read_folder(folder: Path, files: Sequence[dict[str, Any]]) -> Scenario:
    tables = {table.casefold() for table in TABLES}
    scenario_file: Path | None = None
    for file in files:
        name = Path(file["name"].replace("\\", "/")).name
        if name.casefold() in tables:
            path = folder / name.casefold()
        elif name.casefold().endswith(".toml"):
            path = scenario_file = folder / "scenario.toml"
        else:
            wanted = "a scenario file (.toml), or people.csv, ties.csv or survey.csv"
            raise InputError.single("upload", wanted, repr(name[:80]))
        content = base64.b64decode(file["content"], validate=False)
        if path != scenario_file:
            _check_lines(path.name, content)
        path.write_bytes(content)
    has_tables = any((folder / table).exists() for table in tables)
    if scenario_file is None:
        scenario = Scenario(title="Your organisation").with_rulebook(rules())
    else:
        scenario = _read_scenario(scenario_file, has_tables)
    if not has_tables:
        return _own(scenario)
    return _checked(scenario.replace(tables=str(folder), compare_with="baseline"))


def _check_lines(name: str, content: bytes) -> None:
    """Refuse a table that is far too long or wide, before its every fault is looked for."""
    most = _MOST_LINES[name]
    lines = content.splitlines()
    if len(lines) > most:
        raise InputError.single(name, f"at most {most:,} lines on a page", f"{len(lines):,}", "use the command line")
    longest = max(map(len, lines), default=0)
    if longest > _LONGEST_LINE:
        raise InputError.single(name, f"lines of at most {_LONGEST_LINE:,} bytes", f"one of {longest:,}")


def _read_scenario(path: Path, has_tables: bool) -> Scenario:
    """Return the scenario of an uploaded file, which may name no folder and no file of the server's."""
    text = read_text(path)
    _, table = parse_toml(text, str(path))
    if "tables" in table and not has_tables:
        raise InputError.single(
            "tables", "no folder", "a folder's name", "upload people.csv together with the scenario"
        )
    if {"tables", "compare_with"} & set(table):
        import tomli_w

        path.write_text(
            tomli_w.dumps({key: value for key, value in table.items() if key not in ("tables", "compare_with")}),
            encoding="utf-8",
        )
    return load_scenario(path, rules())


def _without_folder(error: InputError, folder: str) -> list[Fault]:
    """Return the faults with the names that the person gave, not the place where the server keeps the files."""
    return [
        Fault(*(text.replace(folder + "/", "").replace(folder, "upload") for text in
                (fault.where, fault.wanted, fault.came, fault.hint)))
        for fault in error.faults
    ]  # fmt: skip


def download(key: str, session: Session) -> dict[str, str]:
    """Return a file to download: its name, its type and its base64 content.

    Raises
    ------
    InputError : there is no such download
    """
    if key not in _MAKERS:
        raise InputError.single("download", f"one of {', '.join(_MAKERS)}", repr(key))
    return _file(f"world-{session.seed}.{key}", _MAKERS[key](session))


def weekly_frame(session: Session) -> Any:
    """Return the weekly table of the present future, the same world with nothing done, and the futures kept."""
    import pandas as pd

    runs = [("now", session.scenario, session.seed), ("nothing done", session.baseline(), session.seed)]
    runs += [(kept.label, kept.scenario, kept.seed) for kept in session.kept]
    frames = []
    for label, scenario, seed in runs:
        own = (measure.name for measure in scenario.rulebook.own_measures)
        frame = pd.DataFrame(simulate_weekly(scenario, seed), columns=[*MEASURE_NAMES, *own])
        frame.insert(0, "future", label)
        frame.insert(1, "world", seed)
        frame.insert(2, "week", range(len(frame)))
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _toml(session: Session) -> bytes:
    scenario = session.scenario
    return scenario_to_toml(scenario, Path(scenario.tables) if scenario.tables else None).encode()


def _csv(session: Session) -> bytes:
    return bytes(weekly_frame(session).to_csv(index=False, float_format="%.5g"), "utf-8")


def _parquet(session: Session) -> bytes:
    import io

    buffer = io.BytesIO()
    weekly_frame(session).to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()


def _png(session: Session) -> bytes:
    from sim.dashboard.pictures import picture

    return picture(session, "png")


def _svg(session: Session) -> bytes:
    from sim.dashboard.pictures import picture

    return picture(session, "svg")


def _html(session: Session) -> bytes:
    from sim.dashboard.paper import report

    return report(session).encode()


_MAKERS: dict[str, Callable[[Session], bytes]] = {
    "toml": _toml, "csv": _csv, "parquet": _parquet, "png": _png, "svg": _svg, "html": _html,
}  # fmt: skip


def comparison_file(key: str, shown: dict[str, Any]) -> dict[str, str]:
    """Return a comparison as a file: its bands as a table, or as a picture.

    Raises
    ------
    InputError : there is no such download
    """
    if key == "csv":
        lines = ["scenario,week,p05,p25,median,p75,p95,nothing_done_median"]
        for arm in shown["arms"]:
            columns = zip(*arm["bands"], arm["reference"], strict=True)
            lines += [f"{_cell(arm['name'])},{week}," + ",".join(map(str, row)) for week, row in enumerate(columns)]
        content = "\n".join(lines) + "\n"
        return _file("comparison.csv", content.encode())
    if key not in ("png", "svg"):
        raise InputError.single("download", "csv, png or svg", repr(key))
    from sim.dashboard.pictures import comparison_picture

    return _file(f"comparison.{key}", comparison_picture(shown, key))


def map_file(grid: dict[str, Any]) -> dict[str, str]:
    """Return a map as a table: one row for each square."""
    lines = [f"{grid['x']},{grid['y']},share_of_worlds"]
    for y, row in zip(grid["ys"], grid["values"], strict=True):
        lines += [f"{x},{y},{'' if value is None else value}" for x, value in zip(grid["xs"], row, strict=True)]
    return _file("map.csv", ("\n".join(lines) + "\n").encode())


def _cell(text: str) -> str:
    """Return a text as a cell of a CSV that no spreadsheet takes for a formula."""
    safe = f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
    return '"' + safe.replace('"', '""') + '"'


def _file(name: str, content: bytes) -> dict[str, str]:
    return {
        "name": f"cultureshift-{name}",
        "type": _TYPES[name.rsplit(".", 1)[1]],
        "content": base64.b64encode(content).decode("ascii"),
    }
