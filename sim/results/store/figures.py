"""Figures of a run: what a weekly measure is in one week, in double precision.

They are what an analysis compares with what was measured, where whole weekly series would take far more room.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.engine.recorder import MEASURE_NAMES, MEASURES
from sim.results import measures

__all__ = ["FIGURES", "RATIOS", "Figure", "figures_of"]

Figure = tuple[str, int]
"""A measure and a week."""

Series = NDArray[np.float64]

RATIOS = {
    "confidence_gap": "safe_share minus confident_share",
    "acted_on": "share of voiced concerns that are well received, over the quarter around the week",
    "punished_share": "share of voiced concerns that are punished, over the quarter around the week",
}
"""Measures that are made of weekly ones of the same run, and what they mean."""

FIGURES = (*MEASURE_NAMES, *RATIOS)
"""Names of all measures that a figure may be of."""

_FLOWS = {measure.name for measure in MEASURES if measure.is_flow}


def figures_of(weekly: Series, figures: Sequence[Figure]) -> Series:
    """Return [n_figures], the figures of a run; NaN for a week that it does not have.

    Parameters
    ----------
    weekly : [n_weeks + 1, n_measures]
    figures : measures and weeks
    """
    n_rows = len(weekly)
    return np.array([_figure(name, weekly, week) if week < n_rows else np.nan for name, week in figures])


def _figure(name: str, weekly: Series, week: int) -> float:
    if name == "confidence_gap":
        return _figure("safe_share", weekly, week) - _figure("confident_share", weekly, week)
    if name in ("acted_on", "punished_share"):
        part = "well_received" if name == "acted_on" else "punished"
        return _figure(part, weekly, week) / max(_figure("voiced", weekly, week), 1e-9)
    series = weekly[:, MEASURE_NAMES.index(name)]
    # A week of events in one service says little; a state can be read off in its week.
    return float((measures.smooth(series) if name in _FLOWS else series)[week])
