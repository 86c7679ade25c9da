"""Week 0 begins where a survey found the staff, and with the tenures that are known.

What people expect of a workplace moves by as much as how they feel, so that a culture that was settled stays settled.
Where a survey says only how a group feels, it leaves its people open: every replicate then has a synthetic staff of its
own (:mod:`sim.engine.synthetic_staff`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.base.chance import Streams, uniforms_for_seats
from sim.engine.state import World, vacant_seats
from sim.engine.synthetic_staff import synthetic_scores
from sim.inputs.organisation import Organisation

__all__ = ["take_up_survey"]

_WHO_ANSWERED = 1
"""In place of the week, where what chance decides is not of groups, but of seats."""


def take_up_survey(world: World, organisation: Organisation, key: NDArray[np.uint32]) -> None:
    """Let week 0 begin where a survey found the staff, in place; nobody is in a vacant seat to be asked.

    Parameters
    ----------
    world : just before week 0
    organisation : what the survey found
    key : of :func:`~sim.base.chance.chance_key`, for what it leaves open
    """
    staff = world.staff
    is_there = ~vacant_seats(staff)
    if organisation.tenure_weeks is not None:
        known = (organisation.tenure_weeks >= 0) & is_there
        staff["tenure_weeks"][known] = organisation.tenure_weeks[known]
    found = organisation.scores
    if found is None:
        return
    for lane, (state, trait, scores, groups) in enumerate(
        (
            ("safety", "safety_trait", found.safety, found.safety_groups),
            ("efficacy", "efficacy_trait", found.efficacy, found.efficacy_groups),
        )
    ):
        taken = np.where(is_there, scores, np.nan)
        if groups is not None:
            chance = uniforms_for_seats(key, Streams.GROUP_SCORES, 0, len(groups.value))[lane]
            # The same order for both, as whoever answered did so to both.
            order = uniforms_for_seats(key, Streams.GROUP_SCORES, _WHO_ANSWERED, len(is_there))[0]
            made = synthetic_scores(staff[state], groups, is_there, chance, order)
            taken = np.where(groups.of_seat >= 0, made, taken)
        scored = ~np.isnan(taken)
        shift = taken[scored] - staff[state][scored]
        staff[state][scored] = taken[scored]
        staff[trait][scored] = np.clip(staff[trait][scored] + shift, 0.0, 1.0)
