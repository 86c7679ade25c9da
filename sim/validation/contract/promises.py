"""What every rule promises, each promise with what judges whether it is kept.

A promise is a function that yields a fault for each thing that breaks it; :data:`PROMISES` is the contract.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import Fault, nearest_name
from sim.base.rule import Increment
from sim.engine.plan import Plan, build_plan
from sim.engine.state import World, allocate, copy_world, out_of_range
from sim.engine.ties import build_ties
from sim.engine.week import ENGINE, Engine
from sim.validation.contract import plain_engine
from sim.validation.contract.trial import OPPORTUNITIES, Trial, TrialWorld, rows_of_service, with_garbage
from sim.validation.contract.worlds import (
    Case,
    changed,
    columns,
    random_case,
    random_organisation,
    random_parameters,
    random_timeline,
    scramble,
)

__all__ = ["PROMISES", "Promise", "faults_of"]

Array = NDArray[Any]
Judge = Callable[[Trial], Iterator[Fault]]

WEEKS_TOGETHER = 6
"""Weeks of whole worlds that are compared."""

SEEDS_TOGETHER = (3, 5)
_TOLERANCE = 1e-12
_KEPT_FOR_OTHERS = ("opportunity_draws", "susceptibility", "susceptibility_of")
"""Parts of the scratch room that rules find there as others left them."""


@dataclass(frozen=True)
class Promise:
    """One thing that every rule promises.

    Parameters
    ----------
    name : what is promised, in a few words
    judge : yields a fault for each thing that breaks it
    needs_compiler : whether the week is compiled to find out
    """

    name: str
    judge: Judge
    needs_compiler: bool = False


def faults_of(trial: Trial, with_compiler: bool = True) -> dict[Promise, list[Fault]]:
    """Hold a rule to every promise, and return what breaks each.

    A rule that cannot even be run is told where it stops, and nothing else is asked of it. It is compiled only if it
    keeps all other promises.
    """
    first, *others = PROMISES
    found = {first: list(first.judge(trial))}
    if found[first]:
        return found
    for promise in others:
        if not promise.needs_compiler or (with_compiler and not any(found.values())):
            found[promise] = list(promise.judge(trial))
    return found


# --- it can be run ----------------------------------------------------------------------------------------------------


def runs_in_any_organisation(trial: Trial) -> Iterator[Fault]:
    """Do everything that the rule declares once in each world."""
    told: set[Fault] = set()
    for setting in [*trial.settings, *trial.settings_at_the_ends]:
        try:
            trial.run_everything(setting.copy())
        except Exception as error:
            told.add(_stopped(trial, error))
    yield from sorted(told, key=str)


def _stopped(trial: Trial, error: Exception) -> Fault:
    codes = {kernel.__code__.co_filename for kernel in trial.kernels}
    return Fault(
        f"rule {trial.rule.name}{_line_in(codes, error.__traceback__)}",
        "kernels that run in every organisation (teams of one, one senior leader, several services)",
        f"{type(error).__name__}: {error}",
        _hint_for(error, trial),
    )


def _line_in(codes: set[str], trace: TracebackType | None) -> str:
    lines = [frame.lineno for frame in traceback.extract_tb(trace) if frame.filename in codes]
    return f", line {lines[-1]}" if lines else ""


def _hint_for(error: Exception, trial: Trial) -> str:
    if isinstance(error, AttributeError) and error.name:
        book = trial.rulebook
        columns_of_all = (name for named in book.columns.values() for name in named)
        return nearest_name(error.name, [*book.parameters, *book.levers, *columns_of_all])
    if isinstance(error, NameError) and error.name:
        return "what a kernel needs is imported or declared at the top of the file"
    return ""


# --- it touches what it declares --------------------------------------------------------------------------------------


def writes_only_what_it_declares(trial: Trial) -> Iterator[Fault]:
    """Compare all columns before and after; what it adds is returned, and not written."""
    rule, own = trial.rule, {column.path for column in trial.rule.columns}
    for name in sorted(_seen_changing(trial) - set(rule.writes)):
        hint = 'add it to "writes"' if name in own else 'return the change from a kernel under "adds": Increment(...)'
        yield Fault(f"rule {rule.name}: writes", "only declared columns to change", f'"{name}" changed', hint)
    for one in rule.adds:
        seen: set[str] = set()
        for setting in trial.settings:
            looked_at = setting.copy()
            trial.change(one, looked_at)
            seen |= changed(trial.columns(setting), trial.columns(looked_at))
        for name in sorted(seen):
            yield Fault(f"rule {rule.name}: adds to {one.column}", "a kernel that returns a change and writes nothing",
                        f'"{name}" changed', "write it in a step")  # fmt: skip


def writes_all_that_it_declares(trial: Trial) -> Iterator[Fault]:
    """Whatever it says that it writes changes at some time."""
    for name in sorted(set(trial.rule.writes) - _seen_changing(trial)):
        yield Fault(f"rule {trial.rule.name}: writes", f'"{name}" to change in some world, as it is declared',
                    "no change", 'take it out of "writes", or see why it never changes')  # fmt: skip


def _seen_changing(trial: Trial) -> set[str]:
    seen: set[str] = set()
    for setting in trial.settings:
        seen |= changed(trial.columns(setting), trial.after(setting))
    return seen


def writes_in_its_own_service(trial: Trial) -> Iterator[Fault]:
    """A step that is done for a service changes rows of that service alone."""
    told: set[tuple[str, str]] = set()
    for setting in trial.settings:
        own = setting.copy()
        for step in trial.rule.steps:
            for service in own.services:
                before = trial.columns(own)
                trial.run_step(step.kernel, own, service)
                after = trial.columns(own)
                for name in sorted(changed(before, after)):
                    rows = set(np.flatnonzero(before[name] != after[name]).tolist())
                    outside = rows - set(rows_of_service(own.world, name.split(".")[0], service))
                    if outside and (step.kernel.__name__, name) not in told:
                        told.add((step.kernel.__name__, name))
                        yield Fault(
                            f"rule {trial.rule.name}: step {step.kernel.__name__}",
                            f"rows of the service that it is called for (service {service})",
                            f'"{name}" changed in row {min(outside)}',
                            "run from here.first_seat to here.last_seat, or the like",
                        )


def leaves_what_others_need(trial: Trial) -> Iterator[Fault]:
    """Keys of chance, draws that others use, rules in force, plan and ties are as they were: so chance stays paired."""
    told: set[str] = set()
    for setting in trial.settings:
        own = setting.copy()
        before = _what_others_need(trial, own)
        for step in trial.rule.steps:
            for service in own.services:
                trial.run_step(step.kernel, own, service)
        for one in trial.rule.adds:
            trial.change(one, own)
        after = _what_others_need(trial, own)
        if OPPORTUNITIES in trial.rule.reads:  # drawn here, in the place of the rule that draws them
            before.pop(OPPORTUNITIES, None)
        for name in before:
            if before[name] != after[name] and name not in told:
                told.add(name)
                yield Fault(
                    f"rule {trial.rule.name}",
                    f"{name} as other rules need it, so that nobody else's chance events move", "it was changed",
                    "write into columns of its own; room to work in is world.scratch.by_seat",
                )  # fmt: skip
        # The arrays are shared by all copies of a setting.
        _put_back(trial, own, before)


def _needed_arrays(trial: Trial, setting: TrialWorld) -> dict[str, Array]:
    scratch = setting.world.scratch
    kept = _KEPT_FOR_OTHERS if trial.is_own else ()
    plan = {
        f"now.plan.{name}": part for name, part in setting.now.plan._asdict().items() if isinstance(part, np.ndarray)
    }
    ties = {f"world.ties.{name}": part for name, part in setting.world.ties._asdict().items()}
    rest = {f"scratch.{name}": getattr(scratch, name) for name in kept}
    return {"now.key": setting.now.key, "rules": setting.rules, **plan, **ties, **rest}


def _what_others_need(trial: Trial, setting: TrialWorld) -> dict[str, bytes]:
    return {name: part.tobytes() for name, part in _needed_arrays(trial, setting).items()}


def _put_back(trial: Trial, setting: TrialWorld, before: dict[str, bytes]) -> None:
    for name, part in _needed_arrays(trial, setting).items():
        if name in before and part.tobytes() != before[name]:
            part[...] = np.frombuffer(before[name], part.dtype).reshape(part.shape)


def reads_only_what_it_declares(trial: Trial) -> Iterator[Fault]:
    """Whatever the other columns hold, it does the same: in each row, the same value, or nothing at all."""
    not_read = trial.owned - set(trial.rule.reads)
    culprits: set[str] = set()
    for setting in trial.settings:
        if _matters(trial, setting, not_read - culprits):
            culprits |= {name for name in not_read - culprits if _matters(trial, setting, {name})}
    for name in sorted(culprits):
        yield Fault(
            f"rule {trial.rule.name}: reads",
            "only declared columns to matter",
            f'"{name}" matters',
            'add it to "reads"',
        )


def reads_all_that_it_declares(trial: Trial) -> Iterator[Fault]:
    """Whatever it says that it reads matters at some time."""
    for name in trial.rule.reads:
        if name != OPPORTUNITIES and not any(_matters(trial, setting, {name}) for setting in trial.settings):
            yield Fault(f"rule {trial.rule.name}: reads", f'"{name}" to matter in some world, as it is declared',
                        "no difference", 'take it out of "reads", or see why it never matters')  # fmt: skip


def _matters(trial: Trial, setting: TrialWorld, names: set[str]) -> bool:
    """Tell whether what a rule writes or adds depends on what these columns hold."""
    other = setting.copy()
    scramble(other.world, np.random.default_rng(99), names, trial.rulebook)
    for one in trial.rule.adds:
        if trial.change(one, setting).tobytes() != trial.change(one, other).tobytes():
            return True
    before, expected = trial.columns(other), trial.after(setting)
    trial.run(other)
    for name, values in trial.columns(other).items():
        is_same = values == expected[name]
        if name in names:  # rows that the rule leaves alone keep what they were given
            is_same |= values == before[name]
        if not is_same.all():
            return True
    return False


# --- it adds in bounds, and keeps ranges ------------------------------------------------------------------------------


def adds_numbers(trial: Trial) -> Iterator[Fault]:
    """What it adds to others' columns is a number in every row, and not nothing everywhere; the engine cuts it off."""
    for one in trial.rule.adds:
        where = f"rule {trial.rule.name}: adds to {one.column}"
        usual = [_change_after_steps(trial, one, setting) for setting in trial.settings]
        extreme = [_change_after_steps(trial, one, setting) for setting in trial.settings_at_the_ends]
        wrong = [change[~np.isfinite(change)] for change in (*usual, *extreme)]
        if any(len(values) for values in wrong):
            came = next(f"{values[0]}" for values in wrong if len(values))
            yield Fault(
                where, f"a finite change of each row, kept within {one.most:g}", came, "divide by nothing that can be 0"
            )
        elif not any(change.any() for change in usual):
            yield Fault(where, "a change in some world, as it is declared", "0 in every row", 'take it out of "adds"')


