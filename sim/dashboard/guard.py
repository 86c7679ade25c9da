"""A small guard in front of the dashboard: who may ask, from where, and what the browser is told to keep to."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

__all__ = ["Guard", "is_under"]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

COOKIE = "cultureshift-code"
_CDN = "/_solara/cdn/"
_BUNDLED = (
    "@widgetti/solara-vuetify-app@",
    "@widgetti/solara-vuetify3-app@",
    "requirejs@",
    "mathjax@",
    "font-awesome@",
)
_OPEN_PATHS = ("/readyz",)
_READING = ("GET", "HEAD")
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


class Guard:
    """Let through what may pass to an ASGI application, and answer the rest.

    Parameters
    ----------
    app : the application
    hosts : names, with port, under which the server may be asked
    code : what a link must carry once; None where everybody may enter
    open_prefix : an address under which no code is asked for, because what is there knows its own people; from other
        sites nothing is taken there either
    """

    def __init__(self, app: App, hosts: tuple[str, ...], code: str | None, open_prefix: str | None = None) -> None:
        self._app = app
        self._hosts = frozenset(host.casefold() for host in hosts)
        self._code = code
        self._open_prefix = open_prefix

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request or websocket."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = _headers_of(scope)
        status = self._refusal(scope, headers)
        if status is not None:
            await _refuse(scope, receive, send, *status)
            return
        if scope["type"] == "http" and self._code and self._code_in_query(scope):
            await self._welcome(scope, send)
            return
        await self._app(scope, receive, _with_headers(send))

    def knows(self, scope: Message) -> bool:
        """Tell whether a request is from somebody who may be in the dashboard."""
        return not self._code or self._has_code(scope, _headers_of(scope))

    def _refusal(self, scope: Message, headers: dict[str, str]) -> tuple[int, str] | None:
        if not self._is_known(scope, headers.get("host", "").casefold()):
            return 421, "This server is not known by that name."
        if scope["type"] == "websocket" and not _is_own_page(headers):
            return 403, "Only the dashboard's own pages may connect."
        is_open = self._open_prefix is not None and is_under(scope["path"], self._open_prefix)
        if is_open and scope.get("method", "GET") not in _READING and not _is_own_page(headers):
            return 403, "Only this server's own pages may ask that."
        if _CDN in scope["path"] and not scope["path"].split(_CDN, 1)[1].startswith(_BUNDLED):
            return 404, "Not bundled."
        if self._code and not is_open and scope["path"] not in _OPEN_PATHS and not self._has_code(scope, headers):
            return 403, "Please open the whole link that you were given: it ends in ?code=..."
        return None

    def _is_known(self, scope: Message, host: str) -> bool:
        """Tell whether a name is ours; the number of this machine by which a browser has reached it always is."""
        number, port = scope.get("server") or ("", None)
        own = f"[{number}]:{port}" if ":" in number else f"{number}:{port}"
        return host in self._hosts or (bool(number) and host == own)

    def _has_code(self, scope: Message, headers: dict[str, str]) -> bool:
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            cookie = None
        return (cookie is not None and self._matches(cookie.value)) or self._code_in_query(scope)

    def _code_in_query(self, scope: Message) -> bool:
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        return self._matches(query.get("code", [""])[0])

    def _matches(self, code: str) -> bool:
        return hmac.compare_digest(code.encode(), (self._code or "").encode())

    async def _welcome(self, scope: Message, send: Send) -> None:
        """Turn the code in the link into a cookie, and go on without it."""
        query = parse_qs(scope["query_string"].decode("latin-1"))
        query.pop("code", None)
        rest = urlencode(query, doseq=True)
        path = "/" + scope["path"].lstrip("/\\")
        place = path + (f"?{rest}" if rest else "")
        cookie = f"{COOKIE}={self._code}; HttpOnly; SameSite=Strict; Path=/"
        headers = [(b"location", place.encode("latin-1", "ignore")), (b"set-cookie", cookie.encode()), *_HEADERS]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def _headers_of(scope: Message) -> dict[str, str]:
    return {name.decode("latin-1").casefold(): value.decode("latin-1") for name, value in scope["headers"]}


def is_under(path: str, prefix: str) -> bool:
    """Tell whether a path is a prefix or below it.

    Examples
    --------
    >>> is_under("/room/ABCD", "/room"), is_under("/rooms", "/room")
    (True, False)
    """
    return path == prefix or path.startswith(f"{prefix}/")


def _is_own_page(headers: dict[str, str]) -> bool:
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.casefold() == headers["host"].casefold()


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            known = {name.lower() for name, _ in message.get("headers", [])}
            added = [header for header in _HEADERS if header[0] not in known]
            message = {**message, "headers": [*message.get("headers", []), *added]}
        await send(message)

    return sending


async def _refuse(scope: Message, receive: Receive, send: Send, status: int, text: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": text})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *_HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
