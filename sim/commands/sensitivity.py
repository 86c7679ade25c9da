"""``cultureshift sensitivity``: what decides whether it lasts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.base.extras import require
from sim.commands.answers import answer_names, worked, write_answers
from sim.commands.console import reporting_faults
from sim.commands.judging import judging
from sim.commands.options import (
    Dask,
    Force,
    Json,
    Organisation,
    OutPlace,
    Own,
    Processes,
    Retry,
    Seed,
    Settings,
    Workers,
    choice_option,
    count_option,
    outcome_names,
    replicates_option,
    scenario_argument,
)
from sim.commands.preparing import asked_scenario, own_rulebook
from sim.commands.study import check_engine

__all__ = ["sensitivity"]

METHODS = ("morris", "sobol", "pawn")

FEWEST_POINTS = 760
"""Of each step, with the parameters of the package alone: the help says it without counting them."""

USUAL_POINTS = 768


@reporting_faults
def sensitivity(
    context: typer.Context,
    scenario: Annotated[str, scenario_argument("name of a shipped scenario, or a file")] = "internal-capacity",
    outcome: Annotated[str, choice_option("what is asked for", ask=outcome_names)] = "gain_4_years",
    method: Annotated[
        str, choice_option("morris (screening alone), sobol or pawn (after the screening)", *METHODS)
    ] = "sobol",
    points: Annotated[
        int | None,
        count_option(
            "parameter points for each step, at most; parameters of your own need more",
            1,
            1_000_000,
            why="each of them is run",
            told=FEWEST_POINTS,
            show_default=f"{USUAL_POINTS}, or as many as parameters of your own need",
        ),
    ] = None,
    replicates: Annotated[int, replicates_option(1, 10_000, "at each of the points")] = 4,
    seed: Seed = 1,
    organisation: Organisation = None,
    settings: Settings = None,
    own: Own = None,
    out: OutPlace = Path("sensitivity"),
    workers: Workers = None,
    dask: Dask = None,
    processes: Processes = False,
    retry: Retry = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Find what decides whether it lasts: screen all parameters, then weigh those that matter most.

    An analysis that was stopped goes on where it was.
    """
    # Long by its options, which stand nowhere else.
    require("sensitivity")
    from typing import cast

    from sim.commands.study_folder import StudyFolder
    from sim.plots.study_pages import sensitivity_page
    from sim.results.outcomes import outcome_named, weeks_needed
    from sim.results.store import Keep
    from sim.study.sampling import plausible_ranges
    from sim.study.sensitivity import Method, analyse_sensitivity, check_points, fewest_points, sensitivity_title
    from sim.study.telling import driver_rows, tell_sensitivity

    rulebook = own_rulebook(own)
    how, asked, ranges = cast("Method", method), outcome_named(outcome), plausible_ranges(rulebook=rulebook)
    n_points = max(USUAL_POINTS, fewest_points(how, len(ranges))) if points is None else points
    with judging() as judge:
        judge(check_engine, dask, processes)
        judge(check_points, how, ranges, n_points, replicates)
        loaded = judge(asked_scenario, scenario, settings, organisation, None, rulebook)
        if loaded is not None:
            judge(weeks_needed, loaded, asked)
        title = None if loaded is None else sensitivity_title(loaded)
        names = answer_names("sensitivity", "drivers")
        place = StudyFolder(out, names, force, title=title, keep=Keep(), own=rulebook.recorded)
        judge(place.check)
    result = worked(
        lambda options: analyse_sensitivity(loaded, asked, how, n_points, replicates, seed, options=options),
        context, out, workers, dask, processes, retry, force,
    )  # fmt: skip
    write_answers(
        place, "sensitivity", tell_sensitivity(result), {"drivers": driver_rows(result)}, sensitivity_page(result),
        result.outcome.question, loaded, as_json,
    )  # fmt: skip
