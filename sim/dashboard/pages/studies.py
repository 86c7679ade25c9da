"""Studies: long work in a folder of the server's, watched, stopped and gone on with."""

from __future__ import annotations

from typing import Any

import solara

from sim.base.errors import InputError, OutputError
from sim.dashboard.components import Studies
from sim.dashboard.pages import state
from sim.dashboard.pages.looking import use_looking
from sim.dashboard.studies import FolderWatch, the_watch

__all__ = ["StudiesPage"]


@solara.component
def StudiesPage() -> None:
    """The page; it looks again every second for as long as somebody has it open."""
    watch = the_watch()
    works: solara.Reactive[list[dict[str, Any]] | None] = solara.use_reactive([] if watch is None else None)
    shown: solara.Reactive[dict[str, Any] | None] = solara.use_reactive(None)
    chosen = solara.use_reactive("")
    look_now = use_looking(lambda: None if watch is None else _look(watch, works, shown, chosen), [])

    def act(said: dict[str, Any]) -> None:
        try:
            _do(watch, said, chosen, shown)
            state.notices.set([])
        except InputError as error:
            state.tell(error)
        except OutputError:
            state.notices.set(["This server cannot write there: stop it where it was started."])
        except (KeyError, TypeError, ValueError):
            state.notices.set(["That could not be understood; nothing was changed."])
        look_now.set()

    Studies(works=works.value, chosen=chosen.value, shown=shown.value, event_act=act)


def _do(
    watch: FolderWatch | None,
    said: dict[str, Any],
    chosen: solara.Reactive[str],
    shown: solara.Reactive[dict[str, Any] | None],
) -> None:
    if watch is None:
        raise InputError.single("studies", "a server that was started with --studies FOLDER", "one without")
    kind, name = str(said["type"]), str(said["name"])
    if kind == "show":
        shown.set(None)
        chosen.set(name)
    elif kind == "stop":
        watch.stop(name)
    elif kind == "go_on":
        watch.go_on(name)
    else:
        raise ValueError(kind)


def _look(
    watch: FolderWatch,
    works: solara.Reactive[list[dict[str, Any]] | None],
    shown: solara.Reactive[dict[str, Any] | None],
    chosen: solara.Reactive[str],
) -> None:
    """Look what there is."""
    works.set(watch.listed())
    if name := chosen.peek():
        try:
            came = watch.part_results(name)
        except InputError:  # it has gone
            chosen.set("")
        else:
            if chosen.peek() == name:
                shown.set(came)
