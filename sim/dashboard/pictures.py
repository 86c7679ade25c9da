"""Pictures to keep of what a session shows. Drawn off screen; safe in any thread."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Literal

from sim.base.dates import as_date
from sim.dashboard.session import ExploreSession
from sim.dashboard.trajectory import simulate_weekly
from sim.engine.recorder import MEASURE_NAMES, MEASURES
from sim.plots.bands import time_ticks
from sim.results.measures import smooth

if TYPE_CHECKING:
    from datetime import date

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["comparison_picture", "picture"]

ImageFormat = Literal["png", "svg"]

_INK, _SOFT, _GRID = "#1c2530", "#55606b", "#e3dfd5"
_COLOURS = ("#0b6783", "#b0581f", "#7a4fa3", "#3f7d20", "#a3195b")
_NORMS = tuple((measure.name, measure.label) for measure in MEASURES if measure.chart == "norms")
_LEADERS = (("senior_leader_control", "Trio's control"), ("team_leader_control", "Team leaders' control"),
            ("coherence", "Shared purpose"), ("facilitation", "Critical mass reached"))  # fmt: skip


def picture(session: ExploreSession, image_format: str) -> bytes:
    """Return a picture of the present future beside the same world with nothing done, and the futures kept."""
    figure = _figure(9.5, 7.5)
    main, norms, leaders = figure.subplots(3, 1, sharex=True, height_ratios=(1.5, 1, 1))
    now = simulate_weekly(session.scenario, session.seed)
    runs: list[tuple[str, Any, str, str]] = [("Now", now, _COLOURS[0], "-")]
    nothing = simulate_weekly(session.baseline(), session.seed)
    runs.append(("Nothing done", nothing, _SOFT, "--"))
    for kept, colour in zip(session.kept, _COLOURS[2:], strict=False):
        runs.append((kept.label, simulate_weekly(kept.scenario, kept.seed), colour, "--"))
    for label, table, colour, dashes in runs:
        main.plot(_years(table), 100 * _series(table, "safe_share"), color=colour, linestyle=dashes, label=label)
    main.set_title(
        f"{_plain(session.scenario.title)}: feel safe to speak up, of 100 (world {session.seed})", loc="left"
    )
    _lines(norms, now, _NORMS, "The five norms")
    _lines(leaders, now, _LEADERS, "Leaders, shared purpose, facilitators")
    _name_time(leaders, session.scenario.weeks, 7.0, session.scenario.start)
    for axes in (main, norms, leaders):
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=9)
    return _bytes(figure, image_format)


def comparison_picture(shown: dict[str, Any], image_format: str) -> bytes:
    """Return the bands of a comparison as a picture."""
    arms = shown["arms"]
    figure = _figure(4.6 * len(arms), 3.6)
    for place, (arm, axes) in enumerate(zip(arms, figure.subplots(1, len(arms), squeeze=False)[0], strict=True)):
        years = [week / 52 for week in range(len(arm["bands"][0]))]
        bands = [[100 * value for value in band] for band in arm["bands"]]
        colour = _COLOURS[place % len(_COLOURS)]
        axes.fill_between(years, bands[0], bands[4], color=colour, alpha=0.16, linewidth=0)
        axes.fill_between(years, bands[1], bands[3], color=colour, alpha=0.3, linewidth=0)
        axes.plot(years, bands[2], color=colour)
        axes.plot(years, [100 * value for value in arm["reference"]], color=_SOFT, linestyle="--", linewidth=1)
        axes.set(ylim=(20, 100))
        _name_time(axes, len(years) - 1, 4.0, as_date(arm.get("start")))
        axes.set_title(_plain(arm["label"]), loc="left", fontsize=10)
        _tidy(axes)
    return _bytes(figure, image_format)


def _name_time(axes: Axes, n_weeks: int, width: float, start: date | None) -> None:
    """Say what the axis of time counts: years, or dates where the day is known on which week 0 begins."""
    if start is None:
        axes.set_xlabel("years")
    else:
        ticks = time_ticks(n_weeks, width, start)
        axes.set_xticks([week / 52 for week, _ in ticks], [words for _, words in ticks])


def _plain(text: str) -> str:
    """Return a text that matplotlib takes as it is: a dollar sign would begin a formula."""
    return text.replace("$", r"\$")


def _figure(width: float, height: float) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _lines(axes: Axes, table: Any, measures: tuple[tuple[str, str], ...], title: str) -> None:
    for (name, label), colour in zip(measures, _COLOURS, strict=False):
        axes.plot(_years(table), 100 * smooth(_series(table, name)), color=colour, label=label, linewidth=1.4)
    axes.set_title(title, loc="left", fontsize=10)


def _years(table: Any) -> list[float]:
    return [week / 52 for week in range(len(table))]


def _series(table: Any, measure: str) -> Any:
    return table[:, MEASURE_NAMES.index(measure)]


def _tidy(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=_GRID)


def _bytes(figure: Figure, image_format: str) -> bytes:
    buffer = io.BytesIO()
    for axes in figure.axes:
        axes.set_ylim(0 if axes is not figure.axes[0] else 20, 100)
        _tidy(axes)
    figure.savefig(buffer, format=image_format, dpi=150, metadata={"Date": None} if image_format == "svg" else None)
    return buffer.getvalue()
