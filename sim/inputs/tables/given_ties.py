"""``ties.csv``: which colleagues in other teams people are tied to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.inputs.organisation import Organisation
from sim.inputs.tables.columns import TIES, lookup, plain
from sim.inputs.tables.faults import NearNames, shown
from sim.inputs.tables.people import People, Seating
from sim.inputs.tables.rows import Table, read_table

__all__ = ["LAYER_NAMES", "GivenTies", "place_ties", "read_ties"]

LAYER_NAMES = ("cross_team", "committee")
"""Names of the layers, in the order of their numbers."""

_LAYERS = {"": 0, "cross": 0} | lookup({number: (plain(name),) for number, name in enumerate(LAYER_NAMES)})


@dataclass
class GivenTies:
    """The rows of ``ties.csv``.

    Parameters
    ----------
    table : the rows
    pairs : [n_pairs], the rows of ``people.csv`` that are tied
    layers : [n_pairs], number of each tie's layer
    """

    table: Table
    pairs: list[tuple[int, int]] = field(default_factory=list)
    layers: list[int] = field(default_factory=list)


def read_ties(path: Path, people: People) -> GivenTies:
    """Read and check ``ties.csv``; what is wrong is in ``table.found``.

    Parameters
    ----------
    path : the file
    people : who may be tied
    """
    ties = GivenTies(read_table(path, TIES))
    table = ties.table
    if not table.has("from", "to"):
        return ties
    near = NearNames(people.row_of)
    for line, one, other, layer in zip(
        table.lines, table.column("from"), table.column("to"), table.column("layer"), strict=True
    ):
        for column, name in (("from", one), ("to", other)):
            if not name:
                table.found.add(line, column, "the id of a staff member", "an empty cell")
            elif people.unknown(name):
                table.found.add(line, column, "an id of people.csv", shown(name), near.hint(name))
        number = _LAYERS.get(plain(layer))
        if number is None:
            table.found.add(line, "layer", f"one of {', '.join(LAYER_NAMES)}, or nothing", shown(layer))
        if one and one == other:
            table.found.add(line, "to", "somebody else", f"{shown(other)}, tied to themselves")
        elif one in people.row_of and other in people.row_of and number is not None:
            ties.pairs.append((people.row_of[one], people.row_of[other]))
            ties.layers.append(number)
    return ties


def place_ties(
    ties: GivenTies, organisation: Organisation, seating: Seating
) -> tuple[tuple[NDArray[np.int64], NDArray[np.uint8]], list[str]]:
    """Return the ties between staff of different teams, once each and sorted, their layers, and notices of the others.

    Parameters
    ----------
    ties : without faults
    organisation, seating : where people sit
    """
    seats = np.sort(seating.seat_of_row[np.array(ties.pairs, dtype=np.int64).reshape(-1, 2)], axis=1)
    layers = np.array(ties.layers, dtype=np.uint8)
    with_leader = (seats < 0).any(axis=1)
    team = organisation.team_of_staff()
    in_team = ~with_leader & np.equal(team[seats[:, 0]], team[seats[:, 1]])
    kept = ~with_leader & ~in_team
    codes, first = np.unique(seats[kept, 0] * organisation.n_staff + seats[kept, 1], return_index=True)
    pairs = np.stack([codes // organisation.n_staff, codes % organisation.n_staff], axis=1)
    n_with_leader, n_in_team, n_kept = (int(np.count_nonzero(rows)) for rows in (with_leader, in_team, kept))
    notices = list(_notices(ties.table.found.path.name, n_with_leader, n_in_team, n_kept, len(pairs)))
    return (pairs.astype(np.int64), layers[kept][first]), notices


def _notices(file: str, n_with_leader: int, n_in_team: int, n_kept: int, n_ties: int) -> Iterator[str]:
    """Say in sentences which rows of the table are not ties of the model."""
    if n_with_leader:
        yield f"{file}: {_ties(n_with_leader)} with leaders not used; they reach staff through the teams they lead."
    if n_in_team:
        yield f"{file}: {_ties(n_in_team)} within a team not used; everybody in a team is tied to the others."
    if n_kept > n_ties:
        yield f"{file}: {_ties(n_kept - n_ties)} a repetition of another, which is taken as first given."
    if not n_ties:
        yield f"{file}: no ties between teams are given, so none are modelled."


def _ties(number: int) -> str:
    return "1 tie is" if number == 1 else f"{number} ties are"
