"""Explore: play a culture forward, act on it, rewind, and see both futures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import solara
from reacton.core import get_render_context

from sim.base.errors import InputError
from sim.dashboard import catalogue, exchange, uploads, views
from sim.dashboard.components import Explore, First, Levers, Mine, Tools
from sim.dashboard.glossary import GLOSSARY
from sim.dashboard.keeping import session_as_text
from sim.dashboard.moved import moved
from sim.dashboard.pages import state
from sim.dashboard.pages.answer import AnswerOf
from sim.dashboard.pages.behind import BehindOf
from sim.dashboard.pages.bringing import bring, name_of, programme_named, ran_on, recall
from sim.dashboard.session import ExploreSession, check_size
from sim.dashboard.shared import digest_of, organisation_of

__all__ = ["ExplorePage"]

Message = dict[str, Any]


_ACTS: dict[str, Callable[[ExploreSession, Message], ExploreSession]] = {
    "lever": lambda session, said: session.with_lever(str(said["name"]), float(said["value"]), int(said["week"])),
    "time": lambda session, said: session.with_leaders_time(
        float(said["purpose"]), float(said["staff"]), float(said["leaders"]), int(said["week"])
    ),
    "do": lambda session, said: session.with_action(str(said["key"]), int(said["week"])),
    "add": lambda session, said: session.with_entry(str(said["kind"]), dict(said["fields"])),
    "edit": lambda session, said: session.with_entry_fields(int(said["place"]), dict(said["fields"])),
    "remove": lambda session, said: session.without_entry(int(said["place"])),
    "keep": lambda session, said: session.keep(int(said["week"])),
    "go": lambda session, said: session.go_to_kept(int(said["place"])),
    "drop": lambda session, said: session.without_kept(int(said["place"])),
    "undo": lambda session, said: session.undo(),
    "redo": lambda session, said: session.redo(),
    "world": lambda session, said: session.new_world(),
    "restart": lambda session, said: session.restarted(),
    "choose": lambda session, said: session.with_scenario(programme_named(str(said["name"]))),
    "leave": lambda session, said: session.with_organisation(None),
}
"""What the page can ask for, each a session from a session."""


@solara.component
def ExplorePage() -> None:
    """The page."""
    router = solara.use_router()
    link = solara.use_reactive("")
    file = solara.use_reactive({"turn": 0, "name": "", "type": "", "content": ""})
    answered = solara.use_reactive(0)
    looked_back: solara.Reactive[dict[str, Any]] = solara.use_reactive({"of": "", "turn": 0})
    solara.use_effect(lambda: _open_link(router.search), [router.search])
    fresh = solara.use_memo(state.begin, [])
    session = state.session.value or fresh
    own = uploads.folder_in_use(session.scenario)
    page = get_render_context()

    def act(said: Message) -> None:
        with page:  # All that comes of it is shown at once: the page is not made anew for each part.
            has_files = _take(said, link, file, looked_back)
            answered.set(answered.peek() + 1)
        if has_files:
            router.push("/service")

    organisation_key = f"{session.scenario.organisation.model_dump_json()} {Path(session.scenario.tables or '').name}"
    scene = solara.use_memo(
        lambda: views.scene(organisation_of(session.scenario), organisation_key, names_people=own is None),
        [organisation_key],
    )
    start = session.scenario.start.isoformat() if session.scenario.start else None
    stage = solara.use_memo(lambda: views.stage(session, state.colour.value), [id(session), state.colour.value])
    levers_set = solara.use_memo(lambda: views.levers_set(session.scenario), [id(session)])
    mark = solara.use_memo(lambda: _mark(session), [id(session)])
    chosen = solara.use_memo(lambda: name_of(session.origin), [id(session.origin)])
    kept = solara.use_memo(lambda: _as_kept(session), [id(session)])
    with solara.Div():
        Mine(**kept, title=session.scenario.title, event_act=act)
        Tools(
            choices=[list(choice) for choice in catalogue.choices()],
            chosen=chosen,
            seed=session.seed,
            link=link.value,
            story=session.scenario.story,
            downloads=exchange.DOWNLOADS,
            organisation="" if own is None else views.in_short(organisation_of(session.scenario)),
            accepts=[*uploads.SUFFIXES, ".toml"],
            file=file.value,
            event_act=act,
        )
        First(ends=session.scenario.support_end_week or 0)
        BehindOf([session.scenario], has_table=True)
        AnswerOf(session.scenario)
        with solara.Div(classes=["cs-explore"]):
            Levers(
                actions=views.actions(),
                groups=views.lever_groups(session.scenario.rulebook),
                levers_set=levers_set,
                entries=stage["entries"],
                intended=stage["main"]["intended"],
                glossary=GLOSSARY,
                start=start,
                event_act=act,
            )
            Explore(
                scene=scene,
                kinds=views.kinds(),
                weeks=session.scenario.weeks,
                start=start,
                can_undo=bool(session.past),
                can_redo=bool(session.ahead),
                moved=looked_back.value if looked_back.value["of"] == mark else None,
                go_to_week=state.start_week.value,
                answered=answered.value,
                event_act=act,
                **stage,
            )


def _mark(session: ExploreSession) -> str:
    """Return what tells the run that is shown from others."""
    return f"{digest_of(session.scenario)} {session.seed}"


def _take(
    said: Message,
    link: solara.Reactive[str],
    file: solara.Reactive[dict[str, Any]],
    looked_back: solara.Reactive[dict[str, Any]],
) -> bool:
    """Do what the page asks for; what cannot be done is told, and changes nothing.

    Returns
    -------
    whether there are files now that have to be understood on the page that does
    """
    session = state.begin()
    kind = said.get("type")
    try:
        if kind == "recall":
            recall(str(said["text"]), int(said["week"]))
        elif kind == "open":
            _open_link(str(said["link"]))
        elif kind == "colour":
            state.colour.set(str(said["state"]))
        elif kind == "moved":
            found = moved(session.scenario, session.seed, int(said["week"]))
            looked_back.set({**found, "of": _mark(session), "turn": looked_back.peek()["turn"] + 1})
        elif kind == "share":
            link.set(exchange.link_to(session, int(said["week"])) + f"#{link.peek().count('#') + id(said) % 97}")
        elif kind == "download":
            made = exchange.download(str(said["key"]), session)
            file.set({"turn": int(file.peek()["turn"]) + 1, **made})
        elif kind == "too_large":
            uploads.refuse_size(int(said["size"]))
        elif kind == "upload":
            state.notices.set([])
            return bring(said["files"], ran_on(said))
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


def _as_kept(session: ExploreSession) -> dict[str, Any]:
    """Return what the browser keeps of a session: all of it, and the address of what is run.

    What is run in somebody's own organisation has no address, and is kept only beside the files, if those are.
    """
    is_own = session.scenario.tables is not None
    link = "" if is_own else exchange.link_to(session, 0)
    return {"book": session_as_text(session), "link": link, "is_own": is_own}


def _open_link(search: str | None) -> None:
    """Open the session that a link tells of; what a link says wrongly is left out."""
    if not search:
        return
    opened = exchange.open_link(search)
    if opened is not None:
        current, link = state.session.peek(), opened.session
        if current is not None and (current.scenario.digest(), current.seed) == (link.scenario.digest(), link.seed):
            return  # One comes back to the address of what is here.
        state.session.set(link if current is None else current.with_scenario(link.scenario, link.seed))
        state.start_at(opened.week)
        state.notices.set([opened.differs] if opened.differs else [])
