"""The mean field of a scenario: the same rules for a large, well-mixed service without chance.

It averages the mechanisms over a service whose people have one expectation of a workplace and whose leaders come with
one style, without turbulence's noise. It runs in a millisecond, so that maps and boundaries can be drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.base.chance import chance_key
from sim.base.errors import Fault, InputError
from sim.base.terms import N_GROUPS, WEEKS_PER_YEAR
from sim.engine.limit.week import N_OBSERVED, N_ROWS, OBSERVED, STATE_NAMES, run_field
from sim.engine.plan import BURN_IN_WEEKS, Plan, build_plan
from sim.engine.state import World, allocate
from sim.engine.ties import build_ties
from sim.engine.week import ENGINE, Engine, engine_of
from sim.inputs.interventions import Intervention
from sim.inputs.interventions.committee import Committee
from sim.inputs.interventions.induction import Induction
from sim.inputs.interventions.train_facilitators import TrainFacilitators
from sim.inputs.organisation import Organisation, OrganisationShape, generate
from sim.inputs.scenario.description import Scenario, build_organisation
from sim.rulebook.parameters import Parameters

__all__ = [
    "MeanField",
    "Setting",
    "State",
    "Trajectory",
    "Workspace",
    "control_culture",
    "faults_for_mean_field",
    "high_culture",
    "make_workspace",
    "mean_field",
    "settled",
]  # fmt: skip

State = NDArray[np.float64]

_NO_CHANCE = chance_key(0)
_AT_REST = 1e-7
"""A culture is at rest when nothing of it changes by more in a year."""

_MOST_YEARS = 400
"""A culture that goes on wandering is taken as it is then."""


@dataclass(frozen=True, eq=False)
class Trajectory:
    """What the mean field does under a timeline.

    Parameters
    ----------
    table : [n_weeks + 1, n_observed]; row w is the state at the start of week w
    """

    table: NDArray[np.float64]

    def series(self, measure: str) -> NDArray[np.float64]:
        """Return [n_weeks + 1], one measure by its name in :data:`sim.engine.limit.week.OBSERVED`."""
        return self.table[:, OBSERVED.index(measure)]


class Setting(NamedTuple):
    """What a service is like whose mean field is computed.

    Parameters
    ----------
    n_seniors : senior leaders
    staff_mix : [n_groups], share of each staff group
    team_size : posts in a team, which decides how much people witness
    links : ties of a team to other teams, in weights
    n_services : services of the organisation, among which senior leaders move
    """

    n_seniors: int
    staff_mix: tuple[float, ...]
    team_size: float
    links: float
    n_services: int

    @classmethod
    def of(cls, world: World, row: int) -> Setting:
        """Return what a service of a world is like."""
        here = world.services[row]
        seats, teams = (slice(int(here[f"first_{what}"]), int(here[f"last_{what}"])) for what in ("seat", "team"))
        n_staff, n_teams = seats.stop - seats.start, teams.stop - teams.start
        mix = np.bincount(world.staff["staff_group"][seats], minlength=N_GROUPS) / n_staff
        return cls(
            n_seniors=int(here["last_senior"] - here["first_senior"]),
            staff_mix=tuple(mix.tolist()),
            team_size=n_staff / n_teams,
            links=float(_standing_links(world)[teams].mean()),
            n_services=len(world.services),
        )


class Numbers(NamedTuple):
    """The numbers of a setting as the compiled week reads them."""

    staff_mix: NDArray[np.float64]
    team_size: float
    links: float
    n_services: float


@dataclass(frozen=True, eq=False)
class Workspace:
    """One service with one team, with a row for each kind of staff and each outcome of an opportunity."""

    organisation: Organisation
    world: World

    def plan(self, parameters: Parameters, timeline: Sequence[Intervention], weeks: int) -> Plan:
        """Return the plan of a timeline; turbulence does not wander."""
        steady = parameters.model_copy(update={"turbulence_sd": 0.0})
        return build_plan(self.organisation, [steady], timeline, weeks, BURN_IN_WEEKS)[0]

    def plan_under(self, rules: NDArray[Any]) -> Plan:
        """Return the plan of a week under some rules [1, 1], in which nothing is done."""
        return build_plan(self.organisation, [Parameters()], (), 1, 0)[0]._replace(rules=rules)


def make_workspace(n_seniors: int) -> Workspace:
    """Return the workspace of a service with some senior leaders."""
    organisation = generate(OrganisationShape(teams=1, team_size=N_ROWS, senior_leaders=n_seniors, cross_team_ties=0))
    _, audiences = build_plan(organisation, [Parameters()], (), 1, 0)
    return Workspace(organisation, allocate(organisation, build_ties(organisation), audiences))


@dataclass(frozen=True, eq=False)
class MeanField:
    """The mean field of a service under a timeline.

    Parameters
    ----------
    plan : rules in force and doses of each week, the burn-in first; spreads and turbulence's noise are taken as none
    setting : what the service is like
    workspace : one service with one team to work in; so one mean field is not for several threads at once
    engine : the compiled week whose formulas it averages
    """

    plan: Plan
    setting: Setting
    workspace: Workspace
    engine: Engine = ENGINE

    @property
    def parameters(self) -> Parameters:
        """The numbers of the model in the first week."""
        rules = self.plan.rules[0, 0]
        return Parameters.model_validate({name: float(rules[name]) for name in Parameters.model_fields})

    def trajectory(self) -> Trajectory:
        """Run the burn-in and the timeline, from the settled culture."""
        table = np.full((len(self.plan.epoch) + 1, N_OBSERVED), np.nan)
        self._run(self.at_rest(), self.plan.epoch, table)
        return Trajectory(table[-self.plan.first_week :])

    def at_rest(self) -> State:
        """Return [n_state], what the control culture settles at under what is in force in the first week."""
        return settled(self.engine, self.plan.rules[:1], self.setting)

    def settle(self, state: State) -> State:
        """Return [n_state], where a state comes to rest under what is in force in the first week.

        It is waited for, so that nothing depends on a solver or a machine.
        """
        state = np.array(state, dtype=float)
        year, nothing = np.zeros(WEEKS_PER_YEAR, dtype=np.int64), np.empty((0, N_OBSERVED))
        for _ in range(_MOST_YEARS):
            before = state.copy()
            self._run(state, year, nothing)
            if np.abs(state - before).max() < _AT_REST:
                break
        return state

    def advance(self, state: State, n_weeks: int) -> State:
        """Return the state some weeks later, under what is in force at the end of the timeline.

        Parameters
        ----------
        state : [n_state], in the order of :data:`sim.engine.limit.week.STATE_NAMES`
        """
        later = np.array(state, dtype=float)
        self._run(later, np.full(n_weeks, self.plan.epoch[-1]), np.empty((0, N_OBSERVED)))
        return later

    def observe(self, state: State) -> dict[str, float]:
        """Return the measures of a state, by name; what happens in a week is that of the week to come."""
        table = np.full((2, N_OBSERVED), np.nan)
        self._run(np.array(state, dtype=float), self.plan.epoch[-1:], table)
        return {name: float(table[1, place]) for place, name in enumerate(OBSERVED)}

    def changed(self, parameters: Parameters, timeline: Sequence[Intervention] = (), weeks: int = 1) -> MeanField:
        """Return the mean field of the same service under other parameters and another timeline."""
        return replace(self, plan=self.workspace.plan(parameters, timeline, weeks))

    def _run(self, state: State, epochs: NDArray[np.int64], table: NDArray[np.float64]) -> None:
        run = self.engine.entry_point(run_field)
        run(state, self.plan, epochs, self.workspace.world, _NO_CHANCE, _numbers(self.setting), table)


def _of_all_services(world: World) -> Setting:
    """Return the setting of the service that stands for all of an organisation's."""
    every = [Setting.of(world, row) for row in range(len(world.services))]
    weights = (world.services["last_seat"] - world.services["first_seat"]) / world.staff.n_seats
    mix = np.average([one.staff_mix for one in every], axis=0, weights=weights)
    return every[0]._replace(
        staff_mix=tuple(mix.tolist()),
        team_size=world.staff.n_seats / len(world.teams),
        links=float(_standing_links(world).mean()),
    )


