"""What is taken home from a game: every decision as a table, a page that needs no internet, a world as a scenario."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from sim.game.page import page, world_file
from sim.game.setup import CHAIRS
from sim.inputs.organisation import SENIOR_TITLES
from sim.room.export import moment
from sim.room.running import Runner
from sim.room.tables.state import TablesRoom
from sim.room.tables.views import debrief_of
from sim.room.text import csv_cell

__all__ = ["COLUMNS", "csv_of", "page_of", "report_of", "world_of"]

COLUMNS = (
    "record", "table", "quarter", "card", "post", "name", "by_model",
    "meant_fixing", "meant_together", "meant_staff", "meant_leaders",
    "given_fixing", "given_together", "given_staff", "given_leaders", "at", "text",
)  # fmt: skip
"""One row for each person, and for each quarter of each of the three at a table."""

_PARTS = ("fixing", "together", "staff", "leaders")


def csv_of(room: TablesRoom, _runner: Runner) -> str:
    """Return everything of a game as one table, safe to open in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in _rows(room):
        writer.writerow([csv_cell(row.get(column, "")) for column in COLUMNS])
    return out.getvalue()


def _rows(room: TablesRoom) -> Iterator[dict[str, Any]]:
    yield {"record": "room", "at": moment(room.opened_at), "text": f"{room.title}; seed {room.setup.seed}"}
    for person in room.people.values():
        row: dict[str, Any] = {"record": "participant", "name": person.name, "at": moment(person.joined_at)}
        yield {**row, "table": room.team_name(person.team or 0), "text": "taken out" if person.is_removed else ""}
    for place, table in enumerate(room.tables):
        for quarter, (closed, played) in enumerate(zip(table.game.closed, table.played, strict=True), start=1):
            for chair in CHAIRS:
                row = {
                    "record": "quarter", "table": room.team_name(place), "quarter": quarter,
                    "card": room.setup.cards.get(quarter, ""), "post": SENIOR_TITLES[chair - 1],
                    "by_model": int(closed.by_model[chair - 1]),
                }  # fmt: skip
                meant, given = closed.days[chair - 1].all, played.given(chair).all
                row |= {f"meant_{part}": days for part, days in zip(_PARTS, meant, strict=True)}
                row |= {f"given_{part}": round(days, 2) for part, days in zip(_PARTS, given, strict=True)}
                yield row


def world_of(room: TablesRoom, place: int) -> str:
    """Return the world of a table as a scenario file."""
    return world_file(room.tables[place].game)


def report_of(room: TablesRoom, runner: Runner) -> str:
    """Return the debriefs of all tables as one page."""
    return _page(room, runner, range(room.n_teams))


def page_of(room: TablesRoom, runner: Runner, place: int) -> str:
    """Return the debrief of one table as a page."""
    return _page(room, runner, [place])


def _page(room: TablesRoom, runner: Runner, places: Sequence[int]) -> str:
    found = [debrief_of(room, runner, place) for place in places]
    told = [one for one in found if one is not None and "arms" in one]
    played = f"{moment(room.opened_at)[:10]}. The same chance events for every table."
    return page(room.title, played, room.setup, told, room.differs)
