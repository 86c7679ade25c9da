"""The mean field: what algebra says of it, what it refuses, and where it comes to rest."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from sim.base.errors import InputError
from sim.engine.limit.field import MeanField, control_culture, high_culture, mean_field
from sim.engine.limit.week import N_STATE, OBSERVED, STATE_NAMES
from sim.engine.recorder import MEASURE_NAMES
from sim.inputs.interventions import Intervention, Target
from sim.inputs.interventions.committee import Committee
from sim.inputs.interventions.dialogue import Dialogue
from sim.inputs.interventions.induction import Induction
from sim.inputs.interventions.leaders_leave import LeadersLeave
from sim.inputs.interventions.train_facilitators import TrainFacilitators
from sim.inputs.organisation import OrganisationShape
from sim.inputs.scenario.description import Scenario
from sim.meanfield.boundary import (
    ALL_TURNOVER,
    BoundaryMap,
    MeanFieldAxis,
    axis,
    boundary_map,
    margin,
    with_axis_value,
)
from sim.meanfield.equilibria import basins, bifurcation, find_equilibria, jacobian
from sim.meanfield.spread import safe_share, spread_of_safety
from sim.results.ensemble import run_ensemble
from sim.rulebook.parameters import Parameters
from sim.validation.pattern_runs import EXIT, capacity, programme

QUIET = {
    "opportunity_rate": 0.0, "leader_effect": 0.0, "strain_effect": 0.0, "newcomer_susceptibility": 0.0,
    "safety_retention": 0.0,
}  # fmt: skip
TWO_STATES = {"senior_leader_turnover": 0.0, "turbulence_mean": 0.2, "control_norm": 0.85}


def field_of(timeline: tuple[Intervention, ...] = (), weeks: int = 416, **parameters: float) -> MeanField:
    scenario = Scenario(title="Mean field", timeline=timeline, weeks=weeks).with_parameters(**parameters)
    return mean_field(scenario)


def part(state: np.ndarray, name: str) -> float:
    return float(state[STATE_NAMES.index(name)])


# --- what algebra says ------------------------------------------------------------------------------------------------


def test_safety_settles_where_trait_pull_and_newcomers_balance() -> None:
    """y = (1 - q)(1 - d) y + q n, with y = s - s0, q the leaving rate, d the pull, n the newcomers' optimism."""
    field = field_of(**QUIET, trait_pull=0.04, newcomer_optimism=0.1, staff_turnover=0.52, time_to_hire=0)
    leaving, pull = 0.01, 0.04
    expected = field.parameters.safety_trait + leaving * 0.1 / (1 - (1 - leaving) * (1 - pull))

    state = field.advance(control_culture(field), 4000)
    mean = part(state, "newcomer_share") * part(state, "newcomer_safety")
    mean += (1 - part(state, "newcomer_share")) * part(state, "settled_safety")

    assert mean == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("vacancy", [1, 12, 30])
def test_as_many_posts_are_vacant_as_with_vacancies_of_fixed_length(vacancy: int) -> None:
    field = field_of(senior_leader_turnover=0.52, vacancy_weeks=vacancy)

    state = field.advance(control_culture(field), 4000)

    assert part(state, "vacant_share") == pytest.approx(1 - 0.99**vacancy, abs=1e-12)


def test_the_share_of_newcomers_is_the_expected_weight_of_tenure() -> None:
    """With z's extra openness exp(-tenure / tau), its mean is q / (q + (1 - q)(1 - exp(-1 / tau)))."""
    open_newcomers = {**QUIET, "newcomer_susceptibility": 1.0}
    field = field_of(**open_newcomers, staff_turnover=0.52, susceptibility_weeks=13, time_to_hire=0)
    settling = 1 - math.exp(-1 / 13)

    state = field.advance(control_culture(field), 4000)

    assert part(state, "newcomer_share") == pytest.approx(0.01 / (0.01 + 0.99 * settling), abs=1e-12)


