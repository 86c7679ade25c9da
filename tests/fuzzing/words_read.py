"""Readers of what is said in a few words, in a link, or by a page of the dashboard."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache as cache_of_function
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sim.base.errors import InputError
from sim.dashboard.address import Address
from sim.dashboard.designing import task_of
from sim.dashboard.exchange import link_to, open_link
from sim.dashboard.guard import Guard
from sim.dashboard.keeping import open_session, session_as_text
from sim.dashboard.learning import read_prediction
from sim.dashboard.messages import is_message
from sim.dashboard.service import OwnService, as_upload, folder_as_zip, read_piece
from sim.dashboard.session import ExploreSession
from sim.dashboard.solo import begun, opened
from sim.dashboard.understood import shown
from sim.dashboard.uploads import UploadContents, forget, left_out, read_programme, read_upload
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import apply_settings
from sim.lessons import Lesson, lessons_folder, read_lesson
from sim.lessons.designs import DesignError, read_design
from sim.study.map import map_axis
from tests.fuzzing.files_read import OWN_STAFF, OWN_SURVEY, OWN_TIES, SPREADSHEET, spreadsheet_is_damaged
from tests.fuzzing.mutations import (
    HOSTILE,
    changed_bytes,
    changed_csv,
    changed_json,
    changed_text,
    changed_tree,
)
from tests.fuzzing.reader import SCENARIO, Changed, Inputs, Reader, changed_said, now, one_of, toml_of, writing

__all__ = ["READERS"]


def _settings(folder: Path) -> object:
    texts = (folder / "settings").read_bytes().decode("utf-8", "replace").split("\n")
    return apply_settings(_YEAR, texts).digest()


def _axis(folder: Path) -> object:
    return map_axis((folder / "axis").read_bytes().decode("utf-8", "replace")).grid().tolist()


_YEAR = Scenario(name="year", title="A year", weeks=60).with_entries(kind="dialogue", start_week=2, end_week=12)


def _link_exists(folder: Path) -> None:
    (folder / "query").write_text(link_to(ExploreSession(_YEAR, seed=7), 5))


def _link_text(inputs: Inputs, rng: Random) -> Changed:
    if rng.random() < 0.3:
        return {"query": changed_text(inputs["query"], rng)}
    fields = dict(parse_qsl(inputs["query"].decode().lstrip("?")))
    raw = zlib.decompress(base64.urlsafe_b64decode(fields["scenario"] + "=="))
    if rng.random() < 0.8:
        content = changed_json(raw, rng)
        if rng.random() < 0.02:
            content = content + b" " * 50_000_000
        packed = zlib.compress(content, 1)
    else:
        packed = changed_bytes(zlib.compress(raw), rng)
    fields["scenario"] = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    if rng.random() < 0.3:
        fields[rng.choice(["world", "week", "contract", "x"])] = str(rng.choice(HOSTILE))
    text = urlencode([(name, value.encode("utf-8", "surrogatepass")) for name, value in fields.items()])
    return {"query": text.encode()}


def _link(folder: Path) -> object:
    found = open_link((folder / "query").read_bytes().decode("utf-8", "replace"))
    if found is None:
        raise InputError.single("link", "one that tells of a scenario", "another")
    return found.session.scenario.digest()


def _session_exists(folder: Path) -> None:
    (folder / "session").write_text(
        session_as_text(ExploreSession(_YEAR, seed=7).keep(5).with_lever("control_norm", 0.5, 8))
    )


def _session_text(inputs: Inputs, rng: Random) -> Changed:
    if rng.random() < 0.2:
        return {"session": changed_text(inputs["session"], rng)}
    raw = zlib.decompress(base64.b64decode(inputs["session"]))
    packed = zlib.compress(changed_json(raw, rng), 1) if rng.random() < 0.9 else changed_bytes(zlib.compress(raw), rng)
    return {"session": base64.b64encode(packed)}


def _session(folder: Path) -> object:
    found = open_session((folder / "session").read_bytes().decode("utf-8", "replace"))
    if found is None:
        raise InputError.single("session", "one that a browser has kept", "another")
    return found.scenario.digest(), found.seed, len(found.kept)


def _game_exists(folder: Path) -> None:
    game = begun("shoestring-year", 1, 1, 6)
    for quarter in range(1, 7):
        game = (game.answered(quarter, "leave") if game.game.offer else game).decided(quarter, 9, 9 + quarter, 9)
    (folder / "game").write_text(game.text)


def _game_text(inputs: Inputs, rng: Random) -> Changed:
    change = changed_json if rng.random() < 0.8 else changed_text
    return {"game": change(inputs["game"], rng)}


def _game(folder: Path) -> object:
    return opened((folder / "game").read_bytes().decode("utf-8", "replace")).text


_OWN_FILES = {"staff.csv": OWN_STAFF, "survey.csv": OWN_SURVEY, "ties.csv": OWN_TIES, "more.xlsx": SPREADSHEET}


def _upload_exists(folder: Path) -> None:
    of_services = (
        '[services."Service 1".parameters]\ncontrol_norm = 0.8\n',
        'target = {services = ["Service 1"], share = 0.5}\n',
    )
    text = SCENARIO
    for one in of_services:
        text = text.replace(one, "")
    mapping = '[answers]\ndate = "2025-03-31"\n[words.role]\n"Porter" = "staff"\n'
    writing({**_OWN_FILES, "Mine.toml": text, "last-year.toml": mapping})(folder)


def _upload_changed(inputs: Inputs, rng: Random) -> Changed:
    csvs = {name: changed_csv for name in _OWN_FILES if name.endswith(".csv")}
    changed = one_of({**csvs, "more.xlsx": spreadsheet_is_damaged, "Mine.toml": toml_of, "last-year.toml": toml_of})
    gone = [name for name in inputs if rng.random() < 0.15]
    return {**changed(inputs, rng), **dict.fromkeys(gone)}


def _upload(folder: Path) -> object:
    return _taken_up(
        [
            {"name": path.name, "content": base64.b64encode(path.read_bytes()).decode()}
            for path in sorted(folder.iterdir())
        ]
    )


def _taken_up(files: Any) -> object:
    """Take files up as the pages do: a programme at once, all else as what is to become an organisation."""
    brought = read_upload(files)
    told = []
    if brought.programme is not None:
        told = [read_programme(brought.programme, None).title, *left_out(brought.programme)]
    if not brought.tables:
        return told
    own = OwnService.begun()
    asked = None
    try:
        own = own.with_files(brought)
        asked = own.asked()
        found = read_piece(asked)
        assert found.is_whole or found.questions or found.faults
        own = own.with_told(found, asked.into, own.turn)
        page = json.dumps(shown(own))
        assert "cultureshift-uploads" not in page, "the server's folder is told"
        return told, len(page), len(folder_as_zip(own)) if found.is_whole else 0
    finally:
        forget(own.folder)
        if asked is not None:
            forget(asked.into)


_FILES = {"files": [{"name": "Mine.toml", "content": base64.b64encode(SCENARIO.encode()).decode()}]}


def _upload_said(folder: Path) -> object:
    return _taken_up(json.loads((folder / "said").read_bytes())["files"])


_CHANGES: list[dict[str, Any]] = [
    {"do": "meaning", "sheet": "staff.csv", "column": "Ward", "meaning": "department"},
    {"do": "kind", "sheet": "staff.csv", "kind": "leavers"},
    {"do": "word", "kind": "role", "text": "Porter", "meaning": "team_leader"},
    {"do": "word", "kind": "answer", "text": "Agree", "meaning": "2"},
    {"do": "answer", "answers": {"scores": "means", "scale": "1 to 5", "date": "2025-03-31"}},
    {"do": "remove", "name": "staff.csv"},
]
_CHANGED: dict[str, Callable[[OwnService, Any], OwnService]] = {
    "meaning": lambda own, said: own.with_meaning(str(said["sheet"]), str(said["column"]), str(said["meaning"])),
    "kind": lambda own, said: own.with_kind(str(said["sheet"]), str(said["kind"])),
    "word": lambda own, said: own.with_word(str(said["kind"]), str(said["text"]), str(said["meaning"])),
    "answer": lambda own, said: own.with_answers(**dict(said["answers"])),
    "remove": lambda own, said: own.without_file(str(said["name"])),
}


def _changes_exist(folder: Path) -> None:
    (folder / "said").write_text(json.dumps(_CHANGES))


def _service_said(folder: Path) -> object:
    """Change what was understood as a page may ask for it, and understand it anew."""
    own = OwnService.begun()
    folders = [own.folder]
    try:
        tables = {"staff.csv": OWN_STAFF.encode(), "survey.csv": OWN_SURVEY.encode()}
        own = own.with_files(UploadContents(tables=tables))
        for said in [{"do": ""}, *json.loads((folder / "said").read_bytes())]:
            if isinstance(said, dict) and said.get("do") in [*_CHANGED]:
                own = _CHANGED[said["do"]](own, said)
            asked = own.asked()
            folders.append(asked.into)
            own = own.with_told(read_piece(asked), asked.into, own.turn)
        with suppress(InputError):  # what is asked about cannot be kept yet
            as_upload(own)
        return len(json.dumps(shown(own)))
    finally:
        for one in folders:
            forget(one)


MESSAGE = {
    "header": {"msg_type": "comm_msg", "msg_id": "1"},
    "content": {
        "comm_id": "a",
        "target_name": "solara.control",
        "data": {"method": "custom", "content": {"event": "act"}},
    },
    "channel": "shell",
    "metadata": {},
    "parent_header": {},
}


def _message(folder: Path) -> object:
    return is_message((folder / "text").read_bytes().decode("utf-8", "replace"))


_ASKS = {
    "path": "/compare",
    "query": "code=sesame-7&week=3",
    "cookie": "a=b; cultureshift-code=sesame-7",
    "host": "127.0.0.1:8765",
}


def _guarded(folder: Path) -> object:
    """Ask the guard of the dashboard; whoever is let in has the code."""
    asked = json.loads((folder / "asked").read_bytes())
    asked = asked if isinstance(asked, dict) else {}
    path, query, cookie, host = (str(asked.get(name, "")).encode("utf-8", "replace") for name in _ASKS)
    told: list[Any] = []

    async def inside(_scope: Any, _receive: Any, _send: Any) -> None:
        told.append("inside")

    async def send(message: Any) -> None:
        told.append(message)

    scope = {
        "type": "http", "method": "GET", "path": path.decode(), "raw_path": path, "query_string": query,
        "headers": [(b"host", host), (b"cookie", cookie)], "server": ("127.0.0.1", 8765), "scheme": "http",
    }  # fmt: skip
    now(Guard(inside, (Address("http", "127.0.0.1:8765"),), "sesame-7")(scope, None, send))
    is_open = path.startswith((b"/favicon", b"/robots"))
    assert "inside" not in told or b"sesame-7" in cookie or is_open, "let in without the code"
    return len(told)


_SAYINGS: list[dict[str, Any]] = [
    {"do": "lever", "name": "control_norm", "value": 0.5, "week": 3},
    {"do": "add", "kind": "train_facilitators", "fields": {"start_week": 20, "end_week": 30, "intensity": 1.5}},
    {"do": "edit", "place": 0, "fields": {"start_week": 4, "intensity": 2, "target": {"share": 0.5}}},
    {"do": "remove", "place": 0},
    {"do": "predict", "lesson": 0, "choice": 1, "has_reason": True},
    {"do": "predict", "lesson": 2, "curve": [0.5] * 9, "has_reason": True},
    {"do": "design", "lesson": 6, "design": {"dialogue": [0, 52, 104.0]}},
]
_SAID: dict[str, Callable[[ExploreSession, Any], object]] = {
    "lever": lambda session, said: session.with_lever(str(said["name"]), float(said["value"]), int(said["week"])),
    "add": lambda session, said: session.with_entry(str(said["kind"]), dict(said["fields"])),
    "edit": lambda session, said: session.with_entry_fields(int(said["place"]), dict(said["fields"])),
    "remove": lambda session, said: session.without_entry(int(said["place"])),
    "predict": lambda _, said: read_prediction(said, _lesson_at(said["lesson"])),
    "design": lambda _, said: read_design(said["design"], task_of(_lesson_at(said["lesson"]))),
}


@cache_of_function
def _lesson_at(place: int) -> Lesson:
    return read_lesson(sorted(lessons_folder().glob("*.md"))[place])


def _said_exists(folder: Path) -> None:
    (folder / "said").write_text(json.dumps(_SAYINGS))


def _said_changed(inputs: Inputs, rng: Random) -> Changed:
    return {"said": json.dumps([changed_tree(rng.choice(json.loads(inputs["said"])), rng)], default=str).encode()}


def _said(folder: Path) -> object:
    told = []
    for said in json.loads((folder / "said").read_bytes()):
        if isinstance(said, dict) and said.get("do") in [*_SAID]:
            told.append(repr(_SAID[said["do"]](ExploreSession(_YEAR, seed=7), said)))
    return told


_REFUSED = (InputError, DesignError, KeyError, OverflowError, TypeError, ValueError)
"""What the pages of the dashboard take for an answer to somebody who says what no page says."""


READERS: dict[str, Reader] = {
    "settings": Reader(
        writing({"settings": "weeks=80\ncontrol_norm=0.5\ntimeline.1.intensity=2\norganisation.teams=4"}),
        one_of({"settings": changed_text}),
        _settings,
    ),
    "axis": Reader(writing({"axis": "control_norm:0.45:0.9:7"}), one_of({"axis": changed_text}), _axis),
    "link": Reader(_link_exists, _link_text, _link),
    "session": Reader(_session_exists, _session_text, _session),
    "game-for-one": Reader(_game_exists, _game_text, _game),
    "upload": Reader(_upload_exists, _upload_changed, _upload, (InputError,)),
    "upload-said": Reader(
        writing({"said": json.dumps(_FILES)}),
        one_of({"said": changed_said}),
        _upload_said,
        _REFUSED,
    ),
    "service-said": Reader(_changes_exist, _said_changed, _service_said, _REFUSED),
    "message": Reader(writing({"text": json.dumps(MESSAGE)}), one_of({"text": changed_json}), _message),
    "page-said": Reader(_said_exists, _said_changed, _said, (*_REFUSED, IndexError)),
    "guard": Reader(writing({"asked": json.dumps(_ASKS)}), one_of({"asked": changed_said}), _guarded),
}
