"""``cultureshift calibrate``: which parameter values are consistent with what was measured."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands.answers import check_out, watched_steps, write_answers
from sim.commands.console import reporting_faults
from sim.commands.options import Force

__all__ = ["calibrate"]


@reporting_faults
def calibrate(
    targets: Annotated[Path, typer.Argument(help='table of targets with errors; "patterns" for the shipped one')],
    fit: Annotated[str | None, typer.Option(help="names of the parameters to fit, with commas between them")] = None,
    scenario: Annotated[str | None, typer.Option(help="what had been done, for targets that do not say")] = None,
    points: Annotated[int, typer.Option(help="parameter points that the emulator learns from")] = 320,
    replicates: Annotated[int, typer.Option(help="runs at each point, of each scenario")] = 8,
    search: Annotated[int, typer.Option(help="points that a search for better values may try; 0 for none")] = 0,
    trials: Annotated[int, typer.Option(help="trials in which known values are to be found again; 0 for none")] = 0,
    seed: Annotated[int, typer.Option(help="seed of points, chance events and samples")] = 1,
    out: Annotated[Path, typer.Option(help="folder for the answer")] = Path("calibration"),
    force: Force = False,
) -> None:
    """Fit parameters to targets: bands, predictions checked by the model, and what cannot be known."""
    from sim.inputs.scenario.files import load_scenario, scenarios_folder
    from sim.plots.study_pages import calibration_page
    from sim.study.calibration import calibrate as fit_parameters
    from sim.study.calibration import read_targets
    from sim.study.telling import calibration_rows, tell_calibration

    path = targets
    if str(targets) == "patterns" and not targets.exists():
        path = scenarios_folder() / "targets" / "patterns.csv"
    found = read_targets(path, load_scenario(scenario) if scenario else None)
    names = None if fit is None else [name.strip() for name in fit.split(",") if name.strip()]
    check_out(out, force)
    with watched_steps() as report:
        result = fit_parameters(
            found, names, points, replicates, seed, n_trials=trials, n_searched=search, report=report
        )
    figure = calibration_page(result)
    write_answers(
        out, "calibration", tell_calibration(result), {"posterior": calibration_rows(result)}, figure,
        "What the targets say about the parameters",
    )  # fmt: skip
