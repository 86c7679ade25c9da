"""Map: where a culture holds, or a shift persists, and where not, over two parameters."""

from __future__ import annotations

import itertools
from typing import Any

import solara

from sim.base.errors import InputError
from sim.dashboard import catalogue, exchange, mapping
from sim.dashboard.components import Map, Progress, Squares
from sim.dashboard.glossary import GLOSSARY
from sim.dashboard.pages import state
from sim.dashboard.pages.behind import BehindOf
from sim.dashboard.pages.bringing import programme_named
from sim.dashboard.pages.compare import EXPLORED
from sim.dashboard.session import check_size
from sim.dashboard.shared import organisation_of
from sim.inputs.scenario.description import Scenario
from sim.results.outcomes import OUTCOMES, YES_OR_NO

__all__ = ["MapPage"]

_LARGEST, _MOST_WORLDS = 12, 40
_turns = itertools.count(1)
_MOST_PERSON_WEEKS = 5_000_000_000


def _empty(scenario: Scenario, said: dict[str, Any]) -> dict[str, Any]:
    """Return the map that the page asks for, before anything is known of it."""
    x, y, size, outcome = str(said["x"]), str(said["y"]), int(said["size"]), str(said["outcome"])
    if x not in mapping.axes() or y not in mapping.axes() or x == y:
        raise InputError.single("map", "two different parameters of the list", f"{x}, {y}")
    if not 2 <= size <= _LARGEST or not 1 <= int(said["replicates"]) <= _MOST_WORLDS or outcome not in YES_OR_NO:
        raise InputError.single("map", f"2 to {_LARGEST} squares a side, 1 to {_MOST_WORLDS} worlds", f"{size}")
    organisation = organisation_of(scenario)
    check_size(scenario, organisation)
    if 2 * size**2 * int(said["replicates"]) * organisation.n_people * scenario.weeks > _MOST_PERSON_WEEKS:
        raise InputError.single(
            "map", "less work for a page", f"{organisation.n_people:,} people", "take fewer squares or worlds"
        )
    return {
        "title": scenario.title,
        "x": x,
        "y": y,
        "x_label": x.replace("_", " ").capitalize(),
        "y_label": y.replace("_", " ").capitalize(),
        "x_unit": mapping.said_in_hundreds(x),
        "y_unit": mapping.said_in_hundreds(y),
        "xs": mapping.axis(x, size),
        "ys": mapping.axis(y, size),
        "values": [[None] * size for _ in range(size)],
        "shows": OUTCOMES[outcome].meaning.removeprefix("whether "),
        "replicates": int(said["replicates"]),
        "boundary": [],
        "boundary_words": mapping.boundary_words(scenario, outcome, [], is_done=False),
        "turn": next(_turns),
        "here": [getattr(scenario.parameters, x), getattr(scenario.parameters, y)],
    }


def _start(said: dict[str, Any], work: state.Work) -> None:
    """Begin a map, and show it square by square."""
    scenario = programme_named(str(said["name"]))
    empty = _empty(scenario, said)
    values, size = empty["values"], len(empty["xs"])
    keeps: list[list[float | None]] = [[None] * size for _ in range(size)]
    squares = mapping.squares_for(
        scenario, empty["x"], empty["y"], empty["xs"], empty["ys"], int(said["replicates"]), str(said["outcome"])
    )

    def take(place: int, done: tuple[float, float | None]) -> None:
        row, column = squares[place].row, squares[place].column
        values[row][column], keeps[row][column] = done

    def show() -> None:
        lines = mapping.boundary(empty["xs"], empty["ys"], keeps)
        is_done = all(value is not None for row in values for value in row)
        words = mapping.boundary_words(scenario, str(said["outcome"]), lines, is_done)
        work.found.set({**empty, "values": [list(row) for row in values], "boundary": lines, "boundary_words": words})

    state.mapped.set(str(said["name"]))
    work.asked.set({**said, "scenario": scenario})
    work.found.set(empty)
    work.job.start(mapping.run_square, squares, take, show, "squares")


@solara.component
def MapPage() -> None:
    """The page."""
    router = solara.use_router()
    work = state.mapping
    grid, asked = work.found, work.asked.value
    file = solara.use_reactive({"turn": 0, "name": "", "type": "", "content": ""})

    def open_cell(said: dict[str, Any]) -> None:
        if grid.value is None:
            return
        shown = grid.value
        place = shown["xs"][int(said["x"])], shown["ys"][int(said["y"])]
        scenario = mapping.square_in_words(work.asked.peek()["scenario"], shown["x"], shown["y"], *place)
        state.session.set(state.begin().with_scenario(scenario))
        router.push("/")

    def act(said: dict[str, Any]) -> None:
        try:
            if said.get("type") == "start":
                _start(said, work)
            elif said.get("type") == "open":
                open_cell(said)
            elif said.get("type") == "download" and grid.value is not None:
                file.set({"turn": int(file.peek()["turn"]) + 1, **exchange.map_file(grid.value)})
        except InputError as error:
            state.tell(error)
        except (IndexError, KeyError, OverflowError, TypeError, ValueError):
            state.notices.set(["That could not be understood; nothing was changed."])

    Map(
        choices=[[EXPLORED, "What is in Explore"], *[list(choice) for choice in catalogue.choices()]],
        chosen=state.mapped.value,
        axes=mapping.labels(),
        outcomes=[[name, OUTCOMES[name].that.partition(" (")[0]] for name in YES_OR_NO],
        x=str(asked.get("x", "staff_turnover")),
        y=str(asked.get("y", "control_norm")),
        size=int(asked.get("size", 8)),
        replicates=int(asked.get("replicates", 10)),
        shows=str(asked.get("outcome", "holds")),
        has_grid=grid.value is not None,
        is_own=state.begin().scenario.tables is not None,
        progress=work.progress.value,
        glossary=GLOSSARY,
        event_act=act,
    )
    Progress(progress=work.progress.value, what="Squares done", event_cancel=lambda _: work.stop())
    BehindOf([asked["scenario"]] if "scenario" in asked else [])
    Squares(grid=grid.value, file=file.value, event_act=act)
