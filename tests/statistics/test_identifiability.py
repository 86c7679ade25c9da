"""Synthetic truth: known parameters are found again, and 90 % intervals cover them about nine times in ten.

8 trials of the model itself, inferred by one emulator (``CULTURESHIFT_TRIALS`` sets another number), in a service of
a third of the usual size. With 6 parameters that is 48 pairs; were the intervals right, a coverage outside 77 to 99 %
would come about once in 100 times.
"""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import scenarios_folder
from sim.study.calibration import read_targets
from sim.study.calibration.emulator import learn_emulator
from sim.study.calibration.identifiability import check_identifiability
from sim.study.calibration.steps import KeptSteps
from sim.study.calibration.target_runner import TargetMeasures, TargetRunner
from sim.study.calibration.targets import CalibrationTarget
from sim.study.sampling import plausible_ranges, sobol_points
from sim.study.store_runner import RunOptions, open_store_runner

pytestmark = pytest.mark.slow

N_TRIALS = int(os.environ.get("CULTURESHIFT_TRIALS", "8"))
NAMES = ("voice_intercept", "fair_hearing", "efficacy_loss_ignored", "pull_to_control", "dialogue_gain", "embedding")


def in_a_small_service(target: CalibrationTarget) -> CalibrationTarget:
    """Return a target of the same scenarios with 12 teams, which say as much of chance and take a third of the time."""

    def small(scenario: Scenario) -> Scenario:
        return scenario.replace(organisation=scenario.organisation.model_copy(update={"teams": 12}))

    whole = None if target.share_of is None else small(target.share_of)
    return replace(target, scenario=small(target.scenario), share_of=whole)


@pytest.mark.timeout(1800)
def test_intervals_cover_known_values_as_often_as_they_say() -> None:
    targets = [in_a_small_service(one) for one in read_targets(scenarios_folder() / "targets" / "patterns.csv")]
    ranges = plausible_ranges(NAMES)
    measures = TargetMeasures(targets)
    with open_store_runner(RunOptions(), measures.keep) as store_runner:
        target_runner = TargetRunner(store_runner, measures, NAMES)
        emulator = learn_emulator(
            ranges, target_runner.measure_points(list(ranges), sobol_points(ranges, 64, seed=1), 8, seed=1)
        )

        trials = check_identifiability(target_runner, emulator, N_TRIALS, 1, KeptSteps())

    assert len(trials.truths) + trials.n_undefined == N_TRIALS
    assert len(trials.truths) >= 0.8 * N_TRIALS
    assert 0.77 <= trials.coverage().estimate <= 0.99
    found = dict(zip(trials.names, trials.contraction, strict=True))
    assert found["fair_hearing"] > found["embedding"]
