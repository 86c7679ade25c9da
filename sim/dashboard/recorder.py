"""The compiled recorder of a future: every person's states, week by week, in bytes.

All weeks are run and recorded in one call, which other threads of the server need not wait for.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.base.compilation import array_kernel, inlined_kernel, kernel
from sim.engine.recorder import record
from sim.engine.state import World
from sim.engine.week import live_weeks

__all__ = ["FACILITATES_FROM", "STATE_NAMES", "VACANT", "RecordedStates", "room_for", "run_recorded"]

Bytes = NDArray[np.uint8]

STATE_NAMES = ("safety", "efficacy", "aim", "habit_voice", "habit_team", "habit_fail", "habit_learn", "capability")
"""States of a person that are recorded, in this order."""

FACILITATES_FROM = 0.5
"""Somebody with this capability or more can facilitate."""

_NEW_IN_SEAT, _FACILITATOR, VACANT = 8, 16, 32
"""What is told of a seat beside the outcome: bits of one number."""


class RecordedStates(NamedTuple):
    """What is recorded of a run.

    Parameters
    ----------
    which : [n_states], the places of states in :data:`STATE_NAMES`
    states : [n_states, n_weeks + 1, n_staff], 0 to 255
    events : [n_weeks + 1, n_staff]; outcome of the week before (0 to 6), + 8 if somebody new is in the seat,
        + 16 if the person can facilitate, + 32 if there is nobody in the seat, whose states then say nothing
    team_control, senior_control, purpose : [n_weeks + 1, n_teams, n_seniors or n_pairs], 0 to 255
    vacant : [n_weeks + 1, n_seniors], 1 while a post has no settled holder
    """

    which: NDArray[np.int64]
    states: Bytes
    events: Bytes
    team_control: Bytes
    senior_control: Bytes
    purpose: Bytes
    vacant: Bytes


def room_for(world: World, n_rows: int, states: tuple[str, ...]) -> RecordedStates:
    """Return a recording with room for ``n_rows`` weeks of a world and some states of its people, all zero."""
    n_staff, n_seniors = world.staff.n_seats, world.seniors.size
    return RecordedStates(
        which=np.array([STATE_NAMES.index(name) for name in states], dtype=np.int64),
        states=np.zeros((len(states), n_rows, n_staff), dtype=np.uint8),
        events=np.zeros((n_rows, n_staff), dtype=np.uint8),
        team_control=np.zeros((n_rows, world.teams.size), dtype=np.uint8),
        senior_control=np.zeros((n_rows, n_seniors), dtype=np.uint8),
        purpose=np.zeros((n_rows, world.pairs.size), dtype=np.uint8),
        vacant=np.zeros((n_rows, n_seniors), dtype=np.uint8),
    )


@array_kernel
def run_recorded(world: Any, plan: Any, key: Any, n_weeks: Any, table: Any, kept: Any) -> None:
    """Run a world from week 0, and record it.

    Parameters
    ----------
    world : the state at week 0, changed in place
    plan, key : of :func:`sim.engine.week.live_weeks`
    n_weeks : how many weeks to run
    table : [n_weeks + 1, 1, n_measures], the weekly table
    kept : of :func:`room_for`, with n_weeks + 1 rows
    """
    arrivals = world.staff.arrivals.copy()
    for row in range(n_weeks + 1):
        if row > 0:
            live_weeks(world, plan, key, row - 1, 1, table[:0])
        record(world, table[row])
        _record_states(world, kept, row)
        _record_events(world, kept, row, arrivals)
        _record_leaders(world, kept, row)


@inlined_kernel
def _record_states(world: Any, kept: Any, row: Any) -> None:
    staff = world.staff
    columns = (
        staff.safety, staff.efficacy, staff.aim, staff.habit_voice, staff.habit_team, staff.habit_fail,
        staff.habit_learn, staff.capability,
    )  # fmt: skip
    for place in range(kept.which.size):
        _as_bytes(columns[kept.which[place]], kept.states[place, row])


@kernel
def _as_bytes(column: Any, written: Any) -> None:
    for i in range(written.size):
        written[i] = np.uint8(column[i] * 255.0 + 0.5)


@inlined_kernel
def _record_events(world: Any, kept: Any, row: Any, arrivals: Any) -> None:
    events, staff = kept.events, world.staff
    for i in range(arrivals.size):
        is_new = 1 if staff.arrivals[i] != arrivals[i] else 0
        is_vacant = 1 if staff.vacant_weeks[i] > 0.0 else 0
        can_facilitate = 1 if staff.capability[i] >= FACILITATES_FROM and is_vacant == 0 else 0
        flags = _NEW_IN_SEAT * is_new + _FACILITATOR * can_facilitate + VACANT * is_vacant
        events[row, i] = np.uint8(staff.outcome[i] + flags)
        arrivals[i] = staff.arrivals[i]


@inlined_kernel
def _record_leaders(world: Any, kept: Any, row: Any) -> None:
    for team in range(world.teams.size):
        kept.team_control[row, team] = np.uint8(world.teams[team].control * 255.0 + 0.5)
    for senior in range(world.seniors.size):
        kept.senior_control[row, senior] = np.uint8(world.seniors[senior].control * 255.0 + 0.5)
        kept.vacant[row, senior] = np.uint8(1 if world.seniors[senior].weeks_in_post < 0 else 0)
    for pair in range(world.pairs.size):
        kept.purpose[row, pair] = np.uint8(world.pairs[pair].purpose * 255.0 + 0.5)
