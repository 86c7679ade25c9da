"""``people.csv``: who works where, checked row by row and then arranged as the seats of an organisation."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.inputs.organisation import (
    SENIOR_TITLES,
    STAFF_GROUP_NAMES,
    Chance,
    Names,
    Organisation,
    OrganisationShape,
    chance_numbers,
)
from sim.inputs.tables.columns import (
    LONGEST_TENURE_YEARS,
    PEOPLE,
    ROLE_WORDS,
    STAFF_GROUP_WORDS,
    TENURE_WEEKS,
    WEEKS_PER_YEAR,
    Role,
    lookup,
    plain,
)
from sim.inputs.tables.faults import NearNames, shown
from sim.inputs.tables.rows import Table, read_number, read_table

__all__ = ["People", "Seating", "arrange", "named", "read_people"]

FEWEST_STAFF = 2
FEW_PEOPLE = 50
LARGEST_TEAM = 45
"""Staff of a team, at most; what is larger is a department of several teams, or a team on paper."""

UNKNOWN = -1
_NAMES_TOLD = 5
_ROLES = lookup(ROLE_WORDS)
_GROUPS = lookup(STAFF_GROUP_WORDS)


@dataclass
class People:
    """The rows of ``people.csv``, with what their words mean.

    Parameters
    ----------
    table : the rows
    role : [n_rows], None where it was not understood
    group : [n_rows], number of the staff group, or -1
    tenure : [n_rows], whole weeks, or -1 where it is not known
    row_of : the first row of each id
    leader_of_team : the row of each team's leader
    """

    table: Table
    role: list[Role | None] = field(default_factory=list)
    group: list[int] = field(default_factory=list)
    tenure: list[int] = field(default_factory=list)
    row_of: dict[str, int] = field(default_factory=dict)
    leader_of_team: dict[str, int] = field(default_factory=dict)

    @property
    def is_readable(self) -> bool:
        """Whether ids are known, so that other tables can be checked against them."""
        return self.table.has("id", "team", "staff_group", "role", "service")

    def unknown(self, name: str) -> bool:
        """Tell whether nobody has this id, not even in a row that could not be read."""
        return name not in self.row_of and name not in self.table.lost and self.is_readable


def read_people(path: Path) -> People:
    """Read and check ``people.csv``; what is wrong is in ``table.found``."""
    people = People(read_table(path, PEOPLE))
    table = people.table
    if not people.is_readable:
        return people
    people.role = _read_roles(table)
    people.group = _read_groups(table, people.role)
    people.tenure = _read_tenures(table)
    _check_ids(people)
    _check_teams(people)
    _check_services(people)
    _check_team_leaders(people)
    _check_leaders(people)
    _check_number(people)
    return people


def _read_roles(table: Table) -> list[Role | None]:
    roles: list[Role | None] = []
    near = NearNames(_ROLES)
    for line, cell in zip(table.lines, table.column("role"), strict=True):
        role = _ROLES.get(plain(cell))
        if role is None:
            table.found.add(line, "role", f"one of {', '.join(Role)}", shown(cell), near.hint(plain(cell)))
        roles.append(role)
    return roles


def _read_groups(table: Table, roles: list[Role | None]) -> list[int]:
    groups: list[int] = []
    near = NearNames(_GROUPS)
    for line, cell, role in zip(table.lines, table.column("staff_group"), roles, strict=True):
        group = _GROUPS.get(plain(cell))
        if group is None and (cell or role is Role.STAFF):
            wanted = f"one of {', '.join(STAFF_GROUP_NAMES)}"
            table.found.add(line, "staff_group", wanted, shown(cell), near.hint(plain(cell)))
        groups.append(UNKNOWN if group is None else int(group))
    return groups


def _read_tenures(table: Table) -> list[int]:
    given = [name for name in TENURE_WEEKS if table.has(name)]
    if len(given) > 1:
        table.found.add(table.header_line, "", "tenure in one unit", f"the columns {', '.join(given)}")
    tenures = [UNKNOWN] * table.n_rows
    for name in given[:1]:
        weeks_in_unit = TENURE_WEEKS[name]
        longest = LONGEST_TENURE_YEARS * WEEKS_PER_YEAR / weeks_in_unit
        for row, (line, cell) in enumerate(zip(table.lines, table.column(name), strict=True)):
            if not cell:
                continue
            tenure = read_number(cell, table.delimiter)
            if tenure is None or not 0 <= tenure <= longest:
                unit = name.removeprefix("tenure_")
                table.found.add(line, name, f"a number of {unit} from 0 to {longest:g}, or nothing", shown(cell))
            else:
                tenures[row] = math.floor(tenure * weeks_in_unit + 0.5)
    return tenures


def _check_ids(people: People) -> None:
    table = people.table
    for row, (line, own) in enumerate(zip(table.lines, table.column("id"), strict=True)):
        if not own:
            table.found.add(line, "id", "a number or code of the person", "an empty cell")
        elif own in people.row_of:
            first = table.lines[people.row_of[own]]
            table.found.add(line, "id", "an id that nobody else has", f"{shown(own)}, which line {first} has too")
        else:
            people.row_of[own] = row


def _check_teams(people: People) -> None:
    table = people.table
    for line, team, role in zip(table.lines, table.column("team"), people.role, strict=True):
        if not team and role in (Role.STAFF, Role.TEAM_LEADER):
            table.found.add(line, "team", "a team", "an empty cell", "only senior leaders have none")


def _check_services(people: People) -> None:
    """Everybody has a service, and a team is in one service alone."""
    table = people.table
    first_row: dict[str, int] = {}
    services = table.column("service")
    for row, (line, team, service) in enumerate(zip(table.lines, table.column("team"), services, strict=True)):
        if not service:
            table.found.add(line, "service", "a service", "an empty cell")
        elif team and people.role[row] is not Role.SENIOR_LEADER:
            first = first_row.setdefault(team, row)
            if service != services[first]:
                wanted = f"{shown(services[first])}, the service of team {shown(team)} since line {table.lines[first]}"
                hint = "if they are two teams, give them two names"
                table.found.add(line, "service", wanted, shown(service), hint)


def _check_team_leaders(people: People) -> None:
    table = people.table
    for row, (line, team) in enumerate(zip(table.lines, table.column("team"), strict=True)):
        if not team or people.role[row] is not Role.TEAM_LEADER:
            continue
        first = people.leader_of_team.setdefault(team, row)
        if first != row:
            came = f"a second one; line {table.lines[first]} has the first"
            table.found.add(line, "role", f"one team leader of team {shown(team)}", came)


def _check_leaders(people: People) -> None:
    """The column ``leader`` names the person's leader, who is set by role and team; it is a check on both."""
    table = people.table
    near: NearNames | None = None
    for row, leader in enumerate(table.column("leader")):
        if not leader:
            continue
        other = people.row_of.get(leader)
        if other is None:
            if people.unknown(leader):
                near = near or NearNames(people.row_of)
                wanted = "the id of somebody in this table"
                table.found.add(table.lines[row], "leader", wanted, shown(leader), near.hint(leader))
        elif wanted := _leader_problem(people, row, other):
            table.found.add(table.lines[row], "leader", wanted, f"{shown(leader)} (line {table.lines[other]})")


