"""Rooms as they stand: what all their events add up to.

Nothing here decides what may happen (``rules.py`` does); an event that was kept is applied without question, so that a
room that is read back from its file is the room that it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sim.base.version import CONTRACT, FIRST_CONTRACT, what_differs
from sim.lessons.designs import Spend
from sim.room.plans import RoundPlan, RoundShock, scenario_of
from sim.rulebook.parameters import WEEKS_PER_YEAR

__all__ = ["FACILITATOR", "TEAM_NAMES", "Participant", "Phase", "Prediction", "Room", "RoomEvent", "Round", "Session"]

FACILITATOR = 0
"""Who an event is by: a participant's number, or this."""

TEAM_NAMES = ("Robin", "Heron", "Kestrel", "Plover", "Swift", "Wren", "Curlew", "Lapwing", "Dipper", "Skylark")

Phase = Literal["lobby", "predict", "design", "results", "ended"]


@dataclass(frozen=True)
class RoomEvent:
    """Something that happened in a room.

    Parameters
    ----------
    kind : what
    by : number of the participant, or :data:`FACILITATOR`
    at : seconds since 1970
    data : the rest, in plain types
    """

    kind: str
    by: int
    at: float
    data: Mapping[str, Any]


@dataclass
class Participant:
    """Somebody who joined; the number is never given to anybody else.

    Parameters
    ----------
    number, name, team, request : who it is, and the request that let them in
    joined_at : when
    returned_at : when they last came back with another phone
    """

    number: int
    name: str
    team: int | None
    request: str
    joined_at: float
    returned_at: float | None = None
    is_removed: bool = False


@dataclass(frozen=True)
class Prediction:
    """What somebody expects: a curve in per cent year by year, or one of the choices; and whether all may read why."""

    curve: tuple[int, ...] | None
    choice: str | None
    reason: str
    at: float
    may_show: bool = False


@dataclass
class Round:
    """One round: its plan, and what people have entered.

    Parameters
    ----------
    predictions : by participant
    drafts : what a team has on its sliders, by team and strand
    commits : designs that are final, by team
    committed_by : who pressed the button, by team; the facilitator, where designs were closed
    shocks : what the facilitator let happen
    shown : what the board shows
    """

    plan: RoundPlan
    predictions: dict[int, Prediction] = field(default_factory=dict)
    drafts: dict[int, dict[str, Spend]] = field(default_factory=dict)
    commits: dict[int, dict[str, Spend]] = field(default_factory=dict)
    committed_by: dict[int, tuple[int, float]] = field(default_factory=dict)
    shocks: list[RoundShock] = field(default_factory=list)
    shock_requests: list[str] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)

    @property
    def n_weeks(self) -> int:
        """Weeks of its runs."""
        return scenario_of(self.plan.scenario).weeks

    @property
    def n_years(self) -> int:
        """Whole years of its runs."""
        return self.n_weeks // WEEKS_PER_YEAR

    @property
    def is_begun(self) -> bool:
        """Whether anybody has entered anything."""
        return bool(self.predictions or self.drafts or self.commits)


class Session:
    """What rooms of all kinds have in common: people, where they are, and what happened.

    Parameters
    ----------
    code : what people type to join
    events : everything that happened in it, the opening first
    """

    def __init__(self, code: str, events: Iterable[RoomEvent] = ()) -> None:
        self.code = code
        self.title = ""
        self.n_teams, self.choose_teams = 1, False
        self.contract = CONTRACT
        self.opened_at = 0.0
        self.people: dict[int, Participant] = {}
        self.requests: dict[str, int] = {}
        self.phase = self.before_end = "lobby"
        self.is_paused = self.is_locked = False
        self.slide: str | None = None
        self.warmed: dict[int, int] = {}
        self.address = ""
        self.n_events = 0
        for event in events:
            self.apply(event)

    @property
    def differs(self) -> str:
        """The sentence that says that the model has changed since the room was opened; empty if it has not."""
        return what_differs("This room", self.contract)

    @property
    def returned(self) -> dict[int, float]:
        """By number, when those last came back with another phone who did."""
        return {number: one.returned_at for number, one in self.people.items() if one.returned_at is not None}

    def present(self) -> list[Participant]:
        """Return everybody who has not been taken out."""
        return [person for person in self.people.values() if not person.is_removed]

    def members(self, team: int) -> list[Participant]:
        """Return who is in a team."""
        return [person for person in self.present() if person.team == team]

    def team_name(self, team: int) -> str:
        """Return what a team is called."""
        return TEAM_NAMES[team]

    def apply(self, event: RoomEvent) -> None:
        """Let an event have happened."""
        getattr(self, f"_{event.kind}")(event, event.data)
        self.n_events += 1

    @property
    def is_ready(self) -> bool:
        """Whether all that pages show of it has been computed, but for what is run in the background."""
        return True

    def get_ready(self) -> None:
        """Compute what is missing; called outside the server's loop."""

    def _joined(self, event: RoomEvent, data: Mapping[str, Any]) -> None:
        person = Participant(event.by, data["name"], data["team"], data["request"], event.at)
        self.people[event.by] = person
        self.requests[person.request] = event.by

    def _returned(self, event: RoomEvent, _data: Mapping[str, Any]) -> None:
        self.people[event.by].returned_at = event.at

    def _moved(self, event: RoomEvent, data: Mapping[str, Any]) -> None:
        self.people[event.by].team = data["team"]

    def _removed(self, _event: RoomEvent, data: Mapping[str, Any]) -> None:
        self.people[data["person"]].is_removed = True

    def _paused(self, _event: RoomEvent, data: Mapping[str, Any]) -> None:
        self.is_paused = data["on"]

    def _locked(self, _event: RoomEvent, data: Mapping[str, Any]) -> None:
        self.is_locked = data["on"]

    def _slid(self, _event: RoomEvent, data: Mapping[str, Any]) -> None:
        self.slide = data["what"]

    def _warmed(self, event: RoomEvent, data: Mapping[str, Any]) -> None:
        self.warmed[event.by] = data["value"]

    def _addressed(self, _event: RoomEvent, data: Mapping[str, Any]) -> None:
        self.address = data["address"]


