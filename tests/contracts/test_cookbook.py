"""The cookbook's recipes are run as they stand, on the run that the page asks for; so is the page on Python."""

from __future__ import annotations

import doctest
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from sim.commands import main
from tests.command_tree import COMMANDS

PAGE = Path(__file__).parents[2] / "docs" / "cookbook.md"
TEXT = PAGE.read_text(encoding="utf-8")
FIRST = next(line for line in TEXT.splitlines() if line.startswith("cultureshift run"))


@pytest.fixture(name="folder", scope="module")
def folder_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the run that the recipes read."""
    folder = tmp_path_factory.mktemp("cookbook")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        with pytest.raises(SystemExit) as ended:
            main(shlex.split(FIRST)[1:])
    assert not ended.value.code
    return folder


def test_the_recipes_in_python_give_what_they_show(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    failures, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert failures == 0
    assert tried > 15


def test_the_page_on_python_gives_what_it_shows() -> None:
    failures, tried = doctest.testfile(str(PAGE.with_name("python.md")), module_relative=False)
    assert failures == 0
    assert tried > 3


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="there is no R here")
def test_the_recipe_in_r_runs(folder: Path) -> None:
    (recipe,) = re.findall(r"```r\n(.*?)```", TEXT, re.DOTALL)
    subprocess.run(["Rscript", "-e", recipe], cwd=folder, check=True)


def test_every_command_of_the_page_exists() -> None:
    for line in re.findall(r"^cultureshift .*$", TEXT, re.MULTILINE):
        words = shlex.split(line)[1:]
        assert any(" ".join(words[:n]) in COMMANDS for n in (1, 2)), line
