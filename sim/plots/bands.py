"""Series over time: the mean of the runs as a line, and bands that say how far the runs lie apart."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from sim.plots.labels import POINTS_PER_INCH
from sim.plots.style import SIZES, Theme
from sim.results.measures import quantile_bands, smooth
from sim.rulebook.parameters import WEEKS_PER_YEAR

__all__ = ["band", "time_axis", "years"]

LineStyle = str | tuple[int, tuple[float, ...]]
"""A line style of matplotlib: its name, or an offset and the lengths of dashes and gaps, in points."""

_YEARS = (1, 2, 5, 10, 20, 50, 100)
_WEEKS = (1, 2, 4, 13, 26, 52)
_TICK_ROOM = 32.0


def years(n_weeks: int) -> NDArray[np.float64]:
    """Return [n_weeks + 1], the time of each row of a weekly table, in years."""
    return np.arange(n_weeks + 1) / WEEKS_PER_YEAR


def band(
    axes: Axes,
    series: NDArray[np.float64],
    colour: str,
    *,
    scale: float = 100.0,
    smoothing_weeks: int = 1,
    style: LineStyle = "-",
    width: float = 2.4,
    outer: bool = True,
    inner: bool = True,
) -> float:
    """Draw a series [n_replicates, n_weeks + 1]: the mean, where half of the runs lie, where nine in ten lie.

    With one replicate there is a line alone.

    Returns
    -------
    end : height at which the line ends, in the units of the axes
    """
    values = scale * (smooth(series, smoothing_weeks) if smoothing_weeks > 1 else series)
    time = years(values.shape[1] - 1)
    lowest, lower, upper, highest = quantile_bands(values, (0.05, 0.25, 0.75, 0.95))
    mean = values.mean(axis=0)
    if len(values) > 1 and outer:
        axes.fill_between(time, lowest, highest, color=colour, alpha=0.13, linewidth=0)
    if len(values) > 1 and inner:
        axes.fill_between(time, lower, upper, color=colour, alpha=0.22, linewidth=0)
    axes.plot(time, mean, color=colour, linewidth=width, linestyle=style)
    return float(mean[-1])


def time_axis(axes: Axes, n_weeks: int, theme: Theme, width_inches: float, labelled: bool = True) -> None:
    """Let the horizontal axis run over the weeks of a run: in years, or in weeks where the run is short.

    The unit stands beside the last number.
    """
    per_unit, unit, steps = (WEEKS_PER_YEAR, "year", _YEARS) if n_weeks >= 2 * WEEKS_PER_YEAR else (1, "week", _WEEKS)
    n_units = n_weeks / per_unit
    points = width_inches * POINTS_PER_INCH / n_units
    step = next((step for step in steps if step * points >= _TICK_ROOM), steps[-1])
    numbers = np.arange(0, n_units + 1e-9, step)
    labels = [f"{number:.0f}" for number in numbers]
    labels[-1] += f" {unit}" + ("s" if numbers[-1] > 1 else "")
    axes.set_xlim(0, n_weeks / WEEKS_PER_YEAR)
    axes.set_xticks(numbers * per_unit / WEEKS_PER_YEAR, labels)
    axes.tick_params(axis="x", labelsize=SIZES.label, labelbottom=labelled, length=0)
    axes.grid(axis="x", color=theme.grid, linewidth=0.6)
