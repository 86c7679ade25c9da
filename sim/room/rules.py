"""What may happen next in a room: from a request and the room as it stands to events, or to a refusal in kind words.

Every request says what should be, not what should change ("go to the results of round 2"), so that one that is sent
twice does no harm.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from sim.base.version import CONTRACT
from sim.inputs.scenario.description import overlap_findings
from sim.lessons.designs import NO_SUCH_OFFER, NOTHING_SPENT, Design
from sim.room import actions as ask
from sim.room.designs import task_of
from sim.room.plans import MOST_ROUNDS, MOST_SHOCKS, PLANS, RoundPlan, is_held, scenario_of, with_shocks
from sim.room.state import Participant, Room, Session
from sim.room.text import LONGEST_NAME, LONGEST_REASON, LONGEST_TITLE, clean, unlike_others
from sim.study.programmes import STRANDS

__all__ = [
    "EVERYWHERE", "MOST_PEOPLE", "NewEvents", "RefusedError", "come_back", "join", "name_of", "name_on_paper",
    "on_paper", "open_room", "participate", "phases_after", "stand_in", "steer", "title_of", "warm_up", "who_asks",
]  # fmt: skip

MOST_PEOPLE = 200

NewEvents = list[tuple[str, dict[str, Any]]]
"""Events to be: kind and data."""


class RefusedError(Exception):
    """A request that a room cannot grant; the message is for whoever asked."""


def open_room(action: ask.OpenRoom) -> NewEvents:
    """Return the event that opens a room."""
    if action.plan not in PLANS:
        raise RefusedError("There is no such plan.")
    title = title_of(action.title, "A session on culture")
    rounds = [plan.model_dump() for plan in PLANS[action.plan][1]]
    told = {**action.model_dump(exclude={"plan"}), "title": title, "rounds": rounds, "contract": CONTRACT}
    return [("opened", told)]


def title_of(typed: str, usual: str) -> str:
    """Return what a room is called."""
    return clean(typed, LONGEST_TITLE) or usual


def name_of(room: Session, typed: str) -> str:
    """Return what somebody is called who comes in.

    Raises
    ------
    RefusedError : nobody can come in
    """
    if room.phase == "ended":
        raise RefusedError("This session is over.")
    if room.is_locked:
        raise RefusedError("The facilitator has closed the door: nobody else can come in. Ask for it to be opened.")
    if len(room.present()) >= MOST_PEOPLE or len(room.people) >= 5 * MOST_PEOPLE:
        raise RefusedError(f"This room is full: there are places for {MOST_PEOPLE}.")
    others = [person.name for person in room.present()]
    return unlike_others(clean(typed, LONGEST_NAME) or f"Guest {len(room.people) + 1}", others)


def come_back(room: Session, number: int) -> NewEvents:
    """Return the event by which somebody comes back with another phone.

    Raises
    ------
    RefusedError : there is nobody of this number
    """
    person = room.people.get(number)
    if person is None or person.is_removed:
        raise RefusedError("There is nobody of this name here any more. Join anew.")
    return [("returned", {})]


def stand_in(room: Room, place: int, chair: int) -> NewEvents:
    """Return the event by which the facilitator stands in for a team without phones; nothing, if that has been done.

    Raises
    ------
    RefusedError : there is no such team, or the session is over
    """
    request = on_paper(place, chair)
    if request in room.requests:
        return []
    if place >= room.n_teams or chair != 0:
        raise RefusedError("There is no such team.")
    return [("joined", {"name": name_on_paper(room, place), "team": place, "request": request})]


def on_paper(place: int, chair: int) -> str:
    """Return the request by which the facilitator stands in for a team, or for a chair of a table."""
    return f"on-paper-{place}-{chair}"


def name_on_paper(room: Session, place: int) -> str:
    """Return what somebody is called for whom the facilitator stands in.

    Raises
    ------
    RefusedError : the session is over
    """
    if room.phase == "ended":
        raise RefusedError("This session is over.")
    return unlike_others(f"{room.team_name(place)} on paper", [person.name for person in room.present()])


def join(room: Room, action: ask.Join) -> NewEvents:
    """Return the event by which somebody comes in; nothing, if the request has been granted before."""
    if action.request in room.requests:
        return []
    name = name_of(room, action.name)
    if room.choose_teams:
        team = action.team if action.team is not None and action.team < room.n_teams else None
    else:
        team = min(range(room.n_teams), key=lambda one: len(room.members(one)))
    return [("joined", {"name": name, "team": team, "request": action.request})]


# --- participants -----------------------------------------------------------------------------------------------------


def participate(room: Room, number: int, action: Any) -> NewEvents:
    """Return the events of a participant's request.

    Raises
    ------
    RefusedError : the room cannot grant it
    """
    who_asks(room, number)
    return _PARTICIPANT[type(action)](room, number, action)


def who_asks(room: Session, number: int) -> Participant:
    """Return who asks for something that may be granted now.

    Raises
    ------
    RefusedError : they are out, or the room is closed or paused
    """
    person = room.people.get(number)
    if person is None or person.is_removed:
        raise RefusedError("You are not in this room any more.")
    if room.phase == "ended":
        raise RefusedError("This session is over.")
    if room.is_paused:
        raise RefusedError("The facilitator has paused the session. Nothing is lost: go on in a moment.")
    return person


def _predict(room: Room, _number: int, action: ask.Predict) -> NewEvents:
    if action.round != room.place or room.phase not in ("predict", "design"):
        raise RefusedError("Predictions for this round are closed.")
    at = room.round
    if at.plan.predict == "nothing":
        raise RefusedError("Nothing is predicted in this round.")
    if at.plan.predict == "curve":
        wanted = at.n_years + 1
        if action.curve is None or action.choice is not None or len(action.curve) != wanted:
            raise RefusedError(f"A curve has {wanted} points, one for each year.")
    elif action.choice not in ask.CHOICES or action.curve is not None:
        raise RefusedError("Please choose one of the answers.")
    reason = clean(action.reason, LONGEST_REASON)
    told = {"round": action.round, "curve": action.curve, "choice": action.choice, "reason": reason}
    return [("predicted", {**told, "may_show": action.may_show and bool(reason)})]


def warm_up(room: Session, _who: Any, action: ask.Warm) -> NewEvents:
    """Return the event by which somebody answers the question for warming up, or answers it anew."""
    if room.phase != "lobby" or room.slide != "warm":
        raise RefusedError("The question for warming up is over.")
    return [("warmed", {"value": action.value})]


def _own_team(room: Room, number: int, of_round: int) -> int:
    team = room.people[number].team
    if team is None:
        raise RefusedError("Please choose a team first.")
    if of_round != room.place or room.phase != "design":
        raise RefusedError("Designs for this round are closed.")
    return team


def _draft(room: Room, number: int, action: ask.Draft) -> NewEvents:
    team = _own_team(room, number, action.round)
    at = room.round
    if team in at.commits:
        raise RefusedError("Your team has committed its programme. Change it after all to move the sliders.")
    if action.strand not in STRANDS:
        raise RefusedError(NO_SUCH_OFFER)
    wanted = {name: spend for name, spend in at.drafts.get(team, {}).items() if name != action.strand}
    if action.spend is not None:
        start, end, days = action.spend
        wanted[action.strand] = (start, end, days)
        _check(wanted, at.plan)
    data = {"round": action.round, "team": team, "strand": action.strand, "spend": action.spend}
    return [("drafted", data)]


def _check(design: Design, plan: RoundPlan) -> None:
    if faults := task_of(plan).faults(design):
        raise RefusedError(" ".join(faults))


def _commit(room: Room, number: int, action: ask.Commit) -> NewEvents:
    team = _own_team(room, number, action.round)
    at = room.round
    if team in at.commits:
        return []
    design = at.drafts.get(team, {})
    if not design:
        raise RefusedError(NOTHING_SPENT)
    _check(design, at.plan)
    return [("committed", _committed(action.round, team, design))]


def _committed(place: int, team: int, design: Design) -> dict[str, Any]:
    return {"round": place, "team": team, "design": {name: list(spend) for name, spend in design.items()}}


def _reopen(room: Room, number: int, action: ask.Reopen) -> NewEvents:
    team = _own_team(room, number, action.round)
    if team not in room.round.commits:
        return []
    return [("reopened", {"round": action.round, "team": team})]


def _choose_team(room: Room, number: int, action: ask.ChooseTeam) -> NewEvents:
    person = room.people[number]
    if action.team >= room.n_teams:
        raise RefusedError("There is no such team.")
    if person.team == action.team:
        return []
    if person.team is not None and not room.choose_teams:
        raise RefusedError("In this session the facilitator deals the teams out.")
    if person.team is not None and room.phase not in ("lobby", "predict"):
        raise RefusedError("Teams can be changed before they begin to design.")
    return [("moved", {"team": action.team})]


_PARTICIPANT: dict[type, Callable[[Room, int, Any], NewEvents]] = {
    ask.Warm: warm_up,
    ask.Predict: _predict,
    ask.Draft: _draft,
    ask.Commit: _commit,
    ask.Reopen: _reopen,
    ask.ChooseTeam: _choose_team,
}


# --- the facilitator --------------------------------------------------------------------------------------------------


def steer(room: Room, action: Any, rng: random.Random | None = None) -> NewEvents:
    """Return the events of a facilitator's request; ``rng`` deals teams out.

    Raises
    ------
    RefusedError : the room cannot grant it
    """
    if isinstance(action, ask.Deal):
        return _deal(room, rng or random.SystemRandom())
    return _STEERING[type(action)](room, action)


def phases_after(room: Room) -> list[tuple[str, int]]:
    """Return where the facilitator may go from here: phase and round, forwards first."""
    here, last = room.place, len(room.rounds) - 1
    if room.phase == "lobby":
        return [(_first_of(room, here), here), ("ended", here)]
    if room.phase == "predict":
        return [("design", here), ("results", here), _before(here), ("ended", here)]
    if room.phase == "design":
        back = _before(here) if _first_of(room, here) == "design" else ("predict", here)
        return [("results", here), back, ("ended", here)]
    if room.phase == "results":
        ahead = [(_first_of(room, here + 1), here + 1)] if here < last else []
        return [*ahead, ("ended", here), ("design", here)]
    return [(room.before_end, here)]


def _first_of(room: Room, place: int) -> str:
    return "design" if room.rounds[place].plan.predict == "nothing" else "predict"


def _before(place: int) -> tuple[str, int]:
    return ("lobby", place) if place == 0 else ("results", place - 1)


def _go(room: Room, action: ask.Go) -> NewEvents:
    if (action.to, action.round) == (room.phase, room.place):
        return []
    if (action.to, action.round) not in phases_after(room):
        raise RefusedError("The session is not at a point from which one can go there.")
    told: NewEvents = []
    if room.phase == "design" and action.to in ("results", "ended"):
        told = [("committed", data) for data in _left_on_the_sliders(room)]
    is_predicted = room.round.plan.predict != "nothing"
    if action.to == "results" and room.phase != "ended" and action.round == room.place and is_predicted:
        told.append(("shown", {"round": action.round, "item": "predictions", "on": True}))
    return [*told, ("went", {"to": action.to, "round": action.round})]


def _left_on_the_sliders(room: Room) -> list[dict[str, Any]]:
    """Return commits of the teams that did not press the button in time, with what they have."""
    at = room.round
    return [
        _committed(room.place, team, design)
        for team, design in sorted(at.drafts.items())
        if design and team not in at.commits and not task_of(at.plan).faults(design)
    ]


def _pause(room: Session, action: ask.Pause) -> NewEvents:
    return [] if room.is_paused == action.on else [("paused", {"on": action.on})]


def _lock(room: Session, action: ask.Lock) -> NewEvents:
    return [] if room.is_locked == action.on else [("locked", {"on": action.on})]


def _slide(room: Session, action: ask.Slide) -> NewEvents:
    if room.phase != "lobby":
        raise RefusedError("Slides are for the time before it begins.")
    return [] if room.slide == action.what else [("slid", {"what": action.what})]


def _show(room: Room, action: ask.Show) -> NewEvents:
    at = _begun(room, action.round)
    if (action.item in at.shown) == action.on:
        return []
    return [("shown", {"round": action.round, "item": action.item, "on": action.on})]


def _begun(room: Room, place: int) -> Any:
    if place > room.place or place >= len(room.rounds):
        raise RefusedError("That round has not begun.")
    return room.rounds[place]


def _shock(room: Room, action: ask.ShockAction) -> NewEvents:
    at = _begun(room, action.round)
    if action.request in at.shock_requests:
        return []
    if room.phase != "results" or action.round != room.place:
        raise RefusedError("Something unexpected can happen once the results are there.")
    if len(at.shocks) >= MOST_SHOCKS:
        raise RefusedError(f"A round can take {MOST_SHOCKS} shocks. Take one back first.")
    before = with_shocks(scenario_of(at.plan.scenario), tuple(at.shocks))
    if is_held(before, action.shock):
        raise RefusedError("That happens at this time already, so it would change nothing. Choose another week.")
    changed = with_shocks(before, (action.shock,))
    if list(overlap_findings(dict(enumerate(changed.timeline)), changed.weeks)):
        raise RefusedError("That happens at this time already. Choose another week.")
    data = {"round": action.round, "shock": action.shock.model_dump(), "request": action.request}
    return [("shocked", data)]


def _calm(room: Room, action: ask.TakeBack) -> NewEvents:
    at = _begun(room, action.round)
    return [] if action.left >= len(at.shocks) else [("calmed", {"round": action.round, "left": action.left})]


def _plan(room: Room, action: ask.PlanRounds) -> NewEvents:
    first_free = 0 if room.phase == "lobby" else room.place + 1
    if any(at.is_begun for at in room.rounds[action.first :]) or action.first < first_free:
        raise RefusedError("A round that has begun cannot be planned anew.")
    if action.first > len(room.rounds):
        raise RefusedError("Rounds follow one another.")
    if not 1 <= action.first + len(action.rounds) <= MOST_ROUNDS:
        raise RefusedError(f"A session has one to {MOST_ROUNDS} rounds.")
    return [("planned", {"first": action.first, "rounds": [plan.model_dump() for plan in action.rounds]})]


def _remove(room: Session, action: ask.Remove) -> NewEvents:
    person = room.people.get(action.person)
    if person is None or person.is_removed:
        return []
    return [("removed", {"person": action.person})]


def _deal(room: Room, rng: random.Random) -> NewEvents:
    if room.phase not in ("lobby", "predict"):
        raise RefusedError("Teams can be dealt out before they begin to design.")
    numbers = [person.number for person in room.present()]
    rng.shuffle(numbers)
    return [("dealt", {"teams": [[number, place % room.n_teams] for place, number in enumerate(numbers)]})]


def _use_address(room: Session, action: ask.UseAddress) -> NewEvents:
    address = clean(action.address, 100)
    return [] if address == room.address else [("addressed", {"address": address})]


EVERYWHERE: dict[type, Callable[[Any, Any], NewEvents]] = {
    ask.Pause: _pause,
    ask.Lock: _lock,
    ask.Slide: _slide,
    ask.Remove: _remove,
    ask.UseAddress: _use_address,
}
"""What a facilitator may ask of rooms of all kinds."""

_STEERING: dict[type, Callable[[Room, Any], NewEvents]] = {
    **EVERYWHERE,
    ask.Go: _go,
    ask.Show: _show,
    ask.ShockAction: _shock,
    ask.TakeBack: _calm,
    ask.PlanRounds: _plan,
}
