"""Look behind a picture of a page, whichever page it is on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import solara

from sim.base.errors import InputError
from sim.dashboard.behind import behind, week_of
from sim.dashboard.components import Behind
from sim.dashboard.pages import state
from sim.inputs.scenario.description import Scenario

__all__ = ["BehindOf"]


@solara.component
def BehindOf(scenarios: Sequence[Scenario], has_table: bool = False) -> None:
    """What is behind a picture, shown when a picture asks for it.

    Parameters
    ----------
    scenarios : those that the pictures of the page show; a picture says which it is of, or it is of the first
    has_table : whether the browser has the weekly measures of the first: then their table and file are there too
    """
    found: solara.Reactive[dict[str, Any] | None] = solara.use_reactive(None)

    def ask(said: dict[str, Any]) -> None:
        turn = (found.peek() or {"turn": 0})["turn"] + 1
        try:
            scenario = list(scenarios)[int(said.get("of", 0))]
            if said.get("type") == "week":
                seed = state.begin().seed
                told = week_of(scenario, seed, int(said["week"]), str(said["kind"]), int(said["place"]))
            else:
                told = behind(scenario, str(said["picture"]), state.colour.peek())
            found.set({**told, "turn": turn})
            state.notices.set([])
        except InputError as error:
            state.tell(error)
        except (IndexError, KeyError, OverflowError, TypeError, ValueError):
            state.notices.set(["That could not be understood; nothing was changed."])

    start = scenarios[0].start.isoformat() if scenarios and scenarios[0].start else None
    Behind(found=found.value, has_table=has_table, start=start, event_ask=ask)
