"""What a film shows: everybody's state in the weeks that have a picture, and the curves of the whole run.

One run is shown person by person; the curves carry the spread of many, so that nobody takes one run for the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import InputError
from sim.engine.run import PreparedRun, prepare
from sim.engine.state import World, vacant_seats
from sim.inputs.organisation import Organisation
from sim.inputs.scenario.description import Scenario, build_organisation
from sim.inputs.scenario.files import compared_with
from sim.results.ensemble import PairedEnsemble, Progress, run_paired

__all__ = ["FACILITATES_FROM", "MOST_PEOPLE", "N_RUNS", "FilmRecording", "record", "shown_weeks"]

MOST_PEOPLE = 10_000
"""More people than this cannot be told apart in a picture."""

N_RUNS = 40
"""Runs that the band of the curves rests on; the first of them is shown."""

FACILITATES_FROM = 0.5
"""Somebody with this much capability is marked as a facilitator."""

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class FilmRecording:
    """One run, as far as it is shown.

    Parameters
    ----------
    prepared : what was run
    paired : the runs of the scenario and of what it is compared with; the first run is the one shown
    weeks : [n_pictures], the weeks shown
    safety, team_control, senior_control, purpose : [n_pictures, n_staff, n_teams, n_seniors or n_pairs], 0 to 255
    facilitates, empty : [n_pictures, n_staff], who can facilitate, and in which seats there is nobody
    vacant : [n_pictures, n_seniors], which senior posts are not settled
    """

    prepared: PreparedRun
    paired: PairedEnsemble
    weeks: tuple[int, ...]
    safety: Bytes
    facilitates: NDArray[np.bool_]
    empty: NDArray[np.bool_]
    team_control: Bytes
    senior_control: Bytes
    purpose: Bytes
    vacant: NDArray[np.bool_]

    @property
    def scenario(self) -> Scenario:
        """What was run."""
        return self.prepared.scenario

    @property
    def organisation(self) -> Organisation:
        """Who works where."""
        return self.prepared.organisation


def shown_weeks(n_weeks: int, every: int) -> tuple[int, ...]:
    """Return every so many weeks from week 0, and always the last.

    Examples
    --------
    >>> shown_weeks(10, 4)
    (0, 4, 8, 10)
    """
    weeks = list(range(0, n_weeks + 1, every))
    return tuple(weeks if weeks[-1] == n_weeks else [*weeks, n_weeks])


def record(
    scenario: Scenario, seed: int, weeks: int | None, every: int, progress: Progress | None = None
) -> FilmRecording:
    """Run a scenario and keep what a film shows of it.

    Parameters
    ----------
    scenario : what is run
    seed : whose chance events
    weeks : weeks shown; those of the scenario if left out
    every : weeks from one picture to the next
    progress : called with the number of runs done

    Raises
    ------
    InputError : there are too many people for a picture, or the organisation's tables have faults
    """
    scenario = scenario if weeks is None else _for_weeks(scenario, weeks)
    organisation = _few_enough(scenario)
    other = compared_with(scenario)
    compare_with = None if other is None else _for_weeks(other, scenario.weeks)
    other_organisation = organisation if other is None or other.tables is None else None
    paired = run_paired(
        scenario,
        N_RUNS,
        seed,
        compare_with=compare_with,
        organisation=other_organisation,
        progress=progress,
        stop_upkeep=False,
    )
    prepared = prepare(scenario, organisation)
    return _step_through(prepared, paired, seed, shown_weeks(scenario.weeks, every))


def _for_weeks(scenario: Scenario, weeks: int) -> Scenario:
    """Return the scenario with another length; what would begin later is left out."""
    begun = tuple(entry for entry in scenario.timeline if entry.first_week < weeks)
    return scenario.replace(weeks=weeks, timeline=begun)


def _few_enough(scenario: Scenario) -> Organisation:
    shape = scenario.organisation
    n_staff = 0 if scenario.tables else shape.services * shape.teams * shape.team_size
    organisation = None if n_staff > MOST_PEOPLE else build_organisation(scenario)
    if organisation is None or organisation.n_people > MOST_PEOPLE:
        came = f"{n_staff:,} staff" if organisation is None else f"{organisation.n_people:,} people"
        hint = "lower teams or services: a film is for looking at a service"
        raise InputError.single("film", f"an organisation of at most {MOST_PEOPLE:,} people", came, hint)
    return organisation


def _step_through(prepared: PreparedRun, paired: PairedEnsemble, seed: int, weeks: tuple[int, ...]) -> FilmRecording:
    world, key = prepared.start(seed, paired.arm.replicates[0])
    kept = [_look(world)]
    for week, later in pairwise(weeks):
        n_weeks = later - week
        prepared.run_weeks(world, key, week, n_weeks, prepared.empty_table(n_weeks + 1, 1))
        kept.append(_look(world))
    safety, facilitates, empty, team_control, senior_control, purpose, vacant = map(np.array, zip(*kept, strict=True))
    return FilmRecording(
        prepared, paired, weeks, safety, facilitates, empty, team_control, senior_control, purpose, vacant
    )  # fmt: skip


def _look(world: World) -> tuple[NDArray[np.generic], ...]:
    empty = vacant_seats(world.staff)
    return (
        _byte(world.staff["safety"]),
        (world.staff["capability"] >= FACILITATES_FROM) & ~empty,
        empty,
        _byte(world.teams["control"]),
        _byte(world.seniors["control"]),
        _byte(world.pairs["purpose"]),
        world.seniors["weeks_in_post"] < 0,
    )


def _byte(share: NDArray[np.float64]) -> Bytes:
    """Return shares in [0, 1] as the nearest of 256 steps."""
    return np.asarray(share * 255.0 + 0.5, dtype=np.uint8)
