"""People who are made for a group of whom one number is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.engine.run import prepare
from sim.engine.state import vacant_seats
from sim.engine.synthetic_staff import as_answered, moved_to_mean, moved_to_number, synthetic_scores
from sim.inputs.organisation import GroupScores, Organisation, OrganisationShape, Scores, generate
from sim.inputs.scenario.description import Scenario

AGREES_ABOVE = 0.625
NOBODY = np.zeros(0)
"""Nobody's answer without a name is known."""


def groups_of(organisation: Organisation, value: float, answered: int = 0, **more: object) -> GroupScores:
    """A score for each team."""
    n = organisation.n_teams
    told = GroupScores(
        of_seat=organisation.team_of_staff(),
        value=np.full(n, value),
        is_share=np.zeros(n, dtype=bool),
        agrees_above=np.full(n, AGREES_ABOVE),
        answered=np.full(n, answered),
        spread=np.full(n, np.nan),
    )
    return replace(told, **more)


def starts(organisation: Organisation, scores: Scores, replicates: int = 2) -> list[np.ndarray]:
    """Return how safe everybody feels at week 0 of each replicate; NaN where a post is vacant."""
    prepared = prepare(Scenario(title="Surveyed", weeks=1), replace(organisation, scores=scores))
    staffs = [prepared.start(seed=1, replicate=number)[0].staff for number in range(replicates)]
    return [np.where(vacant_seats(staff), np.nan, staff["safety"]) for staff in staffs]


def test_a_teams_score_leaves_its_people_open_and_each_replicate_makes_its_own() -> None:
    """Their mean is the team's score; they differ from each other, and from those of another replicate."""
    organisation = generate(OrganisationShape(teams=3, team_size=10))
    groups = groups_of(organisation, 0.7)
    groups = replace(groups, of_seat=np.where(np.arange(30) < 10, -1, groups.of_seat))
    scores = Scores(np.full(30, 0.7), np.full(30, np.nan), safety_groups=groups)

    first, second = starts(organisation, scores)
    (again,) = starts(organisation, scores, replicates=1)

    assert np.isin(first[:10][~np.isnan(first[:10])], 0.7).all()
    assert np.nanmean(first[10:20]) == pytest.approx(0.7)
    assert np.nanmean(first[20:]) == pytest.approx(0.7)
    assert np.nanstd(first[10:20]) > 0.05
    in_both = ~np.isnan(first[10:]) & ~np.isnan(second[10:])
    assert (first[10:] != second[10:])[in_both].any()
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("share", [0.0, 0.05, 0.62, 0.63, 1.0])
def test_a_share_who_agree_is_that_share_of_people_and_no_mean(share: float) -> None:
    organisation = generate(OrganisationShape(teams=4, team_size=20))
    groups = groups_of(organisation, share, is_share=np.ones(4, dtype=bool))
    scores = Scores(np.full(80, share), np.full(80, np.nan), safety_groups=groups)

    agree = [np.mean(safety[~np.isnan(safety)] > AGREES_ABOVE) for safety in starts(organisation, scores, 4)]

    assert np.mean(agree) == pytest.approx(share, abs=0.02)


def test_where_few_answered_groups_differ_between_replicates_as_much_as_samples_do() -> None:
    felt = np.clip(np.random.default_rng(1).normal(0.5, 0.25, 1000), 0, 1)
    one = generate(OrganisationShape(teams=1, team_size=1000))
    chance = (np.arange(400) + 0.5) / 400

    def means(answered: int) -> np.ndarray:
        groups = groups_of(one, 0.6, answered)
        return np.array(
            [synthetic_scores(felt, groups, np.ones(1000, bool), np.array([u]), NOBODY).mean() for u in chance]
        )

    def shares(answered: int) -> np.ndarray:
        groups = groups_of(one, 0.6, answered, is_share=np.ones(1, dtype=bool))
        made = [synthetic_scores(felt, groups, np.ones(1000, bool), np.array([u]), NOBODY) for u in chance[::10]]
        return np.array([np.mean(scores > AGREES_ABOVE) for scores in made])

    assert means(10).std() == pytest.approx(felt.std() * (1 / 10) ** 0.5 * 0.99**0.5, rel=0.05)
    assert means(10).mean() == pytest.approx(0.6, abs=0.005)
    assert means(1000).std() == pytest.approx(0, abs=1e-9)
    assert shares(10).std() == pytest.approx((0.6 * 0.4 / 11) ** 0.5, rel=0.1)
    assert shares(10).mean() == pytest.approx(0.6, abs=0.02)
    assert shares(1000).std() == 0


def test_people_differ_as_far_as_a_survey_says_in_an_order_that_chance_has() -> None:
    rng = np.random.default_rng(1)
    felt = np.clip(rng.normal(0.5, 0.1, 500), 0, 1)
    one = generate(OrganisationShape(teams=1, team_size=500))
    wide = synthetic_scores(
        felt, groups_of(one, 0.5, spread=np.array([0.2])), np.ones(500, bool), np.array([0.5]), rng.random(500)
    )

    assert wide.std() == pytest.approx(0.2, rel=0.02)
    assert abs(np.corrcoef(wide, felt)[0, 1]) < 0.1


@pytest.mark.parametrize("mean", [0.0, 0.01, 0.5, 1.0])
def test_a_mean_is_reached_at_the_ends_of_the_scale_too(mean: float) -> None:
    assert moved_to_mean(np.linspace(0.2, 0.9, 9), mean).mean() == pytest.approx(mean, abs=1e-9)


@pytest.mark.parametrize("number", range(6))
def test_people_who_felt_alike_are_parted_where_a_share_asks_for_it(number: int) -> None:
    assert np.count_nonzero(moved_to_number(np.full(5, 0.4), number, 0.625) > 0.625) == number


def test_answers_without_a_name_are_given_by_chance_and_all_of_them() -> None:
    answers, order = np.array([0.0, 0.25, 0.25, 1.0]), np.random.default_rng(1).random(4)

    given = as_answered(answers, order, 0.5)

    assert sorted(given) == sorted(answers)
    assert list(as_answered(answers, 1 - order, 0.5)) != list(given)


def test_who_did_not_answer_differs_from_those_who_did_as_chance_has_it_for_so_few() -> None:
    """The mean of the others has the variance of one of theirs, over how many answered and how many did not."""
    answers = np.repeat([0.25, 0.5, 0.75, 1.0], 5)
    order = np.random.default_rng(2).random(50)
    chance = (np.arange(400) + 0.5) / 400

    others = np.array([(as_answered(answers, order, u).sum() - answers.sum()) / 30 for u in chance])

    assert others.mean() == pytest.approx(answers.mean(), abs=0.01)
    assert others.std() == pytest.approx(answers.std() * (1 / 20 + 1 / 30) ** 0.5, rel=0.15)


def test_of_more_answers_than_people_each_has_an_even_part() -> None:
    given = as_answered(np.repeat([0.0, 1.0], 50), np.random.default_rng(3).random(10), 0.3)

    assert given.mean() == 0.5
