"""The compiled engine against its twin in plain Python, and against its own kernels run as Python functions."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from sim.engine.plan import build_plan
from sim.engine.recorder import MEASURE_NAMES
from sim.engine.run import prepare
from sim.engine.state import World, allocate, copy_world, out_of_range
from sim.engine.ties import build_ties
from sim.engine.week import initialise
from sim.inputs.interventions import KINDS
from sim.inputs.organisation import OrganisationShape, generate
from sim.inputs.scenario.description import Scenario, ServiceSection, build_organisation
from sim.validation.contract import plain_engine
from tests import reference
from tests.plain_world import PlainWorld, differences, plain
from tests.reference_measures import weekly_measures
from tests.worlds import Case, case_of, changed, columns, live, random_case, random_numbers, random_parameters

N_WEEKS = 16
SEEDS = range(100, 130)


def _twin(case: Case, world: World | None = None) -> PlainWorld:
    return plain(world or case.world, case.organisation)


@pytest.mark.parametrize("seed", SEEDS)
def test_weeks_do_what_the_model_says(seed: int) -> None:
    case = random_case(seed)
    twin = _twin(case)
    live(case, N_WEEKS)
    reference.run_weeks(twin, case.plan, case.key, case.plan.first_week, N_WEEKS)

    assert differences(case.world, twin, tolerance=1e-12) == []
    assert out_of_range(case.world) == []


@pytest.mark.slow
@pytest.mark.parametrize("first_seed", range(1000, 1100, 20))
def test_many_more_worlds_do_what_the_model_says(first_seed: int) -> None:
    for seed in range(first_seed, first_seed + 20):
        case = random_case(seed, n_weeks=40)
        twin = _twin(case)
        live(case, 44)
        reference.run_weeks(twin, case.plan, case.key, case.plan.first_week, 44)

        assert differences(case.world, twin, tolerance=1e-12) == [], seed
        assert out_of_range(case.world) == [], seed


@pytest.mark.slow
def test_three_years_of_the_case_do_what_the_model_says() -> None:
    """One service of 37 teams of 8: the programme, its end, leaders who leave or change jobs, capacity, a freeze."""
    timeline = [
        KINDS["coach_senior_leaders"](start_week=0, end_week=52),
        KINDS["dialogue"](start_week=0, end_week=52),
        KINDS["coach_team_leaders"](start_week=0, end_week=52, intensity=0.5),
        KINDS["train_facilitators"](start_week=8, end_week=112),
        KINDS["leaders_leave"](week=58, how_many=2),
        KINDS["attention"](start_week=4, end_week=120, purpose=0.1, staff=0.2, leaders=0.2, ramp_weeks=8),
        KINDS["leaders_change_jobs"](week=90, how_many=2),
        KINDS["hiring_freeze"](start_week=60, end_week=86),
    ]
    case = case_of(generate(OrganisationShape()), timeline, n_weeks=156, burn_in_weeks=10)
    twin = _twin(case)
    live(case, 166)
    reference.run_weeks(twin, case.plan, case.key, -10, 166)

    assert differences(case.world, twin, tolerance=1e-11) == []


def test_the_random_worlds_have_everything_in_them() -> None:
    """Otherwise the test above would not say much."""
    cases = [random_case(seed) for seed in SEEDS]
    sizes = {int(size) for case in cases for size in case.organisation.team_sizes}
    trios = {int(n) for case in cases for n in np.diff(case.organisation.service_senior_start)}

    assert sizes >= {1, 2, 4, 7}
    assert trios >= {1, 2, 3, 4}
    assert {case.organisation.n_services for case in cases} == {1, 2, 3}
    assert any(case.world.ties.committee_indices.size for case in cases)
    assert {rule for case in cases for rule in case.plan.chosen_rule.tolist()} == {0, 1, 2}
    assert any(case.plan.rules["exit_count"].any() for case in cases)
    assert any(case.plan.rules["exit_places"].any() for case in cases)
    for case in cases:
        live(case, N_WEEKS)
    assert any((case.world.teams["links"] == 0).any() for case in cases)
    assert any((case.world.staff["vacant_weeks"] > 0).any() for case in cases)
    assert any(not twin.colleagues(team) for twin in map(_twin, cases) for team in twin.teams)
    assert any(twin.sparse_teams for twin in map(_twin, cases))
    services = [case.world.services for case in cases]
    assert any((own["usual_voice"] > own["collective_voice"] + 0.05).any() for own in services)
    assert any((case.world.staff["cynicism"] > 0.1).any() for case in cases)
    usual = [case.plan.rules["usual_attention_purpose"].min() for case in cases]
    intended = [case.world.seniors["attention_purpose"] for case in cases]
    assert any((own > 1.1 * least).any() for own, least in zip(intended, usual, strict=True))


@pytest.mark.parametrize("seed", SEEDS[:10])
def test_the_start_of_the_burn_in_is_as_the_model_says(seed: int) -> None:
    case = random_case(seed)
    empty = _twin(case, copy_world(case.world))
    for rows in (empty.staff, empty.teams, empty.seniors, empty.pairs, empty.services):
        for row in rows:
            row.control = row.safety = math.nan  # to be set, not found
    reference.initialise(empty, case.plan, case.key)

    assert [text for text in differences(case.world, empty, tolerance=1e-12) if "audience" not in text] == []


@pytest.mark.parametrize("names_people", [False, True])
def test_a_settled_start_is_as_the_model_says(names_people: bool) -> None:
    """Each service at its own rest; by rows, and by the numbers of people where these have names."""
    scenario = Scenario(title="Two", weeks=1, organisation=OrganisationShape(services=2, teams=3, team_size=5))
    scenario = scenario.with_parameters(own_style=0.3, safety_retention=2.0)
    organisation = build_organisation(scenario)
    own = ServiceSection(parameters={"control_norm": 0.4, "social_influence": 0.02})
    scenario = scenario.replace(services={organisation.service_names()[1]: own})
    if names_people:
        organisation = replace(organisation, chance=random_numbers(np.random.default_rng(5), organisation))
    prepared = prepare(scenario, organisation)
    world, key = prepared.begin(seed=9, replicate=2)

    twin = plain(allocate(organisation, prepared.ties, prepared.audiences), organisation)
    reference.initialise(twin, prepared.plan, key)
    reference.settle(twin, prepared.plan, key, prepared._rests)

    assert differences(world, twin, tolerance=1e-12) == []


def test_without_turnover_everybody_has_been_there_for_long() -> None:
    rng = np.random.default_rng(3)
    settled = random_parameters(rng).model_copy(update={"staff_turnover": 0.0, "longest_tenure_weeks": 2600.0})
    case = case_of(random_case(3).organisation, parameters=settled)

    assert (case.world.staff["tenure_weeks"] == 2600).all()


@pytest.mark.parametrize("seed", SEEDS[:8])
def test_compiled_and_python_kernels_give_the_same_bits(seed: int) -> None:
    case = random_case(seed)
    as_python = copy_world(case.world)
    live(case, 8)
    plain_engine.run_weeks(as_python, case.plan, case.key, case.plan.first_week, 8)

    assert changed(columns(case.world), columns(as_python)) == set()


@pytest.mark.parametrize("seed", SEEDS[:10])
def test_weekly_measures_are_what_they_say(seed: int) -> None:
    case = random_case(seed)
    n_services = case.organisation.n_services
    row = live(case, N_WEEKS, n_parts=1 + n_services)[-1]
    twin = _twin(case)
    for part, services in enumerate([list(range(n_services)), *([service] for service in range(n_services))]):
        expected = weekly_measures(twin, services)

        assert set(expected) == set(MEASURE_NAMES)
        assert dict(zip(MEASURE_NAMES, row[part].tolist(), strict=True)) == pytest.approx(
            expected, abs=1e-9, nan_ok=True
        )


def test_a_world_that_begins_anew_forgets_what_it_has_lived_through() -> None:
    used, fresh = random_case(7), random_case(7)
    live(used, N_WEEKS)
    initialise(used.world, used.plan, used.key)

    assert changed(columns(used.world), columns(fresh.world)) == set()


def test_a_world_is_the_same_whatever_is_on_a_timeline_that_has_not_begun() -> None:
    """The burn-in knows nothing of what is to come."""
    case = random_case(12)
    timeline = [KINDS["leaders_leave"](week=0, how_many=1), KINDS["committee"](start_week=0, members=6)]
    plan, audiences = build_plan(case.organisation, [random_parameters(np.random.default_rng(1))], timeline, 5, 6)
    quiet_plan, quiet_audiences = build_plan(case.organisation, [random_parameters(np.random.default_rng(1))], [], 5, 6)
    worlds = []
    for own_plan, own_audiences in ((plan, audiences), (quiet_plan, quiet_audiences)):
        ties = build_ties(case.organisation, own_audiences.committees)
        own = Case(case.organisation, own_plan, allocate(case.organisation, ties, own_audiences), case.key)
        initialise(own.world, own.plan, own.key)
        live(own, 6)
        worlds.append(columns(own.world))

    assert changed(*worlds) <= {"staff.audience", "teams.audience", "services.rule_class"}
