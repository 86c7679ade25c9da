"""Labels that stand beside what they name, without covering one another.

Widths come from the font itself, so no picture has to be drawn to know them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from sim.plots.style import FONTS

__all__ = ["POINTS_PER_INCH", "label_ends", "shortened", "spread", "text_width", "wrapped"]

POINTS_PER_INCH = 72.0
_LINE = 1.25


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """Return how wide a line of text is, in points."""
    font = FontProperties(family=[FONTS[0]], size=size, weight="bold" if bold else "normal")
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width)


def shortened(text: str, size: float, room: float) -> str:
    """Return the text, or as much of it as fits into ``room`` points with three dots after it."""
    if text_width(text, size) <= room:
        return text
    kept = text
    while kept and text_width(kept.rstrip() + "...", size) > room:
        kept = kept[:-1]
    return kept.rstrip(" ,;:") + "..." if kept else ""


def wrapped(text: str, size: float, room: float, bold: bool = False, most_lines: int = 3) -> list[str]:
    """Return the text in lines of at most ``room`` points; what does not fit in the last is cut with three dots."""
    lines: list[str] = []
    rest = text.split()
    while rest and len(lines) < most_lines:
        n_words = 1
        while n_words < len(rest) and text_width(" ".join(rest[: n_words + 1]), size, bold) <= room:
            n_words += 1
        if len(lines) == most_lines - 1:
            n_words = len(rest)
        lines.append(shortened(" ".join(rest[:n_words]), size, room))
        rest = rest[n_words:]
    return lines


def spread(places: Sequence[float], distance: float, low: float, high: float) -> list[float]:
    """Return places moved apart until neighbours are at least ``distance`` from each other, as little as needed.

    The order is kept, and all stay in ``[low, high]`` if there is room for them; otherwise they share the room evenly.

    Examples
    --------
    >>> spread([0.5, 0.5], 0.2, 0.0, 1.0)
    [0.4, 0.6]
    """
    n = len(places)
    if n == 0:
        return []
    distance = min(distance, (high - low) / max(1, n - 1))
    order = sorted(range(n), key=lambda k: places[k])
    # Groups that touch are merged and centred on the mean of what they hold.
    groups: list[tuple[float, list[int]]] = []
    for k in order:
        centre, members = places[k], [k]
        while groups and centre - groups[-1][0] < distance * (len(members) + len(groups[-1][1])) / 2:
            members = groups.pop()[1] + members
            centre = sum(places[m] for m in members) / len(members)
            half = distance * (len(members) - 1) / 2
            centre = min(max(centre, low + half), high - half)
        half = distance * (len(members) - 1) / 2
        groups.append((min(max(centre, low + half), high - half), members))
    moved = [0.0] * n
    for centre, members in groups:
        for turn, k in enumerate(members):
            moved[k] = round(centre + distance * (turn - (len(members) - 1) / 2), 12)
    return moved


def label_ends(
    axes: Axes, ends: Sequence[tuple[float, str, str]], size: float, height_inches: float, bold: bool = False
) -> None:
    """Write labels at the right edge of axes, each near the height of what it names.

    Parameters
    ----------
    ends : height in data units, text, colour; lines of a text are parted by line breaks
    size : of the type, in points
    height_inches : of the axes
    """
    low, high = axes.get_ylim()
    # One distance for all: that of the tallest, so that a label of three lines keeps its neighbours off.
    n_lines = max((text.count("\n") + 1 for _, text, _ in ends), default=1)
    line = size * _LINE / POINTS_PER_INCH / height_inches * (high - low)
    places = spread([height for height, _, _ in ends], line * n_lines, low + line * n_lines / 2, high)
    for (_, text, colour), place in zip(ends, places, strict=True):
        axes.annotate(
            text, (1, place), (7, 0), xycoords=("axes fraction", "data"), textcoords="offset points", fontsize=size,
            color=colour, va="center", fontweight="bold" if bold else "normal", annotation_clip=False, linespacing=1.1,
        )  # fmt: skip
