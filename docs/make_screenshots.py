"""Take pictures of the dashboard: every page in three widths and both themes, and those that the documents use.

python docs/make_screenshots.py --all folder     # every page: to be looked at
python docs/make_screenshots.py                  # those of README.md and docs/, into docs/images

It starts a server of its own on a free port and a Chromium that can reach nothing else.
"""

from __future__ import annotations

import argparse
import io
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from sim.dashboard.guard import COOKIE

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.chromium import CHROMIUM, FLAGS  # noqa: E402 - found only now

expect.set_options(timeout=60_000)

IMAGES = Path(__file__).parent / "images"
WIDTHS = {390: 844, 1280: 800, 1920: 1080}
"""Widths of a phone, a laptop and a projector, with their heights."""

THEMES = ("light", "dark")
PATIENCE = 600_000
_EXACT = 128
_CODE = "pictures"
_START = (
    "import sys; from sim.dashboard.server import serve; "
    "serve(port=int(sys.argv[1]), open_browser=False, code=sys.argv[2])"
)


@dataclass(frozen=True)
class Shot:
    """One page to be taken: where it is, what shows that it is there, and what is done before the picture."""

    name: str
    path: str
    ready: str
    prepare: Callable[[Page], None] = lambda _: None
    is_first_visit: bool = False


def _in_week(week: int) -> Callable[[Page], None]:
    def prepare(page: Page) -> None:
        page.wait_for_function("Number(document.querySelector('[data-testid=safe]').textContent) > 0")
        page.evaluate("week => window.cultureshift.clock.seek(week)", week)
        expect(page.get_by_test_id("answer-rests")).to_contain_text("Over 40 worlds", timeout=PATIENCE)

    return prepare


def _of(scenario: str) -> Callable[[Page], None]:
    def prepare(page: Page) -> None:
        story = page.get_by_test_id("scenario-story").inner_text()
        page.get_by_test_id("scenario").select_option(scenario)
        expect(page.get_by_test_id("scenario-story")).not_to_have_text(story)
        _in_week(60)(page)

    return prepare


def _with_story(page: Page) -> None:
    _in_week(150)(page)
    page.get_by_test_id("network").press("ArrowDown")
    expect(page.get_by_test_id("story")).to_be_visible()


def _branched(page: Page) -> None:
    """Keep a future, go back, train facilitators, and look at both."""
    _in_week(58)(page)
    page.get_by_test_id("keep").click()
    expect(page.get_by_test_id("kept")).to_be_visible()
    page.get_by_test_id("do-train_facilitators").click()
    expect(page.get_by_test_id("entry")).to_have_count(5)
    page.get_by_test_id("split").click()
    _in_week(240)(page)


def _with_editor(page: Page) -> None:
    _in_week(60)(page)
    page.get_by_test_id("entry").first.click()
    expect(page.get_by_test_id("editor")).to_be_visible()


def _with_levers(page: Page) -> None:
    _in_week(120)(page)
    page.get_by_test_id("tab-levers").click()
    expect(page.get_by_test_id("lever-staff_turnover").first).to_be_visible()


def _compared(page: Page) -> None:
    page.get_by_test_id("arm-3").select_option("everything-double")
    page.get_by_test_id("compare").click()
    expect(page.get_by_test_id("progress")).to_contain_text("Done", timeout=PATIENCE)


def _weighed(page: Page) -> None:
    expect(page.get_by_test_id("money-answer")).to_contain_text("Over 40 worlds", timeout=PATIENCE)


def _answered(page: Page) -> None:
    expect(page.get_by_test_id("slides")).to_contain_text("Over 40 worlds", timeout=PATIENCE)


def _mapped(page: Page) -> None:
    page.get_by_test_id("draw").click()
    expect(page.get_by_test_id("progress")).to_contain_text("Done", timeout=PATIENCE)
    page.get_by_test_id("map").press("ArrowRight")


