"""A real server under strain, on this machine alone and for seconds: those who are in hardly notice."""

import contextlib
import http.client
import os
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.room.light import Light
from tests.served import Program, free_port

pytestmark = pytest.mark.slow

_FEW_DESCRIPTORS = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
from sim.commands import main
main(sys.argv[1:])
"""


class Server(Program):
    """``cultureshift room`` with few descriptors, and everything that it keeps in a folder of its own."""

    def __init__(self, folder):
        super().__init__()
        self.folder, self.port = folder, free_port()

    def start(self, *words, program=_FEW_DESCRIPTORS, word="room"):
        self.log.clear()
        rooms = ["--rooms", str(self.folder / "rooms.sqlite")]
        self.run(program, word, "--host", "127.0.0.1", "--port", str(self.port), "--no-browser", *rooms, *words)
        end = time.monotonic() + 90
        while not any("ready" in line for line in self.log):
            assert self.process.poll() is None, "".join(self.log)
            assert time.monotonic() < end
            time.sleep(0.005)

    @property
    def secret_file(self):
        return Path(self._kept) / "cultureshift" / "dashboard-secret"

    @property
    def link(self):
        end = time.monotonic() + 60
        while not (found := re.search(r"http\S+key=\S+", "".join(self.log))):
            assert time.monotonic() < end
            time.sleep(0.01)
        return found[0]

    def ask(self, path, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request("GET", path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace"), answer.getheader("set-cookie") or ""


@pytest.fixture(name="server")
def server_fixture(tmp_path):
    server = Server(tmp_path)
    yield server
    if server.process.poll() is None:
        server.stop()
    assert server.tracebacks() == [], "".join(server.log)


def facilitator_of(server):
    """Return somebody who steers."""
    lead = Light(server.port, "", "the facilitator")
    lead.cookie = server.ask(server.link.split(str(server.port), 1)[1])[2].split(";")[0]
    return lead


def open_room(lead):
    wanted = {"title": "A day", "plan": "ninety", "n_teams": 3, "choose_teams": False}
    status, data = lead.ask("/room/steer/rooms", wanted)
    assert status == 201
    return data["code"]


def test_ready_means_that_the_server_answers(server):
    server.start()

    assert server.ask("/readyz")[0] == 200
    assert server.ask("/room")[0] == 200


def test_hundreds_of_silent_connections_keep_out_neither_those_who_are_in_nor_those_who_come(server):
    server.start()
    lead = facilitator_of(server)
    code = open_room(lead)
    people = [Light(server.port, code, f"Person {number}") for number in range(12)]
    for one in people[:6]:
        one.join_room()
    with contextlib.ExitStack() as opened:

        def hold(number):
            begun = (b"", b"GET /room HT", b"POST /room/BCDF/act HTTP/1.1\r\ncontent-length: 9\r\nhost: x\r\n\r\n{")
            connection = opened.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=60))
            with contextlib.suppress(OSError):
                connection.sendall(begun[number % 3])

        with ThreadPoolExecutor(16) as pool:
            list(pool.map(hold, range(400)))
        for one in people[6:]:
            one.join_room()
        assert lead.ask(f"/room/steer/{code}/act", {"do": "go", "to": "predict", "round": 0})[0] == 200
        for one in people:
            one.wait_until("predict", 0)
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(hold, range(200)))
        people[0].act(do="predict", round=0, curve=[60] * 9)
    for one in people:
        one.is_done = True

    assert "out of system resource" not in "".join(server.log)
    assert len(server.log) < 20, "".join(server.log)


def test_a_thousand_visits_write_next_to_nothing(server):
    server.start(word="dashboard")
    # Whatever a visitor may say of itself is not repeated each time.
    secret = server.secret_file.read_text()
    own = {"cookie": f"cultureshift-code={secret}", "x-forwarded-host": "elsewhere"}
    for number in range(40):
        said_by_proxies = {"x-forwarded-proto": f"made-up-{number}", "x-script-name": f"/elsewhere-{number}"}
        status, page, _ = server.ask("/", {**own, **said_by_proxies})
        assert status == 200
        assert "elsewhere" not in page
    for number in range(40):
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
            connection.sendall(b"nonsense %d\r\n\r\n" % number)
            assert b"400" in connection.recv(1000)

    assert "samesite" not in "".join(server.log)
    assert len(server.log) < 60, "".join(server.log)


def test_new_links_open_what_the_old_ones_opened_and_those_nothing(server):
    server.start()
    lead, link, secret_file = facilitator_of(server), server.link, server.secret_file
    code, secret = open_room(lead), secret_file.read_text()
    anna = Light(server.port, code, "Anna")
    anna.join_room()
    anna.is_done = True
    server.stop()
    server.start("--new-links")

    assert server.link != link
    assert secret_file.read_text() != secret
    assert os.name == "nt" or secret_file.stat().st_mode & 0o777 == 0o600
    assert server.ask(link.split(str(server.port), 1)[1])[0] == 403
    assert lead.ask("/room/steer/rooms")[0] == 403
    assert anna.ask(f"/room/{code}/state")[0] == 404
    (room,) = facilitator_of(server).ask("/room/steer/rooms")[1]["rooms"]
    assert (room["title"], room["n"]) == ("A day", 1)
    assert room["code"] != code
    anna.code = room["code"]
    assert anna.ask(f"/room/{room['code']}/state")[0] == 401
    server.stop()

    kept = secret_file.read_text()
    server.start("--new-link", word="dashboard")
    assert secret_file.read_text() != kept
    assert server.ask("/room/steer", {"cookie": lead.cookie})[0] == 403
