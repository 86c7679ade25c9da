"""``cultureshift room``: a classroom on one laptop; people join by a code on their phones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands.console import reporting_faults
from sim.commands.options import count_option
from sim.commands.serving import Proxies, PublicUrls, serve_all
from sim.dashboard.address import PublicAccess

__all__ = ["room"]


@reporting_faults
def room(
    host: Annotated[
        str,
        typer.Option(help="where to listen; 0.0.0.0 is every network of this machine, 127.0.0.1 this machine alone"),
    ] = "0.0.0.0",
    port: Annotated[int, count_option("port; 0 takes a free one", 0, 65535, why="there are no other ports")] = 8765,
    rooms: Annotated[
        Path | None, typer.Option(metavar="FILE", help="where the sessions are kept; a usual place if left out")
    ] = None,
    lessons: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="lessons of your own, offered beside those that come with it")
    ] = None,
    browser: Annotated[bool, typer.Option(help="open the facilitator's page when it is ready")] = True,
    new_links: Annotated[
        bool,
        typer.Option("--new-links", help="renew all links, codes and cookies: those of earlier sessions open nothing"),
    ] = False,
    public_url: PublicUrls = None,
    proxy: Proxies = None,
) -> None:
    """Lead a session: people predict, design programmes in teams, and see what happened. Works without internet."""
    public = PublicAccess(tuple(public_url or ()), tuple(proxy or ()))
    serve_all(host, port, browser, rooms, lessons, public, opens_rooms=True, new_links=new_links)
