"""``cultureshift run``: whether the shift lasts, and why."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.base.dates import day_words
from sim.base.errors import InputError
from sim.commands.console import complain, notice, paragraph, print_table, printable, reporting_faults, say, say_json
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
    from sim.inputs.scenario.description import Scenario
    from sim.results.ensemble import PairedEnsemble
    from sim.results.measures import Interval
    from sim.results.ranges import ScenarioRange

__all__ = ["check_out", "is_given", "print_answer", "print_own", "print_ranges", "run", "tell", "write_files"]


@reporting_faults
def run(
    context: typer.Context,
    scenario: Annotated[str, scenario_argument("A shipped scenario, a scenario file, or the manifest.json of a run.")],
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
    """Run a scenario: whether the shift lasts, and why.

    Every run is paired with one of the baseline on the same chance events.

    With --range: between which numbers the answer lies over what nobody has measured, beside what chance does to it;
    of a shipped scenario that is kept, and said without it.

    With the manifest.json of an earlier run, repeat that run and say whether the results are the same, bit by bit.
    """
    from sim.commands.repeating import repeat

    rulebook = own_rulebook(own)
    if scenario.endswith(".json"):
        changed = {"replicates": "--replicates", "seed": "--seed", "weeks": "--weeks", "settings": "--set"}
        changed |= {"with_range": "--range"}
        if given := [option for name, option in changed.items() if is_given(context, name)]:
            complain([f"{', '.join(given)}: a manifest is repeated as it was; run the scenario itself to change it"])
        repeat(Path(scenario), rulebook, organisation, out, force, workers, quiet, as_json, csv)
        return
    with judging() as judge:
        pair = judge(prepare_pair, scenario, settings, organisation, weeks, rulebook)
        judge(check_out, out, force, csv)
        if with_range and pair is not None:
            judge(range_folder(range_runs, pair[0], force, rulebook).check)
    ran = run_pairs([pair], replicates, seed, workers, quiet or as_json)
    ranges = [range_found(ran[0], context, range_runs, force, rulebook, workers)] if with_range else None
    write_files(ran, out, force, csv, ranges)
    tell(ran, out, quiet, as_json, ranges)


def is_given(context: typer.Context, name: str) -> bool:
    """Tell whether somebody gave an option, by the name of its parameter."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


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


def write_files(
    ran: Sequence[PairedEnsemble],
    out: Path | None,
    force: bool,
    csv: bool = False,
    ranges: Sequence[ScenarioRange | None] | None = None,
) -> None:
    """Write the folder of a run or of a comparison, if one was asked for; parameters are those of :func:`tell`."""
    if out is None:
        return
    from sim.plots import LIGHT, draw_comparison, draw_run, figure_bytes
    from sim.report import answer, compare_in_words, comparison_headline, summary_records
    from sim.results.comparison import difference_records
    from sim.results.run_folder import write_run

    if ranges is None:
        ranges = kept_ranges(ran)
    if len(ran) == 1:
        words = answer(ran[0]).headline
        title, figure = ran[0].arm.scenario.title, draw_run(ran[0], words, rests_on=ranges[0])
    else:
        words = " ".join(compare_in_words(ran))
        title, figure = "Scenarios compared", draw_comparison(ran, comparison_headline(ran))
    images = {
        "figure.png": figure_bytes(figure, "png", LIGHT, title, words),
        "figure.svg": figure_bytes(figure, "svg", LIGHT, title, words),
    }
    summary = [*summary_records(ran, ranges), *difference_records(ran)]
    command = ["cultureshift", *sys.argv[1:]]
    write_run(out, ran, summary=summary, images=images, command=command, force=force, weekly_csv=csv)


def tell(
    ran: Sequence[PairedEnsemble],
    out: Path | None,
    quiet: bool,
    as_json: bool,
    ranges: Sequence[ScenarioRange | None] | None = None,
) -> None:
    """Print the answer of a run or of a comparison, in words or as JSON.

    Parameters
    ----------
    ran : the runs
    out, quiet, as_json : as the user asked
    ranges : what each answer rests on; what is kept of shipped scenarios if left out
    """
    from sim.commands.compare import print_comparison

    if ranges is None:
        ranges = kept_ranges(ran)
    if as_json:
        say_json(_answer_as_table(ran, ranges))
    elif len(ran) == 1:
        print_answer(ran[0], out, quiet, ranges[0])
    else:
        print_comparison(ran, out, quiet, ranges)


def kept_ranges(ran: Sequence[PairedEnsemble]) -> list[ScenarioRange | None]:
    """Return what is kept of what answers rest on; None for each scenario of which nothing is, or nothing any more."""
    from sim.results.ranges import kept_range_of

    return [kept_range_of(paired) for paired in ran]


