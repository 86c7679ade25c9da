"""A page of another site, in a browser that is let in everywhere here: it asks for every address in every way it can.

The addresses are taken from the application itself, so that a new one joins by itself. The other site is on another
port of the same machine, to which browsers send even cookies that are for our own pages alone.
"""

import json
import time
import urllib.request
from pathlib import Path

import pytest
import solara
from starlette.routing import Mount, Route
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from sim.dashboard.bundled import BundledFiles
from sim.dashboard.guard import COOKIE
from sim.dashboard.site import PATHS, make_site
from sim.room.app import make_room_app
from sim.room.host import Host
from sim.room.store import Store
from tests.room.asking import NoPool
from tests.served import Program, free_port

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_START = "import sys; from sim.commands import main; main(sys.argv[1:])"
_FILLED = {
    "{place:int}": "1",
    "{chair:int}": "0",
    "{kernel_id}": "0123",
    "{code}": "BCDF",
    "{path:path}": "x",
    "{path}": "x",
}
_ATTACKS = ("/_solara/cdn/@widgetti/solara-vuetify-app@10.1.1/dist", "/_solara/cdn/evil@1.0.0/x.html", "/?code=guess")

_NOTHING = {"refused", "opaque", "silent"}
"""Also an answer that the other page cannot see into, and a tag that nothing comes of."""

_READ = "path => fetch(path).then((answer) => answer.text())"
_OPEN_ROOM = """async () => {
    const room = { title: "A day", plan: "ninety", n_teams: 3, choose_teams: false, worlds: 20 };
    const headers = { "content-type": "application/json" };
    return (await fetch("/room/steer/rooms", { method: "POST", headers, body: JSON.stringify(room) })).json();
}"""

_ASK = """async ([address, name, connects]) => {
    const whenDone = (element) => new Promise((done) => {
        element.onload = () => done("loaded"); element.onerror = () => done("refused");
        document.body.append(element); setTimeout(() => done("silent"), 3000);
    });
    const make = (kind, more) => Object.assign(document.createElement(kind), more);
    const socket = () => new Promise((done) => {
        const one = new WebSocket(address.replace("http", "ws"));
        one.onopen = () => done("open"); one.onerror = () => done("refused");
    });
    const reading = (options) => fetch(address, { credentials: "include", ...options }).then(
        async (answer) => (await answer.text()) ? "read" : "opaque", () => "refused");
    const frame = make("iframe", { name, src: address });
    document.body.append(frame);
    for (const method of ["GET", "POST"]) {
        const target = make("iframe", { name: `${name}-${method}` });
        document.body.append(target);
        const form = make("form", { method, action: address, target: target.name, enctype: "text/plain" });
        form.append(make("input", { name: '{"do":"', value: 'go"}' }));
        document.body.append(form);
        form.submit();
    }
    return await Promise.all([
        whenDone(make("img", { src: address })), whenDone(make("script", { src: address })),
        whenDone(make("link", { rel: "stylesheet", href: address })), reading({}), reading({ mode: "no-cors" }),
        reading({ method: "POST", mode: "no-cors", body: '{"do":"go"}' }), reading({ method: "DELETE" }),
        connects ? socket() : "refused",
    ]);
}"""


@pytest.fixture(scope="module", name="rooms")
def rooms_fixture(tmp_path_factory):
    """A server with the dashboard and rooms."""
    server = Program()
    server.port = free_port()
    server.url = f"http://127.0.0.1:{server.port}"
    file = tmp_path_factory.mktemp("rooms") / "rooms.sqlite"
    server.run(_START, "room", "--host", "127.0.0.1", "--port", str(server.port), "--rooms", str(file), "--no-browser")
    server.wait_for(f"{server.url}/readyz")
    yield server
    server.stop()
    assert server.tracebacks() == []


