"""What each story claims is what comes out: every shipped scenario, 40 replicates, on the chance events of seed 1.

The limits are loose. Effects are several times their standard errors, so that another seed gives the same answers; a
test fails if a change of the model makes a story untrue, and then it is the story that has to be told anew.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.engine.recorder import MEASURE_NAMES
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import load_scenario, shipped_scenarios
from sim.results import measures
from sim.results.ensemble import Ensemble, PairedEnsemble, run_ensemble, run_paired

pytestmark = pytest.mark.slow

REPLICATES = 40
END_OF_MARCH, END_OF_YEAR, NEXT_WINTER, TWO_YEARS = 39, 52, 78, 104


@cache
def run(name: str) -> Ensemble:
    """The replicates of a shipped scenario."""
    return run_ensemble(load_scenario(name), REPLICATES)


@cache
def paired(name: str) -> PairedEnsemble:
    """A shipped scenario and what its file compares it with."""
    scenario = load_scenario(name)
    other = None if scenario.compare_with == "baseline" else load_scenario(scenario.compare_with)
    return run_paired(scenario, REPLICATES, compare_with=other)


def gain(name: str, week: int) -> float:
    """Mean gain in the share that feels safe."""
    return float(measures.smooth(paired(name).gain())[:, week].mean())


def retained(name: str, years: float) -> float:
    """Mean share of the peak gain that is left."""
    return float(np.nanmean(paired(name).retained(years)))


def persisting(name: str) -> float:
    """Share of replicates in which the shift persists."""
    return float(paired(name).persists().mean())


def series(scenario: str | Scenario, measure: str) -> NDArray[np.float64]:
    """A measure by replicate and week, averaged over five weeks."""
    ensemble = run(scenario) if isinstance(scenario, str) else run_ensemble(scenario, REPLICATES)
    return measures.smooth(ensemble.series(measure), 5)


def difference(one: str | Scenario, other: str | Scenario, week: int, measure: str = "safe_share") -> float:
    """Mean difference of two scenarios on the same chance events."""
    return float((series(one, measure) - series(other, measure))[:, week].mean())


def test_every_shipped_scenario_is_held_to_its_story() -> None:
    told = [name.removeprefix("test_") for name in globals() if name.startswith("test_")]

    for name, *_ in shipped_scenarios():
        assert any(test.startswith(name.replace("-", "_")) for test in told), name


def test_control_and_assurance_is_quiet_and_stable() -> None:
    safe, confident = series("control-and-assurance", "safe_share"), series("control-and-assurance", "confident_share")

    assert 0.52 <= safe[:, 0].mean() <= 0.65
    assert 0.40 <= confident[:, 0].mean() <= 0.52
    assert abs(safe[:, -1].mean() - safe[:, 0].mean()) <= 0.08


def test_coaching_the_trio_only_changes_the_trio_and_less_than_half_of_what_a_programme_changes_in_staff() -> None:
    control = paired("coaching-the-trio-only").gain("senior_leader_control")[:, END_OF_YEAR]

    assert control.mean() <= -0.2
    assert gain("coaching-the-trio-only", END_OF_YEAR) <= 0.5 * gain("shoestring-year", END_OF_YEAR)
    assert retained("coaching-the-trio-only", 4) <= 0.4


def test_shoestring_year_shifts_noticeably_and_evaporates() -> None:
    assert 0.10 <= gain("shoestring-year", END_OF_YEAR) <= 0.28
    assert retained("shoestring-year", 2) <= 0.5
    assert persisting("shoestring-year") <= 0.1


def test_dialogue_not_meant_does_harm_and_is_forgotten() -> None:
    assert gain("dialogue-not-meant", END_OF_YEAR - 4) <= -0.03
    assert abs(gain("dialogue-not-meant", TWO_YEARS)) <= 0.02


def test_two_of_three_leave_and_clearly_less_is_left() -> None:
    assert retained("two-of-three-leave", 1) <= retained("shoestring-year", 1) - 0.08


def test_induction_of_the_new_trio_restores_purpose_and_staff_hear_hardly_any_difference() -> None:
    pair = ("induction-of-the-new-trio", "two-of-three-leave")

    assert difference(*pair, TWO_YEARS, "coherence") >= 0.1
    assert all(abs(difference(*pair, week)) <= 0.02 for week in (TWO_YEARS, 130, 156, 208))


def test_the_consultant_returns_and_some_comes_back_for_a_while() -> None:
    pair = ("the-consultant-returns", "induction-of-the-new-trio")

    assert difference(*pair, 156) >= 0.04
    assert difference(*pair, 400) <= 0.03
    assert persisting("the-consultant-returns") <= 0.1


def test_internal_capacity_persists_in_nearly_every_run() -> None:
    assert persisting("internal-capacity") >= 0.75


def test_capacity_without_top_up_looks_like_success_and_sinks() -> None:
    assert retained("capacity-without-top-up", 2) >= 0.6
    assert 0.25 <= persisting("capacity-without-top-up") <= 0.75
    assert difference("capacity-without-top-up", "internal-capacity", 400) <= -0.05


def test_capacity_under_high_turnover_outlasts_the_money_but_not_four_years() -> None:
    assert retained("capacity-under-high-turnover", 1) >= 0.5
    assert retained("capacity-under-high-turnover", 4) <= 0.55
    assert persisting("capacity-under-high-turnover") <= 0.5


def test_hard_winter_passes_by_the_next_one() -> None:
    pair = ("hard-winter", "control-and-assurance")

    assert difference(*pair, END_OF_MARCH) <= -0.02
    assert abs(difference(*pair, NEXT_WINTER)) <= 0.025


def test_winter_crisis_costs_part_of_the_shift_but_not_what_stays() -> None:
    pair = ("winter-crisis", "shoestring-year")

    assert -0.11 <= difference(*pair, END_OF_MARCH) <= -0.04
    assert difference(*pair, NEXT_WINTER) >= 0.6 * difference(*pair, END_OF_MARCH)
    assert abs(retained("winter-crisis", 4) - retained("shoestring-year", 4)) <= 0.1


def test_lighter_assurance_keeps_the_shift_in_most_runs() -> None:
    assert persisting("lighter-assurance") >= 0.55
    assert retained("lighter-assurance", 4) >= 0.5


def test_teaming_in_a_committee_adds_a_little_and_less_than_a_point() -> None:
    added = (series("teaming-in-a-committee", "safe_share") - series("coaching-the-trio-only", "safe_share"))[:, 26:52]
    interval = measures.mean_interval(added.mean(axis=1))

    assert interval.low > 0.0
    assert interval.estimate < 0.01


def test_teaming_for_everyone_does_some_good_while_it_lasts_and_less_than_in_a_calm_season() -> None:
    everyone, coached = load_scenario("teaming-for-everyone"), load_scenario("coaching-the-trio-only")
    same_winter = coached.with_entries(*load_scenario("hard-winter").timeline)
    in_winter = difference(everyone, same_winter, END_OF_MARCH)

    assert 0.03 <= in_winter <= 0.10
    assert in_winter < difference(everyone.without("shock"), coached, END_OF_MARCH) - 0.01
    assert difference(everyone, same_winter, END_OF_MARCH + 52) <= 0.02


def test_appoint_from_within_slows_the_fading_but_does_not_stop_it() -> None:
    assert retained("appoint-from-within", 1) >= retained("two-of-three-leave", 1) + 0.08
    assert difference("appoint-from-within", "two-of-three-leave", 364) >= 0.02
    assert persisting("appoint-from-within") <= 0.3


def test_everything_double_is_still_high_five_years_later() -> None:
    week = 156 + 5 * 52 - 16

    assert gain("everything-double", week) >= 0.7 * paired("shoestring-year").summary()["peak_gain"].estimate
    assert series("everything-double", "safe_share")[:, week].mean() >= 0.78
    assert measures.holds(run("everything-double").series("safe_share")).mean() >= 0.9


def test_tight_control_returns_and_it_is_better_before_it_is_worse() -> None:
    backlog = paired("tight-control-returns").gain("backlog")
    switch = 208

    assert measures.mean_interval(backlog[:, switch + 8]).high < 0.0
    assert measures.mean_interval(backlog[:, switch + TWO_YEARS]).low > 0.0
    assert gain("tight-control-returns", switch + TWO_YEARS) <= -0.02


def by_service(name: str, week: int) -> NDArray[np.float64]:
    """Mean gain of each service in the share that feels safe, against the same without interventions."""
    scenario, safe = load_scenario(name), MEASURE_NAMES.index("safe_share")
    arm, baseline = (run_ensemble(one, REPLICATES, by_service=True) for one in (scenario, scenario.baseline()))
    assert arm.by_service is not None
    assert baseline.by_service is not None
    return (arm.by_service - baseline.by_service)[:, week, :, safe].mean(axis=0)


def test_two_services_do_not_learn_from_each_other() -> None:
    with_programme, next_door = by_service("two-services", END_OF_YEAR)

    assert with_programme >= 0.15
    assert abs(next_door) <= 0.02


def test_our_own_service_keeps_the_shift_where_people_were_trained() -> None:
    trained, other = by_service("our-own-service", 400)

    assert trained >= 0.15
    assert abs(other) <= 0.03
