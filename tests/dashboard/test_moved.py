"""What moved how safe people feel: parts that add up, from the rules themselves."""

import pytest

from sim.dashboard.moved import CAME_AND_WENT, MOVERS, WEEKS, moved
from sim.engine.recorder import MEASURE_NAMES
from sim.engine.run import prepare
from sim.inputs.organisation import OrganisationShape
from sim.inputs.scenario.description import Scenario
from sim.rules.turnover import RULE as TURNOVER

SMALL = (
    Scenario(title="Small", weeks=60, organisation=OrganisationShape(teams=4, team_size=6))
    .with_parameters(staff_turnover=0.6)
    .with_entries(kind="dialogue", start_week=0, end_week=30)
)
ROUNDING = 0.005 * (len(MOVERS) + 4)


@pytest.mark.parametrize("week", [5, 20, 60])
def test_the_parts_add_up_to_what_the_run_itself_says(week):
    told = moved(SMALL, 3, week)
    safety = 100 * prepare(SMALL).simulate(3)[:, 0, MEASURE_NAMES.index("safety")]

    assert (told["first"], told["week"]) == (max(0, week - WEEKS), week)
    assert [told["before"], told["after"]] == pytest.approx([safety[told["first"]], safety[week]], abs=0.005)
    assert sum(part for _, part in told["parts"]) == pytest.approx(told["after"] - told["before"], abs=ROUNDING)


def test_without_any_of_them_nobody_is_moved():
    off = {name: 0.0 for names in MOVERS.values() for name in names}
    staying = {name: value for name, value in TURNOVER.off.items() if name.endswith("_turnover")}
    told = moved(SMALL.with_parameters(**off, **staying), 3, 40)

    assert told["before"] == told["after"]
    assert {part for _, part in told["parts"]} == {0.0}


def test_bad_pulls_down_good_lifts_and_turnover_has_a_part_of_its_own():
    parts = dict(moved(SMALL, 3, 30)["parts"])

    assert parts["Being ignored"] < 0 < parts["Being heard, and learning from it"]
    assert parts["Being punished for speaking up"] <= 0
    assert parts[CAME_AND_WENT] != 0
    assert dict(moved(SMALL.with_parameters(leader_effect=0.0), 3, 30)["parts"])["How team leaders lead"] == 0


def test_at_the_start_nothing_has_moved_yet_and_after_the_end_it_is_the_end():
    assert {part for _, part in moved(SMALL, 3, 0)["parts"]} == {0.0}
    assert moved(SMALL, 3, 10_000) == moved(SMALL, 3, 60)
