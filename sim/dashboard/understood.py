"""What the page of one's own service shows of files and what was understood of them, in plain types."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sim.dashboard.service import MEANINGS, ImportResult, OwnService, SheetResult
from sim.inputs.imports import WORDS, Answers, Kind, Question, Value
from sim.inputs.imports.words import Meaning

__all__ = ["shown"]

_MOST_SHOWN = 200
_FEWEST_ALIKE = 1.5
_FEW = 20

KINDS: dict[Kind, str] = {
    "people": "Staff list",
    "survey": "Survey",
    "ties": "Who works with whom",
    "matrix": "Who works with whom, as a matrix",
    "leavers": "People who left",
    "posts": "Posts and who fills them",
    "vacancies": "Vacancies",
    "ignored": "Left out",
}
"""Kinds of tables, in words."""

_CHOICES = {
    "role": [[role, role.replace("_", " ")] for role in WORDS["role"]],
    "staff group": [[group, group.replace("_", " ")] for group in WORDS["staff group"]],
}


def shown(service: OwnService | None) -> dict[str, Any]:
    """Return what the page shows of files and what was understood of them, in plain types."""
    told = (service.told if service else None) or ImportResult()
    known = service or OwnService(Path())
    return {
        "files": list(known.files),
        "programme": known.programme.name if known.programme else "",
        "pseudonyms": known.pseudonyms,
        "is_whole": told.is_whole,
        "is_told": service is not None and service.told is not None,
        "summary": list(told.summary),
        "faults": list(map(str, told.faults)),
        "questions": [_question(one) for one in told.questions],
        "settled": _settled(known.mapping.answers),
        "sheets": [_shown_sheet(one, known) for one in told.sheets],
        "values": _shown_values(told, known),
        "choices": _CHOICES,
        "meanings": list(MEANINGS),
        "kinds": [list(pair) for pair in KINDS.items()],
        "understood": list(map(_plain, told.notes.understood)),
        "assumed": list(map(_plain, told.notes.assumed)),
        "left_out": list(map(_plain, told.notes.left_out)),
    }


_ASKS = {
    "scores": "Are these scores of teams means, or shares of those who agree?",
    "scale": "From what to what does the scale of the answers go?",
    "agreement": "Do those who agree feel safe, or not?",
    "wave": "Which of these answers are the latest?",
    "teams": "How are these departments to become teams?",
    "ids": "Which column tells people apart?",
    "question": "Which question tells how safe people feel?",
    "weight": "Which column says how strong a tie is?",
}
_SETTLED: tuple[tuple[str, str, str, list[list[str]] | None], ...] = (
    ("date", "The tables are of this day", "", None),
    ("dates", "In 03/04/2025", "", [["day first", "the day comes first"], ["month first", "the month comes first"]]),
    ("scores", "Scores of teams are", "", [
        ["means", "means"], ["agreeing", "per cent who agree"], ["personal", "each person's own"],
    ]),
    ("scale", "Answers are on a scale of", "1 to 5", None),
    ("agreement", "Whoever agrees with a question that can be read both ways feels", "", [
        ["safe", "safe"], ["not safe", "not safe"],
    ]),
    ("wave", "The wave of the survey that is used", "2025", None),
    ("agreeing_from", "Who answers this or more agrees", "4", None),
    ("teams", "Departments", "", [
        ["by leader", "split by leader"], ["at random", "split at random"], ["as given", "kept as they are"],
    ]),
    ("ids", "The column that tells people apart", "Employee Number", None),
    ("question", "The question that tells how safe people feel", "I feel safe to speak up", None),
    ("weight", "The column that says how strong a tie is", "Messages", None),
    ("staff_group", "Whose staff group nothing tells are in", "", _CHOICES["staff group"]),
)  # fmt: skip
_OF_COMMANDS = re.compile(r"[;,]? (?:otherwise|another day|another one): --answer (?:\"[^\"]*\"|\S+)")


def _plain(sentence: str) -> str:
    """Return a sentence without what to write at a command line: the page has a place to say it."""
    return _OF_COMMANDS.sub("", sentence).replace("; `--pseudonyms` puts numbers in its place", "")


def _settled(answers: Answers) -> list[dict[str, Any]]:
    given = answers.model_dump(exclude_none=True)
    return [
        {"name": name, "says": says, "hint": hint, "choices": choices, "value": str(given.get(name, ""))}
        for name, says, hint, choices in _SETTLED
    ]


def _question(question: Question) -> dict[str, Any]:
    fault = question.fault
    name = next(iter(question.choices[0].answers))
    return {
        "asks": _ASKS[name],
        "where": fault.where,
        "came": fault.came,
        "has_other": name == "scale",
        "choices": [{"says": choice.says, "answers": dict(choice.answers)} for choice in question.choices],
    }


def _shown_sheet(sheet: SheetResult, service: OwnService) -> dict[str, Any]:
    columns = []
    for column in sheet.columns[:_MOST_SHOWN]:
        first = service.first.get((sheet.title, column.heading), column)
        is_chosen = first.meaning != column.meaning
        left_out = column.meaning == Meaning.IGNORED
        columns.append(
            {
                "heading": column.heading,
                "meaning": column.meaning,
                "sure": "" if left_out or is_chosen else _sure(first.certainty),
                "per_cent": None if left_out or is_chosen else round(100 * first.certainty),
                "why": "you chose it" if is_chosen else first.why,
            }
        )
    return {
        "title": sheet.title, "kind": sheet.kind, "n_rows": sheet.n_rows, "columns": columns,
        "n_more": len(sheet.columns) - len(columns),
    }  # fmt: skip


def _sure(certainty: float) -> str:
    return "sure" if certainty >= 0.9 else "likely" if certainty >= 0.7 else "a guess"


def _shown_values(told: ImportResult, service: OwnService) -> list[dict[str, Any]]:
    """Return the distinct values of columns; none of a column in which nearly everybody has another, as names are.

    What was not understood comes first, and stays there when somebody has said what it means: nothing moves away.
    """
    by_column: dict[tuple[str, str, str], list[Value]] = {}
    for one in told.notes.values:
        by_column.setdefault((one.table, one.heading, one.kind), []).append(one)
    groups = []
    for (table, heading, kind), values in by_column.items():
        chosen = service.mapping.words.get(kind, {})
        many = len(values) > _FEW and sum(one.count for one in values) < _FEWEST_ALIKE * len(values)
        ordered = sorted(values, key=lambda one: (bool(one.taken_for) and one.text not in chosen, -one.count, one.text))
        groups.append(
            {
                "table": table,
                "heading": heading,
                "kind": kind,
                "n": len(values),
                "n_faulty": sum(not one.taken_for for one in values),
                "is_open": any(not one.taken_for or one.text in chosen for one in values),
                "is_kept_back": many,
                "n_more": 0 if many else max(0, len(values) - _MOST_SHOWN),
                "values": [] if many else [_value(one, chosen) for one in ordered[:_MOST_SHOWN]],
            }
        )
    return sorted(groups, key=lambda group: not group["is_open"])


def _value(one: Value, chosen: dict[str, str]) -> dict[str, Any]:
    return {
        "text": one.text, "count": one.count, "taken_for": one.taken_for, "proposal": one.proposal,
        "chosen": chosen.get(one.text, ""),
    }  # fmt: skip
