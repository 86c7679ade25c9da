"""Draws of what nobody has measured: values over plausible ranges at which every calibrated pattern holds.

Every parameter that is calibrated, judged or assumed is drawn evenly from its plausible range, all at once; a draw is
kept if all readings of the patterns of kind "calibrated" lie within their tolerances. What is cheap is looked at first:
most draws are gone after a few runs without interventions. The values of draw number *n* depend on the seed and *n*
alone, so a search that was stopped goes on where it was and comes to the same draws.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sim.base.errors import Fault, InputError, nearest_name
from sim.base.files import read_file, write_whole
from sim.results.store.keys import model_version
from sim.rulebook.rulebook import RULEBOOK, Rulebook
from sim.validation.laboratory import Laboratory, scenario
from sim.validation.pattern import Pattern, Reading
from sim.validation.runner import CALIBRATED

__all__ = ["Draw", "Draws", "Look", "Plan", "free_ranges", "make_draws", "read_draws", "values_of"]

Values = dict[str, float]
Ranges = dict[str, tuple[float, float]]

_FREE = ("calibrated", "judgement", "assumption")
_CHEAPEST_FIRST = (1, 3, 9, 8, 15, 12, 10, 13, 28)
_AT_REST = (1, 3)
_MOST_BYTES = 10_000_000
_SAVED_EVERY = 20

Shares = Annotated[float, Field(allow_inf_nan=False)]


def free_ranges(rulebook: Rulebook = RULEBOOK) -> Ranges:
    """Return the plausible range of every parameter that is calibrated, judged or assumed, by name.

    Examples
    --------
    >>> free_ranges()["purpose_holds"], "staff_turnover" in free_ranges()
    ((0.0, 1.0), False)
    """
    return {
        name: one.plausible
        for name, one in rulebook.parameters.items()
        if one.grade in _FREE and not one.is_reference
    }  # fmt: skip


def values_of(number: int, seed: int, ranges: Ranges) -> Values:
    """Return the values of a draw; they depend on its number and the seed alone."""
    low, high = np.array(list(ranges.values())).T
    unit = np.random.default_rng((seed, number)).random(len(ranges))
    return dict(zip(ranges, (low + (high - low) * unit).tolist(), strict=True))


@dataclass(frozen=True)
class Look:
    """One look at a draw.

    Parameters
    ----------
    replicates : runs of each scenario, as :class:`Laboratory` counts them
    numbers : patterns, in the order in which they are measured
    is_last : whether estimates must lie within the tolerances; before, a draw goes only if a 95 % interval lies outside
    """

    replicates: int
    numbers: tuple[int, ...]
    is_last: bool = False


LOOKS = (Look(4, _AT_REST), Look(8, _CHEAPEST_FIRST), Look(40, _CHEAPEST_FIRST, is_last=True))
"""A few runs at rest, a few of everything, then as many as the patterns are judged by."""


class Draw(BaseModel):
    """A draw that was kept: its number, and its values by parameter."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    number: int = Field(ge=0)
    values: dict[str, Shares]


