"""``cultureshift sensitivity``: what decides whether it lasts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands.answers import check_out, watched_steps, write_answers
from sim.commands.console import reporting_faults
from sim.commands.options import Force

__all__ = ["sensitivity"]


@reporting_faults
def sensitivity(
    scenario: Annotated[str, typer.Argument(help="name of a shipped scenario, or a file")] = "internal-capacity",
    outcome: Annotated[
        str, typer.Option(help="retained_4_years, gain_4_years, persists, half_life, peak_gain or holds")
    ] = "retained_4_years",
    method: Annotated[
        str, typer.Option(help="morris (screening alone), sobol or pawn (after the screening)")
    ] = "sobol",
    points: Annotated[int, typer.Option(help="parameter points for each step, at most")] = 768,
    replicates: Annotated[int, typer.Option(help="runs at each point, each with and without interventions")] = 4,
    seed: Annotated[int, typer.Option(help="seed of points, chance events and bootstrap")] = 1,
    threads: Annotated[int | None, typer.Option(help="points at once; as many as processors if left out")] = None,
    out: Annotated[Path, typer.Option(help="folder for the answer")] = Path("sensitivity"),
    force: Force = False,
) -> None:
    """Find what decides whether it lasts: screen all parameters, then weigh those that matter most."""
    from typing import cast, get_args

    from sim.base.errors import InputError, nearest_name
    from sim.inputs.scenario.files import load_scenario
    from sim.plots.study_pages import sensitivity_page
    from sim.study.outcomes import outcome_named
    from sim.study.sampling import plausible_ranges
    from sim.study.sensitivity import Method, analyse_sensitivity, points_of
    from sim.study.telling import driver_rows, tell_sensitivity

    if method not in get_args(Method):
        known = get_args(Method)
        raise InputError.single("--method", f"one of {', '.join(known)}", f'"{method}"', nearest_name(method, known))
    how = cast("Method", method)
    n_points = points_of(how, plausible_ranges(), points)
    check_out(out, force)
    with watched_steps() as report:
        result = analyse_sensitivity(
            load_scenario(scenario), outcome_named(outcome), how, points, replicates, seed, threads=threads,
            progress=lambda n: report("Parameter points", n, n_points),
        )  # fmt: skip
    figure = sensitivity_page(result)
    write_answers(
        out, "sensitivity", tell_sensitivity(result), {"drivers": driver_rows(result)}, figure, result.outcome.question
    )
