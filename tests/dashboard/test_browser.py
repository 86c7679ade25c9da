"""Every page and every flow, in a real Chromium with nothing but the dashboard's own server."""

import re
import tomllib

import pytest
from playwright.sync_api import expect

from sim.dashboard.exchange import link_to
from sim.dashboard.session import ExploreSession
from sim.inputs.scenario.files import load_scenario
from tests.accessibility import colours_have_changed, rules_broken, rules_broken_in_both_themes
from tests.dashboard.conftest import wait_for_pictures
from tests.dashboard.on_page import at, becomes, seek

pytestmark = pytest.mark.browser


def entries(page, n):
    expect(at(page, "entry")).to_have_count(n)


def changed(page, act):
    """Do something and wait until its future is drawn."""
    before = page.evaluate("window.cultureshift.latencies.length")
    act()
    page.wait_for_function("n => window.cultureshift.latencies.length > n", arg=before)


def test_playing_moves_every_picture_without_asking_the_server(explore):
    explore.evaluate("""() => {
        const send = WebSocket.prototype.send;
        window.sent = 0;
        window.sentAt = performance.now();
        WebSocket.prototype.send = function (data) {
            window.sent += 1;
            window.sentAt = performance.now();
            return send.call(this, data);
        };
    }""")
    # What was asked for when the page was opened, and what is kept of it, is said by then.
    expect(at(explore, "answer-rests")).to_contain_text("worlds")
    explore.wait_for_function("performance.now() - window.sentAt > 1500")
    sent = explore.evaluate("window.sent")
    seek(explore, 0)
    drawn = explore.evaluate("window.cultureshift.draws")
    first = explore.locator("[data-testid=network]").screenshot()
    at(explore, "play").click()
    explore.wait_for_function(
        "drawn => window.cultureshift.clock.week > 5 && window.cultureshift.draws > drawn + 5", arg=drawn
    )
    at(explore, "play").click()

    assert explore.locator("[data-testid=network]").screenshot() != first
    assert explore.evaluate("window.sent") == sent
    expect(at(explore, "week")).to_contain_text("year 1")


def test_the_keyboard_scrubs_steps_and_plays(explore):
    seek(explore, 10)
    at(explore, "scrubber").press("ArrowRight")
    expect(at(explore, "week")).to_contain_text("Week 11 ")
    at(explore, "step").click()
    expect(at(explore, "week")).to_contain_text("Week 12 ")
    at(explore, "scrubber").press(" ")
    expect(at(explore, "play")).to_have_attribute("aria-label", "Pause")
    at(explore, "scrubber").press(" ")
    expect(at(explore, "play")).to_have_attribute("aria-label", "Play")


def test_doing_something_now_becomes_a_dated_entry_and_can_be_undone(explore):
    seek(explore, 60)
    changed(explore, lambda: at(explore, "do-train_facilitators").click())
    entries(explore, 5)
    expect(at(explore, "do-train_facilitators")).to_contain_text("Stop")
    expect(
        explore.get_by_role("button", name=re.compile("Train internal facilitators, weeks 60 to 164"))
    ).to_be_visible()
    changed(explore, lambda: at(explore, "undo").click())
    entries(explore, 4)
    changed(explore, lambda: at(explore, "redo").click())
    entries(explore, 5)


def test_the_keyboard_undoes_does_again_and_plays(explore):
    at(explore, "keep").click()
    at(explore, "scenario").select_option("shoestring-year")
    expect(at(explore, "kept")).to_have_count(0)
    explore.locator("h1").click()
    explore.keyboard.press("Control+z")
    expect(at(explore, "kept")).to_have_count(1)
    expect(at(explore, "scenario")).to_have_value("two-of-three-leave")
    explore.keyboard.press("Control+z")
    expect(at(explore, "kept")).to_have_count(0)
    explore.keyboard.press("Control+Shift+Z")
    expect(at(explore, "kept")).to_have_count(1)
    explore.keyboard.press(" ")
    expect(at(explore, "play")).to_have_attribute("aria-label", "Pause")
    explore.keyboard.press(" ")
    expect(at(explore, "play")).to_have_attribute("aria-label", "Play")


