"""What commands share that ask many parameter points: work that goes on where it was, its answer in a folder."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import typer

from sim.commands.console import say_json
from sim.commands.study import same_command, tell_set_aside, tell_stopped, watched

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.base.destination import FolderDestination
    from sim.inputs.scenario.description import Scenario
    from sim.study.store_runner import RunOptions

__all__ = ["answer_names", "say_answer", "worked", "write_answers"]


class _HasSetAside(Protocol):
    @property
    def set_aside(self) -> tuple[Path, ...]: ...


Answer = TypeVar("Answer", bound=_HasSetAside)


def answer_names(name: str, *tables: str) -> tuple[str, ...]:
    """Return the files of an answer: words, a figure and tables."""
    return (f"{name}.md", f"{name}.svg", f"{name}.png", *(f"{table}.csv" for table in tables))


def worked(
    work: Callable[[RunOptions], Answer],
    context: typer.Context,
    folder: Path,
    workers: int | None,
    dask: str | None,
    processes: bool,
    retry: bool,
    force: bool,
) -> Answer:
    """Return what some work comes to, watched; if it stops, say where its runs are and which command goes on.

    Parameters
    ----------
    work : done where, and watched by whom, it is told
    context : of the command
    folder : where runs are kept
    workers, dask, processes, retry, force : as the user asked
    """
    from sim.study.store_runner import RunOptions, WorkStopped

    try:
        with watched() as watch:
            found = work(
                RunOptions(
                    folder, workers=workers, dask=dask, processes=processes, retry_failed=retry, replacing=force,
                    progress=watch,
                )
            )  # fmt: skip
    except WorkStopped as stopped:
        tell_stopped(stopped.reason, stopped.progress, folder, same_command(context))
    tell_set_aside(found.set_aside)
    return found


def write_answers(
    destination: FolderDestination,
    name: str,
    words: str,
    tables: Mapping[str, Sequence[Mapping[str, Any]]],
    figure: Figure,
    title: str,
    scenario: Scenario,
    as_json: bool,
) -> None:
    """Write words (Markdown), tables (CSV) and a figure (SVG and PNG) into a folder, all or nothing, and say them.

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
    say_answer(words, tables, f"Written to {destination.folder}: {', '.join(destination.names)}", as_json)


def say_answer(words: str, tables: Mapping[str, Sequence[Mapping[Any, Any]]], where: str, as_json: bool) -> None:
    """Print an answer: its words and where it was written, or words and tables as JSON.

    Parameters
    ----------
    words, tables : of the answer
    where : what is said of the files
    as_json : as the user asked
    """
    if as_json:
        say_json({"answer": words, **{name: [dict(row) for row in rows] for name, rows in tables.items()}})
        return
    typer.echo(words)
    typer.echo(where)
