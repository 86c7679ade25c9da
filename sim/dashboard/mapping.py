"""The map: where a shift persists and where it decays, over two parameters, with the boundary of the mean field.

It is the map of ``cultureshift map``, run square by square in the shared pool so that it can be watched.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.base.errors import InputError
from sim.dashboard.own import rules
from sim.engine.limit.field import faults_for_mean_field
from sim.inputs.scenario.description import Scenario
from sim.meanfield.boundary import BOUNDARIES, boundary_lines, margin
from sim.rulebook.rulebook import RULEBOOK
from sim.study.design import Axis
from sim.study.map import MapSquare, map_study, squares_of

__all__ = [
    "AXES",
    "axes",
    "axis",
    "boundary",
    "boundary_words",
    "labels",
    "run_square",
    "said_in_hundreds",
    "square_in_words",
    "squares_for",
]

AXES = (
    "staff_turnover", "control_norm", "senior_leader_turnover", "team_leader_turnover", "internal_succession",
    "control_of_newcomers", "turbulence_mean", "pull_to_control", "purpose_gain", "purpose_loss", "embedding",
    "facilitation", "critical_mass", "leader_effect", "coaching_effect", "dialogue_backfire",
)  # fmt: skip
"""Parameters of the package that a map can be drawn over."""

_RANGES = {"staff_turnover": (0.05, 0.60), "control_norm": (0.45, 0.90), "senior_leader_turnover": (0.1, 1.2)}


def axes() -> tuple[str, ...]:
    """Return the parameters that a map can be drawn over: some of the package's, and those of one's own rules."""
    own = [name for name, one in rules().parameters.items() if name not in RULEBOOK.parameters and not one.is_reference]
    return (*AXES, *own)


def axis(name: str, n: int) -> list[float]:
    """Return ``n`` values of a parameter over what may be true of it, and somewhat more."""
    declared = rules().parameters[name]
    low, high = _RANGES.get(name, declared.plausible)
    return [float(f"{value:.3g}") for value in np.linspace(low, high, n)]


def said_in_hundreds(name: str) -> str:
    """Return of what a parameter is a share where it is said in hundreds: 30 % a year; nothing for another.

    Examples
    --------
    >>> said_in_hundreds("staff_turnover"), said_in_hundreds("control_norm")
    ('a year', '')
    """
    return "a year" if rules().parameters[name].unit == "per year" else ""


def square_in_words(scenario: Scenario, x: str, y: str, x_value: float, y_value: float) -> Scenario:
    """Return the scenario of a square that says where on the map it lies."""
    square = scenario.with_parameters(**{x: x_value, y: y_value})
    where = f"{x.replace('_', ' ')} {x_value:g}, {y.replace('_', ' ')} {y_value:g}"
    return square.replace(name=f"{scenario.name[:170]}-square", title=f"{scenario.title[:100]}: {where}"[:200])


def squares_for(
    scenario: Scenario, x: str, y: str, xs: Sequence[float], ys: Sequence[float], replicates: int, outcome: str
) -> list[MapSquare]:
    """Return the squares of a map, those of ``cultureshift map``, coarse first so that the picture comes soon."""
    along_x, along_y = (Axis(set=(name,), values=tuple(values)) for name, values in ((x, xs), (y, ys)))
    squares = squares_of(map_study(scenario, along_x, along_y, replicates, outcome=outcome))
    return sorted(squares, key=lambda one: (one.column % 2 + one.row % 2, one.row, one.column))


def run_square(square: MapSquare) -> tuple[float, float | None]:
    """Return the share of worlds with the outcome, and how far the mean field is on the lasting side; for a worker."""
    return square.run().estimate, _mean_field_margin(square.scenario, square.outcome)


def _mean_field_margin(scenario: Scenario, outcome: str) -> float | None:
    """Return by how much the mean field is on the lasting side (above 0) or the fading side; None if it has no say."""
    try:
        return margin(scenario, outcome)
    except InputError:
        return None


def boundary_words(scenario: Scenario, outcome: str, lines: Sequence[Any], is_done: bool) -> str:
    """Say what the line of the mean field is, or why there is none."""
    faults = faults_for_mean_field(scenario)
    if faults:
        return f"There is no line of averaged rules: they do not know {faults[0].came}."
    if outcome == "persists" and scenario.support_end_week is None:
        return "There is no line of averaged rules: there is no support that a shift could outlast."
    if lines:
        return f"where the averaged rules change sides: {BOUNDARIES[outcome]}"
    if not is_done:
        return "The line of averaged rules comes with the squares."
    return "No line: by the averaged rules the whole map is on one side."


def boundary(xs: Sequence[float], ys: Sequence[float], keeps: Any) -> list[list[list[float]]]:
    """Return the lines [[x, y], ...] along which the mean field changes sides; none where it never does.

    Parameters
    ----------
    xs, ys : the values along the map
    keeps : [n_rows][n_columns], above 0 on the lasting side, None where not known
    """
    margins = np.array(keeps, dtype=np.float64)
    return [line.round(5).tolist() for line in boundary_lines(xs, ys, margins)]


def labels() -> list[dict[str, Any]]:
    """Return the parameters that a map can be drawn over, in words."""
    declared = rules().parameters
    return [
        {"name": name, "label": name.replace("_", " ").capitalize(), "unit": declared[name].unit,
         "meaning": declared[name].meaning}
        for name in axes()
    ]  # fmt: skip
