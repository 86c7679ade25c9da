"""Scenarios against one another, in words and as a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.report.findings import ShiftVerdict, find
from sim.report.phrasing import in_100, interval_of, listed, signed
from sim.results.comparison import COMPARED, difference, letter, level
from sim.results.ensemble import PairedEnsemble
from sim.results.measures import Interval
from sim.results.outcomes import OUTCOMES, Outcome

__all__ = ["compare_in_words", "comparison_headline", "comparison_rows"]

_VERDICTS = {
    ShiftVerdict.NOTHING_DONE: "nothing is done",
    ShiftVerdict.NO_SUPPORT: "no outside support, nothing that could fade",
    ShiftVerdict.HARM: "does harm",
    ShiftVerdict.NO_SHIFT: "no shift",
    ShiftVerdict.LATER: "no shift with support, a change later",
    ShiftVerdict.TOO_EARLY: "too early to say",
    ShiftVerdict.LASTS: "the shift lasts",
    ShiftVerdict.FADES: "the shift does not last",
    ShiftVerdict.OPEN: "could go either way",
}


def comparison_headline(pairs: Sequence[PairedEnsemble]) -> str:
    """Return what becomes of the scenarios, in one line, by their letters.

    Parameters
    ----------
    pairs : each scenario with its baseline, all with the same seed and replicates
    """
    groups: dict[ShiftVerdict, list[str]] = {}
    for place, paired in enumerate(pairs):
        groups.setdefault(find(paired).verdict, []).append(letter(place))
    return " ".join(f"{listed(letters)}: {_VERDICTS[verdict]}." for verdict, letters in groups.items())


def compare_in_words(pairs: Sequence[PairedEnsemble]) -> list[str]:
    """Return a sentence for each scenario: what becomes of it, and how it differs from the first."""
    safe_at_last = OUTCOMES["safe_share_last_year"]
    said = []
    for place, paired in enumerate(pairs):
        found = find(paired)
        sentence = f"{paired.arm.scenario.title}: {_VERDICTS[found.verdict]}"
        own = level(paired, safe_at_last)
        sentence += f"; over the last year {in_100(own.estimate)} in 100 feel safe"
        if place:
            apart = difference(paired, pairs[0], safe_at_last)
            ends = interval_of(apart, _points)
            sentence += f", {_points(apart.estimate)} against the first" + (f" ({ends})" if ends else "")
        said.append(f"{sentence}.")
    return said


def _points(share: float) -> str:
    return "not defined" if np.isnan(share) else signed(100 * share)


def comparison_rows(pairs: Sequence[PairedEnsemble]) -> list[list[str]]:
    """Return the table: for each thing compared its label, the first scenario, and the others' differences from it.

    Intervals stand on a second line of their cell.
    """
    rows = [[item.label_in_tables, _level(level(pairs[0], item)), *_differences(pairs, item)] for item in COMPARED]
    costs = [float(paired.arm.cost_so_far()[-1]) for paired in pairs]
    rows.append(
        ["Cost, in days of paid support", f"{costs[0]:,.0f}", *(f"{cost - costs[0]:+,.0f}" for cost in costs[1:])]
    )
    return rows


def _level(found: Interval) -> str:
    if np.isnan(found.estimate):
        return "not defined"
    ends = interval_of(found, in_100)
    return in_100(found.estimate) + (f"\n{ends}" if ends else "")


def _differences(pairs: Sequence[PairedEnsemble], item: Outcome) -> list[str]:
    said = []
    for paired in pairs[1:]:
        apart = difference(paired, pairs[0], item)
        ends = interval_of(apart, _points)
        said.append(_points(apart.estimate) + (f"\n{ends}" if ends else ""))
    return said
