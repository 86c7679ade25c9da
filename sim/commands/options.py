"""Options that several words of the command share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Force", "Organisation", "Out", "Quiet", "Replicates", "Seed", "Settings", "Threads", "Weeks"]

Replicates = Annotated[
    int | None,
    typer.Option("--replicates", "-n", min=1, max=1_000_000, help="Runs of each scenario.", show_default="40"),
]
Seed = Annotated[
    int | None, typer.Option(min=0, max=2**32 - 1, help="Seed; the same seed gives the same bits.", show_default="1")
]
Weeks = Annotated[
    int | None, typer.Option(min=1, max=10_000, help="Weeks of the run.", show_default="as in the scenario")
]
Organisation = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder with people.csv: your own organisation.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Change a parameter or a key of the scenario; may be repeated."),
]
Out = Annotated[Path | None, typer.Option(metavar="DIR", help="Write tables, figure and manifest to this folder.")]
Force = Annotated[bool, typer.Option("--force", help="Replace earlier results in that folder.")]
Threads = Annotated[
    int | None, typer.Option(min=1, max=1024, help="Runs at once.", show_default="as many as processors")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print the answer alone, in one sentence.")]