def _mapped_to_persist(page: Page) -> None:
    page.get_by_test_id("map-outcome").select_option("persists")
    page.get_by_test_id("map-size").select_option("6")
    _mapped(page)


def _understood(page: Page) -> None:
    """Bring the tables of a hospital that is made up, and wait until it is known how it stands."""
    tables = ROOT / "scenarios" / "organisations" / "st-brigid"
    page.locator("input[type=file]").set_input_files(sorted(map(str, tables.glob("*.csv"))))
    page.get_by_test_id("funnel").wait_for(timeout=PATIENCE)
    page.get_by_test_id("use").evaluate("element => window.scrollTo(0, element.offsetTop + 50)")
    page.wait_for_timeout(500)  # What was scrolled to is drawn in pieces.


def _begun(page: Page) -> None:
    page.get_by_test_id("game-go").click()
    expect(page.get_by_test_id("game-quarter")).to_have_attribute("data-quarter", "1")


def _decided(page: Page, together: int, staff: int) -> None:
    """Close a quarter of the game."""
    heading = page.get_by_test_id("game-quarter")
    quarter = int(heading.get_attribute("data-quarter") or 0)
    if page.get_by_test_id("game-offer").is_visible():
        page.get_by_test_id("game-change").click()
    page.get_by_test_id("game-together").fill(str(together))
    page.get_by_test_id("game-staff").fill(str(staff))
    page.get_by_test_id("game-decide").click()
    is_last = f"Quarter {quarter} of {quarter}:" in heading.inner_text()
    expect(heading).not_to_be_visible() if is_last else expect(heading).to_have_attribute(
        "data-quarter", f"{quarter + 1}"
    )


def _in_winter(page: Page) -> None:
    """Play to the third quarter, in which winter is on the table."""
    _begun(page)
    for _ in range(2):
        _decided(page, 14, 12)


def _played(page: Page) -> None:
    """Play to the end, and go back to fixing in quarter 8."""
    _begun(page)
    for quarter in range(1, 11):
        _decided(page, *((14, 12) if quarter < 8 else (4, 5)))
    page.get_by_test_id("debrief").wait_for()


SHOTS = (
    Shot("explore", "/", "[data-testid=stage]", _in_week(60)),
    Shot("explore-first", "/", "[data-testid=first-sketch]", is_first_visit=True),
    Shot("explore-start", "/", "[data-testid=stage]", _in_week(0)),
    Shot("explore-story", "/", "[data-testid=stage]", _with_story),
    Shot("explore-branch", "/", "[data-testid=stage]", _branched),
    Shot("explore-editor", "/", "[data-testid=stage]", _with_editor),
    Shot("explore-levers", "/", "[data-testid=stage]", _with_levers),
    Shot("explore-hospital", "/", "[data-testid=stage]", _of("our-own-service")),
    Shot("explore-two-services", "/", "[data-testid=stage]", _of("two-services")),
    Shot("service-empty", "/service", "[data-testid=drop]"),
    Shot("service", "/service", "[data-testid=drop]", _understood),
    Shot("learn", "/learn", ".cs-book"),
    Shot("game-begin", "/game", "[data-testid=game-go]"),
    Shot("game", "/game", "[data-testid=game-go]", _in_winter),
    Shot("game-over", "/game", "[data-testid=game-go]", _played),
    Shot("compare-empty", "/compare", "[data-testid=compare]"),
    Shot("compare", "/compare", "[data-testid=compare]", _compared),
    Shot("money", "/money", "[data-testid=money-table]", _weighed),
    Shot("map-empty", "/map", "[data-testid=draw]"),
    Shot("map", "/map", "[data-testid=draw]", _mapped),
    Shot("map-persists", "/map", "[data-testid=draw]", _mapped_to_persist),
    Shot("why", "/why", "[data-testid=account]"),
    Shot("board", "/board", "[data-testid=slides]", _answered),
    Shot("about", "/about", "[data-testid=parameters]"),
    Shot("room", "/room/", "main h1"),
)
"""Every page and its states, in the order of the head."""

