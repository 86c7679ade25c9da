"""How numbers are said: in 100, per cent, lengths of time, and lists of several things.

Plain characters only, so that every terminal and every file can show them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.base.terms import WEEKS_PER_YEAR

__all__ = [
    "NEVER",
    "capital",
    "duration",
    "in_100",
    "listed",
    "more_in_100",
    "number_word",
    "of_100",
    "percent",
    "points_of_100",
    "signed",
]

NEVER = "never"
NOT_DEFINED = "not defined"
_MONTHS_FROM_WEEKS = 9
_YEARS_FROM_WEEKS = 2 * WEEKS_PER_YEAR
_NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def in_100(share: float) -> str:
    """Return a share as a number out of 100.

    Examples
    --------
    >>> in_100(0.254)
    '25'
    """
    return NOT_DEFINED if math.isnan(share) else f"{round(100 * share)}"


def of_100(share: float) -> str:
    """Return a level on a scale from 0 to 1 as so many of 100.

    Examples
    --------
    >>> of_100(0.42)
    '42 of 100'
    """
    return NOT_DEFINED if math.isnan(share) else f"{in_100(share)} of 100"


def percent(share: float) -> str:
    """Return a share in per cent.

    Examples
    --------
    >>> percent(0.42)
    '42 %'
    """
    return NOT_DEFINED if math.isnan(share) else f"{round(100 * share)} %"


def more_in_100(gain: float) -> str:
    """Return a difference of shares as so many more or fewer out of 100.

    Examples
    --------
    >>> more_in_100(0.25), more_in_100(-0.07), more_in_100(0.001)
    ('25 more', '7 fewer', 'no more')
    """
    if math.isnan(gain):
        return NOT_DEFINED
    count = round(100 * abs(gain))
    if count == 0:
        return "no more"
    return f"{count} {'more' if gain > 0 else 'fewer'}"


def points_of_100(gain: float) -> str:
    """Return a difference of shares in points of 100, with its sign.

    Examples
    --------
    >>> points_of_100(0.157), points_of_100(-0.001)
    ('+16', '0')
    """
    return NOT_DEFINED if math.isnan(gain) else signed(100 * gain)


def signed(number: float) -> str:
    """Return a whole number with its sign.

    Examples
    --------
    >>> signed(15.7), signed(-2.0), signed(-0.1)
    ('+16', '-2', '0')
    """
    return f"{round(number):+d}" if round(number) else "0"


def duration(weeks: float) -> str:
    """Return a length of time in the unit that people would use.

    Examples
    --------
    >>> duration(7), duration(39), duration(130), duration(math.inf)
    ('7 weeks', '9 months', '2.5 years', 'never')
    """
    if math.isnan(weeks):
        return NOT_DEFINED
    if math.isinf(weeks):
        return NEVER
    if weeks < _MONTHS_FROM_WEEKS:
        return f"{round(weeks)} week{'' if round(weeks) == 1 else 's'}"
    if weeks < _YEARS_FROM_WEEKS:
        return f"{round(weeks * 12 / WEEKS_PER_YEAR)} months"
    years = f"{weeks / WEEKS_PER_YEAR:.1f}".removesuffix(".0")
    return f"{years} years"


def number_word(number: int) -> str:
    """Return a small number as a word.

    Examples
    --------
    >>> number_word(2), number_word(12)
    ('two', '12')
    """
    return _NUMBER_WORDS[number] if 0 <= number < len(_NUMBER_WORDS) else str(number)


def capital(text: str) -> str:
    """Return a text as it begins a sentence.

    Examples
    --------
    >>> capital("the Medical Director")
    'The Medical Director'
    """
    return text[:1].upper() + text[1:]


def listed(parts: Sequence[str]) -> str:
    """Return parts as a list in a sentence.

    Examples
    --------
    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
