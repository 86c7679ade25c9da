"""Reports with a row for each question and a column for each team: turned, so that each team has a row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sim.inputs.imports.columns import HeadedSheet, is_not_needed, name_scores
from sim.inputs.imports.notes import counted, some
from sim.inputs.imports.values import to_number
from sim.inputs.imports.words import Meaning, is_missing, spoken

__all__ = ["is_on_safety", "turned"]

_ON_SAFETY = (Meaning.SAFETY, Meaning.SAFETY_AGREEING, Meaning.EFFICACY, Meaning.EFFICACY_AGREEING)
_OF_PERSONS = (Meaning.ID, Meaning.EMAIL, Meaning.NAME)
_NO_TEAM = re.compile(
    r"%|\b(?:n|base|mean|average|median|score|spread|sd|std|agree\w*|disagree\w*|respondents|responses|answers|count|number|"
    r"difference|change|rank|target|minimum|maximum|min|max|year|id|code|no)\b"
)
"""Words of headings of numbers that are of all together, and not of a team."""

_SURE_NAME, _SURE = 0.6, 0.9
_FEWEST_WORDS, _FEWEST_TEAMS, _MOST_QUESTIONS = 3, 2, 300


def is_on_safety(text: str) -> bool:
    """Tell whether a question asks how safe people feel, or whether something would be done."""
    scores = name_scores(" ".join(re.sub(r"[_\-]+", " ", text).split()))
    return max((scores.get(one, 0.0) for one in _ON_SAFETY), default=0.0) >= _SURE_NAME


def turned(table: HeadedSheet) -> HeadedSheet:
    """Return a table with a row for each team; the same one where questions do not stand in rows, each once.

    Parameters
    ----------
    table : with its headings found; what is done is said in ``understood`` of the table that is returned
    """
    questions = next(
        (h for h, cells in zip(table.headings, table.cells, strict=True) if _are_questions(h, cells)), None
    )
    if questions is None or any(map(_is_of_persons_or_answers, table.headings)):
        return table
    asked = table.column(questions)
    wanted = [row for row, text in enumerate(asked) if _is_long(text) and is_on_safety(text)]
    teams = [h for h in table.headings if h != questions and _is_of_a_team(h, [table.column(h)[row] for row in wanted])]
    if len(teams) < _FEWEST_TEAMS:
        return table
    texts = [h for h in table.headings if h not in teams]
    of_number = [row for row in range(table.n_rows) if any(_says_how_many(table.column(h)[row]) for h in texts)][:1]
    rows = [*wanted, *of_number]
    n_asked = len(list(filter(_is_long, asked)))
    told = (
        f'a row for each question of "{questions}" and a column for each of {counted(len(teams), "team")} '
        f"({some(teams)}) are exchanged; {counted(len(wanted), 'question')} of {n_asked} are on safety"
    )
    return replace(
        table,
        headings=["Team", *(asked[row] for row in wanted), *["Respondents"] * len(of_number)],
        cells=[teams, *([table.column(team)[row] for team in teams] for row in rows)],
        lines=[table.header_line] * len(teams),
        understood=(*table.understood, told),
    )


def _are_questions(heading: str, cells: Sequence[str]) -> bool:
    """Tell whether questions stand in a column, each once, and one of them at least on safety."""
    told = [cell for cell in cells if cell]
    long_ones = list(filter(_is_long, told))
    if is_not_needed(heading) or not long_ones or len(told) > _MOST_QUESTIONS or 2 * len(long_ones) < len(told):
        return False
    return len(set(long_ones)) == len(long_ones) and any(map(is_on_safety, long_ones))


def _is_long(text: str) -> bool:
    return len(spoken(text).split()) >= _FEWEST_WORDS


def _is_of_persons_or_answers(heading: str) -> bool:
    scores = name_scores(heading)
    return any(scores.get(meaning, 0.0) >= _SURE for meaning in (*_OF_PERSONS, *_ON_SAFETY))


def _is_of_a_team(heading: str, cells: Sequence[str]) -> bool:
    """Tell whether a column has a number, or one that is kept back, for each question on safety."""
    numbers = [to_number(cell) for cell in cells]
    are_numbers = all(n is not None or is_missing(cell) for n, cell in zip(numbers, cells, strict=True))
    return are_numbers and any(n is not None for n in numbers) and not _NO_TEAM.search(spoken(heading))


def _says_how_many(cell: str) -> bool:
    return name_scores(cell).get(Meaning.RESPONDENTS, 0.0) == 1.0
