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
from sim.room.kept import DamagedRoomError
from sim.room.kinds import kind_of, opened_by
from sim.room.presence import Presence
from sim.room.reading import checked_room
from sim.room.running import RoomArm, Runner, WantedWork
from sim.room.state import FACILITATOR, Room, RoomEvent, Session
from sim.room.store import BrokenEventError, NotKeptError, Store
from sim.room.tables.actions import OpenTables

__all__ = ["MOST_ROOMS", "GoneError", "Host", "renew_links"]

MOST_ROOMS = 100
_GATHER_SECONDS = 0.12
"""News that come within this time of one another are told together."""

_ALL = "all"
_PUBLIC = "public"


class GoneError(Exception):
    """There is no such room."""


class _Open:
    """A room that is open: its state, who is there, and how much news there has been for whom."""

    def __init__(self, room: Session, now: float) -> None:
        self.room = room
        self.presence = Presence(now)
        self.is_looked_at = False
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
        self._wants: dict[str, Sequence[WantedWork]] = {}
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
                yield code, _Open(checked_room(code, self.store.events(code)), self._clock())
            except (BrokenEventError, DamagedRoomError) as error:
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

    def room(self, code: str) -> Session:
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

    async def open_room(self, action: OpenRoom | OpenTables) -> Session:
        """Open a room.

        Raises
        ------
        RefusedError : there are too many already
        """
        if len(self._rooms) >= MOST_ROOMS:
            raise rules.RefusedError(f"There are {MOST_ROOMS} rooms already. Delete one first.")
        code = new_code({*self._rooms, *self.damaged})
        room, decide = opened_by(action, code)
        opened = self._rooms[code] = _Open(room, self._clock())
        try:
            await self._keep(opened, FACILITATOR, decide)
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
        await self._keep(opened, None, lambda room: kind_of(room).join(room, action))
        return opened.room.requests[action.request]

    async def stand_in(self, code: str, place: int, chair: int) -> int:
        """Let the facilitator stand in for a team, or for one of the three at a table; return the number."""
        opened = self._open(code)
        await self._keep(opened, None, lambda room: kind_of(room).stand_in(room, place, chair))
        return opened.room.requests[rules.on_paper(place, chair)]

    async def come_back(self, code: str, number: int) -> None:
        """Let somebody come back with another phone.

        Raises
        ------
        RefusedError : they are here
        """
        opened = self._open(code)
        person = opened.room.people.get(number)
        if person is not None and opened.presence.away_since(number, self._clock()) is None:
            told = f"{person.name} is here, on another phone. Close the page there, and wait a moment."
            raise rules.RefusedError(told)
        await self._keep(opened, number, lambda room: rules.come_back(room, number))

    async def participate(self, code: str, number: int, action: Any) -> None:
        """Grant a participant's request, or refuse it."""
        await self._keep(self._open(code), number, lambda room: kind_of(room).participate(room, number, action))

    async def steer(self, code: str, action: Any) -> None:
        """Grant a facilitator's request, or refuse it."""
        await self._keep(self._open(code), FACILITATOR, lambda room: kind_of(room).steer(room, action))

    async def _keep(self, opened: _Open, by: int | None, decide: Callable[[Any], rules.NewEvents]) -> None:
        # What was begun is finished, even if whoever asked has hung up.
        await asyncio.shield(asyncio.ensure_future(self._keep_whole(opened, by, decide)))

    async def _keep_whole(self, opened: _Open, by: int | None, decide: Callable[[Any], rules.NewEvents]) -> None:
        async with opened.lock:
            room = opened.room
            # What a quarter does to a service takes a moment, in which others are answered.
            told = await asyncio.to_thread(decide, room)
            if not told:
                return
            if room.code not in self._rooms:
                raise GoneError(room.code)
            number = len(room.people) + 1 if by is None else by
            now = self._clock()
            events = [RoomEvent(kind, number, now, data) for kind, data in told]
            await asyncio.to_thread(self.store.append, room.code, room.n_events, events)
            audiences: list[str] = []
            for event in events:
                audiences += _audiences(room, event)
                room.apply(event)
            await self.get_ready(room)
            opened.tell(*audiences)
            if any(event.kind in _RUNS for event in events):
                self._want(room)

    async def get_ready(self, room: Session) -> None:
        """Compute what pages of a room show, as far as it is missing."""
        if not room.is_ready:
            await asyncio.to_thread(room.get_ready)

    def look_at(self, room: Session) -> None:
        """Note that somebody looks at a room: what it needs is run from now on."""
        opened = self._open(room.code)
        if not opened.is_looked_at:
            opened.is_looked_at = True
            self._want(room)

    # --- who is there -------------------------------------------------------------------------------------------------

    def begins_to_wait(self, code: str, number: int) -> None:
        """Note that somebody waits for news."""
        opened = self._open(code)
        if opened.presence.begins(number, self._clock()):
            opened.tell()

    def has_waited(self, code: str, number: int) -> None:
        """Note that somebody does not wait for news any more."""
        if code in self._rooms:
            self._rooms[code].presence.ends(number, self._clock())

    def away(self, room: Session) -> dict[int, float]:
        """Return since when each of those has been away who are."""
        presence, now = self._open(room.code).presence, self._clock()
        found = {person.number: presence.away_since(person.number, now) for person in room.present()}
        return {number: since for number, since in found.items() if since is not None}

    # --- news ---------------------------------------------------------------------------------------------------------

    def news_for(self, code: str, number: int | None = None) -> str:
        """Return a mark that changes when there is news: for one participant, or for whoever steers."""
        opened = self._open(code)
        news = opened.news
        if number is None:
            there = opened.presence.mark([person.number for person in opened.room.present()], self._clock())
            return f"{self._boot}.{news[_ALL]}.{there}"
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
        is_ready = self.runner.is_settled(key)
        for code, arms in self._wants.items():
            if code in self._rooms and any(arm.key == key for arm in arms):
                self._rooms[code].tell(*([_PUBLIC] if is_ready else []))

    # --- runs ---------------------------------------------------------------------------------------------------------

    def _want(self, room: Session | None = None) -> None:
        for opened in self._rooms.values():
            if room is None or opened.room is room:
                self._wants[opened.room.code] = kind_of(opened.room).wanted(opened.room, opened.is_looked_at)
        latest = [] if room is None else [room.code]
        order = [*latest, *(code for code in self.codes() if code not in latest)]
        self.runner.want([arm for code in order for arm in self._wants.get(code, [])])

    def _forget_worlds(self) -> None:
        """Drop what was computed for rooms that are deleted; what is needed for damaged ones is not known."""
        if self.damaged:
            return
        rooms = [opened.room for opened in self._rooms.values()]
        arms = [one for room in rooms if isinstance(room, Room) for one in wanted(room) if isinstance(one, RoomArm)]
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


_RUNS = frozenset({"opened", "went", "committed", "shocked", "calmed", "planned", "played"})
"""Kinds of event after which something else may have to be run, or something else first."""


def _team(team: int | None) -> str:
    return f"team {team}"


def _one(number: int) -> str:
    return f"person {number}"


def _audiences(room: Session, event: RoomEvent) -> Sequence[str]:
    """Return who has to be told of an event that is about to happen, besides whoever steers."""
    if event.kind == "predicted" and isinstance(room, Room):
        is_shown = room.rounds[event.data["round"]].shown & {"predictions", "reasons"}
        return [_PUBLIC] if is_shown else [_one(event.by)]
    if event.kind in ("drafted", "committed", "reopened", "styled") or (
        event.kind == "played" and room.phase not in ("lobby", "debrief")
    ):
        return [_team(event.data["team"])]
    if event.kind == "joined":
        return [_PUBLIC] if room.phase == "lobby" else [_team(event.data["team"]), _one(event.by)]
    if event.kind == "warmed":
        return [_one(event.by)]
    return [] if event.kind in ("addressed", "returned") else [_PUBLIC]
