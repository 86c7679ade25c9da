"""Surveys in shapes that are not read: told by what stands in them, and asked about, not taken for others."""

from __future__ import annotations

import re

from sim.inputs.imports.columns import Table, name_scores
from sim.inputs.imports.notes import Notes, some
from sim.inputs.imports.values import distinct
from sim.inputs.imports.words import Meaning, likert_of, spoken

__all__ = ["ask_about_shape"]

_OF_COUNTS = re.compile(r"\b(?:n|no|pct|per ?cent|percent|percentage|number|count|respondents|answers|of|who)\b|%")
_FEWEST_POINTS = 3
_FEWEST_WORDS = 3
_SURE_NAME = 0.6
_MOST_QUESTIONS = 200


def ask_about_shape(table: Table, notes: Notes) -> bool:
    """Ask about a survey that has a row for each answer to each question, or a column for each answer.

    Returns
    -------
    whether it is one, so that nothing of it can be used as it stands
    """
    if (heading := _column_of_questions(table)) is not None:
        notes.ask(
            table.title, "a column for each question", f'questions as cells of "{heading}", each in rows of its own',
            "keep the rows of one question on safety, and give the column of its answers that question as heading; or "
            "make a pivot table with a column for each question",
        )  # fmt: skip
        return True
    if columns := _columns_of_answers(table):
        notes.ask(
            table.title, "answers, or a score for each team", f"a column for each answer: {some(columns)}",
            "give each team its per cent who agree or strongly agree, in a column such as \"Feel safe: % agree\"; or a "
            "row for each team and answer, with how many gave it in a column \"times given\"",
        )  # fmt: skip
        return True
    return False


def _column_of_questions(table: Table) -> str | None:
    """Return the heading of the column in which questions stand, each again and again; None where there is none."""
    for heading, cells in zip(table.headings, table.cells, strict=True):
        told = [(cell, count) for cell, count in distinct(cells) if cell]
        if not 1 < len(told) <= _MOST_QUESTIONS or sum(count for _, count in told) < 2 * len(told):
            continue
        scores = [name_scores(cell) for cell, _ in told if len(spoken(cell).split()) >= _FEWEST_WORDS]
        on_safety = [
            one for one in scores if max(one.get(Meaning.SAFETY, 0), one.get(Meaning.EFFICACY, 0)) >= _SURE_NAME
        ]
        if on_safety and 2 * len(scores) >= len(told):
            return heading
    return None


def _columns_of_answers(table: Table) -> list[str]:
    """Return the headings that are answers of one scale, such as "% strongly agree"; none where they are too few."""
    words = {heading: " ".join(_OF_COUNTS.sub(" ", spoken(heading)).split()) for heading in table.headings}
    known = {heading: word for heading, word in words.items() if word and likert_of({word}) is not None}
    together = likert_of(set(known.values())) if known else None
    if together is None or len(set(together[1].values())) < _FEWEST_POINTS:
        return []
    others = [heading for heading in table.headings if heading not in known]
    if any({Meaning.SAFETY, Meaning.SAFETY_AGREEING} & set(name_scores(heading)) for heading in others):
        return []
    return list(known)
