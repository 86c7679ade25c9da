"""Where the headings of a sheet are: below titles and above data, in one row or in two."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set

from sim.inputs.imports.columns import HeadedSheet, name_scores
from sim.inputs.imports.contents import AGREEING, SCORES
from sim.inputs.imports.sheets import Sheet
from sim.inputs.imports.values import read_date, to_number
from sim.inputs.imports.words import likert_of, spoken

__all__ = ["table_of"]

_HEADER_WITHIN = 30

_FEWEST_ANSWERS = 3
"""Different answers in a row of which each may be the heading of how many gave it."""

_LOOKED_AT = 200
"""Rows below one that may be headings."""

_DIGITS = re.compile(r"\d+")

_WORDS_OF_A_QUESTION = 3


def table_of(sheet: Sheet, header_line: int | None = None) -> HeadedSheet:
    """Find the headings of a sheet, below titles and above data.

    Parameters
    ----------
    sheet : rows of text
    header_line : where a mapping says that they are; 0 for nowhere
    """
    place = _header_place(sheet) if header_line is None else _place_of_line(sheet, header_line)
    body = sheet.rows[place + 1 :] if place >= 0 else sheet.rows
    width = max(map(len, body), default=0)
    first = sheet.rows[place] if place >= 0 else []
    width = max(width, len(first))
    first = [*first, *[""] * (width - len(first))]
    if place >= 0:
        above = sheet.rows[place - 1] if place and sheet.lines[place] - sheet.lines[place - 1] == 1 else []
        first, n_taken = _with_questions_beside(first, above, body)
        body, place = body[n_taken:], place + n_taken
    headings = _different(first)
    rows = [row + [""] * (width - len(row)) for row in body]
    cells = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in headings]
    lines = sheet.lines[place + 1 :] if place >= 0 else list(sheet.lines)
    return HeadedSheet(sheet, sheet.lines[place] if place >= 0 else 0, headings, cells, lines)


def _with_questions_beside(
    headings: Sequence[str], above: Sequence[str], body: Sequence[Sequence[str]]
) -> tuple[list[str], int]:
    """Return headings of which the questions on safety stand in the row above or below, and how many rows that takes.

    A survey tool writes "Q1" and below it what was asked; a report has a question above the columns of its numbers.
    """
    below = body[0] if body else []
    if below and not below[0] and any(map(_is_question, below)):
        told = [*below, *[""] * (len(headings) - len(below))]
        return [
            text if _is_question(text) or not name_scores(heading) else heading
            for heading, text in zip(headings, told, strict=True)
        ], 1
    if below and not below[0] and _are_headings_below(headings, below):
        return _with_questions_beside([*below, *[""] * (len(headings) - len(below))], headings, ())[0], 1
    named = list(headings)
    question = ""
    again = Counter(filter(None, headings))
    for place, heading in enumerate(headings):
        spanning = above[place] if place < len(above) else ""
        question = spanning or question
        if not heading:
            named[place] = spanning
        elif place and _is_question(question):
            named[place] = heading if name_scores(heading) else f"{question}: {heading}"
        elif question and again[heading] > 1 and any(map(_is_question, above)):
            named[place] = f"{question}: {heading}"
    return named, 0


def _are_headings_below(headings: Sequence[str], below: Sequence[str]) -> bool:
    """Tell whether a row of words fills what headings above it leave empty, as where one spans several columns."""
    gaps = [text for heading, text in zip(headings, below, strict=False) if not heading]
    are_words = all(to_number(text) is None and read_date(text) is None for text in below if text)
    return any(gaps) and are_words and len(below) <= len(headings)


def _is_question(text: str) -> bool:
    is_long = len(spoken(text).split()) >= _WORDS_OF_A_QUESTION
    return is_long and not {*SCORES, *AGREEING.values()}.isdisjoint(name_scores(text))


def _place_of_line(sheet: Sheet, line: int) -> int:
    return sheet.lines.index(line) if line in sheet.lines else -1


def _header_place(sheet: Sheet) -> int:
    """Return the row of the headings, or -1 where the first row is data already."""
    best, most = -1, 0.0
    has_names = False
    widest = max((len(row) for row in sheet.rows[: _HEADER_WITHIN + 20]), default=0)
    firsts = {row[0] for row in sheet.rows if row and row[0]}
    for place, row in enumerate(sheet.rows[:_HEADER_WITHIN]):
        cells = [cell for cell in row if cell]
        known = sum(bool(name_scores(cell)) for cell in cells)
        answers = {cell for cell in cells if likert_of({cell}) is not None}
        known += len(answers) if len(answers) >= _FEWEST_ANSWERS else 0
        texts = sum(to_number(cell) is None and read_date(cell) is None for cell in cells)
        is_full = len(cells) >= max(1, 0.6 * widest)
        if any(
            _is_like(row, other)
            for other in (*sheet.rows[place + 1 : place + 2], *sheet.rows[max(place - 1, 0) : place])
        ):
            continue
        if texts < len(cells) and (known < 2 or has_names) and not _is_matrix_head(row, firsts):
            continue
        if best >= 0 and _recurs(row, sheet.rows[place + 1 : place + _LOOKED_AT]):
            continue
        score = 3.0 * known + (1.0 if is_full else 0.0) + 0.5 * (len(set(cells)) == len(cells)) - 0.1 * place
        if (known or is_full) and len(cells) > (0 if widest == 1 else 1) and score > most:
            best, most = place, score
            has_names = known > 0 and is_full and texts == len(set(cells)) == len(cells) > 2
    return best


def _is_like(row: Sequence[str], below: Sequence[str]) -> bool:
    """Tell whether a row differs from the next in numbers alone, as data do and headings do not."""
    bare = [_DIGITS.sub("0", " ".join(cells)) for cells in (row, below)]
    return bare[0] == bare[1] and "0" in bare[0]


def _recurs(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Tell whether most of what stands in a row stands in its columns again, as data do and headings do not."""
    told = [(place, cell) for place, cell in enumerate(row) if cell]
    again = sum(any(len(other) > place and other[place] == cell for other in below) for place, cell in told)
    return 2 * again > len(told)


def _is_matrix_head(row: Sequence[str], firsts: Set[str]) -> bool:
    names = {cell for cell in row if cell}
    return len(names) >= 3 and len(names & firsts) >= 0.6 * len(names)


def _different(headings: Sequence[str]) -> list[str]:
    """Return headings that are all different, and none empty."""
    seen: Counter[str] = Counter()
    told = []
    for place, heading in enumerate(headings, 1):
        name = heading or f"column {place}"
        seen[name] += 1
        told.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return told
