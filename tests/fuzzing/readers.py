"""Every reader of something from outside: what a sound input is, how it is changed, and who reads it.

A reader answers with a value, or refuses with one of the errors that it documents. That no reader is missing here is
tested: every place in ``sim/`` that reads a file or parses a text is passed while the sound inputs are read.
"""

from __future__ import annotations

import base64
import json
import sqlite3
import tomllib
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache as cache_of_function
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlencode

# What some readers load when they need it is loaded once, here.
import duckdb  # noqa: F401
import numpy as np
import pandas as pd  # noqa: F401
from starlette.exceptions import HTTPException
from starlette.requests import Request

from sim.base import cache, files, sources
from sim.base.errors import CultureshiftError, InputError
from sim.dashboard import access
from sim.dashboard.designing import read_design
from sim.dashboard.exchange import forget_upload, link_to, open_link, read_upload
from sim.dashboard.guard import Guard
from sim.dashboard.learning import read_prediction
from sim.dashboard.messages import is_message
from sim.dashboard.session import Session
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import apply_settings, check_file, load_scenario
from sim.inputs.tables import read_organisation
from sim.lessons import Lesson, check_lesson_file, handout, lessons_folder, read_lesson
from sim.results.run_folder import read_manifest, run_destination, write_run
from sim.results.store import Keep, Results, StoreWriter
from sim.results.store.verification import verify
from sim.room import actions, app, rules, views
from sim.room.export import csv_of, report_of
from sim.room.host import Host
from sim.room.state import FACILITATOR, Event, Room
from sim.room.store import Store
from sim.study.calibration.targets import read_targets
from sim.study.design import TableDesign, axes_of, points
from sim.study.map import map_axis
from sim.study.replay import replay_run
from sim.study.runner import run_study
from sim.study.study_file import load_study
from tests.fuzzing.mutations import (
    HOSTILE,
    changed_bytes,
    changed_csv,
    changed_json,
    changed_parquet,
    changed_text,
    changed_toml,
    changed_tree,
)
from tests.room.asking import NoPool
from tests.small_runs import small_pair
from tests.small_studies import write_study

__all__ = ["READERS", "Inputs", "Reader"]

Inputs = Mapping[str, bytes]
"""The files of a folder by their names, or parts of a request by theirs."""

Changed = dict[str, bytes | None]
"""What became of some of the inputs; None if one is gone."""


@dataclass(frozen=True)
class Reader:
    """A reader, and what is given to it.

    Parameters
    ----------
    make : writes sound inputs into a folder
    change : returns the inputs that are others now
    read : reads the folder; returns what came of it
    refuses : errors that it documents
    is_exact : whether an answer, if there is one, has to be that to the sound inputs
    """

    make: Callable[[Path], None]
    change: Callable[[Inputs, Random], Changed]
    read: Callable[[Path], object]
    refuses: tuple[type[Exception], ...] = (CultureshiftError,)
    is_exact: bool = False


# --- scenarios, tables, lessons, targets, points ----------------------------------------------------------------------


