"""Of which teams and services the names are that scores of a survey stand beside."""

from __future__ import annotations

from collections.abc import Sequence

from sim.inputs.imports.columns import HeadedSheet
from sim.inputs.imports.notes import Notes, counted, some
from sim.inputs.imports.people import Staff, counts_by_team, unit_key
from sim.inputs.imports.scores import GatheredSurvey, Group
from sim.inputs.imports.words import spoken

__all__ = ["place_scores", "why_nobodys"]

_MOST_ANSWERS_EACH = 1.5
_FEWEST_ELSEWHERE = 3


def why_nobodys(ids: Sequence[str], units: Sequence[str], staff: Staff) -> str:
    """Return why a column of a survey numbers its answers and not people; "" where it may well be people.

    Parameters
    ----------
    ids : what may be of whom each answer is
    units : the team, department or service that stands beside each, "" for none
    staff : who is known
    """
    team_of = {person.id: unit_key(person.team) for person in staff.people}
    names = {unit_key(name) for person in staff.people for name in (person.team, person.service) if name}
    told = [(staff.known.find(own), unit_key(unit)) for own, unit in zip(ids, units, strict=True) if own and unit]
    placed = [(own, unit) for own, unit in told if unit in names]
    if not placed or 2 * len(placed) < len(told):
        return ""
    if not any(own in team_of for own, _ in told):
        return "nobody there has any of them"
    compared = [(team_of[own], unit) for own, unit in placed if own in team_of and unit in team_of.values()]
    n_elsewhere = sum(team != unit for team, unit in compared if team)
    if n_elsewhere < _FEWEST_ELSEWHERE or 2 * n_elsewhere <= len(compared):
        return ""
    return f"{n_elsewhere:,} of {len(compared):,} people of these numbers are in another team there"


def place_scores(
    table: HeadedSheet,
    told: dict[str, dict[str, float]],
    given: dict[str, list[tuple[float, float]]],
    staff: Staff,
    notes: Notes,
    survey: GatheredSurvey,
) -> None:
    """Find out which teams and services the names are of."""
    sizes = counts_by_team(staff.people)
    teams = {spoken(team): team for team in sizes} | {unit_key(team): team for team in sizes}
    for code, team in staff.codes.items():
        if unit_key(team) in teams:
            teams.setdefault(unit_key(code), teams[unit_key(team)])
    services = {spoken(person.service): person.service for person in staff.people}
    unknown: dict[str, None] = {}
    too_many: dict[str, None] = {}
    n_parts = n_groups = 0
    for unit, cells in told.items():
        said = unit_key(unit) if unit_key(unit) in teams else spoken(unit)
        parts = [name for name, _ in staff.parts.get(unit, ())]
        if unit in sizes or said in teams:
            found: list[Group] = [("team", unit if unit in sizes else teams[said])]
        elif parts:
            found = [("team", name) for name in parts if sizes[name]]
        elif unit in services.values() or said in services:
            found = [("service", services.get(said, unit))]
        else:
            found = [("team", name) for name in _teams_under(unit, staff) if sizes[name]]
        if not found:
            unknown[unit] = None
            continue
        n_parts += len(found) > 1
        n_groups += 1
        whole = sum(sizes[name] for kind, name in found if kind == "team")
        if 0 < _MOST_ANSWERS_EACH * whole < cells.get("respondents", 0.0):
            too_many[unit] = None
        for group in found:
            own = dict(cells)
            if len(found) > 1 and "respondents" in own:
                own["respondents"] = max(1.0, round(own["respondents"] * sizes[group[1]] / whole))
            survey.groups.setdefault(group, own)
        if len(found) == 1 and given.get(unit):
            survey.answers.setdefault(found[0], given[unit])
    if unknown:
        notes.left_out.append(
            f"{table.title}: scores of {counted(len(unknown), 'team')} without staff: {some(unknown)}"
        )
    if too_many:
        notes.assumed.append(
            f"{table.title}: {counted(len(too_many), 'team')} of which far more answered than work there now: "
            f"{some(too_many)}; the column may tell something else than how many answered"
        )
    if n_parts:
        notes.assumed.append(
            f"{table.title}: scores of {counted(n_parts, 'department')} are taken for each of its teams"
        )
    if n_groups:
        notes.understood.append(f"{table.title}: scores of {counted(n_groups, 'team or service', 'teams or services')}")


def _teams_under(unit: str, staff: Staff) -> list[str]:
    """Return the teams of a department, after they were split or renamed."""
    known = {spoken(name): teams for name, teams in staff.units.items()}
    teams = known.get(spoken(unit), {})
    return [part for team in teams for part in [name for name, _ in staff.parts.get(team, ())] or [team]]
