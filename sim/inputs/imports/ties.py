"""Who is tied to whom: lists of pairs, and matrices, become ties of people who are known."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sim.inputs.imports.amounts import amount_of
from sim.inputs.imports.columns import HeadedSheet, Recognised
from sim.inputs.imports.mapping import NO_COLUMN
from sim.inputs.imports.notes import Choice, Notes, counted, some
from sim.inputs.imports.people import Further, Staff
from sim.inputs.imports.values import each_once, is_yes, to_number
from sim.inputs.imports.words import Meaning, is_missing, spoken
from sim.inputs.tables.columns import MOST_WEIGHT, Role
from sim.inputs.tables.given_ties import DIRECTION_NAMES
from sim.inputs.tables.rows import LONGEST_CELL

__all__ = ["GatheredTies", "gather_ties", "is_matrix", "tie_rows", "tie_second_teams"]

LEAST_WEIGHT = 0.001
_COMMITTEE = re.compile(r"committee|meeting|board|working group|forum|council")
_MUTUAL = {"mutual", "reciprocal", "both", "two way", "undirected"}
"""Headings below which yes means that each listens to the other."""

_MOST_TOLD = 8
_ROWS_OF_A_LOG = 2
"""Rows for each pair from which on a list is one of meetings or messages."""

_DIRECTED = re.compile(r"ask|advi[cs]e|adviser|advisor|seek|nominat|giver|names")


@dataclass
class GatheredTies:
    """Ties, with the weights of those that were given several times summed.

    Parameters
    ----------
    weight : of each pair of ids and layer; of a tie in which each listens to the other the smaller id comes first
    of_second_teams : weight of each pair of ids, the smaller first, of whom one works in the other's team too
    """

    weight: dict[tuple[str, str, str, bool], float] = field(default_factory=dict)
    of_second_teams: dict[tuple[str, str], float] = field(default_factory=dict)
    has_weights: bool = False
    n_rows: int = 0


def is_matrix(table: HeadedSheet) -> bool:
    """Tell whether a table says in its cells who is tied to whom, with people as headings and in the first column."""
    if len(table.cells) < 4 or not table.n_rows:
        return False
    firsts = set(table.cells[0])
    names = table.headings[1:]
    return len(firsts & set(names)) >= 0.6 * max(len(names), len(firsts)) and len(names) >= 3


def gather_ties(
    table: HeadedSheet, recognised: Sequence[Recognised], staff: Staff, notes: Notes, ties: GatheredTies
) -> None:
    """Add the ties of a table.

    Parameters
    ----------
    table, recognised : an edge list, or a matrix where no column is ``from``
    staff : who is known
    notes : what was left out is added here
    ties : changed in place
    """
    headings = {one.kind: one.heading for one in recognised}
    edges = list(_pairs(table, headings) if Meaning.FROM in headings else _matrix(table))
    one_way = bool(_DIRECTED.search(" ".join(map(spoken, headings.values())))) if Meaning.FROM in headings else False
    has_weights = Meaning.WEIGHT in headings or Meaning.FROM not in headings
    is_log = not has_weights and len(edges) >= _ROWS_OF_A_LOG * len({edge[:2] for edge in edges})
    if is_log:
        notes.assumed.append(
            f"{table.title}: {len(edges):,} rows are meetings or messages, as pairs stand there again and again: a tie "
            "is as strong as they are many"
        )
    rows = _with_amounts(edges, table, notes)
    _say_what_is_not_told(table, headings, notes)
    find: dict[str, str] = {}
    here = {person.id for person in staff.people}
    n_self = n_zero = n_outside = 0
    outside: dict[str, None] = {}
    for one, other, number, layer, direction in rows:
        if number == 0:
            n_zero += 1
            continue
        ends = []
        for cell in (one, other):
            if cell not in find:
                own = staff.known.find(cell)
                find[cell] = own if own in here else ""
            if not find[cell]:
                outside[cell] = None
            ends.append(find[cell])
        if not all(ends):
            n_outside += 1
        elif ends[0] == ends[1]:
            n_self += 1
        else:
            is_directed = one_way if direction is None else direction
            key = (ends[0], ends[1]) if is_directed else (min(ends), max(ends))
            whole = (*key, layer, is_directed)
            before = ties.weight.get(whole, 0.0)
            ties.weight[whole] = before + number if has_weights or is_log or not before else before
            ties.n_rows += 1
    ties.has_weights |= has_weights or is_log
    who = counted(len(outside), "person who is", "people who are")
    for n, what in (
        (n_self, "of people with themselves"),
        (n_outside, f"with {who} not in the staff list{notes.whom(outside)}"),
        (n_zero, "of weight 0, which are none"),
    ):
        if n:
            notes.left_out.append(f"{table.title}: {counted(n, 'tie')} {what}")
    if one_way:
        one, other = headings[Meaning.FROM], headings[Meaning.TO]
        notes.assumed.append(
            f'{table.title}: who stands below "{one}" listens to whom they name below "{other}", and not the other way '
            'round; otherwise exchange "from" and "to" in the mapping'
        )


Edge = tuple[str, str, str, str, bool | None]
"""Whom a row ties: one, the other, how strongly as it stands there, the layer, and whether only the first listens."""


def _with_amounts(
    edges: Sequence[Edge], table: HeadedSheet, notes: Notes
) -> Iterator[tuple[str, str, float, str, bool | None]]:
    """Yield rows with their weights as numbers; what is not told is an ordinary tie, what is not understood none."""
    cells = Counter(weight for _, _, weight, _, _ in edges)
    amounts = {cell: amount_of(cell) for cell in cells if cell}
    negative = [cell for cell, amount in amounts.items() if amount is not None and amount < 0]
    if negative:
        told = counted(sum(cells[cell] for cell in negative), "weight")
        notes.ask(
            table.title, "weights of ties of 0 and more", f"{told} below 0: {some(negative)}",
            f"leave such ties out or correct them; where the column is no weight: --answer weight={NO_COLUMN}",
        )  # fmt: skip
    unknown = {cell: cells[cell] for cell, amount in amounts.items() if amount is None and not is_missing(cell)}
    if 2 * sum(unknown.values()) > sum(cells.values()):
        notes.ask(
            table.title, "weights of ties that are understood", some(unknown),
            f"put numbers in their place, or --answer weight={NO_COLUMN} where all ties are alike",
            [Choice("None of its columns says how strong a tie is: all are alike", {"weight": NO_COLUMN})],
        )  # fmt: skip
    elif unknown:
        told = counted(sum(unknown.values()), "tie")
        notes.left_out.append(f"{table.title}: {told} of a weight that is not understood: {some(unknown)}")
    in_words = {cell: amount for cell, amount in amounts.items() if amount is not None and to_number(cell) is None}
    if in_words:
        told = ", ".join(f'"{cell[:40]}" {amount:g}' for cell, amount in list(in_words.items())[:_MOST_TOLD])
        notes.assumed.append(f"{table.title}: as weights of ties, {told}")
    positive = [(amount, cells[cell]) for cell, amount in amounts.items() if amount is not None and amount > 0]
    n = sum(count for _, count in positive)
    ordinary = sum(amount * count for amount, count in positive) / n if n else 1.0
    without = sum(count for cell, count in cells.items() if is_missing(cell) and amounts.get(cell) is None)
    if without and n:
        notes.assumed.append(f"{table.title}: {counted(without, 'tie')} without a weight as strong as the others' mean")
    for one, other, weight, layer, direction in edges:
        amount = amounts.get(weight)
        if amount is None and weight in unknown:
            continue
        yield one, other, max(ordinary if amount is None else amount, 0.0), layer, direction


def _say_what_is_not_told(table: HeadedSheet, headings: dict[Meaning, str], notes: Notes) -> None:
    """Say what differs between ties and is not told apart: kinds of them, and when they were."""
    if Meaning.LAYER in headings:
        kinds = Counter(cell for cell in table.column(headings[Meaning.LAYER]) if not is_missing(cell))
        others = [cell for cell in kinds if not _COMMITTEE.search(spoken(cell)) and spoken(cell) != "cross team"]
        if others:
            notes.assumed.append(
                f'{table.title}: whatever its "{headings[Meaning.LAYER]}" ({some(others)}), a tie is one between '
                "colleagues who listen to each other; leave out rows of which that is not so"
            )
    if Meaning.WAVE in headings:
        waves = dict.fromkeys(cell for cell in table.column(headings[Meaning.WAVE]) if not is_missing(cell))
        if len(waves) > 1:
            notes.assumed.append(
                f'{table.title}: ties of every "{headings[Meaning.WAVE]}" ({some(waves)}) count; leave out what is past'
            )


def _pairs(table: HeadedSheet, headings: dict[Meaning, str]) -> Iterator[Edge]:
    """Yield the rows of an edge list."""

    def cells(meaning: Meaning) -> list[str]:
        return table.column(headings[meaning]) if meaning in headings else [""] * table.n_rows

    layers = each_once(
        cells(Meaning.LAYER), lambda cell: "committee" if _COMMITTEE.search(spoken(cell)) else "cross_team"
    )
    is_mutual = spoken(headings.get(Meaning.DIRECTION, "")) in _MUTUAL
    directions = each_once(cells(Meaning.DIRECTION), lambda cell: _direction(cell, is_mutual))
    columns = zip(
        *map(cells, (Meaning.FROM, Meaning.TO, Meaning.WEIGHT, Meaning.LAYER, Meaning.DIRECTION)), strict=True
    )
    for one, other, weight, layer, direction in columns:
        if one or other:
            yield one, other, weight, layers[layer], directions[direction]


def _direction(cell: str, is_mutual: bool) -> bool | None:
    """Return whether only the first listens; None where the cell does not tell it.

    Parameters
    ----------
    cell : a word for a direction, or yes or no
    is_mutual : whether yes means that each listens to the other
    """
    said = spoken(cell)
    if said in {"one way", "oneway", "directed", "out"}:
        return True
    if said in {"both", "mutual", "reciprocal", "two way", "both ways", "undirected"}:
        return False
    answer = None if is_missing(cell) else is_yes(cell)
    return answer if answer is None or not is_mutual else not answer


def _matrix(table: HeadedSheet) -> Iterator[Edge]:
    """Yield the cells of a matrix that tell of a tie; where it is the same both ways, each pair once."""
    told: dict[tuple[str, str], str] = {}
    for heading, cells in zip(table.headings[1:], table.cells[1:], strict=True):
        for one, cell in zip(table.cells[0], cells, strict=True):
            amount = amount_of(cell)
            if one and amount != 0 and (amount is not None or not is_missing(cell)):
                told[one, heading] = cell
    is_mutual = all(told.get((other, one)) == cell for (one, other), cell in told.items())
    for (one, other), cell in told.items():
        if not is_mutual or one <= other:
            yield one, other, cell, "cross_team", not is_mutual


def tie_second_teams(staff: Staff, ties: GatheredTies, notes: Notes) -> None:
    """Tie whoever works in a second team to its staff, as strongly as so much of their post is there.

    Parameters
    ----------
    staff : with everybody's other teams
    ties : changed in place; where there are none, these few would take the place of all that are drawn
    notes : what was done, or was not, is added here
    """
    people = [person for person in staff.people if person.further and person.role is not Role.SENIOR_LEADER]
    if not people:
        return
    if not ties.weight:
        notes.left_out.append(
            f"ties of {counted(len(people), 'person', 'people')} to a second team: no others are given, and so few "
            "would take the place of all that are drawn"
        )
        return
    members: dict[str, list[str]] = defaultdict(list)
    for person in staff.people:
        if person.role is Role.STAFF:
            members[person.team].append(person.id)
    given = {(min(one, other), max(one, other)) for one, other, _, _ in ties.weight}
    n_tied = n_unknown = 0
    for person in people:
        for part in person.further:
            colleagues = members.get(part.team) or members.get(_in_its_service(part), [])
            n_unknown += not colleagues
            n_tied += bool(colleagues)
            for other in colleagues:
                pair = min(person.id, other), max(person.id, other)
                if other != person.id and pair not in given:
                    ties.of_second_teams[pair] = max(part.share, ties.of_second_teams.get(pair, LEAST_WEIGHT))
    if n_tied:
        notes.understood.append(
            f"{counted(n_tied, 'second team')} of somebody's: {counted(len(ties.of_second_teams), 'tie')} with the "
            "staff there, each as strong as the part of the post; ties that are given stay as they are"
        )
    if n_unknown:
        notes.left_out.append(f"{counted(n_unknown, 'second team')} of somebody's without staff, or split since")


def _in_its_service(part: Further) -> str:
    """Return what a team is called whose name stands in two services."""
    return f"{part.team} ({part.service})"[:LONGEST_CELL]


def tie_rows(ties: GatheredTies, notes: Notes) -> list[list[str]]:
    """Return the rows of ``ties.csv``, the first of them its header; weights and directions where some are known.

    Weights are of the mean tie: 1 is an ordinary one, and so is one of colleagues in a team.
    """
    if n_merged := ties.n_rows - len(ties.weight):
        added = ": weights of one pair are added up" if ties.has_weights else ", which makes none stronger"
        notes.assumed.append(f"{counted(n_merged, 'tie')} given before{added}")
    mean = sum(ties.weight.values()) / len(ties.weight)
    with_direction = any(key[3] for key in ties.weight)
    with_weights = ties.has_weights or any(share != 1.0 for share in ties.of_second_teams.values())
    rows = [["from", "to", "layer", *["weight"] * with_weights, *["direction"] * with_direction]]

    def add(one: str, other: str, layer: str, weight: float, one_way: bool) -> None:
        told = [f"{min(max(weight, LEAST_WEIGHT), MOST_WEIGHT):.4g}"] if with_weights else []
        rows.append([one, other, layer, *told, *([DIRECTION_NAMES[one_way]] if with_direction else [])])

    for (one, other, layer, one_way), weight in ties.weight.items():
        add(one, other, layer, weight / mean if ties.has_weights else 1.0, one_way)
    for (one, other), share in ties.of_second_teams.items():
        add(one, other, "cross_team", share, False)
    if ties.has_weights:
        notes.understood.append("weights of ties are of their mean: 1 is an ordinary tie")
    people = len({end for one, other, _, _ in ties.weight for end in (one, other)})
    notes.understood.append(
        f"{counted(len(ties.weight), 'tie')} of {counted(people, 'person', 'people')}, "
        f"{2 * len(ties.weight) / max(people, 1):.1f} each"
    )
    return rows
