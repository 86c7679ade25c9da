"""Every notebook runs from its first cell to its last, shows pictures, and ends with something to do."""

from pathlib import Path

import jupytext
import nbclient
import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.py"))
EXAMPLES = sorted((FOLDER.parent / "docs" / "examples").glob("*.py"))
PATIENCE_SECONDS = 600


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


def test_notebooks_are_kept_without_outputs():
    assert len(NOTEBOOKS) >= 7
    assert not list(FOLDER.glob("*.ipynb"))


def test_the_files_that_a_notebook_writes_are_the_examples_of_the_documentation():
    cells = [cell.source for path in NOTEBOOKS for cell in jupytext.read(path).cells]
    written = dict(source.removeprefix("%%writefile ").split("\n", 1) for source in cells if "%%writefile " in source)
    examples = {path.name: path.read_text(encoding="utf-8").strip() for path in EXAMPLES}

    assert {name: content.strip() for name, content in written.items()} == examples