def test_a_live_lever_changes_the_future_but_not_the_past(explore):
    seek(explore, 100)
    at(explore, "tab-levers").click()
    expect(at(explore, "acts-from")).to_contain_text("week 100")
    lever = at(explore, "lever-staff_turnover").first
    changed(explore, lambda: lever.press("PageUp"))
    entries(explore, 5)
    expect(explore.get_by_role("button", name=re.compile("Staff turnover → .* weeks 100 to 416"))).to_be_visible()


def test_rewinding_and_changing_keeps_both_futures_side_by_side(explore):
    seek(explore, 300)
    at(explore, "keep").click()
    expect(at(explore, "kept")).to_contain_text("Future A")
    seek(explore, 58)
    changed(explore, lambda: at(explore, "do-train_facilitators").click())
    at(explore, "split").click()
    canvases = explore.locator(".cs-canvases canvas:visible")
    expect(canvases).to_have_count(2)

    def look():
        return [canvas.screenshot() for canvas in canvases.all()]

    seek(explore, 58)
    before = look()
    seek(explore, 200)
    now, then = becomes(look, lambda seen: seen[0] != seen[1] and seen != before)
    assert now != then
    assert [now, then] != before
    explore.get_by_role("button", name="go on from it").click()
    entries(explore, 4)


def test_a_person_and_a_team_tell_their_story(explore):
    seek(explore, 150)
    network = at(explore, "network")
    network.press("ArrowRight")
    expect(at(explore, "story")).to_contain_text("Colleague 1")
    expect(at(explore, "story")).to_contain_text("week ")
    network.press("ArrowDown")
    expect(at(explore, "story")).to_contain_text("Leader's control")
    network.press("Escape")
    expect(at(explore, "story")).to_have_count(0)


def test_the_timeline_can_be_dragged_edited_and_emptied(explore):
    entry = explore.locator("[data-testid=entry]").nth(0)
    entry.scroll_into_view_if_needed()
    box = entry.bounding_box()
    explore.mouse.move(box["x"] + 10, box["y"] + 8)
    explore.mouse.down()
    explore.mouse.move(box["x"] + 110, box["y"] + 8, steps=4)
    changed(explore, explore.mouse.up)
    assert explore.locator("[data-testid=entry]").nth(0).bounding_box()["x"] > box["x"] + 60
    explore.locator("[data-testid=entry]").nth(1).click()
    field = at(explore, "editor").get_by_label("strength")
    field.fill("0.5")
    changed(explore, lambda: field.press("Tab"))
    changed(explore, lambda: at(explore, "remove").click())
    entries(explore, 3)


def test_a_change_that_is_not_allowed_is_told_and_changes_nothing(explore):
    explore.locator("[data-testid=entry]").nth(0).click()
    field = at(explore, "editor").get_by_label("strength")
    field.fill("77")
    field.press("Tab")
    expect(at(explore, "notice")).to_contain_text("intensity")
    entries(explore, 4)


def test_another_state_can_be_shown(explore):
    seek(explore, 60)
    before = at(explore, "network").screenshot()
    at(explore, "colour").select_option("habit_fail")
    assert becomes(at(explore, "network").screenshot, lambda seen: seen != before) != before


def test_what_happens_in_the_last_weeks_stands_whole_on_the_timeline(explore):
    seek(explore, 415)
    changed(explore, lambda: at(explore, "do-two_leave").click())
    changed(explore, lambda: at(explore, "do-winter_crisis").click())
    entries(explore, 6)
    lanes = at(explore, "timeline").bounding_box()
    right = [entry.bounding_box()["x"] + entry.bounding_box()["width"] for entry in at(explore, "entry").all()]

    assert max(right) <= lanes["x"] + lanes["width"] + 0.5


