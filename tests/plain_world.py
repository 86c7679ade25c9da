"""A world of plain rows, to be run by ``tests/reference.py``: how it is read from the engine's, and its chance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace as Row
from typing import Any

import numpy as np

from sim.base.chance import uniforms_for_seats
from sim.engine.state import World
from sim.rulebook.rulebook import GROUPS

MOST_SEATS = 512
"""Seats that a plain world may have."""


@dataclass
class PlainWorld:
    """Rows of each kind, and who is tied to whom."""

    staff: list[Row]
    teams: list[Row]
    seniors: list[Row]
    pairs: list[Row]
    services: list[Row]
    ties: list[list[int]]
    committee_ties: list[list[tuple[int, int]]]

    def rows_in(self, group: str, service: int) -> list[Row]:
        """The rows of a group that belong to a service."""
        if group == "services":
            return [self.services[service]]
        here = self.services[service]
        what = {"staff": "seat", "teams": "team", "seniors": "senior", "pairs": "pair"}[group]
        rows: list[Row] = getattr(self, group)[getattr(here, f"first_{what}") : getattr(here, f"last_{what}")]
        return rows

    def team_of(self, i: int) -> Row:
        return next(team for team in self.teams if team.first_seat <= i < team.last_seat)

    def members(self, team: Row) -> list[int]:
        return list(range(team.first_seat, team.last_seat))

    def teams_in(self, service: Row) -> list[Row]:
        return self.teams[service.first_team : service.last_team]

    def seniors_in(self, service: Row) -> list[Row]:
        return self.seniors[service.first_senior : service.last_senior]

    def pairs_in(self, service: Row) -> list[Row]:
        return self.pairs[service.first_pair : service.last_pair]


def rows_of(world: World, group: str) -> np.ndarray:
    """Return a group of a world of the engine as a record array, a row for each seat, team, leader, pair or service."""
    return world.staff.as_records() if group == "staff" else getattr(world, group)


def plain(world: World) -> PlainWorld:
    """Read a world of the engine."""
    groups = {
        group: [Row(**{name: row[name].item() for name in row.dtype.names}) for row in rows_of(world, group)]
        for group in GROUPS
    }
    begin, other = world.ties.indptr.tolist(), world.ties.indices.tolist()
    ties = [other[begin[i] : begin[i + 1]] for i in range(world.staff.n_seats)]
    committee_ties: list[list[tuple[int, int]]] = [[] for _ in ties]
    if len(world.ties.committee_indptr):
        begin, other = world.ties.committee_indptr.tolist(), world.ties.committee_indices.tolist()
        entry = world.ties.committee_entry.tolist()
        committee_ties = [[(other[t], entry[t]) for t in range(begin[i], begin[i + 1])] for i in range(len(ties))]
    return PlainWorld(**groups, ties=ties, committee_ties=committee_ties)


def column(world: PlainWorld, group: str, name: str) -> list[float]:
    """Return one column of a plain world."""
    return [getattr(row, name) for row in getattr(world, group)]


def rules_of(record: Any) -> Row:
    """Return a record of rules as plain numbers."""
    return Row(**{name: record[name].item() for name in record.dtype.names})


def differences(world: World, twin: PlainWorld, tolerance: float = 0.0) -> list[str]:
    """Return a sentence for each column in which a world and its twin differ: column, first row and both values."""
    found = []
    for group in GROUPS:
        for name in rows_of(world, group).dtype.names:
            ours, theirs = getattr(world, group)[name].astype(float), np.array(column(twin, group, name), dtype=float)
            wrong = np.flatnonzero(~(np.abs(ours - theirs) <= tolerance))
            if len(wrong):
                row = int(wrong[0])
                found.append(f"{group}.{name}[{row}]: engine {ours[row]!r}, twin {theirs[row]!r}")
    return found


class Draws:
    """The chance of one world, looked up by stream, week and seat."""

    def __init__(self, key: Any) -> None:
        self._table = cache(lambda stream, week: uniforms_for_seats(key, stream, week, MOST_SEATS).T.tolist())

    def lanes(self, stream: int, week: int, seat: int) -> list[float]:
        return self._table(stream, week)[seat]


def philox(key: tuple[int, int], counter: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Philox4x32-10, written after table 2 and section 4.3 of Salmon and others (2011)."""
    (k0, k1), (x0, x1, x2, x3) = key, counter
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * x0, 2**32)
        high1, low1 = divmod(0xCD9E8D57 * x2, 2**32)
        x0, x1, x2, x3 = high1 ^ x1 ^ k0, low1, high0 ^ x3 ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return x0, x1, x2, x3