def _writing(texts: Mapping[str, str | bytes]) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        for name, text in texts.items():
            (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    return make


SCENARIO = """\
title = "A year"
story = '''
Money ends.
Leaders leave.'''
weeks = 60
support_ends = 40
compare_with = "baseline"
[organisation]
services = 2
teams = 3
team_size = 5
seed = 3
[parameters]
staff_turnover = 0.2
control_norm = 0.7
[services."Service 1".parameters]
control_norm = 0.8
[[timeline]]
kind = "dialogue"
start_week = 2
end_week = 12
intensity = 1.5
target = {services = ["Service 1"], share = 0.5}
[[timeline]]
kind = "coach_senior_leaders"
start_week = 2
end_week = 20
note = "first"
[[timeline]]
kind = "change_parameter"
start_week = 30
name = "control_norm"
value = 0.5
[[timeline]]
kind = "leaders_leave"
week = 20
how_many = 1
"""


def _toml(content: bytes, rng: Random) -> bytes:
    return changed_toml(content, tomllib.loads(content.decode()), rng)


def _one_of(changes: Mapping[str, Callable[[bytes, Random], bytes]]) -> Callable[[Inputs, Random], Changed]:
    """Return what changes one of some inputs."""

    def change(inputs: Inputs, rng: Random) -> Changed:
        name = rng.choice(sorted(changes))
        return {name: changes[name](inputs[name], rng)}

    return change


def _scenario(folder: Path) -> object:
    path = folder / "scenario.toml"
    faults = check_file(path)
    if faults:
        raise InputError(faults)
    return load_scenario(path).digest()


PEOPLE = """\
id,team,staff_group,role,service,leader,tenure_weeks
s1,,,senior_leader,Medicine,,100
s2,,,senior_leader,Surgery,,20
l1,Rowan,,team_leader,Medicine,s1,3
p1,Rowan,nursing,staff,Medicine,l1,50
p2,Rowan,medical,staff,Medicine,l1,
l2,Elder,nursing,team_leader,Medicine,s1,0
p3,Elder,operations,staff,Medicine,l2,12
p4,Elder,nursing,staff,Medicine,,9
l3,Ash,,team_leader,Surgery,s2,
p5,Ash,nursing,staff,Surgery,l3,7
p6,Ash,medical,staff,Surgery,l3,7
"""
TIES = "from,to,layer\np1,p3,\np2,p4,\np1,p4,\n"
SURVEY = """\
# scale: 1-5
id,safety,efficacy
p1,3,4
p2,2,2.5
p3,4,
p5,1,5
"""


def _tables_exist(folder: Path) -> None:
    texts = {"people.csv": PEOPLE, "ties.csv": TIES, "survey.csv": SURVEY}
    _writing(texts)(folder)


def _tables(folder: Path) -> object:
    organisation = read_organisation(folder)
    Scenario(title="t", tables=str(folder)).digest()
    return organisation.n_staff


def _lesson_exists(folder: Path) -> None:
    path = sorted(lessons_folder().glob("*.md"))[1]
    (folder / "01-a-lesson.md").write_bytes(path.read_bytes())


def _lesson_text(content: bytes, rng: Random) -> bytes:
    _, front, body = content.split(b"+++", 2)
    if rng.random() < 0.6:
        return b"+++" + _toml(front, rng) + b"\n+++" + body
    return changed_text(content, rng)


def _lesson(folder: Path) -> object:
    path = folder / "01-a-lesson.md"
    faults = check_lesson_file(path)
    if faults:
        raise InputError(faults)
    return handout(read_lesson(path))


TARGETS = """\
week,measure,value,error,kind,of,scenario,share_of,pattern
52,safe_share,0.6,0.05,about,one,own.toml,,a survey
104,gain_safe_share,0.1,0.02,at_least,average,shoestring-year,,P1
60,lost_half,0.5,0.1,at_most,average,own.toml,,
52,coherence,0.9,0.05,about,one,shoestring-year,own.toml,
"""


def _targets(folder: Path) -> object:
    return len(read_targets(folder / "targets.csv"))


POINTS = "control_norm,staff_turnover,timeline.0.intensity\n0.6,0.1,1\n0.7,0.2,0.5\n0.8,0.3,2\n"


def _points(folder: Path) -> object:
    design = TableDesign(kind="table", file="points.csv")
    return [axis.label for axis in axes_of(design, folder)], points(design, folder).shape


def _study_exists(folder: Path) -> None:
    write_study(folder, more='[stop]\noutcome = "holds"\nnarrower_than = 0.2\nat_most = 12\n')


def _study(folder: Path) -> object:
    study = load_study(folder / "small.toml")
    return study.n_cases, study.case(study.n_cases - 1)


# --- what is said in a few words --------------------------------------------------------------------------------------


def _settings(folder: Path) -> object:
    texts = (folder / "settings").read_bytes().decode("utf-8", "replace").split("\n")
    return apply_settings(_YEAR, texts).digest()


def _axis(folder: Path) -> object:
    return map_axis((folder / "axis").read_bytes().decode("utf-8", "replace")).grid().tolist()


_YEAR = Scenario(name="year", title="A year", weeks=60).with_entries(kind="dialogue", start_week=2, end_week=12)


def _link_exists(folder: Path) -> None:
    (folder / "query").write_text(link_to(Session(_YEAR, seed=7), 5))


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
        fields[rng.choice(["world", "week", "x"])] = str(rng.choice(HOSTILE))
    text = urlencode([(name, value.encode("utf-8", "surrogatepass")) for name, value in fields.items()])
    return {"query": text.encode()}


def _link(folder: Path) -> object:
    found = open_link((folder / "query").read_bytes().decode("utf-8", "replace"))
    if found is None:
        raise InputError.single("link", "one that tells of a scenario", "another")
    return found[0].scenario.digest()


def _upload_exists(folder: Path) -> None:
    _tables_exist(folder)
    of_services = (
        '[services."Service 1".parameters]\ncontrol_norm = 0.8\n',
        'target = {services = ["Service 1"], share = 0.5}\n',
    )
    text = SCENARIO
    for one in of_services:
        text = text.replace(one, "")
    _writing({"Mine.toml": text})(folder)


def _upload_changed(inputs: Inputs, rng: Random) -> Changed:
    changed = _one_of(
        {"people.csv": changed_csv, "ties.csv": changed_csv, "survey.csv": changed_csv, "Mine.toml": _toml}
    )
    gone = [name for name in inputs if rng.random() < 0.15]
    return {**changed(inputs, rng), **dict.fromkeys(gone)}


def _upload(folder: Path) -> object:
    files = [
        {"name": path.name, "content": base64.b64encode(path.read_bytes()).decode()}
        for path in sorted(folder.iterdir())
    ]
    scenario = read_upload(files)
    forget_upload(scenario)
    return scenario.title


_FILES = {"files": [{"name": "Mine.toml", "content": base64.b64encode(SCENARIO.encode()).decode()}]}


def _upload_said(folder: Path) -> object:
    said = json.loads((folder / "said").read_bytes())
    scenario = read_upload(said["files"])
    forget_upload(scenario)
    return scenario.title


# --- what a page of the dashboard says --------------------------------------------------------------------------------

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


def _asks_changed(inputs: Inputs, rng: Random) -> Changed:
    return {"asked": json.dumps(changed_tree(json.loads(inputs["asked"]), rng), default=str).encode()}


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
    _now(Guard(inside, ("127.0.0.1:8765",), "sesame-7")(scope, None, send))  # type: ignore[arg-type]
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
    {"do": "design", "lesson": 6, "parts": [{"kind": "dialogue", "start": 0, "weeks": 52, "strength": 1.0}]},
]
_SAID: dict[str, Callable[[Session, Any], object]] = {
    "lever": lambda session, said: session.with_lever(str(said["name"]), float(said["value"]), int(said["week"])),
    "add": lambda session, said: session.with_entry(str(said["kind"]), dict(said["fields"])),
    "edit": lambda session, said: session.with_entry_fields(int(said["place"]), dict(said["fields"])),
    "remove": lambda session, said: session.without_entry(int(said["place"])),
    "predict": lambda _, said: read_prediction(said, _lesson_at(said["lesson"])),
    "design": lambda _, said: read_design(said["parts"], _lesson_at(said["lesson"])),
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
            told.append(repr(_SAID[said["do"]](Session(_YEAR, seed=7), said)))
    return told


# --- runs and stores --------------------------------------------------------------------------------------------------


def _run_exists(folder: Path) -> None:
    write_run(folder, [small_pair(2)], summary=[], images={}, command=["run", "year"])
    for path in folder.iterdir():
        if path.name != "manifest.json":
            path.unlink()


def _manifest(folder: Path) -> object:
    destination = run_destination(folder, force=True)
    assert all((folder / name).parent == folder for name in destination.written()), "a file elsewhere is taken for ours"
    destination.check()
    told = read_manifest(folder / "manifest.json")
    return told.seed, [arm.digest() for arm, _ in told.pairs]


def _store_exists(folder: Path) -> None:
    work = folder / "work"
    work.mkdir()
    run_study(write_study(work, replicates=3), folder / "out", workers=1)
    (folder / "run").write_text(Results(folder / "out").runs()["run"].iloc[0])
    for path in work.iterdir():
        path.unlink()
    work.rmdir()


_STORED = (".json", ".jsonl", ".parquet", ".csv")


def _store_changed(inputs: Inputs, rng: Random) -> Changed:
    """Return a file of a store of which bytes were changed, or that is gone."""
    name = rng.choice([name for name in sorted(inputs) if name.endswith(_STORED)])
    return {name: None if rng.random() < 0.02 else changed_bytes(inputs[name], rng)}


def _store_told(inputs: Inputs, rng: Random) -> Changed:
    """Return a store that says something else, in keys and cells, as somebody would write it who means harm."""
    name = rng.choice([name for name in sorted(inputs) if name.endswith(_STORED)])
    content = inputs[name]
    if name.endswith(".json"):
        return {name: _sealed(changed_json(content, rng, 0.1))}
    if name.endswith(".jsonl"):
        lines = content.splitlines()
        place = rng.randrange(len(lines))
        lines[place] = changed_json(lines[place], rng, 0.2)
        return {name: b"\n".join(lines) + b"\n"}
    changed = changed_csv(content, rng) if name.endswith(".csv") else changed_parquet(content, rng, 0.2)
    return _in_its_place(name, changed, inputs)


def _in_its_place(name: str, content: bytes, inputs: Inputs) -> Changed:
    """Return a table or part under the hash that a store of today asks for."""
    described = json.loads(inputs["out/store.json"])
    if "sha256" not in described:
        return {name: content}
    from sim.results.store.reading import digest_of

    digest = digest_of(content)
    if "/parts/" not in name:
        described["tables"][Path(name).name] = [digest]
        return {name: content, "out/store.json": _sealed(json.dumps(described).encode())}
    old = Path(name).name
    new = f"{old.removesuffix('.parquet')[: -len(digest)]}{digest}.parquet"
    described["parts"] = [new if part == old else part for part in described["parts"]]
    return {name: None, f"out/parts/{new}": content, "out/store.json": _sealed(json.dumps(described).encode())}


def _sealed(content: bytes) -> bytes:
    """Return a description with a hash of itself that is right, if it is one."""
    try:
        table = json.loads(content)
    except (ValueError, RecursionError):
        return content
    if not isinstance(table, dict) or "sha256" not in table:
        return content
    from sim.results.store.reading import digest_of

    rest = {key: value for key, value in table.items() if key != "sha256"}
    return json.dumps({**rest, "sha256": digest_of(json.dumps(rest, sort_keys=True).encode())}).encode()


def _asked(question: Callable[[Path], object]) -> Callable[[Path], object]:
    return lambda folder: question(folder / "out")


def _status(folder: Path) -> object:
    status = Results(folder).status()
    faults = getattr(status, "faults", ())
    if faults:
        raise InputError.single(str(folder), "a study that is whole", "; ".join(faults))
    return status.n_cases, status.n_wanted, status.n_done, status.n_failed


def _replay(folder: Path) -> object:
    return replay_run(folder, (folder.parent / "run").read_text()).tobytes()


def _verified(folder: Path) -> object:
    found = verify(folder)
    if found.damaged:
        raise InputError.single(str(folder), "a study that is whole", "; ".join(found.damaged.values()))
    return found.n_parts, found.n_runs


def _resumed(folder: Path) -> object:
    with StoreWriter.open(folder, Keep(("safe_share", "coherence"), every_weeks=4)) as store:
        return store.folder.name


QUESTIONS: dict[str, Callable[[Path], object]] = {
    "status": _status,
    "runs": lambda folder: Results(folder).runs().to_csv(),
    "summary": lambda folder: Results(folder).summary().to_csv(),
    "outcomes": lambda folder: Results(folder).outcomes().to_csv(),
    "weekly": lambda folder: Results(folder).weekly().to_csv(),
    "sql": lambda folder: Results(folder).sql("SELECT * FROM summary ORDER BY ALL").to_csv(),
    "replay": _replay,
    "verify": _verified,
}
"""What is asked of a study folder, by anybody at any time."""


# --- what a kill left -------------------------------------------------------------------------------------------------


def _unfinished_exists(folder: Path) -> None:
    for name in ("results", ".results.abcd1234", ".results.abcd1234/before"):
        (folder / name).mkdir()
    _writing({
        "elsewhere": "whole", "results/a.csv": "new", ".results.abcd1234/b.csv": "new",
        ".results.abcd1234/before/a.csv": "old", f".results.abcd1234/{files._NAMES}": json.dumps(["a.csv", "b.csv"]),
    })(folder)  # fmt: skip


def _unfinished_changed(inputs: Inputs, rng: Random) -> Changed:
    name = f".results.abcd1234/{files._NAMES}"
    words = [word for word in HOSTILE if isinstance(word, str)]
    hostile = json.dumps([rng.choice(["a.csv", "../elsewhere", *words]), rng.choice(["x", "b.csv"])]).encode()
    return {name: rng.choice([changed_json(inputs[name], rng), hostile])}


def _unfinished(folder: Path) -> object:
    files.clear_unfinished(folder / "results")
    assert (folder / "elsewhere").read_text() == "whole", "a file elsewhere was changed"
    return sorted(path.name for path in folder.iterdir())


# --- rooms ------------------------------------------------------------------------------------------------------------


_REQUEST = "request-0"
_EVENTS: list[tuple[str, int, dict[str, Any]]] = [
    ("joined", 1, {"name": "Anna", "team": 0, "request": "request-1"}),
    ("joined", 2, {"name": "Ben", "team": 1, "request": "request-2"}),
    ("went", FACILITATOR, {"to": "predict", "round": 0}),
    ("predicted", 1, {"round": 0, "curve": [60] * 9, "choice": None, "reason": "it fades"}),
    ("shown", FACILITATOR, {"round": 0, "item": "predictions", "on": True}),
    ("went", FACILITATOR, {"to": "design", "round": 0}),
    ("drafted", 1, {"round": 0, "team": 0, "strand": "training", "spend": [0, 52, 100]}),
    ("committed", 1, {"round": 0, "team": 0, "design": {"training": [0, 52, 100]}}),
    ("went", FACILITATOR, {"to": "results", "round": 0}),
    ("shocked", FACILITATOR, {"round": 0, "shock": {"kind": "two_leave", "week": 60}, "request": "request-3"}),
]


def _events() -> list[Event]:
    fields = {"title": "A day", "plan": "thirty", "n_teams": 2, "choose_teams": True, "seed": 7, "worlds": 20}
    opened = rules.open_room(actions.OpenRoom.model_validate(fields))
    told = [(kind, FACILITATOR, data) for kind, data in opened] + _EVENTS
    return [Event(kind, by, 1000.0 + place, data) for place, (kind, by, data) in enumerate(told)]


def _rooms_exist(folder: Path) -> None:
    store = Store(folder / "rooms.sqlite")
    store.secret("facilitator"), store.secret("participants")
    store.append("BCDF", 0, _events())
    store.append("GHJK", 0, _events()[:5])
    store.keep_worlds("some-key", 0, np.linspace(0, 1, 50).reshape(5, 10))
    store.close()
    _of_one_file(folder / "rooms.sqlite")


def _of_one_file(path: Path) -> None:
    """Take everything that SQLite put beside a file into it."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()


def _rooms(folder: Path) -> object:
    store = Store(folder / "rooms.sqlite")
    try:
        store.worlds("some-key", 9)
        host = Host(store, NoPool())  # type: ignore[arg-type]
    except BaseException:
        store.close()
        raise
    try:
        for code in host.codes():
            room = host.room(code)
            json.dumps([views.board_view(room, host.runner), views.steering_view(room, host.runner)])
            for person in room.present():
                json.dumps(views.participant_view(room, host.runner, person))
            csv_of(room, host.runner), report_of(room, host.runner)
        return host.codes()
    finally:
        host.close()


def _rooms_told(inputs: Inputs, rng: Random) -> Changed:
    """Return a file of rooms in which events say something else."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(inputs["rooms.sqlite"])
    rows = connection.execute("SELECT room, number, kind, by, at, data FROM events ORDER BY room, number").fetchall()
    for _ in range(rng.choice((1, 1, 2))):
        room, number, kind, by, at, data = rng.choice(rows)
        change = rng.randrange(10)
        if change == 0:
            connection.execute("DELETE FROM events WHERE room = ? AND number = ?", (room, number))
            continue
        if change <= 2:
            values = [kind, by, at, data]
            cells = [
                value
                for value in HOSTILE
                if isinstance(value, str | float) or (type(value) is int and abs(value) < 2**63)
            ]
            values[rng.randrange(4)] = rng.choice([*cells, b"\xff", b"", None, "went", "joined", "apply"])
            kind, by, at, data = values
        else:
            data = changed_json(data.encode(), rng, 0.1).decode("utf-8", "replace")
        place = (kind, by, at, data, room, number)
        try:
            connection.execute(
                "UPDATE events SET kind = ?, by = ?, at = ?, data = ? WHERE room = ? AND number = ?", place
            )
        except (sqlite3.Error, OverflowError, UnicodeEncodeError):
            continue
    if rng.random() < 0.1:
        name, value = rng.choice(["facilitator", "participants"]), rng.choice(["", "x", "\x00", "a" * 10_000, 7])
        connection.execute("UPDATE meta SET value = ? WHERE name = ?", (value, name))
    connection.commit()
    content = connection.serialize()
    connection.close()
    return {"rooms.sqlite": content}


_JOIN = {"request": _REQUEST, "name": "Cleo", "team": 1}
_OPEN = {"title": "Room", "plan": "thirty", "n_teams": 2, "choose_teams": True, "seed": 1, "worlds": 20}
_PLAYED = (
    {"do": "predict", "round": 0, "curve": [60] * 9, "choice": None, "reason": "because"},
    {"do": "draft", "round": 0, "strand": "dialogue", "spend": [0, 52, 100]},
    {"do": "draft", "round": 0, "strand": "dialogue", "spend": None},
    {"do": "commit", "round": 0},
    {"do": "reopen", "round": 0},
    {"do": "team", "team": 1},
)
_STEERED = (
    {"do": "go", "to": "predict", "round": 0},
    {"do": "go", "to": "design", "round": 0},
    {"do": "go", "to": "results", "round": 0},
    {"do": "pause", "on": True},
    {"do": "show", "round": 0, "item": "predictions", "on": True},
    {"do": "shock", "round": 0, "shock": {"kind": "two_leave", "week": 60}, "request": "request-4"},
    {"do": "calm", "round": 0, "left": 0},
    {"do": "remove", "person": 1},
    {"do": "deal"},
    {"do": "address", "address": "ward.local:8765"},
)


def _requests_exist(folder: Path) -> None:
    plan = {"do": "plan", "first": 1, "rounds": _events()[0].data["rounds"][1:]}
    told = [["open", 0, _OPEN], ["join", 3, _JOIN]]
    told += [["play", at, fields] for at in (4, 7, 9) for fields in _PLAYED]
    told += [["steer", at, fields] for at in (1, 5, 8, 10, 11) for fields in (*_STEERED, plan)]
    _writing({"requests": json.dumps(told), "body": json.dumps(_JOIN), "to": json.dumps(["join", 3])})(folder)


def _request_changed(inputs: Inputs, rng: Random) -> Changed:
    to, at, fields = rng.choice(json.loads(inputs["requests"]))
    content = json.dumps(fields).encode()
    body = content if rng.random() < 0.1 else changed_json(content, rng, 0.2)
    return {"to": json.dumps([to, at]).encode(), "body": body}


_ASKED: dict[str, tuple[Any, Callable[[Room, Any], rules.Told]]] = {
    "open": (actions.OpenRoom, lambda _, action: rules.open_room(action)),
    "join": (actions.Join, rules.join),
    "play": (actions.participant_action, lambda room, action: rules.participate(room, 1, action)),
    "steer": (actions.steering_action, rules.steer),
}


def _request(folder: Path) -> object:
    """Ask a room that stands somewhere in its day, and let what is granted have happened."""
    to, at = json.loads((folder / "to").read_bytes())
    wanted, decide = _ASKED[to]
    room = Room("BCDF", _events()[:at])
    events = decide(room, _now(app._body(_as_request((folder / "body").read_bytes()), wanted)))
    number = len(room.people) + 1 if to == "join" else 1 if to == "play" else FACILITATOR
    room = Room("BCDF") if to == "open" else room
    for kind, data in events:
        room.apply(Event(kind, number, 2000.0, json.loads(json.dumps(data))))
    return [kind for kind, _ in events]


def _as_request(body: bytes) -> Request:
    coming = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return coming.pop(0)

    headers = [(b"content-type", b"application/json")]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive)


