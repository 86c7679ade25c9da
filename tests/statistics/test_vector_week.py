"""The limit in ``benchmarks/`` is the same model: its weekly table is the engine's, draw for draw."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from sim.engine.run import prepare
from sim.inputs.organisation import OrganisationShape, generate
from sim.inputs.scenario.description import Scenario

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from vector_week import Limit, VectorWeek, compiler

needs_compiler = pytest.mark.skipif(compiler() is None, reason="gcc, which compiles the limit, is not installed")
WEEKS = 300
LAST_DIGITS = 1e-11


@pytest.fixture(scope="module")
def limit(tmp_path_factory: pytest.TempPathFactory) -> Limit:
    return Limit(tmp_path_factory.mktemp("limit"))


@needs_compiler
@pytest.mark.parametrize(
    ("shape", "seed"),
    [
        (OrganisationShape(), 1),
        (OrganisationShape(), 2**32 - 1),
        (OrganisationShape(teams=1, team_size=12), 2),
        (OrganisationShape(teams=9, team_size=3), 3),
        (OrganisationShape(teams=42, team_size=17), 4),
    ],
)
def test_the_limit_gives_the_weekly_table_of_the_engine(limit: Limit, shape: OrganisationShape, seed: int) -> None:
    prepared = prepare(Scenario(title="Nothing is done", weeks=WEEKS, organisation=shape))
    engine = prepared.simulate(seed)[:, 0]

    week = VectorWeek(limit, prepared.organisation, seed)
    table = np.empty_like(engine)
    week.run(WEEKS, table)
    week.close()

    np.testing.assert_allclose(table, engine, rtol=0, atol=LAST_DIGITS)


@needs_compiler
def test_the_limit_refuses_what_it_was_not_made_for(limit: Limit) -> None:
    with pytest.raises(ValueError, match="one service"):
        VectorWeek(limit, generate(OrganisationShape(services=2)), seed=1)
