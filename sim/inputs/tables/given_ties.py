"""``ties.csv``: which colleagues people are tied to, how strongly, and whether each listens to the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.inputs.organisation import GivenTies, Organisation
from sim.inputs.tables.columns import MOST_WEIGHT, TIES, lookup, plain
from sim.inputs.tables.faults import NearNames, shown
from sim.inputs.tables.people import People, Seating
from sim.inputs.tables.rows import Table, read_number, read_table

__all__ = ["DIRECTION_NAMES", "LAYER_NAMES", "TieTable", "place_ties", "read_ties"]

LAYER_NAMES = ("cross_team", "committee")
"""Names of the layers, in the order of their numbers."""

DIRECTION_NAMES = ("both", "one_way")
"""Whether each of two people listens to the other, or only the first to the second."""

_LAYERS = {"": 0, "cross": 0} | lookup({number: (plain(name),) for number, name in enumerate(LAYER_NAMES)})
_DIRECTIONS = {"": False} | lookup({False: ("both", "both way", "mutual"), True: ("one way", "oneway", "directed")})
_ORDINARY = 1.0


class Tie(NamedTuple):
    """One row of ``ties.csv``: two rows of ``people.csv``, number of the layer, weight, and whether it is one-way."""

    one: int
    other: int
    layer: int
    weight: float
    one_way: bool


@dataclass
class TieTable:
    """The rows of ``ties.csv``, and what they say."""

    table: Table
    ties: list[Tie] = field(default_factory=list)


def read_ties(path: Path, people: People) -> TieTable:
    """Read and check ``ties.csv``; what is wrong is in ``table.found``.

    Parameters
    ----------
    path : the file
    people : who may be tied
    """
    read = TieTable(read_table(path, TIES))
    table = read.table
    if not table.has("from", "to"):
        return read
    near = NearNames(people.row_of)
    columns = (table.column(name) for name in TIES)
    for line, one, other, layer, weight, direction in zip(table.lines, *columns, strict=True):
        _check_ends(table, people, near, line, one, other)
        number, strength, one_way = _LAYERS.get(plain(layer)), _weight(weight, table), _DIRECTIONS.get(plain(direction))
        if number is None:
            table.found.add(line, "layer", f"one of {', '.join(LAYER_NAMES)}, or nothing", shown(layer))
        if strength is None:
            wanted = f"a number above 0 and up to {MOST_WEIGHT} (1 is an ordinary tie), or nothing"
            table.found.add(line, "weight", wanted, shown(weight))
        if one_way is None:
            table.found.add(line, "direction", f"one of {', '.join(DIRECTION_NAMES)}, or nothing", shown(direction))
        rows = people.row_of.get(one), people.row_of.get(other)
        if one != other and None not in (*rows, number, strength, one_way):
            read.ties.append(Tie(*rows, number, strength, one_way))  # type: ignore[arg-type]  # none is None
    return read


def _check_ends(table: Table, people: People, near: NearNames, line: int, one: str, other: str) -> None:
    for column, name in (("from", one), ("to", other)):
        if not name:
            table.found.add(line, column, "the id of a staff member or team leader", "an empty cell")
        elif people.unknown(name):
            table.found.add(line, column, "an id of people.csv", shown(name), near.hint(name))
    if one and one == other:
        table.found.add(line, "to", "somebody else", f"{shown(other)}, tied to themselves")


def _weight(cell: str, table: Table) -> float | None:
    """Return the weight in a cell; None if it is none."""
    if not cell:
        return _ORDINARY
    number = read_number(cell, table.delimiter)
    return number if number is not None and 0 < number <= MOST_WEIGHT else None


def place_ties(
    read: TieTable, people: People, organisation: Organisation, seating: Seating
) -> tuple[GivenTies, list[str]]:
    """Return the ties of an organisation, once each and sorted, and notices of what they change or are not used for.

    Parameters
    ----------
    read : without faults
    people, organisation, seating : who there is, and where they sit
    """
    seat = seating.seat_of_row
    of_staff = [tie for tie in read.ties if seat[tie.one] >= 0 and seat[tie.other] >= 0]
    with_leaders = [tie for tie in read.ties if seat[tie.one] < 0 or seat[tie.other] < 0]
    listens, n_repeated = _listens(of_staff, seating)
    pairs, layers, weights, one_way = _once_each(listens)
    linked, n_unused = _linked_teams(with_leaders, people, organisation, seating)
    given = GivenTies(
        pairs=np.array(pairs, dtype=np.int64).reshape(-1, 2),
        layers=np.array(layers, dtype=np.uint8),
        weights=np.array(weights, dtype=np.float64),
        one_way=np.array(one_way, dtype=np.bool_),
        leaders_teams=np.array([ends for ends, _ in linked], dtype=np.int64).reshape(-1, 2),
        leaders_weights=np.array([weight for _, weight in linked], dtype=np.float64),
    )
    file = read.table.found.path.name
    return given, list(_notices(file, given, organisation.team_of_staff(), n_repeated, n_unused))


Listens = dict[tuple[int, int], tuple[float, int]]
"""Who listens to whom, by seat: weight and layer."""


def _listens(ties: list[Tie], seating: Seating) -> tuple[Listens, int]:
    """Return who listens to whom, as first given, and how many rows only repeat others."""
    listens: Listens = {}
    n_repeated = 0
    for tie in ties:
        one, other = int(seating.seat_of_row[tie.one]), int(seating.seat_of_row[tie.other])
        new = [way for way in ((one, other), (other, one))[: 1 if tie.one_way else 2] if way not in listens]
        listens.update(dict.fromkeys(new, (tie.weight, tie.layer)))
        n_repeated += not new
    return listens, n_repeated


def _once_each(listens: Listens) -> tuple[list[tuple[int, int]], list[int], list[float], list[bool]]:
    """Return pairs, layers, weights and whether they are one-way: what is mutual of a pair, and what is left over."""
    ties = []
    for (one, other), (weight, layer) in listens.items():
        back, _ = listens.get((other, one), (0.0, layer))
        if one < other and back:
            ties.append(((one, other), layer, min(weight, back), False))
        if weight > back:
            ties.append(((one, other), layer, weight - back, True))
    ties.sort()
    pairs, layers, weights, one_way = ([tie[k] for tie in ties] for k in range(4))
    return pairs, layers, weights, one_way  # type: ignore[return-value]  # each part has a type of its own


def _linked_teams(
    ties: list[Tie], people: People, organisation: Organisation, seating: Seating
) -> tuple[list[tuple[tuple[int, int], float]], int]:
    """Return the teams that ties of team leaders link, two by two with their weight, and how many ties link none."""
    team = organisation.team_of_staff()
    team_of_row = {row: seating.team_of[name] for name, row in people.leader_of_team.items() if name in seating.team_of}
    linked: dict[tuple[int, int], tuple[tuple[int, int], float]] = {}
    n_unused = 0
    for tie in ties:
        seats = ((row, int(seating.seat_of_row[row])) for row in (tie.one, tie.other))
        ends = sorted(int(team[seat]) if seat >= 0 else team_of_row.get(row, -1) for row, seat in seats)
        if ends[0] < 0 or ends[0] == ends[1]:
            n_unused += 1
        else:
            who = (min(tie.one, tie.other), max(tie.one, tie.other))
            linked.setdefault(who, ((ends[0], ends[1]), tie.weight))
    total: dict[tuple[int, int], float] = {}
    for teams, weight in linked.values():
        total[teams] = total.get(teams, 0.0) + weight
    return sorted(total.items()), n_unused


def _notices(file: str, given: GivenTies, team: NDArray[np.int64], n_repeated: int, n_unused: int) -> Iterator[str]:
    """Say in sentences what the ties change, and which rows of the table are not ties of the model."""
    within = given.within_teams(team)
    if within.any():
        n_teams = len(np.unique(team[given.pairs[within, 0]]))
        where = "1 team" if n_teams == 1 else f"{n_teams} teams"
        told = _ties(int(within.sum()))
        yield f'{file}: {told} within {where}; there they take the place of "everybody with everybody".'
    if len(given.leaders_teams):
        n_links = len(given.leaders_teams)
        two = "two teams are" if n_links == 1 else f"{n_links} pairs of teams are"
        yield f"{file}: {two} linked by ties of their leaders, who are nobody's neighbours in how safe people feel."
    if n_unused:
        yield (
            f"{file}: {_ties(n_unused)} of leaders not used; only those of team leaders with other teams tie teams "
            "together."
        )
    if n_repeated:
        yield f"{file}: {_ties(n_repeated)} a repetition of another, which is taken as first given."
    if within.all() and not len(given.leaders_teams):
        yield f"{file}: no ties between teams are given, so none are modelled."


def _ties(number: int) -> str:
    return "1 tie is" if number == 1 else f"{number} ties are"
