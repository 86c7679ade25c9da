"""A world of plain rows, to be run by ``tests/reference.py``: how it is read from the engine's, and its chance."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace as Row
from typing import Any

import numpy as np

from sim.base.chance import uniforms_for_seats
from sim.engine.state import World
from sim.engine.ties import standing_ties
from sim.inputs.organisation import Organisation
from sim.rulebook.rulebook import GROUPS


@dataclass
class PlainWorld:
    """Rows of each kind, and who is tied to whom.

    ``named[i]`` says whom a person names, and how strongly, (j, weight); ``committee_ties[i]`` with whom he or she sits
    in a committee, and in which, (j, entry). ``team_ties`` are the standing ties that link teams, of their members or
    of their leaders, each once: (team, other team, weight). In the teams of ``sparse_teams`` the ties among colleagues
    are given, and stand in ``named``; in all others everybody is a neighbour of everybody.
    """

    staff: list[Row]
    teams: list[Row]
    seniors: list[Row]
    pairs: list[Row]
    services: list[Row]
    named: list[list[tuple[int, float]]]
    committee_ties: list[list[tuple[int, int]]]
    team_ties: list[tuple[int, int, float]]
    sparse_teams: frozenset[int] = frozenset()
    team_row: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.team_row = [row for row, team in enumerate(self.teams) for _ in self.members(team)]

    def rows_in(self, group: str, service: int) -> list[Row]:
        """The rows of a group that belong to a service."""
        if group == "services":
            return [self.services[service]]
        here = self.services[service]
        what = {"staff": "seat", "teams": "team", "seniors": "senior", "pairs": "pair"}[group]
        rows: list[Row] = getattr(self, group)[getattr(here, f"first_{what}") : getattr(here, f"last_{what}")]
        return rows

    def team_of(self, i: int) -> Row:
        return self.teams[self.team_row[i]]

    def members(self, team: Row) -> list[int]:
        """Seats of a team, the vacant ones too."""
        return list(range(team.first_seat, team.last_seat))

    def present(self, first: int, last: int) -> list[int]:
        """Seats in [first, last) in which there is somebody."""
        return [i for i in range(first, last) if self.staff[i].vacant_weeks == 0]

    def colleagues(self, team: Row) -> list[int]:
        """Seats of a team in which there is somebody."""
        return self.present(team.first_seat, team.last_seat)

    def staff_in(self, service: Row) -> list[int]:
        """Seats of a service in which there is somebody."""
        return self.present(service.first_seat, service.last_seat)

    def teams_in(self, service: Row) -> list[Row]:
        return self.teams[service.first_team : service.last_team]

    def seniors_in(self, service: Row) -> list[Row]:
        return self.seniors[service.first_senior : service.last_senior]

    def pairs_in(self, service: Row) -> list[Row]:
        return self.pairs[service.first_pair : service.last_pair]


def rows_of(world: World, group: str) -> np.ndarray:
    """Return a group of a world of the engine as a record array, a row for each seat, team, leader, pair or service."""
    return world.staff.as_records() if group == "staff" else getattr(world, group)


def plain(world: World, organisation: Organisation) -> PlainWorld:
    """Read a world of the engine; who is tied to whom is read from the organisation (committees: from the world)."""
    groups = {
        group: [Row(**{name: row[name].item() for name in row.dtype.names}) for row in rows_of(world, group)]
        for group in GROUPS
    }
    for group in ("staff", "teams", "seniors", "services"):
        for number, row in enumerate(groups[group]):
            vars(row).setdefault("chance", number)  # a made-up organisation's chance knows people by their rows
    given = standing_ties(organisation)
    team_of = organisation.team_of_staff().tolist()
    named: list[list[tuple[int, float]]] = [[] for _ in team_of]
    team_ties = []
    sparse_teams = set()
    columns = (given.pairs, given.weights, given.one_way)
    for (a, b), weight, one_way in zip(*(values.tolist() for values in columns), strict=True):
        named[a].append((b, weight))
        if not one_way:
            named[b].append((a, weight))
        if team_of[a] == team_of[b]:
            sparse_teams.add(team_of[a])
        team_ties.append((team_of[a], team_of[b], weight))
    for (a, b), weight in zip(given.leaders_teams.tolist(), given.leaders_weights.tolist(), strict=True):
        team_ties.append((a, b, weight))
    committee_ties: list[list[tuple[int, int]]] = [[] for _ in named]
    if len(world.ties.committee_indptr):
        begin, other = world.ties.committee_indptr.tolist(), world.ties.committee_indices.tolist()
        entry = world.ties.committee_entry.tolist()
        committee_ties = [[(other[t], entry[t]) for t in range(begin[i], begin[i + 1])] for i in range(len(named))]
    return PlainWorld(
        **groups, named=named, committee_ties=committee_ties, team_ties=team_ties, sparse_teams=frozenset(sparse_teams)
    )


def column(world: PlainWorld, group: str, name: str) -> list[float]:
    """Return one column of a plain world."""
    return [getattr(row, name) for row in getattr(world, group)]


def rules_of(record: Any) -> Row:
    """Return a record of rules as plain numbers."""
    return Row(**{name: record[name].item() for name in record.dtype.names})


OF_THE_SEAT = ("staff_group", "audience", "outcome", "vacant_weeks", "arrivals")
"""Columns of staff that say something even where there is nobody."""


def differences(world: World, twin: PlainWorld, tolerance: float = 0.0) -> list[str]:
    """Return a sentence for each column in which a world and its twin differ: column, first row and both values."""
    found = []
    somebody = np.array(column(twin, "staff", "vacant_weeks")) == 0
    for group in GROUPS:
        for name in rows_of(world, group).dtype.names:
            ours, theirs = getattr(world, group)[name].astype(float), np.array(column(twin, group, name), dtype=float)
            differs = ~(np.abs(ours - theirs) <= tolerance)
            if group == "staff" and name not in OF_THE_SEAT:
                differs &= somebody
            wrong = np.flatnonzero(differs)
            if len(wrong):
                row = int(wrong[0])
                found.append(f"{group}.{name}[{row}]: engine {ours[row]!r}, twin {theirs[row]!r}")
    return found


class Draws:
    """The chance of one world, looked up by stream, week and the number by which chance knows a person."""

    def __init__(self, key: Any) -> None:
        self.lanes = cache(lambda stream, week, number: uniforms_for_seats(key, stream, week, 1, number)[:, 0].tolist())


def philox(key: tuple[int, int], counter: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Philox4x32-10, written after table 2 and section 4.3 of Salmon and others (2011)."""
    (k0, k1), (x0, x1, x2, x3) = key, counter
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * x0, 2**32)
        high1, low1 = divmod(0xCD9E8D57 * x2, 2**32)
        x0, x1, x2, x3 = high1 ^ x1 ^ k0, low1, high0 ^ x3 ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return x0, x1, x2, x3
