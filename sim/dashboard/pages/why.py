"""Why: an account of one run in words, loop by loop."""

from __future__ import annotations

from typing import Any

import solara

from sim.base.errors import InputError
from sim.dashboard import catalogue
from sim.dashboard.accounts import pieces_for, run_piece, told_from
from sim.dashboard.components import Progress, Why
from sim.dashboard.glossary import GLOSSARY
from sim.dashboard.pages import state
from sim.dashboard.pages.behind import BehindOf
from sim.dashboard.pages.bringing import programme_named
from sim.dashboard.pages.compare import EXPLORED
from sim.dashboard.pages.jobs import Job
from sim.inputs.scenario.description import Scenario

__all__ = ["WhyPage"]


@solara.component
def WhyPage() -> None:
    """The page."""
    name, work = state.explained, state.explaining
    told = work.found
    session = state.session.value or state.begin()
    scenario = programme_named(name.value)

    def tell() -> None:
        asked = {"scenario": scenario.digest(), "title": scenario.title, "seed": session.seed}
        if work.asked.peek() == asked and (told.peek() is not None or work.progress.peek()["is_busy"]):
            return
        told.set(None)
        work.asked.set(asked)
        try:
            _explain(work.job, scenario, session.seed, told)
        except InputError as error:
            state.tell(error)

    solara.use_effect(tell, [scenario.digest(), scenario.title, scenario.start, session.seed])

    def act(said: dict[str, Any]) -> None:
        wanted = str(said.get("name"))
        try:
            programme_named(wanted)
            name.set(wanted)
        except InputError as error:
            state.tell(error)

    BehindOf([scenario])
    Why(
        choices=[[EXPLORED, "What is in Explore"], *[list(choice) for choice in catalogue.choices()]],
        chosen=name.value,
        account=told.value,
        glossary=GLOSSARY,
        event_act=act,
    )
    if told.value is None:
        Progress(progress=work.progress.value, what="Runs done", event_cancel=lambda _: work.stop())


def _explain(job: Job, scenario: Scenario, seed: int, told: solara.Reactive[dict[str, Any] | None]) -> None:
    """Let the workers run what an account needs, and show it when it is complete."""
    pieces = pieces_for(scenario, seed)
    runs: dict[int, Any] = {}

    def show() -> None:
        if len(runs) == len(pieces):
            account = told_from(scenario, [runs[place] for place in range(len(pieces))])
            told.set({**account, "title": scenario.title})

    job.start(run_piece, pieces, runs.__setitem__, show, "runs")
