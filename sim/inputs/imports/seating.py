"""Everybody of a staff list gets a team, a service and a role: by columns, by who reports to whom, by colleagues."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sim.inputs.imports.chart import roles_from_chart
from sim.inputs.imports.columns import HeadedSheet, Recognised
from sim.inputs.imports.mapping import Answers
from sim.inputs.imports.notes import Notes, counted, some
from sim.inputs.imports.people import Left, Person, Staff, one_spelling
from sim.inputs.imports.staff_rows import OWN_SERVICE, read_staff
from sim.inputs.imports.values import each_once
from sim.inputs.organisation import STAFF_GROUP_NAMES, StaffGroup
from sim.inputs.tables.columns import Role
from sim.inputs.tables.rows import LONGEST_CELL

__all__ = ["staff_of"]

WITHOUT_GROUP = StaffGroup.OPERATIONS
"""Where nothing tells of a staff group: it changes what results by staff group mean, and nothing else."""


def staff_of(
    tables: Sequence[tuple[HeadedSheet, Sequence[Recognised], bool]],
    words: Mapping[str, Mapping[str, str]],
    answers: Answers,
    today: date,
    notes: Notes,
) -> Staff:
    """Return everybody in some staff lists.

    Parameters
    ----------
    tables : staff lists with what their columns mean, and whether each is of leavers
    words : what words mean that somebody has looked at before
    answers : what was asked before
    today : the day that tables are of, unless an answer says another
    notes : what was understood, assumed and left out is added here
    """
    staff = Staff(day=date.fromisoformat(answers.date) if answers.date else today, is_day_told=bool(answers.date))
    for table, recognised, has_all_left in tables:
        read_staff(staff, table, recognised, words, answers, notes, has_all_left)
    _say_who_came_back(staff, notes)
    _spell_alike(staff, notes)
    _find_leaders(staff, notes)
    _by_chart(staff, notes)
    _settle_teams(staff, notes)
    _tell_services_apart(staff, notes)
    _one_leader_each(staff, notes)
    _without_group(staff, answers, notes)
    return staff


def _say_who_came_back(staff: Staff, notes: Notes) -> None:
    """Say how many stand in the staff list who left later than they began, so that one of two lists is older."""
    here = {spell.id: spell.start for spell in staff.spells if spell.end is None or spell.end > (staff.day or date.max)}
    for person in staff.people:
        here.setdefault(person.id, None)
    left = {spell.id for spell in staff.spells if _is_contradicted(spell, here, staff.day or date.max)}
    if left:
        notes.assumed.append(
            f"{counted(len(left), 'person stands', 'people stand')} in the staff list though they left by then: they "
            "are taken as here, and counted as leavers; where the staff list is the older one, take them out of it"
        )


def _is_contradicted(spell: Left, here: Mapping[str, date | None], day: date) -> bool:
    """Tell whether somebody who left is here, and did not begin again since."""
    if spell.id not in here or spell.end is None or spell.end > day:
        return False
    began = here[spell.id]
    return began is None or began < spell.end


def _spell_alike(staff: Staff, notes: Notes) -> None:
    """Make one of teams, and of services, whose names differ in case, spaces or punctuation around them alone."""
    further_teams = (one.team for person in staff.people for one in person.further)
    teams = one_spelling(Counter([*(person.team for person in staff.people), *further_teams]))
    services = one_spelling(Counter(person.service for person in staff.people))
    for person in staff.people:
        person.team, person.service = teams[person.team], services[person.service]
        named = [replace(one, team=teams[one.team]) for one in person.further]
        person.further = tuple(one for one in named if one.team != person.team)
    units: dict[str, dict[str, None]] = {}
    spelt = one_spelling(Counter(staff.units.keys()))
    for unit, parts in staff.units.items():
        units.setdefault(spelt[unit], {}).update(dict.fromkeys(teams.get(part, part) for part in parts))
    staff.units = units
    for what, kept in (("team", teams), ("service", services)):
        others: dict[str, list[str]] = defaultdict(list)
        for name, best in kept.items():
            if name != best:
                others[best].append(name)
        for best, names in others.items():
            notes.assumed.append(f"{some([best, *names])} are taken as one {what}, called {best!r}")


def _without_group(staff: Staff, answers: Answers, notes: Notes) -> None:
    default = WITHOUT_GROUP
    if answers.staff_group is not None:
        default = StaffGroup(STAFF_GROUP_NAMES.index(answers.staff_group))
    without = [person for person in staff.people if person.group is None and person.role is Role.STAFF]
    for person in without:
        person.group = default
    if without:
        notes.assumed.append(
            f"nothing tells the staff group of {counted(len(without), 'person', 'people')}, who are put into "
            f"{STAFF_GROUP_NAMES[default]}; another one: --answer staff_group=nursing"
        )


def _find_leaders(staff: Staff, notes: Notes) -> None:
    """Make of whoever a cell names as leader an id; "" where nobody is known by it."""
    unknown: Counter[str] = Counter()
    found = each_once((person.leader for person in staff.people), staff.known.find)
    for person in staff.people:
        if person.leader and not found[person.leader]:
            unknown[person.leader] += 1
        person.leader = found[person.leader]
        if person.leader == person.id:
            person.leader = ""
    if unknown:
        notes.left_out.append(
            f"{counted(unknown.total(), 'reporting line')} to "
            f"{counted(len(unknown), 'person who is', 'people who are')} not in the staff list{notes.whom(unknown)}"
        )


def _by_chart(staff: Staff, notes: Notes) -> None:
    """Derive teams and leaders from who reports to whom, where no column tells teams."""
    if not any(person.leader for person in staff.people) or any(person.team for person in staff.people):
        return
    chart = roles_from_chart({person.id: person.leader for person in staff.people})
    if chart.n_in_circles:
        notes.left_out.append(f"{counted(chart.n_in_circles, 'reporting line')} in a circle")
    by_id = {person.id: person for person in staff.people}
    for own, role in chart.roles.items():
        person = by_id[own]
        if person.strength < 3:
            person.role, person.strength = role, 3
    for own, leader in chart.team_of.items():
        by_id[own].team = f"Team of {leader}" if leader else ""
        staff.named_after[by_id[own].team] = leader
    for own, leader in chart.team_of.items():
        if not by_id[own].service and leader:
            by_id[own].service = by_id[leader].service
    n_teams = len(set(chart.team_of.values()) - {""})
    notes.understood.append(f"{counted(n_teams, 'team')} and their leaders from who reports to whom")


def _settle_teams(staff: Staff, notes: Notes) -> None:
    """Give everybody a role, and a team to all but senior leaders: that of their leader or of their colleagues."""
    by_id = {person.id: person for person in staff.people}
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for person in staff.people:
        if person.leader and person.team:
            votes[person.leader][person.team] += 1
    for own, teams in votes.items():
        leader = by_id[own]
        if leader.role is None or (leader.role is Role.STAFF and leader.strength < 3):
            leader.role, leader.strength = Role.TEAM_LEADER, 2
        if leader.role is Role.TEAM_LEADER and leader.team not in teams:
            leader.team = teams.most_common(1)[0][0]
    team_led = {leader: teams.most_common(1)[0][0] for leader, teams in votes.items()}
    n_staff = 0
    without: Counter[str] = Counter()
    kept = []
    for person in staff.people:
        if person.role is None:
            person.role = Role.STAFF
            n_staff += 1
        if not person.team and person.role is not Role.SENIOR_LEADER:
            person.team = team_led.get(person.leader, "")
        if person.team or person.role is Role.SENIOR_LEADER:
            kept.append(person)
        else:
            without[str(person.role).replace("_", " ")] += 1
    if n_staff:
        notes.assumed.append(f"{counted(n_staff, 'person', 'people')} without a role that is told are staff")
    for role, count in without.items():
        notes.left_out.append(
            f"{counted(count, 'person', 'people')} ({role}) without a team, and whose leader tells none"
        )
    staff.people = kept


def _tell_services_apart(staff: Staff, notes: Notes) -> None:
    """Give everybody a service, and teams of one name in two services two names."""
    services: dict[str, Counter[str]] = defaultdict(Counter)
    for person in staff.people:
        if person.team and person.service and person.role is not Role.SENIOR_LEADER:
            services[person.team][person.service] += 1
    everywhere = Counter(person.service for person in staff.people if person.service)
    usual = everywhere.most_common(1)[0][0] if everywhere else OWN_SERVICE
    n_told = 0
    for person in staff.people:
        if not person.service:
            own = services.get(person.team)
            person.service = own.most_common(1)[0][0] if own else usual
            n_told += 1
    if n_told:
        notes.assumed.append(f"{counted(n_told, 'person', 'people')} without a service are in that of their team")
    doubled = {team for team, own in services.items() if len(own) > 1}
    for person in staff.people:
        if person.team in doubled:
            name = f"{person.team} ({person.service})"[:LONGEST_CELL]
            staff.parts.setdefault(person.team, []).append((name, 0))
            person.team = name
    if doubled:
        notes.assumed.append(
            f"{counted(len(doubled), 'team name')} in two services stand for a team in each: {some(sorted(doubled))}"
        )
    staff.parts = {team: list(dict.fromkeys(parts)) for team, parts in staff.parts.items()}


def _one_leader_each(staff: Staff, notes: Notes) -> None:
    """Keep one leader of each team: whom most name, then by the strength of the title, then the first."""
    named = Counter(person.leader for person in staff.people if person.leader)
    leaders: dict[str, list[Person]] = defaultdict(list)
    for person in staff.people:
        if person.role is Role.TEAM_LEADER:
            leaders[person.team].append(person)
    several = 0
    for own in leaders.values():
        first = max(own, key=lambda person: (named[person.id], person.strength))
        for other in own:
            if other is not first:
                other.role = Role.STAFF
                several += 1
    if several:
        notes.assumed.append(
            f"{counted(several, 'second leader')} of a team count as staff of it; leads whom most name, or "
            "whose title says so"
        )