def test_capability_settles_where_training_and_fading_balance() -> None:
    training = TrainFacilitators(start_week=0, share_per_week=0.002)
    field = field_of((training,), staff_turnover=0.0, capability_spread=0.0, capability_decay=0.01)

    state = field.advance(control_culture(field), 6000)

    fading, share = 0.99, 0.002
    assert part(state, "settled_capability") == pytest.approx(share / (1 - (1 - share) * fading), abs=1e-9)


def test_purpose_that_is_neither_built_nor_lost_stays() -> None:
    field = field_of(purpose_gain=0.0, purpose_loss=0.0)

    state = field.advance(control_culture(field), 300)

    assert part(state, "filled_purpose") == pytest.approx(0.15, abs=1e-12)
    assert part(state, "vacant_purpose") == pytest.approx(0.15, abs=1e-12)


def test_without_senior_turnover_the_trio_is_as_one_leader_of_its_control() -> None:
    trajectory = field_of(programme(), senior_leader_turnover=0.0).trajectory()
    control, voice = trajectory.series("senior_leader_control"), trajectory.series("collective_voice")

    # The voice of a week is that of its start; the row's control is of its end.
    assert np.abs(voice[1:] - (1 - control[:-1])).max() < 1e-9


def test_an_exit_of_two_of_three_leaves_two_thirds_vacant() -> None:
    field = field_of((LeadersLeave(week=1, how_many=2),), weeks=2, senior_leader_turnover=0.0)
    field_without = field_of(weeks=2, senior_leader_turnover=0.0)

    with_exit, without = (one.trajectory().series("coherence") for one in (field, field_without))

    assert with_exit[1] == without[1]
    assert with_exit[2] == without[2]
    state = control_culture(field)
    for epoch in field.plan.epoch:
        field._run(state, np.array([epoch]), np.empty((0, len(OBSERVED))))
    assert part(state, "vacant_share") == pytest.approx(2 / 3)


def test_a_single_leader_is_heard_as_such_and_shares_a_purpose_with_nobody() -> None:
    alone = Scenario(title="One", weeks=10, organisation=OrganisationShape(senior_leaders=1))
    alone = alone.with_parameters(senior_leader_turnover=0.0)

    trajectory = mean_field(alone).trajectory()

    assert (trajectory.series("coherence") == 0.0).all()
    control, voice = trajectory.series("senior_leader_control"), trajectory.series("collective_voice")
    assert np.abs(voice[1:] - (1 - control[:-1])).max() < 1e-12


def test_where_nobody_leaves_no_post_is_vacant() -> None:
    rest = field_of(staff_turnover=0.0).at_rest()

    assert part(rest, "vacant_posts") == 0.0
    assert part(rest, "newcomer_share") == pytest.approx(0.0, abs=1e-9)


def test_posts_that_are_filled_at_once_are_never_vacant() -> None:
    assert part(field_of(time_to_hire=0.0).at_rest(), "vacant_posts") == 0.0


@pytest.mark.parametrize("weeks", [1.0, 10.0, 26.0])
def test_as_many_staff_posts_are_vacant_as_leavers_come_in_the_time_to_hire(weeks: float) -> None:
    """With a clock on every post, V = q (1 - V) T, with q the weekly chance to leave."""
    rest = field_of(staff_turnover=0.52, safety_retention=0.0, time_to_hire=weeks).at_rest()

    assert part(rest, "vacant_posts") == pytest.approx(0.01 * weeks / (1 + 0.01 * weeks), abs=1e-9)


def test_under_a_full_freeze_every_leaver_leaves_a_post_empty() -> None:
    field = frozen(field_of(staff_turnover=0.52, safety_retention=0.0), 1.0)
    start = control_culture(field)

    later = field.advance(start, 20)

    assert part(later, "vacant_posts") == pytest.approx(1 - 0.99**20, abs=1e-12)


