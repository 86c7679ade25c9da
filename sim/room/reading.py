"""Events as they come from the file: each is checked before it counts, for a file may be damaged or somebody else's.

What the rules have granted is not judged again; it is only made sure that an event is whole, and speaks of rounds,
teams and people that are there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError

from sim.base.version import FIRST_CONTRACT
from sim.room.access import tidy_code
from sim.room.actions import CHOICES, ITEMS, Request, RoundNumber, Week
from sim.room.arms import wanted
from sim.room.designs import task_of
from sim.room.kept import EVERYWHERE, DamagedRoomError, Data, Number, Team, Text
from sim.room.plans import MOST_ROUNDS, RoundPlan, RoundShock
from sim.room.state import FACILITATOR, TEAM_NAMES, Phase, Room, RoomEvent, Session
from sim.room.tables import reading as tables
from sim.room.tables.state import TablesRoom
from sim.study.programmes import STRANDS

__all__ = ["DamagedRoomError", "checked_room"]


def _among(names: Collection[str]) -> Callable[[str], str]:
    def known(name: str) -> str:
        if name not in names:
            raise ValueError("one of those that are known")
        return name

    return known


_Spend = tuple[Week, Week, Week]
_Strand = Annotated[str, AfterValidator(_among(STRANDS))]
_Item = Annotated[str, AfterValidator(_among(ITEMS))]
_Choice = Annotated[str, AfterValidator(_among(CHOICES))]
_PerCent = Annotated[int, Field(ge=0, le=100)]


_PEOPLES_OWN = ("moved", "predicted", "returned", "styled", "warmed")


class _Opened(Data):
    title: Text
    seed: Annotated[int, Field(ge=0, lt=2**32)]
    worlds: Annotated[int, Field(ge=20, le=400)]
    n_teams: Annotated[int, Field(ge=1, le=len(TEAM_NAMES))]
    choose_teams: bool
    rounds: Annotated[list[RoundPlan], Field(min_length=1, max_length=MOST_ROUNDS)]
    contract: Annotated[int, Field(ge=FIRST_CONTRACT, lt=2**31)] = FIRST_CONTRACT


class _Moved(Data):
    team: Team


class _Dealt(Data):
    teams: list[tuple[Number, Team]]


class _Went(Data):
    to: Phase
    round: RoundNumber


class _Shown(Data):
    round: RoundNumber
    item: _Item
    on: bool


class _Predicted(Data):
    round: RoundNumber
    curve: Annotated[list[_PerCent], Field(max_length=60)] | None
    choice: _Choice | None
    reason: Text
    may_show: bool = False


class _Drafted(Data):
    round: RoundNumber
    team: Team
    strand: _Strand
    spend: _Spend | None


class _Committed(Data):
    round: RoundNumber
    team: Team
    design: dict[_Strand, _Spend]


class _Reopened(Data):
    round: RoundNumber
    team: Team


class _Shocked(Data):
    round: RoundNumber
    shock: RoundShock
    request: Request


class _Calmed(Data):
    round: RoundNumber
    left: Annotated[int, Field(ge=0)]


class _Planned(Data):
    first: RoundNumber
    rounds: Annotated[list[RoundPlan], Field(max_length=MOST_ROUNDS)]


_KINDS: dict[str, type[Data]] = {
    **EVERYWHERE, "opened": _Opened, "moved": _Moved, "dealt": _Dealt, "went": _Went, "shown": _Shown,
    "predicted": _Predicted, "drafted": _Drafted, "committed": _Committed, "reopened": _Reopened, "shocked": _Shocked,
    "calmed": _Calmed, "planned": _Planned,
}  # fmt: skip


def checked_room(code: str, events: Sequence[RoomEvent]) -> Session:
    """Return a room as its events make it.

    Raises
    ------
    DamagedRoomError : an event is not whole, or does not go with those before it
    """
    if tidy_code(code) != code:
        raise DamagedRoomError("its code is none")
    if not events:
        raise DamagedRoomError("it was never opened")
    room: Session = TablesRoom(code) if events[0].kind == tables.OPENING else Room(code)
    for event in events:
        fault = _fault(room, event)
        if fault:
            raise DamagedRoomError(f"event {room.n_events + 1} {fault}")
        room.apply(event)
    if isinstance(room, Room):
        try:
            wanted(room)
        except Exception as error:
            # Whatever cannot be run would stop the server as soon as somebody looks at the room.
            raise DamagedRoomError(f"its programmes cannot be run ({type(error).__name__})") from error
    return room


def _fault(room: Session, event: RoomEvent) -> str:
    """Return what is wrong with an event that would be the next one, in words; nothing if nothing is."""
    kinds, opening = (tables.KINDS, tables.OPENING) if isinstance(room, TablesRoom) else (_KINDS, "opened")
    if event.kind not in kinds:
        return "is of no kind that is known"
    if (event.kind == opening) != (room.n_events == 0):
        return "opens the room a second time" if room.n_events else "does not open the room"
    try:
        data = kinds[event.kind].model_validate_json(json.dumps(dict(event.data)))
    except (ValidationError, TypeError, ValueError):
        return f"({event.kind}) is not whole"
    if isinstance(room, TablesRoom):
        return _wrong_person(room, event) or tables.wrong_place(room, event, data)
    if event.kind == opening:
        return ""
    assert isinstance(room, Room)
    return _wrong_person(room, event) or _wrong_place(room, data)


def _wrong_person(room: Session, event: RoomEvent) -> str:
    if room.n_events == 0:
        return ""
    if event.kind == "joined":
        return "" if event.by == len(room.people) + 1 else "lets somebody in out of turn"
    is_facilitator_s = event.by == FACILITATOR and event.kind not in _PEOPLES_OWN
    return "" if is_facilitator_s or event.by in room.people else "is by nobody who is there"


def _wrong_place(room: Room, data: Any) -> str:
    rounds, teams, people = [], [], []
    if isinstance(data, _Dealt):
        people, teams = [number for number, _ in data.teams], [team for _, team in data.teams]
    if isinstance(data, _Planned) and not (
        data.first <= len(room.rounds) and 1 <= data.first + len(data.rounds) <= MOST_ROUNDS
    ):
        return "plans rounds that do not follow one another"
    rounds += [data.round] if hasattr(data, "round") else []
    teams += [data.team] if getattr(data, "team", None) is not None else []
    people += [data.person] if hasattr(data, "person") else []
    if any(place >= len(room.rounds) for place in rounds):
        return "is about a round that is not there"
    if any(team >= room.n_teams for team in teams):
        return "is about a team that is not there"
    if any(number not in room.people for number in people):
        return "is about somebody who is not there"
    return _wrong_entry(room, data)


def _wrong_entry(room: Room, data: Any) -> str:
    if isinstance(data, _Predicted) and data.curve is not None:
        return "" if len(data.curve) == room.rounds[data.round].n_years + 1 else "is a curve of another length"
    if isinstance(data, _Drafted) and data.spend is not None:
        return "" if data.spend[0] <= data.spend[1] <= room.rounds[data.round].n_weeks else "spends days on no weeks"
    if isinstance(data, _Committed):
        at = room.rounds[data.round]
        return "commits what cannot be" if task_of(at.plan).faults(data.design) else ""
    return ""
