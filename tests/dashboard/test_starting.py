"""The modelled start beside the survey: like beside like, few answers kept back, drift said as drift."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.dashboard.starting import SMALLEST_GROUP, Start, pieces_for, run_piece, standing, undisturbed, who_is_where
from sim.dashboard.uploads import forget, new_folder
from sim.inputs.imports import Entered
from sim.inputs.scenario.description import Scenario, build_organisation
from sim.inputs.scenario.files import load_scenario, shipped_scenarios
from sim.inputs.tables.survey import AGREES_ABOVE
from sim.results.own_start import start_beside_survey
from tests.unit.inputs.imports.files import csv_of, written

N_TEAMS, SIZE = 6, 15
PEOPLE = csv_of(
    [["id", "team", "service", "role", "staff_group", "name"], ["s", "", "Medicine", "senior_leader", "", "Jane Doe"]]
    + [[f"l{t}", f"T{t}", "Medicine", "team_leader", "", f"Leads {t}"] for t in range(N_TEAMS)]
    + [
        [f"p{t}-{k}", f"T{t}", "Medicine", "staff", "nursing", f"Secret {t} {k}"]
        for t in range(N_TEAMS)
        for k in range(SIZE)
    ]
)
SURVEY = "# scale: 0 to 1\n# scores: means\nteam,safety,respondents\n" + "".join(
    f"T{t},{0.4 + 0.06 * t:g},15\n" for t in range(N_TEAMS)
)


@pytest.fixture(scope="module", name="scenario")
def scenario_fixture():
    folder = new_folder()
    written(folder, people_csv=PEOPLE, survey_csv=SURVEY)
    yield Scenario(title="Ours", weeks=400, tables=str(folder)).with_entries(kind="dialogue", start_week=0, end_week=52)
    forget(folder)


def entered(answered, scores=None, is_share=False, kind="team"):
    scores = scores or [0.4 + 0.06 * t for t in range(len(answered))]
    return [
        Entered(kind, f"T{t}", score, is_share, n, 0.2)
        for t, (n, score) in enumerate(zip(answered, scores, strict=True))
    ]


def starts(scores=None):
    means = np.array([scores or [0.4 + 0.06 * t for t in range(N_TEAMS)]] * 2)
    return [Start(means, means, np.full((2, N_TEAMS), SIZE), np.full(N_TEAMS, 0.2))]


WHERE = {
    "scene": {}, "groups": [], "given_ties": 0, "teams": [f"T{t}" for t in range(N_TEAMS)], "sizes": [SIZE] * N_TEAMS,
    "services": [{"name": "Medicine", "teams": N_TEAMS, "staff": N_TEAMS * SIZE}],
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name, *_ in shipped_scenarios()])
def test_whatever_happens_in_a_story_the_start_is_found_without_it(name):
    assert undisturbed(load_scenario(name)).timeline == ()


def test_all_together_is_what_the_command_tells_of_it_however_few_answered_where(scenario):
    pieces = pieces_for(undisturbed(scenario), 1, AGREES_ABOVE)
    where, *worlds = [run_piece(piece) for piece in pieces]
    shown = standing(where, worlds, entered([30, 15, 15, 15, 10, 10]), SMALLEST_GROUP)
    told = start_beside_survey(build_organisation(scenario))

    assert told.start.n == len(worlds)
    assert shown["all"]["entered"] == pytest.approx(100 * told.entered, abs=0.051)
    assert shown["start"] == pytest.approx(100 * told.start.estimate, abs=0.1)
    assert shown["all"]["start"] == shown["start"]


def test_the_model_starts_where_the_survey_says_and_drift_is_said_apart(scenario):
    pieces = pieces_for(undisturbed(scenario), 1, AGREES_ABOVE)
    assert all(not piece.scenario.timeline and piece.scenario.weeks == 52 for piece in pieces)
    where, *worlds = [run_piece(piece) for piece in pieces[:4]]
    shown = standing(where, worlds, entered([15] * N_TEAMS), SMALLEST_GROUP)

    assert [row["entered"] for row in shown["rows"]] == [40, 46, 52, 58, 64, 70]
    for row in shown["rows"]:
        assert row["start"] == pytest.approx(row["entered"], abs=3)
    now, later = (
        np.mean([np.average(world.means[row], weights=world.present[row]) for world in worlds]) for row in (0, 1)
    )
    assert shown["drift"] == pytest.approx(100 * (later - now), abs=0.1)


def test_the_picture_of_an_organisation_names_nobody(scenario):
    told = str(who_is_where(build_organisation(scenario), "x"))

    assert "T3" in told
    assert "Medicine" in told
    for name in ("Jane Doe", "Secret", "p1-3", "'s'"):
        assert name not in told


def test_shares_are_held_beside_shares():
    per_team = (2, N_TEAMS)
    worlds = [Start(np.full(per_team, 0.9), np.full(per_team, 0.5), np.full(per_team, SIZE), np.full(N_TEAMS, 0.2))]
    shown = standing(WHERE, worlds, entered([20] * N_TEAMS, [0.5] * N_TEAMS, is_share=True), SMALLEST_GROUP)

    assert {row["start"] for row in shown["rows"]} == {50}
    assert shown["funnel"]["spread"] == 50
    half = 100 * 1.96 * 0.5 / math.sqrt(20)
    assert shown["rows"][0]["low"] == pytest.approx(50 - half, abs=0.06)


def test_means_are_judged_by_how_far_people_differ():
    shown = standing(WHERE, starts(), entered([25] * N_TEAMS), SMALLEST_GROUP)

    assert shown["all"]["entered"] == 55
    assert shown["funnel"] == {"centre": 55.0, "spread": 20.0, "limits": [1.96, 3.09], "most": 25}
    assert [row["verdict"] for row in shown["rows"]] == [
        "more than chance", "perhaps more than chance", "as chance would have it", "as chance would have it",
        "perhaps more than chance", "more than chance",
    ]  # fmt: skip


def test_scores_of_services_are_shown_where_there_are_none_of_teams():
    one = [Entered("service", "Medicine", 0.6, False, 80, math.nan)]
    shown = standing(WHERE, starts([0.5] * N_TEAMS), one, SMALLEST_GROUP)

    assert (shown["unit"], [row["name"] for row in shown["rows"]]) == ("service", ["Medicine"])
    both = standing(WHERE, starts(), [*entered([20] * N_TEAMS), *one], SMALLEST_GROUP)
    assert (both["unit"], both["n_other"]) == ("team", 1)


def test_without_a_survey_there_is_a_start_and_no_funnel():
    shown = standing(WHERE, starts([0.5] * N_TEAMS), [], SMALLEST_GROUP)

    assert (shown["start"], shown["funnel"], shown["rows"], shown["all"]) == (50, None, [], None)


def test_of_too_few_answers_in_all_nothing_is_told():
    shown = standing(WHERE, starts(), entered([3, 4, 2]), SMALLEST_GROUP)

    assert [shown[key] for key in ("start", "drift", "all", "rest", "rows", "funnel")] == [
        None,
        None,
        None,
        None,
        [],
        None,
    ]


@given(st.lists(st.integers(0, 40), max_size=N_TEAMS), st.integers(5, 30))
@settings(deadline=None)
def test_no_group_with_few_answers_is_shown_or_can_be_told_from_the_total(answered, smallest):
    scores = entered(answered)
    shown = standing(WHERE, starts(), scores, smallest)
    told = {one.name: one.answered or SIZE for one in scores}
    seen = {row["name"] for row in shown["rows"]}
    back = [n for name, n in told.items() if name not in seen]

    assert all(row["answered"] >= smallest for row in shown["rows"])
    assert shown["n_kept_back"] == len(back) or shown["all"] is None
    if shown["all"] is not None and back:
        assert sum(back) >= smallest
        assert len(back) > 1 or len(told) == 1
    if shown["rest"] is not None:
        assert shown["rest"]["answered"] == sum(back) >= smallest
