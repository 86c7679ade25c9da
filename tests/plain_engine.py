"""The engine's kernels as the Python functions that they are written as, beside the compiled ones.

The contract of the rules is tested on these, so that a rule alone need not be compiled. That compiled kernels do the
same is tested on whole weeks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.plan import Plan
from sim.engine.state import World
from sim.engine.week import ENGINE, Engine
from sim.rules.rulebook import GROUPS


def as_records(world: World) -> World:
    """Return the same world in such a form that Python, too, can say ``person.safety``; nothing is copied."""
    return world._replace(**{group: getattr(world, group).view(np.recarray) for group in GROUPS})


def with_record_rules(plan: Plan) -> Plan:
    """Return the same plan in such a form that Python, too, can say ``rules.imitation``."""
    return plan._replace(rules=plan.rules.view(np.recarray))


def run_weeks(world: World, plan: Plan, key: Any, first_week: int, n_weeks: int, engine: Engine = ENGINE) -> None:
    """Run weeks of an engine without compilation."""
    nothing = np.zeros((0, 1, 1))
    with np.errstate(over="ignore"):  # Philox lets whole numbers overflow on purpose.
        live = engine.run_weeks.interpreted()
        live(as_records(world), with_record_rules(plan), key, np.int64(first_week), n_weeks, nothing)
