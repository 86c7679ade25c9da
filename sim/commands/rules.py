"""``cultureshift rules``: hold rules, measures and kinds of intervention from outside the package to their contract."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands.console import (
    complain,
    keeping_streams,
    notice,
    reporting_faults,
    say,
    say_if_it_takes_long,
    say_json,
)
from sim.commands.judging import Command
from sim.commands.options import Json, Quiet

if TYPE_CHECKING:
    from sim.validation.contract.own_file import FileReport

__all__ = ["rules"]

rules = typer.Typer(no_args_is_help=True, help="Check rules, measures and kinds of intervention of your own.")


@rules.callback()
def about() -> None:
    """Check rules, measures and kinds of intervention of your own."""


@rules.command("check", cls=Command)
@reporting_faults
def check(
    files: Annotated[list[Path], typer.Argument(help="Python files that declare rules, measures or interventions.")],
    compiled: Annotated[bool, typer.Option(help="Compile the week with the rules as well (about a minute).")] = True,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Hold what a file declares to the contract: the file is executed, and its rules are tried in small worlds."""
    from sim.base.errors import InputError
    from sim.validation.contract.own_file import check_own_file

    is_silent = quiet or as_json
    if compiled and not is_silent:
        say_if_it_takes_long()
    reports: list[FileReport] = []
    faults: list[str] = []
    for file in files:
        try:
            with keeping_streams():
                report = check_own_file(file, compiled, lambda what: None if is_silent else notice(f"  trying {what}"))
        except InputError as error:
            faults += map(str, error.faults)
            continue
        reports.append(report)
        faults += map(str, report.faults)
        if not is_silent:
            _tell(report)
    if as_json:
        _tell_as_json(reports, faults)
    if faults:
        complain([*faults, f"{len(faults)} fault{'s' if len(faults) > 1 else ''} found"])
    if quiet and not as_json:
        say("No faults.")


def _tell(report: FileReport) -> None:
    for one in report.judgements:
        say(f"{report.file.name}: {one.what} {one.name}", bold=True)
        for promise, faults in one.promises.items():
            say(f"  {'no ' if faults else 'yes'}  {promise}")


def _tell_as_json(reports: list[FileReport], faults: list[str]) -> None:
    told = {"files": [report.as_json() for report in reports], "faults": faults}
    say_json(told)
