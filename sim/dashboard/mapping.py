"""The map: where a shift persists and where it decays, over two parameters, with the boundary of the mean field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim import measures
from sim.ensemble import run_paired
from sim.errors import InputError
from sim.meanfield.field import mean_field
from sim.parameters import describe
from sim.scenario import Scenario

__all__ = ["AXES", "OUTCOMES", "Cell", "axis", "boundary", "cells_for", "run_cell", "scenario_at"]

AXES = (
    "staff_turnover", "control_norm", "senior_leader_turnover", "team_leader_turnover", "internal_succession",
    "control_of_newcomers", "turbulence_mean", "pull_to_control", "purpose_gain", "purpose_loss", "embedding",
    "facilitation", "critical_mass", "leader_effect", "coaching_effect", "dialogue_backfire",
)  # fmt: skip
"""Parameters that a map can be drawn over."""

OUTCOMES = {
    "persists": "more than half of the peak gain is left after four years",
    "holds": "75 of 100 or more feel safe in the last year",
}

_RANGES = {"staff_turnover": (0.05, 0.60), "control_norm": (0.45, 0.90), "senior_leader_turnover": (0.1, 1.2)}
_MEAN_FIELD_HOLDS = 0.5


@dataclass(frozen=True)
class Cell:
    """One place on the map."""

    scenario: Scenario
    seed: int
    replicates: int
    outcome: str


def axis(name: str, n: int) -> list[float]:
    """Return ``n`` values of a parameter over what may be true of it, and somewhat more."""
    declared = describe()[name]
    low, high = _RANGES.get(name, declared.plausible)
    return [round(float(value), 5) for value in np.linspace(low, high, n)]


def scenario_at(scenario: Scenario, x: str, y: str, x_value: float, y_value: float) -> Scenario:
    """Return a scenario with the two parameters of a place on the map."""
    return scenario.with_parameters(**{x: x_value, y: y_value})


def cells_for(
    scenario: Scenario, x: str, y: str, xs: Sequence[float], ys: Sequence[float], replicates: int, outcome: str
) -> list[tuple[int, int, Cell]]:
    """Return the cells of a map with their column and row, coarse first so that the picture comes soon."""
    places = [(column, row) for row in range(len(ys)) for column in range(len(xs))]
    places.sort(key=lambda place: (place[0] % 2 + place[1] % 2, place[1], place[0]))
    return [
        (column, row, Cell(scenario_at(scenario, x, y, xs[column], ys[row]), 1, replicates, outcome))
        for column, row in places
    ]


def run_cell(cell: Cell) -> tuple[float, float | None]:
    """Return the share of worlds with the outcome, and what the mean field keeps of its gain; called in a worker."""
    paired = run_paired(cell.scenario, cell.replicates, cell.seed, threads=1)
    hits = paired.persists() if cell.outcome == "persists" else measures.holds(paired.arm.series("safe_share"))
    return float(np.mean(hits)), _mean_field_keeps(cell.scenario, cell.outcome)


def _mean_field_keeps(scenario: Scenario, outcome: str) -> float | None:
    """Return by how much the mean field is on the lasting side (above 0) or the fading side; None if it has no say.

    It knows mean safety, not how many agree with the survey item; so it has a say on what persists alone.
    """
    end = scenario.support_end_week
    if outcome != "persists" or end is None or end + 4 * 52 >= scenario.weeks:
        return None
    try:
        safety = mean_field(scenario).trajectory().series("safety")
        baseline = mean_field(scenario.baseline()).trajectory().series("safety")
    except InputError:
        return None
    retained = measures.retained_fraction(safety - baseline, end, 4)
    return None if np.isnan(retained) else float(retained - _MEAN_FIELD_HOLDS)


def boundary(xs: Sequence[float], ys: Sequence[float], keeps: Any) -> list[list[float]]:
    """Return points (x, y) at which the mean field changes sides, row by row; empty where it never does.

    Parameters
    ----------
    xs, ys : the values along the map
    keeps : [n_rows][n_columns], above 0 on the lasting side, None where not known
    """
    points = []
    for row, y in enumerate(ys):
        for column in range(len(xs) - 1):
            left, right = keeps[row][column], keeps[row][column + 1]
            if left is None or right is None or (left > 0) == (right > 0):
                continue
            share = left / (left - right)
            points.append([xs[column] + share * (xs[column + 1] - xs[column]), y])
            break
    return points


def labels() -> list[dict[str, Any]]:
    """Return the parameters that a map can be drawn over, in words."""
    declared = describe()
    return [
        {"name": name, "label": name.replace("_", " ").capitalize(), "unit": declared[name].unit,
         "meaning": declared[name].meaning}
        for name in AXES
    ]  # fmt: skip
