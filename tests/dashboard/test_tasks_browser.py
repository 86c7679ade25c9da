"""A newcomer's tasks: things are found by the names that are seen, and steps are counted; in a real Chromium."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


class Newcomer:
    """Somebody who has never been here and goes by what is to be seen; each press and each choice is a step."""

    def __init__(self, page):
        self.page, self.steps = page, 0

    def press(self, name):
        self.page.get_by_role("button", name=name).first.click()
        self.steps += 1

    def choose(self, what, name):
        self.page.get_by_label(what, exact=True).select_option(label=name)
        self.steps += 1

    def follow(self, name):
        self.page.get_by_role("navigation").get_by_role("link", name=name).click()
        self.steps += 1

    def tick(self, name):
        self.page.get_by_role("checkbox", name=name).check()
        self.steps += 1

    def reads(self, words):
        expect(self.page.get_by_role("region", name="The answer")).to_contain_text(words, timeout=60_000)


def test_tasks_of_a_newcomer_take_few_steps(guest):
    newcomer = Newcomer(guest(1366, 650, ready="[data-testid=first]", is_new=True))
    newcomer.reads("The shift does not last.")
    expect(newcomer.page.get_by_text("The shift does not last.")).to_be_in_viewport()
    assert newcomer.steps == 0

    # Which of three programmes is best for the money?
    newcomer.follow("Money")
    expect(newcomer.page.get_by_test_id("money-table")).to_be_visible(timeout=120_000)
    for name in ("Internal capacity", "The consultant returns to the new trio", "Appoint from within"):
        newcomer.tick(name)
    expect(newcomer.page.get_by_test_id("money-verdict")).to_have_text("“Appoint from within” is best for the money.")
    expect(newcomer.page.get_by_test_id("money-answer")).to_contain_text("“Internal capacity” leaves")
    assert newcomer.steps <= 4

    newcomer.follow("Explore")
    newcomer.steps = 0
    newcomer.choose("Scenario", "A year on a shoestring")
    newcomer.press("Two of the trio leave")
    newcomer.press("Start training facilitators")
    newcomer.reads("Over 40 worlds")
    assert newcomer.steps <= 6
    expect(newcomer.page.get_by_test_id("entry")).to_have_count(5)

    # Tomorrow, in a new tab.
    tomorrow = Newcomer(newcomer.page.context.new_page())
    newcomer.page.close()
    tomorrow.page.goto(newcomer.page.url.partition("?")[0])
    expect(tomorrow.page.get_by_test_id("entry")).to_have_count(5, timeout=30_000)
    tomorrow.reads("Over 40 worlds")
    assert tomorrow.steps == 0
