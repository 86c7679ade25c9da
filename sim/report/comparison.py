"""Scenarios against one another, in words and as a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.base.dates import common, week_words
from sim.base.phrasing import in_100, listed, points_of_100
from sim.report.findings import ShiftVerdict, find
from sim.results.comparison import COMPARED, difference, letter, level
from sim.results.ensemble import PairedEnsemble
from sim.results.intervals import interval_of, with_interval
from sim.results.measures import Interval
from sim.results.outcomes import OUTCOMES, RunOutcome

__all__ = [
    "compare_in_words", "comparison_headline", "comparison_rows", "difference_in_words", "judging_date",
    "level_in_words",
]  # fmt: skip

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
        first = "most feel safe either way; " if found.holds_either_way else ""
        sentence = f"{paired.arm.scenario.title}: {first}{_VERDICTS[found.verdict]}"
        own = level(paired, safe_at_last)
        sentence += f"; over the last year {in_100(own.estimate)} in 100 feel safe"
        if place:
            apart = difference(paired, pairs[0], safe_at_last)
            told = "not judged" if np.isnan(apart.estimate) else with_interval(apart, points_of_100)
            sentence += f", {told} against the first"
        said.append(f"{sentence}.{_upkeep(paired)}")
    return said


def _upkeep(paired: PairedEnsemble) -> str:
    """Say in a sentence what goes on being paid, and what persists without it; nothing where nothing does."""
    if (stopped := paired.if_upkeep_stops) is None:
        return ""
    days, own, without = paired.arm.scenario.upkeep_days_a_year, paired.persistence(), stopped.persistence()
    shares = f": persists in {_runs(own)} of runs, in {_runs(without)} if they stop" if own.n and without.n else ""
    return f" With {days:,.0f} days of upkeep a year{shares}."


def _runs(found: Interval) -> str:
    return f"{in_100(found.estimate)} %"


def judging_date(pairs: Sequence[PairedEnsemble]) -> str:
    """Return from when all scenarios are judged, in a sentence; nothing where none has support that ends."""
    ends = {paired.judged_from for paired in pairs if paired.judged_from is not None}
    if len(ends) != 1:
        return ""
    when = week_words(ends.pop(), common(paired.arm.scenario.start for paired in pairs))
    return f"All are judged from {when} on, when the last outside support of any of them ends."


def comparison_rows(pairs: Sequence[PairedEnsemble]) -> list[list[str]]:
    """Return the table: for each thing compared its label, the first scenario, and the others' differences from it.

    Intervals stand on a second line of their cell.
    """
    rows = [
        [
            item.label_in_tables,
            level_in_words(pairs[0], item),
            *(difference_in_words(paired, pairs[0], item) for paired in pairs[1:]),
        ]
        for item in COMPARED
    ]
    costs = [float(paired.arm.cost_so_far()[-1]) for paired in pairs]
    rows.append(
        ["Cost, in days of paid support", f"{costs[0]:,.0f}", *(f"{cost - costs[0]:+,.0f}" for cost in costs[1:])]
    )
    for label, days in _other_days(pairs).items():
        rows.append([label, f"{days[0]:,.0f}", *(f"{more - days[0]:+,.0f}" for more in days[1:])])
    return rows


def _other_days(pairs: Sequence[PairedEnsemble]) -> dict[str, list[float]]:
    """Return days beside the cost, where any scenario has them: leaders' own, and upkeep a year."""
    own = [float(paired.arm.scenario.own_days_by_week(paired.arm.n_weeks).sum()) for paired in pairs]
    upkeep = [paired.arm.scenario.upkeep_days_a_year for paired in pairs]
    days = {"Leaders' own time, in days (not paid)": own, "Upkeep after support, in days a year": upkeep}
    return {label: each for label, each in days.items() if any(each)}


def _unsaid(*pairs: PairedEnsemble) -> str:
    """Say why there is no number: the run is too short to judge, or nothing was gained that could be left."""
    return "not defined" if all(paired.is_judged for paired in pairs) else "not judged"


def level_in_words(paired: PairedEnsemble, item: RunOutcome) -> str:
    """Return where a scenario stands, its interval on a second line, or why there is no number."""
    found = level(paired, item)
    if np.isnan(found.estimate):
        return _unsaid(paired)
    ends = interval_of(found, in_100)
    return in_100(found.estimate) + (f"\n{ends}" if ends else "")


def difference_in_words(paired: PairedEnsemble, reference: PairedEnsemble, item: RunOutcome) -> str:
    """Return how far a scenario is from a reference, its interval on a second line, or why there is no number."""
    apart = difference(paired, reference, item)
    ends = interval_of(apart, points_of_100)
    told = _unsaid(reference, paired) if np.isnan(apart.estimate) else points_of_100(apart.estimate)
    return told + (f"\n{ends}" if ends else "")
