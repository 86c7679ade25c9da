"""The recipes with a real nginx and a real Caddy: a browser comes in from the outside, and stays when they restart."""

import contextlib
import http.client
import re
import socket
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.chromium import CHROMIUM, FLAGS, names_lead
from tests.dashboard.conftest import wait_for_pictures
from tests.deployment import proxies
from tests.deployment.proxies import Service, certificate, program
from tests.served import BEEN_HERE, free_port, listen

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("proxies"),
    *(
        pytest.mark.skipif(program(name) is None, reason=f"there is no {name}; install the package {package}")
        for name, package in (("nginx", "nginx-light"), ("caddy", "caddy"), ("openssl", "openssl"))
    ),
]


class Place:
    """The service, and both proxies in front of it."""

    def __init__(self, folder):
        certificate(folder)
        ports = [free_port() for _ in range(3)]
        self.service = Service(folder, *ports[:2])
        self.plain_port = ports[2]
        self.proxies = {}
        try:
            self.proxies["nginx"] = proxies.nginx(folder, ports[0], ports[2], self.service)
            self.proxies["caddy"] = proxies.caddy(folder, ports[1], self.service)
            self.service.wait_for(f"http://127.0.0.1:{self.service.port}/culture/readyz")
        except BaseException:
            self.stop()
            raise

    def stop(self):
        for proxy in self.proxies.values():
            proxy.stop()
        self.service.stop()

    def url(self, proxy):
        return self.service.url if proxy == "nginx" else self.service.other_url


@pytest.fixture(name="place", scope="module")
def place_fixture(tmp_path_factory):
    place = Place(tmp_path_factory.mktemp("deployed"))
    yield place
    place.stop()
    assert place.service.tracebacks() == []


@pytest.fixture(name="outside", scope="module")
def outside_fixture(browser_type):
    """A browser for which our names are this machine."""
    names = names_lead("MAP *.example 127.0.0.1")
    browser = browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, names])
    yield browser
    browser.close()


def is_missing(answer):
    """Tell whether somebody asked for what is not there.

    A page that has lost its connection first asks after its kernel, to which there is no address, and connects anew.
    """
    asks_after_kernel = re.search(r"/jupyter/api/kernels/[0-9a-f-]+\?\d+$", answer.url)
    return 400 <= answer.status < 500 and not asks_after_kernel


@pytest.fixture(name="visitor")
def visitor_fixture(outside):
    """Give pages of people with a browser of their own, who may go nowhere but to one address."""
    contexts, wrong = [], []

    def visitor(url, **options):
        context = outside.new_context(ignore_https_errors=True, **options)
        contexts.append(context)
        context.add_init_script(BEEN_HERE)
        listen(context, (f"{url}/", f"{url}?"), wrong)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"error in the page: {error}"))
        page.on("response", lambda answer: wrong.append(answer.url) if is_missing(answer) else None)
        return page

    yield visitor
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.mark.parametrize("proxy", ["nginx", "caddy"])
def test_the_dashboard_is_explored_from_outside_and_goes_on_when_the_proxy_restarts(place, visitor, proxy):
    url = place.url(proxy)
    page = visitor(url)
    page.goto(f"{url}?code={place.service.code}")
    wait_for_pictures(page)
    assert page.url == f"{url}/"
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert {"cultureshift-code", "solara-session-id"} == set(cookies)
    assert all(one["secure"] and one["httpOnly"] and one["path"] == "/culture" for one in cookies.values())

    # What has been done in this session is there afterwards, in the same page.
    page.evaluate("window.isTheSamePage = true")
    story = page.get_by_test_id("scenario-story").inner_text()
    page.get_by_test_id("scenario").select_option("internal-capacity")
    expect(page.get_by_test_id("scenario-story")).not_to_have_text(story)
    place.proxies[proxy].stop()
    place.proxies[proxy].start()
    page.get_by_test_id("nav-learn").click()
    page.wait_for_url(f"{url}/learn", timeout=60_000)
    page.get_by_test_id("lesson-critical-mass").click()
    page.wait_for_url(f"{url}/learn?lesson=critical-mass")
    page.go_back()
    page.get_by_test_id("nav-explore").click()
    page.wait_for_url(f"{url}/")
    wait_for_pictures(page)
    expect(page.get_by_test_id("scenario")).to_have_value("internal-capacity")
    assert page.evaluate("window.isTheSamePage")