def test_the_gain_is_that_of_the_curves_and_not_of_rounded_numbers(explore):
    wrong = explore.evaluate("""() => {
        const stage = document.querySelector("[data-testid=stage]").__vue__;
        const { now, baseline } = stage.futures;
        return Array.from({ length: now.rows }, (_, week) => {
            stage.week = week;
            return [stage.now.gain, Math.round(100 * (now.weekly.safe_share[week] - baseline.safe_share[week]))];
        }).filter(([shown, gain]) => shown !== gain);
    }""")

    assert wrong == []


def test_a_network_without_room_is_no_error(explore):
    explore.evaluate("""() => {
        document.querySelector("[data-testid=network]").style.cssText = "width: 3px; height: 3px; flex: none";
        window.dispatchEvent(new Event("resize"));
    }""")
    seek(explore, 3)
    colours_have_changed(explore)


def test_the_pictures_have_tables(explore):
    explore.get_by_text("Show the numbers").click()
    expect(at(explore, "table").get_by_role("row")).to_have_count(10)
    expect(at(explore, "team-table").get_by_role("row")).to_have_count(38)
    expect(at(explore, "team-table")).to_contain_text("Team 37")


def test_a_shared_link_opens_the_same_future(explore, context):
    seek(explore, 77)
    changed(explore, lambda: at(explore, "do-two_leave").click())
    entries(explore, 5)
    at(explore, "share").click()
    link = explore.get_by_label("Link to this scenario, world and week").input_value()
    other = context.new_page()
    other.goto(link)
    expect(other.get_by_test_id("entry")).to_have_count(5)
    expect(other.get_by_test_id("week")).to_contain_text("Week 77 ")
    expect(other.get_by_test_id("safe")).to_have_text(at(explore, "safe").inner_text())
    other.close()


def test_junk_in_a_link_is_left_out(page, server):
    page.goto(server.url + "/?scenario=%3Cscript%3Ealert(1)%3C/script%3E&world=-1&week=abc")
    expect(page.get_by_test_id("entry")).to_have_count(4)


def saved(page, key, folder):
    with page.expect_download() as waiting:
        at(page, "download").select_option(key)
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    assert path.suffix == f".{key}"
    return path


def test_downloads_can_be_opened_and_read_and_the_report_opens_on_its_own(explore, context, tmp_path):
    starts = {"csv": b"future,world,week", "parquet": b"PAR1", "png": b"\x89PNG", "svg": b"<?xml"}
    for key, start in starts.items():
        assert saved(explore, key, tmp_path).read_bytes().startswith(start), key
    assert len(tomllib.loads(saved(explore, "toml", tmp_path).read_text("utf-8"))["timeline"]) == 4

    report = context.new_page()
    content = saved(explore, "html", tmp_path).read_text("utf-8")
    assert content.startswith("<!doctype")
    report.set_content(content)
    expect(report.get_by_role("heading", name="What came of it")).to_be_visible()
    expect(report.get_by_text("296 staff, 416 weeks")).to_be_visible()
    assert report.evaluate("document.images[0].naturalWidth") > 500
    assert report.pdf(format="A4").count(b"/Type /Page\n") == 3
    report.close()


def test_a_scenario_can_be_brought(explore):
    content = b'title = "Ours <b>bold</b>"\nweeks = 104\n[[timeline]]\nkind = "shock"\nstart_week = 5\nend_week = 9\n'
    explore.locator("input[type=file]").set_input_files(
        {"name": "ours.toml", "mimeType": "text/plain", "buffer": content}
    )
    entries(explore, 1)
    assert explore.locator("b", has_text="bold").count() == 0


def test_whatever_was_brought_last_stands_in_the_box_of_scenarios(explore):
    for title in ("Ours", "Theirs"):
        content = f'title = "{title}"\nweeks = 104\n'.encode()
        file = {"name": f"{title}.toml", "mimeType": "text/plain", "buffer": content}
        explore.locator("input[type=file]").set_input_files(file)
        expect(at(explore, "scenario").locator("option:checked")).to_have_text(title)


def test_levers_stand_in_the_last_week_where_they_stood_before(explore):
    seek(explore, 100)
    at(explore, "tab-levers").click()
    lever = at(explore, "lever-staff_turnover").first
    changed(explore, lambda: lever.press("PageUp"))
    moved = lever.input_value()
    seek(explore, 416)

    expect(at(explore, "acts-from")).to_contain_text("week 415")
    expect(lever).to_have_value(moved)


