"""``cultureshift discover``: under which conditions a programme fails."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.base.extras import require
from sim.commands.answers import answers_destination, watched_steps, write_answers
from sim.commands.console import reporting_faults
from sim.commands.judging import judging, within
from sim.commands.options import (
    Force,
    Organisation,
    OutPlace,
    Own,
    Replicates,
    Seed,
    Settings,
    Workers,
    choice_option,
    count_option,
)
from sim.commands.preparing import asked_scenario, own_rulebook

__all__ = ["discover"]


@reporting_faults
def discover(
    scenario: Annotated[str, typer.Argument(help="name of a shipped scenario, or a file")] = "internal-capacity",
    outcome: Annotated[str, choice_option("what a run may fail", "persists", "holds")] = "persists",
    condition: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=LOW:HIGH", help="range of a parameter, instead of the usual conditions; may be repeated"
        ),
    ] = None,
    points: Annotated[
        int, count_option("combinations of conditions to try", 60, 1_000_000, why="a third is held back to check")
    ] = 384,
    replicates: Replicates = 8,
    seed: Seed = 1,
    workers: Workers = None,
    organisation: Organisation = None,
    settings: Settings = None,
    own: Own = None,
    out: OutPlace = Path("discovery"),
    force: Force = False,
) -> None:
    """Find the combinations of conditions under which a programme fails, in words."""
    require("discover")
    from sim.plots.study_pages import discovery_page
    from sim.study.discovery import CONDITIONS, conditions_in
    from sim.study.discovery import discover as find_conditions
    from sim.study.outcomes import OUTCOMES, weeks_needed
    from sim.study.telling import discovery_rows, tell_discovery

    rulebook = own_rulebook(own)
    destination = answers_destination(out, "discovery", ["boxes"], force)
    with judging() as judge:
        ranges = judge(conditions_in, condition, rulebook) if condition else CONDITIONS
        judge(within, "--replicates", replicates, 1, 10_000, "of each of the points")
        loaded = judge(asked_scenario, scenario, settings, organisation, None, rulebook)
        if loaded is not None:
            judge(weeks_needed, loaded, OUTCOMES[outcome])
        judge(destination.check)
    with watched_steps() as report:
        result = find_conditions(
            loaded, OUTCOMES[outcome], ranges, points, replicates, seed, threads=workers,
            progress=lambda n: report("Combinations of conditions", n, points),
        )  # fmt: skip
    figure = discovery_page(result)
    write_answers(
        destination, "discovery", tell_discovery(result), {"boxes": discovery_rows(result)}, figure,
        "When does it fail?", loaded,
    )  # fmt: skip