def _change_after_steps(trial: Trial, one: Increment, setting: TrialWorld) -> Array:
    own = setting.copy()
    trial.run(own)
    return trial.change(one, own)


def keeps_ranges(trial: Trial) -> Iterator[Fault]:
    """Every column stays in its range, at the ends of all parameters as well."""
    told: set[str] = set()
    for setting in [*trial.settings, *trial.settings_at_the_ends]:
        own = setting.copy()
        trial.run(own)
        for fault in out_of_range(own.world, trial.rulebook):
            path = fault.where.partition("[")[0]
            if path not in told:
                told.add(path)
                hint = "keep it in its range, with clip(...) or min and max"
                yield replace(fault, where=f"rule {trial.rule.name}: {fault.where}", hint=hint)


# --- it does the same again -------------------------------------------------------------------------------------------


def does_the_same_again(trial: Trial) -> Iterator[Fault]:
    """The same world gives the same bits, whatever others left in the room to work in."""
    where = f"rule {trial.rule.name}"
    hints = {
        "": "chance is looked up: uniforms(now.key, STREAM, now.week, seat)",
        " after other rules have worked": "fill what it uses of world.scratch before it reads it",
        " when services are taken from the last to the first": "mark the step Step(..., across_services=True)",
    }
    different: dict[str, str] = {}
    for setting in trial.settings:
        expected = _done(trial, setting)
        found = {
            "": _done(trial, setting),
            " after other rules have worked": _done(trial, with_garbage(setting)),
            " when services are taken from the last to the first": _done(trial, setting, reverse=True),
        }
        for when, outcome in found.items():
            names = changed(expected, outcome)
            if names and when not in different:
                different[when] = min(names)
    for when, name in different.items():
        yield Fault(where, f"the same bits{when or ' from the same world'}", f'another "{name}"', hints[when])


