"""Pictures of patterns: lines with bands, or a map with lines on it, as a validation describes them."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.map_parts import COLOURS, draw_boundary, edges_around, ink_on
from sim.plots.style import LIGHT, SIZES, Theme, drawing, new_figure, panel
from sim.validation.pattern import Line, PatternPicture

__all__ = ["draw_picture"]

WIDTH, HEIGHT = 7.2, 4.0
_STYLES = ("-", (0, (5, 1.5)), (0, (1.5, 1.5)), (0, (5, 1.5, 1.5, 1.5)))
_FEW_POINTS = 6
_WIDE_SPAN = 20.0
"""An axis whose ends differ by more than this factor is drawn in logarithms."""


def draw_picture(picture: PatternPicture, theme: Theme = LIGHT) -> Figure:
    """Return a picture of a pattern."""
    with drawing(theme):
        figure = new_figure(WIDTH, HEIGHT)
        axes = figure.add_axes((0.11, 0.15, 0.72 if picture.values is not None else 0.85, 0.68))
        note = "".join(f"dashed: {contour.label}" for contour in picture.contours[:1])
        panel(axes, theme, picture.title, note)
        axes.set_xlabel(picture.x_label, fontsize=SIZES.label)
        axes.set_ylabel(picture.y_label, fontsize=SIZES.label)
        if picture.values is not None:
            _draw_map(figure, axes, picture)
        else:
            _draw_lines(axes, picture, theme)
    return figure


def _draw_lines(axes: Axes, picture: PatternPicture, theme: Theme) -> None:
    for label, level in picture.levels:
        axes.axhline(level, color=theme.muted, linewidth=1.0)
        axes.annotate(label, (1.0, level), xycoords=("axes fraction", "data"), ha="right", va="bottom")
    for place, line in enumerate(picture.lines):
        _draw_line(axes, line, theme.sequence[place % len(theme.sequence)], place)
    reach = np.concatenate([line.x for line in picture.lines]) if picture.lines else np.zeros(0)
    if len(reach) and reach.min() > 0 and reach.max() > _WIDE_SPAN * reach.min():
        axes.set_xscale("log")
        marks = np.unique(reach)
        axes.set_xticks(marks, [f"{mark:g}" for mark in marks])
        axes.minorticks_off()
    elif all(line.has_points for line in picture.lines) and len(np.unique(reach)) <= _FEW_POINTS:
        axes.set_xticks(np.unique(reach))
    if any(line.label for line in picture.lines):
        axes.legend(frameon=False, fontsize=SIZES.small, labelcolor=theme.ink)


def _draw_line(axes: Axes, line: Line, colour: str, place: int) -> None:
    style = _STYLES[place % len(_STYLES)]
    marker = "o" if line.has_points else None
    if line.low is not None and line.high is not None:
        axes.fill_between(line.x, line.low, line.high, color=colour, alpha=0.16, linewidth=0)
    width = 1.2 if line.is_quiet else 2.0
    axes.plot(
        line.x, line.y, color=colour, linewidth=width, linestyle=style, marker=marker, markersize=5, label=line.label
    )


def _draw_map(figure: Figure, axes: Axes, picture: PatternPicture) -> None:
    if picture.x is None or picture.y is None or picture.values is None:
        raise ValueError("a map needs both sides and its values")
    axes.grid(visible=False)
    mesh = axes.pcolormesh(
        edges_around(picture.x), edges_around(picture.y), picture.values, cmap=COLOURS, vmin=0.0, vmax=1.0
    )
    axes.set_xticks(picture.x, [f"{value:.3g}" for value in picture.x])
    axes.set_yticks(picture.y, [f"{value:.3g}" for value in picture.y])
    for row, column in np.ndindex(*picture.values.shape):
        share = float(picture.values[row, column])
        axes.annotate(
            f"{share:.0%}", (picture.x[column], picture.y[row]), ha="center", va="center",
            color=ink_on(share), fontsize=SIZES.small,
        )  # fmt: skip
    draw_boundary(axes, [np.column_stack([contour.x, contour.y]) for contour in picture.contours])
    bar = figure.colorbar(
        mesh, cax=figure.add_axes((0.86, 0.15, 0.025, 0.68)), format="{x:.0%}", label=picture.value_label
    )
    bar.outline.set_visible(False)
