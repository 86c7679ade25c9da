"""How an organisation that was understood stands: who is where, and where the model lets it start beside the survey.

Groups with few answers are kept back, and never one alone or so few together that they could be told from the others.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.dashboard.recorder import VACANT
from sim.dashboard.shared import organisation_of
from sim.dashboard.trajectory import simulate
from sim.dashboard.views import scene
from sim.inputs.imports import Entered
from sim.inputs.organisation import STAFF_GROUP_NAMES, Organisation
from sim.inputs.scenario.description import Scenario
from sim.results.own_start import N_WORLDS
from sim.results.survey import SurveyDesign

__all__ = [
    "N_WORLDS",
    "SMALLEST_GROUP",
    "Start",
    "StartPiece",
    "pieces_for",
    "run_piece",
    "standing",
    "undisturbed",
    "who_is_where",
]  # fmt: skip

SMALLEST_GROUP = SurveyDesign().smallest_group
"""Answers of which a result may be shown, as national surveys have it."""

FEWEST_SMALLEST = 5
MOST_SMALLEST = 100
_YEAR = 52
_LIMITS = (1.96, 3.09)
"""Standard errors around the mean of all within which 95 and 99.8 of 100 groups are that differ by chance alone."""

_VERDICTS = ("as chance would have it", "perhaps more than chance", "more than chance")

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class StartPiece:
    """One world to run, or the picture of the organisation.

    Parameters
    ----------
    scenario : without interventions
    seed, replicate : whose chance; a replicate of -1 asks for the picture
    agrees_above : the score above which somebody agrees
    """

    scenario: Scenario
    seed: int
    replicate: int
    agrees_above: float


@dataclass(frozen=True, eq=False)
class Start:
    """Where one world begins, and where it is after a year in which nothing is done.

    Parameters
    ----------
    means, shares : [2, n_teams], of each team's people: how safe they feel, and how many agree; now and after a year;
        0 of a team in which there is nobody
    present : [2, n_teams], of how many that is
    spreads : [n_teams], standard deviation within each team at the start
    """

    means: Numbers
    shares: Numbers
    present: Numbers
    spreads: Numbers


def undisturbed(scenario: Scenario) -> Scenario:
    """Return the world of a scenario for a year in which nothing is done, and nothing of its story happens."""
    return scenario.baseline().replace(timeline=[], weeks=_YEAR, services={}, support_ends=None)


def pieces_for(scenario: Scenario, seed: int, agrees_above: float) -> list[StartPiece]:
    """Return what workers have to do for the pictures of an organisation, of an :func:`undisturbed` scenario."""
    return [StartPiece(scenario, seed, replicate, agrees_above) for replicate in range(-1, N_WORLDS)]


def run_piece(piece: StartPiece) -> dict[str, Any] | Start:
    """Return the picture of the organisation, or where one world starts."""
    organisation = organisation_of(piece.scenario)
    if piece.replicate < 0:
        return who_is_where(organisation, piece.scenario.tables or "")
    lived = simulate(piece.scenario, piece.seed, piece.replicate, organisation=organisation)
    safety, is_there = lived.states["safety"][[0, -1]] / 255, (lived.events[[0, -1]] & VACANT) == 0
    present = _by_team(is_there, organisation)
    means, shares, squares = (
        _by_team(values * is_there, organisation) / np.maximum(present, 1.0)
        for values in (safety, safety > piece.agrees_above, safety**2)
    )
    return Start(means, shares, present, np.sqrt(np.maximum(squares[0] - means[0] ** 2, 0.0)))


def _by_team(values: NDArray[Any], organisation: Organisation) -> Numbers:
    """Return [n_rows, n_teams], sums over the seats of each team."""
    sums = np.add.reduceat(np.pad(values.astype(float), ((0, 0), (0, 1))), organisation.team_start[:-1], axis=1)
    return np.asarray(sums * (organisation.team_sizes > 0))


# --- who is where -----------------------------------------------------------------------------------------------------


def who_is_where(organisation: Organisation, key: str) -> dict[str, Any]:
    """Return the picture of an organisation, and the same as a table; nobody is named."""
    start, sizes = organisation.service_team_start.tolist(), organisation.team_sizes
    seniors = np.diff(organisation.service_senior_start).tolist()
    services = [
        {
            "name": name,
            "teams": last - first,
            "staff": int(sizes[first:last].sum()),
            "smallest": int(sizes[first:last].min()) if last > first else 0,
            "largest": int(sizes[first:last].max()) if last > first else 0,
            "seniors": seniors[place],
        }
        for place, (name, (first, last)) in enumerate(zip(organisation.service_names(), pairwise(start), strict=True))
    ]
    counts = np.bincount(organisation.staff_group, minlength=len(STAFF_GROUP_NAMES)).tolist()
    groups = [[name.replace("_", " "), count] for name, count in zip(STAFF_GROUP_NAMES, counts, strict=True)]
    return {
        "scene": scene(organisation, key, names_people=False),
        "services": services,
        "groups": groups,
        "teams": list(organisation.team_names()),
        "sizes": sizes.tolist(),
        "given_ties": 0 if organisation.given_ties is None else len(organisation.given_ties.pairs),
    }


# --- the start beside the survey --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Row:
    """A team or service: its staff, its score in the survey, where the model lets it start and drift; from 0 to 1."""

    name: str
    staff: int
    answered: int
    entered: float
    start: float
    later: float
    n_groups: int = 1


def standing(
    where: dict[str, Any], starts: Sequence[Start], entered: Sequence[Entered], smallest: int
) -> dict[str, Any]:
    """Return the pictures of an organisation with their numbers, of 100.

    Parameters
    ----------
    where : of :func:`who_is_where`
    starts : worlds, at least one
    entered : what the survey says of teams and services
    smallest : answers of which a result may be shown
    """
    is_share = _is_share(entered)
    values = np.mean([start.shares if is_share else start.means for start in starts], axis=0)
    present = np.mean([start.present for start in starts], axis=0)
    now, later = np.average(values, weights=present, axis=1).tolist()
    rows, n_other = _rows(where, values, entered, is_share)
    n_answered = sum(row.answered for row in rows)
    seen, rest = _keep_back(rows, smallest)
    shown: dict[str, Any] = {
        **{key: where[key] for key in ("scene", "services", "groups", "given_ties")},
        "is_share": is_share,
        "unit": "service" if rows and rows[0].name not in where["teams"] else "team",
        "smallest": smallest,
        "n_answered": n_answered,
        "start": None if 0 < n_answered < smallest else round(100 * now, 1),
        "drift": None if 0 < n_answered < smallest else round(100 * (later - now), 1),
        "all": None,
        "rows": [],
        "rest": None,
        "n_kept_back": sum(row.n_groups for row in rows) - len(seen),
        "n_other": n_other,
        "funnel": None,
    }
    if n_answered < smallest:
        return shown
    total = _together(rows, "All")
    spread = math.sqrt(total.entered * (1 - total.entered)) if is_share else _spread(entered, starts, present[0])
    told = [row for row in (*seen, rest) if row is not None]
    shown["rows"] = [_shown(row, total.entered, spread) for row in seen]
    shown["rest"] = None if rest is None else _shown(rest, total.entered, spread)
    shown["all"] = _shown(total, total.entered, spread)
    if told:
        shown["funnel"] = {
            "centre": round(100 * total.entered, 2), "spread": round(100 * spread, 3), "limits": list(_LIMITS),
            "most": max(row.answered for row in told),
        }  # fmt: skip
    return shown


def _is_share(entered: Sequence[Entered]) -> bool:
    """Tell whether most of what was entered are shares who agree; means and shares are never held beside each other."""
    n_shares = sum(max(one.answered, 1) for one in entered if one.is_share)
    return n_shares > sum(max(one.answered, 1) for one in entered if not one.is_share)


def _rows(where: dict[str, Any], values: Numbers, entered: Sequence[Entered], is_share: bool) -> tuple[list[_Row], int]:
    """Return what can be held beside the survey, by team where it knows teams; and how much of it cannot."""
    place_of = {name: place for place, name in enumerate(where["teams"])}
    sizes = where["sizes"]
    rows = []
    for one in entered:
        if one.kind == "team" and one.is_share == is_share and one.name in place_of:
            place = place_of[one.name]
            staff = sizes[place]
            rows.append(_Row(one.name, staff, one.answered or staff, one.score, *values[:, place].tolist()))
    if rows:
        return rows, len(entered) - len(rows)
    first = 0
    for service in where["services"]:
        places = slice(first, first + service["teams"])
        first += service["teams"]
        for one in entered:
            if one.kind == "service" and one.is_share == is_share and one.name == service["name"] and service["staff"]:
                weights = np.array(sizes[places], dtype=float)
                own = np.average(values[:, places], weights=weights, axis=1)
                staff = service["staff"]
                rows.append(_Row(one.name, staff, one.answered or staff, one.score, *own.tolist()))
    return rows, len(entered) - len(rows)


def _keep_back(rows: Sequence[_Row], smallest: int) -> tuple[list[_Row], _Row | None]:
    """Return the groups that may be shown, and all others together, if there are any and they may be.

    One group alone that is kept back could be told from the total, and so could a few with too few answers; then the
    smallest of the others are kept back with them.
    """
    ordered = sorted(rows, key=lambda row: row.answered)
    n = sum(row.answered < smallest for row in ordered)
    while 0 < n < len(ordered) and (n == 1 or sum(row.answered for row in ordered[:n]) < smallest):
        n += 1
    back = ordered[:n]
    kept = {id(row) for row in back}
    seen = [row for row in rows if id(row) not in kept]
    if len(back) < 2 or sum(row.answered for row in back) < smallest:
        return seen, None
    return seen, _together(back, f"{len(back)} groups with few answers, together")


def _together(rows: Sequence[_Row], name: str) -> _Row:
    """Return some groups as one; each counts by its staff, as in the start of all, however many of them answered."""
    staff = [row.staff for row in rows]
    values = np.array([[row.entered, row.start, row.later] for row in rows])
    entered, start, later = np.average(values, weights=staff, axis=0).tolist()
    answered = sum(row.answered for row in rows)
    return _Row(name, sum(staff), answered, entered, start, later, sum(row.n_groups for row in rows))


def _spread(entered: Sequence[Entered], starts: Sequence[Start], weights: Numbers) -> float:
    """Return how far people of a team differ: as the survey says, or as the model's do at the start."""
    known = [one for one in entered if not math.isnan(one.spread) and one.answered > 1]
    degrees = sum(one.answered - 1 for one in known)
    if degrees:
        return math.sqrt(sum((one.answered - 1) * one.spread**2 for one in known) / degrees)
    squares = np.mean([start.spreads**2 for start in starts], axis=0)
    return math.sqrt(float(np.average(squares, weights=weights)))


def _shown(row: _Row, centre: float, spread: float) -> dict[str, Any]:
    reach = [limit * spread / math.sqrt(max(row.answered, 1)) for limit in _LIMITS]
    away = abs(row.entered - centre)
    return {
        "name": row.name,
        "answered": row.answered,
        "entered": round(100 * row.entered, 1),
        "start": round(100 * row.start, 1),
        "drift": round(100 * (row.later - row.start), 1),
        "low": round(100 * max(0.0, centre - reach[0]), 1),
        "high": round(100 * min(1.0, centre + reach[0]), 1),
        "verdict": _VERDICTS[sum(away > limit for limit in reach)],
    }
