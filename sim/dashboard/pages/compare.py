"""Compare: two to four scenarios over many twin worlds, side by side."""

from __future__ import annotations

from typing import Any

import solara

from sim.base.errors import InputError
from sim.dashboard import catalogue, exchange
from sim.dashboard.comparison import arms_of, pieces_for, result, run_piece
from sim.dashboard.components import Compare, Comparison, Progress
from sim.dashboard.glossary import GLOSSARY
from sim.dashboard.pages import state
from sim.dashboard.pages.behind import BehindOf
from sim.dashboard.pages.bringing import programme_named
from sim.dashboard.session import check_size
from sim.dashboard.shared import organisation_of
from sim.inputs.scenario.description import Scenario

__all__ = ["EXPLORED", "ComparePage"]

EXPLORED = state.EXPLORED
MOST_WORLDS = 1000
_MOST_PERSON_WEEKS = 5_000_000_000


def chosen_scenarios(names: list[str], replicates: int) -> list[Scenario]:
    """Return the scenarios to be compared.

    Raises
    ------
    InputError : none or more than four, one that is not known, or too much work for a page
    """
    if not 1 <= len(names) <= 4 or not 1 <= replicates <= MOST_WORLDS:
        raise InputError.single(
            "compare", f"one to four scenarios, 1 to {MOST_WORLDS} worlds", f"{len(names)}, {replicates}"
        )
    scenarios = [programme_named(name) for name in names]
    work, weeks = 0, max(scenario.weeks for scenario in scenarios)
    for scenario in scenarios:
        organisation = organisation_of(scenario)
        check_size(scenario, organisation)
        runs = 3 if scenario.upkeep else 2
        work += runs * replicates * organisation.n_people * weeks
    if work > _MOST_PERSON_WEEKS:
        raise InputError.single(
            "compare", f"at most {_MOST_PERSON_WEEKS:,} person-weeks", f"{work:,}", "take fewer worlds"
        )
    return scenarios


@solara.component
def ComparePage() -> None:
    """The page."""
    work = state.comparing
    shown = work.found
    file = solara.use_reactive({"turn": 0, "name": "", "type": "", "content": ""})

    def start(said: dict[str, Any]) -> None:
        names = [str(name) for name in said["names"]]
        scenarios = chosen_scenarios(names, int(said["replicates"]))
        arms = arms_of(scenarios)
        pieces = pieces_for(arms, int(said["replicates"]))

        def take(place: int, done: dict[int, Any]) -> None:
            arms[pieces[place].arm].take(pieces[place], done)

        state.compared.set(names)
        work.asked.set({"replicates": int(said["replicates"]), "scenarios": scenarios})
        shown.set(None)
        work.job.start(run_piece, pieces, take, lambda: shown.set(result(arms)), "pieces")

    def act(said: dict[str, Any]) -> None:
        try:
            if said.get("type") == "start":
                start(said)
            elif said.get("type") == "download" and shown.value is not None:
                made = exchange.comparison_file(str(said["key"]), shown.value)
                file.set({"turn": int(file.peek()["turn"]) + 1, **made})
            state.notices.set([])
        except InputError as error:
            state.tell(error)
        except (KeyError, OverflowError, TypeError, ValueError):
            state.notices.set(["That could not be understood; nothing was changed."])

    Compare(
        choices=[[EXPLORED, "What is in Explore"], *[list(choice) for choice in catalogue.choices()]],
        picked=state.compared.value,
        replicates=work.asked.value.get("replicates", 40),
        has_result=shown.value is not None,
        is_own=state.begin().scenario.tables is not None,
        progress=work.progress.value,
        glossary=GLOSSARY,
        event_act=act,
    )
    Progress(progress=work.progress.value, what="Twin worlds done", event_cancel=lambda _: work.stop())
    BehindOf(work.asked.value.get("scenarios", []))
    Comparison(result=shown.value, glossary=GLOSSARY, file=file.value, event_act=act)
