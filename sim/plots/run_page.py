"""One page about one scenario: what was done, who feels safe, what is left of the gain, and what carried it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from sim.base.dates import day_words, first_day
from sim.base.phrasing import in_100, listed, percent, signed
from sim.plots.bands import band, time_axis
from sim.plots.funnel import draw_funnel, moments
from sim.plots.labels import POINTS_PER_INCH, label_ends, shortened, text_width
from sim.plots.page import HEIGHT, MARGIN, WIDTH, page_axes, write_foot, write_head
from sim.plots.style import LIGHT, SIZES, Theme, drawing, new_figure, panel
from sim.plots.timeline import draw_timeline, lanes
from sim.report.ranges import range_in_short
from sim.results.ensemble import PairedEnsemble
from sim.results.intervals import interval_of, with_interval
from sim.results.measures import LEAST_GAIN, SMOOTHING_WEEKS, Interval, mean_interval, peak_gain, quantile_bands, smooth
from sim.results.ranges import ScenarioRange, kept_range_of
from sim.rulebook.parameters import WEEKS_PER_YEAR

__all__ = ["draw_run", "draw_share"]

_LEFT_START, _LEFT_WIDTH = 0.85, 5.3
_RIGHT_MARGIN, _RIGHT_START, _RIGHT_WIDTH = 7.4, 8.4, 1.98
_TOP, _BOTTOM = 6.7, 0.92
_LANE, _THIN_LANE, _FEW_LANES = 0.235, 0.21, 6
_PANEL_GAP = 0.8
_RIGHT_HEAD = 0.3
_SMALL_WIDTH, _SMALL_HEIGHT, _SMALL_SHARE = 7.3, 3.2, 2.2
_LEAST_SPAN = 30
_LEAST_MARK_ROOM = 34.0
_AVERAGED = "average over a quarter"


def draw_run(
    paired: PairedEnsemble, headline: str = "", theme: Theme = LIGHT, rests_on: ScenarioRange | None = None
) -> Figure:
    """Return a page about a scenario and what it is compared with.

    Parameters
    ----------
    paired : the runs of both
    headline : the answer in a sentence or two, set under the title
    theme : light or dark
    rests_on : the range of the answer; what is kept of a shipped scenario if left out
    """
    known = rests_on or kept_range_of(paired)
    with drawing(theme):
        figure = new_figure(WIDTH, HEIGHT)
        write_head(figure, paired.arm.scenario.title, headline, theme, range_in_short(known) if known else "")
        _draw_left(figure, paired, theme)
        _draw_right(figure, paired, theme)
        write_foot(figure, paired, theme, "Dark band: half of the runs. Light band: nine in ten.")
    return figure


def draw_share(paired: PairedEnsemble, theme: Theme = LIGHT) -> Figure:
    """Return a small figure: who feels safe, in a scenario and in what it is compared with."""
    with drawing(theme):
        figure = new_figure(_SMALL_WIDTH, _SMALL_HEIGHT)
        inches = (_LEFT_START, 0.4, _LEFT_WIDTH, _SMALL_SHARE)
        left, bottom, width, height = np.array(inches) / ([_SMALL_WIDTH, _SMALL_HEIGHT] * 2)
        _draw_share(figure.add_axes((left, bottom, width, height)), paired, theme, _SMALL_SHARE)
    return figure


def _draw_left(figure: Figure, paired: PairedEnsemble, theme: Theme) -> None:
    n_weeks = paired.arm.n_weeks
    n_lanes = max(1, len(lanes(paired.arm.scenario)))
    strip_height = n_lanes * (_LANE if n_lanes <= _FEW_LANES else _THIN_LANE)
    strip = page_axes(figure, _LEFT_START, _TOP - strip_height, _LEFT_WIDTH, strip_height)
    draw_timeline(strip, paired.arm.scenario, n_weeks, theme, _LEFT_WIDTH)
    room = _TOP - strip_height - _BOTTOM - 2 * _PANEL_GAP
    share_height, gain_height = 0.55 * room, 0.45 * room
    share = page_axes(figure, _LEFT_START, _BOTTOM + gain_height + _PANEL_GAP, _LEFT_WIDTH, share_height)
    _draw_share(share, paired, theme, share_height)
    gain = page_axes(figure, _LEFT_START, _BOTTOM, _LEFT_WIDTH, gain_height)
    _draw_gain(gain, paired, theme, gain_height)
    _mark_support_end((strip, share, gain), paired, theme)


def _mark_support_end(panels: tuple[Axes, ...], paired: PairedEnsemble, theme: Theme) -> None:
    """Draw a line through all panels where outside support ends, and name it once."""
    end = paired.arm.scenario.support_end_week
    if end is None or end >= paired.arm.n_weeks:
        return
    place = end / WEEKS_PER_YEAR
    for axes in panels:
        axes.axvline(place, color=theme.muted, linewidth=1.2, linestyle=(0, (2, 2)), zorder=1)
    start = paired.arm.scenario.start
    words = f"support ends, {day_words(first_day(end, start))}" if start else "support ends"
    panels[0].annotate(
        words, (place, 1), (0, 3), xycoords=("data", "axes fraction"), textcoords="offset points",
        ha="center", va="bottom", fontsize=SIZES.small, color=theme.muted, annotation_clip=False,
    )  # fmt: skip


def _shift(start: float, margin: float) -> float:
    return (start - margin) * POINTS_PER_INCH


def _draw_share(axes: Axes, paired: PairedEnsemble, theme: Theme, height: float) -> None:
    note = "nothing is done" if paired.is_alone else f"solid: this scenario; dashed: {_other_name(paired)}"
    panel(axes, theme, "Staff who feel safe to speak up, in 100", note, _shift(_LEFT_START, MARGIN))
    time_axis(axes, paired.arm.n_weeks, theme, _LEFT_WIDTH, start=paired.arm.scenario.start)
    own = band(axes, paired.arm.series("safe_share"), theme.arm)
    ends = [(own, f"{own:.0f}" if paired.is_alone else f"{_words(paired)[0]}: {own:.0f}", theme.arm)]
    if not paired.is_alone:
        other = band(axes, paired.baseline.series("safe_share"), theme.baseline, style=(0, (4, 2)), width=2.0)
        ends.append((other, f"{_words(paired)[1]}: {other:.0f}", theme.baseline))
    _limits_of_share(axes, paired)
    label_ends(axes, ends, SIZES.label, height, bold=True)


def _words(paired: PairedEnsemble) -> tuple[str, str]:
    return ("with", "without") if paired.is_against_nothing else ("this", "other")


def _other_name(paired: PairedEnsemble) -> str:
    """Return what the scenario is compared with, for a note."""
    other = paired.baseline.scenario
    return "nothing is done" if paired.is_against_nothing else shortened(other.title, SIZES.small, 190.0)


def _limits_of_share(axes: Axes, paired: PairedEnsemble) -> None:
    """Let the axis hold all bands, in steps of ten, and at least 30 points, so that noise looks like noise."""
    bands = [quantile_bands(100 * run.series("safe_share"), (0.05, 0.95)) for run in (paired.arm, paired.baseline)]
    low = 10 * np.floor(min(float(part.min()) for part in bands) / 10)
    high = 10 * np.ceil(max(float(part.max()) for part in bands) / 10)
    while high - low < _LEAST_SPAN:
        if high < 100:
            high += 10
        if low > 0 and high - low < _LEAST_SPAN:
            low -= 10
    axes.set_ylim(low, high)


def _draw_gain(axes: Axes, paired: PairedEnsemble, theme: Theme, height: float) -> None:
    gain = paired.gain()
    than = "without" if paired.is_against_nothing else "in the other"
    title = f"Gain: how many more feel safe than {than}, in 100 staff"
    time_axis(axes, paired.arm.n_weeks, theme, _LEFT_WIDTH, start=paired.arm.scenario.start)
    end = band(axes, gain, theme.arm, smoothing_weeks=SMOOTHING_WEEKS)
    axes.axhline(0, color=theme.baseline, linewidth=1.6)
    bands = quantile_bands(100 * smooth(gain), (0.05, 0.95))
    axes.set_ylim(min(-5.0, 1.15 * float(bands.min())), max(10.0, 1.3 * float(bands.max())))
    peak = mean_interval(peak_gain(gain, paired.support_end_week))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    ends = [(end, f"at the end:\n{signed(end)}", theme.arm)]
    note = _AVERAGED
    if peak.estimate >= LEAST_GAIN and paired.arm.scenario.support_end_week is not None:
        note = _mark_retained(axes, paired, theme)
        ends.append((_mark_half(axes, paired, theme, 100 * peak.estimate), "half of\nthe peak", theme.muted))
    panel(axes, theme, title, note, _shift(_LEFT_START, MARGIN))
    label_ends(axes, ends, SIZES.small, height)


def _mark_half(axes: Axes, paired: PairedEnsemble, theme: Theme, peak: float) -> float:
    start, end = paired.support_end_week / WEEKS_PER_YEAR, paired.arm.n_weeks / WEEKS_PER_YEAR
    axes.plot([start, end], [peak / 2] * 2, color=theme.muted, linewidth=1.2, linestyle=(0, (1, 2)))
    return peak / 2


def _mark_retained(axes: Axes, paired: PairedEnsemble, theme: Theme) -> str:
    """Mark what is left of the peak one, two and four years after support ends; return what the marks mean.

    Where marks are too close for numbers of their own, the numbers go into the note.
    """
    gain = 100 * smooth(paired.gain())
    marks = []
    for after in (1, 2, 4):
        week = paired.support_end_week + after * WEEKS_PER_YEAR
        if week <= paired.arm.n_weeks:
            marks.append((after, week, mean_interval(gain[:, week]), mean_interval(paired.retained(after))))
    has_room = _numbers_fit([(week, left) for _, week, _, left in marks], paired.arm.n_weeks)
    for _, week, level, left in marks:
        place = week / WEEKS_PER_YEAR
        axes.plot([place] * 2, [level.low, level.high], color=theme.ink, linewidth=1.6, zorder=5)
        axes.plot([place], [level.estimate], marker="o", markersize=6.5, color=theme.ink, zorder=6)
        if has_room:
            _name_mark(axes, place, level.estimate, left, theme)
    if not marks:
        return _AVERAGED
    if has_room:
        return "marked: what is left of the peak 1, 2 and 4 years after support ends"
    said = listed([with_interval(left, percent) for _, _, _, left in marks])
    return f"left after {listed([str(after) for after, *_ in marks])} years: {said}"


def _numbers_fit(marks: list[tuple[int, Interval]], n_weeks: int) -> bool:
    """Tell whether the numbers beside marks end before the next mark's begin."""
    points_per_week = _LEFT_WIDTH * POINTS_PER_INCH / n_weeks
    gaps = [(later[0] - earlier[0]) * points_per_week for earlier, later in pairwise(marks)]
    widths = [text_width(interval_of(left, in_100), SIZES.small) for _, left in marks[:-1]]
    return all(gap >= max(width, _LEAST_MARK_ROOM) + 2.0 for gap, width in zip(gaps, widths, strict=True))


