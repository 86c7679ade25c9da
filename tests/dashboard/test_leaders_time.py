"""How senior leaders spend their time: what they mean to do, what pressure leaves of it, and moving it by hand."""

import numpy as np
import pytest

from sim.base.errors import InputError
from sim.dashboard.leaders_time import SPENT_ON, intended
from sim.dashboard.session import ExploreSession
from sim.engine.recorder import MEASURE_NAMES
from sim.engine.run import prepare
from sim.inputs.organisation import OrganisationShape
from sim.inputs.scenario.description import Scenario

SMALL = Scenario(title="Small", weeks=60, organisation=OrganisationShape(teams=4, team_size=5))
OTHERWISE = SMALL.with_entries(kind="attention", start_week=10, end_week=40, purpose=0.1, staff=0.2, leaders=0.25)
SOME = SMALL.with_entries(
    kind="attention", start_week=0, purpose=0.1, staff=0.2, leaders=0.25, which=(1,), intensity=0.5
)


def meant(scenario: Scenario) -> np.ndarray:
    """Return [n_weeks, 3] of what leaders mean to give."""
    by_week = np.zeros((scenario.weeks, len(SPENT_ON)))
    for week, *shares in intended(prepare(scenario)):
        by_week[int(week) :] = shares[3:]
    return by_week


def given(scenario: Scenario) -> np.ndarray:
    """Return [n_weeks, 3] of what leaders give: the table tells in each row of the week before."""
    columns = [MEASURE_NAMES.index(f"attention_{part}") for part in SPENT_ON]
    return prepare(scenario).simulate(1)[1:, 0, columns]


@pytest.mark.parametrize("scenario", [SMALL, OTHERWISE, SOME], ids=["as usual", "otherwise", "some of them, half-way"])
def test_where_pressure_takes_nothing_leaders_give_what_the_page_says_they_mean(scenario):
    unpressed = scenario.with_parameters(attention_pull=0.0)

    assert given(unpressed) == pytest.approx(meant(unpressed), abs=1e-6)


def test_pressure_leaves_less_of_what_is_meant_beyond_the_usual():
    week = slice(10, 40)

    assert (given(OTHERWISE)[week] < meant(OTHERWISE)[week]).all()
    assert given(OTHERWISE)[:10] == pytest.approx(meant(OTHERWISE)[:10])


def test_what_they_mean_is_told_where_it_changes():
    assert [row[0] for row in intended(prepare(OTHERWISE))] == [0, 10, 40]


def test_moving_the_week_becomes_a_dated_entry_and_moving_it_on_is_one_change():
    session = ExploreSession(SMALL).with_leaders_time(0.1, 0.1, 0.15, 20)
    session = session.with_leaders_time(0.2, 0.1, 0.15, 20)
    (entry,) = session.scenario.timeline

    assert (entry.kind, entry.start_week, entry.end_week, entry.purpose) == ("attention", 20, None, 0.2)
    assert session.undo().scenario == SMALL


def test_what_is_under_way_goes_on_until_then_and_its_end_stays():
    timeline = ExploreSession(OTHERWISE).with_leaders_time(0.0, 0.1, 0.15, 20).scenario.timeline

    assert [(entry.start_week, entry.end_week, entry.purpose) for entry in timeline] == [(10, 20, 0.1), (20, 40, 0.0)]


def test_a_week_that_is_moved_ends_before_leaders_next_mean_to_spend_it_otherwise():
    timeline = ExploreSession(OTHERWISE).with_leaders_time(0.2, 0.1, 0.15, 3).scenario.timeline

    assert [(entry.start_week, entry.end_week) for entry in timeline] == [(10, 40), (3, 10)]


def test_a_week_as_usual_leaves_no_entry_behind():
    session = ExploreSession(SMALL).with_leaders_time(0.2, 0.1, 0.15, 20)

    assert session.with_leaders_time(0.05, 0.1, 0.15, 20).scenario == SMALL


def test_more_than_a_whole_week_is_refused():
    with pytest.raises(InputError, match="add up to 1 at most"):
        ExploreSession(SMALL).with_leaders_time(0.5, 0.4, 0.3, 20)


def test_where_only_some_leaders_spend_it_otherwise_the_timeline_is_the_place_to_change_it():
    with pytest.raises(InputError, match="change that entry on the timeline"):
        ExploreSession(SOME).with_leaders_time(0.1, 0.1, 0.15, 20)
