"""What a rule of the week declares about itself: plain data that everything else is made from.

A rule is one file (see ``sim/rules``). It declares its parameters, its columns, the streams of chance it draws
from, what it reads and writes, the kernels that do it, and its equation; from a tuple of rules follow the state, the
order of the week, the parameter table, the levers, the documentation and the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = [
    "EACH", "RATE", "SHARE", "UNIT", "Column", "Form", "Formula", "Grade", "Group", "Increment", "Lever",
    "ParameterDeclaration", "Rule", "Step", "Stream", "count", "parameter", "reference", "share",
]  # fmt: skip

Grade = Literal["measured", "published", "judgement", "calibrated", "assumption"]
"""How well a value is known, from best to least: measured in the field, taken from a published model, the judgement
of people who know the setting, found by calibration to the patterns, or assumed."""

Group = Literal["staff", "teams", "seniors", "pairs", "services"]
"""Whose columns: a row for each seat, each team and its leader, each senior leader, each pair of them, each service."""

Kernel = Callable[..., Any]

UNIT = (0.0, 1.0)
RATE = "per week"
EACH = "per event"
SHARE = "0 to 1"


@dataclass(frozen=True)
class ParameterDeclaration:
    """All that is declared about one parameter.

    Parameters
    ----------
    name, symbol : its name in code and files; its symbol in the equations
    default : value, in ``unit``
    lowest, highest : what the model accepts, in ``unit``
    plausible : what may be true of a health-care service, (low, high) in ``unit``
    meaning : what it stands for, in a sentence
    group : the part of the model that it belongs to
    grade, source : how well it is known; key of its source in ``docs/evidence.md``
    is_live : whether a change acts on a running model (otherwise it needs a restart)
    is_reference : whether it is a fixed point of an equation or of the start: it can be set in a scenario, but it is no
        lever, and no analysis varies it
    """

    name: str
    symbol: str
    default: float
    unit: str
    lowest: float
    highest: float
    plausible: tuple[float, float]
    meaning: str
    group: str
    grade: Grade
    source: str
    is_live: bool = True
    is_reference: bool = False


def parameter(
    name: str,
    default: float,
    unit: str,
    meaning: str,
    *,
    symbol: str,
    group: str,
    within: tuple[float, float],
    plausible: tuple[float, float],
    grade: Grade,
    source: str,
    live: bool = True,
) -> ParameterDeclaration:
    """Declare a parameter; ``within`` is what the model accepts, ``plausible`` what may be true."""
    low, high = within
    likely = (float(plausible[0]), float(plausible[1]))
    return ParameterDeclaration(
        name, symbol, float(default), unit, float(low), float(high), likely, meaning, group, grade, source, live
    )


def reference(
    name: str,
    default: float,
    unit: str,
    meaning: str,
    *,
    symbol: str,
    group: str,
    within: tuple[float, float],
    grade: Grade = "assumption",
    source: str = "assumed",
) -> ParameterDeclaration:
    """Declare a fixed number of an equation or of the start, which is no lever and which no analysis varies."""
    low, high = within
    fixed = (float(default), float(default))
    return ParameterDeclaration(
        name, symbol, float(default), unit, float(low), float(high), fixed, meaning, group, grade, source, False, True
    )


@dataclass(frozen=True)
class Column:
    """One column of the state.

    Parameters
    ----------
    group, name : whose column, and its name
    meaning, unit : what it holds
    dtype : its type in the record
    lowest, highest : its range
    initial : its value at the start of the burn-in: a number, or the name of the parameter that gives it; None for what
        an organisation or a plan sets
    """

    group: Group
    name: str
    meaning: str
    unit: str = SHARE
    dtype: str = "f8"
    lowest: float = 0.0
    highest: float = 1.0
    initial: float | str | None = 0.0

    @property
    def path(self) -> str:
        """The column as rules name it, ``group.name``."""
        return f"{self.group}.{self.name}"


def share(group: Group, name: str, meaning: str, initial: float | str = 0.0) -> Column:
    """Declare a column of values in [0, 1]."""
    return Column(group, name, meaning, initial=initial)


def count(group: Group, name: str, meaning: str, unit: str, dtype: str = "f8", initial: float = 0.0) -> Column:
    """Declare a column of counts: 0 or more."""
    return Column(group, name, meaning, unit, dtype, 0.0, float("inf"), initial)


@dataclass(frozen=True)
class Stream:
    """A decision that chance takes part in.

    Parameters
    ----------
    number : what tells its draws from others'; never used again, even when the stream is gone
    name : its name
    lanes : what each of its four numbers decides
    """

    number: int
    name: str
    lanes: str


@dataclass(frozen=True)
class Lever:
    """Something that interventions add to the rules in force of a service; 0 without any.

    Parameters
    ----------
    name : its name among the rules in force
    meaning, unit : what it does
    dtype : its type in the record
    """

    name: str
    meaning: str
    unit: str = "0 to 1"
    dtype: str = "f8"


@dataclass(frozen=True)
class Step:
    """One thing that a rule does to a service.

    Parameters
    ----------
    kernel : called as kernel(world, rules, service, now)
    across_services : whether it looks at other services: then all of them have come this far before it begins, and none
        goes on before all have done it
    """

    kernel: Kernel
    across_services: bool = False


@dataclass(frozen=True)
class Increment:
    """What a rule adds to a column that is not its own, row by row; the engine keeps it within its bounds.

    Parameters
    ----------
    column : the column, ``group.name``
    kernel : called as kernel(world, rules, service, row, now); returns the change of a row
    most : the change is cut off at -most and +most; the sum then stays in the column's range
    """

    column: str
    kernel: Kernel
    most: float


@dataclass(frozen=True)
class Form:
    """One way to write a formula inside a rule.

    Parameters
    ----------
    name : its name in scenario files
    kernel : the formula
    meaning, equation : in a sentence, and in the symbols of the model description
    source : where it comes from, a key of ``docs/evidence.md``
    has_mean_field : whether the mean field can use it
    """

    name: str
    kernel: Kernel
    meaning: str
    equation: str
    source: str
    has_mean_field: bool = True


@dataclass(frozen=True)
class Formula:
    """A formula inside a rule that can be exchanged for a rival one; the first form is the usual one.

    Parameters
    ----------
    name : its name in scenario files
    meaning : what is computed
    forms : the ways to compute it, with the same arguments
    """

    name: str
    meaning: str
    forms: tuple[Form, ...]


@dataclass(frozen=True, eq=False)
class Rule:
    """A rule of the week, and all that it declares.

    Parameters
    ----------
    name : its name; for a rule of the package, that of its file
    title, summary : what it is called, and what happens, in a line
    equation : its equations, for the model description, in Markdown
    steps : what it does to each service, in this order
    parameters, columns, streams, levers : what it owns; it may read those of others
    reads, writes : columns that its steps read and write, as ``group.name``
    formulas : formulas that can be exchanged
    adds : what it adds to columns of other rules
    start : called before the first week as start(world, rules, service, now), for what is drawn by chance
    off : values of parameters, levers or arrays of the plan at which it does nothing
    still : columns that then keep their values, among those that it writes; all of them if left out
    after : the rule that it comes after, for a rule from outside the package; at the end of the week if left out
    has_mean_field : whether the mean field has a counterpart; without one, its answers are refused
    """

    name: str
    title: str
    summary: str
    equation: str
    steps: tuple[Step, ...] = ()
    parameters: tuple[ParameterDeclaration, ...] = ()
    columns: tuple[Column, ...] = ()
    streams: tuple[Stream, ...] = ()
    levers: tuple[Lever, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    formulas: tuple[Formula, ...] = ()
    adds: tuple[Increment, ...] = ()
    start: Kernel | None = None
    off: Mapping[str, float] = field(default_factory=dict)
    still: tuple[str, ...] | None = None
    after: str = ""
    has_mean_field: bool = False
