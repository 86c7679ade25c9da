"""A server that is killed while somebody is in the middle of something on each page, and what is found afterwards.

``python -m tests.dashboard.killing`` opens each page in a browser of its own, begins something there, kills the server
as a cut of power would, starts another, waits, and says of each page what stood there before and what after.
"""

import sys
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Error

from tests.dashboard.conftest import START, Server, wait_for_pictures
from tests.dashboard.on_page import at
from tests.dashboard.test_learn_browser import draw
from tests.dashboard.test_service_browser import STAFF, UNCLEAR, bring
from tests.served import free_port, served_browser

_SETTLED_MS = 1500
_PATIENT_MS = 180_000


def texts(page, *names):
    """Return what stands in each part of a page; of a part that is not there, nothing."""
    return {name: at(page, name).all_inner_texts() for name in names}


def values(page, *names):
    """Return what each field of a page is set to."""
    return {name: at(page, name).input_value() for name in names}


class Explore:
    path = "/"

    def begin(self, page):
        wait_for_pictures(page)
        at(page, "do-inspection").click()
        at(page, "keep").click()
        at(page, "play").click()
        page.wait_for_function("window.cultureshift.clock.week > 4")

    def found(self, page):
        wait_for_pictures(page)
        entries = page.evaluate(
            "[...document.querySelectorAll('[data-testid=entry]')].map((one) => one.getAttribute('aria-label'))"
        )
        week = page.evaluate("Math.floor(window.cultureshift.clock.week)")
        return {"entries": entries, **texts(page, "kept", "seed"), **values(page, "scenario")}, {"week": week}


class Compare:
    path = "/compare"

    def begin(self, page):
        at(page, "worlds").select_option("1000")
        at(page, "compare").click()
        page.wait_for_function("/[1-9]\\d* of/.test(document.querySelector('[data-testid=progress]').textContent)")

    def found(self, page):
        return values(page, "arm-1", "arm-2", "worlds"), texts(page, "progress")


class Map:
    path = "/map"

    def begin(self, page):
        at(page, "map-size").select_option("10")
        at(page, "draw").click()
        at(page, "map").wait_for()

    def found(self, page):
        at(page, "map").wait_for()
        return values(page, "map-scenario", "map-x", "map-y", "map-size", "map-outcome"), texts(page, "progress")


class Money:
    path = "/money"

    def begin(self, page):
        at(page, "money-pick").nth(1).check()
        at(page, "money-days").fill("100")
        at(page, "money-go").click()
        page.wait_for_function("document.querySelector('[data-testid=money-state]')?.textContent === 'under way'")

    def found(self, page):
        at(page, "money-one").wait_for()
        at(page, "money-pick").nth(1).wait_for()
        ticked = page.evaluate("[...document.querySelectorAll('[data-testid=money-pick]')].map((one) => one.checked)")
        searches = at(page, "money-one").locator("h3").all_inner_texts()
        return {"searches": searches, "ticked": ticked}, texts(page, "money-state")

    def end(self, page):
        """Stop the search: it goes on without a server."""
        if at(page, "money-stop").count():
            at(page, "money-stop").click()
            page.wait_for_function("document.querySelector('[data-testid=money-state]').textContent !== 'under way'")


class Why:
    path = "/why"

    def begin(self, page):
        at(page, "why-scenario").select_option("hard-winter")
        at(page, "progress").wait_for()

    def found(self, page):
        at(page, "why-scenario").wait_for()
        return values(page, "why-scenario"), texts(page, "progress", "why-verdict")


class Service:
    path = "/service"

    def begin(self, page):
        bring(page, staff_csv=STAFF, survey_csv=UNCLEAR)
        at(page, "choice-0-0").check()
        at(page, "answer").click()
        at(page, "own-keep").click()
        at(page, "own-forget-here").wait_for()

    def found(self, page):
        at(page, "own-back").or_(at(page, "summary")).first.wait_for()
        if at(page, "own-back").count():
            at(page, "own-back").click()
        at(page, "summary").wait_for()
        return texts(page, "summary", "files"), {}


