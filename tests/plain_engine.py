"""The engine's kernels as the Python functions that they are written as, beside the compiled ones.

The contract of the mechanisms is tested on these, so that a mechanism alone need not be compiled. That compiled kernels
do the same is tested on whole weeks.
"""

from __future__ import annotations

import importlib
import sys
from functools import cache
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import numba
import numpy as np

import sim.rules
from sim.engine.plan import Plan
from sim.engine.state import World

_MECHANISMS = tuple(f"sim.rules.{module.name}" for module in iter_modules(sim.rules.__path__))
_KERNELS = ("sim.base.chance", "sim.engine.state", *_MECHANISMS, "sim.engine.recorder", "sim.engine.week")


@cache
def plain_engine() -> dict[str, ModuleType]:
    """Return the modules that hold kernels by their last name, imported once more without compilation."""
    compiled = {name: importlib.import_module(name) for name in _KERNELS}
    was_disabled = numba.config.DISABLE_JIT
    try:
        numba.config.DISABLE_JIT = True
        for name in _KERNELS:
            del sys.modules[name]
        return {name.rpartition(".")[2]: importlib.import_module(name) for name in _KERNELS}
    finally:
        numba.config.DISABLE_JIT = was_disabled
        for name, module in compiled.items():
            sys.modules[name] = module
            package, _, last = name.rpartition(".")
            setattr(sys.modules[package], last, module)


def run_weeks(world: World, plan: Plan, key: Any, first_week: int, n_weeks: int) -> None:
    """Run weeks of the engine without compilation."""
    week = plain_engine()["week"]
    nothing = np.zeros((0, 1, 1))
    week.run_weeks(world, plan, key, first_week, n_weeks, nothing)
