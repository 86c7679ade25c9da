"""The compiled week: made from the rules in their order, and the one engine of everything that runs the model.

An :class:`Engine` puts the steps of a rulebook together, service by service, and compiles them as one. A step that
looks at other services begins when all have come so far, and ends for all before any goes on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from sim.base.compilation import EntryPoint, bound, inlined_kernel, kernel
from sim.base.errors import InputError
from sim.base.measure import Measure
from sim.base.rule import Group, Increment, Rule
from sim.base.terms import Now
from sim.engine.plan import Plan
from sim.engine.recorder import MEASURE_NAMES, MEASURES, record, recorder_of
from sim.engine.state import World, set_initial_values
from sim.inputs.own import rulebook_with
from sim.rulebook.own_rules import RuleFile
from sim.rulebook.rulebook import RULEBOOK, Rulebook

__all__ = ["ENGINE", "Engine", "engine_of", "engine_with", "initialise", "run_weeks"]

Step = Callable[..., Any]


# --- what Python calls ------------------------------------------------------------------------------------------------


@kernel
def every_rule(world: Any, now: Any) -> None:
    """Do what the rules say, in their order; each engine puts its own here."""
    raise NotImplementedError


@kernel
def every_start(world: Any, now: Any) -> None:
    """Set what the rules draw by chance for the start; each engine puts its own here."""
    raise NotImplementedError


@kernel
def live_weeks(world: Any, plan: Any, key: Any, first_week: Any, n_weeks: Any, table: Any) -> None:
    """Run weeks and record each.

    Parameters
    ----------
    world : the state, changed in place
    plan : of :func:`sim.engine.plan.build_plan`
    key : [2], of :func:`sim.base.chance.chance_key`
    first_week : the week to begin with; negative in the burn-in
    n_weeks : how many weeks to run
    table : [n_weeks + 1 or 0, 1 or 1 + n_services, n_measures]; row k is the state at the start of week first_week + k
    """
    for k in range(n_weeks + 1):
        if table.shape[0] > 0:
            record(world, table[k])
        if k < n_weeks:
            week = first_week + k
            row = week - plan.first_week
            every_rule(world, Now(plan, key, week, row, plan.epoch[row]))


@kernel
def begin(world: Any, plan: Any, key: Any) -> None:
    """Set what is drawn by chance at the start of the burn-in."""
    every_start(world, Now(plan, key, plan.first_week - 1, 0, 0))


# --- putting steps together -------------------------------------------------------------------------------------------

_BOUNDS = {"staff": "seat", "teams": "team", "seniors": "senior", "pairs": "pair"}

_ADD = """
def add(world, rules, service, now):
    here = world.services[service]
    for row in range({first}, {last}):
        change = min(MOST, max(-MOST, change_of(world, rules, service, row, now)))
        {value} = min(HIGHEST, max(LOWEST, {value} + change))