def test_faults_of_a_file_are_told_and_names_in_it_are_only_text(explore):
    hostile = b'title = "x"\n[parameters]\n"<img src=x onerror=alert(1)>" = 3\nstaff_turnover = 99\n'
    explore.locator("input[type=file]").set_input_files(
        {"name": "bad.toml", "mimeType": "text/plain", "buffer": hostile}
    )
    expect(at(explore, "notice")).to_contain_text("staff_turnover")
    assert explore.locator("img[src=x]").count() == 0
    entries(explore, 4)


def test_a_file_that_is_too_large_is_refused(explore):
    large = {"name": "large.toml", "mimeType": "text/plain", "buffer": b"#" * 2_100_000}
    explore.locator("input[type=file]").set_input_files(large)
    expect(at(explore, "notice")).to_contain_text("at most 2 MB")


def test_scenarios_are_compared_and_the_comparison_can_be_saved(page, server):
    page.goto(server.url + "/compare")
    page.get_by_test_id("worlds").select_option("20")
    page.get_by_test_id("compare").click()
    expect(page.get_by_test_id("progress")).to_contain_text("Done", timeout=120_000)
    expect(page.get_by_test_id("arm")).to_have_count(2)
    expect(page.get_by_test_id("verdict").first).to_contain_text("20 twin worlds")
    with page.expect_download() as waiting:
        page.get_by_test_id("compare-csv").click()
    assert waiting.value.suggested_filename == "cultureshift-comparison.csv"


def test_what_was_compared_mapped_and_explained_is_there_when_one_comes_back(page, server):
    page.goto(server.url + "/map")
    at(page, "map-size").select_option("4")
    at(page, "map-outcome").select_option("persists")
    at(page, "draw").click()
    at(page, "nav-compare").click()
    at(page, "arm-2").select_option("shoestring-year")
    at(page, "worlds").select_option("20")
    at(page, "compare").click()
    # It goes on while another page is looked at.
    at(page, "nav-why").click()
    expect(at(page, "loop")).to_have_count(7, timeout=120_000)
    told = at(page, "account").inner_text()
    at(page, "nav-compare").click()
    expect(at(page, "verdict").first).to_contain_text("20 twin worlds", timeout=120_000)
    expect(at(page, "arm-2")).to_have_value("shoestring-year")
    expect(at(page, "worlds")).to_have_value("20")
    at(page, "nav-map").click()
    expect(at(page, "progress")).to_contain_text("Done", timeout=180_000)
    expect(at(page, "map-outcome")).to_have_value("persists")
    at(page, "nav-why").click()
    expect(at(page, "loop")).to_have_count(7)
    assert at(page, "account").inner_text() == told


def test_a_comparison_can_be_cancelled(page, server):
    page.goto(server.url + "/compare")
    page.get_by_test_id("worlds").select_option("1000")
    page.get_by_test_id("compare").click()
    expect(page.get_by_test_id("cancel")).to_be_enabled()
    page.get_by_test_id("cancel").click()
    expect(page.get_by_test_id("progress")).to_have_text("Cancelled")
    expect(page.get_by_test_id("compare")).to_be_enabled()


def test_anything_can_be_added_to_the_timeline(explore):
    seek(explore, 30)
    at(explore, "add").click()
    expect(at(explore, "add-kind")).to_be_focused()
    at(explore, "add-kind").select_option("train_facilitators")
    expect(at(explore, "add-start_week")).to_have_value("30")
    at(explore, "add-end_week").fill("200")
    at(explore, "add-intensity").fill("0.5")
    at(explore, "add-choose").select_option("needed")
    changed(explore, lambda: at(explore, "add-now").click())
    entries(explore, 5)
    expect(at(explore, "adder")).to_have_count(0)
    expect(
        explore.get_by_role("button", name=re.compile("Train internal facilitators, weeks 30 to 200"))
    ).to_be_visible()


