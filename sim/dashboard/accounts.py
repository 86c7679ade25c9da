"""Why: an account in words of one run, from what moved and from what happens when each loop is switched off.

Switching a loop off on the same random world tells what it carried: if the gain falls without it, it carried the shift;
if the gain rises, it worked against it. The same is done to the world in which nothing is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.dates import week_words
from sim.engine.recorder import MEASURE_NAMES
from sim.engine.run import prepare
from sim.inputs.scenario.description import Scenario
from sim.report.phrasing import more_in_100
from sim.results import measures

__all__ = ["LOOPS", "Loop", "Piece", "account", "pieces_for", "run_piece", "told_from"]

Series = NDArray[np.float64]
_YEAR = 52


@dataclass(frozen=True)
class Loop:
    """A loop of the model, and how it is switched off.

    Parameters
    ----------
    title, says : its name, and what goes round in it
    off : parameters that switch it off
    """

    title: str
    says: str
    off: dict[str, float]


LOOPS = (
    Loop("Voice", "Being heard makes people feel safe, and who feels safe speaks up.",
         {"voice_safety": 0.0, "voice_efficacy": 0.0}),
    Loop("Habits", "What is rewarded becomes a habit, and habits hold under pressure.",
         {"habit_formation": 0.0}),
    Loop("Leaders", "Leaders who see teams learn let go, and relational leaders make it safer.",
         {"evidence": 0.0, "leader_effect": 0.0}),
    Loop("Shared purpose", "Directors who share a purpose are heard as one; it grows between relational leaders.",
         {"purpose_gain": 0.0}),
    Loop("Capability", "Facilitators help teams learn, and who learns beside them becomes one.",
         {"facilitation": 0.0, "peer_coaching": 0.0}),
    Loop("Pressure", "Unsolved problems add to pressure; pressure pulls leaders back to control, and learning fades.",
         {"pull_to_control": 0.0, "purpose_loss": 0.0}),
    Loop("Turnover", "People and leaders leave, and what they had learned goes with them.",
         {"staff_turnover": 0.0, "team_leader_turnover": 0.0, "senior_leader_turnover": 0.0}),
)  # fmt: skip
"""The loops of the model."""


@dataclass(frozen=True)
class Piece:
    """One run of an account: as it is, or without a loop."""

    scenario: Scenario
    seed: int


def pieces_for(scenario: Scenario, seed: int) -> list[Piece]:
    """Return the runs that an account needs: as it is first, then without each loop."""
    return [Piece(scenario, seed), *(Piece(scenario.with_parameters(**loop.off), seed) for loop in LOOPS)]


def run_piece(piece: Piece) -> tuple[Series, Series]:
    """Return the weekly table, and the smoothed gain in the share that feels safe; called in a worker."""
    prepared = prepare(piece.scenario)
    table = prepared.simulate(piece.seed)[:, 0]
    nothing = prepare(piece.scenario.baseline(), prepared.organisation).simulate(piece.seed)[:, 0]
    safe = MEASURE_NAMES.index("safe_share")
    return table, measures.smooth(table[:, safe] - nothing[:, safe])


def account(scenario: Scenario, seed: int) -> dict[str, Any]:
    """Return the account of one run, as :func:`told_from` tells it."""
    return told_from(scenario, [run_piece(piece) for piece in pieces_for(scenario, seed)])


def told_from(scenario: Scenario, runs: Sequence[tuple[Series, Series]]) -> dict[str, Any]:
    """Return the account of one run: sentences, and what each loop carried.

    Gains are smoothed over a quarter; *late* is two years after support ends, or the end of the run.

    Parameters
    ----------
    scenario : what was run
    runs : what :func:`run_piece` gives of each of :func:`pieces_for`
    """
    (table, gain), *without = runs
    end = min(scenario.support_end_week or 0, scenario.weeks)
    peak = int(gain[: min(end + 14, len(gain))].argmax()) if end else int(gain.argmax())
    late = min(end + 2 * _YEAR, scenario.weeks)
    loops = [_without(loop, other, peak, late, gain) for loop, (_, other) in zip(LOOPS, without, strict=True)]
    return {
        "title": scenario.title,
        "start": scenario.start.isoformat() if scenario.start else None,
        "sentences": _story(scenario, table, gain, peak, end, late) + _who_carried(loops),
        "loops": loops,
        "gain": gain.round(4).tolist(),
        "late": late,
        "late_words": week_words(late, scenario.start),
        "late_gain": round(float(gain[late]), 4),
        "span": round(max(0.05, max(abs(loop["late_gain"]) for loop in loops), abs(float(gain[late]))), 4),
    }


def _without(loop: Loop, other: Series, peak: int, late: int, gain: Series) -> dict[str, Any]:
    carried = float(gain[late] - other[late])
    return {
        "title": loop.title,
        "says": loop.says,
        "peak_gain": round(float(other[peak]), 4),
        "late_gain": round(float(other[late]), 4),
        "carried": round(carried, 4),
        "verdict": _verdict(loop, carried, float(gain[peak] - other[peak])),
    }


def _verdict(loop: Loop, carried_late: float, carried_peak: float) -> str:
    if carried_late > 0.03:
        return f"kept it going: without it {more_in_100(-carried_late)} of 100 two years on"
    if carried_late < -0.03:
        return f"worked against it: without it {more_in_100(-carried_late)} of 100 two years on"
    if carried_peak > 0.03:
        return f"helped it rise: without it {more_in_100(-carried_peak)} of 100 at the peak"
    if carried_peak < -0.03:
        return f"held it down: without it {more_in_100(-carried_peak)} of 100 at the peak"
    return "made little difference here"


def _story(scenario: Scenario, table: Series, gain: Series, peak: int, end: int, late: int) -> list[str]:
    def at(measure: str, week: int) -> int:
        return round(100 * float(table[min(week, len(table) - 1), MEASURE_NAMES.index(measure)]))

    if not scenario.done:
        return [
            "Nothing was done in this run, so there is no gain to explain (what happens is no part of a gain): "
            f"{at('safe_share', 0)} of 100 felt safe at the start, and {at('safe_share', scenario.weeks)} at the end.",
        ]
    lines = [
        f"At the start {at('safe_share', 0)} of 100 staff felt safe to speak up. The trio led by control "
        f"({at('senior_leader_control', 0)} of 100) and shared little purpose ({at('coherence', 0)} of 100).",
        f"The shift was largest in {week_words(peak, scenario.start)}: {more_in_100(float(gain[peak]))} of 100 "
        f"felt safe than with nothing done. By then the trio's control stood at "
        f"{at('senior_leader_control', peak)}, their shared purpose at "
        f"{at('coherence', peak)}, and team leaders' control at {at('team_leader_control', peak)}.",
    ]
    if end:
        lines.append(
            f"Outside support ended in {week_words(end, scenario.start)}. In {week_words(late, scenario.start)}, "
            f"{more_in_100(float(gain[late]))} of 100 felt safe "
            f"than with nothing done. Shared purpose stood at {at('coherence', late)}, team leaders' control at "
            f"{at('team_leader_control', late)}, and {at('facilitation', late)} of 100 of the critical mass of "
            "facilitators was reached."
        )
    exits = [entry.first_week for entry in scenario.timeline if entry.kind == "leaders_leave"]
    for week in exits:
        before, after = at("coherence", max(0, week)), at("coherence", min(scenario.weeks, week + 4))
        when = week_words(week, scenario.start)
        lines.append(f"When directors left in {when}, their shared purpose fell from {before} to {after}.")
    if float(gain[peak]) >= measures.LEAST_GAIN and end:
        kept = float(gain[late] / gain[peak])
        lines.append(
            "More than half of the shift was still there." if kept > 0.5 else "More than half of the shift was gone."
        )
    return lines


def _who_carried(loops: list[dict[str, Any]]) -> list[str]:
    carried = sorted((loop for loop in loops if loop["carried"] > 0.03), key=lambda loop: -loop["carried"])
    broke = sorted((loop for loop in loops if loop["carried"] < -0.03), key=lambda loop: loop["carried"])
    lines = []
    if carried:
        lines.append(
            "What was left was carried most by: " + ", ".join(loop["title"].lower() for loop in carried[:3]) + "."
        )
    if broke:
        lines.append("What worked against it most: " + _names(broke) + ".")
    return lines


def _names(loops: list[dict[str, Any]]) -> str:
    return ", ".join(loop["title"].lower() for loop in loops[:3])