def _leader_problem(people: People, row: int, other: int) -> str:
    """Return what was wanted of a person's leader, or nothing if the leader is right."""
    role, role_of_other = people.role[row], people.role[other]
    if role is None or role_of_other is None:
        return ""
    if role is Role.SENIOR_LEADER:
        return "" if role_of_other is Role.SENIOR_LEADER else "the id of a senior leader"
    team, service = people.table.column("team")[row], people.table.column("service")
    team_leader = people.leader_of_team.get(team)
    if other == team_leader or (role_of_other is Role.TEAM_LEADER and not team):
        return ""
    if role is Role.STAFF and team_leader is not None:
        return f"{shown(people.table.column('id')[team_leader])}, who leads team {shown(team)}"
    if role_of_other is Role.SENIOR_LEADER and service[other] == service[row]:
        return ""
    return "the id of a senior leader of the same service"


def _check_number(people: People) -> None:
    found, n_staff = people.table.found, people.role.count(Role.STAFF)
    if not people.table.n_rows and not len(found):
        found.add(0, "", "one row for each person", "no rows")
    elif n_staff < FEWEST_STAFF and not len(found):
        found.add(0, "", f"at least {FEWEST_STAFF} people with the role staff", str(n_staff))


class Seating(NamedTuple):
    """Where the people of the table sit.

    Parameters
    ----------
    seat_of_row : [n_rows], staff row of each person, -1 for leaders
    team_of : number of each modelled team
    """

    seat_of_row: NDArray[np.int64]
    team_of: dict[str, int]


