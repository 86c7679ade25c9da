"""What somebody may see: nobody else's days before all have decided."""

from __future__ import annotations

from dataclasses import replace

from sim.game.days import Days
from sim.game.opening import new_setup
from sim.game.seen import seen_by
from sim.game.setup import CHAIRS
from sim.game.shown import quarter_shown
from sim.game.table import GameTable

MUCH, LITTLE = Days.beyond_fixing(together=10, staff=10, leaders=10), Days.beyond_fixing(together=2, staff=4, leaders=6)


def test_nobody_sees_what_another_has_decided_before_all_have() -> None:
    table = GameTable(new_setup(quarters=3, offer=None))
    for chair in CHAIRS:
        table.take(chair, "Ann")
    table.decide(1, MUCH)
    table.decide(2, LITTLE)

    mine, other = (seen_by(table.game, table.played, chair) for chair in (1, 3))
    one_less = replace(table.game, decided=(MUCH, MUCH, None))

    assert mine.mine == MUCH
    assert other.mine is None
    assert mine.awaited == other.awaited == ("Nurse Director",)
    assert seen_by(one_less, table.played, 3) == other
    assert other.before is None

    table.decide(3, MUCH)

    after = seen_by(table.game, table.played, 3)
    assert after.before is not None
    assert [row[2].split()[0] for row in after.before.rows] == ["10", "2", "10"]
    assert after.as_before == MUCH
    assert after.awaited == ("Medical Director", "Operations Director", "Nurse Director")
    assert after.told


def test_an_offer_is_asked_about_before_anybody_decides() -> None:
    table = GameTable(new_setup(quarters=3, offer={"quarter": 2}))
    table.take(1, "Ann")
    assert not seen_by(table.game, table.played, 1).is_asked

    table.decide(1, MUCH)

    seen = seen_by(table.game, table.played, 1)
    assert seen.is_asked
    assert any("offered other posts" in line for line in seen.quarter)


def test_the_quarter_before_two_were_called_away_is_told_of_those_who_were_there() -> None:
    rows = {}

    def told(table: GameTable) -> list[tuple[str, str | None]]:
        return [(one["title"], one["name"]) for one in quarter_shown(table.game, table.played, 1)["before"]]

    for does in ("change", "leave"):
        table = GameTable(new_setup(quarters=3, offer={"quarter": 2}))
        for chair in CHAIRS:
            table.take(chair, f"Person {chair}")
        for chair in CHAIRS:
            table.decide(chair, MUCH)
        table.answer({"does": does})
        rows[does] = told(table)
        for chair in CHAIRS:
            table.decide(chair, MUCH)
        rows[f"{does}, later"] = told(table)

    titles = ("Medical Director", "Operations Director", "Nurse Director")
    assert rows["change"] == list(zip(titles, ("Person 1", "Person 2", "Person 3"), strict=True))
    assert rows["change, later"] == list(zip(titles[::-1], ("Person 1", "Person 2", "Person 3"), strict=True))
    assert rows["leave"] == list(zip(titles, (None, "Person 2", None), strict=True))
    assert rows["leave, later"] == list(zip(titles, ("Person 1", "Person 2", "Person 3"), strict=True))
