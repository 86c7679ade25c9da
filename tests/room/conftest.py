"""A real server with rooms that can be killed and started again, and a real Chromium that can reach nothing else."""

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
_ROOT = Path(__file__).parents[2]
_START = "import sys; from sim.commands import main; main(sys.argv[1:])"


def pytest_collection_modifyitems(items):
    if CHROMIUM is None:
        missing = pytest.mark.skip(reason="there is no Chromium; install the package chromium")
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(missing)


class Server:
    """The server in a process of its own, on one port and one file for as long as it is needed."""

    def __init__(self, rooms):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url, self.rooms, self.log = f"http://127.0.0.1:{self.port}", rooms, []
        self.process = None

    def start(self):
        words = ["room", "--host", "127.0.0.1", "--port", str(self.port), "--rooms", str(self.rooms), "--no-browser"]
        environment = {**os.environ, "no_proxy": "*", "PYTHONPATH": str(_ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", _START, *words], stderr=subprocess.PIPE, text=True, env=environment, cwd=_ROOT
        )
        self._reader = threading.Thread(target=self._read, args=(self.process.stderr,), daemon=True)
        self._reader.start()
        for _ in range(450):
            try:
                with urllib.request.urlopen(f"{self.url}/room", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                assert self.process.poll() is None, "".join(self.log)
                time.sleep(0.1)
        raise AssertionError("the server is not ready: " + "".join(self.log))

    def _read(self, stream):
        with stream:
            self.log.extend(stream)

    @property
    def link(self):
        return next(found[0] for line in self.log if (found := re.search(r"http\S+key=\S+", line)))

    def kill(self):
        """End it as a cut of power would, with no time to say anything."""
        self.process.kill()
        self.process.wait()
        self._reader.join(5)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(5)

    def tracebacks(self):
        return [line for line in self.log if re.match(r"Traceback|\w*Error: ", line)]


@pytest.fixture(name="server", scope="module")
def server_fixture(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("rooms") / "rooms.sqlite")
    server.start()
    yield server
    server.stop()
    assert server.tracebacks() == [], "".join(server.log)


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {
        "executable_path": CHROMIUM,
        "args": [
            "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync",
        ],
    }  # fmt: skip


@pytest.fixture(name="visitor")
def visitor_fixture(browser, server):
    """Give pages of people with a browser of their own; any error of a page or request to elsewhere is a failure."""
    contexts, wrong = [], []

    def visitor(width=390, height=844, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True, **options)
        contexts.append(context)
        context.route(
            lambda url: not url.startswith((server.url, "data:", "blob:")),
            lambda route: (wrong.append(f"asked for {route.request.url}"), route.abort()),
        )
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
