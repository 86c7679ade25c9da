"""``cultureshift film``: one run as a film for slides, the network and the curves week by week."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from sim.commands.console import notice, reporting_faults

__all__ = ["film"]


@reporting_faults
def film(
    scenario: Annotated[str, typer.Argument(help="name of a shipped scenario, or a file")],
    out: Annotated[Path, typer.Option(help="the film: a file that ends in .mp4 or .gif")],
    seed: Annotated[int, typer.Option(help="seed: whose chance events")] = 1,
    weeks: Annotated[int | None, typer.Option(help="weeks shown; those of the scenario if left out")] = None,
    every: Annotated[
        int | None, typer.Option(help="weeks from picture to picture; 1, or 2 in a GIF, if left out")
    ] = None,
    fps: Annotated[int, typer.Option(help="pictures a second")] = 12,
    width: Annotated[
        int | None, typer.Option(help="width in pixels; 1280, or 960 in a GIF, if left out; the height follows")
    ] = None,
    theme: Annotated[str, typer.Option(help="light or dark")] = "light",
) -> None:
    """Make a film of a run, for slides: the network and the curves, week by week."""
    from typing import cast

    from sim.film import make_film
    from sim.inputs.scenario.files import load_scenario
    from sim.plots.style import ThemeName

    shown = load_scenario(scenario)
    with _watched() as watch:
        made = make_film(
            shown, out, seed=seed, weeks=weeks, every=every, fps=fps, width=width, theme=cast("ThemeName", theme),
            progress=watch,
        )  # fmt: skip
    if made.notice:
        notice(made.notice)
    megabytes = made.path.stat().st_size / 1e6
    typer.echo(f"{made.path}: {made.n_pictures:,} pictures, {made.seconds:.0f} seconds, {megabytes:.1f} MB")


@contextmanager
def _watched() -> Iterator[Callable[[int, int], None] | None]:
    """Give a function that shows progress on a terminal; elsewhere there is none."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("pictures", total=None)
        yield lambda n_drawn, n_pictures: bar.update(task, completed=n_drawn, total=n_pictures)
