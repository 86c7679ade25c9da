"""One run made ready: the arrays of a scenario, and a world that has lived through the burn-in.

A :class:`PreparedRun` is the same for all replicates, and is only read; so any number of threads may share it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.chance import chance_key
from sim.base.errors import InputError
from sim.base.terms import WEEKS_PER_YEAR
from sim.engine.limit.rest import rests_of
from sim.engine.plan import BURN_IN_WEEKS, Audiences, Plan, build_plan
from sim.engine.recorder import MEASURE_NAMES, N_MEASURES
from sim.engine.settling import begin_at_rest
from sim.engine.state import World, allocate
from sim.engine.taking_up import take_up_survey
from sim.engine.ties import Ties, build_ties
from sim.engine.week import ENGINE, Engine, engine_of
from sim.inputs.organisation import Organisation
from sim.inputs.scenario.description import Scenario, build_organisation, faults_in, parameters_of_services

__all__ = ["LONGEST_BURN_IN_WEEKS", "SETTLED_BELOW", "PreparedRun", "empty_table", "prepare"]

LONGEST_BURN_IN_WEEKS = 520
SETTLED_BELOW = 0.005
"""Agents have settled when the share of them that feels safe changes by less in a year."""

_PEOPLE_TO_SEE_IT_IN, _SEED_TO_SEE_IT_IN = 5_000, 0


@dataclass(frozen=True, eq=False)
class PreparedRun:
    """Everything that the replicates of a scenario have in common.

    Parameters
    ----------
    scenario : what is run
    organisation, ties : who works where, and who is tied to whom
    plan, audiences : the rules in force each week, and whom interventions reach
    engine : the compiled week
    is_settled : whether the burn-in begins where the mean field rests, or with the control culture
    notices : what is to be told of how week 0 was come by, in sentences
    """

    scenario: Scenario
    organisation: Organisation
    ties: Ties
    plan: Plan
    audiences: Audiences
    engine: Engine = ENGINE
    is_settled: bool = True
    notices: tuple[str, ...] = ()

    @property
    def n_weeks(self) -> int:
        """Weeks after the burn-in."""
        return len(self.plan.epoch) + self.plan.first_week

    def start(self, seed: int, replicate: int = 0) -> tuple[World, NDArray[np.uint32]]:
        """Return a world at week 0, after its burn-in, and the key of its chance."""
        world, key = self.begin(seed, replicate)
        self.run_weeks(world, key, self.plan.first_week, -self.plan.first_week)
        take_up_survey(world, self.organisation, key)
        return world, key

    def begin(self, seed: int, replicate: int = 0) -> tuple[World, NDArray[np.uint32]]:
        """Return a world at the start of its burn-in, and the key of its chance."""
        world = allocate(self.organisation, self.ties, self.audiences, self.engine.rulebook)
        key = chance_key(seed, replicate)
        self.engine.initialise(world, self.plan, key)
        if self.is_settled:
            begin_at_rest(world, self.plan, key, self._rests)
        return world, key

    def under(self, scenario: Scenario) -> PreparedRun:
        """Return the same place under another timeline: what a running world goes on with.

        Nobody is drawn anew, and week 0 stays where it is; so parameters, organisation and rules have to be the same.

        Raises
        ------
        InputError : the scenario names what does not exist in this organisation
        """
        faults = faults_in(scenario, self.organisation)
        if faults:
            raise InputError(faults)
        parameters = parameters_of_services(scenario, self.organisation)
        burn_in_weeks = -self.plan.first_week
        plan, audiences = build_plan(
            self.organisation, parameters, scenario.timeline, scenario.weeks, burn_in_weeks, self.engine.rulebook
        )
        met, meets = self.audiences.committees, audiences.committees
        same = len(met) == len(meets) and all(map(np.array_equal, met, meets))
        ties = self.ties if same else build_ties(self.organisation, meets)
        return replace(self, scenario=scenario, plan=plan, audiences=audiences, ties=ties)

    @cached_property
    def _rests(self) -> NDArray[Any]:
        """Where the mean field of each service rests; the same for all replicates."""
        world = allocate(self.organisation, self.ties, self.audiences, self.engine.rulebook)
        return rests_of(world, self.plan, self.engine)

    def simulate(self, seed: int, replicate: int = 0, by_service: bool = False) -> NDArray[np.float64]:
        """Run one replicate from week 0 to the end.

        Returns
        -------
        table : [n_weeks + 1, 1 or 1 + n_services, n_measures]; see :mod:`sim.engine.recorder`
        """
        world, key = self.start(seed, replicate)
        n_parts = 1 + self.organisation.n_services if by_service else 1
        table = self.empty_table(self.n_weeks + 1, n_parts)
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
        self.engine.run_weeks(
            world, self.plan, key, first_week, n_weeks, self.empty_table(0, 1) if table is None else table
        )

    def empty_table(self, n_rows: int, n_parts: int) -> NDArray[np.float64]:
        """Return room for rows of a weekly table, as :func:`empty_table`, with all measures of the engine."""
        return empty_table(n_rows, n_parts, len(self.engine.measures))


def empty_table(n_rows: int, n_parts: int, n_measures: int = N_MEASURES) -> NDArray[np.float64]:
    """Return room for ``n_rows`` rows of a weekly table, for the organisation and perhaps its services."""
    return np.full((n_rows, n_parts, n_measures), np.nan)


def prepare(
    scenario: Scenario,
    organisation: Organisation | None = None,
    burn_in_weeks: int | None = None,
    engine: Engine | None = None,
    is_settled: bool = True,
) -> PreparedRun:
    """Make a scenario ready to run.

    Parameters
    ----------
    scenario : what is to be run
    organisation : who works where; the scenario's own if left out
    burn_in_weeks : weeks before week 0; if left out, 104, or, where a rule has no counterpart in the mean field, until
        agents have settled
    engine : the compiled week, with rules of one's own; that of the scenario's rules if left out
    is_settled : whether the burn-in begins where the mean field rests, or with the control culture

    Raises
    ------
    InputError : the organisation's tables have faults, or the scenario names what does not exist in it
    """
    scenario = scenario if engine is None else scenario.with_rulebook(engine.rulebook)
    organisation = organisation or build_organisation(scenario)
    faults = faults_in(scenario, organisation)
    if faults:
        raise InputError(faults)
    parameters = parameters_of_services(scenario, organisation)
    engine = (engine or engine_of(scenario.rulebook)).with_forms(scenario.rules)

    def plan_after(weeks: int) -> tuple[Plan, Audiences]:
        return build_plan(organisation, parameters, scenario.timeline, scenario.weeks, weeks, engine.rulebook)

    plan, audiences = plan_after(BURN_IN_WEEKS if burn_in_weeks is None else burn_in_weeks)
    ties = build_ties(organisation, audiences.committees)
    prepared = PreparedRun(scenario, organisation, ties, plan, audiences, engine, is_settled)
    if burn_in_weeks is None and is_settled and engine.rulebook.without_mean_field:
        longest = replace(prepared, plan=plan_after(LONGEST_BURN_IN_WEEKS)[0])
        weeks, drift = _settled_after(longest)
        notice = _told(engine, weeks, drift)
        return replace(prepared, plan=plan_after(weeks)[0], notices=(notice,))
    return prepared


def _settled_after(longest: PreparedRun) -> tuple[int, float]:
    """Return the weeks after which agents have settled, and by how much the safe share then changes in a year.

    It is seen in several worlds of a fixed seed, the more the smaller they are: one alone wavers by more than what
    counts, and all worlds of a run are to have the same past.
    """
    weeks = -longest.plan.first_week
    n_worlds = math.ceil(_PEOPLE_TO_SEE_IT_IN / longest.organisation.n_staff)
    table = longest.empty_table(n_worlds * (weeks + 1), 1).reshape(n_worlds, weeks + 1, 1, -1)
    for number in range(n_worlds):
        world, key = longest.begin(_SEED_TO_SEE_IT_IN, number)
        longest.run_weeks(world, key, longest.plan.first_week, weeks, table[number])
    safe = table[:, :-1, 0, MEASURE_NAMES.index("safe_share")].mean(axis=0)
    yearly = safe.reshape(-1, WEEKS_PER_YEAR).mean(axis=1)
    for year in range(BURN_IN_WEEKS // WEEKS_PER_YEAR, len(yearly)):
        drift = float(yearly[year - 1] - yearly[year - 2])
        if abs(drift) < SETTLED_BELOW:
            return year * WEEKS_PER_YEAR, drift
    return weeks, float(yearly[-1] - yearly[-2])


def _told(engine: Engine, weeks: int, drift: float) -> str:
    """Return what is to be said of a burn-in whose rules have no counterpart in the mean field."""
    without = " and ".join(engine.rulebook.without_mean_field)
    text = (
        f"Week 0 comes after {weeks} weeks of burn-in from where the usual rules rest, as the mean field has no "
        f"counterpart of {without}. In the last year of it the share that feels safe moved by {drift:+.3f}"
    )
    return f"{text}." if abs(drift) < SETTLED_BELOW else f"{text}: it has not settled."
