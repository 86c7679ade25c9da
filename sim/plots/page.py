"""A page: its size, its head with the answer, and its foot that says how to read it."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plots.labels import POINTS_PER_INCH, shortened, text_width, wrapped
from sim.plots.style import SIZES, Theme
from sim.results.ensemble import PairedEnsemble

__all__ = ["HEIGHT", "MARGIN", "WIDTH", "page_axes", "write", "write_foot", "write_head"]

WIDTH, HEIGHT = 11.69, 8.27
"""A4 across, in inches."""

MARGIN = 0.5
_TITLE_SIZES = (SIZES.title, 18.0, 16.0)


def page_axes(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Return axes at a place given in inches from the lower left corner of the page."""
    return figure.add_axes((left / WIDTH, bottom / HEIGHT, width / WIDTH, height / HEIGHT))


def write(figure: Figure, left: float, bottom: float, text: str, size: float, colour: str, bold: bool = False) -> None:
    """Write a line of text at a place given in inches."""
    weight = "bold" if bold else "normal"
    figure.text(left / WIDTH, bottom / HEIGHT, text, fontsize=size, color=colour, fontweight=weight, va="baseline")


def write_head(figure: Figure, title: str, headline: str, theme: Theme, rests_on: str = "") -> None:
    """Write the title, smaller if it is long, under it the answer in at most two lines, and what that rests on."""
    room = (WIDTH - 2 * MARGIN) * POINTS_PER_INCH
    size = next((size for size in _TITLE_SIZES if text_width(title, size, bold=True) <= room), _TITLE_SIZES[-1])
    # Bold letters are wider than those that `shortened` measures.
    fitting = title if text_width(title, size, bold=True) <= room else shortened(title, size, 0.88 * room)
    write(figure, MARGIN, 7.77, fitting, size, theme.ink, bold=True)
    for row, line in enumerate(wrapped(headline, SIZES.lead, room, most_lines=2)):
        write(figure, MARGIN, 7.44 - 0.235 * row, line, SIZES.lead, theme.muted)
    if rests_on:
        write(figure, MARGIN, 6.99, shortened(rests_on, SIZES.small, room), SIZES.small, theme.muted)


def write_foot(figure: Figure, paired: PairedEnsemble, theme: Theme, bands: str) -> None:
    """Write how many runs there are, what bands and whiskers mean, and what the page must not be taken for."""
    n_runs, n_staff = len(paired.arm.replicates), paired.arm.organisation.n_staff
    if n_runs == 1:
        lines = [f"One pair of runs, {n_staff:,} staff: a single run says nothing about chance."]
    else:
        lines = [
            f"{n_runs} pairs of runs with the same chance events, {n_staff:,} staff. Line: mean of the runs. {bands}",
            "Whiskers, and numbers from ... to ...: 95 % intervals of the mean.",
        ]
    lines[-1] += " A map over assumptions, not a forecast."
    for row, line in enumerate(reversed(lines)):
        write(figure, MARGIN, 0.18 + 0.19 * row, line, SIZES.small, theme.muted)
