"""Codes with words beside them, as in "1 - Strongly agree": the words tell which end of the scale is which."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from itertools import combinations

from sim.inputs.imports.notes import Choice, Notes
from sim.inputs.imports.scales import Scale
from sim.inputs.imports.words import SCALES_IN_WORDS, level_of, likert_of, points_on

__all__ = ["ask_direction", "code_of", "with_words_of_codes"]

_CODED = re.compile(r"\(?([+-]?\d+(?:\.\d+)?)\)?\s*[-:=.)]?\s+\D.*")
_DIRECTIONS = [
    Choice("The higher number: 1 to 5, say, where 5 means the most agreement", {"scale": "1 to 5"}),
    Choice("The lower number: 5 to 1, say, where 1 means the most agreement", {"scale": "5 to 1"}),
]


def code_of(cell: str) -> float | None:
    """Return the number before the words of an answer; None where there is none.

    Examples
    --------
    >>> code_of("4 - Agree"), code_of("(2) Disagree"), code_of("Agree")
    (4.0, 2.0, None)
    """
    found = _CODED.fullmatch(cell)
    return float(found[1]) if found else None


def with_words_of_codes(
    heading: str, cells: Collection[str], stated: Scale | None, guessed: Scale | None, title: str, notes: Notes
) -> Scale | None:
    """Return the scale of a column; where codes have words beside them, these say which end is which.

    Parameters
    ----------
    heading, cells : the column
    stated : the scale, where it is stated
    guessed : what it is likely to be by its numbers
    title : of the table, for notes
    notes : what was assumed or has to be asked is added here

    Returns
    -------
    what is stated where no code has a word
    """
    codes = {cell: code for cell in cells if (code := code_of(cell)) is not None and likert_of({cell}) is not None}
    if not codes:
        return stated
    ends = stated or next(filter(None, (_ends(codes, n_points) for n_points in SCALES_IN_WORDS)), guessed)
    ends = ends or (1.0, float((likert_of(set(codes)) or (max(codes.values()), {}))[0]))
    rises = _rises(codes, sum(ends) / 2)
    if rises is None:
        ask_direction(title, heading, notes)
        return stated
    low, high = sorted(ends)
    if rises:
        return low, high
    notes.assumed.append(
        f'{title}: in "{heading}" {low:g} means the most agreement and {high:g} the least, as the words of its answers '
        "say"
    )
    return high, low


def _ends(codes: Mapping[str, float], n_points: int) -> Scale | None:
    """Return the codes of the least and the most agreement, if words of so many points go with equal steps of codes."""
    points = points_on(n_points, codes)
    if points is None or len(set(points.values())) < 2:
        return None
    first, last = (pick(points, key=points.__getitem__) for pick in (min, max))
    step = (codes[last] - codes[first]) / (points[last] - points[first])
    least = codes[first] - step * (points[first] - 1)
    most = least + step * (n_points - 1)
    are_steps = all(abs(least + step * (point - 1) - codes[cell]) < 1e-9 for cell, point in points.items())
    return (least, most) if step and are_steps and (min(least, most) in (0, 1) or least == -most) else None


def _rises(codes: Mapping[str, float], middle: float) -> bool | None:
    """Return whether higher codes mean more agreement; None where they go both ways, or nothing tells."""
    levels = [(code, level) for cell, code in codes.items() if (level := level_of(cell)) is not None]
    signs = {(a > b) == (x > y) for (a, x), (b, y) in combinations(levels, 2) if a != b and x != y}
    if not signs:
        signs = {(code > middle) == (level > 0.5) for code, level in levels if code != middle and level != 0.5}
    return signs.pop() if len(signs) == 1 else None


def ask_direction(title: str, heading: str, notes: Notes) -> None:
    """Ask which end of the scale of a column means the most agreement."""
    notes.ask(
        title, f'to know which end of the scale of "{heading}" means the most agreement',
        "words of its scale that are not understood",
        '--answer "scale=1 to 5" where 5 does, --answer "scale=5 to 1" where 1 does', _DIRECTIONS,
    )  # fmt: skip
