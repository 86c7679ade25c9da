"""Connections: those that say nothing, or never end what they say, keep nobody out; and each has its end."""

import asyncio
import contextlib
import io
import logging
import socket
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest
import uvicorn
from websockets.sync.client import connect

from sim.dashboard.connections import Connection, ConnectionLimits, Connections, Doorkeeper, Server
from sim.dashboard.log import RepeatFilter

_IN = b"cookie: in=yes\r\n"

PATIENCE = 60.0
"""Seconds that a test waits for what has to come; it fails after them."""


class Place:
    """A server in a thread: ``/`` answers at once, ``/wait`` when it may, ``/much`` says more than anybody reads."""

    def __init__(self, **limits):
        self.may_go, self.disconnected, self.said = threading.Event(), threading.Event(), []
        self.connections = Connections(ConnectionLimits(**limits))
        listening = socket.create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        app = Doorkeeper(self.app, self.connections, lambda scope: (b"cookie", b"in=yes") in scope["headers"])
        config = uvicorn.Config(
            app, http=partial(Connection, connections=self.connections), log_config=None, lifespan="off"
        )
        self.server = Server(config, self.connections, self.look_around, lambda: self.said.append("stop"))
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [listening]})
        self.thread.start()
        assert self.ready.wait(PATIENCE)

    def look_around(self):
        self.said.append("ready")
        self.ready.set()

    async def app(self, scope, receive, send):
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            while scope["path"] == "/hold":
                await asyncio.sleep(60)
            while (message := await receive())["type"] == "websocket.receive":
                await send({"type": "websocket.send", "text": message["text"]})
            return
        if scope["path"] == "/wait":
            while not self.may_go.is_set():
                await asyncio.sleep(0.01)
        if scope["path"] == "/early":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
        while scope["method"] == "POST":
            message = await receive()
            if message["type"] == "http.disconnect":
                self.disconnected.set()
                return
            if not message.get("more_body"):
                break
        body = b"x" * 20_000_000 if scope["path"] == "/much" else b"inside"
        length = str(len(body)).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
        await send({"type": "http.response.body", "body": body})

    def connect(self, *said):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        for one in said:
            connection.sendall(one)
        return connection

    def ask(self, path="/", more=b""):
        return self.connect(b"GET %b HTTP/1.1\r\nhost: x\r\n%b\r\n" % (path.encode(), more))

    def wait_until(self, holds):
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end
            time.sleep(0.01)

    def stop(self):
        self.may_go.set()
        self.server.should_exit = True
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()


@pytest.fixture(name="place")
def place_fixture():
    """Makes servers with limits of their own, and closes what a test has opened."""
    with contextlib.ExitStack() as opened:

        def make(**limits):
            place = Place(**{"most": 6, "spare": 2, **limits})
            opened.callback(place.stop)
            real = place.connect
            place.connect = lambda *said: opened.enter_context(real(*said))
            return place

        yield make


def answer(connection):
    """Return what comes until the other side closes, or has said what is inside."""
    got = b""
    with contextlib.suppress(ConnectionResetError):
        while b"inside" not in got and (some := connection.recv(65536)):
            got += some
    return got


