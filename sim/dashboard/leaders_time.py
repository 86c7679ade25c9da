"""What senior leaders mean to do with their time beside what they usually do, as the plan of a run says it."""

from __future__ import annotations

import numpy as np

from sim.engine.plan import ATTENTION_LEVERS
from sim.engine.run import PreparedRun

__all__ = ["SPENT_ON", "intended"]

SPENT_ON = ("purpose", "staff", "leaders")
"""What time is given to; the rest of it goes to short-term problem-solving."""

_DIGITS = 6


def intended(prepared: PreparedRun) -> list[list[float]]:
    """Return from which week on senior leaders usually give which shares of their time, and which they mean to give.

    Means over the senior leaders, as the weekly measures of what they give are; the rule of attention tells what
    pressure leaves of it.

    Returns
    -------
    list
        ``[week, usual purpose, staff, leaders, intended purpose, staff, leaders]``, one for each change
    """
    plan, organisation = prepared.plan, prepared.organisation
    n_seniors = np.diff(organisation.service_senior_start)
    service = np.repeat(np.arange(organisation.n_services), n_seniors)
    rules = plan.rules[:, prepared.audiences.services[service]]
    entry = plan.attention[:, prepared.audiences.seniors]
    usual = np.stack([rules[f"usual_attention_{part}"] for part in SPENT_ON], axis=-1)
    strength = entry[..., ATTENTION_LEVERS.index("attention")]
    said = entry[..., [ATTENTION_LEVERS.index(f"attention_{part}") for part in SPENT_ON]]
    meant = np.clip(usual + said - strength[..., None] * usual, 0.0, 1.0)
    by_epoch = np.concatenate([usual.mean(axis=1), meant.mean(axis=1)], axis=-1).round(_DIGITS)
    by_week = by_epoch[plan.epoch[-plan.first_week :]]
    changes = [0, *(1 + np.flatnonzero((by_week[1:] != by_week[:-1]).any(axis=1))).tolist()]
    return [[week, *by_week[week].tolist()] for week in changes]
