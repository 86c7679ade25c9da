"""A first visit: one curve, a question, a drawing, and the rest step by step; skippable, and remembered."""

import pytest
from playwright.sync_api import expect

from tests.accessibility import rules_broken_in_both_themes
from tests.dashboard.on_page import at
from tests.pictures import faults_in_both_themes

pytestmark = pytest.mark.browser


@pytest.fixture(name="newcomer")
def newcomer_fixture(guest):
    return guest(1366, 650, ready="[data-testid=first]", is_new=True)


def draw(page, to=1.0):
    box = at(page, "first-sketch").bounding_box()
    page.mouse.move(box["x"] + 0.15 * box["width"], box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + to * box["width"] - 1, box["y"] + 70, steps=12)
    page.mouse.up()


def test_a_first_visit_asks_shows_and_unfolds_step_by_step_and_goes_on_after_a_reload(newcomer):
    def looked_over(*expected):
        return faults_in_both_themes(newcomer, expected, at(newcomer, "theme").click)

    expect(newcomer.get_by_role("heading", name="The money ends after a year. What happens then?")).to_be_visible()
    expect(at(newcomer, "stage")).to_be_hidden()
    expect(at(newcomer, "first-show")).to_be_disabled()
    draw(newcomer, to=0.9)
    expect(at(newcomer, "first-show")).to_be_disabled()
    expect(at(newcomer, "first-missing")).to_have_text("Draw the curve to its right end to go on.")
    draw(newcomer)
    expect(at(newcomer, "first-missing")).to_be_empty()
    assert looked_over("Your curve of how many feel safe") == []
    expect(newcomer.get_by_role("region", name="The answer")).to_contain_text("Over 40 worlds")
    assert rules_broken_in_both_themes(newcomer, "a first visit", at(newcomer, "theme").click) == []

    at(newcomer, "first-show").click()
    expect(newcomer.get_by_role("heading", name="of 100 feel safe in this world. You drew")).to_be_visible()
    expect(at(newcomer, "main-chart")).to_be_visible()
    expect(at(newcomer, "network")).to_be_hidden()
    newcomer.reload()
    expect(newcomer.get_by_role("heading", name="of 100 feel safe in this world. You drew")).to_be_visible()
    assert looked_over("In the end") == []

    at(newcomer, "first-next").click()
    expect(at(newcomer, "network")).to_be_visible()
    expect(at(newcomer, "tab-do")).to_be_hidden()
    at(newcomer, "first-next").click()
    expect(at(newcomer, "tab-do")).to_be_visible()
    expect(at(newcomer, "scenario")).to_be_visible()
    newcomer.reload()
    expect(at(newcomer, "tab-do")).to_be_visible()
    expect(at(newcomer, "first")).to_have_count(0)


def test_a_first_visit_can_be_drawn_by_keys_skipped_and_left(newcomer):
    newcomer.get_by_text("Set it year by year instead").click()
    at(newcomer, "first-year-8").press("PageDown")
    expect(at(newcomer, "first-show")).to_be_enabled()
    newcomer.get_by_role("navigation").get_by_role("link", name="About").click()
    newcomer.get_by_role("navigation").get_by_role("link", name="Explore").click()
    expect(at(newcomer, "tab-do")).to_be_visible()

    newcomer.evaluate("window.localStorage.clear()")
    newcomer.reload()
    at(newcomer, "first-skip").click()
    expect(at(newcomer, "network")).to_be_visible()
    newcomer.reload()
    expect(at(newcomer, "network")).to_be_visible()
    expect(at(newcomer, "first")).to_have_count(0)
