"""The state of a running world, laid out from the columns that the rules declare.

Rows are seats, not people: a leaver's seat stands vacant until a newcomer takes it, so no array ever grows and nobody
else's chance events move.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import Fault
from sim.base.terms import N_BY_SEAT
from sim.engine.plan import Audiences, Plan
from sim.engine.ties import Ties
from sim.inputs.organisation import Organisation
from sim.rulebook.columns import StaffColumns
from sim.rulebook.rulebook import GROUPS, RULEBOOK, Rulebook
from sim.rules.staff import SUSCEPTIBILITY_ROWS

__all__ = [
    "COLUMNS",
    "Scratch",
    "TieRows",
    "World",
    "allocate",
    "copy_world",
    "n_rows",
    "out_of_range",
    "set_initial_values",
    "with_audiences",
]

Array = NDArray[Any]

COLUMNS = RULEBOOK.columns
"""Every column of the state under the rules of the package, by group and name."""


class TieRows(NamedTuple):
    """The sparse rows of :class:`sim.engine.ties.Ties`, as the compiled week reads them."""

    indptr: Array
    indices: Array
    weight: Array
    committee_indptr: Array
    committee_indices: Array
    committee_entry: Array
    team_indptr: Array
    team_indices: Array
    team_weight: Array
    team_committee: Array


class Scratch(NamedTuple):
    """Room to work in: nothing here outlives a week.

    ``by_seat`` [N_BY_SEAT, seats of the largest service] holds what a rule lays out for each seat of a service (of its
    team, say) before it runs down the columns.
    """

    opportunity_draws: Array
    response_draws: Array
    by_seat: Array
    susceptibility: Array
    susceptibility_of: Array
    score: Array
    order: Array


class World(NamedTuple):
    """Everything that a week reads and writes: columns of staff, and a record array for each other group."""

    staff: StaffColumns
    teams: Array
    seniors: Array
    pairs: Array
    services: Array
    ties: TieRows
    scratch: Scratch


def allocate(organisation: Organisation, ties: Ties, audiences: Audiences, rulebook: Rulebook = RULEBOOK) -> World:
    """Return a world in which everybody has a place and every state is zero.

    Parameters
    ----------
    organisation, ties : who works where, and who is tied to whom
    audiences : whom the plan's interventions reach
    rulebook : whose columns the world has
    """
    pairs = _pairs(organisation)
    sizes = {
        "staff": organisation.n_staff,
        "teams": organisation.n_teams,
        "seniors": organisation.n_seniors,
        "pairs": len(pairs),
        "services": organisation.n_services,
    }
    groups: dict[str, Any] = {group: rulebook.zeros(group, sizes[group]) for group in GROUPS}
    groups["pairs"]["first_senior"] = [a for a, _ in pairs]
    groups["pairs"]["second_senior"] = [b for _, b in pairs]
    groups["staff"]["staff_group"] = organisation.staff_group
    for group, numbers in zip(("staff", "teams", "seniors", "services"), organisation.chance_numbers(), strict=True):
        groups[group]["chance"] = numbers
    _set_bounds(groups["teams"], "seat", organisation.team_start)
    _set_bounds(groups["services"], "team", organisation.service_team_start)
    _set_bounds(groups["services"], "seat", organisation.team_start[organisation.service_team_start])
    _set_bounds(groups["services"], "senior", organisation.service_senior_start)
    n_seniors = np.diff(organisation.service_senior_start)
    _set_bounds(groups["services"], "pair", np.concatenate([[0], np.cumsum(n_seniors * (n_seniors - 1) // 2)]))
    groups["teams"]["all_tied"] = ties.all_tied
    world = World(**groups, ties=_tie_rows(ties), scratch=_scratch(organisation))
    return with_audiences(world, ties, audiences)


def with_audiences(world: World, ties: Ties, audiences: Audiences) -> World:
    """Return the same world (not a copy) under another plan: whom interventions reach, and committees' ties."""
    world.staff["audience"] = audiences.staff
    world.teams["audience"] = audiences.teams
    world.seniors["audience"] = audiences.seniors
    world.services["rule_class"] = audiences.services
    return world._replace(ties=_tie_rows(ties))