def _name_mark(axes: Axes, place: float, level: float, left: Interval, theme: Theme) -> None:
    ends = interval_of(left, in_100)
    rim = withStroke(linewidth=2.5, foreground=theme.background, alpha=0.85)
    for text, rise, size, weight in (
        (percent(left.estimate), 18, SIZES.label, "bold"),
        (ends, 7, SIZES.small, "normal"),
    ):
        axes.annotate(
            text, (place, level), (5, rise if ends else 7), textcoords="offset points", fontsize=size,
            fontweight=weight, color=theme.ink, va="bottom", zorder=7, path_effects=[rim],
        )  # fmt: skip


def _draw_right(figure: Figure, paired: PairedEnsemble, theme: Theme) -> None:
    with_facilitators = any(entry.kind == "train_facilitators" for entry in paired.arm.scenario.timeline)
    draws = [_draw_funnel_panel, _draw_leaders, *([_draw_facilitators] if with_facilitators else [])]
    shares = (0.46, 0.32, 0.22) if with_facilitators else (0.54, 0.46)
    top = _TOP - _RIGHT_HEAD
    room = top - _BOTTOM - _PANEL_GAP * (len(draws) - 1)
    for share, draw in zip(shares, draws, strict=True):
        axes = page_axes(figure, _RIGHT_START, top - share * room, _RIGHT_WIDTH, share * room)
        draw(axes, paired, theme, share * room)
        top -= share * room + _PANEL_GAP


