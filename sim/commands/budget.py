"""``cultureshift budget``: the best use of a budget, and what less of it would do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands.console import reporting_faults
from sim.commands.study import Dask, Processes, Retry, Workers, same_command, tell_set_aside, tell_stopped, watched

__all__ = ["budget"]

_PARTS = (0.25, 0.5, 0.75, 1.0)


@reporting_faults
def budget(
    context: typer.Context,
    scenario: Annotated[str, typer.Argument(help="where, and what happens: a shipped scenario, or a file")] = (
        "two-of-three-leave"
    ),
    days: Annotated[float, typer.Option(help="the budget, in days of paid support")] = 400.0,
    trials: Annotated[int, typer.Option(min=10, help="programmes tried for each part of the budget")] = 150,
    replicates: Annotated[int, typer.Option(min=2, help="runs of each programme in the search")] = 16,
    judged: Annotated[int, typer.Option(min=2, help="runs of each favourite, on fresh chance events")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="seed")] = 1,
    out: Annotated[Path, typer.Option(help="folder for runs, answer, table and picture")] = Path("budget"),
    workers: Workers = None,
    dask: Dask = None,
    processes: Processes = False,
    retry: Retry = False,
) -> None:
    """Search for the best use of a budget, and of a quarter, a half and three quarters of it.

    A search that was stopped goes on where it was.
    """
    from sim.base.files import write_whole
    from sim.inputs.scenario.files import load_scenario
    from sim.plots import LIGHT, figure_bytes
    from sim.plots.budget_picture import draw_budget
    from sim.study.budget import SearchStopped, search_budget

    loaded = load_scenario(scenario)
    try:
        with watched() as watch:
            answer = search_budget(
                loaded, [part * days for part in _PARTS], folder=out, trials=trials, replicates=replicates,
                judged_replicates=judged, seed=seed, workers=workers, dask=dask, processes=processes,
                retry_failed=retry, progress=watch,
            )  # fmt: skip
    except SearchStopped as stopped:
        tell_stopped(stopped.reason, stopped.progress, out, same_command(context))
    tell_set_aside(answer.set_aside)
    words, frame = answer.in_words(), answer.to_frame()
    figure = draw_budget(frame, title=loaded.title)
    write_whole(out / "budget.txt", words + "\n")
    write_whole(out / "budget.csv", frame.to_csv(index=False))
    for image_format in ("png", "svg"):
        write_whole(out / f"budget.{image_format}", figure_bytes(figure, image_format, LIGHT, loaded.title, words))
    typer.echo(words)
    typer.echo(f"Answer, table and picture: {out / 'budget.txt'}, {out / 'budget.csv'}, {out / 'budget.png'}")
