"""What an interval adds to a number that is said."""

from __future__ import annotations

import math
from collections.abc import Callable

from sim.base.phrasing import NEVER
from sim.results.measures import Interval

__all__ = ["bracketed", "interval_of", "with_interval"]


def interval_of(interval: Interval, say: Callable[[float], str]) -> str:
    """Return the two ends of an interval, or an empty string where there is none to tell.

    Examples
    --------
    >>> from sim.base.phrasing import percent
    >>> interval_of(Interval(0.42, 0.38, 0.47, 40), percent)
    '38 to 47 %'
    """
    if math.isnan(interval.low) or math.isnan(interval.high):
        return ""
    low, high = say(interval.low), say(interval.high)
    if low == high == NEVER:
        return ""
    low_number, _, low_unit = low.partition(" ")
    return f"{low_number if low_unit == high.partition(' ')[2] else low} to {high}"


def with_interval(interval: Interval, say: Callable[[float], str]) -> str:
    """Return an estimate with its interval in brackets; left out where its ends read like the estimate.

    Examples
    --------
    >>> from sim.base.phrasing import percent
    >>> with_interval(Interval(0.42, 0.38, 0.47, 40), percent)
    '42 % (38 to 47)'
    >>> with_interval(Interval(0.42, math.nan, math.nan, 1), percent)
    '42 %'
    """
    said = say(interval.estimate)
    return f"{said}{bracketed(interval, say)}"


def bracketed(interval: Interval, say: Callable[[float], str]) -> str:
    """Return the interval in brackets with a blank before it, without the unit if the estimate has the same.

    Examples
    --------
    >>> from sim.base.phrasing import in_100
    >>> f"42 of 100{bracketed(Interval(0.42, 0.38, 0.47, 40), in_100)}"
    '42 of 100 (38 to 47)'
    """
    ends, said = interval_of(interval, say), say(interval.estimate)
    if not ends or {say(interval.low), say(interval.high)} == {said}:
        return ""
    unit = said.partition(" ")[2]
    low_unit = say(interval.low).partition(" ")[2]
    return f" ({ends.removesuffix(f' {unit}') if unit and unit == low_unit else ends})"
