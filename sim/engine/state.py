"""The columns of a running world: one declaration each, from which allocation, checks and documentation come.

Rows are seats, not people: a leaver's seat is refilled at once, so no array ever grows and nobody else's chance events
move. ``owner`` names the mechanisms that may write a column; a test holds them to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.base.compilation import inlined_kernel
from sim.engine.plan import Audiences
from sim.engine.ties import Ties
from sim.inputs.organisation import Organisation

__all__ = [
    "COLUMNS",
    "Column",
    "Outcome",
    "Scratch",
    "TieRows",
    "World",
    "allocate",
    "clip",
    "copy_world",
    "out_of_range",
    "with_audiences",
]

Array = NDArray[Any]


class Outcome:
    """What became of a person's opportunity this week: how far it came in the teaming cycle."""

    NONE = 0
    SILENT = 1
    NOT_JOINED = 2
    NOT_RECEIVED = 3
    PUNISHED = 4
    HEARD = 5
    LEARNED = 6


N_OUTCOMES = 7
N_GROUPS = 5


@inlined_kernel
def clip(value: Any) -> Any:
    """Return a share kept within [0, 1]."""
    return min(1.0, max(0.0, value))


@dataclass(frozen=True)
class Column:
    """One column of the state: what it means, its type, its range and who may write it."""

    meaning: str
    owner: str
    dtype: str = "f8"
    lowest: float = 0.0
    highest: float = 1.0


def _share(meaning: str, owner: str) -> Column:
    return Column(meaning, owner)


def _count(meaning: str, owner: str, dtype: str = "f8") -> Column:
    return Column(meaning, owner, dtype, 0.0, np.inf)


def _fixed(meaning: str, dtype: str = "u4") -> Column:
    return Column(meaning, "", dtype, 0.0, np.inf)


STAFF: dict[str, Column] = {
    "safety": _share('"I feel safe to speak up"', "staff, turnover"),
    "efficacy": _share('"it would be addressed"', "staff, turnover"),
    "aim": _share("how strongly the shared aim is held", "staff, turnover"),
    "habit_voice": _share("habit of speaking up (Feel Safe)", "staff, turnover"),
    "habit_team": _share("habit of joining in (Team Up)", "staff, turnover"),
    "habit_fail": _share("habit of receiving failure well (Fail Well)", "staff, turnover"),
    "habit_learn": _share("habit of learning from it (Learn Fast)", "staff, turnover"),
    "capability": _share("capability to facilitate", "staff, training, turnover"),
    "safety_trait": _share("safety expected of any workplace", "turnover"),
    "efficacy_trait": _share("efficacy expected of any workplace", "turnover"),
    "neighbour_safety": _share("mean safety of the neighbours at the start of the week", "climate"),
    "tenure_weeks": _count("weeks since the person came", "turnover", "i4"),
    "arrivals": _count("people who have held the seat before", "turnover", "i4"),
    "outcome": Column("how far this week's opportunity came", "teaming", "u1", 0, N_OUTCOMES - 1),
    "staff_group": Column("staff group", "", "u1", 0, N_GROUPS - 1),
    "audience": _fixed("which interventions reach the person", "u2"),
}
"""Columns of staff members; one row for each seat, teams one after the other."""

TEAMS: dict[str, Column] = {
    "control": _share("control-based management of the team leader", "leaders, turnover"),
    "embedding": _share("how habitual relational leading is", "leaders, turnover"),
    "fail_well": _share("mean habit of receiving failure well at the start of the week", "climate"),
    "facilitation": _share("how far capability reaches the critical mass", "climate"),
    "ignored": _count("concerns ignored this week", "teaming"),
    "punished": _count("concerns punished this week", "teaming"),
    "heard": _count("concerns heard, but not learned from, this week", "teaming"),
    "learned": _count("concerns learned from this week", "teaming"),
    "first_seat": _fixed("first staff row"),
    "last_seat": _fixed("the staff row after the last"),
    "audience": _fixed("which coaching reaches the leader", "u2"),
}
"""Columns of teams and their leaders."""

SENIORS: dict[str, Column] = {
    "control": _share("control-based management", "leaders, turnover"),
    "embedding": _share("how habitual relational leading is", "leaders, turnover"),
    "successor_control": _share("control of whoever comes next", "turnover"),
    "successor_embedding": _share("embedding of whoever comes next", "turnover"),
    "weeks_in_post": Column("weeks since the post was filled; negative while vacant", "turnover", "i4", -208, np.inf),
    "is_leaving": Column("whether the seat changes hands this week", "turnover", "u1"),
}
"""Columns of senior leaders."""

PAIRS: dict[str, Column] = {
    "purpose": _share("shared purpose", "leaders, turnover"),
    "first_senior": _fixed("one of the two"),
    "second_senior": _fixed("the other"),
}
"""Columns of pairs of senior leaders."""

SERVICES: dict[str, Column] = {
    "turbulence": Column("turbulence around the service", "environment", "f8", -np.inf, np.inf),
    "pressure": _share("pressure on the service (P)", "environment"),
    "coherence": _share("mean shared purpose of the senior leaders (C)", "collective"),
    "collective_voice": _share("how relational the senior leaders are heard to be (M)", "collective"),
    "team_leader_control": _share("mean control of the team leaders at the start of the week", "climate"),
    "learned_share": _count("opportunities learned from, as a share of those expected (L)", "teaming"),
    "backlog": _share("backlog of unresolved problems (B)", "service"),
    "learning_stock": _share("what has been learned and not forgotten (Y)", "service"),
    "staff_leavers": _count("staff who left this week", "turnover"),
    "team_leader_leavers": _count("team leaders who left this week", "turnover"),
    "senior_leader_leavers": _count("senior leaders who left this week", "turnover"),
    "first_team": _fixed("first team"),
    "last_team": _fixed("the team after the last"),
    "first_seat": _fixed("first staff row"),
    "last_seat": _fixed("the staff row after the last"),
    "first_senior": _fixed("first senior leader"),
    "last_senior": _fixed("the senior leader after the last"),
    "first_pair": _fixed("first pair of senior leaders"),
    "last_pair": _fixed("the pair after the last"),
    "rule_class": _fixed("which rules are in force", "u2"),
}
"""Columns of services."""

