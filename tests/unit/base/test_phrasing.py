"""Numbers in words: what anybody would say, in characters that every terminal has."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.base.phrasing import duration, in_100, listed, more_in_100, of_100, percent, points_of_100

SHARES = (in_100, of_100, percent, more_in_100, points_of_100)


@given(value=st.floats(-2, 2) | st.just(math.nan), say=st.sampled_from(SHARES))
def test_every_share_can_be_said_in_plain_characters(value: float, say: Callable[[float], str]) -> None:
    said = say(value)
    assert said
    assert said.isascii()


@given(weeks=st.floats(0, 1e4) | st.sampled_from([math.nan, math.inf]))
def test_every_length_of_time_can_be_said_in_plain_characters(weeks: float) -> None:
    assert duration(weeks).isascii()


@pytest.mark.parametrize("value", [-0.004, 0.0, 0.004])
def test_nothing_is_said_without_a_sign(value: float) -> None:
    assert [say(value) for say in SHARES] == ["0", "0 of 100", "0 %", "no more", "0"]


@pytest.mark.parametrize(("parts", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b")])
def test_lists_are_joined_as_in_a_sentence(parts: list[str], said: str) -> None:
    assert listed(parts) == said
