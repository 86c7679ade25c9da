"""The two kinds of session: in one people predict and design, in the other tables of three play the game."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from sim.room import actions, arms, cards, export, rules, views
from sim.room.actions import OpenRoom
from sim.room.running import WantedWork
from sim.room.state import Room, Session
from sim.room.tables import actions as tables_actions
from sim.room.tables import export as tables_export
from sim.room.tables import rules as tables_rules
from sim.room.tables import views as tables_views
from sim.room.tables.actions import OpenTables
from sim.room.tables.state import TablesRoom

__all__ = ["Kind", "kind_of", "opened_by"]


@dataclass(frozen=True)
class Kind:
    """What is particular to one kind of session.

    Parameters
    ----------
    join, stand_in, participate, steer : what may happen next
    wanted : what has to be run for a room, and whether somebody looks at it
    participant_action, steering_action : what may be asked
    participant_view, steering_view, board_view : what pages are given
    pages : the scripts of the phones, of the page that steers, and of the board, by their general names
    cards_of : what is printed for those without a phone
    csv_of, report_of : what is taken away
    """

    join: Callable[[Any, Any], rules.NewEvents]
    stand_in: Callable[[Any, int, int], rules.NewEvents]
    participate: Callable[[Any, int, Any], rules.NewEvents]
    steer: Callable[[Any, Any], rules.NewEvents]
    wanted: Callable[[Any, bool], Sequence[WantedWork]]
    participant_action: TypeAdapter[Any]
    steering_action: TypeAdapter[Any]
    participant_view: Callable[..., dict[str, Any]]
    steering_view: Callable[..., dict[str, Any]]
    board_view: Callable[..., dict[str, Any]]
    pages: Mapping[str, tuple[str, ...]]
    cards_of: Callable[[Any], str]
    csv_of: Callable[..., str]
    report_of: Callable[..., str]


_ROUNDS = Kind(
    join=rules.join,
    stand_in=rules.stand_in,
    participate=rules.participate,
    steer=rules.steer,
    wanted=lambda room, _is_looked_at: arms.wanted(room),
    participant_action=actions.participant_action,
    steering_action=actions.steering_action,
    participant_view=views.participant_view,
    steering_view=views.steering_view,
    board_view=views.board_view,
    pages={
        "play": ("charts", "sketch", "design", "room", "come_in", "play"),
        "steer": ("charts", "room", "invitation", "steer"),
        "board": ("charts", "room", "invitation", "board"),
    },
    cards_of=cards.cards_of,
    csv_of=export.csv_of,
    report_of=export.report_of,
)

_TABLES = Kind(
    join=tables_rules.join,
    stand_in=tables_rules.stand_in,
    participate=tables_rules.participate,
    steer=tables_rules.steer,
    wanted=lambda room, is_looked_at: room.wanted if is_looked_at else [],
    participant_action=tables_actions.participant_action,
    steering_action=tables_actions.steering_action,
    participant_view=tables_views.participant_view,
    steering_view=tables_views.steering_view,
    board_view=tables_views.board_view,
    pages={
        "play": ("charts", "debrief", "room", "come_in", "table"),
        "steer": ("charts", "debrief", "room", "invitation", "steer_tables"),
        "board": ("charts", "debrief", "room", "invitation", "board_tables"),
    },
    cards_of=cards.table_cards_of,
    csv_of=tables_export.csv_of,
    report_of=tables_export.report_of,
)


def kind_of(room: Session) -> Kind:
    """Return what is particular to a room."""
    return _TABLES if isinstance(room, TablesRoom) else _ROUNDS


def opened_by(action: OpenRoom | OpenTables, code: str) -> tuple[Session, Callable[[Any], rules.NewEvents]]:
    """Return the room, empty as yet, that a request opens, and what decides on its first event."""
    if isinstance(action, OpenTables):
        return TablesRoom(code), lambda _room: tables_rules.open_room(action)
    return Room(code), lambda _room: rules.open_room(action)
