"""What each page is given of a game: somebody what they may see meanwhile, the facilitator who is waited for."""

from __future__ import annotations

from typing import Any

from sim.game.cards import CARDS
from sim.game.days import DAYS, PURSUITS, WEEKS
from sim.game.setup import CHAIRS
from sim.game.shown import quarter_shown
from sim.room.running import Runner
from sim.room.slides import asked_at_the_beginning, own_slide, slide_of
from sim.room.state import Participant
from sim.room.tables.rules import phases_after
from sim.room.tables.state import Place, TablesRoom

__all__ = ["board_view", "debrief_of", "participant_view", "steering_view"]

Plain = dict[str, Any]


def _common(room: TablesRoom) -> Plain:
    setup = room.setup
    return {
        "kind": "game",
        "code": room.code,
        "title": room.title,
        "phase": room.phase,
        "paused": room.is_paused,
        "locked": room.is_locked,
        "differs": room.differs,
        "story": setup.base.title,
        "quarters": setup.quarters,
        "seed": setup.seed,
        "days": DAYS,
        "pursuits": list(PURSUITS.values()),
        "tables": [_place(room, place) for place in range(room.n_teams)],
    }


def _place(room: TablesRoom, place: int) -> Plain:
    """Return what everybody may know of a table."""
    table = room.tables[place]
    game = table.game
    return {
        "name": room.team_name(place),
        "played": table.is_played,
        "quarter": game.quarter,
        "over": game.is_over,
        "chairs": [
            {
                "title": game.title(chair),
                "name": game.players[chair - 1],
                "decided": game.decided[chair - 1] is not None,
                "awaited": _is_awaited(table, chair),
            }
            for chair in CHAIRS
        ],
        "onlookers": [person.name for person in room.onlookers(place)],
    }


def _is_awaited(table: Place, chair: int) -> bool:
    offer = table.game.offer
    return chair in (table.game.awaited if offer is None else _who_answers(table))


def _who_answers(table: Place) -> list[int]:
    """Return the chairs of those who say whether the two leave: the two themselves, or whoever is there."""
    offer = table.game.offer
    seated = [chair for chair in CHAIRS if table.seats[chair - 1] is not None]
    return [] if offer is None else [chair for chair in seated if chair in offer.chairs] or seated


# --- phones -----------------------------------------------------------------------------------------------------------


def participant_view(room: TablesRoom, runner: Runner, person: Participant) -> Plain:
    """Return what somebody's phone is given."""
    place = person.team or 0
    table = room.tables[place]
    chair = table.chair_of(person.number)
    view = _common(room)
    view["me"] = {
        "number": person.number,
        "name": person.name,
        "place": place,
        "chair": chair,
        "title": None if chair is None else table.game.title(chair),
        "style": room.styles.get(person.number),
    }
    view["slide"] = own_slide(room, person.number)
    if room.phase == "play" and table.is_played:
        shown = quarter_shown(table.game, table.played, chair)
        view["quarter"] = {**shown, "answers": chair in _who_answers(table)}
    elif room.phase in ("debrief", "ended"):
        view["debrief"] = debrief_of(room, runner, place)
        view["others"] = _compared(room, runner)
    return view


# --- when it is over --------------------------------------------------------------------------------------------------


def debrief_of(room: TablesRoom, runner: Runner, place: int) -> Plain | None:
    """Return what a table learns of itself; None where nobody has played."""
    wanted = room.tables[place].debriefing
    if wanted is None:
        return None
    if wanted.key in runner.failed:
        return {"failed": True}
    told = runner.debriefs.get(wanted.key)
    return {"running": True} if told is None else {**told, "table": room.team_name(place)}


def _compared(room: TablesRoom, runner: Runner) -> list[Plain]:
    """Return what can be compared of tables: what is left, and at what cost to people; never who played how."""
    found = []
    for place in range(room.n_teams):
        told = debrief_of(room, runner, place)
        if told is not None:
            arms = told.get("arms")
            found.append({"place": place, "name": room.team_name(place), "arm": arms[0] if arms else None})
    return found


# --- the facilitator --------------------------------------------------------------------------------------------------


def board_view(room: TablesRoom, runner: Runner) -> Plain:
    """Return what the projector is given: nothing that only one post is told, and nothing of safety before the end."""
    view = _common(room)
    view["n_people"] = len(room.present())
    view["names"] = [person.name for person in room.present()]
    view["slide"] = slide_of(room)
    furthest = max(table.game.quarter for table in room.tables)
    view["plan"] = {quarter: what for quarter, what in _plan(room).items() if quarter <= furthest}
    if room.phase in ("debrief", "ended"):
        view["debriefs"] = [debrief_of(room, runner, place) for place in range(room.n_teams)]
        view["others"] = _compared(room, runner)
    return view


def _plan(room: TablesRoom) -> dict[int, str]:
    """Return what comes in which quarter, whatever the tables do."""
    setup = room.setup
    found = {quarter: [CARDS[name].title] for quarter, name in setup.cards.items() if quarter <= setup.quarters}
    end = setup.base.support_end_week
    if end is not None and 0 < end <= WEEKS * setup.quarters:
        found.setdefault(-(-end // WEEKS), []).append("The money ends")
    if setup.offer is not None and setup.offer.quarter <= setup.quarters:
        found.setdefault(setup.offer.quarter, []).append("Two are called away")
    return {quarter: ". ".join(found[quarter]) for quarter in sorted(found)}


def steering_view(room: TablesRoom, runner: Runner) -> Plain:
    """Return what the page is given that steers."""
    view = board_view(room, runner)
    view["address"] = room.address
    view["asked"] = asked_at_the_beginning(room)
    view["next"] = phases_after(room)
    view["plan"] = _plan(room)
    for place, told in enumerate(view["tables"]):
        told["since"] = room.tables[place].since
    view["people"] = [
        {
            "number": person.number,
            "name": person.name,
            "place": person.team,
            "table": room.team_name(person.team or 0),
            "chair": room.tables[person.team or 0].chair_of(person.number),
            "joined": person.joined_at,
            "returned": person.returned_at,
        }
        for person in room.present()
    ]
    return view
