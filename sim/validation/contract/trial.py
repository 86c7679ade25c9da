"""A rule on trial: what it does to small worlds in which everything is at work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base import chance
from sim.base.compilation import as_records, bound, kernel
from sim.base.rule import Increment, Rule
from sim.base.terms import CONNECTED, NEEDED, TRUSTED, Now, Outcome
from sim.engine.state import Scratch, World, copy_world
from sim.engine.week import Engine, engine_of
from sim.rulebook.rulebook import RULEBOOK, Rulebook
from sim.validation.contract.worlds import LONGEST_SPELL, Case, columns, random_case, scramble

__all__ = ["OPPORTUNITIES", "Draw", "Trial", "TrialWorld", "setting_of"]

OPPORTUNITIES = "scratch.opportunity_draws"
"""The draws of the teaming cycle, lanes of which belong to training and to turnover."""

SEEDS = range(1, 17)
SEEDS_AT_THE_ENDS = range(31, 34)
SEEDS_OF_RARE_EVENTS = range(21, 25)
WEEK = 9
"""A week in which many of the random interventions are on."""

Array = NDArray[Any]


@dataclass
class TrialWorld:
    """A random world in a random week, and what is in force in it."""

    case: Case
    world: World
    rules: Any
    now: Now

    @property
    def services(self) -> range:
        """The rows of the services."""
        return range(len(self.world.services))

    def copy(self) -> TrialWorld:
        """Return a setting that can go its own way."""
        return TrialWorld(self.case, copy_world(self.world), self.rules.copy(), self.now)

    def rules_at(self, service: int) -> Any:
        """Return what is in force in a service."""
        return self.rules[self.world.services["rule_class"][service]]


@dataclass(frozen=True)
class Draw:
    """One look at chance: of which stream, and for which week."""

    stream: int
    week: int


def setting_of(seed: int, engine: Engine) -> TrialWorld:
    """Return a world whose every column holds a random value in its range, and in which leaders often leave."""
    case, rulebook = random_case(seed, engine=engine), engine.rulebook
    row = WEEK - case.plan.first_week
    epoch = case.plan.epoch[row]
    rng = np.random.default_rng(seed)
    scramble(case.world, rng, rulebook=rulebook)
    case.world.seniors["weeks_in_post"] = rng.integers(-2, 6, len(case.world.seniors))
    _agree(case.world)
    plan = case.plan
    n_audiences = plan.dialogue.shape[1]
    plan = as_records(plan)._replace(
        attention=rng.uniform(0, 0.4, (len(plan.attention), plan.attention.shape[1], 4)),
        training=np.repeat(rng.choice([0.0, 0.2], (1, n_audiences)), len(plan.training), axis=0),
        chosen_rule=np.array([TRUSTED, CONNECTED, NEEDED]),
        chosen_reached=rng.random((3, n_audiences)) < 0.8,
        chosen_share=np.linspace(0.1, rng.uniform(0.2, 0.5, 3), 2)[(np.arange(len(plan.epoch) + 1) > row).astype(int)],
    )
    rules = plan.rules[epoch].copy()
    rules["exit_count"], rules["change_count"] = rng.integers(0, 3, 2)
    rules["hiring_freeze"] = rng.choice([0.0, 0.5])
    rules["induction"], rules["induction_weeks"] = rng.choice([0.0, 2.0]), rng.integers(0, 6)
    rules["opportunity_rate"], rules["staff_turnover"] = 0.9, 15.0
    rules["trained_already"] = 0.9  # so that there are more candidates than places
    rules["team_leader_turnover"], rules["senior_leader_turnover"], rules["lateral_moves"] = 20.0, 20.0, 0.7
    for name in rulebook.levers:
        if name not in RULEBOOK.levers:  # No intervention of the package moves it.
            rules[name] = rng.uniform(0.0, 2.0, rules.shape)
    # No tenure here is longer: a short table of susceptibility is filled in a moment by Python.
    short = case.world.scratch._replace(susceptibility=np.zeros(LONGEST_SPELL + 1))
    now = Now(plan, case.key, np.int64(WEEK), row, epoch)
    return TrialWorld(case, case.world._replace(scratch=short), rules, now)


def _agree(world: World) -> None:
    """Make the counts of teams and services agree with what happened to people; in vacant seats nothing did."""
    world.staff["outcome"][world.staff["vacant_weeks"] > 0] = 0
    for team in world.teams:
        outcomes = world.staff["outcome"][team["first_seat"] : team["last_seat"]].tolist()
        team["ignored"] = outcomes.count(Outcome.NOT_JOINED) + outcomes.count(Outcome.NOT_RECEIVED)
        team["punished"] = outcomes.count(Outcome.PUNISHED)
        team["heard"], team["learned"] = outcomes.count(Outcome.HEARD), outcomes.count(Outcome.LEARNED)


class Trial:
    """A rule, and what it does.

    Parameters
    ----------
    rule : the rule
    rulebook : the rules that it stands among
    """

    def __init__(self, rule: Rule, rulebook: Rulebook = RULEBOOK) -> None:
        self.rule, self.rulebook = rule, rulebook
        self.engine = engine_of(rulebook)

    @cached_property
    def settings(self) -> list[TrialWorld]:
        """Random worlds; copy one before you change it.

        In some of them the rule's parameters are anywhere that the model accepts, so that what it does rarely happens.
        """
        rng = np.random.default_rng(3)
        wide = [setting_of(seed, self.engine) for seed in SEEDS_OF_RARE_EVENTS]
        for setting in wide:
            for declared in self.rule.parameters:
                bounds = (declared.lowest, declared.highest)
                drawn = rng.uniform(*(bounds if np.isfinite(bounds).all() else declared.plausible), len(setting.rules))
                setting.rules[declared.name] = drawn
        return [*(setting_of(seed, self.engine) for seed in SEEDS), *wide]

    @cached_property
    def settings_at_the_ends(self) -> list[TrialWorld]:
        """Random worlds in which all parameters are at the lowest or highest value that the model accepts."""
        rng = np.random.default_rng(5)
        settings = [setting_of(seed, self.engine) for seed in SEEDS_AT_THE_ENDS]
        for setting in settings:
            for name, declared in self.rulebook.parameters.items():
                setting.rules[name] = rng.choice([declared.lowest, declared.highest], len(setting.rules))
        return settings

    @property
    def is_own(self) -> bool:
        """Whether the rule comes from outside the package."""
        return self.rule.name in self.rulebook.own

    @property
    def kernels(self) -> list[Any]:
        """Every kernel that the rule declares."""
        starts = [self.rule.start] if self.rule.start else []
        return [*(step.kernel for step in self.rule.steps), *(one.kernel for one in self.rule.adds), *starts]

    @property
    def owned(self) -> set[str]:
        """Columns that some rule owns, as ``group.name``."""
        every = (column for named in self.rulebook.columns.values() for column in named.values())
        return {column.path for column in every if column.initial is not None}

    def switched_off(self, setting: TrialWorld) -> TrialWorld:
        """Return a setting in which everything has the value at which the rule says that it does nothing."""
        off = setting.copy()
        for name, value in self.rule.off.items():
            if name in off.rules.dtype.names:
                off.rules[name] = value
            else:
                nothing = np.full_like(getattr(off.now.plan, name), value)
                off.now = off.now._replace(plan=off.now.plan._replace(**{name: nothing}))
        return off

    # --- doing it -----------------------------------------------------------------------------------------------

    def run(self, setting: TrialWorld, services: Iterable[int] | None = None) -> None:
        """Do the steps of the rule in all services, or in those in this order, and change the setting in place."""
        in_order = list(setting.services if services is None else services)
        for step in self.rule.steps:
            for service in in_order:
                self.run_step(step.kernel, setting, service)

    def run_step(self, step: Callable[..., Any], setting: TrialWorld, service: int) -> None:
        """Do one step in one service, as the Python function that it is."""
        world = as_records(setting.world)
        with np.errstate(all="ignore"):  # As in compiled code; Philox lets whole numbers overflow on purpose.
            self._draw_what_others_leave(setting, world, service)
            step(world, setting.rules_at(service), service, setting.now)

    def run_everything(self, setting: TrialWorld) -> None:
        """Do once all that the rule declares: its steps, what it adds, and what it draws at the start."""
        self.run(setting)
        for one in self.rule.adds:
            self.change(one, setting)
        if self.rule.start is not None:
            for service in setting.services:
                self.run_step(self.rule.start, setting, service)

    def after(self, setting: TrialWorld, services: Iterable[int] | None = None) -> dict[str, Array]:
        """Return the columns of a copy of a world after one run of the steps."""
        own = setting.copy()
        self.run(own, services)
        return self.columns(own)

    def columns(self, setting: TrialWorld) -> dict[str, Array]:
        """Return a copy of every column by ``group.column``."""
        return columns(setting.world, self.rulebook)

    def change(self, increment: Increment, setting: TrialWorld) -> Array:
        """Return [rows], what the rule would add to a column of another rule, before it is cut off."""
        group, name = increment.column.split(".")
        values = getattr(setting.world, group)[name]
        change = np.zeros(len(values))
        world = as_records(setting.world)
        with np.errstate(all="ignore"):
            for service in setting.services:
                for row in rows_of_service(setting.world, group, service):
                    change[row] = increment.kernel(world, setting.rules_at(service), service, row, setting.now)
        return change

    def _draw_what_others_leave(self, setting: TrialWorld, world: World, service: int) -> None:
        """Fill the draws that the teaming cycle leaves for training and turnover."""
        if OPPORTUNITIES in self.rule.reads:
            here, number = world.services[service], self.rulebook.streams["OPPORTUNITY"].number
            known_by = setting.world.staff["chance"][here.first_seat : here.last_seat]
            draws = chance.uniforms_at(setting.case.key, number, WEEK, known_by)
            world.scratch.opportunity_draws[:, : len(known_by)] = draws

    # --- looking on ---------------------------------------------------------------------------------------------

    def overheard(self) -> tuple[Trial, list[Draw]]:
        """Return the same trial with every look at chance told to a list."""
        heard: list[Draw] = []
        exchanged = _telling(heard)

        def told(function: Any) -> Any:
            return bound(function, exchanged)

        rule = replace(
            self.rule,
            steps=tuple(replace(step, kernel=told(step.kernel)) for step in self.rule.steps),
            adds=tuple(replace(one, kernel=told(one.kernel)) for one in self.rule.adds),
            start=told(self.rule.start) if self.rule.start else None,
        )
        listening = Trial(rule, self.rulebook)
        listening.__dict__["settings"] = self.settings
        return listening, heard


def rows_of_service(world: World, group: str, service: int) -> range:
    """Return the rows of a group that belong to a service."""
    if group == "services":
        return range(service, service + 1)
    what = {"staff": "seat", "teams": "team", "seniors": "senior", "pairs": "pair"}[group]
    here = world.services[service]
    return range(int(here[f"first_{what}"]), int(here[f"last_{what}"]))


def with_garbage(setting: TrialWorld) -> TrialWorld:
    """Return a setting in which the room to work in holds what others may have left there."""
    other, rng = setting.copy(), np.random.default_rng(7)
    left = other.world.scratch
    kept = ("opportunity_draws", "susceptibility", "susceptibility_of")
    garbage = {
        name: getattr(left, name) if name in kept else rng.integers(0, 9, getattr(left, name).shape).astype(
            getattr(left, name).dtype
        )
        for name in Scratch._fields
    }  # fmt: skip
    other.world = other.world._replace(scratch=Scratch(**garbage))
    return other


def _telling(heard: list[Draw]) -> dict[Callable[..., Any], Callable[..., Any]]:
    """Return kernels that look at chance as usual and tell that they do."""

    def uniforms_told(key: Any, stream: Any, week: Any, number: Any) -> Any:
        heard.append(Draw(int(stream), int(week)))
        return chance.uniforms(key, stream, week, number)

    def fill_told(key: Any, stream: Any, week: Any, first: Any, n: Any, draws: Any) -> None:
        heard.append(Draw(int(stream), int(week)))
        chance.fill_uniforms(key, stream, week, first, n, draws)

    def fill_two_told(
        key: Any, stream: Any, other: Any, week: Any, numbers: Any, first: Any, n: Any, draws: Any, more: Any
    ) -> None:
        heard.extend(Draw(int(one), int(week)) for one in (stream, other))
        chance.fill_uniforms_of_two(key, stream, other, week, numbers, first, n, draws, more)

    return {
        chance.uniforms: kernel(uniforms_told),
        chance.fill_uniforms: kernel(fill_told),
        chance.fill_uniforms_of_two: kernel(fill_two_told),
    }
