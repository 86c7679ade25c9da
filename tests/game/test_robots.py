"""Robots that play the game: what they have played is kept, gone on with, and told in tables."""

import csv

import numpy as np
import pytest

from benchmarks import game as robots
from sim.game.opening import new_setup

SETUP = new_setup(seed=1, quarters=6)
ASKED = list(robots.ways(["always with staff"]))


def played(n_games, kept=None):
    return robots.played(SETUP, ASKED, n_games, 1, 60.0, kept)


def test_what_was_stopped_in_the_middle_of_a_line_is_gone_on_with_to_the_same_numbers(tmp_path):
    file = tmp_path / "robots.jsonl"
    played(2, robots.KeptGames(file, SETUP, ASKED))
    whole = file.read_text("utf-8")
    file.write_text(whole[: whole.rindex('"left"')], "utf-8")
    again = robots.KeptGames(file, SETUP, ASKED)

    assert len(again.worlds) == 1
    assert played(2, again)["left"].tolist() == played(2)["left"].tolist()
    assert file.read_text("utf-8") == whole


def test_a_file_of_other_games_is_refused_and_left_as_it_is(tmp_path):
    file = tmp_path / "robots.jsonl"
    robots.KeptGames(file, SETUP, ASKED)
    before = file.read_text("utf-8")

    with pytest.raises(SystemExit, match="wanted games of these ways in this setup"):
        robots.KeptGames(file, new_setup(seed=1, quarters=8), ASKED)
    assert file.read_text("utf-8") == before


def test_means_and_differences_are_those_of_the_games(tmp_path):
    asked = list(robots.ways([]))
    by_place = {name: np.array([[k, k + 2.0] for k in range(len(asked))]) for name in robots.COLUMNS}
    robots.write(tmp_path, asked, by_place)
    with (tmp_path / "ways.csv").open() as file:
        ways = list(csv.DictReader(file))
    with (tmp_path / "differences.csv").open() as file:
        differences = list(csv.DictReader(file))

    assert [float(row["left"]) for row in ways] == [k + 1.0 for k in range(len(asked))]
    assert float(ways[0]["left_half"]) == pytest.approx(1.96, abs=1e-4)  # sd sqrt(2), of two games
    place = {(way.name, way.exit): k for k, way in enumerate(asked)}
    expected = place["always together", "change chairs"] - place["always with staff", "change chairs"]
    found = {row["difference"]: (float(row["mean"]), float(row["half"])) for row in differences}
    assert found["always together; less always with staff"] == (expected, 0.0)
    assert list(found) == list(robots.DIFFERENCES)