def test_half_a_freeze_takes_twice_as_long_to_hire() -> None:
    half = frozen(field_of(staff_turnover=0.52, safety_retention=0.0, time_to_hire=10), 0.5)
    slow = field_of(staff_turnover=0.52, safety_retention=0.0, time_to_hire=20)

    assert part(half.at_rest(), "vacant_posts") == pytest.approx(part(slow.at_rest(), "vacant_posts"), abs=1e-9)


def frozen(field: MeanField, freeze: float) -> MeanField:
    rules = field.plan.rules.copy()
    rules["hiring_freeze"] = freeze
    return replace(field, plan=field.plan._replace(rules=rules))


def test_vacant_posts_add_to_pressure() -> None:
    usual, short = field_of(), field_of(time_to_hire=20)

    more = part(short.at_rest(), "vacant_posts") - part(usual.at_rest(), "vacant_posts")

    assert more > 0.01
    assert part(short.at_rest(), "pressure") - part(usual.at_rest(), "pressure") > 0.9 * more


def test_people_have_got_used_to_the_voice_of_a_culture_at_rest() -> None:
    field = field_of()

    rest = field.at_rest()

    assert part(rest, "usual_voice") == pytest.approx(field.observe(rest)["collective_voice"], abs=1e-6)


def test_without_dialogue_nobody_is_cynical_at_rest() -> None:
    rest = field_of().at_rest()

    assert part(rest, "newcomer_cynicism") == pytest.approx(0.0, abs=1e-9)
    assert part(rest, "settled_cynicism") == pytest.approx(0.0, abs=1e-9)


def test_cynicism_rests_where_unmeant_dialogue_and_forgetting_balance() -> None:
    """y = g / (g + 1 / tau), with g = gain (1 - M), where nobody leaves."""
    field = field_of((Dialogue(start_week=0),), staff_turnover=0.0, disappointment=0.0)
    state = field.advance(field.at_rest(), 10_000)
    growth = field.parameters.cynicism_gain * (1 - field.observe(state)["collective_voice"])

    assert part(state, "settled_cynicism") == pytest.approx(growth / (growth + 1 / 156), abs=1e-6)


def test_a_voice_that_falls_silent_disappoints_and_is_forgotten() -> None:
    field = field_of()
    state = field.at_rest()
    state[STATE_NAMES.index("usual_voice")] += 0.3

    soon, late = field.advance(state, 26), field.advance(state, 2000)

    assert part(soon, "settled_cynicism") > 0.1
    assert part(late, "settled_cynicism") < 1e-4


def test_time_spent_as_usual_changes_nothing() -> None:
    field = field_of((*programme(), *EXIT))
    usual = [field.parameters.usual_attention_purpose, field.parameters.usual_attention_staff]
    usual.append(field.parameters.usual_attention_leaders)

    as_usual = spending(field, usual)

    assert (as_usual.trajectory().table == field.trajectory().table).all()


def test_leaders_who_leave_problems_alone_feel_the_pressure_first() -> None:
    field = field_of()
    start = field.at_rest()

    turned = spending(field, [0.10, 0.15, 0.20]).advance(start, 4)

    assert part(turned, "pressure") > part(field.advance(start, 4), "pressure") + 0.02


def spending(field: MeanField, shares: list[float]) -> MeanField:
    """Return a mean field whose senior leaders mean to spend these shares on purpose, staff and team leaders."""
    attention = np.zeros_like(field.plan.attention)
    attention[:] = [1.0, *shares]
    return replace(field, plan=field.plan._replace(attention=attention))


