"""The loops of the model, and what each carried: worlds in which it is switched off, beside the same worlds with it.

If the gain is smaller without a loop, the loop carried the shift; if it is larger, the loop worked against it. The loop
is switched off in the world in which nothing is done as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.inputs.scenario.description import Scenario
from sim.results import measures
from sim.results.ensemble import run_ensemble
from sim.rulebook.parameters import WEEKS_PER_YEAR

__all__ = ["LOOPS", "Loop", "end_and_late", "shares_without_each"]

LATE_YEARS = 2


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


def end_and_late(scenario: Scenario) -> tuple[int, int]:
    """Return the week in which support ends (0 where there is none), and two years later or the last week."""
    end = min(scenario.support_end_week or 0, scenario.weeks)
    return end, min(end + LATE_YEARS * WEEKS_PER_YEAR, scenario.weeks)


def shares_without_each(scenario: Scenario, replicates: Sequence[int], seed: int) -> dict[int, NDArray[np.float64]]:
    """Return by the number of the replicate who feels safe with all loops, and without each of them.

    Parameters
    ----------
    scenario : what is done
    replicates : numbers of the worlds
    seed : seed of the ensemble

    Returns
    -------
    dict
        [1 + n_loops, 2, 2] each, share of staff, smoothed: first with all loops; in the two weeks of
        :func:`end_and_late`; as it is, and with nothing done. Their difference is the gain
    """
    end, late = end_and_late(scenario)
    scenario = scenario.model_copy(update={"weeks": min(late + measures.SMOOTHING_WEEKS, scenario.weeks)})
    rows = []
    for off in ({}, *(loop.off for loop in LOOPS)):
        changed = scenario.with_parameters(**off)
        safe = [
            measures.smooth(run_ensemble(one, replicates, seed, threads=1).series("safe_share"))[:, [end, late]]
            for one in (changed, changed.baseline())
        ]
        rows.append(np.stack(safe, axis=-1))
    return {number: np.array([row[place] for row in rows]) for place, number in enumerate(replicates)}
