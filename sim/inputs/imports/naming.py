"""Lists with a row for each person and everybody they name beside them: made a row for each pair."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import replace

from sim.inputs.imports.columns import HeadedSheet
from sim.inputs.imports.notes import counted
from sim.inputs.imports.people import plain_id
from sim.inputs.imports.words import is_missing

__all__ = ["ENDS", "in_pairs"]

ENDS = ("who names somebody", "whom they name")
"""Headings of the pairs that come of it."""

_BETWEEN = re.compile(r"\s*[;,|/]\s*")
_MOSTLY = 0.8
_FEWEST_NAMED = 2


def in_pairs(table: HeadedSheet, known_ids: Set[str]) -> HeadedSheet | None:
    """Return a table with a row for each pair; None where it is no such list.

    Parameters
    ----------
    table : that is no table of anything else
    known_ids : of people in a staff list
    """
    named = {heading: list(map(_names, table.column(heading))) for heading in table.headings}
    of_people = [heading for heading, cells in named.items() if _are_known(cells, known_ids)]
    if len(of_people) < 2 or any(len(names) > 1 for names in named[of_people[0]]):
        return None
    who, *others = of_people
    if len(others) < _FEWEST_NAMED and not any(len(names) > 1 for names in named[others[0]]):
        return None
    pairs = [
        (line, one[0], other)
        for row, (line, one) in enumerate(zip(table.lines, named[who], strict=True))
        if one
        for heading in others
        for other in named[heading][row]
    ]
    told = f'whoever "{who}" names in {counted(len(others), "column")} beside it is read as '
    told += counted(len(pairs), "pair")
    return replace(
        table, headings=list(ENDS), cells=[[pair[1] for pair in pairs], [pair[2] for pair in pairs]],
        lines=[pair[0] for pair in pairs], understood=(*table.understood, told),
    )  # fmt: skip


def _names(cell: str) -> list[str]:
    return [] if is_missing(cell) else [name for name in _BETWEEN.split(cell) if name]


def _are_known(cells: Sequence[Sequence[str]], known_ids: Set[str]) -> bool:
    told = [name for names in cells for name in names]
    n_known = sum(name in known_ids or plain_id(name) in known_ids for name in told)
    return bool(told) and n_known >= _MOSTLY * len(told) and len(set(told)) > 1
