"""Where a culture holds, or a shift in it persists, and where not, over any two parameters, in the mean field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from contourpy import contour_generator
from numpy.typing import ArrayLike, NDArray

from sim.base.errors import Fault, InputError, nearest_name
from sim.engine.limit.field import MeanField, mean_field
from sim.inputs.scenario.description import Scenario
from sim.meanfield.spread import safe_share
from sim.results.measures import HOLDS_FROM, PERSIST_YEARS, SMOOTHING_WEEKS, retained_fraction
from sim.rulebook.parameters import WEEKS_PER_YEAR, Parameters, describe
from sim.rulebook.rulebook import RULEBOOK, Rulebook

__all__ = [
    "ALL_TURNOVER",
    "BOUNDARIES",
    "BoundaryMap",
    "MeanFieldAxis",
    "axis",
    "boundary_lines",
    "boundary_map",
    "margin",
    "with_axis_value",
]

ALL_TURNOVER = "turnover"
"""The axis that multiplies the turnover of staff, team leaders and senior leaders alike."""

_RATES = ("staff_turnover", "team_leader_turnover", "senior_leader_turnover")
LASTS_FROM = 0.5
"""A shift lasts if at least this share of the peak gain is left four years after support ends."""

BOUNDARIES = {
    "persists": "half of the gain is left four years after support ends",
    "holds": f"{100 * HOLDS_FROM:.0f} in 100 feel safe over the last year",
}
"""What the mean field has a boundary of, and what is true on it."""


@dataclass(frozen=True)
class MeanFieldAxis:
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


def axis(
    name: str, low: float | None = None, high: float | None = None, n: int = 25, rulebook: Rulebook = RULEBOOK
) -> MeanFieldAxis:
    """Return an axis of evenly spaced values.

    Parameters
    ----------
    name : name of a parameter, or "turnover"
    low, high : ends; the plausible range (a half to four times, for "turnover") if left out
    n : values, 2 or more
    rulebook : whose parameters there are

    Raises
    ------
    InputError : the name is unknown, or an end is out of range
    """
    known = rulebook.parameters
    if name != ALL_TURNOVER and name not in known:
        hint = nearest_name(name, [*known, ALL_TURNOVER])
        raise InputError.single("axis", f'the name of a parameter, or "{ALL_TURNOVER}"', f'"{name}"', hint)
    lowest, highest, plausible = (0.0, 10.0, (0.5, 4.0))
    if name != ALL_TURNOVER:
        declared = known[name]
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
    return MeanFieldAxis(name, tuple(np.linspace(*ends, n).tolist()))


def with_axis_value(parameters: Parameters, name: str, value: float) -> Parameters:
    """Return the parameters with one value of an axis.

    Examples
    --------
    >>> with_axis_value(Parameters(), "turnover", 2.0).senior_leader_turnover
    0.5
    """
    changes = {rate: value * getattr(parameters, rate) for rate in _RATES} if name == ALL_TURNOVER else {name: value}
    return type(parameters).model_validate({**parameters.model_dump(), **changes})


@dataclass(frozen=True, eq=False)
class BoundaryMap:
    """How much of a shift is left, and how many feel safe at the end, over two axes.

    Parameters
    ----------
    x, y : the sides of the map
    retained : [n_y, n_x], share of the peak gain in safety left four years after support ends; NaN where there was none
    safety : [n_y, n_x], mean safety at the end of the run
    last_year : [n_y, n_x], mean share that feels safe over the scenario's last year
    """

    x: MeanFieldAxis
    y: MeanFieldAxis
    retained: NDArray[np.float64]
    safety: NDArray[np.float64]
    last_year: NDArray[np.float64]

    def margin(self, outcome: str = "persists") -> NDArray[np.float64]:
        """Return [n_y, n_x], how far each point is on the lasting side of the boundary; below 0 on the fading side."""
        if outcome == "holds":
            return self.last_year - HOLDS_FROM
        return np.nan_to_num(self.retained, nan=0.0) - LASTS_FROM

    def lines(self, outcome: str = "persists") -> list[NDArray[np.float64]]:
        """Return the boundary of an outcome of :data:`BOUNDARIES`, as :func:`boundary_lines` does."""
        return boundary_lines(self.x.values, self.y.values, self.margin(outcome))


def boundary_lines(x: Sequence[float], y: Sequence[float], margins: ArrayLike) -> list[NDArray[np.float64]]:
    """Return the lines along which a map changes sides, [n_points, 2] each; none where it never does.

    Parameters
    ----------
    x, y : [n_x], [n_y], the values along the map
    margins : [n_y, n_x], above 0 on the lasting side; NaN where not known

    Examples
    --------
    >>> [line.tolist() for line in boundary_lines([0.0, 1.0], [5.0, 6.0], [[1.0, -1.0], [3.0, -1.0]])]
    [[[0.5, 5.0], [0.75, 6.0]]]
    """
    heights = np.ma.masked_invalid(np.asarray(margins, dtype=np.float64))
    lines = contour_generator(x=list(x), y=list(y), z=heights).lines(0.0)
    return [np.asarray(line, dtype=np.float64) for line in lines]


def boundary_map(scenario: Scenario, x: MeanFieldAxis, y: MeanFieldAxis, outcome: str = "persists") -> BoundaryMap:
    """Return what comes of a scenario in the mean field, at each point of a map.

    Parameters
    ----------
    scenario : the timeline and all other parameters; its run is lengthened to four years after support ends
    x, y : the sides
    outcome : what the map is drawn for: a shift can persist only where there is support, a culture can hold anywhere

    Raises
    ------
    InputError : the two axes are one, there is no support that a shift could outlast, or there is no mean field
    """
    if x.name == y.name:
        raise InputError.single("axes", "two different axes", f'"{x.name}" twice')
    mean, longer = _made_ready(scenario, outcome)
    retained = np.full((len(y.values), len(x.values)), np.nan)
    safety, last_year = np.full_like(retained, np.nan), np.full_like(retained, np.nan)
    for row, y_value in enumerate(y.values):
        for column, x_value in enumerate(x.values):
            parameters = with_axis_value(scenario.parameters, y.name, y_value)
            parameters = with_axis_value(parameters, x.name, x_value)
            with_support = _safety(mean, longer, parameters)
            retained[row, column] = _retained(mean, longer, parameters, with_support)
            safety[row, column] = with_support[-1]
            last_year[row, column] = _last_year(with_support, scenario.weeks, parameters)
    return BoundaryMap(x, y, retained, safety, last_year)


def margin(scenario: Scenario, outcome: str = "persists") -> float:
    """Return how far the mean field of one scenario is on the lasting side of a boundary; below 0 on the fading side.

    Parameters
    ----------
    scenario : what is run; its run is lengthened to four years after support ends
    outcome : a key of :data:`BOUNDARIES`

    Raises
    ------
    InputError : there is no support that a shift could outlast, or there is no mean field

    Examples
    --------
    >>> margin(Scenario(title="Nothing is done"), "holds") < 0
    True
    """
    mean, longer = _made_ready(scenario, outcome)
    safety = _safety(mean, longer, scenario.parameters)
    if outcome == "holds":
        return float(_last_year(safety, scenario.weeks, scenario.parameters) - HOLDS_FROM)
    return float(np.nan_to_num(_retained(mean, longer, scenario.parameters, safety), nan=0.0) - LASTS_FROM)


def _made_ready(scenario: Scenario, outcome: str) -> tuple[MeanField, Scenario]:
    """Return the mean field, and the scenario run until four years after support ends."""
    if outcome not in BOUNDARIES:
        raise InputError.single("outcome", " or ".join(BOUNDARIES), outcome, nearest_name(outcome, BOUNDARIES))
    end = scenario.support_end_week
    if end is None and outcome == "persists":
        raise InputError.single("scenario", "a timeline with support that ends", "no support")
    horizon = 0 if end is None else end + PERSIST_YEARS * WEEKS_PER_YEAR + SMOOTHING_WEEKS // 2 + 1
    longer = scenario.replace(weeks=max(scenario.weeks, horizon), support_ends=end)
    return mean_field(longer), longer


def _safety(mean: MeanField, scenario: Scenario, parameters: Parameters) -> NDArray[np.float64]:
    return mean.changed(parameters, scenario.timeline, scenario.weeks).trajectory().series("safety")


def _retained(mean: MeanField, scenario: Scenario, parameters: Parameters, with_support: NDArray[np.float64]) -> float:
    """Return the share of the gain in mean safety that is left four years after support ends; NaN without support."""
    if scenario.support_end_week is None:
        return np.nan
    without = mean.changed(parameters, scenario.baseline().timeline, scenario.weeks).trajectory().series("safety")
    return float(retained_fraction(with_support - without, scenario.support_end_week, PERSIST_YEARS))


def _last_year(safety: NDArray[np.float64], weeks: int, parameters: Parameters) -> float:
    """Return the mean share that feels safe over the last year, over the same rows as the agents' ``holds``."""
    return float(safe_share(safety[: weeks + 1][-WEEKS_PER_YEAR:], parameters).mean())
