"""A small guard in front of everything that is served: who may ask, from where, and what a browser is told to keep to.

It judges a request by itself, before anything else reads it: the address as it came, the name by which the server was
asked, the page that asks, and the code that the visitor was given.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlencode

from sim.base.cookies import cookies_named
from sim.dashboard.address import Address, host_at, is_plain, is_under

__all__ = ["COOKIE", "HEADERS", "Guard"]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

COOKIE = "cultureshift-code"
_READY = "/readyz"
_READING = ("GET", "HEAD")
_OWN_SITES = ("same-origin", "none")
"""Our own page asks, or the visitor has typed the address or taken it from a bookmark."""

_SAID_ONCE = ("host", "origin", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest")
_MOST_SHOWN = 120
_log = logging.getLogger(__name__)

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "content-security-policy": "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
}
"""What every answer carries; a page that needs more than nothing brings a policy of its own."""

_HEADERS = tuple((name.encode(), value.encode()) for name, value in HEADERS.items())
_NO_CODE = (
    "Please open the whole link that you were given, or that was printed where this server was started: "
    "it ends in ?code=..."
)
_WHAT_PROXIES_SAY = (
    " A proxy in between has to pass on Host as it came, say X-Forwarded-Proto, and be named with --proxy."
)


class Guard:
    """Let through what may pass to an ASGI application, and answer the rest.

    Parameters
    ----------
    app : the application
    addresses : where the server is known, all with the same path
    code : what a link must carry once
    open_prefix : an address under which no code is asked for, because what is there knows its own people
    is_public : the addresses are given to the public, in place of this machine's own: nothing else is known
    """

    def __init__(
        self,
        app: App,
        addresses: tuple[Address, ...],
        code: str,
        open_prefix: str | None = None,
        *,
        is_public: bool = False,
    ) -> None:
        self._app = app
        self._addresses = addresses
        self._origins = frozenset(address.origin.casefold() for address in addresses)
        self._root = addresses[0].root
        self._code = code
        self._open_prefix = open_prefix
        self._is_public = is_public

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request or websocket."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = _headers_of(scope)
        if (fault := self._fault(scope, headers)) is not None:
            await _refuse(scope, receive, send, *fault)
        elif scope["type"] == "http" and scope["path"] == self._root:
            await _redirect(send, f"{self._root}/", scope["query_string"])
        elif _is_from_elsewhere(headers):
            await _lead_on(send, scope["path"], scope["query_string"].decode("latin-1"))
        elif scope["type"] == "http" and self._code_in_query(scope):
            await self._welcome(scope, send)
        elif not self._may_enter(scope, headers):
            await _refuse(scope, receive, send, 403, _NO_CODE)
        else:
            await self._app(scope, receive, _with_headers(send))

    def knows(self, scope: Message) -> bool:
        """Tell whether a request is from somebody who may be in the dashboard."""
        return self._has_code(_headers_of(scope))

    def _fault(self, scope: Message, headers: dict[str, str]) -> tuple[int, str] | None:
        """Return what is wrong with a request, whoever has sent it."""
        if not is_plain(scope.get("raw_path", scope["path"].encode()), scope["path"]):
            return 404, "There is nothing at this address."
        names = [name.decode("latin-1").casefold() for name, _ in scope["headers"]]
        if any(names.count(name) > 1 for name in _SAID_ONCE):
            return 400, "This request says twice what can be said only once."
        if not self._is_known(scope, headers):
            return 421, self._unknown_name(scope, headers)
        if not is_under(scope["path"], self._root):
            return 404, f"There is nothing at this address: everything here is under {self._root}/."
        is_changing = scope["type"] == "websocket" or scope["method"] not in _READING
        if is_changing and not (_is_own_page(scope, headers) and not _is_from_elsewhere(headers)):
            return 403, "Only this server's own pages may ask that."
        if _is_from_elsewhere(headers) and not _is_visit(headers):
            return 403, "Only this server's own pages may ask that; others may only lead here."
        return None

    def _is_known(self, scope: Message, headers: dict[str, str]) -> bool:
        """Tell whether a request came to an address of ours.

        The number of this machine by which a browser has reached it is one too, as long as no public address stands for
        it; whether the server answers at all can be asked there in any case.
        """
        if _origin_of(scope, headers) in self._origins:
            return True
        number, port = scope.get("server") or ("", None)
        own = host_at("http", f"[{number}]" if ":" in number else number, port)
        is_asked_for = not self._is_public or scope["path"] in (_READY, self._root + _READY)
        return is_asked_for and bool(number) and _origin_of(scope, headers) == f"http://{own}"

    def _unknown_name(self, scope: Message, headers: dict[str, str]) -> str:
        if not self._is_public:
            return "This server is not known by that name; whoever runs it can give it one, with --public-url."
        known = " and ".join(address.url for address in self._addresses)
        asked = _origin_of(scope, headers)[:_MOST_SHOWN]
        _log.warning("Somebody asked for %s, but this server is %s.%s", asked, known, _WHAT_PROXIES_SAY)
        return f"This server is not known by that name: it is {known}, and was asked for as {asked}.{_WHAT_PROXIES_SAY}"

    def _may_enter(self, scope: Message, headers: dict[str, str]) -> bool:
        path = scope["path"].removeprefix(self._root)
        is_open = self._open_prefix is not None and is_under(path, self._open_prefix)
        return is_open or path == _READY or self._has_code(headers)

    def _has_code(self, headers: dict[str, str]) -> bool:
        return any(self._matches(told) for told in cookies_named(COOKIE, headers.get("cookie", "")))

    def _code_in_query(self, scope: Message) -> bool:
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        return self._matches(query.get("code", [""])[0])

    def _matches(self, code: str) -> bool:
        return hmac.compare_digest(code.encode("utf-8", "replace"), self._code.encode())

    async def _welcome(self, scope: Message, send: Send) -> None:
        """Turn the code in the link into a cookie, and go on without it."""
        query = parse_qs(scope["query_string"].decode("latin-1"))
        query.pop("code", None)
        cookie = f"{COOKIE}={self._code}; HttpOnly; SameSite=Strict; Path={self._root or '/'}"
        cookie += "; Secure" if _scheme_of(scope) == "https" else ""
        await _lead_on(send, scope["path"], urlencode(query, doseq=True), (b"set-cookie", cookie.encode()))


def _headers_of(scope: Message) -> dict[str, str]:
    """Return what is said, by names; cookies may be said in pieces."""
    told: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").casefold(), raw_value.decode("latin-1")
        told[name] = f"{told[name]}; {value}" if name == "cookie" and name in told else value
    return told


def _scheme_of(scope: Message) -> str:
    return "https" if scope.get("scheme") in ("https", "wss") else "http"


def _origin_of(scope: Message, headers: dict[str, str]) -> str:
    """Return what was asked: how, and by which name."""
    return f"{_scheme_of(scope)}://{headers.get('host', '')}".casefold()


def _is_own_page(scope: Message, headers: dict[str, str]) -> bool:
    return headers.get("origin", "").casefold() == _origin_of(scope, headers)


def _is_from_elsewhere(headers: dict[str, str]) -> bool:
    """Tell whether a browser says that another site's page has made it ask; not all browsers do, nor everywhere."""
    return headers.get("sec-fetch-site", "none") not in _OWN_SITES