def is_closed(connection):
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize(
    "begun",
    [
        [],
        [b"GET / HT"],
        [b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: "],
        [b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n12345"],
        [b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\n123"],
        [b"GET / HTTP/1.1\r\nhost: x\r\n\r\nGET / HT"],
    ],
    ids=["nothing", "part of a line", "part of the headers", "part of a body", "part of a chunk", "a second request"],
)
def test_a_request_that_does_not_end_is_given_up(place, begun):
    at = place(receiving=0.2)
    connection = at.connect(*begun)
    answer(connection)

    assert is_closed(connection)
    at.wait_until(lambda: not at.connections.open)


def test_a_request_that_comes_byte_by_byte_is_given_up_too(place):
    at = place(receiving=0.3)
    connection = at.connect()

    def goes_on():
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            connection.sendall(b"a")
            time.sleep(0.02)

    with pytest.raises(ConnectionError):
        goes_on()


def test_an_application_learns_that_a_body_will_not_come(place):
    at = place(receiving=0.1)
    at.connect(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n1")

    assert at.disconnected.wait(PATIENCE)


def test_a_request_that_has_ended_may_be_answered_as_late_as_it_likes(place):
    at = place(receiving=0.1)
    waiting = at.ask("/wait")
    time.sleep(0.4)
    at.may_go.set()

    assert b"inside" in answer(waiting)


def test_a_websocket_may_be_silent_for_as_long_as_it_likes(place):
    server = place(receiving=0.2, sending=0.2)
    with connect(f"ws://127.0.0.1:{server.port}/", proxy=None) as socket:
        for word in ("one", "two"):
            time.sleep(0.6)
            socket.send(word)
            assert socket.recv(timeout=PATIENCE) == word


def test_an_answer_that_nobody_reads_is_given_up(place):
    at = place(sending=0.2)
    at.ask("/much")

    at.wait_until(lambda: at.connections.open)
    at.wait_until(lambda: not at.connections.open)


def test_an_answer_that_is_read_slowly_is_not(place):
    at = place(sending=1.0)
    connection = at.ask("/much")
    begun, n_read = time.monotonic(), 0
    while n_read < 20_000_000:
        some = connection.recv(1_000_000)
        assert some
        n_read += len(some)
        time.sleep(0.1)
    assert time.monotonic() - begun > 1.0


def test_whoever_has_been_silent_for_longest_makes_room(place):
    at = place()
    silent = [at.connect() for _ in range(6)]
    at.wait_until(lambda: len(at.connections.open) == 6)

    assert b"200 OK" in answer(at.ask())
    assert is_closed(silent[0])
    silent[-1].sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
    assert b"200 OK" in answer(silent[-1])


def test_hundreds_that_say_nothing_keep_nobody_out(place):
    at = place(most=40)
    for _ in range(300):
        at.connect()

    assert b"200 OK" in answer(at.ask())
    assert len(at.connections.open) <= 42


def test_when_all_are_served_strangers_are_asked_to_come_back_and_those_who_are_in_are_not(place):
    at = place()
    served = [at.ask("/wait") for _ in range(6)]
    at.wait_until(lambda: len(at.server.server_state.tasks) == 6)

    stranger = answer(at.ask())
    assert b"503" in stranger
    assert b"retry-after: 5" in stranger
    assert b"Please wait a few seconds and try again" in stranger
    assert b"200 OK" in answer(at.ask(more=_IN))
    at.may_go.set()
    assert all(b"200 OK" in answer(one) for one in served)


def test_when_even_the_spare_places_are_taken_an_answer_comes_at_once(place):
    at = place()
    for _ in range(8):
        at.ask("/wait", _IN)
    at.wait_until(lambda: len(at.server.server_state.tasks) == 8)

    assert b"503" in answer(at.connect())


@pytest.mark.parametrize("path", [b"/wait", b"/early"])
def test_nonsense_in_a_body_ends_a_connection_and_no_more(place, caplog, path):
    at = place()
    connection = at.connect(b"POST %b HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n" % path)
    if path == b"/early":
        assert connection.recv(1000)
    else:
        at.wait_until(lambda: at.server.server_state.tasks)
    connection.sendall(b"zz\r\n")

    answer(connection)
    assert b"200 OK" in answer(at.ask())
    assert not any(record.exc_info for record in caplog.records)


_LIMITS = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
from sim.dashboard.log import RepeatFilter
from sim.dashboard.connections import limits_here
print(limits_here().most, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits there")
@pytest.mark.parametrize(
    ("soft", "hard", "most", "descriptors"), [(256, 256, 144, 256), (256, 4096, 1000, 1112), (64, 64, 24, 64)]
)
def test_there_are_fewer_connections_than_descriptors(soft, hard, most, descriptors):
    program = [sys.executable, "-c", _LIMITS.format(soft=soft, hard=hard)]
    done = subprocess.run(program, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])

    assert done.stdout.split() == [str(most), str(descriptors)]


def test_a_server_says_that_it_is_ready_when_it_answers_and_that_it_stops(place):
    at = place()
    assert at.said == ["ready"]
    assert b"200 OK" in answer(at.ask())
    at.stop()
    assert at.said == ["ready", "stop"]


@pytest.mark.parametrize("how", ["http", "websocket"])
def test_whoever_is_cut_off_as_the_server_stops_leaves_no_line(place, how):
    server = place()
    server.server.config.timeout_graceful_shutdown = 0.2
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(RepeatFilter())
    logger = logging.getLogger("uvicorn.error")
    logger.addHandler(handler)
    try:
        held = server.ask("/wait") if how == "http" else connect(f"ws://127.0.0.1:{server.port}/hold")
        with held:
            server.wait_until(lambda: server.server.server_state.tasks)
            server.server.should_exit = True
            server.thread.join(PATIENCE)
        assert not server.thread.is_alive()
    finally:
        logger.removeHandler(handler)
    assert out.getvalue() == ""
