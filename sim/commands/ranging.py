"""``--range``: what an answer rests on, found by running its scenario over what nobody has measured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sim.commands.answers import worked

if TYPE_CHECKING:
    from sim.commands.study_folder import StudyFolder
    from sim.inputs.scenario.description import Scenario
    from sim.results.ensemble import PairedEnsemble
    from sim.results.ranges import ScenarioRange
    from sim.rulebook.rulebook import Rulebook

__all__ = ["RANGE_RUNS", "range_folder", "range_found", "range_made"]

RANGE_RUNS = Path("range-runs")
"""Where the runs of ranges are kept if nothing else is said."""


def range_folder(runs: Path, arm: Scenario, force: bool, rulebook: Rulebook) -> StudyFolder:
    """Return the folder that keeps the runs of a scenario's range."""
    from sim.commands.study_folder import StudyFolder
    from sim.results.store import Keep
    from sim.study.ranges import range_title

    return StudyFolder(runs / arm.name, (), force, title=range_title(arm), keep=Keep(), own=rulebook.recorded)


def range_found(
    paired: PairedEnsemble, context: typer.Context, runs: Path, force: bool, rulebook: Rulebook, workers: int | None
) -> ScenarioRange | None:
    """Return what an answer rests on; what is kept of a shipped scenario is not run again."""
    from sim.commands.run import kept_ranges

    if (kept := kept_ranges([paired])[0]) is not None:
        return kept
    asked = (paired.arm.scenario, paired.baseline.scenario, paired.judged_from)
    return range_made(*asked, context, runs, force, rulebook, workers)


def range_made(
    arm: Scenario,
    other: Scenario,
    judged_from: int | None,
    context: typer.Context,
    runs: Path,
    force: bool,
    rulebook: Rulebook,
    workers: int | None,
) -> ScenarioRange:
    """Return the range of a scenario, running what is missing of it."""
    from sim.study.ranges import range_of

    folder = range_folder(runs, arm, force, rulebook)
    folder.check()
    return worked(
        lambda options: range_of(arm, other, judged_from=judged_from, options=options),
        context, folder.folder, workers, None, False, False, force,
    )  # fmt: skip