def _done(trial: Trial, setting: TrialWorld, reverse: bool = False) -> dict[str, Array]:
    """Return what a rule leaves in all columns, and what it adds to others'."""
    own = setting.copy()
    trial.run(own, reversed(own.services) if reverse else None)
    return {**trial.columns(own), **{f"+ {one.column}": trial.change(one, own) for one in trial.rule.adds}}


def does_nothing_when_off(trial: Trial) -> Iterator[Fault]:
    """At the values of ``off`` no bit changes of what it writes and of what it adds to."""
    rule = trial.rule
    if not rule.off and (rule.still is None or rule.still or rule.adds):
        yield Fault(f"rule {rule.name}: off", "values of parameters at which it does nothing", "none",
                    'give a rate that can be 0: off={"my_rate": 0}')  # fmt: skip
        return
    known = [*trial.rulebook.parameters, *trial.rulebook.levers, *Plan._fields]
    unknown = [name for name in rule.off if name not in known]
    for name in unknown:
        yield Fault(
            f"rule {rule.name}: off", "the name of a parameter or lever", f'"{name}"', nearest_name(name, known)
        )
    if unknown:
        return
    still = set(rule.writes) if rule.still is None else set(rule.still)
    moved: set[str] = set()
    for setting in trial.settings:
        off = trial.switched_off(setting)
        moved |= changed(trial.columns(off), trial.after(off)) & still
        moved |= {one.column for one in rule.adds if _change_after_steps(trial, one, off).any()}
    at = ", ".join(f"{name} = {value:g}" for name, value in rule.off.items())
    for name in sorted(moved):
        yield Fault(f"rule {rule.name}: off", f"every bit as it was at {at}", f'"{name}" changed',
                    "multiply what it does by its rate")  # fmt: skip