def _standing_links(world: World) -> NDArray[np.float64]:
    """Return [n_teams], the weights of each team's ties to others; those of a committee count only when it meets."""
    ties, n_teams = world.ties, len(world.teams)
    team = np.repeat(np.arange(n_teams), np.diff(ties.team_indptr))
    weights = np.where(ties.team_committee < 0, ties.team_weight, 0.0)
    return np.asarray(np.bincount(team, weights=weights, minlength=n_teams), dtype=np.float64)


def _numbers(setting: Setting) -> Numbers:
    return Numbers(np.array(setting.staff_mix), setting.team_size, setting.links, float(setting.n_services))


def settled(engine: Engine, rules: NDArray[Any], setting: Setting) -> State:
    """Return [n_state], what the control culture of a service settles at under some rules in force [1, 1]."""
    steady = np.array(rules)
    steady["turbulence_sd"] = 0.0
    return np.array(_settled(engine, steady.tobytes(), setting))


@lru_cache(maxsize=4096)
def _settled(engine: Engine, rules: bytes, setting: Setting) -> tuple[float, ...]:
    """Return what the control culture settles at under some rules in force; it is the same for all runs."""
    workspace = make_workspace(setting.n_seniors)
    plan = workspace.plan_under(np.frombuffer(rules, dtype=engine.rulebook.rules_dtype).reshape(1, 1))
    mean = MeanField(plan, setting, workspace, engine)
    return tuple(mean.settle(control_culture(mean)).tolist())


