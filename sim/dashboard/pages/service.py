"""Your service: files that an organisation has, what was understood of them, and where the model lets it start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import solara

from sim.base.errors import InputError
from sim.dashboard import catalogue, exchange, service, starting, understood, uploads, views
from sim.dashboard.components import Progress, Service, Standing, Understanding
from sim.dashboard.keeping import open_session, session_as_text
from sim.dashboard.pages import state
from sim.dashboard.pages.bringing import bring, ran_on
from sim.dashboard.pages.jobs import IDLE, Job
from sim.dashboard.service import ImportResult, OwnService
from sim.dashboard.session import in_organisation
from sim.dashboard.shared import organisation_of
from sim.inputs.imports import TEMPLATES

__all__ = ["ServicePage"]

Message = dict[str, Any]
Shown = dict[str, Any]

_PATHS = {"explore": "/", "compare": "/compare", "map": "/map"}
_BROUGHT = "(brought)"

_CHANGES: dict[str, Callable[[OwnService, Message], OwnService]] = {
    "remove": lambda own, said: own.without_file(str(said["name"])),
    "kind": lambda own, said: own.with_kind(str(said["sheet"]), str(said["kind"])),
    "meaning": lambda own, said: own.with_meaning(str(said["sheet"]), str(said["column"]), str(said["meaning"])),
    "word": lambda own, said: own.with_word(str(said["kind"]), str(said["text"]), str(said["meaning"])),
    "answer": lambda own, said: own.with_answers(**dict(said["answers"])),
    "pseudonyms": lambda own, said: own.with_pseudonyms(bool(said["wanted"])),
}
"""What the page can change."""


@solara.component
def ServicePage() -> None:
    """The page."""
    router = solara.use_router()
    progress, running = solara.use_reactive(IDLE), solara.use_reactive(IDLE)
    file = solara.use_reactive({"turn": 0, "name": "", "type": "", "content": ""})
    parcel: solara.Reactive[Shown] = solara.use_reactive({"turn": 0, "files": [], "ran": ""})
    standing: solara.Reactive[_Known | None] = solara.use_reactive(None)
    smallest = solara.use_reactive(starting.SMALLEST_GROUP)
    job = solara.use_memo(lambda: Job(progress), [])
    run = solara.use_memo(lambda: Job(running), [])
    solara.use_effect(lambda: lambda: (job.stop(), run.stop()), [])
    own = state.service.value
    solara.use_effect(lambda: _understand(job), [own.turn if own else -1])
    solara.use_effect(lambda: _let_start(run, standing), [str(own.made) if own else ""])

    def act(said: Message) -> None:
        if path := _take(said, file, parcel, smallest):
            router.push(path)

    session = state.session.value or state.begin()
    in_use = uploads.folder_in_use(session.scenario)
    shown = understood.shown(own)
    Service(
        service=shown,
        limits={"bytes": uploads.MOST_BYTES, "files": uploads.MOST_FILES, "accepts": [*uploads.SUFFIXES, ".toml"]},
        templates=[[key, one.file, one.says] for key, one in TEMPLATES.items()],
        programmes=_programmes(own),
        in_use="" if in_use is None else views.in_short(organisation_of(session.scenario)),
        progress=progress.value,
        file=file.value,
        parcel=parcel.value,
        event_act=act,
    )
    Progress(progress=_to_say(progress.value), what="Files understood", event_cancel=lambda _: job.stop())
    Progress(progress=_to_say(running.value), what="Worlds run", event_cancel=lambda _: run.stop())
    Standing(standing=_stands(own, standing.value, smallest.value), event_act=act)
    Understanding(service=shown, event_act=act)


class _Known:
    """What workers have found out about an organisation.

    Parameters
    ----------
    made : the folder of its tables
    where : who is where
    starts : worlds
    """

    def __init__(self, made: str, where: Shown, starts: list[starting.Start]) -> None:
        self.made, self.where, self.starts = made, where, starts


def _stands(own: OwnService | None, known: _Known | None, smallest: int) -> Shown | None:
    """Return how an organisation stands; None where that is not known of what was understood last."""
    if own is None or own.told is None or known is None or known.made != str(own.made):
        return None
    return starting.standing(known.where, known.starts, own.told.entered, smallest)


def _to_say(progress: Shown) -> Shown:
    """Return what has to be said of work: how far it is, and why it is not done; what is done shows itself."""
    return IDLE if str(progress["words"]).startswith("Done") else progress


def _programmes(own: OwnService | None) -> list[list[str]]:
    brought = [[_BROUGHT, own.programme.name]] if own is not None and own.programme is not None else []
    return [*brought, [state.EXPLORED, "What is in Explore"], *[list(choice) for choice in catalogue.choices()]]


# --- in the background ------------------------------------------------------------------------------------------------


def _understand(job: Job) -> None:
    """Let a worker understand the files as they are now, if it has not yet."""
    own = state.service.peek()
    if own is None or not own.is_stale:
        return
    if not own.files:
        job.stop()
        state.service.set(own.with_told(ImportResult(), own.folder, own.turn))
        return
    turn = own.turn
    found: list[ImportResult] = []

    def show() -> None:
        current = state.service.peek()
        if current is not None and current.turn == turn and found:
            state.service.set(current.with_told(found[0], asked.into, turn))
            if found[0].is_whole:
                _go_on(asked.into)
            state.sweep()

    try:
        asked = own.asked()
        state.pending.set(asked.into)
        state.keep_folder(asked.into)
        n = "a file" if len(own.files) == 1 else f"{len(own.files)} files"
        job.start(
            service.read_piece, [asked], lambda _, told: found.append(told), show, "files", begins=f"Reading {n}…"
        )
    except InputError as error:
        state.tell(error)


def _go_on(made: Path) -> None:
    """Go on with what was run on files that were brought back; what does not go with them is left out."""
    ran = state.coming_back.peek()
    state.coming_back.set(None)
    session = None if ran is None else open_session(ran[0], str(made))
    if ran is not None and session is not None:
        state.session.set(session)
        state.start_at(ran[1])


def _let_start(run: Job, standing: solara.Reactive[_Known | None]) -> None:
    """Let workers find out how the organisation stands, if there is one."""
    own = state.service.peek()
    run.stop()
    if own is None or own.made is None or own.told is None:
        return
    made = str(own.made)
    where: list[Shown] = []
    starts: list[starting.Start] = []

    def take(_place: int, done: Shown | starting.Start) -> None:
        if isinstance(done, starting.Start):
            starts.append(done)
        else:
            where.append(done)

    def show() -> None:
        if where and len(starts) == starting.N_WORLDS:
            standing.set(_Known(made, where[0], starts))

    try:
        session = state.begin()
        scenario = in_organisation(starting.undisturbed(session.scenario), made)
        pieces = starting.pieces_for(scenario, session.seed, own.told.agrees_above)
        run.start(starting.run_piece, pieces, take, show, "pieces", begins="Letting it start…")
    except InputError as error:
        state.tell(error)


# --- what the page asks for -------------------------------------------------------------------------------------------


def _take(
    said: Message, file: solara.Reactive[Shown], parcel: solara.Reactive[Shown], smallest: solara.Reactive[int]
) -> str:
    """Do what the page asks for, and return where to go then; what cannot be done is told, and changes nothing."""
    kind, own = said.get("type"), state.service.peek()
    path = ""
    try:
        if kind == "upload":
            state.notices.set([])
            return "" if bring(said["files"], ran_on(said)) else "/"
        if kind == "too_large":
            uploads.refuse_size(int(said["size"]))
        elif kind == "template":
            one = TEMPLATES[str(said["name"])]
            _save(file, exchange.as_file(one.file, one.text.encode("utf-8-sig")))
        elif kind == "smallest":
            wanted = int(said["answers"])
            smallest.set(max(starting.FEWEST_SMALLEST, min(wanted, starting.MOST_SMALLEST)))
        elif own is not None:
            path = _take_of(own, said, file, parcel)
        state.notices.set([])
    except InputError as error:
        state.tell(error)
    except (KeyError, OverflowError, TypeError, ValueError):
        state.notices.set(["That could not be understood; nothing was changed."])
    return path


def _take_of(own: OwnService, said: Message, file: solara.Reactive[Shown], parcel: solara.Reactive[Shown]) -> str:
    """Do what the page asks for with files that are here."""
    kind = said.get("type")
    if kind in _CHANGES:
        state.service.set(_CHANGES[kind](own, said))
    elif kind == "again":
        state.service.set(None)
        state.sweep()
    elif kind == "mapping":
        _save(file, exchange.as_file("mapping.toml", service.mapping_as_toml(own)))
    elif kind == "folder":
        _save(file, exchange.as_file("my-service.zip", service.folder_as_zip(own)))
    elif kind == "keep":
        session = state.begin()
        is_own = uploads.folder_in_use(session.scenario) is not None
        ran = session_as_text(session) if is_own else ""
        parcel.set({"turn": int(parcel.peek()["turn"]) + 1, "files": service.as_upload(own), "ran": ran})
    elif kind == "kept":
        parcel.set({**parcel.peek(), "files": [], "ran": ""})
    elif kind == "use":
        path = _PATHS[str(said["where"])]
        _use(own, str(said["programme"]))
        return path
    return ""


def _use(own: OwnService, name: str) -> None:
    """Take the organisation up, with a programme."""
    if own.made is None or own.is_stale:
        raise InputError.single("use", "an organisation", "none yet", "answer what is asked first")
    session = state.begin()
    is_in_use = name == state.EXPLORED and session.scenario.tables == str(own.made)
    if name == _BROUGHT and own.programme is not None:
        state.session.set(session.with_scenario(uploads.read_programme(own.programme, own.made)))
    elif not is_in_use:  # What is in use already stays, with what was changed and kept.
        programme = session.scenario if name == state.EXPLORED else catalogue.shipped(name)
        state.session.set(session.with_scenario(in_organisation(programme, str(own.made))))
    state.compared.set([state.EXPLORED])
    state.mapped.set(state.EXPLORED)
    state.sweep()


def _save(file: solara.Reactive[Shown], made: dict[str, str]) -> None:
    file.set({"turn": int(file.peek()["turn"]) + 1, **made})
