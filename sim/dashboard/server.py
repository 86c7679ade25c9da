"""The server of the dashboard: its pages behind a small guard, without telemetry and without asking the internet.

The guard asks for a code that is part of the link, on this machine alone (loopback) too: any program and any page in
this user's browser can reach it there. It takes nothing from pages of other sites.
"""

from __future__ import annotations

import os
import socket
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from sim.base.errors import InputError
from sim.dashboard.address import Address, PublicAccess, host_at, is_under
from sim.dashboard.proxies import Forwarded

if TYPE_CHECKING:
    from sim.dashboard.connections import Connections

__all__ = ["MountedApp", "make_app", "serve"]

_LOOPBACK = ("127.0.0.1", "localhost", "::1")

_SETTINGS = {
    "SOLARA_APP": "sim.dashboard.pages",
    "SOLARA_MODE": "production",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_THEME_LOADER": "plain",
    "SOLARA_ASSETS_PROXY": "false",
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "false",
    "SOLARA_KERNEL_CULL_TIMEOUT": "30m",
    "SOLARA_SESSION_HTTP_ONLY": "true",
}


@dataclass(frozen=True)
class MountedApp:
    """Another application that the same server serves; it knows who may do what there, so that no code is asked for.

    Parameters
    ----------
    prefix : the address under which it lives
    app : the ASGI application
    said : lines to say when the server is ready
    knows : tells of a request whether it is from somebody who is in: they are served when there are too many others
    opens : what a browser opens in place of the dashboard, if anything
    on_stop : called when the server is about to stop, so that nobody is left waiting
    """

    prefix: str
    app: Any
    said: tuple[str, ...] = ()
    knows: Callable[[Any], bool] = lambda _scope: False
    opens: str | None = None
    on_stop: Callable[[], None] | None = None


_LOADED_AT_START = ("pandas", "scipy.special")
"""Packages that the work of several people may need for the first time in one moment.

Where two threads load packages that need each other, one of them may meet what the other has only half loaded.
"""


def make_app(
    addresses: tuple[Address, ...],
    code: str,
    connections: Connections | None = None,
    beside: MountedApp | None = None,
    public: PublicAccess | None = None,
) -> Any:
    """Return the ASGI application: the pages, and what is beside them, behind the guard and whoever keeps the door.

    Parameters
    ----------
    addresses : where the server is known by this machine's own names
    code : what a link must carry
    connections : everybody who is connected; as many as this machine can bear if left out
    beside : another application under an address of its own
    public : the addresses that the public meets in place of these, and the proxies that are believed

    Raises
    ------
    InputError : a package of which pages are made is not installed
    """
    os.environ.update(_SETTINGS)
    # Solara looks for a folder in the home, which may be another's, and would make one there; it puts nothing into it.
    os.environ.setdefault("SOLARA_HOME", tempfile.gettempdir())
    from sim.dashboard.connections import Connections, Doorkeeper, limits_here
    from sim.dashboard.guard import Guard
    from sim.dashboard.messages import take_only_events, with_messages_only
    from sim.dashboard.site import make_site

    public = public or PublicAccess()
    known = public.addresses or addresses
    root = known[0].root
    take_only_events()
    pages = with_messages_only(make_site(root))

    def asked_for(scope: Any) -> Any:
        if beside is not None and scope["type"] == "http" and is_under(scope["path"], root + beside.prefix):
            return beside.app
        return pages

    async def either(scope: Any, receive: Any, send: Any) -> None:
        await asked_for(scope)({**scope, "root_path": root}, receive, send)

    open_prefix = beside.prefix if beside is not None else None
    guard = Guard(either, known, code, open_prefix, is_public=bool(public.addresses))

    def is_known(scope: Any) -> bool:
        return guard.knows(scope) or (beside is not None and beside.knows(scope))

    return Forwarded(Doorkeeper(guard, connections or Connections(limits_here()), is_known), public.proxies)


def serve(
    host: str = "127.0.0.1",
    port: int = 8765,
    open_browser: bool = True,
    *,
    code: str | None = None,
    beside: Callable[[Callable[[], tuple[Address, ...]]], MountedApp] | None = None,
    public: PublicAccess | None = None,
) -> None:
    """Start the dashboard, and serve until it is interrupted.

    Parameters
    ----------
    host : where to listen
    port : 0 to take a free one
    open_browser : open a browser when it is ready
    code : the code that is asked for; the one that is kept for this user if left out
    beside : given what tells where people find this server now, the best address first: what else it serves
    public : the addresses that the public meets in place of this machine's own, and the proxies that are believed

    Raises
    ------
    InputError : the port is in use, the host is not this machine's, or the code that is kept cannot be used
    """
    import uvicorn

    from sim.dashboard.access import kept_secret
    from sim.dashboard.connections import Connection, Connections, Server, limits_here
    from sim.dashboard.log import write_log

    write_log()
    for module in _LOADED_AT_START:
        import_module(module)
    code = code or kept_secret()
    listening = _listen(host, port)
    port = listening.getsockname()[1]

    def own() -> tuple[Address, ...]:
        """A laptop that changes its network has other names; the guard knows the number by which it was reached."""
        return tuple(Address("http", host_at("http", name, port)) for name in _names(host))

    def addresses() -> tuple[Address, ...]:
        return public.addresses if public is not None and public.addresses else own()

    other = beside(addresses) if beside is not None else None
    link = f"{addresses()[0].url}/?code={code}"
    connections = Connections(limits_here())
    config = uvicorn.Config(
        make_app(own(), code, connections, other, public),
        http=cast(Any, partial(Connection, connections=connections)), log_config=None,
        log_level="warning", timeout_graceful_shutdown=2, ws_per_message_deflate=False, server_header=False,
        ws_max_size=8_000_000, proxy_headers=False, use_colors=False,
    )  # fmt: skip

    def say_ready() -> None:
        said = other.said if other is not None else ()
        for line in (f"Cultureshift is ready at {link} (stop it with Ctrl+C)", *said):
            print(line, file=sys.stderr, flush=True)
        if open_browser:
            first = other.opens if other is not None and other.opens else link
            threading.Thread(target=webbrowser.open, args=[first], daemon=True).start()

    Server(config, connections, say_ready, other.on_stop if other is not None else None).run(sockets=[listening])


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
    """Return the names that browsers may use for this server, the one to tell others first."""
    if host in _LOOPBACK:
        return ("127.0.0.1", "localhost", "[::1]")
    if host in ("0.0.0.0", "::"):
        name = socket.gethostname()
        return tuple(dict.fromkeys((*_outward_addresses(), name, f"{name}.local", "127.0.0.1", "localhost")))
    return (host,)


_ROUTES = ("192.0.2.1", "192.168.0.1", "192.168.137.1", "10.42.0.1", "10.0.0.1", "172.20.10.1", "172.16.0.1")
"""Somewhere outside, usual home networks, and the hot spots that laptops and phones make."""


def _outward_addresses() -> list[str]:
    """Return the addresses of this machine in its networks, the one towards the internet first; nothing is sent."""
    found: list[str] = []
    for towards in _ROUTES:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((towards, 9))
                found.append(str(probe.getsockname()[0]))
            except OSError:
                continue
    return list(dict.fromkeys(found))
