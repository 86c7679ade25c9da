"""What can be asked of a room in which the game is played: the shape and the limits of every request."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from sim.game.days import DAYS
from sim.room.actions import Action, Lock, Pause, Remove, Slide, UseAddress, Warm
from sim.room.state import TEAM_NAMES
from sim.room.tables.state import Phase
from sim.room.text import LONGEST_TITLE

__all__ = [
    "AnswerOffer", "Close", "Decide", "GoTo", "OpenTables", "PlaceNumber", "Seat", "Sit", "Style", "participant_action",
    "steering_action",
]  # fmt: skip

PlaceNumber = Annotated[int, Field(ge=0, lt=len(TEAM_NAMES))]
Chair = Annotated[int, Field(ge=1, le=3)]
Quarter = Annotated[int, Field(ge=1, le=12)]
_Days = Annotated[int, Field(ge=0, le=DAYS)]


class OpenTables(Action):
    """Open a room for the game."""

    title: Annotated[str, Field(max_length=LONGEST_TITLE * 8)]
    plan: Literal["game"]
    n_teams: Annotated[int, Field(ge=1, le=len(TEAM_NAMES))]
    quarters: Annotated[int, Field(ge=2, le=12)] = 10
    scenario: Annotated[str, Field(max_length=200)] = "shoestring-year"
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1


class Sit(Action):
    """Take a chair at a table; no chair is to look on there."""

    do: Literal["sit"]
    table: PlaceNumber
    chair: Chair | None


class Decide(Action):
    """Say how the days of the quarter under way are meant to be spent; those left over go to today's problems."""

    do: Literal["decide"]
    quarter: Quarter
    together: _Days
    staff: _Days
    leaders: _Days


class AnswerOffer(Action):
    """Say what the two do who are called away."""

    do: Literal["answer"]
    quarter: Quarter
    does: Literal["leave", "change"]


class Style(Action):
    """Say how one leads who may follow somebody: control-based management from 0 to 1; null leaves it to chance."""

    do: Literal["style"]
    style: Annotated[float, Field(ge=0, le=1)] | None


class GoTo(Action):
    """Go to a phase."""

    do: Literal["go"]
    to: Phase


class Close(Action):
    """Close a table's quarter for those who have not decided."""

    do: Literal["close"]
    table: PlaceNumber
    quarter: Quarter


class Seat(Action):
    """Give somebody a chair at a table; no chair is to look on there."""

    do: Literal["seat"]
    person: Annotated[int, Field(ge=1, le=100_000)]
    table: PlaceNumber
    chair: Chair | None


participant_action: TypeAdapter[Warm | Sit | Decide | AnswerOffer | Style] = TypeAdapter(
    Annotated[Warm | Sit | Decide | AnswerOffer | Style, Field(discriminator="do")]
)
"""What a participant may ask."""

steering_action: TypeAdapter[GoTo | Pause | Lock | Slide | Close | Seat | Remove | UseAddress] = TypeAdapter(
    Annotated[GoTo | Pause | Lock | Slide | Close | Seat | Remove | UseAddress, Field(discriminator="do")]
)
"""What the facilitator may ask."""
