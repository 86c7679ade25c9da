"""What tests do on a page of the dashboard: find things by their names, and ask for a comparison."""

from playwright.sync_api import expect


def at(page, name):
    """Return what has a name on a page."""
    return page.get_by_test_id(name)


def begin_comparing(page):
    """Go to Compare, and ask for twenty worlds; they are under way when it returns."""
    at(page, "nav-compare").click()
    at(page, "worlds").select_option("20")
    at(page, "compare").click()
    expect(at(page, "compare")).to_be_disabled()
