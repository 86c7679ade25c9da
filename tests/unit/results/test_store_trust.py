"""A study folder from anybody: what it says is data, checked by name, and never runs, reads or writes anything."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.base.errors import CultureshiftError, InputError, OutputError
from sim.commands import main
from sim.results.store import DamagedStoreError, Results
from sim.results.store.parts import part_name, table_bytes
from sim.results.store.reading import digest_of
from sim.study.runner import run_study
from tests.small_studies import small_study

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(name="made", scope="module")
def made_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished study."""
    folder = tmp_path_factory.mktemp("made")
    run_study(small_study(folder, replicates=3), folder / "out", workers=1)
    return folder / "out"


@pytest.fixture(name="out")
def out_fixture(made: Path, tmp_path: Path) -> Path:
    """A copy of it to tamper with."""
    shutil.copytree(made, tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture(name="call")
def call_fixture(capsys: pytest.CaptureFixture[str]) -> Call:
    def call(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return call


def change_description(out: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change what a store says of itself, as somebody would who knows how it is written."""
    path = out / "store.json"
    described = json.loads(path.read_text())
    change(described)
    path.write_text(json.dumps(described))


def test_names_of_measures_never_become_sql(out: Path, tmp_path: Path) -> None:
    stolen = tmp_path / "stolen.csv"
    name = f"safe_share\") AS a FROM parts; COPY (SELECT 'taken') TO '{stolen}'; --"
    change_description(out, lambda described: described["keep"]["measures"].append(name))

    with pytest.raises(CultureshiftError):
        Results(out).weekly()

    assert not stolen.exists()


@pytest.mark.parametrize(
    "query",
    [
        "COPY (SELECT 'taken') TO '{folder}/stolen.csv'",
        "EXPORT DATABASE '{folder}/stolen.csv'",
        "ATTACH '{folder}/stolen.csv'",
        "SELECT * FROM read_text('{folder}/secret.csv')",
        "SELECT * FROM '{folder}/secret.csv'",
        "SELECT * FROM '{folder}/out/outcomes.parquet'",
        "COPY (SELECT 1) TO '{folder}/out/outcomes.parquet'",
        "SELECT * FROM glob('{folder}/*')",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "SET temp_directory = '{folder}'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT * FROM index",
        "SELECT * FROM query",
    ],
)
def test_a_question_in_sql_neither_reads_nor_writes_files(out: Path, call: Call, tmp_path: Path, query: str) -> None:
    (tmp_path / "secret.csv").write_text("a\nsecret\n")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    code, told, complaint = call("study", "sql", out, query.format(folder=tmp_path))

    assert (code, told) == (2, "")
    assert complaint.startswith("SQL: wanted a question to the views of a study")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("query", ["", ";", "/* nothing */"])
def test_a_question_that_asks_nothing_is_told_so(out: Path, call: Call, query: str) -> None:
    code, _, complaint = call("study", "sql", out, query)

    assert code == 2
    assert "wanted a question to the views of a study" in complaint


@pytest.mark.parametrize(
    "text",
    ['{"format": 1}', "{", "[]", "", "null", "[" * 100_000, '{"format": "1"}', '{"format": 1e400}', '{"format": true}'],
)
def test_a_description_that_says_too_little_is_refused_by_name(out: Path, call: Call, text: str) -> None:
    (out / "store.json").write_text(text)

    for words in (("status", out), ("sql", out, "SELECT 1"), ("replay", out, "a-1"), ("verify", out)):
        code, _, complaint = call("study", *words)
        assert code == 2
        assert "store.json" in complaint or "the folder of a study" in complaint
        assert len(complaint) < 2000


def test_a_truncated_table_of_cases_is_refused_by_name(out: Path, call: Call) -> None:
    path = out / "cases.parquet"
    path.write_bytes(path.read_bytes()[:-30])

    code, _, complaint = call("study", "status", out)

    assert code == 2
    assert "cases.parquet" in complaint


def test_a_broken_line_of_the_log_is_told_and_the_rest_is_used(out: Path, call: Call) -> None:
    path = out / "log.jsonl"
    first, *others = path.read_text().splitlines()
    path.write_text("\n".join([first[: len(first) // 2] + "}", *others]) + "\n")

    code, told, complaint = call("study", "status", out)

    assert code == 2
    assert "12 of 12 runs done" in told
    assert "log.jsonl, line 1" in complaint


# --- whoever made the folder knew how hashes are made -----------------------------------------------------------------


def forge(out: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    """Put another part in the place of the one that is there, with the hash that it should have."""
    (path,) = (out / "parts").iterdir()
    content = table_bytes(change(pq.read_table(path)))
    path.unlink()
    (out / "parts" / part_name(content)).write_bytes(content)
    forge_description(out, lambda described: described.update(parts=[]))


def forge_description(out: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change what a store says of itself, with the hash that it should have."""

    def change_whole(described: dict[str, Any]) -> None:
        described.pop("sha256")
        change(described)
        described["sha256"] = digest_of(json.dumps(described, sort_keys=True).encode())

    change_description(out, change_whole)


def with_column(name: str, values: list[Any]) -> Callable[[pa.Table], pa.Table]:
    """Return what puts values in the first places of a column."""

    def change(table: pa.Table) -> pa.Table:
        place, kind = table.column_names.index(name), table.schema.field(name).type
        whole = [*values, *table.column(name).to_pylist()[len(values) :]]
        return table.set_column(place, name, pa.array(whole, type=kind))

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (with_column("config", [None]), "a value in each row"),
        (with_column("config", ["a'; DROP"]), "keys of runs"),
        (with_column("config", [""]), "keys of runs"),
        (with_column("replicate", [4_000_000_000]), "replicates below"),
        (with_column("state", ["perhaps"]), "states done or failed"),
        (with_column("reason", ["why"]), "a reason for each run that failed"),
        (with_column("exact_safe_share", [None]), "weekly shares of each run that is done"),
        (with_column("exact_safe_share", [[]]), "a share that feels safe, from 0 to 1"),
        (with_column("exact_safe_share", [[0.5, None]]), "a share that feels safe, from 0 to 1"),
        (with_column("exact_safe_share", [[0.5, float("nan")]]), "a share that feels safe, from 0 to 1"),
        (with_column("exact_safe_share", [[0.5, 1.5]]), "a share that feels safe, from 0 to 1"),
        (with_column("exact_safe_share", [[0.5, 0.5]]), "has other weeks than its like"),
        (lambda table: table.drop_columns(["coherence"]), 'a column "coherence"'),
        (lambda table: table.append_column("more", table.column("config")), "7 columns"),
        (lambda table: table.rename_columns(["replicate", "config", *table.column_names[2:]]), 'a column "config"'),
    ],
)
def test_what_no_part_can_hold_is_refused_by_name(
    out: Path, change: Callable[[pa.Table], pa.Table], words: str
) -> None:
    forge(out, change)

    with pytest.raises(CultureshiftError, match=words) as told:
        Results(out).summary()

    assert f"{out}/parts/" in str(told.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda said: said["keep"].update(measures=["nothing"]), "names of weekly measures"),
        (lambda said: said["keep"].update(measures=["safe_share", "safe_share"]), "each measure once"),
        (lambda said: said["keep"].update(every_weeks="1) FROM parts"), "every_weeks"),
        (lambda said: said["keep"].update(every_weeks=0), "every_weeks"),
        (lambda said: said.update(parts=["../../escape.parquet"]), "parts"),
        (lambda said: said.update(tables={"cases.parquet": ["x"]}), "tables"),
        (lambda said: said.update(study=[]), "study"),
        (lambda said: said.update(study={"seed": -1}), "seed"),
        (lambda said: said.update(other=1), "a known key"),
    ],
)
def test_what_a_description_names_must_exist(out: Path, change: Callable[[dict[str, Any]], None], words: str) -> None:
    forge_description(out, change)

    with pytest.raises(InputError, match=words) as told:
        Results(out)

    assert "store.json" in str(told.value)


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("case", [5], "cases numbered from 0"),
        ("weeks", [10**9], "runs of 1 to 10,000 weeks"),
        ("weeks", [29], "case 0 has 29 weeks"),
        ("cost", [float("nan")], "a cost from 0"),
        ("config", [None], "a value in each row"),
        ("scenario", ["\x1b[2J"], "names as scenario"),
    ],
)
def test_what_no_case_can_be_is_refused_by_name(out: Path, name: str, values: list[Any], words: str) -> None:
    path = out / "cases.parquet"
    content = table_bytes(with_column(name, values)(pq.read_table(path)))
    path.write_bytes(content)
    forge_description(out, lambda described: described["tables"].update({path.name: [digest_of(content)]}))

    with pytest.raises(DamagedStoreError, match=words) as told:
        Results(out).summary()

    assert str(path) in str(told.value)


