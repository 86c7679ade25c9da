"""``cultureshift check``: what is wrong with scenario files, all at once."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.commands.console import complain, reporting_faults, say

__all__ = ["check"]


@reporting_faults
def check(
    files: Annotated[list[str], typer.Argument(help="Scenario files, or names of shipped scenarios.")],
) -> None:
    """Check scenario files for faults."""
    from sim.inputs.scenario.files import check_file

    faults = []
    for file in files:
        found = check_file(file)
        faults += [str(fault) for fault in found]
        if not found:
            say(f"{file}: no faults")
    if faults:
        complain([*faults, f"{len(faults)} fault{'s' if len(faults) > 1 else ''} found"])
