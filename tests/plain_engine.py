"""The engine's kernels as the Python functions that they are written as, beside the compiled ones.

The contract of the rules is tested on these, so that a rule alone need not be compiled. That compiled kernels do the
same is tested on whole weeks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.base.compilation import as_records
from sim.engine.plan import Plan
from sim.engine.state import World
from sim.engine.week import ENGINE, Engine


def run_weeks(world: World, plan: Plan, key: Any, first_week: int, n_weeks: int, engine: Engine = ENGINE) -> None:
    """Run weeks of an engine without compilation."""
    nothing = np.zeros((0, 1, 1))
    with np.errstate(over="ignore"):  # Philox lets whole numbers overflow on purpose.
        live = engine.run_weeks.interpreted()
        live(as_records(world), as_records(plan), key, np.int64(first_week), n_weeks, nothing)
