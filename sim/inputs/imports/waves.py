"""Surveys that were held several times: which answers are of which wave, and which waves are used.

A wave is told by a column of dates or waves, or by the name of a sheet or file. Where two waves say something of the
same people or teams, the later is used and the other left out, which is said. Where they cannot be put in order, that
is asked.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sim.inputs.imports.columns import BY_CONTENT, TURNABLE, HeadedSheet, Recognised
from sim.inputs.imports.mapping import Answers
from sim.inputs.imports.notes import Choice, Notes, counted
from sim.inputs.imports.people import Staff
from sim.inputs.imports.scores import BOTH, GatheredSurvey, Group
from sim.inputs.imports.values import date_order, in_which_order, read_date
from sim.inputs.imports.words import BEGINS, Meaning, is_missing, spoken

__all__ = ["Part", "later_ones", "merged", "parts_of", "with_dates_of_answers"]

_APART = timedelta(days=60)
"""Longer than a survey is open: answers that are further apart are of two waves."""

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9}
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[-_ ./]?(0[1-9]|1[0-2])(?:[-_ ./]?(0[1-9]|[12]\d|3[01]))?)?(?!\d)")
_NUMBERED = re.compile(r"\b(?:wave|round|pulse|survey|time|phase) ?(\d{1,3})\b")
_BARE_NUMBER = re.compile(r"(?:[a-z]+ ?)?(\d{1,3})")
_IN_WORDS = {
    "baseline": 0, "before": 0, "pre": 0, "first": 1, "follow up": 1, "followup": 1, "after": 1, "post": 1, "second": 2,
    "third": 3,
}  # fmt: skip
_OF_STAFF = frozenset(
    {
        Meaning.TITLE, Meaning.GROUP, Meaning.ROLE, Meaning.BAND, Meaning.LEADER, Meaning.IS_LEADER, Meaning.LEFT,
        Meaning.TENURE_DAYS, Meaning.TENURE_WEEKS, Meaning.TENURE_MONTHS, Meaning.TENURE_YEARS,
    }
)  # fmt: skip
_OF_EMPLOYMENT = re.compile(
    r"\b(?:hire[ds]?|join\w*|employ\w*|appoint\w*|service|commence\w*|assignment|doj|position|post|left|leav\w*|exit|"
    r"terminat\w*|resign\w*|separation|last (?:working )?day)\b"
)
_OF_WHAT_IS_NOT_TOLD: dict[str, Any] = {
    "meaning": str(Meaning.IGNORED),
    "certainty": 1.0,
    "why": 'dates of what is not told; where people began then, its meaning in the mapping is "start date"',
}
Order = tuple[str, tuple[int, ...]]


@dataclass
class Part:
    """Answers of one wave in one table.

    Parameters
    ----------
    table : the rows of this wave, the latest first where they have dates
    columns : what its columns mean
    label : what the wave is called
    order : where it stands among others; None where that is not told
    survey, notes : what came of it
    """

    table: HeadedSheet
    columns: list[Recognised]
    label: str
    order: Order | None
    survey: GatheredSurvey = field(default_factory=GatheredSurvey)
    notes: Notes = field(default_factory=Notes)

    @property
    def n_answers(self) -> int:
        """How many persons, teams and services it has scores of."""
        return len(self.survey.persons) + len(self.survey.groups)


# --- dates of answers -------------------------------------------------------------------------------------------------


def with_dates_of_answers(columns: Sequence[Recognised]) -> list[Recognised]:
    """Return columns of a table, of which dates are those of the answers where it is a survey and no staff list.

    In a staff list, dates that nothing calls a beginning are not used.
    """
    kinds = {one.kind for one in columns}
    if not kinds & TURNABLE:
        return [one if _is_a_beginning(one) else replace(one, **_OF_WHAT_IS_NOT_TOLD) for one in columns]
    found = []
    has_wave = Meaning.WAVE in kinds
    for one in columns:
        if one.kind in (Meaning.START, Meaning.END) and not _is_of_employment(one, kinds):
            told = f'"{one.heading}" is taken as the date of the answers; otherwise its meaning in the mapping is '
            meaning = Meaning.IGNORED if has_wave else Meaning.WAVE
            one = (
                replace(one, meaning=str(meaning), certainty=1.0, why="another date of the answers")
                if has_wave
                else replace(one, meaning=str(meaning), assumed=f'{told}"{one.meaning}"', certainty=0.8)
            )
            has_wave = True
        found.append(one)
    return found


def _is_a_beginning(one: Recognised) -> bool:
    is_guessed = one.kind is Meaning.START and one.why == BY_CONTENT
    return not is_guessed or one.heading.startswith("column ") or bool(BEGINS.search(spoken(one.heading)))


def _is_of_employment(one: Recognised, kinds: set[Meaning]) -> bool:
    is_named = one.why.startswith("its name")
    return is_named and bool(_OF_EMPLOYMENT.search(spoken(one.heading)) or kinds & _OF_STAFF)


# --- parts ------------------------------------------------------------------------------------------------------------


def parts_of(table: HeadedSheet, columns: list[Recognised], answers: Answers, notes: Notes) -> Iterator[Part]:
    """Yield the waves of a table, each with its rows.

    Parameters
    ----------
    table, columns : a survey
    answers : what was asked before
    notes : what was assumed or left out is added here
    """
    heading = next((one.heading for one in columns if one.kind is Meaning.WAVE), None)
    cells = [] if heading is None else table.column(heading)
    if heading is None or all(map(is_missing, cells)):
        label, order = _of_title(table)
        yield Part(table, columns, label, order)
        return
    order_of_dates = date_order(cells) if answers.dates is None else answers.dates == "day first"
    if order_of_dates is None:
        notes.assumed.append(
            f'{table.title}: in "{heading}" {in_which_order(cells)}; otherwise: --answer "dates=month first"'
        )
    days = [read_date(cell, order_of_dates is not False) for cell in cells]
    waves = _by_date(days) if any(days) else _by_name(cells)
    placed = {row for rows in waves.values() for row in rows}
    without = [row for row in range(table.n_rows) if row not in placed]
    if without and len(waves) == 1:
        next(iter(waves.values())).extend(without)
    elif without:
        notes.left_out.append(f'{table.title}: {counted(len(without), "row")} of which "{heading}" tells no wave')
    for (label, order), rows in waves.items():
        yield Part(_with_rows(table, rows), columns, label, order)


def _by_date(days: Sequence[date | None]) -> dict[tuple[str, Order | None], list[int]]:
    """Return the rows of each wave, the latest first: waves are further apart than a survey is open."""
    rows = sorted((row for row, day in enumerate(days) if day), key=lambda row: days[row] or date.min, reverse=True)
    waves: dict[tuple[str, Order | None], list[int]] = {}
    group: list[int] = []
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        group.append(row)
        here, earlier = days[row], None if following is None else days[following]
        if earlier is None or (here and here - earlier > _APART):
            last, first = days[group[0]] or date.min, here or date.min
            label = f"{last}" if first == last else f"{first} to {last}"
            waves[label, ("day", (last.year, last.month, last.day))] = group
            group = []
    return waves


def _by_name(cells: Sequence[str]) -> dict[tuple[str, Order | None], list[int]]:
    waves: dict[str, list[int]] = {}
    for row, cell in enumerate(cells):
        if not is_missing(cell):
            waves.setdefault(cell, []).append(row)
    return {(cell, _order_of(spoken(cell), is_title=False)): rows for cell, rows in waves.items()}


def _of_title(table: HeadedSheet) -> tuple[str, Order | None]:
    for text in (table.sheet.name, table.sheet.file):
        if order := _order_of(" ".join(text.casefold().replace("_", " ").split()), is_title=True):
            return table.title, order
    return table.title, None


def _order_of(said: str, is_title: bool) -> Order | None:
    """Return where a wave stands among others: by a year, with month and day where they are told, or by its number."""
    if years := list(_YEAR.finditer(said)):
        year, month, day = (int(part or 0) for part in years[-1].groups())
        named = [k for k, name in enumerate(_MONTHS, 1) if re.search(rf"\b{name}[a-z]*\b", said)]
        quarter = re.search(r"\bq([1-4])\b", said)
        season = next((m for name, m in _SEASONS.items() if name in said), 0)
        month = month or (named[0] if len(named) == 1 else 3 * int(quarter[1]) if quarter else season)
        return "day", (year, month, day)
    if numbered := _NUMBERED.search(said) or (None if is_title else _BARE_NUMBER.fullmatch(said)):
        return "number", (int(numbered[1]),)
    return None if is_title or said not in _IN_WORDS else ("number", (_IN_WORDS[said],))


def _with_rows(table: HeadedSheet, rows: Sequence[int]) -> HeadedSheet:
    return replace(
        table, cells=[[column[row] for row in rows] for column in table.cells], lines=[table.lines[row] for row in rows]
    )


# --- which are used ---------------------------------------------------------------------------------------------------


def later_ones(parts: Iterable[Part], staff: Staff, answers: Answers, notes: Notes) -> list[Part]:
    """Return the waves that are used: of those that say something of the same people or teams, the latest.

    Parameters
    ----------
    parts : with what came of them
    staff : who is in which team and service; people's own answers are of these, too
    answers : which wave was answered to be used, if any was
    notes : what is used and left out, or has to be asked, is added here
    """
    ordered = sorted(parts, key=lambda part: (part.table.title, part.label))
    chosen = {id(part) for part in ordered if answers.wave and spoken(part.label) == spoken(answers.wave)}
    if answers.wave and not chosen:
        notes.assumed.append(f'no wave is called "{answers.wave[:60]}", as was answered; the latest is used')
    ordered.sort(key=lambda part: (id(part) in chosen, part.order or ("", ())), reverse=True)
    kept: list[Part] = []
    left: dict[str, list[Part]] = {}
    unordered: dict[str, None] = {}
    for part in ordered:
        over = [other for other in kept if _overlap(part, other, staff)]
        if not over:
            kept.append(part)
        elif any(_agree(part, other) for other in over):
            notes.left_out.append(f"{_named(part)}: scores that {_named(over[0])} has too, and the same")
        elif all(id(other) in chosen or _is_later(other, part) for other in over):
            left.setdefault(_named(over[0]), []).append(part)
        else:
            unordered |= dict.fromkeys(one.label for one in (part, *over))
    for name, others in left.items():
        told = counted(sum(other.n_answers for other in others), "score")
        waves = ", ".join(sorted(map(_named, others)))
        notes.assumed.append(
            f"{name} is the wave that is used; {told} of {counted(len(others), 'other wave')} left out: {waves}"
        )
    if unordered:
        first, *_ = sorted(unordered)
        notes.ask(
            "survey", "to know which answers are the latest, of several of the same people or teams",
            ", ".join(sorted(unordered)), f'put the year into their names, or --answer "wave={first}"',
            [Choice(label, {"wave": label}) for label in sorted(unordered)],
        )  # fmt: skip
    return sorted(kept, key=lambda part: (part.table.title, part.label))


def _named(part: Part) -> str:
    title = part.table.title
    return title if part.label == title else f"{title}, {part.label}"


def _is_later(one: Part, other: Part) -> bool:
    if one.order is None or other.order is None or one.order[0] != other.order[0]:
        return False
    for here, there in zip(one.order[1], other.order[1], strict=True):
        if here != there:
            return here > there > 0 or (one.order[0] == "number" and here > there)
    return False


def _scores_of(part: Part) -> dict[tuple[str, ...], float]:
    """Return every score by whose it is and what it is of."""
    survey = part.survey
    found: dict[tuple[str, ...], float] = {
        ("person", own, str(k)): score
        for own, pair in survey.persons.items()
        for k, score in enumerate(pair)
        if not math.isnan(score)
    }
    for group, cells in survey.groups.items():
        found |= {
            (*group, name.partition("_")[0]): score
            for name, score in cells.items()
            if name not in ("respondents", "spread")
        }
    return found


def _overlap(one: Part, other: Part, staff: Staff) -> bool:
    """Tell whether two waves say something of the same, or one of people and an earlier or later one of their team."""
    if not _scores_of(one).keys().isdisjoint(_scores_of(other)):
        return True
    are_waves = _is_later(one, other) or _is_later(other, one)
    return are_waves and not _told_of(one, staff).isdisjoint(_told_of(other, staff))


def _told_of(part: Part, staff: Staff) -> set[tuple[str, str]]:
    """Return of which people something is told, by themselves or of their team or service, and what."""
    members: dict[Group, list[str]] = defaultdict(list)
    for person in staff.people:
        members["team", person.team].append(person.id)
        members["service", person.service].append(person.id)
    scores = _scores_of(part)
    own = {(of, BOTH[int(what)]) for kind, of, what in scores if kind == "person"}
    return own | {
        (person, Meaning(what)) for kind, of, what in scores if kind != "person" for person in members[kind, of]
    }


def _agree(one: Part, other: Part) -> bool:
    """Tell whether one says nothing that the other does not say too."""
    theirs = _scores_of(other)
    return all(theirs.get(key) == score for key, score in _scores_of(one).items())


def merged(parts: Iterable[Part], notes: Notes) -> GatheredSurvey:
    """Return what all parts that are used say together; their notes are added."""
    whole = GatheredSurvey()
    for part in parts:
        for own, pair in part.survey.persons.items():
            known = whole.persons.setdefault(own, pair)
            whole.persons[own] = [b if math.isnan(a) else a for a, b in zip(known, pair, strict=True)]
        for group, cells in part.survey.groups.items():
            whole.groups[group] = cells | whole.groups.get(group, {})
        for group, pairs in part.survey.answers.items():
            whole.answers[group] = [*whole.answers.get(group, []), *pairs]
        whole.words |= part.survey.words
        if part.survey.agrees_above != GatheredSurvey().agrees_above:
            whole.agrees_above = part.survey.agrees_above
        notes.understood += part.notes.understood
        notes.assumed += part.notes.assumed
        notes.left_out += part.notes.left_out
        notes.asked += part.notes.asked
        notes.values += part.notes.values
    return whole
