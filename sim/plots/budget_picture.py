"""The picture of a budget: what it buys, for the best programme of each size and for its runners-up, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from sim.plots.style import LIGHT, SIZES, Theme, drawing, new_figure, panel

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["draw_budget"]


def draw_budget(judged: pd.DataFrame, *, title: str, theme: Theme = LIGHT) -> Figure:
    """Return the front of cost against the probability that a shift lasts.

    Parameters
    ----------
    judged : one row for each programme: ``budget``, ``rank``, ``lasts``, ``lasts_low``, ``lasts_high``, ``replicates``
    title : in large type
    theme : light or dark
    """
    with drawing(theme):
        figure = new_figure(11.7, 8.3)
        axes = figure.add_axes((0.09, 0.13, 0.85, 0.64))
        panel(axes, theme, "Probability that the shift is noticeable and lasts for four years")
        best, others = judged[judged["rank"] == 1], judged[judged["rank"] > 1]
        axes.plot(others["budget"], others["lasts"], "o", color=theme.baseline, markersize=5, alpha=0.7)
        errors = [best["lasts"] - best["lasts_low"], best["lasts_high"] - best["lasts"]]
        axes.errorbar(best["budget"], best["lasts"], yerr=errors, fmt="D-", color=theme.arm, capsize=4, markersize=8)
        for _, row in best.iterrows():
            axes.annotate(
                f"{row['lasts']:.0%}", (row["budget"], row["lasts"]), (10, 4), textcoords="offset points",
                fontsize=SIZES.panel, fontweight="bold", color=theme.arm,
            )  # fmt: skip
        axes.set_ylim(0.0, 1.05)
        axes.set_xlim(0.0, 1.1 * float(judged["budget"].max()))
        axes.yaxis.set_major_formatter("{x:.0%}")
        axes.set_xlabel("budget, days of paid support", fontsize=SIZES.label)
        figure.text(0.09, 0.93, title, fontsize=SIZES.title, fontweight="bold", color=theme.ink, va="top")
        lead = "The best use of each budget that was found (diamonds), and runners-up of the same cost (dots)"
        figure.text(0.09, 0.865, lead, fontsize=SIZES.lead, color=theme.muted, va="top")
        n = int(judged["replicates"].min())
        note = f"Bars: 95 % intervals (Wilson) from {n} runs on chance events that the search has not seen."
        figure.text(0.09, 0.03, note, fontsize=SIZES.small, color=theme.muted, va="bottom")
    return figure