def test_a_lever_can_be_added_to_the_timeline_and_a_fault_is_told(explore):
    at(explore, "add").click()
    at(explore, "add-kind").select_option("change_parameter")
    at(explore, "add-name").select_option("staff_turnover")
    at(explore, "add-start_week").fill("100")
    at(explore, "add-value").fill("90")
    at(explore, "add-now").click()
    expect(at(explore, "notice")).to_contain_text("staff who leave the service in a year")
    entries(explore, 4)
    at(explore, "add-value").fill("0.3")
    changed(explore, lambda: at(explore, "add-now").click())
    entries(explore, 5)
    expect(
        explore.get_by_role("button", name=re.compile(r"Staff turnover → 30\s% a year, weeks 100 to 416"))
    ).to_be_visible()


def test_the_story_fits_one_screen_of_a_laptop(guest):
    page = guest(1280, 800)
    expect(at(page, "hint")).to_be_visible()
    parts = ["network", "safe", "play", "main-chart", "timeline"]
    expect(at(page, "answer-rests")).to_contain_text("worlds")
    page.wait_for_function("document.querySelector('[data-testid=timeline]').getBoundingClientRect().bottom <= 800")

    assert {name: at(page, name).bounding_box()["y"] >= 0 for name in parts} == dict.fromkeys(parts, True)
    assert at(page, "network").bounding_box()["height"] > 200


SMALL_LETTERS = """() => Array.from(document.querySelectorAll(".cs-header *, .cs-page *"))
    .filter((one) => one.getClientRects().length && !one.closest(".cs-hidden")
        && Array.from(one.childNodes).some((part) => part.nodeType === 3 && part.textContent.trim()))
    .map((one) => [one.textContent.trim().slice(0, 30), parseFloat(getComputedStyle(one).fontSize)])
    .filter(([, size]) => size < 13)"""


def test_on_a_small_laptop_all_that_matters_is_seen_at_once_and_can_be_read(guest):
    page = guest(1366, 650)
    expect(at(page, "answer-rests")).to_contain_text("worlds")
    parts = ["scenario", "answer", "network", "play", "safe", "main-chart", "timeline"]

    def ends_below():
        boxes = {name: at(page, name).bounding_box() for name in parts}
        return {name: box["y"] + box["height"] for name, box in boxes.items() if box["y"] + box["height"] > 650}

    assert becomes(ends_below, lambda seen: not seen) == {}
    heights = page.evaluate("Array.from(document.querySelectorAll('.cs-chart canvas'), (one) => one.clientHeight)")
    assert min(*heights, at(page, "main-chart").bounding_box()["height"]) >= 90
    assert page.evaluate(SMALL_LETTERS) == []


def test_a_survey_answer_and_a_norm_are_not_called_alike(explore):
    expect(explore.locator(".cs-lines", has_text="Feel Safe")).to_contain_text("Feel Safe (norm)")


def test_a_first_visitor_is_told_where_to_begin_until_it_is_hidden(guest):
    page = guest(1280, 800)
    at(page, "play").click()
    page.wait_for_function("window.cultureshift.clock.week > 60 || (window.cultureshift.clock.speed = 64, false)")
    at(page, "play").click()
    seek(page, 40)
    changed(page, lambda: at(page, "do-train_facilitators").click())
    expect(at(page, "hint").locator(".cs-done")).to_have_count(3)
    at(page, "hint-close").click()
    expect(at(page, "hint")).to_have_count(0)
    page.reload()
    expect(at(page, "safe")).not_to_have_text("0")
    expect(at(page, "hint")).to_have_count(0)


def test_on_a_phone_fingers_find_what_they_press(guest):
    page = guest(390, 844)
    at(page, "tab-levers").click()
    small = page.evaluate("""() => Array.from(document.querySelectorAll(
            '.cs-page button, .cs-page select, .cs-page summary, .cs-page input:not(.cs-file), .cs-header button'))
        .filter((one) => one.offsetParent && !one.classList.contains('cs-entry'))
        .map((one) => [one.textContent.trim().slice(0, 30) || one.id, Math.round(one.getBoundingClientRect().height)])
        .filter(([, height]) => height < 40)""")

    assert small == []


