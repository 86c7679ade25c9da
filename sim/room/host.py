"""All rooms of one server: who asks waits for news, what is granted is kept before it counts, what is needed is run."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sim.base.worker_pool import Pool, the_pool
from sim.results.store.keys import config_key
from sim.room import rules
from sim.room.access import new_code, tidy_code
from sim.room.actions import Join, OpenRoom
from sim.room.arms import wanted
from sim.room.reading import DamagedError, checked_room
from sim.room.running import Arm, Runner
from sim.room.state import FACILITATOR, Event, Room
from sim.room.store import BrokenEventError, NotKeptError, Store

__all__ = ["MOST_ROOMS", "GoneError", "Host", "renew_links"]

MOST_ROOMS = 100
_GATHER_SECONDS = 0.12
"""News that come within this time of one another are told together."""

_ALL = "all"
_PUBLIC = "public"


class GoneError(Exception):
    """There is no such room."""


class _Open:
    """A room that is open: its state, and how much news there has been for whom."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.lock = asyncio.Lock()
        self.news: Counter[str] = Counter()
        self.changed = asyncio.Event()

    def tell(self, *audiences: str) -> None:
        self.news.update({_ALL, *audiences})
        self.changed.set()
        self.changed = asyncio.Event()


class Host:
    """The rooms of one file.

    Parameters
    ----------
    store : the file
    pool : of worker processes; the shared one if left out
    clock : seconds since 1970
    """

    def __init__(self, store: Store, pool: Pool | None = None, clock: Callable[[], float] = time.time) -> None:
        self.store = store
        self.key = store.secret("facilitator")
        self.secret = store.secret("participants")
        self._clock = clock
        self._is_closing = False
        self._boot = secrets.token_hex(4)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wants: dict[str, list[Arm]] = {}
        self.runner = Runner(store, pool or the_pool(), self._on_news)
        self.damaged: dict[str, str] = {}
        self._rooms: dict[str, _Open] = dict(self._read())
        self._forget_worlds()
        self.runner.start()
        self._want()

    def _read(self) -> Iterator[tuple[str, _Open]]:
        """Read all rooms; what is damaged is put aside and stays in the file as it is."""
        for code in self.store.rooms():
            try:
                yield code, _Open(checked_room(code, self.store.events(code)))
            except (BrokenEventError, DamagedError) as error:
                self.damaged[code if tidy_code(code) == code else ascii(code)[:20]] = f"{error}"

    def release_waiting(self) -> None:
        """Let nobody wait any longer, because the server is about to stop; called in its loop."""
        self._is_closing = True
        for opened in self._rooms.values():
            opened.tell()

    def close(self) -> None:
        """Stop the runs, and let go of the file."""
        self.runner.stop()
        self.store.close()

    def damaged_rooms(self) -> list[str]:
        """Return which rooms were put aside, and why, a line for each."""
        return [
            f"Room {code} is damaged and stays closed: {reason}. It is kept as it is in {self.store.path}."
            for code, reason in self.damaged.items()
        ]

    # --- rooms --------------------------------------------------------------------------------------------------------

    def codes(self) -> list[str]:
        """Return the codes of all rooms, the newest first."""
        return list(self._rooms)[::-1]

    def room(self, code: str) -> Room:
        """Return a room.

        Raises
        ------
        GoneError : there is none of this code
        """
        return self._open(code).room

    def _open(self, code: str) -> _Open:
        try:
            return self._rooms[code]
        except KeyError:
            raise GoneError(code) from None

    async def open_room(self, action: OpenRoom) -> Room:
        """Open a room.

        Raises
        ------
        RefusedError : there are too many already
        """
        if len(self._rooms) >= MOST_ROOMS:
            raise rules.RefusedError(f"There are {MOST_ROOMS} rooms already. Delete one first.")
        code = new_code({*self._rooms, *self.damaged})
        opened = self._rooms[code] = _Open(Room(code))
        try:
            await self._keep(opened, FACILITATOR, lambda _: rules.open_room(action))
        except BaseException:
            del self._rooms[code]
            raise
        return opened.room

    async def delete(self, code: str) -> None:
        """Delete a room and everything that was kept of it."""
        opened = self._open(code)
        async with opened.lock:
            await asyncio.to_thread(self.store.delete, code)
            del self._rooms[code]
            self._wants.pop(code, None)
        opened.tell(_PUBLIC)
        self._want()

    # --- requests -----------------------------------------------------------------------------------------------------

    async def join(self, code: str, action: Join) -> int:
        """Let somebody in, and return their number; the same for a request that is repeated."""
        opened = self._open(code)
        await self._keep(opened, None, lambda room: rules.join(room, action))
        return opened.room.requests[action.request]

    async def participate(self, code: str, number: int, action: Any) -> None:
        """Grant a participant's request, or refuse it."""
        await self._keep(self._open(code), number, lambda room: rules.participate(room, number, action))

    async def steer(self, code: str, action: Any) -> None:
        """Grant a facilitator's request, or refuse it."""
        await self._keep(self._open(code), FACILITATOR, lambda room: rules.steer(room, action))

    async def _keep(self, opened: _Open, by: int | None, decide: Callable[[Room], rules.NewEvents]) -> None:
        # What was begun is finished, even if whoever asked has hung up.
        await asyncio.shield(asyncio.ensure_future(self._keep_whole(opened, by, decide)))

    async def _keep_whole(self, opened: _Open, by: int | None, decide: Callable[[Room], rules.NewEvents]) -> None:
        async with opened.lock:
            room = opened.room
            told = decide(room)
            if not told:
                return
            if room.code not in self._rooms:
                raise GoneError(room.code)
            number = len(room.people) + 1 if by is None else by
            now = self._clock()
            events = [Event(kind, number, now, data) for kind, data in told]
            await asyncio.to_thread(self.store.append, room.code, room.n_events, events)
            for event in events:
                audiences = _audiences(room, event)
                room.apply(event)
                opened.tell(*audiences)
            if any(event.kind in _RUNS for event in events):
                self._want(room)

    # --- news ---------------------------------------------------------------------------------------------------------

    def news_for(self, code: str, number: int | None = None) -> str:
        """Return a mark that changes when there is news: for one participant, or for whoever steers."""
        opened = self._open(code)
        news = opened.news
        if number is None:
            return f"{self._boot}.{news[_ALL]}"
        team = opened.room.people[number].team
        return f"{self._boot}.{news[_PUBLIC]}.{news[_team(team)]}.{news[_one(number)]}.{team}"

    async def wait_for_news(self, code: str, seen: str, number: int | None, seconds: float) -> str | None:
        """Return the mark as soon as it is another one than was seen; None if nothing happens for some seconds."""
        self._loop = asyncio.get_running_loop()
        until = self._loop.time() + seconds
        while True:
            changed = self._open(code).changed
            mark = self.news_for(code, number)
            if self._is_closing:
                return None
            if mark != seen:
                return mark
            left = until - self._loop.time()
            if left <= 0:
                return None
            try:
                await asyncio.wait_for(changed.wait(), left)
            except TimeoutError:
                return None
            await asyncio.sleep(_GATHER_SECONDS)

    def _on_news(self, key: str) -> None:
        """Pass news of the runs on to the rooms; called in the runner's thread."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._tell_of_run, key)

    def _tell_of_run(self, key: str) -> None:
        is_ready = key in self.runner.verdicts or key in self.runner.failed
        for code, arms in self._wants.items():
            if code in self._rooms and any(arm.key == key for arm in arms):
                self._rooms[code].tell(*([_PUBLIC] if is_ready else []))

    # --- runs ---------------------------------------------------------------------------------------------------------

    def _want(self, room: Room | None = None) -> None:
        for one in [opened.room for opened in self._rooms.values()] if room is None else [room]:
            self._wants[one.code] = wanted(one)
        latest = [] if room is None else [room.code]
        order = [*latest, *(code for code in self.codes() if code not in latest)]
        self.runner.want([arm for code in order for arm in self._wants.get(code, [])])

    def _forget_worlds(self) -> None:
        """Drop what was computed for rooms that are deleted; what is needed for damaged ones is not known."""
        if self.damaged:
            return
        arms = [arm for opened in self._rooms.values() for arm in wanted(opened.room)]
        keys = {config_key(one, arm.seed) for arm in arms for one in (arm.scenario, arm.scenario.baseline())}
        try:
            self.store.forget_worlds_but(keys)
        except NotKeptError as error:
            logging.getLogger(__name__).warning("Old results stay in the file of the rooms: %s", error)


def renew_links(store: Store) -> None:
    """Make everything anew that people of earlier sessions may still hold: codes, cookies, and the facilitator's link.

    Raises
    ------
    NotKeptError : there is no room on the disk; nothing has changed then
    """
    old = store.rooms()
    new: list[str] = []
    for _ in old:
        new.append(new_code({*old, *new}))
    store.renew(dict(zip(old, new, strict=True)))


_RUNS = frozenset({"opened", "went", "committed", "shocked", "calmed", "planned"})
"""Kinds of event after which something else may have to be run, or something else first."""


def _team(team: int | None) -> str:
    return f"team {team}"


def _one(number: int) -> str:
    return f"person {number}"


def _audiences(room: Room, event: Event) -> Sequence[str]:
    """Return who has to be told of an event that is about to happen, besides whoever steers."""
    if event.kind == "predicted":
        is_shown = "predictions" in room.rounds[event.data["round"]].shown
        return [_PUBLIC] if is_shown else [_one(event.by)]
    if event.kind in ("drafted", "committed", "reopened"):
        return [_team(event.data["team"])]
    if event.kind == "joined":
        return [_PUBLIC] if room.phase == "lobby" else [_team(event.data["team"]), _one(event.by)]
    return [] if event.kind == "addressed" else [_PUBLIC]
