"""Running a study: what is missing is run, and nothing else."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.base.errors import InputError, OutputError
from sim.engine.run import PreparedRun
from sim.results.ensemble import run_paired
from sim.results.store import Keep, Results, StoreWriter, model_version
from sim.study.chunk import Batch, Chunk
from sim.study.replay import replay_run
from sim.study.runner import Progress, run_study
from sim.study.study_file import load_study
from tests.small_studies import results_of, small_study, write_study


def test_outcomes_are_those_of_a_paired_ensemble(tmp_path: Path) -> None:
    study = small_study(tmp_path, replicates=5)
    run_study(study, tmp_path / "out", workers=1)
    paired = run_paired(study.case(1)[2], replicates=5, seed=1, threads=1)

    outcomes = Results(tmp_path / "out").outcomes().query("case == 1")

    assert np.array_equal(outcomes.safe_share_last_year, paired.arm.series("safe_share")[:, -52:].mean(axis=1))
    assert outcomes.final_gain.mean() == pytest.approx(paired.summary()["final_gain"].estimate, abs=1e-12)
    assert outcomes.peak_gain.mean() == pytest.approx(paired.summary()["peak_gain"].estimate, abs=1e-12)


def test_a_study_that_is_complete_runs_nothing(tmp_path: Path) -> None:
    study = small_study(tmp_path)
    first = run_study(study, tmp_path / "out", workers=1)
    before = results_of(tmp_path / "out")

    again = run_study(study, tmp_path / "out", workers=1)

    assert first.progress.n_here == 24
    assert again.progress.n_here == 0
    assert again.is_complete
    assert results_of(tmp_path / "out") == before


def test_equal_inputs_are_run_once(tmp_path: Path) -> None:
    more = '\n[[design.axes]]\nset = "timeline.1.intensity"\nvalues = [0.5, 1.0, 1.5]'
    small_study(tmp_path)
    path = tmp_path / "small.toml"
    path.write_text(path.read_text().replace("[keep]", more + "\n[keep]"))

    end = run_study(path, tmp_path / "out", workers=1)

    # 6 cases with 6 replicates, and 2 baselines that three cases share.
    assert end.progress.n_here == 6 * 6 + 2 * 6


def test_more_replicates_go_on_where_fewer_stopped(tmp_path: Path) -> None:
    run_study(small_study(tmp_path, replicates=3), tmp_path / "out", workers=1)

    end = run_study(small_study(tmp_path, replicates=6), tmp_path / "out", workers=1)
    run_study(small_study(tmp_path, replicates=6), tmp_path / "whole", workers=1)

    assert end.progress.n_here == 12
    assert results_of(tmp_path / "out") == results_of(tmp_path / "whole")


def test_ctrl_c_lets_what_is_under_way_come_in_and_the_rest_is_resumed(tmp_path: Path) -> None:
    study = small_study(tmp_path)

    def interrupt(_: Progress) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    def quiet(_: Progress) -> None:
        pass

    stopped = run_study(study, tmp_path / "out", workers=1, runs_per_chunk=2, progress=_once(interrupt, quiet))
    assert not stopped.is_complete
    assert 0 < stopped.progress.n_done < 24
    assert Results(tmp_path / "out").status().n_done == stopped.progress.n_done

    end = run_study(study, tmp_path / "out", workers=1)
    run_study(study, tmp_path / "whole", workers=1)

    assert end.progress.n_here == 24 - stopped.progress.n_done
    assert results_of(tmp_path / "out") == results_of(tmp_path / "whole")


def _removed(out: Path) -> None:
    shutil.rmtree(out)


def _moved(out: Path) -> None:
    out.rename(out.with_name("elsewhere"))


def _exchanged(out: Path) -> None:
    shutil.rmtree(out)
    out.mkdir()
    (out / "mine").touch()


def _became_a_file(out: Path) -> None:
    shutil.rmtree(out)
    out.touch()


@pytest.mark.parametrize(
    ("happens", "left"),
    [(_removed, None), (_moved, None), (_exchanged, {"mine"}), (_became_a_file, set())],
)
def test_a_folder_that_goes_while_it_is_written_to_ends_the_study_and_nothing_is_put_in_its_place(
    happens: Callable[[Path], None], left: set[str] | None, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    at = _once(lambda _: happens(out), lambda _: None)
    end = run_study(small_study(tmp_path), out, workers=1, runs_per_chunk=2, progress=at)

    assert not end.is_complete
    assert "was moved or removed while it was written to" in end.reason
    assert (None if not out.exists() else {path.name for path in out.glob("*")}) == left
    if happens is _moved:
        again = run_study(small_study(tmp_path), out.with_name("elsewhere"), workers=1)
        assert again.is_complete
        assert again.progress.n_here < 24


@pytest.mark.parametrize("n_gone", [1, None])
def test_runs_that_go_while_others_are_done_are_told_and_done_anew(n_gone: int | None, tmp_path: Path) -> None:
    def remove(_: Progress) -> None:
        for path in sorted((tmp_path / "out" / "parts").iterdir())[:n_gone]:
            path.unlink()

    study = small_study(tmp_path)
    at = _once(remove, lambda _: None)
    end = run_study(study, tmp_path / "out", workers=1, runs_per_chunk=2, progress=at)
    assert not end.is_complete
    assert "it is gone" in end.reason

    assert run_study(study, tmp_path / "out", workers=1).is_complete
    run_study(study, tmp_path / "whole", workers=1)
    assert results_of(tmp_path / "out") == results_of(tmp_path / "whole")


def _once(first, then):
    calls = iter([first])
    return lambda progress: next(calls, then)(progress)


def test_a_run_that_fails_is_a_row_with_its_reason_and_can_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = small_study(tmp_path)
    simulate = PreparedRun.simulate

    def fail_once(self: PreparedRun, seed: int, replicate: int = 0, by_service: bool = False) -> np.ndarray:
        if replicate == 4 and self.scenario.timeline:
            raise ValueError("the roof came down")
        return simulate(self, seed, replicate, by_service)

    monkeypatch.setattr(PreparedRun, "simulate", fail_once)
    end = run_study(study, tmp_path / "out", workers=1)
    assert (end.progress.n_done, end.progress.n_failed) == (22, 2)
    assert end.is_complete
    status = Results(tmp_path / "out").status()
    assert set(status.failures.values()) == {"ValueError: the roof came down"}
    with pytest.raises(ValueError, match="the roof came down"):
        replay_run(tmp_path / "out", next(iter(status.failures)))

    monkeypatch.undo()
    run_study(study, tmp_path / "out", workers=1, retry_failed=True)
    run_study(study, tmp_path / "whole", workers=1)

    assert results_of(tmp_path / "out") == results_of(tmp_path / "whole")


@pytest.mark.parametrize("name", ["0", "-0", "nothing"])
def test_what_names_no_run_is_told_as_it_was_written(name: str, tmp_path: Path) -> None:
    run_study(small_study(tmp_path, replicates=1), tmp_path / "out", workers=1)
    with pytest.raises(InputError, match=f'wanted the name of a run of this study, got "{name}"'):
        replay_run(tmp_path / "out", name)


def test_an_error_on_writing_stops_the_study_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = small_study(tmp_path)
    add_part = StoreWriter.add_part
    n_written = 0

    def full_after_three(self: StoreWriter, content: bytes) -> tuple[int, int]:
        nonlocal n_written
        n_written += 1
        if n_written > 3:
            raise OutputError("x: cannot be written (No space left on device)")
        return add_part(self, content)

    monkeypatch.setattr(StoreWriter, "add_part", full_after_three)
    end = run_study(study, tmp_path / "out", workers=1, runs_per_chunk=2)
    assert (end.is_complete, end.progress.n_done) == (False, 6)
    assert "No space left" in end.reason

    monkeypatch.undo()
    assert run_study(study, tmp_path / "out", workers=1).progress.n_here == 18


def test_the_stop_rule_gives_more_replicates_only_to_unclear_cases(tmp_path: Path) -> None:
    rule = '[stop]\noutcome = "last_year"\nnarrower_than = 0.12\nat_most = 60'
    study = small_study(tmp_path, replicates=10, more=rule)

    run_study(study, tmp_path / "out", workers=2, runs_per_chunk=3)
    run_study(study, tmp_path / "other", workers=1, runs_per_chunk=7)

    summary = Results(tmp_path / "out").summary()
    width = summary.safe_share_last_year_high - summary.safe_share_last_year_low
    assert ((width < 0.12) | (summary.replicates == 60)).all()
    assert (summary.replicates % 10 == 0).all()
    assert (summary.replicates > 10).any()
    assert results_of(tmp_path / "out") == results_of(tmp_path / "other")


def test_others_may_read_while_it_runs(tmp_path: Path) -> None:
    study = small_study(tmp_path)
    seen = []

    def look(_: Progress) -> None:
        results = Results(tmp_path / "out")
        seen.append((results.status().n_done, results.status().is_running, len(results.outcomes())))
        assert results.sql("SELECT count(*) AS n FROM safe_share").n[0] > 0

    run_study(study, tmp_path / "out", workers=1, runs_per_chunk=3, progress=look)

    assert [n for n, _, _ in seen] == sorted(n for n, _, _ in seen)
    assert all(is_running for _, is_running, _ in seen)
    assert seen[-1][2] == 12


def test_the_same_folder_takes_no_study_that_keeps_other_series(tmp_path: Path) -> None:
    run_study(small_study(tmp_path), tmp_path / "out", workers=1)

    with pytest.raises(InputError, match="choose another folder"):
        run_study(small_study(tmp_path, more='weekly = "none"'), tmp_path / "out", workers=1)


def test_nothing_can_be_written_to_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")

    with pytest.raises(OutputError, match="choose another with --out"):
        run_study(small_study(tmp_path), tmp_path / "out", workers=1)


def test_results_are_the_same_bytes_for_any_size_of_chunk_and_number_of_threads(tmp_path: Path) -> None:
    study = small_study(tmp_path)
    run_study(study, tmp_path / "one", workers=1, runs_per_chunk=1)

    for runs_per_chunk, workers in ((5, 2), (7, 1), (24, 1)):
        out = tmp_path / f"chunks-of-{runs_per_chunk}"
        run_study(study, out, workers=workers, runs_per_chunk=runs_per_chunk)
        assert results_of(out) == results_of(tmp_path / "one")


def test_a_chunk_holds_runs_of_several_scenarios_and_is_halved_run_by_run(tmp_path: Path) -> None:
    scenario = small_study(tmp_path).case(0)[2]
    runs = {"a": (0, 1, 2), "b": (5,), "c": (0,)}
    batches = tuple(Batch(config, scenario, None, 1, numbers) for config, numbers in runs.items())
    chunk = Chunk(batches, Keep(), model_version())

    first, second = chunk.halves()

    assert chunk.runs() == [("a", 0), ("a", 1), ("a", 2), ("b", 5), ("c", 0)]
    assert first.runs() == [("a", 0), ("a", 1)]
    assert second.runs() == [("a", 2), ("b", 5), ("c", 0)]
    assert [batch.config for batch in second.batches] == ["a", "b", "c"]


def test_the_files_of_results_say_what_the_tables_do(tmp_path: Path) -> None:
    run_study(small_study(tmp_path), tmp_path / "out", workers=1)
    results = Results(tmp_path / "out")

    assert (tmp_path / "out" / "summary.csv").read_text() == results.summary().to_csv(index=False)
    stored = pd.read_parquet(tmp_path / "out" / "outcomes.parquet")
    pd.testing.assert_frame_equal(stored, results.outcomes())


def test_a_study_is_run_without_loading_pandas(tmp_path: Path) -> None:
    path = write_study(tmp_path)
    script = (
        "import sys; from sim.study.runner import run_study; "
        f"end = run_study({str(path)!r}, {str(tmp_path / 'out')!r}, workers=1); "
        "print(end.is_complete, sorted({'pandas', 'matplotlib', 'duckdb', 'networkx', 'mesa'} & set(sys.modules)))"
    )

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ran.stdout == "True []\n"


def test_weeks_of_a_study_have_dates_where_its_scenario_has_one(tmp_path: Path) -> None:
    path = write_study(tmp_path, replicates=2)
    talk = tmp_path / "talk.toml"
    talk.write_text(talk.read_text().replace("weeks = 30", 'weeks = 30\nstart = "2027-04-01"'))
    run_study(path, tmp_path / "out", workers=1)
    results = Results(tmp_path / "out")

    for frame in (results.weekly(["coherence"]), results.bands("safe_share")):
        days = frame[frame.week == 4].date.unique()
        assert list(frame.columns)[list(frame.columns).index("week") + 1] == "date"
        assert [str(day)[:10] for day in days] == ["2027-04-29"]

    for view, weeks in (("weekly", [0, 4, 8]), ("safe_share", [0, 1, 2])):
        frame = results.sql(f"SELECT DISTINCT week, date FROM {view} ORDER BY week LIMIT 3")
        assert frame.week.tolist() == weeks
        assert [day.date() for day in frame.date] == [date(2027, 4, 1) + timedelta(weeks=week) for week in weeks]


def test_a_run_without_a_start_has_no_dates_beside_one_that_has_them(tmp_path: Path) -> None:
    path = write_study(tmp_path, replicates=2)
    talk = (tmp_path / "talk.toml").read_text()
    (tmp_path / "dated.toml").write_text(talk.replace("weeks = 30", 'weeks = 31\nstart = "2027-04-01"'))
    path.write_text(path.read_text().replace('"talk.toml"', '"talk.toml", "dated.toml"'))
    run_study(path, tmp_path / "out", workers=1)

    asked = (
        "SELECT c.scenario, count(*) AS weeks, count(w.date) AS dates FROM weekly w JOIN cases c USING (config) "
        "GROUP BY ALL"
    )
    found = Results(tmp_path / "out").sql(asked).set_index("scenario")

    assert found.loc["talk", "dates"] == 0
    assert found.loc["dated", "dates"] == found.loc["dated", "weeks"] > 0


def test_scenarios_that_differ_in_their_start_alone_are_refused(tmp_path: Path) -> None:
    path = write_study(tmp_path)
    talk = (tmp_path / "talk.toml").read_text()
    (tmp_path / "later.toml").write_text('start = "2028-04-01"\n' + talk.replace("A talk", "Another"))
    path.write_text(path.read_text().replace('"talk.toml"', '"talk.toml", "later.toml"'))

    with pytest.raises(InputError) as told:
        load_study(path)
    (fault,) = told.value.faults
    assert fault.where == f"{path}, line 3: scenarios entry 2"
    assert fault.wanted.startswith("scenarios that differ in more than their start")
    assert '"talk" has the same runs' in fault.wanted
    assert fault.came == '"later.toml"'
    assert "they have none and 2028-04-01" in fault.hint


def test_runs_that_scenarios_of_other_dates_share_have_none(tmp_path: Path) -> None:
    """Both are compared with the same world in which nothing is done; each has its own dates."""
    path = write_study(tmp_path, replicates=2)
    talk = (tmp_path / "talk.toml").read_text()
    for name, end, start in (("talk", 10, "2027-04-01"), ("later", 12, "2028-04-01")):
        (tmp_path / f"{name}.toml").write_text(
            f'start = "{start}"\n' + talk.replace("end_week = 10", f"end_week = {end}")
        )
    path.write_text(path.read_text().replace('"talk.toml"', '"talk.toml", "later.toml"'))
    run_study(path, tmp_path / "out", workers=1)
    results = Results(tmp_path / "out")

    first = results.weekly(["coherence"]).query("week == 0").groupby("case").date.first()
    assert [str(day)[:4] for day in first] == ["2027", "2027", "2028", "2028"]
    asked = "SELECT count(*) AS weeks, count(w.date) AS dates FROM weekly w JOIN cases c ON w.config = c.reference"
    (found,) = results.sql(asked).to_dict("records")
    assert found["weeks"] > 0 == found["dates"]


def test_a_study_without_dates_has_no_column_for_them(tmp_path: Path) -> None:
    run_study(small_study(tmp_path, replicates=2), tmp_path / "out", workers=1)

    results = Results(tmp_path / "out")

    assert results.sql("SELECT * FROM weekly").columns.tolist() == [
        "config",
        "replicate",
        "week",
        "safe_share",
        "coherence",
    ]
    assert results.sql("SELECT * FROM safe_share").columns.tolist() == ["config", "replicate", "week", "safe_share"]


def test_bands_and_weekly_series_are_tables(tmp_path: Path) -> None:
    run_study(small_study(tmp_path), tmp_path / "out", workers=1)
    results = Results(tmp_path / "out")

    weekly = results.weekly(["coherence"], cases=[1])
    bands = results.bands("safe_share")

    assert list(weekly.columns) == ["case", "scenario", "replicate", "week", "coherence"]
    assert len(weekly) == 6 * 8
    assert (bands.q05 <= bands.q95).all()
    with pytest.raises(InputError, match="one that was kept"):
        results.weekly(["pressure"])
