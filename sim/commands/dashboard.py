"""``cultureshift dashboard``: start the dashboard and open it in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands.console import reporting_faults
from sim.commands.options import Own, count_option
from sim.commands.serving import Proxies, PublicUrls, serve_all
from sim.dashboard.address import PublicAccess

__all__ = ["dashboard"]


@reporting_faults
def dashboard(
    host: Annotated[str, typer.Option(help="where to listen; 0.0.0.0 is every network of this machine")] = "127.0.0.1",
    port: Annotated[int, count_option("port; 0 takes a free one", 0, 65535, why="there are no other ports")] = 8765,
    browser: Annotated[bool, typer.Option(help="open a browser when it is ready")] = True,
    rooms: Annotated[
        Path | None, typer.Option(metavar="FILE", help="where sessions of the room are kept; a usual place if left out")
    ] = None,
    lessons: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="lessons of your own, offered beside those that come with it")
    ] = None,
    studies: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="a folder of studies, maps and budgets, to watch, stop and go on with"),
    ] = None,
    own: Own = None,
    new_link: Annotated[
        bool, typer.Option("--new-link", help="renew the link: whoever has an earlier one cannot enter any more")
    ] = False,
    public_url: PublicUrls = None,
    proxy: Proxies = None,
) -> None:
    """Explore, intervene, compare and see why, in a browser. Works without internet."""
    public = PublicAccess(tuple(public_url or ()), tuple(proxy or ()))
    serve_all(host, port, browser, rooms, lessons, public, own, opens_rooms=False, new_links=new_link, studies=studies)
