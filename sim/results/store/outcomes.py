"""What came of each case, replicate by replicate, and in sum: pure functions of the exact weekly series."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.results import measures
from sim.results.measures import Interval
from sim.rulebook.parameters import WEEKS_PER_YEAR

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["OUTCOMES", "SHARES", "outcomes_of", "summarise"]

OUTCOMES: dict[str, str] = {
    "peak_gain": "highest gain in the share that feels safe, up to a quarter after support ends",
    "retained_1_year": "share of the peak gain left a year after support ends",
    "retained_2_years": "share of the peak gain left two years after support ends",
    "retained_4_years": "share of the peak gain left four years after support ends",
    "half_life_weeks": "weeks after support ends until the gain has fallen to half its peak",
    "final_gain": "gain at the end of the run",
    "last_year": "mean share that feels safe over the last year",
    "persists": "whether more than half of the peak gain is left after four years",
    "holds": "whether at least three quarters feel safe over the last year",
    "holds_reference": "whether they do so in the run it is compared with",
}
"""Every outcome of a run and its meaning."""

SHARES = ("persists", "holds", "holds_reference")
"""Outcomes that are true or false: over replicates they are shares, with Wilson intervals."""


def outcomes_of(
    safe_share: NDArray[np.float64], reference: NDArray[np.float64], support_end_week: int
) -> dict[str, NDArray[Any]]:
    """Return every outcome, [n_replicates] each.

    Parameters
    ----------
    safe_share, reference : [n_replicates, n_weeks + 1], share that feels safe in a run and in its paired reference
    support_end_week : when outside support ends
    """
    gain = safe_share - reference
    end = min(support_end_week, gain.shape[-1] - 1)
    retained = {years: measures.retained_fraction(gain, end, years) for years in (1, 2, 4)}
    return {
        "peak_gain": measures.peak_gain(gain, end),
        "retained_1_year": retained[1],
        "retained_2_years": retained[2],
        "retained_4_years": retained[4],
        "half_life_weeks": measures.half_life_weeks(gain, end),
        "final_gain": measures.smooth(gain)[:, -1],
        "last_year": safe_share[:, -WEEKS_PER_YEAR:].mean(axis=-1),
        "persists": measures.persists(gain, end),
        "holds": measures.holds(safe_share),
        "holds_reference": measures.holds(reference),
    }


def summarise(outcomes: Mapping[str, NDArray[Any]] | pd.DataFrame) -> dict[str, Interval]:
    """Return each outcome over replicates with its 95 % interval.

    The half-life is left out: it may be infinite.

    Examples
    --------
    >>> str(summarise({"holds": np.array([True, True, False, True])})["holds"])
    '0.75 (0.30 to 0.95)'
    """
    summary = {}
    for name in OUTCOMES:
        if name in outcomes and name != "half_life_weeks":
            values = np.asarray(outcomes[name])
            interval = measures.proportion_interval if name in SHARES else measures.mean_interval
            summary[name] = interval(values.astype(bool) if name in SHARES else values.astype(float))
    return summary
