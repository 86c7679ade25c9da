"""Designs: which points of the space of settings a study visits.

An axis sets one or more settings to a value, or multiplies parameters by it. A design turns axes into points; the same
design gives the same points, always. Latin hypercube and Sobol sequence: :mod:`scipy.stats.qmc`, scrambled from a seed.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from sim.base.errors import Fault, InputError, nearest_name
from sim.base.field_messages import WrongValueError, as_written
from sim.base.files import read_file
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import apply_settings
from sim.rulebook.parameters import rulebook_of

__all__ = [
    "Axis",
    "Design",
    "Grid",
    "LatinHypercube",
    "SobolSequence",
    "TableDesign",
    "apply_point",
    "axes_of",
    "points",
]

MOST_POINTS = 1_000_000
_MOST_STEPS = 10_000
_LARGEST_TABLE = 500_000_000
_LONGEST_SETTING = 200
_RESERVED = frozenset(
    ("case", "scenario", "point", "config", "reference", "support_end_week", "weeks", "cost", "replicate", "week")
)

Settings = Annotated[
    tuple[Annotated[str, Field(max_length=_LONGEST_SETTING)], ...],
    BeforeValidator(lambda value: (value,) if isinstance(value, str) else value),
]


class _DesignPart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Axis(_DesignPart):
    """One direction of a design: what it sets or multiplies, and to which values."""

    name: str = Field("", max_length=60, description="what the axis is called in results; what it sets if left out")
    set: Settings = Field((), max_length=50, description="settings that take the value, as for --set")
    multiply: Settings = Field((), max_length=50, description="parameters that are multiplied by the value")
    values: tuple[float, ...] = Field((), max_length=_MOST_STEPS, description="the values, one by one")
    low: float | None = Field(None, description="lowest value")
    high: float | None = Field(None, description="highest value")
    steps: int = Field(5, ge=2, le=_MOST_STEPS, description="values from lowest to highest, in a grid")
    scale: Literal["linear", "log"] = Field("linear", description="how values lie between lowest and highest")
    whole: bool = Field(False, description="whether values are rounded to whole numbers")

    @model_validator(mode="after")
    def _is_one_thing(self, info: ValidationInfo) -> Self:
        if bool(self.set) == bool(self.multiply):
            raise WrongValueError("", "either set or multiply", "both" if self.set else "neither")
        if bool(self.values) == (self.low is not None or self.high is not None):
            raise WrongValueError("", "either values, or low and high", "both" if self.values else "neither")
        if not self.values and (self.low is None or self.high is None or self.low >= self.high):
            raise WrongValueError("high", f"a number above low ({self.low})", as_written(self.high))
        if self.scale == "log" and self.lowest <= 0:
            raise WrongValueError("low", "a number above 0, as the scale is log", as_written(self.lowest))
        known = rulebook_of(info.context).parameters
        for name in self.multiply:
            if name not in known:
                near = nearest_name(name, known)
                raise WrongValueError("multiply", "names of parameters", as_written(name), near)
        if self.label in _RESERVED or not self.label:
            raise WrongValueError("name", "a name that no column of the results has", as_written(self.label))
        return self

    @property
    def label(self) -> str:
        """Name of the axis in results."""
        return self.name or (self.set or self.multiply)[0]

    @property
    def lowest(self) -> float:
        """Lowest value."""
        return min(self.values) if self.values else float(self.low or 0.0)

    @property
    def highest(self) -> float:
        """Highest value."""
        return max(self.values) if self.values else float(self.high or 0.0)

    def at(self, share: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values that lie at some shares, in [0, 1], of the way from lowest to highest."""
        if self.scale == "log":
            found = self.lowest * (self.highest / self.lowest) ** share
        else:
            found = self.lowest + share * (self.highest - self.lowest)
        found = np.clip(found, self.lowest, self.highest)
        return np.asarray(np.round(found) if self.whole else found, dtype=np.float64)

    def grid(self) -> NDArray[np.float64]:
        """Return the values of a grid."""
        return np.array(self.values) if self.values else np.unique(self.at(np.linspace(0.0, 1.0, self.steps)))


class Grid(_DesignPart):
    """Every value of each axis with every value of the others."""

    kind: Literal["grid"] = "grid"
    axes: tuple[Axis, ...] = Field((), max_length=20, description="the axes; the last one varies fastest")


class LatinHypercube(_DesignPart):
    """Points that fill the space, each axis evenly (McKay, Beckman and Conover 1979)."""

    kind: Literal["latin_hypercube"] = "latin_hypercube"
    axes: tuple[Axis, ...] = Field(min_length=1, max_length=100, description="the axes, with low and high")
    n_points: int = Field(ge=1, le=MOST_POINTS, description="how many points")
    seed: int = Field(1, ge=0, lt=2**32, description="seed of the points")


class SobolSequence(_DesignPart):
    """Points that fill the space most evenly when their number is a power of two (Sobol 1967, Owen scrambling)."""

    kind: Literal["sobol"] = "sobol"
    axes: tuple[Axis, ...] = Field(min_length=1, max_length=100, description="the axes, with low and high")
    n_points: int = Field(ge=1, le=MOST_POINTS, description="how many points; a power of two")
    seed: int = Field(1, ge=0, lt=2**32, description="seed of the points")

    @model_validator(mode="after")
    def _is_balanced(self) -> Self:
        if self.n_points & (self.n_points - 1):
            near = 2 ** round(math.log2(self.n_points))
            came = str(self.n_points)
            raise WrongValueError("n_points", "a power of two, or the sequence is not balanced", came, f"try {near}")
        return self


