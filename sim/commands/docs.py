"""``cultureshift docs``: open the documentation that came with this installation."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from sim.base.errors import InputError
from sim.commands.console import reporting_faults, say

__all__ = ["docs"]

PACKAGE = Path(__file__).parents[1]
PLACES = (PACKAGE / "_docs", PACKAGE.parent / "build" / "docs")
"""Where the site lies in an installation, and where ``make docs`` puts it in a folder of sources."""


@reporting_faults
def docs(browser: Annotated[bool, typer.Option(help="open a browser")] = True) -> None:
    """Open the documentation: how to begin, what to do, how it works. Needs no internet."""
    pages = [place / "docs" / "index.html" for place in PLACES]
    page = next((one for one in pages if one.is_file()), None)
    if page is None:
        raise InputError.single(
            "docs", "the site of the documentation", "an installation in which it was not made",
            f"make it in the folder of Cultureshift with: make docs; or read {PACKAGE.parent / 'docs'}",
        )  # fmt: skip
    say(page.as_uri())
    if browser:
        webbrowser.open(page.as_uri())
