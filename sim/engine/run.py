"""One run made ready: the arrays of a scenario, and a world that has lived through the burn-in.

A :class:`PreparedRun` is the same for all replicates, and is only read; so any number of threads may share it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.base.chance import chance_key
from sim.base.errors import InputError
from sim.engine.plan import BURN_IN_WEEKS, Audiences, Plan, build_plan
from sim.engine.recorder import N_MEASURES
from sim.engine.state import World, allocate
from sim.engine.taking_up import take_up_survey
from sim.engine.ties import Ties, build_ties
from sim.engine.week import ENGINE, Engine
from sim.inputs.organisation import Organisation
from sim.inputs.scenario.description import Scenario, build_organisation, faults_in, parameters_of_services

__all__ = ["PreparedRun", "empty_table", "prepare"]


@dataclass(frozen=True, eq=False)
class PreparedRun:
    """Everything that the replicates of a scenario have in common.

    Parameters
    ----------
    scenario : what is run
    organisation, ties : who works where, and who is tied to whom
    plan, audiences : the rules in force each week, and whom interventions reach
    engine : the compiled week
    """

    scenario: Scenario
    organisation: Organisation
    ties: Ties
    plan: Plan
    audiences: Audiences
    engine: Engine = ENGINE

    @property
    def n_weeks(self) -> int:
        """Weeks after the burn-in."""
        return len(self.plan.epoch) + self.plan.first_week

    def start(self, seed: int, replicate: int = 0) -> tuple[World, NDArray[np.uint32]]:
        """Return a world at week 0, after its burn-in, and the key of its chance."""
        world = allocate(self.organisation, self.ties, self.audiences, self.engine.rulebook)
        key = chance_key(seed, replicate)
        self.engine.initialise(world, self.plan, key)
        self.run_weeks(world, key, self.plan.first_week, -self.plan.first_week)
        take_up_survey(world, self.organisation)
        return world, key

    def simulate(self, seed: int, replicate: int = 0, by_service: bool = False) -> NDArray[np.float64]:
        """Run one replicate from week 0 to the end.

        Returns
        -------
        table : [n_weeks + 1, 1 or 1 + n_services, n_measures]; see :mod:`sim.engine.recorder`
        """
        world, key = self.start(seed, replicate)
        n_parts = 1 + self.organisation.n_services if by_service else 1
        table = empty_table(self.n_weeks + 1, n_parts)
        self.run_weeks(world, key, 0, self.n_weeks, table)
        return table

    def run_weeks(
        self,
        world: World,
        key: NDArray[np.uint32],
        first_week: int,
        n_weeks: int,
        table: NDArray[np.float64] | None = None,
    ) -> None:
        """Let a world live on in place; ``table`` [n_weeks + 1, n_parts, n_measures] records it, if there is one."""
        self.engine.run_weeks(world, self.plan, key, first_week, n_weeks, empty_table(0, 1) if table is None else table)


def empty_table(n_rows: int, n_parts: int) -> NDArray[np.float64]:
    """Return room for ``n_rows`` rows of a weekly table, for the organisation and perhaps its services."""
    return np.full((n_rows, n_parts, N_MEASURES), np.nan)


def prepare(
    scenario: Scenario,
    organisation: Organisation | None = None,
    burn_in_weeks: int = BURN_IN_WEEKS,
    engine: Engine | None = None,
) -> PreparedRun:
    """Make a scenario ready to run.

    Parameters
    ----------
    scenario : what is to be run
    organisation : who works where; the scenario's own if left out
    burn_in_weeks : weeks before week 0
    engine : the compiled week, with rules of one's own; the package's, with the scenario's forms, if left out

    Raises
    ------
    InputError : the organisation's tables have faults, or the scenario names what does not exist in it
    """
    organisation = organisation or build_organisation(scenario)
    faults = faults_in(scenario, organisation)
    if faults:
        raise InputError(faults)
    parameters = parameters_of_services(scenario, organisation)
    engine = (engine or ENGINE).with_forms(scenario.rules)
    plan, audiences = build_plan(
        organisation, parameters, scenario.timeline, scenario.weeks, burn_in_weeks, engine.rulebook
    )
    return PreparedRun(scenario, organisation, build_ties(organisation, audiences.committees), plan, audiences, engine)
