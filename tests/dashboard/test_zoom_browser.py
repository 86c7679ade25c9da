"""Every chart tells its values and can be zoomed into, in the same way; in a real Chromium."""

import pytest
from playwright.sync_api import expect

from tests.accessibility import rules_broken
from tests.dashboard.on_page import at
from tests.dashboard.test_service_browser import BY_TEAM, STAFF, bring

pytestmark = pytest.mark.browser

WHOLE = {"x": [0, 1], "y": [0, 1]}


def window_of(chart):
    return chart.evaluate("(one) => window.cultureshift.windowOf(one)")


def width_of(chart):
    first, last = window_of(chart)["x"]
    return last - first


def point_at(page, chart, across=0.5, down=0.5):
    box = chart.bounding_box()
    page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])


def turn(page, by, *, held=None):
    if held:
        page.keyboard.down(held)
    page.mouse.wheel(0, by)
    if held:
        page.keyboard.up(held)


def read(page, chart, *keys):
    """Press keys on a chart, and return what is said of the value then."""
    chart.focus()
    for key in keys:
        page.keyboard.press(key)
    expect(at(page, "reading")).to_be_visible()
    return at(page, "reading-said").text_content()


def zooms_by_keys(page, chart):
    chart.focus()
    page.keyboard.press("+")
    page.keyboard.press("+")
    assert width_of(chart) < 0.5
    expect(at(page, "reading-said")).to_have_text("Zoomed in 2.6 times")
    page.keyboard.press("0")
    assert window_of(chart) == WHOLE


def test_the_curve_is_zoomed_by_wheel_drag_and_button_with_everything_over_time_and_the_page_still_scrolls(explore):
    chart, network = at(explore, "main-chart"), at(explore, "network")
    norms = explore.get_by_role("img", name="The five norms")
    explore.set_viewport_size({"width": 1280, "height": 500})
    point_at(explore, chart)
    turn(explore, 80)
    explore.wait_for_function("window.scrollY > 40")
    assert window_of(chart) == WHOLE

    point_at(explore, chart)
    before = explore.evaluate("window.scrollY")
    turn(explore, -150, held="Control")
    explore.wait_for_function("(one) => window.cultureshift.isZoomed(one)", arg=chart.element_handle())
    assert explore.evaluate("window.scrollY") == before
    zoomed = window_of(chart)
    assert window_of(norms) == zoomed
    assert float(at(explore, "scrubber").get_attribute("min")) > 0
    expect(at(explore, "outside")).to_have_text("4 of 4 in other weeks")
    at(explore, "do-inspection").click()
    expect(at(explore, "outside")).to_have_text("5 of 5 in other weeks")
    assert window_of(chart) == zoomed
    at(explore, "theme").click()
    assert window_of(chart) == zoomed

    # Time that plays takes what is shown along.
    explore.evaluate("window.cultureshift.clock.seek(0)")
    assert window_of(chart)["x"][0] == 0
    at(explore, "zoom-whole").last.click()
    assert window_of(chart) == WHOLE
    expect(at(explore, "scrubber")).to_have_attribute("min", "0")
    expect(at(explore, "entry")).to_have_count(5)

    # With Shift a stretch is marked; without, dragging moves the week as ever.
    point_at(explore, chart, 0.3)
    explore.keyboard.down("Shift")
    explore.mouse.down()
    point_at(explore, chart, 0.6)
    explore.mouse.up()
    explore.keyboard.up("Shift")
    assert 0.25 < width_of(chart) < 0.36
    expect(at(explore, "week")).to_contain_text("Week 0 ")
    chart.focus()
    explore.keyboard.press("0")

    point_at(explore, network, 0.3, 0.3)
    explore.mouse.down()
    point_at(explore, network, 0.6, 0.6)
    explore.mouse.up()
    assert 0.2 < width_of(network) < 0.4
    expect(at(explore, "story")).to_have_count(0)
    network.focus()
    explore.keyboard.press("ArrowDown")
    expect(at(explore, "story")).to_contain_text("Team 1")
    assert rules_broken(explore, "zoomed in") == []


def test_two_fingers_zoom_and_one_scrolls_the_page(guest):
    page = guest(390, 844)
    chart = at(page, "main-chart")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    fingers = page.context.new_cdp_session(page)

    def touch(kind, *places):
        points = [{"x": box["x"] + x * box["width"], "y": box["y"] + y, "id": k} for k, (x, y) in enumerate(places)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (0.45, 60), (0.55, 60))
    for step in range(1, 6):
        touch("touchMove", (0.45 - 0.04 * step, 60), (0.55 + 0.04 * step, 60))
    touch("touchEnd")
    assert width_of(chart) < 0.5
    at(page, "zoom-whole").last.tap()
    assert window_of(chart) == WHOLE

    before = page.evaluate("window.scrollY")
    touch("touchStart", (0.5, 80))
    for step in range(1, 6):
        touch("touchMove", (0.5, 80 - 20 * step))
    touch("touchEnd")
    page.wait_for_function("before => window.scrollY > before + 20", arg=before)
    assert window_of(chart) == WHOLE


def test_the_charts_of_compare_tell_values_to_keys_and_are_zoomed_alike(page, server):
    page.goto(server.url + "/compare")
    at(page, "worlds").select_option("20")
    at(page, "compare").click()
    expect(at(page, "progress")).to_contain_text("Done", timeout=120_000)
    bands, dots = page.locator(".cs-arm canvas").first, page.locator("canvas.cs-dots").first
    assert "typical world" in read(page, bands, "ArrowRight", "PageDown")
    assert "worlds come to that or more" in read(page, dots, "ArrowRight")
    zooms_by_keys(page, bands)
    zooms_by_keys(page, dots)


@pytest.mark.xdist_group("worlds of money")  # one server finds them once for both
def test_programmes_of_money_and_people_of_ones_own_service_tell_their_values(page, server):
    page.goto(server.url + "/service")
    bring(page, staff_csv=STAFF, survey_csv=BY_TEAM)
    funnel, people = at(page, "funnel"), at(page, "organisation-picture")
    expect(funnel).to_be_visible(timeout=120_000)
    assert "12 people and a team leader; " in read(page, people, "ArrowRight")
    assert "Secret" not in read(page, people, "ArrowRight")
    point_at(page, people)
    assert read(page, people, "End").endswith("Senior leader")
    assert "model starts at" in read(page, funnel, "Home")
    zooms_by_keys(page, funnel)
    zooms_by_keys(page, people)

    page.goto(server.url + "/money")
    expect(at(page, "money-table")).to_be_visible(timeout=120_000)
    plot = at(page, "money-plot")
    assert "paid days" in read(page, plot, "Home")
    x, y = page.evaluate("window.cultureshift.placeRead(document.querySelector('[data-testid=money-plot]'))")
    box = plot.bounding_box()
    page.mouse.move(box["x"] + x, box["y"] + y)
    expect(at(page, "reading")).to_contain_text("left of 100")
    zooms_by_keys(page, plot)