class Game:
    path = "/game"

    def begin(self, page):
        at(page, "chair-2").check()
        at(page, "game-go").click()
        for quarter in "12":
            page.wait_for_selector(f"[data-testid=game-quarter][data-quarter='{quarter}']")
            at(page, "game-together").fill("9")
            at(page, "game-decide").click()
        page.wait_for_selector("[data-testid=game-quarter][data-quarter='3']")
        at(page, "game-staff").fill("12")

    def found(self, page):
        page.wait_for_selector("[data-testid=game-quarter]")
        sliders = values(page, "game-together", "game-staff", "game-leaders")
        return {**texts(page, "game-quarter", "game-told", "game-where"), **sliders}, {}


class Learn:
    path = "/learn"

    def begin(self, page):
        at(page, "lesson-the-shoestring-year").click()
        at(page, "next").click()
        at(page, "sketch").wait_for()
        page.evaluate("window.cultureshift.ready")
        draw(page)
        at(page, "reason").fill("Because the money ends.")
        at(page, "reason").blur()
        at(page, "next").click()
        at(page, "run").click()

    def found(self, page):
        step = at(page, "lesson").get_attribute("data-step")
        heads = page.locator("#cs-step-head").all_inner_texts()
        at(page, "step-1").click()
        kept = {**values(page, "reason"), "curve": at(page, "sketch").get_attribute("aria-label")}
        at(page, "step-2").click()
        return {"step": step, "heads": heads, **kept}, texts(page, "progress")


FLOWS = (Compare, Map, Why, Money, Explore, Service, Game, Learn)


@dataclass
class Visit:
    """One page in a browser of its own: what is done there, what was wrong, and what stood there before."""

    flow: Any
    page: Any
    wrong: list[str]
    before: tuple[dict[str, Any], dict[str, Any]] | None = None


def main():
    """Kill a server in the middle of everything, and return how many pages do not find what they had."""
    wanted = sys.argv[1:]
    server = Server(free_port())
    failed = []
    with served_browser(server) as open_page:
        visits = [begun(open_page, flow()) for flow in FLOWS if not wanted or flow.__name__ in wanted]
        server.kill()
        for visit in visits:
            visit.page.get_by_test_id("gone").wait_for(timeout=60_000)
        told = len([visit for visit in visits if not visit.wrong])
        print(f"Killed; {told} of {len(visits)} pages say that the server cannot be reached", flush=True)
        server.run(START, server.url.rsplit(":", 1)[1])
        server.wait_until_ready()
        for visit in visits:
            failed += compared(visit)
    print(*(f"Traceback of the server: {line}" for line in server.tracebacks()), sep="\n")
    print(f"{len(failed)} did not come back: {failed}")
    return len(failed) + len(server.tracebacks())


def begun(open_page, flow):
    """Open a page and begin something on it; what stands there now is noted."""
    wrong = []
    page = open_page(flow.path, wrong, _PATIENT_MS)
    visit = Visit(flow, page, wrong)
    flow.begin(page)
    page.wait_for_timeout(_SETTLED_MS)
    visit.before = flow.found(page)
    print(f"{type(flow).__name__} before: {visit.before}", flush=True)
    return visit


def compared(visit):
    """Say what a page shows now; return its name where that is not what it had shown, and what went wrong."""
    name = type(visit.flow).__name__
    try:
        visit.page.get_by_test_id("gone").wait_for(state="detached")
        visit.page.wait_for_function("window.cultureshift && window.cultureshift.ready")
        visit.page.wait_for_timeout(_SETTLED_MS)
        after = visit.flow.found(visit.page)
        if hasattr(visit.flow, "end"):
            visit.flow.end(visit.page)
    except Error as error:
        print(f"{name}: NOT FOUND AGAIN: {error}", flush=True)
        return [name]
    is_same = after[0] == visit.before[0] and not visit.wrong
    print(f"{name} after: {'the same' if is_same else after[0]}; {after[1]}; {visit.wrong}", flush=True)
    return [] if is_same else [name]


if __name__ == "__main__":
    sys.exit(main() > 0)
