"""The site of the documentation: made without a warning, whole, read without internet, and found by the command."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import sim
from sim.commands import docs, main
from tests.wheels import built_wheel

ROOT = Path(__file__).parents[2]


def opened(monkeypatch: pytest.MonkeyPatch, *words: str) -> list[str]:
    """Call the command, and return what was opened in a browser."""
    seen: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: seen.append(address))
    with pytest.raises(SystemExit) as ended:
        main(["docs", *words])
    seen.append(f"exit {int(ended.value.code or 0)}")
    return seen


def test_the_site_is_opened_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = tmp_path / "docs" / "index.html"
    page.parent.mkdir()
    page.write_text("<!doctype html>")
    monkeypatch.setattr(docs, "PLACES", (tmp_path / "nowhere", tmp_path))

    assert opened(monkeypatch) == [page.as_uri(), "exit 0"]
    assert opened(monkeypatch, "--no-browser") == ["exit 0"]


def test_where_there_is_no_site_it_is_told_how_to_make_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(docs, "PLACES", (tmp_path,))

    assert opened(monkeypatch) == ["exit 2"]
    assert "make docs" in capsys.readouterr().err


def test_every_page_is_in_the_contents() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^[\w./-]+$", index, re.MULTILINE))
    pages = {path.relative_to(ROOT / "docs").with_suffix("").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert pages - {"index"} <= listed


@pytest.fixture(name="installed", scope="module")
def installed_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a wheel that is made of these sources brings, with its site."""
    folder = tmp_path_factory.mktemp("wheel")
    with zipfile.ZipFile(built_wheel(folder, has_site=True)) as wheel:
        wheel.extractall(folder / "installed")
    return folder / "installed"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_wheel_brings_a_whole_site_that_asks_nobody(installed: Path) -> None:
    site = installed / "sim" / "_docs"
    pages = {path: path.read_text(encoding="utf-8") for path in site.rglob("*.html")}

    python = pages[site / "docs" / "python.html"]
    assert [name for name in sim.__all__ if f'id="sim.{sim._MODULE_OF[name]}.{name}"' not in python] == []
    assert 'href="own-data.html"' in pages[site / "docs" / "index.html"]
    assert "staff.xlsx" in pages[site / "docs" / "own-data.html"]
    for path, text in pages.items():
        brought = re.findall(r"<(?:script|img|iframe|link)\b[^>]*?(?:src|href)=\"([^\"]+)\"", text)
        assert [one for one in brought if re.match(r"(?:\w+:)?//", one)] == [], path
        for link in re.findall(r"href=\"([^\"#?:]+)(?:#[^\"]*)?\"", text):
            assert (path.parent / link).exists(), (path, link)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_an_installation_finds_its_site(installed: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sim", "docs", "--no-browser"], cwd=installed, capture_output=True, text=True,
        check=True, env={**os.environ, "PYTHONPATH": str(installed)},
    )  # fmt: skip
    assert done.stdout.strip() == (installed / "sim" / "_docs" / "docs" / "index.html").as_uri()
