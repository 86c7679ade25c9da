"""One server for the dashboard and the rooms, which know nothing of each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.base.errors import InputError
from sim.base.extras import require
from sim.commands.judging import read_as
from sim.dashboard.address import Address, PublicAccess, read_public_url
from sim.dashboard.proxies import Proxy, read_proxy

if TYPE_CHECKING:
    from sim.dashboard.server import MountedApp
    from sim.room.host import Host

__all__ = ["Proxies", "PublicUrls", "serve_all"]


PublicUrls = Annotated[
    list[Address] | None,
    typer.Option(
        "--public-url",
        parser=read_as("an address such as https://ward.example/culture", read_public_url),
        metavar="URL",
        help="where people find it, if not under this machine's own names; several may be given, the first one is told",
    ),
]
Proxies = Annotated[
    list[Proxy] | None,
    typer.Option(
        "--proxy",
        parser=read_as("the number of a proxy, such as 127.0.0.1, or of its network", read_proxy),
        metavar="ADDRESS",
        help="a proxy that is believed when it says for whom it asks; several may be given",
    ),
]


def serve_all(
    host: str,
    port: int,
    browser: bool,
    rooms: Path | None,
    lessons: Path | None,
    public: PublicAccess,
    own: Sequence[Path] | None = None,
    *,
    opens_rooms: bool,
    new_links: bool = False,
    studies: Path | None = None,
) -> None:
    """Serve the dashboard and the rooms until it is interrupted.

    Parameters
    ----------
    host, port : where to listen
    browser : open a browser
    rooms : file of the rooms, the usual one if left out
    lessons : folder of lessons that are offered beside those that come with it
    public : the addresses that the public meets, and the proxies that are believed
    own : files with rules or interventions of one's own, which the dashboard runs with; rooms keep to the package's
    opens_rooms : it is the rooms that somebody asked for: the browser opens them, and their file must be free
    studies : folder of long work that the pages show
    new_links : make the dashboard's link anew, and those of the rooms where it is these that somebody asked for

    Raises
    ------
    InputError : packages are missing, own rules or lessons have faults, there is no such folder of studies, the port is
        in use, or the code of the dashboard or the file of the rooms cannot be used
    """
    require("room" if opens_rooms else "dashboard")
    from sim.dashboard.access import kept_secret
    from sim.dashboard.server import serve
    from sim.room.host import Host, renew_links
    from sim.room.store import Store, usual_file

    _make_ready(own, lessons, studies)
    code = kept_secret(renew=new_links)
    try:
        store = Store(rooms or usual_file())
    except InputError as error:
        if opens_rooms or rooms is not None:
            raise
        # Somebody who wants the dashboard shall have it, whatever the file of the rooms is up to.
        serve(host, port, browser, code=code, beside=_closed(str(error)), public=public)
        return
    try:
        if opens_rooms and new_links:
            renew_links(store)
        kept = Host(store)
    except BaseException:
        store.close()
        raise
    try:
        beside = _rooms(kept, code, opens_rooms, bool(public.addresses))
        serve(host, port, browser, code=code, beside=beside, public=public)
    finally:
        kept.close()


def _make_ready(own: Sequence[Path] | None, lessons: Path | None, studies: Path | None) -> None:
    """Give the dashboard what somebody brings: rules of their own, lessons, and a folder of long work."""
    from sim.commands.preparing import own_rulebook
    from sim.dashboard.own import run_with
    from sim.dashboard.shelf import put_beside
    from sim.dashboard.studies import watch_over

    run_with(own_rulebook(own))
    if lessons is not None:
        put_beside(lessons)
    if studies is not None:
        watch_over(studies)


def _rooms(
    kept: Host, code: str, opens_rooms: bool, is_public: bool
) -> Callable[[Callable[[], tuple[Address, ...]]], MountedApp]:
    from sim.dashboard.server import MountedApp
    from sim.room.app import PREFIX, make_room_app

    def beside(addresses: Callable[[], tuple[Address, ...]]) -> MountedApp:
        first = addresses()[0]
        link = f"{first.url}{PREFIX}/steer?key={kept.key}"
        said = (
            f"Rooms: the facilitator's link is {link}",
            f"  (keep it to yourself: whoever has it can steer; people join at {first.url}{PREFIX})",
            *kept.damaged_rooms(),
        )
        app, knows = make_room_app(
            kept,
            lambda: {address.told: address.url for address in addresses()},
            f"{first.root}/?code={code}",
            is_public=is_public,
        )
        return MountedApp(PREFIX, app, said, knows, link if opens_rooms else None, kept.release_waiting)

    return beside


def _closed(reason: str) -> Callable[[Callable[[], tuple[Address, ...]]], MountedApp]:
    from sim.dashboard.server import MountedApp

    async def closed(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"text/plain; charset=utf-8")]
        await send({"type": "http.response.start", "status": 503, "headers": headers})
        # The reason, with the place of the file, is for whoever started the server.
        await send({"type": "http.response.body", "body": b"There are no rooms on this server at the moment."})

    return lambda _addresses: MountedApp("/room", closed, (f"There are no rooms on this server: {reason}",))
