"""Where each key of a TOML file stands."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from sim.base.toml_lines import DEEPEST, TooDeepError, find_places
from sim.inputs.scenario.files import scenarios_folder
from tests.scenario_strategies import TABLES, damaged_texts

SAMPLE = """\
title = "a" # first
"quoted \\u0041" = 1
a.b . "c d" = [1, [2,
  3], {x = "}", y.z = '#'}]

text = \"\"\"
[not.a.header]
x = 1 \"\"\"\"
raw = '''it''s'''
when = 1979-05-27 07:32:00Z

[[timeline]]
kind = "shock"
[timeline.target]
services = []
[[timeline]]
  [[timeline.more]]
  deep = {}
[a.d]
"""


def paths_of(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield from paths_of(item, (*path, key))


def test_every_way_of_writing_toml_gives_the_line_of_each_key() -> None:
    places = find_places(SAMPLE)

    assert places[("title",)] == 1
    assert places[("quoted A",)] == 2
    assert places[("a", "b", "c d", 1, 1)] == 4
    assert places[("a", "b", "c d", 2, "y", "z")] == 4
    assert places[("text",)] == 6
    assert places[("when",)] == 10
    assert places[("timeline", 0, "target", "services")] == 15
    assert places[("timeline", 1)] == 16
    assert places[("timeline", 1, "more", 0, "deep")] == 18
    assert set(places) == set(paths_of(tomllib.loads(SAMPLE)))


def test_lines_are_counted_the_same_with_carriage_returns() -> None:
    assert find_places(SAMPLE.replace("\n", "\r\n")) == find_places(SAMPLE)


def test_what_does_not_stand_in_the_file_has_the_line_of_what_it_would_stand_in() -> None:
    places = find_places(SAMPLE)

    assert places.line_of(("timeline", 0, "intensity")) == 12
    assert places.line_of(("weeks",)) is None


@given(TABLES)
def test_the_places_are_those_that_the_reader_finds(table: dict[str, Any]) -> None:
    text = tomli_w.dumps(table)

    assert set(find_places(text)) == set(paths_of(tomllib.loads(text)))


@given(st.data())
def test_the_places_are_those_that_the_reader_finds_in_any_text_that_it_accepts(data: st.DataObject) -> None:
    text = data.draw(damaged_texts(SAMPLE))

    places = find_places(text)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(places) == set(paths_of(table))
    assert all(1 <= line <= text.count("\n") + 1 for line in places.values())


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 200_000,
        "a" + ".a" * 200_000 + " = 1",
        "[" + "a." * 200_000 + "a]",
        "a = " + "{a = " * 200_000,
    ],
)
def test_absurd_depth_is_told_at_once(text: str) -> None:
    with pytest.raises(TooDeepError) as caught:
        find_places("\n" + text)

    assert caught.value.line == 2


def test_the_depth_of_every_shipped_scenario_is_far_from_the_deepest() -> None:
    deepest = max(
        len(path) for file in scenarios_folder().glob("*.toml") for path in find_places(file.read_text("utf-8"))
    )

    assert deepest < DEEPEST / 2
