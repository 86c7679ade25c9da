"""The seven items of Edmondson (1999), by their words or as a numbered row of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sim.inputs.imports.scales import without_scale
from sim.inputs.imports.words import spoken

__all__ = ["REVERSED_ITEMS", "is_numbered", "items_in"]

_ITEM = re.compile(
    r"(?:t?ps[a-z]*|psych\w*(?: safety)?|item|q|edmondson|safety)? ?0?([1-7]) ?(r|rev|reversed?|recoded)?"
)
_ITEM_TEXTS = {
    1: r"held against",
    2: r"bring up problems|tough issues",
    3: r"reject\w* (?:others )?for being different",
    4: r"safe to take (?:a )?risk",
    5: r"difficult to ask",
    6: r"undermin",
    7: r"skills and talents",
}
REVERSED_ITEMS = (1, 3, 5)
"""Of the seven items of Edmondson (1999), those to which a safe person says no."""


def items_in(headings: Sequence[str]) -> dict[str, str]:
    """Return which headings are Edmondson's items: by their words, or as a numbered row of them."""
    found: dict[str, str] = {}
    numbered: dict[str, list[tuple[int, str, str]]] = {}
    for heading in headings:
        said = spoken(without_scale(heading))
        for number, pattern in _ITEM_TEXTS.items():
            if re.search(pattern, said):
                found[heading] = f"item {number}" + (" reversed" if number in REVERSED_ITEMS else "")
        if match := _ITEM.fullmatch(said):
            stem = said[: match.start(1)].strip()
            numbered.setdefault(stem, []).append((int(match[1]), match[2] or "", heading))
    for stem, items in numbered.items():
        numbers = {number for number, _, _ in items}
        if len(numbers) == len(items) and (len(items) == 7 if stem in ("", "q") else len(items) >= 3):
            is_marked = any(mark for _, mark, _ in items)
            for number, mark, heading in items:
                is_reversed = mark in ("r", "rev", "reverse", "reversed") if is_marked else number in REVERSED_ITEMS
                found.setdefault(heading, f"item {number}" + (" reversed" if is_reversed else ""))
    return found if len(found) >= 3 else {}


def is_numbered(heading: str) -> bool:
    """Tell whether a heading names an item by its number alone.

    Examples
    --------
    >>> is_numbered("PS1R"), is_numbered("It is safe to take a risk")
    (True, False)
    """
    return _ITEM.fullmatch(spoken(without_scale(heading))) is not None
