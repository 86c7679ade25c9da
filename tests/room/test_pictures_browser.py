"""No picture of the room is blank: on the phone, the board, the facilitator's page and the report, in both themes."""

import pytest
from playwright.sync_api import expect

from tests.pictures import faults_in_both_themes
from tests.room.light import Light
from tests.room.themes import switch

pytestmark = pytest.mark.browser

STORY = r"\d+ predictions of how many of 100 staff"
QR = "QR code that leads to this room"
PROGRAMMES = "75 of 100 or more feel safe in the last year"


class Look:
    """Looks at pages on the way, and remembers what is wrong with which."""

    def __init__(self):
        self.wrong = []

    def __call__(self, name, page, *expected):
        self.wrong += [f"{name}, {fault}" for fault in faults_in_both_themes(page, expected, lambda: switch(page))]


def test_a_session(server, visitor, tmp_path):
    look = Look()
    lead = visitor(1280, 900)
    phone = visitor(has_touch=True, device_scale_factor=2)
    lead.goto(server.link)
    lead.get_by_text("For experts").click()
    lead.get_by_label("Twin worlds").select_option("40")
    lead.get_by_test_id("open").click()
    code = lead.get_by_test_id("code").inner_text()
    board = visitor(1920, 1080)
    board.context.add_cookies(lead.context.cookies())
    board.goto(f"{server.url}/room/steer/{code}/board")
    look("board, joining", board, QR)
    phone.goto(f"{server.url}/room/{code}")
    phone.get_by_test_id("join").click()
    expect(phone.get_by_test_id("phase")).to_have_attribute("data-phase", "lobby")
    other = Light(server.port, code, "Bert")
    other.join_room()

    lead.get_by_test_id("next").click()
    phone.get_by_test_id("pad").wait_for()
    look("phone, predicting", phone, "My curve")
    expect(phone.get_by_test_id("send")).to_be_disabled()
    phone.get_by_role("slider", name="Year 3").press("PageUp")
    phone.get_by_test_id("send").click()
    expect(phone.get_by_test_id("sent")).to_be_visible()
    other.act(do="predict", round=0, curve=[60] * 9, reason="")
    lead.get_by_test_id("show-predictions").click()
    look("board, predictions", board, STORY)

    lead.get_by_test_id("next").click()
    phone.get_by_test_id("dialogue-days").fill("150")
    expect(phone.get_by_test_id("spent")).to_have_text("150")
    look("phone, designing", phone, "When: ")
    phone.get_by_test_id("commit").click()
    phone.get_by_test_id("agree").click()
    expect(phone.get_by_test_id("committed")).to_be_visible()
    expect(lead.get_by_test_id("says")).to_contain_text("1 of 2 teams have committed")  # the others have nobody
    expect(board.get_by_text("teams have committed")).to_have_text("1 of 2 teams have committed")
    look("board, designing", board, "teams")

    lead.get_by_test_id("next").click()
    lead.get_by_test_id("show-happened").click()
    expect(lead.get_by_test_id("says")).to_have_text("Everything has been run.", timeout=90_000)
    look("board, what happened", board, STORY)
    look("facilitator, results", lead, STORY)
    lead.get_by_test_id("show-programmes").click()
    look("board, programmes", board, PROGRAMMES)
    board.get_by_text("When: the years of each team").click()
    look("board, when", board, "When each programme")
    look("phone, results", phone, STORY, "The story: ")

    lead.get_by_test_id("next").click()
    phone.get_by_label("Less than half, but some").check()
    phone.get_by_test_id("send").click()
    expect(phone.get_by_test_id("sent")).to_be_visible()
    lead.get_by_test_id("show-predictions").click()
    look("board, answers", board, "answers")

    with lead.expect_download() as download:
        lead.get_by_test_id("report").click()
    download.value.save_as(tmp_path / "report.html")
    report = visitor(1000, 900)
    report.goto(f"file://{tmp_path}/report.html")
    look("report", report, STORY, PROGRAMMES)
    other.is_done = True
    assert look.wrong == []