def _now(coroutine: Any) -> Any:
    """Return what a coroutine returns that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as ended:
        return ended.value
    raise AssertionError("it waits for something")


# --- what is kept between processes -----------------------------------------------------------------------------------


def _entry_exists(folder: Path) -> None:
    cache.keep(folder / "entry", json.dumps({"a": [["sim.base"], "b"]}).encode() * 20)


def _entry(folder: Path) -> object:
    return cache.kept(folder / "entry")


def _sources_exist(folder: Path) -> None:
    cache.keep(folder / "entry", json.dumps({"a": [["sim.base"], "b"]}).encode())


def _sources(folder: Path) -> object:
    return repr(sources._known_in(folder / "entry"))


def _secret_exists(folder: Path) -> None:
    _writing({"dashboard-secret": "AbCdEfGhIjKlMnOpQrStUvWx"})(folder)


def _secret(folder: Path) -> object:
    usual = access.secret_file
    access.secret_file = lambda: folder / "dashboard-secret"
    try:
        told = access.kept_secret()
    finally:
        access.secret_file = usual
    assert len(told) >= 16, "a secret that can be guessed"
    return told


# --- all of them ------------------------------------------------------------------------------------------------------


def _store_readers() -> dict[str, Reader]:
    """Return for each question to a store what reads damage, and what reads lies; and what goes on with either."""
    told: dict[str, Reader] = {}
    for name, question in QUESTIONS.items():
        told[f"store-{name}-damaged"] = Reader(_store_exists, _store_changed, _asked(question), is_exact=True)
        told[f"store-{name}-told"] = Reader(_store_exists, _store_told, _asked(question))
    told["store-resumed-damaged"] = Reader(_store_exists, _store_changed, _asked(_resumed))
    told["store-resumed-told"] = Reader(_store_exists, _store_told, _asked(_resumed))
    return told


_REFUSED = (InputError, KeyError, OverflowError, TypeError, ValueError)
"""What the pages of the dashboard take for an answer to somebody who says what no page says."""

READERS: dict[str, Reader] = {
    "scenario": Reader(_writing({"scenario.toml": SCENARIO}), _one_of({"scenario.toml": _toml}), _scenario),
    "tables": Reader(
        _tables_exist, _one_of({"people.csv": changed_csv, "ties.csv": changed_csv, "survey.csv": changed_csv}), _tables
    ),
    "study": Reader(_study_exists, _one_of({"small.toml": _toml, "talk.toml": _toml}), _study),
    "points": Reader(_writing({"points.csv": POINTS}), _one_of({"points.csv": changed_csv}), _points),
    "targets": Reader(
        _writing({"targets.csv": TARGETS, "own.toml": SCENARIO}),
        _one_of({"targets.csv": changed_csv, "own.toml": _toml}),
        _targets,
    ),
    "lesson": Reader(_lesson_exists, _one_of({"01-a-lesson.md": _lesson_text}), _lesson),
    "settings": Reader(
        _writing({"settings": "weeks=80\ncontrol_norm=0.5\ntimeline.1.intensity=2\norganisation.teams=4"}),
        _one_of({"settings": changed_text}),
        _settings,
    ),
    "axis": Reader(_writing({"axis": "control_norm:0.45:0.9:7"}), _one_of({"axis": changed_text}), _axis),
    "manifest": Reader(_run_exists, _one_of({"manifest.json": changed_json}), _manifest),
    "link": Reader(_link_exists, _link_text, _link),
    "upload": Reader(_upload_exists, _upload_changed, _upload, (InputError,)),
    "upload-said": Reader(
        _writing({"said": json.dumps(_FILES)}),
        _one_of({"said": lambda said, rng: _json_said(said, rng)}),
        _upload_said,
        _REFUSED,
    ),
    "message": Reader(_writing({"text": json.dumps(MESSAGE)}), _one_of({"text": changed_json}), _message),
    "page-said": Reader(_said_exists, _said_changed, _said, (*_REFUSED, IndexError)),
    "guard": Reader(_writing({"asked": json.dumps(_ASKS)}), _asks_changed, _guarded),
    "unfinished": Reader(_unfinished_exists, _unfinished_changed, _unfinished),
    "rooms-damaged": Reader(_rooms_exist, _one_of({"rooms.sqlite": changed_bytes}), _rooms),
    "rooms-told": Reader(_rooms_exist, _rooms_told, _rooms),
    "room-request": Reader(_requests_exist, _request_changed, _request, (HTTPException, rules.RefusedError)),
    "cache-entry": Reader(
        _entry_exists, _one_of({"entry": changed_bytes}), _entry, (cache.DamagedError,), is_exact=True
    ),
    "cache-sources": Reader(_sources_exist, _one_of({"entry": changed_bytes}), _sources),
    "secret": Reader(_secret_exists, _one_of({"dashboard-secret": changed_bytes}), _secret),
    **_store_readers(),
}


def _json_said(content: bytes, rng: Random) -> bytes:
    return json.dumps(changed_tree(json.loads(content), rng), default=str).encode()
