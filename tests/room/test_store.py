"""The file of the rooms: what was answered is on the disk, whatever happens next."""

import contextlib
import os
import signal
import sqlite3
import stat
import struct
import subprocess
import sys
import threading
import zlib
from pathlib import Path

import numpy as np
import pytest

from sim.base.errors import InputError
from sim.room.state import RoomEvent
from sim.room.store import FORMAT_VERSION, BrokenEventError, NotKeptError, Store

ROOT = Path(__file__).parents[2]
_WRITER = """
import sys
from pathlib import Path
from sim.room.state import RoomEvent
from sim.room.store import Store
store = Store(Path(sys.argv[1]))
print("ready", flush=True)
for number in range(0, 10**9, 3):
    store.append("BCDF", number, [RoomEvent("noted", 1, float(number), {"text": "x" * 500}) for _ in range(3)])
    print(number + 3, flush=True)
"""


def test_events_come_back_as_they_were(tmp_path):
    events = [
        RoomEvent("joined", 1, 12.5, {"name": "Siobhán", "team": None}),
        RoomEvent("went", 0, 13.0, {"to": "predict"}),
    ]
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
    store.append("BCDF", 0, [RoomEvent("a", 0, 1.0, {}), RoomEvent("b", 0, 1.0, {})])

    with pytest.raises(sqlite3.IntegrityError):
        store.append("BCDF", 1, [RoomEvent("c", 0, 1.0, {}), RoomEvent("d", 0, 1.0, {})])
    assert [event.kind for event in store.events("BCDF")] == ["a", "b"]
    store.close()


@pytest.mark.parametrize("round", range(2))
def test_a_writer_that_is_killed_loses_nothing_that_it_had_confirmed(tmp_path, round):
    path = tmp_path / "rooms.sqlite"
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=None
    )
    assert writer.stdout.readline() == "ready\n"
    first = writer.stdout.readline()
    timer = threading.Timer(0.15 + 0.13 * round, writer.send_signal, [signal.SIGKILL])
    timer.start()
    confirmed = [int(line) for line in (first, *writer.stdout) if line.endswith("\n")]
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
    first.append("BCDF", 0, [RoomEvent("opened", 0, 1.0, {})])
    first.close()
    Store(path).close()


def test_a_room_that_is_deleted_leaves_no_trace_in_the_file(tmp_path):
    path = tmp_path / "rooms.sqlite"
    store = Store(path)
    store.append("BCDF", 0, [RoomEvent("joined", 1, 1.0, {"name": "Persephone"})])
    store.append("GHJK", 0, [RoomEvent("joined", 1, 1.0, {"name": "Someone"})])
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

    assert np.array_equal(store.worlds("some-key", 9)[25], safe)
    store.forget_worlds_but(["other-key"])
    assert store.worlds("some-key", 9) == {}
    assert list(store.worlds("other-key", 9)) == [0]
    store.close()


def zero_a_page(path, holding):
    """Let the page that holds some bytes be lost, as on a bad disk."""
    content = bytearray(path.read_bytes())
    size = int.from_bytes(content[16:18], "big")
    page = content.index(holding) // size
    content[page * size : (page + 1) * size] = bytes(size)
    path.write_bytes(content)


