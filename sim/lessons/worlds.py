"""The twin worlds of programmes: pieces of work for worker processes, and what comes together of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.inputs.organisation import Organisation
from sim.inputs.scenario.description import Scenario, build_organisation
from sim.results.ensemble import JUDGED_BY, Ensemble, PairedEnsemble, run_ensemble

__all__ = ["GatheredWorlds", "WorldsPiece", "in_pieces", "run_worlds"]

Series = NDArray[np.float64]


@dataclass(frozen=True)
class WorldsPiece:
    """Some twin worlds of one scenario.

    Parameters
    ----------
    scenario : what is run
    seed, numbers : which worlds; the same number is the same chance events in every scenario
    measures : what is kept of each week; the first is the one by which all is judged
    """

    scenario: Scenario
    seed: int
    numbers: tuple[int, ...]
    measures: tuple[str, ...] = (JUDGED_BY,)

    @property
    def first(self) -> int:
        """The number of its first world."""
        return self.numbers[0]


def run_worlds(piece: WorldsPiece) -> Series:
    """Return [n_worlds, n_weeks + 1, n_measures]; called in a worker."""
    return run_ensemble(piece.scenario, piece.numbers, piece.seed, measures=piece.measures, threads=1).weekly


def in_pieces(
    scenarios: Iterable[Scenario], seed: int, n: int, size: int, measures: tuple[str, ...] = (JUDGED_BY,)
) -> list[WorldsPiece]:
    """Return the work of running scenarios in the same worlds: a few worlds at a time, each scenario in turn and once.

    Parameters
    ----------
    scenarios : what is run
    seed, n : the worlds, and how many
    size : worlds in a piece
    measures : as in :class:`WorldsPiece`
    """
    once = list({scenario.digest(): scenario for scenario in scenarios}.values())
    numbers = [tuple(range(first, min(first + size, n))) for first in range(0, n, size)]
    return [WorldsPiece(scenario, seed, some, measures) for some in numbers for scenario in once]


@dataclass
class GatheredWorlds:
    """What has been run so far of some scenarios, world by world.

    Parameters
    ----------
    seed : of the worlds
    """

    seed: int
    _worlds: dict[str, dict[int, Series]] = field(default_factory=dict)
    _measures: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _organisations: dict[str, Organisation] = field(default_factory=dict)

    def take(self, piece: WorldsPiece, weekly: Series) -> None:
        """Add what a piece of work has left."""
        key = piece.scenario.digest()
        self._measures[key] = piece.measures
        self._worlds.setdefault(key, {}).update(zip(piece.numbers, weekly, strict=True))

    def numbers(self, scenarios: Iterable[Scenario]) -> tuple[int, ...]:
        """Return the numbers of the worlds that all of these scenarios have been through."""
        found = [set(self._worlds.get(scenario.digest(), ())) for scenario in scenarios]
        return tuple(sorted(set.intersection(*found)))

    def ensemble(self, scenario: Scenario, numbers: tuple[int, ...]) -> Ensemble:
        """Return a scenario's runs in some of its worlds."""
        key = scenario.digest()
        if key not in self._organisations:
            self._organisations[key] = build_organisation(scenario)
        weekly = np.array([self._worlds[key][number] for number in numbers])
        return Ensemble(
            scenario, self._organisations[key], self.seed, numbers, weekly, measure_names=self._measures[key]
        )

    def paired(self, scenario: Scenario, against: Scenario, numbers: tuple[int, ...]) -> PairedEnsemble:
        """Return a scenario beside another in the same worlds; and without upkeep, where that has been run."""
        stopped = scenario.without_upkeep() if scenario.upkeep else None
        has_stopped = stopped is not None and set(numbers) <= set(self._worlds.get(stopped.digest(), ()))
        return PairedEnsemble(
            self.ensemble(scenario, numbers), self.ensemble(against, numbers),
            self.ensemble(stopped, numbers) if stopped is not None and has_stopped else None,
        )  # fmt: skip
