"""``cultureshift dashboard``: start the dashboard and open it in a browser."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["dashboard"]


def dashboard(
    host: Annotated[
        str, typer.Option(help="where to listen; other than this machine, the link carries a code")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="port; 0 takes a free one")] = 8765,
    browser: Annotated[bool, typer.Option(help="open a browser when it is ready")] = True,
) -> None:
    """Explore, intervene, compare and see why, in a browser. Works without internet."""
    try:
        from sim.dashboard.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] == "sim":
            raise
        from sim.errors import InputError

        raise InputError.single(
            "dashboard", "the dashboard's packages", f"{error.name} is missing", "pip install 'cultureshift[dashboard]'"
        ) from None
    serve(host, port, open_browser=browser)
