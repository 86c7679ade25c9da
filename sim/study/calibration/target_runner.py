"""All scenarios that a set of targets asks about, run at parameter points and measured for each target.

Scenarios that are the same (a baseline serves many) are run once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.inputs.scenario.description import Scenario
from sim.results.store import Keep
from sim.study.calibration.targets import CalibrationTarget, figures_needed, measure_in
from sim.study.points import PointRunner, PointRuns, shortened
from sim.study.sampling import PointAnswers
from sim.study.store_runner import StoreRunner

__all__ = ["TargetMeasures", "TargetRunner"]

_LEAST_WHOLE = 1e-3
"""A share of less than this is not defined."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _TargetPart:
    """A target without its share, or the whole that it is a share of: in one scenario, perhaps against its baseline."""

    target: CalibrationTarget
    arm: str
    baseline: str | None


class TargetMeasures:
    """Which scenarios targets ask for, what of their runs, and what follows from these for each target.

    Parameters
    ----------
    targets : [n_targets], what is measured
    """

    def __init__(self, targets: Sequence[CalibrationTarget]) -> None:
        self.targets = tuple(targets)
        self._parts = [[_part_of(target) for target in _wholes_of(target)] for target in self.targets]
        needed: dict[str, tuple[Scenario, int]] = {}
        for part in self._all_parts():
            asked = {part.arm: part.target.scenario}
            if part.baseline is not None:
                asked[part.baseline] = part.target.scenario.baseline()
            for digest, scenario in asked.items():
                n_weeks = max(part.target.weeks_needed, needed.get(digest, (scenario, 0))[1])
                needed[digest] = (scenario, n_weeks)
        self.scenarios = {digest: shortened(scenario, n_weeks) for digest, (scenario, n_weeks) in needed.items()}
        figures = [figure for part in self._all_parts() for figure in figures_needed(part.target)]
        self.keep = Keep(figures=tuple(dict.fromkeys(figures)))

    def _all_parts(self) -> Iterable[_TargetPart]:
        return (part for parts in self._parts for part in parts)

    @property
    def compared(self) -> dict[str, str]:
        """What is a case of its own, and what each is compared with: itself, where no target asks for a gain."""
        found = {part.arm: part.arm for part in self._all_parts()}
        found |= {part.arm: part.baseline for part in self._all_parts() if part.baseline is not None}
        return found

    def measure(self, runs: Mapping[str, PointRuns]) -> Floats:
        """Return [n_replicates, n_targets], what each replicate shows.

        A share of another scenario is taken of that scenario's mean, so that the mean over replicates is the ratio of
        the means.

        Parameters
        ----------
        runs : of each of the scenarios, by digest
        """
        columns = []
        for parts in self._parts:
            arms = [self._measure(part, runs) for part in parts]
            whole = float(arms[1].mean()) if len(arms) > 1 else 1.0
            columns.append(arms[0] / whole if abs(whole) > _LEAST_WHOLE else np.full(len(arms[0]), np.nan))
        return np.stack(columns, axis=1)

    def _measure(self, part: _TargetPart, runs: Mapping[str, PointRuns]) -> Floats:
        figures = self.keep.figures
        return measure_in(part.target, figures, runs[part.arm], None if part.baseline is None else runs[part.baseline])


class TargetRunner:
    """Runs parameter points, and measures what the model shows for each target.

    Parameters
    ----------
    store_runner : who runs what is missing; its store keeps :attr:`TargetMeasures.keep`
    measures : of the targets
    parameters : names of all that any point sets
    """

    def __init__(self, store_runner: StoreRunner, measures: TargetMeasures, parameters: Sequence[str]) -> None:
        self.store_runner, self.measures = store_runner, measures
        self.runner = PointRunner(store_runner, measures.scenarios, measures.compared, parameters)

    @property
    def targets(self) -> tuple[CalibrationTarget, ...]:
        """[n_targets], what is measured."""
        return self.measures.targets

    def measure_points(self, names: Sequence[str], points: Floats, n_replicates: int, seed: int) -> PointAnswers:
        """Return what the model shows at many parameter points; each has chance events of its own."""
        return self._ask(names, points, range(0, len(points) * n_replicates, n_replicates), n_replicates, seed)

    def measure_same_chance(self, names: Sequence[str], points: Floats, n_replicates: int, seed: int) -> Floats:
        """Return [n_points, n_targets], means over replicates that are the same at all points."""
        means: Floats = self._ask(names, points, [0] * len(points), n_replicates, seed).values.mean(axis=1)
        return means

    def _ask(
        self, names: Sequence[str], points: Floats, firsts: Sequence[int], n_replicates: int, seed: int
    ) -> PointAnswers:
        outputs = [f"{place}: {target.label}" for place, target in enumerate(self.targets)]
        return self.runner.evaluate(names, points, firsts, n_replicates, seed, self.measures.measure, outputs)


def _wholes_of(target: CalibrationTarget) -> list[CalibrationTarget]:
    """Return a target without its share, and the same measure of the scenario that it is a share of."""
    if target.share_of is None:
        return [target]
    return [replace(target, share_of=None), replace(target, scenario=target.share_of, share_of=None)]


def _part_of(target: CalibrationTarget) -> _TargetPart:
    baseline = target.scenario.baseline().digest() if target.needs_baseline else None
    return _TargetPart(target, target.scenario.digest(), baseline)
