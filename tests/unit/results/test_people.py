"""Weekly data of persons and teams."""

from __future__ import annotations

import numpy as np
import pytest

from sim.base.errors import InputError
from sim.engine.mesa_model import CultureModel, StaffMember
from sim.inputs.scenario.description import Scenario
from sim.results.ensemble import run_ensemble
from sim.results.people import run_people

SMALL = Scenario(title="Small", weeks=12, organisation={"teams": 4, "team_size": 5})


def test_people_live_the_weeks_of_the_ensemble() -> None:
    people = run_people(SMALL, columns=["tenure_weeks", "safety"], replicates=[2, 5], seed=7)
    safety = people[people["in_post"]].groupby(["replicate", "week"])["safety"].mean().to_numpy().reshape(2, 13)

    ensemble = run_ensemble(SMALL, replicates=[2, 5], seed=7)
    np.testing.assert_allclose(safety, ensemble.series("safety"), rtol=1e-12)


def test_a_person_is_that_of_the_stepped_model() -> None:
    people = run_people(SMALL, seed=7)
    model = CultureModel(SMALL, rng=7)
    model.run_for(9)

    row = people[(people["week"] == 9) & (people["number"] == 13)].iloc[0]
    person = list(model.agents_by_type[StaffMember])[13]
    assert (row["name"], row["team"], row["staff_group"]) == (person.name, person.team, person.staff_group.name.lower())
    assert (row["safety"], row["habit_voice"], row["tenure_weeks"]) == (
        person.safety, person.habit_voice, person.tenure_weeks,
    )  # fmt: skip


def test_a_team_has_its_leaders_columns_and_the_means_of_its_members() -> None:
    teams = run_people(SMALL, "teams", ["control", "safety"], every_weeks=4)
    people = run_people(SMALL, "staff", ["safety"], every_weeks=4)
    assert not people["in_post"].all()
    people = people[people["in_post"]]

    assert teams["week"].unique().tolist() == people["week"].unique().tolist() == [0, 4, 8, 12]
    means = people.groupby(["week", "team"])["safety"].mean().to_numpy()
    np.testing.assert_allclose(teams["safety"], means, rtol=1e-12)
    assert teams["control"].between(0, 1).all()


@pytest.mark.parametrize("of", ["seniors", "services"])
def test_leaders_and_services_have_rows_too(of: str) -> None:
    frame = run_people(SMALL, of)
    assert len(frame) == 13 * {"seniors": 3, "services": 1}[of]
    assert not frame.isna().any().any()


def test_all_unknown_columns_are_told() -> None:
    with pytest.raises(InputError) as raised:
        run_people(SMALL, columns=["safetyy", "aim", "colour"])
    first, second = raised.value.faults
    assert 'did you mean "safety"' in str(first)
    assert 'got "colour"' in str(second)


def test_an_unknown_group_is_refused() -> None:
    with pytest.raises(InputError, match="one of staff, teams, seniors, services, got 'people'"):
        run_people(SMALL, "people")


def test_people_of_a_dated_scenario_have_dates_and_the_burn_in_that_was_asked_for() -> None:
    people = run_people(SMALL.replace(start="2027-04-01"), "teams", seed=7)
    short = run_people(SMALL, "teams", seed=7, burn_in_weeks=10)

    assert str(people[people["week"] == 12]["date"].iloc[0].date()) == "2027-06-24"
    assert not np.array_equal(short["control"], people["control"])
