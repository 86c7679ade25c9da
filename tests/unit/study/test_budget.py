"""The budget: programmes of equal cost, searched with a fixed seed, judged on fresh chance events."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.base.errors import InputError
from sim.inputs.scenario.description import Scenario, faults_in
from sim.plots import LIGHT, figure_bytes
from sim.plots.budget_picture import draw_budget
from sim.study.budget import search_budget
from sim.study.programmes import HIGHEST_INTENSITY, choices, programme_from, without_support
from sim.study.store_runner import RunOptions

BOX = choices()
SMALL = Scenario(name="small", title="Small", weeks=416).replace(organisation={"teams": 3, "team_size": 4})
LEAVING = SMALL.with_entries(kind="leaders_leave", week=58, how_many=2).with_entries(kind="dialogue", start_week=0)


def in_box() -> st.SearchStrategy[dict[str, float]]:
    return st.fixed_dictionaries({name: st.floats(*side) for name, side in BOX.items()})


@given(point=in_box(), budget=st.floats(20.0, 1000.0))
def test_every_programme_costs_the_budget_unless_no_more_can_be_bought(point: dict[str, float], budget: float) -> None:
    programme = programme_from(point, budget, weeks=416)

    spent = sum(programme.spent().values())

    assert spent <= budget * (1 + 1e-9)
    is_full = any(intensity == HIGHEST_INTENSITY for _, _, intensity in programme.entries.values())
    assert spent == pytest.approx(budget) or is_full


@given(point=in_box(), budget=st.floats(20.0, 1000.0))
def test_every_programme_is_a_sound_scenario_that_costs_what_it_says(point: dict[str, float], budget: float) -> None:
    programme = programme_from(point, budget, weeks=416)

    scenario = programme.on(LEAVING)

    assert faults_in(scenario, scenario_organisation()) == []
    assert scenario.cost_by_week(416).sum() == pytest.approx(sum(programme.spent().values()))
    assert scenario.timeline[0].kind == "leaders_leave"


def scenario_organisation():
    from sim.inputs.scenario.description import build_organisation

    return build_organisation(SMALL)


def test_what_happens_stays_and_what_is_paid_for_goes() -> None:
    assert [entry.kind for entry in without_support(LEAVING).timeline] == ["leaders_leave"]


def test_the_same_seed_finds_the_same_programmes() -> None:
    first, second = (
        search_budget(
            LEAVING, [100.0], trials=10, replicates=2, judged_replicates=4, options=RunOptions(workers=workers)
        )
        for workers in (1, 2)
    )

    assert first.to_frame().equals(second.to_frame())
    assert first.in_words() == second.in_words()


def test_the_answer_has_a_front_runners_up_and_a_picture() -> None:
    answer = search_budget(
        LEAVING, [200.0, 50.0], trials=10, replicates=2, judged_replicates=4, options=RunOptions(workers=1)
    )

    frame, words = answer.to_frame(), answer.in_words()

    assert frame.budget.is_monotonic_increasing
    assert ((frame.lasts_low <= frame.lasts) & (frame.lasts <= frame.lasts_high)).all()
    assert "With 50 days of paid support: it lasts in" in words
    assert "Runner-up" in words
    assert figure_bytes(draw_budget(frame, title="T"), "png", LIGHT).startswith(b"\x89PNG")
    better = [one.lasts.estimate for one in answer.front()]
    assert better == sorted(set(better))


def test_a_budget_of_nothing_and_a_run_too_short_are_told() -> None:
    with pytest.raises(InputError, match="above 0"):
        search_budget(SMALL, [0.0])
    with pytest.raises(InputError, match="396 weeks or more"):
        search_budget(SMALL.replace(weeks=100), [10.0])