def test_a_zeroed_page_is_told_and_the_file_is_left_as_it_is(tmp_path):
    path = tmp_path / "rooms.sqlite"
    store = Store(path)
    store.append("BCDF", 0, [RoomEvent("joined", 1, 1.0, {"name": f"{n} " + "x" * 500}) for n in range(60)])
    store.close()
    zero_a_page(path, b"30 xxxx")
    before = path.read_bytes()

    with pytest.raises(InputError, match="damaged"):
        Store(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE worlds RENAME COLUMN content TO contents",
        "ALTER TABLE events ADD COLUMN more TEXT",
        "DROP TABLE worlds",
        "CREATE TABLE more (name TEXT)",
        "CREATE TRIGGER more AFTER INSERT ON events BEGIN DELETE FROM events; END",
    ],
)
def test_a_file_with_other_tables_than_ours_is_refused(tmp_path, change):
    path = tmp_path / "rooms.sqlite"
    Store(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(change)
    connection.close()

    with pytest.raises(InputError, match="other tables"):
        Store(path)


def test_names_in_a_file_that_are_no_text_are_told(tmp_path):
    path = tmp_path / "rooms.sqlite"
    Store(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    path.write_bytes(path.read_bytes().replace(b"worldsworlds", b"w\xd5rldsworlds"))

    with pytest.raises(InputError, match="damaged"):
        Store(path)


@pytest.mark.parametrize("value", ["", "short", b"\x00" * 24, 7.0, "a" * 30 + "\n"])
def test_a_secret_that_anybody_could_guess_is_none(tmp_path, value):
    path = tmp_path / "rooms.sqlite"
    Store(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE name = 'facilitator'", (value,))
    connection.close()

    with pytest.raises(InputError, match="no secret"):
        Store(path)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("DELETE FROM events WHERE number = 1", "event 2 is missing"),
        ("UPDATE events SET data = '{' WHERE number = 1", "event 2 cannot be read"),
        ("UPDATE events SET data = '[]' WHERE number = 1", "event 2 cannot be read"),
        (f"UPDATE events SET data = '{'[' * 99_000}' WHERE number = 1", "event 2 cannot be read"),
        ("UPDATE events SET data = x'00' WHERE number = 1", "event 2 cannot be read"),
        ("UPDATE events SET data = CAST(x'7bff7d' AS TEXT) WHERE number = 1", "event 2 cannot be read"),
        ("UPDATE events SET kind = CAST(x'ff' AS TEXT) WHERE number = 1", "event 2 cannot be read"),
        ("UPDATE events SET at = 'noon' WHERE number = 1", "event 2 cannot be read"),
        ("UPDATE events SET by = 'Anna' WHERE number = 1", "event 2 cannot be read"),
    ],
    ids=[
        "missing",
        "cut off",
        "a list",
        "deep",
        "bytes",
        "no UTF-8",
        "a kind in no UTF-8",
        "a word for a time",
        "a name for a number",
    ],
)
def test_an_event_that_is_none_is_told_by_its_number(tmp_path, change, told):
    store = Store(tmp_path / "rooms.sqlite")
    store.append("BCDF", 0, [RoomEvent("a", 0, 1.0, {}), RoomEvent("b", 0, 1.0, {}), RoomEvent("c", 0, 1.0, {})])
    store._connection.execute(change)

    with pytest.raises(BrokenEventError, match=told):
        store.events("BCDF")
    store.close()


@pytest.mark.parametrize(
    "content",
    [b"", b"nonsense", zlib.compress(bytes(8)), zlib.compress(bytes(10**7)), zlib.compress(bytes(240))[:-2], 5],
)
def test_worlds_that_are_not_whole_are_left_out(tmp_path, content):
    store = Store(tmp_path / "rooms.sqlite")
    store.keep_worlds("some-key", 0, np.zeros((3, 10)))
    store._connection.execute("INSERT INTO worlds VALUES ('some-key', 25, 3, ?)", (content,))

    assert list(store.worlds("some-key", 9)) == [0]
    store.close()


def test_on_a_full_disk_nothing_is_kept_by_half_and_everything_before_is_there(tmp_path):
    path = tmp_path / "rooms.sqlite"
    store = Store(path)
    store.append("BCDF", 0, [RoomEvent("a", 0, 1.0, {})])
    store._connection.execute("PRAGMA max_page_count = 1")
    many = [RoomEvent("b", 0, 1.0, {"text": "x" * 3000}) for _ in range(5)]
    with pytest.raises(NotKeptError, match="full"):
        store.append("BCDF", 1, many)
    with pytest.raises(NotKeptError, match="full"):
        store.keep_worlds("key", 0, np.random.default_rng(1).random((25, 400)))

    assert len(store.events("BCDF")) == 1
    store._connection.execute("PRAGMA max_page_count = 10000")
    store.append("BCDF", 1, many)
    store.close()
    again = Store(path)
    assert len(again.events("BCDF")) == 6
    again.close()


_SMALL_DISK = """
import resource, sys
from pathlib import Path
from sim.base.errors import CultureshiftError
from sim.room.state import RoomEvent
from sim.room.store import Store
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
n_kept = 0
try:
    store = Store(Path(sys.argv[1]))
    for n_kept in range(1000):
        store.append("BCDF", n_kept, [RoomEvent("noted", 1, 1.0, {"text": "x" * 500})])
except CultureshiftError as error:
    print(n_kept, error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sizes of files cannot be limited there")
@pytest.mark.parametrize("n_bytes", [2_000, 300_000])
def test_where_the_system_lets_nothing_more_be_written_it_is_told(tmp_path, n_bytes):
    path = tmp_path / "rooms.sqlite"
    words = [sys.executable, "-c", _SMALL_DISK, str(path), str(n_bytes)]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    n_kept = int(done.stdout.split()[0])
    if n_bytes == 2_000:
        assert list(tmp_path.iterdir()) == []
    else:
        store = Store(path)
        assert len(store.events("BCDF")) == n_kept > 10
        store.close()


def test_everything_that_people_hold_can_be_made_anew(tmp_path):
    store = Store(tmp_path / "rooms.sqlite")
    for code in ("BCDF", "GHJK"):
        store.append(code, 0, [RoomEvent("a", 0, 1.0, {"in": code})])
    before = {name: store.secret(name) for name in ("facilitator", "participants")}
    store.renew({"BCDF": "GHJK", "GHJK": "WXYT"})

    assert set(store.rooms()) == {"GHJK", "WXYT"}
    assert store.events("GHJK")[0].data == {"in": "BCDF"}
    assert all(store.secret(name) != secret for name, secret in before.items())
    store.close()


def journal_that_names(victim):
    """Return a rollback journal by which SQLite deletes a file after it has taken back what the journal says."""
    header = bytes.fromhex("d9d505f920a163d7") + struct.pack(">IIIII", 0, 0, 2, 512, 4096)
    name = str(victim).encode()
    total = sum(name) & 0xFFFFFFFF
    locked = struct.pack(">I", 0x40000000 // 4096 + 1)
    return header.ljust(512, b"\0") + locked + name + struct.pack(">II", len(name), total) + header[:8]


def test_a_journal_beside_the_file_is_not_followed(tmp_path):
    path, victim = tmp_path / "rooms.sqlite", tmp_path / "thesis.txt"
    Store(path).close()
    before = path.read_bytes()
    victim.write_text("my thesis")
    journal = tmp_path / "rooms.sqlite-journal"
    journal.write_bytes(journal_that_names(victim))
    (tmp_path / "link").symlink_to(path)

    for named in (path, tmp_path / "link"):
        with pytest.raises(InputError, match=r"no rooms\.sqlite-journal beside it"):
            Store(named)
    assert victim.read_text() == "my thesis"
    assert (path.read_bytes(), journal.exists()) == (before, True)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names there")
@pytest.mark.timeout(120)
def test_a_pipe_in_the_place_of_a_journal_keeps_nobody_waiting(tmp_path):
    Store(tmp_path / "rooms.sqlite").close()
    os.mkfifo(tmp_path / "rooms.sqlite-journal")

    with pytest.raises(InputError, match="journal"):
        Store(tmp_path / "rooms.sqlite")


@pytest.mark.timeout(120)
def test_conditions_that_tables_of_somebody_elses_hold_are_not_computed(tmp_path):
    path = tmp_path / "rooms.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA application_id = {0x43556C52}")
        connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        slow = "length(replace(hex(zeroblob(50000000 + length(value))), '0', '1')) > 0"
        connection.execute(f"CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT CHECK ({slow})) WITHOUT ROWID")
        connection.executemany("INSERT INTO meta VALUES (?, ?)", [(str(n), "a") for n in range(2000)])
        connection.commit()

    with pytest.raises(InputError, match="other tables than those of rooms"):
        Store(path)


def test_a_new_file_is_written_ahead_from_its_first_byte_and_never_has_a_journal(tmp_path):
    path = tmp_path / "rooms.sqlite"
    store = Store(path)
    store.append("BCDF", 0, [RoomEvent("joined", 1, 12.5, {"name": "Anna"})])
    beside = {one.name for one in tmp_path.iterdir()}
    store.close()

    assert path.read_bytes()[18:20] == b"\x02\x02"
    assert beside == {"rooms.sqlite", "rooms.sqlite-wal"}


def test_a_file_in_which_there_is_nothing_yet_becomes_one_of_rooms(tmp_path):
    path = tmp_path / "rooms.sqlite"
    path.touch()
    Store(path).close()

    store = Store(path)
    assert store.rooms() == []
    store.close()


def test_a_damaged_index_is_told_when_the_file_is_opened(tmp_path):
    """A quick look at a file compares no index with its table."""
    path = tmp_path / "rooms.sqlite"
    store = Store(path)
    store.keep_worlds("some-key", 0, np.full((4, 9), 0.5))
    store.close()
    with sqlite3.connect(path) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_worlds_1'"
        ).fetchone()
    connection.close()
    content = bytearray(path.read_bytes())
    content[page * size - 8 : page * size] = b"\xff" * 8
    path.write_bytes(content)

    with pytest.raises(InputError, match="damaged"):
        Store(path)


@pytest.mark.parametrize(
    "more",
    [
        "CREATE TRIGGER sqliteXautoindex AFTER INSERT ON events BEGIN DELETE FROM events; END",
        "CREATE TRIGGER evil AFTER INSERT ON events BEGIN DELETE FROM events; END",
        "CREATE INDEX sqliteXautoindex_1 ON events (at)",
        "CREATE VIEW sqlite1autoindex AS SELECT 1",
        "DROP TABLE worlds; CREATE TABLE worlds (key TEXT NOT NULL, first INTEGER NOT NULL, n INTEGER NOT NULL, "
        "content BLOB NOT NULL CHECK (n < 0), PRIMARY KEY (key, first))",
    ],
)
def test_a_file_that_does_more_than_ours_is_refused_whatever_its_parts_are_called(tmp_path, more):
    path = tmp_path / "rooms.sqlite"
    Store(path).close()
    connection = sqlite3.connect(path)
    connection.executescript(more)
    connection.close()

    with pytest.raises(InputError, match="other tables than those of rooms"):
        Store(path)


@pytest.mark.parametrize("at", [-1.0, 1e18, float("inf")])
def test_an_event_outside_any_calendar_is_none(tmp_path, at):
    store = Store(tmp_path / "rooms.sqlite")
    store.append("BCDF", 0, [RoomEvent("joined", 1, at, {"name": "Siobhán", "team": None})])
    with pytest.raises(BrokenEventError, match="event 1 cannot be read"):
        store.events("BCDF")
    store.close()


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"])
def test_a_name_that_no_file_can_have_is_refused_in_words(tmp_path, name):
    with pytest.raises(InputError, match="wanted a file that can be written"):
        Store(tmp_path / name)


def test_a_pipe_a_folder_or_a_device_in_the_place_of_the_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "device").symlink_to("/dev/null")

    for name in ("pipe", "folder", "device"):
        with pytest.raises(InputError, match="wanted an ordinary file, got something else"):
            Store(tmp_path / name)
    assert {path.name for path in tmp_path.iterdir()} == {"pipe", "folder", "device"}
