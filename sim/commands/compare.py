"""``cultureshift compare``: scenarios side by side, on the same chance events."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands.answers import worked
from sim.commands.console import complain, notice, paragraph, print_table, reporting_faults, say
from sim.commands.judging import judging
from sim.commands.options import (
    Csv,
    Force,
    Json,
    Organisation,
    Out,
    Own,
    Quiet,
    Replicates,
    Seed,
    Settings,
    Weeks,
    Workers,
    scenario_argument,
)
from sim.commands.preparing import own_rulebook, prepare_pair, run_pairs

if TYPE_CHECKING:
    from sim.commands.study_folder import StudyFolder
    from sim.inputs.scenario.description import Scenario
    from sim.results.ensemble import PairedEnsemble
    from sim.results.ranges import ScenarioRange
    from sim.rulebook.rulebook import Rulebook

__all__ = ["compare", "print_comparison"]

MOST = 8
"""Scenarios side by side, at most: more cannot be told apart in a figure."""


_RANGE = "Say what the answers rest on, too: run each scenario at 64 draws of what nobody has measured."
_RANGE_RUNS = "Folder that keeps the runs of --range; the same command goes on where it was stopped."


@reporting_faults
def compare(
    context: typer.Context,
    scenarios: Annotated[
        list[str], scenario_argument("Two to eight scenarios; the others are held against the first. One with --range.")
    ],
    replicates: Replicates = 40,
    seed: Seed = 1,
    weeks: Weeks = None,
    organisation: Organisation = None,
    settings: Settings = None,
    own: Own = None,
    out: Out = None,
    csv: Csv = False,
    force: Force = False,
    workers: Workers = None,
    with_range: Annotated[bool, typer.Option("--range", help=_RANGE)] = False,
    range_runs: Annotated[Path, typer.Option("--range-runs", metavar="DIR", help=_RANGE_RUNS)] = Path("range-runs"),
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compare scenarios with the first of them.

    Differences are paired, run by run on the same chance events, with 95 % intervals.

    With --range: between which numbers each answer lies over what nobody has measured, beside what chance does to it.
    """
    from sim.commands.run import check_out, tell, write_files
    from sim.results.comparison import judged_alike

    if not (1 if with_range else 2) <= len(scenarios) <= MOST:
        complain([f"compare: wanted 2 to {MOST} scenarios, or one with --range, got {len(scenarios)}"])
    rulebook = own_rulebook(own)
    with judging() as judge:
        pairs = [judge(prepare_pair, name, settings, organisation, weeks, rulebook) for name in scenarios]
        judge(check_out, out, force, csv)
        if with_range:
            for arm, _ in filter(None, pairs):
                judge(_range_folder(range_runs, arm, force, rulebook).check)
    longest = max(arm.weeks for arm, _ in pairs)
    if any(arm.weeks < longest for arm, _ in pairs):
        notice(f"All scenarios are run for {longest} weeks, as long as the longest of them.")
    pairs = [(arm.replace(weeks=longest), other.replace(weeks=longest)) for arm, other in pairs]
    ran = judged_alike(run_pairs(pairs, replicates, seed, workers, quiet or as_json))
    ranges = [_range(paired, context, range_runs, force, rulebook, workers) for paired in ran] if with_range else None
    write_files(ran, out, force, csv, ranges)
    tell(ran, out, quiet, as_json, ranges)


def _range_folder(runs: Path, arm: Scenario, force: bool, rulebook: Rulebook) -> StudyFolder:
    """Return the folder that keeps the runs of a scenario's range."""
    from sim.commands.study_folder import StudyFolder
    from sim.results.store import Keep
    from sim.study.ranges import range_title

    return StudyFolder(runs / arm.name, (), force, title=range_title(arm), keep=Keep(), own=rulebook.recorded)


def _range(
    paired: PairedEnsemble, context: typer.Context, runs: Path, force: bool, rulebook: Rulebook, workers: int | None
) -> ScenarioRange:
    """Return what an answer rests on; what is kept of a shipped scenario is not run again."""
    from sim.commands.run import kept_ranges
    from sim.study.ranges import range_of

    arm, other = paired.arm.scenario, paired.baseline.scenario
    if (kept := kept_ranges([paired])[0]) is not None:
        return kept
    folder = _range_folder(runs, arm, force, rulebook)
    return worked(
        lambda options: range_of(arm, other, judged_from=paired.judged_from, options=options),
        context, folder.folder, workers, None, False, False, force,
    )  # fmt: skip


def print_comparison(
    ran: Sequence[PairedEnsemble],
    out: Path | None,
    quiet: bool = False,
    ranges: Sequence[ScenarioRange | None] = (),
) -> None:
    """Print what becomes of each scenario, how they differ from the first, and what that rests on where it is known."""
    from sim.commands.run import print_ranges, print_where
    from sim.report import against_what, compare_in_words, comparison_rows, judging_date
    from sim.results.comparison import letter

    if quiet:
        for sentence in compare_in_words(ran):
            say(sentence)
        return
    letters = [letter(place) for place in range(len(ran))]
    for name, sentence, paired in zip(letters, compare_in_words(ran), ran, strict=True):
        note = against_what(paired.arm.scenario, paired.baseline.scenario)
        paragraph(f"{sentence} {note}".rstrip(), indent="   ", first=f"{name}  ")
    n_runs = len(ran[0].arm.replicates)
    say()
    say(f"{n_runs} {'run' if n_runs == 1 else 'runs'} each, on the same chance events. (95 % intervals)")
    say()
    print_table(("", "A", *(f"{name} - A" for name in letters[1:])), comparison_rows(ran))
    say()
    if date := judging_date(ran):
        paragraph(date)
        say()
    print_ranges(ran, ranges)
    print_where(out)