KEPT = {
    "dashboard-explore": ("explore", 1280, "light"),
    "dashboard-branch": ("explore-branch", 1280, "dark"),
    "dashboard-service": ("service", 1280, "light"),
    "dashboard-compare": ("compare", 1280, "light"),
    "dashboard-money": ("money", 1280, "light"),
    "dashboard-map": ("map", 1280, "light"),
    "dashboard-why": ("why", 1280, "light"),
    "dashboard-board": ("board", 1280, "light"),
    "dashboard-game": ("game", 1280, "light"),
    "dashboard-game-over": ("game-over", 1280, "light"),
    "dashboard-phone": ("explore", 390, "light"),
}
"""Pictures of the documents: which page, how wide, in which theme."""


@contextmanager
def served() -> Iterator[str]:
    """Serve the dashboard on a free port for a while; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "no_proxy": "*", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-c", _START, str(port), _CODE], env=environment, cwd=ROOT)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(process, f"{url}/readyz")
        yield url
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(process: subprocess.Popen[bytes], address: str) -> None:
    while process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            process.poll()
    raise SystemExit("the server ended before it was ready")


def take(browser: Browser, url: str, shot: Shot, width: int, theme: Any) -> tuple[bytes, bytes]:
    """Return PNGs of a page: its first screen, and all of it."""
    context = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]}, color_scheme=theme, reduced_motion="reduce",
        device_scale_factor=1.5 if width < 1000 else 1, has_touch=width < 1000,
    )  # fmt: skip
    context.add_cookies([{"name": COOKIE, "value": _CODE, "url": url}])
    if not shot.is_first_visit:
        for name in ("hint", "first"):
            context.add_init_script(f"localStorage.setItem('cultureshift-{name}', '{{}}')")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(url + shot.path)
    page.locator(shot.ready).first.wait_for(timeout=PATIENCE)
    shot.prepare(page)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    first, whole = page.screenshot(), page.screenshot(full_page=True)
    context.close()
    return first, whole


def smaller(picture: bytes) -> bytes:
    """Return a PNG in 256 colours: those that cover most, as they are, and what comes nearest to all others."""
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as opened:
        image = opened.convert("RGB")
    counted = sorted(image.getcolors(image.width * image.height), reverse=True)
    rare = image.quantize(256 - _EXACT, method=Image.Quantize.MAXCOVERAGE).getpalette()
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for _, colour in counted[:_EXACT] for part in colour] + rare)
    image.quantize(palette=palette, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def main() -> None:
    """Take the pictures that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every page, width and theme, into this folder")
    parser.add_argument("--only", default="", help="only names that begin so")
    parser.add_argument("--width", type=int, choices=tuple(WIDTHS), help="only this width")
    parser.add_argument("--theme", choices=THEMES, help="only this theme")
    asked = parser.parse_args()
    wanted = [
        (shot, width, theme) for shot in SHOTS for width in WIDTHS for theme in THEMES
        if shot.name.startswith(asked.only) and asked.width in (None, width) and asked.theme in (None, theme)
    ]  # fmt: skip
    with served() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, "--hide-scrollbars"])
        if asked.all is not None:
            asked.all.mkdir(parents=True, exist_ok=True)
            for shot, width, theme in wanted:
                first, whole = take(browser, url, shot, width, theme)
                (asked.all / f"{shot.name}-{width}-{theme}.png").write_bytes(first)
                (asked.all / f"{shot.name}-{width}-{theme}-whole.png").write_bytes(whole)
        else:
            by_name = {shot.name: shot for shot in SHOTS}
            for name, (page, width, theme) in KEPT.items():
                if not page.startswith(asked.only):
                    continue
                first, _ = take(browser, url, by_name[page], width, theme)
                (IMAGES / f"{name}.png").write_bytes(smaller(first))
        browser.close()


if __name__ == "__main__":
    main()
