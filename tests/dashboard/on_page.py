"""What tests do on a page of the dashboard: find things by their names, wait for them, and ask for a comparison."""

import time

from playwright.sync_api import expect


def at(page, name):
    """Return what has a name on a page."""
    return page.get_by_test_id(name)


def seek(page, week):
    """Go to a week, without asking the server."""
    page.evaluate("week => window.cultureshift.clock.seek(week)", week)


def becomes(look, is_so, seconds=60.0):
    """Look again and again until what is seen is as it should be, or for so long; return what was seen last.

    For what a locator cannot be expected to be: pictures, and places of several things.
    """
    until = time.monotonic() + seconds
    while not is_so(seen := look()) and time.monotonic() < until:
        time.sleep(0.1)
    return seen


def begin_comparing(page):
    """Go to Compare, and ask for twenty worlds; they are under way when it returns."""
    at(page, "nav-compare").click()
    at(page, "worlds").select_option("20")
    at(page, "compare").click()
    expect(at(page, "compare")).to_be_disabled()
