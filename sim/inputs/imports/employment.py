"""Who of those in a staff list works here: leavers, posts that are vacant, and lists that are no list of people."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from sim.inputs.imports.columns import HeadedSheet
from sim.inputs.imports.notes import Notes, counted, some
from sim.inputs.imports.values import is_plain_yes, to_number
from sim.inputs.imports.words import OF_ONE_DAY, is_missing, spoken

__all__ = ["ask_about_numbers_of_people", "ask_about_several_days", "is_no_longer", "is_vacant", "left_for"]

_STILL = re.compile(r".*\b(?:still|current\w*|active|employed|n a|not applicable)\b.*")
_VACANT = re.compile(
    r"vac ?\d*|(?:vacant|vacancy|unfilled|to be (?:recruited|appointed|filled))\b.*|.*\b(?:vacant|vacancy)\b.*"
)
_PEOPLE = re.compile(
    r".*\b(?:head ?count|heads|fte|wte|whole time equivalents?|full time equivalents?|establishment|"
    r"(?:number|no|n|count|total) (?:of )?(?:staff|employees|people|persons|posts|workers|members)|"
    r"(?:staff|employee|team) (?:count|numbers?|size|in post)|employees|in post)\b.*"
)
_MORE_THAN_ONE = 1.5


def is_no_longer(cell: str) -> bool:
    """Tell whether a cell of a column such as "Active" says no."""
    return is_plain_yes(cell) is False or cell.removesuffix(".0") == "0"


def left_for(reason: str) -> bool:
    """Tell whether a cell is a reason for which somebody has left.

    Examples
    --------
    >>> left_for("Retirement"), left_for(""), left_for("N/A-StillEmployed")
    (True, False, False)
    """
    return not is_missing(reason) and not _STILL.fullmatch(spoken(reason))


def is_vacant(cell: str) -> bool:
    """Tell whether a name or number is that of a post that nobody has.

    Examples
    --------
    >>> is_vacant("VACANT"), is_vacant("Vacancy 7"), is_vacant("VAC12"), is_vacant("Vaclav Novak")
    (True, True, True, False)
    """
    return bool(_VACANT.fullmatch(re.sub(r"(?<=[a-z])(?=\d)", " ", spoken(cell))))


def ask_about_numbers_of_people(table: HeadedSheet, notes: Notes) -> None:
    """Ask for people where nothing tells them apart and a column says how many of them each row stands for."""
    for heading, cells in zip(table.headings, table.cells, strict=True):
        numbers = [number for cell in cells if (number := to_number(cell)) is not None]
        if _PEOPLE.fullmatch(spoken(heading)) and numbers and sum(numbers) > _MORE_THAN_ONE * len(numbers):
            notes.ask(
                table.title, "a row for each person",
                f'rows of several: "{heading}" says {sum(numbers):,.0f} in {counted(len(numbers), "row")}',
                "give the list that this was counted from, with a row for each person, whom a number may stand for",
            )  # fmt: skip
            return


def ask_about_several_days(table: HeadedSheet, ids: Sequence[str], notes: Notes) -> None:
    """Ask for the people of one day, where the same ones stand there for each of several months."""
    for heading, cells in zip(table.headings, table.cells, strict=True):
        if not OF_ONE_DAY.fullmatch(spoken(heading)):
            continue
        days: dict[str, set[str]] = defaultdict(set)
        for own, cell in zip(ids, cells, strict=True):
            if own and cell:
                days[own].add(cell)
        n_again = sum(len(own) > 1 for own in days.values())
        if 2 * n_again > len(days):
            each = Counter(cell for cell in cells if cell)
            notes.ask(
                table.title, "the people of one day",
                f'{counted(n_again, "person", "people")} in rows of several: "{heading}" has {some(each)}',
                "keep the rows of the latest day; leavers go into a list of their own, with the day on which they left",
            )  # fmt: skip
            return
