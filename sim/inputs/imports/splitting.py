"""Departments become teams: by who leads whom, or at random into teams of a stated size."""

from __future__ import annotations

import hashlib
import math
from collections import Counter

from sim.inputs.imports.mapping import Answers
from sim.inputs.imports.notes import Choice, Notes, counted, some
from sim.inputs.imports.people import Person, Staff, counts_by_team, safe_name
from sim.inputs.tables.columns import Role
from sim.inputs.tables.people import LARGEST_TEAM
from sim.inputs.tables.rows import LONGEST_CELL

__all__ = ["split_departments"]

USUAL_SIZE = 8

_BY_LEADER = Choice("Teams of those who report to the same person", {"teams": "by leader"})
_AT_RANDOM = Choice(
    f"Split them at random into teams of about {USUAL_SIZE}", {"teams": "at random", "team_size": USUAL_SIZE}
)
_AS_GIVEN = Choice("Keep each as one large team", {"teams": "as given"})


def split_departments(staff: Staff, answers: Answers, notes: Notes) -> None:
    """Split what is larger than a team as somebody has answered; ask, with a proposal, where nobody has.

    Parameters
    ----------
    staff : changed in place
    answers : what to do with departments, and the size of teams
    notes : what is asked, or was done, is added here
    """
    sizes = counts_by_team(staff.people)
    large = [team for team, size in sizes.items() if size > LARGEST_TEAM]
    if not large:
        return
    if answers.teams == "as given":
        notes.assumed.append(
            f"{counted(len(large), 'team')} of more than {LARGEST_TEAM} staff kept as one team, as asked"
        )
        return
    if answers.teams is None:
        _ask(staff, large, sizes, notes)
        return
    by_leader = answers.teams == "by leader"
    size = answers.team_size or USUAL_SIZE
    members: dict[str, list[Person]] = {team: [] for team in large}
    for person in staff.people:
        if person.team in members and person.role is Role.STAFF:
            members[person.team].append(person)
    for team, own in members.items():
        parts = _by_leader(staff, team, own, size) if by_leader else _at_random(team, own, size)
        leader = next((one for one in staff.people if one.team == team and one.role is Role.TEAM_LEADER), None)
        if leader is not None:
            leader.team = next(iter(parts))
        for name, group in parts.items():
            for person in group:
                person.team = name
        staff.parts[team] = [(name, len(group)) for name, group in parts.items()]
        notes.assumed.append(
            f'"{team}" ({len(own):,} staff) is split {"by leader" if by_leader else "at random"} into '
            f"{counted(len(parts), 'team')} of {min(map(len, parts.values()))} to {max(map(len, parts.values()))}"
        )


def _ask(staff: Staff, large: list[str], sizes: Counter[str], notes: Notes) -> None:
    named = Counter(person.leader for person in staff.people if person.team in large and person.leader)
    usable = len(named) > len(large) and max(named.values()) <= LARGEST_TEAM
    proposal = (
        f'--answer "teams=by leader" makes {counted(len(named), "team")} of whoever reports to the same person'
        if usable
        else f'--answer "teams=at random" --answer team_size={USUAL_SIZE} makes teams of about {USUAL_SIZE} of them'
    )
    n = sum(sizes[team] for team in large)
    notes.ask(
        "teams",
        f"teams, in which people know each other and have one leader (up to {LARGEST_TEAM} staff)",
        f"{counted(len(large), 'department')} with {n:,} staff: {some(large)}",
        f'{proposal}; --answer "teams=as given" keeps them',
        [*([_BY_LEADER] if usable else []), _AT_RANDOM, *([] if usable or not named else [_BY_LEADER]), _AS_GIVEN],
    )


def _by_leader(staff: Staff, team: str, own: list[Person], size: int) -> dict[str, list[Person]]:
    """Return teams of whoever reports to the same person; the others, and what is too large, at random."""
    by_id = {person.id: person for person in staff.people}
    parts: dict[str, list[Person]] = {}
    rest = []
    for person in own:
        if person.leader in by_id:
            name = safe_name(f"{team}: {person.leader}")
            staff.named_after[name] = person.leader
            parts.setdefault(name, []).append(person)
        else:
            rest.append(person)
    told: dict[str, list[Person]] = {}
    for name, group in parts.items():
        told |= {name: group} if len(group) <= LARGEST_TEAM else _at_random(name, group, size)
        leader = by_id[group[0].leader]
        if leader.role is not Role.SENIOR_LEADER:
            leader.role, leader.team = Role.TEAM_LEADER, next(iter(told)) if len(told) == 1 else list(told)[-1]
            if leader in own:
                told = {key: [one for one in members if one is not leader] for key, members in told.items()}
    told = {name: group for name, group in told.items() if group}
    rest = [person for person in rest if person.role is Role.STAFF]
    return told | (_at_random(f"{team}: no leader named", rest, size) if rest else {})


def _at_random(team: str, own: list[Person], size: int) -> dict[str, list[Person]]:
    """Return teams of about one size; chance knows people by their ids, so that who else is there moves nobody far."""
    ordered = sorted(own, key=lambda person: hashlib.blake2b(person.id.encode(errors="replace")).digest())
    n_parts = max(1, round(len(own) / size))
    width = len(str(n_parts))
    parts: dict[str, list[Person]] = {}
    for number in range(n_parts):
        first, last = math.floor(number * len(own) / n_parts), math.floor((number + 1) * len(own) / n_parts)
        ending = f" {number + 1:0{width}}"
        parts[team[: LONGEST_CELL - len(ending)] + ending] = ordered[first:last]
    return parts
