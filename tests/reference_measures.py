"""The weekly measures once more, in plain Python over the rows of a plain world (see ``tests/reference.py``)."""

from __future__ import annotations

import math
from types import SimpleNamespace as Row

from sim.base.terms import Outcome
from tests.plain_world import PlainWorld
from tests.reference_terms import HABITS, mean

ATTENTION = ("attention_problems", "attention_purpose", "attention_staff", "attention_leaders")


def weekly_measures(world: PlainWorld, services: list[int]) -> dict[str, float]:
    """The weekly measures of some services together; services count by their posts.

    A vacant seat counts in no mean; what happened in it while there was somebody has happened.
    """
    rows = [world.services[v] for v in services]
    seats = [world.staff[i] for here in rows for i in range(here.first_seat, here.last_seat)]
    people = [world.staff[i] for here in rows for i in world.staff_in(here)]
    teams = [team for here in rows for team in world.teams_in(here)]
    seniors = [senior for here in rows for senior in world.seniors_in(here)]
    return {
        **_people_measures(people),
        **_event_measures(seats),
        **_leader_measures(teams, seniors),
        **_service_measures(rows),
        "vacant_share": 1 - len(people) / len(seats),
        "facilitation": mean([team.facilitation for team in teams for _ in world.members(team)]),
        "safety_icc": icc([[world.staff[i].safety for i in world.colleagues(team)] for team in teams]),
        **_group_measures(people, seats),
    }


def _people_measures(people: list[Row]) -> dict[str, float]:
    safety, efficacy = [person.safety for person in people], [person.efficacy for person in people]
    return {
        "safe_share": mean_of([s > 0.625 for s in safety]),
        "confident_share": mean_of([e > 0.625 for e in efficacy]),
        "safety": mean_of(safety),
        "safety_sd": sd(safety),
        "efficacy": mean_of(efficacy),
        "efficacy_sd": sd(efficacy),
        "aim_high": mean_of([person.aim for person in people]),
        "cynicism": mean_of([person.cynicism for person in people]),
        "capability": mean_of([person.capability for person in people]),
        "embedded_share": mean_of([all(getattr(person, name) >= 0.5 for name in HABITS) for person in people]),
    }


def _event_measures(seats: list[Row]) -> dict[str, float]:
    reached = [sum(seat.outcome >= furthest for seat in seats) for furthest in range(Outcome.LEARNED + 1)]
    opportunities, voiced = reached[Outcome.SILENT], reached[Outcome.NOT_JOINED]
    joined, received = reached[Outcome.NOT_RECEIVED], reached[Outcome.HEARD]
    learned = reached[Outcome.LEARNED]
    return {
        "feel_safe": share(voiced, opportunities),
        "team_up": share(joined, voiced),
        "fail_well": share(received, joined),
        "learn_fast": share(learned, received),
        "opportunities": opportunities,
        "voiced": voiced,
        "joined": joined,
        "well_received": received,
        "learned": learned,
        "punished": sum(seat.outcome == Outcome.PUNISHED for seat in seats),
    }


def _leader_measures(teams: list[Row], seniors: list[Row]) -> dict[str, float]:
    return {
        "team_leader_control": mean([team.control for team in teams]),
        "senior_leader_control": mean([senior.control for senior in seniors]),
        "team_leader_embedding": mean([team.embedding for team in teams]),
        "senior_leader_embedding": mean([senior.embedding for senior in seniors]),
        **{name: mean([getattr(senior, name) for senior in seniors]) for name in ATTENTION},
    }


def _service_measures(services: list[Row]) -> dict[str, float]:
    n_staff = sum(here.last_seat - here.first_seat for here in services)
    names = ("coherence", "collective_voice", "pressure", "backlog", "learning_stock")
    flows = ("staff_leavers", "team_leader_leavers", "senior_leader_leavers")
    return {
        **{
            name: sum(getattr(here, name) * (here.last_seat - here.first_seat) for here in services) / n_staff
            for name in names
        },
        **{name: sum(getattr(here, name) for here in services) for name in flows},
    }


def _group_measures(people: list[Row], seats: list[Row]) -> dict[str, float]:
    found: dict[str, float] = {}
    for group, name in enumerate(("medical", "nursing", "allied_health", "operations", "administration")):
        own = [person for person in people if person.staff_group == group]
        outcomes = [seat.outcome for seat in seats if seat.staff_group == group]
        met = sum(outcome >= Outcome.SILENT for outcome in outcomes)
        found[f"safe_share_{name}"] = mean_of([person.safety > 0.625 for person in own])
        found[f"safety_{name}"] = mean_of([person.safety for person in own])
        found[f"voice_{name}"] = share(sum(outcome >= Outcome.NOT_JOINED for outcome in outcomes), met)
    return found


def mean_of(values: list[float]) -> float:
    """The mean, where there is anybody."""
    return mean(values) if values else math.nan


def share(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def sd(values: list[float]) -> float:
    middle = mean_of(values)
    return math.sqrt(sum((x - middle) ** 2 for x in values) / (len(values) - 1)) if len(values) > 1 else 0.0


def icc(teams: list[list[float]]) -> float:
    """ICC(1) from a one-way analysis of variance with uneven groups (Bliese 2000)."""
    teams = [team for team in teams if team]
    values = [x for team in teams for x in team]
    n, n_teams = len(values), len(teams)
    if n_teams < 2 or n == n_teams:
        return math.nan
    grand = mean(values)
    between = sum(len(team) * (mean(team) - grand) ** 2 for team in teams) / (n_teams - 1)
    within = sum((x - mean(team)) ** 2 for team in teams for x in team) / (n - n_teams)
    size = (n - sum(len(team) ** 2 for team in teams) / n) / (n_teams - 1)
    return share(between - within, between + (size - 1) * within)
