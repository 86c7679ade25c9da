"""The folder of a run: whole or not at all, never over what belongs to others, and enough to repeat the run."""

from __future__ import annotations

import csv
import hashlib
import json
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.base import files
from sim.base.errors import InputError, OutputError
from sim.base.files import new_folder
from sim.base.version import __version__
from sim.engine.recorder import MEASURE_NAMES
from sim.report import summary_records
from sim.results.ensemble import PairedEnsemble, run_paired
from sim.results.run_folder import (
    FILES,
    labelled,
    organisation_digest,
    read_manifest,
    run_destination,
    weekly_digest,
    write_run,
)
from tests.small_runs import YEAR, quiet_pair, small_pair

IMAGES = {"figure.png": b"png", "figure.svg": b"<svg/>"}

USUAL = set(FILES) - {"weekly.csv"}
"""What is written unless one more is asked for."""


def write(folder: Path, pairs: Sequence[PairedEnsemble] | None = None, **options: Any) -> list[Path]:
    pairs = [small_pair()] if pairs is None else pairs
    return write_run(folder, pairs, summary=summary_records(pairs), images=IMAGES, command=["cultureshift"], **options)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# --- what is in it ----------------------------------------------------------------------------------------------------


def test_a_run_becomes_five_files(tmp_path: Path) -> None:
    written = write(tmp_path / "out")
    assert {path.name for path in written} == set(content(tmp_path / "out")) == USUAL


def test_the_weekly_table_holds_both_arms_bit_by_bit(tmp_path: Path) -> None:
    write(tmp_path / "out")
    table = pq.read_table(tmp_path / "out" / "weekly.parquet")
    assert table.column_names == ["scenario", "replicate", "week", *MEASURE_NAMES, "cost"]
    assert table.column("scenario").unique().to_pylist() == ["year", "baseline"]
    n_rows = 6 * 31
    for first, ensemble in ((0, small_pair().arm), (n_rows, small_pair().baseline)):
        part = table.slice(first, n_rows)
        for name in MEASURE_NAMES:
            np.testing.assert_array_equal(part.column(name).to_numpy(), ensemble.series(name).ravel())
        assert part.column("replicate").to_pylist()[::31] == list(range(6))
        assert part.column("week").to_pylist()[:31] == list(range(31))


def test_only_the_scenario_is_a_dictionary(tmp_path: Path) -> None:
    write(tmp_path / "out")
    group = pq.ParquetFile(tmp_path / "out" / "weekly.parquet").metadata.row_group(0)
    columns = [group.column(place) for place in range(group.num_columns)]
    assert {column.compression for column in columns} == {"ZSTD"}
    assert [c.path_in_schema for c in columns if "RLE_DICTIONARY" in c.encodings] == ["scenario"]


def test_the_table_is_what_the_frame_is(tmp_path: Path) -> None:
    write(tmp_path / "out")
    table = pq.read_table(tmp_path / "out" / "weekly.parquet").to_pandas()
    frame = small_pair().arm.to_frame()
    assert list(table.columns) == list(frame.columns)
    np.testing.assert_array_equal(table.iloc[:186, 1:].to_numpy(float), frame.iloc[:, 1:].to_numpy(float))


