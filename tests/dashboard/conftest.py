"""A real server on a free port and a real Chromium that can reach nothing else."""

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
_START = "import sys; from sim.dashboard.server import serve; serve(port=int(sys.argv[1]), open_browser=False)"


def pytest_collection_modifyitems(items):
    if CHROMIUM is None:
        missing = pytest.mark.skip(reason="there is no Chromium; install the package chromium")
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(missing)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """The dashboard in a process of its own; its log is read as it comes."""

    def __init__(self, port, program=_START, host="127.0.0.1"):
        self.url = f"http://{host}:{port}"
        environment = {**os.environ, "no_proxy": "*", "PYTHONPATH": str(_ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, str(port)], stderr=subprocess.PIPE, text=True, env=environment, cwd=_ROOT
        )
        self.log = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stderr:
            self.log.append(line)

    def wait_until_ready(self):
        for _ in range(450):
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                assert self.process.poll() is None, "".join(self.log)
                time.sleep(0.2)
        raise AssertionError("the server is not ready: " + "".join(self.log))

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(5)
        self.process.stderr.close()

    def tracebacks(self):
        return [line for line in self.log if re.match(r"Traceback|\w*Error: ", line)]


@pytest.fixture(scope="session", name="server")
def server_fixture():
    server = Server(free_port())
    server.wait_until_ready()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {
        "executable_path": CHROMIUM,
        "args": [
            "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync",
        ],
    }  # fmt: skip


@pytest.fixture(scope="session", name="context")
def context_fixture(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 860}, accept_downloads=True)
    yield context
    context.close()


@pytest.fixture(name="page")
def page_fixture(context, server):
    """A page that fails the test on any error of its own, any request to elsewhere, any traceback of the server."""
    page = context.new_page()
    wrong = []
    page.on("pageerror", lambda error: wrong.append(f"error in the page: {error}"))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    context.route(
        lambda url: not url.startswith((server.url, "data:", "blob:")),
        lambda route: (wrong.append(f"asked for {route.request.url}"), route.abort()),
    )
    seen = len(server.tracebacks())
    yield page
    page.close()
    assert wrong == []
    assert server.tracebacks()[seen:] == []


@pytest.fixture(name="explore")
def explore_fixture(page, server):
    """Explore, with its pictures drawn."""
    page.goto(server.url)
    wait_for_pictures(page)
    return page


@pytest.fixture(name="guest")
def guest_fixture(browser, server):
    """Somebody who has never been here, with a screen of a size; a narrow one is a phone."""
    visits = []

    def visit(width, height, path="/", ready="[data-testid=stage]"):
        context = browser.new_context(viewport={"width": width, "height": height}, has_touch=width < 800)
        page = context.new_page()
        visits.append(context)
        page.goto(server.url + path)
        page.wait_for_selector(ready, timeout=60_000)
        if path == "/":
            wait_for_pictures(page)
        return page

    yield visit
    for context in visits:
        context.close()


def wait_for_pictures(page):
    page.wait_for_selector("[data-testid=stage]", timeout=60_000)
    page.wait_for_function("Number(document.querySelector('[data-testid=safe]').textContent) > 0", timeout=30_000)
