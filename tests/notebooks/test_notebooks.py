"""Every notebook runs from its first cell to its last, shows pictures, and ends with something to do."""

import re
from pathlib import Path

import jupytext
import nbclient
import pytest

from tests.files import loaded

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.py"))
EXAMPLES = sorted((FOLDER.parent / "docs" / "examples").glob("*.py"))
PATIENCE_SECONDS = 600
PAGES = loaded("docs/make_notebooks.py")


@pytest.mark.slow
@pytest.mark.timeout(2 * PATIENCE_SECONDS)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_and_shows_pictures(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PYTHONPATH", str(FOLDER.parent))
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")
    notebook = jupytext.read(path)
    nbclient.NotebookClient(
        notebook, timeout=PATIENCE_SECONDS, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()

    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(pictures) >= 2


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_ends_with_something_to_try_and_to_ask(path: Path):
    last = jupytext.read(path).cells[-1].source

    assert "## Try this" in last
    assert "## Questions" in last


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_in_the_list(path: Path):
    assert f"({path.name})" in (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_page_of_a_notebook_has_its_words_and_code_in_order_and_its_pictures(path: Path):
    page = PAGES.page_of(path).read_text(encoding="utf-8")
    rest = page.removeprefix(PAGES.head_of(path))
    assert rest != page
    for part in PAGES.cells_of(path):
        _, found, rest = rest.partition(part)
        assert found, f"not as in the notebook; run docs/make_notebooks.py {path.stem[:2]}: {part[:200]}"
    pictures = re.findall(r"!\[[^\]]+\]\((images/[^)]+)\)", page)
    assert len(pictures) >= 2
    assert all((PAGES.PAGES / picture).is_file() for picture in pictures)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_a_notebook_prints_is_no_wider_than_its_page(path: Path):
    page = PAGES.page_of(path).read_text(encoding="utf-8")
    printed = re.findall(r"^```text\n(.*?)\n```$", page, re.MULTILINE | re.DOTALL)
    assert printed
    for text in printed:
        assert "\n".join(PAGES.filled(text.splitlines())) == text


def test_a_story_is_filled_anew_and_a_table_stays():
    story = [f"  - {'word ' * 22}more", f"{'word ' * 3}and no more", "", "name   " + "x" * 100, "Next."]
    assert list(PAGES.filled(story)) == [
        f"  - {'word ' * 16}word", f"    {'word ' * 5}more word word word and no more", *story[2:],
    ]  # fmt: skip


def test_no_picture_is_kept_that_no_page_shows():
    shown = "".join(page.read_text(encoding="utf-8") for page in PAGES.PAGES.glob("*.md"))
    assert [path.name for path in (PAGES.PAGES / "images").iterdir() if path.name not in shown] == []


def test_notebooks_are_kept_without_outputs():
    assert len(NOTEBOOKS) >= 7
    assert not list(FOLDER.glob("*.ipynb"))


def test_the_files_that_a_notebook_writes_are_the_examples_of_the_documentation():
    cells = [cell.source for path in NOTEBOOKS for cell in jupytext.read(path).cells]
    written = dict(source.removeprefix("%%writefile ").split("\n", 1) for source in cells if "%%writefile " in source)
    examples = {path.name: path.read_text(encoding="utf-8").strip() for path in EXAMPLES}

    assert {name: content.strip() for name, content in written.items()} == examples
