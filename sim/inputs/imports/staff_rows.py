"""The rows of a staff list become people: who they are, what they do, and since when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from sim.inputs.imports.choosing import also_called
from sim.inputs.imports.columns import HeadedSheet, Recognised
from sim.inputs.imports.employment import (
    is_no_longer,
    left_for,
)
from sim.inputs.imports.identities import ColumnsByMeaning, ids_of, know_by_other_names, once_each
from sim.inputs.imports.mapping import Answers
from sim.inputs.imports.notes import Notes, Value, counted, some
from sim.inputs.imports.people import (
    DAYS_PER_YEAR,
    Left,
    Person,
    Staff,
)
from sim.inputs.imports.values import (
    date_order,
    each_once,
    has_left,
    in_which_order,
    is_yes,
    read_date,
    read_tenure_years,
    stands_for_never,
    to_number,
)
from sim.inputs.imports.words import Meaning, group_of, is_missing, role_of, role_of_band, spoken
from sim.inputs.organisation import STAFF_GROUP_NAMES, StaffGroup
from sim.inputs.tables.columns import LONGEST_TENURE_YEARS, WEEKS_PER_YEAR, Role
from sim.inputs.tables.people import LARGEST_TEAM

__all__ = ["OWN_SERVICE", "read_staff"]

OWN_SERVICE = "All"
"""What the only service is called where nothing names one."""

_ROLE_UNKNOWN = "staff, unless somebody reports to them"
_GROUP_UNKNOWN = "told by job title where there is one"
_NO_DATE = "taken as if it were empty"

_FEWEST_LENGTHS = 3
_FEWEST_BEYOND = 0.1
"""Share of lengths of service beyond any life's work from which on their unit must be another."""

_YEARS_IN = {
    Meaning.TENURE_DAYS: 1 / DAYS_PER_YEAR,
    Meaning.TENURE_WEEKS: 1 / WEEKS_PER_YEAR,
    Meaning.TENURE_MONTHS: 1 / 12,
    Meaning.TENURE_YEARS: 1.0,
}


# --- rows -------------------------------------------------------------------------------------------------------------


def read_staff(
    staff: Staff,
    table: HeadedSheet,
    recognised: Sequence[Recognised],
    words: Mapping[str, Mapping[str, str]],
    answers: Answers,
    notes: Notes,
    has_all_left: bool = False,
) -> None:
    """Add the people of a table to others.

    Parameters
    ----------
    staff : changed in place
    table, recognised : with what its columns mean
    words, answers : what words mean, and what was asked, before
    notes : what was understood, assumed and left out is added here
    has_all_left : whether it is a list of leavers, some of them without a day
    """
    columns = ColumnsByMeaning(table, recognised)
    ids = ids_of(staff, table, columns, notes)
    roles, strengths = _roles(staff, table, columns, words, notes)
    groups = _groups(staff, table, columns, words, notes)
    starts, ends = (_dates(table, columns, meaning, answers, notes) for meaning in (Meaning.START, Meaning.END))
    tenures = _tenures(table, columns, starts, staff, notes)
    gone = _leavers(table, columns, ends, staff.day or date.max, has_all_left, notes)
    teams, services = _units(staff, table, columns, notes)
    leaders = columns.names(Meaning.LEADER)
    cells_of_weights = columns.cells(Meaning.WEIGHT)
    weights = each_once(cells_of_weights, to_number)
    has_spells = has_all_left or columns.has(Meaning.START, Meaning.END, Meaning.LEFT, Meaning.STAYS, Meaning.REASON)
    n_left = 0
    left_on: set[tuple[str, date | None]] = {(spell.id, spell.end) for spell in staff.spells if spell.end is not None}
    rows: dict[str, list[Person]] = {}
    for row, own in enumerate(ids):
        if not own:
            continue
        role = roles[row]
        if has_spells:
            end = ends[row] if gone[row] else None
            spell = Left(starts[row], end or (date.min if gone[row] else None), role or Role.STAFF, own)
            if not gone[row] or (own, spell.end) not in left_on:
                staff.spells.append(spell)
            if gone[row]:
                left_on.add((own, spell.end))
        if gone[row]:
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
    once_each(staff, rows, table, notes)
    know_by_other_names(staff, table, columns, ids, leaders, notes)


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
    staff: Staff, table: HeadedSheet, columns: ColumnsByMeaning, words: Mapping[str, Mapping[str, str]], notes: Notes
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
    staff: Staff, table: HeadedSheet, columns: ColumnsByMeaning, words: Mapping[str, Mapping[str, str]], notes: Notes
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
    table: HeadedSheet, columns: ColumnsByMeaning, meaning: Meaning, answers: Answers, notes: Notes
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
    without = Counter(cell for cell in cells if days[cell] is None and not is_missing(cell))
    never = Counter({cell: n for cell, n in without.items() if stands_for_never(cell)})
    if never:
        notes.assumed.append(
            f'{table.title}: {counted(never.total(), "cell")} of "{columns.heading(meaning)}" that stand for no day: '
            f"{some(never)}"
        )
    bad = without - never
    if bad:
        heading = columns.heading(meaning)
        notes.values += [Value(table.title, heading, "", cell, n, "", _NO_DATE) for cell, n in bad.items()]
        notes.left_out.append(
            f'{table.title}: {counted(bad.total(), "cell")} of "{columns.heading(meaning)}" that are no dates: '
            f"{some(bad)}"
        )
    return [days[cell] for cell in cells]


