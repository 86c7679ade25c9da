"""Measure the dashboard as people meet it: the first page, a lever, playing, long use, large services, many people.

    python benchmarks/dashboard.py [--quick] [--moves 2000] [--people 30] [--seconds 40]

It starts a server of its own and a Chromium that can reach nothing else. The many people are light clients (see
light_client.py): they send what a browser sends and read every answer in full, but draw nothing; all run in this one
process, and share the two processors with the server. Times depend on what else the machine does, so the load is told.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
from light_client import LightClient
from playwright.sync_api import Browser, Page, sync_playwright

from sim.dashboard import catalogue, exchange
from sim.dashboard.guard import COOKIE
from sim.dashboard.session import ExploreSession
from sim.inputs.organisation import OrganisationShape

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.chromium import CHROMIUM, FLAGS  # noqa: E402 - found only now

LEVERS = ("staff_turnover", "control_norm", "turbulence_mean", "pull_to_control")
_PLAYED = """async (seconds) => {
    const { clock } = window.cultureshift;
    const drawn = window.cultureshift.draws;
    clock.speed = 8; clock.seek(0); clock.play();
    await new Promise((done) => setTimeout(done, 1000 * seconds));
    clock.pause();
    return (window.cultureshift.draws - drawn) / seconds;
}"""
_MOVED = """async (n) => {
    const side = document.querySelector(".cs-side").__vue__;
    const find = (name) => document.querySelector(`[data-testid=lever-${name}]`);
    const levers = [find("staff_turnover"), find("control_norm")];
    for (let k = 0; k < n; k += 1) {
        const lever = levers[k % 90 === 0 ? 1 : 0];
        const step = (k % 90 === 0 ? Math.floor(k / 90) : 7 * k) % 90;
        lever.value = Number(lever.min) + Number(lever.step) * (1 + step);
        lever.dispatchEvent(new Event("input"));
        while (side.waiting) await new Promise((done) => setTimeout(done, 1));
    }
}"""
"""Moves levers as fast as the server answers, hardly ever to where they have been before."""


CODE = "measured"
"""What opens the server that is measured."""


class Server:
    """The dashboard in a process of its own, and what it takes."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        command = (
            "import sys; from sim.dashboard.server import serve; "
            "serve(port=int(sys.argv[1]), open_browser=False, code=sys.argv[2])"
        )
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "no_proxy": "*"}
        self._process = subprocess.Popen(
            [sys.executable, "-c", command, str(port), CODE], env=environment, stderr=subprocess.DEVNULL
        )
        self._watched = psutil.Process(self._process.pid)
        self._wait()

    def _wait(self) -> None:
        for _ in range(600):
            with contextlib.suppress(OSError):
                self.ask("/readyz")
                return
            time.sleep(0.2)
        raise SystemExit("the server did not start")

    def ask(self, path: str) -> bytes:
        """Return what the server answers."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        asked = urllib.request.Request(self.url + path, headers={"Cookie": f"{COOKIE}={CODE}"})
        with opener.open(asked, timeout=30) as answer:
            content: bytes = answer.read()
        return content

    def cpu(self) -> float:
        """Return the processor seconds that the server has used, without its workers."""
        times = self._watched.cpu_times()
        return float(times.user + times.system)

    def megabytes(self) -> float:
        """Return the memory of the server, without its workers."""
        return float(self._watched.memory_info().rss) / 1e6

    def kernels(self) -> int:
        """Return how many tabs the server holds."""
        return int(json.loads(self.ask("/resourcez"))["kernels"]["total"])

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(30)


def say(what: str, *figures: str) -> None:
    """Print a line of the table, with the load of the machine."""
    print(f"{what:44} {'; '.join(figures)}   [load {os.getloadavg()[0]:.1f}]", flush=True)


def spread(seconds: Sequence[float]) -> str:
    """Return the median and the 95th percentile of times, in milliseconds."""
    ordered = sorted(seconds)
    late = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return f"median {1000 * statistics.median(ordered):.0f} ms, p95 {1000 * late:.0f} ms (n = {len(ordered)})"


@contextlib.contextmanager
def opened(browser: Browser, address: str) -> Iterator[tuple[Page, float]]:
    """Open a page in a tab of its own, and tell how long it took until its pictures were drawn."""
    page = browser.contexts[0].new_page()
    begun = time.perf_counter()
    page.goto(address)
    page.wait_for_function(
        "Number((document.querySelector('[data-testid=safe]') || {}).textContent) > 0",
        timeout=60_000,
    )
    yield page, time.perf_counter() - begun
    page.close()


def first_pages(browser: Browser, address: str, n: int) -> list[float]:
    """Return the seconds until the pictures of a first page are drawn, on a warm server."""
    times = []
    for _ in range(n + 1):
        with opened(browser, address) as (_, seconds):
            times.append(seconds)
    return times[1:]


def lever_times(page: Page, n: int) -> list[float]:
    """Move a lever in week 60 with the keyboard, and return the seconds until each new picture is drawn."""
    page.evaluate("window.cultureshift.clock.seek(60)")
    page.get_by_test_id("tab-levers").click()
    levers = [page.get_by_test_id(f"lever-{name}").first for name in LEVERS]
    page.evaluate("window.cultureshift.latencies.length = 0")
    for k in range(n):
        before = page.evaluate("window.cultureshift.latencies.length")
        levers[k // 10 % len(levers)].press("PageUp" if k % 10 < 5 else "PageDown")
        with contextlib.suppress(Exception):  # a move that changes nothing is not answered with a picture
            page.wait_for_function("n => window.cultureshift.latencies.length > n", arg=before, timeout=2000)
        page.wait_for_timeout(60)
    return [milliseconds / 1000 for milliseconds in page.evaluate("window.cultureshift.latencies")]


def one_person(server: Server, browser: Browser, address: str, name: str, n: int) -> None:
    """Measure the first page, levers and playing for one person."""
    say(f"{name}: first page, warm", spread(first_pages(browser, address, max(2, n // 12))))
    with opened(browser, address) as (page, _):
        lever_times(page, 3)
        begun = server.cpu()
        times = lever_times(page, n)
        say(
            f"{name}: lever to changed picture",
            spread(times),
            f"server {1000 * (server.cpu() - begun) / max(1, len(times)):.0f} ms of processor a move",
        )
        page.wait_for_timeout(500)
        begun = server.cpu()
        frames = page.evaluate(_PLAYED, 5)
        say(f"{name}: playing", f"{frames:.0f} frames/s", f"server {20 * (server.cpu() - begun):.1f} % of a processor")


def long_use(server: Server, browser: Browser, address: str, n_moves: int) -> None:
    """Move levers many times in one tab, and compare memory before and after."""
    with opened(browser, address) as (page, _):
        page.evaluate("window.cultureshift.clock.seek(60)")
        page.get_by_test_id("tab-levers").click()
        page.evaluate(_MOVED, 100)
        heap, memory, begun = _heap(page), server.megabytes(), time.perf_counter()
        page.evaluate(_MOVED, n_moves)
        seconds = time.perf_counter() - begun
        say(
            f"{n_moves:,} lever moves in one tab",
            f"page {heap:.1f} -> {_heap(page):.1f} MB of heap",
            f"server {memory:.0f} -> {server.megabytes():.0f} MB",
            f"{seconds:.0f} s",
        )


def _heap(page: Page) -> float:
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    for _ in range(2):
        session.send("HeapProfiler.collectGarbage")
    used = float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6
    session.detach()
    return used


async def _change_now_and_then(client: LightClient, number: int, until: float, times: list[float]) -> None:
    """Move a lever about every two seconds."""
    chance = random.Random(number)
    await asyncio.sleep(2 * chance.random())
    while time.perf_counter() < until:
        value, week = round(chance.uniform(0.1, 0.5), 2), chance.randrange(300)
        times.append(await client.lever(chance.choice(("staff_turnover", "control_norm")), value, week))
        await asyncio.sleep(2 * chance.uniform(0.7, 1.3))


async def many_people(server: Server, n_people: int, seconds: float) -> None:
    """Let many people move levers while one compares, and see what is left when they are gone."""
    first = await LightClient.open(server.url, CODE)
    await first.lever("staff_turnover", 0.31, 60)
    kernels, memory = server.kernels(), server.megabytes()
    people = [await LightClient.open(server.url, CODE) for _ in range(n_people)]
    say(f"{n_people} people have opened the page", f"{(server.megabytes() - memory) / n_people:.1f} MB each")
    comparing = await LightClient.open(server.url, CODE, "/compare")
    for told, works in (("nobody compares", False), ("one compares 1,000 worlds", True)):
        if works:
            start = {"type": "start", "names": ["(explore)", catalogue.LASTING], "replicates": 1000}
            await comparing.act("compare", start)
            await comparing.until(lambda state: state["working"]["progress"].get("share", 0) > 0)
        times: list[float] = []
        cpu, begun = server.cpu(), time.perf_counter()
        until = begun + seconds
        await asyncio.gather(*(_change_now_and_then(one, k, until, times) for k, one in enumerate(people)))
        share = (server.cpu() - cpu) / (time.perf_counter() - begun)
        say(f"{n_people} levers every 2 s, {told}", spread(times), f"server {100 * share:.0f} % of a processor")
    say("  the comparison meanwhile", str(comparing.state["working"]["progress"].get("words")))
    say("memory after that", f"{(server.megabytes() - memory) / n_people:.1f} MB each")
    for one in (*people, comparing):
        await one.close()
    await asyncio.sleep(3)
    say("after they have closed their tabs", f"{server.kernels() - kernels} tabs held", f"{server.megabytes():.0f} MB")
    await first.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a glance: a minute in all")
    parser.add_argument("--moves", type=int, default=2000, help="lever moves in one tab")
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=40.0, help="how long many people move levers")
    options = parser.parse_args()
    n = 12 if options.quick else 60
    moves, seconds = (100, 10.0) if options.quick else (options.moves, options.seconds)
    shape = OrganisationShape(teams=150, team_size=10)
    large = catalogue.shipped(catalogue.FIRST).replace(organisation=shape.model_dump())
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    server = Server()
    try:
        if CHROMIUM is None:
            print("There is no Chromium: only light clients are measured.")
        else:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, "--js-flags=--expose-gc"])
                context = browser.new_context(viewport={"width": 1280, "height": 860})
                context.add_init_script("localStorage.setItem('cultureshift-first', '{}')")  # been here before
                context.add_cookies([{"name": COOKIE, "value": CODE, "url": server.url}])
                one_person(server, browser, server.url, "296 staff", n)
                one_person(
                    server, browser, server.url + "/" + exchange.link_to(ExploreSession(large), 0), "1,500 staff", n
                )
                long_use(server, browser, server.url, moves)
                browser.close()
        asyncio.run(many_people(server, options.people, seconds))
    finally:
        server.stop()


if __name__ == "__main__":
    main()
