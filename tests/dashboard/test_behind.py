"""What is behind a picture: rules, equations and numbers from their declarations; and somebody's week as it was."""

import pytest

from sim.base.errors import InputError
from sim.dashboard.behind import PICTURES, ROWS, behind, week_of
from sim.dashboard.trajectory import SHOWN_MEASURES, STAFF_STATES, charts, simulate
from sim.inputs.organisation import OrganisationShape
from sim.inputs.scenario.description import Scenario
from sim.rulebook.rulebook import RULEBOOK

SMALL = Scenario(title="Small", weeks=40, organisation=OrganisationShape(teams=4, team_size=5))


def test_every_chart_of_the_page_has_something_behind_it_with_the_measures_that_it_draws():
    for chart in charts():
        drawn = {line["measure"].removesuffix("_q") for line in chart["lines"]}

        assert {one["name"] for one in behind(SMALL, chart["key"])["measures"]} == drawn


@pytest.mark.parametrize("name", PICTURES)
def test_the_rules_behind_a_picture_are_those_that_write_what_it_shows(name):
    told = behind(SMALL, name)
    written = {
        path for rule in RULEBOOK.rules if rule.title in [one["title"] for one in told["rules"]] for path in rule.writes
    }

    assert {column["path"] for column in told["columns"]} <= written
    assert all(one["equation"].startswith("<p>") for one in told["rules"])
    assert {one["name"] for one in told["measures"]} <= set(SHOWN_MEASURES)


@pytest.mark.parametrize("colour", STAFF_STATES)
def test_behind_the_network_is_what_its_colours_show(colour):
    assert behind(SMALL, "network", colour)["columns"][0]["path"] == f"staff.{colour}"


def test_numbers_are_those_of_the_scenario_with_how_well_they_are_known():
    (rule,) = behind(SMALL.with_parameters(attention_pull=0.25), "time")["rules"]
    pull = next(one for one in rule["numbers"] if one["name"] == "attention pull")

    assert (rule["title"], pull["value"]) == ("Attention", "0.25")
    assert (pull["unit"], pull["grade"], pull["source"]) == (
        "per unit of pressure",
        "assumption",
        "attention based view",
    )


def test_the_form_in_force_is_told():
    voice = behind(SMALL.replace(rules={"collective_voice": "as_their_mean"}), "leaders")["rules"][0]["forms"]

    assert [one["equation"] for one in voice] == ["M = mean(R)"]


@pytest.mark.parametrize("kind", ROWS)
def test_a_week_is_told_as_the_run_has_it(kind):
    place = 2
    told = {row["path"]: row for row in week_of(SMALL, 1, 20, kind, place)["rows"]}
    run = simulate(SMALL, 1)
    name, part = {
        "person": ("staff.safety", run.states["safety"]),
        "team": ("teams.control", run.team_control),
        "senior": ("seniors.control", run.senior_control),
    }[kind]

    assert [told[name]["before"], told[name]["after"]] == pytest.approx(
        [part[20, place] / 255, part[21, place] / 255], abs=0.003
    )
    assert all(row["rules"] for row in told.values())


@pytest.mark.parametrize(("kind", "place"), [("person", 20), ("team", -1), ("chair", 0)])
def test_a_row_that_is_not_there_is_refused(kind, place):
    with pytest.raises(InputError, match="the week of"):
        week_of(SMALL, 1, 5, kind, place)


def test_a_picture_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="one of main"):
        behind(SMALL, "crystal-ball")
