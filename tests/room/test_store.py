"""The file of the rooms: what was answered is on the disk, whatever happens next."""

import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from sim.base.errors import InputError
from sim.room.state import Event
from sim.room.store import FORMAT_VERSION, Store

ROOT = Path(__file__).parents[2]
_WRITER = """
import sys
from pathlib import Path
from sim.room.state import Event
from sim.room.store import Store
store = Store(Path(sys.argv[1]))
print("ready", flush=True)
for number in range(0, 10**9, 3):
    store.append("BCDF", number, [Event("noted", 1, float(number), {"text": "x" * 500}) for _ in range(3)])
    print(number + 3, flush=True)
"""


def test_events_come_back_as_they_were(tmp_path):
    events = [Event("joined", 1, 12.5, {"name": "Siobhán", "team": None}), Event("went", 0, 13.0, {"to": "predict"})]
    store = Store(tmp_path / "rooms.sqlite")
    store.append("BCDF", 0, events)
    store.close()

    again = Store(tmp_path / "rooms.sqlite")
    assert again.rooms() == ["BCDF"]
    assert again.events("BCDF") == events
    again.close()


def test_secrets_are_made_once(tmp_path):
    store = Store(tmp_path / "rooms.sqlite")
    secret = store.secret("facilitator")
    assert len(secret) >= 20
    assert store.secret("participants") != secret
    store.close()

    again = Store(tmp_path / "rooms.sqlite")
    assert again.secret("facilitator") == secret
    again.close()


def test_the_file_is_its_owner_s_alone(tmp_path):
    path = tmp_path / "deep" / "rooms.sqlite"
    Store(path).close()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_events_are_kept_all_or_none(tmp_path):
    store = Store(tmp_path / "rooms.sqlite")
    store.append("BCDF", 0, [Event("a", 0, 1.0, {}), Event("b", 0, 1.0, {})])

    with pytest.raises(sqlite3.IntegrityError):
        store.append("BCDF", 1, [Event("c", 0, 1.0, {}), Event("d", 0, 1.0, {})])
    assert [event.kind for event in store.events("BCDF")] == ["a", "b"]
    store.close()


@pytest.mark.parametrize("round", range(2))
def test_a_writer_that_is_killed_loses_nothing_that_it_had_confirmed(tmp_path, round):
    path = tmp_path / "rooms.sqlite"
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=None
    )
    assert writer.stdout.readline() == "ready\n"
    timer = threading.Timer(0.15 + 0.13 * round, writer.send_signal, [signal.SIGKILL])
    timer.start()
    confirmed = [int(line) for line in writer.stdout if line.endswith("\n")]
    writer.wait()
    writer.stdout.close()

    store = Store(path)
    kept = store.events("BCDF")
    store.close()
    assert confirmed
    assert len(kept) % 3 == 0
    assert confirmed[-1] <= len(kept) <= confirmed[-1] + 3
    assert [event.at for event in kept[::3]] == [float(n) for n in range(0, len(kept), 3)]


def test_a_file_of_a_newer_version_is_refused_in_words(tmp_path):
    path = tmp_path / "rooms.sqlite"
    Store(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {FORMAT_VERSION + 1}")
    connection.close()

    with pytest.raises(InputError, match="written by a newer Cultureshift"):
        Store(path)


def test_a_database_of_something_else_is_left_alone(tmp_path):
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE bees (name TEXT)")
    connection.close()

    with pytest.raises(InputError, match="a database of something else"):
        Store(path)
    with sqlite3.connect(path) as connection:
        assert [name for (name,) in connection.execute("SELECT name FROM sqlite_master")] == ["bees"]
    connection.close()


def test_a_file_that_is_no_database_is_refused(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("Remember the milk. " * 100)

    with pytest.raises(InputError, match="something else"):
        Store(path)
    assert path.read_text().startswith("Remember the milk.")


def test_a_folder_that_cannot_be_written_is_a_fault_in_words(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(InputError, match="can be written"):
        Store(tmp_path / "file" / "rooms.sqlite")


def test_two_servers_cannot_use_one_file(tmp_path):
    path = tmp_path / "rooms.sqlite"
    first = Store(path)

    with pytest.raises(InputError, match="in use"):
        Store(path)
    first.append("BCDF", 0, [Event("opened", 0, 1.0, {})])
    first.close()
    Store(path).close()


def test_a_room_that_is_deleted_leaves_no_trace_in_the_file(tmp_path):
    path = tmp_path / "rooms.sqlite"
    store = Store(path)
    store.append("BCDF", 0, [Event("joined", 1, 1.0, {"name": "Persephone"})])
    store.append("GHJK", 0, [Event("joined", 1, 1.0, {"name": "Someone"})])
    store.delete("BCDF")
    store.close()

    assert not any(b"Persephone" in file.read_bytes() for file in tmp_path.iterdir())
    again = Store(path)
    assert again.rooms() == ["GHJK"]
    again.close()


def test_worlds_come_back_bit_by_bit_and_can_be_forgotten(tmp_path):
    store = Store(tmp_path / "rooms.sqlite")
    safe = np.random.default_rng(5).random((3, 10))
    store.keep_worlds("some-key", 25, safe)
    store.keep_worlds("other-key", 0, safe)

    assert np.array_equal(store.worlds("some-key")[25], safe)
    store.forget_worlds_but(["other-key"])
    assert store.worlds("some-key") == {}
    assert list(store.worlds("other-key")) == [0]
    store.close()
