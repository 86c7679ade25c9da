"""``cultureshift map``: how likely a culture holds, or a shift persists, over two parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands.console import reporting_faults
from sim.commands.study import Dask, Processes, Retry, Workers, close_study, same_command, watched

__all__ = ["map"]


@reporting_faults
def map(
    context: typer.Context,
    scenario: Annotated[str, typer.Argument(help="name of a shipped scenario, or a file")] = "internal-capacity",
    x: Annotated[str, typer.Option(help="NAME:LOW:HIGH:STEPS; a parameter, or turnover (of all kinds)")] = (
        "turnover:0.5:4:8"
    ),
    y: Annotated[str, typer.Option(help="likewise")] = "control_norm:0.45:0.9:7",
    outcome: Annotated[str, typer.Option(help="holds or persists")] = "holds",
    replicates: Annotated[int, typer.Option(min=1, help="runs at each place")] = 40,
    seed: Annotated[int, typer.Option(min=0, help="seed")] = 1,
    out: Annotated[Path, typer.Option(help="folder for runs, table and picture")] = Path("map"),
    workers: Workers = None,
    dask: Dask = None,
    processes: Processes = False,
    retry: Retry = False,
) -> None:
    """Draw a map over two parameters; a map that was stopped goes on where it was."""
    from sim.base.files import write_whole
    from sim.inputs.scenario.files import load_scenario
    from sim.plots import LIGHT, figure_bytes
    from sim.plots.map_picture import draw_map
    from sim.study.map import MAP_OUTCOMES, axis_label, map_axis, map_study, read_map
    from sim.study.runner import run_study

    loaded = load_scenario(scenario)
    study = map_study(loaded, map_axis(x, "--x"), map_axis(y, "--y"), replicates, seed)
    with watched() as watch:
        end = run_study(study, out, workers=workers, dask=dask, processes=processes, retry_failed=retry, progress=watch)
    close_study(end, out, same_command(context))
    found = read_map(out, loaded, outcome)
    lead = f"Probability that {MAP_OUTCOMES[outcome]}"
    figure = draw_map(
        found.estimate, found.low, found.high, (axis_label(found.x), found.x_values),
        (axis_label(found.y), found.y_values), title=found.title, lead=lead, boundary=found.boundary,
        note=f"Small numbers: 95 % intervals (Wilson) from {int(found.n.min())} runs each. {found.boundary_note}",
    )  # fmt: skip
    words = found.in_words()
    write_whole(out / "map.csv", found.to_frame().to_csv(index=False))
    for image_format in ("png", "svg"):
        write_whole(out / f"map.{image_format}", figure_bytes(figure, image_format, LIGHT, found.title, words))
    typer.echo(words)
    typer.echo(f"Picture and table: {out / 'map.png'}, {out / 'map.svg'}, {out / 'map.csv'}")
