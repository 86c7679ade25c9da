"""Cynicism about change, and the voice that people get used to, against a recursion by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules.cynicism import cynicism
from sim.rules.staff import staff
from tests.stepping import do
from tests.worlds import Case, case_of, organisation_of


@pytest.fixture(name="case")
def case_fixture() -> Case:
    return case_of(organisation_of([[2]]))


def test_it_grows_in_dialogue_that_is_not_meant_and_where_a_voice_falls_silent_and_fades(case: Case) -> None:
    y, usual = 0.0, 0.6
    case.world.services["usual_voice"] = usual
    for voice, intensity in ((0.6, 1.0), (0.3, 1.0), (0.2, 0.0), (0.2, 2.0), (0.9, 0.0)):
        case.world.services["collective_voice"] = voice
        do(cynicism, case, plan={"dialogue": np.array([[intensity]])})
        dose = 3 * intensity / (2 + intensity)
        y += (0.05 * dose * (1 - voice) + 0.13 * max(0.0, usual - voice - 0.05)) * (1 - y) - y / 156
        usual += (voice - usual) / 52

        np.testing.assert_allclose(case.world.staff["cynicism"], y, atol=1e-15)
        assert case.world.services["usual_voice"][0] == pytest.approx(usual, abs=1e-15)
    assert y > 0.05


def test_leaders_who_give_staff_time_are_in_dialogue_with_them(case: Case) -> None:
    world = case.world
    world.services["collective_voice"], world.services["usual_voice"], world.services["mean_attention_staff"] = (
        0,
        0,
        0.3,
    )
    do(cynicism, case, leaders_dialogue=5)

    np.testing.assert_allclose(world.staff["cynicism"], 0.05 * 1.0, atol=1e-15)  # sat(5 * (0.3 - 0.1)) = 1


def test_without_dialogue_or_disappointment_nobody_grows_cynical(case: Case) -> None:
    case.world.services["usual_voice"] = 0.05
    for _ in range(20):
        do(cynicism, case)

    assert not case.world.staff["cynicism"].any()


def test_a_cynic_takes_less_from_what_is_well_met_and_expects_less_of_being_heard(case: Case) -> None:
    world = case.world
    world.staff["cynicism"], world.staff["outcome"] = [0.0, 0.5], 0
    world.staff["efficacy"] = world.staff["efficacy_trait"] = 0.6
    world.services["collective_voice"], world.services["mean_attention_staff"], world.teams["occupied"] = 1.0, 0.1, 2.0
    do(staff, case, plan={"dialogue": np.array([[1.0]])}, newcomer_susceptibility=0, disillusion=0.2, trait_pull=0.05)
    change = world.staff["efficacy"] - 0.6

    np.testing.assert_allclose(change, [0.0106 * 0.4, 0.0106 * 0.5 * 0.4 - 0.05 * (0.6 - 0.6 * 0.9)], atol=1e-15)
