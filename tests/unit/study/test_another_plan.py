"""A folder of runs: what another plan made is refused by name, and more of the same goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.base.destination import FolderDestination
from sim.base.errors import InputError
from sim.base.unfinished import take_back_unfinished
from sim.commands import main
from sim.commands.study_folder import StudyFolder
from sim.inputs.draws import Draws
from sim.inputs.organisation import OrganisationShape
from sim.inputs.scenario.description import Scenario
from sim.results.outcomes import OUTCOMES
from sim.results.store import Results
from sim.study.ranges import range_of
from sim.study.resuming import resumable
from sim.study.runner import run_study
from sim.study.sampling import plausible_ranges
from sim.study.sensitivity import analyse_sensitivity
from sim.study.store_runner import RunOptions
from sim.study.study_file import load_study
from tests.killed_program import KILLED_BEFORE_A_STEP

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
    # The line of the mean field, which "holds" has, takes longer than all runs, and is drawn from none of them.
    words += ["--set", "weeks=230", "--outcome", "lasts", "--workers", "1", "--out", out]
    assert call(*words) == 0
    before = written(small / "map")

    for change, said in (
        (("--seed", "2"), "seed: wanted 1, as what is there, got 2"),
        (("--replicates", "1"), "replicates: wanted 2, as what is there, got 1"),
        (("--outcome", "persists"), 'outcome: wanted "lasts", as what is there, got "persists"'),
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
    other = load_study(plan(small, **change))

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
        analyse_sensitivity(*asked, ranges=ranges, options=RunOptions(tmp_path, workers=1))

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


# --- another version of the model -------------------------------------------------------------------------------------


def test_what_another_version_of_the_model_gave_is_not_written_over(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = load_study(plan(small))
    run_study(study, small / "out", workers=1)
    before = written(small / "out")
    for module in ("sim.results.store.keys", "sim.study.runner", "sim.study.resuming"):
        monkeypatch.setattr(f"{module}.model_version", lambda: "0.2.0+0123456789ab")

    with pytest.raises(InputError, match=r"version of the model: wanted \"0\.1\.0\+.*got \"0\.2\.0\+") as refused:
        run_study(study, small / "out", workers=1)
    assert "choose another folder with --out, or let this one take its place with --force" in str(refused.value)
    with pytest.raises(InputError, match=r"work of this version of the model \(0\.2\.0.*install that version"):
        resumable(Results(small / "out"))
    assert written(small / "out") == before

    end = run_study(study, small / "out", workers=1, replacing=True)
    assert (end.is_complete, end.progress.n_here) == (True, end.progress.n_wanted)
    assert resumable(Results(small / "out")).title == "Small"


def test_an_analysis_under_another_version_of_the_model_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = Scenario(title="A talk", weeks=60, organisation=OrganisationShape(teams=3, team_size=4))
    talk = talk.with_entries(kind="dialogue", start_week=0, end_week=10)
    over = Draws(("control_norm",), np.array([[0.5], [0.6]]))
    asked = {"over": over, "worlds": 1, "options": RunOptions(tmp_path, workers=1)}
    range_of(talk, **asked)
    monkeypatch.setattr("sim.study.points.model_version", lambda: "another")

    with pytest.raises(InputError, match="version of the model: wanted"):
        range_of(talk, **asked)


# --- another one takes its place --------------------------------------------------------------------------------------

TAKING = f"""{KILLED_BEFORE_A_STEP}
import shutil
from pathlib import Path
from sim.results.store import Results, StoreWriter
os.replace, steps = killed_before(os.replace), int(sys.argv[2])
for n_steps in range(steps):
    folder = Path(sys.argv[1]) / str(n_steps)
    killed_after, n_steps = n_steps, 1_000
    shutil.copytree(folder.with_name("out"), folder)
    if (child := os.fork()) == 0:
        n_steps = killed_after
        with StoreWriter.open(folder, Results(folder).keep, replacing=True) as store:
            store.check_plan({{"title": "Another", "seed": 2, "model_version": "x"}}, ())
        os._exit(0)
    print(os.waitpid(child, 0)[1])
"""
STEPS = 24


@pytest.mark.skipif(os.name != "posix", reason="kills as on POSIX")
def test_a_kill_while_one_takes_the_place_of_another_never_leaves_the_two_side_by_side(small: Path) -> None:
    study = load_study(plan(small))
    run_study(study, small / "out", workers=1)
    with StudyFolder(small / "out", ("map.csv",)).writing() as staged:
        (staged / "map.csv").write_text("of the one there")
    before = written(small / "out")

    program = [sys.executable, "-c", TAKING, str(small), str(STEPS)]
    ended = subprocess.run(program, cwd=Path(__file__).parents[3], check=True, capture_output=True, text=True)

    codes = [int(code) for code in ended.stdout.split()]
    assert codes == sorted(codes, reverse=True)
    assert (codes[0], codes[-1]) == (9, 0)
    for number in range(STEPS):
        folder = small / str(number)
        take_back_unfinished()
        results, there = Results(folder), written(folder)
        assert [path.name for path in folder.glob(".*")] == []
        if results.study["title"] == "Another":
            assert not {"summary.csv", "outcomes.parquet", "cases.parquet", "map.csv", "manifest.json"} & set(there)
        else:
            kept = {name: content for name, content in there.items() if name != "store.json"}
            assert kept.items() <= before.items()
        for name in ("outcomes.parquet", "summary.csv"):
            results.table(name)  # what is gone is not taken for damage

    half = next(folder for folder in sorted(small.glob("[0-9]*")) if not (folder / "summary.csv").exists())
    assert run_study(study, half, workers=1, replacing=True).is_complete
    assert written(half)["summary.csv"] == before["summary.csv"]


@pytest.mark.parametrize("is_changed", [False, True])
def test_results_that_kept_no_runs_give_way_to_a_study_with_force_and_what_somebody_changed_is_kept(
    is_changed: bool, small: Path
) -> None:
    out = small / "out"
    with FolderDestination(out, ("summary.csv", "figure.svg")).writing() as staged:
        (staged / "summary.csv").write_text("of a run")
        (staged / "figure.svg").write_text("of a run")
    if is_changed:
        (out / "summary.csv").write_text("mine")

    assert run_study(load_study(plan(small)), out, workers=1, replacing=True).is_complete

    assert not (out / "figure.svg").exists()
    assert not (out / "manifest.json").exists()
    assert b"of a run" not in (out / "summary.csv").read_bytes()
    assert [path.read_text() for path in (out / "damaged").glob("*")] == (["mine"] if is_changed else [])
