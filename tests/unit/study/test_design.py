"""Designs: which points are visited."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.base.errors import InputError
from sim.inputs.scenario.description import Scenario
from sim.study.design import Axis, Grid, LatinHypercube, SobolSequence, TableDesign, apply_point, axes_of, points

NORM = Axis(set=("control_norm",), low=0.5, high=0.9)
FACTOR = Axis(name="turnover", multiply=("staff_turnover", "team_leader_turnover"), low=0.5, high=4.0, scale="log")


def test_a_grid_has_every_value_with_every_other_and_the_last_axis_varies_fastest() -> None:
    axes = (Axis(set=("control_norm",), values=(0.5, 0.6)), Axis(set=("pull_to_control",), values=(0.01, 0.02, 0.03)))

    found = points(Grid(axes=axes), Path())

    assert found.tolist() == [[0.5, 0.01], [0.5, 0.02], [0.5, 0.03], [0.6, 0.01], [0.6, 0.02], [0.6, 0.03]]


def test_a_design_without_axes_is_one_point() -> None:
    assert points(Grid(), Path()).shape == (1, 0)


def test_a_latin_hypercube_has_one_point_in_each_stratum_of_each_axis() -> None:
    found = points(LatinHypercube(axes=(NORM, FACTOR), n_points=20, seed=3), Path())

    share = np.column_stack([(found[:, 0] - 0.5) / 0.4, np.log(found[:, 1] / 0.5) / np.log(8)])
    assert (np.sort(np.floor(share * 20), axis=0) == np.arange(20)[:, None]).all()


def test_a_sobol_sequence_is_balanced_and_stays_inside() -> None:
    found = points(SobolSequence(axes=(NORM, FACTOR), n_points=64), Path())

    assert ((found >= [0.5, 0.5]) & (found <= [0.9, 4.0])).all()
    assert (found[:, 0] < 0.7).sum() == 32


@given(seed=st.integers(0, 2**32 - 1))
def test_the_same_design_gives_the_same_points(seed: int) -> None:
    design = LatinHypercube(axes=(NORM,), n_points=5, seed=seed)

    assert np.array_equal(points(design, Path()), points(design, Path()))


def test_a_space_filling_design_over_given_values_takes_only_those() -> None:
    axis = Axis(set=("control_norm",), values=(0.5, 0.7))

    assert set(points(SobolSequence(axes=(axis,), n_points=8), Path())[:, 0]) == {0.5, 0.7}


def test_whole_values_are_whole() -> None:
    axis = Axis(set=("vacancy_weeks",), low=0, high=9.4, whole=True)

    found = points(LatinHypercube(axes=(axis,), n_points=50), Path())

    assert np.array_equal(found, np.round(found))


def test_an_axis_multiplies_the_scenarios_own_rates() -> None:
    scenario = Scenario(title="A").with_parameters(staff_turnover=0.2)

    moved = apply_point(scenario, (FACTOR,), (2.0,)).parameters

    assert moved.staff_turnover == pytest.approx(0.4)
    assert moved.team_leader_turnover == pytest.approx(0.3)
    assert moved.senior_leader_turnover == 0.25


def test_a_table_may_have_very_many_points(tmp_path: Path) -> None:
    rows = [f"{0.5 + place / 100_000}" for place in range(12_000)]
    (tmp_path / "points.csv").write_text("\n".join(["control_norm", *rows]))

    (axis,) = axes_of(TableDesign(kind="table", file="points.csv"), tmp_path)

    assert (axis.lowest, axis.highest) == (0.5, 0.61999)


def test_a_heading_that_is_far_too_long_is_told_by_its_line(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text(f"{'a' * 300}\n0.5\n")

    with pytest.raises(InputError, match=r"points\.csv, line 1: wanted headings that are settings"):
        axes_of(TableDesign(kind="table", file="points.csv"), tmp_path)
