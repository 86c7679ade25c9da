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

    from sim.base.destination import FolderDestination
    from sim.inputs.scenario.description import Scenario

__all__ = ["answers_destination", "watched_steps", "write_answers"]

INTERRUPTED = 130
_LINES_A_STEP = 10


def answers_destination(out: Path, name: str, tables: Sequence[str], force: bool) -> FolderDestination:
    """Return the folder of an answer: words, a figure and tables; to be checked before anything is run."""
    from sim.base.destination import FolderDestination

    names = (f"{name}.md", f"{name}.svg", f"{name}.png", *(f"{table}.csv" for table in tables))
    return FolderDestination(out, names, force)


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
    destination: FolderDestination,
    name: str,
    words: str,
    tables: Mapping[str, Sequence[Mapping[str, Any]]],
    figure: Figure,
    title: str,
    scenario: Scenario,
) -> None:
    """Write words (Markdown), tables (CSV) and a figure (SVG and PNG) into a folder, all or nothing.

    The manifest there says with which rules of one's own the scenario was run.
    """
    import pandas as pd

    from sim.plots import LIGHT, figure_bytes
    from sim.results.run_folder import own_rules_of

    headline = words.split("\n\n")[1].replace("**", "").strip()
    with destination.writing(["cultureshift", *sys.argv[1:]], own_rules_of(scenario)) as staged:
        for table_name, rows in tables.items():
            text = pd.DataFrame(list(rows)).to_csv(index=False, float_format="%.6g")
            (staged / f"{table_name}.csv").write_text(text, encoding="utf-8", newline="")
        for ending in ("svg", "png"):
            (staged / f"{name}.{ending}").write_bytes(figure_bytes(figure, ending, LIGHT, title, headline))
        (staged / f"{name}.md").write_text(f"{words}\n![{title}]({name}.svg)\n", encoding="utf-8", newline="")
    typer.echo(words)
    typer.echo(f"Written to {destination.folder}: {', '.join(destination.names)}")
