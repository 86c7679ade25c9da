"""The page about Mesa: its Python gives what it says, and its app starts."""

from __future__ import annotations

import doctest
import multiprocessing
import re
import warnings
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "mesa.md"


def test_its_python_gives_what_it_says() -> None:
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    before = multiprocessing.get_start_method(allow_none=True)
    failures, tried = doctest.testfile(str(PAGE), module_relative=False, optionflags=flags)
    multiprocessing.set_start_method(before, force=True)  # Mesa's batches set it for everybody.
    assert tried > 25
    assert failures == 0


@pytest.mark.slow
def test_its_app_makes_a_page() -> None:
    (app,) = re.findall(r"```python\n(from mesa.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(app, "app.py", "exec"), names)
    assert "SolaraViz" in repr(names["page"])
