"""Long work in a folder: what is listed, what is never shown, how far it is; stop and go on."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
import solara

from sim.base.errors import InputError
from sim.dashboard import studies
from sim.dashboard.pages import studies as page
from sim.dashboard.studies import FolderWatch
from sim.results.store import Results, StoreWriter, is_being_written
from sim.study.map import map_axis, map_study
from sim.study.runner import run_study
from tests.small_runs import YEAR
from tests.small_studies import small_study

PATIENCE = 60.0


@pytest.fixture(scope="module", name="made")
def made_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a study, a map, and much that is neither."""
    folder = tmp_path_factory.mktemp("studies")
    work = tmp_path_factory.mktemp("work")
    run_study(small_study(work, replicates=2), folder / "small", workers=1)
    axes = map_axis("turnover:0.5:2:2"), map_axis("control_norm:0.5:0.9:2")
    run_study(map_study(YEAR, *axes, replicates=2), folder / "a map", workers=1)
    (folder / "a file").write_text("nothing")
    (folder / "empty").mkdir()
    (folder / "broken").mkdir()
    (folder / "broken" / "store.json").write_text("{")
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "store.json").write_text("{")
    run_study(small_study(work, replicates=2), work / "outside", workers=1)
    (folder / "a link").symlink_to(work / "outside")
    (folder / "link inside").mkdir()
    (folder / "link inside" / "store.json").symlink_to(work / "outside" / "store.json")
    return folder


def by_name(watch: FolderWatch) -> dict[str, dict[str, object]]:
    return {str(one["name"]): one for one in watch.listed()}


def test_what_keeps_its_runs_there_is_listed_and_nothing_else(made: Path) -> None:
    listed = by_name(FolderWatch(made))

    assert list(listed) == ["a map", "broken", "small"]
    assert (listed["small"]["title"], listed["small"]["n_done"], listed["small"]["n_wanted"]) == ("Small", 8, 8)
    assert listed["small"]["is_complete"]
    assert not listed["small"]["is_running"]


def test_what_cannot_be_read_is_told_without_the_place_of_the_folder(made: Path) -> None:
    broken = by_name(FolderWatch(made))["broken"]

    assert not broken["is_readable"]
    assert str(broken["faults"]).startswith("['broken/store.json: damaged (no JSON")
    assert str(made) not in str(by_name(FolderWatch(made)))


def test_a_folder_that_is_a_study_itself_is_listed(made: Path) -> None:
    assert list(by_name(FolderWatch(made / "small"))) == ["."]


def test_a_folder_that_is_none_is_refused(made: Path) -> None:
    with pytest.raises(InputError, match="--studies: wanted a folder"):
        FolderWatch(made / "a file")


@pytest.mark.parametrize(
    "name", ["..", "../work/outside", "/etc", "a link", "link inside", "empty", "", "small/", "x\0"]
)
@pytest.mark.parametrize("what", ["part_results", "stop", "go_on"])
def test_nothing_is_done_to_what_is_not_listed(made: Path, name: str, what: str) -> None:
    with pytest.raises(InputError, match="wanted work that is listed here"):
        getattr(FolderWatch(made), what)(name)


def test_part_results_are_the_summary_and_a_map_where_there_are_two_axes(made: Path) -> None:
    came = FolderWatch(made).part_results("a map")
    summary = Results(made / "a map").summary()

    assert came["columns"][:4] == ["Scenario", "Control norm", "Turnover", "Runs"]
    assert [row[:4] for row in came["rows"]] == [
        ["year", f"{y:.4g}", f"{x:.4g}", "2"] for y, x in zip(summary["control_norm"], summary["turnover"], strict=True)
    ]
    assert came["map"]["xs"] == [0.5, 2.0]
    assert [value for row in came["map"]["values"] for value in row] == summary["holds"].tolist()
    assert FolderWatch(made).part_results("small")["map"] is None


