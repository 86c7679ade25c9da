"""One page about several scenarios: who feels safe in each, and how each differs from the first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from sim.base.dates import common
from sim.base.phrasing import signed
from sim.plots.bands import LineStyle, band, time_axis
from sim.plots.labels import POINTS_PER_INCH, label_ends, shortened
from sim.plots.page import HEIGHT, MARGIN, WIDTH, page_axes, write, write_foot, write_head
from sim.plots.style import LIGHT, SIZES, Theme, drawing, new_figure, panel
from sim.results.comparison import COMPARED, difference, letter, level
from sim.results.ensemble import PairedEnsemble
from sim.results.measures import SMOOTHING_WEEKS, quantile_bands, smooth
from sim.results.outcomes import RunOutcome

__all__ = ["MOST_SCENARIOS", "draw_comparison"]

MOST_SCENARIOS = len(LIGHT.sequence)
"""More scenarios than colours that can be told apart are not drawn."""

_LEFT_START, _LEFT_WIDTH = 0.85, 4.6
_RIGHT_MARGIN, _RIGHT_START, _RIGHT_WIDTH = 6.55, 6.75, 3.2
_TOP, _BOTTOM, _GAP = 6.7, 0.95, 0.8
_STYLES: tuple[LineStyle, ...] = ("-", (0, (5, 1.5)), (0, (3, 1, 1, 1)), (0, (1.5, 1)))
_KEY_LINE = 0.235
_ROW = 0.172
_MOST_TELLING = ("retained_4_years", "safe_share_last_year", "persists", "peak_gain", "retained_2_years")


def draw_comparison(pairs: Sequence[PairedEnsemble], headline: str = "", theme: Theme = LIGHT) -> Figure:
    """Return a page about up to :data:`MOST_SCENARIOS` scenarios; the first is what the others are compared with.

    Parameters
    ----------
    pairs : each scenario with its baseline, all with the same seed and replicates
    headline : the answer in a sentence or two, set under the title
    theme : light or dark
    """
    drawn = list(pairs)[:MOST_SCENARIOS]
    with drawing(theme):
        figure = new_figure(WIDTH, HEIGHT)
        write_head(figure, "Scenarios compared", headline, theme)
        top = _TOP - _write_key(figure, drawn, theme)
        _draw_left(figure, drawn, theme, top)
        _draw_right(figure, drawn, theme, top)
        write_foot(figure, drawn[0], theme, "Band: half of the runs.")
    return figure


def _write_key(figure: Figure, pairs: Sequence[PairedEnsemble], theme: Theme) -> float:
    """Write which letter and colour is which scenario, in two columns; return the height it took, in inches."""
    n_rows = (len(pairs) + 1) // 2
    column = (WIDTH - 2 * MARGIN) / 2
    for place, paired in enumerate(pairs):
        left, bottom = MARGIN + column * (place // n_rows), _TOP - _KEY_LINE * (place % n_rows) + 0.05
        cost = float(paired.arm.cost_so_far()[-1])
        text = shortened(
            f"{paired.arm.scenario.title} ({cost:,.0f} days of paid support)", SIZES.label, (column - 0.4) * 72
        )
        write(figure, left, bottom, letter(place), SIZES.panel, theme.sequence[place], bold=True)
        write(figure, left + 0.25, bottom, text, SIZES.label, theme.ink)
    return n_rows * _KEY_LINE + 0.35


def _draw_left(figure: Figure, pairs: Sequence[PairedEnsemble], theme: Theme, top: float) -> None:
    room = (top - _BOTTOM - _GAP) / 2
    start = common(paired.arm.scenario.start for paired in pairs)
    share = page_axes(figure, _LEFT_START, _BOTTOM + room + _GAP, _LEFT_WIDTH, room)
    gain = page_axes(figure, _LEFT_START, _BOTTOM, _LEFT_WIDTH, room)
    shift = (_LEFT_START - MARGIN) * POINTS_PER_INCH
    panel(share, theme, "Staff who feel safe to speak up, in 100", "band: half of the runs", shift)
    _draw_series(share, [paired.arm.series("safe_share") for paired in pairs], theme, room, 1, start)
    panel(gain, theme, "Gain: how many more feel safe than in its baseline", "average over a quarter", shift)
    _draw_series(gain, [paired.gain() for paired in pairs], theme, room, SMOOTHING_WEEKS, start)
    gain.axhline(0, color=theme.baseline, linewidth=1.4)
    gain.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))


def _draw_series(
    axes: Axes, series: Sequence[np.ndarray], theme: Theme, height: float, smoothing: int, start: date | None
) -> None:
    n_weeks = series[0].shape[1] - 1
    time_axis(axes, n_weeks, theme, _LEFT_WIDTH, start=start)
    ends = []
    for place, values in enumerate(series):
        colour, style = theme.sequence[place], _STYLES[place % len(_STYLES)]
        end = band(axes, values, colour, smoothing_weeks=smoothing, style=style, outer=False)
        ends.append((end, f"{letter(place)}  {end:.0f}", colour))
    parts = [quantile_bands(100 * smooth(values, smoothing), (0.25, 0.75)) for values in series]
    low, high = min(float(part.min()) for part in parts), max(float(part.max()) for part in parts)
    slack = max(3.0, 0.08 * (high - low))
    axes.set_ylim(low - slack, high + slack)
    label_ends(axes, ends, SIZES.label, height, bold=True)


def _draw_right(figure: Figure, pairs: Sequence[PairedEnsemble], theme: Theme, top: float) -> None:
    axes = page_axes(figure, _RIGHT_START, _BOTTOM, _RIGHT_WIDTH, top - _BOTTOM)
    shift = (_RIGHT_START - _RIGHT_MARGIN) * POINTS_PER_INCH
    panel(axes, theme, "How much more, or less, than A", "points, with 95 % intervals; n: not defined", shift)
    axes.axvline(0, color=theme.sequence[0], linewidth=2)
    row, reach = 0.0, 10.0
    for item in _fitting(len(pairs) - 1, top - _BOTTOM):
        axes.annotate(
            f"{item.label_in_tables} (A: {_number(level(pairs[0], item).estimate)})", (0, row), (-shift, 0),
            xycoords=("axes fraction", "data"), textcoords="offset points", fontsize=SIZES.label, color=theme.ink,
            va="center", annotation_clip=False, zorder=6,
            path_effects=[withStroke(linewidth=3, foreground=theme.background)],
        )  # fmt: skip
        for place, paired in enumerate(pairs[1:], start=1):
            row += 1.0
            reach = max(reach, _draw_difference(axes, paired, pairs[0], item, place, row, theme))
        row += 1.5
    axes.set_ylim(row - 0.5, -0.7)
    axes.set_xlim(-1.1 * reach, 1.1 * reach)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.tick_params(labelleft=False, labelsize=SIZES.label)
    axes.grid(False, axis="y")
    axes.grid(True, axis="x", color=theme.grid, linewidth=0.8)


def _fitting(n_others: int, height: float) -> list[RunOutcome]:
    """Return what is drawn: as many of the most telling as there is room for, in their usual order."""
    rows_each = n_others + 1.5
    n_fitting = max(1, int(height / _ROW / rows_each))
    return [item for item in COMPARED if item.name in _MOST_TELLING[:n_fitting]]


def _number(value: float) -> str:
    return "n" if np.isnan(value) else f"{100 * value:.0f}"


def _draw_difference(
    axes: Axes,
    paired: PairedEnsemble,
    reference: PairedEnsemble,
    item: RunOutcome,
    place: int,
    row: float,
    theme: Theme,
) -> float:
    """Draw one difference with its interval, and its number at the right edge; return how far it reaches."""
    found = difference(paired, reference, item)
    colour = theme.sequence[place]
    estimate, low, high = (100 * value for value in (found.estimate, found.low, found.high))
    text = "n" if np.isnan(estimate) else signed(estimate)
    if not np.isnan(low):
        axes.plot([low, high], [row, row], color=colour, linewidth=3)
        text = f"{text}  ({signed(low)} to {signed(high)})"
    axes.plot([estimate], [row], marker="o", markersize=7, color=colour)
    axes.annotate(
        f"{letter(place)}  {text}", (1, row), (6, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
        fontsize=SIZES.small, color=theme.ink, va="center", annotation_clip=False,
    )  # fmt: skip
    return float(np.nanmax(np.abs([0.0, estimate, low, high])))
