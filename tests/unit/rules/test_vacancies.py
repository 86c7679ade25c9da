"""Posts of staff that are vacant: for how long, and that nobody is there in the meantime."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rulebook.parameters import Parameters
from sim.rules.climate import climate, links
from sim.rules.environment import environment
from sim.rules.turnover import staff_turnover, team_leader_turnover
from tests.stepping import do
from tests.worlds import Case, case_of, live, organisation_of

NOBODY_STAYS, NOBODY_LEAVES = {"staff_turnover": 520.0, "safety_retention": 0.0}, {"staff_turnover": 0.0}


@pytest.fixture(name="case")
def case_fixture() -> Case:
    return case_of(organisation_of([[4, 3]]))


def turn_over(case: Case, **rules: float) -> None:
    """Let the end of a week come: everybody's chance of leaving is drawn as low as can be."""
    case.world.scratch.opportunity_draws[2] = 1e-9
    do(staff_turnover, case, **rules)


@pytest.mark.parametrize(
    ("hire", "freeze", "weeks"), [(10, 0.0, 10), (1, 0.0, 1), (2.5, 0.0, 3), (10, 0.5, 20), (3, 0.9, 30)]
)
def test_a_post_is_vacant_for_exactly_the_time_to_hire(case: Case, hire: float, freeze: float, weeks: int) -> None:
    turn_over(case, time_to_hire=hire, hiring_freeze=freeze, **NOBODY_STAYS)
    assert (case.world.staff["vacant_weeks"] == hire).all()
    n_vacant = 0
    while case.world.staff["vacant_weeks"].all() and n_vacant < 100:
        n_vacant += 1
        turn_over(case, time_to_hire=hire, hiring_freeze=freeze, **NOBODY_STAYS)

    assert n_vacant == weeks
    assert not case.world.staff["vacant_weeks"].any()  # Newcomers cannot leave in the week in which they come.
    assert case.world.staff["arrivals"].tolist() == [1] * 7
    assert case.world.staff["tenure_weeks"].tolist() == [0] * 7


def test_without_a_time_to_hire_posts_are_filled_at_once(case: Case) -> None:
    turn_over(case, time_to_hire=0, hiring_freeze=1, **NOBODY_STAYS)

    assert not case.world.staff["vacant_weeks"].any()
    assert (case.world.staff["arrivals"] == 1).all()
    assert case.world.services["staff_leavers"][0] == 7


def test_a_full_freeze_fills_no_post(case: Case) -> None:
    case.world.staff["vacant_weeks"] = 2.0
    for _ in range(5):
        turn_over(case, hiring_freeze=1, **NOBODY_LEAVES)

    assert (case.world.staff["vacant_weeks"] == 2.0).all()


def test_a_newcomer_comes_without_cynicism_habits_or_capability(case: Case) -> None:
    staff = case.world.staff
    for name in ("cynicism", "capability", "habit_voice", "habit_team", "habit_fail", "habit_learn"):
        staff[name] = 0.9
    staff["vacant_weeks"][2] = 1.0
    turn_over(case, **NOBODY_LEAVES)

    assert [staff[name][2] for name in ("cynicism", "capability", "habit_fail")] == [0.0, 0.0, 0.05]
    assert staff["safety"][2] == pytest.approx(min(1.0, staff["safety_trait"][2] + 0.02))
    assert (staff["cynicism"][[0, 1, 3]] == 0.9).all()


def test_nobody_is_a_neighbour_in_a_vacant_seat_or_counts_in_a_mean(case: Case) -> None:
    staff = case.world.staff
    case.world.ties.indptr[:] = 0
    staff["safety"], staff["habit_fail"], staff["capability"] = [0.2, 0.4, 0.9, 0.6, 0.5, 0.5, 0.5], 0.3, 0.1
    staff["habit_fail"][2] = staff["capability"][2] = 1.0
    staff["vacant_weeks"][2] = 3.0
    do(climate, case)

    np.testing.assert_allclose(staff["neighbour_safety"][[0, 1, 3]], [0.5, 0.4, 0.3])
    assert case.world.teams["occupied"].tolist() == [3, 3]
    np.testing.assert_allclose(case.world.teams["fail_well"], 0.3)
    np.testing.assert_allclose(case.world.teams["capability"], 0.1)