def test_the_summary_can_be_read_back(tmp_path: Path) -> None:
    write(tmp_path / "out")
    with (tmp_path / "out" / "summary.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    summary = small_pair().summary()
    assert [row["measure"] for row in rows] == list(summary)
    for row in rows:
        own = summary[row["measure"]]
        for column, value in (("mean", own.estimate), ("low", own.low), ("high", own.high)):
            assert row[column] == "" if math.isnan(value) else float(row[column]) == value


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    write(tmp_path / "one")
    write(tmp_path / "two", [run_paired(YEAR, 6, seed=3, threads=1)])
    assert content(tmp_path / "one") == content(tmp_path / "two")


def test_names_are_made_unique_and_a_shared_baseline_stands_once() -> None:
    first, second = small_pair(), small_pair()
    assert [name for name, _ in labelled([first, second])] == ["year", "year (2)", "baseline"]
    other = run_paired(YEAR.with_parameters(staff_turnover=0.3).replace(name="moved"), 2, seed=3)
    assert [name for name, _ in labelled([small_pair(2), other])] == [
        "year", "moved", "baseline", "baseline of moved",
    ]  # fmt: skip


# --- digests ----------------------------------------------------------------------------------------------------------


def test_one_bit_changes_the_digest() -> None:
    paired = small_pair()
    weekly = paired.arm.weekly.copy()
    weekly[0, 5, 0] = np.nextafter(weekly[0, 5, 0], 2.0)
    changed = PairedEnsemble(replace(paired.arm, weekly=weekly), paired.baseline)
    assert weekly_digest([paired]) != weekly_digest([changed])


def test_an_organisation_is_known_by_its_seats_and_not_by_its_names() -> None:
    own = small_pair().arm.organisation
    seats = own.staff_group.copy()
    seats[0] = (seats[0] + 1) % 5
    assert organisation_digest(own) == organisation_digest(replace(own, notices=("a remark",)))
    assert organisation_digest(own) != organisation_digest(replace(own, staff_group=seats))
    assert organisation_digest(own) != organisation_digest(
        replace(own, tenure_weeks=np.zeros(own.n_staff, dtype=np.int64))
    )


# --- the manifest -----------------------------------------------------------------------------------------------------


def test_a_manifest_is_enough_to_repeat_the_run_bit_by_bit(tmp_path: Path) -> None:
    write(tmp_path / "out")
    manifest = read_manifest(tmp_path / "out" / "manifest.json")
    (arm, other) = manifest.pairs[0]
    again = run_paired(arm, manifest.replicates, manifest.seed, compare_with=other)
    assert weekly_digest([again]) == manifest.weekly_digest == weekly_digest([small_pair()])


def test_a_manifest_keeps_scenarios_versions_and_hashes(tmp_path: Path) -> None:
    write(tmp_path / "out")
    told = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert told["cultureshift"] == __version__
    assert told["runs"][0]["scenario_sha256"] == YEAR.digest()
    assert told["runs"][0]["scenario"]["title"] == YEAR.title
    assert {"python", "numpy", "numba", "platform"} <= set(told["environment"])
    for name, digest in told["files"].items():
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == digest


def test_any_choice_of_replicates_is_kept(tmp_path: Path) -> None:
    write(tmp_path / "out", [run_paired(YEAR, (3, 1), seed=3)])
    assert read_manifest(tmp_path / "out" / "manifest.json").replicates == (3, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        "{}",
        '{"runs": []}',
        '{"runs": [{}], "replicates": 1}',
        "[" * 100_000,
        '"\\ud800"',
        "1e999",
    ],
)
def test_what_is_no_manifest_is_told_as_a_fault(text: str, tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"wanted the manifest\.json of a run"):
        read_manifest(path)


@pytest.mark.parametrize(("name", "other"), [("weeks", 5), ("tables", "elsewhere"), ("organisation", {"teams": 2})])
def test_what_was_compared_with_something_of_another_kind_is_told(name: str, other: Any, tmp_path: Path) -> None:
    write(tmp_path / "out")
    path = tmp_path / "out" / "manifest.json"
    told = json.loads(path.read_text())
    told["runs"][0]["compared_with"][name] = other
    path.write_text(json.dumps(told))
    with pytest.raises(InputError, match=f"compared_with has other {name}"):
        read_manifest(path)


@settings(max_examples=60)
@given(data=st.data())
def test_a_damaged_manifest_is_a_fault_or_still_a_manifest(data: Any, tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    if not (tmp_path / "out").exists():
        write(tmp_path / "out")
    told = json.loads((tmp_path / "out" / "manifest.json").read_text())
    place = told
    for _ in range(data.draw(st.integers(0, 3))):
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        inner = [key for key in keys if isinstance(place[key], dict | list) and place[key]]
        if not inner:
            break
        place = place[data.draw(st.sampled_from(inner))]
    key = data.draw(st.sampled_from(list(place) if isinstance(place, dict) else list(range(len(place)))))
    place[key] = data.draw(st.none() | st.integers(-5, 5) | st.text(max_size=5) | st.just([]) | st.just({}))
    path.write_text(json.dumps(told))
    try:
        manifest = read_manifest(path)
    except InputError:
        return
    assert manifest.replicates


# --- whole or not at all ----------------------------------------------------------------------------------------------


def test_a_folder_that_is_not_empty_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(OutputError, match="is not empty; choose another folder"):
        write(tmp_path)
    assert set(content(tmp_path)) == {"letter.txt"}


def test_force_replaces_earlier_results_and_keeps_the_rest(tmp_path: Path) -> None:
    write(tmp_path / "out")
    (tmp_path / "out" / "letter.txt").write_text("mine")
    write(tmp_path / "out", [quiet_pair()], force=True)
    assert set(content(tmp_path / "out")) == {*USUAL, "letter.txt"}
    assert read_manifest(tmp_path / "out" / "manifest.json").pairs[0][0].name == "nothing"


def test_force_never_replaces_a_file_that_an_earlier_run_did_not_write(tmp_path: Path) -> None:
    (tmp_path / "summary.csv").write_text("mine")
    with pytest.raises(OutputError, match=r"summary\.csv there was not written by Cultureshift"):
        write(tmp_path, force=True)
    assert content(tmp_path) == {"summary.csv": b"mine"}


def test_a_manifest_of_another_program_gives_no_right_to_replace(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"files": {"summary.csv": "1"}}')
    (tmp_path / "summary.csv").write_text("mine")
    with pytest.raises(OutputError, match=r"manifest\.json, summary\.csv there was not written"):
        run_destination(tmp_path, force=True).check()


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputError, match="is a file; --out wants a folder"):
        write(tmp_path / "out")


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    write(tmp_path)
    assert set(content(tmp_path)) == USUAL