@pytest.mark.parametrize(
    ("scenario", "words"),
    [("{", "configs.parquet"), ('{"weeks": 0}', "configs.parquet"), (None, "is not the name of the scenario")],
)
def test_a_scenario_that_is_none_or_another_is_not_replayed(
    out: Path, call: Call, scenario: str | None, words: str
) -> None:
    path = out / "configs.parquet"
    table = pq.read_table(path)
    texts = [scenario or text.replace('"weeks":30', '"weeks":29') for text in table.column("scenario").to_pylist()]
    content = table_bytes(with_column("scenario", texts)(table))
    path.write_bytes(content)
    forge_description(out, lambda described: described["tables"].update({path.name: [digest_of(content)]}))

    code, _, complaint = call("study", "replay", out, f"{table.column('config')[0]}-0")

    assert code == 2
    assert words in complaint


@pytest.mark.parametrize("run", ["", "-", "a", "a-", "a-x", "a-²", "a-" + 40 * "9", "nothing-0"])
def test_a_run_that_is_none_is_told_so(out: Path, call: Call, run: str) -> None:
    code, _, complaint = call("study", "replay", out, "--", run)

    assert code == 2
    assert "wanted the name of a run of this study" in complaint


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="makes links and pipes, as on Linux")
@pytest.mark.parametrize("name", ["store.json", "cases.parquet", "log.jsonl", "lock", "parts"])
@pytest.mark.parametrize("kind", ["link", "pipe", "file or folder"])
def test_links_and_pipes_lead_nowhere(out: Path, tmp_path: Path, name: str, kind: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    path = (out / name).rename(elsewhere) and out / name
    if kind == "link":
        path.symlink_to(elsewhere)
    elif kind == "pipe":
        os.mkfifo(path)
    elif elsewhere.is_dir():
        path.write_text("")
    else:
        path.mkdir()

    with pytest.raises(OutputError, match=f"{name}: wanted a"):
        Results(out).status()
    with pytest.raises(OutputError, match=f"{name}: wanted a"):
        run_study(small_study(tmp_path, replicates=3), out, workers=1)


def test_what_a_terminal_would_obey_is_not_shown(out: Path, call: Call) -> None:
    forge_description(out, lambda described: described["study"].update(title="A\x1b[2Jtitle"))

    code, told, _ = call("study", "status", out)

    assert code == 0
    assert told.startswith("A\N{REPLACEMENT CHARACTER}[2Jtitle: 2 cases")


def test_half_a_character_in_a_description_is_told_in_words_that_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "store.json").write_text('{"format": "\\ud800"}')
    with pytest.raises(OutputError) as refused:
        Results(tmp_path).status()
    assert "\\ud800" in str(refused.value).encode().decode()
