"""Runs the patterns, one after another, and says of each whether it holds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sim.base.errors import Fault, InputError
from sim.validation import controls, convergence, lasting, limits, mechanisms, settled_culture, shift, switches
from sim.validation.pattern import Pattern, PatternFinding
from sim.validation.pattern_runs import PatternRuns

__all__ = ["PATTERNS", "PatternResult", "Validation", "chosen_patterns", "validate"]

_ALL = (
    *settled_culture.PATTERNS, *shift.PATTERNS, *lasting.PATTERNS, *mechanisms.PATTERNS, *limits.PATTERNS,
    *convergence.PATTERNS, *switches.PATTERNS, *controls.CONTROLS,
)  # fmt: skip
PATTERNS: tuple[Pattern, ...] = tuple(sorted(_ALL, key=lambda one: (one.number, one.kind == "control")))
"""Every pattern by number, each followed by its negative control."""

CALIBRATED = tuple(one for one in PATTERNS if one.kind == "calibrated")
"""The patterns that parameters are searched by. Each can be measured at any parameters and seed::

    runs = PatternRuns(replicates=8, seed=3, world=scenario(parameters={"trait_pull": 0.05}))
    findings = {one.number: one.measure(runs) for one in CALIBRATED}  # readings with tolerances, and a verdict each
"""

FEWEST_REPLICATES = 8


@dataclass(frozen=True, eq=False)
class PatternResult:
    """What came out for one pattern, and how long it took in seconds."""

    pattern: Pattern
    finding: PatternFinding
    seconds: float


@dataclass(frozen=True, eq=False)
class Validation:
    """What came out for all patterns that were run.

    Parameters
    ----------
    outcomes : by number
    replicates, seed : of every scenario
    """

    outcomes: tuple[PatternResult, ...]
    replicates: int
    seed: int

    def count(self, verdict: str) -> int:
        """Return how many patterns have a verdict."""
        return sum(outcome.finding.verdict == verdict for outcome in self.outcomes)


def chosen_patterns(numbers: Iterable[int] = ()) -> tuple[Pattern, ...]:
    """Return the patterns of some numbers, with their controls; all if none is named.

    Raises
    ------
    InputError : there is no pattern of a number
    """
    wanted = set(numbers)
    known = {one.number for one in PATTERNS}
    unknown = sorted(wanted - known)
    if unknown:
        span = f"the number of a pattern, {min(known)} to {max(known)}"
        raise InputError([Fault("--pattern", span, str(number)) for number in unknown])
    return tuple(one for one in PATTERNS if not wanted or one.number in wanted)


def validate(
    numbers: Iterable[int] = (),
    replicates: int = 40,
    seed: int = 1,
    *,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
    begin: Callable[[Pattern], None] | None = None,
) -> Validation:
    """Measure patterns.

    Parameters
    ----------
    numbers : of the patterns; all if there are none
    replicates : runs of every scenario, 8 or more
    seed : of all runs
    threads : how many runs at once; as many as there are processors if left out
    progress : called with 1 after each run
    begin : called with each pattern before it is measured

    Raises
    ------
    InputError : there is no pattern of a number, or replicates are too few
    """
    patterns = chosen_patterns(numbers)
    if replicates < FEWEST_REPLICATES:
        raise InputError.single("--replicates", f"{FEWEST_REPLICATES} runs or more", replicates, "40 are usual")
    runs = PatternRuns(replicates, seed, threads, progress)
    outcomes = []
    for one in patterns:
        if begin is not None:
            begin(one)
        started = time.perf_counter()
        finding = one.measure(runs)
        outcomes.append(PatternResult(one, finding, time.perf_counter() - started))
    return Validation(tuple(outcomes), replicates, seed)
