"""Events of a room in which the game is played, as they come from the file: what is not whole does not count.

What happens at a table is granted anew by the rules of the game, as it is when a game is read from a file of its own.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from sim.base.errors import InputError
from sim.base.version import FIRST_CONTRACT
from sim.game.log import granted
from sim.game.setup import CHAIRS
from sim.game.state import TABLE
from sim.game.state import GameEvent as GameEvent
from sim.room.kept import EVERYWHERE, Data, Joined, Number, Removed, Team, Text
from sim.room.state import RoomEvent
from sim.room.tables.state import Phase, TablesRoom, game_event

__all__ = ["KINDS", "OPENING", "wrong_place"]

OPENING = "opened_tables"
"""The kind of event that opens such a room."""


class _Opened(Data):
    title: Text
    n_teams: Annotated[int, Field(ge=1, le=10)]
    contract: Annotated[int, Field(ge=FIRST_CONTRACT, lt=2**31)]
    setup: dict[str, Any]


class _Seated(Data):
    person: Number
    team: Team


class _Styled(Data):
    team: Team
    style: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None


class _Went(Data):
    to: Phase


class _Played(Data):
    team: Team
    kind: Literal["taken", "left", "answered", "decided", "closed"]
    chair: Annotated[int, Field(ge=TABLE, le=CHAIRS[-1])]
    data: dict[str, Any]
    person: Number | None


KINDS: dict[str, type[Data]] = {
    **EVERYWHERE, OPENING: _Opened, "seated": _Seated, "styled": _Styled, "went": _Went, "played": _Played,
}  # fmt: skip
"""Kinds of event, and what each says."""


def wrong_place(room: TablesRoom, event: RoomEvent, data: Data) -> str:
    """Return what is wrong with an event that is whole, in words; nothing if nothing is."""
    if isinstance(data, _Opened):
        return _wrong_opening(data)
    team: int | None = getattr(data, "team", None)
    if team is not None and team >= room.n_teams:
        return "is about a table that is not there"
    if isinstance(data, Joined) and data.team is None:
        return "lets somebody in to no table"
    if isinstance(data, Removed | _Seated) and data.person not in room.people:
        return "is about somebody who is not there"
    return _wrong_move(room, event, data) if isinstance(data, _Played) else ""


def _wrong_opening(data: _Opened) -> str:
    try:
        granted(None, GameEvent("opened", TABLE, {"setup": data.setup, "contract": data.contract}))
    except InputError as error:
        return f"opens no game ({error})"
    return ""


def _wrong_move(room: TablesRoom, event: RoomEvent, data: _Played) -> str:
    if (data.kind == "taken") != (data.person is not None):
        return "is by nobody who could sit down"
    if data.person is not None and (data.person not in room.people or room.people[data.person].team != data.team):
        return "lets somebody sit down who is not at the table"
    try:
        granted(room.tables[data.team].game, game_event(event.data))
    except InputError as error:
        return f"cannot have happened ({error})"
    return ""
