"""One step of one rule, done as the Python function that it is, in a world and under rules that a test chooses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sim.base.compilation import as_records
from sim.base.terms import Now
from tests.worlds import Case


def do(
    kernel: Callable[..., Any], case: Case, *, week: int = 0, plan: dict[str, Any] | None = None, **rules: float
) -> None:
    """Do a step in every service.

    Parameters
    ----------
    kernel : the step
    case : its world is changed in place
    week : the week in which it is done
    plan : arrays of the plan that are others
    rules : parameters and levers that are others
    """
    row = week - case.plan.first_week
    chosen = as_records(case.plan)._replace(**(plan or {}))
    own = chosen.rules[case.plan.epoch[row], 0].copy()
    for name, value in rules.items():
        own[name] = value
    now = Now(chosen, case.key, np.int64(week), row, case.plan.epoch[row])
    world = as_records(case.world)
    with np.errstate(over="ignore"):  # Philox lets whole numbers overflow on purpose.
        for service in range(len(case.world.services)):
            kernel(world, own, service, now)
