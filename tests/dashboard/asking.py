"""Asks an application without a network or a browser, by an address as it comes over the line."""

from urllib.parse import unquote

import anyio

from sim.dashboard.address import Address

HOST = "127.0.0.1:8765"
OWN = (Address("http", HOST),)
CODE = "sesame-7"
COOKIE = f"cultureshift-code={CODE}"


class Answer:
    """What came back."""

    def __init__(self, messages):
        self.messages = messages
        self.status = messages[0].get("status")
        self.headers = {name.decode(): value.decode() for name, value in messages[0].get("headers", [])}
        self.body = b"".join(message.get("body", b"") for message in messages[1:])

    @property
    def is_accepted(self):
        return self.messages[0]["type"] == "websocket.accept"


def ask(app, address="/", *, kind="http", method="GET", server=("127.0.0.1", 8765), scheme=None, more=(), **headers):
    """Ask as a browser at this server would unless ``headers`` say something else; None leaves a header out.

    ``more`` are headers that come after these, under any names.
    """
    sent = []
    coming = [{"type": "websocket.connect"} if kind == "websocket" else {"type": "http.request", "body": b""}]

    async def send(message):
        sent.append(message)

    async def receive():
        if not coming:
            await anyio.sleep_forever()
        return coming.pop()

    path, _, query = address.partition("?")
    fields = {"host": HOST, "cookie": COOKIE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": kind, "path": unquote(path), "raw_path": path.encode(), "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in [*fields.items(), *more] if value is not None],
        "server": server, "client": ("127.0.0.1", 1), "root_path": "",
        "scheme": scheme or ("http" if kind == "http" else "ws"), "http_version": "1.1",
    }  # fmt: skip
    anyio.run(app, scope | ({"method": method} if kind == "http" else {}), receive, send)
    return Answer(sent)