def test_leaders_who_change_jobs_keep_their_style_and_lose_half_of_what_is_habitual() -> None:
    field = field_of(senior_leader_turnover=0.0)
    rest = field.at_rest()
    rules = field.plan.rules.copy()
    rules["change_count"] = 2
    changing = replace(field, plan=field.plan._replace(rules=rules))

    with_it, without = changing.advance(rest, 1), field.advance(rest, 1)

    for name in ("filled_control", "filled_disposition", "vacant_share"):
        assert part(with_it, name) == part(without, name)
    assert part(with_it, "filled_embedding") == pytest.approx(part(without, "filled_embedding") * 2 / 3, abs=1e-12)
    # Of three pairs, each has one of the two in it.
    assert part(with_it, "filled_purpose") == pytest.approx(field.parameters.initial_purpose, abs=1e-12)


def test_team_leaders_with_many_ties_go_by_their_peers_and_not_by_the_norm() -> None:
    few, many = (
        mean_field(Scenario(title="Ties", organisation=OrganisationShape(cross_team_ties=ties))).at_rest()
        for ties in (0, 10)
    )

    assert part(many, "team_leader_control") < part(few, "team_leader_control")


# --- runs -------------------------------------------------------------------------------------------------------------


def test_without_interventions_the_trajectory_is_that_of_the_baseline() -> None:
    scenario = Scenario(title="Dialogue", weeks=60, timeline=(Dialogue(start_week=10, intensity=0.0),))

    with_entry, without = (mean_field(one).trajectory().table for one in (scenario, scenario.baseline()))

    assert (with_entry == without).all()


def test_a_trajectory_repeats_bit_by_bit() -> None:
    field = field_of((*programme(), *EXIT, *capacity()))

    assert (field.trajectory().table == field.trajectory().table).all()


def test_everything_observed_is_a_weekly_measure_and_stays_in_range() -> None:
    table = field_of((*programme(5.0), *EXIT, *capacity(5.0))).trajectory().table

    assert set(OBSERVED) <= set(MEASURE_NAMES)
    assert np.isfinite(table).all()
    assert ((table >= 0) & (table <= 1)).all()


@given(share=st.floats(0, 1), seed=st.integers(0, 2**32 - 1))
def test_the_state_stays_in_range_from_any_start(share: float, seed: int) -> None:
    field = field_of(weeks=1)
    random = np.random.default_rng(seed).random(N_STATE)
    start = share * random + (1 - share) * high_culture(field)

    state = field.advance(start, 30)

    assert ((state >= 0) & (state <= 1)).all()


def test_advance_goes_on_under_what_is_in_force_at_the_end() -> None:
    field = field_of((TrainFacilitators(start_week=20),), weeks=40)
    ended = field_of((TrainFacilitators(start_week=20, end_week=30),), weeks=40)
    start = control_culture(field)

    assert part(field.advance(start, 10), "settled_capability") > 0
    assert part(ended.advance(start, 10), "settled_capability") == 0


# --- what it refuses --------------------------------------------------------------------------------------------------


def test_all_reasons_against_a_mean_field_are_told_at_once() -> None:
    timeline = (
        Dialogue(start_week=0, target=Target(staff_groups=("medical",))),
        Committee(start_week=0),
        Induction(start_week=0),
        TrainFacilitators(start_week=0, choose="needed"),
        Dialogue(start_week=0),
    )

    with pytest.raises(InputError) as caught:
        mean_field(Scenario(title="Too much", timeline=timeline))

    places = [fault.where for fault in caught.value.faults]
    assert [place.split("entry ")[1][0] for place in places] == ["1", "2", "3", "4"]


# --- equilibria -------------------------------------------------------------------------------------------------------


def test_an_equilibrium_is_at_rest_and_stable_where_all_eigenvalues_lie_inside() -> None:
    field = field_of()

    found = find_equilibria(field)

    assert len(found) == 1
    assert np.abs(field.advance(found[0].state, 1) - found[0].state).max() < 1e-9
    assert found[0].is_stable
    assert 150 < found[0].half_life_weeks < 350


