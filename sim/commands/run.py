"""``cultureshift run``: whether the shift lasts, and why."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.base.errors import InputError
from sim.commands.console import complain, notice, paragraph, print_table, reporting_faults, say
from sim.commands.judging import judging
from sim.commands.options import Csv, Force, Organisation, Out, Quiet, Replicates, Seed, Settings, Threads, Weeks
from sim.commands.preparing import DEFAULT_REPLICATES, DEFAULT_SEED, prepare_pair, run_pairs

if TYPE_CHECKING:
    from sim.results.ensemble import PairedEnsemble

__all__ = ["check_out", "print_answer", "run", "write_files"]


@reporting_faults
def run(
    scenario: Annotated[
        str, typer.Argument(help="A shipped scenario, a scenario file, or the manifest.json of a run.")
    ],
    replicates: Replicates = None,
    seed: Seed = None,
    weeks: Weeks = None,
    organisation: Organisation = None,
    settings: Settings = None,
    out: Out = None,
    csv: Csv = False,
    force: Force = False,
    threads: Threads = None,
    quiet: Quiet = False,
) -> None:
    """Run a scenario: whether the shift lasts, and why.

    Every run is paired with one of the baseline on the same chance events.

    With the manifest.json of an earlier run, repeat that run and say whether the results are the same, bit by bit.
    """
    from sim.commands.repeating import repeat

    if scenario.endswith(".json"):
        changed = {"--replicates": replicates, "--seed": seed, "--weeks": weeks, "--set": settings}
        if given := [option for option, value in changed.items() if value not in (None, [])]:
            complain([f"{', '.join(given)}: a manifest is repeated as it was; run the scenario itself to change it"])
        repeat(Path(scenario), organisation, out, force, threads, quiet, csv)
        return
    with judging() as judge:
        pair = judge(prepare_pair, scenario, settings or (), organisation, weeks)
        judge(check_out, out, force, csv)
    n_runs = DEFAULT_REPLICATES if replicates is None else replicates
    ran = run_pairs([pair], n_runs, DEFAULT_SEED if seed is None else seed, threads, quiet)
    write_files(ran, out, force, csv)
    print_answer(ran[0], out, quiet, csv)


def check_out(out: Path | None, force: bool, csv: bool = False) -> None:
    """Make sure that the folder of a run or a comparison may be written, if one was asked for.

    Raises
    ------
    OutputError : it holds something that may not be replaced
    InputError : a file in it is asked for, and no folder
    """
    if out is None and csv:
        raise InputError.single("--csv", "a folder to write weekly.csv to", "none", "add --out DIR")
    if out is not None:
        from sim.results.run_folder import run_destination

        run_destination(out, force).check()


def write_files(ran: Sequence[PairedEnsemble], out: Path | None, force: bool, csv: bool = False) -> None:
    """Write the folder of a run or of a comparison, if one was asked for."""
    if out is None:
        return
    from sim.plots import LIGHT, draw_comparison, draw_run, figure_bytes
    from sim.report import answer, compare_in_words, comparison_headline, summary_records
    from sim.results.comparison import difference_records
    from sim.results.run_folder import write_run

    if len(ran) == 1:
        words = answer(ran[0]).headline
        title, figure = ran[0].arm.scenario.title, draw_run(ran[0], words)
    else:
        words = " ".join(compare_in_words(ran))
        title, figure = "Scenarios compared", draw_comparison(ran, comparison_headline(ran))
    images = {
        "figure.png": figure_bytes(figure, "png", LIGHT, title, words),
        "figure.svg": figure_bytes(figure, "svg", LIGHT, title, words),
    }
    summary = [*summary_records(ran), *difference_records(ran)]
    command = ["cultureshift", *sys.argv[1:]]
    write_run(out, ran, summary=summary, images=images, command=command, force=force, weekly_csv=csv)


def print_answer(paired: PairedEnsemble, out: Path | None, quiet: bool = False, csv: bool = False) -> None:
    """Print the answer in words, and its table."""
    from sim.report import MEANINGS, answer, summary_rows

    told = answer(paired)
    if quiet:
        say(told.headline)
        return
    scenario, other = paired.arm.scenario, paired.baseline.scenario
    n_runs, n_staff = len(paired.arm.replicates), paired.arm.organisation.n_staff
    say(scenario.title, bold=True)
    against = f'"{other.title}"' if other.timeline else "the same without interventions"
    runs = f"{n_runs} {'run' if n_runs == 1 else 'runs'}"
    say(f"{runs} of {scenario.weeks} weeks with {n_staff:,} staff, against {against}")
    say()
    paragraph(told.verdict, bold=True)
    paragraph(told.story)
    if told.reasons:
        say()
        say("Why:")
        for reason in told.reasons:
            paragraph(reason, indent="  ", first="- ")
    say()
    rows = [(row.label, row.value, row.interval, row.baseline) for row in summary_rows(paired)]
    print_table(("", "", "95 % interval", "other" if other.timeline else "without"), rows)
    say()
    paragraph(MEANINGS)
    say()
    print_where(out, csv)


def print_where(out: Path | None, csv: bool = False) -> None:
    """Say where the files are, or how to get them."""
    if out is None:
        notice("No files were written; --out DIR writes tables, figure and manifest.")
    else:
        weekly = "weekly.parquet, weekly.csv" if csv else "weekly.parquet"
        say(f"Written to {out}: figure.png, figure.svg, summary.csv, {weekly}, manifest.json")
