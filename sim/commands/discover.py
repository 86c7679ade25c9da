"""``cultureshift discover``: under which conditions a programme fails."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.base.extras import require
from sim.commands.answers import answer_names, worked, write_answers
from sim.commands.completing import conditions_that_begin
from sim.commands.console import reporting_faults
from sim.commands.judging import judging, within
from sim.commands.options import (
    Dask,
    Force,
    Json,
    Organisation,
    OutPlace,
    Own,
    Processes,
    Replicates,
    Retry,
    Seed,
    Settings,
    Workers,
    choice_option,
    count_option,
    scenario_argument,
    yes_or_no_names,
)
from sim.commands.preparing import asked_scenario, own_rulebook
from sim.commands.study import check_engine

__all__ = ["discover"]


@reporting_faults
def discover(
    context: typer.Context,
    scenario: Annotated[str, scenario_argument("name of a shipped scenario, or a file")] = "internal-capacity",
    outcome: Annotated[str, choice_option("what a run may fail", ask=yes_or_no_names)] = "persists",
    condition: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=LOW:HIGH",
            help="range of a parameter, instead of the usual ones; may be repeated",
            autocompletion=conditions_that_begin,
        ),
    ] = None,
    points: Annotated[
        int, count_option("combinations of conditions to try", 60, 1_000_000, why="a third is held back to check")
    ] = 384,
    replicates: Replicates = 8,
    seed: Seed = 1,
    organisation: Organisation = None,
    settings: Settings = None,
    own: Own = None,
    out: OutPlace = Path("discovery"),
    workers: Workers = None,
    dask: Dask = None,
    processes: Processes = False,
    retry: Retry = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Find the combinations of conditions under which a programme fails, in words.

    A search that was stopped goes on where it was.
    """
    # Long by its options, which stand nowhere else.
    require("discover")
    from sim.commands.study_folder import StudyFolder
    from sim.plots.study_pages import discovery_page
    from sim.results.outcomes import OUTCOMES, weeks_needed
    from sim.results.store import Keep
    from sim.study.discovery import CONDITIONS, conditions_in, discovery_title
    from sim.study.discovery import discover as find_conditions
    from sim.study.points import check_chance_events
    from sim.study.telling import discovery_rows, tell_discovery

    rulebook = own_rulebook(own)
    with judging() as judge:
        judge(check_engine, dask, processes)
        judge(within, "--replicates", replicates, 1, 10_000, "of each of the points")
        judge(check_chance_events, points, replicates)
        ranges = judge(conditions_in, condition, rulebook) if condition else CONDITIONS
        loaded = judge(asked_scenario, scenario, settings, organisation, None, rulebook)
        if loaded is not None:
            judge(weeks_needed, loaded, OUTCOMES[outcome])
        title = None if loaded is None else discovery_title(loaded)
        names = answer_names("discovery", "boxes")
        place = StudyFolder(out, names, force, title=title, keep=Keep(), own=rulebook.recorded)
        judge(place.check)
    asked = (loaded, OUTCOMES[outcome], ranges, points, replicates, seed)
    result = worked(
        lambda options: find_conditions(*asked, options=options),
        context, out, workers, dask, processes, retry, force,
    )  # fmt: skip
    write_answers(
        place, "discovery", tell_discovery(result), {"boxes": discovery_rows(result)}, discovery_page(result),
        "When does it fail?", loaded, as_json,
    )  # fmt: skip
