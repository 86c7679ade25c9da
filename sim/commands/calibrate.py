"""``cultureshift calibrate``: which parameter values are consistent with what was measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.base.extras import require
from sim.base.files import write_whole
from sim.commands.answers import answer_names, worked, write_answers
from sim.commands.completing import lists_of_parameters_that_begin, scenarios_that_begin
from sim.commands.console import notice, reporting_faults
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
    Workers,
    count_option,
)
from sim.commands.preparing import own_rulebook
from sim.commands.study import check_engine

if TYPE_CHECKING:
    from sim.commands.study_folder import StudyFolder
    from sim.rulebook.rulebook import Rulebook
    from sim.study.calibration import CalibrationTarget

__all__ = ["calibrate"]

_EACH_IS_RUN = "each of them is run"
_NOTHING_DONE = "control-and-assurance"
_WEEKS_OF_WAVES = 52 * 40
"""Longer than anybody has held the same survey."""

_HIGHEST_SEED = 2**31 - 1
"""Seeds beside it are used as well."""


@reporting_faults
def calibrate(
    context: typer.Context,
    targets: Annotated[
        Path | None,
        typer.Argument(
            help='table of targets with errors; "patterns" for the shipped one; the survey waves of --organisation if '
            "left out",
            show_default=False,
        ),
    ] = None,
    fit: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="names of the parameters to fit, with commas between them",
            autocompletion=lists_of_parameters_that_begin,
        ),
    ] = None,
    scenario: Annotated[
        str | None,
        typer.Option(help="what had been done, for targets that do not say", autocompletion=scenarios_that_begin),
    ] = None,
    organisation: Organisation = None,
    points: Annotated[
        int, count_option("parameter points that the emulator learns from", 20, 100_000, why="an emulator needs some")
    ] = 320,
    replicates: Replicates = 8,
    search: Annotated[
        int, count_option("points that a search for better values may try; 0 for none", 0, 100_000, why=_EACH_IS_RUN)
    ] = 0,
    trials: Annotated[
        int, count_option("trials with known values, to be found again; 0 for none", 0, 10_000, why="they take long")
    ] = 0,
    seed: Seed = 1,
    own: Own = None,
    out: OutPlace = Path("calibration"),
    workers: Workers = None,
    dask: Dask = None,
    processes: Processes = False,
    retry: Retry = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Fit parameters to targets: bands, predictions checked by the model, and what cannot be known.

    A calibration that was stopped goes on where it was.
    """
    # Long by its options, which stand nowhere else.
    _require_packages(search)
    from sim.plots.study_pages import calibration_page
    from sim.study.calibration import calibrate as fit_parameters
    from sim.study.points import check_chance_events
    from sim.study.telling import calibration_rows, tell_calibration

    path, rulebook = _file_of(targets, organisation), own_rulebook(own)
    with judging() as judge:
        judge(check_engine, dask, processes)
        judge(within, "--replicates", replicates, 2, 10_000, "one run says nothing about chance")
        judge(within, "--seed", seed, 0, _HIGHEST_SEED, "seeds beside it are used as well")
        judge(check_chance_events, max(points, search), replicates)
        names = judge(_names, fit, rulebook)
        found = judge(_targets_in, path, scenario, organisation, rulebook)
        recorded = judge(_recorded_in, organisation, rulebook)
        place = _folder(out, force, path.stem, found, rulebook)
        judge(place.check)
    if organisation is not None:
        found = _settled_there(found, organisation, out)
    result = worked(
        lambda options: fit_parameters(
            found, names, points, replicates, seed, n_trials=trials, n_searched=search, source=path.stem,
            recorded=recorded, options=options,
        ),
        context, out, workers, dask, processes, retry, force,
    )  # fmt: skip
    write_answers(
        place, "calibration", tell_calibration(result), {"posterior": calibration_rows(result)},
        calibration_page(result), "What the targets say about the parameters", found[0].scenario, as_json,
    )  # fmt: skip