class TableDesign(_DesignPart):
    """Points that are given: one row each, one column for each setting."""

    kind: Literal["table"] = "table"
    file: str = Field(max_length=1000, description="CSV file, relative to the study file; headings as for --set")


Design = Annotated[Grid | LatinHypercube | SobolSequence | TableDesign, Field(discriminator="kind")]


def axes_of(design: Grid | LatinHypercube | SobolSequence | TableDesign, folder: Path) -> tuple[Axis, ...]:
    """Return the axes of a design; those of a table are its columns.

    Raises
    ------
    InputError : the table has faults
    """
    if not isinstance(design, TableDesign):
        return design.axes
    headings, rows = _read_points(folder / design.file)
    columns = np.array(rows, dtype=np.float64).T
    # The points are in the table; an axis says only between which values they lie.
    return tuple(
        Axis(set=(heading,), values=tuple(np.unique((column.min(), column.max())).tolist()))
        for heading, column in zip(headings, columns, strict=True)
    )


def points(design: Grid | LatinHypercube | SobolSequence | TableDesign, folder: Path) -> NDArray[np.float64]:
    """Return the points of a design, [n_points, n_axes]; one point without axes for an empty grid.

    Examples
    --------
    >>> axis = Axis(set=("staff_turnover",), values=(0.1, 0.2))
    >>> points(Grid(axes=(axis,)), Path()).tolist()
    [[0.1], [0.2]]
    """
    if isinstance(design, TableDesign):
        return np.array(_read_points(folder / design.file)[1], dtype=np.float64)
    if isinstance(design, Grid):
        every = list(product(*(axis.grid().tolist() for axis in design.axes)))
        return np.array(every, dtype=np.float64).reshape(len(every), len(design.axes))
    from scipy.stats import qmc

    rng = np.random.default_rng(design.seed)
    kind = qmc.LatinHypercube if isinstance(design, LatinHypercube) else qmc.Sobol
    share = kind(d=len(design.axes), rng=rng).random(design.n_points)
    return np.column_stack([_between(axis, share[:, place]) for place, axis in enumerate(design.axes)])


def _between(axis: Axis, share: NDArray[np.float64]) -> NDArray[np.float64]:
    if not axis.values:
        return axis.at(share)
    place = np.minimum((share * len(axis.values)).astype(int), len(axis.values) - 1)
    chosen: NDArray[np.float64] = np.array(axis.values, dtype=np.float64)[place]
    return chosen


def apply_point(scenario: Scenario, axes: Sequence[Axis], values: Sequence[float]) -> Scenario:
    """Return a scenario moved to a point of a design.

    Raises
    ------
    InputError : a setting is unknown, or a value is not allowed
    """
    parameters: dict[str, float] = {}
    others: list[str] = []
    for axis, value in zip(axes, values, strict=True):
        for name in axis.multiply:
            parameters[name] = parameters.get(name, getattr(scenario.parameters, name)) * value
        for name in axis.set:
            if name in scenario.rulebook.parameters:
                parameters[name] = value
            else:
                others.append(f"{name}={int(value) if value == int(value) else repr(float(value))}")
    moved = scenario.with_parameters(**parameters) if parameters else scenario
    return apply_settings(moved, others) if others else moved


def _read_points(path: Path) -> tuple[list[str], list[list[float]]]:
    """Return headings and rows of a table of points; all its faults at once."""
    wanted = "a CSV file in UTF-8 with one row for each point"
    try:
        lines = list(csv.reader(io.StringIO(read_file(path, wanted, _LARGEST_TABLE).decode("utf-8-sig"))))
    except UnicodeDecodeError:
        raise InputError.single(str(path), wanted, "other bytes") from None
    except csv.Error as error:
        raise InputError.single(str(path), wanted, f"something else ({error})") from None
    numbered = [(number, line) for number, line in enumerate(lines, start=1) if any(cell.strip() for cell in line)]
    if len(numbered) < len(("headings", "point")):
        raise InputError.single(str(path), "a line of headings and at least one point", f"{len(numbered)} lines")
    headings = [cell.strip() for cell in numbered[0][1]]
    wanted = f"headings that are settings, each once, of at most {_LONGEST_SETTING} characters"
    faults = [
        Fault(f"{path}, line 1", wanted, as_written(heading))
        for place, heading in enumerate(headings)
        if not heading or heading in headings[:place] or heading in _RESERVED or len(heading) > _LONGEST_SETTING
    ]
    rows = []
    for number, line in numbered[1:]:
        rows.append([_cell(path, number, heading, text, faults) for heading, text in zip(headings, line, strict=False)])
        if len(line) != len(headings):
            wanted = f"{len(headings)} cells, as there are headings"
            faults.append(Fault(f"{path}, line {number}", wanted, str(len(line))))
    if faults:
        raise InputError(faults)
    return headings, rows


def _cell(path: Path, line: int, heading: str, text: str, faults: list[Fault]) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        faults.append(Fault(f"{path}, line {line}, column {heading}", "a number", as_written(text)))
    return value
