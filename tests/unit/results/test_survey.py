"""The staff survey: who answers, what they say, and what is reported."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.base.errors import InputError
from sim.engine.run import prepare
from sim.engine.state import copy_world
from sim.inputs.organisation import STAFF_GROUP_NAMES, OrganisationShape
from sim.inputs.scenario.description import Scenario
from sim.results.survey import CENSUS, ITEMS, NOT_ASKED, SurveyDesign, ask, ask_every_year, scale_point
from sim.rulebook.columns import StaffColumns

LARGE = prepare(Scenario(title="Large", weeks=104, organisation=OrganisationShape(teams=200, team_size=20)))
SMALL = prepare(Scenario(title="Small", weeks=104, organisation=OrganisationShape(teams=5, team_size=8)))


def test_a_census_finds_the_share_that_the_weekly_measures_tell() -> None:
    table = SMALL.simulate(seed=3)

    surveys = ask_every_year(SMALL, seed=3)

    assert [survey.result("safe").agree for survey in surveys] == table[[0, 52, 104], 0, 0].tolist()
    assert [survey.result("addressed").agree for survey in surveys] == table[[0, 52, 104], 0, 1].tolist()


def test_a_survey_changes_nothing() -> None:
    world, key = SMALL.start(seed=1)
    before = copy_world(world)

    ask(world, key, 0, SurveyDesign(candour=2.0, wavering=1.0))

    assert (world.staff.as_records() == before.staff.as_records()).all()


def test_the_same_week_gives_the_same_answers_and_another_week_others() -> None:
    world, key = SMALL.start(seed=1)
    design = SurveyDesign()

    first, again, later = (ask(world, key, week, design).answers for week in (0, 0, 1))

    assert (first == again).all()
    assert (first != later).any()


def test_groups_answer_at_their_rates() -> None:
    """The share of 4,000 people lies within four standard errors; a false alarm comes once in 3,000 tests a group."""
    world, key = LARGE.start(seed=1)
    design = SurveyDesign(response_rate=(0.2, 0.4, 0.6, 0.8, 1.0))

    results = ask(world, key, 0, design).by_staff_group()

    for result, rate in zip(results, design.response_rate, strict=True):
        error = np.sqrt(rate * (1 - rate) / result.asked)
        assert abs(result.answered / result.asked - rate) <= 4 * error
    assert [result.group for result in results] == list(STAFF_GROUP_NAMES)


def test_if_the_safe_answer_more_readily_the_survey_flatters() -> None:
    world, key = LARGE.start(seed=1)
    truth = ask(world, key, 0, CENSUS).result().agree

    found = ask(world, key, 0, SurveyDesign(response_rate=(0.5,) * 5, candour=3.0)).result().agree

    assert found is not None
    assert truth is not None
    assert found > truth + 0.05


def test_wavering_moves_answers_and_not_their_middle() -> None:
    world, key = LARGE.start(seed=1)
    steady, wavering = (
        ask(world, key, 0, SurveyDesign((1.0,) * 5, wavering=spread)).answers[0] for spread in (0.0, 0.5)
    )

    assert (steady != wavering).mean() > 0.3
    assert abs(steady.mean() - wavering.mean()) < 0.1


def test_too_few_answers_are_kept_back() -> None:
    world, key = SMALL.start(seed=1)
    survey = ask(world, key, 0, SurveyDesign(response_rate=(1.0,) * 5, smallest_group=11))

    results = survey.by_staff_group()

    assert [result.agree is None for result in results] == [result.answered < 11 for result in results]
    assert any(result.agree is None for result in results)
    assert survey.result().agree is not None


def test_nobody_is_reported_where_nobody_answers() -> None:
    world, key = SMALL.start(seed=1)

    survey = ask(world, key, 0, SurveyDesign(response_rate=(0.0,) * 5, smallest_group=1))

    assert survey.response_rate == 0
    assert survey.result().agree is None


@given(felt=st.floats(0, 1))
def test_people_agree_from_three_and_a_half_points_on(felt: float) -> None:
    point = int(scale_point(np.array([felt]))[0])

    assert 1 <= point <= 5
    assert (point >= 4) == (felt > 0.625)


@given(
    rates=st.lists(st.floats(), max_size=7).map(tuple),
    candour=st.floats(),
    wavering=st.floats(),
    smallest=st.integers(-5, 50),
)
def test_a_design_is_taken_or_refused_with_every_fault(
    rates: tuple[float, ...], candour: float, wavering: float, smallest: int
) -> None:
    is_sound = len(rates) == 5 and all(0 <= rate <= 1 for rate in rates)
    is_sound = is_sound and np.isfinite(candour) and 0 <= wavering < np.inf and smallest >= 1

    if is_sound:
        SurveyDesign(rates, candour, wavering, smallest)
    else:
        with pytest.raises(InputError, match="wanted"):
            SurveyDesign(rates, candour, wavering, smallest)


@given(candour=st.floats(-50, 50), wavering=st.floats(0, 10))
def test_any_sound_design_gives_answers_on_the_scale(candour: float, wavering: float) -> None:
    world, key = SMALL.start(seed=1)

    answers = ask(world, key, 0, SurveyDesign(candour=candour, wavering=wavering)).answers

    assert answers.shape == (len(ITEMS), world.staff.n_seats)
    assert ((answers >= NOT_ASKED) & (answers <= 5)).all()
    assert ((answers[0] == 0) == (answers[1] == 0)).all()


def test_vacant_posts_are_neither_asked_nor_counted() -> None:
    world, key = SMALL.start(seed=1)
    vacant = np.zeros(world.staff.n_seats)
    vacant[[0, 3, 7]] = 4.0
    nobody, some = (SimpleNamespace(staff=Staff(world.staff, weeks)) for weeks in (0 * vacant, vacant))

    full, survey = (ask(one, key, 0) for one in (nobody, some))

    assert survey.result().asked == full.result().asked - 3
    assert survey.response_rate == 1.0
    assert (survey.answers[:, [0, 3, 7]] == NOT_ASKED).all()
    assert sum(result.asked for result in survey.by_staff_group()) == full.result().asked - 3


class Staff:
    """The staff of a world, with posts that are vacant for some weeks."""

    def __init__(self, staff: StaffColumns, vacant_weeks: np.ndarray) -> None:
        self.staff, self.vacant_weeks, self.n_seats = staff, vacant_weeks, staff.n_seats
        self._fields = (*staff._fields, "vacant_weeks")

    def __getitem__(self, name: str) -> np.ndarray:
        return self.vacant_weeks if name == "vacant_weeks" else self.staff[name]
