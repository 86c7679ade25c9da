"""The words study, map and budget of the command: what they say, what they leave in a folder, how they go on."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.commands import main
from sim.commands.study import watched
from sim.engine.run import PreparedRun
from sim.inputs.draws import Draws
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import write_scenario
from sim.results.store import Results
from sim.study.replay import replay_run
from sim.study.store_runner import Progress
from tests.small_studies import results_of, write_study

Call = Callable[..., tuple[int, str, str]]
ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-c", "from sim.commands import main; main()"]
PLACE = Scenario(name="place", title="A place", weeks=400).replace(organisation={"teams": 3, "team_size": 4})
BUDGET = ("budget", "place.toml", "--days", 100, "--trials", 10, "--replicates", 3, "--judged", 4, "--workers", 1)
MAP = ("map", "place.toml", "--x", "turnover:0.5:2:2", "--y", "control_norm:0.5:0.9:2", "--replicates", 3)
PATIENCE = 120.0


@pytest.fixture(name="call")
def call_fixture(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run the command in a folder with a study and a place; return its exit code, output and error output."""
    monkeypatch.chdir(tmp_path)
    write_study(tmp_path)
    write_scenario(PLACE.with_entries(kind="dialogue", start_week=0, end_week=26), tmp_path / "place.toml")

    def call(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return call


def fail_in_replicate_4(monkeypatch: pytest.MonkeyPatch) -> None:
    simulate = PreparedRun.simulate

    def fail(self: PreparedRun, seed: int, replicate: int = 0, by_service: bool = False) -> np.ndarray:
        if replicate == 4:
            raise ValueError("the roof came down")
        return simulate(self, seed, replicate, by_service)

    monkeypatch.setattr(PreparedRun, "simulate", fail)


def test_a_study_says_what_it_did_and_where_the_summary_is(call: Call, tmp_path: Path) -> None:
    code, out, _ = call("study", "small.toml", "--workers", 1, "--out", "out")

    assert code == 0
    assert "Small: 2 cases, 6 replicates each, into out" in out
    assert "24 runs done, 0 failed; 24 were run now." in out
    assert pd.read_csv(tmp_path / "out" / "summary.csv").replicates.tolist() == [6, 6]


def test_failures_are_told_with_the_command_that_shows_them_again(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        fail_in_replicate_4(patch)
        _, out, _ = call("study", "small.toml", "--workers", 1, "--out", "out")
        assert "20 runs done, 4 failed; 24 were run now." in out
        code, out, _ = call("study", "status", "out")
        assert code == 0
        assert "20 of 24 runs done, 4 failed, 0 pending; not running" in out
        assert "ValueError: the roof came down" in out
        again = next(line.partition("see it again: ")[2] for line in out.splitlines() if "see it again" in line)
        code, _, err = call(*shlex.split(again)[1:])
        assert code == 1
        assert err.endswith("\nValueError: the roof came down\n")

    code, out, _ = call(*shlex.split(again)[1:])
    assert code == 0
    assert "feel safe in the last week" in out
    _, out, _ = call("study", "small.toml", "--workers", 1, "--out", "out", "--retry")
    assert "24 runs done, 0 failed; 4 were run now." in out


@pytest.mark.parametrize(
    ("seconds", "words"), [(5.4, "5 seconds"), (119.0, "119 seconds"), (120.0, "2 minutes"), (7200.0, "2 hours")]
)
def test_the_time_left_is_told_in_a_unit_that_fits(
    seconds: float, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sim.commands.study.SECONDS_BETWEEN_LINES", 0.0)
    with watched() as watch:
        watch(Progress(n_done=10, n_failed=0, n_wanted=20, n_here=10, seconds=seconds))

    assert f"about {words} left" in capsys.readouterr().err


def test_questions_in_sql_are_answered_as_csv(call: Call) -> None:
    call("study", "small.toml", "--workers", 1, "--out", "out")

    code, out, _ = call("study", "sql", "out", "SELECT control_norm, replicates FROM summary ORDER BY 1")

    assert code == 0
    assert out == "control_norm,replicates\n0.6,6\n0.8,6\n"


def test_a_map_leaves_a_picture_and_a_table_and_runs_nothing_twice(call: Call, tmp_path: Path) -> None:
    code, out, _ = call(*MAP, "--out", "map", "--outcome", "persists", "--workers", 1)
    assert code == 0
    assert "A place: probability that the shift persists" in out
    assert len(pd.read_csv(tmp_path / "map" / "map.csv")) == 4
    assert (tmp_path / "map" / "map.svg").is_file()

    code, _, told = call(*MAP, "--out", "map", "--workers", 1)
    assert code == 2
    assert 'map: outcome: wanted "persists", as what is there, got "holds"; choose another folder' in told

    _, out, _ = call(*MAP, "--out", "map", "--workers", 1, "--force")

    assert "24 runs done, 0 failed; 0 were run now." in out
    assert "probability that the culture holds" in out


def test_a_budget_leaves_its_answer_and_every_programme_that_was_tried(call: Call, tmp_path: Path) -> None:
    code, out, _ = call(*BUDGET, "--out", "budget")
    assert code == 0
    assert out.startswith("A place. What lasts, for how much?")
    frame = pd.read_csv(tmp_path / "budget" / "budget.csv")
    assert frame.budget.unique().tolist() == [25.0, 50.0, 75.0, 100.0]

    tried = Results(tmp_path / "budget").outcomes()
    n_runs = Results(tmp_path / "budget").status().n_done
    best = tried[tried.judged == 1].groupby(["budget", "trial"]).persists.mean().groupby("budget").max()

    assert len(tried[tried.judged == 0].groupby(["budget", "trial"])) == 4 * 10
    asked = "SELECT budget, max(persists) AS persists FROM summary WHERE judged = 1 GROUP BY 1 ORDER BY 1"
    assert Results(tmp_path / "budget").sql(asked).persists.tolist() == best.tolist()
    assert best.tolist() == [frame[frame.budget == budget].persists.max() for budget in best.index]
    assert f"{n_runs} of {n_runs} runs done, 0 failed, 0 pending" in call("study", "status", "budget")[1]


def test_the_best_use_of_a_budget_is_told_with_what_it_rests_on(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Draws(("coaching_effect",), np.array([[0.03], [0.12]]))
    monkeypatch.setattr("sim.study.ranges.draws", lambda _: few)

    code, out, err = call(*BUDGET, "--out", "budget", "--range")
    frame = pd.read_csv(tmp_path / "budget" / "budget.csv")
    told = frame[frame.lasts_range_low.notna()]

    assert (code, "Traceback" in err) == (0, False)
    assert told["rank"].tolist() == [1] * len(told)
    assert out.count("; over what nobody has measured, in between ") == len(told) > 0
    for budget, low, high in zip(told.budget, told.lasts_range_low, told.lasts_range_high, strict=True):
        assert 0 <= low <= high <= 1
        assert (tmp_path / "range-runs" / f"place-{budget:g}-days" / "store.json").exists()


def test_any_run_of_a_budget_can_be_run_again_on_its_own_chance_events(call: Call, tmp_path: Path) -> None:
    call(*BUDGET, "--out", "budget")
    results = Results(tmp_path / "budget")
    cases = list(results.case_rows())
    in_search, judged = cases[0].config, cases[-1].config

    for config in (in_search, judged):
        numbers, safe_share = results.series([config])[config]
        assert np.array_equal(replay_run(tmp_path / "budget", f"{config}-{numbers[-1]}"), safe_share[-1])


def test_a_budget_asked_for_again_runs_nothing_and_gives_the_same_files(call: Call, tmp_path: Path) -> None:
    call(*BUDGET, "--out", "budget")
    before = results_of(tmp_path / "budget")
    answer = {name: (tmp_path / "budget" / name).read_bytes() for name in ("budget.txt", "budget.svg", "budget.png")}

    call(*BUDGET, "--out", "budget")

    assert results_of(tmp_path / "budget") == before
    assert {name: (tmp_path / "budget" / name).read_bytes() for name in answer} == answer
    events = [json.loads(line) for line in (tmp_path / "budget" / "log.jsonl").read_text().splitlines()]
    assert [event["event"] for event in events] == ["started", "finished"] * 2

    for name in answer:
        (tmp_path / "budget" / name).unlink()
    code, out, _ = call("study", "resume", "budget", "--workers", 1)
    assert code == 0
    assert "What lasts, for how much?" in out
    assert {name: (tmp_path / "budget" / name).read_bytes() for name in answer} == answer


def test_a_budget_without_its_packages_or_with_nothing_to_spend_is_told(call: Call) -> None:
    code, _, err = call("budget", "place.toml", "--days", 0)

    assert code == 2
    assert "days of paid support above 0" in err


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals as on POSIX")
@pytest.mark.parametrize("kind", ["study", "map", "budget"])
def test_ctrl_c_drains_and_the_command_it_names_goes_on(kind: str, call: Call, tmp_path: Path) -> None:
    long_place = PLACE.replace(weeks=700).with_entries(kind="dialogue", start_week=0, end_week=26)
    write_scenario(long_place, tmp_path / "place.toml")
    write_study(tmp_path, replicates=300, weeks=1000)
    words = {
        "study": ["study", "small.toml", "--workers", "1"],
        "map": [*map(str, MAP[:-1]), "120", "--outcome", "lasts", "--workers", "1"],
        "budget": ["budget", "place.toml", "--trials", "20", "--replicates", "20", "--judged", "5", "--workers", "1"],
    }[kind]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.Popen(
        [*COMMAND, *words, "--out", "a folder"], cwd=tmp_path, env=environment, text=True, stderr=subprocess.PIPE
    )
    until = time.monotonic() + PATIENCE
    while not list((tmp_path / "a folder").glob("parts/[!.]*")) and time.monotonic() < until:
        time.sleep(0.01)
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=PATIENCE)

    assert run.returncode == 130, err
    assert "Stopped: asked to stop." in err
    n_safe = int(err.partition(" runs are safe in a folder")[0].splitlines()[-1].replace(",", ""))
    assert 0 < n_safe == Results(tmp_path / "a folder").status().n_done
    again = shlex.split(err.rpartition("Go on with:")[2])
    assert again[0] == "cultureshift"
    assert call(*again[1:])[0] == 0
    assert call(*words, "--out", "whole")[0] == 0
    assert results_of(tmp_path / "a folder") == results_of(tmp_path / "whole")
