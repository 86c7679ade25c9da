"""Nothing is lost: reload, Back, a second tab, tomorrow, scenarios of one's own; in a real Chromium."""

import pytest
from playwright.sync_api import expect

from tests.accessibility import rules_broken
from tests.dashboard.conftest import START, Server, wait_for_pictures
from tests.dashboard.on_page import at, begin_comparing, seek
from tests.dashboard.walking import Walker
from tests.served import free_port

pytestmark = pytest.mark.browser


def begun_on(page):
    """Change something in week 77, keep a future, and wait until the address tells of it."""
    seek(page, 77)
    at(page, "do-winter_crisis").click()
    expect(at(page, "entry")).to_have_count(5)
    at(page, "keep").click()
    expect(at(page, "kept")).to_have_count(1)
    page.wait_for_function("window.location.search.includes('week=77')")


def as_it_was(page):
    expect(at(page, "entry")).to_have_count(5)
    expect(at(page, "kept")).to_have_count(1)
    expect(at(page, "week")).to_contain_text("Week 77 ")
    expect(at(page, "undo")).to_be_enabled()


def test_a_reload_and_the_way_back_find_everything_and_the_history_is_not_filled(explore):
    before = explore.evaluate("window.history.length")
    begun_on(explore)
    assert explore.evaluate("window.history.length") == before
    explore.reload()
    wait_for_pictures(explore)
    as_it_was(explore)
    at(explore, "undo").click()
    at(explore, "undo").click()
    expect(at(explore, "entry")).to_have_count(4)
    at(explore, "redo").click()
    at(explore, "redo").click()
    as_it_was(explore)
    at(explore, "nav-about").click()
    expect(explore.get_by_role("heading", level=1)).not_to_have_text("Does the new culture last?")
    explore.go_back()
    wait_for_pictures(explore)
    as_it_was(explore)
    # Whoever has moved on since the reload comes back to where they moved, not to where they were found.
    seek(explore, 91)
    at(explore, "nav-about").click()
    at(explore, "parameters").wait_for()
    at(explore, "nav-explore").click()
    wait_for_pictures(explore)
    expect(at(explore, "week")).to_contain_text("Week 91 ")


def test_a_second_tab_begins_where_the_first_is_and_goes_its_own_way(explore, context, server):
    begun_on(explore)
    other = context.new_page()
    other.goto(server.url)
    wait_for_pictures(other)
    as_it_was(other)
    at(other, "do-inspection").click()
    expect(at(other, "entry")).to_have_count(6)
    other.close()
    explore.reload()
    wait_for_pictures(explore)
    as_it_was(explore)


def test_scenarios_are_kept_under_names_and_nothing_is_removed_unasked(explore):
    begun_on(explore)
    at(explore, "my-scenarios").click()
    at(explore, "mine-name").fill("Our <b>winter</b>")
    at(explore, "mine-note").fill("To be talked over with Anna.")
    at(explore, "mine-save").click()
    expect(at(explore, "mine-one")).to_contain_text("Our <b>winter</b>")
    assert rules_broken(explore, "my scenarios") == []
    at(explore, "mine-close").click()
    at(explore, "scenario").select_option("shoestring-year")
    expect(at(explore, "entry")).not_to_have_count(5)
    explore.reload()
    wait_for_pictures(explore)
    at(explore, "my-scenarios").click()
    expect(at(explore, "mine-one")).to_contain_text("talked over with Anna")
    at(explore, "mine-open").click()
    expect(at(explore, "entry")).to_have_count(5)
    at(explore, "my-scenarios").click()
    at(explore, "mine-remove").click()
    at(explore, "question-stay").click()
    expect(at(explore, "mine-one")).to_have_count(1)
    at(explore, "mine-remove").click()
    at(explore, "question-go").click()
    expect(at(explore, "mine-one")).to_have_count(0)


def test_other_pages_are_about_what_was_in_explore_and_what_was_compared_is_compared_again_after_a_reload(explore):
    begun_on(explore)
    begin_comparing(explore)
    explore.reload()
    expect(at(explore, "worlds")).to_have_value("20")
    expect(at(explore, "result")).to_be_visible(timeout=120_000)
    at(explore, "nav-board").click()
    expect(at(explore, "slide").first).to_be_visible()
    explore.reload()
    expect(at(explore, "slide").first).to_contain_text("Shock")


def test_a_kept_future_is_not_dropped_unasked(explore):
    for week in (3, 6, 9):
        seek(explore, week)
        at(explore, "keep").click()
    expect(at(explore, "kept")).to_have_count(3)
    at(explore, "keep").click()
    expect(at(explore, "question")).to_contain_text("Future A")
    at(explore, "question-stay").click()
    at(explore, "drop").first.click()
    explore.keyboard.press("Escape")
    expect(at(explore, "kept").first).to_contain_text("Future A")
    at(explore, "keep").click()
    at(explore, "question-go").click()
    expect(at(explore, "kept").first).to_contain_text("Future B")
    at(explore, "drop").first.click()
    at(explore, "question-go").click()
    expect(at(explore, "kept")).to_have_count(2)


def test_a_killed_server_is_told_of_and_a_new_one_finds_everything_as_it_was(browser):
    server = Server(free_port())
    try:
        server.wait_until_ready()
        context = server.let_in(browser.new_context(viewport={"width": 1280, "height": 860}))
        page = context.new_page()
        page.goto(server.url)
        wait_for_pictures(page)
        begun_on(page)
        server.kill()
        expect(at(page, "gone")).to_contain_text("cannot be reached")
        expect(at(page, "try-now")).to_be_visible()
        server.run(START, server.url.rsplit(":", 1)[1])
        server.wait_until_ready()
        page.wait_for_function("!document.querySelector('[data-testid=gone]') && window.cultureshift", timeout=60_000)
        wait_for_pictures(page)
        as_it_was(page)
        at(page, "do-inspection").click()
        expect(at(page, "entry")).to_have_count(6)
        assert server.tracebacks() == []
        context.close()
    finally:
        server.stop()


def test_who_does_anything_in_any_order_loses_nothing(explore):
    walker = Walker(explore, seed=4)
    walker.walk(10)
    assert walker.done[-1] == "reload"
    assert walker.lost == []
