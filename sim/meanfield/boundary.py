"""Where a shift in culture lasts and where it fades, over any two parameters, in the mean field."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.errors import Fault, InputError, nearest_name
from sim.meanfield.field import MeanField, mean_field
from sim.measures import PERSIST_YEARS, retained_fraction
from sim.parameters import Parameters, describe
from sim.scenario import Scenario

__all__ = ["ALL_TURNOVER", "Axis", "BoundaryMap", "axis", "boundary_map", "with_axis_value"]

ALL_TURNOVER = "turnover"
"""The axis that multiplies the turnover of staff, team leaders and senior leaders alike."""

_RATES = ("staff_turnover", "team_leader_turnover", "senior_leader_turnover")
LASTS_FROM = 0.5
"""A shift lasts if at least this share of the peak gain is left four years after support ends."""


@dataclass(frozen=True)
class Axis:
    """One side of a map: a parameter (or the turnover of all kinds) and its values.

    Parameters
    ----------
    name : name of a parameter, or "turnover"
    values : in the parameter's unit; for "turnover", times the scenario's own rates
    """

    name: str
    values: tuple[float, ...]

    @property
    def label(self) -> str:
        """What the axis says, with its unit."""
        if self.name == ALL_TURNOVER:
            return "turnover of all kinds (times the scenario's)"
        declared = describe()[self.name]
        return f"{self.name.replace('_', ' ')} ({declared.unit})"


def axis(name: str, low: float | None = None, high: float | None = None, n: int = 25) -> Axis:
    """Return an axis of evenly spaced values.

    Parameters
    ----------
    name : name of a parameter, or "turnover"
    low, high : ends; the plausible range (a half to four times, for "turnover") if left out
    n : values, 2 or more

    Raises
    ------
    InputError : the name is unknown, or an end is out of range
    """
    if name != ALL_TURNOVER and name not in Parameters.model_fields:
        hint = nearest_name(name, [*Parameters.model_fields, ALL_TURNOVER])
        raise InputError.single("axis", f'the name of a parameter, or "{ALL_TURNOVER}"', f'"{name}"', hint)
    lowest, highest, plausible = (0.0, 10.0, (0.5, 4.0))
    if name != ALL_TURNOVER:
        declared = describe()[name]
        lowest, highest = declared.lowest, declared.highest
        plausible = declared.plausible
    ends = (plausible[0] if low is None else low, plausible[1] if high is None else high)
    faults = [
        Fault(f"axis {name}", f"values from {lowest:g} to {highest:g}", f"{end:g}")
        for end in ends
        if not lowest <= end <= highest
    ]  # fmt: skip
    if not ends[0] < ends[1]:
        faults.append(Fault(f"axis {name}", "a first end below the second", f"{ends[0]:g} and {ends[1]:g}"))
    if n < 2:
        faults.append(Fault(f"axis {name}", "2 values or more", str(n)))
    if faults:
        raise InputError(faults)
    return Axis(name, tuple(np.linspace(*ends, n).tolist()))


def with_axis_value(parameters: Parameters, name: str, value: float) -> Parameters:
    """Return the parameters with one value of an axis.

    Examples
    --------
    >>> with_axis_value(Parameters(), "turnover", 2.0).senior_leader_turnover
    0.5
    """
    changes = {rate: value * getattr(parameters, rate) for rate in _RATES} if name == ALL_TURNOVER else {name: value}
    return Parameters.model_validate({**parameters.model_dump(), **changes})


@dataclass(frozen=True, eq=False)
class BoundaryMap:
    """How much of a shift is left, over two axes.

    Parameters
    ----------
    x, y : the sides of the map
    retained : [n_y, n_x], share of the peak gain in safety left four years after support ends; NaN where there was none
    safety : [n_y, n_x], mean safety at the end of the run
    """

    x: Axis
    y: Axis
    retained: NDArray[np.float64]
    safety: NDArray[np.float64]

    def crossings(self) -> list[tuple[float, float]]:
        """Return the points (x, y) at which what is left crosses one half, row by row."""
        points = []
        xs = np.array(self.x.values)
        for y, row in zip(self.y.values, np.nan_to_num(self.retained, nan=0.0) - LASTS_FROM, strict=True):
            for k in np.flatnonzero(np.diff(np.sign(row)) != 0):
                share = row[k] / (row[k] - row[k + 1])
                points.append((float(xs[k] + share * (xs[k + 1] - xs[k])), y))
        return points


def boundary_map(scenario: Scenario, x: Axis, y: Axis) -> BoundaryMap:
    """Return how much of a scenario's shift is left in the mean field, at each point of a map.

    Parameters
    ----------
    scenario : the timeline and all other parameters; its run is lengthened to four years after support ends
    x, y : the sides

    Raises
    ------
    InputError : the two axes are one, the scenario has no support, or it has no mean field
    """
    end = scenario.support_end_week
    if x.name == y.name:
        raise InputError.single("axes", "two different axes", f'"{x.name}" twice')
    if end is None:
        raise InputError.single("scenario", "a timeline with support that ends", "no support")
    horizon = max(scenario.weeks, end + PERSIST_YEARS * 52 + 7)
    longer = scenario.replace(weeks=horizon, support_ends=end)
    mean = mean_field(longer)
    retained = np.full((len(y.values), len(x.values)), np.nan)
    safety = np.full_like(retained, np.nan)
    for row, y_value in enumerate(y.values):
        for column, x_value in enumerate(x.values):
            parameters = with_axis_value(scenario.parameters, y.name, y_value)
            parameters = with_axis_value(parameters, x.name, x_value)
            with_support, without = _both(mean, longer, parameters, horizon)
            retained[row, column] = retained_fraction(with_support - without, end, PERSIST_YEARS)
            safety[row, column] = with_support[-1]
    return BoundaryMap(x, y, retained, safety)


def _both(
    mean: MeanField, scenario: Scenario, parameters: Parameters, weeks: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean safety with and without the timeline."""
    arm = mean.changed(parameters, scenario.timeline, weeks).trajectory()
    baseline = mean.changed(parameters, (), weeks).trajectory()
    return arm.series("safety"), baseline.series("safety")