def mean_field(scenario: Scenario, organisation: Organisation | None = None, engine: Engine | None = None) -> MeanField:
    """Return the mean field of a scenario.

    Parameters
    ----------
    scenario : parameters and timeline; of several services, one stands for all
    organisation : who works where; the scenario's own if left out
    engine : the compiled week, with rules of one's own; that of the scenario's rules if left out

    Raises
    ------
    InputError : the timeline has interventions that a mean field cannot tell apart from others, or a rule, or the form
        of a formula, has no counterpart in it

    Examples
    --------
    >>> field = mean_field(Scenario(title="Nothing is done", weeks=52))
    >>> safety = field.trajectory().series("safety")
    >>> bool(abs(safety[52] - safety[0]) < 0.01)
    True
    """
    engine = engine or engine_of(scenario.rulebook)
    faults = faults_for_mean_field(scenario, engine)
    if faults:
        raise InputError(faults)
    organisation = organisation or build_organisation(scenario)
    _, audiences = build_plan(organisation, [scenario.parameters], (), 1, 0)
    setting = _of_all_services(allocate(organisation, build_ties(organisation), audiences))
    workspace = make_workspace(setting.n_seniors)
    plan = workspace.plan(scenario.parameters, scenario.timeline, scenario.weeks)
    return MeanField(plan, setting, workspace, engine.with_forms(scenario.rules))


def faults_for_mean_field(scenario: Scenario, engine: Engine | None = None) -> list[Fault]:
    """Return why a scenario has no mean field.

    What reaches only some people, or depends on who they are; rules and forms of formulas without a counterpart.
    """
    faults = [
        Fault("scenario: rules", "rules that the mean field has a counterpart of", what, "run the agents instead")
        for what in (engine or engine_of(scenario.rulebook)).with_forms(scenario.rules).rulebook.without_mean_field
    ]
    if scenario.services:
        wanted = "one kind of service (the mean field has one service that stands for all)"
        faults.append(Fault("scenario: services", wanted, "services that differ", "run the agents instead"))
    for place, entry in enumerate(scenario.timeline, start=1):
        reason = _why_not(entry)
        if reason:
            where = f"scenario: timeline entry {place} ({entry.kind})"
            wanted = "interventions that reach everybody alike"
            faults.append(Fault(where, wanted, reason, "leave it out, or run the agents instead"))
    return faults