def _draw_funnel_panel(axes: Axes, paired: PairedEnsemble, theme: Theme, height: float) -> None:
    shift = _shift(_RIGHT_START, _RIGHT_MARGIN)
    panel(axes, theme, "Of 100 concerns, errors and ideas", " ", shift)
    draw_funnel(axes, moments(paired), theme, shift)


def _draw_leaders(axes: Axes, paired: PairedEnsemble, theme: Theme, height: float) -> None:
    note = f"0 to 100; dotted: {_other_name(paired)}"
    panel(axes, theme, "Leaders' control, and their purpose", note, _shift(_RIGHT_START, _RIGHT_MARGIN))
    time_axis(axes, paired.arm.n_weeks, theme, _RIGHT_WIDTH, start=paired.arm.scenario.start)
    ends = []
    for measure, words, colour, style in (
        ("team_leader_control", "team leaders", theme.teams, "-"),
        ("senior_leader_control", "seniors", theme.seniors, (0, (5, 1.5))),
        ("coherence", "shared purpose", theme.purpose, (0, (3, 1, 1, 1))),
    ):
        band(axes, paired.baseline.series(measure), colour, style=":", width=1.2, outer=False, inner=False)
        end = band(axes, paired.arm.series(measure), colour, style=style, width=2.0, outer=False)
        ends.append((end, words, colour))
    axes.set_ylim(0, 100)
    axes.set_yticks([0, 50, 100])
    label_ends(axes, ends, SIZES.small, height)


def _draw_facilitators(axes: Axes, paired: PairedEnsemble, theme: Theme, height: float) -> None:
    panel(axes, theme, "Able to facilitate, in 100 staff", shift=_shift(_RIGHT_START, _RIGHT_MARGIN))
    time_axis(axes, paired.arm.n_weeks, theme, _RIGHT_WIDTH, start=paired.arm.scenario.start)
    end = band(axes, paired.arm.series("capability"), theme.facilitators)
    needed = 100 * paired.arm.scenario.parameters.critical_mass
    axes.axhline(needed, color=theme.ink, linewidth=1.2, linestyle=(0, (4, 2)))
    highest = float(np.quantile(100 * paired.arm.series("capability"), 0.95, axis=0).max())
    axes.set_ylim(0, 1.2 * max(needed, highest))
    ends = [(needed, f"critical\nmass: {needed:.0f}", theme.ink), (end, f"at the\nend: {end:.0f}", theme.facilitators)]
    label_ends(axes, ends, SIZES.small, height)
