"""The game in real pages: one phone, the facilitator's page and the board; the others are light clients."""

import pytest
from playwright.sync_api import expect

from tests.room.light import Light
from tests.room.walk import Walk

pytestmark = pytest.mark.browser


def test_a_table_plays_from_the_door_to_the_page_it_takes_home(server, visitor, tmp_path):
    walk, lead, phone, board = Walk(), visitor(1280, 900), visitor(has_touch=True), visitor(1280, 800)
    lead.goto(server.link)
    lead.get_by_test_id("plan").select_option("game")
    walk.look("rooms", lead)
    # Two quarters are fewer than the page offers.
    lead.get_by_label("Quarters").evaluate("one => one.append(new Option('2', '2', true, true))")
    lead.locator("select[name=teams]").select_option("2")
    lead.get_by_test_id("open").click()
    expect(lead.get_by_text("A year on a shoestring, seed")).to_be_visible()
    code = lead.get_by_test_id("code").inner_text()
    board.context.add_cookies(lead.context.cookies())
    board.goto(f"{server.url}/room/steer/{code}/board")
    phone.goto(f"{server.url}/room/{code}")
    phone.get_by_test_id("name").fill("Siobhán")
    phone.get_by_test_id("join").click()
    # The first chair is hers: those who come later take what is left.
    expect(phone.get_by_test_id("phase")).to_have_attribute("data-phase", "lobby")
    others = [Light(server.port, code, name) for name in ("Asha", "Tom", "Bert")]
    for other in others:
        other.join_room()

    def at(phase):
        for name, page in (("steer", lead), ("board", board), ("phone", phone)):
            expect(page.get_by_test_id("phase")).to_have_attribute("data-phase", phase)
            walk.look(f"{name}, {phase}", page)

    phone.get_by_test_id("chair-0-1").wait_for()
    at("lobby")
    lead.get_by_test_id("next").click()
    phone.get_by_test_id("days-together").fill("60")
    # What is asked for beyond the quarter goes back to what there is: 7 are for staff and 10 for team leaders.
    expect(phone.get_by_test_id("days-together")).to_have_value("48")
    phone.get_by_test_id("days-together").fill("12")
    at("play")
    phone.get_by_test_id("decide").click()
    expect(phone.get_by_test_id("decided")).to_contain_text(
        "Waiting for the Operations Director and the Nurse Director"
    )
    others[2].is_done = True  # Bert has lost his phone
    server.kill()
    server.start()
    for other in others[:2]:
        other.act(do="decide", quarter=1, together=12, staff=8, leaders=8)
    expect(phone.get_by_test_id("quarter")).to_have_attribute("data-quarter", "2")
    expect(phone.get_by_test_id("told").get_by_role("listitem").first).to_contain_text("You looked into ten incidents")
    at("play")
    lead.get_by_test_id("close-0").click()
    expect(board.get_by_test_id("table-Robin")).to_contain_text("all quarters played")
    lead.get_by_test_id("next").click()
    lead.get_by_test_id("sure").click()
    expect(phone.get_by_test_id("went-back")).to_be_visible(timeout=90_000)
    board.get_by_test_id("look-0").click()
    expect(board.get_by_test_id("debrief")).to_have_attribute("data-table", "Robin")
    at("debrief")
    with phone.expect_download() as download:
        phone.get_by_test_id("take-home").click()
    download.value.save_as(tmp_path / "ours.html")
    home = visitor(1000, 900)
    home.goto(f"file://{tmp_path}/ours.html")
    for picture in ("promises", "gains"):
        drawn = home.locator(f"[data-picture={picture}] path, [data-picture={picture}] rect")
        expect(drawn.nth(1)).to_be_attached()
    walk.look("take home", home)
    other = visitor()
    other.goto(f"{server.url}/room/{code}")
    other.get_by_text("Lost your phone").click(timeout=40_000)
    walk.look("join", other)
    other.get_by_role("button", name="I am Bert").click()
    expect(other.get_by_test_id("debrief")).to_have_attribute("data-table", "Heron")
    for one in others:
        one.is_done = True
    assert walk.wrong == []