def _tie_rows(ties: Ties) -> TieRows:
    return TieRows(*(getattr(ties, name) for name in TieRows._fields))


def _set_bounds(group: Array, what: str, start: NDArray[np.int64]) -> None:
    group[f"first_{what}"] = start[:-1]
    group[f"last_{what}"] = start[1:]


def _scratch(organisation: Organisation) -> Scratch:
    largest_service = int(np.diff(organisation.team_start[organisation.service_team_start]).max())
    return Scratch(
        opportunity_draws=np.zeros((4, largest_service)),
        response_draws=np.zeros((4, largest_service)),
        by_seat=np.zeros((N_BY_SEAT, largest_service)),
        susceptibility=np.zeros(SUSCEPTIBILITY_ROWS),
        susceptibility_of=np.full(2, np.nan),
        score=np.zeros(largest_service),
        order=np.zeros(largest_service, dtype=np.uint32),
    )


def _pairs(organisation: Organisation) -> list[tuple[int, int]]:
    """Return the pairs of senior leaders, service by service."""
    starts = organisation.service_senior_start
    return [
        pair
        for first, last in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
        for pair in combinations(range(first, last), 2)
    ]


_BOUNDS = {"staff": "seat", "teams": "team", "seniors": "senior", "pairs": "pair"}


def set_initial_values(world: World, plan: Plan, rulebook: Rulebook = RULEBOOK) -> None:
    """Give every column the value that it is declared to begin with, in place; nothing of a past is left.

    A parameter's name stands for its value in the service of the row.
    """
    rules = plan.rules[0]
    service_of = {"services": np.arange(len(world.services))}
    for group, what in _BOUNDS.items():
        n_in_each = world.services[f"last_{what}"] - world.services[f"first_{what}"]
        service_of[group] = np.repeat(service_of["services"], n_in_each)
    for group in GROUPS:
        values = getattr(world, group)
        for name, column in rulebook.columns[group].items():
            if isinstance(column.initial, str):
                values[name] = rules[column.initial][world.services["rule_class"][service_of[group]]]
            elif column.initial is not None:
                values[name] = column.initial


def copy_world(world: World) -> World:
    """Return a world that can go its own way: its columns are copied, its ties are shared."""
    return World(
        staff=world.staff.copy(),
        teams=world.teams.copy(),
        seniors=world.seniors.copy(),
        pairs=world.pairs.copy(),
        services=world.services.copy(),
        ties=world.ties,
        scratch=Scratch(*(part.copy() for part in world.scratch)),
    )


def vacant_seats(staff: StaffColumns) -> NDArray[np.bool_]:
    """Return [n_seats], in which there is nobody; none under rules that know no vacancies."""
    known = "vacant_weeks" in staff._fields
    return np.asarray(staff["vacant_weeks"] > 0) if known else np.zeros(staff.n_seats, dtype=np.bool_)


def n_rows(world: World, group: str) -> int:
    """Return how many rows a group of columns has."""
    return world.staff.n_seats if group == "staff" else len(getattr(world, group))


def out_of_range(world: World, rulebook: Rulebook = RULEBOOK) -> list[Fault]:
    """Return a fault for each column that holds a value outside its declared range (none in a sound world)."""
    faults = []
    for group, declared in rulebook.columns.items():
        for name, column in declared.items():
            values = getattr(world, group)[name]
            wrong = np.flatnonzero(~((values >= column.lowest) & (values <= column.highest)))
            if len(wrong):
                wanted = f"a value from {column.lowest:g} to {column.highest:g}"
                faults.append(Fault(f"{group}.{name}[{wrong[0]}]", wanted, f"{values[wrong[0]]}"))
    return faults
