"""The scale that answers are on, and which end of it means agreement, as far as headings, titles and comments tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.inputs.imports.words import is_missing, level_of, spoken

__all__ = ["Scale", "StatedScale", "has_words_of_safety", "scale_in", "without_scale"]

Scale = tuple[float, float]
"""The number of those who agree least and of those who agree most; the first may be the larger."""

_NUMBER = r"([+-]?\d+(?:\.\d+)?)"
_TO = r"\s*(?:to|-|–|—|\.\.+)\s*"
_SCALE_TEXT = re.compile(rf"scale\W*?{_NUMBER}{_TO}{_NUMBER}", re.IGNORECASE)
_SCALE_IN_HEADING = re.compile(rf"[(\[]\s*{_NUMBER}\s*(?:to|-|–|—|/)\s*{_NUMBER}\s*[)\]]")
_SCORED = re.compile(
    rf"(?:\b(?:mean|average|avg|scores?|rating|rated|range|likert)\b\W{{0,3}}|[(\[]\s*)([01]){_TO}(4|5|6|7|9|10|100)"
    r"(?=\s*(?:[,;:)\]]|\.(?!\d)|$))",
    re.IGNORECASE,
)
"""Ends beside a word for scores, or first in brackets: such as scales have, and years, ages or bands do not."""

_MEANT = re.compile(rf"(?<![\w.]){_NUMBER}\s*(=|:|-|–|—|\()\s*([A-Za-z][A-Za-z' ]*)")
_MEANT_BEFORE = re.compile(rf"([A-Za-z][A-Za-z' ]*)\s*(=|\()\s*{_NUMBER}(?=\s*(?:[),;]|$|to\b))")
_LINKS = re.compile(r"\b(?:to|and|through|up|until|from|or|scale|where)\b")
_IN_BRACKETS = re.compile(r"[(\[][^()\[\]]*(?:\([^()]*\)[^()\[\]]*)*[)\]]")


@dataclass(frozen=True)
class StatedScale:
    """What some text says of a scale.

    Parameters
    ----------
    ends : None where it says nothing of them
    is_clear : False where it says something of its direction that is not understood
    has_words : whether words say which end is which
    """

    ends: Scale | None = None
    is_clear: bool = True
    has_words: bool = False


def scale_in(texts: Sequence[str], known: Scale | None = None) -> StatedScale:
    """Return the scale that comments or headings state.

    Parameters
    ----------
    texts : what is looked at
    known : the ends, where something else tells them and these texts may only tell what one of them means

    Examples
    --------
    >>> scale_in(["scale: 1 to 5"]).ends, scale_in(["Safe (0-10)"]).ends, scale_in(["safety"]).ends
    ((1.0, 5.0), (0.0, 10.0), None)
    >>> scale_in(["Safe (1 = strongly agree, 5 = strongly disagree)"]).ends, scale_in(["Safe (1=yes)"], (1, 5)).ends
    ((5.0, 1.0), (5, 1))
    """
    ends, is_clear = None, True
    for text in texts:
        if (found := _stated(text)) and found[1] != found[2]:
            one, other = float(found[1]), float(found[2])
            ends, is_clear = (min(one, other), max(one, other)), one < other
            break
    meant = [pair for text in texts for pair in _meant(text)]
    if not meant:
        return StatedScale(ends, is_clear)
    known = ends or known
    levels = [(number, level) for number, level in meant if level is not None]
    if not levels or (len(levels) < 2 and known is None):
        return StatedScale(ends, False, True)
    directions = {_direction(number, level, levels, known) for number, level in levels} - {0}
    if len(directions) != 1 or len(levels) < len(meant):
        return StatedScale(ends, False, True)
    low, high = sorted(known or (min(levels)[0], max(levels)[0]))
    return StatedScale((low, high) if directions == {1} else (high, low), True, True)


def _stated(text: str) -> re.Match[str] | None:
    return _SCALE_TEXT.search(text) or _SCALE_IN_HEADING.search(text) or _SCORED.search(text)


def _direction(number: float, level: float, levels: Sequence[tuple[float, float]], known: Scale | None) -> int:
    """Return 1 where higher numbers mean more agreement, -1 where less, 0 where this one tells neither."""
    signs = {_sign(other - number) * _sign(their - level) for other, their in levels if other != number} - {0}
    if len(signs) > 1:
        return 2
    if signs:
        return int(signs.pop())
    if known is None or level == 0.5:
        return 0
    return _sign(number - sum(known) / 2) * _sign(level - 0.5)


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def _meant(text: str) -> Iterator[tuple[float, float | None]]:
    """Yield numbers of which a text says what they mean, from 0 for least to 1 for most; None where it is not known."""
    for number, words, _ in _pairs(text):
        if (level := _level(words)) is not None or not is_missing(_bare(words)):
            yield float(number), level


def _pairs(text: str) -> list[tuple[str, str, re.Match[str]]]:
    """Return numbers with the words beside them that say what they mean: surely such words, or behind a sign for it."""
    pairs = [(found[1], found[3], found) for found in _MEANT.finditer(text)]
    if not any(_level(words) is not None for _, words, _ in pairs):
        pairs += [(found[3], found[1], found) for found in _MEANT_BEFORE.finditer(text)]
    n_known = sum(_level(words) is not None for _, words, _ in pairs)
    enough = (0.0, 1.0) if n_known < 2 else (0.0, 0.25, 1 / 3, 0.5, 2 / 3, 0.75, 1.0)
    return [pair for pair in pairs if (_bare(pair[1]) and pair[2][2] == "=") or _level(pair[1]) in enough]


def _level(words: str) -> float | None:
    return level_of(_bare(words))


def _bare(words: str) -> str:
    return " ".join(_LINKS.sub(" ", spoken(words)).split())


def has_words_of_safety(text: str) -> bool:
    """Tell whether the words of a scale speak of safety themselves, as in "1 = very unsafe"."""
    return any("safe" in found[3].casefold() for found in _MEANT.finditer(text))


def without_scale(heading: str) -> str:
    """Return a heading without what it says of its scale.

    Examples
    --------
    >>> without_scale("I feel safe to speak up (1=strongly agree)"), without_scale("Ward (Level 5)")
    ('I feel safe to speak up', 'Ward (Level 5)')
    """

    def dropped(found: re.Match[str]) -> str:
        is_scale = _stated(found[0]) or any(_meant(found[0][1:-1]))
        return " " if is_scale else found[0]

    text = _IN_BRACKETS.sub(dropped, heading)
    for _, words, found in _pairs(text):
        if _level(words) is not None:
            text = text.replace(found[0], " ")
    return " ".join(text.split()) or heading
