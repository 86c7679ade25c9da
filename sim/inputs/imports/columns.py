"""Which column means what: told by its name and by what stands in it, with how sure that is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cache

from sim.inputs.imports.contents import AGREEING, GUESSED, MOSTLY, SCORES, Contents, by_content, fits
from sim.inputs.imports.items import items_in
from sim.inputs.imports.scales import without_scale
from sim.inputs.imports.sheets import Sheet
from sim.inputs.imports.values import (
    read_date,
    to_number,
)
from sim.inputs.imports.words import (
    HEADINGS,
    NOT_NEEDED,
    Meaning,
    spoken,
)

__all__ = [
    "BY_CONTENT",
    "REVERSED",
    "TURNABLE",
    "UNCLEAR",
    "HeadedSheet",
    "Recognised",
    "are_answers",
    "are_guessed_ids",
    "is_not_needed",
    "meaning_of",
    "name_scores",
    "recognise",
    "recognised_alone",
    "table_of",
]

BY_CONTENT = "what stands in it"
"""Why a column is taken for something where its name tells nothing."""

HEADER_WITHIN = 30
_LOOKED_AT = 200
"""Rows below one that may be headings."""

SURE, LIKELY = 0.95, 0.8
_TIES = frozenset({Meaning.FROM, Meaning.TO, Meaning.WEIGHT, Meaning.LAYER, Meaning.DIRECTION, Meaning.WAVE})
_ONLY_TIES = frozenset({Meaning.FROM, Meaning.TO, Meaning.LAYER, Meaning.DIRECTION})
_ONLY_SURVEYS = frozenset(
    {Meaning.RESPONDENTS, Meaning.ALIKE, Meaning.SPREAD, Meaning.SCALE_LOW, Meaning.SCALE_HIGH, Meaning.WAVE}
)
_UNITS = (Meaning.TEAM, Meaning.DEPARTMENT, Meaning.SERVICE)
TURNABLE = frozenset({*SCORES, *AGREEING.values(), Meaning.ITEM})
REVERSED, UNCLEAR = " reversed", " unclear"
_AGREEING_SIGNS = re.compile(
    r"%|\b(per ?cent|percentage|pct|proportion|fraction|agree\w*|positive|favou?rable|share)\b"
)
_MANY = frozenset({Meaning.NAME, Meaning.ITEM, Meaning.IGNORED})
_BY_PHRASE: dict[str, list[Meaning]] = {}
for _meaning, _phrases in HEADINGS.items():
    for _phrase in (*_phrases, str(_meaning)):
        _BY_PHRASE.setdefault(_phrase, []).append(_meaning)
_DIGITS = re.compile(r"\d+")
_WORDS_OF_A_QUESTION = 3
_NEAR = 0.86
"""How much of two names has to be the same for the one to be taken for the other."""

_LONGEST_PHRASE = max(len(phrase.split()) for phrase in _BY_PHRASE)


@dataclass
class HeadedSheet:
    """A sheet with its headings found.

    Parameters
    ----------
    sheet : where it is from
    header_line : line of the headings; 0 where there are none
    headings : one for each column, all different
    cells : column by column
    lines : line of each row
    assumed : what is to be said of a column where it is used, by its heading
    understood : how it was brought into this shape, where it came in another
    """

    sheet: Sheet
    header_line: int
    headings: list[str]
    cells: list[list[str]]
    lines: list[int]
    assumed: dict[str, str] = field(default_factory=dict)
    understood: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What it is called in messages."""
        return self.sheet.title

    @property
    def n_rows(self) -> int:
        """Rows below the headings."""
        return len(self.lines)

    def column(self, heading: str) -> list[str]:
        """Return the cells below a heading."""
        return self.cells[self.headings.index(heading)]


