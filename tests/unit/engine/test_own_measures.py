"""A measure from outside the package: one object, measured each week beside those of the package."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from sim.base.compilation import kernel
from sim.base.errors import InputError
from sim.base.measure import mean_over
from sim.engine.mesa_model import CultureModel
from sim.engine.recorder import MEASURE_NAMES
from sim.engine.week import Engine, engine_with
from sim.inputs.organisation import OrganisationShape
from sim.inputs.scenario.description import Scenario
from sim.results.ensemble import run_ensemble, run_paired
from sim.results.run_folder import weekly_table

PLACE = Scenario(title="A place", weeks=6, organisation=OrganisationShape(teams=3, team_size=5))

FILE = """
from sim.base.compilation import kernel
from sim.base.measure import mean_over, sum_over
from sim.base.terms import Outcome

KEPT_SILENT = Outcome.SILENT


@kernel
def is_silent(world, row):
    return 1.0 if world.staff.outcome[row] == KEPT_SILENT else 0.0


@kernel
def backlog_of(world, row):
    return world.services[row].backlog


@kernel
def felt_by(world, row):
    return world.staff.safety[row]


SILENT = mean_over("staff", is_silent, "silent_share", "Kept silent", "share of staff", "met something, said nothing")
BACKLOGS = sum_over("services", backlog_of, "backlogs", "Backlogs", "sum", "backlogs of all services")
FELT = mean_over("staff", felt_by, "felt", "Felt", "0 to 1", "how safe those in post feel")
"""


@kernel
def is_silent(world, row):
    return 0.0


@kernel
def felt_by(world, row):
    return world.staff.safety[row]


@pytest.fixture(name="engine")
def engine_fixture(tmp_path: Path) -> Engine:
    """Return the engine with the measures of the file, which is compiled once for all tests."""
    path = tmp_path / "my_measures.py"
    path.write_text(FILE, "utf-8")
    return engine_with(path)


@pytest.mark.slow
def test_an_own_measure_is_what_it_says_in_every_week_and_changes_nothing_else(engine: Engine) -> None:
    with_it = run_ensemble(PLACE, 3, engine=engine)
    without = run_ensemble(PLACE, 3)

    assert with_it.measure_names == (*MEASURE_NAMES, "silent_share", "backlogs", "felt")
    silent = with_it.series("opportunities") - with_it.series("voiced")
    assert silent.sum() > 0
    all_there = with_it.series("vacant_share") == 0
    np.testing.assert_allclose((with_it.series("silent_share") * 15)[all_there], silent[all_there], atol=1e-12)
    assert not all_there.all()  # a vacant seat counts in no mean
    np.testing.assert_allclose(with_it.series("felt"), with_it.series("safety"), atol=1e-12)
    np.testing.assert_allclose(with_it.series("backlogs"), with_it.series("backlog"), atol=1e-12)
    assert np.array_equal(with_it.weekly[:, :, : len(MEASURE_NAMES)], without.weekly, equal_nan=True)


@pytest.mark.slow
def test_an_own_measure_has_its_gain_and_stands_in_every_table(engine: Engine) -> None:
    talk = PLACE.with_entries(kind="dialogue", start_week=0, end_week=4)

    paired = run_paired(talk, 2, engine=engine)

    assert paired.gain("silent_share").shape == (2, 7)
    assert "silent_share" in paired.arm.to_frame()
    assert "silent_share" in weekly_table("arm", paired.arm).column_names


@pytest.mark.slow
def test_an_own_measure_is_asked_for_beside_those_of_the_package() -> None:
    talk = PLACE.with_entries(kind="dialogue", start_week=0, end_week=4)
    felt = mean_over("staff", felt_by, "felt", "Felt", "0 to 1", "how safe those in post feel")

    paired = run_paired(talk, 2, measures=[felt, "safety"])

    assert paired.arm.measure_names == ("safe_share", "felt", "safety")
    np.testing.assert_allclose(paired.gain("felt"), paired.gain("safety"), atol=1e-12)


@pytest.mark.slow
def test_an_own_measure_is_read_off_a_running_model(engine: Engine) -> None:
    model = CultureModel(PLACE, engine=engine)
    model.run_for(3)

    assert 0 <= model.silent_share <= 1
    assert model.to_frame()["silent_share"].iloc[-1] == model.silent_share


def test_an_own_measure_in_a_file_goes_along_to_other_processes(engine: Engine) -> None:
    again = pickle.loads(pickle.dumps(engine))

    assert again.measure_names[-3:] == ("silent_share", "backlogs", "felt")
    assert again.rulebook.key == engine.rulebook.key != engine_with().rulebook.key
    made_in_python = mean_over("staff", is_silent, "silent_share", "Kept silent", "share of staff", "said nothing")
    with pytest.raises(InputError, match="stand in a file"):
        pickle.dumps(engine_with(made_in_python))


def test_what_a_measure_may_not_declare_is_told_all_at_once() -> None:
    unmarked = mean_over("patients", lambda world, row: 0.0, "Silent share", "", "", "")

    with pytest.raises(InputError) as caught:
        engine_with(unmarked)

    told = str(caught.value)
    for wanted in ("small letters", "one of staff, teams", "marked with @kernel", "label", "unit", "meaning"):
        assert wanted in told


@pytest.mark.parametrize("name", ["safe_share", "cost"])
def test_a_measure_has_a_name_of_its_own(name: str) -> None:
    with pytest.raises(InputError, match="not taken"):
        engine_with(mean_over("staff", is_silent, name, "Silent", "share of staff", "says nothing"))
