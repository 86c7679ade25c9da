"""The command, and what the pages share with the dashboard."""

import re
import sqlite3
from pathlib import Path

import pytest

import sim.dashboard
import sim.room
from sim.commands import main
from sim.game.shown import ASSETS
from sim.room.store import FORMAT_VERSION, Store

_TOKEN = re.compile(r"(--[\w-]+): ([^;]+);")


def blocks(path):
    return re.findall(r"(\S*\[data-theme=\S+\]) \{([^}]*)\}", path.read_text("utf-8"))[:2]


def test_the_room_has_the_colours_of_the_dashboard():
    room = Path(sim.room.__file__).parent / "assets" / "room.css"
    dashboard = Path(sim.dashboard.__file__).parent / "assets" / "custom.css"

    for (name, ours), (same, theirs) in zip(blocks(room), blocks(dashboard), strict=True):
        assert name == same
        assert dict(_TOKEN.findall(ours)).items() <= dict(_TOKEN.findall(theirs)).items()


def test_the_page_to_take_home_has_the_colours_of_the_room_in_the_light():
    room = Path(sim.room.__file__).parent / "assets" / "room.css"
    [(_, ours)], (_, theirs) = blocks(ASSETS / "page.css"), blocks(room)[0]

    assert dict(_TOKEN.findall(ours)).items() <= dict(_TOKEN.findall(theirs)).items()


def refused(capsys, *words):
    with pytest.raises(SystemExit) as end:
        main(["room", "--host", "127.0.0.1", "--port", "0", "--no-browser", *words])
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return said


@pytest.fixture(autouse=True)
def own_state(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def test_a_damaged_file_is_told_in_words_and_left_as_it_is(capsys, tmp_path):
    path = tmp_path / "rooms.sqlite"
    Store(path).close()
    content = path.read_bytes()
    path.write_bytes(content[:4096] + bytes(len(content) - 4096))
    before = path.read_bytes()

    said = refused(capsys, "--rooms", str(path))
    assert "a damaged one" in said
    assert "nothing in it was changed" in said
    assert path.read_bytes() == before


def test_a_file_of_a_newer_version_is_told_in_words(capsys, tmp_path):
    path = tmp_path / "rooms.sqlite"
    Store(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {FORMAT_VERSION + 1}")
    connection.close()

    assert "newer Cultureshift" in refused(capsys, "--rooms", str(path))


def test_a_file_that_another_server_uses_is_told_in_words(capsys, tmp_path):
    store = Store(tmp_path / "rooms.sqlite")

    assert "in use" in refused(capsys, "--rooms", str(tmp_path / "rooms.sqlite"))
    store.close()


def test_a_file_of_something_else_is_told_in_words(capsys, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("Remember the milk. " * 100)

    assert "something else" in refused(capsys, "--rooms", str(path))
