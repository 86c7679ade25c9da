"""Which of several columns is meant, where more than one could be: told by what stands in them, answered, or asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from sim.inputs.imports.amounts import amount_of
from sim.inputs.imports.columns import (
    BY_CONTENT,
    HeadedSheet,
    Recognised,
    are_answers,
    is_not_needed,
    name_scores,
    recognised_alone,
)
from sim.inputs.imports.mapping import NO_COLUMN, Answers
from sim.inputs.imports.notes import Choice, Notes, some
from sim.inputs.imports.turning import directed
from sim.inputs.imports.values import read_date, share_of, to_number
from sim.inputs.imports.words import KNOWN_BY, Meaning, is_missing, spoken

__all__ = ["also_known_by", "with_one_id", "with_one_question", "with_weight"]

_MOSTLY = 0.9
_MOST_WORDS = 12
_SURE_NAME = 0.8
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_LIKELY_NAME = 0.6
_FEWEST_TIMES = 5
_SINCE_1970 = ((6.3e8, 4.1e9), (6.3e11, 4.1e12))
"""Seconds and milliseconds from 1990 to 2100."""

_OF_A_CLOCK = re.compile(r"t|time ?stamp|date ?time|unix(?: time)?|epoch|time of (?:contact|day)|seconds since .*")
_ON_SAFETY = (Meaning.SAFETY, Meaning.SAFETY_AGREEING)
_ID = re.compile(r"[A-Za-z]{0,4}[-_ ]?\d{3,}")
_MOST_ROWS_EACH = 4
_OF_POSTS = {"assignment", "post", "position", "contract", "job", "seat"}


# --- how strong ties are ----------------------------------------------------------------------------------------------


def with_weight(columns: Sequence[Recognised], table: HeadedSheet, answers: Answers, notes: Notes) -> list[Recognised]:
    """Return the columns of an edge list, of which one says how strong ties are if any does.

    Parameters
    ----------
    columns, table : an edge list, as its names were recognised
    answers : what was asked before
    notes : what has to be asked is added here
    """
    if answers.weight is not None:
        return [_as_answered(one, answers.weight, table) for one in columns]
    if any(one.kind is Meaning.WEIGHT for one in columns):
        return list(columns)
    open_ones = [one for one in columns if one.kind is Meaning.IGNORED and not one.why.startswith("the mapping")]
    if named := [one for one in open_ones if name_scores(one.heading).get(Meaning.WEIGHT, 0.0) >= _SURE_NAME]:
        return [
            replace(one, meaning=str(Meaning.WEIGHT), certainty=_SURE_NAME, why="its name") if one is named[0] else one
            for one in columns
        ]
    pairs = list(
        zip(*(table.column(one.heading) for one in columns if one.kind in (Meaning.FROM, Meaning.TO)), strict=True)
    )
    found = [
        one
        for one in open_ones
        if _is_of_amounts(one, table.column(one.heading))
        and not _is_when(one.heading, table.column(one.heading), pairs)
    ]
    if len(found) > 1:
        names = [one.heading for one in found]
        notes.ask(
            table.title, "to know which column says how strong a tie is", some(names),
            f'--answer "weight={names[0]}", or --answer weight={NO_COLUMN} where all ties are alike',
            [
                *(Choice(f'"{name}"', {"weight": name}) for name in names),
                Choice("None of them: all ties are alike", {"weight": NO_COLUMN}),
            ],
        )  # fmt: skip
        return list(columns)
    told = f"otherwise: --answer weight={NO_COLUMN}"
    return [
        replace(
            one, meaning=str(Meaning.WEIGHT), certainty=0.65, why=BY_CONTENT,
            assumed=f'"{one.heading}" is taken as how strong a tie is, by {BY_CONTENT}; {told}',
        )
        if one in found else one
        for one in columns
    ]  # fmt: skip


def _as_answered(one: Recognised, weight: str, table: HeadedSheet) -> Recognised:
    """Return a column as the weight where it was answered that it is, and as no other where another one is, or none."""
    if spoken(one.heading) == spoken(weight):
        return replace(one, meaning=str(Meaning.WEIGHT), certainty=1.0, why="an answer")
    is_here = weight == NO_COLUMN or any(spoken(heading) == spoken(weight) for heading in table.headings)
    if one.kind is Meaning.WEIGHT and is_here:
        return replace(one, meaning=str(Meaning.IGNORED), certainty=1.0, why="an answer")
    return one


def _is_of_amounts(one: Recognised, cells: Sequence[str]) -> bool:
    """Tell whether what stands in a column may be how strong ties are, and is no number of the row, year or date."""
    if is_not_needed(one.heading):
        return False
    told = [cell for cell in cells if not is_missing(cell) or amount_of(cell) is not None]
    distinct = list(dict.fromkeys(told))
    if not told or share_of([(cell, 1) for cell in told], lambda cell: amount_of(cell) is not None) < _MOSTLY:
        return False
    numbers = [number for cell in distinct if (number := to_number(cell)) is not None]
    if not numbers:
        return len(distinct) <= _MOST_WORDS
    if share_of([(cell, 1) for cell in distinct], lambda cell: to_number(cell) is None and bool(read_date(cell))) > 0.5:
        return False
    are_years = all(number.is_integer() and _FIRST_YEAR <= number <= _LAST_YEAR for number in numbers)
    are_row_numbers = len(numbers) == len(cells) > 3 and all(b - a == 1 for a, b in pairwise(numbers))
    return not are_years and not are_row_numbers


def _is_when(heading: str, cells: Sequence[str], pairs: Sequence[tuple[str, ...]]) -> bool:
    """Tell whether numbers of an edge list say when two met: seconds since 1970, or a clock that runs on down the rows.

    Parameters
    ----------
    heading, cells : the column
    pairs : [n_rows], who met
    """
    numbers = [number for cell in cells if (number := to_number(cell)) is not None]
    if len(set(numbers)) < _FEWEST_TIMES:
        return False
    if all(number.is_integer() and any(low <= number < high for low, high in _SINCE_1970) for number in numbers):
        return True
    runs_on = all(a <= b for a, b in pairwise(numbers))
    return _OF_A_CLOCK.fullmatch(spoken(heading)) is not None or (runs_on and len(set(pairs)) < len(pairs))


# --- which question is asked ------------------------------------------------------------------------------------------


def with_one_question(
    columns: Sequence[Recognised], table: HeadedSheet, answers: Answers, notes: Notes
) -> list[Recognised]:
    """Return the columns of a survey, of which one has the question on safety; asked where several may be it.

    Parameters
    ----------
    columns, table : a survey, as it was recognised
    answers : what was asked before
    notes : what has to be asked is added here
    """
    own = next((one for one in columns if one.kind in _ON_SAFETY), None)
    if own is None or own.why.startswith("the mapping"):
        return list(columns)
    both = [one for one in columns if one is own or _may_be_of_safety(one, table.column(one.heading))]
    if len(both) == 1:
        return list(columns)
    chosen = next((one for one in both if spoken(one.heading) == spoken(answers.question or "")), None)
    if chosen is None:
        names = [one.heading for one in both]
        notes.ask(
            table.title, "to know which question tells how safe people feel", some(names),
            f'--answer "question={names[0][:60]}"; the others are left out',
            [Choice(f'"{name}"', {"question": name}) for name in names],
        )  # fmt: skip
        return list(columns)
    others = [one for one in both if one is not chosen]
    (answered,) = directed([recognised_alone(chosen.heading)], table)
    found = [answered if one is chosen else _left_out(one) if one in others else one for one in columns]
    notes.understood.append(f'{table.title}: "{chosen.heading}" tells how safe people feel, as was answered')
    return found


def _left_out(one: Recognised) -> Recognised:
    return replace(one, meaning=str(Meaning.IGNORED), certainty=1.0, why="another question was chosen", assumed="")


def _may_be_of_safety(one: Recognised, cells: Sequence[str]) -> bool:
    scores = name_scores(one.heading)
    is_named = max(scores.get(meaning, 0.0) for meaning in _ON_SAFETY) >= _LIKELY_NAME
    return one.kind is Meaning.IGNORED and is_named and are_answers(one.heading, cells)


# --- who somebody is --------------------------------------------------------------------------------------------------


def with_one_id(columns: Sequence[Recognised], table: HeadedSheet, answers: Answers, notes: Notes) -> list[Recognised]:
    """Return the columns of a staff list, of which one tells people apart; asked where two may and do not agree.

    Parameters
    ----------
    columns, table : a staff list, as it was recognised
    answers : what was asked before
    notes : what was understood or has to be asked is added here
    """
    own = next((one for one in columns if one.kind is Meaning.ID), None)
    if own is None and not any(one.kind in KNOWN_BY for one in columns):
        return _with_repeated_id(columns, table, answers, notes)
    others = list(_other_ids(columns))
    if own is None or own.why.startswith("the mapping") or not others:
        return list(columns)
    both = [own, *others]
    chosen = None
    if answers.ids is not None:
        chosen = next((one for one in both if spoken(one.heading) == spoken(answers.ids)), None)
    of_posts = [one for one in both if _OF_POSTS & set(spoken(one.heading).split())]
    if chosen is None and 0 < len(both) - len(of_posts) < 2:
        chosen = next(one for one in both if one not in of_posts)
    if chosen is None and all(_go_together(table, own, other) for other in others):
        chosen = own
    if chosen is None:
        names = [f'"{one.heading}" ({_n_distinct(table, one):,} different)' for one in both]
        notes.ask(
            table.title, "to know which column tells people apart", f"{', '.join(names)}, in {table.n_rows:,} rows",
            f'--answer "ids={own.heading}" or --answer "ids={others[0].heading}"',
            [Choice(name, {"ids": one.heading}) for one, name in zip(both, names, strict=True)],
        )  # fmt: skip
        return list(columns)
    notes.understood.append(
        f'{table.title}: "{chosen.heading}" tells people apart ({_n_distinct(table, chosen):,} different); they '
        f"are found by {some(one.heading for one in both if one is not chosen)} as well"
    )
    return [_as_id(one, chosen) if one in both else one for one in columns]


def _with_repeated_id(
    columns: Sequence[Recognised], table: HeadedSheet, answers: Answers, notes: Notes
) -> list[Recognised]:
    """Return the columns of a list without ids; asked where one looks like numbers of people with several rows."""
    found = [one for one in columns if _may_be_ids(one, table.column(one.heading))]
    if not found or answers.ids == NO_COLUMN:
        return list(columns)
    chosen = next((one for one in found if spoken(one.heading) == spoken(answers.ids or "")), None)
    if chosen is None:
        name = found[0].heading
        notes.ask(
            table.title, "to know which column tells people apart",
            f'none that says so; "{name}" has {_n_distinct(table, found[0]):,} different in {table.n_rows:,} rows',
            f'--answer "ids={name}", or --answer ids={NO_COLUMN} where each row is somebody else',
            [
                *(Choice(f'"{one.heading}"', {"ids": one.heading}) for one in found),
                Choice("None: each row is somebody else", {"ids": NO_COLUMN}),
            ],
        )  # fmt: skip
        return list(columns)
    return [_as_id(one, chosen) if one is chosen else one for one in columns]


def _may_be_ids(one: Recognised, cells: Sequence[str]) -> bool:
    told = [cell for cell in cells if not is_missing(cell)]
    if one.kind is not Meaning.IGNORED or one.why.startswith("the mapping") or is_not_needed(one.heading):
        return False
    rows_each = len(told) / max(len(set(told)), 1)
    looks_so = share_of([(cell, 1) for cell in told], lambda cell: bool(_ID.fullmatch(cell))) > _MOSTLY
    return looks_so and 1 < rows_each < _MOST_ROWS_EACH


def also_known_by(columns: Sequence[Recognised], table: HeadedSheet) -> list[list[str]]:
    """Return the cells of other columns of a staff list by which people are known, as by a second number."""
    return [table.column(one.heading) for one in columns if one.why == _SECOND]


_SECOND = "a second number of theirs"


def _as_id(one: Recognised, chosen: Recognised) -> Recognised:
    if one is chosen:
        return one if one.kind is Meaning.ID else replace(one, meaning=str(Meaning.ID), certainty=0.9, why="its name")
    return replace(one, meaning=str(Meaning.IGNORED), certainty=1.0, why=_SECOND)


def _other_ids(columns: Sequence[Recognised]) -> Iterator[Recognised]:
    for one in columns:
        if one.kind is Meaning.IGNORED and name_scores(one.heading).get(Meaning.ID, 0.0) >= _SURE_NAME:
            yield one


def _n_distinct(table: HeadedSheet, one: Recognised) -> int:
    return len({cell for cell in table.column(one.heading) if not is_missing(cell)})


def _go_together(table: HeadedSheet, one: Recognised, other: Recognised) -> bool:
    """Tell whether whoever has one number has one other."""
    pairs = {
        pair for pair in zip(table.column(one.heading), table.column(other.heading), strict=True)
        if not any(map(is_missing, pair))
    }  # fmt: skip
    return len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs)


def also_called(columns: Sequence[Recognised], table: HeadedSheet, teams: Sequence[str]) -> Iterator[list[str]]:
    """Yield the cells of other columns of a staff list that have another name of each team, such as a number.

    Parameters
    ----------
    columns, table : a staff list, as it was recognised
    teams : the team of each row
    """
    for one in columns:
        if one.kind is Meaning.IGNORED and name_scores(one.heading).get(Meaning.TEAM, 0.0) >= _LIKELY_NAME:
            cells = table.column(one.heading)
            pairs = {pair for pair in zip(cells, teams, strict=True) if all(pair)}
            if len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs):
                yield cells
