"""Scenarios side by side over many twin worlds: bands, differences world by world, and whether it is luck.

Worlds, numbers and words are those of ``cultureshift compare``; the pictures are the page's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.phrasing import more_in_100
from sim.dashboard import answering
from sim.dashboard.answering import WorldSeries
from sim.inputs.scenario.description import Scenario
from sim.lessons.predictions import does_better
from sim.report.comparison import compare_in_words, difference_in_words, judging_date, level_in_words
from sim.results import measures
from sim.results.comparison import COMPARED, judged_alike, last_support_end
from sim.results.ensemble import Ensemble, PairedEnsemble
from sim.rulebook.parameters import WEEKS_PER_YEAR

__all__ = ["ComparedArm", "ComparisonPiece", "arms_of", "pieces_for", "result", "run_piece"]


@dataclass(frozen=True)
class ComparisonPiece:
    """Some twin worlds of one of the scenarios, or a staff that would have answered its survey so."""

    arm: int
    work: answering.PairedPiece | answering.StaffPiece


@dataclass
class ComparedArm:
    """One scenario, and the twin worlds and the staffs of its survey that are done so far, by their numbers."""

    scenario: Scenario
    worlds: dict[int, WorldSeries] = field(default_factory=dict)
    staffs: dict[int, NDArray[np.float64]] = field(default_factory=dict)

    def take(self, piece: ComparisonPiece, done: dict[int, Any]) -> None:
        """Take what a piece of work gave."""
        (self.staffs if isinstance(piece.work, answering.StaffPiece) else self.worlds).update(done)

    def paired(self, numbers: Sequence[int]) -> PairedEnsemble:
        """Return some of the worlds, each beside the one in which nothing is done."""
        return answering.paired_of(self.scenario, {number: self.worlds[number] for number in numbers})


def arms_of(scenarios: Sequence[Scenario]) -> list[ComparedArm]:
    """Return what is compared: each scenario for as many weeks as the longest of them."""
    weeks = max(scenario.weeks for scenario in scenarios)
    return [ComparedArm(scenario.replace(weeks=weeks)) for scenario in scenarios]


def pieces_for(arms: Sequence[ComparedArm], replicates: int) -> list[ComparisonPiece]:
    """Return the work of a comparison, the scenarios taking turns so that their bands grow together.

    What a survey leaves open comes last.
    """
    work = [answering.pieces_for(arm.scenario, replicates) for arm in arms]
    last = last_support_end([arm.scenario for arm in arms])
    staffs = [answering.staff_pieces_for(arm.scenario, replicates, last) for arm in arms]
    return [
        *(ComparisonPiece(arm, piece) for turn in zip(*work, strict=True) for arm, piece in enumerate(turn)),
        *(ComparisonPiece(arm, piece) for arm, pieces in enumerate(staffs) for piece in pieces),
    ]


def run_piece(piece: ComparisonPiece) -> dict[int, Any]:
    """Run some twin worlds, or a staff; called in a worker."""
    return answering.run_piece(piece.work)


def result(arms: Sequence[ComparedArm]) -> dict[str, Any] | None:
    """Return what the page shows of the twin worlds that all scenarios have been through; None before the first."""
    done = sorted(set.intersection(*(set(arm.worlds) for arm in arms)))
    if not done:
        return None
    pairs = judged_alike([arm.paired(done) for arm in arms])
    said = compare_in_words(pairs)
    return {
        "n": len(done),
        "weeks": pairs[0].arm.n_weeks,
        "judged": judging_date(pairs),
        "arms": [
            {
                **_arm(paired, pairs[0] if place else None),
                "said": sentence,
                "rests_on": [*answering.range_told(paired), *answering.left_open_told(paired, arms[place].staffs)],
            }
            for place, (paired, sentence) in enumerate(zip(pairs, said, strict=True))
        ],
    }


def _arm(paired: PairedEnsemble, first: PairedEnsemble | None) -> dict[str, Any]:
    """Return what is shown of one scenario; ``first`` is what it is held against, nothing done if None."""
    scenario, other = paired.arm.scenario, first.arm if first else paired.baseline
    difference = _last_year(paired.arm) - _last_year(other)
    return {
        "name": scenario.name,
        "label": scenario.title,
        "start": scenario.start.isoformat() if scenario.start else None,
        "bands": measures.quantile_bands(paired.arm.series("safe_share")).round(3).tolist(),
        "reference": np.median(paired.baseline.series("safe_share"), axis=0).round(3).tolist(),
        "differences": difference.round(4).tolist(),
        "against": first.arm.scenario.title if first else "nothing done",
        "verdict": _verdict(difference, first),
        "rows": _rows(paired, first),
    }


def _last_year(ensemble: Ensemble) -> NDArray[np.float64]:
    return np.asarray(ensemble.series("safe_share")[:, -WEEKS_PER_YEAR:].mean(axis=1))


def _rows(paired: PairedEnsemble, first: PairedEnsemble | None) -> list[list[str]]:
    """Return the scenario in numbers, as the command's table has them, with its differences from the first."""
    rows = []
    for item in COMPARED:
        row = [item.label_in_tables, _on_one_line(level_in_words(paired, item))]
        if first:
            row.append(_on_one_line(difference_in_words(paired, first, item)))
        rows.append(row)
    cost = float(paired.arm.cost_so_far()[-1])
    more = [f"{cost - float(first.arm.cost_so_far()[-1]):+,.0f}"] if first else []
    return [*rows, ["Cost, in days of paid support", f"{cost:,.0f}", *more]]


def _on_one_line(told: str) -> str:
    number, _, interval = told.partition("\n")
    return f"{number} ({interval})" if interval else number


def _verdict(difference: NDArray[np.float64], first: PairedEnsemble | None) -> str:
    """Say in a sentence or two how often it was better, and whether the mean could be luck."""
    n, n_better = len(difference), int((difference > 0).sum())
    other = f"under “{first.arm.scenario.title}”" if first else "with nothing done"
    interval = measures.mean_interval(difference)
    text = f"In {n_better} of {n} twin worlds more people feel safe in the last year than {other}; on average "
    text += f"{more_in_100(interval.estimate)} of 100."
    if np.isnan(interval.low):
        return text
    if does_better(interval) != "neither":
        return f"{text} That is not luck: by the 95 % interval there is a difference."
    return f"{text} That may be luck: by the 95 % interval there may be none."
