"""The file of the rooms: SQLite, one writer, every event in a transaction that is on the disk before it is answered.

The connection holds the file for itself as long as it is open, so that two servers can never write to one file. What
was computed is kept beside the events, by its content.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import sqlite3
import threading
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import CultureshiftError, InputError
from sim.room.state import RoomEvent

__all__ = ["FORMAT_VERSION", "BrokenEventError", "NotKeptError", "Store", "usual_file"]

FORMAT_VERSION = 4
"""Version of what stands in the file; one with a higher one was written by a newer Cultureshift.

Since 2 a room says under which contract of the model it was opened; since 3 it may be one for the game;
since 4 there are slides, reasons that all may read, and rounds that begin with the design.
"""

_OURS = 0x43556C52
_WRITTEN_AHEAD = slice(18, 20)
"""Where a file of SQLite says how it is written and read; 2 is ahead (WAL)."""
_SECRET = re.compile(r"[A-Za-z0-9_-]{20,}")
_SECRETS = ("facilitator", "participants")
_MOST_WORLDS = 10_000
_YEAR_10000 = 253_402_300_800.0
"""In seconds since 1970: where calendars end."""

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


class NotKeptError(CultureshiftError):
    """Something could not be written to the file of the rooms; all that was kept before is there."""


class BrokenEventError(Exception):
    """What stands in the file is no event; the message says which."""


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
    InputError : the file is of a newer version, is something else, is damaged or in use, or cannot be written
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        try:
            if path.exists() and not path.is_file():
                raise _unusable(path, "an ordinary file", "something else")
            _check_no_journal(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            is_new = _make_if_there_is_none(path)
            self._connection = sqlite3.connect(path, timeout=0.5, isolation_level=None, check_same_thread=False)
            self._connection.text_factory = _text
        except (OSError, ValueError, sqlite3.Error) as error:
            raise _unusable(path, "a file that can be written", f"{error}") from None
        try:
            self._prepare()
            for name in _SECRETS:
                self.secret(name)
        except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
            self._let_go(is_new)
            raise _explained(path, error) from None
        except BaseException:
            self._let_go(is_new)
            raise

    def _let_go(self, is_new: bool) -> None:
        self._connection.close()
        if is_new:
            # Nothing has been kept in it.
            for name in (self.path.name, f"{self.path.name}-wal"):
                self.path.with_name(name).unlink(missing_ok=True)

    def _prepare(self) -> None:
        run = self._connection.execute
        run("PRAGMA locking_mode = EXCLUSIVE")
        run("PRAGMA trusted_schema = OFF")
        run("BEGIN EXCLUSIVE")
        ours, version = run("PRAGMA application_id").fetchone()[0], run("PRAGMA user_version").fetchone()[0]
        if ours != _OURS:
            raise _unusable(self.path, "a file of rooms", "a database of something else")
        if version > FORMAT_VERSION:
            came = f"format {version}, written by a newer Cultureshift"
            raise _unusable(self.path, f"format {FORMAT_VERSION} or older", came, "update Cultureshift")
        # Before anything else is asked of it: other tables may hold conditions, which asking would compute.
        if _layout(self._connection) != _layout_of_ours():
            raise _damaged(self.path, "other tables than those of rooms")
        found = run("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise _damaged(self.path, found)
        if version < FORMAT_VERSION:
            # An older Cultureshift would take the rooms that are opened from now on for damaged.
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
        """Return a secret of this file, made when it is first asked for.

        Raises
        ------
        InputError : what stands there is none, so that anybody might guess it
        """
        with self._lock:
            run = self._connection.execute
            query = "SELECT value FROM meta WHERE name = ?"
            if run(query, (name,)).fetchone() is None:
                run("INSERT INTO meta VALUES (?, ?)", (name, secrets.token_urlsafe(18)))
            kept = run(query, (name,)).fetchone()[0]
        if not isinstance(kept, str) or not _SECRET.fullmatch(kept):
            raise _damaged(self.path, f"no secret where that of the {name} should be")
        return kept

    def renew(self, codes: Mapping[str, str]) -> None:
        """Give all rooms other codes, and make all secrets anew, all at once or not at all.

        Parameters
        ----------
        codes : the new code of each room

        Raises
        ------
        NotKeptError : there is no room on the disk
        """
        with self._writing() as run:
            for old, new in codes.items():
                run("UPDATE events SET room = ? WHERE room = ?", (f"new {new}", old))
            run("UPDATE events SET room = substr(room, 5) WHERE room LIKE 'new %'")
            for name in _SECRETS:
                run("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, secrets.token_urlsafe(18)))

    @contextmanager
    def _writing(self) -> Iterator[Callable[..., Any]]:
        """Give what runs statements that are kept all or none, and on the disk when the block has ended."""
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection.execute
                self._connection.execute("COMMIT")
            except BaseException as error:
                # On a full disk SQLite takes everything back by itself.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error) and not isinstance(error, sqlite3.IntegrityError):
                    raise NotKeptError(_not_kept(error)) from error
                raise

    def append(self, room: str, first: int, events: Sequence[RoomEvent]) -> None:
        """Keep events of a room, all or none; returns when they are on the disk.

        Parameters
        ----------
        room : its code
        first : number of the first event: as many as the room has had before

        Raises
        ------
        NotKeptError : there is no room on the disk
        """
        rows = [
            (room, first + place, event.kind, event.by, event.at, json.dumps(dict(event.data)))
            for place, event in enumerate(events)
        ]
        with self._writing() as run:
            for row in rows:
                run("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", row)

    def rooms(self) -> list[str]:
        """Return the codes of all rooms, the oldest first."""
        with self._lock:
            rows = self._connection.execute("SELECT room FROM events GROUP BY room ORDER BY min(at)").fetchall()
        return [str(code) for (code,) in rows]

    def events(self, room: str) -> list[RoomEvent]:
        """Return everything that happened in a room, in its order.

        Raises
        ------
        BrokenEventError : an event is missing, or cannot be read
        """
        query = "SELECT number, kind, by, at, data FROM events WHERE room = ? ORDER BY number"
        with self._lock:
            rows = self._connection.execute(query, (room,)).fetchall()
        return [_event(place, *row) for place, row in enumerate(rows)]

    def delete(self, room: str) -> None:
        """Delete everything that was kept of a room.

        Raises
        ------
        NotKeptError : the disk is so full that not even that can be written
        """
        with self._writing() as run:
            run("DELETE FROM events WHERE room = ?", (room,))
        with self._lock:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def keep_worlds(self, key: str, first: int, safe: NDArray[np.float64]) -> None:
        """Keep the share that feels safe, [n_worlds, n_weeks + 1], of some worlds of a scenario.

        Raises
        ------
        NotKeptError : there is no room on the disk
        """
        content = zlib.compress(np.ascontiguousarray(safe, dtype="<f8").tobytes(), 6)
        with self._writing() as run:
            run("INSERT OR REPLACE INTO worlds VALUES (?, ?, ?, ?)", (key, first, len(safe), content))

    def worlds(self, key: str, n_weeks: int) -> dict[int, NDArray[np.float64]]:
        """Return what was kept of the worlds of a scenario, by the number of the first; what is not whole is left out.

        Parameters
        ----------
        key : of the scenario
        n_weeks : weeks of its runs
        """
        query = "SELECT first, n, content FROM worlds WHERE key = ? ORDER BY first"
        with self._lock:
            rows = self._connection.execute(query, (key,)).fetchall()
        kept = {first: _unpacked(content, n, n_weeks + 1) for first, n, content in rows}
        return {first: safe for first, safe in kept.items() if safe is not None}

    def forget_worlds_but(self, keys: Collection[str]) -> None:
        """Delete what was computed for scenarios that no room has any more.

        Raises
        ------
        NotKeptError : the disk is so full that not even that can be written
        """
        with self._writing() as run:
            known = [key for (key,) in run("SELECT DISTINCT key FROM worlds").fetchall()]
            for key in set(known) - set(keys):
                run("DELETE FROM worlds WHERE key = ?", (key,))


def _check_no_journal(path: Path) -> None:
    """Make sure that no rollback journal lies beside the file.

    SQLite would take back what the journal says, and delete a file of which it tells the name; ours are written ahead
    (WAL) from the beginning, and never have one.
    """
    real = Path(os.path.realpath(path))
    journal = real.with_name(f"{real.name}-journal")
    if os.path.lexists(journal):
        hint = "rooms keep none, and it could do harm: move it away, or choose another file with --rooms"
        raise _unusable(path, f"no {journal.name} beside it", "one", hint)


def _make_if_there_is_none(path: Path) -> bool:
    """Make the file, if there is none or nothing is in it; tell whether there was none.

    It is for its owner alone, as it holds the facilitator's key.
    """
    is_new = not path.exists()
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        if os.fstat(descriptor).st_size:
            return is_new
        left = _file_without_rooms()
        try:
            while left:
                left = left[os.write(descriptor, left) :]
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, 0)
            if is_new:
                path.unlink()
            raise
        return is_new
    finally:
        os.close(descriptor)


def _file_without_rooms() -> bytes:
    """Return the content of a file that is new: always the same, so that two servers who make one do no harm."""
    with contextlib.closing(_without_rooms()) as connection:
        content = bytearray(connection.serialize())
    content[_WRITTEN_AHEAD] = b"\x02\x02"
    return bytes(content)


def _unusable(path: Path, wanted: str, came: str, hint: str = "choose another file with --rooms") -> InputError:
    return InputError.single(f"{path}", wanted, came, hint)


def _layout(connection: sqlite3.Connection) -> list[Any]:
    """Return all that a file consists of, each with the words by which it was made."""
    return connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name").fetchall()


def _layout_of_ours() -> list[Any]:
    with contextlib.closing(_without_rooms()) as connection:
        return _layout(connection)


def _without_rooms() -> sqlite3.Connection:
    """Return a database in memory that is as a new file: there are the tables, and nothing in them."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(f"{_TABLES}; PRAGMA application_id = {_OURS}; PRAGMA user_version = {FORMAT_VERSION};")
    return connection


