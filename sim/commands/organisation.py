"""``cultureshift organisation``: tables of who works where, to start from and to look at."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands.completing import scenarios_that_begin
from sim.commands.console import notice, reporting_faults, say, say_if_it_takes_long
from sim.commands.import_organisation import import_command
from sim.commands.judging import Command, judging
from sim.commands.options import Force

if TYPE_CHECKING:
    from sim.inputs.organisation import Organisation

__all__ = ["organisation"]

organisation = typer.Typer(
    help="Tables of your own organisation.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@organisation.command(cls=Command)
@reporting_faults
def template(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write people.csv and its README.md.")],
    scenario: Annotated[
        str | None,
        typer.Option(
            help="Write the organisation of this scenario.",
            autocompletion=scenarios_that_begin,
            show_default="a made-up one",
        ),
    ] = None,
    force: Force = False,
) -> None:
    """Write a made-up organisation, to be replaced.

    Its tables have the columns that your own need.
    """
    from sim.base.destination import FolderDestination
    from sim.inputs.organisation import OrganisationShape, generate
    from sim.inputs.scenario.description import build_organisation
    from sim.inputs.scenario.files import load_scenario
    from sim.inputs.tables import TABLES, write_organisation

    destination = FolderDestination(folder, (*TABLES, "README.md"), force, option="the template")
    with judging() as judge:
        loaded = None if scenario is None else judge(load_scenario, scenario)
        judge(destination.check)
    made_up = generate(OrganisationShape()) if loaded is None else build_organisation(loaded)
    with destination.writing(["cultureshift", *sys.argv[1:]]) as staged:
        names = [path.name for path in write_organisation(made_up, staged)]
    for name in names:
        say(f"Written: {folder / name}")
    say(f"Edit them, then:  cultureshift organisation check {folder}")


organisation.command("import", cls=Command)(import_command)


@organisation.command(cls=Command)
@reporting_faults
def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder with people.csv.")],
) -> None:
    """Check tables, and say what was understood."""
    from sim.inputs.tables import read_organisation

    found = read_organisation(folder)
    for line in _described(found):
        say(line)
    for text in found.notices:
        notice(text)
    if found.scores is not None:
        for text in _start_beside_survey(found):
            say(text)
    say(f"Run it with:  cultureshift run shoestring-year --organisation {folder}")


def _start_beside_survey(found: Organisation) -> list[str]:
    """Say where the model starts, beside what was entered, and where it drifts while nothing is done."""
    from sim.results.own_start import MOST_STAFF, start_beside_survey

    if found.n_staff > MOST_STAFF:
        return [f"start: not compared with the survey, as there are more than {MOST_STAFF:,} staff"]
    say_if_it_takes_long()
    start = start_beside_survey(found)
    if start is None:
        return []
    what = "feel safe, in 100 staff" if start.is_share else "feel safe, mean of 100"
    drift = start.drift
    told = f"{100 * drift.estimate:+.1f} ({100 * drift.low:+.1f} to {100 * drift.high:+.1f})"
    beside = f"the survey says {100 * start.entered:.1f} of the {start.n_entered:,} it tells of"
    return [
        f"start: {100 * start.start.estimate:.1f} {what}, over {start.start.n} worlds; {beside}",
        f"drift: {told} in a year in which nothing is done: where the model goes from there by itself, and no forecast",
    ]


def _described(found: Organisation) -> list[str]:
    import numpy as np

    from sim.inputs.organisation import STAFF_GROUP_NAMES

    sizes = found.team_sizes
    groups = np.bincount(found.staff_group, minlength=len(STAFF_GROUP_NAMES))
    said = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in zip(STAFF_GROUP_NAMES, groups, strict=True))
    lines = [
        f"{found.n_staff:,} staff in {found.n_teams:,} teams of {sizes.min()} to {sizes.max()}, "
        f"{found.n_services:,} service{'s' if found.n_services > 1 else ''}, {found.n_seniors:,} senior leaders",
        f"staff groups: {said}",
    ]
    if found.given_ties is not None:
        lines.append(f"ties: {len(found.given_ties.pairs):,} given")
    else:
        lines.append("ties: none given; they will be drawn")
    if found.scores is not None:
        n_known = int(np.isfinite(found.scores.safety).sum())
        lines.append(f"survey: safety of {n_known:,} staff known")
    else:
        lines.append("survey: none; the culture starts as it settles by itself")
    return lines
