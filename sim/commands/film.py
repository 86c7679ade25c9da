"""``cultureshift film``: one run as a film for slides, the network and the curves week by week."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from sim.commands.console import notice, reporting_faults
from sim.commands.judging import judging
from sim.commands.options import (
    Force,
    Organisation,
    OutPlace,
    Own,
    Seed,
    Settings,
    Weeks,
    choice_option,
    count_option,
    scenario_argument,
)
from sim.commands.preparing import asked_scenario, own_rulebook

__all__ = ["film"]


@reporting_faults
def film(
    scenario: Annotated[str, scenario_argument("name of a shipped scenario, or a file")],
    out: OutPlace,
    seed: Seed = 1,
    weeks: Weeks = None,
    organisation: Organisation = None,
    settings: Settings = None,
    own: Own = None,
    every: Annotated[
        int | None,
        count_option("weeks from picture to picture; 1, or 2 in a GIF, if left out", 1, 520, why="ten years at most"),
    ] = None,
    fps: Annotated[int, count_option("pictures a second", 1, 50, why="more are not shown")] = 12,
    width: Annotated[
        int | None,
        count_option(
            "width in pixels; 1280, or 960 in a GIF, if left out; the height follows",
            320,
            3840,
            why="words have to be read, and a screen has no more",
        ),
    ] = None,
    theme: Annotated[str, choice_option("colours", "light", "dark")] = "light",
    force: Force = False,
) -> None:
    """Make a film of a run, for slides: the network and the curves, week by week.

    The file ends in .mp4 or .gif.
    """
    from typing import cast

    from sim.film import film_destination, make_film
    from sim.plots.style import ThemeName

    rulebook = own_rulebook(own)
    with judging() as judge:
        shown = judge(asked_scenario, scenario, settings, organisation, None, rulebook)
        judge(lambda: film_destination(out, force).check())
    with _watched() as watch:
        made = make_film(
            shown, out, seed=seed, weeks=weeks, every=every, fps=fps, width=width, theme=cast("ThemeName", theme),
            progress=watch, force=force,
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
