"""Results do not change unseen."""

from __future__ import annotations

import pandas as pd

from sim.inputs.interventions import KINDS
from tests.regression.golden import FILE, golden_scenarios, golden_series


def test_results_are_what_they_were() -> None:
    """If this fails on purpose: run ``python -m tests.regression.golden`` and say it in the changelog."""
    pd.testing.assert_frame_equal(golden_series(), pd.read_csv(FILE), check_dtype=False, rtol=1e-9, atol=1e-9)


def test_the_golden_scenarios_use_every_kind_of_intervention() -> None:
    used = {entry.kind for scenario in golden_scenarios() for entry in scenario.timeline}
    assert used == set(KINDS)
