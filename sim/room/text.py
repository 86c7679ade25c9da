"""What people type, made fit to keep: one line, no control characters, not longer than there is room for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

__all__ = ["LONGEST_NAME", "LONGEST_REASON", "LONGEST_TITLE", "clean", "csv_cell", "unlike_others"]

LONGEST_NAME = 24
LONGEST_TITLE = 80
LONGEST_REASON = 240
_MOST_MARKS = 2
_EMOJI_STYLE = "\ufe0f"
_JOINS = ("\u200d", _EMOJI_STYLE)
_VIRAMA = 9
"""The combining class of the signs by which letters of Indian scripts are joined."""

_UNSEEN = (
    ("\u034f", "\u034f"), ("\u115f", "\u1160"), ("\u17b4", "\u17b5"), ("\u180b", "\u180f"), ("\u2800", "\u2800"),
    ("\u3164", "\u3164"), ("\ufe00", "\ufe0f"), ("\uffa0", "\uffa0"), ("\U000e0100", "\U000e01ef"),
)  # fmt: skip
"""First and last of what shows as nothing: letters and marks that Unicode lets ignore, and the empty Braille."""

_CYRILLIC = str.maketrans(
    "\u0430\u0432\u0435\u0455\u0456\u0458\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u04af\u04bb"
    "\u051b\u051d\u0501\u04cf",
    "abesijkmhopctyxyhqwdl",
)
_GREEK = str.maketrans(
    "\u03b1\u03b2\u03b5\u03b6\u03b7\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7", "abezhikmnoptyx"
)
_LOOK_ALIKE = {**_CYRILLIC, **_GREEK}
"""Letters of other alphabets, folded, that look like Latin ones, small or capital."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def clean(text: str, longest: int) -> str:
    r"""Return a text in one line, without invisible characters and towers of accents, cut to a length.

    Examples
    --------
    >>> clean("  Anna\u202e \n  B. ", 24)
    'Anna B.'
    >>> clean("An\u034fna\ufe0f \u3164", 24)
    'Anna'
    """
    kept: list[str] = []
    marks = 0
    seen = "".join(letter for letter in text[: 8 * longest] if letter in _JOINS or not _is_unseen(letter))
    for letter in unicodedata.normalize("NFC", seen):
        category = unicodedata.category(letter)
        marks = marks + 1 if category.startswith("M") else 0
        if letter in _JOINS:
            # Part of many emoji and of some scripts; anywhere else nobody would see it.
            if kept and _can_be_joined(kept[-1]):
                kept.append(letter)
        elif category[0] in "CZ":
            kept.append(" " if category != "Cf" else "")
        elif marks <= _MOST_MARKS:
            kept.append(letter)
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))[:longest].strip(" \u200d")


def _can_be_joined(letter: str) -> bool:
    """Tell whether a joiner after it shows: after a symbol, its variant, or a sign that ends a letter of India."""
    return (
        letter == _EMOJI_STYLE
        or unicodedata.category(letter) in ("So", "Sk")
        or unicodedata.combining(letter) == _VIRAMA
    )


def _is_unseen(letter: str) -> bool:
    """Tell whether a letter or mark shows as nothing: fillers, and those that only choose a variant."""
    return any(first <= letter <= last for first, last in _UNSEEN)


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
    r"""Return what is the same for all names that look the same.

    Examples
    --------
    >>> _alike("\u0410nn\u0430") == _alike("anna")
    True
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    seen = (letter for letter in folded if letter != " " and letter not in _JOINS)
    return "".join(seen).translate(_LOOK_ALIKE)


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
