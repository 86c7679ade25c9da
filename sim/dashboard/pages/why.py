"""Why: an account of many worlds in words, and of what each loop carried."""

from __future__ import annotations

from typing import Any

import solara

from sim.base.errors import InputError
from sim.dashboard import catalogue
from sim.dashboard.accounts import account_of, pieces_for, run_piece
from sim.dashboard.answering import StaffPiece
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
    if state.session.value is None:
        state.begin()
    scenario = programme_named(name.value)

    def tell() -> None:
        asked = {"scenario": scenario.digest(), "title": scenario.title, "start": str(scenario.start)}
        if work.asked.peek() == asked and (told.peek() is not None or work.progress.peek()["is_busy"]):
            return
        told.set(None)
        work.asked.set(asked)
        try:
            _explain(work.job, scenario, told)
        except InputError as error:
            state.tell(error)

    solara.use_effect(tell, [scenario.digest(), scenario.title, scenario.start])

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
    if told.value is None or work.progress.value["is_busy"]:
        Progress(progress=work.progress.value, what="Steps done", event_cancel=lambda _: work.stop())


def _explain(job: Job, scenario: Scenario, told: solara.Reactive[dict[str, Any] | None]) -> None:
    """Let the workers run what an account needs, and show it when it is complete; once more with its survey."""
    pieces = pieces_for(scenario)
    first = [place for place, piece in enumerate(pieces) if not isinstance(piece, StaffPiece)]
    done: dict[int, Any] = {}

    def show() -> None:
        if len(done) == len(pieces) or (told.peek() is None and all(place in done for place in first)):
            places = sorted(done)
            told.set(account_of(scenario, [pieces[at] for at in places], [done[at] for at in places]).shown())

    job.start(run_piece, pieces, done.__setitem__, show, "steps")
