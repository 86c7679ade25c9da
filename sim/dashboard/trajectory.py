"""Simulate ahead: the whole future of one replicate, in arrays small enough to be sent to a browser once.

A state of a person takes one byte a week (0 to 255 for 0 to 1), what happened to the person another. The weekly table
keeps its measures as 32-bit numbers. Nothing here draws, and nothing here differs from any other run of the scenario.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.measure import CHARTS
from sim.dashboard.recorder import room_for, run_recorded
from sim.dashboard.shared import SharedCache, organisation_of
from sim.engine.recorder import MEASURE_NAMES, MEASURES
from sim.engine.run import PreparedRun, prepare
from sim.engine.state import World, copy_world, with_audiences
from sim.inputs.organisation import Organisation
from sim.inputs.scenario.description import Scenario

__all__ = ["SHOWN_MEASURES", "STAFF_STATES", "ReplicateTrajectory", "charts", "pack", "simulate", "simulate_weekly"]

Bytes = NDArray[np.uint8]

STAFF_STATES: dict[str, str] = {
    "safety": "Feels safe to speak up",
    "efficacy": "Believes it would be addressed",
    "aim": "Holds the shared aim",
    "habit_voice": "Habit of speaking up",
    "habit_team": "Habit of joining in",
    "habit_fail": "Habit of receiving failure well",
    "habit_learn": "Habit of learning from it",
    "capability": "Can facilitate",
}
"""States of a person that can be looked at, with their words."""

SHOWN_MEASURES = tuple(measure.name for measure in MEASURES if measure.in_dashboard)
"""Weekly measures that pictures show."""


_TOLD_APART = {"Feel Safe": "Feel Safe (norm)"}
"""The norm is what people do; that they feel safe is what they say in a survey."""


def charts() -> list[dict[str, Any]]:
    """Return the small charts of the page with the measures that they draw, in the order of their colours."""
    made = []
    for key, (title, term) in CHARTS.items():
        drawn = sorted((one for one in MEASURES if one.chart == key), key=lambda one: one.chart_place)
        lines = [
            {
                "measure": f"{one.name}_q" if one.is_smoothed else one.name,
                "label": _TOLD_APART.get(one.short or one.label, one.short or one.label),
                "term": one.term or one.short,
            }
            for one in drawn
        ]
        made.append({"key": key, "title": title, "term": term, "low": 0, "high": 1, "bare": True, "lines": lines})
    return made


@dataclass(frozen=True, eq=False)
class ReplicateTrajectory:
    """The future of one replicate of a scenario.

    Parameters
    ----------
    prepared : what was run
    seed, replicate : whose chance events
    states : [n_weeks + 1, n_staff] for each state that was asked for, 0 to 255
    events : [n_weeks + 1, n_staff]; outcome of the week before (0 to 6), + 8 if somebody new is in the seat,
        + 16 if the person can facilitate, + 32 if there is nobody in the seat, whose states then say nothing
    team_control, senior_control, purpose : [n_weeks + 1, n_teams, n_seniors or n_pairs], 0 to 255
    vacant : [n_weeks + 1, n_seniors], 1 while a post has no settled holder
    weekly : [n_weeks + 1, n_measures], the organisation's weekly table
    """

    prepared: PreparedRun
    seed: int
    replicate: int
    states: Mapping[str, Bytes]
    events: Bytes
    team_control: Bytes
    senior_control: Bytes
    purpose: Bytes
    vacant: Bytes
    weekly: NDArray[np.float64]

    @property
    def scenario(self) -> Scenario:
        """What was run."""
        return self.prepared.scenario

    @property
    def n_weeks(self) -> int:
        """Weeks after week 0."""
        return len(self.weekly) - 1

    def series(self, measure: str) -> NDArray[np.float64]:
        """Return [n_weeks + 1], one weekly measure."""
        return self.weekly[:, MEASURE_NAMES.index(measure)]


def simulate(
    scenario: Scenario,
    seed: int,
    replicate: int = 0,
    *,
    states: tuple[str, ...] = ("safety",),
    organisation: Organisation | None = None,
) -> ReplicateTrajectory:
    """Run one replicate and keep every person's states week by week.

    Parameters
    ----------
    scenario : what is run
    seed, replicate : whose chance events
    states : which of :data:`STAFF_STATES` to keep
    organisation : who works where; the scenario's own if left out

    Raises
    ------
    InputError : the organisation's tables have faults
    """
    prepared, world, key = _at_week_0(scenario, seed, replicate, organisation or organisation_of(scenario))
    n_rows = prepared.n_weeks + 1
    kept = room_for(world, n_rows, states)
    weekly = prepared.empty_table(n_rows, 1)
    prepared.engine.entry_point(run_recorded)(world, prepared.plan, key, prepared.n_weeks, weekly, kept)
    return ReplicateTrajectory(
        prepared=prepared,
        seed=seed,
        replicate=replicate,
        states={name: kept.states[place] for place, name in enumerate(states)},
        events=kept.events,
        team_control=kept.team_control,
        senior_control=kept.senior_control,
        purpose=kept.purpose,
        vacant=kept.vacant,
        weekly=weekly[:, 0],
    )


def simulate_weekly(
    scenario: Scenario, seed: int, replicate: int = 0, organisation: Organisation | None = None
) -> NDArray[np.float64]:
    """Return [n_weeks + 1, n_measures], the weekly table of one replicate, without its people."""
    prepared, world, key = _at_week_0(scenario, seed, replicate, organisation or organisation_of(scenario))
    weekly = prepared.empty_table(prepared.n_weeks + 1, 1)
    prepared.run_weeks(world, key, 0, prepared.n_weeks, weekly)
    return weekly[:, 0]


@dataclass(frozen=True, eq=False)
class _Past:
    """What all futures of one world have in common, whatever is done in them: how it came to be as it is in week 0."""

    prepared: PreparedRun
    world: World
    key: NDArray[np.uint32]


_MOST_BYTES_OF_PASTS = 12_000_000
_AHEAD = {"name", "title", "story", "weeks", "start", "compare_with", "support_ends", "timeline"}
"""What the past of a scenario does not depend on."""


def _at_week_0(
    scenario: Scenario, seed: int, replicate: int, organisation: Organisation
) -> tuple[PreparedRun, World, NDArray[np.uint32]]:
    """Return a scenario ready to run, its world at week 0, and the key of its chance.

    While somebody changes what is done, the past is lived through once.
    """
    # What an identity stands for is kept with the past, and so stays what it is.
    same = (scenario.model_dump_json(exclude=_AHEAD), id(organisation), id(scenario.rulebook), seed, replicate)
    past = _pasts.get(same, lambda: _past(scenario, seed, replicate, organisation))
    prepared = past.prepared.under(scenario)
    return prepared, with_audiences(copy_world(past.world), prepared.ties, prepared.audiences), past.key


def _past(scenario: Scenario, seed: int, replicate: int, organisation: Organisation) -> _Past:
    prepared = prepare(scenario.model_copy(update={"timeline": ()}), organisation)
    return _Past(prepared, *prepared.start(seed, replicate))


def _past_bytes(past: _Past) -> int:
    world, ties = past.world, past.prepared.ties
    columns = (world.staff, world.teams, world.seniors, world.pairs, world.services, *world.scratch, *world.ties)
    return sum(int(part.nbytes) for part in (*columns, *vars(ties).values()) if isinstance(part, np.ndarray))


_pasts: SharedCache[_Past] = SharedCache(_MOST_BYTES_OF_PASTS, _past_bytes)


def pack(trajectory: ReplicateTrajectory, keep: Callable[[str], bool] | None = None) -> dict[str, Any]:
    """Return a trajectory as one text of base64 and the places of its parts, for a browser.

    Bytes are written as differences from the week before, which are mostly zero, and compressed.

    Parameters
    ----------
    trajectory : what is to be sent
    keep : tells by name which parts to send; all if left out
    """
    parts: dict[str, NDArray[Any]] = {
        **{f"state.{name}": values for name, values in trajectory.states.items()},
        "events": trajectory.events,
        "team_control": trajectory.team_control,
        "senior_control": trajectory.senior_control,
        "purpose": trajectory.purpose,
        "vacant": trajectory.vacant,
    }
    sent = {name: part for name, part in parts.items() if keep is None or keep(name)}
    # Few differences are the same for long: to look for what repeats makes it larger, and takes longer.
    packer = zlib.compressobj(level=1, strategy=zlib.Z_HUFFMAN_ONLY)
    # All at once: whoever packs lets other threads in between, and may have to wait for its turn.
    content = packer.compress(b"".join(_differences(part).tobytes() for part in sent.values())) + packer.flush()
    return {
        "rows": trajectory.n_weeks + 1,
        "parts": [[name, int(part.shape[1])] for name, part in sent.items()],
        "bytes": base64.b64encode(content).decode("ascii"),
        "weekly": pack_weekly(trajectory.weekly),
    }


def pack_weekly(weekly: NDArray[np.float64]) -> str:
    """Return the shown measures, [n_measures, n_weeks + 1] 32-bit numbers, as base64."""
    columns = [MEASURE_NAMES.index(name) for name in SHOWN_MEASURES]
    return base64.b64encode(np.ascontiguousarray(weekly[:, columns].T, dtype="<f4").tobytes()).decode("ascii")


def _differences(part: Bytes) -> Bytes:
    first = np.zeros((1, part.shape[1]), dtype=np.uint8)
    return np.asarray(np.diff(part, axis=0, prepend=first), dtype=np.uint8)
