"""Run the notebooks, and write each as a page of the documentation with what it prints and draws.

python docs/make_notebooks.py [NAME ...]     all of them, or those whose names begin so; ten minutes or so
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import re
import sys
import tempfile
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import jupytext
import nbclient
from PIL import Image

ROOT = Path(__file__).parents[1]
NOTEBOOKS, PAGES = ROOT / "notebooks", ROOT / "docs" / "notebooks"

_WIDEST = 1_000
_COLOURS = 128
_MOST_LINES = 60
_WIDTH = 88
"""Characters of a line that the site's pages show."""
_FULL = 120
"""Characters that a line of a story has at most."""
_BEGINNING = re.compile(r" *(?:- )?")
_IN_COLUMNS = re.compile(r"\S {2,}\S")
_PICTURE = re.compile(r'<img alt="(?P<alt>[^"]*)"[^>]*src="data:image/png;base64,(?P<content>[^"]+)"[^>]*>')
_TAGS = re.compile(r"<style.*?</style>|<[^>]+>", re.DOTALL)
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def page_of(path: Path) -> Path:
    """Return the page of a notebook."""
    return PAGES / f"{path.stem}.md"


def head_of(path: Path) -> str:
    """Return the first lines of a page: of which notebook it is."""
    return f"<!-- Made of notebooks/{path.name} by docs/make_notebooks.py. -->\n\n"


def cells_of(path: Path) -> list[str]:
    """Return what stands on the page of a notebook whatever it prints: its words, and its code."""
    return [_source(cell) for cell in jupytext.read(path).cells if cell.source.strip()]


def _source(cell: Any) -> str:
    if cell.cell_type == "markdown":
        return re.sub(r"\]\((?!\w+:|#|\.\./)", "](../../notebooks/", _from_page(cell.source))
    return f"```python\n{cell.source.strip()}\n```"


def _from_page(text: str) -> str:
    """Return the words of a cell with their links as they lead from the page, which is one folder further down."""
    return re.sub(r"\]\(\.\./", "](../../", text).strip()


def main(names: list[str]) -> None:
    """Write the pages."""
    (PAGES / "images").mkdir(parents=True, exist_ok=True)
    for path in sorted(NOTEBOOKS.glob("*.py")):
        if not names or any(path.stem.startswith(name) for name in names):
            print(path.name, flush=True)
            _write(path)


def _write(path: Path) -> None:
    notebook = jupytext.read(path)
    os.environ["PYTHONPATH"] = str(ROOT)
    os.environ["PYTHONWARNINGS"] = "ignore"
    with tempfile.TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        nbclient.NotebookClient(notebook, timeout=3_600, kernel_name="python3", resources=resources).execute()
    for old in (PAGES / "images").glob(f"{path.stem}-*.png"):
        old.unlink()
    parts = []
    for cell in notebook.cells:
        if cell.source.strip():
            parts.append(_source(cell))
        parts += _outputs(cell, path.stem)
    page_of(path).write_text(head_of(path) + "\n\n".join(parts) + "\n", encoding="utf-8")


def _outputs(cell: Any, stem: str) -> Iterator[str]:
    """Yield what a cell printed and drew, as Markdown."""
    for output in cell.get("outputs", []):
        if output["output_type"] == "stream":
            if output["name"] == "stdout":
                yield _text(output["text"])
            continue
        data = output.get("data", {})
        html = data.get("text/html", "")
        if "image/png" in data:
            yield _picture(data["image/png"], stem, "What the cell above draws")
        elif found := _PICTURE.search(html):
            yield _plain(html[: found.start()])
            yield _picture(found["content"], stem, found["alt"])
        elif "text/markdown" in data:
            yield data["text/markdown"]
        elif data.get("text/plain", "None") != "None":
            yield _text(data["text/plain"])


def _text(text: str) -> str:
    lines = list(filled(line.rstrip() for line in _ESCAPES.sub("", text).rstrip("\n").splitlines()))
    kept = lines if len(lines) <= _MOST_LINES else [*lines[:_MOST_LINES], "..."]
    return "```text\n" + "\n".join(kept) + "\n```"


def filled(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines no wider than a page shows; what stands in columns stays as it is."""
    paragraphs: list[str] = []
    before = ""
    for line in lines:
        # It goes on where the line before was broken because it was full.
        if line and len(before) <= _FULL < len(f"{before} {line.split()[0]}"):
            paragraphs[-1] += f" {line.strip()}"
        else:
            paragraphs.append(line)
        before = line
    for paragraph in paragraphs:
        if len(paragraph) <= _WIDTH or _IN_COLUMNS.search(paragraph):
            yield paragraph
        else:
            indent = " " * len(_BEGINNING.match(paragraph)[0])
            words = {"break_long_words": False, "break_on_hyphens": False}
            yield from textwrap.wrap(paragraph, _WIDTH, subsequent_indent=indent, **words)


def _plain(html: str) -> str:
    return "> " + " ".join(_TAGS.sub(" ", html).split())


def _picture(content: str, stem: str, alt: str) -> str:
    """Write a picture, as small as it may be for a page, and return its Markdown."""
    image = Image.open(io.BytesIO(base64.b64decode(content))).convert("RGB")
    image.thumbnail((_WIDEST, _WIDEST * 4), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.quantize(_COLOURS, dither=Image.Dither.NONE).save(buffer, "png", optimize=True)
    name = f"{stem}-{hashlib.sha256(buffer.getvalue()).hexdigest()[:10]}.png"
    (PAGES / "images" / name).write_bytes(buffer.getvalue())
    return f"![{alt.replace('[', '(').replace(']', ')')}](images/{name})"


if __name__ == "__main__":
    main(sys.argv[1:])
