"""The runs of all rooms: in the shared pool of worker processes, piece by piece, nothing twice.

A piece is some twin worlds of one scenario; its result is kept in the file of the rooms under the hash of
everything that decides it. So a server that was killed goes on where it was, and the same programme in another team,
round or room costs nothing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.worker_pool import Pool, StoppedError
from sim.inputs.scenario.description import Scenario
from sim.lessons.worlds import in_pieces, run_worlds
from sim.results.store.keys import config_key
from sim.room.judging import ProgrammeResult, judge
from sim.room.looking import CloserLook, looked
from sim.room.store import NotKeptError, Store
from sim.room.tables.debriefs import debriefed
from sim.room.tables.state import Debriefing

__all__ = ["CHUNK", "RoomArm", "Runner", "WantedWork"]

CHUNK = 25
"""Twin worlds in one piece."""


@dataclass(frozen=True)
class RoomArm:
    """A scenario with what it is compared with: the same place with nothing done, in the same worlds.

    Parameters
    ----------
    scenario : what is run
    seed : of the twin worlds
    worlds : how many
    """

    scenario: Scenario
    seed: int
    worlds: int

    @cached_property
    def key(self) -> str:
        """A hash of everything that decides the result."""
        return f"{config_key(self.scenario, self.seed)}-{self.worlds}"


WantedWork = RoomArm | Debriefing | CloserLook
"""What a room may need to have run."""

_WHOLE: Mapping[type, Callable[[Any], dict[str, Any] | str]] = {Debriefing: debriefed, CloserLook: looked}
"""What is run in one piece, and how: what comes of it, or what went wrong."""


class Runner:
    """Does what is wanted, the first first, and tells when there is news.

    Parameters
    ----------
    store : where worlds are kept
    pool : of worker processes
    on_news : called, in a thread of its own, with the key of an arm whose state has changed
    """

    def __init__(self, store: Store, pool: Pool, on_news: Callable[[str], None]) -> None:
        self._store, self._pool, self._on_news = store, pool, on_news
        self._wake, self._stop, self._lock = threading.Event(), threading.Event(), threading.Lock()
        self._wanted: dict[str, WantedWork] = {}
        self.verdicts: dict[str, ProgrammeResult] = {}
        self.debriefs: dict[str, dict[str, Any]] = {}
        self.failed: dict[str, str] = {}
        self._done: dict[str, int] = {}
        self._baselines: dict[str, NDArray[np.float64]] = {}
        self._thread = threading.Thread(target=self._work, name="rooms", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, when the chunk under way allows."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def want(self, arms: Sequence[WantedWork]) -> None:
        """Say what is wanted, the most urgent first, in place of what was wanted before."""
        wanted = {arm.key: arm for arm in arms}
        with self._lock:
            self._wanted = wanted
        if not all(self.is_settled(key) for key in wanted):
            self._wake.set()

    def is_settled(self, key: str) -> bool:
        """Tell whether something has been run, or cannot be."""
        return key in self.verdicts or key in self.debriefs or key in self.failed

    def share_done(self, key: str, worlds: int) -> float:
        """Return how far an arm is, from 0 to 1."""
        return 1.0 if key in self.verdicts else min(0.99, self._done.get(key, 0) / worlds)

    def _next(self) -> WantedWork | None:
        with self._lock:
            return next((one for key, one in self._wanted.items() if not self.is_settled(key)), None)

    def _work(self) -> None:
        while not self._stop.is_set():
            arm = self._next()
            if arm is None:
                self._wake.wait()
                self._wake.clear()
                continue
            try:
                if isinstance(arm, RoomArm):
                    self._do(arm)
                else:
                    self._do_whole(type(arm))
            except StoppedError:
                return
            except Exception as error:
                # Whatever is wrong with one programme must not keep the others waiting; the board says so.
                logging.getLogger(__name__).exception("a programme could not be run")
                self.failed[arm.key] = f"{type(error).__name__}"
                self._on_news(arm.key)

    def _do_whole(self, kind: type) -> None:
        """Run everything of one kind that is waited for, several at a time."""
        with self._lock:
            pieces = [one for one in self._wanted.values() if isinstance(one, kind)]
        pieces = [piece for piece in pieces if not self.is_settled(piece.key)]
        for place, told in self._pool.each(_WHOLE[kind], pieces, self._stop):
            if isinstance(told, str):
                self.failed[pieces[place].key] = told
            else:
                self.debriefs[pieces[place].key] = told
            self._on_news(pieces[place].key)

    def _do(self, arm: RoomArm) -> None:
        base = arm.scenario.baseline()
        name = config_key(base, arm.seed)
        without = self._baselines.get(name)
        if without is None or len(without) < arm.worlds:
            without = self._baselines[name] = self._safe(base, arm, arm.key)
        safe = self._safe(arm.scenario, arm, arm.key)
        self.verdicts[arm.key] = judge(arm.scenario, safe, without[: arm.worlds])
        self._on_news(arm.key)

    def _safe(self, scenario: Scenario, arm: RoomArm, told_as: str) -> NDArray[np.float64]:
        """Return the worlds of a scenario, from the file as far as they are there."""
        key = config_key(scenario, arm.seed)
        pieces = in_pieces([scenario], arm.seed, arm.worlds, CHUNK)
        kept = self._store.worlds(key, scenario.weeks)
        parts = {one.first: kept[one.first] for one in pieces if len(kept.get(one.first, ())) >= len(one.numbers)}
        missing = [piece for piece in pieces if piece.first not in parts]
        self._done[told_as] = arm.worlds - sum(len(piece.numbers) for piece in missing)
        for place, weekly in self._pool.each(run_worlds, missing, self._stop):
            piece, safe = missing[place], weekly[:, :, 0]
            try:
                self._store.keep_worlds(key, piece.first, safe)
            except NotKeptError as error:
                # It is known until the server stops; then it is computed anew.
                logging.getLogger(__name__).warning("What was computed for a room is not kept: %s", error)
            parts[piece.first] = safe
            self._done[told_as] += len(piece.numbers)
            self._on_news(told_as)
        return np.concatenate([parts[piece.first][: len(piece.numbers)] for piece in pieces])