def test_a_small_push_dies_out_with_the_half_life_of_the_largest_eigenvalue() -> None:
    field = field_of()
    rest = find_equilibria(field)[0]
    values, vectors = np.linalg.eig(jacobian(field, rest.state))
    pushed = rest.state + 1e-4 * np.real(vectors[:, np.argmax(np.abs(values))])

    first = pushed - rest.state
    second = field.advance(pushed, round(rest.half_life_weeks)) - rest.state

    assert np.abs(second).max() / np.abs(first).max() == pytest.approx(0.5, abs=0.02)


def test_with_leaders_who_stay_there_are_two_states_and_an_edge_between_them() -> None:
    found = find_equilibria(field_of(**TWO_STATES))

    assert [rest.is_stable for rest in found] == [True, False, True]
    assert sum(np.abs(found[1].eigenvalues) > 1) == 1


def test_the_style_of_leaders_who_never_leave_is_no_direction_to_be_pushed_in() -> None:
    stay = {"senior_leader_turnover": 0.0, "team_leader_turnover": 0.0}
    (rest,) = find_equilibria(field_of(**stay))

    assert rest.is_stable
    assert len(rest.eigenvalues) == N_STATE - 2
    assert part(rest.state, "filled_disposition") == part(rest.state, "team_leader_disposition") == 0.70


def test_a_push_from_the_edge_decides_where_it_ends() -> None:
    field = field_of(**TWO_STATES)
    low, edge, high = find_equilibria(field)

    fallen = field.advance(edge.state + 0.01 * (low.state - edge.state), 20_000)
    risen = field.advance(edge.state + 0.01 * (high.state - edge.state), 20_000)

    assert np.abs(fallen - low.state).max() < 1e-3
    assert np.abs(risen - high.state).max() < 1e-3


def test_both_basins_are_reached() -> None:
    found = basins(field_of(**TWO_STATES), n=5)

    assert len(found.stable) == 2
    assert set(found.ends_at.ravel()) == {0, 1}
    assert found.ends_at[0, -1] == 0
    assert found.ends_at[-1, 0] == 1


def test_the_low_state_is_lost_as_the_norm_falls() -> None:
    timeline_free = field_of(**TWO_STATES)

    branches = bifurcation(timeline_free, (), "control_norm", [0.95, 0.6])

    assert [value for value, _ in branches] == [0.95, 0.6]
    assert [len(found) for _, found in branches] == [3, 1]
    assert branches[1][1][0].measures["safety"] > 0.8


# --- the boundary -----------------------------------------------------------------------------------------------------


def test_less_is_left_where_more_leave() -> None:
    scenario = Scenario(title="Capacity", timeline=(*programme(), *EXIT, *capacity()))

    what = boundary_map(scenario, axis(ALL_TURNOVER, 1, 4, 4), axis("control_norm", 0.75, 0.9, 2))

    assert (np.diff(what.retained, axis=1) < 0).all()
    assert what.retained[0, 0] > 0.5 > what.retained[0, -1]


def test_the_boundary_lies_where_the_line_between_two_points_is_one_half() -> None:
    retained = np.array([[0.9, 0.6, 0.2], [0.4, 0.3, 0.2]])
    x, y = MeanFieldAxis("staff_turnover", (0.1, 0.2, 0.3)), MeanFieldAxis("control_norm", (0.5, 0.6))

    (line,) = BoundaryMap(x, y, retained, retained, retained).lines()

    points = np.array(sorted(line.tolist()))
    assert points == pytest.approx(np.array([[0.1, 0.58], [0.2, 0.5 + 0.1 / 3], [0.225, 0.5]]))


def test_nothing_is_left_where_nothing_was_gained() -> None:
    quiet = Scenario(title="Nothing", timeline=(Dialogue(start_week=0, end_week=20, intensity=0.0),))

    what = boundary_map(quiet, axis("staff_turnover", n=2), axis("control_norm", n=2))

    assert np.isnan(what.retained).all()
    assert what.lines() == []


