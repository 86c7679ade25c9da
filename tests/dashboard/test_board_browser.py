"""Three slides for a board, full screen and on paper; and paper from any page; in a real Chromium."""

import pytest
from playwright.sync_api import expect

from tests.accessibility import rules_broken_in_both_themes
from tests.dashboard.conftest import wait_for_pictures
from tests.dashboard.on_page import at

pytestmark = pytest.mark.browser


def on_paper(page):
    """Show a page as it is printed on A4: its layout, and what scripts do before."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 980})
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")


def test_three_slides_are_turned_full_screen_and_printed_light(guest):
    page = guest(1280, 800, "/board", "[data-testid=slides]")
    expect(at(page, "board-verdict")).to_have_text("The shift does not last.")
    expect(at(page, "slide")).to_have_count(3)
    assert rules_broken_in_both_themes(page, "board", at(page, "theme").click) == []

    at(page, "board-full").click()
    expect(at(page, "slide").nth(1)).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(at(page, "board-curve")).to_be_visible()
    at(page, "board-next").click()
    expect(at(page, "slide").nth(2)).to_contain_text("208 days of paid support")
    page.evaluate("document.exitFullscreen()")
    expect(at(page, "slide").first).to_be_visible()

    at(page, "theme").click()
    on_paper(page)
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(at(page, "board-print")).to_be_hidden()
    expect(at(page, "slide").nth(2)).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_explore_on_paper_is_whole_and_as_wide_as_the_sheet(explore):
    on_paper(explore)
    expect(explore.locator(".cs-side")).to_be_hidden()
    explore.wait_for_function("document.documentElement.scrollWidth <= 688")
    cut = """() => [...document.querySelectorAll(".cs-now, .cs-pictures, .cs-story-line > span, .cs-scroll")]
        .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== "visible")
        .length"""
    assert explore.evaluate(cut) == 0
    explore.emulate_media(media="screen")
    wait_for_pictures(explore)
