"""What stands on the slides. Without a browser and without a web framework."""

from sim.dashboard import catalogue
from sim.dashboard.board import slides
from sim.inputs.scenario.description import Scenario


def test_slides_tell_all_that_is_on_the_timeline_and_what_happens_whatever_is_done():
    scenario = catalogue.shipped("two-of-three-leave")
    told = slides(scenario)["entries"]

    assert len(told) == len(scenario.timeline)
    assert [one["title"] for one in told if not one["is_done"]] == ["Leaders leave"]
    assert told[0]["when"] == "weeks 0 to 52"
    assert told[0]["width"] == 12.5


def test_costs_add_up_and_tell_upkeep_and_leaders_own_time_apart():
    costs = slides(catalogue.shipped("internal-capacity"))["costs"]
    whole, parts = costs[0], [row for row in costs if row[1].startswith("of the paid days")]

    assert whole == ["820", "days of paid support in all, over 416 weeks"]
    assert ["78", "days of paid upkeep a year, for as long as it is to last"] in costs
    assert sum(int(days) for days, _ in parts) == 820
    own = slides(catalogue.shipped("time-while-coached"))["costs"]
    assert ["117", "days of leaders' own time, which nobody pays for"] in own


def test_a_scenario_in_which_nothing_is_done_has_slides_too():
    told = slides(Scenario(title="As it is", weeks=52))
    assert told["entries"] == []
    assert told["costs"] == [["0", "days of paid support in all, over 52 weeks"]]
