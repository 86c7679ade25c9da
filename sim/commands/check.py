"""``cultureshift check``: what is wrong with scenario files, all at once."""

from __future__ import annotations

from typing import Annotated

from sim.commands.console import complain, reporting_faults, say
from sim.commands.options import Own, scenario_argument
from sim.commands.preparing import own_rulebook

__all__ = ["check"]


@reporting_faults
def check(
    files: Annotated[list[str], scenario_argument("Scenario files, or names of shipped scenarios.")],
    own: Own = None,
) -> None:
    """Check scenario files for faults."""
    from sim.inputs.scenario.files import check_file

    faults = []
    rulebook = own_rulebook(own)
    for file in files:
        found = check_file(file, rulebook)
        faults += [str(fault) for fault in found]
        if not found:
            say(f"{file}: no faults")
    if faults:
        complain([*faults, f"{len(faults)} fault{'s' if len(faults) > 1 else ''} found"])
