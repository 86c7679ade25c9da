"""People of a staff list, and by what each of them is known."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sim.inputs.imports.words import spoken
from sim.inputs.organisation import StaffGroup
from sim.inputs.tables.columns import Role
from sim.inputs.tables.rows import LONGEST_CELL

__all__ = [
    "DAYS_PER_YEAR",
    "Further",
    "Known",
    "Left",
    "Person",
    "Staff",
    "counts_by_team",
    "one_spelling",
    "plain_id",
    "safe_name",
    "unit_key",
]

DAYS_PER_YEAR = 365.25
WHOLE_FLOAT = re.compile(r"(\d+)\.0+")
"""A whole number as a spreadsheet makes it of an id."""

_ZEROS = re.compile(r"(?<![\d.,])0+(?=\d)")
_BESIDE_NAME = re.compile(r".*[(\[]\s*(?P<last>\S*\d\S*?)\s*[)\]]|(?P<first>\S*\d\S*)\s+[-\u2013|:]\s+.*")
_FORMULA = frozenset("=+-@")
_AROUND = " .,;:!?'\"`*_-\u2013\u2014\u2018\u2019\u201c\u201d"


@dataclass(frozen=True, slots=True)
class Further:
    """Another team that somebody works in too.

    Parameters
    ----------
    team, service : as the staff list names them
    share : how much of a post is there, as a share of what is in the first team; at most 1
    """

    team: str
    service: str
    share: float


@dataclass(slots=True)
class Person:
    """Somebody who works here.

    Parameters
    ----------
    id : as it stands in the tables that are written
    team, service : names; "" where not known
    role : None where nothing told it
    group : staff group
    leader : id of the leader, "" where not known
    tenure_weeks : None where not known
    strength : how strongly the role is told, from 0 to 3
    weight : of the post, such as whole-time equivalents
    further : other teams, where somebody works in more than one
    """

    id: str
    team: str = ""
    service: str = ""
    role: Role | None = None
    group: StaffGroup | None = None
    leader: str = ""
    tenure_weeks: int | None = None
    strength: int = 0
    weight: float = 1.0
    further: tuple[Further, ...] = ()


@dataclass(frozen=True)
class Left:
    """Somebody who has left, or who began: days between which they were here, and who it was."""

    start: date | None
    end: date | None
    role: Role
    id: str = ""


@dataclass
class Known:
    """Who is known by which id, number, name or address; a number that lost its zeros is found all the same."""

    by_text: dict[str, str] = field(default_factory=dict)
    by_number: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)

    def add(self, own: str) -> None:
        """Know somebody by an id."""
        self.by_text[own] = own
        plain = plain_id(own)
        self.by_number[plain] = "" if plain in self.by_number and self.by_number[plain] != own else own

    def find(self, text: str) -> str:
        """Return the id of whom a cell names, or ""."""
        if text in self.by_text:
            return text
        found = self.by_number.get(plain_id(text), "")
        if found:
            return found
        last, comma, first = text.partition(",")
        named = self.aliases.get(spoken(text), "") or (self.aliases.get(spoken(f"{first} {last}"), "") if comma else "")
        if not named and (number := _BESIDE_NAME.fullmatch(text)):
            return self.find(number["last"] or number["first"])
        return named


def plain_id(text: str) -> str:
    """Return an id as a spreadsheet leaves it: no zeros in front, no ".0" behind."""
    if match := WHOLE_FLOAT.fullmatch(text):
        text = match[1]
    return (text.lstrip("0") or "0") if text.isdigit() else text.casefold()


@dataclass
class Staff:
    """Everybody in a staff list.

    Parameters
    ----------
    people : who works here
    known : who is known by which id, number, name or address
    spells : who was here from when to when, as far as dates tell
    parts : teams that a name stands for, with their sizes, where it stands for several
    units : teams of each department and service, as they were called
    codes : the name of a team by another that it has in the list, such as a number
    named_after : the id of whom a team is called after
    day : the day that the tables are of
    is_day_told : whether somebody said which day that is
    words : what words were taken for, by their kind
    """

    people: list[Person] = field(default_factory=list)
    known: Known = field(default_factory=Known)
    spells: list[Left] = field(default_factory=list)
    parts: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    units: dict[str, dict[str, None]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    named_after: dict[str, str] = field(default_factory=dict)
    day: date | None = None
    is_day_told: bool = False
    words: dict[str, dict[str, str]] = field(default_factory=lambda: {"role": {}, "staff group": {}})


def safe_name(text: str) -> str:
    """Return a name that no spreadsheet takes for a formula and that our tables can hold.

    Examples
    --------
    >>> safe_name("=HYPERLINK(1)"), safe_name("Ward 7")
    ("'=HYPERLINK(1)", 'Ward 7')
    """
    return (f"'{text}" if text[:1] in _FORMULA else text)[:LONGEST_CELL]


def unit_key(text: str) -> str:
    """Return a team's or service's name as names are compared: without case, zeros, spaces and punctuation around it.

    Examples
    --------
    >>> unit_key("ASH."), unit_key(" Ash  Ward "), unit_key("Ward 7-1"), unit_key("07")
    ('ash', 'ash ward', 'ward 7-1', '7')
    """
    bare = " ".join(text.casefold().split()).strip(_AROUND)
    return _ZEROS.sub("", bare) or text


def one_spelling(counts: Mapping[str, int]) -> dict[str, str]:
    """Return for each name the spelling that is kept: of those that are alike the most frequent, then the first.

    Examples
    --------
    >>> one_spelling({"Ash": 3, "ASH": 1, "Oak": 2})
    {'Ash': 'Ash', 'ASH': 'Ash', 'Oak': 'Oak'}
    """
    best: dict[str, str] = {}
    for name, count in counts.items():
        known = best.setdefault(unit_key(name), name)
        if count > counts[known]:
            best[unit_key(name)] = name
    return {name: best[unit_key(name)] for name in counts}


def counts_by_team(people: Iterable[Person]) -> Counter[str]:
    """Return the number of staff of each team."""
    return Counter(person.team for person in people if person.role is Role.STAFF)
