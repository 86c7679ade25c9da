"""The server of the dashboard: Solara behind a small guard, without telemetry and without asking the internet.

On this machine alone (loopback) anybody who can reach it may use it. For a classroom, the guard asks for a code that is
part of the link, and takes no websocket from another site.
"""

from __future__ import annotations

import os
import secrets
import socket
import sys
import threading
import webbrowser
from typing import Any

from sim.errors import InputError

__all__ = ["make_app", "serve"]

_LOOPBACK = ("127.0.0.1", "localhost", "::1")

_SETTINGS = {
    "SOLARA_APP": "sim.dashboard.pages",
    "SOLARA_MODE": "production",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_THEME_LOADER": "plain",
    "SOLARA_ASSETS_PROXY": "true",
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "false",
    "SOLARA_KERNEL_CULL_TIMEOUT": "30m",
    "SOLARA_SESSION_HTTP_ONLY": "true",
}


def make_app(hosts: tuple[str, ...], code: str | None) -> Any:
    """Return the ASGI application: Solara behind the guard.

    Parameters
    ----------
    hosts : names under which the server may be asked, with the port
    code : what a link must carry, None on this machine alone
    """
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    import solara.server.starlette as starlette_server

    from sim.dashboard.guard import Guard

    return Guard(starlette_server.app, hosts=hosts, code=code)


def serve(host: str = "127.0.0.1", port: int = 8765, open_browser: bool = True) -> None:
    """Start the dashboard, and serve until it is interrupted.

    Parameters
    ----------
    host : where to listen; other than this machine, a code is asked for
    port : 0 to take a free one
    open_browser : open a browser when it is ready

    Raises
    ------
    InputError : the port is in use, or the host is not this machine's
    """
    import uvicorn

    listening = _listen(host, port)
    port = listening.getsockname()[1]
    code = None if host in _LOOPBACK else secrets.token_urlsafe(9)
    hosts = tuple(f"{name}:{port}" for name in _names(host))
    shown = "127.0.0.1" if host in _LOOPBACK else _names(host)[-1]
    link = f"http://{shown}:{port}/" + (f"?code={code}" if code else "")
    config = uvicorn.Config(
        make_app(hosts, code), log_level="warning", timeout_graceful_shutdown=2, ws_per_message_deflate=False,
        server_header=False, ws_max_size=8_000_000,
    )  # fmt: skip
    print(f"Cultureshift is ready at {link} (stop it with Ctrl+C)", file=sys.stderr, flush=True)
    if open_browser:
        threading.Timer(1.0, webbrowser.open, [link]).start()
    uvicorn.Server(config).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except (OSError, OverflowError) as error:
        listening.close()
        hint = "choose another with --port, or --port 0 for a free one"
        raise InputError.single("dashboard", "a free port of this machine", f"{host}:{port} ({error})", hint) from None
    return listening


def _names(host: str) -> tuple[str, ...]:
    """Return the names that browsers may use for this server."""
    if host in _LOOPBACK:
        return ("127.0.0.1", "localhost", "[::1]")
    if host in ("0.0.0.0", "::"):
        names = {socket.gethostname(), "127.0.0.1", "localhost"}
        outward = _outward_address()
        return (*sorted(names - {outward}), outward)
    return (host,)


def _outward_address() -> str:
    """Return the address of this machine in its network; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
