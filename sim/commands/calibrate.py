"""``cultureshift calibrate``: which parameter values are consistent with what was measured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.base.extras import require
from sim.commands.answers import answers_destination, watched_steps, write_answers
from sim.commands.console import reporting_faults
from sim.commands.judging import judging, within
from sim.commands.options import Force, OutPlace, Own, Replicates, Seed, count_option
from sim.commands.preparing import own_rulebook

if TYPE_CHECKING:
    from sim.rulebook.rulebook import Rulebook

__all__ = ["calibrate"]

_HIGHEST_SEED = 2**31 - 1
"""Seeds beside it are used as well."""


@reporting_faults
def calibrate(
    targets: Annotated[Path, typer.Argument(help='table of targets with errors; "patterns" for the shipped one')],
    fit: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="names of the parameters to fit, with commas between them"),
    ] = None,
    scenario: Annotated[str | None, typer.Option(help="what had been done, for targets that do not say")] = None,
    points: Annotated[
        int,
        count_option("parameter points that the emulator learns from", 20, 100_000, why="an emulator needs some"),
    ] = 320,
    replicates: Replicates = 8,
    search: Annotated[
        int,
        count_option(
            "points that a search for better values may try; 0 for none", 0, 100_000, why="each of them is run"
        ),
    ] = 0,
    trials: Annotated[
        int,
        count_option(
            "trials in which known values are to be found again; 0 for none", 0, 10_000, why="each is a calibration"
        ),
    ] = 0,
    seed: Seed = 1,
    own: Own = None,
    out: OutPlace = Path("calibration"),
    force: Force = False,
) -> None:
    """Fit parameters to targets: bands, predictions checked by the model, and what cannot be known."""
    require("calibrate")
    if search:
        require("calibrate --search")
    from sim.inputs.scenario.files import load_scenario, scenarios_folder
    from sim.plots.study_pages import calibration_page
    from sim.study.calibration import calibrate as fit_parameters
    from sim.study.calibration import read_targets
    from sim.study.telling import calibration_rows, tell_calibration

    path = targets
    if str(targets) == "patterns" and not targets.exists():
        path = scenarios_folder() / "targets" / "patterns.csv"
    rulebook = own_rulebook(own)
    destination = answers_destination(out, "calibration", ["posterior"], force)
    with judging() as judge:
        judge(within, "--replicates", replicates, 2, 10_000, "one run says nothing about chance")
        judge(within, "--seed", seed, 0, _HIGHEST_SEED, "seeds beside it are used as well")
        names = judge(_names, fit, rulebook)
        done = None if scenario is None else judge(load_scenario, scenario, rulebook)
        if scenario is None or done is not None:
            found = judge(read_targets, path, done, rulebook)
        judge(destination.check)
    with watched_steps() as report:
        result = fit_parameters(
            found, names, points, replicates, seed, n_trials=trials, n_searched=search, report=report
        )
    figure = calibration_page(result)
    write_answers(
        destination, "calibration", tell_calibration(result), {"posterior": calibration_rows(result)}, figure,
        "What the targets say about the parameters", found[0].scenario,
    )  # fmt: skip


def _names(fit: str | None, rulebook: Rulebook) -> list[str] | None:
    """Return the parameters to fit; None for the usual ones.

    Raises
    ------
    InputError : there is none, or not all of them are parameters
    """
    from sim.base.errors import InputError
    from sim.study.sampling import plausible_ranges

    if fit is None:
        return None
    names = [name.strip() for name in fit.split(",") if name.strip()]
    if not names:
        hint = "leave --fit out to fit the usual ones"
        raise InputError.single("--fit", "names of parameters, with commas between them", f'"{fit}"', hint)
    plausible_ranges(names, rulebook=rulebook)
    return names
