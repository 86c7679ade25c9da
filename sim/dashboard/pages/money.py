"""Money: what programmes cost beside what is left of them, and the best programme for a budget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import solara

from sim.base.errors import InputError, OutputError
from sim.dashboard import catalogue, exchange
from sim.dashboard.answering import run_piece
from sim.dashboard.budgets import Searches, the_searches
from sim.dashboard.components import Money
from sim.dashboard.money import (
    MOST_PROGRAMMES,
    Candidate,
    ProgrammeWorth,
    all_pieces,
    candidates,
    known_worth,
    shown,
    worth_of,
)
from sim.dashboard.pages import state
from sim.dashboard.pages.behind import BehindOf
from sim.dashboard.pages.bringing import programme_named
from sim.dashboard.pages.looking import use_looking
from sim.dashboard.session import check_size
from sim.dashboard.shared import organisation_of
from sim.inputs.scenario.description import Scenario

__all__ = ["MoneyPage"]

Message = dict[str, Any]
_LONGEST_NAME, _LONGEST_KEY = 80, 200


@solara.component
def MoneyPage() -> None:
    """The page."""
    router = solara.use_router()
    session = state.session.value or state.begin()
    explored, mine, weighed, work = session.scenario, state.mine.value, state.weighed.value, state.weighing
    found = solara.use_memo(lambda: _candidates(explored, mine), [explored.digest(), explored.title, mine])
    asked, left_out, why_not = found
    searches: solara.Reactive[list[Message]] = solara.use_reactive([])
    done_by = the_searches()
    look_now = use_looking(lambda: done_by and searches.set(done_by.told(explored)), [explored.digest()])
    solara.use_effect(lambda: _weigh(asked), [tuple(one.scenario.digest() for one in asked)])

    def act(said: Message) -> None:
        try:
            opened = _take(said, asked, explored, done_by)
            state.notices.set([])
            if opened:
                router.push("/")
        except InputError as error:
            state.tell(error)
        except OutputError:
            state.notices.set(["This server cannot keep a search: its folder cannot be written."])
        except (KeyError, OverflowError, TypeError, ValueError):
            state.notices.set(["That could not be understood; nothing was changed."])
        look_now.set()

    worths: dict[str, ProgrammeWorth] = work.found.value or {}
    BehindOf([explored])
    Money(
        result=shown(
            asked,
            [known_worth(one.scenario) or worths.get(one.scenario.digest()) for one in asked],
            weighed["picked"],
            weighed["counts_own"],
        ),
        picked=weighed["picked"],
        counts_own=weighed["counts_own"],
        left_out=left_out,
        why_not=why_not,
        days=state.budget.value,
        searches=searches.value,
        progress=work.progress.value,
        event_act=act,
    )


def _candidates(
    explored: Scenario, mine: Sequence[tuple[str, Scenario]]
) -> tuple[list[Candidate], list[list[str]], str]:
    """Return the programmes, what of one's own is none of them, and why there are none at all."""
    here = Candidate(state.EXPLORED, explored.title, explored)
    own = [Candidate(f"(mine) {name}", name, scenario) for name, scenario in mine]
    shipped = []
    for name, title in catalogue.choices():
        try:
            shipped.append(Candidate(name, title, programme_named(name)))
        except InputError:  # it does not go with somebody's own organisation
            continue
    try:
        return *candidates(here, shipped, own), ""
    except InputError as error:
        return [], [], str(error.faults[0])


def _weigh(asked: Sequence[Candidate]) -> None:
    """Let workers find out what programmes are worth of which that is not known."""
    work = state.weighing
    missing = [one for one in asked if known_worth(one.scenario) is None]
    question = {"programmes": [one.scenario.digest() for one in missing]}
    if not missing:
        work.stop()
        return
    if work.asked.peek() == question and work.progress.peek()["is_busy"]:
        return
    work.asked.set(question)
    pieces = all_pieces(missing)
    worlds: list[dict[int, Any]] = [{} for _ in missing]

    def show() -> None:
        known = {one.scenario.digest(): worth_of(one.scenario, done) for one, done in zip(missing, worlds, strict=True)}
        work.found.set({key: worth for key, worth in known.items() if worth is not None})

    try:
        for one in missing:
            check_size(one.scenario, organisation_of(one.scenario))
        work.job.start(
            run_piece, [piece for _, piece in pieces], lambda place, done: worlds[pieces[place][0]].update(done), show,
            "steps", begins="Many worlds are on their way…",
        )  # fmt: skip
    except InputError as error:
        state.tell(error)


def _take(said: Message, asked: Sequence[Candidate], explored: Scenario, done_by: Searches | None) -> bool:
    """Do what the page asks for, and tell whether Explore has something new to show."""
    kind = said["type"]
    if kind == "mine":
        state.mine.set(_read_mine(said["scenarios"]))
    elif kind == "pick":
        state.weighed.set(_picked(asked, str(said["key"]), bool(said["is_picked"])))
    elif kind == "count":
        state.weighed.set({**state.weighed.peek(), "counts_own": bool(said["own"])})
    elif kind == "weigh":
        state.weighed.set(_as_kept(said))
    elif kind == "ask":
        _weigh(asked)
    elif kind == "cancel":
        state.weighing.stop()
    elif kind == "open":
        scenario = {one.key: one.scenario for one in asked}[said["key"]]
        state.session.set(state.begin().with_scenario(scenario))
        return True
    elif done_by is None:
        raise InputError.single("budget", "a folder of this server's own to search in", "none that it can use")
    elif kind == "search":
        state.budget.set(int(said["days"]))
        done_by.begin(explored, int(said["days"]))
    elif kind == "stop":
        done_by.stop(explored, int(said["days"]))
    elif kind == "open_best":
        scenario = done_by.programme(explored, int(said["days"]), float(said["part"]))
        state.session.set(state.begin().with_scenario(scenario))
        return True
    else:
        raise ValueError(kind)
    return False


def _as_kept(said: Message) -> dict[str, Any]:
    """Return what a browser has kept of what is weighed; what is not among the programmes any more does no harm."""
    picked = [str(key)[:_LONGEST_KEY] for key in said["picked"]][:MOST_PROGRAMMES]
    return {"picked": picked, "counts_own": bool(said["counts_own"])}


def _picked(asked: Sequence[Candidate], key: str, is_picked: bool) -> dict[str, Any]:
    """Return what is weighed, with a programme among those that are ticked or without it: ticks may come fast."""
    weighed = state.weighed.peek()
    wanted = {*weighed["picked"], key} if is_picked else {*weighed["picked"]} - {key}
    return {**weighed, "picked": [one.key for one in asked if one.key in wanted]}


def _read_mine(scenarios: Sequence[Message]) -> list[tuple[str, Scenario]]:
    """Return the scenarios that a browser has kept; what cannot be read is none."""
    opened = [(str(one["name"])[:_LONGEST_NAME], exchange.open_link(str(one["link"]))) for one in scenarios]
    return [(name, link.session.scenario) for name, link in opened if link is not None][:MOST_PROGRAMMES]
