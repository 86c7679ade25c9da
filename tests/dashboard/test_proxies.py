"""What is believed of proxies: nothing but what those say that were named."""

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.dashboard.proxies import Forwarded, read_proxy

PROXY = "192.0.2.10"


def passed(*headers, peer=PROXY, kind="http", named=(PROXY,)):
    """Return for whom, how, and with which headers a request is passed on."""
    seen = []

    async def app(scope, receive, send):
        seen.append(scope)

    scope = {
        "type": kind, "scheme": "http" if kind == "http" else "ws", "client": (peer, 4321),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
    }  # fmt: skip
    anyio.run(Forwarded(app, [read_proxy(name) for name in named]), scope, None, None)
    (got,) = seen
    return got["client"][0], got["scheme"], [name.decode() for name, _ in got["headers"]]


def test_a_named_proxy_says_for_whom_it_asks_and_how():
    said = [("host", "ward.example"), ("X-Forwarded-For", "198.51.100.7"), ("X-Forwarded-Proto", "https")]

    assert passed(*said) == ("198.51.100.7", "https", ["host"])
    assert passed(*said, kind="websocket")[:2] == ("198.51.100.7", "wss")


@pytest.mark.parametrize("peer", ["192.0.2.66", "192.0.2.1", "127.0.0.1", "::1", "2001:db8::1", "somewhere", ""])
def test_of_anybody_else_nothing_is_believed_and_nothing_is_left(peer):
    forged = [
        ("X-Forwarded-For", PROXY), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "ward.example"),
        ("Forwarded", "for=192.0.2.1;proto=https"), ("X-Real-IP", "192.0.2.1"), ("X-Script-Name", "/x"),
        ("Script-Name", "/x"), ("X-Forwarded-Prefix", "/x"), ("X-Original-URL", "/x"), ("host", "ward.example"),
    ]  # fmt: skip

    assert passed(*forged, peer=peer) == (peer, "http", ["host"])
    assert passed(*forged, named=()) == (PROXY, "http", ["host"])


@pytest.mark.parametrize(
    "others", [["X-Forwarded-Host: evil.example"], ["X-Script-Name: /x", "Forwarded: for=1.2.3.4"]]
)
def test_of_a_named_proxy_no_more_is_believed_than_for_whom_and_how(others):
    assert passed(*[tuple(one.split(": ")) for one in others]) == (PROXY, "http", [])


def test_what_a_visitor_has_said_before_the_proxy_is_not_believed():
    assert passed(("X-Forwarded-For", "203.0.113.1, 198.51.100.7"))[0] == "198.51.100.7"
    assert passed(("X-Forwarded-For", "203.0.113.1"), ("X-Forwarded-For", "198.51.100.7"))[0] == "198.51.100.7"


def test_behind_two_proxies_it_is_the_one_whom_the_first_has_seen():
    two = ("192.0.2.0/28", "2001:db8::/64")

    assert passed(("X-Forwarded-For", "203.0.113.1, 198.51.100.7, 192.0.2.3"), named=two)[0] == "198.51.100.7"
    assert passed(("X-Forwarded-For", "198.51.100.7"), peer="::ffff:192.0.2.3", named=two)[0] == "198.51.100.7"


@pytest.mark.parametrize(
    ("entry", "number"),
    [("198.51.100.7:5123", "198.51.100.7"), ("[2001:db8::7]:5123", "2001:db8::7"), ("2001:db8::7", "2001:db8::7"),
     ("unknown", PROXY), ("_hidden", PROXY), ("198.51.100.7.1", PROXY), ("", PROXY), ("198.51.100.7 x", PROXY)],
)  # fmt: skip
def test_numbers_are_read_as_proxies_write_them_and_what_is_none_is_as_if_not_said(entry, number):
    assert passed(("X-Forwarded-For", f"203.0.113.1, {entry}"))[0] == number


@pytest.mark.parametrize("said", [["gopher"], ["https, http"], ["https", "http"], ["https", "https"], [""], ["wss"]])
def test_how_it_was_asked_is_said_once_and_plainly_or_not_at_all(said):
    assert passed(*[("X-Forwarded-Proto", one) for one in said])[1] == "http"


@given(st.lists(st.tuples(st.sampled_from(["X-Forwarded-For", "X-Forwarded-Proto", "Forwarded"]),
                          st.text(st.characters(max_codepoint=255), max_size=20)), max_size=5))  # fmt: skip
def test_nothing_that_is_said_breaks_anything(said):
    client, scheme, headers = passed(*said)

    assert scheme in ("http", "https")
    assert headers == []
    assert client


@pytest.mark.parametrize("text", ["", "proxy.example", "localhost", "127.0.0.1/8", "0.0.0.0/0", "::/0", "1.2.3", "*"])
def test_a_proxy_is_named_by_its_number_and_everybody_is_no_proxy(text):
    with pytest.raises(ValueError, match=r"number|everybody"):
        read_proxy(text)
