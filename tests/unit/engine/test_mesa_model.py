"""The running model: a real Mesa model over the compiled week."""

from __future__ import annotations

import gc
import pickle
import weakref

import mesa
import numpy as np
import pytest

from sim.base.errors import InputError
from sim.engine.mesa_model import CultureModel, SeniorLeader, StaffMember, TeamLeader
from sim.engine.recorder import MEASURE_NAMES
from sim.inputs.interventions.dialogue import Dialogue
from sim.inputs.interventions.leaders_leave import LeadersLeave
from sim.inputs.interventions.shock import Shock
from sim.inputs.scenario.description import Scenario
from sim.results.ensemble import run_ensemble

SMALL = {"teams": 4, "team_size": 5}


def small_scenario(weeks: int = 20) -> Scenario:
    scenario = Scenario(title="Small", weeks=weeks, organisation=SMALL)
    return scenario.with_entries(kind="dialogue", start_week=2, end_week=10)


def test_it_is_a_mesa_model_that_steps_by_weeks() -> None:
    model = CultureModel(small_scenario(), rng=3)
    model.step()
    model.run_for(4)

    assert isinstance(model, mesa.Model)
    assert model.week == 5
    assert model.steps == 5


def test_stepping_gives_the_bits_of_an_ensemble() -> None:
    scenario = small_scenario()
    model = CultureModel(scenario, rng=7, replicate=1)
    model.run_for(scenario.weeks)

    ensemble = run_ensemble(scenario, replicates=[1], seed=7)

    np.testing.assert_array_equal(model.to_frame()[list(MEASURE_NAMES)].to_numpy(), ensemble.weekly[0])


def test_agents_are_views_of_rows() -> None:
    model = CultureModel(small_scenario(), rng=1)
    person = model.agents_by_type[StaffMember][3]
    before = person.safety
    model.run_for(3)

    assert person.safety == model.world.staff["safety"][3] != before
    assert len(model.agents) == 20 + 4 + 3
    assert {TeamLeader, SeniorLeader, StaffMember} == set(model.agent_types)


def test_mesa_tools_read_agents_and_measures() -> None:
    model = CultureModel(small_scenario(), rng=1)
    model.run_for(2)

    in_post = [person.safety for person in model.agents_by_type[StaffMember] if person.vacant_weeks == 0]
    assert np.mean(in_post) == pytest.approx(model.safety)
    frame = model.datacollector.get_model_vars_dataframe()
    assert frame["week"].tolist() == [0, 1, 2]
    assert frame["safe_share"].iloc[-1] == model.safe_share


def test_a_leader_knows_how_relational_he_or_she_leads() -> None:
    model = CultureModel(small_scenario(), rng=1)
    leader = model.agents_by_type[TeamLeader][0]
    assert leader.relational_leading == 1 - leader.control
    assert model.agents_by_type[SeniorLeader][2].name == "Nurse Director"


def test_an_unknown_attribute_is_an_error() -> None:
    model = CultureModel(small_scenario(), rng=1)
    with pytest.raises(AttributeError, match="no attribute 'happiness'"):
        _ = model.happiness
    with pytest.raises(AttributeError, match="no attribute 'happiness'"):
        _ = model.agents_by_type[StaffMember][0].happiness


def test_a_vacancy_runs_down_after_a_senior_leader_left() -> None:
    scenario = small_scenario().with_entries(LeadersLeave(week=0, which=(1,)))
    model = CultureModel(scenario, rng=1)
    model.run_for(1)
    leader = model.agents_by_type[SeniorLeader][0]
    assert leader.vacancy_weeks_left == 30
    model.run_for(5)
    assert leader.vacancy_weeks_left == 25


def test_a_branch_with_the_same_future_has_the_same_bits() -> None:
    model = CultureModel(small_scenario(), rng=1)
    model.run_for(5)
    other = model.branch()
    model.run_for(10)
    other.run_for(10)

    np.testing.assert_array_equal(model.world.staff.as_records(), other.world.staff.as_records())
    assert model.to_frame().equals(other.to_frame())


def test_a_branch_goes_its_own_way() -> None:
    model = CultureModel(small_scenario(), rng=1)
    model.run_for(5)
    other = model.branch()
    other.intervene(Shock(start_week=6, end_week=12, size=0.6))
    model.run_for(10)
    other.run_for(10)

    assert other.to_frame().iloc[:6].equals(model.to_frame().iloc[:6])
    assert other.to_frame()["pressure"].iloc[8] > model.to_frame()["pressure"].iloc[8]


def test_intervening_is_the_same_as_having_planned_it() -> None:
    entry = Dialogue(start_week=12, end_week=18)
    planned = CultureModel(small_scenario().with_entries(entry), rng=1)
    planned.run_for(20)
    by_hand = CultureModel(small_scenario(), rng=1)
    by_hand.run_for(8)
    by_hand.intervene(entry)
    by_hand.run_for(12)

    assert by_hand.to_frame().equals(planned.to_frame())


def test_the_past_cannot_be_changed() -> None:
    model = CultureModel(small_scenario(), rng=1)
    model.run_for(5)
    with pytest.raises(InputError, match="the past has happened"):
        model.intervene(Dialogue(start_week=4, end_week=8))


def test_a_model_stops_at_the_end_of_its_run() -> None:
    model = CultureModel(small_scenario(weeks=12), rng=1)
    model.run_for(100)
    assert model.week == 12
    assert not model.running
    with pytest.raises(InputError, match="before the end of the run"):
        model.step()


def test_parameters_can_be_given_by_name() -> None:
    model = CultureModel(small_scenario(), rng=1, staff_turnover=0.5)
    assert model.prepared.scenario.parameters.staff_turnover == 0.5


def test_a_model_survives_pickling() -> None:
    model = CultureModel(small_scenario(), rng=1)
    model.run_for(3)
    again = pickle.loads(pickle.dumps(model))
    model.run_for(4)
    again.run_for(4)
    assert again.to_frame().equals(model.to_frame())


def test_a_dropped_model_is_freed() -> None:
    model = CultureModel(small_scenario(), rng=1)
    assert len(model.agents) == 27
    model.run_for(2)
    reference = weakref.ref(model)
    del model
    gc.collect()
    assert reference() is None
