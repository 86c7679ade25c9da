"""How many may be connected and how long they may take, so that nobody keeps the others out by saying nothing.

uvicorn closes a connection that rests between two requests, but waits for ever for the end of a request that has begun
and for somebody who does not read the answer. Here both have an end. When there are too many connections, whoever has
been silent for longest makes room; when nobody is silent, strangers are asked to come back, and whoever is known stays.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["Connection", "ConnectionLimits", "Connections", "Doorkeeper", "Server", "limits_here"]

_OWN = 64
"""Descriptors for everything but connections: files, the rooms, pipes to the workers."""

_AT_ONCE = 8
"""Connections that are taken in one step; four steps may pass before the first of them is counted."""

_QUEUE = 256
"""Connections that the system keeps waiting until they are taken."""

_GRACE_SECONDS = 0.5
"""So long may somebody take to begin to speak, even when there are too many."""

_SPARE = 16
_MOST = 1000
_ENOUGH = _MOST + _SPARE + 4 * _AT_ONCE + _OWN
_FEWEST = 24
_WITHOUT_LIMITS = 400

_CROWDED = b"Many people are at the door at this moment. Please wait a few seconds and try again."
_CROWDED_HEADERS = (
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"content-length", str(len(_CROWDED)).encode()),
    (b"cache-control", b"no-store"),
    (b"retry-after", b"5"),
    # A browser tries again by itself.
    (b"refresh", b"5"),
    (b"connection", b"close"),
)

_TOO_MANY = "There are too many connections; newcomers are asked to wait."
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ConnectionLimits:
    """What a server can bear.

    Parameters
    ----------
    most : connections; beyond them strangers are asked to come back
    spare : connections more for those who are known
    receiving : seconds that a request may take to arrive, from the first to the last byte
    sending : seconds in which something of an answer must have been read
    """

    most: int
    spare: int = _SPARE
    receiving: float = 15.0
    sending: float = 30.0


def limits_here() -> ConnectionLimits:
    """Return what this process can bear, after it has been allowed as many descriptors as it may ask for and needs."""
    if sys.platform == "win32":
        return ConnectionLimits(_WITHOUT_LIMITS)
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _ENOUGH if hard == resource.RLIM_INFINITY else min(_ENOUGH, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    descriptors = _ENOUGH if soft == resource.RLIM_INFINITY else min(_ENOUGH, soft)
    return ConnectionLimits(max(_FEWEST, descriptors - _SPARE - 4 * _AT_ONCE - _OWN))


class Connections:
    """Everybody who is connected to one server."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self.open: set[Any] = set()

    @property
    def is_full(self) -> bool:
        """Whether strangers have to wait."""
        return len(self.open) > self.limits.most

    @property
    def is_overfull(self) -> bool:
        """Whether everybody has to wait."""
        return len(self.open) > self.limits.most + self.limits.spare

    def make_room(self, newcomer: Connection | None = None, patience: float = 0.0) -> bool:
        """Let go of who has asked nothing for longest, those first who have never asked; tell whether there was one.

        Parameters
        ----------
        newcomer : who stays in any case
        patience : seconds for which anybody may be silent
        """
        silent = [one for one in self.open if isinstance(one, Connection) and one is not newcomer]
        silent = [one for one in silent if one.is_silent and one.seconds_silent >= patience]
        if not silent:
            return False
        longest = max(silent, key=lambda one: (one.cycle is None, one.seconds_silent))
        self.open.discard(longest)
        longest.give_up()
        return True


