"""Which column means what: told by its name and by what stands in it, with how sure that is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cache

from sim.inputs.imports.contents import AGREEING, GUESSED, MOSTLY, SCORES, Contents, by_content, fits
from sim.inputs.imports.items import items_in
from sim.inputs.imports.scales import without_scale
from sim.inputs.imports.sheets import Sheet
from sim.inputs.imports.words import (
    HEADINGS,
    NOT_NEEDED,
    OF_ONE_DAY,
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
]

BY_CONTENT = "what stands in it"
"""Why a column is taken for something where its name tells nothing."""

SURE, LIKELY = 0.95, 0.8
_NEEDED = 0.65
"""How far a name has to speak for a meaning of a column that may also be of what nothing needs, as an address."""

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
_NEAR = 0.86
"""How much of two names has to be the same for the one to be taken for the other."""

_ASKED = re.compile(
    r"(?:(?:please )?(?:select|choose|state|enter|indicate|give|tell us) (?:your|the) |"
    r"(?:in |on |for |at )?(?:which|what) (?:is (?:your|the) )?)"
    r"(?:current |main |usual |own |name of your )?(?P<what>.+?)(?: (?:do|are|did) you(?: .*)?)?"
)
"""A question that asks for one thing, as in "Which team do you work in?"."""

_NOT_IN_THE_LINE = re.compile(r"\b(?:functional|dotted|matrix|secondary|professional|previous|former|deputy|next)\b")
_NO_SCORE = re.compile(
    r"^(?!i |we |in ).*\b(?:net (?:score|agree\w*|positive|favou?rable)|difference|diff|change|gap|rank(?:ing)?|"
    r"percentile|z ?scores?|delta|target|(?:vs|versus|compared (?:to|with)) .+)$|"
    r"^(?:change|difference|rank|gap|importance|target)\b|\bhow important\b"
)
"""Names of numbers that are made of scores, or of what is wished for, and say of nobody how safe they feel."""

_OTHER_SAFETY = re.compile(
    r"\b(?:patients?|fire|health and|food|drug|medication|medicines?|road|water|electrical|radiation|physical|personal|"
    r"building|data|cyber|site|equipment) safety\b|"
    r"\bsafety (?:training|course|briefing|huddle|alerts?|checklist|incidents?|data|equipment|inspection|audit)\b|"
    r"\bsafe (?:staffing|handling|walking|travel\w*|parking|at night|from)\b"
)
_SPEAKING = re.compile(r"\b(?:psych\w*|speak\w*|spoke|voic\w*|rais\w*|concerns?|report\w*)\b")
"""Safety from other things than what others do to those who speak up, and words of speaking up."""

_HOW_FAR = re.compile(
    r"\b(?:(?:how|to what) (?:far|much|strongly|extent) |(?:the )?extent to which |please |whether )*(?:do )?you "
    r"(?:agree|disagree)(?: or (?:agree|disagree))?\b|\bagree or disagree\b|\bstrongly agree to strongly disagree\b"
)
"""Words that ask how far somebody agrees, and do not say that a column has those who do."""

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


# --- names ------------------------------------------------------------------------------------------------------------


def name_scores(heading: str) -> dict[Meaning, float]:
    """Return how far a heading's name speaks for each meaning, from 0 to 1; only those that it speaks for.

    Examples
    --------
    >>> sorted(name_scores("Hire_Date").items())
    [(<Meaning.START: 'start date'>, 1.0)]
    """
    said = spoken(without_scale(heading))
    if said not in _BY_PHRASE and spoken(heading.casefold()) in _BY_PHRASE:
        said = spoken(heading.casefold())  # "LoS" is one word
    if (asked := _ASKED.fullmatch(said)) and asked["what"] in _BY_PHRASE:
        said = asked["what"]
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
    if Meaning.LEADER in scores and _NOT_IN_THE_LINE.search(said):
        scores[Meaning.LEADER] /= 2
    if OF_ONE_DAY.fullmatch(said):
        scores.pop(Meaning.END, None)
    if _NO_SCORE.search(said) or (_OTHER_SAFETY.search(said) and not _SPEAKING.search(said)):
        scores = {meaning: score for meaning, score in scores.items() if meaning not in SCORES}
    of_units = max((scores.get(meaning, 0.0) for meaning in _UNITS), default=0.0)
    if scores.get(Meaning.ID, 0.0) <= of_units:
        scores.pop(Meaning.ID, None)  # the code of a ward is nobody's
    if _AGREEING_SIGNS.search(_HOW_FAR.sub(" ", said)):
        for meaning in SCORES:
            if meaning in scores:
                scores[AGREEING[meaning]] = scores.pop(meaning)
    return scores


def _names_of(column: Contents) -> dict[Meaning, float]:
    """Return how far a column's name speaks for each meaning; answers in words are no shares of those who agree."""
    scores = name_scores(column.heading)
    if column.told and column.numbers < 0.5 <= column.answers:
        for meaning, agreeing in AGREEING.items():
            if agreeing in scores:
                scores[meaning] = scores.pop(agreeing)
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
    names = {column.heading: _names_of(column) for column in columns}
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
        if is_not_needed(column.heading) and max(names[column.heading].values(), default=0.0) < _NEEDED:
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
