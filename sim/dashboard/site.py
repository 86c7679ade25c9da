"""What the dashboard answers to: every address by name, and the policy that each page is sent with.

Of Solara's own addresses only those are here without which a page does not work. Its proxy of assets, its folder of
public files, the door by which a developer ends sessions, and the page for every other address are not.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import logging
import uuid
from html.parser import HTMLParser
from typing import Any

import solara.settings
from solara.server import server as solara_server
from solara.server import settings as solara_settings
from solara.server import starlette as solara_starlette
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from sim.dashboard.bundled import CDN, EXTENSIONS, bundled_files

__all__ = ["PATHS", "make_site", "policy_for"]

PATHS = ("/", "/service", "/learn", "/game", "/compare", "/money", "/map", "/why", "/board", "/studies", "/about")
"""The pages."""

_CHANNEL = "/jupyter/api/kernels/{kernel_id}/channels"
_PASS_ON = " A proxy in between has to pass on HTTP/1.1 with Upgrade and Connection."
_log = logging.getLogger(__name__)
_SESSION = solara_server.COOKIE_KEY_SESSION_ID


def make_site(root: str = "") -> Starlette:
    """Return the application: the pages, the files that they are made of, and their connection.

    Parameters
    ----------
    root : the path under which all of it is, as ``root_path`` of its requests says as well

    Raises
    ------
    InputError : a package of which pages are made is not installed
    """
    solara.settings.assets.proxy, solara.settings.assets.cdn = False, root + CDN
    solara_settings.main.root_path = root
    solara_server.get_nbextension_names = lambda: [f"{name}/extension" for name in EXTENSIONS]
    routes = [
        Route("/readyz", solara_starlette.readyz),
        Route("/resourcez", solara_starlette.resourcez),
        WebSocketRoute(_CHANNEL, _connect),
        Route(_CHANNEL, _no_websocket),
        Route("/_solara/api/close/{kernel_id}", _close, methods=["POST"]),
        *bundled_files(),
        *[Route(path, _page) for path in PATHS],
    ]
    return Starlette(routes=routes, lifespan=solara_starlette.lifespan, middleware=solara_starlette.middleware)


async def _page(request: Request) -> Response:
    root = request.scope["root_path"]
    content = solara_server.read_root(request.scope["path"].removeprefix(root), root)
    answer = HTMLResponse(content, headers={"content-security-policy": _policy(root)})
    session = solara_server.get_session_id_cookie(request.cookies) or str(uuid.uuid4())
    is_encrypted = request.scope["scheme"] == "https"
    answer.set_cookie(_SESSION, session, path=root or "/", httponly=True, samesite="strict", secure=is_encrypted)
    return answer


async def _connect(websocket: WebSocket) -> None:
    """Connect a tab; without the name that it chose for itself Solara would stumble."""
    if websocket.query_params.get("session_id"):
        await solara_starlette.kernel_connection(websocket)
    else:
        await websocket.close(1008)


def _no_websocket(_request: Request) -> Response:
    """Say what is missing where something in between has made a plain question of a websocket."""
    _log.warning("A page asked for its connection, but not for a websocket.%s", _PASS_ON)
    return PlainTextResponse(f"Here is a websocket.{_PASS_ON}", 426, {"upgrade": "websocket"})


def _close(request: Request) -> Response:
    """Take leave of a tab."""
    if not request.query_params.get("session_id"):
        raise HTTPException(400, "Which tab is closed?")
    answer: Response = solara_starlette.close(request)
    return answer


@functools.cache
def _policy(root: str) -> str:
    """Return the policy of all pages: they have the same scripts of their own, which are known from one of them."""
    return policy_for(solara_server.read_root("/", root))


def policy_for(page: str) -> str:
    """Return the content security policy of a page: nothing but what is this server's own.

    What the framework of the pages cannot do without, and what that opens:

    - ``'unsafe-eval'``: Vue turns the templates of components, which are sent as text, into functions. A text of
      somebody's that became part of a *template* could run; so names and words are given to templates as data only.
    - ``'unsafe-inline'`` for styles: Vuetify writes its colours into the page, and components set sizes. Somebody's
      style could move or hide things, but ask nobody for anything.
    - The scripts within Solara's own page, each by its hash; any other script within a page does not run.

    Parameters
    ----------
    page : the HTML, as it is before anybody's words are in it
    """
    scripts = " ".join(sorted({f"'sha256-{_digest(script)}'" for script in _scripts_in(page)}))
    return (
        f"default-src 'none'; script-src 'self' 'unsafe-eval' {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _scripts_in(page: str) -> list[str]:
    reader = _Scripts()
    reader.feed(page)
    reader.close()
    return reader.found


class _Scripts(HTMLParser):
    """Finds the scripts that are written into a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._is_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        given = dict(attrs)
        self._is_script = tag == "script" and "src" not in given and given.get("type", "module") == "module"
        if self._is_script:
            self.found.append("")

    def handle_endtag(self, _tag: str) -> None:
        self._is_script = False

    def handle_data(self, data: str) -> None:
        if self._is_script:
            self.found[-1] += data
