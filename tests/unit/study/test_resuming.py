"""Work that goes on from its folder alone: to the same bits, and never further than what is checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.base.errors import InputError, OutputError
from sim.inputs.scenario.description import Scenario
from sim.results.store import Results, StoreWriter, ask_to_stop, is_being_written
from sim.results.store.description import read_description, write_description
from sim.study.budget import search_budget
from sim.study.resuming import ResumedBudget, ResumedStudy, resumable
from sim.study.runner import run_study
from sim.study.store_runner import Progress, RunOptions, WorkStopped
from tests.small_studies import results_of, small_study

PLACE = Scenario(name="place", title="A place", weeks=400).replace(organisation={"teams": 3, "team_size": 4})


class Stopped:
    """Asks for a stop from elsewhere, as soon as something has been run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, progress: Progress) -> None:
        if progress.n_here:
            assert ask_to_stop(self.folder)
            assert (self.folder / "stop").is_file()


@pytest.fixture(autouse=True)
def look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.study.store_runner._SECONDS_BETWEEN_LOOKS", -1.0)


def stopped_study(folder: Path, **more: object) -> Path:
    out = folder / "out"
    end = run_study(small_study(folder, **more), out, workers=1, runs_per_chunk=2, progress=Stopped(out))
    assert (end.is_complete, end.reason) == (False, "asked to stop")
    return out


def test_a_stop_that_is_asked_for_from_elsewhere_keeps_what_is_done(tmp_path: Path) -> None:
    out = stopped_study(tmp_path)
    status = Results(out).status()

    assert 0 < status.n_done < status.n_wanted
    assert (status.last_event["event"], status.last_event["reason"]) == ("stopped", "asked to stop")
    assert not (out / "stop").exists()
    assert not ask_to_stop(out)  # nobody is at work
    assert not (out / "stop").exists()


@pytest.mark.parametrize("more", ["", '[stop]\noutcome = "holds"\nnarrower_than = 0.4\nat_most = 24'])
def test_a_study_goes_on_from_its_folder_alone_to_the_same_bits(tmp_path: Path, more: str) -> None:
    out = stopped_study(tmp_path, more=more)
    for file in tmp_path.glob("*.toml"):
        file.unlink()
    found = resumable(Results(out))
    assert isinstance(found, ResumedStudy)
    end = found.go_on(RunOptions(out, workers=1))
    assert end.is_complete

    whole = tmp_path / "whole"
    run_study(small_study(tmp_path, more=more), whole, workers=1)
    assert results_of(out) == results_of(whole)


def test_a_budget_goes_on_from_its_folder_alone_to_the_same_answer(tmp_path: Path) -> None:
    asked = {"trials": 4, "replicates": 2, "judged_replicates": 3, "seed": 5}
    place = PLACE.with_entries(kind="leaders_leave", week=58, how_many=1)
    with pytest.raises(WorkStopped, match="asked to stop"):
        search_budget(place, [50.0, 100.0], **asked, options=RunOptions(tmp_path / "out", workers=1, runs_per_chunk=2,
                      progress=Stopped(tmp_path / "out")))  # fmt: skip
    found = resumable(Results(tmp_path / "out"))
    assert isinstance(found, ResumedBudget)

    answer = found.go_on(RunOptions(tmp_path / "out", workers=1))

    whole = search_budget(place, [50.0, 100.0], **asked, options=RunOptions(tmp_path / "whole", workers=1))
    assert answer.in_words() == whole.in_words()
    assert results_of(tmp_path / "out") == results_of(tmp_path / "whole")


def changed(out: Path, **study: object) -> Results:
    """Return a store whose study says something else, with hashes that fit."""
    described = read_description(out)
    told = described.as_table()["study"] | study
    write_description(out, described.with_study(told))
    return Results(out)


def with_scenarios(out: Path, change: dict[str, object]) -> Results:
    """Return a store whose scenarios say something else, with hashes that fit."""
    results = Results(out)
    configs = {
        name: one._replace(scenario=json.dumps(json.loads(one.scenario) | change))
        for name, one in results.configs().items()
    }
    with StoreWriter.open(out, results.keep) as store:
        store.write_configs(configs)
    return Results(out)


def test_work_on_tables_is_gone_on_with_where_they_are(tmp_path: Path) -> None:
    results = with_scenarios(stopped_study(tmp_path), {"tables": "/etc"})

    with pytest.raises(InputError, match="work on a made-up organisation, got work on an organisation from tables"):
        resumable(results)


def test_a_scenario_that_was_changed_does_not_get_the_runs_of_another(tmp_path: Path) -> None:
    results = with_scenarios(stopped_study(tmp_path), {"weeks": 31})

    with pytest.raises(InputError, match="wanted runs of this version of the model, got others, or changed ones"):
        resumable(results)


def test_what_is_no_scenario_is_refused(tmp_path: Path) -> None:
    results = with_scenarios(stopped_study(tmp_path), {"weeks": "many"})

    with pytest.raises(InputError, match="weeks: wanted a whole number"):
        resumable(results)


@pytest.mark.parametrize(
    ("study", "told"),
    [
        ({"replicates": 10**9}, "replicates: wanted a whole number"),
        ({"own_rules": [{"name": "mine.py", "sha256": "0" * 64}]}, "no rules of one's own, got work with mine.py"),
        ({"budgets": [-1.0]}, "Field required|wanted"),
        ({"budgets": [1.0], "trials": 5, "replicates": [2, 2], "scenario": "no JSON", "seed": 1}, "got|wanted"),
    ],
)
def test_what_a_study_says_of_itself_is_checked(tmp_path: Path, study: dict[str, object], told: str) -> None:
    results = changed(stopped_study(tmp_path), **study)

    with pytest.raises(InputError, match=told):
        resumable(results)


def test_an_analysis_goes_on_by_its_own_command(tmp_path: Path) -> None:
    out = stopped_study(tmp_path)
    described = read_description(out)
    write_description(out, described.with_study({"title": "Sensitivity", "seed": 1}))

    with pytest.raises(InputError, match="an analysis of another kind; give the command that began it once more"):
        resumable(Results(out))


def test_a_stop_is_not_asked_for_through_a_link(tmp_path: Path) -> None:
    out = stopped_study(tmp_path)
    (out / "stop").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(OutputError, match="got a link"):
        ask_to_stop(out)
    assert not (tmp_path / "elsewhere").exists()
    assert not is_being_written(out)
