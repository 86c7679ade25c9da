"""The debrief: what was meant and given, who went back first, and what the twins say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.game.days import Days
from sim.game.debrief import FUNNEL, NORMS, BackToFixing, Debrief, debrief, who_went_back
from sim.game.opening import new_setup
from sim.game.setup import CHAIRS
from sim.game.state import ClosedQuarter, Game
from sim.game.table import GameTable
from sim.game.timeline import held_on, scenario_of, without_exit
from sim.inputs.scenario.files import load_scenario
from sim.results.ensemble import run_paired

MUCH, LITTLE = Days.beyond_fixing(together=12, staff=12, leaders=12), Days.beyond_fixing(together=2, staff=4, leaders=6)


def setup_of_five(**given: object):
    story = load_scenario("shoestring-year").replace(organisation={"teams": 6, "team_size": 6})
    return new_setup(story, **{"quarters": 5, "offer": {"quarter": 4}, "seed": 3, **given})


@pytest.fixture(scope="module")
def table() -> GameTable:
    """A table at which the second goes back to fixing in quarter 3, and the others follow."""
    table = GameTable(setup_of_five())
    for chair in CHAIRS:
        table.take(chair, "Ann")
    while not table.game.is_over:
        if table.game.offer:
            table.answer({"does": "change"})
        for chair, last in zip(CHAIRS, (4, 2, 3), strict=True):
            table.decide(chair, MUCH if table.game.quarter <= last else LITTLE)
    return table


@pytest.fixture(scope="module")
def found(table: GameTable) -> Debrief:
    return debrief(table.game, table.played, worlds=6)


def game_of(*fixing: tuple[float, float, float]) -> Game:
    """Return a game in which the three meant to give so many days to fixing, quarter by quarter."""
    closed = tuple(
        ClosedQuarter(days=tuple(Days(fixing=days, together=65 - days, staff=0, leaders=0) for days in one))
        for one in fixing
    )
    return Game(setup_of_five(quarters=len(fixing)), closed=closed)


def test_who_went_back_first_and_who_followed(table: GameTable) -> None:
    assert who_went_back(table.game) == (BackToFixing(3, 2), BackToFixing(4, 3), BackToFixing(5, 1))


def test_whoever_never_left_fixing_does_not_go_back_to_it() -> None:
    assert who_went_back(game_of((65, 50, 30), (65, 60, 30), (65, 50, 30))) == ()


def test_part_of_a_day_is_no_return() -> None:
    assert who_went_back(game_of((30, 30, 30), (30.5, 30, 31))) == (BackToFixing(2, 3),)


def test_days_are_told_by_person_and_quarter(table: GameTable, found: Debrief) -> None:
    assert [quarter.meant for quarter in found.quarters[2]] == [MUCH, MUCH, LITTLE, LITTLE, LITTLE]
    assert found.quarters[1][2].given == table.played[2].given(1) != MUCH
    assert not any(quarter.by_model for chair in CHAIRS for quarter in found.quarters[chair])


def test_norms_and_funnel_are_those_of_the_quarters(table: GameTable, found: Debrief) -> None:
    assert list(found.norms) == list(NORMS)
    assert list(found.funnel) == list(FUNNEL)
    for part, whole, norm in zip(FUNNEL[1:], FUNNEL[:-1], NORMS[1:], strict=True):
        np.testing.assert_array_equal(found.norms[norm], found.funnel[part] / found.funnel[whole])
    assert found.funnel["voiced"][0] == table.played[0].series("voiced")[1:].sum()


def test_the_first_world_is_the_tables_own(table: GameTable, found: Debrief) -> None:
    own = found.played.ensemble.series("safe_share")[0]

    np.testing.assert_array_equal(own[:14], table.played[0].series("safe_share"))


def test_what_is_left_is_what_run_says_of_the_saved_scenario(table: GameTable, found: Debrief) -> None:
    paired = run_paired(scenario_of(table.game), replicates=6, seed=table.game.setup.seed)

    np.testing.assert_array_equal(found.played.ensemble.weekly, paired.arm.weekly)
    np.testing.assert_array_equal(found.played.nothing.weekly, paired.baseline.weekly)


def test_the_twins_are_the_game_but_for_one_thing(table: GameTable, found: Debrief) -> None:
    assert found.held is not None
    assert found.stayed is not None
    held, stayed = held_on(table.game, 3), without_exit(table.game)

    assert [closed.days for closed in held.closed] == [(MUCH, MUCH, MUCH)] * 5
    assert held.answer == table.game.answer
    assert stayed.closed == table.game.closed
    assert found.held.ensemble.scenario == scenario_of(held)
    assert found.stayed.ensemble.scenario == scenario_of(stayed)
    assert found.held.left.estimate > found.played.left.estimate


def test_without_a_return_or_an_exit_there_are_no_such_twins() -> None:
    game = replace(game_of((30, 30, 30), (30, 30, 30)), answer=None)
    table = GameTable(game.setup)
    table.game = game

    found = debrief(game, table.played, worlds=2)

    assert found.held is None
    assert found.stayed is None
