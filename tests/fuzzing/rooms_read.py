"""Readers of the file of the rooms, and of what is asked of a room."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from starlette.exceptions import HTTPException
from starlette.requests import Request

from sim.room import actions, answers, rules
from sim.room.host import Host
from sim.room.kinds import kind_of
from sim.room.state import FACILITATOR, Room, RoomEvent, Session
from sim.room.store import Store
from sim.room.tables import actions as tables_actions
from sim.room.tables import rules as tables_rules
from sim.room.tables.state import TablesRoom
from tests.fuzzing.mutations import (
    HOSTILE,
    changed_bytes,
    changed_json,
)
from tests.fuzzing.reader import Changed, Inputs, Reader, now, one_of, writing
from tests.room.asking import NoPool

__all__ = ["READERS"]

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


def _events() -> list[RoomEvent]:
    fields = {"title": "A day", "plan": "thirty", "n_teams": 2, "choose_teams": True, "seed": 7, "worlds": 20}
    opened = rules.open_room(actions.OpenRoom.model_validate(fields))
    told = [(kind, FACILITATOR, data) for kind, data in opened] + _EVENTS
    return [RoomEvent(kind, by, 1000.0 + place, data) for place, (kind, by, data) in enumerate(told)]


@cache
def _events_of_a_game() -> list[RoomEvent]:
    """Return a game of two tables in which all kinds of events have happened."""
    told: list[RoomEvent] = []
    room = TablesRoom("KMNP")

    def happen(by: int, events: rules.NewEvents) -> None:
        for kind, data in events:
            told.append(RoomEvent(kind, by, 1000.0 + len(told), data))
            room.apply(told[-1])

    fields = {"title": "A day", "plan": "game", "n_teams": 2, "quarters": 6}
    happen(FACILITATOR, tables_rules.open_room(tables_actions.OpenTables.model_validate(fields)))
    for number in range(1, 5):
        request = {"request": f"request-{number}", "name": f"Player {number}", "team": number // 4}
        happen(number, tables_rules.join(room, actions.Join.model_validate(request)))
    happen(4, tables_rules.participate(room, 4, tables_actions.Sit(do="sit", table=0, chair=None)))
    happen(4, tables_rules.participate(room, 4, tables_actions.Style(do="style", style=0.5)))
    happen(FACILITATOR, tables_rules.steer(room, tables_actions.GoTo(do="go", to="play")))
    decide = {"do": "decide", "quarter": 1, "together": 9, "staff": 9, "leaders": 9}
    happen(1, tables_rules.participate(room, 1, tables_actions.Decide.model_validate(decide)))
    for quarter in range(1, 7):
        close = tables_actions.Close(do="close", table=0, quarter=quarter)
        happen(FACILITATOR, tables_rules.steer(room, close))
    return told


def _rooms_exist(folder: Path) -> None:
    store = Store(folder / "rooms.sqlite")
    store.secret("facilitator"), store.secret("participants")
    store.append("BCDF", 0, _events())
    store.append("GHJK", 0, _events()[:5])
    store.append("KMNP", 0, _events_of_a_game())
    store.append("KMNR", 0, _events_of_a_game()[:7])
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
        host = Host(store, NoPool())
    except BaseException:
        store.close()
        raise
    try:
        for code in host.codes():
            room = host.room(code)
            if room.is_ready:  # what has to be computed is not: worlds of any size may stand there
                _looked_at(room, host)
        return host.codes()
    finally:
        host.close()


def _looked_at(room: Session, host: Host) -> None:
    kind = kind_of(room)
    json.dumps([kind.board_view(room, host.runner), kind.steering_view(room, host.runner)])
    for person in room.present():
        json.dumps(kind.participant_view(room, host.runner, person))
    kind.csv_of(room, host.runner), kind.report_of(room, host.runner)


_SQL_CELLS = [
    value for value in HOSTILE if isinstance(value, str | float) or (isinstance(value, int) and abs(value) < 2**63)
]
_UPDATE = "UPDATE events SET kind = ?, by = ?, at = ?, data = ? WHERE room = ? AND number = ?"


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
            values[rng.randrange(4)] = rng.choice([*_SQL_CELLS, b"\xff", b"", None, "went", "joined", "apply"])
            kind, by, at, data = values
        else:
            data = changed_json(data.encode(), rng, 0.1).decode("utf-8", "replace")
        place = (kind, by, at, data, room, number)
        try:
            connection.execute(_UPDATE, place)
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


_OPEN_TABLES = {"title": "Room", "plan": "game", "n_teams": 2, "quarters": 8, "scenario": "shoestring-year", "seed": 1}
_AT_TABLE = (
    {"do": "sit", "table": 1, "chair": 2},
    {"do": "decide", "quarter": 1, "together": 5, "staff": 5, "leaders": 5},
    {"do": "answer", "quarter": 6, "does": "leave"},
    {"do": "style", "style": 0.5},
)
_TABLES_STEERED = (
    {"do": "go", "to": "debrief"},
    {"do": "lock", "on": True},
    {"do": "close", "table": 0, "quarter": 1},
    {"do": "seat", "person": 1, "table": 1, "chair": 1},
    {"do": "remove", "person": 1},
)


def _requests_exist(folder: Path) -> None:
    plan = {"do": "plan", "first": 1, "rounds": _events()[0].data["rounds"][1:]}
    told = [["open", 0, _OPEN], ["join", 3, _JOIN]]
    told += [["play", at, fields] for at in (4, 7, 9) for fields in _PLAYED]
    told += [["steer", at, fields] for at in (1, 5, 8, 10, 11) for fields in (*_STEERED, plan)]
    told += [["open tables", 0, _OPEN_TABLES], ["join tables", 7, _JOIN]]
    told += [["play tables", at, fields] for at in (8, 14) for fields in _AT_TABLE]
    told += [["steer tables", at, fields] for at in (8, 14) for fields in _TABLES_STEERED]
    writing({"requests": json.dumps(told), "body": json.dumps(_JOIN), "to": json.dumps(["join", 3])})(folder)


def _request_changed(inputs: Inputs, rng: Random) -> Changed:
    to, at, fields = rng.choice(json.loads(inputs["requests"]))
    content = json.dumps(fields).encode()
    body = content if rng.random() < 0.1 else changed_json(content, rng, 0.2)
    return {"to": json.dumps([to, at]).encode(), "body": body}


_ASKED: dict[str, tuple[Any, Callable[[Any, Any], rules.NewEvents]]] = {
    "open": (actions.OpenRoom, lambda _, action: rules.open_room(action)),
    "join": (actions.Join, rules.join),
    "play": (actions.participant_action, lambda room, action: rules.participate(room, 1, action)),
    "steer": (actions.steering_action, rules.steer),
    "open tables": (tables_actions.OpenTables, lambda _, action: tables_rules.open_room(action)),
    "join tables": (actions.Join, tables_rules.join),
    "play tables": (tables_actions.participant_action, lambda room, action: tables_rules.participate(room, 1, action)),
    "steer tables": (tables_actions.steering_action, tables_rules.steer),
}


def _request(folder: Path) -> object:
    """Ask a room that stands somewhere in its day, and let what is granted have happened."""
    to, at = json.loads((folder / "to").read_bytes())
    wanted, decide = _ASKED[to]
    asks, _, tables = to.partition(" ")
    room: Session = TablesRoom("KMNP", _events_of_a_game()[:at]) if tables else Room("BCDF", _events()[:at])
    events = decide(room, now(answers.body_of(_as_request((folder / "body").read_bytes()), wanted)))
    number = len(room.people) + 1 if asks == "join" else 1 if asks == "play" else FACILITATOR
    room = type(room)(room.code) if asks == "open" else room
    for kind, data in events:
        room.apply(RoomEvent(kind, number, 2000.0, json.loads(json.dumps(data))))
    return [kind for kind, _ in events]


def _as_request(body: bytes) -> Request:
    coming = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return coming.pop(0)

    headers = [(b"content-type", b"application/json")]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive)


READERS: dict[str, Reader] = {
    "rooms-damaged": Reader(_rooms_exist, one_of({"rooms.sqlite": changed_bytes}), _rooms),
    "rooms-told": Reader(_rooms_exist, _rooms_told, _rooms),
    "room-request": Reader(_requests_exist, _request_changed, _request, (HTTPException, rules.RefusedError)),
}
