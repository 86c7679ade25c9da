"""Series over time: the mean of the runs as a line, and bands that say how far the runs lie apart."""

from __future__ import annotations

from datetime import date

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from sim.base.dates import anniversary, day_words, first_day, month_words
from sim.plots.labels import POINTS_PER_INCH
from sim.plots.style import SIZES, Theme
from sim.results.measures import quantile_bands, smooth
from sim.rulebook.parameters import WEEKS_PER_YEAR

__all__ = ["band", "time_axis", "time_ticks", "years"]

LineStyle = str | tuple[int, tuple[float, ...]]
"""A line style of matplotlib: its name, or an offset and the lengths of dashes and gaps, in points."""

_YEARS = (1, 2, 5, 10, 20, 50, 100)
_WEEKS = (1, 2, 4, 13, 26, 52)
_TICK_ROOM = 32.0
_DATE_ROOM, _DAY_ROOM = 60.0, 76.0


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


def time_axis(
    axes: Axes,
    n_weeks: int,
    theme: Theme,
    width_inches: float,
    labelled: bool = True,
    start: date | None = None,
) -> None:
    """Let the horizontal axis run over the weeks of a run: in years, or in weeks where the run is short.

    The unit stands beside the last number. Where the day is known on which week 0 begins, there are dates instead: of
    each year's first day, or of weeks.
    """
    ticks = time_ticks(n_weeks, width_inches, start)
    axes.set_xlim(0, n_weeks / WEEKS_PER_YEAR)
    axes.set_xticks([week / WEEKS_PER_YEAR for week, _ in ticks], [label for _, label in ticks])
    if start is not None:
        axes.get_xticklabels()[0].set_horizontalalignment(
            "left"
        )  # the first would stand below the other axis's numbers
    axes.tick_params(axis="x", labelsize=SIZES.label, labelbottom=labelled, length=0)
    axes.grid(axis="x", color=theme.grid, linewidth=0.6)


def time_ticks(n_weeks: int, width_inches: float, start: date | None = None) -> list[tuple[float, str]]:
    """Return where numbers or dates stand on an axis of time, in weeks, and how each reads."""
    return _ticks(n_weeks, width_inches) if start is None else _dates(n_weeks, width_inches, start)


def _units(n_weeks: int) -> tuple[int, str, tuple[int, ...]]:
    """Return the unit of a time axis: its weeks, its name, and the steps it may go in."""
    return (WEEKS_PER_YEAR, "year", _YEARS) if n_weeks >= 2 * WEEKS_PER_YEAR else (1, "week", _WEEKS)


def _step(n_units: float, steps: tuple[int, ...], width_inches: float, room: float) -> int:
    points = width_inches * POINTS_PER_INCH / n_units
    return next((step for step in steps if step * points >= room), steps[-1])


def _ticks(n_weeks: int, width_inches: float) -> list[tuple[float, str]]:
    per_unit, unit, steps = _units(n_weeks)
    n_units = n_weeks / per_unit
    numbers = np.arange(0, n_units + 1e-9, _step(n_units, steps, width_inches, _TICK_ROOM))
    labels = [f"{number:.0f}" for number in numbers]
    labels[-1] += f" {unit}" + ("s" if numbers[-1] > 1 else "")
    return list(zip(numbers * per_unit, labels, strict=True))


def _dates(n_weeks: int, width_inches: float, start: date) -> list[tuple[float, str]]:
    """Return where dates stand, in weeks, and how they read; a year of the calendar is not quite 52 weeks."""
    per_unit, unit, steps = _units(n_weeks)
    n_units = n_weeks / per_unit
    step = _step(n_units, steps, width_inches, _DATE_ROOM if unit == "year" else _DAY_ROOM)
    if unit == "week":
        return [(week, day_words(first_day(week, start))) for week in range(0, n_weeks + 1, step)]
    days = (anniversary(start, years) for years in range(0, int(n_units) + 1, step))
    placed = [((day - start).days / 7, month_words(day)) for day in days]
    return [(week, words) for week, words in placed if week <= n_weeks]
