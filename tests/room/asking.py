"""Asks an application without a network or a browser, as a page would; and a pool that runs where it stands."""

import json
import time
from http.cookies import SimpleCookie

from sim.base.worker_pool import StoppedError
from sim.room.app import make_room_app
from sim.room.host import Host
from sim.room.store import Store

HOST = "ward.local:8765"


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode()

    @property
    def data(self):
        return json.loads(self.body)


class Browser:
    """Keeps cookies; asks one application."""

    def __init__(self, app, address="192.0.2.7", root="", scheme="http"):
        self.app, self.address, self.cookies = app, address, {}
        self.root, self.scheme, self.set_cookies = root, scheme, []

    async def ask(self, path, body=None, raw=None, accept="application/json", is_cut=False, **headers):
        path, _, query = path.partition("?")
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        method = "GET" if body is None and raw is None else "POST"
        fields = {"host": HOST, "accept": accept, "cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if method == "POST":
            fields |= {"content-type": "application/json", "origin": f"http://{HOST}"}
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        scope = {
            "type": "http", "method": method, "path": self.root + path,
            "raw_path": (self.root + path).encode(), "query_string": query.encode(),
            "headers": [(k.encode(), v.encode("latin-1", "replace")) for k, v in fields.items() if v is not None],
            "client": (self.address, 1), "server": ("192.0.2.1", 8765), "scheme": self.scheme, "root_path": self.root,
            "http_version": "1.1",
        }  # fmt: skip
        sent, chunks = [], [{"type": "http.request", "body": content, "more_body": is_cut}]

        async def receive():
            return chunks.pop(0) if chunks else {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)

        await self.app(scope, receive, send)
        told = [(name.decode().lower(), value.decode()) for name, value in sent[0]["headers"]]
        for name, value in told:
            if name == "set-cookie":
                self.set_cookies.append(value)
                self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
        return Answer(sent[0]["status"], dict(told), b"".join(message.get("body", b"") for message in sent[1:]))


class HerePool:
    """Runs each piece at once, and counts them."""

    def __init__(self):
        self.n_pieces = 0

    def each(self, function, pieces, stop):
        for place, piece in enumerate(pieces):
            if stop.is_set():
                return
            self.n_pieces += 1
            yield place, function(piece)


class NoPool:
    """Never runs anything."""

    def each(self, function, pieces, stop):
        stop.wait()
        raise StoppedError


class Rooms:
    """A server's rooms, a facilitator, and people who come in.

    Parameters
    ----------
    path : the file
    wanted : what a room is opened with, unless a test says otherwise
    """

    def __init__(self, path, wanted, pool=None, clock=time.time, guesses=None):
        self.path, self.wanted, self.pool, self.clock, self.guesses = path, wanted, pool or NoPool(), clock, guesses
        self.facilitator, self.people = Browser(None), []
        self.start()

    def start(self):
        self.host = Host(Store(self.path), self.pool, self.clock)
        self.app, self.knows = make_room_app(self.host, lambda: {HOST: f"http://{HOST}"}, guesses=self.guesses)
        for browser in (self.facilitator, *self.people):
            browser.app = self.app

    def kill(self):
        """Let the server stop without a word; what is in the file is there."""
        self.host.runner.stop()
        self.host.store.close()

    async def open(self, title="A day", **fields):
        answer = await self.facilitator.ask(f"/room/steer?key={self.host.key}")
        assert answer.status == 303
        wanted = {**self.wanted, "title": title, **fields}
        return (await self.facilitator.ask("/room/steer/rooms", wanted)).data["code"]

    async def join(self, code, name="", request="request-1"):
        browser = Browser(self.app)
        self.people.append(browser)
        answer = await browser.ask(f"/room/{code}/join", {"request": request, "name": name})
        assert answer.status == 200, answer.text
        return browser

    async def lead(self, code, **fields):
        return await self.facilitator.ask(f"/room/steer/{code}/act", fields)
