"""Week 0 begins where a survey found the staff, and with the tenures that are known.

What people expect of a workplace moves by as much as how they feel, so that a culture that was settled stays settled.
Where a survey says only how a team feels, it leaves its people open: every replicate then has a synthetic staff of its
own, whose differences are those of the people whom it made, and whose mean is the team's score.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from sim.engine.state import World, vacant_seats
from sim.inputs.organisation import Organisation

__all__ = ["take_up_survey"]

_HALVINGS = 60


def take_up_survey(world: World, organisation: Organisation) -> None:
    """Let week 0 begin where a survey found the staff, in place; nobody is in a vacant seat to be asked."""
    staff = world.staff
    is_there = ~vacant_seats(staff)
    if organisation.tenure_weeks is not None:
        known = (organisation.tenure_weeks >= 0) & is_there
        staff["tenure_weeks"][known] = organisation.tenure_weeks[known]
    found = organisation.scores
    if found is None:
        return
    for state, trait, scores, is_open in (
        ("safety", "safety_trait", found.safety, found.safety_open),
        ("efficacy", "efficacy_trait", found.efficacy, found.efficacy_open),
    ):
        taken = np.where(is_there, scores, np.nan)
        if is_open is not None:
            _spread_in_teams(taken, is_open & is_there, staff[state], organisation.team_start)
        scored = ~np.isnan(taken)
        shift = taken[scored] - staff[state][scored]
        staff[state][scored] = taken[scored]
        staff[trait][scored] = np.clip(staff[trait][scored] + shift, 0.0, 1.0)


def _spread_in_teams(
    scores: NDArray[np.float64],
    is_open: NDArray[np.bool_],
    felt: NDArray[np.float64],
    team_start: NDArray[np.int64],
) -> None:
    """Give the open seats of each team scores that differ as their people do, and have the team's score for a mean.

    Parameters
    ----------
    scores : [n_staff], the team's score in every open seat; changed in place
    is_open : [n_staff], whose score is only their team's
    felt : [n_staff], what the people whom this replicate made feel
    team_start : [n_teams + 1], first seat of each team
    """
    for first, last in itertools.pairwise(team_start):
        rows = first + np.flatnonzero(is_open[first:last])
        if len(rows):
            scores[rows] = _moved_to_mean(felt[rows], float(scores[rows[0]]))


def _moved_to_mean(values: NDArray[np.float64], mean: float) -> NDArray[np.float64]:
    """Return values moved alike, within 0 and 1, so that their mean is as given."""
    low, high = -1.0, 1.0
    for _ in range(_HALVINGS):
        shift = (low + high) / 2
        if np.clip(values + shift, 0.0, 1.0).mean() < mean:
            low = shift
        else:
            high = shift
    return np.clip(values + high, 0.0, 1.0)
