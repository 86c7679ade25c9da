"""The timeline strip: what was done and what happened, each a labelled lane over the years of a run.

The height of a bar is the intensity, so that a half programme and a slow start can be seen. Kinds share a colour by
whom or what they act on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from sim.inputs.interventions import Intervention
from sim.inputs.scenario.description import Scenario, build_organisation
from sim.plots.bands import time_axis
from sim.plots.labels import POINTS_PER_INCH, shortened, text_width
from sim.plots.style import SIZES, Theme
from sim.report.whose import title_and_whose
from sim.rulebook.parameters import WEEKS_PER_YEAR

__all__ = ["MOST_LANES", "Lane", "draw_timeline", "lanes"]

MOST_LANES = 10
"""More entries than this share lanes by kind and by whom they name, and what is left after that is counted."""

_BAR = 0.76
_LABEL_GAP = 6.0
_MARKER = 8.0


@dataclass(frozen=True)
class Lane:
    """One row of the strip: entries that do not meet in time, and their label."""

    entries: tuple[Intervention, ...]
    label: str
    colour_name: str


def lanes(scenario: Scenario) -> list[Lane]:
    """Return the lanes of a scenario's timeline, in the order in which they begin."""
    entries = [entry for entry in scenario.timeline if entry.first_week < scenario.weeks]
    groups: list[tuple[Intervention, ...]] = [(entry,) for entry in entries]
    if len(groups) > MOST_LANES:
        shared = dict.fromkeys(_shares_a_lane(entry) for entry in entries)
        groups = [tuple(entry for entry in entries if _shares_a_lane(entry) == key) for key in shared]
    groups.sort(key=lambda group: min(entry.first_week for entry in group))
    drawn = [_lane(group, scenario) for group in groups[:MOST_LANES]]
    left_out = len(groups) - len(drawn)
    if left_out:
        last = drawn[-1]
        drawn[-1] = Lane(last.entries, f"{last.label}, and {left_out} more", last.colour_name)
    return drawn


def _shares_a_lane(entry: Intervention) -> tuple[str, object]:
    """Return what entries of one lane have in common: their kind, and which leaders they name."""
    return entry.kind, getattr(entry, "which", None)


def _lane(group: tuple[Intervention, ...], scenario: Scenario) -> Lane:
    first = group[0]
    if len(group) == 1:
        return Lane(group, first.label(), first.colour)
    names_leaders = _shares_a_lane(first)[1] is not None
    title = title_and_whose(first.title, first, build_organisation(scenario)) if names_leaders else first.title
    return Lane(group, f"{title} ({len(group)} entries)", first.colour)


def draw_timeline(axes: Axes, scenario: Scenario, n_weeks: int, theme: Theme, width_inches: float) -> None:
    """Draw the strip into axes that are ``width_inches`` wide; an empty timeline says so."""
    drawn = lanes(scenario)
    axes.set_ylim(max(1, len(drawn)) - 0.5, -0.5)
    time_axis(axes, n_weeks, theme, width_inches, labelled=False, start=scenario.start)
    axes.tick_params(length=0, labelleft=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    if not drawn:
        axes.text(0.012, 0, "Nothing is done", transform=axes.get_yaxis_transform(), va="center", color=theme.muted)
    points_per_year = width_inches * POINTS_PER_INCH / (n_weeks / WEEKS_PER_YEAR)
    for row, lane in enumerate(drawn):
        colour = getattr(theme, lane.colour_name)
        for entry in lane.entries:
            _draw_entry(axes, entry, row, n_weeks, colour)
        _label_lane(axes, lane, row, n_weeks, theme, points_per_year)


def _draw_entry(axes: Axes, entry: Intervention, row: int, n_weeks: int, colour: str) -> None:
    start, end = entry.weeks(n_weeks)
    if end - start <= 1:
        axes.plot(
            [start / WEEKS_PER_YEAR], [row], marker="D", markersize=_MARKER, color=colour, clip_on=False, zorder=5
        )
        return
    weeks = np.arange(start, end + 1)
    strength = np.array([entry.strength(week, n_weeks) for week in [*range(start, end), end - 1]])
    strongest = max(1.0, float(strength.max()))
    height = _BAR * (0.25 + 0.75 * strength / strongest) * (strength > 0)
    bottom = row + _BAR / 2
    time = weeks / WEEKS_PER_YEAR
    axes.fill_between(time, bottom, bottom - height, color=colour, alpha=0.3, linewidth=0, zorder=3)
    axes.plot([time[0], time[-1]], [bottom, bottom], color=colour, linewidth=2, solid_capstyle="butt", zorder=4)


def _label_lane(axes: Axes, lane: Lane, row: int, n_weeks: int, theme: Theme, points_per_year: float) -> None:
    """Write the label after the last bar, or before the first, or on it: where it fits, or else has most room."""
    spans = [entry.weeks(n_weeks) for entry in lane.entries]
    gap = _LABEL_GAP + (_MARKER / 2 if spans[-1][1] - spans[-1][0] <= 1 else 0.0)
    start = min(span[0] for span in spans) / WEEKS_PER_YEAR
    end = max(span[1] for span in spans) / WEEKS_PER_YEAR
    after = (n_weeks / WEEKS_PER_YEAR - end) * points_per_year - gap
    before = start * points_per_year - gap
    wanted = text_width(lane.label, SIZES.label)
    if wanted <= after or (after >= before and after > (end - start) * points_per_year):
        place, offset, side, room = end, gap, "left", after
    elif wanted <= before or before > (end - start) * points_per_year:
        place, offset, side, room = start, -gap, "right", before
    else:
        inside = (end - start) * points_per_year - 2 * gap
        place, offset, side, room = start, gap, "left", inside
    # A rim of paper keeps lines behind a label from crossing it; on a bar there are none.
    rim = [] if side == "left" and place == start else [withStroke(linewidth=3, foreground=theme.background)]
    axes.annotate(
        shortened(lane.label, SIZES.label, room), (place, row), (offset, 0),
        textcoords="offset points", ha=side, va="center_baseline", fontsize=SIZES.label, color=theme.ink, zorder=6,
        path_effects=rim,
    )  # fmt: skip
