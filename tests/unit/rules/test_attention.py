"""How senior leaders spend their time, and what that does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.rules.attention import attention
from sim.rules.collective import collective
from sim.rules.environment import environment
from sim.rules.leaders import leaders
from tests.stepping import do
from tests.worlds import Case, case_of, organisation_of

SHARES = ("attention_problems", "attention_purpose", "attention_staff", "attention_leaders")
INTENDED = (0.10, 0.15, 0.05)
"""Of purpose and of staff more than usual (0.05 and 0.10), of team leaders less (0.15)."""


def means_to(*intended: float, strength: float = 1.0) -> dict[str, Any]:
    """Return the part of a plan in which all senior leaders intend these shares."""
    entry = [strength, *(strength * share for share in intended)]
    return {"attention": np.array([[entry]])}


@pytest.fixture(name="trio")
def trio_fixture() -> Case:
    """A trio under pressure that shares some purpose, and whose leading has become habit to some extent."""
    case = case_of(organisation_of([[4, 3]]))
    case.world.services["pressure"] = 0.5
    case.world.seniors["embedding"] = [0.0, 0.25, 1.0]
    case.world.pairs["purpose"] = [0.2, 0.4, 0.6]
    return case


def test_without_an_entry_the_week_is_as_usual_to_the_last_bit(trio: Case) -> None:
    do(attention, trio)
    usual = 1.0 - 0.05 - 0.10 - 0.15

    for name, share in zip(SHARES, (usual, 0.05, 0.10, 0.15), strict=True):
        assert trio.world.seniors[name].tolist() == [share] * 3
    for part, share in (("problems", usual), ("staff", 0.10), ("leaders", 0.15)):
        assert trio.world.services[f"mean_attention_{part}"].tolist() == [share]


def test_pressure_takes_from_what_is_intended_and_habit_and_purpose_hold(trio: Case) -> None:
    do(attention, trio, plan=means_to(*INTENDED))
    keep = 1 - 0.5 * (1 - np.array([0.0, 0.25, 1.0])) * (1 - 0.4)

    np.testing.assert_allclose(keep, [0.7, 0.775, 1.0], atol=1e-15)
    np.testing.assert_allclose(trio.world.seniors["attention_purpose"], 0.05 + 0.05 * keep, atol=1e-15)
    np.testing.assert_allclose(trio.world.seniors["attention_staff"], 0.10 + 0.05 * keep, atol=1e-15)
    np.testing.assert_allclose(sum(trio.world.seniors[name] for name in SHARES), 1.0, atol=1e-15)


def test_less_than_usual_is_done_at_once(trio: Case) -> None:
    do(attention, trio, plan=means_to(*INTENDED))

    np.testing.assert_allclose(trio.world.seniors["attention_leaders"], 0.05, atol=1e-15)


def test_half_of_an_entry_goes_half_of_the_way(trio: Case) -> None:
    do(attention, trio, plan=means_to(*INTENDED, strength=0.5), attention_pull=0)

    np.testing.assert_allclose(trio.world.seniors["attention_purpose"], 0.075, atol=1e-15)
    np.testing.assert_allclose(trio.world.seniors["attention_leaders"], 0.10, atol=1e-15)


def test_a_single_leader_is_heard_as_one_but_has_no_purpose_that_holds() -> None:
    case = case_of(organisation_of([[4, 3]], seniors=1))
    case.world.services["pressure"], case.world.seniors["embedding"], case.world.seniors["control"] = 0.5, 0.25, 0.6
    do(attention, case, plan=means_to(*INTENDED))
    do(collective, case)
    keep = 1 - 0.5 * 0.75

    assert case.world.seniors["attention_purpose"][0] == pytest.approx(0.05 + 0.05 * keep, abs=1e-15)
    assert case.world.services["coherence"][0] == 0.0
    assert case.world.services["collective_voice"][0] == pytest.approx(0.4, abs=1e-15)


def pressure_of(case: Case, **rules: float) -> float:
    """Return the pressure without turbulence, backlog or vacancies, of a service that has learned a quarter."""
    case.world.services["learning_stock"] = 0.25
    quiet = {"turbulence_mean": 0.3, "turbulence_sd": 0.0, "turbulence_persistence": 0.0, "backlog_pressure": 0.0}
    do(environment, case, **{**quiet, "usual_vacancy": 0.0, **rules})
    return float(case.world.services["pressure"][0])


def test_problems_that_are_left_alone_cost_at_once_and_less_the_more_has_been_learned(trio: Case) -> None:
    do(attention, trio, plan=means_to(0.10, 0.15, 0.20), attention_pull=0)

    assert pressure_of(trio, crisis=0.5) == pytest.approx(0.3 + 0.5 * (0.7 * (1 - 0.8 * 0.25) - 0.55))
    assert pressure_of(trio, crisis=0.5, learning_relief=2.0) == pytest.approx(0.3)  # nothing is left undone
    assert pressure_of(trio, crisis=0.0) == pytest.approx(0.3)


def test_time_for_staff_shows_leaders_what_was_learned_and_time_for_problems_pulls_them_back(trio: Case) -> None:
    do(attention, trio, plan=means_to(0.05, 0.20, 0.15), attention_pull=0)
    world = trio.world
    world.seniors["control"], world.seniors["embedding"], world.seniors["disposition"] = 0.5, 0.0, 0.9
    world.services["learned_share"], world.services["coherence"] = 0.5, 0.4
    do(leaders, trio, imitation=0, own_style=0.25, purpose_holds=0.5)
    pull = 0.069 * (0.6 / 0.7) * 0.5 * (1 - 0.5 * 0.4) * (0.75 * 0.75 + 0.25 * 0.9 - 0.5)
    seen = 0.026 * 0.5 * 2.0 * 0.5

    np.testing.assert_allclose(world.seniors["control"], 0.5 + pull - seen, atol=1e-15)


def test_purpose_grows_with_the_time_that_two_leaders_give_it(trio: Case) -> None:
    trio.world.seniors["control"] = 0.2
    trio.world.seniors["attention_purpose"] = [0.05, 0.20, 0.05]
    do(leaders, trio, purpose_loss=0)
    time = np.array([2.0, 1.0, 2.0])  # of the pairs (1, 2), (1, 3) and (2, 3): the root of both shares, over the usual
    before = np.array([0.2, 0.4, 0.6])

    np.testing.assert_allclose(trio.world.pairs["purpose"], before + 0.04 * 0.64 * time * (1 - before), atol=1e-15)


def test_support_is_taken_in_up_to_a_limit(trio: Case) -> None:
    trio.world.services["pressure"] = 0.0
    for support, taken in ((1.0, 1.0), (2.0, 1.5), (1e9, 3.0)):
        trio.world.seniors["control"] = 0.5
        do(leaders, trio, coaching_seniors=support, imitation=0, evidence=0, saturation=2)

        np.testing.assert_allclose(trio.world.seniors["control"], 0.5 - 0.06 * taken * 0.5, atol=1e-9)


def test_time_for_team_leaders_models_what_the_seniors_are(trio: Case) -> None:
    do(attention, trio, plan=means_to(0.05, 0.10, 0.25), attention_pull=0)
    world = trio.world
    world.teams["control"], world.services["collective_voice"], world.services["pressure"] = 0.5, 0.2, 0.0
    do(leaders, trio, evidence=0, imitation=0.02, leaders_modelling=12)

    np.testing.assert_allclose(world.teams["control"], 0.5 + 0.02 * (1 + 12 * 0.10) * (0.8 - 0.5), atol=1e-15)
