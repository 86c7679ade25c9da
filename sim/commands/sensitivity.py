"""``cultureshift sensitivity``: what decides whether it lasts."""

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

__all__ = ["sensitivity"]

OUTCOMES = ("retained_4_years", "gain_4_years", "persists", "half_life", "peak_gain", "holds")
METHODS = ("morris", "sobol", "pawn")


@reporting_faults
def sensitivity(
    scenario: Annotated[str, typer.Argument(help="name of a shipped scenario, or a file")] = "internal-capacity",
    outcome: Annotated[str, choice_option("what is asked for", *OUTCOMES)] = "retained_4_years",
    method: Annotated[
        str, choice_option("morris (screening alone), sobol or pawn (after the screening)", *METHODS)
    ] = "sobol",
    points: Annotated[
        int, count_option("parameter points for each step, at most", 1, 1_000_000, why="each of them is run")
    ] = 768,
    replicates: Replicates = 4,
    seed: Seed = 1,
    workers: Workers = None,
    organisation: Organisation = None,
    settings: Settings = None,
    own: Own = None,
    out: OutPlace = Path("sensitivity"),
    force: Force = False,
) -> None:
    """Find what decides whether it lasts: screen all parameters, then weigh those that matter most."""
    require("sensitivity")
    from typing import cast

    from sim.plots.study_pages import sensitivity_page
    from sim.study.outcomes import outcome_named, weeks_needed
    from sim.study.sampling import plausible_ranges
    from sim.study.sensitivity import Method, analyse_sensitivity, check_points, points_of
    from sim.study.telling import driver_rows, tell_sensitivity

    rulebook = own_rulebook(own)
    how, asked, ranges = cast("Method", method), outcome_named(outcome), plausible_ranges(rulebook=rulebook)
    destination = answers_destination(out, "sensitivity", ["drivers"], force)
    with judging() as judge:
        judge(check_points, how, ranges, points)
        judge(within, "--replicates", replicates, 1, 10_000, "at each of the points")
        loaded = judge(asked_scenario, scenario, settings, organisation, None, rulebook)
        if loaded is not None:
            judge(weeks_needed, loaded, asked)
        judge(destination.check)
    n_points = points_of(how, ranges, points)
    with watched_steps() as report:
        result = analyse_sensitivity(
            loaded, asked, how, points, replicates, seed, threads=workers,
            progress=lambda n: report("Parameter points", n, n_points),
        )  # fmt: skip
    figure = sensitivity_page(result)
    write_answers(
        destination, "sensitivity", tell_sensitivity(result), {"drivers": driver_rows(result)}, figure,
        result.outcome.question, loaded,
    )  # fmt: skip
