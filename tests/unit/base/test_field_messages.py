"""Declarations in words, and what is wrong with a value in the same words."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import pytest
from hypothesis import given
from pydantic import BaseModel, Field, ValidationError, model_validator

from sim.base.errors import Fault
from sim.base.field_messages import WrongValueError, as_written, findings_of, path_text, unknown_keys, wanted
from tests.scenario_strategies import STRUCTURES


class Inner(BaseModel, extra="forbid"):
    size: int = Field(ge=1)


class Sample(BaseModel, extra="forbid"):
    share: float = Field(0.5, ge=0, le=1, description="how much (0 to 1)", json_schema_extra={"unit": "0 to 1"})
    rate: float | None = Field(None, gt=0, description="how often", json_schema_extra={"unit": "per year"})
    colour: Literal["red", "blue"] = "red"
    places: tuple[int, ...] = ()
    weights: dict[str, float] = Field(default_factory=dict)
    inner: Inner | None = None

    @model_validator(mode="after")
    def _check(self) -> Sample:
        if self.share == 0.25:
            raise WrongValueError("share", "anything but a quarter", "a quarter", "take a third")
        return self


def findings(**values: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        Sample.model_validate(values, strict=True)
    return [
        f"{path_text(one.path)}: {one.wanted} / {one.came} / {one.hint}" for one in findings_of(caught.value, Sample)
    ]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("share", "a number from 0 to 1 (how much)"),
        ("rate", "a number above 0 (per year; how often)"),
        ("colour", 'one of "red", "blue"'),
        ("places", "a list of whole numbers"),
        ("weights", "a table of numbers"),
        ("inner", "a table"),
    ],
)
def test_a_declaration_says_what_it_wants(key: str, words: str) -> None:
    assert wanted(Sample, key) == words


def test_a_value_out_of_range_is_told_with_what_was_wanted() -> None:
    assert findings(rate=0) == ["rate: a number above 0 (per year; how often) / 0 / "]


def test_a_percentage_is_recognised() -> None:
    assert findings(share=16.5) == [
        "share: a number from 0 to 1 (how much) / 16.5 / it is a share, not a percentage: 16.5 % is 0.165"
    ]


def test_an_item_of_a_list_or_table_is_told_by_itself() -> None:
    assert findings(places=(1, "2"), weights={"a": True}) == [
        'places entry 2: a whole number / "2" / numbers stand without quotation marks',
        "weights.a: a number / true / ",
    ]


def test_a_key_further_in_is_told_with_its_way() -> None:
    assert findings(inner={"size": 0}) == ["inner.size: a whole number from 1 / 0 / "]
    assert findings(inner={}) == ["inner.size: a whole number from 1 / nothing / "]


def test_the_check_of_a_declaration_speaks_for_itself() -> None:
    assert findings(share=0.25) == ["share: anything but a quarter / a quarter / take a third"]


def test_the_nearest_choice_and_key_are_named() -> None:
    assert findings(colour="bleu") == ['colour: one of "red", "blue" / "bleu" / did you mean "blue"?']
    assert findings(shares=1) == ['shares: a known key / "shares" / did you mean "share"?']


def test_very_many_unknown_keys_are_counted() -> None:
    found = list(unknown_keys(Sample, {f"key {number}": 0 for number in range(1_000)}, "a sample"))

    assert len(found) == 51
    assert found[-1].came == "950 more unknown keys"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (0.1, "0.1"),
        ("two\nlines", '"two lines"'),
        (date(2025, 4, 1), "2025-04-01"),
        ([1, ["a"]], '[1, ["a"]]'),
        ({"a": 1}, "a table of a"),
        (10**100, "a number of more than 60 digits"),
    ],
)
def test_a_value_is_shown_as_it_would_stand_in_a_file(value: Any, text: str) -> None:
    assert as_written(value) == text


@given(STRUCTURES)
def test_any_value_is_shown_in_a_few_words(value: Any) -> None:
    assert 0 < len(as_written(value)) <= 60


def test_half_a_character_can_be_told() -> None:
    fault = Fault("said", "text", as_written("\ud800"))

    assert str(fault).encode() == b'said: wanted text, got "\\ud800"'
