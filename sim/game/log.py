"""The file of a game: a line of JSON for each event, on the disk before it counts.

Whoever is killed while writing leaves a last line without an end; it was never told to anybody, and is dropped. Any
other line that is not what it should be is refused, with its number: a file may be damaged, or somebody else's.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.base.errors import InputError, OutputError
from sim.base.field_messages import as_written, findings_of, path_text
from sim.base.files import read_file
from sim.base.version import FIRST_CONTRACT, what_differs
from sim.game import moves
from sim.game.setup import CHAIRS, Setup
from sim.game.state import TABLE, ClosedQuarter, Game, GameEvent

__all__ = ["GameLog", "granted"]

_MOST_BYTES = 10_000_000


class GameLog:
    """The log of one game, in a file.

    Parameters
    ----------
    path : the file; made with the first event if there is none
    events : what stands in it
    notice : that the model has changed since it was begun, in a sentence; empty if it has not

    Raises
    ------
    InputError : the file holds something else, or is damaged
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.events: list[GameEvent] = []
        self.notice = ""
        self._whole = self._there = 0  # bytes of whole lines, and all bytes
        if path.exists():
            self._read()

    def keep(self, event: GameEvent) -> None:
        """Write an event, so that it is on the disk.

        Raises
        ------
        OutputError : the file cannot be written, or somebody else has gone on with it
        """
        line = json.dumps({"kind": event.kind, "by": event.by, **event.data}, allow_nan=False).encode() + b"\n"
        try:
            with self.path.open("ab") as file:
                if file.seek(0, os.SEEK_END) != self._there:
                    raise OutputError(f"{self.path}: somebody else has written to it meanwhile; open it anew to go on")
                file.truncate(self._whole)
                self._there = self._whole
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            with contextlib.suppress(OSError):
                self._there = self.path.stat().st_size
            raise OutputError(f"{self.path}: cannot be written ({error.strerror})") from error
        self._whole += len(line)
        self._there = self._whole
        self.events.append(event)

    def _read(self) -> None:
        content = read_file(self.path, "the file of a game", _MOST_BYTES)
        whole = content[: content.rfind(b"\n") + 1]
        if content and not whole:
            raise InputError.single(f"{self.path}", "the file of a game", "one without a whole line")
        game: Game | None = None
        for number, line in enumerate(whole.splitlines(), start=1):
            try:
                event = _event_in(line)
                game = granted(game, event)
            except InputError as error:
                fault = error.faults[0]
                raise InputError.single(
                    f"{self.path}, line {number}: {fault.where}", fault.wanted, fault.came, fault.hint
                ) from None
            self.events.append(event)
        if game is not None:
            self.notice = what_differs("This game", self.events[0].data["contract"])
        self._whole, self._there = len(whole), len(content)


def _event_in(line: bytes) -> GameEvent:
    """Return the event of a line, in the form that events have; whether it may happen is judged later."""
    try:
        table = json.loads(line)
    except (ValueError, RecursionError):
        raise InputError.single("event", "a line of JSON", "something else") from None
    kind, by = (table.pop(key, None) for key in ("kind", "by")) if isinstance(table, dict) else (None, None)
    if not isinstance(kind, str) or kind not in _GRANTED or not isinstance(by, int) or by not in (TABLE, *CHAIRS):
        wanted = f"one of {', '.join(_GRANTED)}, by a chair or the table"
        raise InputError.single("event", wanted, f"{as_written(kind)} by {as_written(by)}")
    return GameEvent(kind, by, table)


def granted(game: Game | None, event: GameEvent) -> Game:
    """Return the table after an event that was kept somewhere, if it may happen.

    Parameters
    ----------
    game : the table before; None for the opening
    event : as it was read, not to be trusted

    Raises
    ------
    InputError : it cannot have happened
    """
    if (game is None) != (event.kind == "opened"):
        raise InputError.single("event", "one opening, in the first line", event.kind)
    try:
        again = _GRANTED[event.kind](game, event)
    except KeyError as error:
        raise InputError.single(event.kind, f"{error.args[0]}", "nothing") from None
    if isinstance(again, Game):
        return again
    if again != event:
        raise InputError.single(event.kind, f"what may happen: {again.data}", as_written(dict(event.data)))
    assert game is not None
    return game.after(event)


def _opened(_game: Any, event: GameEvent) -> Game:
    try:
        Setup.model_validate(event.data["setup"])
    except ValidationError as error:
        found = findings_of(error, Setup)[0]
        raise InputError.single(path_text(("setup", *found.path)), found.wanted, found.came, found.hint) from None
    contract = event.data.get("contract")
    if not isinstance(contract, int) or contract < FIRST_CONTRACT:
        raise InputError.single("contract", f"a whole number from {FIRST_CONTRACT}", as_written(contract))
    return Game.of([event])


def _closed(game: Game, event: GameEvent) -> GameEvent:
    if game.offer is not None:
        raise InputError.single("closed", "an answer of those who are called away first", "none")
    closed = _as_closed(event.data)
    by_model = {chair: closed.days[chair - 1] for chair in CHAIRS}
    return moves.close(game, by_model)[-1]


def _as_closed(data: Mapping[str, Any]) -> ClosedQuarter:
    try:
        return ClosedQuarter.model_validate(data)
    except ValidationError as error:
        found = findings_of(error, ClosedQuarter)[0]
        raise InputError.single(path_text(("closed", *found.path)), found.wanted, found.came, found.hint) from None


_GRANTED: Mapping[str, Any] = {
    "opened": _opened,
    "taken": lambda game, event: moves.take(game, event.by, str(event.data["name"])),
    "left": lambda game, event: moves.leave(game, event.by),
    "answered": lambda game, event: moves.answer(game, event.data),
    "decided": lambda game, event: moves.decide(game, event.by, event.data["days"]),
    "closed": _closed,
}
"""How each kind of event is granted anew, from the table as it stood."""
