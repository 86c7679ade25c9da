"""The map: a study over two parameters, read back as probabilities with intervals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.base.errors import InputError
from sim.inputs.scenario.description import Scenario
from sim.plots import LIGHT, figure_bytes
from sim.plots.map_picture import draw_map
from sim.results.measures import proportion_interval
from sim.results.store import Results
from sim.study.map import map_axis, map_study, read_map
from sim.study.runner import run_study


def scenario() -> Scenario:
    start = Scenario(name="talk", title="A talk", weeks=270).replace(organisation={"teams": 3, "team_size": 4})
    return start.with_entries(kind="dialogue", start_week=0, end_week=26)


@pytest.fixture(name="folder", scope="module")
def folder_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A map of 2 by 3 places with 4 runs each."""
    folder = tmp_path_factory.mktemp("map")
    study = map_study(scenario(), map_axis("turnover:0.5:4:3"), map_axis("control_norm:0.5:0.9:2"), replicates=4)
    run_study(study, folder, workers=1)
    return folder


def test_each_place_has_its_probability_and_wilson_interval(folder: Path) -> None:
    found = read_map(folder, scenario(), "holds", boundary_steps=2)
    outcomes = Results(folder).outcomes()

    assert found.x_values.tolist() == [0.5, 2.25, 4.0]
    assert found.y_values.tolist() == [0.5, 0.9]
    for row, column in np.ndindex(2, 3):
        here = outcomes[(outcomes.control_norm == found.y_values[row]) & (outcomes.turnover == found.x_values[column])]
        interval = proportion_interval(here.holds.to_numpy())
        assert (found.estimate[row, column], found.low[row, column]) == (interval.estimate, interval.low)
        assert found.n[row, column] == 4


def test_turnover_means_all_kinds_of_it() -> None:
    study = map_study(scenario(), map_axis("turnover:0.5:2:2"), map_axis("control_norm:0.5:0.9:2"))

    parameters = study.case(1)[2].parameters

    rates = (parameters.staff_turnover, parameters.team_leader_turnover, parameters.senior_leader_turnover)
    assert rates == pytest.approx((0.28, 0.30, 0.50))


def test_the_map_says_in_words_what_it_shows(folder: Path) -> None:
    found = read_map(folder, scenario(), "persists", boundary_steps=3)

    words = found.in_words()

    assert "A talk: probability that the shift persists" in words
    assert words.count("With control norm") == 2
    assert "mean field" in words
    assert len(found.to_frame()) == 6


def test_the_line_is_of_what_the_colours_show(folder: Path) -> None:
    holds, persists = (read_map(folder, scenario(), outcome, boundary_steps=5) for outcome in ("holds", "persists"))

    assert "75 in 100 feel safe over the last year" in holds.boundary_note
    assert "persists nowhere" in persists.boundary_note or "half of the gain is left" in persists.boundary_note
    assert not np.array_equal(holds.boundary, persists.boundary)


def test_the_picture_is_the_same_bytes_each_time(folder: Path) -> None:
    found = read_map(folder, scenario(), boundary_steps=2)
    pictures = {
        figure_bytes(
            draw_map(
                found.estimate, found.low, found.high, ("x", found.x_values), ("y", found.y_values),
                title="T", lead="L", note="N", boundary=found.boundary,
            ), "png", LIGHT,
        )
        for _ in range(2)
    }  # fmt: skip

    assert len(pictures) == 1


@pytest.mark.parametrize(
    "text",
    ["control_nrom", "control_norm:0.5", "control_norm:a:b", "control_norm:0.5:2", "turnover:1:2:1", "x:1:2:3"],
)
def test_an_axis_that_is_none_is_told(text: str) -> None:
    with pytest.raises(InputError):
        map_axis(text)


def test_a_map_needs_two_axes(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="two different axes"):
        map_study(scenario(), map_axis("turnover"), map_axis("turnover"))


def test_an_outcome_that_no_map_shows_is_told(folder: Path) -> None:
    with pytest.raises(InputError, match="one of persists, lasts, holds"):
        read_map(folder, scenario(), "peak_gain")
