"""A server in a process of its own, and a Chromium that can be started anywhere: for tests in a browser."""

import atexit
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from sim.dashboard.guard import COOKIE
from tests.chromium import CHROMIUM, FLAGS, PATIENT_MS

_ROOT = Path(__file__).parents[1]

BEEN_HERE = """try {
    const name = "cultureshift-first";
    if (!window.localStorage.getItem(name)) window.localStorage.setItem(name, '{"step": "done"}');
} catch (error) { /* this page has no storage */ }"""
"""Makes a browser one in which somebody has been through the first visit to the dashboard."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listen(context, addresses, wrong):
    """Note in ``wrong`` what pages of a browser ask for that does not begin with one of these addresses.

    It could not be reached either (see chromium.py). To hold up every request instead takes a third of a second a page.
    """

    def hear(request):
        if not request.url.startswith((*addresses, "data:", "blob:")):
            wrong.append(f"asked for {request.url}")

    context.on("request", hear)
    return hear


@contextmanager
def served_browser(server):
    """Start a server's Chromium, end both afterwards, and give what opens a page in a browser of its own.

    ``visit(path, wrong, patient_ms)`` opens a page as whoever has the link does; what goes wrong there is put into
    ``wrong``.
    """
    from playwright.sync_api import sync_playwright

    try:
        server.wait_until_ready()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))

            def visit(path, wrong, patient_ms):
                page = server.let_in(browser.new_context(viewport={"width": 1280, "height": 860})).new_page()
                page.set_default_timeout(patient_ms)
                page.on("pageerror", lambda error: wrong.append(str(error)))
                page.goto(server.url + path)
                return page

            yield visit
            browser.close()
    finally:
        server.stop()


class Program:
    """A program of Python that serves; its log is read as it comes, and what it keeps for its user goes with it."""

    def __init__(self):
        self.log = []
        self.process = None
        # It outlives a server that is stopped and started again.
        self._kept = tempfile.mkdtemp()
        self.temporary = Path(self._kept) / "temporary"
        self.temporary.mkdir()
        atexit.register(shutil.rmtree, self._kept, ignore_errors=True)

    def run(self, program, *words, **more):
        """Start it; ``more`` is added to its environment."""
        own = {"XDG_STATE_HOME": self._kept, "TMPDIR": str(self.temporary)}
        environment = {**os.environ, "no_proxy": "*", "PYTHONPATH": str(_ROOT), **own, **more}
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, *words], stderr=subprocess.PIPE, text=True, env=environment, cwd=_ROOT
        )
        self._reader = threading.Thread(target=self._read, args=(self.process.stderr,), daemon=True)
        self._reader.start()

    def _read(self, stream):
        with stream:
            for line in stream:
                self.log.append(line)

    def wait_for(self, address):
        for _ in range(1500):
            try:
                with urllib.request.urlopen(address, timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                assert self.process.poll() is None, "".join(self.log)
                time.sleep(0.2)
        raise AssertionError("the server is not ready: " + "".join(self.log))

    @property
    def code(self):
        """Return the code in the link that it has printed."""
        for _ in range(600):
            found = [match for line in self.log if (match := re.search(r"ready at \S+\?code=(\S+)", line))]
            if found:
                return found[-1][1]
            time.sleep(0.1)
        raise AssertionError("the server has printed no link: " + "".join(self.log))

    def let_in(self, context, is_new=False):
        """Give a browser the cookie that the link would give it; unless it is new, its first visit lies behind it."""
        cookie = {"name": COOKIE, "value": self.code, "url": self.url, "httpOnly": True, "sameSite": "Strict"}
        context.add_cookies([cookie])
        context.set_default_timeout(PATIENT_MS)
        if not is_new:
            context.add_init_script(BEEN_HERE)
        return context

    def kill(self):
        """End it as a cut of power would, with no time to say anything."""
        self.process.kill()
        self.process.wait()
        self._reader.join(5)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(5)

    def tracebacks(self):
        return [line for line in self.log if re.match(r"Traceback|\w*Error: ", line)]
