"""Synthetic truth: known parameters are found again, and 90 % intervals cover them about nine times in ten.

16 trials of the model itself, inferred by one emulator (``CULTURESHIFT_TRIALS`` sets another number). With 6 parameters
that is 96 pairs; were the intervals right, a coverage outside 80 to 97 % would come about once in 250 times.
"""

from __future__ import annotations

import os

import pytest

from sim.inputs.scenario.files import scenarios_folder
from sim.study.calibration import read_targets
from sim.study.calibration.emulator import learn_emulator
from sim.study.calibration.identifiability import check_identifiability
from sim.study.calibration.laboratory import Laboratory, TargetMeasures
from sim.study.calibration.steps import KeptSteps
from sim.study.crew import RunOptions, opened_crew
from sim.study.sampling import plausible_ranges, sobol_points

pytestmark = pytest.mark.slow

N_TRIALS = int(os.environ.get("CULTURESHIFT_TRIALS", "16"))
NAMES = ("voice_intercept", "fair_hearing", "efficacy_loss_ignored", "pull_to_control", "dialogue_gain", "embedding")


@pytest.mark.timeout(1800)
def test_intervals_cover_known_values_as_often_as_they_say() -> None:
    targets = read_targets(scenarios_folder() / "targets" / "patterns.csv")
    ranges = plausible_ranges(NAMES)
    measures = TargetMeasures(targets)
    with opened_crew(RunOptions(), measures.keep) as crew:
        laboratory = Laboratory(crew, measures, NAMES)
        emulator = learn_emulator(
            ranges, laboratory.measure_points(list(ranges), sobol_points(ranges, 160, seed=1), 8, seed=1)
        )

        trials = check_identifiability(laboratory, emulator, N_TRIALS, 1, KeptSteps())

    assert len(trials.truths) + trials.n_undefined == N_TRIALS
    assert len(trials.truths) >= 0.8 * N_TRIALS
    assert 0.80 <= trials.coverage().estimate <= 0.97
    found = dict(zip(trials.names, trials.contraction, strict=True))
    assert found["fair_hearing"] > found["embedding"]
