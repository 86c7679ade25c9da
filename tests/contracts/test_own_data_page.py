"""The page on one's own data shows what the import does: it is run as it stands."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

from sim.inputs.imports import Answers

PAGE = Path(__file__).parents[2] / "docs" / "own-data.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_what_the_page_shows_is_what_comes() -> None:
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    failures, tried = doctest.testfile(str(PAGE), module_relative=False, optionflags=flags)
    assert failures == 0
    assert tried > 15


def test_answers_that_the_page_names_exist() -> None:
    named = set(re.findall(r'(?:--answer "?|")(\w+)=', TEXT))
    assert {"scores", "scale", "teams"} <= named <= set(Answers.model_fields)


def test_a_newcomer_finds_how_to_bring_a_survey_in_one_click_from_either_first_page() -> None:
    for name in ("README.md", "docs/index.md"):
        first = (PAGE.parents[1] / name).read_text(encoding="utf-8")
        assert re.search(r"survey[^.|]*\|?[^.|]*\((?:docs/)?own-data\.md\)", first), name
