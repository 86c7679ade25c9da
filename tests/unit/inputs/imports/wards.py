"""A few wards, whose people and answers are known, to be written as other programs write them."""

from __future__ import annotations

from collections.abc import Callable

from tests.unit.inputs.imports.files import csv_of

TEAMS = ("Ash", "Birch", "Oak")
WORDS = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
QUESTION = "I feel safe to speak up about anything that concerns me"
PEOPLE = [
    (f"ab{100 + k}", TEAMS[k % 3], "Ward Manager" if k < 3 else "Staff Nurse", 1 + k % 3 + (k // 3) ** 2 % 3)
    for k in range(30)
]
"""Id, team, title, and how far each agrees, from 1 to 5."""


def staff(ident: Callable[[int, str], object] = lambda _, own: own) -> str:
    rows = [[ident(k, own), team, "Medicine", title] for k, (own, team, title, _) in enumerate(PEOPLE)]
    return csv_of([["id", "team", "service", "job title"], *rows])


HEADS = ["Employee Number", "Ward", "Division", "Job Title"]


def listed(extra: Callable[[int], object], heading: str, others: list[list[object]]) -> str:
    rows = [[own, team, "Medicine", title, extra(k)] for k, (own, team, title, _) in enumerate(PEOPLE)]
    return csv_of([[*HEADS, heading], *rows, *others])


def gone_as(mark: object) -> list[list[object]]:
    return [[f"x{k}", "Ash", "Medicine", "Staff Nurse", mark] for k in range(6)]