class PowerCutError(Exception):
    """What stops a write in the middle."""


@pytest.mark.parametrize("n_files", range(10))
def test_a_write_that_is_stopped_anywhere_leaves_all_as_it_was(
    n_files: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "out")
    before = content(tmp_path / "out")
    moves = iter(range(n_files))

    def failing(move: Callable[..., None]) -> Callable[..., None]:
        def moving(one: Path, other: Path) -> None:
            if next(moves, None) is None:
                raise PowerCutError
            move(one, other)

        return moving

    monkeypatch.setattr(os, "rename", failing(os.rename))
    monkeypatch.setattr(os, "link", failing(os.link))
    with pytest.raises(PowerCutError):
        write(tmp_path / "out", [quiet_pair()], force=True)
    monkeypatch.undo()

    assert content(tmp_path / "out") == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_interrupt_before_the_end_leaves_nothing(tmp_path: Path) -> None:
    def interrupted() -> None:
        with new_folder(tmp_path / "out") as staged:
            (staged / "summary.csv").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_as_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OutputError, match=r"cannot be written \(No space left on device\)"):
        write(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_new_folder_is_as_open_as_any_other(tmp_path: Path) -> None:
    write(tmp_path / "out")
    (tmp_path / "usual").mkdir()
    (tmp_path / "usual" / "file").touch()
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "usual").stat().st_mode
    assert (tmp_path / "out" / "summary.csv").stat().st_mode == (tmp_path / "usual" / "file").stat().st_mode


def test_a_dated_run_tells_the_day_of_each_week_and_is_the_same_run(tmp_path: Path) -> None:
    dated = run_paired(small_pair().arm.scenario.replace(start="2027-04-01"), 6, seed=3)
    other = quiet_pair()
    write_run(tmp_path / "one", [dated, other], summary=[], images={}, weekly_csv=True)

    table = pq.read_table(tmp_path / "one" / "weekly.parquet").to_pandas()
    days = table[table["scenario"] == "year"]["date"].tolist()
    assert (str(days[0]), str(days[1]), str(days[30])) == ("2027-04-01", "2027-04-08", "2027-10-28")
    assert table[table["scenario"] == "nothing"]["date"].isna().all()
    assert (tmp_path / "one" / "weekly.csv").read_text().splitlines()[1].startswith('"year",0,0,2027-04-01,')
    assert read_manifest(tmp_path / "one" / "manifest.json").pairs[0][0].start == dated.arm.scenario.start
    assert weekly_digest([dated]) == weekly_digest([small_pair()])


def test_a_manifest_says_which_measures_were_kept_where_not_all_were(tmp_path: Path) -> None:
    some = run_paired(YEAR, 2, seed=3, measures=["pressure"])
    write_run(tmp_path / "some", [some], summary=[], images={})
    write(tmp_path / "all")

    manifest = read_manifest(tmp_path / "some" / "manifest.json")
    assert manifest.measures == ("safe_share", "pressure")
    again = run_paired(*manifest.pairs[0][:1], 2, manifest.seed, measures=manifest.measures)
    assert weekly_digest([again]) == manifest.weekly_digest
    assert read_manifest(tmp_path / "all" / "manifest.json").measures is None
