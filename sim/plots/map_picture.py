"""The picture of a map: probabilities as colours and numbers, with their intervals, and the mean field's boundary."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from sim.plots.map_parts import COLOURS, draw_boundary, edges_around, ink_on
from sim.plots.style import LIGHT, SIZES, Theme, drawing, new_figure

__all__ = ["draw_map"]

_MOST_NUMBERS = 120


def draw_map(
    estimate: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    x: tuple[str, NDArray[np.float64]],
    y: tuple[str, NDArray[np.float64]],
    *,
    title: str,
    lead: str,
    note: str,
    boundary: Sequence[NDArray[np.float64]] = (),
    theme: Theme = LIGHT,
) -> Figure:
    """Return the picture of a map.

    Parameters
    ----------
    estimate, low, high : [n_y, n_x], probability with its 95 % interval
    x, y : label and values of each axis
    title, lead, note : in large type; what the numbers are; under the map
    boundary : lines [n_points, 2] along which it changes sides
    theme : light or dark
    """
    with drawing(theme):
        figure = new_figure(11.7, 8.3)
        axes = figure.add_axes((0.09, 0.17, 0.78, 0.64))
        x_edges, y_edges = edges_around(x[1]), edges_around(y[1])
        mesh = axes.pcolormesh(x_edges, y_edges, estimate, cmap=COLOURS, vmin=0.0, vmax=1.0)
        axes.set_xlabel(x[0], fontsize=SIZES.label)
        axes.set_ylabel(y[0], fontsize=SIZES.label)
        axes.set_xticks(x[1], [f"{value:.3g}" for value in x[1]])
        axes.set_yticks(y[1], [f"{value:.3g}" for value in y[1]])
        axes.tick_params(length=0)
        if estimate.size <= _MOST_NUMBERS:
            for row, column in np.argwhere(np.isfinite(estimate)).tolist():
                share = estimate[row, column]
                ink = ink_on(share)
                place = (x[1][column], y[1][row])
                # Numbers stay legible where the line crosses them.
                halo = [withStroke(linewidth=3, foreground=mesh.cmap(share))]
                axes.annotate(
                    f"{share:.0%}", place, (0, 3), textcoords="offset points", ha="center", va="bottom", color=ink,
                    fontsize=SIZES.label, fontweight="bold", zorder=5, path_effects=halo,
                )  # fmt: skip
                axes.annotate(
                    f"{low[row, column]:.0%}-{high[row, column]:.0%}", place, (0, 1), textcoords="offset points",
                    ha="center", va="top", color=ink, fontsize=7.5, zorder=5, path_effects=halo,
                )  # fmt: skip
        draw_boundary(axes, boundary)
        axes.set_xlim(x_edges[0], x_edges[-1])
        axes.set_ylim(y_edges[0], y_edges[-1])
        bar = figure.colorbar(mesh, cax=figure.add_axes((0.9, 0.17, 0.02, 0.64)), format="{x:.0%}")
        bar.outline.set_visible(False)
        figure.text(0.09, 0.93, title, fontsize=SIZES.title, fontweight="bold", color=theme.ink, va="top")
        figure.text(0.09, 0.865, lead, fontsize=SIZES.lead, color=theme.muted, va="top", wrap=True)
        figure.text(0.09, 0.05, note, fontsize=SIZES.small, color=theme.muted, va="bottom", wrap=True)
    return figure