class Room(Session):
    """A room in which people predict and design, round by round."""

    def __init__(self, code: str, events: Iterable[RoomEvent] = ()) -> None:
        self.seed, self.worlds = 1, 100
        self.rounds: list[Round] = []
        self.place = 0
        super().__init__(code, events)

    @property
    def round(self) -> Round:
        """The round that is under way."""
        return self.rounds[self.place]

    def _opened(self, event: RoomEvent, data: Mapping[str, Any]) -> None:
        self.title, self.opened_at = data["title"], event.at
        self.seed, self.worlds = data["seed"], data["worlds"]
        self.n_teams, self.choose_teams = data["n_teams"], data["choose_teams"]
        self.contract = data.get("contract", FIRST_CONTRACT)
        self.rounds = [Round(RoundPlan.model_validate(plan)) for plan in data["rounds"]]

    def _dealt(self, _event: RoomEvent, data: Mapping[str, Any]) -> None:
        for number, team in data["teams"]:
            self.people[number].team = team

    def _went(self, _event: RoomEvent, data: Mapping[str, Any]) -> None:
        if data["to"] == "ended":
            self.before_end = self.phase
        self.phase, self.place = data["to"], data["round"]

    def _shown(self, _event: RoomEvent, data: Mapping[str, Any]) -> None:
        shown = self.rounds[data["round"]].shown
        (shown.add if data["on"] else shown.discard)(data["item"])

    def _predicted(self, event: RoomEvent, data: Mapping[str, Any]) -> None:
        curve = None if data["curve"] is None else tuple(data["curve"])
        told = Prediction(curve, data["choice"], data["reason"], event.at, data.get("may_show", False))
        self.rounds[data["round"]].predictions[event.by] = told

    def _drafted(self, _event: RoomEvent, data: Mapping[str, Any]) -> None:
        draft = self.rounds[data["round"]].drafts.setdefault(data["team"], {})
        if data["spend"] is None:
            draft.pop(data["strand"], None)
        else:
            draft[data["strand"]] = _spend(data["spend"])

    def _committed(self, event: RoomEvent, data: Mapping[str, Any]) -> None:
        at = self.rounds[data["round"]]
        at.commits[data["team"]] = {name: _spend(spend) for name, spend in data["design"].items()}
        at.committed_by[data["team"]] = (event.by, event.at)

    def _reopened(self, _event: RoomEvent, data: Mapping[str, Any]) -> None:
        at = self.rounds[data["round"]]
        at.commits.pop(data["team"], None)
        at.committed_by.pop(data["team"], None)

    def _shocked(self, _event: RoomEvent, data: Mapping[str, Any]) -> None:
        at = self.rounds[data["round"]]
        at.shocks.append(RoundShock.model_validate(data["shock"]))
        at.shock_requests.append(data["request"])

    def _calmed(self, _event: RoomEvent, data: Mapping[str, Any]) -> None:
        del self.rounds[data["round"]].shocks[data["left"] :]

    def _planned(self, _event: RoomEvent, data: Mapping[str, Any]) -> None:
        kept = self.rounds[: data["first"]]
        self.rounds = [*kept, *[Round(RoundPlan.model_validate(plan)) for plan in data["rounds"]]]


def _spend(values: Any) -> Spend:
    start, end, days = values
    return int(start), int(end), int(days)
