"""What an answer rests on: how its outcomes range over the draws of what nobody has measured.

Chance gives an answer an interval, which more runs make narrower. What nobody has measured gives it a range, which no
number of runs can. Ranges of shipped scenarios are kept in the package, each under a key of all that decides it: where
any of that has changed, there is none.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, TypeAdapter

from sim.base.files import read_file, write_whole
from sim.inputs.draws import Draws, draws
from sim.inputs.scenario.description import Scenario
from sim.results.ensemble import PairedEnsemble
from sim.results.measures import separate_noise
from sim.results.outcomes import HORIZON_WEEKS, OUTCOMES, PERSISTS_WITHOUT_UPKEEP
from sim.results.store.keys import config_key

__all__ = [
    "HEADLINES",
    "KEPT",
    "SEED",
    "WORLDS",
    "OutcomeRange",
    "RangeRequest",
    "ScenarioRange",
    "kept_range",
    "kept_range_of",
    "range_key",
    "range_over",
    "write_kept",
]  # fmt: skip

HEADLINES = {
    **{name: OUTCOMES[name] for name in ("peak_gain", "half_life_weeks", "persists")},
    PERSISTS_WITHOUT_UPKEEP: replace(OUTCOMES["persists"], label="Persists if the upkeep stops"),
    **{name: OUTCOMES[name] for name in ("lasts", "holds")},
}
"""Outcomes whose range is told; one of them is of the runs in which all that is paid ends with outside support."""

SEED = 1
WORLDS = 16
"""Runs at each draw: few, as there are many draws; their chance is told apart."""

_ENDS = (0.05, 0.95)
KEPT = Path(__file__).with_suffix(".json")
"""Where ranges are kept."""

_MOST_BYTES = 10_000_000

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RangeRequest:
    """What a range is asked of: a scenario, what it is compared with, and the week from which a shift is judged."""

    arm: Scenario
    other: Scenario
    judged_from: int | None

    @property
    def end(self) -> int:
        """The week from which a shift is judged: where none is given, the end of support; 0 where there is none."""
        end = self.arm.support_end_week if self.judged_from is None else self.judged_from
        return 0 if end is None else min(end, self.arm.weeks)

    @property
    def stopped(self) -> Scenario | None:
        """The scenario in which all that is paid ends with outside support; None where nothing would go on."""
        return self.arm.without_upkeep() if self.arm.upkeep else None

    @property
    def is_about_support(self) -> bool:
        """Whether anything is done whose shift could persist."""
        is_alone = self.other.is_baseline_of(self.arm) and not self.arm.done
        return not is_alone and (self.judged_from is not None or self.arm.support_end_week is not None)

    def free(self, over: Draws) -> Draws:
        """Return draws without the parameters that one of the scenarios sets: these are part of what is asked."""
        known, both = self.arm.rulebook.parameters, (self.arm.parameters, self.other.parameters)
        return over.without(
            name for name in over.names if any(getattr(one, name) != known[name].default for one in both)
        )

    def key(self, over: Draws, worlds: int, seed: int) -> str:
        """Return a hash of everything that decides the range."""
        runs = [config_key(one, seed) for one in (self.arm, self.other, self.stopped) if one is not None]
        parts = [*runs, over.digest(), str(worlds), str(self.end), str(self.is_about_support)]
        return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:24]


@dataclass(frozen=True)
class OutcomeRange:
    """The range of one outcome over the draws.

    Parameters
    ----------
    low, middle, high : nine in ten draws lie between the ends, half of them below the middle; a half-life may be
        infinite
    between : share of the variance of single worlds that is differences between draws, 0 to 1; the rest is chance
        within them. NaN where all worlds are alike
    n : draws at which it is defined and can be judged
    """

    low: float
    middle: float
    high: float
    between: float
    n: int


@dataclass(frozen=True)
class ScenarioRange:
    """The ranges of a scenario, by outcome.

    Parameters
    ----------
    outcomes : those of :data:`HEADLINES` that are defined and can be judged
    n_draws, n_worlds : draws, and runs at each
    set_aside : files that were damaged when it went on, and what of them was needed was made anew
    """

    outcomes: Mapping[str, OutcomeRange]
    n_draws: int
    n_worlds: int
    set_aside: tuple[Path, ...] = ()


def range_over(name: str, values: Floats) -> OutcomeRange | None:
    """Return the range of an outcome over draws; None where it is not defined or cannot be judged.

    Parameters
    ----------
    name : of the outcome
    values : [n_draws, n_worlds], by replicate; NaN where it is not defined

    Examples
    --------
    >>> found = range_over("peak_gain", np.array([[0.1, 0.1], [0.3, 0.3]]))
    >>> found.low, found.high, found.between
    (0.1, 0.3, 1.0)
    """
    outcome = HEADLINES[name]
    known = [row for row in values if not np.isnan(row).all()]
    if not known:
        return None
    by_draw = np.array([outcome.sum_up(row).estimate for row in known])
    low, middle, high = np.quantile(by_draw, (_ENDS[0], 0.5, _ENDS[1]), method="inverted_cdf").tolist()
    return OutcomeRange(low, middle, high, _share_between(known), len(known))


def _share_between(rows: Sequence[Floats]) -> float:
    """Return which share of the variance of single worlds lies between draws; what never comes counts as four years."""
    capped = np.array([np.minimum(row, HORIZON_WEEKS) for row in rows if not np.isnan(row).any()])
    if len(capped) < len(("one", "another")) or capped.shape[1] < len(("one", "another")):
        return math.nan
    noise = separate_noise(capped)
    total = noise.between_points + noise.between_replicates
    return noise.between_points / total if total > 0.0 else math.nan


# --- kept ranges ------------------------------------------------------------------------------------------------------


def range_key(scenario: Scenario, other: Scenario | None = None, judged_from: int | None = None) -> str:
    """Return the name of a range over the shipped draws: a hash of everything that decides it."""
    return RangeRequest(scenario, other or scenario.baseline(), judged_from).key(draws(), WORLDS, SEED)


def kept_range(
    scenario: Scenario, other: Scenario | None = None, judged_from: int | None = None
) -> ScenarioRange | None:
    """Return the range that is kept of a shipped scenario; None where there is none, or what decides it has changed.

    Parameters are those of :func:`sim.study.ranges.range_of`.
    """
    # Tables may change in their place, and rules from outside know of no draws.
    if scenario.tables is not None or scenario.own_rules:
        return None
    kept = _kept()
    return kept.get(range_key(scenario, other, judged_from)) if kept else None


def kept_range_of(paired: PairedEnsemble) -> ScenarioRange | None:
    """Return the range that is kept of what was run; None where there is none."""
    return kept_range(paired.arm.scenario, paired.baseline.scenario, paired.judged_from)


class _KeptRange(BaseModel):
    """A range as it is kept: of which scenario, for the reader, and its numbers."""

    model_config = ConfigDict(extra="forbid", ser_json_inf_nan="strings")
    scenario: str
    n_draws: int
    n_worlds: int
    outcomes: dict[str, OutcomeRange]


_TABLE = TypeAdapter(dict[str, _KeptRange])


@cache
def _kept() -> dict[str, ScenarioRange]:
    if not KEPT.exists():
        return {}
    table = _TABLE.validate_json(read_file(KEPT, "kept ranges", _MOST_BYTES))
    return {key: ScenarioRange(one.outcomes, one.n_draws, one.n_worlds) for key, one in table.items()}


def write_kept(found: Mapping[str, tuple[str, ScenarioRange]], path: Path = KEPT) -> None:
    """Write ranges down, by their keys, each with the name of its scenario.

    Raises
    ------
    OutputError : the file cannot be written
    """
    table = {
        key: _KeptRange(scenario=name, n_draws=one.n_draws, n_worlds=one.n_worlds, outcomes=dict(one.outcomes))
        for key, (name, one) in found.items()
    }
    write_whole(path, _TABLE.dump_json(table, indent=1) + b"\n")
