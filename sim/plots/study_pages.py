"""Pages of studies: what decides whether it lasts, when it fails, and what is known of the parameters."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.base.phrasing import percent
from sim.plots.labels import POINTS_PER_INCH, shortened, wrapped
from sim.plots.style import LIGHT, SIZES, Theme, drawing, new_figure, panel
from sim.study.calibration import Calibration
from sim.study.discovery import Discovery
from sim.study.sensitivity import Sensitivity
from sim.study.telling import box_in_words, discovery_in_a_sentence, how_strong, verdict

__all__ = ["calibration_page", "discovery_page", "sensitivity_page"]

_WIDTH, _LEFT, _RIGHT = 11.69, 4.6, 0.6
_ROW, _HEAD, _FOOT = 0.36, 1.75, 1.0
_MOST_DRIVERS = 12
_GRADES = ("measured", "published", "calibrated", "judgement", "assumption")


def _page(n_rows: int, title: str, answer: str, foot: str, theme: Theme) -> tuple[Figure, Axes]:
    """Return a page with room for rows, with its title, its answer and its foot."""
    height = _HEAD + _ROW * max(4, n_rows) + _FOOT
    figure = new_figure(_WIDTH, height)
    room = (_WIDTH - 1.0) * POINTS_PER_INCH
    figure.text(0.5 / _WIDTH, 1 - 0.5 / height, shortened(title, SIZES.title, 0.88 * room), fontsize=SIZES.title,
                fontweight="bold", color=theme.ink)  # fmt: skip
    for row, line in enumerate(wrapped(answer, SIZES.lead, room, most_lines=3)):
        figure.text(0.5 / _WIDTH, 1 - (0.82 + 0.24 * row) / height, line, fontsize=SIZES.lead, color=theme.muted)
    for row, line in enumerate(wrapped(foot, SIZES.small, room, most_lines=2)):
        figure.text(0.5 / _WIDTH, (0.34 - 0.18 * row) / height, line, fontsize=SIZES.small, color=theme.muted)
    axes = figure.add_axes(
        (_LEFT / _WIDTH, _FOOT / height, (_WIDTH - _LEFT - _RIGHT) / _WIDTH, _ROW * max(4, n_rows) / height)
    )
    return figure, axes


def _name_rows(axes: Axes, names: list[str], theme: Theme) -> None:
    room = (_LEFT - 0.6) * POINTS_PER_INCH
    panel(axes, theme, "")
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=theme.grid, linewidth=0.8)
    axes.set_yticks(range(len(names)), [shortened(name, SIZES.label, room) for name in names], color=theme.ink)
    axes.set_ylim(len(names) - 0.4, -0.6)


def sensitivity_page(result: Sensitivity, theme: Theme = LIGHT) -> Figure:
    """Return the page on what decides an outcome: a bar for each parameter, the strongest first."""
    ranking = result.refined or result.screening
    drivers = ranking.drivers[:_MOST_DRIVERS]
    known = result.scenario.rulebook.parameters
    top = known[drivers[0].name]
    answer = f"Most is decided by {drivers[0].name.replace('_', ' ')}: {top.meaning}."
    foot = (
        f"{result.scenario.title}; {result.outcome.label.lower()}. {ranking.method.capitalize()}, {ranking.n_points:,} "
        f"points of {ranking.n_replicates} replicates. Whiskers: 95 % intervals. Notch: what chance alone would show. "
        "In brackets: how the value is known. About this model and these ranges; not a forecast."
    )
    with drawing(theme):
        title = result.outcome.question[0].upper() + result.outcome.question[1:]
        figure, axes = _page(len(drivers), title, answer, foot, theme)
        colours = dict(zip(_GRADES, theme.sequence, strict=False))
        for row, driver in enumerate(drivers):
            grade = known[driver.name].grade
            axes.barh(row, driver.strength.estimate, height=0.62, color=colours[grade], alpha=0.85)
            axes.plot([driver.strength.low, driver.strength.high], [row, row], color=theme.ink, linewidth=1.4)
            axes.plot([driver.floor] * 2, [row - 0.38, row + 0.38], color=theme.ink, linewidth=1.2, linestyle=":")
            axes.annotate(
                how_strong(driver, drivers[0]), (max(driver.strength.high, driver.strength.estimate), row), (6, 0),
                textcoords="offset points", fontsize=SIZES.small, color=theme.muted, va="center",
            )  # fmt: skip
        names = [f"{d.name.replace('_', ' ')} ({known[d.name].grade})" for d in drivers]
        _name_rows(axes, names, theme)
        axes.set_xlim(0, 1.3 * max(d.strength.high for d in drivers))
        axes.set_xlabel({"morris": "mean absolute effect", "sobol": "total share of the variance",
                         "pawn": "PAWN index"}[ranking.method])  # fmt: skip
    return figure


def discovery_page(result: Discovery, theme: Theme = LIGHT) -> Figure:
    """Return the page on when a programme fails: how many runs fail in each combination, with its interval."""
    boxes = result.boxes
    foot = (
        f"{result.scenario.title}; {len(result.answers.points)} combinations of conditions, "
        f"{result.answers.values.shape[1]} runs each. Shares and 95 % intervals are of {result.n_unseen} combinations "
        "that the tree has not seen. Not a forecast."
    )
    with drawing(theme):
        figure, axes = _page(2 * len(boxes), "When does it fail?", discovery_in_a_sentence(result), foot, theme)
        for row, box in enumerate(boxes):
            said = verdict(box)
            colour = {"fails": theme.surroundings, "lasts": theme.staff}.get(said, theme.baseline)
            axes.barh(row, box.density.estimate, height=0.4, color=colour, alpha=0.85)
            axes.plot([box.density.low, box.density.high], [row, row], color=theme.ink, linewidth=1.4)
            axes.annotate(
                f"{said}; {percent(box.mass)} of combinations, "
                f"{percent(box.coverage.estimate)} of failures",
                (0.0, row + 0.42), fontsize=SIZES.small, color=theme.muted, va="center",
            )  # fmt: skip
        _name_rows(axes, [""] * len(boxes), theme)
        for row, box in enumerate(boxes):
            lines = wrapped(
                box_in_words(box, result.scenario.rulebook), SIZES.label, (_LEFT - 0.7) * POINTS_PER_INCH, most_lines=3
            )
            axes.annotate(
                "\n".join(lines), (0, row), (-8, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
                fontsize=SIZES.label, color=theme.ink, ha="right", va="center", annotation_clip=False,
            )  # fmt: skip
        axes.set_xlim(0, 1)
        axes.set_xlabel("share of runs that fail")
    return figure


def calibration_page(result: Calibration, theme: Theme = LIGHT) -> Figure:
    """Return the page on what is known of the parameters: each range, its posterior and the shipped value if in it."""
    names = list(result.ranges)
    bands = result.emulator.to_unit(result.posterior.bands())
    shipped = result.emulator.to_unit(result.defaults[None, :])[0]
    inside = int(np.sum((bands[0] <= shipped) & (shipped <= bands[4])))
    answer = (
        f"{inside} of {len(names)} shipped values lie inside the 90 % band that the targets leave. A band as "
        "wide as the page is a parameter that the targets say little about."
    )
    foot = (
        f"{len(result.targets)} targets. Left to right: the range before, plausible or of one's own records. Thin: "
        "90 %, thick: 50 % of the posterior; "
        "dot: median; diamond: shipped value."
    )
    with drawing(theme):
        figure, axes = _page(len(names), "What the targets say about the parameters", answer, foot, theme)
        for row in range(len(names)):
            axes.plot([0, 1], [row, row], color=theme.grid, linewidth=6, solid_capstyle="butt")
            axes.plot(bands[[0, 4], row], [row, row], color=theme.arm, linewidth=1.6)
            axes.plot(bands[[1, 3], row], [row, row], color=theme.arm, linewidth=5)
            axes.plot(bands[2, row], row, "o", color=theme.background, markeredgecolor=theme.arm, markersize=6)
            axes.plot(shipped[row], row, "D", color=theme.surroundings, markersize=6)
        ends = [f"{n.replace('_', ' ')}  ({low:g} to {high:g})" for n, (low, high) in result.ranges.items()]
        _name_rows(axes, ends, theme)
        axes.set_xlim(-0.02, 1.02)
        axes.set_xticks([0, 1], ["lowest before", "highest before"])
    return figure
