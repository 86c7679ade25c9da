"""What one browser tab looks at. Solara gives every tab its own values of these."""

from __future__ import annotations

from typing import Any

import solara

from sim.dashboard import catalogue, exchange
from sim.dashboard.session import Session
from sim.inputs.scenario.description import Scenario

__all__ = [
    "EXPLORED", "chosen", "colour", "compared", "forget_uploads", "mapped", "notices", "session", "start_week", "tell",
    "uploads",
]  # fmt: skip

EXPLORED = "(explore)"
"""Stands for what is in Explore, where a scenario is chosen by its name."""

session: solara.Reactive[Session | None] = solara.reactive(None)
"""The session of Explore; None until a page has begun one."""

chosen: solara.Reactive[str] = solara.reactive(catalogue.FIRST)
"""Name of the scenario that the session began with."""

colour: solara.Reactive[str] = solara.reactive("safety")
"""The state that the network's colours show."""

start_week: solara.Reactive[dict[str, int]] = solara.reactive({})
"""A week to go to, from a link."""

compared: solara.Reactive[list[str]] = solara.reactive([EXPLORED, catalogue.LASTING])
"""Names of the scenarios with which Compare opens."""

mapped: solara.Reactive[str] = solara.reactive(catalogue.LASTING)
"""Name of the scenario with which Map opens."""

notices: solara.Reactive[list[str]] = solara.reactive([])
"""What went wrong, in sentences."""


_MOST_TOLD, _LONGEST_TOLD = 12, 400

uploads: solara.Reactive[list[Scenario]] = solara.reactive([])
"""Scenarios whose tables were uploaded in this tab, and lie on the server."""


def forget_uploads() -> None:
    """Remove from the server what was uploaded in this tab."""
    for scenario in uploads.peek():
        exchange.forget_upload(scenario)


def tell(error: Any) -> None:
    """Show the faults of an input error on the page."""
    lines = [str(fault) for fault in error.faults[:_MOST_TOLD]]
    more = [f"… and {len(error.faults) - _MOST_TOLD:,} more."] if len(error.faults) > _MOST_TOLD else []
    notices.set([line if len(line) <= _LONGEST_TOLD else f"{line[:_LONGEST_TOLD]}…" for line in lines] + more)
