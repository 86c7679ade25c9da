"""What a measure of the week declares about itself: plain data that tables, pictures and documents are made from.

A measure is one number for each week, of the whole organisation and of each service. It is either made of the sums that
the recorder keeps (the measures of the package), or it is the mean or the sum of something over the rows of a group
(:func:`mean_over`, :func:`sum_over`): so can any measure from outside the package be, such as::

    @kernel
    def is_settled(world, row):
        return 1.0 if world.staff.tenure_weeks[row] >= 52 else 0.0


    SETTLED = mean_over("staff", is_settled, "settled_share", "Settled", "share of staff", "here for a year or more")
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sim.base.rule import Group, Kernel

__all__ = ["CHARTS", "COUNT_UNITS", "OTHER_COLUMNS", "Chart", "Measure", "mean_over", "sum_over"]

Chart = Literal["norms", "leaders", "pressure", "mass", ""]

CHARTS: dict[Chart, tuple[str, str]] = {
    "norms": ("The five norms", "five norms"),
    "leaders": ("Leaders", "control"),
    "pressure": ("Pressure and backlog", "pressure"),
    "mass": ("Facilitators and habits", "critical mass"),
}
"""The small charts of the dashboard, with their titles and the words of the glossary; each has an axis from 0 to 1."""

OTHER_COLUMNS = (
    "case", "config", "cost", "exact_figures", "exact_safe_share", "point", "reason", "replicate", "role", "run",
    "scenario", "state", "week",
)  # fmt: skip
"""Columns that stand beside measures in weekly tables, of runs and of studies: no measure is called so."""

COUNT_UNITS = ("events a week", "people a week")
"""Units of measures that count what happened in a week; all others lie between 0 and 1."""

_STATES = ("staff", "group", "posts", "time")
"""Shares of these are states; shares of anything else are of what happened in a week."""


@dataclass(frozen=True)
class Measure:
    """One weekly measure.

    Parameters
    ----------
    name, label : its name in tables, its label in pictures
    unit, meaning : what it counts, and what it says
    value : ``value(sums, *at)`` of the recorder's sums, or ``value(world, row)`` of one row of the group ``over``
    at : places of the sums that the value is made of
    over, total : the group whose rows are gone through, and whether the measure is their mean or their sum
    in_dashboard : whether the pages of the dashboard are sent it
    chart, short : the small chart of the dashboard that draws it, if one does, and its label there
    chart_place : its place among the lines of that chart, which decides its colour; those without one come last
    term : the word of the glossary that explains it, if another than its label in the chart
    is_smoothed : whether that chart draws its mean over a quarter, because a single week says little
    """

    name: str
    label: str
    unit: str
    meaning: str
    value: Kernel
    at: tuple[int, ...] = ()
    over: Group | None = None
    total: Literal["mean", "sum"] = "mean"
    in_dashboard: bool = False
    chart: Chart = ""
    short: str = ""
    chart_place: int = 100
    term: str = ""
    is_smoothed: bool = False

    @property
    def is_count(self) -> bool:
        """Whether it counts what happened in a week; all others lie between 0 and 1."""
        return self.unit in COUNT_UNITS

    @property
    def is_flow(self) -> bool:
        """Whether it is about what happened in the week before, and not about a state."""
        return self.is_count or (self.unit.startswith("share of ") and self.unit.split()[-1] not in _STATES)


def mean_over(
    group: Group, value: Kernel, name: str, label: str, unit: str, meaning: str, chart: Chart = ""
) -> Measure:
    """Return a measure that is the mean of something over the rows of a group; NaN where there are none.

    Of staff, over those who are in post: a vacant seat counts in no measure.

    Parameters
    ----------
    group : whose rows
    value : a kernel ``value(world, row)``
    name, label, unit, meaning, chart : as of :class:`Measure`
    """
    return Measure(name, label, unit, meaning, value, over=group, in_dashboard=True, chart=chart)


def sum_over(group: Group, value: Kernel, name: str, label: str, unit: str, meaning: str, chart: Chart = "") -> Measure:
    """Return a measure that is the sum of something over the rows of a group; see :func:`mean_over`."""
    return Measure(name, label, unit, meaning, value, over=group, total="sum", in_dashboard=True, chart=chart)