class Connection(H11Protocol):
    """One connection, whose requests and answers may not take for ever.

    Parameters
    ----------
    connections : everybody who is connected
    """

    def __init__(self, *args: Any, connections: Connections, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._connections = connections
        self._receiving = _Timer(self.loop, connections.limits.receiving, self.give_up)
        self._sending = _Timer(self.loop, connections.limits.sending, self._give_up_if_unread)
        self._unread = 0
        self._since = self.loop.time()

    @property
    def seconds_silent(self) -> float:
        """Seconds since it began to be silent."""
        return self.loop.time() - self._since

    @property
    def is_silent(self) -> bool:
        """Whether no whole request is being answered."""
        return self._receiving.is_running or self.timeout_keep_alive_task is not None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # it is the only kind here
        """Begin to wait for a request; if this is one too many, somebody makes room."""
        super().connection_made(transport)
        self._receiving.start()
        connections = self._connections
        if connections.is_overfull:
            if not connections.make_room(newcomer=self):
                self._turn_away()
        elif connections.is_full:
            connections.make_room(newcomer=self, patience=_GRACE_SECONDS)

    def _turn_away(self) -> None:
        _log.warning(_TOO_MANY)
        lines = [b"HTTP/1.1 503 Service Unavailable", *(b": ".join(header) for header in _CROWDED_HEADERS)]
        self.transport.write(b"\r\n".join([*lines, b"", _CROWDED]))
        self.transport.close()

    def handle_events(self) -> None:
        """Take what has arrived; what has begun must end in time."""
        super().handle_events()
        if self.transport.get_protocol() is not self:  # A websocket has taken over, and lasts as long as it likes.
            self._stop_timers()
            return
        state = self.conn.their_state
        if state is h11.SEND_BODY or (state is h11.IDLE and self.conn.trailing_data[0]):
            if not self._receiving.is_running:
                self._since = self.loop.time()
                self._receiving.start()
        else:
            self._receiving.stop()

    def send_400_response(self, msg: str) -> None:
        """Say that a request cannot be understood, unless its answer has begun already."""
        try:
            super().send_400_response(msg)
        except h11.LocalProtocolError:
            self.transport.abort()

    def on_response_complete(self) -> None:
        """Wait for the next request, and for what is still to be read."""
        self._since = self.loop.time()
        super().on_response_complete()
        self._expect_reading()

    def pause_writing(self) -> None:
        """Let the application wait until more has been read."""
        super().pause_writing()
        self._expect_reading()

    def resume_writing(self) -> None:
        """Let the application go on."""
        super().resume_writing()
        self._sending.stop()

    def give_up(self) -> None:
        """End it at once."""
        self.transport.abort()

    def _expect_reading(self) -> None:
        self._unread = self.transport.get_write_buffer_size()
        if self._unread:
            self._sending.start()
        else:
            self._sending.stop()

    def _give_up_if_unread(self) -> None:
        if self.transport.get_write_buffer_size() < self._unread:
            self._expect_reading()
        else:
            self.give_up()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing more."""
        super().connection_lost(exc)
        self._stop_timers()

    def _stop_timers(self) -> None:
        self._receiving.stop()
        self._sending.stop()


class _Timer:
    """Calls something when a time has run out, unless it is stopped before."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, then: Callable[[], None]) -> None:
        self._loop, self._seconds, self._then = loop, seconds, then
        self._handle: asyncio.TimerHandle | None = None

    @property
    def is_running(self) -> bool:
        return self._handle is not None

    def start(self) -> None:
        self.stop()
        self._handle = self._loop.call_later(self._seconds, self._end)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._handle = None

    def _end(self) -> None:
        self._handle = None
        self._then()


class Doorkeeper:
    """Ask strangers to come back, while there are too many; let through whoever is known.

    Parameters
    ----------
    app : the ASGI application
    connections : everybody who is connected
    is_known : tells of a request whether it is from somebody who is in
    """

    def __init__(
        self, app: Any, connections: Connections, is_known: Callable[[MutableMapping[str, Any]], bool]
    ) -> None:
        self._app, self._connections, self._is_known = app, connections, is_known

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Serve one request or websocket."""
        connections = self._connections
        if scope["type"] != "http" or not connections.is_full or self._is_known(scope) or connections.make_room():
            await self._app(scope, receive, send)
            return
        _log.warning(_TOO_MANY)
        await send({"type": "http.response.start", "status": 503, "headers": list(_CROWDED_HEADERS)})
        await send({"type": "http.response.body", "body": _CROWDED})


class Server(uvicorn.Server):
    """A server that says when it really answers, and when it is about to stop.

    Parameters
    ----------
    config : its settings
    connections : everybody who is connected
    on_ready : called when it answers
    on_stop : called when it is about to stop, so that nobody is left waiting
    """

    def __init__(
        self,
        config: uvicorn.Config,
        connections: Connections,
        on_ready: Callable[[], None],
        on_stop: Callable[[], None] | None,
    ) -> None:
        # So that no flood is taken in one step, before anybody has been counted.
        config.backlog = _AT_ONCE
        super().__init__(config)
        connections.open = self.server_state.connections
        self._on_ready, self._on_stop = on_ready, on_stop

    async def startup(self, sockets: Any = None) -> None:
        """Begin to listen, and say so."""
        await super().startup(sockets)
        for one in sockets or ():
            one.listen(_QUEUE)
        if not self.should_exit:
            self._on_ready()

    async def shutdown(self, sockets: Any = None) -> None:
        """Say so, and stop."""
        if self._on_stop is not None:
            self._on_stop()
        await super().shutdown(sockets)
