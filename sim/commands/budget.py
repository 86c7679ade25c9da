"""``cultureshift budget``: the best use of a budget, and what less of it would do."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.base.extras import require
from sim.commands.answers import say_answer, worked
from sim.commands.console import reporting_faults
from sim.commands.judging import judging, within
from sim.commands.options import (
    Dask,
    Force,
    Json,
    Organisation,
    OutPlace,
    Own,
    Processes,
    RangeRuns,
    Replicates,
    Retry,
    Seed,
    Settings,
    WithRange,
    Workers,
    count_option,
    days_option,
    scenario_argument,
)
from sim.commands.preparing import asked_scenario, own_rulebook
from sim.commands.ranging import RANGE_RUNS, range_made
from sim.commands.study import check_engine

if TYPE_CHECKING:
    from sim.base.destination import FolderDestination
    from sim.study.budget import BudgetAnswer

__all__ = ["budget", "budget_folder", "write_budget"]

_NAMES = ("budget.txt", "budget.csv", "budget.png", "budget.svg")
_CHANCE = "one run says nothing about chance"


@reporting_faults
def budget(
    context: typer.Context,
    scenario: Annotated[str, scenario_argument("where, and what happens: a shipped scenario, or a file")] = (
        "two-of-three-leave"
    ),
    days: Annotated[float, days_option("the budget, in days of paid support")] = 400.0,
    trials: Annotated[
        int, count_option("programmes tried for each part of the budget", 10, 100_000, why="a search needs some")
    ] = 150,
    replicates: Replicates = 16,
    judged: Annotated[
        int, count_option("runs of each favourite, on fresh chance events", 2, 100_000, why=_CHANCE)
    ] = 100,
    seed: Seed = 1,
    organisation: Organisation = None,
    settings: Settings = None,
    own: Own = None,
    out: OutPlace = Path("budget"),
    workers: Workers = None,
    dask: Dask = None,
    processes: Processes = False,
    retry: Retry = False,
    with_range: WithRange = False,
    range_runs: RangeRuns = RANGE_RUNS,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Search for the best use of a budget, and of a quarter, a half and three quarters of it.

    With --range: how often the best of each lasts over what nobody has measured, too, which takes minutes more.

    A search that was stopped goes on where it was.
    """
    # Long by its options, which stand nowhere else.
    require("budget")
    from sim.commands.study_folder import StudyFolder
    from sim.results.store import Keep
    from sim.study.budget import PARTS, check_long_enough, search_budget
    from sim.study.search import search_title

    rulebook = own_rulebook(own)
    with judging() as judge:
        judge(check_engine, dask, processes)
        judge(within, "--replicates", replicates, 2, 10_000, _CHANCE)
        loaded = judge(asked_scenario, scenario, settings, organisation, None, rulebook)
        title = None if loaded is None else search_title(loaded)
        place = StudyFolder(out, _NAMES, force, title=title, keep=Keep(), own=rulebook.recorded)
        if loaded is not None:
            judge(check_long_enough, loaded)
        judge(place.check)
    answer = worked(
        lambda options: search_budget(
            loaded, [part * days for part in PARTS], trials=trials, replicates=replicates, judged_replicates=judged,
            seed=seed, options=options,
        ),
        context, out, workers, dask, processes, retry, force,
    )  # fmt: skip
    if with_range:
        found = {
            best.programme.budget: range_made(*answer.as_judged(best), context, range_runs, force, rulebook, workers)
            for best in answer.front()
        }
        answer = replace(answer, rests_on=found)
    write_budget(answer, place, as_json)


def budget_folder(folder: Path) -> FolderDestination:
    """Return the folder that an answer is written to, beside its runs."""
    from sim.commands.study_folder import StudyFolder

    return StudyFolder(folder, _NAMES)


def write_budget(answer: BudgetAnswer, place: FolderDestination, as_json: bool = False) -> None:
    """Write and say the answer."""
    from sim.plots import LIGHT, figure_bytes
    from sim.plots.budget_picture import draw_budget
    from sim.results.run_folder import own_rules_of

    words, frame, title = answer.in_words(), answer.to_frame(), answer.scenario.title
    figure = draw_budget(frame, title=title)
    with place.writing(["cultureshift", *sys.argv[1:]], own_rules_of(answer.scenario)) as staged:
        (staged / "budget.txt").write_text(words + "\n", encoding="utf-8", newline="")
        (staged / "budget.csv").write_text(frame.to_csv(index=False), encoding="utf-8", newline="")
        for image_format in ("png", "svg"):
            content = figure_bytes(figure, image_format, LIGHT, title, words)
            (staged / f"budget.{image_format}").write_bytes(content)
    out = place.folder
    where = f"Answer, table and picture: {out / 'budget.txt'}, {out / 'budget.csv'}, {out / 'budget.png'}"
    say_answer(words, {"budget": frame.to_dict("records")}, where, as_json)
