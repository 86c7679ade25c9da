"""Ids that chance gave, in place of those that people are known by."""

from __future__ import annotations

import secrets

from sim.inputs.imports.notes import Notes, counted
from sim.inputs.imports.people import Staff
from sim.inputs.imports.scores import GatheredSurvey
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
    survey.persons = {called[own]: scores for own, scores in survey.persons.items()}
    notes.understood.append(
        f"{counted(len(people), 'person', 'people')} have numbers that chance gave in place of ids; no key is kept"
    )
