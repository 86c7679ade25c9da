"""All scenarios that a set of targets asks about, ready to be run at any parameter point.

Scenarios that are the same (a baseline serves many) are run once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sim.inputs.scenario.description import Scenario
from sim.results.ensemble import Progress
from sim.study.calibration.targets import Target, measure_at
from sim.study.sampling import Answers, ScenarioRunner, evaluate_points

__all__ = ["Laboratory"]

_LEAST_WHOLE = 1e-3
"""A share of less than this is not defined."""


class Laboratory:
    """Measures what the model shows for each target.

    Parameters
    ----------
    targets : [n_targets], what is measured
    """

    def __init__(self, targets: Sequence[Target]) -> None:
        self.targets = tuple(targets)
        self._parts = [
            [(part, part.scenario.digest(), part.scenario.baseline().digest()) for part in _parts_of(target)]
            for target in self.targets
        ]
        needed: dict[str, tuple[Scenario, int]] = {}
        for part, arm, baseline in (part for parts in self._parts for part in parts):
            asked = {arm: part.scenario} | ({baseline: part.scenario.baseline()} if part.needs_baseline else {})
            for digest, scenario in asked.items():
                needed[digest] = (scenario, max(part.weeks_needed, needed.get(digest, (scenario, 0))[1]))
        self._runners = {digest: ScenarioRunner(it, n_weeks=weeks) for digest, (it, weeks) in needed.items()}

    def measure(self, values: Mapping[str, float], seed: int, replicates: Sequence[int]) -> NDArray[np.float64]:
        """Return [n_replicates, n_targets], what each replicate shows at a parameter point.

        A share of another scenario is taken of that scenario's mean, so that the mean over replicates is the ratio of
        the means.
        """
        weekly = {digest: runner.weekly(values, seed, replicates) for digest, runner in self._runners.items()}
        shown = np.empty((len(replicates), len(self.targets)))
        for place, parts in enumerate(self._parts):
            arms = [
                measure_at(part, weekly[arm], weekly[baseline] if part.needs_baseline else None)
                for part, arm, baseline in parts
            ]
            whole = float(arms[1].mean()) if len(arms) == 2 else 1.0
            shown[:, place] = arms[0] / whole if abs(whole) > _LEAST_WHOLE else np.nan
        return shown

    def measure_points(
        self,
        names: Sequence[str],
        points: NDArray[np.float64],
        n_replicates: int,
        seed: int,
        progress: Progress | None = None,
        threads: int | None = None,
    ) -> Answers:
        """Return what the model shows at many parameter points; each has chance events of its own."""

        def answer(number: int, values: dict[str, float]) -> NDArray[np.float64]:
            first = number * n_replicates
            return self.measure(values, seed, range(first, first + n_replicates))

        outputs = [f"{place}: {target.label}" for place, target in enumerate(self.targets)]
        return evaluate_points(names, points, answer, n_replicates, outputs, threads=threads, progress=progress)

    def measure_same_chance(
        self,
        names: Sequence[str],
        points: NDArray[np.float64],
        replicates: Sequence[int],
        seed: int,
        threads: int | None = None,
    ) -> NDArray[np.float64]:
        """Return [n_points, n_targets], means over replicates that are the same at all points."""
        outputs = [f"{place}: {target.label}" for place, target in enumerate(self.targets)]
        answers = evaluate_points(
            names, points, lambda _, values: self.measure(values, seed, replicates), len(replicates), outputs,
            threads=threads,
        )  # fmt: skip
        means: NDArray[np.float64] = answers.values.mean(axis=1)
        return means


def _parts_of(target: Target) -> list[Target]:
    """Return a target without its share, and the same measure of the scenario that it is a share of."""
    if target.share_of is None:
        return [target]
    return [replace(target, share_of=None), replace(target, scenario=target.share_of, share_of=None)]
