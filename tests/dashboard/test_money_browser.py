"""Money as people meet it: programmes, a search that is begun, stopped and found again; in a real Chromium."""

import pytest
from playwright.sync_api import expect

from tests.accessibility import rules_broken_in_both_themes
from tests.dashboard.on_page import at

pytestmark = pytest.mark.browser


@pytest.mark.xdist_group("worlds of money")  # one server finds them once for both
def test_programmes_are_told_while_worlds_come_in_and_a_search_is_stopped_and_kept(guest):
    page = guest(390, 800, "/money", "[data-testid=money-table]")
    expect(at(page, "money-verdict")).to_contain_text("is best for the money")
    at(page, "money-days").fill("100")
    at(page, "money-go").click()
    expect(at(page, "money-state")).to_have_text("under way")
    at(page, "money-stop").click()
    expect(at(page, "money-state")).to_have_text("stopped")
    at(page, "money-pick").nth(1).check()
    expect(page.locator("tr.cs-m-out").first).to_be_visible()
    page.reload()
    expect(at(page, "money-state")).to_have_text("stopped")
    expect(at(page, "money-again")).to_be_enabled()
    expect(at(page, "money-pick").nth(1)).to_be_checked()
    expect(at(page, "nav-money")).to_be_in_viewport(ratio=0.99)
    at(page, "money-ranges").locator("summary").click(timeout=120_000)
    expect(at(page, "money-ranges")).to_contain_text("peak gain")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert rules_broken_in_both_themes(page, "money", at(page, "theme").click) == []
    at(page, "money-open").first.click()
    expect(at(page, "stage")).to_be_visible()
