"""Leaders' time as a bar that can be dragged, threads of the network, and what moved the curve; in a real Chromium."""

import pytest
from playwright.sync_api import expect

from tests.accessibility import rules_broken, rules_broken_in_both_themes
from tests.dashboard.on_page import at
from tests.dashboard.test_browser import changed, seek
from tests.pictures import decoded

pytestmark = pytest.mark.browser


def test_the_week_of_the_leaders_is_moved_by_keys_mouse_and_finger(explore):
    seek(explore, 60)
    at(explore, "tab-time").click()
    staff = at(explore, "time-staff")
    expect(staff).to_have_attribute("aria-valuenow", "10")
    expect(explore.get_by_role("region", name="The answer")).to_contain_text("Over 40 worlds")
    assert rules_broken(explore, "leaders' time") == []
    changed(explore, lambda: staff.press("PageUp"))
    expect(staff).to_have_attribute("aria-valuetext", "15 of 100 hours in dialogue with staff")
    expect(explore.get_by_role("button", name="How leaders spend their time, weeks 60 to 416")).to_be_visible()
    given = int(at(explore, "given-staff").inner_text())
    assert 10 <= given < 15
    expect(at(explore, "time-kept")).to_contain_text("of 100 hours meant beyond the usual are given")

    bar, end = at(explore, "time-bar").bounding_box(), at(explore, "time-leaders").bounding_box()
    x, y = end["x"] + end["width"] / 2, end["y"] + end["height"] / 2
    explore.mouse.move(x, y)
    explore.mouse.down()
    explore.mouse.move(x + 0.1 * bar["width"], y, steps=4)
    explore.mouse.up()
    expect(at(explore, "time-leaders")).to_have_attribute("aria-valuenow", "25")
    expect(staff).to_have_attribute("aria-valuenow", "15")
    expect(at(explore, "entry")).to_have_count(5)

    finger = explore.context.new_cdp_session(explore)
    purpose = at(explore, "time-purpose").bounding_box()
    x = purpose["x"] + purpose["width"] / 2
    for kind, to in (
        ("touchStart", x),
        ("touchMove", x + 12),
        ("touchMove", x + 0.1 * bar["width"]),
        ("touchEnd", None),
    ):
        points = [] if to is None else [{"x": to, "y": y}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    expect(at(explore, "time-purpose")).to_have_attribute("aria-valuenow", "15")
    changed(explore, lambda: at(explore, "time-purpose").press("Home"))
    expect(at(explore, "time-purpose")).to_have_attribute("aria-valuenow", "0")


def test_a_week_of_the_curve_says_what_moved_it_and_a_departure_lights_up_what_broke(explore):
    seek(explore, 57)
    explore.mouse.move(0, 0)
    before = decoded(at(explore, "network").screenshot())
    at(explore, "main-chart").click(position={"x": 140, "y": 40})
    told = at(explore, "moved")
    expect(told).to_contain_text("What moved it, weeks ")
    expect(told.get_by_role("img", name="How team leaders lead")).to_be_visible()
    assert rules_broken_in_both_themes(explore, "what moved it", at(explore, "theme").click) == []
    at(explore, "theme").click()
    told.get_by_role("button", name="Close what moved it").click()
    expect(told).to_have_count(0)

    seek(explore, 60)
    at(explore, "what-moved").click()
    expect(told).to_contain_text("Week 58: Medical Director left.")
    expect(told).to_contain_text("of shared purpose broke")
    explore.keyboard.press("Escape")
    explore.mouse.move(0, 0)
    lit = decoded(at(explore, "network").screenshot())
    at(explore, "links").select_option("safety")
    linked = decoded(at(explore, "network").screenshot())
    assert (abs(lit - before) > 60).any()
    assert (abs(linked - lit).max(axis=2) > 30).mean() > 0.01
    at(explore, "network").focus()
    explore.keyboard.press("ArrowDown")
    expect(at(explore, "story")).to_contain_text("ties to")

    at(explore, "what-moved").click()
    expect(told).to_be_visible()
    changed(explore, lambda: at(explore, "do-train_facilitators").click())
    expect(told).to_have_count(0)  # It was told of another run.


def test_every_picture_tells_its_values_and_what_is_behind_it(explore):
    seek(explore, 60)
    reading = at(explore, "reading")
    for name, words in (("main-chart", "nothing done: "), ("network", None)):
        at(explore, name).hover(position={"x": 160, "y": 40})
        if words:
            expect(reading).to_contain_text(words)
    explore.get_by_role("img", name="The five norms over time").hover()
    expect(reading).to_contain_text("Fail Well: ")
    explore.get_by_role("img", name="Of 100 opportunities").hover()
    expect(reading).to_contain_text("Of 100 opportunities joined")
    explore.mouse.move(0, 0)
    expect(reading).to_be_hidden()

    explore.get_by_role("button", name="Behind: The five norms").click()
    box = at(explore, "behind")
    expect(box.get_by_role("heading", name="Behind “The five norms”")).to_be_visible()
    expect(at(explore, "behind-rule")).to_have_count(3)
    assert (
        rules_broken_in_both_themes(explore, "behind", lambda: explore.evaluate("window.cultureshift.setTheme('dark')"))
        == []
    )
    with explore.expect_download() as saved:
        at(explore, "behind-csv").click()
    lines = saved.value.path().read_text("utf-8").splitlines()
    assert lines[0].startswith("week,aim_high,feel_safe,")
    assert len(lines) == 1 + 417
    explore.keyboard.press("Escape")

    at(explore, "network").focus()
    explore.keyboard.press("ArrowRight")
    at(explore, "their-week").click()
    expect(box.get_by_role("heading")).to_contain_text("Colleague 1, ")
    expect(at(explore, "behind-week")).to_contain_text("I feel safe to speak up")
