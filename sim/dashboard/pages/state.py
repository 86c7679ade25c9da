"""What one browser tab looks at. Solara gives every tab its own values of these."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import solara

from sim.dashboard import catalogue, uploads
from sim.dashboard.pages.jobs import IDLE, Job
from sim.dashboard.service import OwnService
from sim.dashboard.session import ExploreSession
from sim.dashboard.solo import Solo
from sim.inputs.scenario.description import Scenario

__all__ = [
    "EXPLORED", "Work", "begin", "budget", "colour", "coming_back", "compared", "comparing", "debriefing", "explained",
    "explaining", "game", "keep_folder", "mapped", "mapping", "mine", "notices", "pending", "service", "session",
    "start_at", "start_week", "sweep", "take_leave", "tell", "weighed", "weighing",
]  # fmt: skip

EXPLORED = "(explore)"
"""Stands for what is in Explore, where a scenario is chosen by its name."""

session: solara.Reactive[ExploreSession | None] = solara.reactive(None)
"""The session of Explore; None until a page has begun one."""

colour: solara.Reactive[str] = solara.reactive("safety")
"""The state that the network's colours show."""

start_week: solara.Reactive[dict[str, int]] = solara.reactive({})
"""A week to go to, from a link, and a turn by which a page knows that it has not been there yet."""

compared: solara.Reactive[list[str]] = solara.reactive([EXPLORED, catalogue.LASTING])
"""Names of the scenarios with which Compare opens."""

mapped: solara.Reactive[str] = solara.reactive(catalogue.LASTING)
"""Name of the scenario with which Map opens."""

explained: solara.Reactive[str] = solara.reactive(EXPLORED)
"""Name of the scenario that Why tells of."""

mine: solara.Reactive[list[tuple[str, Scenario]]] = solara.reactive([])
"""Scenarios that the browser keeps, by their names, as Money has read them."""

weighed: solara.Reactive[dict[str, Any]] = solara.reactive({"picked": [], "counts_own": False})
"""Which programmes Money holds against each other alone, and whether leaders' own time counts."""

budget: solara.Reactive[int] = solara.reactive(400)
"""The budget for which Money searches, in days of paid support."""

game: solara.Reactive[Solo | None] = solara.reactive(None)
"""The game for one; None until one has begun."""

notices: solara.Reactive[list[str]] = solara.reactive([])
"""What went wrong, in sentences."""


_MOST_TOLD, _LONGEST_TOLD = 12, 400

service: solara.Reactive[OwnService | None] = solara.reactive(None)
"""Files that are to become an organisation; None until some were brought."""

coming_back: solara.Reactive[tuple[str, int] | None] = solara.reactive(None)
"""What was run on files that are brought back, as text, and the week; until they are understood."""

pending: solara.Reactive[Path | None] = solara.reactive(None)
"""The folder into which a worker writes an organisation, or wrote the last one."""


class Work:
    """What one page does in the background and has found: it goes on, and stays, while other pages are looked at.

    Parameters
    ----------
    asked : what it was asked for, as the page said it; nothing before that
    found : what is shown of it
    progress : how far it is
    """

    def __init__(self) -> None:
        self.asked: solara.Reactive[dict[str, Any]] = solara.reactive({})
        self.found: solara.Reactive[dict[str, Any] | None] = solara.reactive(None)
        self.progress: solara.Reactive[dict[str, Any]] = solara.reactive(IDLE)
        self._job: solara.Reactive[Job | None] = solara.reactive(None)

    @property
    def job(self) -> Job:
        """The job of this tab."""
        job: Job | None = self._job.peek()
        if job is None:
            job = Job(self.progress)
            self._job.set(job)
        return job

    def stop(self) -> None:
        """Stop what is under way in this tab, if anything is."""
        if (job := self._job.peek()) is not None:
            job.stop()


comparing, mapping, explaining, weighing, debriefing = Work(), Work(), Work(), Work(), Work()
"""The work of Compare, Map, Why, Money and the game."""

_folders: solara.Reactive[tuple[Path, ...]] = solara.reactive(())


def begin() -> ExploreSession:
    """Return the tab's session; a fresh one on the first scenario if there is none yet."""
    current: ExploreSession | None = session.peek()
    return ExploreSession(catalogue.shipped(catalogue.FIRST)) if current is None else current


def start_at(week: int) -> None:
    """Let Explore go to a week, once."""
    start_week.set({"week": week, "turn": start_week.peek().get("turn", 0) + 1})


def keep_folder(folder: Path) -> None:
    """Note a folder of the server that this tab has to remove."""
    _folders.set((*_folders.peek(), folder))


def sweep() -> None:
    """Remove from the server what was brought or made in this tab and is of no use any more."""
    current = service.peek()
    needed = {*map(uploads.folder_in_use, begin().scenarios()), pending.peek()} | (
        {current.folder, current.made} if current else set()
    )
    for folder in _folders.peek():
        if folder not in needed:
            uploads.forget(folder)
    _folders.set(tuple(folder for folder in _folders.peek() if folder in needed))


def take_leave() -> None:
    """Stop what is under way for this tab, and remove from the server all that was brought or made in it."""
    for work in (comparing, mapping, explaining, weighing, debriefing):
        work.stop()
    for folder in _folders.peek():
        uploads.forget(folder)


def tell(error: Any) -> None:
    """Show the faults of an input error on the page."""
    lines = [str(fault) for fault in error.faults[:_MOST_TOLD]]
    more = [f"… and {len(error.faults) - _MOST_TOLD:,} more."] if len(error.faults) > _MOST_TOLD else []
    notices.set([line if len(line) <= _LONGEST_TOLD else f"{line[:_LONGEST_TOLD]}…" for line in lines] + more)
