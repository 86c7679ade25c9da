"""``cultureshift parameters``: every number of the model, and how well it is known."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.base.errors import InputError, nearest_name
from sim.commands.completing import parameters_that_begin
from sim.commands.console import paragraph, print_table, reporting_faults, say, say_json
from sim.commands.options import Json, Own
from sim.commands.preparing import own_rulebook

__all__ = ["parameters"]


@reporting_faults
def parameters(
    name: Annotated[
        str | None,
        typer.Argument(help="A parameter, to see all that is declared about it.", autocompletion=parameters_that_begin),
    ] = None,
    own: Own = None,
    as_json: Json = False,
) -> None:
    """List the parameters, or describe one."""
    from dataclasses import asdict

    declared = own_rulebook(own).parameters
    if name is not None and name not in declared:
        raise InputError.single("parameters", "the name of a parameter", f'"{name}"', nearest_name(name, declared))
    if as_json:
        say_json([asdict(one) for one in declared.values() if name in (None, one.name)])
        return
    if name is None:
        for group in dict.fromkeys(one.group for one in declared.values()):
            say(group.capitalize(), bold=True)
            members = [one for one in declared.values() if one.group == group]
            rows = [
                (one.name, f"{one.default:g}", f"{one.plausible[0]:g} to {one.plausible[1]:g}", one.unit, one.grade)
                for one in members
            ]
            print_table(("name", "default", "plausible", "unit", "known"), rows, numbers_from=len(rows[0]))
            say()
        return
    one = declared[name]
    say(f"{one.name} ({one.symbol})", bold=True)
    paragraph(f"{one.meaning[0].upper()}{one.meaning[1:]}.")
    say(f"default    {one.default:g} {one.unit}")
    say(f"plausible  {one.plausible[0]:g} to {one.plausible[1]:g}")
    say(f"accepted   {one.lowest:g} to {one.highest:g}")
    say(f"known      {one.grade}; source: {one.source} (docs/evidence.md)")
    say(f"change it  cultureshift run SCENARIO --set {one.name}={one.default:g}")
