"""Public addresses as somebody writes them, and what goes together with what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.base.errors import InputError
from sim.dashboard.address import Address, PublicAccess, is_plain, read_public_url
from sim.dashboard.proxies import read_proxy

HTTPS = read_public_url("https://ward.example/culture")
HERE = read_proxy("127.0.0.1")


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://ward.example", "https://ward.example"),
        ("https://Ward.Example:443/", "https://ward.example"),
        ("http://ward.example:80/a/b/", "http://ward.example/a/b"),
        ("http://192.0.2.1:8765", "http://192.0.2.1:8765"),
        ("https://[2001:DB8::1]:8443/x", "https://[2001:db8::1]:8443/x"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_address_is_known_as_browsers_say_it(text, url):
    assert read_public_url(text).url == url
    assert read_public_url(url).url == url


@pytest.mark.parametrize(
    "text",
    ["", "ward.example", "ftp://ward.example", "//ward.example", "https://", "https:///x", "https://a b/",
     "https://a/ b", "https://user@ward.example", "https://u:p@ward.example", "https://ward.example/?x=1", "https://ward.example/#x",
     "https://ward.example?", "https://ward.example:", "https://ward.example:0", "https://ward.example:99999",
     "https://ward.example:port", "https://bücher.example", "https://ward.example/a//b", "https://ward.example/../b",
     "https://ward.example/%2e", "https://ward.example/a;b", "https://ward.example/a'b", "https://-x/", "https://x..y/",
     "https://ward.example/\n", "https://[::1", "https://::1/", "https://ward.example/" + "x" * 300, "javascript:x"],
)  # fmt: skip
def test_what_is_none_or_could_be_read_in_two_ways_is_refused_with_a_hint(text):
    with pytest.raises(ValueError, match=r"^it |^write its name|^between "):
        read_public_url(text)


@given(st.text(alphabet="htps:/[]@?#.%a1-_\\\x00é\n ", max_size=24).map(lambda text: f"https://{text}"))
def test_whatever_is_taken_can_stand_in_pages_cookies_and_headers(text):
    try:
        address = read_public_url(text)
    except ValueError:
        return

    assert address.url.isascii()
    assert not set(address.url) & set("\\\"'<>;, \n\x00?#@%")
    assert is_plain(f"{address.root}/".encode(), f"{address.root}/")
    assert read_public_url(address.url) == address


def test_https_wants_a_proxy_that_encrypts():
    with pytest.raises(InputError, match=r"--proxy 127\.0\.0\.1"):
        PublicAccess((HTTPS,))
    assert PublicAccess((HTTPS,), (HERE,)).addresses == (HTTPS,)
    assert PublicAccess((Address("http", "ward.example"),)).proxies == ()


def test_a_proxy_wants_an_address_that_people_know():
    with pytest.raises(InputError, match="--public-url"):
        PublicAccess((), (HERE,))


def test_a_name_is_given_once_so_that_it_is_clear_where_a_link_leads():
    with pytest.raises(InputError, match="each name once"):
        PublicAccess((HTTPS, read_public_url("http://ward.example/culture")), (HERE,))


def test_several_names_have_one_path_and_all_faults_are_told():
    with pytest.raises(InputError) as told:
        PublicAccess((HTTPS, read_public_url("http://other.example/")))
    assert [fault.came for fault in told.value.faults] == ["/ and /culture", "https://ward.example/culture"]
