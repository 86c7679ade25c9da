"""Small runs that tests of figures, words, files and commands share, and series made by hand."""

from __future__ import annotations

from functools import cache

import numpy as np

from sim.engine.recorder import MEASURE_NAMES
from sim.inputs.organisation import OrganisationShape, generate
from sim.inputs.scenario.description import Scenario
from sim.results.ensemble import Ensemble, PairedEnsemble, run_paired

SHAPE = OrganisationShape(teams=4, team_size=5)
NOTHING = Scenario(name="nothing", title="Nothing is done", weeks=30, organisation=SHAPE)
YEAR = Scenario(name="year", title="A short year", weeks=30, organisation=SHAPE).with_entries(
    kind="coach_senior_leaders", start_week=2, end_week=12
)
YEAR = YEAR.with_entries(kind="dialogue", start_week=2, end_week=12)


@cache
def small_pair(replicates: int = 6) -> PairedEnsemble:
    """A few weeks of support in a small organisation, with its baseline."""
    return run_paired(YEAR, replicates, seed=3)


@cache
def quiet_pair(replicates: int = 6) -> PairedEnsemble:
    """A small organisation in which nothing is done."""
    return run_paired(NOTHING, replicates, seed=3)


def pair_made_by_hand(
    scenario: Scenario, arm: dict[str, np.ndarray], baseline: dict[str, np.ndarray], replicates: int = 10
) -> PairedEnsemble:
    """Return runs whose weekly measures are what a test says: [n_weeks + 1] or [n_replicates, n_weeks + 1] each.

    What is not said is half of its scale, and nobody leaves.
    """
    organisation = generate(scenario.organisation)
    ran = []
    for own, told in ((scenario, arm), (scenario.baseline(), baseline)):
        weekly = np.full((replicates, scenario.weeks + 1, len(MEASURE_NAMES)), 0.5)
        for name in ("staff_leavers", "team_leader_leavers", "senior_leader_leavers", "facilitation", "capability"):
            weekly[:, :, MEASURE_NAMES.index(name)] = 0.0
        for name, series in told.items():
            weekly[:, :, MEASURE_NAMES.index(name)] = series
        ran.append(Ensemble(own, organisation, 1, tuple(range(replicates)), weekly))
    return PairedEnsemble(*ran)