@dataclass(frozen=True)
class Recognised:
    """What a column means.

    Parameters
    ----------
    heading : what it is called
    meaning : a :class:`Meaning` in words; of items with their number, and whether they are reversed
    certainty : from 0 to 1
    why : by what it was known
    assumed : what is to be said of it, "" for nothing
    """

    heading: str
    meaning: str
    certainty: float
    why: str
    assumed: str = ""

    @property
    def kind(self) -> Meaning:
        """The meaning without number and direction."""
        return meaning_of(self.meaning)

    @property
    def is_reversed(self) -> bool:
        """Whether those who agree feel less safe."""
        return self.meaning.endswith(REVERSED)

    @property
    def is_unclear(self) -> bool:
        """Whether it has to be asked what those feel who agree."""
        return self.meaning.endswith(UNCLEAR)


def meaning_of(text: str) -> Meaning:
    """Return the meaning in a mapping's words.

    Raises
    ------
    ValueError : there is none of that name

    Examples
    --------
    >>> meaning_of("item 3 reversed"), meaning_of("safety reversed"), meaning_of("team")
    (<Meaning.ITEM: 'item'>, <Meaning.SAFETY: 'safety'>, <Meaning.TEAM: 'team'>)
    """
    bare = text.removesuffix(REVERSED).removesuffix(UNCLEAR)
    meaning = Meaning.ITEM if re.fullmatch(r"item [1-9]\d?", bare) else Meaning(bare)
    if bare != text and meaning not in TURNABLE:
        raise ValueError(f"{meaning} has no direction")
    return meaning


# --- where the headings are -------------------------------------------------------------------------------------------


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
        first, n_taken = with_questions_beside(first, above, body)
        body, place = body[n_taken:], place + n_taken
    headings = _different(first)
    rows = [row + [""] * (width - len(row)) for row in body]
    cells = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in headings]
    lines = sheet.lines[place + 1 :] if place >= 0 else list(sheet.lines)
    return HeadedSheet(sheet, sheet.lines[place] if place >= 0 else 0, headings, cells, lines)