class Plan(BaseModel):
    """What decides the draws: nothing else does.

    Parameters
    ----------
    seed : of the draws, and of the runs that they are judged by
    model : version of the model
    ranges : the parameters that are drawn, and from where
    looks : each with its replicates and patterns
    tolerances : of each pattern, in its words
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    seed: int = Field(ge=0, lt=2**31)
    model: str
    ranges: dict[str, tuple[Shares, Shares]]
    looks: tuple[tuple[int, tuple[int, ...]], ...]
    tolerances: dict[int, str]

    @classmethod
    def today(cls, seed: int) -> Plan:
        """Return the plan of this version of the model."""
        looks = tuple((look.replicates, look.numbers) for look in LOOKS)
        tolerances = {one.number: one.tolerance for one in CALIBRATED}
        return cls(seed=seed, model=model_version(), ranges=free_ranges(), looks=looks, tolerances=tolerances)


class Draws(BaseModel):
    """Draws that were kept, and what became of the others.

    Parameters
    ----------
    plan : what decides them
    tried : how many were looked at, from number 0 on
    gone : how many went, by the look and the pattern that they failed ("look 1, pattern 3")
    kept : the others
    """

    model_config = ConfigDict(extra="forbid")
    plan: Plan
    tried: int = Field(default=0, ge=0)
    gone: dict[str, int] = Field(default_factory=dict)
    kept: list[Draw] = Field(default_factory=list)

    @property
    def share_kept(self) -> float:
        """Share of the draws looked at that were kept; NaN before the first."""
        return len(self.kept) / self.tried if self.tried else float("nan")


@dataclass(eq=False)
class _Judge:
    """Looks at draws."""

    seed: int
    threads: int | None = None
    patterns: dict[int, Pattern] = field(default_factory=lambda: {one.number: one for one in CALIBRATED})

    def fails(self, values: Values) -> str | None:
        """Return at which look which pattern fails with some values; None if none does."""
        for place, look in enumerate(LOOKS, start=1):
            lab = Laboratory(look.replicates, self.seed, self.threads, world=scenario(parameters=values))
            for number in look.numbers:
                readings = self.patterns[number].measure(lab).readings
                if any(_is_out(one, look.is_last) for one in readings if one.is_judged):
                    return f"look {place}, pattern {number}"
        return None


def _is_out(one: Reading, is_last: bool) -> bool:
    """Return whether a reading speaks against a draw; before the last look only if its whole interval does."""
    if is_last:
        return not one.holds
    return bool(one.value.high < one.low or one.value.low > one.high)


def make_draws(
    path: Path, seed: int = 1, wanted: int = 64, most: int = 10_000_000, threads: int | None = None
) -> Iterator[Draws]:
    """Look at draws until enough are kept, or go on with a file; yield what there is after each time it is written.

    Parameters
    ----------
    path : the file, written whole each time
    seed : of draws and runs
    wanted : draws to keep
    most : draws to look at, in all
    threads : runs at once; as many as there are processors if left out

    Raises
    ------
    InputError : the file holds draws of another plan, or is damaged
    OutputError : it cannot be written
    """
    plan = Plan.today(seed)
    draws = read_draws(path) if path.exists() else Draws(plan=plan)
    if draws.plan != plan:
        hint = "name another file; this one stays as it is"
        raise InputError.single(path.name, "draws of the same seed, model, ranges and patterns", "others", hint)
    judge = _Judge(seed, threads)
    while len(draws.kept) < wanted and draws.tried < most:
        values = values_of(draws.tried, seed, plan.ranges)
        failed = judge.fails(values)
        if failed is None:
            draws.kept.append(Draw(number=draws.tried, values=values))
        else:
            draws.gone[failed] = draws.gone.get(failed, 0) + 1
        draws.tried += 1
        if failed is None or draws.tried % _SAVED_EVERY == 0 or draws.tried == most:
            write_whole(path, draws.model_dump_json(indent=1) + "\n")
            yield draws


def read_draws(path: Path) -> Draws:
    """Return the draws of a file.

    Raises
    ------
    InputError : it cannot be read, or is not what it says; all faults are listed
    """
    content = read_file(path, "a file of draws", _MOST_BYTES)
    try:
        draws = Draws.model_validate(json.loads(content))
    except ValidationError as error:
        faults = [
            Fault(f"{path.name}: {_place(one['loc'])}", one["msg"], str(one["input"])[:60]) for one in error.errors()
        ]
        raise InputError(faults) from None
    except (ValueError, RecursionError) as error:
        raise InputError.single(path.name, "JSON", str(error)) from None
    faults = list(_faults_of(draws, path.name))
    if faults:
        raise InputError(faults)
    return draws


def _place(loc: tuple[Any, ...]) -> str:
    return ".".join(map(str, loc)) or "the whole"


def _faults_of(draws: Draws, name: str) -> Iterator[Fault]:
    """Yield what does not fit together in a file of draws."""
    ranges = draws.plan.ranges
    for one in ranges:
        if one not in RULEBOOK.parameters:
            yield Fault(
                f"{name}: plan.ranges", "the name of a parameter", f'"{one}"', nearest_name(one, RULEBOOK.parameters)
            )
    if sum(draws.gone.values()) + len(draws.kept) != draws.tried:
        yield Fault(f"{name}: tried", "as many as went and were kept", str(draws.tried))
    numbers = [draw.number for draw in draws.kept]
    if numbers != sorted(set(numbers)) or any(number >= draws.tried for number in numbers):
        yield Fault(f"{name}: kept", "numbers below those tried, each once, in their order", str(numbers[:10]))
    for draw in draws.kept:
        if ranges and draw.values != values_of(draw.number, draws.plan.seed, ranges):
            yield Fault(f"{name}: draw {draw.number}", "the values that its number and the seed give", "others")
