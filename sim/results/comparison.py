"""Scenarios against one another: paired differences, replicate by replicate on the same chance events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import InputError
from sim.results import measures
from sim.results.ensemble import PairedEnsemble
from sim.results.measures import Interval
from sim.rulebook.parameters import WEEKS_PER_YEAR

__all__ = [
    "COMPARED",
    "Compared",
    "difference",
    "difference_records",
    "differences",
    "is_judged",
    "judged_alike",
    "letter",
    "level",
]


@dataclass(frozen=True)
class Compared:
    """Something by which scenarios are compared.

    Parameters
    ----------
    name : as in ``summary.csv``
    label : as in pictures and tables
    values : gives [n_replicates], in [0, 1] or of that size; truth values where it is a share of runs
    """

    name: str
    label: str
    values: Callable[[PairedEnsemble], NDArray[Any]]


def _peak_gain(paired: PairedEnsemble) -> NDArray[np.float64]:
    return measures.peak_gain(paired.gain(), paired.support_end_week)


def _retained(years: float) -> Callable[[PairedEnsemble], NDArray[np.float64]]:
    return lambda paired: paired.retained(years)


def _safe_share_last_year(paired: PairedEnsemble) -> NDArray[np.float64]:
    last_year: NDArray[np.float64] = paired.arm.series("safe_share")[:, -WEEKS_PER_YEAR:].mean(axis=1)
    return last_year


def _holds(paired: PairedEnsemble) -> NDArray[np.bool_]:
    return measures.holds(paired.arm.series("safe_share"))


COMPARED = (
    Compared("peak_gain", "Peak gain, in 100 staff", _peak_gain),
    Compared("retained_1_year", "Left of it after 1 year, in %", _retained(1)),
    Compared("retained_2_years", "Left of it after 2 years, in %", _retained(2)),
    Compared("retained_4_years", "Left of it after 4 years, in %", _retained(4)),
    Compared("persists", "Persists, in % of runs", PairedEnsemble.persists),
    Compared("safe_share_last_year", "Feel safe in the last year, in 100 staff", _safe_share_last_year),
    Compared("holds", "Holds, in % of runs", _holds),
)
"""All by which scenarios are compared, in the order of tables and pictures."""

_SUM_UP = {
    item.name: measures.kept_interval if item.name.startswith("retained") else measures.share_interval
    for item in COMPARED
} | dict.fromkeys(("persists", "holds"), measures.proportion_interval)


def letter(place: int) -> str:
    """Return the letter that stands for a scenario, by its place in a comparison.

    Examples
    --------
    >>> letter(0), letter(2)
    ('A', 'C')
    """
    return chr(ord("A") + place)


def judged_alike(pairs: Sequence[PairedEnsemble]) -> list[PairedEnsemble]:
    """Return the same scenarios, all judged from one week: when the last of their outside support ends."""
    ends = [paired.arm.scenario.support_end_week for paired in pairs]
    known = [end for end in ends if end is not None]
    return [replace(paired, judged_from=max(known)) for paired in pairs] if known else list(pairs)


def is_judged(paired: PairedEnsemble, compared: Compared) -> bool:
    """Tell whether something can be said of a scenario: whether it persists, only if it can be judged."""
    return compared.name != "persists" or paired.is_judged


def level(paired: PairedEnsemble, compared: Compared) -> Interval:
    """Return where a scenario stands, with its 95 % interval; not defined where it cannot be judged."""
    if not is_judged(paired, compared):
        return measures.NOT_JUDGED
    values = compared.values(paired)
    return _SUM_UP[compared.name](values)


def difference(paired: PairedEnsemble, reference: PairedEnsemble, compared: Compared) -> Interval:
    """Return a scenario minus a reference, replicate by replicate, with the 95 % interval of the mean.

    Raises
    ------
    InputError : the two do not share their chance events
    """
    if (paired.arm.seed, paired.arm.replicates) != (reference.arm.seed, reference.arm.replicates):
        came = f"seeds {paired.arm.seed} and {reference.arm.seed}, or other replicates"
        raise InputError.single("difference", "two scenarios with the same seed and replicates", came)
    if not (is_judged(paired, compared) and is_judged(reference, compared)):
        return measures.NOT_JUDGED
    own, other = compared.values(paired), compared.values(reference)
    if own.dtype == bool:
        return measures.paired_proportion_difference(own, other)
    return measures.paired_difference(own, other)


def differences(pairs: Sequence[PairedEnsemble]) -> list[dict[str, Interval]]:
    """Return, for each scenario after the first, its differences from the first by name."""
    return [{item.name: difference(paired, pairs[0], item) for item in COMPARED} for paired in pairs[1:]]


def difference_records(pairs: Sequence[PairedEnsemble]) -> list[dict[str, object]]:
    """Return the differences from the first as records: scenario, measure, mean, low, high, replicates."""
    first = pairs[0].arm.scenario.name
    return [
        {
            "scenario": f"{paired.arm.scenario.name} minus {first}",
            "measure": name,
            "mean": found.estimate,
            "low": found.low,
            "high": found.high,
            "replicates": found.n,
        }
        for paired, own in zip(pairs[1:], differences(pairs), strict=True)
        for name, found in own.items()
    ]