def test_on_a_phone_playing_is_always_at_hand(guest):
    page = guest(390, 844)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    expect(at(page, "play")).to_be_in_viewport()
    changed(page, lambda: at(page, "do-two_leave").tap())
    entries(page, 5)
    at(page, "more-tools").tap()
    expect(at(page, "share")).to_be_visible()


def test_a_term_explains_itself_to_keyboard_and_finger(guest):
    page = guest(390, 844)
    term = page.locator("abbr", has_text="The five norms")
    tip = page.get_by_role("tooltip")
    term.focus()
    expect(tip).to_contain_text("what people do when a concern")
    expect(term).to_have_attribute("aria-describedby", "cs-tip")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    term.blur()
    term.tap()
    expect(tip).to_be_visible()
    at(page, "week").tap()
    expect(tip).to_be_hidden()


def test_the_buttons_say_what_they_do_when_asked(explore):
    at(explore, "explain").click()
    expect(at(explore, "do-inspection")).to_contain_text("Six weeks of scrutiny")


def test_the_map_has_a_boundary_of_what_holds_and_a_tap_chooses_first(guest):
    page = guest(390, 844, "/map", "[data-testid=draw]")
    expect(page.get_by_role("heading", name="What you will see")).to_be_visible()
    expect(at(page, "map-outcome")).to_have_value("holds")
    at(page, "map-size").select_option("4")
    at(page, "draw").click()
    expect(at(page, "progress")).to_contain_text("Done", timeout=180_000)
    expect(at(page, "boundary")).to_contain_text("75 in 100 feel safe")
    at(page, "map").tap(position={"x": 120, "y": 60})
    expect(at(page, "cell")).to_contain_text("of 10 worlds at least three quarters feel safe")
    at(page, "map").tap(position={"x": 120, "y": 60})
    expect(page.get_by_role("heading", level=1)).to_have_text("Does the new culture last?")


@pytest.mark.parametrize("with_mouse", [False, True])
def test_a_square_of_the_map_opens_in_explore(page, server, with_mouse):
    page.goto(server.url + "/map")
    page.get_by_test_id("map-size").select_option("4")
    page.get_by_test_id("draw").click()
    expect(page.get_by_test_id("progress")).to_contain_text("Done", timeout=180_000)
    box = page.get_by_test_id("map").bounding_box()
    if with_mouse:
        left, bottom = box["x"] + 58, box["y"] + box["height"] - 44
        page.mouse.click(left + 0.4 * (box["width"] - 64), bottom - 10)
        # The way to the button leads over other squares, and out of the map.
        page.mouse.move(box["x"] + box["width"] - 20, box["y"] + 20, steps=5)
    else:
        squares = page.get_by_test_id("map")
        for key in ("+", "+", "ArrowRight"):
            squares.press(key)
        # The square that is walked to is brought into what is shown.
        assert squares.evaluate("(one) => window.cultureshift.isZoomed(one)")
        assert squares.evaluate("(one) => window.cultureshift.windowOf(one).y[1]") > 0.85
    expect(page.get_by_test_id("cell")).to_contain_text("of 10 worlds")
    page.get_by_test_id("open-cell").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Does the new culture last?")
    page.get_by_test_id("tab-levers").click()
    expect(page.get_by_test_id("lever-staff_turnover").first).to_have_value(re.compile(r"0\.23"))


def test_why_tells_the_story_of_what_is_in_explore(explore):
    changed(explore, lambda: at(explore, "do-winter_crisis").click())
    at(explore, "nav-why").click()
    expect(at(explore, "loop")).to_have_count(7)
    expect(at(explore, "account").get_by_role("heading").first).to_contain_text(", changed")


@pytest.mark.xdist_group("account")  # one server finds it once for all
def test_equal_numbers_of_why_have_equal_bars(page, server):
    page.goto(f"{server.url}/why")
    expect(at(page, "loop")).to_have_count(7)
    bars = page.evaluate("""() => Array.from(document.querySelectorAll("[data-testid=loop]")).map(
        loop => [loop.querySelector(":scope > b").textContent, loop.querySelector(".cs-bar i").style.width])""")
    numbers = [number for number, _ in bars]

    assert len({width for number, width in bars}) == len({number.strip("+−") for number in numbers})


