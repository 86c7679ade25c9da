"""The columns of scores of a survey: on which scale they are, which way they go, and items as one score."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sim.inputs.imports.answers import Scored, read_answers, seven_items
from sim.inputs.imports.codes import ask_direction
from sim.inputs.imports.columns import HeadedSheet, Recognised
from sim.inputs.imports.mapping import Answers
from sim.inputs.imports.notes import Choice, Notes, counted, some
from sim.inputs.imports.scales import Scale, StatedScale, scale_in
from sim.inputs.imports.values import read_count, to_number
from sim.inputs.imports.words import MISSING_NUMBERS, Meaning

__all__ = ["BOTH", "SHARES", "SHARE_SCALES", "GatheredSurvey", "Group", "ask_scale", "scores_in", "spreads_in"]

BOTH = (Meaning.SAFETY, Meaning.EFFICACY)
SHARES = (Meaning.SAFETY_AGREEING, Meaning.EFFICACY_AGREEING)
SHARE_SCALES = ((0.0, 100.0), (0.0, 1.0))
Group = tuple[str, str]
_IN_PER_CENT = re.compile(r"%|\b(?:per ?cent|percentage|pct|proportion|share|fraction)\b")
_MOST_STEPS = 10
"""Of a scale of points: from 0 to 10."""

_LEAST_SPREAD, _MOST_SPREAD = 0.03, 0.5
"""Of the scale: half of it where one half of the people is at each end; next to nothing is an error of a mean."""

_SCALES = [
    Choice(scale, {"scale": scale}) for scale in ("1 to 5", "1 to 4", "1 to 7", "0 to 10", "1 to 10", "0 to 100")
]


@dataclass
class GatheredSurvey:
    """Scores from 0 to 1.

    Parameters
    ----------
    persons : safety and efficacy of each id
    groups : what is known of each team or service, by column of ``survey.csv``
    answers : safety and efficacy of everybody who answered without a name, of teams and services of which all are known
    agrees_above : the score above which somebody agrees
    """

    persons: dict[str, list[float]] = field(default_factory=dict)
    groups: dict[Group, dict[str, float]] = field(default_factory=dict)
    answers: dict[Group, list[tuple[float, float]]] = field(default_factory=dict)
    agrees_above: float = 0.625
    words: dict[str, str] = field(default_factory=dict)


def scores_in(
    table: HeadedSheet,
    recognised: Sequence[Recognised],
    words: dict[str, str],
    answers: Answers,
    notes: Notes,
    survey: GatheredSurvey,
) -> dict[Meaning, Scored]:
    """Return the columns of scores: safety and efficacy, as means or as shares who agree.

    Parameters
    ----------
    table, recognised : with at least one column of scores
    words : what answers in words mean that somebody has looked at before
    answers : what was asked before
    notes : what was assumed, left out or has to be asked is added here
    survey : what words mean, and from where somebody agrees, is put here
    """
    reader = _Reader(table, recognised, words, answers, notes, survey.words)
    own = {one.kind: one for one in reversed(recognised)}
    found: dict[Meaning, Scored] = {}
    for meaning in BOTH:
        if meaning in own:
            found[meaning] = reader.column(own[meaning])
    for meaning in SHARES:
        if meaning in own:
            found[meaning] = reader.share(own[meaning])
    items = [one for one in recognised if one.kind is Meaning.ITEM]
    if items and Meaning.SAFETY not in found:
        scores = reader.items(items)
        if scores is None:
            return {}
        found[Meaning.SAFETY] = scores
    stated = reader.answered or reader.of_table.ends
    if answers.agreeing_from is not None and stated is not None and stated not in SHARE_SCALES:
        low, high = stated
        half = 0.5 if low < high else -0.5
        survey.agrees_above = min(max((answers.agreeing_from - half - low) / (high - low), 0.0), 1.0)
    return found


class _Reader:
    """Reads columns of one table, each on its scale."""

    def __init__(
        self,
        table: HeadedSheet,
        recognised: Sequence[Recognised],
        words: dict[str, str],
        answers: Answers,
        notes: Notes,
        meant: dict[str, str],
    ) -> None:
        self._table, self._words, self._notes, self._meant = table, words, notes, meant
        self._respondents = next((one.heading for one in recognised if one.kind is Meaning.RESPONDENTS), None)
        self._is_told_share = answers.scores == "agreeing"
        self.answered: Scale | None = None
        if answers.scale is not None:
            one, other = map(float, answers.scale.split(" to "))
            self.answered = (one, other) if one != other else None
        self.of_table = _stated_by(table, {one.kind: one.heading for one in reversed(recognised)})

    def column(self, one: Recognised) -> Scored:
        """Return the answers of a column, turned where those who agree feel less safe."""
        column = self._read(one, self._scale_of(one))
        return column.turned() if one.is_reversed else column

    def share(self, one: Recognised) -> Scored:
        """Return the shares of those who agree, or of those who do not where agreeing means the contrary."""
        self._ask_about_share(one)
        column = self._read(one, (0.0, 100.0))
        highest = max((x for x in column.raw if not math.isnan(x)), default=2.0)
        bare = [x for x, cell in zip(column.raw, self._table.column(one.heading), strict=True) if "%" not in cell]
        tiny = sorted({x for x in bare if 0 < x < 1})
        if highest <= 1.0 and not column.has_per_cent:
            column = column.rescaled(1.0)
        elif tiny and column.has_per_cent:
            self._notes.ask(
                self._table.title, f'to know whether {tiny[0]:g} in "{one.heading}" is a share of 1 or per cent',
                "some cells with a sign of per cent and some without", "write all cells of the column alike",
            )  # fmt: skip
        elif tiny:
            self._notes.assumed.append(
                f'{self._table.title}: in "{one.heading}" {tiny[0]:g} stands among numbers up to {highest:g} and is '
                f"taken as {tiny[0]:g} per cent, as nothing says that it is a share of 1"
            )
        return column.turned() if one.is_reversed else column

    def _ask_about_share(self, one: Recognised) -> None:
        """Ask about what is below 0, as no share is, and about whole numbers that may be how many agree."""
        cells = self._table.column(one.heading)
        numbers = [to_number(cell) for cell in cells]
        below = [
            cell for cell, n in zip(cells, numbers, strict=True) if n is not None and n < 0 and n not in MISSING_NUMBERS
        ]
        if below:
            self._notes.ask(
                self._table.title, f'shares of "{one.heading}" in per cent from 0 to 100', some(dict.fromkeys(below)),
                "a net score or a difference is no share: give per cent who agree, or say in the mapping that the "
                f'column is "{Meaning.IGNORED}"',
            )  # fmt: skip
        if self._respondents is None or self._is_told_share or _IN_PER_CENT.search(self._texts_on(one)):
            return
        answered = map(read_count, self._table.column(self._respondents))
        pairs = [(n, of) for n, of in zip(numbers, answered, strict=True) if n is not None and of is not None]
        are_counts = len(pairs) > 1 and all(n.is_integer() and 0 <= n <= of for n, of in pairs)
        if are_counts and any(n > 1 for n, _ in pairs) and not any("%" in cell for cell in cells):
            self._notes.ask(
                self._table.title, f'to know whether "{one.heading}" is per cent or how many agree',
                f'whole numbers, none above "{self._respondents}"',
                "--answer scores=agreeing where it is per cent; where it is how many, give per cent in its place",
                [Choice("Per cent of those who answered", {"scores": "agreeing"})],
            )  # fmt: skip

    def _texts_on(self, one: Recognised) -> str:
        """Return what a heading, titles and comments say."""
        sheet = self._table.sheet
        titles = [row for line, row in zip(sheet.lines, sheet.rows, strict=True) if line < self._table.header_line]
        return " ".join([one.heading, *sheet.comments, *(cell for row in titles for cell in row)]).casefold()

    def items(self, items: Sequence[Recognised]) -> Scored | None:
        """Return the mean of items; None where their scale has to be asked."""
        scales = {one.heading: self._scale_of(one) for one in items}
        shared = self._shared_scale([one for one in items if scales[one.heading] is None])
        if shared is None and None in scales.values():
            ask_scale(self._table, "the items", self._notes)
            return None
        columns = {one.heading: self._read(one, scales[one.heading] or shared) for one in items}
        turned = {one.heading for one in items if one.is_reversed}
        self._notes.understood.append(
            f"{self._table.title}: safety is the mean of {counted(len(items), 'item')}, of which {len(turned)} are "
            "reversed"
        )
        scores = seven_items(columns, turned, self._notes)
        return Scored(scores, scores, next(iter(scales.values())) or shared, False)

    def _read(self, one: Recognised, scale: Scale | None) -> Scored:
        cells = self._table.column(one.heading)
        return read_answers(one.heading, cells, scale, self._words, self._table.title, self._notes, self._meant)

    def _scale_of(self, one: Recognised) -> Scale | None:
        """Return the scale that is stated of a column: by words in its heading, an answer, its heading, the table."""
        table = self.of_table
        own = scale_in([one.heading], self.answered or table.ends)
        if own.has_words and own.is_clear:
            low, high = own.ends or (math.nan, math.nan)
            if low > high:
                self._notes.assumed.append(
                    f'{self._table.title}: in "{one.heading}" {high:g} means the most agreement and {low:g} the least, '
                    "as the heading says"
                )
            return own.ends
        if self.answered is not None:
            return self.answered
        if not own.is_clear or (own.ends is None and not table.is_clear):
            ask_direction(self._table.title, one.heading, self._notes)
            return None
        return own.ends or table.ends

    def _shared_scale(self, items: Sequence[Recognised]) -> Scale | None:
        """Return the widest of the scales that items of one questionnaire are likely to be on."""
        columns = [
            read_answers(one.heading, self._table.column(one.heading), None, self._words, "", Notes(), {})
            for one in items
        ]
        scales = [column.scale for column in columns if column.scale is not None]
        return max(scales, key=max) if scales else None


def _stated_by(table: HeadedSheet, headings: dict[Meaning, str]) -> StatedScale:
    if Meaning.SCALE_LOW in headings and Meaning.SCALE_HIGH in headings:
        ends = [
            to_number(next(iter(table.column(headings[end])), "")) for end in (Meaning.SCALE_LOW, Meaning.SCALE_HIGH)
        ]
        if ends[0] is not None and ends[1] is not None and ends[0] < ends[1]:
            return StatedScale((ends[0], ends[1]))
    titles = [
        " ".join(row) for line, row in zip(table.sheet.lines, table.sheet.rows, strict=True) if line < table.header_line
    ]
    return scale_in([*table.sheet.comments, *titles])


def spreads_in(
    table: HeadedSheet,
    heading: str,
    scored: Mapping[Meaning, Scored],
    kinds: Mapping[Meaning, str],
    respondents: Sequence[float],
    notes: Notes,
) -> list[float]:
    """Return for each row how far people differ, in parts of the scale; NaN where that is not told, or cannot be.

    A standard deviation is of those who answered, out of one fewer; and answers on points lie a little farther apart
    than what is felt, by a twelfth of a point squared (Sheppard's correction).

    Parameters
    ----------
    table, heading : where it is told
    scored, kinds : the columns of scores, and what each has of a team
    respondents : [n_rows], how many answered; 0 where that is not told
    notes : what is not used is added here
    """
    means = [column for meaning, column in scored.items() if not kinds[meaning].endswith("_agreeing")]
    if not means:
        notes.left_out.append(f'{table.title}: "{heading}", as per cent who agree do not tell how far people differ')
        return []
    width = next((abs(column.scale[1] - column.scale[0]) for column in means if column.scale is not None), 1.0)
    of_points = 1 / (12 * width**2) if 1 < width <= _MOST_STEPS else 0.0
    numbers = [to_number(cell) for cell in table.column(heading)]
    told = [math.nan if number is None else number / width for number in numbers]
    spreads = [x if _LEAST_SPREAD <= x <= _MOST_SPREAD else math.nan for x in told]
    if beyond := sum(math.isnan(spread) and not math.isnan(x) for spread, x in zip(spreads, told, strict=True)):
        notes.left_out.append(
            f'{table.title}: {counted(beyond, "cell")} of "{heading}" that cannot be how far people differ on this '
            "scale (an error of the mean, or another unit?)"
        )
    return [_between_people(spread, n, of_points) for spread, n in zip(spreads, respondents, strict=True)]


def _between_people(spread: float, n: float, of_points: float) -> float:
    """Return how far those who answered differ in what they feel, of a standard deviation of what they answered."""
    if math.isnan(spread):
        return spread
    of_all = spread**2 * (1 - 1 / n if n > 1 else 1.0)
    return math.sqrt(max(of_all - of_points, _LEAST_SPREAD**2))


def ask_scale(table: HeadedSheet, what: str, notes: Notes) -> None:
    """Ask on which scale answers are."""
    notes.ask(
        table.title, f"the scale of {what}", "no word of it, and numbers that would do on several",
        '--answer "scale=1 to 5", or a first line like # scale: 1 to 5', _SCALES,
    )  # fmt: skip