def arrange(people: People, shape: OrganisationShape) -> tuple[Organisation, Seating]:
    """Return the organisation of people without faults, with services, teams and people in order of appearance.

    Parameters
    ----------
    people : what was read
    shape : how ties are drawn where none are given
    """
    table = people.table
    teams_of = _teams_by_service(people)
    teams = [team for own in teams_of.values() for team in own]
    team_of = {team: number for number, team in enumerate(teams)}
    is_staff = np.array([role is Role.STAFF for role in people.role])
    staff_rows = np.flatnonzero(is_staff)
    column = table.column("team")
    team = np.array([team_of[column[row]] for row in staff_rows], dtype=np.int64)
    staff_rows = staff_rows[np.argsort(team, kind="stable")]
    seat_of_row = np.full(table.n_rows, -1, dtype=np.int64)
    seat_of_row[staff_rows] = np.arange(len(staff_rows))
    seniors = {
        service: _seniors(people, service_rows) for service, service_rows in _senior_rows(people, teams_of).items()
    }
    senior_ids = {
        service: [table.column("id")[row] for row in rows] or [f"{service}: {title}" for title in SENIOR_TITLES]
        for service, rows in _senior_rows(people, teams_of).items()
    }
    own_names = [name or own for name, own in zip(table.column("name"), table.column("id"), strict=True)]
    tenure = np.array(people.tenure, dtype=np.int64)[staff_rows]
    organisation = Organisation(
        staff_group=np.array(people.group)[staff_rows].astype(np.uint8),
        team_start=_starts(np.bincount(team, minlength=len(teams))),
        service_team_start=_starts([len(own) for own in teams_of.values()]),
        service_senior_start=_starts([len(own) for own in seniors.values()]),
        shape=shape,
        names=Names(
            staff=tuple(own_names[row] for row in staff_rows),
            teams=tuple(teams),
            services=tuple(teams_of),
            seniors=tuple(name for own in seniors.values() for name in own),
        ),
        tenure_weeks=tenure if (tenure != UNKNOWN).any() else None,
        notices=tuple(_notices(people, teams_of)),
        chance=Chance(
            staff=chance_numbers([table.column("id")[row] for row in staff_rows]),
            teams=chance_numbers(teams),
            seniors=chance_numbers([own for ids in senior_ids.values() for own in ids]),
            services=chance_numbers(list(teams_of)),
        ),
    )
    return organisation, Seating(seat_of_row, team_of)


def _starts(counts: Iterable[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(np.array(list(counts), dtype=np.int64))]).astype(np.int64)


def _teams_by_service(people: People) -> dict[str, list[str]]:
    """Return the teams that have staff, by service; a service without any is left out."""
    staffed: set[str] = set()
    teams: dict[str, dict[str, None]] = {}
    rows = zip(people.table.column("service"), people.table.column("team"), people.role, strict=True)
    for service, team, role in rows:
        own = teams.setdefault(service, {})
        if role is not Role.SENIOR_LEADER:
            own[team] = None
        if role is Role.STAFF:
            staffed.add(team)
    by_service = {service: [team for team in own if team in staffed] for service, own in teams.items()}
    return {service: own for service, own in by_service.items() if own}


