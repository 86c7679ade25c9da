"""``cultureshift discover``: under which conditions a programme fails."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.commands.answers import check_out, watched_steps, write_answers
from sim.commands.console import reporting_faults
from sim.commands.options import Force

__all__ = ["discover"]


@reporting_faults
def discover(
    scenario: Annotated[str, typer.Argument(help="name of a shipped scenario, or a file")] = "internal-capacity",
    outcome: Annotated[str, typer.Option(help="persists, or holds")] = "persists",
    condition: Annotated[
        list[str] | None, typer.Option(help="name=low:high of a parameter, instead of the usual conditions; repeatable")
    ] = None,
    points: Annotated[int, typer.Option(help="combinations of conditions to try")] = 384,
    replicates: Annotated[int, typer.Option(help="runs of each, each with and without interventions")] = 8,
    seed: Annotated[int, typer.Option(help="seed of combinations, chance events and bootstrap")] = 1,
    threads: Annotated[int | None, typer.Option(help="points at once; as many as processors if left out")] = None,
    out: Annotated[Path, typer.Option(help="folder for the answer")] = Path("discovery"),
    force: Force = False,
) -> None:
    """Find the combinations of conditions under which a programme fails, in words."""
    from sim.base.errors import InputError, nearest_name
    from sim.inputs.scenario.files import load_scenario
    from sim.plots.study_pages import discovery_page
    from sim.study.discovery import CONDITIONS, YES_OR_NO, conditions_in
    from sim.study.discovery import discover as find_conditions
    from sim.study.outcomes import OUTCOMES
    from sim.study.telling import discovery_rows, tell_discovery

    if outcome not in YES_OR_NO:
        hint = nearest_name(outcome, YES_OR_NO)
        raise InputError.single("--outcome", f"one of {', '.join(YES_OR_NO)}", f'"{outcome}"', hint)
    ranges = conditions_in(condition) if condition else CONDITIONS
    check_out(out, force)
    with watched_steps() as report:
        result = find_conditions(
            load_scenario(scenario), OUTCOMES[outcome], ranges, points, replicates, seed, threads=threads,
            progress=lambda n: report("Combinations of conditions", n, points),
        )  # fmt: skip
    figure = discovery_page(result)
    write_answers(
        out, "discovery", tell_discovery(result), {"boxes": discovery_rows(result)}, figure, "When does it fail?"
    )
