"""Options that several words of the command share, and the bounds of every number."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from sim.commands.judging import number, one_of, scheduler, whole

__all__ = [
    "Csv", "Dask", "Force", "Organisation", "Out", "Processes", "Quiet", "Replicates", "Retry", "Seed", "Settings",
    "Threads", "Weeks", "Workers", "choice_option", "count_option", "days_option", "seed_option",
]  # fmt: skip

MOST_REPLICATES = 1_000_000
MOST_AT_ONCE = 1024
_HIGHEST_SEED = 2**32 - 1


def count_option(help: str, least: int, most: int, *names: str, why: str, **more: Any) -> Any:
    """Return an option that is a whole number within bounds, which stand in the help.

    Parameters
    ----------
    help : what is counted
    least, most : both are accepted
    names : of the option, if other than the parameter's
    why : the reason for the bounds
    more : as for :func:`typer.Option`
    """
    return typer.Option(*names, parser=whole(least, most, why), metavar=f"[{least:,} to {most:,}]", help=help, **more)


def seed_option(help: str, highest: int = _HIGHEST_SEED, **more: Any) -> Any:
    """Return an option that is a seed."""
    return typer.Option(
        parser=whole(0, highest, "as many as the generators tell apart"), metavar="N", help=help, **more
    )


def days_option(help: str) -> Any:
    """Return an option that is a number of days of paid support."""
    most = 1_000_000
    return typer.Option(
        parser=number("days of paid support", 0, most), metavar=f"[above 0, up to {most:,}]", help=help
    )  # fmt: skip


def choice_option(help: str, *names: str) -> Any:
    """Return an option that is one of some names."""
    return typer.Option(parser=one_of(*names), metavar=f"[{'|'.join(names)}]", help=help)


_MEMORY = "a run's weekly table has to fit into memory"
_THREADS = "a thread or process each"

Replicates = Annotated[
    int | None,
    count_option("Runs of each scenario.", 1, MOST_REPLICATES, "--replicates", "-n", why=_MEMORY, show_default="40"),
]
Seed = Annotated[int | None, seed_option("Seed; the same seed gives the same bits.", show_default="1")]
Weeks = Annotated[
    int | None,
    count_option("Weeks of the run.", 1, 10_000, why="two hundred years at most", show_default="as in the scenario"),
]
Organisation = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder with people.csv: your own organisation.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Change a parameter or a key of the scenario; may be repeated."),
]
Out = Annotated[Path | None, typer.Option(metavar="DIR", help="Write tables, figure and manifest to this folder.")]
Csv = Annotated[bool, typer.Option("--csv", help="Write the weekly data as weekly.csv there, too.")]
Force = Annotated[bool, typer.Option("--force", help="Replace earlier results there.")]
Threads = Annotated[
    int | None, count_option("Runs at once.", 1, MOST_AT_ONCE, why=_THREADS, show_default="as many as processors")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print the answer alone: the verdict and its numbers.")]

Workers = Annotated[
    int | None, count_option("Runs at once.", 1, MOST_AT_ONCE, why=_THREADS, show_default="as many as processors")
]
Dask = Annotated[
    str | None, typer.Option(parser=scheduler, metavar="ADDRESS", help='Address of a Dask scheduler, or "local".')
]
Processes = Annotated[bool, typer.Option("--processes", help="Processes instead of threads.")]
Retry = Annotated[bool, typer.Option("--retry", help="Run those again that failed before.")]
