"""The file of the rooms: SQLite, one writer, every event in a transaction that is on the disk before it is answered.

The connection holds the file for itself as long as it is open, so that two servers can never write to one file. What
was computed is kept beside the events, by its content.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import threading
import zlib
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import InputError
from sim.room.state import Event

__all__ = ["FORMAT_VERSION", "Store", "usual_file"]

FORMAT_VERSION = 1
"""Version of the layout of the file; a file with a higher one was written by a newer Cultureshift."""

_OURS = 0x43556C52
_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE events (
    room TEXT NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL, by INTEGER NOT NULL, at REAL NOT NULL,
    data TEXT NOT NULL, PRIMARY KEY (room, number)
) WITHOUT ROWID;
CREATE TABLE worlds (
    key TEXT NOT NULL, first INTEGER NOT NULL, n INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY (key, first)
);
"""


def usual_file() -> Path:
    """Return where rooms are kept unless another file is named."""
    from platformdirs import user_data_path

    return user_data_path("cultureshift") / "rooms.sqlite"


class Store:
    """The rooms of one file.

    Parameters
    ----------
    path : the file; made if there is none, readable by its owner alone

    Raises
    ------
    InputError : the file is of a newer version, is something else, is in use, or cannot be written
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _make_private(path)
            self._connection = sqlite3.connect(path, timeout=0.5, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise _unusable(path, "a file that can be written", f"{error}") from None
        try:
            self._prepare()
        except sqlite3.Error as error:
            self._connection.close()
            raise _explained(path, error) from None
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        run = self._connection.execute
        run("PRAGMA locking_mode = EXCLUSIVE")
        run("BEGIN EXCLUSIVE")
        ours, version = run("PRAGMA application_id").fetchone()[0], run("PRAGMA user_version").fetchone()[0]
        is_empty = run("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
        if not is_empty and ours != _OURS:
            raise _unusable(self.path, "a file of rooms", "a database of something else")
        if version > FORMAT_VERSION:
            came = f"format {version}, written by a newer Cultureshift"
            raise _unusable(self.path, f"format {FORMAT_VERSION} or older", came, "update Cultureshift")
        if is_empty:
            for statement in _TABLES.split(";"):
                run(statement)
            run(f"PRAGMA application_id = {_OURS}")
            run(f"PRAGMA user_version = {FORMAT_VERSION}")
        run("COMMIT")
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        run("PRAGMA secure_delete = ON")

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def secret(self, name: str) -> str:
        """Return a secret of this file, made when it is first asked for."""
        with self._lock:
            run = self._connection.execute
            run("INSERT OR IGNORE INTO meta VALUES (?, ?)", (name, secrets.token_urlsafe(18)))
            return str(run("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()[0])

    def append(self, room: str, first: int, events: Sequence[Event]) -> None:
        """Keep events of a room, all or none; returns when they are on the disk.

        Parameters
        ----------
        room : its code
        first : number of the first event: as many as the room has had before
        """
        rows = [
            (room, first + place, event.kind, event.by, event.at, json.dumps(dict(event.data)))
            for place, event in enumerate(events)
        ]
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", rows)
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise

    def rooms(self) -> list[str]:
        """Return the codes of all rooms, the oldest first."""
        with self._lock:
            rows = self._connection.execute("SELECT room FROM events GROUP BY room ORDER BY min(at)").fetchall()
        return [str(code) for (code,) in rows]

    def events(self, room: str) -> list[Event]:
        """Return everything that happened in a room, in its order."""
        query = "SELECT kind, by, at, data FROM events WHERE room = ? ORDER BY number"
        with self._lock:
            rows = self._connection.execute(query, (room,)).fetchall()
        return [Event(kind, by, at, json.loads(data)) for kind, by, at, data in rows]

    def delete(self, room: str) -> None:
        """Delete everything that was kept of a room."""
        with self._lock:
            self._connection.execute("DELETE FROM events WHERE room = ?", (room,))
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def keep_worlds(self, key: str, first: int, safe: NDArray[np.float64]) -> None:
        """Keep the share that feels safe, [n_worlds, n_weeks + 1], of some worlds of a scenario."""
        content = zlib.compress(np.ascontiguousarray(safe, dtype="<f8").tobytes(), 6)
        with self._lock:
            self._connection.execute(
                "INSERT OR REPLACE INTO worlds VALUES (?, ?, ?, ?)", (key, first, len(safe), content)
            )

    def worlds(self, key: str) -> dict[int, NDArray[np.float64]]:
        """Return what was kept of the worlds of a scenario, by the number of the first."""
        query = "SELECT first, n, content FROM worlds WHERE key = ? ORDER BY first"
        with self._lock:
            rows = self._connection.execute(query, (key,)).fetchall()
        return {
            first: np.frombuffer(zlib.decompress(content), dtype="<f8").reshape(n, -1) for first, n, content in rows
        }

    def forget_worlds_but(self, keys: Collection[str]) -> None:
        """Delete what was computed for scenarios that no room has any more."""
        with self._lock:
            run = self._connection.execute
            known = [key for (key,) in run("SELECT DISTINCT key FROM worlds").fetchall()]
            for key in set(known) - set(keys):
                run("DELETE FROM worlds WHERE key = ?", (key,))


def _make_private(path: Path) -> None:
    """Make the file, if there is none, so that its owner alone can read it: it holds the facilitator's key."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _unusable(path: Path, wanted: str, came: str, hint: str = "choose another file with --rooms") -> InputError:
    return InputError.single(f"{path}", wanted, came, hint)


def _explained(path: Path, error: sqlite3.Error) -> InputError:
    if "locked" in str(error):
        hint = "use the other server, stop it, or choose another file with --rooms"
        return _unusable(path, "a file that no other server uses", "one that is in use", hint)
    if isinstance(error, sqlite3.DatabaseError) and "not a database" in str(error):
        return _unusable(path, "a file of rooms", "something else")
    return _unusable(path, "a file of rooms that can be read and written", f"{error}")