def addresses(routes):
    """Give every address of an application; of files that are all served in one way, three of each place."""
    for route in routes:
        if isinstance(route, Mount) and isinstance(route.app, BundledFiles):
            yield from (f"{route.path}/{path}" for path in sorted(route.app.files)[:3])
        elif isinstance(route, Mount):
            yield f"{route.path}/room.css"
        else:
            path = route.path
            for name, value in _FILLED.items():
                path = path.replace(name, value)
            assert "{" not in path
            yield f"{path}?session_id=4567" if not isinstance(route, Route) or "close" in path else path


def every_address(tmp_path):
    host = Host(Store(tmp_path / "rooms.sqlite"), NoPool())
    try:
        return [
            *addresses(make_site().routes),
            *addresses(make_room_app(host, lambda: {"x": "http://x"})[0].routes),
            *_ATTACKS,
        ]
    finally:
        host.close()


def installed():
    folder = Path(solara.__file__).parents[4] / "share" / "solara"
    return sorted((str(path), path.stat().st_size) for path in folder.rglob("*"))


def sessions_of(server):
    """Return how many tabs the server knows of, and how many websockets came through to what is behind the guard."""
    asked = urllib.request.Request(f"{server.url}/resourcez", headers={"Cookie": f"{COOKIE}={server.code}"})
    with urllib.request.urlopen(asked, timeout=30) as answer:
        told = json.load(answer)
    return told["kernels"]["total"], told["websockets"]["attempts"]


def settled(page, state):
    """Return the state of a room once it has computed its worlds, which it does by itself, the next rounds' too."""
    said, until = "", time.monotonic() + 180
    while time.monotonic() < until:
        before, said = said, page.evaluate(_READ, state)
        if said == before and json.loads(said)["progress"]["done"] == 1:
            break
        page.wait_for_timeout(3000)
    return said


def without_mark(state):
    """Return a state of a room without the number of its news, which worlds that it still computes move on."""
    return {name: value for name, value in json.loads(state).items() if name != "mark"}


def upgraded(server, address, origin):
    """Return the status with which a websocket is answered that has the cookie and comes from an origin."""
    cookie = {"Cookie": f"{COOKIE}={server.code}"}
    try:
        with connect(server.url.replace("http", "ws") + address, origin=origin, additional_headers=cookie, proxy=None):
            return 101
    except InvalidStatus as error:
        return error.response.status_code


def test_another_sites_page_changes_nothing_and_reads_nothing_at_any_address(rooms, elsewhere, browser, tmp_path):
    context = rooms.let_in(browser.new_context())
    link = next(word for line in rooms.log for word in line.split() if "key=" in word)
    facilitator = context.new_page()
    facilitator.goto(link)
    opened = facilitator.evaluate(_OPEN_ROOM)
    state = f"/room/steer/{opened['code']}/state?seen="
    before = settled(facilitator, state)
    assert upgraded(rooms, "/jupyter/api/kernels/0123/channels?session_id=4567", rooms.url) == 101
    files, sessions = installed(), sessions_of(rooms)
    page = context.new_page()
    page.goto(elsewhere)
    asked = [address.replace("BCDF", opened["code"]) for address in every_address(tmp_path)]
    assert set(PATHS) < set(asked)

    # By hand too: Chromium lets a page wait longer with each websocket that fails, so it opens but some.
    assert {upgraded(rooms, address, elsewhere.rstrip("/")) for address in asked} == {403}
    questions = [[rooms.url + path, f"frame-{n}", "channels" in path or path == "/"] for n, path in enumerate(asked)]
    told = page.evaluate(f"(all) => Promise.all(all.map({_ASK}))", questions)
    shown = [frame.url for frame in page.frames if frame.url.startswith(rooms.url)]

    assert [(address, said) for address, said in zip(asked, told, strict=True) if set(said) - _NOTHING] == []
    assert shown == []
    assert without_mark(facilitator.evaluate(_READ, state)) == without_mark(before)
    assert installed() == files
    assert sessions_of(rooms) == sessions
    context.close()
