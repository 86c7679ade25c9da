"""The page of the mean field: the shift over time, what lasts over two parameters, equilibria, and where starts end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.meanfield.boundary import BoundaryMap
from sim.meanfield.equilibria import Basins, Equilibrium
from sim.plots.labels import POINTS_PER_INCH, wrapped
from sim.plots.map_parts import COLOURS, draw_boundary
from sim.plots.style import LIGHT, SIZES, Theme, drawing, new_figure, panel

__all__ = ["MeanFieldPicture", "draw_mean_field"]

WEEKS_PER_YEAR = 52


@dataclass(frozen=True, eq=False)
class MeanFieldPicture:
    """What the page shows.

    Parameters
    ----------
    title, headline : in large type, and the answer under it
    safety, baseline : [n_weeks + 1], mean safety with and without the timeline
    what_lasts : the map of what is left
    here : the scenario's own point on the map
    branches : equilibria by value of the parameter along the side ``along``
    along : label of that side
    basins : where starts end
    """

    title: str
    headline: str
    safety: NDArray[np.float64]
    baseline: NDArray[np.float64]
    what_lasts: BoundaryMap
    here: tuple[float, float]
    branches: Sequence[tuple[float, list[Equilibrium]]]
    along: str
    basins: Basins


def draw_mean_field(picture: MeanFieldPicture, theme: Theme = LIGHT) -> Figure:
    """Return the page."""
    with drawing(theme):
        figure = new_figure(11.7, 8.3)
        figure.text(0.06, 0.955, picture.title, fontsize=SIZES.title, fontweight="bold", color=theme.ink, va="top")
        room = 0.88 * 11.7 * POINTS_PER_INCH
        for row, line in enumerate(wrapped(picture.headline, SIZES.lead, room, most_lines=2)):
            figure.text(0.06, 0.9 - 0.028 * row, line, fontsize=SIZES.lead, color=theme.muted, va="top")
        _draw_time(figure.add_axes((0.06, 0.50, 0.40, 0.26)), picture, theme)
        _draw_map(figure, figure.add_axes((0.56, 0.50, 0.34, 0.26)), picture, theme)
        _draw_branches(figure.add_axes((0.06, 0.10, 0.40, 0.26)), picture, theme)
        last = figure.add_axes((0.56, 0.10, 0.34, 0.26))
        if len(picture.basins.stable) > 1:
            _draw_basins(last, picture, theme)
        else:
            _draw_memory(last, picture, theme)
    return figure


def _draw_time(axes: Axes, picture: MeanFieldPicture, theme: Theme) -> None:
    panel(axes, theme, "Mean safety", "a large service without chance; years after week 0")
    years = np.arange(len(picture.safety)) / WEEKS_PER_YEAR
    axes.plot(years, picture.safety, color=theme.arm, linewidth=2.2, label="with the timeline")
    axes.plot(years, picture.baseline, color=theme.baseline, linewidth=2.0, linestyle=(0, (5, 1.5)), label="without")
    axes.legend(frameon=False, fontsize=SIZES.small, loc="upper right")


def _draw_map(figure: Figure, axes: Axes, picture: MeanFieldPicture, theme: Theme) -> None:
    what = picture.what_lasts
    panel(axes, theme, "What lasts", "share of the peak gain left 4 years after support ends; dashed: one half")
    axes.grid(visible=False)
    left = np.clip(np.nan_to_num(what.retained, nan=0.0), 0.0, 1.0)
    mesh = axes.pcolormesh(
        what.x.values, what.y.values, left, cmap=COLOURS, vmin=0.0, vmax=1.0, shading="gouraud", rasterized=True
    )
    draw_boundary(axes, what.lines())
    axes.plot(*picture.here, marker="o", markersize=8, color="#ffffff", markeredgecolor="#16202b")
    axes.set_xlim(what.x.values[0], what.x.values[-1])
    axes.set_ylim(what.y.values[0], what.y.values[-1])
    axes.set_xlabel(what.x.label)
    axes.set_ylabel(what.y.label)
    bar = figure.colorbar(mesh, cax=figure.add_axes((0.915, 0.50, 0.012, 0.26)), format="{x:.0%}")
    bar.outline.set_visible(False)


def _draw_branches(axes: Axes, picture: MeanFieldPicture, theme: Theme) -> None:
    panel(axes, theme, "Where it comes to rest", "mean safety of equilibria; filled: stable, open: not")
    for is_stable in (True, False):
        points = [
            (value, rest.measures["safety"])
            for value, found in picture.branches
            for rest in found
            if rest.is_stable == is_stable
        ]  # fmt: skip
        if points:
            x, y = np.array(points).T
            face = theme.arm if is_stable else theme.background
            axes.plot(x, y, linestyle="none", marker="o", markersize=5, color=theme.arm, markerfacecolor=face)
    axes.set_xlabel(picture.along)


def _draw_memory(axes: Axes, picture: MeanFieldPicture, theme: Theme) -> None:
    panel(axes, theme, "How long a push is remembered", "weeks in which it halves; all starts end at one equilibrium")
    points = [(value, rest.half_life_weeks) for value, found in picture.branches for rest in found if rest.is_stable]
    x, y = np.array(points).T
    axes.plot(x, y, color=theme.arm, linewidth=2.0, marker="o", markersize=4)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(picture.along)


def _draw_basins(axes: Axes, picture: MeanFieldPicture, theme: Theme) -> None:
    basins = picture.basins
    panel(axes, theme, "Which start ends where", "by control of all leaders at the start, and by what is embedded")
    axes.grid(visible=False)
    colours = ListedColormap(
        [theme.baseline, theme.arm, theme.purpose, theme.facilitators][: max(1, len(basins.stable))]
    )
    axes.pcolormesh(basins.control, basins.embedding, basins.ends_at, cmap=colours, vmin=-0.5,
                    vmax=len(basins.stable) - 0.5, alpha=0.6)  # fmt: skip
    for place, rest in enumerate(basins.stable):
        where = np.argwhere(basins.ends_at == place)
        if len(where):
            row, column = where.mean(axis=0)
            at = np.interp([column], np.arange(len(basins.control)), basins.control)[0]
            height = np.interp([row], np.arange(len(basins.embedding)), basins.embedding)[0]
            axes.annotate(f"ends at {rest.measures['safety']:.2f}", (at, height), ha="center", va="center",
                          color=theme.ink, fontweight="bold")  # fmt: skip
    axes.set_xlabel("leaders' control at the start")
    axes.set_ylabel("embedding at the start")
