"""The store: what is in a part is done, whatever else happens."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.base.errors import InputError, OutputError
from sim.engine.recorder import MEASURE_NAMES
from sim.inputs.scenario.description import Scenario
from sim.results.store import FORMAT_VERSION, Keep, Results, RunRow, RunState, StoreWriter, config_key, encode_part
from sim.results.store.parts import read_part
from tests.small_studies import results_of

KEEP = Keep(("safe_share", "coherence"), 2)


def weekly(config: str, replicate: int, n_weeks: int = 5) -> np.ndarray:
    rng = np.random.default_rng([*config.encode(), replicate])
    return rng.random((n_weeks + 1, len(MEASURE_NAMES)))


def row(config: str, replicate: int, reason: str = "") -> RunRow:
    if reason:
        return RunRow.failed(config, replicate, reason)
    return RunRow.done(config, replicate, weekly(config, replicate), KEEP)


def fill(folder: Path, chunks: list[list[RunRow]], compact: bool = True) -> Path:
    with StoreWriter.open(folder, KEEP) as store:
        store.describe({"title": "T"})
        for chunk in chunks:
            store.add_part(encode_part(chunk, KEEP))
        if compact:
            store.compact()
    return folder


def test_a_part_that_is_written_is_done_for_the_next_writer(tmp_path: Path) -> None:
    fill(tmp_path, [[row("a", 0), row("a", 2)]], compact=False)

    with StoreWriter.open(tmp_path, KEEP) as store:
        assert store.index.pending("a", range(4)) == [1, 3]


def test_hidden_files_of_others_stay(tmp_path: Path) -> None:
    fill(tmp_path, [[row("a", 0)]])
    names = (
        ".mine.parquet",
        ".cultureshift-12345678.json",
        ".notes.abcdefgh.csv",
        ".summary.csv.ab0_cd1e.txt",
        "parts/.x.ab0_cd1e.parquet",
        ".store.json",
    )
    for name in names:
        (tmp_path / name).write_text("mine")

    fill(tmp_path, [])

    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob(".*")) == sorted(names)


@settings(max_examples=12)
@given(
    order=st.permutations([("a", 0), ("a", 1), ("a", 7), ("b", 0), ("b", 1), ("c", 3)]),
    cuts=st.sets(st.integers(1, 5)),
    repeated=st.integers(0, 5),
)
def test_compaction_gives_the_same_bytes_whatever_came_first(
    tmp_path_factory: pytest.TempPathFactory, order: list[tuple[str, int]], cuts: set[int], repeated: int
) -> None:
    runs = [row(*key) for key in order]
    edges = [0, *sorted(cuts), len(runs)]
    chunks = [runs[first:last] for first, last in pairwise(edges)]

    one = fill(tmp_path_factory.mktemp("one"), [*chunks, [runs[repeated]]])
    other = fill(tmp_path_factory.mktemp("other"), [[row(*key) for key in sorted(order)]])

    assert results_of(one) == results_of(other)


def test_a_store_is_sorted_in_the_order_that_is_asked_for_and_others_follow_by_name(tmp_path: Path) -> None:
    with StoreWriter.open(tmp_path, KEEP) as store:
        for config in ("a", "d", "b", "c"):
            store.add_part(encode_part([row(config, 1), row(config, 0)], KEEP))
        store.compact(["c", "a"], runs_per_part=3)

        runs = [read_part(path, KEEP, ["config", "replicate"]).to_pylist() for path in store.index.parts]

    order = ["c0", "c1", "a0", "a1", "b0", "b1", "d0", "d1"]
    names = sorted([f"{one['config']}{one['replicate']}" for one in part] for part in runs)
    assert names == sorted([order[:3], order[3:6], order[6:]])


def test_parts_hold_fewer_runs_where_more_is_kept_of_each(tmp_path: Path) -> None:
    keep = Keep(MEASURE_NAMES, 1)
    runs = [RunRow.done("a", number, weekly("a", number), keep) for number in range(300)]
    with StoreWriter.open(tmp_path, keep) as store:
        store.add_part(encode_part(runs, keep))
        store.compact()

        sizes = sorted(read_part(path, keep, ["replicate"]).num_rows for path in store.index.parts)

    assert sizes == [74, 113, 113]


def test_a_kill_between_writing_and_removing_parts_changes_nothing(tmp_path: Path) -> None:
    whole = fill(tmp_path / "whole", [[row("a", 0)], [row("a", 1)]])
    torn = fill(tmp_path / "torn", [[row("a", 0)], [row("a", 1)]], compact=False)
    for name, content in results_of(whole).items():
        (torn / name).write_bytes(content)

    assert Results(torn).sql("SELECT count(*) AS n FROM runs").n[0] == 2
    fill(torn, [])

    assert results_of(torn) == results_of(whole)


def test_a_run_that_failed_and_then_was_done_is_done(tmp_path: Path) -> None:
    fill(tmp_path, [[row("a", 0, "ValueError: no"), row("a", 1)]])
    assert Results(tmp_path).index().failures == {("a", 0): "ValueError: no"}

    fill(tmp_path, [[row("a", 0)]])

    assert Results(tmp_path).index().state("a", 0) is RunState.DONE
    assert Results(tmp_path).sql("SELECT state FROM runs").state.tolist() == ["done", "done"]


def test_series_come_back_exactly_as_they_were(tmp_path: Path) -> None:
    fill(tmp_path, [[row("a", 1)], [row("b", 0), row("a", 0)]])

    numbers, safe_share = Results(tmp_path).series(["a"])["a"]

    assert numbers.tolist() == [0, 1]
    column = MEASURE_NAMES.index("safe_share")
    assert np.array_equal(safe_share, np.stack([weekly("a", 0)[:, column], weekly("a", 1)[:, column]]))


def test_weekly_series_are_thinned_from_week_0(tmp_path: Path) -> None:
    fill(tmp_path, [[row("a", 0)]])

    found = Results(tmp_path).sql("SELECT week, coherence FROM weekly ORDER BY week")

    assert found.week.tolist() == [0, 2, 4]
    assert np.array_equal(found.coherence, weekly("a", 0)[::2, MEASURE_NAMES.index("coherence")].astype(np.float32))


def test_a_store_of_a_newer_format_is_refused_with_a_clear_word(tmp_path: Path) -> None:
    fill(tmp_path, [])
    path = tmp_path / "store.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": FORMAT_VERSION + 1}))

    with pytest.raises(InputError, match="of a newer Cultureshift; install that version"):
        Results(tmp_path)
    with pytest.raises(InputError, match="of a newer Cultureshift"), StoreWriter.open(tmp_path, KEEP):
        pass


def test_a_folder_without_a_study_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="wanted the folder of a study"):
        Results(tmp_path)


def test_two_writers_at_once_are_refused(tmp_path: Path) -> None:
    with (
        StoreWriter.open(tmp_path, KEEP),
        pytest.raises(OutputError, match="another process is running"),
        StoreWriter.open(tmp_path, KEEP),
    ):
        pass


def test_other_series_to_keep_are_refused(tmp_path: Path) -> None:
    fill(tmp_path, [])

    with pytest.raises(InputError, match="2 measures every 2 weeks"), StoreWriter.open(tmp_path, Keep()):
        pass


def test_a_damaged_part_is_named(tmp_path: Path) -> None:
    fill(tmp_path, [[row("a", 0)]])
    (path,) = (tmp_path / "parts").glob("*.parquet")
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(OutputError, match=path.name):
        Results(tmp_path).index()


def test_a_line_of_the_log_comes_back_as_it_was_written(tmp_path: Path) -> None:
    facts = {"reason": "näher", "engine": "threads", "wanted": 3, "list": [1.5, None]}
    with StoreWriter.open(tmp_path, KEEP) as store:
        store.log("started", **facts)
    fill(tmp_path, [])

    status = Results(tmp_path).status()

    assert list(status.last_event.items())[1:] == [("event", "started"), *facts.items()]
    assert status.faults == ()
    assert not (tmp_path / "damaged").exists()


def test_half_a_line_in_the_log_does_no_harm(tmp_path: Path) -> None:
    fill(tmp_path, [[row("a", 0)]])
    with StoreWriter.open(tmp_path, KEEP) as store:
        store.log("started", wanted=5)
    with (tmp_path / "log.jsonl").open("a") as file:
        file.write('{"event": "rou')

    assert Results(tmp_path).status().last_event["event"] == "started"
    (fault,) = Results(tmp_path).status().faults
    assert "log.jsonl, line 2" in fault
    fill(tmp_path, [])
    assert Results(tmp_path).status().faults == ()


def test_a_question_that_is_no_sql_is_answered_with_the_views(tmp_path: Path) -> None:
    fill(tmp_path, [[row("a", 0)]])

    with pytest.raises(InputError, match="views: cases, runs"):
        Results(tmp_path).sql("SELECT nothing FROM nowhere")


def test_words_do_not_change_the_key_of_a_run_but_everything_else_does() -> None:
    scenario = Scenario(title="A", weeks=10)
    key = config_key(scenario, seed=1)

    assert config_key(scenario.replace(title="B", story="Another word"), seed=1) == key
    assert config_key(scenario, seed=2) != key
    assert config_key(scenario.replace(weeks=11), seed=1) != key
    assert config_key(scenario.with_parameters(staff_turnover=0.2), seed=1) != key
