"""``cultureshift discover``: under which conditions a programme fails."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.base.extras import require
from sim.commands.answers import answers_destination, watched_steps, write_answers
from sim.commands.console import reporting_faults
from sim.commands.judging import judging
from sim.commands.options import Force, Threads, choice_option, count_option, seed_option, yes_or_no_names

__all__ = ["discover"]


@reporting_faults
def discover(
    scenario: Annotated[str, typer.Argument(help="name of a shipped scenario, or a file")] = "internal-capacity",
    outcome: Annotated[str, choice_option("what a run may fail", ask=yes_or_no_names)] = "persists",
    condition: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=LOW:HIGH", help="range of a parameter, instead of the usual conditions; may be repeated"
        ),
    ] = None,
    points: Annotated[
        int, count_option("combinations of conditions to try", 60, 1_000_000, why="a third is held back to check")
    ] = 384,
    replicates: Annotated[
        int,
        count_option("runs of each, each with and without interventions", 1, 10_000, why="of each of the points"),
    ] = 8,
    seed: Annotated[int, seed_option("seed of combinations, chance events and bootstrap")] = 1,
    threads: Threads = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="folder for the answer")] = Path("discovery"),
    force: Force = False,
) -> None:
    """Find the combinations of conditions under which a programme fails, in words."""
    require("discover")
    from sim.inputs.scenario.files import load_scenario
    from sim.plots.study_pages import discovery_page
    from sim.results.outcomes import OUTCOMES, weeks_needed
    from sim.study.discovery import CONDITIONS, conditions_in
    from sim.study.discovery import discover as find_conditions
    from sim.study.telling import discovery_rows, tell_discovery

    destination = answers_destination(out, "discovery", ["boxes"], force)
    with judging() as judge:
        ranges = judge(conditions_in, condition) if condition else CONDITIONS
        loaded = judge(load_scenario, scenario)
        if loaded is not None:
            judge(weeks_needed, loaded, OUTCOMES[outcome])
        judge(destination.check)
    with watched_steps() as report:
        result = find_conditions(
            loaded, OUTCOMES[outcome], ranges, points, replicates, seed, threads=threads,
            progress=lambda n: report("Combinations of conditions", n, points),
        )  # fmt: skip
    figure = discovery_page(result)
    write_answers(
        destination, "discovery", tell_discovery(result), {"boxes": discovery_rows(result)}, figure,
        "When does it fail?",
    )  # fmt: skip
