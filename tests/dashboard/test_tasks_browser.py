"""A newcomer's tasks: things are found by the names that are seen, and steps are counted; in a real Chromium."""

import pytest
from playwright.sync_api import expect

from tests.dashboard.test_service_browser import STAFF, UNCLEAR, a_file

pytestmark = pytest.mark.browser

AT_MOST = {
    "does a year on a shoestring last": 0,
    "which of three programmes is best for the money": 4,
    "two leave and facilitators are trained": 6,
    "come back tomorrow": 0,
    "own files to a verdict": 8,
}


class Newcomer:
    """Somebody who has never been here and goes by what is to be seen; each press and each choice is a step."""

    def __init__(self, page):
        page.set_default_timeout(60_000)
        self.page, self.steps = page, 0

    def press(self, name):
        self.page.get_by_role("button", name=name).first.click()
        self.steps += 1

    def choose(self, what, name):
        self.page.get_by_role("combobox", name=what, exact=True).select_option(label=name)
        self.steps += 1

    def follow(self, name):
        self.page.get_by_role("navigation").get_by_role("link", name=name).click()
        self.steps += 1

    def tick(self, name):
        self.page.get_by_role("checkbox", name=name).check()
        self.steps += 1

    def answer(self, words):
        self.page.get_by_role("radio", name=words).check()
        self.steps += 1

    def bring(self, button, *files):
        """Press it, and choose files where the browser asks for them; two steps."""
        with self.page.expect_file_chooser(timeout=60_000) as waiting:
            self.press(button)
        waiting.value.set_files([a_file(*file) for file in files])
        self.steps += 1

    def reads(self, words):
        expect(self.page.get_by_role("region", name="The answer")).to_contain_text(words, timeout=120_000)


def test_tasks_of_a_newcomer_take_few_steps(guest):
    counted = {}
    newcomer = Newcomer(guest(1366, 650, ready="[data-testid=first]", is_new=True))
    newcomer.reads("The shift does not last.")
    expect(newcomer.page.get_by_text("The shift does not last.")).to_be_in_viewport()
    counted["does a year on a shoestring last"] = newcomer.steps

    newcomer.follow("Money")
    expect(newcomer.page.get_by_test_id("money-table")).to_be_visible(timeout=120_000)
    for name in ("Internal capacity", "The consultant returns to the new trio", "Appoint from within"):
        newcomer.tick(name)
    expect(newcomer.page.get_by_test_id("money-verdict")).to_have_text("“Appoint from within” is best for the money.")
    expect(newcomer.page.get_by_test_id("money-answer")).to_contain_text("“Internal capacity” leaves")
    counted["which of three programmes is best for the money"] = newcomer.steps

    newcomer.follow("Explore")
    newcomer.steps = 0
    newcomer.choose("Scenario", "A year on a shoestring")
    newcomer.press("Two of the trio leave")
    newcomer.press("Start training facilitators")
    newcomer.reads("Over 40 worlds")
    counted["two leave and facilitators are trained"] = newcomer.steps
    expect(newcomer.page.get_by_test_id("entry")).to_have_count(5)

    # In a new tab.
    tomorrow = Newcomer(newcomer.page.context.new_page())
    newcomer.page.close()
    tomorrow.page.goto(newcomer.page.url.partition("?")[0])
    expect(tomorrow.page.get_by_test_id("entry")).to_have_count(5)
    tomorrow.reads("Over 40 worlds")
    counted["come back tomorrow"] = tomorrow.steps

    tomorrow.follow("Your service")
    tomorrow.bring("Choose files", ("staff.csv", STAFF), ("survey.csv", UNCLEAR))
    tomorrow.answer("Per cent of those who agree")
    tomorrow.press("Go on with this answer")
    tomorrow.choose("Programme", "A year on a shoestring")
    tomorrow.press("Use it in Explore")
    expect(tomorrow.page.get_by_test_id("own-service")).to_contain_text("108 staff in 9 teams")
    tomorrow.reads("Over 40 worlds")
    counted["own files to a verdict"] = tomorrow.steps

    print(counted)
    assert counted.keys() == AT_MOST.keys()
    assert [task for task, steps in counted.items() if steps > AT_MOST[task]] == []
