"""What the commands that ask many parameter points share: progress, a kind stop, and files in a folder."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["check_out", "watched_steps", "write_answers"]

INTERRUPTED = 130
_LINES_A_STEP = 10


def check_out(out: Path, force: bool) -> None:
    """Make sure before anything is run that the answer can be written, and that nothing is replaced unasked.

    Raises
    ------
    OutputError : the folder holds something already, or is a file
    """
    from sim.results.run_folder import check_folder

    check_folder(out, force)


@contextmanager
def watched_steps() -> Iterator[Callable[[str, int, int], None]]:
    """Give a function that shows how much of a step is done; stopping by Ctrl-C says that nothing was written."""
    try:
        if sys.stderr.isatty():
            with _bar() as report:
                yield report
        else:
            yield _lines()
    except KeyboardInterrupt:
        typer.echo("Stopped; nothing was written.", err=True)
        raise typer.Exit(INTERRUPTED) from None


@contextmanager
def _bar() -> Iterator[Callable[[str, int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, Any] = {}

        def report(doing: str, n_done: int, n_in_all: int) -> None:
            if doing not in tasks:
                tasks[doing] = progress.add_task(doing, total=n_in_all)
            progress.update(tasks[doing], completed=n_done, total=n_in_all)

        yield report


def _lines() -> Callable[[str, int, int], None]:
    told: dict[str, int] = {}

    def report(doing: str, n_done: int, n_in_all: int) -> None:
        tenth = n_done * _LINES_A_STEP // max(1, n_in_all)
        if told.get(doing) != tenth:
            told[doing] = tenth
            typer.echo(f"{doing}: {n_done:,} of {n_in_all:,}", err=True)

    return report


def write_answers(
    out: Path, name: str, words: str, tables: Mapping[str, Sequence[Mapping[str, Any]]], figure: Figure, title: str
) -> None:
    """Write words (Markdown), tables (CSV) and a figure (SVG and PNG) into a folder, each whole or not at all."""
    import pandas as pd

    from sim.base.files import write_whole
    from sim.plots import LIGHT, figure_bytes

    headline = words.split("\n\n")[1].replace("**", "").strip()
    for table_name, rows in tables.items():
        write_whole(out / f"{table_name}.csv", pd.DataFrame(list(rows)).to_csv(index=False, float_format="%.6g"))
    for ending in ("svg", "png"):
        write_whole(out / f"{name}.{ending}", figure_bytes(figure, ending, LIGHT, title, headline))
    write_whole(out / f"{name}.md", f"{words}\n![{title}]({name}.svg)\n")
    typer.echo(words)
    typer.echo(f"Written to {out}: {name}.md, {name}.svg, {name}.png, {', '.join(f'{t}.csv' for t in tables)}")
