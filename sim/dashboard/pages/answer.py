"""The answer of Explore: found in the background after each change, and shown as soon as there is something to say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara

from sim.base.errors import InputError
from sim.dashboard.answering import (
    WORLDS,
    PairedPiece,
    StaffPiece,
    known_answer,
    pieces_for,
    run_piece,
    staff_pieces_for,
    told,
)
from sim.dashboard.components import Answering
from sim.dashboard.pages.jobs import IDLE, Job
from sim.dashboard.shared import digest_of
from sim.inputs.scenario.description import Scenario

__all__ = ["AnswerOf", "use_answer"]

_QUIET_SECONDS = 0.5
"""How long nothing is changed before worlds are asked for: who drags a lever asks for none."""


Asking = tuple[dict[str, Any] | None, dict[str, Any], Callable[[], None]]
"""The answer as far as it is known, how far it is, and how to ask once more."""


@solara.component
def AnswerOf(scenario: Scenario) -> None:
    """The answer to a scenario."""
    answer, progress, ask = use_answer(scenario)
    Answering(answer=answer, progress=progress, event_ask=lambda _: ask())


def use_answer(scenario: Scenario) -> Asking:
    """Ask many worlds about a scenario, as part of a component; another one cancels what is under way for the last."""
    shown: solara.Reactive[dict[str, Any] | None] = solara.use_reactive(None)
    progress = solara.use_reactive(IDLE)
    job = solara.use_memo(lambda: Job(progress), [])
    solara.use_effect(lambda: job.stop, [])

    def ask() -> None:
        job.stop()
        shown.set(known_answer(scenario))
        if shown.peek() is not None:
            progress.set(IDLE)
            return
        worlds: dict[int, Any] = {}
        staffs: dict[int, Any] = {}
        try:
            # What the survey leaves open comes after the answer, and is not waited for.
            of_staffs = staff_pieces_for(scenario)
            pieces: list[PairedPiece | StaffPiece] = [*pieces_for(scenario), *of_staffs]

            def take(place: int, done: dict[int, Any]) -> None:
                (staffs if isinstance(pieces[place], StaffPiece) else worlds).update(done)

            job.start(
                run_piece, pieces, take, lambda: shown.set(told(scenario, worlds, staffs, len(of_staffs))), "steps",
                begins=f"{WORLDS} worlds are on their way…", after=_QUIET_SECONDS,
            )  # fmt: skip
        except InputError as error:
            progress.set({**IDLE, "words": str(error.faults[0])})

    solara.use_effect(ask, [digest_of(scenario)])
    return shown.value, progress.value, ask
