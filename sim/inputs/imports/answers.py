"""Answers to a survey as numbers from 0 to 1: words, codes, per cent, reversed items, and what stands for no answer."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from sim.inputs.imports.codes import code_of, with_words_of_codes
from sim.inputs.imports.notes import Notes, Value, counted, some
from sim.inputs.imports.scales import Scale
from sim.inputs.imports.values import to_number
from sim.inputs.imports.words import MISSING_NUMBERS, Meaning, is_missing, likert_of, points_on

__all__ = ["NO_ANSWER", "Scored", "read_answers", "seven_items"]

_USUAL = {5.0: (1.0, 5.0), 7.0: (1.0, 7.0), 10.0: (1.0, 10.0), 100.0: (0.0, 100.0)}
_UP_TO_TEN = (1.0, 10.0)
_KEPT_BACK = re.compile(r"<\s*\d+")
NO_ANSWER = "no answer"
"""What a word means that says nothing."""

_FEWEST_TO_TURN = 10
_SURELY_TURNED = -0.1


@dataclass(frozen=True)
class Scored:
    """A column of answers.

    Parameters
    ----------
    scores : [n_rows], from 0 to 1; NaN where there is no answer
    raw : [n_rows], as they stand, before the scale is known to matter
    scale : of those who agree least and most; None where it could not be told
    has_per_cent : whether cells bear a per cent sign
    is_turned : whether those who agree feel less safe, so that scores are 1 less what the scale makes of them
    """

    scores: list[float]
    raw: list[float]
    scale: Scale | None
    has_per_cent: bool
    is_turned: bool = False

    def rescaled(self, whole: float) -> Scored:
        """Return it with scores as shares of a whole."""
        scores = [x / whole for x in self.raw]
        return replace(self, scores=[1 - x for x in scores] if self.is_turned else scores)

    def turned(self) -> Scored:
        """Return it the other way round."""
        return replace(self, scores=[1 - score for score in self.scores], is_turned=not self.is_turned)


def read_answers(
    heading: str,
    cells: Sequence[str],
    stated: Scale | None,
    words: Mapping[str, str],
    title: str,
    notes: Notes,
    meant: dict[str, str],
) -> Scored:
    """Return a column of answers; each distinct cell is understood once.

    Parameters
    ----------
    heading, cells : the column
    stated : the scale, where it is stated
    words : what words mean that somebody has looked at before: a number on a scale that rises, or "no answer"
    title : of the table, for notes
    notes : what was assumed and left out is added here
    meant : what words mean is added here
    """
    counts = Counter(cells)
    numbers = {cell: _number(cell, words, stated) for cell in counts}
    _in_hundredths(heading, numbers, stated, title, notes)
    guessed = _guessed([number for number in numbers.values() if number is not None])
    scale = stated = with_words_of_codes(heading, counts, stated, guessed, title, notes)
    points = _points(filter(_says_something, counts), stated)
    if points is not None:
        n_points, known = points
        scale = scale or (1.0, float(n_points))
        for cell, point in known.items():
            if cell in words:
                continue
            numbers[cell] = scale[0] + (point - 1) * (scale[1] - scale[0]) / (n_points - 1)
            meant[cell] = f"{min(scale) + (point - 1) * abs(scale[1] - scale[0]) / (n_points - 1):g}"
    unknown = {
        cell for cell, number in numbers.items() if number is None and _says_something(cell) and cell not in words
    }
    numbers, n_codes = _without_codes(numbers, scale)
    scale = scale or _guessed([number for number in numbers.values() if number is not None])
    if stated is None and scale == _UP_TO_TEN and points is None:
        notes.assumed.append(
            f'{title}: "{heading}" is on 1 to 10, as nobody gave 0; where they could have: --answer "scale=0 to 10"'
        )
    outside = _without_outside(numbers, counts, scale)
    column = f'"{heading}"'
    if n_codes:
        notes.assumed.append(f"{title}: {', '.join(f'{n:g}' for n in sorted(n_codes))} in {column} stand for no answer")
    if unknown:
        is_any_known = any(number is not None for number in numbers.values())
        _tell_unknown({cell: counts[cell] for cell in sorted(unknown)}, is_any_known, column, title, notes)
    if outside:
        told = counted(outside.total(), "answer")
        notes.left_out.append(f"{title}: {told} to {column} outside {_of(scale)}: {some(outside)}")
    for cell in counts:
        if cell in words and cell not in unknown and cell not in outside:
            meant[cell] = NO_ANSWER if numbers[cell] is None else words[cell]
    understood = {*words, *(points[1] if points is not None else ())}
    notes.values += _values_told(title, heading, counts, {*unknown, *outside}, understood, meant)
    raw = [math.nan if (number := numbers[cell]) is None else number for cell in cells]
    low, high = scale or (0.0, 1.0)
    return Scored(
        [(number - low) / (high - low) + 0.0 for number in raw], raw, scale, any("%" in cell for cell in counts)
    )


def _values_told(
    title: str,
    heading: str,
    counts: Counter[str],
    dropped: AbstractSet[str],
    understood: AbstractSet[str],
    meant: Mapping[str, str],
) -> Iterator[Value]:
    """Return what is told of each cell: how often it came, and what it was taken for."""
    for cell, count in counts.items():
        if cell in dropped:
            yield Value(title, heading, "answer", cell, count, "", NO_ANSWER)
        elif cell in understood:
            yield Value(title, heading, "answer", cell, count, meant[cell])


def _in_hundredths(
    heading: str, numbers: dict[str, float | None], stated: Scale | None, title: str, notes: Notes
) -> None:
    """Bring cells with and without a per cent sign to the same measure, in place; ask where it is not clear."""
    told = {cell: number for cell, number in numbers.items() if number is not None}
    signed = {cell: number for cell, number in told.items() if "%" in cell}
    bare = {
        cell: number for cell, number in told.items() if cell not in signed and number not in MISSING_NUMBERS and number
    }
    if not signed or stated not in (None, (0.0, 1.0), (0.0, 100.0)):
        return
    if stated == (0.0, 1.0):
        numbers |= {cell: number / 100 for cell, number in signed.items()}
    elif bare and max(bare.values()) <= 1 and any(number != 1 for number in bare.values()):
        numbers |= {cell: number * 100 for cell, number in bare.items()}
        notes.assumed.append(
            f'{title}: in "{heading}" numbers up to 1 without a per cent sign are shares, as 0.62 of 62 %, beside '
            f"{some(list(signed)[:1])}"
        )
    elif bare and max(bare.values()) <= 10:
        notes.ask(
            title, f'to know whether all cells of "{heading}" are per cent',
            f"cells such as {some([next(iter(bare)), next(iter(signed))])}", "write all with a per cent sign, or none",
        )  # fmt: skip


def _says_something(cell: str) -> bool:
    return not is_missing(cell) and not _KEPT_BACK.fullmatch(cell)


def _tell_unknown(unknown: Mapping[str, int], is_any_known: bool, column: str, title: str, notes: Notes) -> None:
    """Say which answers are not understood; ask where none of a column is."""
    if is_any_known:
        told = counted(sum(unknown.values()), "answer")
        notes.left_out.append(f"{title}: {told} to {column} that are not understood: {some(unknown)}")
        return
    notes.ask(
        title, f"answers to {column} that are understood", some(unknown),
        "put numbers of its scale in the place of the words, or say in a mapping under [words.answer] which number "
        f'each means; of something else, the meaning of the column there is "{Meaning.IGNORED}"',
    )  # fmt: skip


def _points(cells: Iterable[str], stated: Scale | None) -> tuple[int, dict[str, int]] | None:
    """Return the points that answers in words stand for, and of how many; None where there are no such words."""
    in_words = {cell for cell in cells if _number(cell, {}, None) is None}
    known = {cell for cell in in_words if likert_of({cell}) is not None}
    together = likert_of(known) if known else None
    if together is not None and stated is not None and min(stated) == 1:
        again = points_on(int(max(stated)), known)
        return (int(max(stated)), again) if again else together
    return together


def _without_outside(numbers: dict[str, float | None], counts: Counter[str], scale: Scale | None) -> Counter[str]:
    """Take numbers outside a scale out, in place; return their cells with how often they stand there."""
    outside: Counter[str] = Counter()
    if scale is not None:
        for cell, number in numbers.items():
            if number is not None and not min(scale) <= number <= max(scale):
                outside[cell] = counts[cell]
                numbers[cell] = None
    return outside


def _of(scale: Scale | None) -> str:
    return "" if scale is None else f"{min(scale):g} to {max(scale):g}"


def _number(cell: str, words: Mapping[str, str], stated: Scale | None) -> float | None:
    if cell in words:
        number = to_number(words[cell])
        falls = stated is not None and stated[0] > stated[1] and to_number(cell) is None
        return sum(stated or ()) - number if number is not None and falls else number
    number = to_number(cell)
    return code_of(cell) if number is None else number


def _without_codes(numbers: dict[str, float | None], scale: Scale | None) -> tuple[dict[str, float | None], set[float]]:
    """Take numbers that stand for no answer out: known ones outside the scale, or far from all others."""
    values = {number for number in numbers.values() if number is not None}
    low, high = sorted(scale or (0.0, 0.0))
    if scale is None:
        others = {number for number in values if number not in MISSING_NUMBERS}
        if not others:
            return numbers, set()
        low, high = min(0.0, *others), max(others)
        high = high if high > 10 else 10.0
    codes = {number for number in values if number in MISSING_NUMBERS and not low <= number <= high}
    return {cell: None if number in codes else number for cell, number in numbers.items()}, codes


def _guessed(values: Sequence[float]) -> Scale | None:
    """Return the scale that values are likely to be on, None where several would do."""
    if not values:
        return None
    low, high = min(values), max(values)
    if low < 0:
        return None
    is_whole = all(value == int(value) for value in values)
    if is_whole and high in _USUAL:
        usual = _USUAL[high]
        return (0.0, 10.0) if high == 10 and low == 0 else None if low < usual[0] else usual
    return None


def seven_items(items: Mapping[str, Scored], reversed_ones: set[str], notes: Notes) -> list[float]:
    """Return [n_rows], the mean of items that at least half of them have answers to, reversed ones turned.

    Where answers show that an item is turned already, or that it should have been, that is followed and told.

    Parameters
    ----------
    items : by heading
    reversed_ones : headings of items to which a safe person says no
    notes : what was assumed is added here
    """
    turned = {
        heading: [1 - score for score in column.scores] if heading in reversed_ones else list(column.scores)
        for heading, column in items.items()
    }
    for heading in turned:
        others = [
            _mean([column[row] for name, column in turned.items() if name != heading])
            for row in range(len(turned[heading]))
        ]
        if _correlation(turned[heading], others) < _SURELY_TURNED:
            turned[heading] = [1 - score for score in turned[heading]]
            was = "turned already" if heading in reversed_ones else "asked the other way round"
            notes.assumed.append(f'answers show that "{heading}" was {was}, and it is taken so')
    rows = zip(*turned.values(), strict=True)
    return [_mean(row) if 2 * sum(not math.isnan(x) for x in row) >= len(row) else math.nan for row in rows]


def _mean(values: Sequence[float]) -> float:
    told = [value for value in values if not math.isnan(value)]
    return sum(told) / len(told) if told else math.nan


def _correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the correlation of two columns; 0 where too few answered or nobody differs."""
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if not math.isnan(a) and not math.isnan(b)]
    if len(pairs) < _FEWEST_TO_TURN:
        return 0.0
    mean_a, mean_b = (sum(pair[k] for pair in pairs) / len(pairs) for k in (0, 1))
    ab = sum((a - mean_a) * (b - mean_b) for a, b in pairs)
    aa, bb = sum((a - mean_a) ** 2 for a, _ in pairs), sum((b - mean_b) ** 2 for _, b in pairs)
    return ab / math.sqrt(aa * bb) if aa > 0 and bb > 0 else 0.0
