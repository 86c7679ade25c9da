"""Surveys that do not tell which question was answered, or where the answers stand: asked about."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from sim.inputs.imports.columns import (
    HeadedSheet,
    Recognised,
    are_answers,
    are_guessed_ids,
    is_not_needed,
    name_scores,
    recognise,
)
from sim.inputs.imports.mapping import NO_COLUMN, Answers
from sim.inputs.imports.notes import Choice, Notes, some
from sim.inputs.imports.reshaping import NO_QUESTION, column_of_questions
from sim.inputs.imports.words import Meaning, is_missing, spoken

__all__ = ["ask_about_shape", "ask_about_unknown", "with_question"]

_MOSTLY, _NAMED = 0.8, 0.5
_MOST_CHOICES = 12
_SAFETY = "safety"
_STANDS_FOR = "I feel safe to speak up"


def ask_about_shape(table: HeadedSheet, answers: Answers, notes: Notes) -> bool:
    """Ask about a survey whose question, or whose answers, stand nowhere.

    Returns
    -------
    whether it is one, so that nothing of it can be used as it stands
    """
    if any(heading.startswith(NO_QUESTION) for heading in table.headings) and not _is_told(answers):
        if answers.question != NO_COLUMN:
            notes.ask(
                table.title, "to know which question was answered", "a column for each answer, and no question",
                f"--answer question={_SAFETY} if it asks how safe people feel to speak up, else question={NO_COLUMN}",
                [
                    Choice("These answers are on how safe people feel to speak up", {"question": _SAFETY}),
                    Choice("They are on something else, and are left out", {"question": NO_COLUMN}),
                ],
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


def with_question(table: HeadedSheet, answers: Answers) -> list[Recognised] | None:
    """Return the columns of a table whose question was answered to be on safety; None where there is no such table."""
    if not any(heading.startswith(NO_QUESTION) for heading in table.headings) or not _is_told(answers):
        return None
    named = [heading.replace(NO_QUESTION, _STANDS_FOR) for heading in table.headings]
    known = recognise(replace(table, headings=named))
    return [replace(one, heading=heading) for one, heading in zip(known, table.headings, strict=True)]


def ask_about_unknown(table: HeadedSheet, known: Set[str], answers: Answers, notes: Notes) -> list[Recognised] | None:
    """Ask about a table of people or teams in words that are not known, which may be a survey.

    Parameters
    ----------
    table : that is no table of anything
    known : how people and teams of the staff list are called
    answers : what was asked before
    notes : what has to be asked is added here

    Returns
    -------
    its columns, where it was answered which of them tells how safe people feel
    """
    of_whom = [heading for heading in table.headings if _stand_in(table.column(heading), known)]
    others = [
        heading
        for heading, cells in zip(table.headings, table.cells, strict=True)
        if heading not in of_whom and max(name_scores(heading).values(), default=0.0) < _NAMED
        if not is_not_needed(heading)
        if are_answers(heading, cells)
    ]
    if not of_whom or not others or answers.question == NO_COLUMN:
        return None
    chosen = next((heading for heading in others if spoken(heading) == spoken(answers.question or "")), None)
    if chosen is None:
        notes.ask(
            table.title, "to know which column tells how safe people feel to speak up", some(others),
            f'--answer "question={others[0]}", or --answer question={NO_COLUMN} where none does',
            [
                *(Choice(f'"{heading}"', {"question": heading}) for heading in others[:_MOST_CHOICES]),
                Choice("None of them", {"question": NO_COLUMN}),
            ],
        )  # fmt: skip
        return None
    named = [_STANDS_FOR if heading == chosen else heading for heading in table.headings]
    found = [
        Recognised(one.heading, str(Meaning.IGNORED), 1.0, "not recognised") if are_guessed_ids(one) else one
        for one in recognise(replace(table, headings=named), frozenset(known))
    ]
    return [replace(one, heading=heading) for one, heading in zip(found, table.headings, strict=True)]


def _stand_in(cells: Sequence[str], known: Set[str]) -> bool:
    told = [cell for cell in cells if not is_missing(cell)]
    return len(set(told)) > 1 and sum(cell in known for cell in told) >= _MOSTLY * len(told)


def _is_told(answers: Answers) -> bool:
    return answers.question is not None and spoken(answers.question) == _SAFETY