def _answer_as_table(ran: Sequence[PairedEnsemble], ranges: Sequence[ScenarioRange | None]) -> dict[str, Any]:
    from sim.report import answer, compare_in_words, range_records, summary_records
    from sim.results.comparison import difference_records
    from sim.results.left_open import LEFT_OPEN_OF
    from sim.results.run_folder import recorded_of

    said = [answer(ran[0]).verdict] if len(ran) == 1 else compare_in_words(ran)
    measured = [*summary_records(ran), *difference_records(ran)]
    told = {"answer": said, "measures": measured, "ranges": range_records(ran, ranges)}
    if recorded := recorded_of(*_scenarios_of(ran)):
        told["own_rules"] = [one.model_dump(exclude={"source"}) for one in recorded]
    if known := left_open_of(ran):
        told["left_open"] = [
            {
                "scenario": ran[place].arm.scenario.name, "measure": LEFT_OPEN_OF, "low": own.low, "high": own.high,
                "staffs": own.n,
            }
            for place, own in known.items()
        ]  # fmt: skip
    return told


def _scenarios_of(ran: Sequence[PairedEnsemble]) -> list[Scenario]:
    return [one.scenario for paired in ran for one in (paired.arm, paired.baseline)]


def print_own(ran: Sequence[PairedEnsemble]) -> None:
    """Say with which files of one's own something was run; nothing where there are none."""
    from sim.report import own_in_words
    from sim.results.run_folder import recorded_of

    if told := own_in_words(recorded_of(*_scenarios_of(ran))):
        paragraph(printable(told))


def print_ranges(ran: Sequence[PairedEnsemble], ranges: Sequence[ScenarioRange | None]) -> None:
    """Print what answers rest on, where it is known: each outcome's chance beside its range over the draws."""
    from sim.report import how_ranges_are_made, range_in_words
    from sim.results.comparison import letter

    known = [(place, one) for place, one in enumerate(ranges) if one is not None]
    if not known:
        return
    say("What it rests on:")
    for place, one in known:
        name = f"{letter(place)}  " if len(ran) > 1 else ""
        for sentence in range_in_words(ran[place].summary(), one):
            paragraph(sentence, indent=" " * (len(name) + 2), first=f"{name}- ")
    paragraph(how_ranges_are_made(known[0][1]))
    say()


def print_answer(
    paired: PairedEnsemble, out: Path | None, quiet: bool = False, rests_on: ScenarioRange | None = None
) -> None:
    """Print the answer in words, its table, and what it rests on if that is known."""
    from sim.report import MEANINGS, against_what, answer, other_name, summary_rows

    told = answer(paired)
    if quiet:
        say(told.headline)
        return
    scenario, other = paired.arm.scenario, paired.baseline.scenario
    n_runs, n_staff = len(paired.arm.replicates), paired.arm.organisation.n_staff
    say(scenario.title, bold=True)
    runs = f"{n_runs} {'run' if n_runs == 1 else 'runs'}"
    since = f" from {day_words(scenario.start)}" if scenario.start else ""
    say(f"{runs} of {scenario.weeks} weeks{since} with {n_staff:,} staff, against {other_name(paired)}")
    print_own([paired])
    if note := against_what(scenario, other):
        paragraph(note)
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
    print_table(("", "", "95 % interval", "without" if paired.is_against_nothing else "other"), rows)
    say()
    paragraph(MEANINGS)
    say()
    print_ranges([paired], [rests_on])
    print_left_open([paired])
    print_where(out)


def print_left_open(ran: Sequence[PairedEnsemble]) -> None:
    """Print between which numbers the gain of one's own staff lies, as far as a survey tells; nothing without one."""
    from sim.report import left_open_in_words
    from sim.results.comparison import letter

    if not (known := left_open_of(ran)):
        return
    say("What your survey leaves open:")
    for place, found in known.items():
        name = f"{letter(place)}  " if len(ran) > 1 else ""
        told = left_open_in_words(ran[place], found)
        paragraph(told, indent=" " * (len(name) + 2), first=f"{name}- ")
    say()


def left_open_of(ran: Sequence[PairedEnsemble]) -> dict[int, Interval]:
    """Return what a survey leaves open of gains, by place; none where there is no survey, without running anything."""
    from sim.results.left_open import left_open

    if any(paired.arm.organisation.scores is not None for paired in ran):
        notice("Staffs are run that would all have answered so: a moment.")
    found = {place: left_open(paired) for place, paired in enumerate(ran)}
    return {place: one for place, one in found.items() if one is not None}


def print_where(out: Path | None) -> None:
    """Say where the files are, or how to get them."""
    if out is None:
        notice("No files were written; --out DIR writes tables, figure and manifest.")
    else:
        from sim.results.run_folder import FILES

        written = [name for name in ("figure.png", "figure.svg", "summary.csv", *FILES) if (out / name).exists()]
        say(f"Written to {out}: {', '.join(dict.fromkeys(written))}")
