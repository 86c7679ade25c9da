"""A real server with rooms that can be killed and started again, and a real Chromium that can reach nothing else."""

import re

import pytest

from tests.chromium import PATIENT_MS
from tests.served import Program, free_port, listen

_START = "import sys; from sim.commands import main; main(sys.argv[1:])"


class Server(Program):
    """A server with rooms, on one port and one file for as long as it is needed."""

    def __init__(self, rooms):
        super().__init__()
        self.port, self.rooms = free_port(), rooms
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self):
        words = ["room", "--host", "127.0.0.1", "--port", str(self.port), "--rooms", str(self.rooms), "--no-browser"]
        self.run(_START, *words)
        self.wait_for(f"{self.url}/room")

    @property
    def link(self):
        return next(found[0] for line in self.log if (found := re.search(r"http\S+key=\S+", line)))


@pytest.fixture(name="server", scope="module")
def server_fixture(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("rooms") / "rooms.sqlite")
    server.start()
    yield server
    server.stop()
    assert server.tracebacks() == [], "".join(server.log)


@pytest.fixture(name="visitor")
def visitor_fixture(browser, server):
    """Give pages of people with a browser of their own; any error of a page or request to elsewhere is a failure."""
    contexts, wrong = [], []

    def visitor(width=390, height=844, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True, **options)
        context.set_default_timeout(PATIENT_MS)
        contexts.append(context)
        listen(context, (server.url, "file:"), wrong)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"error in the page: {error}"))
        page.on(
            "console",
            # While the server is away, the browser says so by itself.
            lambda said: wrong.append(said.text) if said.type == "error" and "ERR_" not in said.text else None,
        )
        return page

    yield visitor
    for context in contexts:
        context.close()
    assert wrong == []