"""


def _written(name: str, source: str, names: dict[str, Any]) -> Step:
    """Return a function written here; numba makes nothing of names that only a variable holds."""
    space = {"__name__": __name__, **names}
    exec(compile(source, f"<{name}>", "exec"), space)
    written: Step = space[name]
    return written


def _added(increment: Increment, rulebook: Rulebook) -> Step:
    """Return a step that adds to a column, row by row, within the declared bounds."""
    group, name = increment.column.split(".")
    column = rulebook.columns[cast("Group", group)][name]
    what = _BOUNDS.get(group)
    first, last = (f"here.first_{what}", f"here.last_{what}") if what else ("service", "service + 1")
    numbers = {"MOST": increment.most, "LOWEST": column.lowest, "HIGHEST": column.highest}
    value = f"world.staff.{name}[row]" if group == "staff" else f"world.{group}[row].{name}"
    source = _ADD.format(value=value, first=first, last=last)
    return kernel(_written("add", source, {"change_of": increment.kernel, **numbers}))


def _phases(rulebook: Rulebook) -> list[list[Step]]:
    """Return the steps of the week, cut where all services have to wait for one another."""
    phases: list[list[Step]] = [[]]
    for rule in rulebook.rules:
        for step in rule.steps:
            if step.across_services:
                phases += [[step.kernel], []]
            else:
                phases[-1].append(step.kernel)
        phases[-1] += [_added(one, rulebook) for one in rule.adds]
    return [phase for phase in phases if phase]


def week_source(phases: list[list[Step]]) -> tuple[str, dict[str, Step]]:
    """Return the source of a week of steps, and the steps by their names in it."""
    lines, steps = ["def in_turn(world, now):"], cast("dict[str, Step]", {})
    for phase in phases:
        lines += ["    for service in range(world.services.size):"]
        lines += ["        rules = now.plan.rules[now.epoch, world.services[service].rule_class]"]
        for step in phase:
            name = f"step_{len(steps)}_{step.__name__}"
            steps[name] = step
            lines += [f"        {name}(world, rules, service, now)"]
    return "\n".join([*lines, "    return None"]), steps


def _composed(phases: list[list[Step]]) -> Step:
    source, steps = week_source(phases)
    return inlined_kernel(_written("in_turn", source, dict(steps)))


# --- the engine -------------------------------------------------------------------------------------------------------


class Engine:
    """The compiled week of a rulebook.

    Parameters
    ----------
    rulebook : the rules in their order, and measures of one's own

    Raises
    ------
    InputError : a measure has the name of one of the package's
    """

    def __init__(self, rulebook: Rulebook = RULEBOOK) -> None:
        self.rulebook = rulebook
        if taken := [one.name for one in rulebook.own_measures if one.name in MEASURE_NAMES]:
            raise InputError.single(f"measure {taken[0]}", "a name that is not taken", "one of the package's")
        self._entry_points: dict[Callable[..., Any], EntryPoint] = {}

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """What is measured every week, in the order of the table: the package's measures, then one's own."""
        return (*MEASURES, *self.rulebook.own_measures)

    @cached_property
    def measure_names(self) -> tuple[str, ...]:
        """The names of the measures, in the order of the table."""
        return tuple(measure.name for measure in self.measures)

    def with_forms(self, forms: Mapping[str, str]) -> Engine:
        """Return the engine of the same rules with formulas in other forms; this one where none differs.

        Raises
        ------
        InputError : there is no such formula, or no such form of it
        """
        rulebook = self.rulebook.with_forms(forms)
        return self if rulebook is self.rulebook else engine_of(rulebook)

    def __reduce__(self) -> tuple[Callable[[Rulebook], Engine], tuple[Rulebook]]:
        """Return how another process makes the same engine: from its rulebook."""
        return engine_of, (self.rulebook,)

    @cached_property
    def _exchanged(self) -> dict[Step, Step]:
        starts = [rule.start for rule in self.rulebook.rules if rule.start is not None]
        return {
            **self.rulebook.exchanged,
            **recorder_of(self.measures, _written),
            every_rule: _composed(_phases(self.rulebook)),
            every_start: _composed([starts] if starts else []),
        }

    @cached_property
    def _steps(self) -> tuple[Step, ...]:
        return tuple(step.kernel for rule in self.rulebook.rules for step in rule.steps)

    def entry_point(self, function: Callable[..., Any] | EntryPoint) -> EntryPoint:
        """Return a kernel, compiled with the rules of this engine wherever it calls :func:`live_weeks` or a formula."""
        own = function.function if isinstance(function, EntryPoint) else function
        return self._entry_points.setdefault(own, EntryPoint(own, self._exchanged, self.rulebook.key, self._steps))

    @cached_property
    def run_weeks(self) -> EntryPoint:
        """Run weeks and record each; called as :func:`live_weeks` is."""
        return self.entry_point(live_weeks)

    def initialise(self, world: World, plan: Plan, key: Any) -> None:
        """Set the state at the start of the burn-in; nothing is left of what a world has lived through before."""
        set_initial_values(world, plan, self.rulebook)
        self.entry_point(begin)(world, plan, key)

    def interpreted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a kernel as plain Python, with the formulas of this engine."""
        made: Callable[..., Any] = bound(function, self._exchanged)
        return made


ENGINE = Engine()
"""The engine of the rules of the package in their usual forms, shared by all that run them."""

run_weeks = ENGINE.run_weeks
initialise = ENGINE.initialise

_lock = threading.Lock()
_engines: dict[tuple[str, tuple[RuleFile, ...]], Engine] = {("", ()): ENGINE}


def engine_of(rulebook: Rulebook) -> Engine:
    """Return the engine of a rulebook: one for all that ask in this process, as it takes seconds to compile."""
    with _lock:
        return _engines.setdefault((rulebook.key, rulebook.files), Engine(rulebook))


def engine_with(*own: Rule | Measure | str | Path, forms: Mapping[str, str] | None = None) -> Engine:
    """Return the engine of the package's rules and measures, and of one's own.

    Parameters
    ----------
    own : rules, measures, or files that declare these and kinds of intervention; what is to run in other processes
        stands in a file, and files come first
    forms : formulas that are computed in another form than the usual one, name -> form

    Raises
    ------
    InputError : a file or a rule is not what it should be, or there is no such form

    Examples
    --------
    >>> engine_with(forms={"collective_voice": "as_their_mean"}).rulebook.forms
    {'collective_voice': 'as_their_mean'}
    """
    rulebook = rulebook_with(*(one for one in own if not isinstance(one, Rule | Measure)))
    rulebook = rulebook.with_rules(*(one for one in own if isinstance(one, Rule)))
    rulebook = rulebook.with_measures(*(one for one in own if isinstance(one, Measure)))
    return engine_of(rulebook.with_forms(forms or {}))
