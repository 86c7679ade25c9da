"""How strong a tie is, as people write it: a number, how often somebody is met, a word, yes or no."""

from __future__ import annotations

import re

from sim.inputs.imports.values import is_yes, to_number
from sim.inputs.imports.words import is_missing, spoken

__all__ = ["amount_of"]

_FEWER = re.compile(r"(?:<|under|less than|fewer than|up to)\s*(\d+(?:\.\d+)?)")
_MORE = re.compile(r"(?:>|over|more than)\s*(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)\s*(?:\+|or more|and more)")
_BETWEEN = re.compile(r"(\d+(?:\.\d+)?)\s*(?:-|\u2013|to)\s*(\d+(?:\.\d+)?)")
_EVERY = (
    (20.0, r"hourly|(?:several|many) times (?:a|per|each) day"),
    (5.0, r"daily|every (?:working )?day|once (?:a|per|each) day|each (?:day|shift)|every shift"),
    (3.0, r"(?:several|many|few|a few) times (?:a|per|each) week"),
    (2.0, r"twice (?:a|per|each) week"),
    (0.5, r"fortnightly|every (?:two|2|other|second) weeks?|(?:several|few|a few|2) times (?:a|per|each) month"),
    (0.5, r"twice (?:a|per|each) month"),
    (1.0, r"weekly|every week|once (?:a|per|each) week|each week"),
    (0.08, r"quarterly|every quarter|(?:several|few|a few) times (?:a|per|each) year|less than monthly"),
    (0.25, r"monthly|every month|once (?:a|per|each) month|each month"),
    (0.02, r"yearly|annually|every year|once (?:a|per|each) year|less than yearly"),
)  # fmt: skip
_CONTACTS_A_WEEK = tuple((amount, re.compile(pattern)) for amount, pattern in _EVERY)
_WORDS = {
    "never": 0.0, "none": 0.0, "nil": 0.0, "no contact": 0.0, "not at all": 0.0, "no tie": 0.0, "zero": 0.0,
    "very rarely": 1.0, "rarely": 1.0, "seldom": 1.0, "hardly ever": 1.0, "weak": 1.0, "low": 1.0, "little": 1.0,
    "a little": 1.0, "occasionally": 2.0, "sometimes": 2.0, "medium": 2.0, "moderate": 2.0, "some": 2.0,
    "regularly": 3.0, "often": 3.0, "frequently": 3.0, "strong": 3.0, "high": 3.0, "a lot": 3.0, "very often": 4.0,
    "always": 4.0, "very frequently": 4.0, "very strong": 4.0, "constantly": 4.0, "very high": 4.0,
}  # fmt: skip


def amount_of(cell: str) -> float | None:
    """Return how strong a tie is, in the unit of its column; None where the cell says nothing that is understood.

    Where words say how often, it is contacts in a working week; of ranges it is the middle.

    Examples
    --------
    >>> amount_of("12"), amount_of("<5"), amount_of("Daily"), amount_of("never"), amount_of("No"), amount_of("green")
    (12.0, 2.5, 5.0, 0.0, 0.0, None)
    """
    number = to_number(cell)
    if number is not None:
        return number
    text = cell.casefold().strip()
    if found := _FEWER.fullmatch(text):
        return float(found[1]) / 2
    if found := _MORE.fullmatch(text):
        return float(found[1] or found[2])
    if found := _BETWEEN.fullmatch(text):
        return (float(found[1]) + float(found[2])) / 2
    said = spoken(cell)
    if said in _WORDS:
        return _WORDS[said]
    if is_missing(cell) and said != "x":
        return None
    if (answer := is_yes(cell)) is not None:
        return float(answer)
    return next((amount for amount, pattern in _CONTACTS_A_WEEK if pattern.fullmatch(said)), None)
