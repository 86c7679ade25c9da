"""Predictions and designs held against worlds: how near a curve came, which answer is right, who does better.

Numbers alone. The words are those of Learn, which speaks to one person, and of the Room, which speaks to many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.results.measures import Interval

__all__ = ["JudgedCurve", "does_better", "judge_curve", "right_answer", "share_of_each"]

Series = NDArray[np.float64]


@dataclass(frozen=True)
class JudgedCurve:
    """How a curve lies to the worlds.

    Parameters
    ----------
    away : distance from the middle world, on average over its points
    share_inside : share of its points inside the band
    ends : whether it ends above the band, in it, or below
    """

    away: float
    share_inside: float
    ends: Literal["above", "inside", "below"]


def judge_curve(curve: ArrayLike, low: ArrayLike, middle: ArrayLike, high: ArrayLike) -> JudgedCurve:
    """Hold a curve against worlds.

    Parameters
    ----------
    curve : [n_points], what was drawn
    low, middle, high : [n_points], the band of the worlds, and the middle one

    Examples
    --------
    >>> judge_curve([0.3, 0.8], [0.2, 0.3], [0.3, 0.4], [0.4, 0.5])
    JudgedCurve(away=0.2, share_inside=0.5, ends='above')
    """
    drawn, least, centre, most = (np.asarray(one, dtype=np.float64) for one in (curve, low, middle, high))
    is_inside = (drawn >= least) & (drawn <= most)
    ends: Literal["above", "below"] = "above" if drawn[-1] > most[-1] else "below"
    return JudgedCurve(
        float(np.abs(drawn - centre).mean()), float(is_inside.mean()), "inside" if is_inside[-1] else ends
    )


def right_answer(value: float, edges: Sequence[float]) -> int:
    """Return the place of the answer that a value falls into; each edge is the lowest value of the next answer.

    Examples
    --------
    >>> [right_answer(value, [0.2, 0.5]) for value in (0.1, 0.2, 0.7)]
    [0, 1, 2]
    """
    return int(np.searchsorted(edges, value, side="right"))


def share_of_each(values: ArrayLike, edges: Sequence[float]) -> list[float]:
    """Return the share of worlds that fall into each answer.

    Parameters
    ----------
    values : [n_worlds]
    edges : [n_answers - 1], as for :func:`right_answer`

    Examples
    --------
    >>> share_of_each([0.1, 0.2, 0.3, 0.9], [0.2, 0.5])
    [0.25, 0.5, 0.25]
    """
    found = np.searchsorted(edges, np.asarray(values, dtype=np.float64), side="right")
    return [float(np.mean(found == place)) for place in range(len(edges) + 1)]


def does_better(lead: Interval) -> Literal["first", "second", "neither"]:
    """Return which of two does better, from how much the first is above the second; neither where it may be luck."""
    if lead.low > 0:
        return "first"
    return "second" if lead.high < 0 else "neither"
