"""Why: an account of one run in words, loop by loop."""

from __future__ import annotations

from typing import Any

import solara

from sim.dashboard import catalogue
from sim.dashboard.accounts import account
from sim.dashboard.components import Why
from sim.dashboard.glossary import GLOSSARY
from sim.dashboard.pages import state
from sim.dashboard.pages.explore import begin
from sim.errors import InputError
from sim.scenario import Scenario

__all__ = ["WhyPage"]

EXPLORED = "(explore)"


@solara.component
def WhyPage() -> None:
    """The page."""
    name = solara.use_reactive(EXPLORED)
    session = state.session.value or begin()
    scenario = session.scenario if name.value == EXPLORED else catalogue.shipped(name.value)

    def act(said: dict[str, Any]) -> None:
        wanted = str(said.get("name"))
        try:
            if wanted != EXPLORED:
                catalogue.shipped(wanted)
            name.set(wanted)
        except InputError as error:
            state.tell(error)

    told = solara.use_memo(lambda: _account(scenario, session.seed), [scenario.digest(), session.seed])
    Why(
        choices=[[EXPLORED, "What is in Explore"], *[list(choice) for choice in catalogue.choices()]],
        chosen=name.value,
        account=told,
        is_busy=False,
        glossary=GLOSSARY,
        event_act=act,
    )


def _account(scenario: Scenario, seed: int) -> dict[str, Any]:
    return {**account(scenario, seed), "title": scenario.title}