def draws_from_its_own_streams(trial: Trial) -> Iterator[Fault]:
    """It looks at its own chance, of this week and of the rows of its service, and at all of it."""
    rule = trial.rule
    listening, heard = trial.overheard()
    for setting in listening.settings:
        listening.run_everything(setting.copy())
    own_numbers = {stream.number: stream.name for stream in rule.streams}
    by_number = {stream.number: stream.name for stream in trial.rulebook.streams.values()}
    where = f"rule {rule.name}: streams"
    for number in sorted({draw.stream for draw in heard} - own_numbers.keys()):
        whose = f"stream {number}" + (f" ({by_number[number]}, of another rule)" if number in by_number else "")
        yield Fault(
            where, "draws from its own streams alone", whose, "declare a Stream of its own, with a number of its own"
        )
    for number in sorted(own_numbers.keys() - {draw.stream for draw in heard}):
        yield Fault(where, f"a draw from {own_numbers[number]}, as it is declared", "none", 'take it out of "streams"')
    weeks = {draw.week for draw in heard} - {int(setting.now.week) for setting in listening.settings}
    if weeks:
        yield Fault(where, "draws of the week that it is (now.week)", f"draws of week {min(weeks)}",
                    "the same draw in two weeks is the same chance event")  # fmt: skip


# --- whole weeks ------------------------------------------------------------------------------------------------------


