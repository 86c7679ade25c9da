"""A room in which the game is played, as it stands: people, tables, and the game of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from sim.game.service import Service, WeeksPlayed
from sim.game.setup import CHAIRS, Setup
from sim.game.state import Game
from sim.game.state import GameEvent as GameEvent
from sim.game.timeline import scenario_of
from sim.results.store.keys import config_key
from sim.room.state import Participant, RoomEvent, Session

__all__ = ["Debriefing", "Phase", "Place", "TablesRoom", "game_event"]

Phase = Literal["lobby", "play", "debrief", "ended"]


@dataclass(frozen=True)
class Debriefing:
    """A game that is over, whose twins are to be run."""

    game: Game

    @cached_property
    def key(self) -> str:
        """A hash of everything that decides what comes of it."""
        by_model = "".join(str(int(is_so)) for closed in self.game.closed for is_so in closed.by_model)
        return f"debrief-{config_key(scenario_of(self.game), self.game.setup.seed)}-{by_model}"


@dataclass
class Place:
    """One table.

    Parameters
    ----------
    game : as it stands
    service : what quarters make of the table's service
    seats : who sits in each chair, by number; None where the model plays
    since : when the quarter under way began, in seconds since 1970
    played : what each quarter has done, as far as it has been computed
    debriefing : what has to be run for its debrief; None before its game is over
    """

    game: Game
    service: Service
    seats: list[int | None] = field(default_factory=lambda: [None for _ in CHAIRS])
    since: float = 0.0
    played: tuple[WeeksPlayed, ...] = ()
    debriefing: Debriefing | None = None

    @property
    def is_played(self) -> bool:
        """Whether somebody plays there, or has played."""
        return bool(self.game.closed) or any(self.seats)

    @property
    def is_ready(self) -> bool:
        """Whether it is known what each quarter has done."""
        return len(self.played) == len(self.game.closed)

    def chair_of(self, number: int) -> int | None:
        """Return the chair of somebody; None if they look on."""
        return self.seats.index(number) + 1 if number in self.seats else None

    def happen(self, data: Mapping[str, Any], at: float) -> None:
        """Let something have happened in the game."""
        event = game_event(data)
        self.game = self.game.after(event)
        if event.kind == "taken":
            self.seats[event.by - 1] = data["person"]
        elif event.kind == "left":
            self.seats[event.by - 1] = None
        elif event.kind == "closed":
            self.since = at
            self.debriefing = Debriefing(self.game) if self.game.is_over else None

    @property
    def free_chair(self) -> int | None:
        """The first chair in which nobody sits."""
        return next((chair for chair in CHAIRS if self.seats[chair - 1] is None), None)


class TablesRoom(Session):
    """A room in which the game is played; its teams are tables."""

    def __init__(self, code: str, events: Iterable[RoomEvent] = ()) -> None:
        self.tables: list[Place] = []
        self.styles: dict[int, float | None] = {}
        super().__init__(code, events)

    @cached_property
    def setup(self) -> Setup:
        """What all tables begin with."""
        return self.tables[0].game.setup

    @property
    def is_ready(self) -> bool:
        """Whether it is known what each quarter has done."""
        return all(table.is_ready for table in self.tables)

    def get_ready(self) -> None:
        """Compute what quarters have done; called outside the server's loop."""
        for table in self.tables:
            if not table.is_ready:
                table.played = table.service.quarters(table.game)

    @property
    def wanted(self) -> list[Debriefing]:
        """Everything that has to be run for it."""
        return [table.debriefing for table in self.tables if table.debriefing is not None]

    def onlookers(self, place: int) -> list[Participant]:
        """Return who looks on at a table, in the order in which they came."""
        return [person for person in self.members(place) if self.tables[place].chair_of(person.number) is None]

    def _opened_tables(self, event: RoomEvent, data: Mapping[str, Any]) -> None:
        self.title, self.opened_at = data["title"], event.at
        self.n_teams, self.choose_teams = data["n_teams"], True
        self.contract = data["contract"]
        setup = Setup.model_validate(data["setup"])
        self.tables = [Place(Game(setup), Service(setup), since=event.at) for _ in range(self.n_teams)]

    def _played(self, event: RoomEvent, data: Mapping[str, Any]) -> None:
        self.tables[data["team"]].happen(data, event.at)

    def _seated(self, _event: RoomEvent, data: Mapping[str, Any]) -> None:
        self.people[data["person"]].team = data["team"]

    def _styled(self, event: RoomEvent, data: Mapping[str, Any]) -> None:
        self.styles[event.by] = data["style"]

    def _went(self, event: RoomEvent, data: Mapping[str, Any]) -> None:
        if data["to"] == "ended":
            self.before_end = self.phase
        if data["to"] == "play" and self.phase == "lobby":
            for table in self.tables:
                table.since = event.at
        self.phase = data["to"]


def game_event(data: Mapping[str, Any]) -> GameEvent:
    """Return the event of a table's game that an event of the room tells."""
    return GameEvent(data["kind"], data["chair"], data["data"])
