"""``cultureshift play``: in a terminal, safe against Ctrl-C, gone on with from its file."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from sim.commands import main
from sim.engine.run import prepare
from sim.game.log import GameLog
from sim.game.service import Service
from sim.game.state import Game
from sim.inputs.scenario.files import load_scenario

QUARTER = "8 10 12\n"


def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, *words: str) -> str:
    """Return what the command says to somebody who types something."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    with pytest.raises(SystemExit) as end:
        main(["play", *words])
    assert end.value.code in (0, None)
    output = capsys.readouterr()
    return output.out + output.err


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_game_can_be_played_to_its_end_and_saved(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = 5 * QUARTER + "change\n" + 3 * QUARTER
    said = typed(monkeypatch, capsys, text, "--quarters", "8", "--out", "played.toml", "--chair", "nurse")

    assert "You are the Nurse Director." in said
    assert "had all three held on" in said
    game = Game.of(GameLog(Path("game.jsonl")).events)
    run = prepare(load_scenario(Path("played.toml"))).simulate(game.setup.seed)[:, 0]
    for place, played in enumerate(Service(game.setup).quarters(game)):
        np.testing.assert_array_equal(played.table, run[13 * place : 13 * place + 14])


def test_it_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    first = typed(monkeypatch, capsys, 2 * QUARTER, "--quarters", "8", "--seed", "5")
    second = typed(monkeypatch, capsys, QUARTER, "--chair", "nurse")

    assert "The game is kept in game.jsonl" in first
    assert "Going on with the game in game.jsonl" in second
    assert "Quarter 3 of 8" in second
    assert "Quarter 2 of 8" not in second
    assert len(Game.of(GameLog(Path("game.jsonl")).events).closed) == 3


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("eight\n", "three numbers"),
        ("8 10\n", "three numbers"),
        ("60 10 12\n", "from 0 to 65"),
        ("nan 1 1\n", "number"),
    ],
)
def test_what_cannot_be_is_told_and_asked_again(
    wrong: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = typed(monkeypatch, capsys, wrong + QUARTER, "--quarters", "8")

    assert said in told
    assert "Quarter 2 of 8" in told


def test_nothing_typed_means_as_before(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    typed(monkeypatch, capsys, QUARTER + "\n", "--quarters", "8")

    first, second = Game.of(GameLog(Path("game.jsonl")).events).closed
    assert first.days[0] == second.days[0]


def test_a_file_of_something_else_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    Path("notes.txt").write_text("buy milk\n", encoding="utf-8")

    with pytest.raises(SystemExit) as end:
        main(["play", "--file", "notes.txt"])

    assert end.value.code == 2
    assert "notes.txt, line 1" in capsys.readouterr().err
    assert Path("notes.txt").read_text(encoding="utf-8") == "buy milk\n"


def test_a_scenario_that_is_not_for_three_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["play", "two-services"])

    assert end.value.code == 2
    assert "one service with three senior leaders" in capsys.readouterr().err
    assert not Path("game.jsonl").exists()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals are of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_whoever_is_stopped_loses_nothing(number: signal.Signals) -> None:
    words = [sys.executable, "-m", "sim", "play", "--quarters", "8"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as playing:
        assert playing.stdin is not None
        playing.stdin.write(2 * QUARTER.encode())
        playing.stdin.flush()
        end = time.monotonic() + 120
        while time.monotonic() < end:
            if Path("game.jsonl").exists() and Path("game.jsonl").read_bytes().count(b'"closed"') == 2:
                break
            time.sleep(0.2)
        playing.send_signal(number)
        playing.wait(60)

    game = Game.of(GameLog(Path("game.jsonl")).events)
    assert len(game.closed) == 2