def leaves_the_week_when_off(trial: Trial) -> Iterator[Fault]:
    """Whole weeks of a world without the rule, and with it switched off, are equal bit by bit."""
    if not trial.is_own:
        return
    for seed in SEEDS_TOGETHER:
        without, plan = _world_of(seed, ENGINE)
        off, own_plan = _world_of(seed, trial.engine)
        for name, value in trial.rule.off.items():
            for one in (plan, own_plan):
                if name in (one.rules.dtype.names or ()):
                    one.rules[name] = value
        for case, its, engine in ((without, plan, ENGINE), (off, own_plan, trial.engine)):
            plain_engine.run_weeks(case.world, its, case.key, its.first_week, WEEKS_TOGETHER, engine)
        different = changed(columns(without.world), columns(off.world, trial.rulebook))
        if different:
            at = ", ".join(f"{name} = {value:g}" for name, value in trial.rule.off.items())
            yield Fault(f"rule {trial.rule.name}: off", f"the same weeks at {at} as without the rule, bit by bit",
                        f'another "{min(different)}"', "multiply what it does by its rate")  # fmt: skip
            return


def _world_of(seed: int, engine: Engine) -> tuple[Case, Plan]:
    """Return a random world of an engine that differs from that of another one in the engine's own columns alone."""
    rng = np.random.default_rng(seed)
    organisation, parameters = random_organisation(rng), [random_parameters(rng)]
    timeline = random_timeline(rng, organisation, WEEKS_TOGETHER)
    plan, audiences = build_plan(organisation, parameters, timeline, WEEKS_TOGETHER, 0, engine.rulebook)
    world = allocate(organisation, build_ties(organisation, audiences.committees), audiences, engine.rulebook)
    key = random_case(seed).key
    plain_engine.initialise(world, plan, key, engine)
    return Case(organisation, plan, world, key), plan


def compiles_to_the_same(trial: Trial) -> Iterator[Fault]:
    """The compiled week does what the same functions do as Python."""
    case, plan = _world_of(SEEDS_TOGETHER[0], trial.engine)
    as_python = copy_world(case.world)
    plain_engine.run_weeks(as_python, plan, case.key, 0, WEEKS_TOGETHER, trial.engine)
    try:
        trial.engine.run_weeks(case.world, plan, case.key, 0, WEEKS_TOGETHER, np.zeros((0, 1, 1)))
    except Exception as error:
        yield Fault(f"rule {trial.rule.name}", "kernels that numba can compile", _first_words(error),
                    "numbers, loops and branches compile; text, sets and most of Python do not")  # fmt: skip
        return
    for name in _apart(case.world, as_python, trial):
        yield Fault(f"rule {trial.rule.name}", "a compiled week that does what the same code does as Python",
                    f'another "{name}"', "look for too large whole numbers, or rows outside an array")  # fmt: skip


def _apart(one: World, other: World, trial: Trial) -> list[str]:
    found, expected = columns(one, trial.rulebook), columns(other, trial.rulebook)
    return [name for name in found if not np.allclose(found[name], expected[name], rtol=0, atol=_TOLERANCE)]


def _first_words(error: Exception) -> str:
    lines = [line.strip() for line in str(error).split("\n") if line.strip()]
    told = [line for line in lines if not line.startswith(("Failed in", "During:", "- "))][:2]
    place = next((line for line in reversed(lines) if line.startswith("File ")), "")
    return f"{type(error).__name__}: {' '.join([*told, place])}".strip()


PROMISES = (
    Promise("it can be run in any organisation", runs_in_any_organisation),
    Promise("it writes only what it declares", writes_only_what_it_declares),
    Promise("it writes all that it declares", writes_all_that_it_declares),
    Promise("it writes in its own service", writes_in_its_own_service),
    Promise("it leaves chance, plan and ties to others as they are", leaves_what_others_need),
    Promise("it reads only what it declares", reads_only_what_it_declares),
    Promise("it reads all that it declares", reads_all_that_it_declares),
    Promise("what it adds is a number in every row", adds_numbers),
    Promise("it keeps every range", keeps_ranges),
    Promise("it does the same again", does_the_same_again),
    Promise("it does nothing when it is off", does_nothing_when_off),
    Promise("it draws from its own streams, of this week", draws_from_its_own_streams),
    Promise("off, it leaves every bit of the week", leaves_the_week_when_off),
    Promise("compiled, it does the same", compiles_to_the_same, needs_compiler=True),
)
"""The contract, in the order in which it is judged."""