@pytest.mark.parametrize("proxy", ["nginx", "caddy"])
def test_a_session_of_the_room_is_led_from_outside_and_goes_on_when_the_proxy_restarts(place, visitor, proxy):
    url = place.url(proxy)
    lead, phone = visitor(url), visitor(url, viewport={"width": 390, "height": 844})
    lead.goto(f"{url}/room/steer?key={place.service.key}")
    lead.get_by_test_id("open").click()
    code = lead.get_by_test_id("code").inner_text()
    told = url.removeprefix("https://")
    if proxy == "caddy":
        lead.get_by_label("Address for phones").select_option(told)
    lead.goto(f"{url}/room/steer/{code}/board")
    expect(lead.locator(".address")).to_have_text(f"{told}/room")
    picture = lead.locator("img.qr")
    assert picture.get_attribute("alt").endswith(f"{told}/room/{code}")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100

    phone.goto(f"https://{told}/room/{code}")
    phone.get_by_test_id("name").fill("Anna")
    phone.get_by_test_id("join").click()
    expect(lead.get_by_test_id("n-people")).to_have_text("1")
    phone.evaluate("window.isTheSamePage = true")
    place.proxies[proxy].stop()
    place.proxies[proxy].start()
    lead.go_back()
    lead.get_by_test_id("next").click()
    expect(phone.get_by_test_id("phase")).to_have_attribute("data-phase", "predict")
    assert phone.evaluate("window.isTheSamePage")
    assert all(cookie["secure"] and cookie["path"] == "/culture/room" for cookie in phone.context.cookies())


@pytest.mark.parametrize("proxy", ["nginx", "caddy"])
def test_an_address_without_its_slash_is_redirected_to_the_one_with_it(place, outside, proxy):
    context = outside.new_context(ignore_https_errors=True)
    answer = context.new_page().goto(f"{place.url(proxy)}?s=1")

    assert answer.url == f"{place.url(proxy)}/?s=1"
    redirected = answer.request.redirected_from
    assert redirected.url == f"{place.url(proxy)}?s=1"
    assert redirected.response().status in (301, 308)
    context.close()


def test_a_proxy_that_passes_on_nothing_gives_a_sentence_at_once(place, outside):
    context = outside.new_context()
    answer = context.new_page().goto(f"http://127.0.0.1:{place.plain_port}/culture/?code={place.service.code}")

    assert answer.status == 421
    assert "has to pass on Host" in answer.text()
    context.close()


def test_somebody_beside_the_proxy_cannot_say_what_it_says(place):
    forged = {
        "Host": place.service.url.split("/")[2], "X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Host": place.service.url.split("/")[2], "Forwarded": "for=127.0.0.1;proto=https",
        "Cookie": f"cultureshift-code={place.service.code}",
    }  # fmt: skip

    def status(source):
        connection = http.client.HTTPConnection("127.0.0.1", place.service.port, source_address=(source, 0))
        with contextlib.closing(connection):
            connection.request("GET", "/culture/", headers=forged)
            return connection.getresponse().status

    # The proxy itself would be believed: only its number differs.
    assert (status("127.0.0.1"), status("127.0.0.2")) == (200, 421)


def test_two_names_in_one_request_are_refused(place):
    with socket.create_connection(("127.0.0.1", place.service.port)) as line:
        host = place.service.url.split("/")[2]
        line.sendall(f"GET /culture/readyz HTTP/1.1\r\nHost: {host}\r\nHost: 127.0.0.1\r\n\r\n".encode())
        assert line.recv(100).startswith(b"HTTP/1.1 400")


def test_whether_it_is_ready_is_told_on_the_machine_itself(place):
    with urllib.request.urlopen(f"http://127.0.0.1:{place.service.port}/culture/readyz") as answer:
        assert answer.status == 200
