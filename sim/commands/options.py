"""Options that several words of the command share, and the bounds of every number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.commands.completing import axes_that_begin, names_that_begin, scenarios_that_begin, settings_that_begin
from sim.commands.judging import NamesOf, OneOf, number, one_of, scheduler, span, whole

__all__ = [
    "SHARED", "Csv", "Dask", "Force", "Json", "Organisation", "Out", "OutPlace", "Own", "Processes", "Quiet",
    "RangeRuns", "Replicates", "Retry", "Seed", "Settings", "Weeks", "WithRange", "Workers", "axis_option",
    "choice_option", "count_option", "days_option", "outcome_names", "replicates_option", "scenario_argument",
    "seed_option", "yes_or_no_names",
]  # fmt: skip

MOST_REPLICATES = 1_000_000
MOST_AT_ONCE = 1024
_HIGHEST_SEED = 2**32 - 1


def count_option(help: str, least: int, most: int, *names: str, why: str, told: int | None = None, **more: Any) -> Any:
    """Return an option that is a whole number within bounds, which stand in the help.

    Parameters
    ----------
    help : what is counted
    least, most : both are accepted
    names : of the option, if other than the parameter's
    why : the reason for the bounds
    told : the least that the help tells, where the command judges that itself, as it depends on other words
    more : as for :func:`typer.Option`
    """
    metavar = f"[{least if told is None else told:,} to {most:,}]"
    return typer.Option(*names, parser=whole(least, most, why), metavar=metavar, help=help, **more)


def seed_option(most: int, why: str) -> Any:
    """Return the option of the seed, with the bounds of a command."""
    return count_option("Seed; the same seed gives the same bits.", 0, most, "--seed", why=why)


def replicates_option(least: int, most: int, why: str) -> Any:
    """Return the option of the runs, with the bounds of a command; ``why`` is the reason for them."""
    told = "Runs of each scenario: of each programme in a search, at each point or place of an analysis."
    return count_option(told, least, most, "--replicates", "-n", why=why)


def days_option(help: str) -> Any:
    """Return an option that is a number of days of paid support."""
    most = 1_000_000
    return typer.Option(
        parser=number("days of paid support", 0, most), metavar=f"[above 0, up to {most:,}]", help=help
    )  # fmt: skip


def choice_option(help: str, *names: str, ask: Callable[[], Sequence[str]] | None = None) -> Any:
    """Return an option that is one of some names; ``ask`` gives them when they are needed, if not known before."""
    choice = OneOf(ask) if ask else one_of(*names)
    complete = names_that_begin(lambda: choice.names)
    return typer.Option(parser=choice, metavar=NamesOf(choice), help=help, autocompletion=complete)


def scenario_argument(help: str) -> Any:
    """Return an argument that is a scenario, or several: a name, which Tab completes, or a file."""
    return typer.Argument(help=help, autocompletion=scenarios_that_begin)


def axis_option(form: str, help: str) -> Any:
    """Return an option that is a range of a parameter, in a form as ``NAME:LOW:HIGH``."""
    return typer.Option(parser=span(form), metavar=form, help=help, autocompletion=axes_that_begin)


def outcome_names() -> Sequence[str]:
    """Return the names of all outcomes."""
    from sim.results.outcomes import OUTCOMES

    return tuple(OUTCOMES)


def yes_or_no_names() -> Sequence[str]:
    """Return the names of outcomes that a run has or has not."""
    from sim.results.outcomes import YES_OR_NO

    return YES_OR_NO


_MEMORY = "a run's weekly table has to fit into memory"
_WORKERS = "a thread or process each"
_OUT = typer.Option(
    "--out", metavar="PLACE", help="Where results are written: a folder; a file for what is a single file."
)

# --- what many commands share: one name, one meaning, one help, one check ---------------------------------------------

Organisation = Annotated[
    Path | None, typer.Option("--organisation", metavar="DIR", help="Folder with people.csv: your own organisation.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Change a parameter or a key of the scenario; may be repeated.",
        autocompletion=settings_that_begin,
    ),
]
Own = Annotated[
    list[Path] | None,
    typer.Option(
        "--with", metavar="FILE", help="Python file with rules, measures or interventions of your own; may be repeated."
    ),
]
Replicates = Annotated[int, replicates_option(1, MOST_REPLICATES, _MEMORY)]
Seed = Annotated[int, seed_option(_HIGHEST_SEED, "as many as the generators tell apart")]
Workers = Annotated[
    int | None,
    count_option("Runs at once.", 1, MOST_AT_ONCE, "--workers", why=_WORKERS, show_default="as many as processors"),
]
Out = Annotated[Path | None, _OUT]
Csv = Annotated[bool, typer.Option("--csv", help="Write the weekly data as weekly.csv there, too.")]
OutPlace = Annotated[Path, _OUT]
Force = Annotated[bool, typer.Option("--force", help="Replace earlier results there.")]
Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON, for programs.")]

SHARED = ("--organisation", "--set", "--with", "--replicates", "--seed", "--workers", "--out", "--force", "--json")
"""Names of the options that are declared here once for all commands."""

# --- what some commands share -----------------------------------------------------------------------------------------

Weeks = Annotated[
    int | None,
    count_option("Weeks of the run.", 1, 10_000, why="two hundred years at most", show_default="as in the scenario"),
]
WithRange = Annotated[
    bool,
    typer.Option(
        "--range", help="Say what answers rest on, too: run each scenario at 64 draws of what nobody has measured."
    ),
]
RangeRuns = Annotated[
    Path,
    typer.Option(
        "--range-runs", metavar="DIR",
        help="Folder that keeps the runs of --range; the same command goes on where it was stopped.",
    ),
]  # fmt: skip
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print the answer alone: the verdict and its numbers.")]
Dask = Annotated[
    str | None, typer.Option(parser=scheduler, metavar="ADDRESS", help='Address of a Dask scheduler, or "local".')
]
Processes = Annotated[bool, typer.Option("--processes", help="Processes instead of threads.")]
Retry = Annotated[bool, typer.Option("--retry", help="Run those again that failed before.")]