def _targets_in(
    path: Path, scenario: str | None, organisation: Path | None, rulebook: Rulebook
) -> list[CalibrationTarget]:
    """Return the targets of a file, of which some may be about a scenario that it does not name.

    Of an organisation's own waves nothing is known to have been done where nobody says so.
    """
    from sim.inputs.scenario.files import load_scenario
    from sim.inputs.tables import read_organisation
    from sim.study.calibration import read_targets

    if organisation is not None:
        read_organisation(organisation)
        if scenario is None:
            notice("Nothing is taken to have been done since the first wave; --scenario NAME says what was.")
            scenario = _NOTHING_DONE
    done = None if scenario is None else load_scenario(scenario, rulebook)
    if done is not None and organisation is not None:
        done = done.replace(weeks=max(done.weeks, _WEEKS_OF_WAVES))
    return read_targets(path, done, rulebook)


def _recorded_in(organisation: Path | None, rulebook: Rulebook) -> dict[str, tuple[float, float]]:
    """Return the intervals of parameters that an organisation's own records tell, and say that they are varied."""
    from sim.inputs.imports import ranges_of_records, read_numbers

    if organisation is None:
        return {}
    recorded = ranges_of_records(read_numbers(organisation, rulebook), rulebook)
    for name, (low, high) in recorded.items():
        notice(f"{name} goes through what your records tell, {low:.3g} to {high:.3g}, beside what is fitted.")
    return recorded


def _settled_there(targets: list[CalibrationTarget], organisation: Path, out: Path) -> list[CalibrationTarget]:
    """Return targets about an organisation whose culture has settled by itself before the first of them.

    Its last survey is what is to be found, and no start: so a copy without it is kept beside the runs.
    """
    from sim.commands.study_folder import OWN_TABLES
    from sim.inputs.tables import read_organisation

    settled = out / OWN_TABLES
    settled.mkdir(parents=True, exist_ok=True)
    for name in ("people.csv", "ties.csv"):
        if (organisation / name).exists():
            write_whole(settled / name, (organisation / name).read_bytes())
        else:
            (settled / name).unlink(missing_ok=True)
    read_organisation(settled)
    tables = str(settled.resolve())
    return [
        replace(
            target,
            scenario=target.scenario.replace(tables=tables),
            share_of=None if target.share_of is None else target.share_of.replace(tables=tables),
        )
        for target in targets
    ]


def _folder(
    out: Path, force: bool, source: str, targets: list[CalibrationTarget] | None, rulebook: Rulebook
) -> StudyFolder:
    """Return the folder of a calibration to targets; None if these are not known."""
    from sim.commands.study_folder import StudyFolder
    from sim.study.calibration import calibration_title, kept_of_runs

    keep = kept_of_runs(targets) if targets else None
    names = answer_names("calibration", "posterior")
    title = calibration_title(source)
    return StudyFolder(out, names, force, title=title, keep=keep, own=rulebook.recorded)


def _require_packages(search: int) -> None:
    """Make sure that the packages are there that a calibration takes."""
    require("calibrate")
    if search:
        require("calibrate --search")


def _file_of(targets: Path | None, organisation: Path | None) -> Path:
    """Return the file of targets; the shipped one by its name, an organisation's own where none is named.

    Raises
    ------
    InputError : neither is there
    """
    from sim.base.errors import InputError
    from sim.inputs.imports import WAVES
    from sim.inputs.scenario.files import scenarios_folder

    if targets is None:
        if organisation is None:
            hint = "cultureshift calibrate patterns, or --organisation DIR with the waves of your own survey"
            raise InputError.single("calibrate", "a table of targets, or --organisation DIR", "neither", hint)
        if not (organisation / WAVES).exists():
            wanted = f"{WAVES}, which an import writes of a survey of two or more dates"
            hint = "import all waves together: cultureshift organisation import FILE... --out DIR"
            raise InputError.single(str(organisation), wanted, "none", hint)
        return organisation / WAVES
    is_shipped = str(targets) == "patterns" and not targets.exists()
    return scenarios_folder() / "targets" / "patterns.csv" if is_shipped else targets


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
