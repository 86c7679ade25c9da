"""What pages say when the facilitator's computer is in trouble: a damaged room, a full disk."""

import asyncio
import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

from sim.room.actions import OpenRoom
from sim.room.host import Host
from sim.room.store import Store
from tests.room.asking import NoPool
from tests.room.conftest import Server

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("trouble")]

_FULL = "The disk of the facilitator's computer is full. What was kept is safe; once there is space, go on."


@pytest.fixture(name="server", scope="module")
def server_fixture(tmp_path_factory):
    """A server whose file holds a damaged room."""
    path = tmp_path_factory.mktemp("trouble") / "rooms.sqlite"
    host = Host(Store(path), NoPool())
    wanted = OpenRoom(title="Bad", plan="thirty", n_teams=2, choose_teams=False)
    with ThreadPoolExecutor(1) as pool:  # the browser's loop runs in this thread
        bad = pool.submit(lambda: asyncio.run(host.open_room(wanted)).code).result()
    host.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE events SET kind = 'nonsense' WHERE room = ?", (bad,))
    connection.close()
    server = Server(path)
    server.start()
    server.bad = bad
    yield server
    server.stop()
    assert server.tracebacks() == [], "".join(server.log)


def test_a_damaged_room_is_told_and_another_can_be_opened(server, visitor):
    lead = visitor(1280, 900)
    lead.goto(server.link)
    expect(lead.get_by_test_id("damaged")).to_contain_text(f"Room {server.bad} is damaged and stays closed: event 1")
    assert any(f"Room {server.bad} is damaged" in line for line in server.log)
    lead.get_by_test_id("open").click()
    expect(lead.get_by_test_id("code")).to_be_visible()


def test_what_a_full_disk_cannot_keep_waits_on_the_phone_and_is_sent_later(server, browser):
    contexts = [browser.new_context(), browser.new_context(viewport={"width": 390, "height": 500})]
    lead, phone = (context.new_page() for context in contexts)
    lead.goto(server.link)
    lead.get_by_test_id("open").click()
    code = lead.get_by_test_id("code").inner_text()
    phone.goto(f"{server.url}/room/{code}")
    phone.get_by_test_id("join").click()
    expect(phone.get_by_test_id("phase")).to_have_attribute("data-phase", "lobby")
    lead.get_by_test_id("next").click()
    phone.get_by_role("slider", name="Year 3").press("PageUp")
    answer = {"status": 507, "content_type": "application/json", "body": json.dumps({"error": _FULL})}
    phone.route("**/act", lambda route: route.fulfill(**answer))  # codespell:ignore fulfill
    phone.get_by_test_id("send").click()

    expect(phone.get_by_test_id("message")).to_contain_text("once there is space, go on. What you entered is kept here")
    expect(phone.get_by_test_id("away")).to_have_count(0)  # the server has answered
    phone.get_by_test_id("send").scroll_into_view_if_needed()
    phone.wait_for_function("window.scrollY > 100")
    expect(phone.get_by_test_id("message")).to_be_in_viewport()
    phone.unroute("**/act")
    expect(phone.get_by_test_id("sent")).to_be_visible()
    expect(phone.get_by_test_id("message")).to_have_count(0)
    for context in contexts:
        context.close()
