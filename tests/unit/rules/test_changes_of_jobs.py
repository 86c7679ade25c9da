"""Senior leaders who change jobs and stay involved, beside those who leave."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules.turnover import choose_successors, seat_successors
from tests.stepping import do
from tests.worlds import Case, case_of, organisation_of


@pytest.fixture(name="case")
def case_fixture() -> Case:
    case = case_of(organisation_of([[4, 3]]))
    world = case.world
    world.seniors["control"], world.seniors["disposition"] = [0.2, 0.3, 0.4], [0.5, 0.6, 0.7]
    world.seniors["embedding"], world.seniors["weeks_in_post"], world.pairs["purpose"] = 0.8, 100, 0.9
    return case


def end_of_week(case: Case, week: int = 0, **rules: float) -> None:
    stay = {"senior_leader_turnover": 0.0, "vacancy_weeks": 30, **rules}
    do(choose_successors, case, week=week, **stay)
    do(seat_successors, case, week=week, **stay)


def test_style_stays_habit_is_halved_and_pairs_start_again(case: Case) -> None:
    end_of_week(case, change_places=0b001)
    seniors = case.world.seniors

    assert seniors["control"].tolist() == [0.2, 0.3, 0.4]
    assert seniors["disposition"].tolist() == [0.5, 0.6, 0.7]
    assert seniors["embedding"].tolist() == [0.4, 0.8, 0.8]
    assert seniors["weeks_in_post"].tolist() == [0, 101, 101]
    assert case.world.pairs["purpose"].tolist() == [0.15, 0.15, 0.9]  # of 1 and 2, 1 and 3, 2 and 3
    assert case.world.services["senior_leader_leavers"][0] == 0


def test_a_vacancy_that_runs_runs_on(case: Case) -> None:
    case.world.seniors["weeks_in_post"] = [-5, 3, 3]
    end_of_week(case, change_places=0b011)

    assert case.world.seniors["weeks_in_post"].tolist() == [-4, 0, 4]


def test_an_exit_in_the_same_week_takes_the_place_of_a_change(case: Case) -> None:
    end_of_week(case, exit_places=0b010, change_places=0b110, internal_succession=0.0)
    seniors = case.world.seniors

    assert seniors["is_leaving"].tolist() == [0, 1, 0]
    assert seniors["is_changing_jobs"].tolist() == [0, 0, 1]
    assert seniors["weeks_in_post"].tolist() == [101, -30, 0]
    assert (seniors["embedding"].tolist(), seniors["control"][1]) == ([0.8, 0.0, 0.4], seniors["disposition"][1])


def test_chance_takes_the_same_people_whether_they_leave_or_change(case: Case) -> None:
    for week in range(12):
        do(choose_successors, case, week=week, senior_leader_turnover=0, exit_count=2)
        leaving = case.world.seniors["is_leaving"].tolist()
        do(choose_successors, case, week=week, senior_leader_turnover=0, change_count=2)

        assert case.world.seniors["is_changing_jobs"].tolist() == leaving
        assert sum(leaving) == 2


def test_a_successors_disposition_is_the_style_that_he_or_she_starts_with(case: Case) -> None:
    case.world.teams["control"], case.world.teams["embedding"] = 0.33, 0.5
    end_of_week(case, exit_count=3, internal_succession=1.0)

    np.testing.assert_array_equal(case.world.seniors["control"], 0.33)
    np.testing.assert_array_equal(case.world.seniors["disposition"], 0.33)
    np.testing.assert_array_equal(case.world.seniors["embedding"], 0.25)
