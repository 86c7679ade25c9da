"""The README: its Python runs, its commands exist, its links and folders are there."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from sim.commands import WORDS
from sim.commands.preparing import prepare_pair
from sim.inputs.scenario.files import shipped_scenarios
from sim.results.ranges import kept_range

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
LINKS = sorted(set(re.findall(r"\]\(([^)#:]+)\)", TEXT)))


def test_its_python_gives_what_it_says() -> None:
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    failures, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False, optionflags=flags)
    assert tried > 0
    assert failures == 0


def test_its_commands_are_words_of_the_command() -> None:
    used = set(re.findall(r"cultureshift ([a-z]+)", TEXT))
    assert used
    assert used <= set(WORDS)


def test_the_scenarios_it_runs_are_shipped() -> None:
    names = {name for name, *_ in shipped_scenarios()}
    used = set(re.findall(r"cultureshift run ([a-z-]+)(?![a-z/.-])", TEXT))
    assert used
    assert used <= names


@pytest.mark.parametrize("target", LINKS)
def test_its_links_lead_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


def test_the_range_it_tells_is_that_of_the_package() -> None:
    known = kept_range(*prepare_pair("shoestring-year"))
    assert known is not None
    gain, persists = known.outcomes["peak_gain"], known.outcomes["persists"]

    said = " ".join(TEXT.split())
    assert f"the gain lies between {100 * gain.low:.0f} and {100 * gain.high:.0f}," in said
    assert f"persists in between {100 * persists.low:.0f} and {100 * persists.high:.0f} of 100 worlds" in said


def test_its_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^make ([a-z-]+)", TEXT, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