def test_the_share_that_feels_safe_is_near_that_of_agents_with_the_same_mean_safety() -> None:
    for changes in ({}, {"control_norm": 0.5}, {"safety_trait_sd": 0.2}):
        scenario = Scenario(title="Capacity", timeline=(*programme(), *capacity())).with_parameters(**changes)
        agents = run_ensemble(scenario, 12, threads=1)

        told = safe_share(agents.series("safety").mean(axis=0), scenario.parameters)

        assert np.abs(told - agents.series("safe_share").mean(axis=0)).max() < 0.05


@given(mean=st.floats(0.0, 1.0), sd=st.floats(0.0, 0.5))
def test_the_spread_is_that_of_expectations_where_colleagues_have_no_influence(mean: float, sd: float) -> None:
    parameters = Parameters(safety_trait=mean, safety_trait_sd=sd, social_influence=0.0)
    quantiles = ndtri((np.arange(20_000) + 0.5) / 20_000)

    assert spread_of_safety(parameters) == pytest.approx(np.clip(mean + sd * quantiles, 0.0, 1.0).std(), abs=0.001)


def test_without_spread_everybody_agrees_or_nobody() -> None:
    alike = Parameters(safety_trait_sd=0.0)

    assert safe_share(np.array([0.6, 0.625, 0.7]), alike).tolist() == [0.0, 0.0, 1.0]


def test_a_culture_may_hold_where_half_of_the_gain_is_lost_and_the_two_boundaries_differ() -> None:
    scenario = Scenario(title="Programme", timeline=programme())

    what = boundary_map(scenario, axis(ALL_TURNOVER, 0.5, 4, 3), axis("control_norm", 0.45, 0.9, 2), "holds")

    assert what.last_year[0, 0] > 0.75 > what.last_year[1, -1]
    assert what.retained[0, 0] < 0.5
    assert not np.array_equal(what.lines("holds"), what.lines("persists"))


def test_the_margin_of_one_scenario_is_that_of_its_place_on_a_map() -> None:
    timeline = (*programme(), *capacity())
    what = boundary_map(
        Scenario(title="C", timeline=timeline), axis("staff_turnover", 0.1, 0.3, 2), axis("control_norm", 0.5, 0.9, 2)
    )
    place = Scenario(title="C", timeline=timeline).with_parameters(staff_turnover=0.3, control_norm=0.5)

    assert margin(place, "holds") == what.margin("holds")[0, 1]
    assert margin(place, "persists") == what.margin("persists")[0, 1]


def test_a_culture_without_support_holds_or_not_but_nothing_can_persist() -> None:
    assert margin(Scenario(title="Nothing"), "holds") < 0
    with pytest.raises(InputError, match="no support"):
        margin(Scenario(title="Nothing"), "persists")
    with pytest.raises(InputError, match="persists or holds"):
        margin(Scenario(title="Nothing"), "last")


def test_one_axis_twice_or_no_support_is_refused() -> None:
    side = axis("control_norm", n=2)

    with pytest.raises(InputError, match="two different axes"):
        boundary_map(Scenario(title="Programme", timeline=programme()), side, side)
    with pytest.raises(InputError, match="no support"):
        boundary_map(Scenario(title="Nothing"), side, axis("staff_turnover", n=2))


@given(
    name=st.sampled_from([*Parameters.model_fields, ALL_TURNOVER, "staff_turnovr", ""]),
    low=st.none() | st.floats(),
    high=st.none() | st.floats(),
    n=st.integers(-3, 30),
)
def test_an_axis_is_taken_or_refused_with_a_message(name: str, low: float | None, high: float | None, n: int) -> None:
    try:
        side = axis(name, low, high, n)
    except InputError:
        return

    assert len(side.values) == n
    assert all(a < b for a, b in zip(side.values, side.values[1:], strict=False))
    for value in side.values:
        with_axis_value(Parameters(), side.name, value)