COLUMNS: dict[str, dict[str, Column]] = {
    "staff": STAFF,
    "teams": TEAMS,
    "seniors": SENIORS,
    "pairs": PAIRS,
    "services": SERVICES,
}
"""Every column of the state, by group and name."""


def dtype_of(columns: dict[str, Column]) -> np.dtype[Any]:
    """Return the record type of a group of columns."""
    return np.dtype([(name, column.dtype) for name, column in columns.items()], align=True)


class TieRows(NamedTuple):
    """The sparse rows of :class:`sim.engine.ties.Ties`, as the compiled week reads them."""

    indptr: Array
    indices: Array
    committee_indptr: Array
    committee_indices: Array
    committee_entry: Array


class Scratch(NamedTuple):
    """Room to work in: nothing here outlives a week."""

    opportunity_draws: Array
    response_draws: Array
    team_draws: Array
    susceptibility: Array
    susceptibility_of: Array
    score: Array
    order: Array
    team: Array


class World(NamedTuple):
    """Everything that a week reads and writes: a record array for each group of columns."""

    staff: Array
    teams: Array
    seniors: Array
    pairs: Array
    services: Array
    ties: TieRows
    scratch: Scratch


_SUSCEPTIBILITY_ROWS = 40 * 104 + 1
"""Beyond 40 time constants a newcomer's extra susceptibility is below half a unit in the last place of 1."""


def allocate(organisation: Organisation, ties: Ties, audiences: Audiences) -> World:
    """Return a world in which everybody has a place and every state is zero.

    Parameters
    ----------
    organisation, ties : who works where, and who is tied to whom
    audiences : whom the plan's interventions reach
    """
    groups = {
        "staff": np.zeros(organisation.n_staff, dtype_of(STAFF)),
        "teams": np.zeros(organisation.n_teams, dtype_of(TEAMS)),
        "seniors": np.zeros(organisation.n_seniors, dtype_of(SENIORS)),
        "pairs": _pairs(organisation),
        "services": np.zeros(organisation.n_services, dtype_of(SERVICES)),
    }
    groups["staff"]["staff_group"] = organisation.staff_group
    _set_bounds(groups["teams"], "seat", organisation.team_start)
    _set_bounds(groups["services"], "team", organisation.service_team_start)
    _set_bounds(groups["services"], "seat", organisation.team_start[organisation.service_team_start])
    _set_bounds(groups["services"], "senior", organisation.service_senior_start)
    n_seniors = np.diff(organisation.service_senior_start)
    _set_bounds(groups["services"], "pair", np.concatenate([[0], np.cumsum(n_seniors * (n_seniors - 1) // 2)]))
    world = World(**groups, ties=_tie_rows(ties), scratch=_scratch(organisation))
    return with_audiences(world, ties, audiences)


def with_audiences(world: World, ties: Ties, audiences: Audiences) -> World:
    """Return the same world (not a copy) under another plan: whom interventions reach, and committees' ties."""
    world.staff["audience"] = audiences.staff
    world.teams["audience"] = audiences.teams
    world.services["rule_class"] = audiences.services
    return world._replace(ties=_tie_rows(ties))


def _tie_rows(ties: Ties) -> TieRows:
    return TieRows(ties.indptr, ties.indices, ties.committee_indptr, ties.committee_indices, ties.committee_entry)


def _set_bounds(group: Array, what: str, start: NDArray[np.int64]) -> None:
    group[f"first_{what}"] = start[:-1]
    group[f"last_{what}"] = start[1:]


def _scratch(organisation: Organisation) -> Scratch:
    largest_service = int(np.diff(organisation.team_start[organisation.service_team_start]).max())
    most_teams = int(np.diff(organisation.service_team_start).max())
    return Scratch(
        opportunity_draws=np.zeros((4, largest_service)),
        response_draws=np.zeros((4, largest_service)),
        team_draws=np.zeros((4, most_teams)),
        susceptibility=np.zeros(_SUSCEPTIBILITY_ROWS),
        susceptibility_of=np.full(2, np.nan),
        score=np.zeros(largest_service),
        order=np.zeros(largest_service + 1, dtype=np.uint32),
        team=np.zeros(largest_service + 1, dtype=np.uint32),
    )


def _pairs(organisation: Organisation) -> Array:
    """Return the pairs of senior leaders, service by service."""
    starts = organisation.service_senior_start
    both = [
        pair
        for first, last in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
        for pair in combinations(range(first, last), 2)
    ]
    pairs = np.zeros(len(both), dtype_of(PAIRS))
    pairs["first_senior"] = [a for a, _ in both]
    pairs["second_senior"] = [b for _, b in both]
    return pairs


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


def out_of_range(world: World) -> list[str]:
    """Return a sentence for each column that holds a value outside its declared range (none in a sound world)."""
    complaints = []
    for group, declared in COLUMNS.items():
        for name, column in declared.items():
            values = getattr(world, group)[name]
            wrong = np.flatnonzero(~((values >= column.lowest) & (values <= column.highest)))
            if len(wrong):
                wanted = f"[{column.lowest:g}, {column.highest:g}]"
                complaints.append(f"{group}.{name}[{wrong[0]}] must lie in {wanted}, is {values[wrong[0]]}")
    return complaints
