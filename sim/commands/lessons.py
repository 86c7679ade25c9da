"""``cultureshift lessons``: list the lessons, hold them against the model, and make handouts of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands.completing import lessons_that_begin
from sim.commands.console import complain, notice, paragraph, print_table, reporting_faults, say, say_if_it_takes_long
from sim.commands.judging import Command, judging
from sim.commands.options import Force, OutPlace, Own, Quiet, Seed
from sim.commands.preparing import own_rulebook

if TYPE_CHECKING:
    from sim.lessons.claims import SharedRuns
    from sim.rulebook.rulebook import Rulebook

__all__ = ["lessons"]

lessons = typer.Typer(
    invoke_without_command=True,
    help="List the lessons, check your own against the model, and make handouts.",
)

Files = Annotated[list[Path], typer.Argument(help="Lesson files (Markdown).")]


@lessons.callback()
@reporting_faults
def shelf(context: typer.Context) -> None:
    """List the lessons, check your own against the model, and make handouts."""
    if context.invoked_subcommand is not None:
        return
    from sim.lessons import shipped_lessons

    rows = [
        (one.slug, one.title, f"{one.front_matter.minutes} min", one.front_matter.summary) for one in shipped_lessons()
    ]
    print_table(("lesson", "title", "time", "in a sentence"), rows, numbers_from=9)
    say("Open them with: cultureshift dashboard (page Learn)")


@lessons.command("check", cls=Command)
@reporting_faults
def check(
    files: Files,
    claims: Annotated[bool, typer.Option(help="Hold what the text says against the model, too.")] = True,
    seed: Seed = 1,
    own: Own = None,
    quiet: Quiet = False,
) -> None:
    """Check the form of lesson files, and whether what they say about the model is so."""
    from sim.lessons import check_lesson_file
    from sim.lessons.claims import SharedRuns

    rulebook = own_rulebook(own)
    if claims:
        say_if_it_takes_long()
    runs = SharedRuns(lambda title: None if quiet else notice(f"  running “{title}”"), seed)
    faults: list[str] = []
    for file in files:
        found = [str(fault) for fault in check_lesson_file(file, rulebook)]
        if not found and claims:
            found = _untrue(file, rulebook, runs, quiet)
        faults += found
        if not found and not quiet:
            say(f"{file}: no faults")
    if faults:
        complain([*faults, f"{len(faults)} fault{'s' if len(faults) > 1 else ''} found"])


def _untrue(file: Path, rulebook: Rulebook, runs: SharedRuns, quiet: bool) -> list[str]:
    """Say how each claim of a sound lesson stands; return those that are not so, as sentences."""
    from sim.lessons import read_lesson
    from sim.lessons.claims import check_claims, check_prediction

    lesson = read_lesson(file, rulebook)
    judged = check_claims(lesson, runs)
    for claim in judged:
        if claim.holds and not quiet:
            paragraph(str(claim), indent="  ")
    return [
        *(f"{file}: {claim}" for claim in judged if not claim.holds),
        *(f"{file}: predict: {sentence}" for sentence in check_prediction(lesson, runs)),
    ]


@lessons.command("handout", cls=Command)
@reporting_faults
def handout(
    file: Annotated[
        str,
        typer.Argument(
            help="A lesson file, or the name of a lesson that comes with Cultureshift.",
            autocompletion=lessons_that_begin,
        ),
    ],
    out: OutPlace,
    own: Own = None,
    force: Force = False,
) -> None:
    """Write a lesson as one page (HTML) to print from a browser, without its results."""
    from sim.base.destination import FileDestination
    from sim.lessons import handout as page
    from sim.lessons import read_lesson, shipped_lessons

    rulebook = own_rulebook(own)
    shipped = {lesson.slug: lesson for lesson in shipped_lessons(rulebook)}
    destination = FileDestination(out, force)
    with judging() as judge:
        lesson = shipped[file] if file in shipped else judge(read_lesson, file, rulebook)
        judge(destination.check)
    with destination.writing() as unfinished:
        unfinished.write_text(page(lesson), encoding="utf-8", newline="")
    say(f"Handout: {out}")
