"""A visitor who does anything, in any order, and loads the page again in between: nothing may be lost or go wrong.

``python -m tests.dashboard.walking --actions 500 --seed 1`` walks with a server and a Chromium of its own, and says
what it did, what was lost, what went wrong, and what page and server held at the start and at the end.
"""

import argparse
import random
import sys
from pathlib import Path

from tests.dashboard.conftest import Server, wait_for_pictures
from tests.served import free_port, served_browser

_SETTLED_MS, _LOOKS, _KEPT_MS = 150, 3, 900
_TOLD_EVERY, _PATIENT_MS = 50, 120_000
_STATE = """() => {
    const all = (name) => [...document.querySelectorAll(`[data-testid=${name}]`)];
    return JSON.stringify({
        scenario: all("scenario")[0].selectedOptions[0].textContent.trim(),
        seed: all("seed")[0].textContent,
        entries: all("entry").map((entry) => entry.getAttribute("aria-label")),
        kept: all("kept").map((one) => one.textContent.trim()),
        week: Math.floor(window.cultureshift.clock.week),
        undo: all("undo")[0].disabled, redo: all("redo")[0].disabled,
    });
}"""
_PAGES = ("service", "learn", "game", "compare", "money", "map", "why", "board", "about")


class Walker:
    """Does things at random, and notes what was lost.

    Parameters
    ----------
    page : Explore, with its pictures drawn
    seed : of what is done
    """

    def __init__(self, page, seed):
        self.page, self.chance = page, random.Random(seed)
        self.done, self.lost = [], []

    def walk(self, actions):
        """Do so many things; every tenth is a reload."""
        kinds = [self.do, self.do, self.lever, self.scenario, self.seek, self.keep, self.undo, self.redo, self.drop,
                 self.shift, self.remove, self.world, self.play, self.visit, self.there_and_back]  # fmt: skip
        for n in range(1, actions + 1):
            act = self.reload if n % 10 == 0 else self.chance.choice(kinds)
            act()
            self.done.append(act.__name__)
            if len(self.done) % _TOLD_EVERY == 0:
                print(f"{len(self.done)} actions, {len(self.lost)} lost", flush=True)

    def state(self):
        """Return what there is, once it no longer changes."""
        seen = []
        while len(seen) < _LOOKS or len(set(seen[-_LOOKS:])) > 1:
            self.page.wait_for_timeout(_SETTLED_MS)
            seen.append(self.page.evaluate(_STATE))
        return seen[-1]

    def reload(self):
        self._find_again("reload", self.page.reload)

    def visit(self):
        name = self.chance.choice(_PAGES)

        def leave():
            self.page.get_by_test_id(f"nav-{name}").click()
            self.page.get_by_test_id("stage").wait_for(state="detached")
            self.page.get_by_test_id("nav-explore").click()

        self._find_again(f"a visit to {name}", leave)

    def there_and_back(self):
        def leave():
            self.page.get_by_test_id("nav-about").click()
            self.page.get_by_test_id("parameters").wait_for()
            self.page.go_back()

        self._find_again("Back", leave)

    def _find_again(self, what, leave):
        self._pause()
        before = self.state()
        self.page.wait_for_timeout(_KEPT_MS)
        leave()
        wait_for_pictures(self.page)
        after = self.state()
        if after != before:
            # Told at once too: a walk that is cut short has not lost what it found.
            self.lost.append(f"after {what}, action {len(self.done) + 1}: {before} became {after}")
            print(f"Lost {self.lost[-1]}", flush=True)

    def _pause(self):
        self.page.evaluate("() => { window.cultureshift.clock.playing = false; }")

    def _at_random(self, selector, what):
        """Do something to one of the things that there are now, if there are any; they may be others in a moment."""
        self.page.evaluate(
            f"""([selector, place]) => {{
                const found = [...document.querySelectorAll(selector)].filter((one) => !one.disabled);
                if (found.length) found[Math.floor(place * found.length)].{what}();
                return found.length;
            }}""",
            [selector, self.chance.random()],
        )

    def _press(self, selector):
        self._at_random(selector, "click")
        self.page.wait_for_timeout(_SETTLED_MS)
        self._at_random("[data-testid=question-go]", "click")
        self.state()

    def do(self):
        self._pause()
        self.page.get_by_test_id("tab-do").click()
        self._press("[data-testid^=do-]")

    def lever(self):
        self._pause()
        self.page.get_by_test_id("tab-levers").click()
        for _ in range(self.chance.randint(1, 4)):
            self._key("#cs-panel details[open] input[type=range]", self.chance.choice(["ArrowLeft", "PageUp", "Home"]))

    def scenario(self):
        chosen = self.page.get_by_test_id("scenario")
        names = chosen.evaluate("list => [...list.options].map((one) => one.value)")
        chosen.select_option(self.chance.choice(names))
        self.state()

    def seek(self):
        week = self.chance.randint(0, 415)
        self.page.evaluate("week => window.cultureshift.clock.seek(week)", week)

    def keep(self):
        self._press("[data-testid=keep]")

    def drop(self):
        self._press("[data-testid=drop]")

    def undo(self):
        self._press("[data-testid=undo]")

    def redo(self):
        self._press("[data-testid=redo]")

    def world(self):
        self._press("[data-testid=new-world]")

    def play(self):
        self.page.get_by_test_id("play").click()
        self.page.wait_for_timeout(_SETTLED_MS)
        self._pause()

    def shift(self):
        self._key("[data-testid=entry]", "ArrowRight")

    def remove(self):
        self._key("[data-testid=entry]", "Delete")

    def _key(self, selector, key):
        self._at_random(selector, "focus")
        self.page.keyboard.press(key)
        self.state()


def heap_mb(page):
    """Return what a page holds, once what is of no use is gone, in MB."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return used / 1e6


def memory_mb(server):
    """Return what a server holds, in MB."""
    told = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(next(line for line in told.splitlines() if line.startswith("VmRSS")).split()[1]) / 1e3


def main():
    """Walk, and return how much was lost or went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--actions", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    server = Server(free_port())
    wrong = []
    with served_browser(server) as open_page:
        page = open_page("/", wrong, _PATIENT_MS)
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        wait_for_pictures(page)
        walker = Walker(page, asked.seed)
        walker.walk(min(20, asked.actions))
        before = heap_mb(page), memory_mb(server)
        walker.walk(asked.actions - 20)
        after = heap_mb(page), memory_mb(server)
    wrong += server.tracebacks()
    print(f"{len(walker.done)} actions: { {kind: walker.done.count(kind) for kind in sorted(set(walker.done))} }")
    print(f"page {before[0]:.1f} to {after[0]:.1f} MB, server {before[1]:.0f} to {after[1]:.0f} MB")
    print(*(f"Lost {one}" for one in walker.lost), *(f"Wrong: {one}" for one in wrong), sep="\n")
    return len(walker.lost) + len(wrong)


if __name__ == "__main__":
    sys.exit(main() > 0)
