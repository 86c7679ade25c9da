"""Whether those who agree with a question feel safe: told by its words, answered, or asked; never used in silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sim.inputs.imports.columns import REVERSED, TURNABLE, UNCLEAR, HeadedSheet, Recognised
from sim.inputs.imports.direction import Direction, direction_of, is_plain
from sim.inputs.imports.items import REVERSED_ITEMS, is_numbered
from sim.inputs.imports.mapping import Answers
from sim.inputs.imports.notes import Choice, Notes
from sim.inputs.imports.scales import has_words_of_safety, without_scale
from sim.inputs.imports.words import Meaning, likert_of

__all__ = ["directed", "settled"]

_USUALLY_REVERSED = {f"item {number}" for number in REVERSED_ITEMS}
_WAYS = [
    Choice("Whoever agrees feels safe", {"agreement": "safe"}),
    Choice("Whoever agrees does not feel safe", {"agreement": "not safe"}),
]
_SHARES = (Meaning.SAFETY_AGREEING, Meaning.EFFICACY_AGREEING)
_OF_EFFICACY = (Meaning.EFFICACY, Meaning.EFFICACY_AGREEING)


def directed(columns: Sequence[Recognised], table: HeadedSheet) -> list[Recognised]:
    """Return columns with what those feel who agree, as far as their headings tell it.

    Parameters
    ----------
    columns : as their names and cells were recognised
    table : which they are of
    """
    return [
        _directed(one, table.column(one.heading)) if one.kind in TURNABLE and not is_numbered(one.heading) else one
        for one in columns
    ]


def _directed(one: Recognised, cells: Sequence[str]) -> Recognised:
    heading = without_scale(one.heading)
    direction = direction_of(heading)
    if direction is not Direction.SAFE and (has_words_of_safety(one.heading) or _answered_in_safety(cells)):
        direction = Direction.UNCLEAR
    bare = one.meaning.removesuffix(REVERSED)
    if direction is Direction.UNCLEAR:
        return replace(one, meaning=bare + UNCLEAR)
    is_turned = direction is Direction.NOT_SAFE
    meaning = bare + REVERSED if is_turned else bare
    if one.kind is Meaning.ITEM and is_turned == (bare in _USUALLY_REVERSED):
        return replace(one, meaning=meaning)
    if direction is Direction.SAFE and is_plain(heading):
        return one
    feeling = "being heard" if one.kind in _OF_EFFICACY else "feeling safe"
    other = bare if is_turned else bare + REVERSED
    told = f'agreeing with "{one.heading}" is taken as {"not " * is_turned}{feeling}'
    if is_turned and one.kind in _SHARES:
        told += ", and everybody who does not agree as the contrary"
    return replace(one, meaning=meaning, assumed=f'{told}; otherwise its meaning in the mapping is "{other}"')


def _answered_in_safety(cells: Sequence[str]) -> bool:
    """Tell whether answers say themselves how safe somebody feels, whatever was asked."""
    return any("safe" in cell.casefold() and likert_of({cell}) is not None for cell in set(cells))


def settled(columns: Sequence[Recognised], table: HeadedSheet, answers: Answers, notes: Notes) -> list[Recognised]:
    """Return columns with what was answered of those that are unclear; what was not is asked.

    Parameters
    ----------
    columns, table : of a table whose scores are used
    answers : what was asked before
    notes : what has to be asked is added here
    """
    found = []
    for one in columns:
        if one.is_unclear and answers.agreement is not None:
            end = REVERSED if answers.agreement == "not safe" else ""
            one = replace(one, meaning=one.meaning.removesuffix(UNCLEAR) + end, why=f"{one.why}, and an answer")
        elif one.is_unclear:
            safe = one.meaning.removesuffix(UNCLEAR)
            notes.ask(
                table.title,
                f'to know whether agreeing with "{one.heading}" means safe or not safe',
                "words that can be read both ways",
                f'--answer agreement=safe or --answer "agreement=not safe"; for each column by itself, '
                f'"{safe}" or "{safe}{REVERSED}" in a mapping',
                _WAYS,
            )
        found.append(one)
    return found
