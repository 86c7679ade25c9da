"""The file of a game: nothing that was kept is lost, and nothing else is believed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.base.errors import InputError, OutputError
from sim.game.days import Days
from sim.game.log import GameLog
from sim.game.opening import new_setup
from sim.game.setup import CHAIRS
from sim.game.table import GameTable
from sim.game.timeline import scenario_of

MUCH = Days.beyond_fixing(together=10, staff=10, leaders=10)


def half_played(path: Path) -> GameTable:
    table = GameTable.opened(new_setup(quarters=3, offer={"quarter": 2}, seed=11), GameLog(path).keep)
    for chair in CHAIRS:
        table.take(chair, f"Player {chair}")
    for chair in CHAIRS:
        table.decide(chair, MUCH)
    table.answer({"does": "change"})
    table.decide(2, MUCH)
    return table


def test_a_game_is_gone_on_with_from_its_file(tmp_path: Path) -> None:
    table = half_played(tmp_path / "game.jsonl")

    log = GameLog(tmp_path / "game.jsonl")
    again = GameTable.resumed(log.events, log.keep)

    assert again.game == table.game
    again.decide(1, MUCH)
    again.decide(3, MUCH)
    assert GameTable.resumed(GameLog(tmp_path / "game.jsonl").events).game == again.game


def test_wherever_the_file_ends_a_whole_number_of_events_is_there(tmp_path: Path) -> None:
    half_played(tmp_path / "game.jsonl")
    content = (tmp_path / "game.jsonl").read_bytes()
    first = content.index(b"\n") + 1
    cut = tmp_path / "cut.jsonl"

    for length in range(first, len(content), 37):
        cut.write_bytes(content[:length])
        log = GameLog(cut)
        assert len(log.events) == content[:length].count(b"\n")
        table = GameTable.resumed(log.events, log.keep)
        table.take(1, "Dora")
        assert GameTable.resumed(GameLog(cut).events).game == table.game


def test_a_game_that_has_been_gone_on_with_elsewhere_is_not_overwritten(tmp_path: Path) -> None:
    half_played(tmp_path / "game.jsonl")
    here, there = (GameLog(tmp_path / "game.jsonl") for _ in range(2))
    GameTable.resumed(here.events, here.keep).take(1, "Dora")
    content = (tmp_path / "game.jsonl").read_bytes()

    with pytest.raises(OutputError, match="somebody else"):
        GameTable.resumed(there.events, there.keep).take(1, "Emil")

    assert (tmp_path / "game.jsonl").read_bytes() == content


@pytest.mark.parametrize(
    "content", [b"not a game\n", b"not a game", b"[]\n", b'{"kind": "shot", "by": 1}\n', b"\xff\n"]
)
def test_a_file_of_something_else_is_refused_and_left_alone(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(content)

    with pytest.raises(InputError):
        GameLog(file)

    assert file.read_bytes() == content


def changed(lines: list[dict[str, object]], number: int, **values: object) -> list[dict[str, object]]:
    return [{**line, **values} if place + 1 == number else line for place, line in enumerate(lines)]


@pytest.mark.parametrize(
    ("number", "values"),
    [
        (1, {"kind": "closed"}),
        (1, {"setup": {"base": {"name": "x", "toml": "title = 3"}}}),
        (1, {"setup": {}}),
        (1, {"contract": 0}),
        (1, {"contract": "2"}),
        (2, {"by": 9}),
        (2, {"by": "1"}),
        (2, {"name": "x" * 1000}),
        (5, {"days": {"fixing": 65, "together": 65, "staff": 0, "leaders": 0}}),
        (5, {"days": 7}),
        (5, {"quarter": 3}),
        (8, {"days": [{"fixing": 65, "together": 0, "staff": 0, "leaders": 0}] * 3}),
        (9, {"does": "stay"}),
    ],
)
def test_a_line_that_cannot_have_happened_is_refused_with_its_number(
    number: int, values: dict[str, object], tmp_path: Path
) -> None:
    half_played(tmp_path / "game.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "game.jsonl").read_text("utf-8").splitlines()]
    other = tmp_path / "other.jsonl"
    other.write_text("".join(json.dumps(line) + "\n" for line in changed(lines, number, **values)), "utf-8")

    with pytest.raises(InputError, match=f"line {number}"):
        GameLog(other)


def test_a_quarter_with_an_offer_is_not_closed_without_an_answer(tmp_path: Path) -> None:
    half_played(tmp_path / "game.jsonl")
    lines = (tmp_path / "game.jsonl").read_text("utf-8").splitlines(keepends=True)
    (answered,) = (place for place, line in enumerate(lines) if '"answered"' in line)
    (closed,) = (line for line in lines if '"closed"' in line)
    (tmp_path / "other.jsonl").write_text("".join([*lines[:answered], closed]), "utf-8")

    with pytest.raises(InputError, match="called away"):
        GameLog(tmp_path / "other.jsonl")


def test_a_game_of_another_contract_says_so(tmp_path: Path) -> None:
    file = tmp_path / "game.jsonl"
    half_played(file)
    first, *others = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    lines = [{**first, "contract": first["contract"] + 1}, *others]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")

    assert "newer Cultureshift" in GameLog(file).notice


def test_the_scenario_survives_the_file(tmp_path: Path) -> None:
    table = half_played(tmp_path / "game.jsonl")

    again = GameTable.resumed(GameLog(tmp_path / "game.jsonl").events)

    assert scenario_of(again.game) == scenario_of(table.game)