def _tenures(
    table: HeadedSheet, columns: ColumnsByMeaning, starts: Sequence[date | None], staff: Staff, notes: Notes
) -> list[int | None]:
    """Return whole weeks of service, from start dates or lengths of service."""
    longest = LONGEST_TENURE_YEARS * WEEKS_PER_YEAR
    weeks: list[int | None] = [None] * table.n_rows
    for meaning, unit in _YEARS_IN.items():
        if columns.has(meaning):
            cells = columns.cells(meaning)
            years = {cell: None if is_missing(cell) else read_tenure_years(cell, unit) for cell in set(cells)}
            _ask_about_unit(table, columns.heading(meaning), [years[cell] for cell in cells], notes)
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


def _ask_about_unit(table: HeadedSheet, heading: str, years: Sequence[float | None], notes: Notes) -> None:
    """Ask in which unit lengths of service are, where many are longer than anybody works."""
    told = [own for own in years if own is not None]
    beyond = [own for own in told if own > LONGEST_TENURE_YEARS]
    if len(beyond) >= _FEWEST_LENGTHS and len(beyond) > _FEWEST_BEYOND * len(told):
        notes.ask(
            table.title, f'to know the unit of "{heading}"',
            f"{counted(len(beyond), 'length')} of service of more than {LONGEST_TENURE_YEARS} years, if that is it",
            f'say in a mapping that the column is "{Meaning.TENURE_MONTHS}", "{Meaning.TENURE_WEEKS}" or '
            f'"{Meaning.TENURE_DAYS}", or put the unit into its heading: "Length of service (months)"',
        )  # fmt: skip


def _whole_weeks(years: float | None) -> int | None:
    return None if years is None else int(years * WEEKS_PER_YEAR + 0.5)


def _leavers(
    table: HeadedSheet,
    columns: ColumnsByMeaning,
    ends: Sequence[date | None],
    day: date,
    has_all_left: bool,
    notes: Notes,
) -> list[bool]:
    """Return for each row whether somebody has left: by a day, a status, a reason, or since the list is of leavers."""
    cells = columns.cells(Meaning.LEFT)
    flags = each_once(cells, has_left) if columns.has(Meaning.LEFT) else {}
    unknown = Counter(cell for cell in cells if flags.get(cell, False) is None and not is_missing(cell))
    if unknown:
        notes.assumed.append(
            f'{table.title}: whoever has {some(unknown)} in "{columns.heading(Meaning.LEFT)}" is taken as still here, '
            "as nothing tells what that means"
        )
    reasons = columns.cells(Meaning.REASON)
    by_reason = each_once(reasons, left_for) if columns.has(Meaning.REASON) and not columns.has(Meaning.END) else {}
    stays = each_once(columns.cells(Meaning.STAYS), is_no_longer) if columns.has(Meaning.STAYS) else {}
    return [
        end <= day
        if end is not None
        else has_all_left or bool(flags.get(cell)) or bool(by_reason.get(why)) or bool(stays.get(stay))
        for end, cell, why, stay in zip(ends, cells, reasons, columns.cells(Meaning.STAYS), strict=True)
    ]


# --- teams and services -----------------------------------------------------------------------------------------------


def _units(staff: Staff, table: HeadedSheet, columns: ColumnsByMeaning, notes: Notes) -> tuple[list[str], list[str]]:
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


def _ask_about_gaps(
    table: HeadedSheet, columns: ColumnsByMeaning, level: Meaning, cells: Sequence[str], notes: Notes
) -> None:
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
