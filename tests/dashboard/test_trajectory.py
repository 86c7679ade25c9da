"""Simulating ahead: the same run as everywhere else, in bytes that a browser can undo."""

import base64
import zlib

import numpy as np
import pytest

from sim.dashboard import catalogue
from sim.dashboard.glossary import GLOSSARY
from sim.dashboard.recorder import STATE_NAMES
from sim.dashboard.session import ExploreSession
from sim.dashboard.shared import organisation_of
from sim.dashboard.trajectory import SHOWN_MEASURES, STAFF_STATES, charts, pack, simulate, simulate_weekly
from sim.dashboard.views import future, scene
from sim.engine.recorder import MEASURE_NAMES
from sim.engine.run import prepare
from sim.engine.ties import standing_pairs
from sim.inputs.organisation import OrganisationShape
from sim.inputs.scenario.description import Scenario

SMALL = (
    Scenario(title="Small", weeks=60, organisation=OrganisationShape(teams=4, team_size=5))
    .with_parameters(staff_turnover=1.0)
    .with_entries(kind="dialogue", start_week=0, end_week=30)
)


@pytest.fixture(scope="module", name="trajectory")
def trajectory_fixture():
    return simulate(SMALL, seed=3, states=tuple(STAFF_STATES))


def test_stepping_week_by_week_gives_the_same_bits_as_any_run(trajectory):
    assert np.array_equal(trajectory.weekly, prepare(SMALL).simulate(3)[:, 0], equal_nan=True)
    assert np.array_equal(trajectory.weekly, simulate_weekly(SMALL, 3), equal_nan=True)


@pytest.mark.parametrize("states", [("safety",), ("capability", "aim", "safety"), ()])
def test_any_states_are_recorded_as_they_are_among_all(trajectory, states):
    some = simulate(SMALL, seed=3, states=states)

    assert list(some.states) == list(states)
    assert all(np.array_equal(some.states[name], trajectory.states[name]) for name in states)
    assert np.array_equal(some.events, trajectory.events)
    assert np.array_equal(some.weekly, trajectory.weekly, equal_nan=True)


def test_all_states_of_the_recorder_have_words():
    assert set(STAFF_STATES) == set(STATE_NAMES)


def test_bytes_say_the_mean_that_the_weekly_table_says(trajectory):
    somebody = trajectory.events & 32 == 0
    from_bytes = trajectory.states["safety"].mean(axis=1, where=somebody) / 255

    assert not somebody.all()
    assert from_bytes == pytest.approx(trajectory.series("safety"), abs=0.5 / 255)


def test_events_count_the_opportunities_of_the_week_before(trajectory):
    opportunities = (trajectory.events[1:] & 7 > 0).sum(axis=1)

    assert opportunities.tolist() == trajectory.series("opportunities")[1:].tolist()


def test_whoever_leaves_leaves_a_vacant_seat_and_whoever_is_new_takes_one(trajectory):
    vacant = trajectory.events & 32 > 0
    leavers = (vacant[1:] & ~vacant[:-1]).sum(axis=1)

    assert leavers.tolist() == trajectory.series("staff_leavers")[1:].tolist()
    assert np.array_equal(trajectory.events[1:] & 8 > 0, vacant[:-1] & ~vacant[1:])


def test_nobody_in_a_vacant_seat_can_facilitate(trajectory):
    vacant, facilitates = trajectory.events & 32 > 0, trajectory.events & 16 > 0

    assert vacant.mean(axis=1) == pytest.approx(trajectory.series("vacant_share"))
    assert not (vacant & facilitates).any()


def test_a_browser_can_undo_the_packing(trajectory):
    packed = pack(trajectory)
    content = np.frombuffer(zlib.decompress(base64.b64decode(packed["bytes"])), dtype=np.uint8)
    width = dict(packed["parts"])["state.safety"]
    differences = content[: packed["rows"] * width].reshape(-1, width)

    assert np.array_equal(np.cumsum(differences, axis=0, dtype=np.uint8), trajectory.states["safety"])


def test_shown_measures_travel_as_they_are(trajectory):
    numbers = np.frombuffer(base64.b64decode(pack(trajectory)["weekly"]), dtype="<f4").reshape(len(SHOWN_MEASURES), -1)

    assert numbers[SHOWN_MEASURES.index("safe_share")] == pytest.approx(trajectory.series("safe_share"))
    assert set(SHOWN_MEASURES) <= set(MEASURE_NAMES)


def test_parts_that_are_not_asked_for_do_not_travel(trajectory):
    packed = pack(trajectory, keep=lambda name: name == "events")

    assert [name for name, _ in packed["parts"]] == ["events"]


def test_a_change_from_a_week_on_leaves_the_weeks_before_untouched(trajectory):
    changed = simulate(SMALL.with_entries(kind="shock", start_week=40, end_week=50), seed=3)

    assert np.array_equal(changed.states["safety"][:41], trajectory.states["safety"][:41])
    assert not np.array_equal(changed.states["safety"][45:], trajectory.states["safety"][45:])


@pytest.mark.parametrize("name", [name for name, _ in catalogue.choices()])
def test_a_past_that_several_futures_share_gives_each_the_bits_of_a_run_of_its_own(name):
    scenario = catalogue.shipped(name)
    changed = [
        ExploreSession(scenario).with_lever("staff_turnover", 0.3, 60).scenario,
        ExploreSession(scenario).with_lever("control_norm", 0.45, 0).scenario,
    ]
    for future_of in (scenario, scenario.baseline(), *changed):
        alone = prepare(future_of, organisation_of(future_of)).simulate(2)[:, 0]

        assert np.array_equal(simulate(future_of, 2).weekly, alone, equal_nan=True)
        assert np.array_equal(simulate_weekly(future_of, 2), alone, equal_nan=True)


def test_charts_draw_the_measures_that_say_so_in_the_order_of_their_colours():
    drawn = {chart["key"]: [line["measure"] for line in chart["lines"]] for chart in charts()}

    assert drawn == {
        "norms": ["aim_high", "feel_safe_q", "team_up_q", "fail_well_q", "learn_fast_q"],
        "leaders": ["senior_leader_control", "team_leader_control", "coherence"],
        "pressure": ["pressure_q", "backlog", "learning_stock"],
        "mass": ["facilitation", "capability", "embedded_share"],
    }
    assert {name.removesuffix("_q") for names in drawn.values() for name in names} <= set(SHOWN_MEASURES)
    assert all(line["term"] in GLOSSARY for chart in charts() for line in chart["lines"])


def test_links_between_teams_carry_the_ties_of_their_people_each_two_teams_once():
    organisation = organisation_of(SMALL)
    links = scene(organisation, "small")["links"]
    ends, _ = standing_pairs(organisation)

    assert all(one < other for one, other, _ in links)
    assert len({(one, other) for one, other, _ in links}) == len(links)
    assert sum(weight for *_, weight in links) == len(ends)


def test_a_committee_brings_links_of_its_own_while_it_meets():
    (committee,) = future(SMALL.with_entries(kind="committee", start_week=5, end_week=20, members=4), 1)["committees"]
    team_of = organisation_of(SMALL).team_of_staff()

    assert (committee["start"], committee["end"]) == (5, 20)
    assert {team for one, other, _ in committee["links"] for team in (one, other)} <= set(
        team_of[committee["members"]].tolist()
    )
    assert committee["links"]
