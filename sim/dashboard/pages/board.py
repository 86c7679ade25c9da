"""Board: three slides of what is in Explore, to be shown or printed."""

from __future__ import annotations

import solara

from sim.dashboard.board import slides
from sim.dashboard.components import Board
from sim.dashboard.pages import state
from sim.dashboard.pages.answer import use_answer
from sim.dashboard.pages.behind import BehindOf

__all__ = ["BoardPage"]


@solara.component
def BoardPage() -> None:
    """The page."""
    scenario = (state.session.value or state.begin()).scenario
    answer, progress, ask = use_answer(scenario)
    shown = solara.use_memo(lambda: slides(scenario), [scenario.digest(), scenario.title, scenario.start])
    BehindOf([scenario])
    Board(slides=shown, answer=answer, progress=progress, event_ask=lambda _: ask())
