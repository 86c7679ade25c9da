"""``cultureshift sensitivity``: what decides whether it lasts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.base.extras import require
from sim.commands.answers import answers_destination, watched_steps, write_answers
from sim.commands.console import reporting_faults
from sim.commands.judging import judging
from sim.commands.options import Force, Threads, choice_option, count_option, outcome_names, seed_option

__all__ = ["sensitivity"]

METHODS = ("morris", "sobol", "pawn")


@reporting_faults
def sensitivity(
    scenario: Annotated[str, typer.Argument(help="name of a shipped scenario, or a file")] = "internal-capacity",
    outcome: Annotated[str, choice_option("what is asked for", ask=outcome_names)] = "retained_4_years",
    method: Annotated[
        str, choice_option("morris (screening alone), sobol or pawn (after the screening)", *METHODS)
    ] = "sobol",
    points: Annotated[
        int, count_option("parameter points for each step, at most", 1, 1_000_000, why="each of them is run")
    ] = 768,
    replicates: Annotated[
        int,
        count_option("runs at each point, each with and without interventions", 1, 10_000, why="at each of the points"),
    ] = 4,
    seed: Annotated[int, seed_option("seed of points, chance events and bootstrap")] = 1,
    threads: Threads = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="folder for the answer")] = Path("sensitivity"),
    force: Force = False,
) -> None:
    """Find what decides whether it lasts: screen all parameters, then weigh those that matter most."""
    require("sensitivity")
    from typing import cast

    from sim.inputs.scenario.files import load_scenario
    from sim.plots.study_pages import sensitivity_page
    from sim.results.outcomes import outcome_named, weeks_needed
    from sim.study.sampling import plausible_ranges
    from sim.study.sensitivity import Method, analyse_sensitivity, check_points, points_of
    from sim.study.telling import driver_rows, tell_sensitivity

    how, asked, ranges = cast("Method", method), outcome_named(outcome), plausible_ranges()
    destination = answers_destination(out, "sensitivity", ["drivers"], force)
    with judging() as judge:
        judge(check_points, how, ranges, points)
        loaded = judge(load_scenario, scenario)
        if loaded is not None:
            judge(weeks_needed, loaded, asked)
        judge(destination.check)
    n_points = points_of(how, ranges, points)
    with watched_steps() as report:
        result = analyse_sensitivity(
            loaded, asked, how, points, replicates, seed, threads=threads,
            progress=lambda n: report("Parameter points", n, n_points),
        )  # fmt: skip
    figure = sensitivity_page(result)
    write_answers(
        destination, "sensitivity", tell_sensitivity(result), {"drivers": driver_rows(result)}, figure,
        result.outcome.question,
    )  # fmt: skip
