"""Ids that chance gave, in place of those that people are known by."""

from __future__ import annotations

import secrets

from sim.inputs.imports.notes import Notes, counted
from sim.inputs.imports.people import Staff
from sim.inputs.imports.scores import GatheredSurvey, Group
from sim.inputs.imports.ties import GatheredTies

__all__ = ["with_pseudonyms"]


def with_pseudonyms(staff: Staff, ties: GatheredTies, survey: GatheredSurvey, notes: Notes) -> None:
    """Give everybody a number in an order that chance decides anew each time, in place; no key is kept.

    Parameters
    ----------
    staff, ties, survey : of one import
    notes : that it was done is added here
    """
    people = list(staff.people)
    secrets.SystemRandom().shuffle(people)
    width = len(str(len(people)))
    called = {person.id: f"P{number:0{width}}" for number, person in enumerate(people, 1)}
    for person in staff.people:
        person.id, person.leader = called[person.id], called.get(person.leader, "")
    ties.weight = {
        (called[one], called[other], layer, one_way): weight
        for (one, other, layer, one_way), weight in ties.weight.items()
    }
    ties.of_second_teams = {(called[one], called[other]): share for (one, other), share in ties.of_second_teams.items()}
    survey.persons = {called[own]: scores for own, scores in survey.persons.items()}
    _rename_teams(staff, survey, called)
    notes.understood.append(
        f"{counted(len(people), 'person', 'people')} have numbers that chance gave in place of ids; no key is kept"
    )


def _rename_teams(staff: Staff, survey: GatheredSurvey, called: dict[str, str]) -> None:
    """Call teams that are named after somebody by that person's number."""
    name_of: dict[str, str] = {}
    for team in dict.fromkeys(person.team for person in staff.people):
        after = _named_after(team, staff)
        if after:
            leader = staff.named_after[after]
            begins = after.removesuffix(leader) if after.endswith(leader) else "Team of "
            name_of[team] = begins + called.get(leader, f"nobody here ({len(name_of) + 1})") + team.removeprefix(after)
    for person in staff.people:
        person.team = name_of.get(person.team, person.team)

    def renamed(group: Group) -> Group:
        kind, name = group
        return kind, name_of.get(name, name) if kind == "team" else name

    survey.groups = {renamed(group): cells for group, cells in survey.groups.items()}
    survey.answers = {renamed(group): pairs for group, pairs in survey.answers.items()}


def _named_after(team: str, staff: Staff) -> str:
    """Return the name that was made of somebody's, to which a number or a service may have been added, or ""."""
    ends = [len(team), *(place for place in range(len(team) - 1, 0, -1) if team[place] == " ")]
    return next((team[:end] for end in ends if team[:end] in staff.named_after), "")
