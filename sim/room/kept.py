"""What is kept of rooms of all kinds: the shape of their events, and what it is called when one is not whole."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from sim.room.actions import Request
from sim.room.state import TEAM_NAMES

__all__ = ["EVERYWHERE", "DamagedRoomError", "Data", "Joined", "Number", "Removed", "Team", "Text"]

Text = Annotated[str, Field(max_length=1000)]
Team = Annotated[int, Field(ge=0, lt=len(TEAM_NAMES))]
Number = Annotated[int, Field(ge=1, le=100_000)]


class DamagedRoomError(Exception):
    """What was kept of a room is not whole; the message says what of it."""


class Data(BaseModel):
    """What an event says."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class Joined(Data):
    """Somebody came in."""

    name: Text
    team: Team | None
    request: Request


class Removed(Data):
    """Somebody was taken out."""

    person: Number


class _Switched(Data):
    on: bool


class _Nothing(Data):
    """Nothing but who and when."""


class _Slid(Data):
    what: Literal["warm", "norms"] | None


class _Warmed(Data):
    value: Annotated[int, Field(ge=0, le=100)]


class _Addressed(Data):
    address: Text


EVERYWHERE: dict[str, type[Data]] = {
    "joined": Joined, "returned": _Nothing, "removed": Removed, "paused": _Switched, "locked": _Switched,
    "addressed": _Addressed, "slid": _Slid, "warmed": _Warmed,
}  # fmt: skip
"""Kinds of event that rooms of all kinds have."""
