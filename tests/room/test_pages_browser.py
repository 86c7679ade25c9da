"""Every page of the room, in both themes and three widths: open to everybody, and nothing runs off the side."""

import pytest
from playwright.sync_api import expect

from tests.room.light import Light
from tests.room.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages of the room")]

HOSTILE = "<img src=x onerror=alert(1)>"


def test_no_page_of_a_session_keeps_anybody_out(server, visitor, tmp_path):
    walk = Walk()
    lead = visitor(1280, 900)
    phone = visitor(has_touch=True)
    lead.goto(server.link)
    lead.get_by_label("What it is called").fill(f"A day {HOSTILE}")
    lead.get_by_text("For experts").click()
    lead.get_by_label("Twin worlds").select_option("40")
    walk.look("rooms", lead)
    lead.get_by_test_id("open").click()
    code = lead.get_by_test_id("code").inner_text()
    board = visitor(1920, 1080)
    board.context.add_cookies(lead.context.cookies())
    board.goto(f"{server.url}/room/steer/{code}/board")
    phone.goto(f"{server.url}/room")
    phone.get_by_label("Code").wait_for()
    walk.look("door", phone)
    phone.goto(f"{server.url}/room/{code}")
    phone.get_by_test_id("name").fill(HOSTILE)
    walk.look("join", phone)
    phone.get_by_test_id("join").click()
    expect(phone.get_by_test_id("phase")).to_have_attribute("data-phase", "lobby")
    other = Light(server.port, code, "Bert")
    other.join_room()

    def at(phase, place=0):
        for page in (lead, board, phone):
            expect(page.get_by_test_id("phase")).to_have_attribute("data-phase", phase)
            expect(page.get_by_test_id("phase")).to_have_attribute("data-round", str(place))
        for name, page in (("steer", lead), ("board", board), ("phone", phone)):
            walk.look(f"{name}, {phase} {place}", page, (390, 1280, 1920) if page is board else (390, 1280))

    at("lobby")
    expect(board.get_by_text(HOSTILE[:24].strip(), exact=True)).to_be_visible()
    lead.get_by_text("People and teams").click()
    lead.get_by_text("Rounds to come").click()
    lead.get_by_test_id("next").click()
    phone.get_by_test_id("pad").wait_for()
    phone.get_by_role("slider", name="Year 3").press("PageUp")
    phone.get_by_label("Why?").fill(HOSTILE)
    at("predict")
    phone.get_by_test_id("send").click()
    expect(phone.get_by_test_id("sent")).to_be_visible()
    phone.get_by_label("Why?").fill("It fades, and I have not sent this")
    phone.reload()
    expect(phone.get_by_label("Why?")).to_have_value("It fades, and I have not sent this")
    phone.get_by_label("It may stand on the board").check()
    phone.get_by_role("button", name="Send the change").click()
    expect(phone.get_by_test_id("sent")).to_be_visible()
    lead.get_by_test_id("show-reasons").click()
    expect(board.get_by_text("It fades, and I have not sent this")).to_be_visible()
    other.act(do="predict", round=0, curve=[60] * 9, reason=HOSTILE)
    lead.get_by_test_id("show-predictions").click()
    lead.get_by_test_id("next").click()
    phone.get_by_test_id("dialogue-days").fill("150")
    phone.get_by_test_id("training-days").fill("208")
    expect(phone.get_by_test_id("spent")).to_have_text("208")
    expect(phone.get_by_test_id("training-days")).to_have_value("58")
    at("design")
    phone.get_by_test_id("commit").click()
    phone.get_by_test_id("agree").click()
    expect(phone.get_by_test_id("committed")).to_be_visible()
    lead.get_by_test_id("next").click()
    for item in ("happened", "programmes"):
        lead.get_by_test_id(f"show-{item}").click()
    lead.get_by_test_id("shock").click()
    expect(lead.get_by_test_id("says")).to_have_text("Everything has been run.", timeout=90_000)
    expect(phone.get_by_text("Two of the three directors leave")).to_be_visible()
    at("results")
    lead.get_by_test_id("show-programmes").click()
    expect(board.get_by_test_id("board")).to_have_count(0)
    walk.look("board, nothing shown", board)
    lead.get_by_test_id("pause").click()
    expect(phone.get_by_test_id("paused")).to_be_visible()
    lead.get_by_test_id("pause").click()
    lead.get_by_test_id("next").click()
    expect(phone.get_by_label("Less than half, but some")).to_be_visible()
    at("predict", 1)
    with lead.expect_download() as download:
        lead.get_by_test_id("report").click()
    report = visitor(1000, 900)
    download.value.save_as(tmp_path / "report.html")
    report.goto(f"file://{tmp_path}/report.html")
    expect(report.locator("svg").first).to_be_visible()
    walk.look("report", report)
    other.is_done = True
    assert walk.wrong == []


def test_a_wrong_code_is_told_kindly_and_can_be_mended(server, visitor):
    phone = visitor()
    phone.goto(f"{server.url}/room")
    phone.get_by_label("Code").fill("a1")
    phone.get_by_role("button", name="Go in").click()

    expect(phone.get_by_test_id("message")).to_contain_text("Look at the screen again")
    expect(phone.get_by_label("Code")).to_be_focused()


def test_a_phone_that_slept_catches_up_when_it_wakes(server, visitor):
    lead, phone = visitor(1280, 900), visitor()
    lead.goto(server.link)
    lead.get_by_test_id("open").click()
    code = lead.get_by_test_id("code").inner_text()
    phone.goto(f"{server.url}/room/{code}")
    phone.get_by_test_id("join").click()
    expect(phone.get_by_test_id("phase")).to_have_attribute("data-phase", "lobby")
    phone.context.set_offline(True)
    lead.get_by_test_id("next").click()
    expect(phone.get_by_test_id("away")).to_be_visible()
    phone.context.set_offline(False)

    expect(phone.get_by_test_id("phase")).to_have_attribute("data-phase", "predict")
    expect(phone.get_by_test_id("away")).to_have_count(0)


def test_a_phone_says_that_it_is_back_although_nothing_is_new(server, visitor):
    lead, phone = visitor(1280, 900), visitor()
    lead.goto(server.link)
    lead.get_by_test_id("open").click()
    phone.goto(f"{server.url}/room/{lead.get_by_test_id('code').inner_text()}")
    phone.get_by_test_id("join").click()
    expect(phone.get_by_test_id("phase")).to_have_attribute("data-phase", "lobby")
    phone.context.set_offline(True)
    expect(phone.get_by_test_id("away")).to_be_visible()
    phone.context.set_offline(False)

    expect(phone.get_by_test_id("away")).to_have_count(0)


def test_the_dashboard_leads_to_the_room(server, visitor):
    page = visitor(1280, 900)
    page.goto(f"{server.url}/?code={server.code}")
    # The page has come whole before it is left: what is still on its way would find nothing to go to.
    page.get_by_test_id("first").wait_for(timeout=60_000)
    page.get_by_test_id("nav-room").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Join the session")
