"""What stands in a column: which meanings go with it, and what it may be by that alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sim.inputs.imports.values import (
    distinct,
    has_left,
    is_plain_yes,
    is_yes,
    read_count,
    read_date,
    read_tenure_years,
    share_of,
    stands_for_never,
    to_number,
)
from sim.inputs.imports.words import HEADINGS, Meaning, group_of, is_missing, likert_of, role_of, role_of_band, spoken
from sim.inputs.tables.columns import Role

__all__ = ["AGREEING", "GUESSED", "MOSTLY", "SCORES", "Contents", "by_content", "fits"]

GUESSED = 0.5
"""How sure a meaning is that contents alone tell."""

SCORES = (Meaning.SAFETY, Meaning.EFFICACY)
AGREEING = {Meaning.SAFETY: Meaning.SAFETY_AGREEING, Meaning.EFFICACY: Meaning.EFFICACY_AGREEING}
_MOST_LOOKED_AT = 3000
"""Distinct cells of a column that are looked at to tell what it is."""

MOSTLY = 0.9
_MEAN_AND_SPREAD = re.compile(r"\d+(?:\.\d+)? (?:\((?:SD )?\d+(?:\.\d+)?\)|(?:±|\+/-) ?\d+(?:\.\d+)?)", re.IGNORECASE)
_MOST_POINTS = 11
"""Of a scale: from 0 to 10."""


@dataclass
class Contents:
    """What stands in a column, each distinct cell with its count; shares are of cells that say something."""

    heading: str
    cells: Sequence[str]
    told: list[tuple[str, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.told = [(cell, count) for cell, count in distinct(self.cells) if not is_missing(cell)][:_MOST_LOOKED_AT]

    @property
    def n(self) -> int:
        """How many cells say something."""
        return sum(count for _, count in self.told)

    def share(self, is_it: Callable[[str], object]) -> float:
        """Return the share of cells of which something is true."""
        return share_of(self.told, lambda cell: bool(is_it(cell)))

    @cached_property
    def numbers(self) -> float:
        """Share of cells that are numbers."""
        return self.share(lambda cell: to_number(cell) is not None)

    @cached_property
    def dates(self) -> float:
        """Share of cells that are dates, those included that stand for never."""
        return self.share(lambda cell: read_date(cell) is not None or stands_for_never(cell))

    @cached_property
    def answers(self) -> float:
        """Share of cells that may be answers: numbers, per cent, or words of agreement."""
        words = {cell for cell, _ in self.told if to_number(cell) is None}
        known = {word for word in words if likert_of({word}) is not None}
        return self.share(lambda cell: to_number(cell) is not None or cell in known)

    @cached_property
    def repeats(self) -> float:
        """How many rows share a cell, on average."""
        return self.n / len(self.told) if self.told else 0.0

    @cached_property
    def is_of_points(self) -> bool:
        """Whether points of a scale may stand in it: whole numbers from 0 to 10, and nothing else."""
        points = {str(n) for n in range(11)}
        return all(cell.removesuffix(".0") in points for cell, _ in self.told)

    @cached_property
    def are_words_of_a_scale(self) -> bool:
        """Whether a few words stand in it again and again, as answers do that nobody has told yet."""
        few = 2 <= len(self.told) <= _MOST_POINTS and self.repeats >= 2
        return few and self.numbers < 0.5 and self.share(lambda cell: group_of(cell) or role_of(cell)) < 0.5

    @cached_property
    def are_job_titles(self) -> bool:
        """Whether nearly all are words for posts, and some of them for those who lead."""
        posts = self.share(lambda cell: role_of(cell) and group_of(cell) is not None)
        return posts > MOSTLY and any((role_of(cell) or (None, 0))[1] == 3 for cell, _ in self.told)

    @cached_property
    def name_leaders(self) -> bool:
        """Whether some of its words are titles of those who lead, as no team is called."""
        return self.share(lambda cell: (role_of(cell) or (Role.STAFF, 0))[0] is not Role.STAFF) > 0

    @cached_property
    def are_plain_yes(self) -> bool:
        """Whether nothing but yes and no stands in it, which are nobody's team."""
        return bool(self.told) and self.share(lambda cell: is_plain_yes(cell) is not None) == 1.0

    @cached_property
    def are_letters_of_contracts(self) -> bool:
        """Whether single letters stand in it and most are not A for active, so that T, say, is for temporary."""
        letters = any(len(cell) == 1 and cell.isalpha() and is_yes(cell) is None for cell, _ in self.told)
        return letters and self.told[0][0].casefold() != "a"

    @cached_property
    def emails(self) -> float:
        """Share of cells that look like addresses."""
        return self.share(lambda cell: re.fullmatch(r"[^@\s]+@[^@\s]+", cell))


