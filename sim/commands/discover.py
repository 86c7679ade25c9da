"""``cultureshift discover``: under which conditions a programme fails."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.base.extras import require
from sim.commands.answers import answer_names, worked, write_answers
from sim.commands.console import reporting_faults
from sim.commands.judging import judging
from sim.commands.options import Dask, Force, Processes, Retry, Workers, choice_option, count_option, seed_option
from sim.commands.study import check_engine

__all__ = ["discover"]


@reporting_faults
def discover(
    context: typer.Context,
    scenario: Annotated[str, typer.Argument(help="name of a shipped scenario, or a file")] = "internal-capacity",
    outcome: Annotated[str, choice_option("what a run may fail", "persists", "holds")] = "persists",
    condition: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=LOW:HIGH", help="range of a parameter, instead of the usual ones; may be repeated"),
    ] = None,
    points: Annotated[
        int, count_option("combinations of conditions to try", 60, 1_000_000, why="a third is held back to check")
    ] = 384,
    replicates: Annotated[
        int,
        count_option("runs of each, each with and without interventions", 1, 10_000, why="of each of the points"),
    ] = 8,
    seed: Annotated[int, seed_option("seed of combinations, chance events and bootstrap")] = 1,
    out: Annotated[Path, typer.Option(metavar="DIR", help="folder for runs and answer")] = Path("discovery"),
    workers: Workers = None,
    dask: Dask = None,
    processes: Processes = False,
    retry: Retry = False,
    force: Force = False,
) -> None:
    """Find the combinations of conditions under which a programme fails, in words.

    A search that was stopped goes on where it was.
    """
    require("discover")
    if dask is not None:
        require("--dask")
    from sim.commands.study_folder import StudyFolder
    from sim.inputs.scenario.files import load_scenario
    from sim.plots.study_pages import discovery_page
    from sim.results.store import Keep
    from sim.study.discovery import CONDITIONS, conditions_in, discovery_title
    from sim.study.discovery import discover as find_conditions
    from sim.study.outcomes import OUTCOMES, weeks_needed
    from sim.study.points import check_chance_events
    from sim.study.telling import discovery_rows, tell_discovery

    with judging() as judge:
        judge(check_engine, dask, processes)
        judge(check_chance_events, points, replicates)
        ranges = judge(conditions_in, condition) if condition else CONDITIONS
        loaded = judge(load_scenario, scenario)
        if loaded is not None:
            judge(weeks_needed, loaded, OUTCOMES[outcome])
        title = None if loaded is None else discovery_title(loaded)
        place = StudyFolder(out, answer_names("discovery", "boxes"), force, title=title, keep=Keep())
        judge(place.check)
    place.begin()
    asked = (loaded, OUTCOMES[outcome], ranges, points, replicates, seed)
    result = worked(
        lambda options: find_conditions(*asked, options=options), context, out, workers, dask, processes, retry
    )
    write_answers(
        place, "discovery", tell_discovery(result), {"boxes": discovery_rows(result)}, discovery_page(result),
        "When does it fail?",
    )  # fmt: skip
