"""What maps are made of: their colours, the edges of their cells, and the line where they change sides."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

__all__ = ["COLOURS", "draw_boundary", "edges_around", "ink_on"]

COLOURS = "cividis"
"""The same for all eyes, also for the colour-blind, and even in lightness."""

_DARK_BELOW = 0.5
_LIGHT, _DARK, _LINE = "#ffffff", "#16202b", "#b8400b"


def ink_on(share: float) -> str:
    """Return the colour of a number on the colour of a share."""
    return _LIGHT if share < _DARK_BELOW else _DARK


def draw_boundary(axes: Axes, lines: Iterable[NDArray[np.float64]]) -> None:
    """Draw lines [n_points, 2] along which a map changes sides, dashed, so that they stand out from every colour."""
    for line in lines:
        axes.plot(line[:, 0], line[:, 1], color=_LIGHT, linewidth=5)
        axes.plot(line[:, 0], line[:, 1], color=_LINE, linewidth=2.5, linestyle=(0, (4, 1.5)))


def edges_around(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the edges of cells around values: half-way between neighbours.

    Examples
    --------
    >>> edges_around(np.array([1.0, 2.0, 4.0])).tolist()
    [0.5, 1.5, 3.0, 5.0]
    """
    if len(values) == 1:
        return np.array([values[0] - 0.5, values[0] + 0.5])
    middle = (values[1:] + values[:-1]) / 2
    return np.concatenate([[2 * values[0] - middle[0]], middle, [2 * values[-1] - middle[-1]]])
