"""The rows of a staff list become people: who they are, what they do, and since when."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import permutations

from sim.inputs.imports.choosing import also_called, also_known_by
from sim.inputs.imports.columns import HeadedSheet, Recognised
from sim.inputs.imports.mapping import Answers
from sim.inputs.imports.notes import Notes, Value, counted, some
from sim.inputs.imports.people import DAYS_PER_YEAR, WHOLE_FLOAT, Further, Known, Left, Person, Staff, safe_name
from sim.inputs.imports.values import (
    date_order,
    each_once,
    in_which_order,
    is_plain_yes,
    is_yes,
    read_date,
    read_tenure_years,
    to_number,
)
from sim.inputs.imports.words import KNOWN_BY, Meaning, group_of, is_missing, role_of, role_of_band, spoken
from sim.inputs.organisation import STAFF_GROUP_NAMES, StaffGroup
from sim.inputs.tables.columns import LONGEST_TENURE_YEARS, WEEKS_PER_YEAR, Role
from sim.inputs.tables.people import LARGEST_TEAM

__all__ = ["OWN_SERVICE", "read_staff"]

OWN_SERVICE = "All"
"""What the only service is called where nothing names one."""

_ROLE_UNKNOWN = "staff, unless somebody reports to them"
_GROUP_UNKNOWN = "told by job title where there is one"
_NO_DATE = "taken as if it were empty"

_FEWEST_ELSEWHERE = 3
_YEARS_IN = {Meaning.TENURE_WEEKS: 1 / WEEKS_PER_YEAR, Meaning.TENURE_MONTHS: 1 / 12, Meaning.TENURE_YEARS: 1.0}
_TOTALS = re.compile(
    r"(grand )?totals?|sub ?total|sum|count|average|source\b.*|note\b.*|exported\b.*|end of (?:report|file)\b.*|"
    r"page \d+.*"
)


class _Columns:
    """The columns of a table by what they mean; what is missing is empty."""

    def __init__(self, table: HeadedSheet, recognised: Sequence[Recognised]) -> None:
        self._table = table
        self.recognised = recognised
        self._heading: dict[Meaning, str] = {
            one.kind: one.heading for one in reversed(recognised) if one.kind is not Meaning.IGNORED
        }

    def has(self, *meanings: Meaning) -> bool:
        return any(meaning in self._heading for meaning in meanings)

    def heading(self, meaning: Meaning) -> str:
        return self._heading[meaning]

    def cells(self, meaning: Meaning) -> list[str]:
        if meaning not in self._heading:
            return [""] * self._table.n_rows
        return self._table.column(self._heading[meaning])

    def names(self, meaning: Meaning) -> list[str]:
        """Return cells as names: empty where they say that there is nothing."""
        cells = self.cells(meaning)
        said = each_once(cells, lambda cell: "" if is_missing(cell) else safe_name(cell))
        return [said[cell] for cell in cells]


# --- rows -------------------------------------------------------------------------------------------------------------


def read_staff(
    staff: Staff,
    table: HeadedSheet,
    recognised: Sequence[Recognised],
    words: Mapping[str, Mapping[str, str]],
    answers: Answers,
    notes: Notes,
) -> None:
    """Add the people of a table to others.

    Parameters
    ----------
    staff : changed in place
    table, recognised : with what its columns mean
    words, answers : what words mean, and what was asked, before
    notes : what was understood, assumed and left out is added here
    """
    columns = _Columns(table, recognised)
    ids = _ids(table, columns, notes)
    roles, strengths = _roles(staff, table, columns, words, notes)
    groups = _groups(staff, table, columns, words, notes)
    starts, ends = (_dates(table, columns, meaning, answers, notes) for meaning in (Meaning.START, Meaning.END))
    tenures = _tenures(table, columns, starts, staff, notes)
    has_left = _leavers(columns, ends, staff.day or date.max)
    teams, services = _units(staff, table, columns, notes)
    leaders = columns.names(Meaning.LEADER)
    cells_of_weights = columns.cells(Meaning.WEIGHT)
    weights = each_once(cells_of_weights, to_number)
    has_spells = columns.has(Meaning.START, Meaning.END, Meaning.LEFT, Meaning.STAYS)
    n_left = 0
    rows: dict[str, list[Person]] = {}
    for row, own in enumerate(ids):
        if not own:
            continue
        role = roles[row]
        if has_spells:
            end = ends[row] if has_left[row] else None
            staff.spells.append(Left(starts[row], end or (date.min if has_left[row] else None), role or Role.STAFF))
        if has_left[row]:
            n_left += 1
            continue
        weight = weights[cells_of_weights[row]]
        person = Person(
            own, teams[row], services[row], role, groups[row], leaders[row], tenures[row], strengths[row],
            1.0 if weight is None else weight,
        )  # fmt: skip
        rows.setdefault(own, []).append(person)
    if n_left:
        notes.left_out.append(
            f"{table.title}: {counted(n_left, 'person', 'people')} left before then, counted as leavers"
        )
    _once_each(staff, rows, table, notes)
    for meaning in (Meaning.NAME, Meaning.EMAIL):
        if columns.has(meaning):
            _alias(staff.known, ids, columns.cells(meaning))
    parts = [table.column(one.heading) for one in recognised if one.kind is Meaning.NAME]
    for first, second in permutations(parts, 2):
        _alias(staff.known, ids, [" ".join(pair) for pair in zip(first, second, strict=True)])
    for cells in also_known_by(recognised, table):
        _alias(staff.known, ids, cells)


def _ids(table: HeadedSheet, columns: _Columns, notes: Notes) -> list[str]:
    """Return an id for each row, "" for rows that are no people: totals, sources, notes."""
    source = next((one for one in KNOWN_BY if columns.has(one)), None)
    cells = columns.names(source) if source else [""] * table.n_rows
    filled = [sum(bool(column[row]) for column in table.cells) for row in range(table.n_rows)]
    enough = 2 if len(table.cells) > 2 else 1
    is_note = [
        n < enough or any(_TOTALS.fullmatch(column[row].casefold()) for column in table.cells[:2] if column[row])
        for row, n in enumerate(filled)
    ]
    if n_notes := sum(is_note):
        notes.left_out.append(f"{table.title}: {counted(n_notes, 'row')} with totals or notes, and no people")
    if source is None:
        notes.assumed.append(
            f"{table.title}: no column tells people apart, so they are numbered in the order of the rows"
        )
        return ["" if note else f"P{row + 1:05d}" for row, note in enumerate(is_note)]
    if source is not Meaning.ID:
        notes.assumed.append(
            f'{table.title}: no column has ids, so "{columns.heading(source)}" tells people apart; `--pseudonyms` puts '
            "numbers in its place"
        )
    whole = {cell: match[1] for cell in set(cells) if (match := WHOLE_FLOAT.fullmatch(cell))}
    if whole:
        notes.assumed.append(f"{table.title}: {counted(len(whole), 'id')} with .0 at the end read as whole numbers")
    ids = ["" if note else whole.get(cell, cell) for cell, note in zip(cells, is_note, strict=True)]
    if n_without := sum(not own and not note for own, note in zip(ids, is_note, strict=True)):
        notes.left_out.append(f"{table.title}: {counted(n_without, 'row')} without {columns.heading(source)}")
    return ids


def _once_each(staff: Staff, rows: dict[str, list[Person]], table: HeadedSheet, notes: Notes) -> None:
    """Keep everybody once: of several rows, that of the larger part of the post, or the first."""
    n_repeated = n_teams = n_else = n_elsewhere = 0
    known = {person.id: person.team for person in staff.people}
    for own, found in rows.items():
        if own in known:
            n_else += 1
            n_elsewhere += bool(found[0].team and known[own] and found[0].team != known[own])
            continue
        best = max(found, key=lambda person: person.weight)
        if len(found) > 1:
            best.further = _further(found, best)
            if best.further:
                n_teams += 1
            else:
                n_repeated += 1
        staff.people.append(best)
        staff.known.add(own)
    if n_teams:
        notes.assumed.append(
            f"{table.title}: {counted(n_teams, 'person', 'people')} in two teams or more; each counts in the one "
            "with the larger part of the post, or the first"
        )
    if n_repeated:
        notes.left_out.append(
            f"{table.title}: further rows of {counted(n_repeated, 'person', 'people')} in the same team"
        )
    if n_elsewhere >= _FEWEST_ELSEWHERE and 2 * n_elsewhere > n_else:
        notes.ask(
            table.title, "ids that tell people of several lists apart",
            f"{n_elsewhere:,} ids that stand in an earlier list too, there in another team",
            "where they are other people, put a letter before the ids of one list; where they are the same, leave one "
            "list out, or put their rows into one",
        )  # fmt: skip
    elif n_else:
        notes.left_out.append(
            f"{table.title}: {counted(n_else, 'person', 'people')} who stand in an earlier staff list too"
        )


def _further(found: Sequence[Person], first: Person) -> tuple[Further, ...]:
    """Return the other teams of somebody who stands in several rows, each with its part of the post."""
    parts: dict[tuple[str, str], float] = defaultdict(float)
    for person in found:
        if person.team != first.team and person.team and person.weight > 0:
            parts[person.team, person.service] += person.weight
    return tuple(Further(team, service, min(weight / first.weight, 1.0)) for (team, service), weight in parts.items())


def _alias(known: Known, ids: Sequence[str], cells: Sequence[str]) -> None:
    for own, cell in zip(ids, cells, strict=True):
        last, comma, first = cell.partition(",")
        for name in (cell, *([f"{first} {last}"] if comma else [])):
            if own in known.by_text and (said := spoken(name)):
                known.aliases[said] = "" if known.aliases.get(said, own) != own else own


def _values(
    table: HeadedSheet, heading: str, kind: str, cells: Sequence[str], known: Mapping[str, str], proposal: str
) -> list[Value]:
    """Return the distinct values of a column, those that are not understood first, then the most frequent."""
    counts = Counter(cell for cell in cells if cell in known or not is_missing(cell))
    told = [
        Value(table.title, heading, kind, cell, n, known.get(cell, ""), "" if cell in known else proposal)
        for cell, n in counts.items()
    ]
    return sorted(told, key=lambda one: (one.taken_for != "", -one.count))


# --- what a person is -------------------------------------------------------------------------------------------------


def _roles(
    staff: Staff, table: HeadedSheet, columns: _Columns, words: Mapping[str, Mapping[str, str]], notes: Notes
) -> tuple[list[Role | None], list[int]]:
    """Return role and how strongly it is told; each distinct word is understood once."""
    own = words.get("role", {})
    n = len(columns.cells(Meaning.ID))
    roles: list[Role | None] = [None] * n
    strengths = [0] * n

    def told(cell: str) -> tuple[Role, int] | None:
        if cell in own:
            return Role(own[cell]), 3
        return None if is_missing(cell) else role_of(cell)

    unknown: Counter[str] = Counter()
    for meaning in (Meaning.ROLE, Meaning.TITLE):
        if not columns.has(meaning):
            continue
        cells = columns.cells(meaning)
        meant = each_once(cells, told)
        known = {cell: str(role[0]) for cell, role in meant.items() if role is not None}
        staff.words["role"] |= known
        notes.values += _values(table, columns.heading(meaning), "role", cells, known, _ROLE_UNKNOWN)
        for row, cell in enumerate(cells):
            role = meant[cell]
            if role is not None and role[1] > strengths[row]:
                roles[row], strengths[row] = role
            elif role is None and not is_missing(cell):
                unknown[cell] += 1
    if columns.has(Meaning.BAND):
        bands = each_once(
            columns.cells(Meaning.BAND), lambda cell: Role(own[cell]) if cell in own else role_of_band(cell)
        )
        by_band = {cell: str(role) for cell, role in bands.items() if role is not None}
        heading, cells = columns.heading(Meaning.BAND), columns.cells(Meaning.BAND)
        notes.values += [one for one in _values(table, heading, "role", cells, by_band, "") if one.taken_for]
        n_by_band = 0
        for row, cell in enumerate(columns.cells(Meaning.BAND)):
            band = bands[cell]
            if roles[row] is None and band is not None:
                roles[row], strengths[row] = band, 1
                n_by_band += 1
        if n_by_band:
            notes.assumed.append(
                f"the role of {counted(n_by_band, 'person', 'people')} follows from the band: 7 to 8b lead teams, 8c "
                "and up lead services"
            )
    if columns.has(Meaning.IS_LEADER):
        flags = each_once(columns.cells(Meaning.IS_LEADER), is_yes)
        for row, cell in enumerate(columns.cells(Meaning.IS_LEADER)):
            if flags[cell] and strengths[row] < 3 and roles[row] is not Role.SENIOR_LEADER:
                roles[row], strengths[row] = Role.TEAM_LEADER, 2
    for cell, count in unknown.items():
        notes.assumed.append(
            f'the role "{cell}" ({count:,}) is not known; taken as staff unless somebody reports to them'
        )
    return roles, strengths


def _groups(
    staff: Staff, table: HeadedSheet, columns: _Columns, words: Mapping[str, Mapping[str, str]], notes: Notes
) -> list[StaffGroup | None]:
    own = words.get("staff group", {})
    groups: list[StaffGroup | None] = [None] * len(columns.cells(Meaning.ID))

    def told(cell: str) -> StaffGroup | None:
        if cell in own:
            return StaffGroup(STAFF_GROUP_NAMES.index(own[cell]))
        return None if is_missing(cell) else group_of(cell)

    unknown: Counter[str] = Counter()
    for meaning in (Meaning.GROUP, Meaning.TITLE, Meaning.ROLE, Meaning.DEPARTMENT):
        if not columns.has(meaning):
            continue
        cells = columns.cells(meaning)
        meant = each_once(cells, told)
        if meaning is Meaning.GROUP:
            known = {cell: STAFF_GROUP_NAMES[group] for cell, group in meant.items() if group is not None}
            staff.words["staff group"] |= known
            notes.values += _values(table, columns.heading(meaning), "staff group", cells, known, _GROUP_UNKNOWN)
            unknown = Counter(cell for cell in cells if meant[cell] is None and not is_missing(cell))
            students = sum(count for cell, count in Counter(cells).items() if spoken(cell).startswith("student"))
            if students:
                notes.assumed.append(f"{counted(students, 'student')} counted as nursing")
        groups = [group if group is not None else meant[cell] for group, cell in zip(groups, cells, strict=True)]
    for cell, count in unknown.items():
        notes.assumed.append(f'the staff group "{cell}" ({count:,}) is not known; told by job title where there is one')
    return groups


def _dates(
    table: HeadedSheet, columns: _Columns, meaning: Meaning, answers: Answers, notes: Notes
) -> list[date | None]:
    if not columns.has(meaning):
        return [None] * table.n_rows
    cells = columns.cells(meaning)
    order = date_order(cells) if answers.dates is None else answers.dates == "day first"
    if order is None:
        # What one column leaves open, the dates beside it may tell.
        beside = [one for one in (Meaning.START, Meaning.END) if columns.has(one)]
        order = date_order(cell for one in beside for cell in columns.cells(one))
    if order is None:
        notes.assumed.append(
            f'{table.title}: in "{columns.heading(meaning)}" {in_which_order(cells)}; otherwise: '
            '--answer "dates=month first"'
        )
    days = each_once(cells, lambda cell: None if is_missing(cell) else read_date(cell, order is not False))
    bad = Counter(cell for cell in cells if days[cell] is None and not is_missing(cell))
    if bad:
        heading = columns.heading(meaning)
        notes.values += [Value(table.title, heading, "", cell, n, "", _NO_DATE) for cell, n in bad.items()]
        notes.left_out.append(
            f'{table.title}: {counted(bad.total(), "cell")} of "{columns.heading(meaning)}" that are no dates: '
            f"{some(bad)}"
        )
    return [days[cell] for cell in cells]


def _tenures(
    table: HeadedSheet, columns: _Columns, starts: Sequence[date | None], staff: Staff, notes: Notes
) -> list[int | None]:
    """Return whole weeks of service, from start dates or lengths of service."""
    longest = LONGEST_TENURE_YEARS * WEEKS_PER_YEAR
    weeks: list[int | None] = [None] * table.n_rows
    for meaning, unit in _YEARS_IN.items():
        if columns.has(meaning):
            cells = columns.cells(meaning)
            years = {cell: None if is_missing(cell) else read_tenure_years(cell, unit) for cell in set(cells)}
            weeks = [_whole_weeks(years[cell]) for cell in cells]
    day = staff.day
    if columns.has(Meaning.START) and day is not None:
        notes.understood.append(
            f"lengths of service are counted to {day.isoformat()}; another day: --answer date=2025-03-31"
        )
        n_future = sum(start is not None and start > day for start in starts)
        if n_future:
            notes.assumed.append(
                f"{table.title}: {counted(n_future, 'person', 'people')} who start later are taken as new"
            )
        weeks = [
            own if start is None else max(0, round((day - start).days / DAYS_PER_YEAR * WEEKS_PER_YEAR))
            for own, start in zip(weeks, starts, strict=True)
        ]
    too_long = sum(own is not None and own > longest for own in weeks)
    if too_long:
        notes.left_out.append(
            f"{table.title}: {counted(too_long, 'length')} of service above {LONGEST_TENURE_YEARS} years"
        )
    return [own if own is None or own <= longest else None for own in weeks]


def _whole_weeks(years: float | None) -> int | None:
    return None if years is None else int(years * WEEKS_PER_YEAR + 0.5)


def _leavers(columns: _Columns, ends: Sequence[date | None], day: date) -> list[bool]:
    flags = each_once(columns.cells(Meaning.LEFT), is_yes) if columns.has(Meaning.LEFT) else {}
    cells = columns.cells(Meaning.LEFT)
    stays = columns.cells(Meaning.STAYS)
    return [
        (end is not None and end <= day) or bool(flags.get(cell)) or is_plain_yes(stay) is False
        for end, cell, stay in zip(ends, cells, stays, strict=True)
    ]


# --- teams and services -----------------------------------------------------------------------------------------------


def _units(staff: Staff, table: HeadedSheet, columns: _Columns, notes: Notes) -> tuple[list[str], list[str]]:
    """Return team and service of each row; of three levels the middle one is a name for several teams."""
    levels = [one for one in (Meaning.SERVICE, Meaning.DEPARTMENT, Meaning.TEAM) if columns.has(one)]
    # What is called a team may be the larger unit; names are believed unless sizes speak clearly against them.
    if levels and table.n_rows > LARGEST_TEAM * len(set(columns.cells(levels[-1]))):
        levels.sort(key=lambda one: len(set(columns.cells(one))))
    names = [columns.names(level) for level in levels]
    for level, cells in zip(levels, names, strict=True):
        _ask_about_gaps(table, columns, level, cells, notes)
    empty = [""] * table.n_rows
    if not levels:
        return empty, [OWN_SERVICE] * table.n_rows
    team_level, service_level = levels[-1], levels[0]
    teams = empty if team_level is Meaning.SERVICE else names[-1]
    for cells in also_called(columns.recognised, table, teams):
        staff.codes |= {cell: team for cell, team in zip(cells, teams, strict=True) if team and not is_missing(cell)}
    if len(levels) == 1 and team_level is not Meaning.SERVICE:
        notes.assumed.append(f"{table.title}: no column tells a service, so all are in one, called {OWN_SERVICE!r}")
        services = [OWN_SERVICE] * table.n_rows
    else:
        services = names[0]
        notes.understood.append(
            f'{table.title}: services are "{columns.heading(service_level)}"'
            + ("" if teams is empty else f', teams "{columns.heading(team_level)}"')
        )
    for own in names:
        for unit, team in zip(own, teams, strict=True):
            if unit and team:
                staff.units.setdefault(unit, {})[team] = None
    return teams, services


def _ask_about_gaps(table: HeadedSheet, columns: _Columns, level: Meaning, cells: Sequence[str], notes: Notes) -> None:
    """Ask about names that stand in the first of several rows alone, as merged cells leave them in a CSV."""
    named = [row for row, cell in enumerate(cells) if cell]
    if columns.has(Meaning.LEADER) or len(named) < 2 or named[0] > 0 or 2 * len(named) > len(cells):
        return
    if len({cells[row] for row in named}) == len(named):
        gaps = counted(len(cells) - len(named), "row")
        notes.ask(
            f'{table.title}, "{columns.heading(level)}"', "a name in each row",
            f"{len(named):,} names, each once, and {gaps} below them without one, as merged cells leave them in a CSV",
            "fill the cells down and save, or give the spreadsheet itself",
        )  # fmt: skip
