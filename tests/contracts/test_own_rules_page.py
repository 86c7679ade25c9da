"""The page about rules of one's own: its files keep the contract, and its Python gives what it says."""

from __future__ import annotations

import doctest
import shutil
import sys
from pathlib import Path

import pytest

from sim.commands import main
from sim.inputs.interventions import KINDS
from sim.validation.contract.own_file import check_own_file

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = sorted((DOCS / "examples").glob("*.py"))
TEXT = (DOCS / "own-rules.md").read_text(encoding="utf-8")
COMMANDS = [
    line.split() for line in TEXT.splitlines() if line.startswith(("cultureshift run ", "cultureshift compare "))
]
MY_YEAR = """
title = "My year"
weeks = 8
[[timeline]]
kind = "listening_round"
start_week = 2
end_week = 6
"""


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_keeps_the_contract(path: Path) -> None:
    report = check_own_file(path, with_compiler=False)

    assert report.judgements
    assert list(map(str, report.faults)) == []


def test_the_page_shows_commands_that_take_files_of_ones_own() -> None:
    assert len(COMMANDS) >= 2
    assert all("--with" in words for words in COMMANDS)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_page_shows_the_whole_file(path: Path) -> None:
    assert f"```python\n{path.read_text(encoding='utf-8')}```\n" in TEXT


@pytest.mark.slow
def test_its_python_gives_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DOCS / "examples")
    monkeypatch.syspath_prepend(str(DOCS / "examples"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setitem(KINDS, "listening_round", KINDS["dialogue"])  # so that what the page sets is taken back
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    failures, tried = doctest.testfile(str(DOCS / "own-rules.md"), module_relative=False, optionflags=flags)

    assert tried > 15
    assert failures == 0


@pytest.mark.slow
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.usefixtures("forget_kinds")
def test_its_commands_take_the_files(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for path in EXAMPLES:
        shutil.copy(path, tmp_path)
    (tmp_path / "my-year.toml").write_text(MY_YEAR, "utf-8")
    with pytest.raises(SystemExit) as left:
        main([*words[1:], "--replicates", "1", "--weeks", "8"])

    assert not left.value.code, capsys.readouterr().err


@pytest.mark.slow
def test_the_examples_compile(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["rules", "check", "--quiet", *map(str, EXAMPLES)])

    assert not left.value.code
    assert capsys.readouterr().out == "No faults.\n"
