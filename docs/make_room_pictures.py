"""Take the pictures of docs/teaching/room.md: a session of nineteen people, on a phone, a projector and the laptop.

python docs/make_room_pictures.py [folder]

It starts a server of its own with a file of rooms that is thrown away, and a Chromium that can reach nothing else.
"""

from __future__ import annotations

import io
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.chromium import CHROMIUM, FLAGS  # noqa: E402 - found only now
from tests.room.light import Light  # noqa: E402

expect.set_options(timeout=120_000)
_START = "import sys; from sim.commands import main; main(sys.argv[1:])"
_NAMES = (
    "Maeve", "Tom", "Priya", "Siobhán", "", "Kwame", "Liam", "Ewa", "José", "Nuala", "Ben", "Fatima", "Conor", "Grace",
    "", "Aoife", "Dan", "Mary",
)  # fmt: skip
_DESIGNS = (
    {"coach_seniors": (0, 52, 60), "training": (0, 104, 90), "top_up": (104, 416, 58)},
    {"coach_seniors": (0, 52, 104), "dialogue": (0, 52, 104)},
    {"coach_teams": (0, 104, 208)},
    {"training": (8, 112, 120), "dialogue": (0, 52, 88)},
    {"coach_seniors": (0, 104, 80), "coach_teams": (0, 104, 80), "protect_time": (24, 50, 48)},
    {"dialogue": (0, 26, 150), "protect_time": (0, 52, 58)},
)


def main(folder: Path) -> None:
    """Take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        words = ["room", "--host", "127.0.0.1", "--port", str(port), "--rooms", f"{place}/rooms.sqlite", "--no-browser"]
        server = subprocess.Popen(
            [sys.executable, "-c", _START, *words],
            stderr=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        try:
            link = _link(server)
            _wait(port)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, "--hide-scrollbars"])
                _session(browser, link, port, folder)
                browser.close()
        finally:
            server.terminate()
            server.wait()


def _link(server: subprocess.Popen[str]) -> str:
    assert server.stderr is not None
    for line in server.stderr:
        found = re.search(r"http\S+key=\S+", line)
        if found:
            return found[0]
    raise SystemExit("the server did not start")


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/room").close()
            return
        except OSError:
            time.sleep(0.1)


def _page(browser: Browser, width: int, height: int, **options: Any) -> Page:
    return browser.new_context(viewport={"width": width, "height": height}, **options).new_page()


def _session(browser: Browser, link: str, port: int, folder: Path) -> None:
    def take(page: Page, name: str, full: bool = False) -> None:
        page.wait_for_timeout(400)
        picture = Image.open(io.BytesIO(page.screenshot(full_page=full))).convert("RGB")
        # A palette says it as well in a third of the bytes.
        picture.quantize(128, dither=Image.Dither.NONE).save(folder / f"room-{name}.png", optimize=True)

    lead, board = _page(browser, 1280, 860), _page(browser, 1920, 1080)
    phone = _page(browser, 390, 844, has_touch=True)
    lead.goto(link)
    lead.get_by_label("What it is called").fill("Leaders' day, autumn")
    lead.get_by_test_id("open").click()
    code = lead.get_by_test_id("code").inner_text()
    base = f"http://127.0.0.1:{port}/room"
    board.context.add_cookies(lead.context.cookies())
    board.goto(f"{base}/steer/{code}/board")
    phone.goto(f"{base}/{code}")
    phone.get_by_test_id("name").fill("Anna")
    take(phone, "join")
    phone.get_by_test_id("join").click()
    people = [Light(port, code, name) for name in _NAMES]
    for one in people:
        one.request = f"picture-{people.index(one):04}"
        one.join_room()
    expect(board.get_by_test_id("n-people")).to_have_text(str(1 + len(people)))
    take(board, "come-in")
    expect(lead.get_by_test_id("says")).to_contain_text("here")
    lead.get_by_test_id("next").click()
    _predict(phone, people)
    take(phone, "predict", full=True)
    phone.get_by_test_id("send").click()
    lead.get_by_test_id("next").click()
    _design(phone, people)
    take(phone, "design")
    take(board, "teams")
    lead.get_by_test_id("next").click()
    lead.get_by_test_id("show-happened").click()
    expect(lead.get_by_test_id("says")).to_have_text("Everything has been run.")
    take(board, "predictions")
    lead.get_by_test_id("show-programmes").click()
    lead.get_by_test_id("shock").click()
    expect(board.get_by_text("Two of the three directors leave")).to_be_visible()
    expect(lead.get_by_test_id("says")).to_have_text("Everything has been run.")
    take(board, "board")
    board.get_by_text("When: the years of each team").click()
    take(board, "when")
    lead.evaluate("window.scrollTo(0, 0)")
    take(lead, "steer")


def _predict(phone: Page, people: list[Light]) -> None:
    chance = random.Random(4)
    for one in people:
        top, slope = chance.choice([70, 75, 80, 90]), chance.choice([0, 0.5, 2, 5, 8])
        curve = [59, *(int(max(0, min(100, top - slope * year + chance.uniform(-4, 4)))) for year in range(8))]
        one.act(do="predict", round=0, curve=curve)
    pad = phone.get_by_test_id("pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    phone.mouse.move(box["x"] + 80, box["y"] + 60)
    phone.mouse.down()
    phone.mouse.move(box["x"] + 345, box["y"] + 110, steps=16)
    phone.mouse.up()
    phone.get_by_label("Why?").fill("People go back to what they know.")
    phone.evaluate("window.scrollTo(0, 0)")


def _design(phone: Page, people: list[Light]) -> None:
    phone.get_by_test_id("commit").wait_for()
    for team, design in enumerate(_DESIGNS):
        first = next(one for one in people if one.team == team)
        for strand, spend in design.items():
            first.act(do="draft", round=0, strand=strand, spend=list(spend))
        if team not in (0, 5):
            first.act(do="commit", round=0)
    expect(phone.get_by_test_id("spent")).to_have_text("208")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "teaching" / "images")
