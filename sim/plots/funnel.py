"""The funnel of the teaming cycle: of 100 opportunities, how many were voiced, joined, well received, learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from sim.plots.labels import text_width
from sim.plots.style import SIZES, Theme
from sim.results.ensemble import Ensemble, PairedEnsemble
from sim.results.measures import SMOOTHING_WEEKS, Interval, mean_interval
from sim.rulebook.parameters import WEEKS_PER_YEAR

__all__ = ["GATES", "Moment", "draw_funnel", "moments", "of_100_opportunities"]

GATES = (
    ("voiced", "voiced"),
    ("joined", "joined"),
    ("well_received", "well received"),
    ("learned", "learned from"),
)
"""The gates of the cycle: the measure, and its words."""


@dataclass(frozen=True)
class Moment:
    """A quarter of a year of which a funnel is drawn: whose, its words, and its first and last row."""

    ensemble: Ensemble
    words: str
    first: int
    last: int


def moments(paired: PairedEnsemble) -> list[Moment]:
    """Return the moments to show: before, at the end of support, and four years later or at the end of the run.

    "Before" is the first quarter of the run without interventions: week 0 alone has too few events to judge.
    """
    n_weeks, end = paired.arm.n_weeks, paired.support_end_week
    shown = [Moment(paired.baseline, "before", 1, min(SMOOTHING_WEEKS, n_weeks))]
    if paired.arm.scenario.support_end_week is not None and end > 0:
        shown.append(Moment(paired.arm, "end of support", max(1, end - SMOOTHING_WEEKS + 1), end))
    later = end + 4 * WEEKS_PER_YEAR
    if shown[-1].ensemble is paired.arm and later <= n_weeks:
        shown.append(Moment(paired.arm, "4 years later", later - SMOOTHING_WEEKS + 1, later))
    elif n_weeks - end >= SMOOTHING_WEEKS:
        shown.append(Moment(paired.arm, "end of the run", n_weeks - SMOOTHING_WEEKS + 1, n_weeks))
    return shown


def of_100_opportunities(moment: Moment, measure: str) -> Interval:
    """Return how many of 100 opportunities came that far in a moment, with its 95 % interval over the replicates."""
    counts = _total(moment, measure)
    opportunities = _total(moment, "opportunities")
    return mean_interval(100.0 * counts / np.where(opportunities > 0, opportunities, np.nan))


def _total(moment: Moment, measure: str) -> NDArray[np.float64]:
    total: NDArray[np.float64] = moment.ensemble.series(measure)[:, moment.first : moment.last + 1].sum(axis=1)
    return total


def draw_funnel(axes: Axes, shown: Sequence[Moment], theme: Theme, shift: float) -> None:
    """Draw the funnels side by side, gate by gate, each with its interval and its number.

    Room for the names of the gates is ``shift`` points, to the left of the axes.
    """
    _draw_key(axes, shown, theme, shift)
    colours = _colours(len(shown), theme)
    thickness = 0.8 / len(shown)
    for row, (measure, words) in enumerate(GATES):
        for turn, (moment, (colour, alpha)) in enumerate(zip(shown, colours, strict=True)):
            height = row + (turn - (len(shown) - 1) / 2) * thickness
            _draw_bar(axes, of_100_opportunities(moment, measure), height, 0.86 * thickness, colour, alpha, theme)
        axes.annotate(
            words, (0, row), (-6, 0), textcoords="offset points", ha="right", va="center", fontsize=SIZES.label,
            color=theme.ink, annotation_clip=False,
        )  # fmt: skip
    axes.set_ylim(len(GATES) - 0.45, -0.55)
    axes.set_xlim(0, 100)
    axes.tick_params(labelleft=False, labelbottom=False, length=0)
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)
    axes.axvline(0, color=theme.muted, linewidth=0.8)


def _colours(n_moments: int, theme: Theme) -> list[tuple[str, float]]:
    return [(theme.baseline, 0.85), (theme.arm, 1.0), (theme.arm, 0.5)][:n_moments]


def _draw_key(axes: Axes, shown: Sequence[Moment], theme: Theme, shift: float) -> None:
    """Name the moments in one line above the bars, each after a patch of its colour."""
    place = -shift
    for moment, (colour, alpha) in zip(shown, _colours(len(shown), theme), strict=True):
        for text, text_colour, text_alpha, size in (
            ("\N{BLACK SQUARE}", colour, alpha, SIZES.panel),
            (moment.words, theme.ink, 1.0, SIZES.small),
        ):
            axes.annotate(
                text, (0, 1), (place, 8), xycoords="axes fraction", textcoords="offset points", va="baseline",
                fontsize=size, color=text_colour, alpha=text_alpha, annotation_clip=False,
            )  # fmt: skip
            place += text_width(text, size) + 2.0
        place += 7.0


def _draw_bar(
    axes: Axes, share: Interval, height: float, thickness: float, colour: str, alpha: float, theme: Theme
) -> None:
    if np.isnan(share.estimate):
        axes.text(1.5, height, "no opportunities", va="center", fontsize=SIZES.small, color=theme.muted)
        return
    axes.barh(height, share.estimate, height=thickness, color=colour, alpha=alpha, linewidth=0)
    end = share.estimate
    if not np.isnan(share.low):
        axes.plot([share.low, share.high], [height, height], color=theme.ink, linewidth=1.2, solid_capstyle="butt")
        end = share.high
    axes.text(end + 1.5, height, f"{share.estimate:.0f}", va="center", fontsize=SIZES.label, color=theme.ink)
