"""Several arms against one baseline."""

from __future__ import annotations

import numpy as np
import pytest

from sim.base.errors import InputError
from sim.inputs.scenario.description import Scenario
from sim.results.arms import run_arms
from sim.results.ensemble import run_ensemble, run_paired

NOTHING = Scenario(title="Nothing", weeks=12, organisation={"teams": 4, "team_size": 5})
TALK = NOTHING.replace(name="talk").with_entries(kind="dialogue", start_week=0, end_week=8)
TRAINING = NOTHING.replace(name="training").with_entries(
    kind="train_facilitators", start_week=2, share_per_week=0.05, cost_per_week=1
)
SHOCK = NOTHING.replace(name="shock").with_entries(kind="shock", start_week=2, end_week=6, size=0.5)


def test_each_arm_is_what_it_is_alone() -> None:
    told: list[int] = []
    pairs = run_arms([TALK, TRAINING], replicates=3, seed=5, progress=told.append)

    for pair, scenario in zip(pairs, (TALK, TRAINING), strict=True):
        alone = run_paired(scenario, replicates=3, seed=5)
        np.testing.assert_array_equal(pair.arm.weekly, alone.arm.weekly)
        np.testing.assert_array_equal(pair.gain(), alone.gain())
    assert pairs[0].baseline is pairs[1].baseline
    assert told == list(range(1, 10))


def test_arms_can_be_compared_with_another_scenario() -> None:
    pairs = run_arms([TALK, TRAINING.with_parameters(staff_turnover=0.5)], replicates=2, compare_with=SHOCK)
    assert {pair.baseline.scenario.name for pair in pairs} == {"shock"}


def test_arms_without_a_common_baseline_are_refused_all_at_once() -> None:
    with pytest.raises(InputError) as raised:
        run_arms([TALK, TRAINING.with_parameters(staff_turnover=0.5), TRAINING.replace(weeks=9), TRAINING, SHOCK])
    first, second, third = raised.value.faults
    assert str(first).startswith("run_arms: arms[1] (training): wanted the same parameters as the first")
    assert "12 weeks, as in the first, got 9" in str(second)
    assert str(third).startswith("run_arms: arms[4] (shock): wanted the same events that happen as the first")
    with pytest.raises(InputError, match="at least one scenario"):
        run_arms([])


def test_arms_have_one_judging_date_and_say_what_comes_without_upkeep() -> None:
    longer = TALK.replace(name="longer", weeks=30, timeline=(), support_ends=None)
    longer = longer.with_entries(kind="dialogue", start_week=0, end_week=20)
    kept_up = TRAINING.replace(weeks=30, support_ends=10)
    told: list[int] = []

    pairs = run_arms([kept_up, longer, kept_up], replicates=2, progress=told.append)

    assert [pair.support_end_week for pair in pairs] == [20, 20, 20]
    first, second, third = (pair.without_upkeep for pair in pairs)
    assert second is None
    assert first is not None
    assert third is not None
    np.testing.assert_array_equal(first.weekly, third.weekly)
    assert not np.array_equal(first.weekly, pairs[0].arm.weekly, equal_nan=True)
    assert told == list(range(1, 13))


def test_a_burn_in_can_be_shorter() -> None:
    short = run_ensemble(NOTHING, 2, burn_in_weeks=4)
    usual = run_ensemble(NOTHING, 2)
    np.testing.assert_array_equal(run_ensemble(NOTHING, 2, burn_in_weeks=104).weekly, usual.weekly)
    assert short.weekly.shape == usual.weekly.shape
    assert not np.array_equal(short.weekly, usual.weekly, equal_nan=True)
    paired = run_paired(TALK, 2, burn_in_weeks=4)
    np.testing.assert_array_equal(paired.baseline.weekly, short.weekly)
