"""The guard: who may ask, from where, with which code, by which address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.dashboard.guard import HEADERS, Guard, is_plain
from tests.dashboard.asking import CODE, HOST
from tests.dashboard.asking import ask as ask_app

OURS = f"http://{HOST}"
VISIT = {"sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}


async def _app(scope, receive, send):
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"inside"})


def ask(address="/", **asked):
    return ask_app(Guard(_app, hosts=(HOST,), code=CODE), address, **asked)


def test_who_has_the_cookie_may_enter():
    assert ask().body == b"inside"
    assert ask(cookie=f"a={{broken; cultureshift-code={CODE}; b=2").body == b"inside"


@pytest.mark.parametrize("cookie", [None, "", "cultureshift-code=", "cultureshift-code=wrong", "other=sesame-7"])
def test_without_the_code_nobody_enters_on_this_machine_either(cookie):
    assert ask(cookie=cookie).status == 403
    assert ask("/?code=wrong", cookie=cookie).status == 403
    assert ask("/resourcez", cookie=cookie).status == 403
    assert not ask("/c", kind="websocket", cookie=cookie, origin=OURS).is_accepted


def test_another_name_is_refused():
    assert ask(host="evil.example").status == 421


def test_every_answer_carries_the_headers_that_keep_a_browser_safe():
    for answer in (ask(), ask(host="evil.example"), ask(cookie=None), ask("/a%20b"), ask(f"/?code={CODE}")):
        assert HEADERS.items() <= answer.headers.items()


@pytest.mark.parametrize(
    "origin", [None, "http://evil.example", "null", "http://127.0.0.1:9", f"{OURS}.evil.example", f"https://{HOST}"]
)
def test_what_is_not_from_our_own_page_can_neither_connect_nor_change_anything(origin):
    assert not ask("/c", kind="websocket", origin=origin).is_accepted
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        assert ask("/c", method=method, origin=origin).status == 403


def test_our_own_page_may_connect_and_change_things():
    assert ask("/c", kind="websocket", origin=OURS).is_accepted
    assert ask("/c", method="POST", origin=OURS, sec_fetch_site="same-origin").status == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site", "something-new"])
@pytest.mark.parametrize("dest", ["image", "script", "iframe", "empty", "style", "object", "embed"])
def test_what_another_sites_page_asks_for_within_itself_is_refused(site, dest):
    mode = "navigate" if dest in ("iframe", "object", "embed") else "no-cors"

    assert ask(sec_fetch_site=site, sec_fetch_mode=mode, sec_fetch_dest=dest).status == 403
    assert ask("/readyz", sec_fetch_site=site, sec_fetch_mode=mode, sec_fetch_dest=dest).status == 403


def test_a_link_from_elsewhere_leads_on_from_a_page_of_our_own():
    answer = ask('/compare?s=a"b&t=1', sec_fetch_site="cross-site", **VISIT)

    assert b"inside" not in answer.body
    assert b'content="0; url=/compare?s=a&quot;b&amp;t=1"' in answer.body
    assert ask("/", method="POST", sec_fetch_site="cross-site", **VISIT).status == 403


def test_the_code_in_a_link_becomes_a_cookie_that_scripts_cannot_read():
    answer = ask(f"/compare?code={CODE}&world=3", cookie=None)

    assert b'url=/compare?world=3"' in answer.body
    assert CODE not in answer.body.decode()
    assert answer.headers["set-cookie"] == f"cultureshift-code={CODE}; HttpOnly; SameSite=Strict; Path=/"


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "/a//b", "/a/../b", "/a/./b", "/..", "/.", "/a/%2e%2e/b", "/a%2fb", "/a%5cb", "/a\\b", "/a%252e",
     "/%61", "/a%00b", "/a b", "/a;b", "/é", "/a/..%2fb", "a"],
)  # fmt: skip
def test_an_address_that_could_be_read_in_two_ways_is_refused(address):
    assert ask(address).status == 404
    assert not ask(address, kind="websocket", origin=OURS).is_accepted


@given(st.text(alphabet="ab./\\%25ef~@ \x00é", max_size=12))
def test_what_is_plain_stays_the_same_however_often_it_is_decoded_and_shortened(text):
    import posixpath
    from urllib.parse import unquote

    path = f"/{text}"
    if is_plain(path.encode(), path):
        assert unquote(path) == path
        assert posixpath.normpath(path) == (path.rstrip("/") or "/")
        assert "\\" not in path
