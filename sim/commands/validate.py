"""``cultureshift validate``: what the model shows, and what it fails to show."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands.console import paragraph, progress, reporting_faults, say, say_if_it_takes_long, say_json
from sim.commands.judging import judging, whole
from sim.commands.options import Force, Json, Out, Seed, Workers, replicates_option

if TYPE_CHECKING:
    from sim.base.destination import FolderDestination
    from sim.validation.rivals import Rivals
    from sim.validation.runner import Validation

__all__ = ["validate", "write_report"]

_NAMES = ("report.md", "report.html", "readings.csv", "*.svg")
_RIVALS = "rivals.csv"


@reporting_faults
def validate(
    pattern: Annotated[
        list[int] | None,
        typer.Option(
            "--pattern", "-p", parser=whole(1, 1000), metavar="N", help="A pattern by number; may be repeated."
        ),
    ] = None,
    replicates: Annotated[int, replicates_option(8, 10_000, "fewer say too little about chance")] = 40,
    seed: Seed = 1,
    out: Out = None,
    force: Force = False,
    workers: Workers = None,
    rivals: Annotated[
        bool,
        typer.Option("--rivals", help="Instead of patterns, hold headlines against every combination of rival rules."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Check the model against every pattern it must show, and write a report.

    All patterns take some minutes. A pattern that fails is reported as such; the command still ends well.
    """
    if rivals:
        _hold_against_rivals(pattern or [], replicates, seed, out, force, workers, as_json)
        return
    from sim.base.destination import FolderDestination
    from sim.validation.report import reading_records, words_of
    from sim.validation.runner import chosen_patterns
    from sim.validation.runner import validate as measure

    with judging() as judge:
        patterns = judge(chosen_patterns, pattern or ())
        destination = None if out is None else FolderDestination(out, _NAMES, force)
        if destination is not None:
            judge(destination.check)
    say_if_it_takes_long()
    with progress("Measuring patterns", len(patterns)) as show:
        n_begun = [0]

        def begin(_: object) -> None:
            show(n_begun[0])
            n_begun[0] += 1

        validation = measure(pattern or (), replicates, seed, threads=workers, begin=begin)
    if as_json:
        say_json({"answer": words_of(validation), "readings": reading_records(validation)})
    else:
        _print(validation)
    if destination is not None:
        write_report(validation, destination)
    if destination is not None and not as_json:
        say(f"Report: {destination.folder / 'report.html'}, {destination.folder / 'report.md'}")


def _hold_against_rivals(
    patterns: list[int], replicates: int, seed: int, out: Path | None, force: bool, workers: int | None, as_json: bool
) -> None:
    """Print for each headline in how many combinations of rival rules it holds."""
    from sim.base.destination import FolderDestination
    from sim.base.errors import InputError
    from sim.validation.rivals import combinations, hold_against_rivals, rivals_table

    destination = None if out is None else FolderDestination(out, (_RIVALS,), force)

    with judging() as judge:
        if patterns:
            raise InputError.single("--pattern", "nothing beside --rivals", "--pattern", "all headlines are judged")
        if destination is not None:
            judge(destination.check)
    say_if_it_takes_long()
    with progress("Holding headlines against rival rules", len(combinations())) as show:
        found = hold_against_rivals(replicates, seed, threads=workers, begin=show)
    if destination is not None:
        with destination.writing(["cultureshift", *sys.argv[1:]]) as staged:
            (staged / _RIVALS).write_text(rivals_table(found), encoding="utf-8", newline="")
    _print_rivals(found, as_json)
    if destination is not None and not as_json:
        say(f"Table: {destination.folder / _RIVALS}")


def _print_rivals(found: Rivals, as_json: bool) -> None:
    from sim.validation.rivals import HEADLINES

    if as_json:
        say_json(
            {
                "combinations": [dict(one) for one in found.forms],
                "headlines": [
                    {"claim": headline.claim, "said_in": headline.said_in, "holds": list(map(bool, held))}
                    for headline, held in zip(HEADLINES, found.held, strict=True)
                ],
            }
        )
        return
    for place, (headline, held) in enumerate(zip(HEADLINES, found.held, strict=True)):
        if all(held):
            told = ""
        else:
            shared = found.fails_with(place)
            told = f" Where it does not, {' and '.join(shared)} is in force." if shared else ""
        usual = "" if held[0] else " It does not hold with the usual rules."
        words = f"{headline.claim} ({headline.said_in}){told}{usual}"
        paragraph(words, indent=" " * 15, first=f"{sum(held):>5} of {len(held)}  ")


def _print(validation: Validation) -> None:
    from sim.validation.report import tolerance_text, value_text, words_of

    for outcome in validation.outcomes:
        one, verdict = outcome.pattern, outcome.finding.verdict
        said = verdict.upper() if verdict == "fails" else verdict
        paragraph(f"{said}. {one.claim}", indent=" " * 15, first=f"{one.label:>13}  ")
        for reading in outcome.finding.readings:
            wanted = f"; wanted {tolerance_text(reading)}" if reading.is_judged else ""
            text = f"{reading.name}: {value_text(reading.value)}{wanted}"
            paragraph(text, indent=" " * 19, first=" " * 17 + "- ")
    paragraph(words_of(validation), bold=True)


def write_report(validation: Validation, destination: FolderDestination) -> None:
    """Write the report as HTML and Markdown, its readings as a table, and its pictures."""
    from sim.plots import LIGHT, figure_bytes
    from sim.plots.pattern_picture import draw_picture
    from sim.validation.report import image_name, readings_table, to_html, to_markdown

    pictures = {
        image_name(outcome, place): figure_bytes(
            draw_picture(picture), "svg", LIGHT, picture.title, outcome.pattern.claim
        )
        for outcome in validation.outcomes
        for place, picture in enumerate(outcome.finding.pictures)
    }
    with destination.writing(["cultureshift", *sys.argv[1:]]) as staged:
        texts = {
            "report.md": to_markdown(validation, {name: f"{name}.svg" for name in pictures}),
            "report.html": to_html(validation, {name: content.decode() for name, content in pictures.items()}),
            "readings.csv": readings_table(validation),
        }
        for name, text in texts.items():
            (staged / name).write_text(text, encoding="utf-8", newline="")
        for name, content in pictures.items():
            (staged / f"{name}.svg").write_bytes(content)
