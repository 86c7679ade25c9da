"""Links in and out, and downloads. What a link says is checked before it is used.

A link carries the whole scenario, so that it works on any server; it can name no file and no folder of the server's.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, quote

from pydantic import ValidationError

from sim.base.dates import as_date, first_day
from sim.base.errors import InputError
from sim.base.version import CONTRACT, FIRST_CONTRACT, what_differs
from sim.dashboard.own import rules
from sim.dashboard.session import ExploreSession
from sim.dashboard.trajectory import simulate_weekly
from sim.dashboard.uploads import checked
from sim.engine.recorder import MEASURE_NAMES
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import scenario_to_toml
from sim.rulebook.rulebook import Rulebook

__all__ = [
    "DOWNLOADS", "OpenedLink", "as_file", "comparison_file", "content_of", "download", "link_to", "map_file",
    "mark_of_rules", "open_link", "own_scenario",
]  # fmt: skip

_MOST_LINK = 20_000
_MOST_FIELDS = 10
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
    "zip": "application/zip",
}


def link_to(session: ExploreSession, week: int) -> str:
    """Return the query of a link that opens this scenario, in this world, at this week.

    Raises
    ------
    InputError : the organisation comes from tables, which a link cannot carry
    """
    if session.scenario.tables is not None:
        raise InputError.single("link", "a made-up organisation", "one from tables", "send the files instead")
    text = json.dumps(content_of(session.scenario), separators=(",", ":"))
    packed = base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")
    mark = mark_of_rules(session.scenario.rulebook)
    place = f"world={session.seed}&week={int(week)}&contract={CONTRACT}"
    return f"?scenario={quote(packed)}&{place}{f'&rules={mark}' if mark else ''}"


def content_of(scenario: Scenario) -> dict[str, Any]:
    """Return what a scenario says beyond what is so by default, in plain types."""
    content = scenario.model_dump(mode="json", exclude_defaults=True)
    for entry, fields in zip(scenario.timeline, content.get("timeline", []), strict=True):
        fields["kind"] = entry.kind
    return content


def mark_of_rules(rulebook: Rulebook) -> str:
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

    session: ExploreSession
    week: int
    differs: str


def open_link(query: str) -> OpenedLink | None:
    """Return what a query tells of; None if it tells of nothing that can be shown."""
    try:
        found = parse_qs(query.lstrip("?"), max_num_fields=_MOST_FIELDS)
    except ValueError:  # more fields than any link of ours has
        return None
    if found.get("rules", [""])[0] not in ("", mark_of_rules(rules())):
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
        scenario = own_scenario(content)
    except (binascii.Error, zlib.error, ValidationError, ValueError, InputError):
        return None
    seed, week = _number(found.get("world"), 2**32 - 1), _number(found.get("week"), scenario.weeks)
    contract = _number(found.get("contract"), _HIGHEST_CONTRACT) or FIRST_CONTRACT
    return OpenedLink(
        ExploreSession(scenario, seed=1 if seed is None else seed), week or 0, what_differs("This link", contract)
    )


def _number(texts: list[str] | None, highest: int) -> int | None:
    text = (texts or [""])[0]
    return min(int(text), highest) if text.isascii() and text.isdigit() and len(text) <= 10 else None


def own_scenario(content: str | bytes, folder: str | None = None) -> Scenario:
    """Return the scenario that somebody's JSON tells of, if it stands on its own and is small enough.

    Parameters
    ----------
    content : the JSON
    folder : the tables of the organisation that it is put into, of the server's own; a made-up one if left out

    Raises
    ------
    InputError : it does not, or is not
    ValidationError : it tells of none
    """
    scenario = Scenario.model_validate_json(content, context=rules())
    if scenario.tables is not None:
        raise InputError.single("tables", "no folder", "a folder's name", "bring the files of the organisation instead")
    return checked(scenario.replace(compare_with="baseline", tables=folder))


def download(key: str, session: ExploreSession) -> dict[str, str]:
    """Return a file to download: its name, its type and its base64 content.

    Raises
    ------
    InputError : there is no such download
    """
    if key not in _MAKERS:
        raise InputError.single("download", f"one of {', '.join(_MAKERS)}", repr(key))
    return as_file(f"world-{session.seed}.{key}", _MAKERS[key](session))


def weekly_frame(session: ExploreSession) -> Any:
    """Return the weekly table of the present future, the same world with nothing done, and the futures kept."""
    import pandas as pd

    runs = [("now", session.scenario, session.seed), ("nothing done", session.baseline(), session.seed)]
    runs += [(kept.label, kept.scenario, kept.seed) for kept in session.kept]
    frames, dated = [], any(scenario.start for _, scenario, _ in runs)
    for label, scenario, seed in runs:
        own = (measure.name for measure in scenario.rulebook.own_measures)
        frame = pd.DataFrame(simulate_weekly(scenario, seed), columns=[*MEASURE_NAMES, *own])
        frame.insert(0, "future", label)
        frame.insert(1, "world", seed)
        frame.insert(2, "week", range(len(frame)))
        if dated:
            days = [first_day(week, scenario.start) if scenario.start else None for week in range(len(frame))]
            frame.insert(3, "date", days)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _toml(session: ExploreSession) -> bytes:
    scenario = session.scenario
    return scenario_to_toml(scenario, Path(scenario.tables) if scenario.tables else None).encode()


def _csv(session: ExploreSession) -> bytes:
    return bytes(weekly_frame(session).to_csv(index=False, float_format="%.5g"), "utf-8")


def _parquet(session: ExploreSession) -> bytes:
    import io

    buffer = io.BytesIO()
    weekly_frame(session).to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()


def _png(session: ExploreSession) -> bytes:
    from sim.dashboard.pictures import picture

    return picture(session, "png")


def _svg(session: ExploreSession) -> bytes:
    from sim.dashboard.pictures import picture

    return picture(session, "svg")


def _html(session: ExploreSession) -> bytes:
    from sim.dashboard.printed_report import report

    return report(session).encode()


_MAKERS: dict[str, Callable[[ExploreSession], bytes]] = {
    "toml": _toml, "csv": _csv, "parquet": _parquet, "png": _png, "svg": _svg, "html": _html,
}  # fmt: skip


def comparison_file(key: str, shown: dict[str, Any]) -> dict[str, str]:
    """Return a comparison as a file: its bands as a table, or as a picture.

    Raises
    ------
    InputError : there is no such download
    """
    if key == "csv":
        dated = any(arm.get("start") for arm in shown["arms"])
        lines = [f"scenario,week,{'date,' if dated else ''}p05,p25,median,p75,p95,nothing_done_median"]
        for arm in shown["arms"]:
            columns = zip(*arm["bands"], arm["reference"], strict=True)
            start = as_date(arm.get("start"))
            for week, row in enumerate(columns):
                day = [str(first_day(week, start)) if start else ""] if dated else []
                lines.append(",".join((_cell(arm["name"]), str(week), *day, *map(str, row))))
        content = "\n".join(lines) + "\n"
        return as_file("comparison.csv", content.encode())
    if key not in ("png", "svg"):
        raise InputError.single("download", "csv, png or svg", repr(key))
    from sim.dashboard.pictures import comparison_picture

    return as_file(f"comparison.{key}", comparison_picture(shown, key))


def map_file(grid: dict[str, Any]) -> dict[str, str]:
    """Return a map as a table: one row for each square."""
    lines = [f"{grid['x']},{grid['y']},share_of_worlds"]
    for y, row in zip(grid["ys"], grid["values"], strict=True):
        lines += [f"{x},{y},{'' if value is None else value}" for x, value in zip(grid["xs"], row, strict=True)]
    return as_file("map.csv", ("\n".join(lines) + "\n").encode())


def _cell(text: str) -> str:
    """Return a text as a cell of a CSV that no spreadsheet takes for a formula."""
    safe = f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
    return '"' + safe.replace('"', '""') + '"'


def as_file(name: str, content: bytes) -> dict[str, str]:
    """Return a file as a page saves it: its name, its type and its base64 content."""
    return {
        "name": f"cultureshift-{name}",
        "type": _TYPES[name.rsplit(".", 1)[1]],
        "content": base64.b64encode(content).decode("ascii"),
    }
