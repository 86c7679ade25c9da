"""Each mechanism at its zero changes nothing else, to the last bit: worlds are compared that differ in it alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.inputs.organisation import Organisation
from sim.rulebook.parameters import Parameters
from tests.worlds import Case, case_of, changed, columns, live, organisation_of

WEEKS = 30
EVENTFUL: dict[str, float] = {"staff_turnover": 1.5, "team_leader_turnover": 1.0, "senior_leader_turnover": 1.0}


def case_with(**parameters: float) -> Case:
    organisation = organisation_of([[5, 3, 4], [6, 2]], ties_between_services=0.5)
    case = case_of(organisation, parameters=Parameters(**{**EVENTFUL, **parameters}), n_weeks=WEEKS, burn_in_weeks=0)
    case.world.services["usual_voice"] = 0.9
    return case


def after(case: Case) -> dict[str, np.ndarray]:
    live(case, WEEKS)
    return columns(case.world)


def who_comes_brings_another_style(case: Case) -> None:
    case.world.teams["disposition"] = case.world.seniors["disposition"] = 0.123


def teams_are_not_linked(case: Case) -> None:
    no_links = np.zeros_like(case.world.ties.team_indptr)
    case.world = case.world._replace(ties=case.world.ties._replace(team_indptr=no_links))


def leaders_are_busy_elsewhere(case: Case) -> None:
    entry = np.array([1.0, 0.2, 0.3, 0.3])
    case.plan = case.plan._replace(attention=np.broadcast_to(entry, case.plan.attention.shape).copy())


Change = Callable[[Case], None]

OF_TIME = {"crisis": 0, "leaders_dialogue": 0, "leaders_modelling": 0, "evidence": 0, "pull_to_control": 0}
ATTENTION = {
    *(f"seniors.attention_{part}" for part in ("problems", "purpose", "staff", "leaders")),
    *(f"services.mean_attention_{part}" for part in ("problems", "staff", "leaders")),
}
SWITCHES: dict[str, tuple[dict[str, float], Change, set[str]]] = {
    "dispositions": ({"own_style": 0}, who_comes_brings_another_style, {"teams.disposition", "seniors.disposition"}),
    "links": (
        {"reach": 0, "peer_norm": 0}, teams_are_not_linked,
        {"teams.links", "teams.linked_capability", "teams.linked_control"},
    ),
    "leaders' time": ({**OF_TIME, "purpose_gain": 0}, leaders_are_busy_elsewhere, ATTENTION),
}  # fmt: skip


@pytest.mark.parametrize("name", SWITCHES)
def test_at_zero_nothing_else_changes(name: str) -> None:
    off, change, own_columns = SWITCHES[name]
    one, other = case_with(**off), case_with(**off)
    one.world.staff["capability"] = other.world.staff["capability"] = 0.2
    change(other)

    assert changed(after(one), after(other)) <= own_columns


@pytest.mark.parametrize("name", SWITCHES)
def test_otherwise_something_does(name: str) -> None:
    """So that the test above says something."""
    _, change, own_columns = SWITCHES[name]
    one, other = case_with(), case_with()
    one.world.staff["capability"] = other.world.staff["capability"] = 0.2
    change(other)

    assert changed(after(one), after(other)) - own_columns


def test_where_nothing_makes_people_cynical_nobody_is() -> None:
    case = case_with(cynicism_gain=0, disappointment=0)
    case.world.services["usual_voice"] = 1.0

    assert not after(case)["staff.cynicism"].any()


def test_without_time_to_hire_no_post_is_ever_vacant() -> None:
    case = case_with(time_to_hire=0)
    found = after(case)

    assert not found["staff.vacant_weeks"].any()
    assert not found["services.vacant_share"].any()
    assert found["staff.arrivals"].sum() > 5


def in_teams_of(size: int, **parameters: float) -> dict[str, np.ndarray]:
    organisation: Organisation = organisation_of([[size, size]])
    return after(case_of(organisation, parameters=Parameters(**parameters), n_weeks=WEEKS, burn_in_weeks=0))


def test_a_reach_that_covers_the_team_is_no_limit() -> None:
    assert changed(in_teams_of(8, witness_reach=7), in_teams_of(8, witness_reach=1000)) == set()
    assert changed(in_teams_of(9, witness_reach=7), in_teams_of(9, witness_reach=1000)) != set()


@pytest.mark.parametrize(
    ("off", "other"),
    [
        ({"vacancy_pressure": 0}, {"usual_vacancy": 0.5}),
        ({"crisis": 0, "problem_inflow": 0}, {"learning_relief": 1.5}),
        ({"peer_norm": 0}, {"links_half": 100}),
        ({"disappointment": 0}, {"disappointment_dead_band": 0.5}),
        ({"leader_effect": 0}, {"reference_control": 0.1}),
    ],
    ids=lambda values: ", ".join(values),
)
def test_what_belongs_to_a_mechanism_does_nothing_without_it(off: dict[str, Any], other: dict[str, Any]) -> None:
    assert changed(after(case_with(**off)), after(case_with(**off, **other))) == set()
    assert changed(after(case_with()), after(case_with(**other))) != set()
