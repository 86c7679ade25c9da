"""A run made ready: burn-in, survey, tenure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.base.errors import InputError
from sim.engine.run import prepare
from sim.engine.state import out_of_range, with_audiences
from sim.inputs.organisation import OrganisationShape, Scores, generate
from sim.inputs.scenario.description import Scenario

SHAPE = OrganisationShape(teams=5, team_size=6)
SCENARIO = Scenario(title="Small", weeks=10, organisation=SHAPE)


def test_week_0_is_a_sound_world_after_the_burn_in() -> None:
    world, _ = prepare(SCENARIO).start(seed=1)
    assert out_of_range(world) == []
    assert (world.staff["arrivals"] > 0).any()
    assert (world.seniors["weeks_in_post"] != 0).all()


def test_a_survey_sets_week_0_for_those_who_answered() -> None:
    organisation = generate(SHAPE)
    scores = np.full(30, np.nan)
    scores[4] = 0.9
    surveyed = replace(organisation, scores=Scores(scores, np.full(30, np.nan)))

    with_survey, _ = prepare(SCENARIO, surveyed).start(seed=1)
    without, _ = prepare(SCENARIO, organisation).start(seed=1)

    assert with_survey.staff["safety"][4] == 0.9
    untouched = np.arange(30) != 4
    ours, theirs = with_survey.staff.as_records(), without.staff.as_records()
    np.testing.assert_array_equal(ours[untouched], theirs[untouched])


def test_a_survey_moves_what_people_expect_by_as_much() -> None:
    organisation = generate(SHAPE)
    before, _ = prepare(SCENARIO, organisation).start(seed=1)
    scores = before.staff["safety"] - 0.05
    surveyed = replace(organisation, scores=Scores(scores, np.full(30, np.nan)))

    after, _ = prepare(SCENARIO, surveyed).start(seed=1)

    in_post = before.staff["vacant_weeks"] == 0
    expected = np.clip(before.staff["safety_trait"] - np.where(in_post, 0.05, 0.0), 0, 1)
    np.testing.assert_allclose(after.staff["safety_trait"], expected, atol=1e-12)


def test_known_tenure_is_taken_up() -> None:
    tenure = np.full(30, -1, dtype=np.int64)
    tenure[2] = 500
    world, _ = prepare(SCENARIO, replace(generate(SHAPE), tenure_weeks=tenure)).start(seed=1)
    assert world.staff["tenure_weeks"][2] == 500
    assert (world.staff["tenure_weeks"] >= 0).all()


def test_a_run_has_one_row_more_than_weeks() -> None:
    table = prepare(SCENARIO).simulate(seed=1)
    assert table.shape[:2] == (11, 1)
    assert np.isfinite(table[:, 0, 0]).all()


def test_a_target_that_does_not_exist_is_a_fault() -> None:
    scenario = SCENARIO.with_entries(kind="dialogue", start_week=0, end_week=4, target={"teams": ["Team 99"]})
    with pytest.raises(InputError, match="the name of one of the teams"):
        prepare(scenario)


def test_a_world_goes_on_under_another_timeline_as_if_it_had_been_known_from_the_start() -> None:
    before = Scenario(title="Before", weeks=20, organisation={"teams": 4, "team_size": 5})
    later = before.with_entries(kind="committee", start_week=8, end_week=16, members=3).with_entries(
        kind="attention", start_week=10, end_week=20, which=(2,), purpose=0.2, staff=0.1, leaders=0.1
    )
    prepared = prepare(before)
    world, key = prepared.start(3)
    prepared.run_weeks(world, key, 0, 8)

    after = prepared.under(later)
    world = with_audiences(world, after.ties, after.audiences)
    table = after.empty_table(13, 1)
    after.run_weeks(world, key, 8, 12, table)

    np.testing.assert_array_equal(table, prepare(later).simulate(3)[8:])
    assert after.under(later).ties is after.ties
    assert after.ties is not prepared.ties


def test_another_timeline_that_does_not_fit_the_place_is_refused() -> None:
    before = Scenario(title="Before", weeks=20, organisation={"teams": 4, "team_size": 5})

    with pytest.raises(InputError, match="senior leaders of the smallest group"):
        prepare(before).under(before.with_entries(kind="leaders_leave", week=3, which=(4,)))
