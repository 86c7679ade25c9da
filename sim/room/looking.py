"""What became of a team's service beyond how many feel safe: its norms, its funnel, and what carried them.

Run in the background by the worker processes, in some of the worlds that the board counts.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sim.inputs.scenario.description import Scenario
from sim.results.ensemble import run_ensemble
from sim.results.measures import PERSIST_YEARS
from sim.results.store.keys import config_key
from sim.room.judging import JUDGED_FROM
from sim.rulebook.parameters import WEEKS_PER_YEAR

__all__ = ["CloserLook", "account_of", "looked"]

_WORLDS = 20
_FUNNEL = ("opportunities", "voiced", "joined", "well_received", "learned")
_STEPS = ("Feel Safe", "Team Up", "Fail Well", "Learn Fast")
_LEVELS = {
    "aim_high": "Aim High",
    "coherence": "shared purpose of the three",
    "facilitation": "facilitators among colleagues",
    "team_leader_control": "control by team leaders",
    "pressure": "pressure",
}
_WEEKS = (JUDGED_FROM, JUDGED_FROM + PERSIST_YEARS * WEEKS_PER_YEAR)
"""The two dates at which programmes are judged; each is looked at over the year before it."""

_LEAST = 3
"""In points of 100; a smaller difference is not spoken of."""

Row = tuple[str, list[int], list[int]]
"""A name; of 100 at the two dates where nothing is done; the same with the programme."""


@dataclass(frozen=True)
class CloserLook:
    """A programme that is looked at more closely.

    Parameters
    ----------
    scenario : what is run
    seed : of its worlds
    """

    scenario: Scenario
    seed: int

    @cached_property
    def key(self) -> str:
        """A hash of everything that decides the result."""
        return f"look-{config_key(self.scenario, self.seed)}"


def looked(look: CloserLook) -> dict[str, Any] | str:
    """Return what became of a service, or what went wrong; called in a worker."""
    try:
        with_it, without = (_seen(one, look.seed) for one in (look.scenario, look.scenario.baseline()))
    except Exception as error:
        # Whatever is wrong with one programme must not keep the others waiting; pages say so.
        logging.getLogger(__name__).exception("a programme could not be looked at")
        return type(error).__name__
    rows = {part: [(name, without[part][name], told) for name, told in with_it[part].items()] for part in with_it}
    return {
        "years": [week // WEEKS_PER_YEAR for week in _WEEKS],
        "worlds": _WORLDS,
        **rows,
        "why": account_of(rows["norms"], rows["funnel"], rows["carried_by"]),
    }


def _seen(scenario: Scenario, seed: int) -> dict[str, dict[str, list[int]]]:
    """Return norms, funnel, and what carries them, of 100, at each date."""
    worlds = run_ensemble(scenario, _WORLDS, seed, measures=(*_FUNNEL, *_LEVELS), threads=1)

    def year(name: str, week: int) -> float:
        return float(np.mean(worlds.series(name)[:, week - WEEKS_PER_YEAR : week]))

    came = [[year(name, week) for name in _FUNNEL] for week in _WEEKS]
    levels = {says: [round(100 * year(name, week)) for week in _WEEKS] for name, says in _LEVELS.items()}
    passes = {
        says: [round(100 * at[place + 1] / at[place]) if at[place] else 0 for at in came]
        for place, says in enumerate(_STEPS)
    }
    reached = {
        says: [round(100 * at[place + 1] / at[0]) if at[0] else 0 for at in came]
        for place, says in enumerate(("voiced", "joined", "well received", "learned from"))
    }
    return {
        "norms": {"Aim High": levels.pop("Aim High"), **passes},
        "funnel": reached,
        "carried_by": levels,
    }


def account_of(norms: list[Row], funnel: list[Row], carried_by: list[Row]) -> list[str]:
    """Return why it came out as it did, in sentences made of what was measured.

    Examples
    --------
    >>> norms = [("Feel Safe", [50, 50], [62, 55]), ("Team Up", [40, 40], [41, 40])]
    >>> funnel = [("learned from", [12, 12], [19, 14])]
    >>> account_of(norms, funnel, [("shared purpose of the three", [20, 20], [48, 22])])[0]
    'Of 100 concerns somebody learned from 19 in year 3 and 14 in year 7; from 12 and 12, had nothing been done.'
    """
    _, nothing, came = funnel[-1]
    told = [
        f"Of 100 concerns somebody learned from {came[0]} in year 3 and {came[1]} in year 7; from {nothing[0]} and "
        f"{nothing[1]}, had nothing been done."
    ]
    moved = sorted(norms + carried_by, key=lambda row: -abs(row[2][0] - row[1][0]))
    moved = [row for row in moved if abs(row[2][0] - row[1][0]) >= _LEAST]
    if not moved:
        return [
            *told,
            f"In year 3 nothing that is looked at here differed by {_LEAST} of 100 or more from nothing done.",
        ]
    name, before, after = moved[0]
    told.append(
        f"What your days moved most by year 3 is {name}: {after[0]} of 100, where it would have been {before[0]}."
    )
    kept = [row for row in moved if abs(row[2][1] - row[1][1]) >= abs(row[2][0] - row[1][0]) / 2]
    lost = [row for row in moved if row not in kept]
    if kept:
        told.append("More than half of the difference is there in year 7 for: " + _named(kept) + ".")
    if lost:
        told.append("More than half of it has gone again for: " + _named(lost) + ".")
    narrowest = min((row for row in norms if row[0] != "Aim High"), key=lambda row: row[2][1])
    told.append(f"In year 7 the narrowest step is {narrowest[0]}, which {narrowest[2][1]} of 100 pass.")
    return told


def _named(rows: list[Row]) -> str:
    return ", ".join(f"{name} ({after[0]}, then {after[1]})" for name, _, after in rows)