def _why_not(entry: Intervention) -> str:
    if entry.target.parts:
        return f"a target by {', '.join(sorted(entry.target.parts))}"
    if isinstance(entry, Committee):
        return "ties among a few"
    if entry.kind == "attention" and getattr(entry, "which", None) is not None:
        return "named leaders' time"
    if isinstance(entry, Induction):
        return "support by weeks in post"
    if isinstance(entry, TrainFacilitators) and entry.choose != "random":
        return f'facilitators chosen as "{entry.choose}"'
    return ""


def control_culture(mean: MeanField) -> State:
    """Return [n_state], the control culture that nobody has changed yet: people and leaders fresh from the market."""
    rules = mean.plan.rules[0, 0]
    staff = {
        "safety": rules["safety_trait"], "efficacy": rules["efficacy_trait"], "aim": rules["initial_aim"],
        "habit_voice": rules["initial_habit"], "habit_team": rules["initial_habit"],
        "habit_fail": rules["initial_habit"], "habit_learn": rules["initial_habit"], "capability": 0.0, "cynicism": 0.0,
    }  # fmt: skip
    leader = {
        "control": rules["control_of_newcomers"], "embedding": 0.0, "disposition": rules["control_of_newcomers"],
    }  # fmt: skip
    purpose = {"vacant_purpose": rules["initial_purpose"], "filled_purpose": rules["initial_purpose"]}
    service = {
        "vacant_share": 0.0, "vacant_posts": 0.0, "turbulence": rules["turbulence_mean"], "pressure": 0.0,
        "backlog": rules["initial_backlog"], "learning_stock": rules["initial_learning"],
        "usual_voice": 1.0 - rules["control_of_newcomers"],
    }  # fmt: skip
    kinds = {f"{kind}_{name}": value for kind in ("newcomer", "settled") for name, value in staff.items()}
    leaders = {f"{who}_{name}": value for who in ("team_leader", "vacant", "filled") for name, value in leader.items()}
    return _state({"newcomer_share": _newcomer_share(rules), **kinds, **leaders, **purpose, **service})


def high_culture(mean: MeanField) -> State:
    """Return [n_state], a culture in which everything that can be learned has been learned: a start to look from."""
    low = dict(zip(STATE_NAMES, control_culture(mean), strict=True))
    high = {
        name: 1.0 for name in STATE_NAMES if name.startswith(("newcomer_", "settled_")) and name != "newcomer_share"
    }
    high |= {"newcomer_cynicism": 0.0, "settled_cynicism": 0.0, "usual_voice": 0.95}
    high |= {"team_leader_control": 0.05, "vacant_control": 0.05, "filled_control": 0.05}
    high |= {"team_leader_embedding": 0.95, "vacant_embedding": 0.95, "filled_embedding": 0.95}
    high |= {"vacant_purpose": 0.9, "filled_purpose": 0.9, "backlog": 0.4, "learning_stock": 0.8}
    return _state({**low, **high})


def _state(values: dict[str, float]) -> State:
    return np.array([values[name] for name in STATE_NAMES])


def _newcomer_share(rules: Any) -> float:
    """Return the share of staff who count as newcomers when tenure is exponential with mean 1 / turnover."""
    weekly = rules["staff_turnover"] / 52
    is_more_open = rules["newcomer_susceptibility"] > 0
    settling = 1.0 - np.exp(-1.0 / rules["susceptibility_weeks"]) if is_more_open else 1.0
    return float(weekly / (weekly + settling))
