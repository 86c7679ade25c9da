"""A table of three: what may happen, what a quarter does, and that nothing else matters."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from sim.base.errors import InputError
from sim.engine.run import prepare
from sim.game import moves
from sim.game.days import DAYS, Days
from sim.game.opening import new_setup
from sim.game.service import Service
from sim.game.setup import CHAIRS, Setup
from sim.game.state import Game, GameEvent, opened
from sim.game.table import GameTable
from sim.game.timeline import held_on, scenario_of, without_exit
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import load_scenario, write_scenario

QUARTERS = 4


def small_setup(**given: object) -> Setup:
    story = load_scenario("shoestring-year").replace(organisation={"teams": 4, "team_size": 5})
    fields = {"quarters": QUARTERS, "seed": 7, "cards": {2: "winter", 3: "region", 4: "inspection"}}
    return new_setup(story, **{**fields, "offer": {"quarter": 3, "chairs": (1, 3)}, **given})


def days_of(chair: int, quarter: int) -> Days:
    """Return days that are different for everybody in each quarter."""
    return Days.beyond_fixing(together=3 + 2 * quarter, staff=4 + chair, leaders=2 * chair + quarter)


def played(table: GameTable, order: Sequence[int] = CHAIRS, does: str = "leave") -> GameTable:
    """Play a table to its end, everybody deciding in the same order."""
    for chair in order:
        if table.game.players[chair - 1] is None:
            table.take(chair, f"Player {chair}")
    while not table.game.is_over:
        if table.game.offer:
            table.answer({"does": does, "styles": (0.5, None)})
        quarter = table.game.quarter
        for chair in order:
            if table.game.quarter == quarter and table.game.decided[chair - 1] is None:
                table.decide(chair, days_of(chair, quarter))
    return table


def series(table: GameTable) -> np.ndarray:
    """Return [n_weeks + 1, n_measures], all that the game has made of its service."""
    parts = [*table.played, table.service.afterwards(table.game)]
    return np.concatenate([parts[0].table[:1], *[part.table[1:] for part in parts]])


@pytest.mark.parametrize("does", ["leave", "change"])
def test_a_saved_game_runs_to_the_same_bits(does: str, tmp_path: Path) -> None:
    table = played(GameTable(small_setup()), does=does)
    file = tmp_path / "our-game.toml"
    write_scenario(scenario_of(table.game), file)

    run = prepare(load_scenario(file)).simulate(table.game.setup.seed)

    np.testing.assert_array_equal(run[:, 0], series(table))


def test_the_order_in_which_decisions_arrive_does_not_matter() -> None:
    first, *others = [played(GameTable(small_setup()), order) for order in permutations(CHAIRS)]

    for other in others:
        assert other.game == first.game
        np.testing.assert_array_equal(series(other), series(first))


def test_after_every_event_a_table_that_is_resumed_goes_on_as_if_nothing_had_happened() -> None:
    events: list[GameEvent] = []
    whole = played(GameTable.opened(small_setup(), events.append))

    for n_kept in range(1, len(events) + 1):
        resumed = played(GameTable.resumed(events[:n_kept]))
        assert scenario_of(resumed.game).digest() == scenario_of(whole.game).digest()
    np.testing.assert_array_equal(series(resumed), series(whole))


def test_a_service_that_is_asked_of_a_twin_in_between_gives_what_a_fresh_one_gives() -> None:
    table = played(GameTable(small_setup()))
    before = series(table)
    twin = held_on(table.game, 3)

    of_the_twin = table.service.quarters(twin)
    fresh = Service(table.game.setup).quarters(twin)

    np.testing.assert_array_equal(of_the_twin[-1].table, fresh[-1].table)
    np.testing.assert_array_equal(series(table), before)


def test_a_quarter_that_was_not_decided_otherwise_is_not_changed_by_later_ones() -> None:
    table = played(GameTable(small_setup()))
    game = Game.of([opened(small_setup())])
    first = Service(game.setup).quarters(Game(game.setup, closed=table.game.closed[:1]))[0]

    np.testing.assert_array_equal(table.played[0].table, first.table)
    np.testing.assert_array_equal(table.played[0].attention, first.attention)


def test_what_is_given_is_what_pressure_has_left() -> None:
    table = played(GameTable(small_setup()))
    usual = Days.usual(table.game.setup.base.parameters)

    for closed, weeks in zip(table.game.closed, table.played, strict=True):
        for chair in CHAIRS:
            meant, given = closed.days[chair - 1], weeks.given(chair)
            assert sum(given.all) == pytest.approx(DAYS)
            for intended, left, as_usual in zip(meant.all[1:], given.all[1:], usual.all[1:], strict=True):
                assert as_usual <= left <= intended if intended > as_usual else left == pytest.approx(intended)


def test_somebody_may_give_nothing_to_fixing() -> None:
    """What is given adds up to a quarter but for rounding; none of it is below 0."""
    table = GameTable(small_setup(quarters=2, offer=None))
    table.take(1, "Ann")
    for together in (21.7, 0.1):
        table.decide(1, Days.beyond_fixing(together, 20.1, DAYS - 20.1 - together))

    assert [min(played.given(1).all) >= 0 for played in table.played] == [True, True]


def test_time_together_counts_for_a_pair_as_far_as_both_give_it() -> None:
    """Whoever gives many days alone shares no more purpose with the others than if nobody gave any."""
    setup = small_setup(quarters=2, cards={}, offer=None)
    story = setup.base.without("coach_senior_leaders")
    setup = setup.model_copy(update={"base": story})
    alone, none = Days.beyond_fixing(30, 6.5, 9.75), Days.beyond_fixing(0, 6.5, 9.75)

    def purpose_of(*three: Days) -> np.ndarray:
        table = GameTable(setup)
        for chair in CHAIRS:
            table.take(chair, "Ann")
        for chair, days in zip(CHAIRS, three, strict=True):
            table.decide(chair, days)
        return table.played[0].after.world.pairs["purpose"]

    both, one, nobody = purpose_of(alone, alone, none), purpose_of(alone, none, none), purpose_of(none, none, none)

    assert both[0] > one[0]  # of chairs 1 and 2
    assert (one <= nobody).all()  # pressure wears it down, and somebody does less about that


def test_nobody_leaves_a_chair_by_chance_while_the_game_is_played() -> None:
    story = load_scenario("shoestring-year").with_parameters(senior_leader_turnover=1.0)
    small = story.replace(organisation={"teams": 4, "team_size": 5})
    table = played(GameTable(new_setup(small, quarters=2, cards={}, offer=None)))

    leavers = [played.series("senior_leader_leavers")[1:].sum() for played in table.played]

    assert leavers == [0.0, 0.0]
    assert table.service.afterwards(table.game).series("senior_leader_leavers").sum() > 0


def test_a_game_begins_with_everybody_in_a_chair() -> None:
    seeds = range(1, 12)
    setups = [small_setup(seed=seed) for seed in seeds]

    assert [setup.seed for setup in setups] == sorted(setup.seed for setup in setups) != list(seeds)
    for setup in setups:
        assert (Service(setup).start.world.seniors["weeks_in_post"] >= 0).all()


def test_who_follows_has_the_style_that_was_said() -> None:
    table = GameTable(small_setup())
    for chair in CHAIRS:
        table.take(chair, "Ann")
    while not table.game.is_over:
        if table.game.offer:
            table.answer({"does": "leave", "styles": (0.21, 0.84)})
        for chair in CHAIRS:
            table.decide(chair, days_of(chair, 1))

    assert table.played[2].after.world.seniors["disposition"][[0, 2]].tolist() == [0.21, 0.84]


def test_two_who_change_chairs_keep_their_style_and_are_told_what_the_other_was_told() -> None:
    table = played(GameTable(small_setup()), does="change")
    before, after = (played.after.world.seniors["disposition"] for played in table.played[1:3])

    assert before.tolist() == after.tolist()
    assert [table.game.title(chair) for chair in CHAIRS] == [
        "Nurse Director",
        "Operations Director",
        "Medical Director",
    ]
    assert [GameTable(small_setup()).game.role(chair) for chair in CHAIRS] == [1, 2, 3]


def test_without_the_exit_nobody_is_called_away_and_the_past_is_the_same() -> None:
    table = played(GameTable(small_setup()))
    twin = Service(table.game.setup).quarters(without_exit(table.game))

    np.testing.assert_array_equal(twin[1].table, table.played[1].table)
    assert not np.array_equal(twin[2].table, table.played[2].table)
    assert twin[2].series("senior_leader_leavers").sum() == 0


def test_whoever_is_missing_is_played_by_the_model() -> None:
    table = GameTable(small_setup(cards={}, offer=None))
    table.take(2, "Ann")
    much = Days.beyond_fixing(together=15, staff=15, leaders=15)
    for _ in range(QUARTERS):
        table.decide(2, much)

    usual = Days.usual(table.game.setup.base.parameters)
    first, *later = table.game.closed
    assert first.days[0] == first.days[2] == usual
    assert all(closed.by_model == (True, False, True) for closed in table.game.closed)
    assert later[0].days[0].together > usual.together  # as far as a purpose is shared, they go along
    assert later[0].days[0].together < much.together


def test_whoever_gets_up_is_not_waited_for() -> None:
    table = GameTable(small_setup())
    table.take(1, "Ann")
    table.take(2, "Bob")
    table.decide(1, days_of(1, 1))
    assert table.game.quarter == 1

    table.leave(2)

    assert table.game.quarter == 2
    assert table.game.closed[0].by_model == (False, True, True)


def test_a_decision_can_be_taken_anew_until_the_quarter_is_closed() -> None:
    table = GameTable(small_setup())
    table.take(1, "Ann")
    table.take(2, "Bob")
    table.decide(1, days_of(1, 1))
    table.decide(1, days_of(1, 2))
    table.decide(2, days_of(2, 1))

    assert table.game.closed[0].days[0] == days_of(1, 2)


def test_two_who_do_not_answer_leave_when_the_quarter_is_closed() -> None:
    table = GameTable(small_setup())
    for _ in range(QUARTERS):
        table.close()

    assert table.game.answer is not None
    assert table.game.answer.does == "leave"
    assert table.game.is_over


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (lambda game: moves.decide(game, 1, days_of(1, 1)), "take the chair first"),
        (
            lambda game: moves.decide(moved(game), 1, {"fixing": 65, "together": 1, "staff": 0, "leaders": 0}),
            "add up to 65",
        ),
        (lambda game: moves.decide(moved(game), 1, {"fixing": 65}), "together"),
        (lambda game: moves.decide(moved(game), 4, days_of(1, 1)), "chair from 1 to 3"),
        (lambda game: moves.take(game, 1, " \t"), "letters"),
        (lambda game: moves.answer(game, {"does": "leave"}), "an offer"),
        (lambda game: moves.close(over(game), {}), "one after the last"),
        (lambda game: moves.decide(over(moved(game)), 1, days_of(1, 1)), "after the last"),
    ],
)
def test_what_may_not_happen_is_refused(wish: object, said: str) -> None:
    game = Game(small_setup())
    with pytest.raises(InputError, match=said):
        wish(game)


def moved(game: Game) -> Game:
    return game.after(moves.take(game, 1, "Ann"))


def over(game: Game) -> Game:
    while not game.is_over:
        usual = Days.usual(game.setup.base.parameters)
        for event in moves.close(game, dict.fromkeys(CHAIRS, usual)):
            game = game.after(event)
    return game


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"cards": {3: "strike"}}, "one of the cards"),
        ({"cards": {0: "winter"}}, "quarters from 1"),
        ({"quarters": 1}, "from 2 to 12"),
        ({"offer": {"quarter": 3, "chairs": (3, 1)}}, "two of the chairs"),
    ],
)
def test_a_setup_that_cannot_be_played_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        small_setup(**given)


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (Scenario(title="Two", organisation={"services": 2}), "one service"),
        (Scenario(title="One", organisation={"senior_leaders": 2}), "2 senior leaders"),
        (
            Scenario(title="Said").with_entries(kind="attention", start_week=0, purpose=0.1, staff=0.1, leaders=0.1),
            "leaves it to the players",
        ),
    ],
)
def test_a_story_that_is_not_for_three_is_refused(story: Scenario, said: str) -> None:
    with pytest.raises(InputError, match=said):
        new_setup(story)
