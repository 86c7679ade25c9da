"""A study folder from anybody: what it says is data, checked by name, and never runs, reads or writes anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.base.errors import CultureshiftError
from sim.commands import main
from sim.results.store import Results
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
    import shutil

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