def test_about_tells_every_parameter(page, server):
    page.goto(server.url + "/about")
    expect(page.get_by_test_id("parameters").get_by_role("row")).not_to_have_count(1)
    expect(page.get_by_text("It is no forecast.")).to_be_visible()


PAGES = {
    "": "[data-testid=stage]",
    "service": "[data-testid=drop]",
    "learn": ".cs-shelf",
    "compare": "[data-testid=compare]",
    "map": "[data-testid=draw]",
    "why": "[data-testid=account]",
    "about": "[data-testid=parameters]",
}
"""Each page, and what is there once it is whole."""

CUT = """isEach => Array.from(document.querySelectorAll(".cs-page select"))
    .filter(one => one.getClientRects().length && one.dataset.testid !== "download")
    .flatMap(one => {
        const kept = one.selectedIndex;
        const places = isEach ? Array.from(one.options, (_, place) => place) : [kept];
        const found = places.map(place => {
            one.selectedIndex = place;
            const probe = one.cloneNode(true);
            Array.from(probe.options).filter((_, other) => other !== place).forEach(other => other.remove());
            probe.style.cssText = "position: absolute; width: auto; max-width: none; min-width: 0";
            one.parentNode.append(probe);
            const wanted = probe.offsetWidth;
            probe.remove();
            return [one.options[place].textContent.trim(), one.offsetWidth, wanted];
        });
        one.selectedIndex = kept;
        return found.filter(([words, width, wanted]) => width < wanted);
    })"""


def too_wide(page, width):
    """Return what of a page does not fit a screen: choices that are cut, and how wide the page is where it is wider."""
    page.set_viewport_size({"width": width, "height": 900})
    colours_have_changed(page)
    # On a phone the longest titles are wider than the page: what is chosen at first is whole.
    cut = page.evaluate(CUT, width >= 800)
    wide = page.evaluate("document.documentElement.scrollWidth")
    return cut if wide <= width else [*cut, wide]


@pytest.mark.parametrize(
    "path", [pytest.param(path, marks=pytest.mark.xdist_group("account") if path == "why" else ()) for path in PAGES]
)
def test_a_page_fits_every_screen_has_large_letters_and_breaks_no_rule_of_accessibility(page, server, path):
    def come(width):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{server.url}/{path}")
        page.wait_for_selector(PAGES[path], timeout=120_000)
        page.wait_for_timeout(500)

    come(390)
    wrong = {390: too_wide(page, 390)}
    come(1280)
    wrong |= {width: too_wide(page, width) for width in (820, 1920, 1280)}

    assert {width: what for width, what in wrong.items() if what} == {}
    assert page.evaluate(SMALL_LETTERS) == []
    assert rules_broken_in_both_themes(page, path, at(page, "theme").click) == []


def test_adding_on_a_phone_breaks_no_rule_of_accessibility(guest):
    page = guest(390, 844)
    at(page, "add").click()
    at(page, "numbers").click()
    page.locator("abbr", has_text="The five norms").focus()

    assert rules_broken(page) == []


def test_a_dated_scenario_tells_its_weeks_with_dates(page, server):
    scenario = load_scenario("two-of-three-leave").replace(start="2027-04-01")
    page.goto(f"{server.url}/{link_to(ExploreSession(scenario, 1), 60)}")
    wait_for_pictures(page)
    at(page, "numbers").click()

    expect(at(page, "week")).to_have_text("Week 60 · 25 May 2028")
    expect(at(page, "entry").first).to_have_attribute(
        "aria-label", re.compile(r"weeks 0 to 52 \(1 Apr 2027 to 30 Mar 2028\)")
    )
    expect(at(page, "table").locator("tbody th").nth(1)).to_have_text("52, 30 Mar 2028")
    expect(at(page, "team-table").locator("caption")).to_contain_text("week 60 (25 May 2028)")
