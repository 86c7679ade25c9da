"""Explore: play a culture forward, act on it, rewind, and see both futures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import solara

from sim.base.errors import InputError
from sim.dashboard import catalogue, exchange, uploads, views
from sim.dashboard.components import Explore, Levers, Tools
from sim.dashboard.glossary import GLOSSARY
from sim.dashboard.pages import state
from sim.dashboard.pages.bringing import bring, programme_named
from sim.dashboard.session import Session, check_size
from sim.dashboard.shared import organisation_of

__all__ = ["ExplorePage"]

Message = dict[str, Any]


_ACTS: dict[str, Callable[[Session, Message], Session]] = {
    "lever": lambda session, said: session.with_lever(str(said["name"]), float(said["value"]), int(said["week"])),
    "do": lambda session, said: session.with_action(str(said["key"]), int(said["week"])),
    "add": lambda session, said: session.with_entry(str(said["kind"]), dict(said["fields"])),
    "edit": lambda session, said: session.with_entry_fields(int(said["place"]), dict(said["fields"])),
    "remove": lambda session, said: session.without_entry(int(said["place"])),
    "keep": lambda session, said: session.keep(int(said["week"])),
    "go": lambda session, said: session.go_to_kept(int(said["place"])),
    "drop": lambda session, said: session.without_kept(int(said["place"])),
    "undo": lambda session, said: session.undo(),
    "world": lambda session, said: session.new_world(),
    "restart": lambda session, said: session.with_scenario(_origin(session)),
    "choose": lambda session, said: session.with_scenario(_choose(str(said["name"]))),
    "leave": lambda session, said: session.with_organisation(None),
}
"""What the page can ask for, each a session from a session."""


def _choose(name: str) -> Any:
    scenario = programme_named(name)
    state.chosen.set(name)
    return scenario


def _origin(session: Session) -> Any:
    """Return the scenario that the session began with."""
    return session.past[0] if session.past else session.scenario


@solara.component
def ExplorePage() -> None:
    """The page."""
    router = solara.use_router()
    link = solara.use_reactive("")
    file = solara.use_reactive({"turn": 0, "name": "", "type": "", "content": ""})
    answered = solara.use_reactive(0)
    solara.use_effect(lambda: _open_link(router.search), [router.search])
    session = state.session.value or state.begin()
    own = uploads.folder_in_use(session.scenario)

    def act(said: Message) -> None:
        if _take(said, link, file):
            router.push("/service")
        answered.set(answered.peek() + 1)

    organisation_key = f"{session.scenario.organisation.model_dump_json()} {Path(session.scenario.tables or '').name}"
    scene = solara.use_memo(
        lambda: views.scene(organisation_of(session.scenario), organisation_key, names_people=own is None),
        [organisation_key],
    )
    start = session.scenario.start.isoformat() if session.scenario.start else None
    stage = _stage(session, state.colour.value)
    Tools(
        choices=[list(choice) for choice in catalogue.choices()],
        chosen=state.chosen.value,
        seed=session.seed,
        link=link.value,
        story=session.scenario.story,
        downloads=exchange.DOWNLOADS,
        organisation="" if own is None else views.in_short(organisation_of(session.scenario)),
        accepts=[*uploads.SUFFIXES, ".toml"],
        file=file.value,
        event_act=act,
    )
    with solara.Div(classes=["cs-explore"]):
        Levers(
            actions=views.actions(),
            groups=views.lever_groups(session.scenario),
            entries=stage["entries"],
            glossary=GLOSSARY,
            start=start,
            answered=answered.value,
            event_act=act,
        )
        Explore(
            scene=scene,
            kinds=views.kinds(),
            weeks=session.scenario.weeks,
            start=start,
            can_undo=bool(session.past),
            go_to_week=state.start_week.value,
            event_act=act,
            **stage,
        )


def _stage(session: Session, colour: str) -> dict[str, Any]:
    return views.stage(session, colour)


def _take(said: Message, link: solara.Reactive[str], file: solara.Reactive[dict[str, Any]]) -> bool:
    """Do what the page asks for; what cannot be done is told, and changes nothing.

    Returns
    -------
    whether there are files now that have to be understood on the page that does
    """
    session = state.begin()
    kind = said.get("type")
    try:
        if kind == "colour":
            state.colour.set(str(said["state"]))
        elif kind == "share":
            link.set(exchange.link_to(session, int(said["week"])) + f"#{link.peek().count('#') + id(said) % 97}")
        elif kind == "download":
            made = exchange.download(str(said["key"]), session)
            file.set({"turn": int(file.peek()["turn"]) + 1, **made})
        elif kind == "too_large":
            uploads.refuse_size(int(said["size"]))
        elif kind == "upload":
            to_understand = bring(said["files"])
            state.notices.set([])
            return to_understand
        elif kind in _ACTS:
            new = _ACTS[kind](session, said)
            check_size(new.scenario, organisation_of(new.scenario))
            state.session.set(new)
            state.sweep()
        state.notices.set([])
    except InputError as error:
        state.tell(error)
    except (KeyError, OverflowError, TypeError, ValueError):
        state.notices.set(["That could not be understood; nothing was changed."])
    return False


def _open_link(search: str | None) -> None:
    """Open the session that a link tells of; what a link says wrongly is left out."""
    if not search:
        return
    opened = exchange.open_link(search)
    if opened is not None:
        state.session.set(opened.session)
        state.chosen.set(opened.session.scenario.title)
        state.start_week.set({"week": opened.week})
        state.notices.set([opened.differs] if opened.differs else [])
