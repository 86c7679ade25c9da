"""What the columns of the tables mean, and which words for roles and staff groups are understood."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from sim.inputs.organisation import StaffGroup

__all__ = [
    "PEOPLE",
    "ROLE_WORDS",
    "STAFF_GROUP_WORDS",
    "SURVEY",
    "TABLES",
    "TENURE_WEEKS",
    "TIES",
    "Role",
    "TableColumn",
]

Meaning = TypeVar("Meaning")

LONGEST_TENURE_YEARS = 70
WEEKS_PER_YEAR = 52


class Role(StrEnum):
    """What somebody does in the organisation."""

    STAFF = "staff"
    TEAM_LEADER = "team_leader"
    SENIOR_LEADER = "senior_leader"


@dataclass(frozen=True)
class TableColumn:
    """One column of a table.

    Parameters
    ----------
    meaning : what its cells say, for people who fill them in
    is_required : whether a table must have it
    is_name : whether its cells name people, teams or services, and so turn up in results
    """

    meaning: str
    is_required: bool = False
    is_name: bool = False


_TENURE = f"how long the person has been here, in {{}} (0 to {LONGEST_TENURE_YEARS} years); empty if not known"

PEOPLE = {
    "id": TableColumn("a number or code of the person, different for everybody", is_required=True, is_name=True),
    "team": TableColumn("the team; a senior leader needs none", is_required=True, is_name=True),
    "staff_group": TableColumn(
        f"one of {', '.join(group.name.lower() for group in StaffGroup)}; a leader needs none", is_required=True
    ),
    "role": TableColumn(f"one of {', '.join(Role)}", is_required=True),
    "service": TableColumn("the service; all of a team are in one service", is_required=True, is_name=True),
    "leader": TableColumn("the id of the person's leader, as a check; may be empty", is_name=True),
    "tenure_weeks": TableColumn(_TENURE.format("weeks")),
    "tenure_months": TableColumn(_TENURE.format("months")),
    "tenure_years": TableColumn(_TENURE.format("years")),
    "name": TableColumn("what the person is called in results; the id if empty", is_name=True),
}
"""Columns of ``people.csv``, one row for each person."""

TENURE_WEEKS = {
    "tenure_weeks": 1.0,
    "tenure_months": WEEKS_PER_YEAR / 12,
    "tenure_years": float(WEEKS_PER_YEAR),
}
"""Weeks in the unit of each tenure column, of which a table has at most one."""

MOST_WEIGHT = 1000

TIES = {
    "from": TableColumn("the id of a staff member or team leader", is_required=True, is_name=True),
    "to": TableColumn("the id of a colleague, in another team or in the same", is_required=True, is_name=True),
    "layer": TableColumn("cross_team (if empty) or committee; means nothing within a team"),
    "weight": TableColumn(f"how strong the tie is, above 0 and up to {MOST_WEIGHT}; 1 (if empty) is an ordinary tie"),
    "direction": TableColumn(
        "both (if empty), where each of the two listens to the other; one_way, where only the first does"
    ),
}
"""Columns of ``ties.csv``, one row for each tie; which of the two comes first means nothing, unless it is one-way."""

SURVEY = {
    "id": TableColumn("the id of the person who answered", is_name=True),
    "team": TableColumn("or the team, of whose members without a score of their own it tells", is_name=True),
    "service": TableColumn("or the service, of all in it of whom no more is told", is_name=True),
    "safety": TableColumn(
        'the score of "I feel safe to speak up", on the stated scale; of a team or service the mean; '
        "empty if not answered"
    ),
    "efficacy": TableColumn('the score of "it would be addressed", likewise'),
    "safety_agreeing": TableColumn(
        "of a team or service, instead of the mean: per cent of those who answered who agree that they feel safe"
    ),
    "efficacy_agreeing": TableColumn("likewise, that it would be addressed"),
    "respondents": TableColumn("of a team or service: how many answered; everybody if empty"),
    "spread": TableColumn(
        "of a team or service: how far its people differ, as a standard deviation on the stated scale; as far as the "
        "model's people do if empty"
    ),
    "times_given": TableColumn(
        "of a team or service, instead of all these: how many people gave just this score without a name; there is "
        "a row for each score that was given"
    ),
    "scale_low": TableColumn(
        'the lowest score of the scale, the same in all rows, unless a line "# scale: 1 to 5" says it'
    ),
    "scale_high": TableColumn("the highest score of the scale, likewise"),
}
"""Columns of ``survey.csv``, one row for each person, team or service."""

TABLES: dict[str, dict[str, TableColumn]] = {"people.csv": PEOPLE, "ties.csv": TIES, "survey.csv": SURVEY}
"""The columns of every table, by file name."""

STAFF_GROUP_WORDS: dict[StaffGroup, tuple[str, ...]] = {
    StaffGroup.MEDICAL: (
        "medical",
        "medicine",
        "doctor",
        "physician",
        "surgeon",
        "consultant",
        "medical and dental",
    ),
    StaffGroup.NURSING: (
        "nursing",
        "nurse",
        "midwife",
        "midwives",
        "midwifery",
        "nursing and midwifery",
        "nursing and midwifery registered",
        "registered nurse",
        "health care assistant",
        "healthcare assistant",
        "hca",
    ),
    StaffGroup.ALLIED_HEALTH: (
        "allied health",
        "allied health professional",
        "allied",
        "ahp",
        "therapist",
        "physiotherapist",
        "occupational therapist",
        "dietitian",
        "radiographer",
        "pharmacist",
        "social worker",
        "healthcare scientist",
    ),
    StaffGroup.OPERATIONS: (
        "operations",
        "operation",
        "operational",
        "ops",
        "porter",
        "domestic",
        "housekeeping",
        "facilities",
        "estates and ancillary",
    ),
    StaffGroup.ADMINISTRATION: (
        "administration",
        "administrative",
        "administrator",
        "admin",
        "administrative and clerical",
        "clerical",
        "secretary",
        "receptionist",
    ),
}
"""Words understood for each staff group, in the singular; case, spaces, hyphens and a plural s do not matter."""

ROLE_WORDS: dict[Role, tuple[str, ...]] = {
    Role.STAFF: ("staff", "staff member", "member", "member of staff", "employee"),
    Role.TEAM_LEADER: ("team leader", "leader", "team lead", "lead", "manager", "team manager", "ward manager"),
    Role.SENIOR_LEADER: ("senior leader", "senior", "senior manager", "director"),
}
"""Words understood for each role, likewise."""

_NOT_LETTERS = re.compile(r"[\W_]+")


def plain(word: str) -> str:
    """Return a word without case, and with one space for whatever stands between its parts.

    Examples
    --------
    >>> plain("Staff_Group"), plain("Nursing & Midwifery")
    ('staff group', 'nursing and midwifery')
    """
    return _NOT_LETTERS.sub(" ", word.casefold().replace("&", " and ")).strip()


def lookup(words: Mapping[Meaning, Iterable[str]]) -> dict[str, Meaning]:
    """Return the meaning of each word, and of its plural."""
    singular = {word: meaning for meaning, known in words.items() for word in known}
    return {f"{word}s": meaning for word, meaning in singular.items()} | singular


def describe_columns() -> str:
    """Return, as Markdown, what the columns of the tables mean.

    Examples
    --------
    >>> print(describe_columns().splitlines()[0])
    ### people.csv
    """
    parts = []
    for file, columns in TABLES.items():
        rows = [f"| {name} | {_need(column)} | {column.meaning} |" for name, column in columns.items()]
        parts.append("\n".join([f"### {file}", "", "| column | | meaning |", "|---|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def _need(column: TableColumn) -> str:
    return "required" if column.is_required else "optional"
