"""Designs and the worlds they are run in: one reader, one way to run, for a lesson and for a room."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.inputs.interventions import KINDS
from sim.inputs.scenario.description import Scenario
from sim.lessons.designs import NOTHING_SPENT, DesignError, DesignTask, SpendOption, days_of, read_design
from sim.lessons.front_matter import designed
from sim.lessons.judging import judge
from sim.lessons.worlds import GatheredWorlds, in_pieces, run_worlds
from sim.results.ensemble import run_paired

PLACE = Scenario(title="A place", weeks=60)
TASK = DesignTask(
    PLACE,
    100.0,
    {
        "talks": SpendOption("talks with staff", "dialogue", 2.0, 13, 52, 52, 2.0),
        "training": SpendOption("training", "train_facilitators", 1.5, 13, 52, 52, 3.0),
        "top_up": SpendOption("a top-up", "train_facilitators", 1.5, 26, None, 60, 3.0, after="training"),
    },
)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"talks": [0, 12, 5]}, "Talks with staff takes 13 to 52 weeks, and ends by week 52."),
        ({"talks": [40, 53, 5]}, "Talks with staff takes 13 to 52 weeks, and ends by week 52."),
        ({"talks": [0, 13, 0]}, "Talks with staff takes more than 0 and at most 52 days in so many weeks."),
        ({"talks": [0, 13, 52.5]}, "Talks with staff takes more than 0 and at most 52 days in so many weeks."),
        ({"top_up": [35, 60, 5]}, "A top-up goes on to the end of the run, for at least 26 weeks."),
        ({"talks": [0, 52, 100.5]}, "That costs 100.5 days, 0.5 more than the budget."),
        ({"training": [0, 30, 5], "top_up": [29, 60, 5]}, "A top-up can begin when training ends."),
        ({"gold": [0, 13, 5]}, "There is nothing of that name to spend days on."),
        ({}, NOTHING_SPENT),
    ],
)
def test_what_a_design_breaks_is_said_in_a_sentence(said: Any, sentence: str) -> None:
    with pytest.raises(DesignError) as refused:
        read_design(said, TASK)

    assert refused.value.sentences == (sentence,)


@pytest.mark.parametrize(
    "said", [None, [], "talks", {"talks": 3}, {"talks": [0, 13]}, {"talks": [0, 13, "5"]}, {"talks": [0.5, 13, 5]},
             {"talks": [-1, 13, 5]}, {"talks": [False, 13, 5]}, {"talks": [0, 13, float("nan")]}, {1: [0, 13, 5]}]
)  # fmt: skip
def test_what_is_no_design_is_refused(said: Any) -> None:
    with pytest.raises(DesignError, match="That is no programme"):
        read_design(said, TASK)


@given(st.integers(0, 39), st.integers(13, 52), st.integers(1, 100))
def test_a_design_costs_what_it_says_and_what_it_is_becomes_of_its_place(start: int, weeks: int, days: int) -> None:
    design = {"talks": (start, start + weeks, days)}
    if TASK.faults(design):
        return

    scenario = TASK.scenario(design)

    assert scenario.cost_by_week(60).sum() == pytest.approx(days_of(design))
    assert scenario.baseline() == PLACE.baseline()


@pytest.mark.parametrize("kind", designed())
def test_whatever_a_lesson_may_offer_costs_its_price(kind: str) -> None:
    price = float(KINDS[kind].model_fields["cost_per_week"].default)
    task = DesignTask(PLACE, 100.0, {kind: SpendOption(kind, kind, price, 13, 52, 52, 2.0)})

    scenario = task.scenario({kind: (0, 26, 13 * price)})

    assert scenario.cost_by_week(60).sum() == pytest.approx(13 * price)


def test_worlds_that_are_run_in_pieces_are_those_of_one_run() -> None:
    scenario = TASK.scenario({"talks": (0, 26, 52)})
    pieces = in_pieces([scenario, scenario.baseline(), scenario], 7, 3, 2, ("safe_share", "voiced"))
    gathered = GatheredWorlds(7)
    for piece in pieces:
        gathered.take(piece, run_worlds(piece))

    assert [piece.numbers for piece in pieces] == [(0, 1), (0, 1), (2,), (2,)]
    assert gathered.numbers([scenario, scenario.baseline()]) == (0, 1, 2)
    paired, once = gathered.paired(scenario, scenario.baseline(), (0, 1, 2)), run_paired(scenario, 3, 7)
    for name in ("safe_share", "voiced"):
        assert np.array_equal(paired.arm.series(name), once.arm.series(name))
        assert np.array_equal(paired.baseline.series(name), once.baseline.series(name))
    judged = judge(scenario, paired.judged)
    assert repr(sorted(judged.summary.items())) == repr(sorted(once.summary().items()))


def test_only_worlds_that_all_have_been_through_are_compared() -> None:
    scenario = TASK.scenario({"talks": (0, 26, 52)})
    first, second, *_ = in_pieces([scenario, scenario.baseline()], 7, 2, 1)
    gathered = GatheredWorlds(7)
    gathered.take(first, run_worlds(first))

    assert gathered.numbers([scenario, scenario.baseline()]) == ()
    gathered.take(second, run_worlds(second))
    assert gathered.numbers([scenario, scenario.baseline()]) == (0,)
