"""The shipped draws are 64, of every parameter that nobody measured, and show every calibrated pattern."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from sim.inputs.draws import draws
from sim.inputs.scenario.description import Scenario
from sim.rulebook.rulebook import RULEBOOK
from sim.validation.draws import DrawPlan, Judge, free_ranges

LOG = Path(__file__).parents[3] / "docs" / "validation" / "draws.json"


def test_64_draws_of_every_parameter_that_nobody_measured_are_shipped() -> None:
    shipped = draws()
    assert sorted(shipped.names) == sorted(free_ranges())
    assert len(shipped) == 64
    for name, column in zip(shipped.names, shipped.values.T, strict=True):
        low, high = RULEBOOK.parameters[name].plausible
        assert low <= column.min() < column.max() <= high
    for number in range(len(shipped)):
        Scenario(title="A draw").with_parameters(**shipped[number])


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 31, 63])
def test_a_shipped_draw_shows_every_calibrated_pattern(number: int) -> None:
    log = json.loads(LOG.read_text())["plan"]
    ranges = {name: (low, high) for name, (low, high) in log["ranges"].items()}
    draw = draws()[number]
    point = np.array([(draw[name] - low) / (high - low) for name, (low, high) in ranges.items()])
    assert Judge(log["seed"], ranges)(point) == 0.0


def test_the_shipped_draws_are_of_todays_patterns_and_ranges() -> None:
    log, today = json.loads(LOG.read_text())["plan"], DrawPlan.today(1).model_dump(mode="json")
    for what in ("ranges", "replicates", "looks", "tolerances"):
        assert log[what] == today[what]