def test_a_team_in_which_nobody_is_left_can_do_nothing_and_its_leader_lives_on(case: Case) -> None:
    case.world.staff["vacant_weeks"][4:] = 50.0
    case.world.staff["capability"] = case.world.staff["habit_fail"] = 0.2
    control = case.world.teams["control"].copy()
    do(climate, case)
    do(links, case)
    team = case.world.teams[1]

    assert (team["occupied"], team["fail_well"], team["capability"]) == (0, 0, 0)
    assert case.world.teams["control"].tolist() == control.tolist()
    live(case, 20)
    assert team["learned"] == 0
    assert 0 < case.world.teams["control"][1] < 1


def test_where_nobody_is_left_a_team_leader_is_followed_from_outside(case: Case) -> None:
    case.world.staff["vacant_weeks"][4:] = 50.0
    case.world.staff["habit_fail"] = 0.5
    always = {"team_leader_turnover": 520.0, "internal_succession": 1.0, "control_of_newcomers_sd": 0.0}
    do(team_leader_turnover, case, **always)

    assert case.world.teams["control"].tolist() == [0.35, 0.7]
    assert case.world.teams["embedding"].tolist() == [0.25, 0.0]
    assert case.world.teams["disposition"].tolist() == [0.35, 0.7]


def test_a_successor_from_inside_is_somebody_who_is_there(case: Case) -> None:
    case.world.staff["vacant_weeks"][[0, 2, 3]] = 50.0
    case.world.staff["habit_fail"][:4] = [0.9, 0.5, 0.9, 0.9]
    for week in range(10):
        do(team_leader_turnover, case, week=week, team_leader_turnover=520.0, internal_succession=1.0)

        assert case.world.teams["embedding"][0] == 0.25


def test_vacant_posts_add_to_pressure_and_more_than_usual_ones_ease_it(case: Case) -> None:
    quiet = {"turbulence_mean": 0.3, "turbulence_sd": 0.0, "turbulence_persistence": 0.0, "backlog_pressure": 0.0}
    case.world.services["mean_attention_problems"] = 1.0
    found = []
    for n_vacant in (0, 2):
        case.world.staff["vacant_weeks"][:n_vacant] = 1.0
        do(environment, case, **quiet, vacancy_pressure=0.5, usual_vacancy=0.1)
        found.append(float(case.world.services["pressure"][0]))

    assert found == pytest.approx([0.3 - 0.05, 0.3 + 0.5 * (2 / 7 - 0.1)])


def test_what_stands_in_a_vacant_seat_does_not_change() -> None:
    case = case_of(organisation_of([[4, 3]]), parameters=Parameters(staff_turnover=0), n_weeks=30)
    case.world.staff["vacant_weeks"][1] = 1000.0
    before = case.world.staff.as_records()[1].copy()
    live(case, 20)
    after = case.world.staff.as_records()[1]

    assert {name for name in after.dtype.names if after[name] != before[name]} == {"vacant_weeks"}


def test_posts_count_in_what_is_expected_and_people_in_every_mean() -> None:
    case = case_of(organisation_of([[4, 4]]), parameters=Parameters(opportunity_rate=1.0, staff_turnover=0), n_weeks=9)
    case.world.staff["vacant_weeks"][:4] = 1000.0
    for name in ("habit_voice", "habit_team", "habit_learn"):
        case.world.staff[name] = 1.0
    live(case, 1)

    assert case.world.services["learned_share"][0] == case.world.teams["learned"].sum() / 8
