"""What each is told of a quarter: from the service's own state, in words, and never how safe people feel."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from sim.game.days import Days
from sim.game.opening import new_setup
from sim.game.service import WeeksPlayed
from sim.game.setup import CHAIRS
from sim.game.signals import signals
from sim.game.table import GameTable


@pytest.fixture(scope="module")
def table() -> GameTable:
    table = GameTable(new_setup(seed=4, quarters=4, offer={"quarter": 4, "chairs": (1, 2)}))
    for chair in CHAIRS:
        table.take(chair, "Ann")
    while not table.game.is_over:
        if table.game.offer:
            table.answer({"does": "change"})
        for chair in CHAIRS:
            table.decide(chair, Days.beyond_fixing(together=8, staff=10, leaders=10))
    return table


def with_measure(played: WeeksPlayed, **values: float | Sequence[float]) -> WeeksPlayed:
    """Return a quarter in which some measures were something else, in all its weeks or week by week."""
    content = played.table.copy()
    for name, value in values.items():
        content[:, played.after.prepared.engine.measure_names.index(name)] = value
    return replace(played, table=content)


def of_chair(table: GameTable, chair: int, *played: WeeksPlayed) -> str:
    game = replace(table.game, answer=None)
    return " ".join(signals(game, played)[chair])


def test_nobody_is_told_anything_before_the_first_quarter(table: GameTable) -> None:
    assert signals(table.game, ()) == {1: (), 2: (), 3: ()}


def test_everybody_is_told_something_else(table: GameTable) -> None:
    told = signals(table.game, table.played)

    assert len({*told.values()}) == 3
    assert all(2 <= len(lines) <= 5 for lines in told.values())


def test_how_safe_people_feel_is_never_told(table: GameTable) -> None:
    names = table.played[0].after.prepared.engine.measure_names
    hidden = {name: 0.123 for name in names if name.startswith(("safe", "confident", "efficacy"))}
    otherwise = [with_measure(played, **hidden) for played in table.played]

    assert len(hidden) > 10
    assert signals(table.game, otherwise) == signals(table.game, table.played)


def test_the_medical_director_hears_of_incidents_and_silence(table: GameTable) -> None:
    loud = with_measure(table.played[0], opportunities=100.0, voiced=100.0, learned=50.0)
    quiet = with_measure(table.played[1], opportunities=100.0, voiced=40.0, learned=0.0)

    assert of_chair(table, 1, loud) == (
        "You looked into ten incidents: each time somebody had spoken up before. One in two or so changed anything."
    )
    assert of_chair(table, 1, loud, quiet) == (
        "You looked into ten incidents: in six of them somebody had seen it coming and said nothing. "
        "Fewer concerns came up than in the quarter before. None of them changed anything."
    )


def test_a_change_that_chance_makes_is_no_change(table: GameTable) -> None:
    before = with_measure(table.played[0], voiced=10.0)
    assert "As many concerns came up as" in of_chair(table, 1, before, with_measure(table.played[1], voiced=11.0))
    assert "More concerns came up than" in of_chair(table, 1, before, with_measure(table.played[1], voiced=13.0))


def test_the_operations_director_hears_of_the_list_and_the_letter(table: GameTable) -> None:
    first = with_measure(table.played[0], backlog=np.linspace(0.5, 0.6, 14), pressure=0.4)
    second = with_measure(table.played[1], backlog=np.linspace(0.6, 0.45, 14), pressure=0.5)

    assert "20 % longer" in of_chair(table, 2, first)
    assert "letter from region" in of_chair(table, 2, first)
    told = of_chair(table, 2, first, second)
    assert "10 % shorter" in told
    assert "No letter" in told
    assert "fuller than" in told


def test_the_nurse_director_hears_of_leavers_posts_and_hard_words(table: GameTable) -> None:
    weekly = np.r_[0.0, 1.0, np.zeros(12)]
    hard = with_measure(
        table.played[0],
        staff_leavers=weekly,
        vacant_share=3 / 296,
        punished=2 * weekly,
        cynicism=np.linspace(0, 0.1, 14),
    )
    soft = with_measure(table.played[0], staff_leavers=0.0, vacant_share=0.0, punished=0.0, cynicism=0.1)

    assert of_chair(table, 3, hard) == (
        "One colleague left. Three of 296 posts stand vacant. Twice somebody was told off in the corridor for having "
        'spoken up. "Another programme," somebody said behind you, and others laughed.'
    )
    assert of_chair(table, 3, soft) == "No colleagues left. No of 296 posts stand vacant."


def test_two_who_have_changed_chairs_are_told_what_the_other_was_told(table: GameTable) -> None:
    now, before = (signals(game, table.played) for game in (table.game, replace(table.game, answer=None)))

    assert (now[1], now[2], now[3]) == (before[2], before[1], before[3])


def test_no_signal_has_a_share_in_it(table: GameTable) -> None:
    told = " ".join(line for lines in signals(table.game, table.played).values() for line in lines)

    assert not re.search(r"0\.\d", told)
