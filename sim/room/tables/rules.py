"""What may happen next where the game is played: the game's own rules, and who sits where.

Every request says for which quarter it is meant, so that one that is sent twice, or comes late, does no harm.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from sim.base.errors import InputError
from sim.base.version import CONTRACT
from sim.game.days import Days
from sim.game.opening import can_be_played, new_setup
from sim.game.setup import CHAIRS
from sim.game.state import GameEvent as GameEvent
from sim.game.state import OfferAnswer
from sim.game.table import GameTable
from sim.room.actions import Join, Remove, Warm
from sim.room.plans import contexts, scenario_of
from sim.room.rules import (
    EVERYWHERE,
    NewEvents,
    RefusedError,
    name_of,
    name_on_paper,
    on_paper,
    title_of,
    warm_up,
    who_asks,
)  # fmt: skip
from sim.room.state import Participant
from sim.room.tables import actions as ask
from sim.room.tables.state import Place, TablesRoom

__all__ = ["join", "open_room", "participate", "phases_after", "playable", "stand_in", "steer"]


@cache
def playable() -> dict[str, str]:
    """Return the scenarios that can be played, by name, with their titles: one service with three senior leaders."""
    return {name: title for name, title in contexts().items() if can_be_played(scenario_of(name))}


def open_room(action: ask.OpenTables) -> NewEvents:
    """Return the event that opens a room for the game.

    Raises
    ------
    RefusedError : the scenario is not there, or cannot be played
    """
    try:
        setup = new_setup(scenario_of(action.scenario), seed=action.seed, quarters=action.quarters)
    except KeyError:
        raise RefusedError("There is no scenario of this name.") from None
    except InputError as error:
        raise RefusedError(f"That cannot be played. {error}") from None
    told = {"title": title_of(action.title, "A game for three"), "n_teams": action.n_teams, "contract": CONTRACT}
    return [("opened_tables", {**told, "setup": setup.model_dump(mode="json")})]


def join(room: TablesRoom, action: Join) -> NewEvents:
    """Return the events by which somebody comes in: to a free chair while there is one, else to look on."""
    if action.request in room.requests:
        return []
    name = name_of(room, action.name)
    place, chair = _seat_for(room, action.team)
    told: NewEvents = [("joined", {"name": name, "team": place, "request": action.request})]
    return told if chair is None else [*told, _taken(place, chair, len(room.people) + 1, name)]


def stand_in(room: TablesRoom, place: int, chair: int) -> NewEvents:
    """Return the events by which the facilitator stands in for one of the three at a table without phones.

    Raises
    ------
    RefusedError : there is no such chair, or somebody sits in it
    """
    request = on_paper(place, chair)
    if request in room.requests:
        return []
    if place >= room.n_teams or chair not in CHAIRS:
        raise RefusedError("There is no such chair.")
    table, name = room.tables[place], name_on_paper(room, place)
    if not (room.phase == "lobby" or (room.phase == "play" and table.is_played)):
        raise RefusedError("Nobody plays at this table.")
    if table.seats[chair - 1] is not None:
        raise RefusedError("Somebody sits in that chair, with a phone.")
    told: NewEvents = [("joined", {"name": name, "team": place, "request": request})]
    return [*told, _taken(place, chair, len(room.people) + 1, name)]


def _seat_for(room: TablesRoom, wanted: int | None) -> tuple[int, int | None]:
    """Return the table, and the chair or None, of somebody who comes in."""
    places = [place for place, table in enumerate(room.tables) if table.is_played or room.phase == "lobby"]
    places = [wanted] if wanted in places else places
    if room.phase in ("lobby", "play"):
        for place in places:
            chair = room.tables[place].free_chair
            if chair is not None and not room.tables[place].game.is_over:
                return place, chair
    return min(places or [0], key=lambda place: len(room.members(place))), None


# --- participants -----------------------------------------------------------------------------------------------------


def participate(room: TablesRoom, number: int, action: Any) -> NewEvents:
    """Return the events of a participant's request.

    Raises
    ------
    RefusedError : the room cannot grant it
    """
    return _PARTICIPANT[type(action)](room, who_asks(room, number), action)


def _sit(room: TablesRoom, person: Participant, action: ask.Sit) -> NewEvents:
    if room.phase == "play" and action.table != person.team:
        raise RefusedError("While the game is played everybody stays at their table. The facilitator can change that.")
    return _seated(room, person, action.table, action.chair)


def _seated(room: TablesRoom, person: Participant, place: int, chair: int | None) -> NewEvents:
    """Return the events by which somebody gets up and sits down elsewhere, or looks on."""
    if place >= room.n_teams:
        raise RefusedError("There is no such table.")
    if room.phase not in ("lobby", "play"):
        raise RefusedError("The game is over.")
    before = None if person.team is None else room.tables[person.team].chair_of(person.number)
    if (person.team, before) == (place, chair):
        return []
    if chair is not None and room.tables[place].seats[chair - 1] is not None:
        raise RefusedError("Somebody else was quicker: that chair is taken.")
    told: NewEvents = []
    if before is not None and person.team is not None:
        told += _of_game(person.team, _of_table(room.tables[person.team], lambda table: table.leave(before)))
    if person.team != place:
        told.append(("seated", {"person": person.number, "team": place}))
    if chair is not None:
        told.append(_taken(place, chair, person.number, person.name))
    return _with_pace(room, told)


def _decide(room: TablesRoom, person: Participant, action: ask.Decide) -> NewEvents:
    place, table, chair = _playing(room, person)
    _check_quarter(table, action.quarter)
    try:
        days = Days.beyond_fixing(action.together, action.staff, action.leaders)
    except ValueError:
        raise RefusedError("That is more than the quarter has days.") from None
    return _with_pace(room, _of_game(place, _of_table(table, lambda one: one.decide(chair, days))))


def _answer(room: TablesRoom, person: Participant, action: ask.AnswerOffer) -> NewEvents:
    place, table, chair = _playing(room, person)
    _check_quarter(table, action.quarter)
    offer = table.game.offer
    if offer is None:
        raise RefusedError("That has been answered already.")
    if chair not in offer.chairs and any(table.seats[called - 1] for called in offer.chairs):
        raise RefusedError("It is for the two to say who are called away.")
    if action.does == "leave":
        return _two_leave(room, place)
    return _of_game(place, _of_table(table, lambda one: one.answer({"does": "change"})))


def _two_leave(room: TablesRoom, place: int) -> NewEvents:
    """Return the events by which the two leave who are called away; those who look on take their chairs, if any do.

    Where nobody does, whoever sat there goes on as the one who follows.
    """
    table = room.tables[place]
    offer = table.game.offer
    assert offer is not None
    follows = dict(zip(offer.chairs, [person.number for person in room.onlookers(place)], strict=False))
    first, second = (room.styles.get(follows.get(chair, 0)) for chair in offer.chairs)
    told = _of_game(place, _of_table(table, lambda one: one.answer(OfferAnswer(does="leave", styles=(first, second)))))
    return [*told, *(_taken(place, chair, who, room.people[who].name) for chair, who in follows.items())]


def _style(room: TablesRoom, person: Participant, action: ask.Style) -> NewEvents:
    if room.phase not in ("lobby", "play"):
        raise RefusedError("The game is over: nobody takes a chair any more.")
    is_said = room.styles.get(person.number) == action.style
    return [] if is_said else [("styled", {"team": person.team, "style": action.style})]


def _playing(room: TablesRoom, person: Participant) -> tuple[int, Place, int]:
    """Return table and chair of somebody who plays."""
    if room.phase != "play":
        raise RefusedError("Nothing is being decided at the moment.")
    place = person.team
    chair = None if place is None else room.tables[place].chair_of(person.number)
    if place is None or chair is None:
        raise RefusedError("You look on at this table. Take a free chair to play.")
    return place, room.tables[place], chair


def _check_quarter(table: Place, quarter: int) -> None:
    if table.game.is_over or table.game.quarter != quarter:
        is_to_come = not table.game.is_over and quarter > table.game.quarter
        raise RefusedError(f"Quarter {quarter} has {'not begun' if is_to_come else 'been closed'}.")


_PARTICIPANT: dict[type, Callable[[TablesRoom, Participant, Any], NewEvents]] = {
    Warm: warm_up,
    ask.Sit: _sit,
    ask.Decide: _decide,
    ask.AnswerOffer: _answer,
    ask.Style: _style,
}


# --- the facilitator --------------------------------------------------------------------------------------------------


def steer(room: TablesRoom, action: Any) -> NewEvents:
    """Return the events of a facilitator's request.

    Raises
    ------
    RefusedError : the room cannot grant it
    """
    return _STEERING[type(action)](room, action)


def phases_after(room: TablesRoom) -> list[str]:
    """Return where the facilitator may go from here, forwards first."""
    if room.phase == "play" and not any(table.game.closed for table in room.tables):
        return ["debrief", "lobby"]
    return {"lobby": ["play", "ended"], "play": ["debrief"], "debrief": ["ended"]}.get(room.phase, [room.before_end])


def _go(room: TablesRoom, action: ask.GoTo) -> NewEvents:
    if action.to == room.phase:
        return []
    if action.to not in phases_after(room):
        raise RefusedError("The session is not at a point from which one can go there.")
    if action.to == "play" and not any(any(table.seats) for table in room.tables):
        raise RefusedError("Nobody has sat down yet.")
    told: NewEvents = []
    if action.to == "debrief":
        for place, table in enumerate(room.tables):
            if table.is_played:
                told += _of_game(place, _of_table(table, _played_to_the_end))
    return [*told, ("went", {"to": action.to})]


def _played_to_the_end(table: GameTable) -> None:
    while not table.game.is_over:
        table.close()


def _close(room: TablesRoom, action: ask.Close) -> NewEvents:
    if room.phase != "play" or action.table >= room.n_teams:
        raise RefusedError("No quarter is being played there.")
    table = room.tables[action.table]
    if not table.is_played or table.game.quarter != action.quarter:
        return []
    told = _two_leave(room, action.table) if table.game.offer else []
    after = _after(room, told)[action.table]
    return _with_pace(room, [*told, *_of_game(action.table, _of_table(after, GameTable.close))])


def _seat(room: TablesRoom, action: ask.Seat) -> NewEvents:
    person = room.people.get(action.person)
    if person is None or person.is_removed:
        raise RefusedError("There is nobody of this name here any more.")
    return _seated(room, person, action.table, action.chair)


def _remove(room: TablesRoom, action: Remove) -> NewEvents:
    person = room.people.get(action.person)
    if person is None or person.is_removed:
        return []
    chair = None if person.team is None else room.tables[person.team].chair_of(person.number)
    told = EVERYWHERE[type(action)](room, action)
    if chair is not None and person.team is not None and room.phase in ("lobby", "play"):
        told = [*told, *_of_game(person.team, _of_table(room.tables[person.team], lambda table: table.leave(chair)))]
    return _with_pace(room, told)


_STEERING: dict[type, Callable[[TablesRoom, Any], NewEvents]] = {
    **EVERYWHERE,
    Remove: _remove,
    ask.GoTo: _go,
    ask.Close: _close,
    ask.Seat: _seat,
}


# --- tables -----------------------------------------------------------------------------------------------------------


def _of_table(place: Place, act: Callable[[GameTable], None]) -> list[GameEvent]:
    """Return what would happen at a table if something were done there; the table stays as it is.

    Raises
    ------
    RefusedError : the rules of the game do not allow it
    """
    told: list[GameEvent] = []
    try:
        act(GameTable.of(place.game, place.service, told.append))
    except InputError as error:
        raise RefusedError(f"That cannot be done now. {error}") from None
    return told


def _of_game(place: int, told: list[GameEvent]) -> NewEvents:
    return [
        ("played", {"team": place, "kind": one.kind, "chair": one.by, "data": dict(one.data), "person": None})
        for one in told
    ]


def _taken(place: int, chair: int, number: int, name: str) -> tuple[str, dict[str, Any]]:
    return "played", {"team": place, "kind": "taken", "chair": chair, "data": {"name": name}, "person": number}


def _with_pace(room: TablesRoom, told: NewEvents) -> NewEvents:
    """Add what the model plays at tables that everybody has left: it keeps pace with the slowest of the others."""
    if room.phase != "play" or not told:
        return told
    after = _after(room, told)
    at = [table.game.quarter for table in after if any(table.seats)]
    told = list(told)
    for place, table in enumerate(after):
        if table.is_played and not any(table.seats) and at:

            def keep_pace(one: GameTable) -> None:
                while one.game.quarter < min(at):
                    one.close()

            told += _of_game(place, _of_table(table, keep_pace))
    return told


def _after(room: TablesRoom, told: NewEvents) -> list[Place]:
    """Return the tables as they would be."""
    after = [Place(table.game, table.service, list(table.seats)) for table in room.tables]
    for kind, data in told:
        if kind == "played":
            after[data["team"]].happen(data, 0.0)
    return after
