"""Study files: every fault is told, with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.base.errors import InputError
from sim.study.study_file import load_study, make_study, shipped_studies
from tests.small_studies import write_study

SHIPPED = sorted(shipped_studies())


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_study_is_sound_and_says_what_it_is_about(name: str) -> None:
    study = load_study(name)

    assert study.title
    assert study.file.story
    assert study.n_cases >= 1


def test_all_faults_are_told_at_once_each_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(
        'title = 3\nscenarios = ["shoestring-yaer"]\nreplicats = 4\nreplicates = 0\n[keep]\nmeasures = ["saef_share"]\n'
    )

    with pytest.raises(InputError) as error:
        load_study(path)

    told = [str(fault) for fault in error.value.faults]
    assert len(told) == 5
    assert "line 1: title: wanted text of at most 200 characters" in told[0]
    assert "line 2: scenarios entry 1" in told[1]
    assert 'did you mean "shoestring-year"?' in told[1]
    assert 'did you mean "replicates"?' in told[2]
    assert "line 4: replicates: wanted a whole number from 1" in told[3]
    assert 'did you mean "safe_share"?' in told[4]


@pytest.mark.parametrize(
    ("axis", "wanted"),
    [
        ({"set": "control_norm", "values": [0.5, 1.5]}, "a number from 0 to 1"),
        ({"set": "control_nrom", "values": [0.5]}, 'did you mean "control_norm"'),
        ({"values": [0.5]}, "either set or multiply, got neither"),
        ({"set": "control_norm"}, "either values, or low and high, got neither"),
        ({"set": "control_norm", "low": 0.6, "high": 0.5}, "a number above low"),
        ({"multiply": "staff_turnover", "low": 0, "high": 4, "scale": "log"}, "a number above 0"),
        ({"multiply": "teams", "values": [2]}, "names of parameters"),
        ({"set": "timeline.99.intensity", "values": [1]}, "an entry of the timeline"),
        ({"set": "control_norm", "name": "week", "values": [0.5]}, "a name that no column of the results has"),
    ],
)
def test_an_axis_that_cannot_be_is_told(axis: dict[str, Any], wanted: str) -> None:
    table = {"title": "T", "scenarios": ["shoestring-year"], "design": {"kind": "grid", "axes": [axis]}}

    with pytest.raises(InputError) as error:
        make_study(table)

    assert wanted in str(error.value)


def test_a_sobol_sequence_asks_for_a_power_of_two() -> None:
    axis = {"set": "control_norm", "low": 0.5, "high": 0.9}
    design = {"kind": "sobol", "n_points": 100, "axes": [axis]}

    with pytest.raises(InputError, match="try 128"):
        make_study({"title": "T", "scenarios": ["shoestring-year"], "design": design})


def test_an_unknown_measure_of_the_stop_rule_is_told() -> None:
    with pytest.raises(InputError, match='did you mean "persists"'):
        make_study({"title": "T", "scenarios": ["shoestring-year"], "stop": {"outcome": "perists", "narrower_than": 1}})


def test_a_table_of_points_tells_every_cell_that_is_no_number(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text("control_norm,staff_turnover\n0.5,much\n0.6\n,0.2\n")
    table = {"title": "T", "scenarios": ["shoestring-year"], "design": {"kind": "table", "file": "points.csv"}}

    with pytest.raises(InputError) as error:
        make_study(table, tmp_path)

    assert [fault.where.removeprefix(f"{tmp_path}/") for fault in error.value.faults] == [
        "points.csv, line 2, column staff_turnover",
        "points.csv, line 3",
        "points.csv, line 4, column control_norm",
    ]


def test_a_table_of_points_is_taken_row_by_row(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text("control_norm,timeline.1.end_week\n0.5,26\n0.6,104\n")
    table = {"title": "T", "scenarios": ["shoestring-year"], "design": {"kind": "table", "file": "points.csv"}}

    _, _, scenario, reference = make_study(table, tmp_path).case(1)

    assert scenario.parameters.control_norm == reference.parameters.control_norm == 0.6
    assert scenario.timeline[0].weeks(416) == (0, 104)
    assert reference.timeline == ()


def test_scenarios_stand_relative_to_the_study_file(tmp_path: Path) -> None:
    study = load_study(write_study(tmp_path))

    assert list(study.scenarios) == ["talk"]
    assert study.n_cases == 2


@settings(max_examples=40)
@given(st.text(max_size=200))
def test_any_text_is_a_study_or_has_faults(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "any.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(InputError) as error:
        load_study(path)

    assert error.value.faults


values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = ("title", "scenarios", "replicates", "seed", "weeks", "design", "keep", "stop")


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from(KEYS), values), st.dictionaries(st.text(max_size=5), values, max_size=1))
def test_any_table_is_a_study_or_has_faults(table: dict[str, Any], more: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        make_study({**table, **more, "story": 1})
