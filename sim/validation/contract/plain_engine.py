"""An engine's kernels as the Python functions that they are written as, beside the compiled ones.

The contract of the rules is judged on these, so that a rule alone need not be compiled. That compiled kernels do the
same is judged on whole weeks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.base.compilation import as_records
from sim.engine.plan import Plan
from sim.engine.state import World, set_initial_values
from sim.engine.week import ENGINE, Engine, begin

__all__ = ["initialise", "run_weeks"]


def initialise(world: World, plan: Plan, key: Any, engine: Engine = ENGINE) -> None:
    """Set the state at the start of the burn-in, as :meth:`sim.engine.week.Engine.initialise` does."""
    set_initial_values(world, plan, engine.rulebook)
    with np.errstate(over="ignore"):  # Philox lets whole numbers overflow on purpose.
        engine.interpreted(begin)(as_records(world), as_records(plan), key)


def run_weeks(world: World, plan: Plan, key: Any, first_week: int, n_weeks: int, engine: Engine = ENGINE) -> None:
    """Run weeks of an engine without compilation; nothing is recorded."""
    nothing = np.zeros((0, 1, 1))
    with np.errstate(over="ignore"):
        live = engine.run_weeks.interpreted()
        live(as_records(world), as_records(plan), key, np.int64(first_week), n_weeks, nothing)
