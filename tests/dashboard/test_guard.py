"""The guard: who may ask, from where, with which code."""

import anyio
import pytest

from sim.dashboard.guard import Guard

HOST = "ward.local:8765"


async def _app(scope, receive, send):
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"inside"})


def ask(code=None, path="/", query="", kind="http", **headers):
    """Return the messages that come back."""
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "websocket.connect"}

    fields = {"host": HOST, **headers}
    scope = {
        "type": kind,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in fields.items()],
    }
    anyio.run(Guard(_app, hosts=(HOST,), code=code), scope, receive, send)
    return sent


def test_who_knows_the_server_by_its_name_may_enter():
    assert ask()[0]["status"] == 200


def test_another_name_is_refused():
    assert ask(host="evil.example")[0]["status"] == 421


def test_every_answer_carries_the_headers_that_keep_a_browser_safe():
    for answer in (ask()[0], ask(host="evil.example")[0]):
        headers = dict(answer["headers"])

        assert headers[b"x-content-type-options"] == b"nosniff"
        assert headers[b"x-frame-options"] == b"SAMEORIGIN"


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://ward.local:9", f"http://{HOST}.evil.example"]
)
def test_a_websocket_from_another_site_is_refused(origin):
    assert ask(kind="websocket", origin=origin)[0]["type"] == "websocket.close"


def test_a_websocket_without_an_origin_is_refused():
    assert ask(kind="websocket")[0]["type"] == "websocket.close"


def test_a_websocket_of_our_own_page_may_enter():
    assert ask(kind="websocket", origin=f"http://{HOST}")[0]["type"] == "websocket.accept"


def test_without_the_code_nobody_enters_a_classroom():
    assert ask(code="sesame")[0]["status"] == 403
    assert ask(code="sesame", query="code=wrong")[0]["status"] == 403
    assert ask(code="sesame", kind="websocket", origin=f"http://{HOST}")[0]["type"] == "websocket.close"


def test_the_code_in_a_link_becomes_a_cookie_that_scripts_cannot_read():
    answer = ask(code="sesame", path="/compare", query="code=sesame&world=3")[0]
    headers = dict(answer["headers"])

    assert answer["status"] == 303
    assert headers[b"location"] == b"/compare?world=3"
    assert b"HttpOnly" in headers[b"set-cookie"]
    assert ask(code="sesame", cookie="cultureshift-code=sesame")[0]["status"] == 200


def test_the_welcome_leads_nowhere_else():
    headers = dict(ask(code="sesame", path="//evil.example", query="code=sesame")[0]["headers"])

    assert headers[b"location"] == b"/evil.example"


def test_packages_that_are_not_bundled_are_not_fetched():
    assert ask(path="/_solara/cdn/evil@1.0.0/x.js")[0]["status"] == 404
    assert ask(path="/_solara/cdn/requirejs@2.3.6/require.js")[0]["status"] == 200
