"""The calendar of a run: which day a week begins on, once it is known when week 0 is.

Dates are for people to read; nothing is computed from them. Month names are English, whatever the machine speaks.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "EARLIEST",
    "LATEST",
    "anniversary",
    "as_date",
    "common",
    "day_words",
    "first_day",
    "first_days",
    "month_words",
    "week_and_day",
    "week_of",
    "week_words",
    "weeks_words",
]

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
"""Between these a run may start."""

_DAYS_A_WEEK = 7
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LENGTH = len("2027-04-01")


def as_date(value: object) -> date | None:
    """Return a date, given as one or as text like ``2027-04-01``; None for anything else, or too early or late.

    Examples
    --------
    >>> as_date("2027-04-01"), as_date("1 April"), as_date(20270401)
    (datetime.date(2027, 4, 1), None, None)
    """
    if isinstance(value, str) and len(value) == _LENGTH and value[4] == value[7] == "-":
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return None
    is_day = isinstance(value, date) and not isinstance(value, datetime)
    return value if is_day and EARLIEST <= value <= LATEST else None  # type: ignore[operator, return-value]


def common(starts: Iterable[date | None]) -> date | None:
    """Return the day on which all begin; None where they begin on different ones, or on none that is known."""
    days = set(starts)
    return days.pop() if len(days) == 1 else None


def first_day(week: int, start: date) -> date:
    """Return the day on which a week begins; week 0 begins on ``start``."""
    return start + timedelta(days=_DAYS_A_WEEK * week)


def first_days(weeks: NDArray[np.int64], start: date) -> NDArray[np.datetime64]:
    """Return [n_weeks], the day on which each week begins."""
    import numpy as np

    return np.datetime64(start, "D") + 7 * weeks


def week_of(day: date, start: date) -> int:
    """Return the week that a day lies in; below 0 before ``start``.

    Examples
    --------
    >>> week_of(date(2027, 4, 8), date(2027, 4, 1)), week_of(date(2027, 3, 31), date(2027, 4, 1))
    (1, -1)
    """
    return (day - start).days // _DAYS_A_WEEK


def anniversary(start: date, years: int) -> date:
    """Return the same day, so many years later; 28 February where there is no 29th."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return start.replace(year=start.year + years, day=start.day - 1)


def day_words(day: date) -> str:
    """Return a day as people write it.

    Examples
    --------
    >>> day_words(date(2027, 4, 1))
    '1 Apr 2027'
    """
    return f"{day.day} {month_words(day)}"


def month_words(day: date) -> str:
    """Return month and year of a day.

    Examples
    --------
    >>> month_words(date(2027, 4, 1))
    'Apr 2027'
    """
    return f"{_MONTHS[day.month - 1]} {day.year}"


def week_and_day(week: int, start: date | None) -> str:
    """Return which week it is, and its first day where that is known, for words that stand in brackets already.

    Examples
    --------
    >>> week_and_day(39, date(2027, 4, 1)), week_and_day(39, None)
    ('week 39, 30 Dec 2027', 'week 39')
    """
    return f"week {week}" + (f", {day_words(first_day(week, start))}" if start else "")


def week_words(week: int, start: date | None) -> str:
    """Return which week it is, with the day it begins on where that is known.

    Examples
    --------
    >>> week_words(39, date(2027, 4, 1)), week_words(39, None)
    ('week 39 (30 Dec 2027)', 'week 39')
    """
    return f"week {week}" + (f" ({day_words(first_day(week, start))})" if start else "")


def weeks_words(first: int, last: int, start: date | None, between: str = "to") -> str:
    """Return from which to which week, with the days that they begin on where those are known.

    Examples
    --------
    >>> weeks_words(0, 39, date(2027, 4, 1)), weeks_words(0, 39, None)
    ('weeks 0 to 39 (1 Apr 2027 to 30 Dec 2027)', 'weeks 0 to 39')
    """
    days = f" ({day_words(first_day(first, start))} {between} {day_words(first_day(last, start))})" if start else ""
    return f"weeks {first} {between} {last}{days}"