def _text(content: bytes) -> str | bytes:
    """Return a text of the file; what is not UTF-8 stays bytes, which no column of ours has."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content


def _event(place: int, number: object, kind: object, by: object, at: object, data: object) -> RoomEvent:
    """Return an event, if it is one; a file may hold anything in any column."""
    told: object = None
    with contextlib.suppress(TypeError, ValueError, RecursionError):
        told = json.loads(cast(str, data))
    is_one = isinstance(kind, str) and isinstance(by, int) and isinstance(at, float) and 0 <= at < _YEAR_10000
    if number != place:
        raise BrokenEventError(f"event {place + 1} is missing")
    if not (is_one and isinstance(told, dict)):
        raise BrokenEventError(f"event {place + 1} cannot be read")
    return RoomEvent(cast(str, kind), cast(int, by), cast(float, at), told)


def _unpacked(content: object, n: object, n_points: int) -> NDArray[np.float64] | None:
    """Return [n, n_points] numbers, or None where something else was kept; no more is unpacked than is wanted."""
    if not (isinstance(content, bytes) and isinstance(n, int) and 0 < n <= _MOST_WORLDS):
        return None
    n_bytes = 8 * n * n_points
    unpacking = zlib.decompressobj()
    try:
        found = unpacking.decompress(content, n_bytes + 1)
    except zlib.error:
        return None
    return np.frombuffer(found, dtype="<f8").reshape(n, n_points) if unpacking.eof and len(found) == n_bytes else None


def _not_kept(error: sqlite3.Error) -> str:
    if "full" in str(error):
        return "The disk of the facilitator's computer is full. What was kept is safe; once there is space, go on."
    return f"The facilitator's computer could not keep that ({error}). What was kept before is safe; try again."


def _damaged(path: Path, found: str) -> InputError:
    hint = "nothing in it was changed; keep it, and choose another file with --rooms"
    return _unusable(path, "a file of rooms that is whole", f"a damaged one ({' '.join(found.split())})", hint)


def _explained(path: Path, error: Exception) -> InputError:
    if isinstance(error, UnicodeDecodeError):
        return _damaged(path, "names that are no text")
    if "malformed" in str(error):
        return _damaged(path, f"{error}")
    if "full" in str(error):
        return _unusable(path, "space on the disk", f"{error}", "make space, or choose another file with --rooms")
    if "locked" in str(error):
        hint = "use the other server, stop it, or choose another file with --rooms"
        return _unusable(path, "a file that no other server uses", "one that is in use", hint)
    if isinstance(error, sqlite3.DatabaseError) and "not a database" in str(error):
        return _unusable(path, "a file of rooms", "something else")
    return _unusable(path, "a file of rooms that can be read and written", f"{error}")
