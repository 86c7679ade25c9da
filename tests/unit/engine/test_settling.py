"""The settled start: a burn-in that begins where the mean field of each service rests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.base.sources import modules_behind
from sim.engine.limit.field import Setting, mean_field
from sim.engine.limit.rest import engine_of_rest, rests_of
from sim.engine.limit.week import STATE_NAMES
from sim.engine.run import LONGEST_BURN_IN_WEEKS, PreparedRun, prepare
from sim.engine.week import ENGINE, engine_with
from sim.inputs.interventions.dialogue import Dialogue
from sim.inputs.organisation import OrganisationShape
from sim.inputs.scenario.description import Scenario, ServiceSection
from sim.results.store.keys import _DECIDES

SHAPE = OrganisationShape(teams=6, team_size=8)
SCENARIO = Scenario(title="Settled", weeks=4, organisation=SHAPE)
MEASURE = Path(__file__).parents[3] / "docs" / "examples" / "settled.py"
FILE = Path(__file__).parents[2] / "own_rules" / "inspection_fear.py"


def rest_of(prepared: PreparedRun, service: int = 0) -> dict[str, float]:
    rests = prepared._rests
    return {name: float(rests[name][service]) for name in rests.dtype.names or ()}


# --- where it begins --------------------------------------------------------------------------------------------------


def test_people_differ_from_rest_by_what_they_expect_and_by_nothing_else() -> None:
    prepared = prepare(SCENARIO)
    rest, parameters = rest_of(prepared), SCENARIO.parameters
    staff = prepared.begin(seed=3)[0].staff

    expected = np.clip(rest["safety"] + staff["safety_trait"] - parameters.safety_trait, 0, 1)
    assert staff["safety"] == pytest.approx(expected, abs=1e-15)
    expected = np.clip(rest["efficacy"] + staff["efficacy_trait"] - parameters.efficacy_trait, 0, 1)
    assert staff["efficacy"] == pytest.approx(expected, abs=1e-15)
    for name in ("aim", "habit_voice", "habit_team", "habit_fail", "habit_learn", "cynicism"):
        assert (staff[name] == rest[name]).all()
    assert (staff["capability"] == 0).all()
    assert (staff["vacant_weeks"] == 0).all()


def test_leaders_differ_from_rest_by_what_they_brought_as_far_as_they_lead_by_it() -> None:
    prepared = prepare(SCENARIO.with_parameters(own_style=0.3))
    rest, world = rest_of(prepared), prepared.begin(seed=3)[0]

    for leaders, who in ((world.teams, "team_leader_"), (world.seniors, "")):
        brought = leaders["disposition"] - rest[f"{who}disposition"]
        assert np.ptp(brought) > 0.05
        assert leaders["control"] == pytest.approx(rest[f"{who}control"] + 0.3 * brought, abs=1e-12)
        assert (leaders["embedding"] == rest[f"{who}embedding"]).all()
    assert (world.pairs["purpose"] == rest["purpose"]).all()
    assert world.services["backlog"][0] == rest["backlog"]
    assert world.services["usual_voice"][0] == rest["usual_voice"]


def test_the_rest_is_that_of_the_mean_field() -> None:
    rest, state = rest_of(prepare(SCENARIO)), mean_field(SCENARIO).at_rest()

    for name in ("team_leader_control", "backlog", "learning_stock", "usual_voice"):
        assert rest[name] == state[STATE_NAMES.index(name)]


def test_each_service_begins_at_its_own_rest() -> None:
    shape = OrganisationShape(services=2, teams=4, team_size=8)
    section = ServiceSection(parameters={"control_norm": 0.4})
    two = Scenario(title="Two", weeks=1, organisation=shape)
    names = prepare(two).organisation.service_names()
    prepared = prepare(two.replace(services={names[1]: section}))

    assert rest_of(prepared, 1)["control"] < rest_of(prepared, 0)["control"] - 0.05
    world = prepared.begin(seed=1)[0]
    assert world.services["backlog"].tolist() == [rest_of(prepared, row)["backlog"] for row in (0, 1)]


def test_interventions_do_not_move_where_a_run_begins() -> None:
    with_it = SCENARIO.replace(timeline=(Dialogue(start_week=0, end_week=4),))

    assert prepare(with_it)._rests == prepare(SCENARIO)._rests


def test_a_run_may_begin_with_the_control_culture_instead() -> None:
    prepared = prepare(SCENARIO, burn_in_weeks=0, is_settled=False)

    world, _ = prepared.start(seed=1)

    assert (world.staff["safety"] == world.staff["safety_trait"]).all()
    assert (world.staff["habit_voice"] == SCENARIO.parameters.initial_habit).all()


def test_a_rest_is_the_same_whoever_asks_first() -> None:
    prepared = prepare(SCENARIO)
    world = prepared.begin(seed=1)[0]
    first = rests_of(world, prepared.plan)
    mean_field.__globals__["_settled"].cache_clear()

    assert rests_of(world, prepared.plan).tobytes() == first.tobytes()


def test_ties_that_only_a_committee_makes_do_not_count_before_it_meets() -> None:
    world = prepare(SCENARIO).begin(seed=1)[0]
    n_ties = 2 * prepare(SCENARIO).ties.n_ties / SHAPE.teams

    assert Setting.of(world, 0).links == pytest.approx(n_ties)


def test_what_decides_where_a_run_begins_is_part_of_its_key() -> None:
    of_the_limit = {f"sim.engine.limit.{name}" for name in ("week", "field", "rest")}

    assert of_the_limit | {"sim.engine.settling"} <= set(modules_behind(_DECIDES))


# --- rules without a counterpart --------------------------------------------------------------------------------------


def test_the_usual_rules_have_nothing_to_tell() -> None:
    prepared = prepare(SCENARIO)

    assert prepared.notices == ()
    assert prepared.plan.first_week == -104


def test_a_measure_of_ones_own_has_no_mean_field_of_its_own() -> None:
    engine = engine_with(MEASURE)

    assert engine is not ENGINE
    assert engine_of_rest(engine) is ENGINE


def test_a_rule_without_a_counterpart_begins_at_the_usual_rest_and_says_how_long_it_took_to_settle() -> None:
    engine = engine_with(FILE)
    prepared = prepare(SCENARIO, engine=engine)

    assert engine_of_rest(engine) is ENGINE
    assert rest_of(prepared) == rest_of(prepare(SCENARIO))
    assert 104 <= -prepared.plan.first_week <= LONGEST_BURN_IN_WEEKS
    (notice,) = prepared.notices
    assert "inspection_fear" in notice
    assert f"{-prepared.plan.first_week} weeks" in notice


def test_a_culture_that_goes_on_drifting_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.engine.run.SETTLED_BELOW", 0.0)

    prepared = prepare(SCENARIO, engine=engine_with(FILE))

    assert prepared.plan.first_week == -LONGEST_BURN_IN_WEEKS
    assert prepared.notices[0].endswith("it has not settled.")


# --- and stays --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    "parameters",
    [{}, {"control_norm": 0.5}, {"staff_turnover": 0.5, "team_leader_turnover": 0.5}, {"turbulence_mean": 0.4}],
)
def test_week_0_is_settled_whatever_the_parameters_are(parameters: dict[str, float]) -> None:
    """The share that feels safe moves by less than 0.02 in 8 years; 80 worlds of 296 know that to within 0.004."""
    prepared = prepare(Scenario(title="Nothing", weeks=416).with_parameters(**parameters))
    safe = np.mean([prepared.simulate(7, number)[:, 0, 0] for number in range(80)], axis=0)

    assert abs(safe[-52:].mean() - safe[:52].mean()) < 0.02


def test_those_in_post_expect_more_than_the_market_as_they_stay_longer() -> None:
    """exp(psi b s0) moves a normal distribution by psi b sd^2, with b what rests on one's own expectation."""
    large = OrganisationShape(teams=40, team_size=50)
    parameters = {"safety_trait": 0.5, "safety_trait_sd": 0.1, "social_influence": 0.05, "trait_pull": 0.05}
    psi_is_2, psi_is_0 = (
        prepare(Scenario(title="Stay", organisation=large).with_parameters(**parameters, safety_retention=psi))
        for psi in (2.0, 0.0)
    )

    more = psi_is_2.begin(1)[0].staff["safety_trait"] - psi_is_0.begin(1)[0].staff["safety_trait"]

    assert more == pytest.approx(2.0 * 0.5 * 0.1**2, abs=1e-12)


def test_where_nobody_leaves_nobody_has_stayed_longer() -> None:
    nobody = prepare(SCENARIO.with_parameters(staff_turnover=0.0, safety_retention=2.0))
    world, key = nobody.begin(1)
    nobody.engine.initialise(market := nobody.begin(1)[0], nobody.plan, key)

    assert (world.staff["safety_trait"] == market.staff["safety_trait"]).all()


def test_a_long_burn_in_ends_where_a_short_one_does() -> None:
    short = prepare(SCENARIO)
    longer = prepare(SCENARIO, burn_in_weeks=208)

    assert short._rests == longer._rests
    assert replace(short, plan=longer.plan).start(1)[0].services.tobytes() == longer.start(1)[0].services.tobytes()
