"""``cultureshift organisation import``: an organisation's tables from the files that it has."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.base.errors import InputError
from sim.commands.console import notice, reporting_faults, say
from sim.commands.judging import judging
from sim.commands.options import Force, Out

if TYPE_CHECKING:
    from sim.inputs.imports import Answers, Imported

__all__ = ["import_command"]

_MOST_TOLD = 12


@reporting_faults
def import_command(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="CSV files and spreadsheets (xlsx, ods).")],
    out: Out = None,
    mapping: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Use what was understood before, and may have been changed.")
    ] = None,
    write_mapping: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what is understood to a file, to change it, and stop.")
    ] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Answer what the files do not tell, such as scores=means."),
    ] = None,
    pseudonyms: Annotated[
        bool, typer.Option("--pseudonyms", help="Put numbers that chance gives in place of ids.")
    ] = False,
    force: Force = False,
) -> None:
    """Make the tables of your own organisation from the files that you have.

    Staff lists, surveys, reporting lines, networks and leavers: what is in them is told by names of columns and by what
    stands in them. What was assumed or left out is said; what cannot be known is asked before anything is written.
    """
    from sim.base.destination import SEAL, FileDestination, FolderDestination
    from sim.inputs.imports import (
        WRITTEN,
        Mapping,
        import_files,
        read_mapping,
        text_of_mapping,
        understood_mapping,
        write_import,
    )

    if (out is None) == (write_mapping is None):
        came = "neither" if out is None else "both"
        raise InputError.single("organisation import", "--out DIR, or --write-mapping FILE", came)
    destination = FolderDestination(out or Path(), WRITTEN, force)
    drafted = FileDestination(write_mapping or Path(), force)
    with judging() as judge:
        known = judge(read_mapping, mapping) if mapping else Mapping()
        answers = judge(_answers, answer or [])
        judge(destination.check if out else drafted.check)
    if write_mapping is not None:
        text = text_of_mapping(understood_mapping(files, known, answers))
        with drafted.writing() as unfinished:
            unfinished.write_text(f"# {SEAL}\n{text}", encoding="utf-8", newline="")
        say(f"Written: {write_mapping}")
        say("Change what is wrong, then import with --mapping and --out.")
        return
    with _without_collecting():
        imported = import_files(files, known, answers, pseudonyms=pseudonyms)
        with destination.writing(["cultureshift", *sys.argv[1:]]) as staged:
            write_import(imported, staged)
    _tell(imported, destination.folder)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Let nobody look for garbage in millions of cells that refer to nothing: a quarter of the time would go there."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _answers(told: list[str]) -> Answers:
    """Return answers of the command line, all that is wrong with them at once."""
    from pydantic import ValidationError

    from sim.base.errors import Fault, nearest_name
    from sim.inputs.imports import Answers

    given: dict[str, Any] = {}
    faults = []
    for text in told:
        name, equals, value = text.partition("=")
        if not equals or name not in Answers.model_fields:
            hint = nearest_name(name[:60], Answers.model_fields) or f"they are {', '.join(Answers.model_fields)}"
            faults.append(Fault("--answer", "the name of an answer, = and the answer", repr(text[:60]), hint))
        else:
            given[name] = value
    try:
        answers = Answers.model_validate(given)
    except ValidationError as error:
        for one in error.errors():
            name = str(one["loc"][0])
            about = Answers.model_fields[name].description or name
            faults.append(Fault(f"--answer {name}", f"{about} ({one['msg']})", repr(str(one["input"])[:60])))
    if faults:
        raise InputError(faults)
    return answers


def _tell(imported: Imported, folder: Path) -> None:
    from sim.inputs.imports import WRITTEN, parameters_in, summary_of

    for line in summary_of(imported):
        say(line)
    notes = imported.notes
    for title, told in (("Understood", notes.understood), ("Assumed", notes.assumed), ("Left out", notes.left_out)):
        for text in told[:_MOST_TOLD]:
            notice(f"{title}: {text}.")
        if len(told) > _MOST_TOLD:
            notice(f"{title}: {len(told) - _MOST_TOLD} more in {folder / 'report.md'}.")
    for name in WRITTEN:
        if (folder / name).exists():
            say(f"Written: {folder / name}")
    say(f"Look at it with:  cultureshift organisation check {folder}")
    if settings := " ".join(f"--set {one.name}={one.value:.3g}" for one in parameters_in(imported.numbers)):
        say("A run has its own numbers and says where they lie in your intervals; with yours:")
        say(f"  cultureshift run shoestring-year --organisation {folder} {settings}")
    if imported.waves:
        say(f"Fit the model to your waves with:  cultureshift calibrate --organisation {folder}")
