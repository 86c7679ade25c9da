"""Designs: what the sliders allow, and that whatever they allow can be run and costs what they say."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.inputs.scenario.description import build_organisation, faults_in
from sim.lessons.designs import days_of
from sim.room.designs import latest_end, offered, task_of, words_of
from sim.room.plans import SHOCKS, RoundPlan, RoundShock, contexts, happens_anyway, happens_in, scenario_of, with_shocks
from sim.study.programmes import STRANDS, Programme

WEEKS = 416
OFFERS = task_of(RoundPlan(title="A year", scenario="shoestring-year", budget=208)).offers


def task(budget, scenario="shoestring-year"):
    return task_of(RoundPlan(title="A round", scenario=scenario, budget=budget))


@st.composite
def designs(draw):
    """Designs within each strand's limits; together they may cost too much."""
    design = {}
    for name in draw(st.sets(st.sampled_from(list(STRANDS)))):
        shortest, longest = STRANDS[name].weeks
        if longest is None:
            start, end = draw(st.integers(0, WEEKS - 52)), WEEKS
        else:
            length = draw(st.integers(shortest, longest))
            start = draw(st.integers(0, latest_end(name, WEEKS) - length))
            end = start + length
        design[name] = (start, end, draw(st.integers(1, int(OFFERS[name].most_days(start, end)))))
    return design


@given(designs(), st.integers(10, 3000))
def test_a_design_without_faults_is_within_its_budget_and_can_be_run(design, budget):
    faults = task(budget, "two-of-three-leave").faults(design)
    if faults:
        assert days_of(design) > budget or {"training", "top_up"} <= design.keys()
        return
    arm = task(budget, "two-of-three-leave").scenario(design)

    assert faults_in(arm, build_organisation(arm)) == []
    assert arm.cost_by_week(WEEKS).sum() == pytest.approx(days_of(design))
    assert days_of(design) <= budget
    assert (arm.support_end_week or 0) + 4 * 52 < WEEKS or set(design) <= {"training", "top_up"}


spends = st.tuples(*[st.integers(-10, 10_000)] * 3)


@given(st.dictionaries(st.sampled_from([*STRANDS, "gold"]), spends, max_size=6), st.integers(10, 3000))
def test_any_numbers_are_taken_or_refused_in_words(design, budget):
    faults = task(budget).faults(design)
    if not faults:
        task(budget).scenario(design)
    assert all(fault.endswith(".") for fault in faults)


def test_one_day_over_the_budget_is_too_much():
    design = {"coach_seniors": (0, 52, 100), "dialogue": (0, 52, 109)}

    assert task(209).faults(design) == []
    assert task(208).faults(design) == ["That costs 209 days, 1 more than the budget."]


def test_a_top_up_cannot_run_beside_the_training():
    design = {"training": (0, 104, 100), "top_up": (103, WEEKS, 50)}

    assert task(500).faults(design) == [
        "A top-up of facilitators to the end can begin when training internal facilitators ends."
    ]
    assert task(500).faults({**design, "top_up": (104, WEEKS, 50)}) == []


def test_a_team_s_programme_is_the_one_that_a_search_would_make_of_the_same_days():
    design = {"dialogue": (0, 52, 104), "training": (4, 108, 78)}
    entries = {"dialogue": (0, 52, 1.0), "training": (4, 108, 0.5)}
    programme = Programme(entries, 208.0)
    plan = RoundPlan(title="A round", scenario="two-of-three-leave", budget=208)

    assert task_of(plan).scenario(design) == programme.on(scenario_of("two-of-three-leave"))
    assert words_of(design, plan) == programme.parts_in_words()


def test_every_strand_is_offered_with_words():
    told = offered(RoundPlan(title="A year", scenario="shoestring-year", budget=208))

    assert [one["name"] for one in told] == list(STRANDS)
    assert all(one["says"].endswith(".") for one in told)


@pytest.mark.parametrize("kind", SHOCKS)
def test_every_shock_can_happen_to_a_scenario(kind):
    shock = RoundShock(kind=kind, week=SHOCKS[kind][1])
    scenario = scenario_of("shoestring-year")
    shocked = with_shocks(scenario, (shock,))

    assert faults_in(shocked, build_organisation(shocked)) == []
    assert shocked.support_end_week == scenario.support_end_week
    assert shocked.cost_by_week(WEEKS).sum() == scenario.cost_by_week(WEEKS).sum()


@pytest.mark.parametrize("name", contexts())
def test_what_is_done_is_told_without_what_comes_of_it(name):
    lines = happens_in(name)

    assert lines
    assert all(line.endswith(".") for line in lines)
    assert scenario_of(name).story.split(".")[0] not in " ".join(lines)


def test_what_teams_have_to_reckon_with_is_what_happens_and_nothing_that_is_paid_for():
    assert [line.split(",")[0] for line in happens_anyway("internal-capacity")] == ["Leaders leave"]
    assert happens_anyway("shoestring-year") == ()


def test_what_happens_is_told_by_date_where_the_scenario_has_one(monkeypatch):
    dated = scenario_of("shoestring-year").replace(start=date(2027, 4, 1))
    monkeypatch.setattr("sim.room.plans.scenario_of", lambda name: dated)
    happens_in.cache_clear()
    try:
        assert any("from week 0 (1 Apr 2027) to week " in line for line in happens_in("shoestring-year"))
    finally:
        happens_in.cache_clear()