def with_questions_beside(
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
    named = list(headings)
    question = ""
    for place, heading in enumerate(headings):
        question = above[place] if place < len(above) and above[place] else question
        if place and heading and _is_question(question) and not name_scores(heading):
            named[place] = f"{question}: {heading}"
    return named, 0


def _is_question(text: str) -> bool:
    is_long = len(spoken(text).split()) >= _WORDS_OF_A_QUESTION
    return is_long and not {*SCORES, *AGREEING.values()}.isdisjoint(name_scores(text))


def _place_of_line(sheet: Sheet, line: int) -> int:
    return sheet.lines.index(line) if line in sheet.lines else -1


def _header_place(sheet: Sheet) -> int:
    """Return the row of the headings, or -1 where the first row is data already."""
    best, most = -1, 0.0
    has_names = False
    widest = max((len(row) for row in sheet.rows[: HEADER_WITHIN + 20]), default=0)
    firsts = {row[0] for row in sheet.rows if row and row[0]}
    for place, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        cells = [cell for cell in row if cell]
        known = sum(bool(name_scores(cell)) for cell in cells)
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


# --- names ------------------------------------------------------------------------------------------------------------


def name_scores(heading: str) -> dict[Meaning, float]:
    """Return how far a heading's name speaks for each meaning, from 0 to 1; only those that it speaks for.

    Examples
    --------
    >>> sorted(name_scores("Hire_Date").items())
    [(<Meaning.START: 'start date'>, 1.0)]
    """
    said = spoken(without_scale(heading))
    if not said:
        return {}
    scores = dict.fromkeys(_BY_PHRASE.get(said, []), 1.0)
    words = said.split()
    for length in range(min(len(words), _LONGEST_PHRASE), 0, -1):
        for first in range(len(words) - length + 1):
            phrase = " ".join(words[first : first + length])
            for meaning in _BY_PHRASE.get(phrase, []) if len(phrase) > 2 else []:
                share = length / len(words)
                weight = max(share, 0.6) if meaning in SCORES and length > 1 else share
                scores[meaning] = max(scores.get(meaning, 0.0), 0.9 * weight**0.5)
    if not scores and len(said) > 4:
        for near in get_close_matches(said, _phrases_as_long_as(len(said)), n=1, cutoff=_NEAR):
            scores = dict.fromkeys(_BY_PHRASE[near], 0.7)
    of_units = max((scores.get(meaning, 0.0) for meaning in _UNITS), default=0.0)
    if scores.get(Meaning.ID, 0.0) <= of_units:
        scores.pop(Meaning.ID, None)  # the code of a ward is nobody's
    if _AGREEING_SIGNS.search(said):
        for meaning in SCORES:
            if meaning in scores:
                scores[AGREEING[meaning]] = scores.pop(meaning)
    return scores


@cache
def _phrases_as_long_as(length: int) -> list[str]:
    """Return the phrases that can be near one of a length: nobody waits for others to be compared letter by letter."""
    return [phrase for phrase in _BY_PHRASE if 2 * min(len(phrase), length) >= _NEAR * (len(phrase) + length)]


def is_not_needed(heading: str) -> bool:
    """Tell whether a heading is of what nothing here needs to know of people."""
    said = spoken(heading)
    return any(said == phrase or re.search(rf"\b{phrase}\b", said) for phrase in NOT_NEEDED)


# --- meanings ---------------------------------------------------------------------------------------------------------


def recognise(table: HeadedSheet, known_ids: frozenset[str] = frozenset()) -> list[Recognised]:
    """Return what each column of a table means.

    Parameters
    ----------
    table : with its headings found
    known_ids : ids of people who are known from elsewhere
    """
    columns = [Contents(heading, cells) for heading, cells in zip(table.headings, table.cells, strict=True)]
    names = {column.heading: name_scores(column.heading) for column in columns}
    if ends := _ends_of_ties(columns, names, known_ids):
        return _assign(columns, names, {}, only=_TIES, given=ends)
    items = items_in(table.headings)
    has_scores = bool(items) or any(
        meaning in (*SCORES, *AGREEING.values()) and fits(meaning, column)
        for column in columns
        for meaning in names[column.heading]
    )
    excluded = _ONLY_TIES if has_scores else _ONLY_TIES | _ONLY_SURVEYS
    found = _assign(columns, names, items, only=frozenset(Meaning) - excluded, given={}, known_ids=known_ids)
    return _with_leader(found, table)


_SHORTEST_ID = 3
"""Letters: shorter ones may be anything."""


def _with_leader(found: list[Recognised], table: HeadedSheet) -> list[Recognised]:
    """Return columns, of which one of ids that stand in the list again and again is of whom people report to."""
    own = next((one for one in found if one.kind is Meaning.ID), None)
    if own is None or any(one.kind is Meaning.LEADER for one in found):
        return found
    ids = {cell for cell in table.column(own.heading) if len(cell) >= _SHORTEST_ID}
    for place, one in enumerate(found):
        column = Contents(one.heading, table.column(one.heading))
        is_open = one.kind is Meaning.IGNORED and not is_not_needed(one.heading) and len(column.told) > 1
        if is_open and column.repeats >= 2 and column.share(ids.__contains__) > MOSTLY:
            told = replace(one, meaning=str(Meaning.LEADER), certainty=GUESSED, why="ids of the list stand in it")
            return [*found[:place], told, *found[place + 1 :]]
    return found


def _ends_of_ties(
    columns: Sequence[Contents], names: dict[str, dict[Meaning, float]], known_ids: frozenset[str]
) -> dict[str, tuple[Meaning, float, str]]:
    """Return the two columns of an edge list; none where the table is something else."""
    scored = any(
        set(names[column.heading]) & {*SCORES, Meaning.TEAM, Meaning.TITLE, Meaning.GROUP} for column in columns
    )
    best = {
        end: max(
            ((names[column.heading].get(end, 0.0), -place) for place, column in enumerate(columns)), default=(0.0, 0)
        )
        for end in (Meaning.FROM, Meaning.TO)
    }
    places = {end: -place for end, (_, place) in best.items()}
    if min(score for score, _ in best.values()) >= 0.8 and len(set(places.values())) == 2 and not scored:
        return {
            columns[place].heading: (end, SURE if best[end][0] == 1 else LIKELY, "its name")
            for end, place in places.items()
        }
    if not 2 <= len(columns) <= 5 or scored:
        return {}
    ids = known_ids or {cell for cell, _ in columns[0].told}
    alike = [
        column
        for column in columns
        if column.told
        and column.share(ids.__contains__) >= 0.5
        and column.dates < 0.5
        and (len(column.told) > 1 or known_ids)
    ]
    is_sure = len(alike) == 2
    if len(alike) > 2 and known_ids:  # small numbers that are ids may be weights as well
        alike = alike[:2]
    is_list = len(alike) == 2 and (known_ids or all(column.heading.startswith("column ") for column in columns))
    if not is_list or (
        alike[0].repeats == 1.0 and alike[0].n > 5 and known_ids and names[alike[0].heading].get(Meaning.ID)
    ):
        return {}
    ends = zip(alike, (Meaning.FROM, Meaning.TO), strict=True)
    certainty = 0.7 if is_sure else 0.5
    return {column.heading: (end, certainty, "ids of people stand in it") for column, end in ends}


def _assign(
    columns: Sequence[Contents],
    names: dict[str, dict[Meaning, float]],
    items: dict[str, str],
    only: frozenset[Meaning],
    given: dict[str, tuple[Meaning, float, str]],
    known_ids: frozenset[str] = frozenset(),
) -> list[Recognised]:
    """Give each column its likeliest meaning that no likelier column has."""
    offers = []
    for place, column in enumerate(columns):
        if column.heading in given or column.heading in items:
            continue
        if is_not_needed(column.heading) and max(names[column.heading].values(), default=0.0) < 0.7:
            continue
        for meaning, score in names[column.heading].items():
            fit = fits(meaning, column)
            if meaning in only and fit:
                why = "its name and what stands in it" if fit > 0.7 and column.told else "its name"
                offers.append((score * (0.6 + 0.4 * fit), place, meaning, why))
        is_named = any(offer[1] == place for offer in offers)
        for meaning, score in by_content(column, known_ids) if not is_named else ():
            if meaning in only:
                offers.append((score, place, meaning, BY_CONTENT))
    chosen: dict[int, Recognised] = {}
    taken = {meaning for meaning, _, _ in given.values()}
    for score, place, meaning, why in sorted(offers, key=lambda offer: (-offer[0], offer[1])):
        if place in chosen or (meaning in taken and meaning not in _MANY) or score < 0.3:
            continue
        chosen[place] = Recognised(columns[place].heading, str(meaning), round(min(score, 1.0), 2), why)
        taken.add(meaning)
    told = []
    for place, column in enumerate(columns):
        if column.heading in given:
            meaning, score, why = given[column.heading]
            told.append(Recognised(column.heading, str(meaning), score, why))
        elif column.heading in items:
            told.append(Recognised(column.heading, items[column.heading], LIKELY, "the seven items of Edmondson"))
        else:
            why = "not needed, and not looked at" if is_not_needed(column.heading) else "not recognised"
            told.append(chosen.get(place, Recognised(column.heading, str(Meaning.IGNORED), 1.0, why)))
    return told


def are_answers(heading: str, cells: Sequence[str]) -> bool:
    """Tell whether answers to a question may stand in a column."""
    column = Contents(heading, cells)
    return bool(column.told) and fits(Meaning.SAFETY, column) >= _ENOUGH


_ENOUGH = 0.4


def are_guessed_ids(column: Recognised) -> bool:
    """Tell whether nothing but their being different calls the cells of a column ids."""
    return column.kind is Meaning.ID and column.why == BY_CONTENT and column.certainty <= GUESSED


def recognised_alone(heading: str) -> Recognised:
    """Return what a column means where no other of the table may mean the same."""
    scores = name_scores(heading)
    meaning = max((Meaning.SAFETY, Meaning.SAFETY_AGREEING), key=lambda one: scores.get(one, 0.0))
    return Recognised(heading, str(meaning), 1.0, "an answer")