def _senior_rows(people: People, teams_of: dict[str, list[str]]) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {service: [] for service in teams_of}
    for row, (service, role) in enumerate(zip(people.table.column("service"), people.role, strict=True)):
        if role is Role.SENIOR_LEADER and service in rows:
            rows[service].append(row)
    return rows


def _seniors(people: People, rows: list[int]) -> list[str]:
    """Return the names of a service's senior leaders, or the titles of those that are assumed."""
    names, ids = people.table.column("name"), people.table.column("id")
    return [names[row] or ids[row] for row in rows] or list(SENIOR_TITLES)


def _notices(people: People, teams_of: dict[str, list[str]]) -> Iterable[str]:
    """Say in sentences what is assumed and what is not used."""
    table = people.table
    if table.n_rows < FEW_PEOPLE:
        yield f"There are only {table.n_rows} people: chance weighs heavily in so small an organisation."
    modelled = {team for own in teams_of.values() for team in own}
    if leaderless := [team for team in modelled_in_order(teams_of) if team not in people.leader_of_team]:
        yield f"No team leader is given for {named('team', leaderless)}: an acting leader is assumed."
    if large := _larger_than_a_team(people, modelled):
        yield (
            f"Larger than teams are, and more like departments: {named('team', large)}, of more than {LARGEST_TEAM} "
            "people. The model takes each for one team, in which everybody knows everybody and has one leader, so "
            "that its answer can be far off. `cultureshift organisation import` splits them, by leader or at random."
        )
    if alone := [team for team in people.leader_of_team if team not in modelled]:
        yield f"No staff are given for {named('team', alone)}: a leader without staff is not modelled."
    if without := [service for service, rows in _senior_rows(people, teams_of).items() if not rows]:
        yield (
            f"No senior leaders are given for {named('service', without)}: "
            f"{len(SENIOR_TITLES)} are assumed ({', '.join(SENIOR_TITLES)})."
        )
    if empty := [service for service in dict.fromkeys(table.column("service")) if service not in teams_of]:
        yield f"No staff are given for {named('service', empty)}: its leaders are not modelled."
    if in_teams := sum(
        r is Role.SENIOR_LEADER and bool(t) for r, t in zip(people.role, table.column("team"), strict=True)
    ):
        yield f"{in_teams} of the senior leaders are given a team: they lead their service, and the team is not used."
    for kind, names in (("team", table.column("team")), ("service", table.column("service"))):
        if alike := _written_differently(names):
            yield f"Names that differ only in capitals, spaces or signs are taken as different: {named(kind, alike)}."


def _larger_than_a_team(people: People, modelled: set[str]) -> list[str]:
    sizes = Counter(
        team for team, role in zip(people.table.column("team"), people.role, strict=True) if role is Role.STAFF
    )
    return [team for team, size in sizes.items() if size > LARGEST_TEAM and team in modelled]


def modelled_in_order(teams_of: dict[str, list[str]]) -> Iterable[str]:
    """Yield the modelled teams, service by service."""
    for own in teams_of.values():
        yield from own


def _written_differently(names: Iterable[str]) -> list[str]:
    different = [name for name in dict.fromkeys(names) if name]
    spoken = Counter(plain(name) for name in different)
    return [name for name in different if spoken[plain(name)] > 1]


def named(kind: str, names: list[str]) -> str:
    """Return names in words, at most a handful of them.

    Examples
    --------
    >>> named("team", ["Rowan"]), named("team", ["Rowan", "Elder"])
    ('the team "Rowan"', '2 teams ("Rowan", "Elder")')
    """
    if len(names) == 1:
        return f"the {kind} {shown(names[0])}"
    told = [shown(name) for name in names[:_NAMES_TOLD]] + (["..."] if len(names) > _NAMES_TOLD else [])
    return f"{len(names)} {kind}s ({', '.join(told)})"
