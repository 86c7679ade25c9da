"""Cells as values: numbers, dates, lengths of service; each distinct cell is looked at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import TypeVar

from sim.inputs.imports.words import is_missing, spoken

__all__ = [
    "DateOrder",
    "date_order",
    "each_once",
    "has_left",
    "in_which_order",
    "is_plain_yes",
    "read_count",
    "read_date",
    "read_tenure_years",
    "stands_for_never",
    "to_number",
]

Value = TypeVar("Value")

_NUMBER = re.compile(r"[+-]?([1-9]\d{0,2}(?:[,' ]\d{3})+|\d+)?(\.\d+)?([eE][+-]?\d{1,3})?")
_DECIMAL_COMMA = re.compile(r"([+-]?(?:\d+(?=,(?:\d{1,2}|\d{4,})$)|0\d*|\d{4,})),(\d+)")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_PARTS = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:[T ].*)?")
_WITH_MONTH = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?[-/. ]*)?([A-Za-z]{3,9})[-/., ]+(?:(\d{1,2}),? )?'?(\d{4}|\d{2})"
)
_COMPACT = re.compile(r"(19|20)(\d\d)(\d\d)(\d\d)")
_MONTHS = {
    name: k
    for k, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_FIRST_SERIAL, _LAST_SERIAL = 14_000, 80_000
_SERIAL_ZERO = date(1899, 12, 30)
_EARLIEST, _LATEST = date(1930, 1, 1), date(2200, 1, 1)

DateOrder = bool
"""Whether the day comes before the month."""


def each_once(cells: Iterable[str], understand: Callable[[str], Value]) -> dict[str, Value]:
    """Return what each distinct cell means."""
    return {cell: understand(cell) for cell in dict.fromkeys(cells)}


def to_number(cell: str) -> float | None:
    """Return the number in a cell, with a sign for thousands, a decimal comma or a per cent sign if it has one.

    Examples
    --------
    >>> to_number("1,234"), to_number("61,4"), to_number("0,125"), to_number("61.4 %"), to_number("4 - agree")
    (1234.0, 61.4, 0.125, 61.4, None)
    """
    text = cell.strip().removesuffix("%").strip()
    if not text or len(text) > 40:
        return None
    if with_comma := _DECIMAL_COMMA.fullmatch(text):
        return float(f"{with_comma[1]}.{with_comma[2]}")
    found = _NUMBER.fullmatch(text)
    if not found or not (found[1] or found[2]):
        return None
    return float(re.sub("[,' ]", "", text))


def read_date(cell: str, day_first: DateOrder = True) -> date | None:
    """Return the date in a cell, or None.

    Examples
    --------
    >>> str(read_date("01/04/2019")), str(read_date("17-Nov-23")), str(read_date("43556")), read_date("soon")
    ('2019-04-01', '2023-11-17', '2019-04-01', None)
    """
    try:
        found = _date(cell.strip(), day_first)
    except ValueError:
        return None
    return found if found is not None and _EARLIEST <= found < _LATEST else None


def stands_for_never(cell: str) -> bool:
    """Tell whether a cell is a day so far off that it stands for none, as 31/12/9999 and 01/01/1900 do.

    Examples
    --------
    >>> stands_for_never("31/12/4712"), stands_for_never("1900-01-01"), stands_for_never("01/04/2019")
    (True, True, False)
    """
    try:
        found = _date(cell.strip(), True)
    except ValueError:
        return False
    return found is not None and not _EARLIEST <= found < _LATEST


def _date(text: str, day_first: bool) -> date | None:
    if found := _ISO.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _PARTS.fullmatch(text):
        one, other = int(found[1]), int(found[2])
        day, month = (one, other) if (day_first and other <= 12) or one > 12 else (other, one)
        return date(_year(found[3]), month, day)
    if (found := _WITH_MONTH.fullmatch(text)) and (month_number := _MONTHS.get(found[2][:3].casefold())):
        return date(_year(found[4]), month_number, int(found[1] or found[3] or 1))
    if found := _COMPACT.fullmatch(text):
        return date(int(found[1] + found[2]), int(found[3]), int(found[4]))
    number = to_number(text) if "%" not in text else None
    if number is not None and _FIRST_SERIAL <= number <= _LAST_SERIAL:
        return _SERIAL_ZERO + timedelta(days=int(number))
    return None


def _year(text: str) -> int:
    if len(text) == 4:
        return int(text)
    return int(text) + (2000 if int(text) < 60 else 1900)


def date_order(cells: Iterable[str]) -> DateOrder | None:
    """Return whether the day comes first in dates like 03/04/2025; None where that cannot be told, or dates say both.

    Examples
    --------
    >>> date_order(["17/11/2023"]), date_order(["11/17/2023"]), date_order(["03/04/2025"]), date_order(["2025-04-03"])
    (True, False, None, True)
    """
    day_first = month_first = unclear = False
    for cell in set(cells):
        if found := _PARTS.fullmatch(cell.strip()):
            one, other = int(found[1]), int(found[2])
            day_first |= one > 12
            month_first |= other > 12
            unclear |= one <= 12 and other <= 12 and one != other
    if day_first and month_first:
        return None
    if day_first or month_first:
        return day_first
    return None if unclear else True


def in_which_order(cells: Iterable[str]) -> str:
    """Return what is assumed of dates of which :func:`date_order` cannot tell the order.

    Examples
    --------
    >>> in_which_order(["04/25/2021", "25/04/2021", "03/04/2021"])
    'both 25/04/2021 and 04/25/2021 stand there; where a date may be either, the day comes first'
    >>> in_which_order(["03/04/2021"])
    'nothing tells whether day or month comes first, as in 03/04/2021; it is taken to be the day'
    """
    told: dict[str, str] = {}
    for cell in cells:
        if found := _PARTS.fullmatch(cell.strip()):
            one, other = int(found[1]), int(found[2])
            told.setdefault("day" if one > 12 else "month" if other > 12 else "either", cell.strip()[:20])
    if "day" in told and "month" in told:
        return f"both {told['day']} and {told['month']} stand there; where a date may be either, the day comes first"
    example = told.get("either", "03/04/2021")
    return f"nothing tells whether day or month comes first, as in {example}; it is taken to be the day"


_BETWEEN = re.compile(r"(\d+(?:\.\d+)?)\s*(?:-|–|to|<)\s*(\d+(?:\.\d+)?)")
_LESS = re.compile(r"(?:<|under|less than|up to|below)\s*(\d+(?:\.\d+)?)")
_MORE = re.compile(r"(?:>|over|more than|above)?\s*(\d+(?:\.\d+)?)\s*(?:\+|and over|or more|and above)?")
_YEARS_MONTHS = re.compile(r"(\d+)\s*y(?:ears?|rs?)?[, ]*(?:and )?(\d+)\s*m(?:onths?|ths?)?")


def read_tenure_years(cell: str, years_in_unit: float = 1.0) -> float | None:
    """Return a length of service in years: a number in its unit, or words for a range, of which the middle is taken.

    Examples
    --------
    >>> (
    ...     read_tenure_years("3.5"),
    ...     read_tenure_years("18", 1 / 12),
    ...     read_tenure_years("2y 6m"),
    ...     read_tenure_years("1-2 years"),
    ... )
    (3.5, 1.5, 2.5, 1.5)
    """
    number = to_number(cell)
    if number is not None:
        return number * years_in_unit if number >= 0 else None
    text = cell.casefold().strip()
    if found := _YEARS_MONTHS.fullmatch(text):
        return int(found[1]) + int(found[2]) / 12
    unit = (
        1 / 12
        if "month" in text
        else 1 / 52
        if "week" in text
        else 1.0
        if "year" in text or "yr" in text
        else years_in_unit
    )
    bare = re.sub(r"\b(months?|weeks?|years?|yrs?)\b", "", text).strip()
    if found := _BETWEEN.fullmatch(bare):
        return (float(found[1]) + float(found[2])) / 2 * unit
    if found := _LESS.fullmatch(bare):
        return float(found[1]) / 2 * unit
    if found := _MORE.fullmatch(bare):
        return float(found[1]) * unit
    return None


def share_of(cells: Sequence[tuple[str, int]], is_it: Callable[[str], bool]) -> float:
    """Return the share of cells that are something, of those that are anything; distinct cells with their counts."""
    told = [(cell, count) for cell, count in cells if not is_missing(cell)]
    n = sum(count for _, count in told)
    return sum(count for cell, count in told if is_it(cell)) / n if n else 0.0


def distinct(cells: Iterable[str]) -> list[tuple[str, int]]:
    """Return distinct cells with their counts, the most frequent first."""
    return Counter(cells).most_common()


def is_plain_yes(cell: str) -> bool | None:
    """Return whether a cell says just yes or just no; None if it says something else, or nothing.

    Examples
    --------
    >>> is_plain_yes("Y"), is_plain_yes("No"), is_plain_yes("Active"), is_plain_yes("")
    (True, False, None, None)
    """
    said = spoken(cell)
    return True if said in {"y", "yes", "true"} else False if said in {"n", "no", "false"} else None


_COUNT = re.compile(r"(?:n\s*[=:]\s*)?\(?\s*(\d{1,3}(?:[, ]\d{3})+|\d+)(?:\.0+)?\s*\)?(?:\s*(?:of|/|out of)\s*\d+)?")


def read_count(cell: str) -> float | None:
    """Return how many a cell says, also as "n = 12", "(12)" or "12 of 20"; None if it is no number, or per cent.

    Examples
    --------
    >>> read_count("n=12"), read_count("(1,200)"), read_count("12 of 20"), read_count("few")
    (12.0, 1200.0, 12.0, None)
    """
    number = None if "%" in cell else to_number(cell)
    if number is None and (found := _COUNT.fullmatch(cell.casefold().strip())):
        number = float(re.sub("[, ]", "", found[1]))
    return number


def is_yes(cell: str) -> bool | None:
    """Return whether a cell says yes or no; None if neither.

    Examples
    --------
    >>> is_yes("Y"), is_yes("False"), is_yes("maybe")
    (True, False, None)
    """
    said = spoken(cell)
    if said in {
        "y",
        "yes",
        "true",
        "1",
        "x",
        "left",
        "leaver",
        "terminated",
        "inactive",
        "resigned",
        "voluntarily terminated",
    }:
        return True
    if said in {"n", "no", "false", "0", "", "current", "stayed", "active", "employed", "in post", "active assignment"}:
        return False
    return True if said.startswith(("terminat", "left")) else None


_HERE = re.compile(
    r"(?:\w+ )*(?:active|employed|in post|current|leave|maternity|paternity|adoption|parental|career break|acting up|"
    r"secondment|sick(?:ness)?|suspend(?:ed)?|suspension|probation(?:ary)?|furlough(?:ed)?|sabbatical|permanent|"
    r"fixed term|temporary|full time|part time)(?: \w+)*"
)
_GONE = re.compile(
    r"(?:\w+ )*(?:ex employee|former|retired|dismissed|deceased|leaver|left|resigned|terminated|inactive|redundant|"
    r"withdrawn|departed|exited|separated|(?:not|non|no longer) (?:active|employed|in post|current\w*))(?: \w+)*"
)
_BACK = re.compile(r".*\b(?:return\w*|rehired|re ?employed|flexi\w*)\b.*")
_CODES = {"a": False, "l": False, "p": False, "s": False, "t": True, "i": True, "r": True, "d": True, "w": True}
"""How personnel systems shorten them: active, on leave, on paid leave, suspended; terminated, inactive, retired, ..."""


def has_left(cell: str) -> bool | None:
    """Return whether a status says that somebody has left; None if it says neither.

    Examples
    --------
    >>> has_left("Terminated"), has_left("T"), has_left("Maternity & Adoption"), has_left("A"), has_left("Purple")
    (True, True, False, False, None)
    """
    said = spoken(cell)
    if (known := is_yes(cell)) is not None and not _BACK.fullmatch(said):
        return known
    if said in _CODES:
        return _CODES[said]
    if _BACK.fullmatch(said):
        return False
    return True if _GONE.fullmatch(said) else False if _HERE.fullmatch(said) else None
