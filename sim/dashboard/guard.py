"""A small guard in front of the dashboard: who may ask, from where, and what the browser is told to keep to."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

__all__ = ["Guard"]

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
    """

    def __init__(self, app: App, hosts: tuple[str, ...], code: str | None) -> None:
        self._app = app
        self._hosts = frozenset(host.casefold() for host in hosts)
        self._code = code

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request or websocket."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").casefold(): value.decode("latin-1") for name, value in scope["headers"]}
        status = self._refusal(scope, headers)
        if status is not None:
            await _refuse(scope, receive, send, *status)
            return
        if scope["type"] == "http" and self._code and self._code_in_query(scope):
            await self._welcome(scope, send)
            return
        await self._app(scope, receive, _with_headers(send))

    def _refusal(self, scope: Message, headers: dict[str, str]) -> tuple[int, str] | None:
        if headers.get("host", "").casefold() not in self._hosts:
            return 421, "This server is not known by that name."
        origin = headers.get("origin")
        if scope["type"] == "websocket" and (
            origin is None or urlsplit(origin).netloc.casefold() != headers["host"].casefold()
        ):
            return 403, "Only the dashboard's own pages may connect."
        if _CDN in scope["path"] and not scope["path"].split(_CDN, 1)[1].startswith(_BUNDLED):
            return 404, "Not bundled."
        if self._code and scope["path"] not in _OPEN_PATHS and not self._has_code(scope, headers):
            return 403, "Please open the whole link that you were given: it ends in ?code=..."
        return None

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
