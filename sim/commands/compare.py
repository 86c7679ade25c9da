"""``cultureshift compare``: scenarios side by side, on the same chance events."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
    RangeRuns,
    Replicates,
    Seed,
    Settings,
    Weeks,
    WithRange,
    Workers,
    scenario_argument,
)
from sim.commands.preparing import own_rulebook, prepare_pair, run_pairs
from sim.commands.ranging import RANGE_RUNS, range_folder, range_found

if TYPE_CHECKING:
    from sim.results.ensemble import PairedEnsemble
    from sim.results.ranges import ScenarioRange

__all__ = ["compare", "print_comparison"]

MOST = 8
"""Scenarios side by side, at most: more cannot be told apart in a figure."""


@reporting_faults
def compare(
    context: typer.Context,
    scenarios: Annotated[
        list[str], scenario_argument("Two to eight scenarios; the others are held against the first.")
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
    with_range: WithRange = False,
    range_runs: RangeRuns = RANGE_RUNS,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compare scenarios with the first of them.

    Differences are paired, run by run on the same chance events, with 95 % intervals.
    """
    from sim.commands.run import check_out, tell, write_files
    from sim.results.comparison import judged_alike

    if not 2 <= len(scenarios) <= MOST:
        complain([f"compare: wanted 2 to {MOST} scenarios, got {len(scenarios)}; `cultureshift run` is for one"])
    rulebook = own_rulebook(own)
    with judging() as judge:
        pairs = [judge(prepare_pair, name, settings, organisation, weeks, rulebook) for name in scenarios]
        judge(check_out, out, force, csv)
        if with_range:
            for arm, _ in filter(None, pairs):
                judge(range_folder(range_runs, arm, force, rulebook).check)
    longest = max(arm.weeks for arm, _ in pairs)
    if any(arm.weeks < longest for arm, _ in pairs):
        notice(f"All scenarios are run for {longest} weeks, as long as the longest of them.")
    pairs = [(arm.replace(weeks=longest), other.replace(weeks=longest)) for arm, other in pairs]
    ran = judged_alike(run_pairs(pairs, replicates, seed, workers, quiet or as_json))
    ranges: list[ScenarioRange | None] | None = None
    if with_range:
        ranges = [range_found(paired, context, range_runs, force, rulebook, workers) for paired in ran]
    write_files(ran, out, force, csv, ranges)
    tell(ran, out, quiet, as_json, ranges)


def print_comparison(
    ran: Sequence[PairedEnsemble],
    out: Path | None,
    quiet: bool = False,
    ranges: Sequence[ScenarioRange | None] = (),
) -> None:
    """Print what becomes of each scenario, how they differ from the first, and what that rests on where it is known."""
    from sim.commands.run import print_left_open, print_own, print_ranges, print_where
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
    print_own(ran)
    say()
    print_table(("", "A", *(f"{name} - A" for name in letters[1:])), comparison_rows(ran))
    say()
    if date := judging_date(ran):
        paragraph(date)
        say()
    print_ranges(ran, ranges)
    print_left_open(ran)
    print_where(out)