def _is_visit(headers: dict[str, str]) -> bool:
    """Tell whether somebody has followed a link to a page that they will see by itself."""
    return headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            known = {name.lower() for name, _ in message.get("headers", [])}
            added = [header for header in _HEADERS if header[0] not in known]
            message = {**message, "headers": [*message.get("headers", []), *added]}
        await send(message)

    return sending


async def _redirect(send: Send, path: str, query: bytes) -> None:
    """Send somebody who left the slash out to where everything begins, with all that was asked."""
    place = path.encode() + (b"?" + query if query else b"")
    headers = ((b"location", place), (b"cache-control", b"no-store"))
    await _answer(send, 308, "text/plain", "Everything here is under this address, with a slash at its end.", *headers)


async def _lead_on(send: Send, path: str, query: str, *headers: tuple[bytes, bytes]) -> None:
    """Answer with a page that goes on to an address of ours by itself.

    Cookies that are for our own pages alone are not sent by somebody who comes from elsewhere, not even after a
    redirection: so a page of ours asks.
    """
    place = escape(path + (f"?{query}" if query else ""))
    text = (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Cultureshift</title>'
        f'<meta http-equiv="refresh" content="0; url={place}"></head>'
        f'<body><p><a href="{place}">Go on to Cultureshift</a></p></body></html>'
    )
    await _answer(send, 200, "text/html", text, (b"cache-control", b"no-store"), *headers)


async def _refuse(scope: Message, receive: Receive, send: Send, status: int, text: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": text})
        return
    await _answer(send, status, "text/plain", text, (b"cache-control", b"no-store"))


async def _answer(send: Send, status: int, kind: str, text: str, *headers: tuple[bytes, bytes]) -> None:
    content = (b"content-type", f"{kind}; charset=utf-8".encode())
    await send({"type": "http.response.start", "status": status, "headers": [content, *headers, *_HEADERS]})
    await send({"type": "http.response.body", "body": text.encode("utf-8", "replace")})
