"""What a pattern is: a claim about what the model must show, a tolerance fixed in advance, and how it is measured."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.results.measures import Interval
from sim.validation.pattern_runs import PatternRuns

__all__ = [
    "KINDS",
    "Contour",
    "Kind",
    "Line",
    "Pattern",
    "PatternFinding",
    "PatternPicture",
    "PatternVerdict",
    "Reading",
    "pattern",
    "reading",
    "report_only",
]  # fmt: skip

Kind = Literal["calibrated", "built in", "verified", "limit", "control"]
KINDS: dict[Kind, str] = {
    "calibrated": "it stood in the loss when the numbers were searched for",
    "built in": "a rule was put in so that this can arise; its size was not fitted, or only to a bound",
    "verified": "neither: nothing was chosen with it in view",
    "limit": "a limiting case with a known answer",
    "control": "without the mechanism that is said to explain a pattern, the pattern must go",
}
"""The kinds of pattern, and what they are."""

PatternVerdict = Literal["holds", "fails", "measured"]


@dataclass(frozen=True)
class Reading:
    """One number that a pattern is judged by, or that is only reported.

    Parameters
    ----------
    name : what it is
    value : estimate with its 95 % interval
    low, high : the tolerance, ends included; the estimate must lie within it
    is_judged : whether the verdict rests on it
    """

    name: str
    value: Interval
    low: float = -math.inf
    high: float = math.inf
    is_judged: bool = True

    @property
    def holds(self) -> bool:
        """Whether the estimate lies within the tolerance."""
        return bool(self.low <= self.value.estimate <= self.high)


def reading(name: str, value: Interval | float, low: float = -math.inf, high: float = math.inf) -> Reading:
    """Return a reading that counts for the verdict."""
    return Reading(name, _as_interval(value), low, high)


def report_only(name: str, value: Interval | float) -> Reading:
    """Return a reading that is reported and does not count for the verdict."""
    return Reading(name, _as_interval(value), is_judged=False)


def _as_interval(value: Interval | float) -> Interval:
    return value if isinstance(value, Interval) else Interval(float(value), math.nan, math.nan, 1)


@dataclass(frozen=True, eq=False)
class Line:
    """A line of a picture; where ``low`` and ``high`` are given, with its band."""

    label: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    low: NDArray[np.float64] | None = None
    high: NDArray[np.float64] | None = None
    has_points: bool = False
    is_quiet: bool = False


@dataclass(frozen=True, eq=False)
class Contour:
    """A line on a map, through points."""

    label: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PatternPicture:
    """What to draw for a pattern: lines, or a map with contours.

    Parameters
    ----------
    title, x_label, y_label : words
    lines : lines over ``x``
    levels : horizontal lines at a value, with a label
    x, y, values : a map, ``values`` [n_y, n_x] from 0 to 1
    contours : lines on the map
    """

    title: str
    x_label: str
    y_label: str
    lines: tuple[Line, ...] = ()
    levels: tuple[tuple[str, float], ...] = ()
    x: NDArray[np.float64] | None = None
    y: NDArray[np.float64] | None = None
    values: NDArray[np.float64] | None = None
    value_label: str = ""
    contours: tuple[Contour, ...] = ()


@dataclass(frozen=True, eq=False)
class PatternFinding:
    """What came out of measuring a pattern.

    Parameters
    ----------
    readings : numbers, in the order to be read
    pictures : what to draw
    note : what else was seen, in sentences
    """

    readings: tuple[Reading, ...]
    pictures: tuple[PatternPicture, ...] = ()
    note: str = ""

    @property
    def verdict(self) -> PatternVerdict:
        """Whether all readings that are judged hold; "measured" where none is judged."""
        judged = [one for one in self.readings if one.is_judged]
        if not judged:
            return "measured"
        return "holds" if all(one.holds for one in judged) else "fails"


Measure = Callable[[PatternRuns], PatternFinding]


@dataclass(frozen=True)
class Pattern:
    """A pattern that the model must show.

    Parameters
    ----------
    number : its number; a negative control has the number of the pattern that it must destroy
    kind : see :data:`KINDS`
    claim : what must come out, in a sentence
    tolerance : how near, in words, fixed before anybody looked
    evidence : keys of sources in ``docs/evidence.md``
    meaning : what it says about the model, in a sentence
    if_it_fails : why it fails, where it is known to
    measure : runs the model and returns what came out
    """

    number: int
    kind: Kind
    claim: str
    tolerance: str
    evidence: tuple[str, ...]
    meaning: str
    measure: Measure = field(repr=False)
    if_it_fails: str = ""

    @property
    def label(self) -> str:
        """How it is called in tables."""
        return f"control of {self.number}" if self.kind == "control" else str(self.number)


def pattern(
    number: int,
    kind: Kind,
    claim: str,
    *,
    tolerance: str,
    evidence: tuple[str, ...],
    meaning: str,
    if_it_fails: str = "",
) -> Callable[[Measure], Pattern]:
    """Declare a pattern over the function that measures it."""

    def declare(measure: Measure) -> Pattern:
        return Pattern(number, kind, claim, tolerance, evidence, meaning, measure, if_it_fails)

    return declare