def test_a_large_study_is_summed_up_once_it_is_complete(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.dashboard.part_results._MOST_SUMMED_UP", 1)

    assert len(FolderWatch(made).part_results("small")["rows"]) == 2  # its summary is written
    monkeypatch.setattr("sim.dashboard.part_results.SUMMARY_FILE", "configs.parquet")
    monkeypatch.setattr("sim.results.store.results.Results.table", lambda *_: None)
    assert FolderWatch(made).part_results("small")["note"].startswith("There are more than 1 runs")


def test_work_is_read_again_when_something_has_changed_and_only_then(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studies, "_LEAST_PAUSE", 0.0)
    monkeypatch.setattr(studies, "_SHARE_OF_TIME", 0.0)
    run_study(small_study(tmp_path, replicates=1), tmp_path / "all" / "one", workers=1)
    watch, reads = FolderWatch(tmp_path / "all"), []
    status = Results.status
    monkeypatch.setattr(Results, "status", lambda self: reads.append(1) or status(self))

    assert [by_name(watch)["one"]["n_done"] for _ in range(3)] == [4, 4, 4]
    assert len(reads) == 1
    run_study(small_study(tmp_path, replicates=2), tmp_path / "all" / "one", workers=1)
    assert by_name(watch)["one"]["n_done"] == 8
    assert len(reads) == 2


def test_work_that_was_killed_is_not_said_to_be_under_way(tmp_path: Path) -> None:
    study = small_study(tmp_path, replicates=1)
    watch = FolderWatch(tmp_path)
    with StoreWriter.open(tmp_path / "one", study.keep) as store:
        store.describe({"title": "One"})
        assert by_name(watch)["one"]["is_running"]
    assert not by_name(watch)["one"]["is_running"]


@pytest.mark.slow
def test_work_that_was_stopped_goes_on_in_a_process_of_its_own_and_can_be_stopped(tmp_path: Path) -> None:
    study = small_study(tmp_path, replicates=4000)
    folder = tmp_path / "all" / "small"
    run_study(study, folder, workers=1, progress=lambda _: watch_and_stop(folder))
    watch = FolderWatch(folder.parent)
    n_before = by_name(watch)["small"]["n_done"]

    watch.go_on("small")
    assert by_name(watch)["small"]["is_starting"]
    with pytest.raises(InputError, match="work that is not under way"):
        watch.go_on("small")
    wait_until(lambda: is_being_written(folder) and Results(folder).status().n_done > n_before)
    watch.stop("small")
    wait_until(lambda: not by_name(watch)["small"]["is_running"] and not watch._at_work)

    last = Results(folder).status()
    assert n_before < last.n_done < last.n_wanted
    assert last.last_event["reason"] == "asked to stop"
    assert by_name(watch)["small"]["failed"] == ""


def watch_and_stop(folder: Path) -> None:
    FolderWatch(folder.parent).stop(folder.name)


def wait_until(is_so: object) -> None:
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.mark.slow
def test_a_module_that_lies_in_the_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = small_study(tmp_path, replicates=2)
    folder = tmp_path / "all" / "small"
    run_study(study, folder, workers=1)
    for name in ("sim", "typing", "typer"):
        (folder / f"{name}.py").write_text("open('was-run', 'w')")
        (folder.parent / f"{name}.py").write_text("open('was-run', 'w')")
    monkeypatch.chdir(folder.parent)
    watch = FolderWatch(folder.parent)

    watch.go_on("small")
    wait_until(lambda: not (watch._reap(), watch._at_work)[1])

    assert not list(tmp_path.rglob("was-run"))
    assert by_name(watch)["small"]["failed"] == ""


def test_work_that_cannot_go_on_from_its_folder_says_so(tmp_path: Path) -> None:
    study = small_study(tmp_path, replicates=1)
    with StoreWriter.open(tmp_path / "one", study.keep) as store:
        store.describe({"title": "Sensitivity of a thing", "seed": 1})

    with pytest.raises(InputError, match="an analysis of another kind; give the command that began it once more"):
        FolderWatch(tmp_path).go_on("one")


def test_only_so_much_is_gone_on_with_at_a_time(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studies, "MOST_AT_WORK", 0)

    with pytest.raises(InputError, match="at most 0 works at a time"):
        FolderWatch(made).go_on("small")


def test_a_folder_is_not_said_to_be_empty_before_it_was_looked_into(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_look = threading.Event()
    watch = FolderWatch(made)
    listed = watch.listed
    monkeypatch.setattr(watch, "listed", lambda: listed() if may_look.wait(PATIENCE) else [])
    monkeypatch.setattr(page, "the_watch", lambda: watch)
    box, context = solara.render(page.StudiesPage(), handle_error=False)
    (shown,) = box.children

    def works() -> list[dict[str, object]] | None:
        found: list[dict[str, object]] | None = shown.get_state(["works"])["works"]
        return found

    assert works() is None
    may_look.set()
    until = time.monotonic() + PATIENCE
    while works() is None and time.monotonic() < until:
        time.sleep(0.01)
    assert [work["name"] for work in works() or []] == ["a map", "broken", "small"]
    context.close()
