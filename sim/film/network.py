"""The network in a film: senior leaders in the middle, teams around them as clusters around their leader."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import EllipseCollection, LineCollection, PathCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.engine.recorder import AGREES_ABOVE
from sim.engine.ties import standing_pairs
from sim.film.recording import FilmRecording
from sim.plots.labels import POINTS_PER_INCH, shortened
from sim.plots.network_layout import Layout, lay_out
from sim.plots.style import SIZES, Theme

__all__ = ["Network", "ramp"]

Colours = NDArray[np.float64]

_RAMPS = {
    "light": ("#a63c12", "#cf7a45", "#e6d3b3", "#5ca7b5", "#0b5f78"),
    "dark": ("#f0824c", "#c27048", "#5b5f60", "#4f9fb4", "#6ad4ee"),
}
"""From rust over sand to teal, which the colour-blind can tell apart."""

_LEFT, _BOTTOM, _SIZE = 0.35, 0.86, 5.2
_KEY_BOTTOM = 0.4
_MOST_TIES = 4_000
_LEADER, _SENIOR = 1.45, 2.3
_THINNEST, _PURPOSE_WIDTH = 0.8, 9.0
_ROOMY = 0.01


def ramp(theme: Theme, middle: float) -> Colours:
    """Return [256, 3], the colours of values from 0 to 1; the ramp turns at ``middle``."""
    stops = np.array([to_rgb(colour) for colour in _RAMPS[theme.name]])
    at = np.array([0.0, middle / 2, middle, (1 + middle) / 2, 1.0])
    return np.stack([np.interp(np.linspace(0, 1, 256), at, stops[:, part]) for part in range(3)], axis=1)


class Network:
    """Marks for everybody, and their colours picture by picture.

    Parameters
    ----------
    figure : where it is drawn
    recording : what is shown
    theme : light or dark
    size : of the figure, in inches
    """

    def __init__(self, figure: Figure, recording: FilmRecording, theme: Theme, size: tuple[float, float]) -> None:
        self._recording = recording
        self._theme = theme
        # Safety turns where somebody would just agree with the survey item, control at one half.
        self._safety_colours = ramp(theme, AGREES_ABOVE)
        self._control_colours = ramp(theme, 0.5)[::-1]
        width, height = size
        self._axes = figure.add_axes((_LEFT / width, _BOTTOM / height, _SIZE / width, _SIZE / height))
        self._axes.set_xlim(0, 1)
        self._axes.set_ylim(1, 0)
        self._axes.set_axis_off()
        layout = lay_out(recording.organisation)
        self._draw_ground(layout)
        self.moving = self._draw_people(layout)
        self._draw_key(figure, width, height)

    def show(self, number: int) -> None:
        """Give everybody the colours of a picture."""
        recording, theme = self._recording, self._theme
        facilitates = recording.facilitates[number]
        staff = self._safety_colours[recording.safety[number]]
        staff[recording.empty[number]] = to_rgb(theme.background)
        self._staff.set_facecolor(staff)
        self._rings.set_visible(bool(facilitates.any()))
        self._rings.set_offsets(self._places[facilitates])
        self._leaders.set_facecolor(self._control_colours[recording.team_control[number]])
        seniors = self._control_colours[recording.senior_control[number]].copy()
        seniors[recording.vacant[number]] = to_rgb(theme.background)
        self._seniors.set_facecolor(seniors)
        self._purpose.set_linewidth(_THINNEST + self._thickest * recording.purpose[number] / 255.0)

    def _draw_ground(self, layout: Layout) -> None:
        """Draw what stays: a disc under each team, and the ties between teams."""
        theme, organisation = self._theme, self._recording.organisation
        discs = EllipseCollection(
            2 * layout.team_radius, 2 * layout.team_radius, 0, units="x", offsets=layout.leaders,
            offset_transform=self._axes.transData, facecolors=theme.grid, alpha=0.45, zorder=1,
        )  # fmt: skip
        self._axes.add_collection(discs)
        pairs, _ = standing_pairs(organisation)
        if len(pairs) <= _MOST_TIES:
            ties = LineCollection(list(layout.staff[pairs]), colors=theme.ink, alpha=0.09, linewidths=0.6, zorder=2)
            self._axes.add_collection(ties)
        if organisation.n_services > 1:
            for service, (centre, radius) in enumerate(zip(layout.services, layout.service_radius, strict=True)):
                room = 2 * radius * _SIZE * POINTS_PER_INCH
                self._axes.annotate(
                    shortened(organisation.service_name(service), SIZES.label, room),
                    (centre[0], centre[1] - radius), (0, 5), textcoords="offset points", ha="center", va="bottom",
                    fontsize=SIZES.label, color=theme.ink, annotation_clip=False,
                )  # fmt: skip

    def _draw_people(self, layout: Layout) -> list[Artist]:
        theme, recording = self._theme, self._recording
        radius = layout.person_radius
        # Rims get thinner where many people share the picture.
        rim = min(1.0, radius / _ROOMY)
        self._places = layout.staff
        self._staff = self._marks(layout.staff, radius, "o", theme.background, 0.4 * rim, 3)
        self._rings = self._marks(layout.staff, 1.25 * radius, "o", theme.facilitators, 1.6 * rim, 4)
        self._leaders = self._marks(layout.leaders, _LEADER * radius, "s", theme.ink, 0.9 * rim, 5)
        self._seniors = self._marks(layout.seniors, _SENIOR * radius, "o", theme.ink, 1.6 * rim, 7)
        self._thickest = _PURPOSE_WIDTH * rim
        self._purpose = LineCollection(list(layout.seniors[_pairs(recording)]), colors=theme.purpose, zorder=6)
        self._axes.add_collection(self._purpose)
        return [self._staff, self._rings, self._leaders, self._purpose, self._seniors]

    def _marks(
        self, places: NDArray[np.float64], radius: float, shape: str, edge: str, width: float, order: int
    ) -> PathCollection:
        area = (2 * radius * _SIZE * POINTS_PER_INCH) ** 2
        return self._axes.scatter(
            places[:, 0], places[:, 1], s=area, marker=shape, edgecolors=edge, linewidths=width, zorder=order,
            facecolors="none", clip_on=False,
        )  # fmt: skip

    def _draw_key(self, figure: Figure, width: float, height: float) -> None:
        """Say below the network what marks and colours mean."""
        theme = self._theme
        axes = figure.add_axes((_LEFT / width, 0.12 / height, _SIZE / width, 0.6 / height))
        axes.set_xlim(0, _SIZE)
        axes.set_ylim(0, 0.6)
        axes.set_axis_off()
        rows: tuple[tuple[float, str, Colours, str, str], ...] = (
            (0.44, "o", self._safety_colours, "staff feel unsafe", "safe"),
            (0.18, "s", self._control_colours[::-1], "leaders' control", "relational"),
        )
        for level, shape, colours, low, high in rows:
            axes.text(1.3, level, low, ha="right", va="center_baseline", fontsize=SIZES.small, color=theme.muted)
            places = np.linspace(1.42, 2.12, 6)
            axes.scatter(places, np.full(6, level), s=46, marker=shape, c=colours[np.linspace(0, 255, 6).astype(int)])
            axes.text(2.24, level, high, va="center_baseline", fontsize=SIZES.small, color=theme.muted)
        marks: tuple[tuple[float, float, dict[str, Any], str], ...] = (
            (3.2, 0.44, {"facecolors": "none", "edgecolors": theme.facilitators, "linewidths": 1.8}, "can facilitate"),
            (3.2, 0.18, {"facecolors": theme.background, "edgecolors": theme.ink, "linewidths": 1.6}, "new in post"),
            (4.52, 0.18, {"facecolors": theme.background, "edgecolors": theme.grid, "linewidths": 1.6}, "vacant"),
        )
        for place, level, look, words in marks:
            axes.scatter([place], [level], s=60, **look)
            axes.text(place + 0.14, level, words, va="center_baseline", fontsize=SIZES.small, color=theme.muted)
        axes.plot([4.42, 4.62], [0.44, 0.44], color=theme.purpose, linewidth=4, solid_capstyle="round")
        axes.text(4.74, 0.44, "purpose", va="center_baseline", fontsize=SIZES.small, color=theme.muted)


def _pairs(recording: FilmRecording) -> NDArray[np.int64]:
    """Return [n_pairs, 2], the senior leaders of each pair, in the order of the recording."""
    starts = recording.organisation.service_senior_start.tolist()
    pairs = [pair for first, last in pairwise(starts) for pair in combinations(range(first, last), 2)]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)
