"""What people type, made fit to keep: one line, no control characters, not longer than there is room for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

__all__ = ["LONGEST_NAME", "LONGEST_REASON", "LONGEST_TITLE", "clean", "csv_cell", "unlike_others"]

LONGEST_NAME = 24
LONGEST_TITLE = 80
LONGEST_REASON = 240
_MOST_MARKS = 2
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def clean(text: str, longest: int) -> str:
    r"""Return a text in one line, without invisible characters and towers of accents, cut to a length.

    Examples
    --------
    >>> clean("  Anna\u202e \n  B. ", 24)
    'Anna B.'
    """
    kept: list[str] = []
    marks = 0
    for letter in unicodedata.normalize("NFC", text[: 8 * longest]):
        category = unicodedata.category(letter)
        marks = marks + 1 if category.startswith("M") else 0
        if category[0] in "CZ":
            # A joiner is part of many emoji and scripts; other invisible characters can turn a line around.
            kept.append(letter if letter == "\u200d" and kept else " " if category != "Cf" else "")
        elif marks <= _MOST_MARKS:
            kept.append(letter)
    return " ".join("".join(kept).split())[:longest].strip()


def unlike_others(name: str, others: Iterable[str]) -> str:
    """Return a name that nobody else has: the name itself, or with a number.

    Examples
    --------
    >>> unlike_others("Anna", ["anna", "Anna 2"])
    'Anna 3'
    """
    taken = {_alike(other) for other in others}
    if _alike(name) not in taken:
        return name
    number = 2
    while _alike(f"{name} {number}") in taken:
        number += 1
    return f"{name} {number}"


def _alike(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().replace(" ", "")


def csv_cell(value: object) -> object:
    """Return a value that a spreadsheet shows as it is and does not compute.

    Examples
    --------
    >>> csv_cell("=1+1"), csv_cell("a mind - open"), csv_cell(-3)
    ("'=1+1", 'a mind - open', -3)
    """
    if isinstance(value, str) and value.lstrip(" '\"").startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value
