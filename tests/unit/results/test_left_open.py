"""What a survey leaves open of the one staff that there is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.inputs.organisation import GroupScores, Organisation, OrganisationShape, Scores, generate
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import load_scenario
from sim.inputs.tables.survey import AGREES_ABOVE
from sim.report import left_open_in_words
from sim.results.ensemble import run_paired
from sim.results.left_open import left_open, staffs_that_answered_so, step_of

NOTHING = Scenario(title="Nothing is done", weeks=4)
PLACE = generate(OrganisationShape(teams=8, team_size=10))
N = PLACE.n_staff
NOBODY_TOLD = np.full(N, np.nan)


def of_teams(value: float, is_share: bool = False, spread: float = np.nan, **more: object) -> GroupScores:
    told = GroupScores(
        of_seat=PLACE.team_of_staff(),
        value=np.full(PLACE.n_teams, value),
        is_share=np.full(PLACE.n_teams, is_share),
        agrees_above=np.full(PLACE.n_teams, AGREES_ABOVE),
        answered=np.full(PLACE.n_teams, 10),
        spread=np.full(PLACE.n_teams, spread),
    )
    return replace(told, **more)


def surveyed(safety: np.ndarray, groups: GroupScores | None = None) -> Organisation:
    return replace(PLACE, scores=Scores(safety, NOBODY_TOLD, safety_groups=groups))


def drawn(organisation: Organisation, n_staffs: int = 6) -> np.ndarray:
    """Return [staffs, teams, people]."""
    staffs = staffs_that_answered_so(organisation, NOTHING, range(n_staffs), seed=3)
    return np.array([one.scores.safety for one in staffs if one.scores]).reshape(n_staffs, PLACE.n_teams, -1)


def test_answers_on_points_are_felt_within_half_a_step_and_on_the_same_side_of_the_line() -> None:
    answers = np.tile([0.0, 0.25, 0.5, 0.75, 1.0], N // 5)
    felt = drawn(surveyed(answers)).reshape(6, -1)

    assert (np.abs(felt - answers) <= 0.125 + 1e-9).all()
    assert ((felt > AGREES_ABOVE) == (answers > AGREES_ABOVE)).all()
    assert (felt[0] != felt[1]).all()


def test_what_is_no_answer_on_points_is_what_is_felt() -> None:
    felt = np.linspace(0.1, 0.9, N) ** 1.1

    np.testing.assert_array_equal(drawn(surveyed(felt))[2].ravel(), felt)


def test_means_are_kept_and_people_differ_from_staff_to_staff() -> None:
    felt = drawn(surveyed(np.full(N, 0.6), of_teams(0.6)), 30)

    assert felt.mean(axis=2) == pytest.approx(0.6)
    spreads = felt.std(axis=2, ddof=1).mean(axis=1)
    assert spreads.mean() == pytest.approx(0.19, abs=0.02)
    assert spreads.std() > 0.02


def test_a_spread_that_is_told_is_kept_but_for_how_few_told_it() -> None:
    felt = drawn(surveyed(np.full(N, 0.5), of_teams(0.5, spread=0.12)), 30)

    assert felt.std(axis=2).mean() == pytest.approx(0.12, rel=0.08)


def test_shares_are_kept() -> None:
    felt = drawn(surveyed(np.full(N, 0.6), of_teams(0.7, is_share=True)))

    assert ((felt > AGREES_ABOVE).mean(axis=2) == 0.7).all()


def test_anonymous_answers_are_given_to_others_in_each_staff() -> None:
    answers = np.tile(np.repeat([0.25, 0.5, 1.0], [3, 3, 4]), PLACE.n_teams)
    groups = of_teams(0.625, answers=answers, answers_of=np.repeat(np.arange(PLACE.n_teams), 10))
    felt = drawn(surveyed(np.full(N, 0.625), groups))

    assert ((felt > AGREES_ABOVE).sum(axis=2) == 4).all()
    assert ((felt > AGREES_ABOVE)[0] != (felt > AGREES_ABOVE)[1]).any()


def test_made_of_mean_and_spread_they_are_other_people_each_time() -> None:
    answers = np.tile(0.6 + 0.17 * np.linspace(-1.3, 1.31, 10), PLACE.n_teams)
    groups = of_teams(0.6, answers=answers, answers_of=np.repeat(np.arange(PLACE.n_teams), 10))
    felt = drawn(surveyed(np.full(N, 0.6), groups))

    assert felt.mean(axis=2) == pytest.approx(0.6)
    assert felt.std(axis=2, ddof=1).std() > 0.01


@pytest.mark.parametrize(
    ("points", "step"),
    [([0.25, 0.5], 0.25), ([1 / 6, 0.5], 1 / 6), ([0.1, 0.7], 0.1), ([0.0, 1.0], 0.0), ([0.611], 0.0)],
)
def test_points_are_told_by_how_far_they_lie_apart(points: list[float], step: float) -> None:
    assert step_of(np.array(points)) == pytest.approx(step, abs=1e-5)


def test_the_interval_of_a_mean_of_teams_is_wider_than_that_of_everybodys_own() -> None:
    scenario = load_scenario("shoestring-year").replace(weeks=40)
    felt = np.clip(np.random.default_rng(5).normal(0.6, 0.2, N), 0, 1)
    own, of_means = (
        run_paired(scenario, 8, organisation=surveyed(*told)) for told in ((felt,), (np.full(N, 0.6), of_teams(0.6)))
    )
    first, second = left_open(own), left_open(of_means)

    assert first is not None
    assert second is not None
    assert second.high - second.low > first.high - first.low
    assert left_open(run_paired(scenario, 8, organisation=PLACE)) is None
    assert "of the one staff that you have, between" in left_open_in_words(of_means, second)
    assert left_open(of_means) == second
