"""Surveys that do not tell which question was answered, or where the answers stand: asked about."""

from __future__ import annotations

from dataclasses import replace

from sim.inputs.imports.columns import Recognised, Table, recognise
from sim.inputs.imports.mapping import Answers
from sim.inputs.imports.notes import Choice, Notes, some
from sim.inputs.imports.reshaping import NO_QUESTION, column_of_questions
from sim.inputs.imports.words import spoken

__all__ = ["ask_about_shape", "with_question"]

_SAFETY = "safety"
_STANDS_FOR = "I feel safe to speak up"


def ask_about_shape(table: Table, answers: Answers, notes: Notes) -> bool:
    """Ask about a survey whose question, or whose answers, stand nowhere.

    Returns
    -------
    whether it is one, so that nothing of it can be used as it stands
    """
    if any(heading.startswith(NO_QUESTION) for heading in table.headings) and not _is_told(answers):
        notes.ask(
            table.title, "to know which question was answered", "a column for each answer, and no question",
            f"--answer question={_SAFETY} if it asks how safe people feel to speak up; else leave the file out",
            [Choice("How safe people feel to speak up", {"question": _SAFETY})],
        )  # fmt: skip
        return True
    if (heading := column_of_questions(table)) is not None:
        others = [other for other in table.headings if other != heading]
        notes.ask(
            table.title, f'to know where the answers to the questions of "{heading}" stand', some(others) or "nothing",
            'call the column of the answers "Answer", or make a table with a column for each question',
        )  # fmt: skip
        return True
    return False


def with_question(table: Table, answers: Answers) -> list[Recognised] | None:
    """Return the columns of a table whose question was answered to be on safety; None where there is no such table."""
    if not any(heading.startswith(NO_QUESTION) for heading in table.headings) or not _is_told(answers):
        return None
    named = [heading.replace(NO_QUESTION, _STANDS_FOR) for heading in table.headings]
    known = recognise(replace(table, headings=named))
    return [replace(one, heading=heading) for one, heading in zip(known, table.headings, strict=True)]


def _is_told(answers: Answers) -> bool:
    return answers.question is not None and spoken(answers.question) == _SAFETY
