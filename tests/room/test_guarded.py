"""The guard where rooms are beside the dashboard: no code is asked for there, and nothing is taken from other sites."""

import anyio
import pytest

from sim.dashboard.address import Address
from sim.dashboard.guard import Guard

HOST = "192.0.2.1:8765"


def ask(path, method="GET", code="sesame", **headers):
    sent = []

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request"}

    fields = {"host": HOST, **headers}
    scope = {
        "type": "http", "method": method, "path": path, "query_string": b"", "server": ("192.0.2.5", 8765),
        "headers": [(name.encode(), value.encode()) for name, value in fields.items()],
    }  # fmt: skip
    anyio.run(Guard(app, (Address("http", HOST),), code, "/room"), scope, receive, send)
    return sent[0]


@pytest.mark.parametrize("path", ["/room", "/room/", "/room/BCDF", "/room/BCDF/join", "/room/steer"])
def test_a_room_asks_for_no_code_of_the_dashboard(path):
    assert ask(path)["status"] == 200


@pytest.mark.parametrize("path", ["/", "/compare", "/rooms", "/roomy", "/static/room", "/ROOM"])
def test_everything_else_still_does(path):
    assert ask(path)["status"] == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", f"http://{HOST}.evil.example", "http://192.0.2.1:9"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_another_site_can_change_nothing(origin, method):
    assert ask("/room/BCDF/act", method, origin=origin)["status"] == 403


def test_a_request_that_says_not_where_it_comes_from_can_change_nothing():
    assert ask("/room/BCDF/act", "POST")["status"] == 403


def test_our_own_page_may():
    assert ask("/room/BCDF/act", "POST", origin=f"http://{HOST}")["status"] == 200


def test_another_name_is_refused_in_a_room_too():
    assert ask("/room", host="evil.example")["status"] == 421


def test_the_number_by_which_this_machine_was_reached_is_known():
    assert ask("/room", host="192.0.2.5:8765")["status"] == 200
    assert ask("/room", host="192.0.2.5:9")["status"] == 421


def test_rooms_get_the_headers_that_keep_a_browser_safe():
    headers = dict(ask("/room")["headers"])

    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"x-frame-options"] == b"DENY"
