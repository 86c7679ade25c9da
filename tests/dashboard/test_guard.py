"""The guard: who may ask, from where, with which code, by which address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.dashboard.address import Address, is_plain
from sim.dashboard.guard import HEADERS, Guard
from tests.dashboard.asking import CODE, HOST, OWN
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
    return ask_app(Guard(_app, OWN, CODE), address, **asked)


def test_who_has_the_cookie_may_enter():
    assert ask().body == b"inside"
    assert ask(cookie=f"a={{broken; cultureshift-code={CODE}; b=2").body == b"inside"


@pytest.mark.parametrize("cookie", [None, "", "cultureshift-code=", "cultureshift-code=wrong", "other=sesame-7"])
def test_without_the_code_nobody_enters_on_this_machine_either(cookie):
    assert ask(cookie=cookie).status == 403
    assert ask("/?code=wrong", cookie=cookie).status == 403
    assert ask("/resourcez", cookie=cookie).status == 403
    assert not ask("/c", kind="websocket", cookie=cookie, origin=OURS).is_accepted


@pytest.mark.parametrize("cookie", ["cultureshift-code=other; {}", "{}; cultureshift-code=other"])
def test_beside_the_cookie_of_another_server_on_the_same_host_one_s_own_opens(cookie):
    assert ask(cookie=cookie.format(f"cultureshift-code={CODE}")).body == b"inside"
    assert ask(cookie=cookie.format("cultureshift-code=another")).status == 403


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


def test_a_request_that_says_twice_what_is_judged_is_refused():
    for name, value in (("Host", "evil.example"), ("host", HOST), ("origin", OURS), ("sec-fetch-site", "none")):
        first = {"origin": OURS, "sec_fetch_site": "same-origin"}
        assert ask("/c", **first, more=[(name, value)]).status == 400
        assert not ask("/c", kind="websocket", **first, more=[(name, value)]).is_accepted


def test_cookies_may_come_in_pieces():
    assert ask(cookie="a=1", more=[("cookie", f"cultureshift-code={CODE}")]).status == 200
    assert ask(more=[("cookie", "a=1")]).status == 200


# --- addresses that are given to the public, behind a proxy -----------------------------------------------------------

PUBLIC = (Address("https", "ward.example", "/culture"), Address("http", "other.example:8080", "/culture"))


def ask_public(address, *, scheme="https", host="ward.example", **asked):
    return ask_app(Guard(_app, PUBLIC, CODE, "/room", is_public=True), address, scheme=scheme, host=host, **asked)


def test_a_public_address_is_known_and_its_pages_are_under_its_path():
    assert ask_public("/culture/").body == b"inside"
    assert ask_public("/culture/room/ABCD", cookie=None).body == b"inside"
    assert ask_public("/culture/c", kind="websocket", scheme="wss", origin="https://ward.example").is_accepted
    assert ask_public("/culture/c", scheme="http", host="other.example:8080").status == 200


@pytest.mark.parametrize("path", ["/", "/room", "/culturex", "/x/culture/", "/cultur", "/culture/../culture/"])
def test_outside_its_path_there_is_nothing(path):
    assert ask_public(path).status == 404
    assert ask_public(path, cookie=None).status == 404


@pytest.mark.parametrize(
    ("scheme", "host"),
    [("http", "ward.example"), ("https", "other.example:8080"), ("https", "ward.example:8443"), ("https", HOST),
     ("http", HOST), ("http", "localhost:8765"), ("https", "evil.example"), ("https", None)],
)  # fmt: skip
def test_nothing_else_is_known_and_whoever_set_it_up_is_told_what_is_missing(scheme, host):
    answer = ask_public("/culture/", scheme=scheme, host=host)

    assert answer.status == 421
    assert "it is https://ward.example/culture and http://other.example:8080/culture" in answer.body.decode()
    assert "X-Forwarded-Proto" in answer.body.decode()


def test_whether_it_is_ready_can_be_asked_on_the_machine_itself_and_nothing_more():
    assert ask_public("/culture/readyz", scheme="http", host=HOST, cookie=None).status == 200
    assert ask_public("/readyz", scheme="http", host=HOST, cookie=None).status == 404
    assert ask_public("/culture/readyz", scheme="http", host="evil.example:8765", cookie=None).status == 421
    assert ask_public("/culture/room/ABCD", scheme="http", host=HOST, cookie=None).status == 421


@pytest.mark.parametrize(
    "origin", ["http://ward.example", "https://other.example:8080", "null", None, f"http://{HOST}"]
)
def test_only_the_page_of_the_address_that_was_asked_may_change_anything(origin):
    assert ask_public("/culture/c", method="POST", origin=origin).status == 403
    assert not ask_public("/culture/c", kind="websocket", scheme="wss", origin=origin).is_accepted


def test_the_code_becomes_a_cookie_for_that_path_and_for_encrypted_lines_where_there_is_one():
    encrypted = ask_public(f"/culture/?code={CODE}", cookie=None)
    plain = ask_public(f"/culture/map?code={CODE}", cookie=None, scheme="http", host="other.example:8080")

    cookie = f"cultureshift-code={CODE}; HttpOnly; SameSite=Strict; Path=/culture"
    assert encrypted.headers["set-cookie"] == f"{cookie}; Secure"
    assert plain.headers["set-cookie"] == cookie
    assert b'url=/culture/"' in encrypted.body
    assert b'url=/culture/map"' in plain.body


@pytest.mark.parametrize("cookie", [CODE, None])
@pytest.mark.parametrize("query", ["", "?s=1", f"?code={CODE}"])
def test_the_path_without_its_slash_redirects_to_where_everything_begins(cookie, query):
    answer = ask_public(f"/culture{query}", cookie=cookie)

    assert answer.status == 308
    assert answer.headers["location"] == f"/culture/{query}"
    assert answer.headers["cache-control"] == "no-store"
