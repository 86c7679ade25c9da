"""The guard, end to end in a real browser: a classroom's code, other names, other sites."""

import re

import pytest
from playwright.sync_api import expect

from tests.chromium import CHROMIUM, FLAGS, names_lead
from tests.dashboard.conftest import Server
from tests.served import BEEN_HERE, free_port

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("guard")]

CODE = "sesame-7"
_CLASSROOM = (
    "import sys; from sim.dashboard.server import serve; "
    f"serve(host='127.0.0.2', port=int(sys.argv[1]), open_browser=False, code={CODE!r})"
)
_CONNECT = """(address) => new Promise((done) => {
    const socket = new WebSocket(address);
    socket.onopen = () => done("open");
    socket.onerror = () => done("refused");
})"""


@pytest.fixture(scope="module", name="classroom")
def classroom_fixture():
    """A server that others could reach, so that it asks for a code; here it stays on this machine."""
    server = Server(free_port(), program=_CLASSROOM, host="127.0.0.2")
    server.wait_until_ready()
    yield server
    server.stop()
    assert server.tracebacks() == []


@pytest.fixture(name="visitor")
def visitor_fixture(browser):
    """A browser that has never been here; what a page's policy forbids it may try, so that the guard has to answer."""
    context = browser.new_context(bypass_csp=True)
    context.add_init_script(BEEN_HERE)
    yield context.new_page()
    context.close()


def channel(server):
    return server.url.replace("http", "ws") + "/jupyter/api/kernels/0123/channels?session_id=4567"


def test_the_link_with_the_code_lets_in_and_the_code_leaves_the_address(classroom, visitor):
    visitor.goto(f"{classroom.url}/?code={CODE}")
    expect(visitor.get_by_test_id("stage")).to_be_visible()

    assert "code" not in visitor.url
    (cookie,) = [cookie for cookie in visitor.context.cookies() if cookie["value"] == CODE]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert CODE not in visitor.evaluate("document.cookie")


def test_who_has_been_let_in_may_come_back_without_the_code(classroom, visitor):
    visitor.goto(f"{classroom.url}/about?code={CODE}")
    visitor.wait_for_url(f"{classroom.url}/about")
    assert visitor.goto(f"{classroom.url}/compare").status == 200
    expect(visitor.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/?code=sesame", "/compare", "/static/assets/custom.js", "/resourcez"])
def test_without_the_code_there_is_nothing_but_a_sentence(classroom, visitor, path):
    answer = visitor.goto(classroom.url + path)

    assert answer.status == 403
    assert answer.text().startswith("Please open the whole link")


def test_without_the_code_no_websocket_is_opened(classroom, visitor):
    visitor.goto(f"{classroom.url}/readyz")

    assert visitor.evaluate(_CONNECT, channel(classroom)) == "refused"


def test_a_page_of_another_site_can_neither_connect_nor_read(server, visitor, elsewhere):
    visitor.goto(elsewhere)

    assert visitor.evaluate(_CONNECT, channel(server)) == "refused"
    assert visitor.evaluate("url => fetch(url).then(() => 'read', () => 'refused')", server.url) == "refused"


def test_a_page_of_our_own_may_connect(server, visitor):
    server.let_in(visitor.context)
    visitor.goto(f"{server.url}/readyz")

    assert visitor.evaluate(_CONNECT, channel(server)) == "open"


def test_a_page_whose_websockets_are_cut_says_so_until_it_hears_from_its_server(server, visitor):
    server.let_in(visitor.context)
    visitor.clock.install()
    visitor.route_web_socket(re.compile(".*"), lambda socket: socket.close())
    visitor.goto(server.url)
    visitor.clock.run_for(15_000)
    assert visitor.get_by_text("it has to let websockets through").count() == 0
    visitor.clock.run_for(6_000)

    expect(visitor.get_by_text("it has to let websockets through")).to_be_visible()


def test_another_sites_frame_stays_empty(server, visitor, elsewhere):
    visitor.goto(elsewhere)
    visitor.evaluate(
        """url => new Promise((done) => {
            const frame = document.createElement("iframe");
            frame.onload = done;
            frame.src = url;
            document.body.append(frame);
        })""",
        server.url,
    )

    assert not any(re.match(re.escape(server.url), frame.url) for frame in visitor.frames)


def test_a_name_that_somebody_else_has_given_to_this_machine_is_refused(server, browser_type):
    port = server.url.rsplit(":", 1)[1]
    names = names_lead("MAP ward.example 127.0.0.1")
    rebinding = browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, names])
    try:
        page = rebinding.new_page()
        answer = page.goto(f"http://ward.example:{port}/")

        assert answer.status == 421
        assert "not known by that name" in answer.text()
        assert (
            page.evaluate(_CONNECT, f"ws://ward.example:{port}/jupyter/api/kernels/1/channels?session_id=2")
            == "refused"
        )
    finally:
        rebinding.close()
