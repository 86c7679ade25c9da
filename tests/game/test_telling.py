"""A game in words, while it is played and when it is over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sim.game import telling
from sim.game.days import Days
from sim.game.debrief import BackToFixing, Debrief, debrief
from sim.game.opening import new_setup
from sim.game.setup import CHAIRS
from sim.game.state import Game, OfferAnswer
from sim.game.table import GameTable
from sim.inputs.scenario.files import load_scenario

MUCH, LITTLE = Days.beyond_fixing(together=10, staff=10, leaders=10), Days.beyond_fixing(together=2, staff=4, leaders=6)


def setup_of(**given: Any):
    story = load_scenario("shoestring-year").replace(organisation={"teams": 6, "team_size": 6})
    return new_setup(story, **{"quarters": 6, "offer": {"quarter": 6}, "seed": 3, **given})


@pytest.fixture(scope="module")
def found() -> Debrief:
    table = GameTable(setup_of())
    table.take(1, "Ann")
    table.take(2, "Bob")
    while not table.game.is_over:
        if table.game.offer:
            table.answer({"does": "leave"})
        table.decide(1, MUCH)
        table.decide(2, MUCH if table.game.quarter < 5 else LITTLE)
    return debrief(table.game, table.played, worlds=3)


def in_quarter(quarter: int) -> list[str]:
    game = Game(setup_of())
    return telling.of_the_quarter(replace(game, closed=(object(),) * (quarter - 1)))


def test_a_quarter_says_what_presses_and_whether_there_is_a_consultant() -> None:
    assert in_quarter(1) == ["Quarter 1 of 6: July to September", "The consultant is with you."]
    assert in_quarter(3)[:2] == [
        "Quarter 3 of 6: January to March",
        "Winter. Beds are full, staff are off sick, and the corridor is a ward. It lasts all quarter.",
    ]
    assert "the money ends" in in_quarter(4)[1]
    assert "has gone" in in_quarter(5)[2]
    assert "offered other posts: the Medical Director and the Nurse Director" in in_quarter(6)[1]


@pytest.mark.parametrize(
    ("returns", "said"),
    [
        ((), "Nobody who had taken days from fixing gave them back to it."),
        (
            (BackToFixing(5, 2),),
            "The Operations Director went back to fixing first, in quarter 5, "
            "when this was on the table: an inspection. The Medical Director and the Nurse Director never did.",
        ),
        (
            (BackToFixing(2, 1), BackToFixing(3, 2), BackToFixing(3, 3)),
            "The Medical Director went back to fixing first, in quarter 2. "
            "The Operations Director and the Nurse Director followed one quarter later.",
        ),
        (
            (BackToFixing(2, 1), BackToFixing(2, 3), BackToFixing(4, 2)),
            "The Medical Director and the Nurse Director went back to fixing first, in quarter 2. "
            "The Operations Director followed two quarters later.",
        ),
        (
            tuple(BackToFixing(7, chair) for chair in CHAIRS),
            "All three went back to fixing in quarter 7, when this was on the table: winter.",
        ),
    ],
)
def test_who_went_back_is_said_as_it_was(found: Debrief, returns: tuple[BackToFixing, ...], said: str) -> None:
    assert telling.who_went_back_in_words(replace(found, returns=returns)) == said


def test_who_sits_in_the_chair_of_somebody_who_left_is_called_a_successor(found: Debrief) -> None:
    after = replace(found, returns=(BackToFixing(6, 1), BackToFixing(6, 2)))
    assert telling.who_went_back_in_words(after).startswith(
        "The Medical Director's successor and the Operations Director went back to fixing first, in quarter 6. "
    )
    assert next(telling.questions(after)).startswith("What made the Medical Director's successor go back to fixing")

    stayed = replace(after, game=replace(found.game, answer=OfferAnswer(does="change")))
    assert telling.who_went_back_in_words(stayed).startswith("The Medical Director and the Operations Director went")


def test_costs_say_what_they_are_counted_in(found: Debrief) -> None:
    assert telling.costs(found).columns[1:] == (
        "staff left",
        "times told off",
        "pressure, of 100",
        "cynicism at the end, of 100",
    )


@pytest.mark.parametrize(
    ("answer", "called"),
    [
        (None, ["Medical Director", "Operations Director", "Nurse Director"]),
        (
            {"does": "change"},
            ["Medical Director, then Nurse Director", "Operations Director", "Nurse Director, then Medical Director"],
        ),
        (
            {"does": "leave"},
            ["Medical Director, then a successor", "Operations Director", "Nurse Director, then a successor"],
        ),
    ],
)
def test_it_is_said_who_changed_chairs_or_was_followed(found: Debrief, answer: Any, called: list[str]) -> None:
    said = None if answer is None else OfferAnswer.model_validate(answer)
    assert telling.people(replace(found, game=replace(found.game, answer=said))) == called


def test_days_are_told_quarter_by_quarter_with_what_the_model_decided(found: Debrief) -> None:
    rows = telling.days_meant_and_given(found).rows

    assert [row[:2] for row in rows[2:5]] == [("3", "Winter"), ("4", ""), ("5", "An inspection")]
    assert rows[0][2].startswith("30 -> ")
    assert rows[4][3].startswith("12 -> ")
    assert all("*" in row[4] and "*" not in row[2] for row in rows)


def test_all_tables_have_as_many_cells_as_columns(found: Debrief) -> None:
    tables = (telling.days_meant_and_given, telling.norm_rows, telling.funnel_rows, telling.left_rows, telling.costs)
    for table in tables:
        rows = table(found)
        assert rows.rows
        assert {len(row) for row in rows.rows} == {len(rows.columns)}


def test_what_is_left_is_told_for_the_game_and_its_twins(found: Debrief) -> None:
    titles = [row[0] for row in telling.left_rows(found).rows]

    assert titles == [
        "as you played",
        f"had all three held on in quarter {found.returns[0].quarter}",
        "had nobody been called away",
    ]


def test_questions_are_about_what_happened(found: Debrief) -> None:
    asked = " ".join(telling.questions(found))
    assert f"in quarter {found.returns[0].quarter}" in asked
    assert "called away" in asked

    together = replace(found, returns=tuple(BackToFixing(5, chair) for chair in CHAIRS))
    asked = " ".join(telling.questions(together))
    assert "What made all three of you go back to fixing in quarter 5?" in asked
    assert "let the others hold on" not in asked

    otherwise = replace(found, returns=(), game=replace(found.game, answer=None))
    asked = " ".join(telling.questions(otherwise))
    assert "What held you to it" in asked
    assert "called away" not in asked


def test_the_quarter_before_is_told_with_what_came_of_it(found: Debrief) -> None:
    table = GameTable(setup_of())
    for chair in CHAIRS:
        table.take(chair, "Ann")
    for chair in CHAIRS:
        table.decide(chair, MUCH)

    rows = telling.of_the_quarter_before(table.game, table.played).rows

    assert [row[0] for row in rows] == ["Medical Director", "Operations Director", "Nurse Director"]
    assert all(row[2].startswith("10 -> ") for row in rows)
