"""The command ``cultureshift``: one file for each of its words.

To add a word: a file here with a function of the same name (an underscore for a hyphen), the name in :data:`WORDS`,
and an example in :data:`~sim.commands.examples.EXAMPLES`. A word imports what is heavy when it runs, so that
``cultureshift --help`` answers at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer
import typer.main

from sim.commands.console import interruptible, say, speaking
from sim.commands.examples import EXAMPLES
from sim.commands.judging import Command

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["WORDS", "application", "command", "main"]

WORDS = (
    "run",
    "compare",
    "scenarios",
    "check",
    "schema",
    "organisation",
    "parameters",
    "week",
    "rules",
    "validate",
    "meanfield",
    "sensitivity",
    "calibrate",
    "discover",
    "study",
    "map",
    "budget",
    "film",
    "lessons",
    "dashboard",
    "room",
    "play",
    "docs",
)
"""The words of the command, in the order of its help."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command, and leave Python with its exit code.

    Parameters
    ----------
    arguments : words after ``cultureshift``; those of the command line if left out
    """
    with speaking(), interruptible():
        command()(args=None if arguments is None else list(arguments), prog_name="cultureshift")


@cache
def command() -> Callable[..., None]:
    """Return the command as it is called; it is put together once, as that takes a tenth of a second."""
    return typer.main.get_command(application())


def application() -> typer.Typer:
    """Return the command with all its words."""
    app = typer.Typer(
        context_settings={"help_option_names": ["-h", "--help"]},
        help="See how a culture of psychological safety takes hold in a health-care service, or fades.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_root)
    for word in WORDS:
        function: Callable[..., None] | typer.Typer = getattr(import_module(f"{__name__}.{word}"), word)
        if isinstance(function, typer.Typer):
            app.add_typer(function, name=word, epilog=f"Example: {EXAMPLES[word]}")
        else:
            app.command(word.replace("_", "-"), cls=Command, epilog=f"Example: {EXAMPLES[word]}")(function)
    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        from sim.base.version import __version__

        say(f"cultureshift {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    pass
