"""Parameter points of a scenario and of the same without interventions, asked for one outcome of their difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.inputs.scenario.description import Scenario
from sim.results.outcomes import PairedSeries, RunOutcome, weeks_needed
from sim.study.points import PointRunner, PointRuns, shortened
from sim.study.sampling import PointAnswers
from sim.study.store_runner import StoreRunner

__all__ = ["PairedPoints"]

_ARM, _BASELINE = "arm", "baseline"


class PairedPoints:
    """A scenario and its baseline at parameter points, both with the same chance events.

    Parameters
    ----------
    store_runner : who runs what is missing, and the store where it is kept
    scenario, outcome : what is asked, of what; only so many weeks are run as it takes
    parameters : names of all that any point sets

    Raises
    ------
    InputError : the scenario gives no support that could end, or ends too soon after it
    """

    def __init__(
        self, store_runner: StoreRunner, scenario: Scenario, outcome: RunOutcome, parameters: Sequence[str]
    ) -> None:
        arm = shortened(scenario, weeks_needed(scenario, outcome))
        self.outcome = outcome
        self._end = scenario.support_end_week or 0
        self._runner = PointRunner(store_runner, {_ARM: arm, _BASELINE: arm.baseline()}, {_ARM: _BASELINE}, parameters)

    def begin(self, title: str, n_replicates: int, **asked: Any) -> None:
        """Write down what is asked; see :meth:`PointRunner.begin`.

        Parameters
        ----------
        title, asked : of the analysis
        n_replicates : of the scenario, at all points together
        """
        self._runner.begin(title, n_replicates * self._runner.runs_per_replicate, **asked)

    def ask(
        self, names: Sequence[str], points: NDArray[np.float64], firsts: Sequence[int], n_replicates: int, seed: int
    ) -> PointAnswers:
        """Return the outcome at some points; see :meth:`PointRunner.evaluate`."""
        return self._runner.evaluate(names, points, firsts, n_replicates, seed, self._answer, [self.outcome.name])

    def finish(self) -> None:
        """Bring the store into its canonical form, with what came of each point."""
        self._runner.finish(with_outcomes=True)

    def _answer(self, runs: Mapping[str, PointRuns]) -> NDArray[np.float64]:
        arm, baseline = runs[_ARM].safe_share, runs[_BASELINE].safe_share
        return self.outcome.at_point(PairedSeries(arm, baseline, self._end))[:, None]
