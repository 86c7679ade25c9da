"""Be one of the three, from a chair to the debrief and into Explore; in a real Chromium."""

import json

import pytest
from playwright.sync_api import expect

from tests.accessibility import rules_broken_in_both_themes
from tests.dashboard.on_page import at
from tests.pictures import faults

pytestmark = pytest.mark.browser


def looked_at(page, where):
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    return rules_broken_in_both_themes(page, where, at(page, "theme").click)


def test_one_plays_by_keys_to_the_debrief_and_neither_a_reload_nor_forgery_does_harm(guest, tmp_path):
    page = guest(390, 800, "/game", "[data-testid=game-go]")
    forged = {"text": json.dumps({"contract": 1, "story": "shoestring-year", "seed": 1, "quarters": 10, "chair": 9,
                                  "days": [], "answer": None})}  # fmt: skip
    page.evaluate("kept => { localStorage['cultureshift-game'] = kept; sessionStorage.clear(); }", json.dumps(forged))
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("game: chair: wanted a whole number from 1 to 3, got 9")

    # Two quarters are fewer than the page offers.
    at(page, "game-quarters").evaluate(
        "one => { one.append(new Option('2', '2')); one.value = '2'; one.dispatchEvent(new Event('change')); }"
    )
    at(page, "chair-2").press("Space")
    assert looked_at(page, "to begin") == []
    at(page, "game-go").press("Enter")
    expect(at(page, "game-where")).to_contain_text("You are the Operations Director")
    at(page, "game-together").press("End")
    # What is asked for beyond the quarter goes back to what there is: 7 are for staff and 10 for team leaders.
    expect(at(page, "game-together")).to_have_value("48")
    at(page, "game-together").fill("20")
    at(page, "game-together").press("ArrowRight")
    expect(at(page, "game-fixing")).to_have_text("27")
    page.reload()
    expect(at(page, "game-together")).to_have_value("21")
    at(page, "game-decide").press("Enter")
    expect(at(page, "game-quarter")).to_have_attribute("data-quarter", "2")
    expect(at(page, "game-told")).to_contain_text("The waiting list is")
    expect(at(page, "game-before")).to_contain_text("Medical Director · played by the model")
    days = page.locator(".meant-given .days").all_inner_texts()
    assert [sum(map(int, one.split(" · "))) for one in days] == [65] * 6
    assert looked_at(page, "a quarter") == []
    page.reload()
    expect(at(page, "game-quarter")).to_have_attribute("data-quarter", "2")
    at(page, "game-decide").press("Enter")
    expect(at(page, "debrief")).to_contain_text("What is left, and what would have been", timeout=120_000)
    assert faults(page, ["Medical Director, days not for fixing", "as you played"]) == []
    assert looked_at(page, "the debrief") == []
    with page.expect_download() as download:
        at(page, "game-page").click()
    download.value.save_as(tmp_path / "home.html")
    home = page.context.browser.new_page()
    home.goto(f"file://{tmp_path}/home.html")
    assert faults(home, ["Medical Director, days not for fixing", "as you played"]) == []
    home.close()
    at(page, "game-explore").click()
    expect(at(page, "stage")).to_be_visible(timeout=90_000)
    # Whatever was decided in each quarter, each of the three has one lane, and it is named once.
    for title in ("Medical Director", "Operations Director", "Nurse Director"):
        quarters = page.get_by_label(f"How leaders spend their time: {title}")
        expect(quarters.first).to_be_attached()
        assert len(set(quarters.evaluate_all("all => all.map((one) => one.style.getPropertyValue('--at'))"))) == 1
        said = quarters.locator("span:visible")
        assert (said.count(), said.inner_text().endswith(title)) == (1, True)
