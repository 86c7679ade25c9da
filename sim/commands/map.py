"""``cultureshift map``: how likely a culture holds, or a shift persists, over two parameters."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.commands.answers import say_answer
from sim.commands.console import reporting_faults
from sim.commands.judging import judging
from sim.commands.options import (
    Dask,
    Force,
    Json,
    Organisation,
    OutPlace,
    Own,
    Processes,
    Replicates,
    Retry,
    Seed,
    Settings,
    Workers,
    axis_option,
    choice_option,
    scenario_argument,
    yes_or_no_names,
)
from sim.commands.preparing import own_rulebook, prepare_pair
from sim.commands.study import check_engine, close_study, same_command, watched

__all__ = ["map"]

_AXIS = "NAME:LOW:HIGH:STEPS"
_NAMES = ("map.csv", "map.png", "map.svg")


@reporting_faults
def map(
    context: typer.Context,
    scenario: Annotated[str, scenario_argument("name of a shipped scenario, or a file")] = "internal-capacity",
    x: Annotated[str, axis_option(_AXIS, "a parameter, or turnover (of all kinds)")] = "turnover:0.5:4:8",
    y: Annotated[str, axis_option(_AXIS, "likewise")] = "control_norm:0.45:0.9:7",
    outcome: Annotated[str, choice_option("what is shown", ask=yes_or_no_names)] = "holds",
    replicates: Replicates = 40,
    seed: Seed = 1,
    organisation: Organisation = None,
    settings: Settings = None,
    own: Own = None,
    out: OutPlace = Path("map"),
    workers: Workers = None,
    dask: Dask = None,
    processes: Processes = False,
    retry: Retry = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Draw a map over two parameters; a map that was stopped goes on where it was."""
    from sim.commands.study_folder import StudyFolder
    from sim.plots import LIGHT, figure_bytes
    from sim.plots.map_picture import draw_map
    from sim.results.outcomes import OUTCOMES
    from sim.results.run_folder import own_rules_of
    from sim.results.store import Keep
    from sim.study.map import axis_label, map_axis, map_study, map_title, read_map
    from sim.study.runner import run_study

    rulebook = own_rulebook(own)
    with judging() as judge:
        judge(check_engine, dask, processes)
        pair = judge(prepare_pair, scenario, settings, organisation, None, rulebook)
        axes = judge(map_axis, x, "--x", rulebook), judge(map_axis, y, "--y", rulebook)
        if pair is not None and None not in axes:
            study = judge(map_study, pair[0], *axes, replicates, seed, pair[1], outcome)
        title = None if pair is None else map_title(pair[0])
        place = StudyFolder(out, _NAMES, force, title=title, keep=Keep(), own=rulebook.recorded)
        judge(place.check)
    loaded = pair[0]
    with watched() as watch:
        end = run_study(
            study, out, workers=workers, dask=dask, processes=processes, retry_failed=retry, replacing=force,
            progress=watch,
        )  # fmt: skip
    close_study(end, out, same_command(context), is_quiet=as_json)
    found = read_map(out, loaded, outcome)
    lead = f"Probability that {OUTCOMES[outcome].that}"
    figure = draw_map(
        found.estimate, found.low, found.high, (axis_label(found.x), found.x_values),
        (axis_label(found.y), found.y_values), title=found.title, lead=lead, boundary=found.boundary,
        note=f"Small numbers: 95 % intervals (Wilson) from {int(found.n.min())} runs each. {found.boundary_note}",
    )  # fmt: skip
    words = found.in_words()
    with place.writing(["cultureshift", *sys.argv[1:]], own_rules_of(loaded)) as staged:
        (staged / "map.csv").write_text(found.to_frame().to_csv(index=False), encoding="utf-8", newline="")
        for image_format in ("png", "svg"):
            (staged / f"map.{image_format}").write_bytes(figure_bytes(figure, image_format, LIGHT, found.title, words))
    where = f"Picture and table: {out / 'map.png'}, {out / 'map.svg'}, {out / 'map.csv'}"
    say_answer(words, {"map": found.to_frame().to_dict("records")}, where, as_json)
