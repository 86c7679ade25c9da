"""Be one of the three: the game for one, quarter by quarter, and its debrief."""

from __future__ import annotations

from typing import Any

import solara

from sim.base.errors import InputError
from sim.dashboard import exchange, solo
from sim.dashboard.components import Game
from sim.dashboard.pages import state
from sim.dashboard.solo import Solo
from sim.game.shown import debrief_shown
from sim.game.timeline import scenario_of

__all__ = ["GamePage"]

Message = dict[str, Any]


@solara.component
def GamePage() -> None:
    """The page."""
    router = solara.use_router()
    playing = state.game.value
    work = state.debriefing
    book = "" if playing is None else playing.text
    solara.use_effect(lambda: _debrief(playing), [book])
    shown = solara.use_memo(lambda: None if playing is None else playing.shown(), [book])
    ours = work.found.value if work.asked.value == {"game": book} else None
    told = solo.debriefs.find(book) or ours
    file = solara.use_reactive({"turn": 0, "name": "", "type": "", "content": ""})

    def act(said: Message) -> None:
        try:
            state.notices.set([])
            if said["type"] == "take" and playing is not None:
                name, text = solo.taken_home(playing, str(said["what"]), told)
                file.set({"turn": int(file.peek()["turn"]) + 1, **exchange.as_file(name, text.encode())})
                return
            if said["type"] == "explore" and playing is not None:
                world = scenario_of(playing.game)
                state.session.set(state.begin().with_scenario(world, seed=playing.game.setup.seed))
                state.start_at(0)
                router.push("/")
            else:
                _take(said)
        except InputError as error:
            state.tell(error)
        except (KeyError, OverflowError, TypeError, ValueError):
            state.notices.set(["That could not be understood; nothing was changed."])

    Game(
        setting=solo.setting(),
        game=shown,
        book=book,
        debrief=told,
        progress=work.progress.value,
        file=file.value,
        event_act=act,
    )


def _take(said: Message) -> None:
    """Do what the page asks for."""
    kind, playing = said["type"], state.game.peek()
    if kind == "recall":
        # Where somebody has begun with something else meanwhile, that goes on.
        state.game.set(playing or solo.opened(str(said["text"])))
    elif kind == "begin":
        chosen = (int(said[name]) for name in ("chair", "seed", "quarters"))
        state.game.set(solo.begun(str(said["story"]), *chosen))
    elif playing is None:
        raise ValueError(kind)
    elif kind == "again":
        state.debriefing.stop()
        state.game.set(None)
    elif kind == "answer":
        state.game.set(playing.answered(int(said["quarter"]), str(said["does"])))
    elif kind == "decide":
        quarter, *days = (int(said[name]) for name in ("quarter", "together", "staff", "leaders"))
        state.game.set(playing.decided(quarter, *days))
    elif kind == "debrief":
        _debrief(playing)
    else:
        raise ValueError(kind)


def _debrief(playing: Solo | None) -> None:
    """Let a worker run the twins of a game that is over, where nobody has asked for the same before."""
    work = state.debriefing
    if playing is None or not playing.game.is_over:
        return
    book = playing.text
    if solo.debriefs.find(book) is not None or (
        work.asked.peek() == {"game": book} and work.progress.peek()["is_busy"]
    ):
        return
    work.asked.set({"game": book})
    work.found.set(None)
    told: list[dict[str, Any]] = []

    def take(_place: int, found: dict[str, Any]) -> None:
        solo.debriefs.keep(book, found)
        told.append(found)

    try:
        work.job.start(
            debrief_shown, [playing.game], take, lambda: work.found.set(told[0]), "games",
            begins="The twins of your game are being run: some seconds.",
        )  # fmt: skip
    except InputError as error:
        state.tell(error)
