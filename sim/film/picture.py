"""One picture of a film: the network on the left, the curves up to now on the right, and the week in words.

What never changes is drawn once; each picture draws the rest upon it, in hundredths of a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox, TransformedBbox
from numpy.typing import NDArray

from sim.film.network import Network
from sim.film.recording import N_RUNS, FilmRecording
from sim.film.telling import happening, when
from sim.plots.bands import time_axis, years
from sim.plots.labels import POINTS_PER_INCH, shortened, spread, text_width, wrapped
from sim.plots.style import SIZES, Theme, drawing, new_figure, panel
from sim.plots.timeline import draw_timeline, lanes
from sim.results.measures import quantile_bands
from sim.rulebook.parameters import WEEKS_PER_YEAR

__all__ = ["HEIGHT", "WIDTH", "Screen"]

WIDTH, HEIGHT = 12.8, 7.2
"""A slide, in inches."""

_MARGIN = 0.45
_TITLE_SIZES = (SIZES.title, 18.0, 16.0)
_LEFT, _RIGHT_WIDTH = 6.75, 4.1
_TOP, _STRIP_BOTTOM = 5.62, 0.82
_LANE, _THIN_LANE, _FEW_LANES = 0.25, 0.2, 6
_TICKS, _GAP = 0.36, 0.88
_LEAST_SPAN = 40
_LABEL_LINE = 1.3


@dataclass(frozen=True)
class _Curve:
    """One series of the run shown, up to now; ``label`` is written at its end, with its value."""

    values: NDArray[np.float64]
    line: Line2D
    label: Any
    words: str


class Screen:
    """The figure of a film, and its pictures.

    Parameters
    ----------
    recording : what is shown
    theme : light or dark
    width : of the pictures, in pixels
    """

    def __init__(self, recording: FilmRecording, theme: Theme, width: int) -> None:
        self._recording = recording
        self._theme = theme
        self._moving: list[Artist] = []
        self._boxes: list[Bbox] = []
        self._cursors: list[Line2D] = []
        self._panels: list[tuple[Axes, float, list[_Curve]]] = []
        with drawing(theme):
            self._figure = new_figure(WIDTH, HEIGHT)
            self._figure.set_dpi(width / WIDTH)
            canvas: Any = FigureCanvasAgg(self._figure)
            self._canvas = canvas
            self._write_words()
            self._network = Network(self._figure, recording, theme, (WIDTH, HEIGHT))
            self._draw_right()
            self._moving += [*self._network.moving, self._when, *self._told]
            for artist in self._moving:
                artist.set_animated(True)
            self._canvas.draw()
            self._still = self._canvas.copy_from_bbox(self._figure.bbox)

    def picture(self, number: int) -> NDArray[np.uint8]:
        """Return [height, width, 3], one picture by its number."""
        week = self._recording.weeks[number]
        self._tell(number, week)
        self._network.show(number)
        self._show_curves(week)
        self._canvas.restore_region(self._still)
        for artist in self._moving:
            self._figure.draw_artist(artist)
        pixels = np.asarray(self._canvas.buffer_rgba())
        height, width = (size - size % 2 for size in pixels.shape[:2])
        return pixels[:height, :width, :3].copy()

    # --- words --------------------------------------------------------------------------------------------------------

    def _write_words(self) -> None:
        scenario, theme = self._recording.scenario, self._theme
        room = (WIDTH - 2 * _MARGIN - 2.5) * POINTS_PER_INCH
        size = next((size for size in _TITLE_SIZES if text_width(scenario.title, size, bold=True) <= room), 16.0)
        title = shortened(scenario.title, size, room if text_width(scenario.title, size, True) <= room else 0.88 * room)
        self._write(_MARGIN, 6.62, title, size, theme.ink, bold=True)
        self._when = self._write(WIDTH - _MARGIN, 6.62, "", 18.0, theme.ink, bold=True, align="right")
        self._told = [self._write(_MARGIN, 6.25 - 0.25 * row, "", SIZES.lead, theme.muted) for row in range(2)]
        runs = f"One run, on the same chance events with and without. Band: nine in ten of {N_RUNS} runs."
        self._write(_LEFT - 0.55, 0.4, runs, SIZES.small, theme.muted)
        self._write(_LEFT - 0.55, 0.2, "A map over assumptions, not a forecast.", SIZES.small, theme.muted)

    def _write(
        self, left: float, bottom: float, text: str, size: float, colour: str, bold: bool = False, align: str = "left"
    ) -> Any:
        return self._figure.text(
            left / WIDTH, bottom / HEIGHT, text, fontsize=size, color=colour, va="baseline", ha=align,
            fontweight="bold" if bold else "normal",
        )  # fmt: skip

    def _tell(self, number: int, week: int) -> None:
        n_vacant = int(self._recording.vacant[number].sum())
        told = happening(self._recording.scenario, week, n_vacant)
        lines = wrapped(told, SIZES.lead, (WIDTH - 2 * _MARGIN) * POINTS_PER_INCH, most_lines=2)
        for text, line in zip(self._told, [*lines, ""], strict=False):
            text.set_text(line)
        self._when.set_text(when(week, self._recording.scenario.start))

    # --- curves -------------------------------------------------------------------------------------------------------

    def _draw_right(self) -> None:
        scenario, theme = self._recording.scenario, self._theme
        n_lanes = max(1, len(lanes(scenario)))
        strip_height = n_lanes * (_LANE if n_lanes <= _FEW_LANES else _THIN_LANE)
        strip = self._axes(_STRIP_BOTTOM, strip_height)
        draw_timeline(strip, scenario, scenario.weeks, theme, _RIGHT_WIDTH)
        bottom = _STRIP_BOTTOM + strip_height + _TICKS
        room = _TOP - bottom - _GAP
        share = self._axes(bottom + 0.45 * room + _GAP, 0.55 * room)
        control = self._axes(bottom, 0.45 * room)
        self._draw_share(share, 0.55 * room)
        self._draw_control(control, 0.45 * room)
        for axes in (strip, share, control):
            self._cursors.append(axes.axvline(0, color=theme.ink, linewidth=1.2, alpha=0.35 if axes is strip else 0.7))
        self._moving += self._cursors

    def _axes(self, bottom: float, height: float) -> Axes:
        return self._figure.add_axes((_LEFT / WIDTH, bottom / HEIGHT, _RIGHT_WIDTH / WIDTH, height / HEIGHT))

    def _draw_share(self, axes: Axes, height: float) -> None:
        arm, baseline, theme = self._recording.paired.arm, self._recording.paired.baseline, self._theme
        other = "without" if self._recording.paired.is_against_nothing else "the other"
        is_alone = self._recording.paired.is_alone
        note = "nothing is done" if is_alone else f"thick: this run; thin: {_other_words(baseline.scenario.title)}"
        panel(axes, theme, "Staff who feel safe to speak up, in 100", note, self._shift)
        self._spread(axes, arm.series("safe_share"), theme.arm)
        curves = [self._curve(axes, arm.series("safe_share")[0], theme.arm, "now" if is_alone else "with", 2.6)]
        shown = [arm.series("safe_share")]
        if not is_alone:
            self._spread(axes, baseline.series("safe_share"), theme.baseline)
            curves.insert(0, self._curve(axes, baseline.series("safe_share")[0], theme.baseline, other, 1.6))
            shown.append(baseline.series("safe_share"))
        axes.set_ylim(*_limits(shown))
        self._finish(axes, height, curves)

    def _draw_control(self, axes: Axes, height: float) -> None:
        arm, theme = self._recording.paired.arm, self._theme
        panel(axes, theme, "Leaders' control, and their shared purpose", "0 to 100", self._shift)
        curves = []
        for measure, colour, words in (
            ("team_leader_control", theme.teams, "team leaders"),
            ("senior_leader_control", theme.seniors, "senior leaders"),
            ("coherence", theme.purpose, "shared purpose"),
        ):
            curves.append(self._curve(axes, arm.series(measure)[0], colour, words, 2.2))
        axes.set_ylim(0, 100)
        axes.set_yticks([0, 50, 100])
        self._finish(axes, height, curves)

    @property
    def _shift(self) -> float:
        return 0.55 * POINTS_PER_INCH

    def _spread(self, axes: Axes, series: NDArray[np.float64], colour: str) -> None:
        """Draw where nine in ten of the runs lie, up to now."""
        low, high = quantile_bands(100 * series, (0.05, 0.95))
        band = axes.fill_between(years(len(low) - 1), low, high, color=colour, alpha=0.16, linewidth=0)
        self._up_to_now(axes, band)

    def _curve(self, axes: Axes, series: NDArray[np.float64], colour: str, words: str, width: float) -> _Curve:
        (line,) = axes.plot(years(len(series) - 1), 100 * series, color=colour, linewidth=width)
        self._up_to_now(axes, line)
        (point,) = axes.plot([0], [0], marker="o", markersize=2.6 * width, color=colour, clip_on=False, zorder=6)
        label = axes.annotate(
            "", (1, 0), (9, 0), xycoords=("axes fraction", "data"), textcoords="offset points", va="center",
            fontsize=SIZES.label, color=colour, annotation_clip=False,
        )  # fmt: skip
        self._moving += [point, label]
        return _Curve(100 * series, point, label, words)

    def _up_to_now(self, axes: Axes, artist: Artist) -> None:
        box = Bbox([[0.0, -1e3], [0.0, 1e3]])
        artist.set_clip_box(TransformedBbox(box, axes.transData))
        artist.set_clip_path(None)
        self._boxes.append(box)
        self._moving.append(artist)

    def _finish(self, axes: Axes, height: float, curves: Sequence[_Curve]) -> None:
        scenario = self._recording.scenario
        time_axis(axes, scenario.weeks, self._theme, _RIGHT_WIDTH, start=scenario.start)
        self._panels.append((axes, height, list(curves)))

    def _show_curves(self, week: int) -> None:
        now = week / WEEKS_PER_YEAR
        for box in self._boxes:
            box.x1 = max(now, 1e-6)
        for cursor in self._cursors:
            cursor.set_xdata([now, now])
        for axes, height, curves in self._panels:
            low, high = axes.get_ylim()
            line = SIZES.label * _LABEL_LINE / POINTS_PER_INCH / height * (high - low)
            values = [float(curve.values[week]) for curve in curves]
            places = spread(values, line, low + line / 2, high - line / 2)
            for curve, value, place in zip(curves, values, places, strict=True):
                curve.line.set_data([now], [value])
                curve.label.xy = (1, place)
                curve.label.set_text(f"{value:.0f}  {curve.words}")


def _other_words(title: str) -> str:
    return shortened(title[:1].lower() + title[1:], SIZES.small, 200.0)


def _limits(shown: Sequence[NDArray[np.float64]]) -> tuple[float, float]:
    """Return limits in tens that hold the runs shown and their bands, and span enough that noise looks like noise."""
    parts = [100 * np.concatenate([values[:1], quantile_bands(values, (0.05, 0.95))]) for values in shown]
    low = 10 * np.floor(min(float(part.min()) for part in parts) / 10)
    high = 10 * np.ceil(max(float(part.max()) for part in parts) / 10)
    low = max(0.0, min(low, high - _LEAST_SPAN))
    return low, min(100.0, max(high, low + _LEAST_SPAN))
