"""Scenarios: what they say, how they change, and what makes two of them the same."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from sim.base.errors import InputError
from sim.inputs.interventions import KINDS
from sim.inputs.interventions.coach_senior_leaders import CoachSeniorLeaders
from sim.inputs.interventions.dialogue import Dialogue
from sim.inputs.interventions.shock import Shock
from sim.inputs.interventions.train_facilitators import TrainFacilitators
from sim.inputs.organisation import OrganisationShape, generate
from sim.inputs.scenario.description import (
    Scenario,
    ServiceSection,
    build_organisation,
    faults_in,
    parameters_of_services,
)
from sim.inputs.scenario.files import load_scenario, scenarios_folder, shipped_scenarios
from sim.inputs.scenario.plausibility import beyond_plausible
from sim.rulebook.parameters import Parameters
from tests.scenario_strategies import scenarios

YEAR = Scenario(title="A year").with_entries(
    CoachSeniorLeaders(start_week=0, end_week=52),
    Dialogue(start_week=10, end_week=60, intensity=0.5),
)
CHANGES: list[Callable[[Scenario], Scenario]] = [
    lambda one: one.replace(weeks=52),
    lambda one: one.replace(organisation=OrganisationShape(seed=2)),
    lambda one: one.replace(services={"Service 1": ServiceSection(parameters={"control_norm": 0.5})}),
    lambda one: one.with_parameters(staff_turnover=0.2),
    lambda one: one.with_entries(kind="shock", start_week=0),
    lambda one: one.without("dialogue"),
]


def told(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [str(fault) for fault in error.value.faults]


# --- support ----------------------------------------------------------------------------------------------------------


def test_support_ends_with_the_last_outside_support() -> None:
    assert YEAR.support_end_week == 60


def test_training_of_facilitators_is_not_outside_support_unless_there_is_nothing_else() -> None:
    training = TrainFacilitators(start_week=8, end_week=112)

    assert YEAR.with_entries(training).support_end_week == 60
    assert Scenario(title="").with_entries(training).support_end_week == 112


def test_events_are_not_support() -> None:
    scenario = (
        Scenario(title="")
        .with_entries(Shock(start_week=3, end_week=9))
        .with_entries(kind="leaders_leave", week=4, how_many=1)
    )

    assert scenario.support_end_week is None


def test_support_that_never_ends_ends_with_the_run() -> None:
    assert YEAR.with_entries(kind="protect_time", start_week=0).support_end_week == YEAR.weeks


def test_a_scenario_may_say_itself_when_support_ends() -> None:
    assert YEAR.replace(support_ends=0).support_end_week == 0


# --- changes ----------------------------------------------------------------------------------------------------------


@given(scenarios())
@settings(max_examples=30)
def test_no_change_touches_the_scenario_that_it_starts_from(scenario: Scenario) -> None:
    before = copy.deepcopy(scenario)
    for change in CHANGES:
        change(scenario.replace(timeline=()))
    scenario.baseline()

    assert scenario == before


def test_in_the_baseline_nothing_is_done_and_everything_happens_that_happens() -> None:
    scenario = YEAR.with_parameters(staff_turnover=0.2).replace(weeks=100)
    happens = [
        Shock(start_week=0, end_week=9),
        *(KINDS[kind](week=58, how_many=2) for kind in ("leaders_leave", "leaders_change_jobs")),
        KINDS["change_parameter"](start_week=5, name="imitation", value=0.1),
    ]
    busy = scenario.with_entries(*happens)

    assert scenario.baseline().timeline == ()
    assert busy.baseline().timeline == busy.happening == tuple(happens)
    assert busy.done == scenario.timeline
    assert busy.baseline().is_baseline_of(busy)
    assert not scenario.baseline().is_baseline_of(busy)
    assert scenario.baseline().parameters == scenario.parameters
    assert (scenario.baseline().weeks, scenario.baseline().name) == (100, "baseline")


def test_interventions_of_a_kind_can_be_left_out() -> None:
    assert [entry.kind for entry in YEAR.without("dialogue").timeline] == ["coach_senior_leaders"]
    assert YEAR.without() == YEAR


def test_a_wrong_change_is_told_in_the_words_of_a_scenario_file() -> None:
    with pytest.raises(InputError) as unknown:
        YEAR.with_parameters(staff_turnovr=0.2, immunity=5)
    with pytest.raises(InputError) as entry:
        YEAR.with_entries(kind="dialogue", start_week=60, intensity=50)
    with pytest.raises(InputError) as kind:
        YEAR.with_entries(kind="dialoge", start_week=60)

    assert told(unknown) == [
        "scenario: parameters.immunity: wanted a number from 0 to 1 (how much the habit of failing well shields a "
        "person from a bad experience), got 5; it is a share, not a percentage: 5 % is 0.05",
        'scenario: parameters.staff_turnovr: wanted a known key, got "staff_turnovr"; did you mean "staff_turnover"?',
    ]
    assert told(entry) == [
        "scenario: timeline entry 3 (dialogue).intensity: wanted a number from 0 to 5 (1 is the full programme), got 50"
    ]
    assert told(kind) == [
        'scenario: timeline entry 3 (dialoge).kind: wanted a known kind, got "dialoge"; did you mean "dialogue"?'
    ]


def test_a_wrong_parameter_of_a_service_is_told() -> None:
    with pytest.raises(
        InputError, match=r'services\."Service 1"\.parameters\.control_norm: wanted a number from 0 to 1'
    ):
        YEAR.replace(services={"Service 1": {"parameters": {"control_norm": 7}}})


# --- costs ------------------------------------------------------------------------------------------------------------


def test_costs_add_up_week_by_week() -> None:
    costs = YEAR.cost_by_week(100)

    assert costs.shape == (100,)
    np.testing.assert_array_equal(costs[[0, 9, 10, 51, 52, 59, 60, 99]], [1, 1, 2, 2, 1, 1, 0, 0])


def test_a_run_that_is_cut_short_costs_what_it_cost_until_then() -> None:
    np.testing.assert_array_equal(YEAR.cost_by_week(100)[:30], YEAR.cost_by_week(30))


# --- identity ---------------------------------------------------------------------------------------------------------


def test_words_do_not_make_another_scenario() -> None:
    other_words = YEAR.replace(name="other", title="Other", story="Once", compare_with="hard-winter")
    noted = YEAR.replace(timeline=[entry.model_copy(update={"note": "as agreed"}) for entry in YEAR.timeline])

    assert other_words.digest() == noted.digest() == YEAR.digest()


def test_everything_else_makes_another_scenario() -> None:
    digests = {change(YEAR).digest() for change in CHANGES} | {YEAR.digest()}

    assert len(digests) == len(CHANGES) + 1


def test_a_default_that_is_written_out_is_the_same_scenario() -> None:
    defaults = {name: float(value) for name, value in Parameters().model_dump().items()}

    assert YEAR.with_parameters(**defaults).digest() == YEAR.digest()
    assert YEAR.replace(organisation={"teams": 37, "cross_team_ties": 3}).digest() == YEAR.digest()


def test_the_content_of_the_tables_makes_the_scenario_not_their_place(tmp_path: Path) -> None:
    for folder, text in (("a", "id,team\n1,A\n"), ("b", "id,team\n1,A\n"), ("c", "id,team\n1,B\n")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "people.csv").write_text(text)
    a, b, c = (YEAR.replace(tables=str(tmp_path / folder)).digest() for folder in "abc")

    assert a == b
    assert len({a, c, YEAR.digest()}) == 3


# --- organisation and services ----------------------------------------------------------------------------------------


def test_the_organisation_is_made_up_or_read_from_tables(tmp_path: Path) -> None:
    assert build_organisation(YEAR).n_people == 336
    (tmp_path / "people.csv").write_text("not a table")
    with pytest.raises(InputError, match=r"people\.csv"):
        build_organisation(YEAR.replace(tables=str(tmp_path)))


def test_a_service_may_differ_in_its_parameters() -> None:
    scenario = YEAR.replace(
        organisation={"services": 2}, services={"Service 2": {"parameters": {"control_norm": 0.5}}}
    ).with_parameters(immunity=0.4)

    first, second = parameters_of_services(scenario, build_organisation(scenario))
    assert first == scenario.parameters
    assert second == scenario.with_parameters(control_norm=0.5).parameters


# --- the parts against one another ------------------------------------------------------------------------------------


def test_a_sound_scenario_has_no_faults() -> None:
    assert faults_in(YEAR, build_organisation(YEAR)) == []


def test_what_does_not_fit_together_is_told_all_at_once() -> None:
    scenario = (
        YEAR.replace(weeks=80, organisation={"senior_leaders": 2}, services={"Service 9": {}})
        .with_entries(kind="dialogue", start_week=50, target={"teams": ["Team 38"]})
        .with_entries(kind="coach_senior_leaders", start_week=51, target={"share": 0.5})
        .with_entries(kind="leaders_leave", week=80, which=[3])
        .with_entries(kind="dialogue", start_week=59)
    )

    assert [str(fault) for fault in faults_in(scenario, build_organisation(scenario), "mine")] == [
        'mine: services."Service 9": wanted the name of one of the services, got "Service 9"; '
        'did you mean "Service 1"?',
        'mine: timeline entry 3 (dialogue).target.teams: wanted the name of one of the teams, got "Team 38"; '
        'did you mean "Team 8"?',
        "mine: timeline entry 4 (coach_senior_leaders).target.share: wanted a target by services, got share; "
        "Coach the senior leaders cannot be narrowed so",
        "mine: timeline entry 5 (leaders_leave).week: wanted a week before the end of the run (week 80), got 80; "
        "lengthen the run with weeks = ...",
        "mine: timeline entry 5 (leaders_leave).which: wanted at most 2 (senior leaders of the smallest group), "
        "got [3]",
        "mine: timeline entry 6 (dialogue).start_week: wanted weeks that do not overlap with entry 2 of the same kind "
        "and target, got both from week 59; end the earlier entry first, or raise its intensity",
    ]


def test_shocks_may_overlap_and_so_may_entries_with_other_targets() -> None:
    scenario = YEAR.with_entries(
        Shock(start_week=0, end_week=9),
        Shock(start_week=0, end_week=9),
        Dialogue(start_week=0, end_week=52, target={"teams": ("Team 1",)}),
    )

    assert faults_in(scenario, build_organisation(scenario)) == []


def test_entries_that_follow_one_another_do_not_overlap() -> None:
    scenario = YEAR.with_entries(kind="dialogue", start_week=60, end_week=70)

    assert faults_in(scenario, build_organisation(scenario)) == []


def test_senior_leaders_cannot_mean_to_spend_a_week_in_two_ways() -> None:
    shares = {"purpose": 0.1, "staff": 0.1, "leaders": 0.2}
    first = YEAR.with_entries(kind="attention", start_week=0, end_week=20, which=[1, 2], **shares)
    twice = first.with_entries(kind="attention", start_week=10, end_week=30, which=[2], **shares)
    apart = first.with_entries(kind="attention", start_week=10, end_week=30, which=[3], **shares)

    (fault,) = faults_in(twice, build_organisation(twice), "mine")

    assert str(fault) == (
        "mine: timeline entry 4 (attention).start_week: wanted weeks that do not overlap with entry 3 of the same "
        "kind, which names some of the same senior leaders, got both from week 10; end the earlier entry first"
    )
    assert faults_in(apart, build_organisation(apart)) == []


def test_what_goes_on_being_paid_after_outside_support_is_upkeep() -> None:
    scenario = YEAR.replace(weeks=416).with_entries(
        kind="train_facilitators", start_week=8, share_per_week=0.001, cost_per_week=1.5
    )
    stopped = scenario.without_upkeep()

    assert [entry.kind for entry in scenario.upkeep] == ["train_facilitators"]
    assert scenario.upkeep_days_a_year == 78.0
    assert YEAR.upkeep == ()
    assert YEAR.upkeep_days_a_year == 0.0
    assert stopped.cost_by_week(416)[60:].sum() == 0
    assert (stopped.cost_by_week(416)[:60] == scenario.cost_by_week(416)[:60]).all()
    assert stopped.support_end_week == scenario.support_end_week == 60


def test_upkeep_that_begins_after_support_is_left_out_and_what_happens_goes_on() -> None:
    late = YEAR.replace(weeks=416).with_entries(kind="train_facilitators", start_week=112, share_per_week=0.001)
    late = late.with_entries(kind="assurance", start_week=80, control_norm=0.5).with_entries(Shock(start_week=200))

    assert [entry.kind for entry in late.without_upkeep().timeline[len(YEAR.timeline) :]] == ["assurance", "shock"]


def test_values_outside_what_is_plausible_are_told() -> None:
    scenario = YEAR.with_parameters(staff_turnover=0.9).with_entries(kind="assurance", start_week=3, control_norm=0.05)

    first, second = beyond_plausible(scenario)

    assert first == "staff_turnover is 0.9, outside what is plausible (0.1 to 0.2 per year): a thought experiment."
    assert second.startswith("control_norm is 0.05 in timeline entry 3, outside what is plausible")


def test_appointments_overlap_whatever_their_targets() -> None:
    shape = OrganisationShape(services=2)
    scenario = YEAR.with_entries(kind="appointments", start_week=0).with_entries(
        kind="appointments", start_week=9, target={"services": ["Service 2"]}
    )

    assert len(faults_in(scenario.replace(organisation=shape), generate(shape))) == 1


def test_a_wrong_name_among_very_many_is_told_at_once() -> None:
    scenario = YEAR.with_entries(kind="dialogue", start_week=70, target={"teams": ["Ward 3"]})
    shape = OrganisationShape(services=100, teams=1000, team_size=1)

    (fault,) = faults_in(scenario, generate(shape))
    assert fault.hint.startswith("there are Team 1, Team 2")


@given(scenarios())
@settings(max_examples=30)
def test_sound_scenarios_of_any_make_have_no_faults(scenario: Scenario) -> None:
    assert faults_in(scenario, build_organisation(scenario)) == []


def test_scenarios_of_lessons_are_known_by_their_names() -> None:
    of_lessons = {path.stem for path in (scenarios_folder() / "lessons").glob("*.toml")}
    shipped = {name for name, *_ in shipped_scenarios()}

    assert of_lessons
    assert not of_lessons & shipped
    for name in of_lessons:
        assert load_scenario(name).name == name
    with pytest.raises(InputError, match='did you mean "only-the-departure"'):
        load_scenario("only-the-departur")
