"""For everybody: keys, titles, a slow line, colours of the computer's own, letters at 200 %; in a real Chromium."""

import pytest
from playwright.sync_api import expect

from tests.accessibility import colours_have_changed, rules_broken_in_both_themes
from tests.dashboard.conftest import wait_for_pictures
from tests.dashboard.on_page import at

pytestmark = pytest.mark.browser

PAGES = ("service", "game", "compare", "money", "map", "board", "about", "learn", "explore")


def test_keys_play_are_listed_and_can_be_turned_off(explore):
    play = at(explore, "play")
    explore.keyboard.press("p")
    expect(play).to_have_attribute("aria-label", "Pause")
    explore.keyboard.press("p")
    expect(play).to_have_attribute("aria-label", "Play")
    # What is written in a field is for the field.
    at(explore, "my-scenarios").click()
    at(explore, "mine-name").press("p")
    at(explore, "mine-close").click()
    expect(play).to_have_attribute("aria-label", "Play")

    at(explore, "keys").click()
    expect(at(explore, "keys-list")).to_contain_text("keep this future")
    colours_have_changed(explore)
    turned = "() => window.cultureshift.setTheme(window.cultureshift.theme === 'dark' ? 'light' : 'dark')"
    assert rules_broken_in_both_themes(explore, "keys", lambda: explore.evaluate(turned)) == []
    at(explore, "keys-on").uncheck()
    at(explore, "keys-close").click()
    explore.keyboard.press("p")
    explore.reload()
    wait_for_pictures(explore)
    explore.keyboard.press("k")
    expect(play).to_have_attribute("aria-label", "Play")
    expect(at(explore, "kept")).to_have_count(0)

    explore.keyboard.press("Tab")
    explore.keyboard.press("Tab")
    expect(at(explore, "skip-play")).to_be_focused()
    explore.keyboard.press("Enter")
    expect(play).to_be_focused()


def test_at_200_percent_no_page_needs_scrolling_to_the_side_and_each_has_its_title(guest):
    page = guest(640, 400)
    assert page.title() == "Explore · Cultureshift"
    for name in PAGES:
        link = at(page, f"nav-{name}")
        label = link.inner_text()
        link.click()
        page.wait_for_function(f"document.title === {f'{label} · Cultureshift'!r}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        colours_have_changed(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 640, f"{name} is {wide} wide"


def test_words_beside_the_network_stand_clear_of_each_other_and_on_paper_keys_keep_their_colours(guest):
    page = guest(1280, 800)
    at(page, "links").select_option("safety")
    expect(page.get_by_text("lifts that team")).to_be_visible()
    scale, first = (
        page.locator(f".cs-network {one}").first.bounding_box() for one in (".cs-scale", ".cs-legend > span")
    )
    assert scale["y"] + scale["height"] <= first["y"] + 1
    page.emulate_media(media="print")
    how = "(name) => getComputedStyle(document.querySelector(name)).getPropertyValue('print-color-adjust')"
    assert [page.evaluate(how, name) for name in (".cs-legend .cs-key", ".cs-lanes", ".cs-scale b")] == ["exact"] * 3


def test_pictures_follow_colours_of_the_computers_own_and_a_slow_line_says_that_something_comes(explore):
    explore.add_init_script("""new MutationObserver(() => {
        if (document.querySelector(".cs-loading")) window.sawLoading = true;
    }).observe(document, { childList: true, subtree: true });""")
    explore.emulate_media(forced_colors="active", color_scheme="dark")
    expect(explore.locator("html")).to_have_attribute("data-theme", "dark")
    expect(explore.locator("nav a[aria-current]")).to_have_css("outline-style", "solid")
    explore.reload()
    wait_for_pictures(explore)
    assert explore.evaluate("window.sawLoading")
    expect(explore.locator(".cs-loading")).to_have_count(0)
