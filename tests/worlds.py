"""Small worlds to test on: chosen ones, beside the random ones on which rules are judged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.base.chance import chance_key
from sim.engine.plan import build_plan
from sim.engine.recorder import N_MEASURES
from sim.engine.state import allocate
from sim.engine.ties import build_ties
from sim.engine.week import initialise, run_weeks
from sim.inputs.interventions import Intervention
from sim.inputs.organisation import Organisation
from sim.rulebook.parameters import Parameters
from sim.validation.contract.worlds import (
    Case,
    changed,
    columns,
    organisation_of,
    random_case,
    random_numbers,
    random_organisation,
    random_parameters,
    random_timeline,
    scramble,
)

__all__ = [
    "Case", "case_of", "changed", "columns", "live", "organisation_of", "random_case", "random_numbers",
    "random_organisation", "random_parameters", "random_timeline", "scramble",
]  # fmt: skip


def case_of(
    organisation: Organisation,
    timeline: Sequence[Intervention] = (),
    parameters: Parameters | Sequence[Parameters] | None = None,
    n_weeks: int = 20,
    burn_in_weeks: int = 5,
    seed: int = 1,
    replicate: int = 0,
) -> Case:
    """Return a world at the start of its burn-in."""
    own = parameters if isinstance(parameters, Sequence) else [parameters or Parameters()]
    plan, audiences = build_plan(organisation, own, timeline, n_weeks, burn_in_weeks)
    world = allocate(organisation, build_ties(organisation, audiences.committees), audiences)
    key = chance_key(seed, replicate)
    initialise(world, plan, key)
    return Case(organisation, plan, world, key)


def live(case: Case, n_weeks: int, first_week: int | None = None, n_parts: int = 1) -> np.ndarray:
    """Let the world of a case live on, and return its weekly table [n_weeks + 1, n_parts, n_measures]."""
    table = np.full((n_weeks + 1, n_parts, N_MEASURES), np.nan)
    first = case.plan.first_week if first_week is None else first_week
    run_weeks(case.world, case.plan, case.key, first, n_weeks, table)
    return table