def fits(meaning: Meaning, column: Contents) -> float:
    """Return how well what stands in a column goes with a meaning; 0 where it cannot be."""
    if not column.told:
        return 0.3
    if meaning in (Meaning.START, Meaning.END, Meaning.OPENED, Meaning.FILLED):
        return column.dates if column.dates >= 0.5 else 0.0
    if meaning is Meaning.STAYS:
        return float(column.are_plain_yes or {cell.removesuffix(".0") for cell, _ in column.told} == {"0", "1"})
    if meaning is Meaning.LEFT:
        if column.are_letters_of_contracts:
            return 0.0
        share = column.share(lambda cell: has_left(cell) is not None)
        return share if share >= 0.5 else 0.0
    if meaning in (Meaning.SCALE_LOW, Meaning.SCALE_HIGH):
        return float(len(column.told) == 1 and column.numbers == 1)
    if meaning is Meaning.IS_LEADER:
        share = column.share(lambda cell: is_yes(cell) is not None)
        return share if share >= 0.8 else 0.0
    if meaning in (Meaning.TENURE_DAYS, Meaning.TENURE_WEEKS, Meaning.TENURE_MONTHS, Meaning.TENURE_YEARS):
        share = column.share(lambda cell: read_tenure_years(cell) is not None)
        return share if share >= 0.5 else 0.0
    if meaning in (*SCORES, *AGREEING.values(), Meaning.ITEM):
        answers = max(column.answers, column.share(_MEAN_AND_SPREAD.fullmatch))
        return answers if answers >= 0.4 else 0.4 * column.are_words_of_a_scale
    if meaning in (Meaning.WEIGHT, Meaning.POSTS, Meaning.IN_POST, Meaning.SPREAD):
        return column.numbers if column.numbers >= 0.5 else 0.0
    if meaning in (Meaning.RESPONDENTS, Meaning.ALIKE):
        share = column.share(lambda cell: read_count(cell.lstrip("<> ")) is not None)
        return share if share >= 0.5 else 0.0
    return _text_fits(meaning, column)


def _text_fits(meaning: Meaning, column: Contents) -> float:
    if meaning is not Meaning.WAVE and column.dates > 0.5 and column.numbers < 0.5:
        return 0.0
    if meaning is Meaning.BAND:
        return column.share(lambda cell: role_of_band(cell) is not None)
    if meaning is Meaning.ROLE:
        share = column.share(lambda cell: role_of(cell) is not None)
        return 0.4 + 0.6 * share if column.numbers < 0.5 else 0.0
    if meaning is Meaning.GROUP:
        return 0.3 + 0.7 * column.share(lambda cell: group_of(cell) is not None) if column.numbers < 0.5 else 0.0
    if meaning in (Meaning.TITLE, Meaning.NAME):
        return 1.0 if column.numbers < 0.5 else 0.0
    if meaning in (Meaning.TEAM, Meaning.DEPARTMENT, Meaning.SERVICE):
        is_number_of = column.numbers > MOSTLY and spoken(column.heading) in HEADINGS[Meaning.RESPONDENTS]
        if column.are_job_titles or is_number_of:
            return 0.0
        return 0.4 if column.repeats <= 1.05 and column.n > 3 else 1.0
    if meaning is Meaning.LEADER:
        are_answers_to_it = column.is_of_points or column.answers > MOSTLY > column.numbers
        return 0.0 if are_answers_to_it and spoken(column.heading) not in HEADINGS[Meaning.LEADER] else 1.0
    if meaning is Meaning.ID:
        return 1.0 if column.repeats < 1.5 else 0.6 if column.repeats < 20 else 0.0
    if meaning is Meaning.EMAIL:
        return 1.0 if column.emails > 0.5 else 0.5
    return 1.0


def by_content(column: Contents, known_ids: frozenset[str]) -> Iterator[tuple[Meaning, float]]:
    """Yield what a column may be by what stands in it alone, some of it ids that are known from elsewhere."""
    if not column.told:
        return
    if column.n >= 3 and column.repeats < 1.5 and column.share(known_ids.__contains__) > MOSTLY:
        yield Meaning.ID, 0.7
    if column.emails > 0.8:
        yield Meaning.EMAIL, 0.7
    elif column.dates > 0.8 and column.numbers < 0.5:
        yield Meaning.START, GUESSED
    elif column.numbers < 0.3:
        roles = column.share(lambda cell: (role_of(cell) or (None, 0))[1] == 3)
        groups = column.share(lambda cell: group_of(cell) is not None)
        if roles > 0.9 and len(column.told) <= 12:
            yield Meaning.ROLE, GUESSED
        if column.repeats >= 2 and (groups > 0.8 or (groups > 0.6 and column.name_leaders)):
            are_groups = len(column.told) <= 15 and not roles
            yield (Meaning.GROUP if are_groups else Meaning.TITLE), GUESSED - 0.02
        if column.repeats >= 2 and roles < 0.5 and not column.are_plain_yes and column.answers < MOSTLY:
            yield Meaning.TEAM, 0.4
    if (
        column.repeats == 1.0
        and column.n >= 3
        and spoken(column.heading) not in HEADINGS[Meaning.RESPONDENTS]
        and column.share(lambda cell: re.fullmatch(r"[A-Za-z]{0,4}[-_ ]?\d+", cell)) > 0.9
    ):
        yield Meaning.ID, GUESSED
