"""A folder of runs: what another plan made is refused by name, and more of the same goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.base.errors import InputError
from sim.commands import main
from sim.inputs.organisation import OrganisationShape
from sim.inputs.scenario.description import Scenario
from sim.results.outcomes import OUTCOMES
from sim.results.store import Results
from sim.study.crew import RunOptions
from sim.study.runner import run_study
from sim.study.sampling import plausible_ranges
from sim.study.sensitivity import analyse_sensitivity
from sim.study.study_file import load_study

SMALL = """
title = "A talk"
weeks = 110

[parameters]
control_norm = {norm}

[organisation]
teams = 3
team_size = 4

[[timeline]]
kind = "dialogue"
start_week = 0
end_week = 10
"""

STUDY = """
title = "Small"
scenarios = ["small.toml"]
replicates = {replicates}
seed = {seed}

[design]
kind = "grid"

[[design.axes]]
set = "critical_mass"
values = {values}
"""


def written(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "log.jsonl"}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "small.toml").write_text(SMALL.format(norm=0.6))
    return tmp_path


def plan(folder: Path, replicates: int = 2, seed: int = 1, values: str = "[0.2, 0.3]") -> Path:
    path = folder / "study.toml"
    path.write_text(STUDY.format(replicates=replicates, seed=seed, values=values))
    return path


def call(*words: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    return int(ended.value.code or 0)


@pytest.mark.slow
def test_the_map_of_another_plan_is_not_written_over(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario, out = str(small / "small.toml"), str(small / "map")
    words = ["map", scenario, "--x", "control_norm:0.5:0.9:2", "--y", "critical_mass:0.2:0.3:2", "--replicates", "2"]
    words += ["--set", "weeks=230", "--workers", "1", "--out", out]
    assert call(*words) == 0
    before = written(small / "map")

    for change, said in (
        (("--seed", "2"), "seed: wanted 1, as what is there, got 2"),
        (("--replicates", "1"), "replicates: wanted 2, as what is there, got 1"),
        (("--outcome", "persists"), 'outcome: wanted "holds", as what is there, got "persists"'),
        (("--x", "control_norm:0.4:0.9:2"), "design: wanted "),
        (("--set", "facilitation=0.2"), "wanted the scenarios and points that were run there"),
    ):
        capsys.readouterr()
        assert call(*words, *change) == 2
        told = capsys.readouterr().err
        assert said in told
        assert "choose another folder with --out, or let this one take its place with --force" in told
        assert written(small / "map") == before

    assert call(*words, "--seed", "2", "--force") == 0
    assert written(small / "map") != before
    assert call(*words, "--seed", "2") == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seed": 2}, "seed: wanted 1"),
        ({"replicates": 1}, "replicates: wanted 2"),
        ({"values": "[0.2, 0.4]"}, "design: wanted"),
        ({"seed": 3, "replicates": 1}, "seed: wanted 1"),
    ],
)
def test_the_study_of_another_plan_is_not_written_over(change: dict[str, int | str], said: str, small: Path) -> None:
    run_study(load_study(plan(small)), small / "out", workers=1)
    before = written(small / "out")
    other = load_study(plan(small, **change))  # type: ignore[arg-type]

    with pytest.raises(InputError, match=said):
        run_study(other, small / "out", workers=1)

    assert written(small / "out") == before
    assert run_study(other, small / "out", workers=1, replacing=True).is_complete


def test_a_study_whose_scenario_was_changed_is_another_one(small: Path) -> None:
    run_study(load_study(plan(small)), small / "out", workers=1)
    (small / "small.toml").write_text(SMALL.format(norm=0.7))

    with pytest.raises(InputError, match="small was different"):
        run_study(load_study(plan(small)), small / "out", workers=1)


def test_a_study_goes_on_with_more_points_and_more_replicates(small: Path) -> None:
    run_study(load_study(plan(small)), small / "out", workers=1)

    end = run_study(load_study(plan(small, 3, values="[0.1, 0.2, 0.3]")), small / "out", workers=1)

    assert end.is_complete
    assert end.progress.n_here == end.progress.n_wanted - 8
    assert len(Results(small / "out").summary()) == 3


def test_an_analysis_under_another_plan_is_refused_before_anything_is_run(tmp_path: Path) -> None:
    shape = OrganisationShape(teams=3, team_size=4)
    talk = Scenario(title="A talk", weeks=230, organisation=shape)
    talk = talk.with_entries(kind="dialogue", start_week=0, end_week=10)
    ranges = plausible_ranges(("control_norm", "critical_mass"))

    def analyse(scenario: Scenario = talk, seed: int = 1, outcome: str = "peak_gain", points: int = 12) -> None:
        asked = scenario, OUTCOMES[outcome], "morris", points, 1, seed
        analyse_sensitivity(*asked, ranges=ranges, options=RunOptions(tmp_path, workers=1))  # type: ignore[arg-type]

    analyse()
    before = written(tmp_path)
    with pytest.raises(InputError, match="seed: wanted 1"):
        analyse(seed=2)
    with pytest.raises(InputError, match="outcome: wanted"):
        analyse(outcome="persists")
    with pytest.raises(InputError, match="content: wanted"):
        analyse(talk.with_parameters(facilitation=0.2))
    assert written(tmp_path) == before
    analyse(points=24)
    assert written(tmp_path) != before
