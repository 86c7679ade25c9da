"""Chance: the right generator, numbers that are what they should be, and no number for two purposes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.base.chance import (
    Streams,
    chance_key,
    fill_uniforms_of_two,
    logistic,
    normal_pair,
    uniforms,
    uniforms_for_seats,
)
from sim.base.compilation import EntryPoint
from tests.plain_world import philox
from tests.reference_terms import normals

drawn_alone, drawn_for_two, chance_of = map(EntryPoint, (uniforms, fill_uniforms_of_two, logistic))
WORDS = st.integers(0, 2**32 - 1)

KNOWN_ANSWERS = {
    "zeros": ((0, 0), (0, 0, 0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    "ones": ((2**32 - 1,) * 2, (2**32 - 1,) * 4, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    "digits of pi": (
        (0xA4093822, 0x299F31D0),
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
}
"""Key, counter and block of Philox4x32-10, from the Random123 library's file of known answers."""


def chances(log_odds: np.ndarray) -> np.ndarray:
    """Return the engine's logistic function of each number."""
    return np.array([chance_of(number) for number in log_odds.tolist()])


def block(key: tuple[int, int], seat: int, week: int, stream: int) -> list[int]:
    """Return the four words that the engine draws from, read back from its uniform numbers."""
    draws = uniforms_for_seats(chance_key(*key), stream, week, 1, first_seat=seat)[:, 0]
    return [int(draw * 2**32) for draw in draws]


@pytest.mark.parametrize("name", KNOWN_ANSWERS)
def test_the_twin_gives_the_known_answers_of_philox(name: str) -> None:
    key, counter, expected = KNOWN_ANSWERS[name]

    assert philox(key, counter) == expected


def test_the_engine_gives_the_known_answer_of_philox() -> None:
    assert block((0, 0), seat=0, week=0, stream=0) == list(KNOWN_ANSWERS["zeros"][2])


@given(seed=WORDS, replicate=WORDS, seat=WORDS, week=WORDS, stream=st.integers(0, 2**16))
def test_a_draw_is_the_block_of_seed_replicate_seat_week_and_stream(
    seed: int, replicate: int, seat: int, week: int, stream: int
) -> None:
    """The counter is (seat, week, stream, 0) and the key is (seed, replicate)."""
    expected = philox((seed, replicate), (seat, week, stream, 0))

    assert block((seed, replicate), seat, week, stream) == list(expected)


@given(week=st.integers(-(10**6), -1))
def test_weeks_before_week_zero_have_chance_of_their_own(week: int) -> None:
    expected = philox((1, 0), (3, week % 2**32, 2, 0))

    assert block((1, 0), seat=3, week=week, stream=2) == list(expected)


@given(first=st.integers(0, 500), n_seats=st.integers(0, 40), week=st.integers(-104, 500))
def test_seats_drawn_together_or_apart_get_the_same(first: int, n_seats: int, week: int) -> None:
    key = chance_key(5, 2)
    together = uniforms_for_seats(key, Streams.REACH, week, first + n_seats)[:, first:]
    apart = uniforms_for_seats(key, Streams.REACH, week, n_seats, first_seat=first)
    alone = [drawn_alone(key, Streams.REACH, week, first + seat) for seat in range(n_seats)]

    assert together.tobytes() == apart.tobytes()
    assert [tuple(column) for column in apart.T.tolist()] == alone


def test_uniform_numbers_are_never_zero_or_one() -> None:
    """The lowest and the highest word give numbers that a logarithm and a comparison with 1 can stand."""
    lowest, highest = 0 * 2.0**-32 + 2.0**-33, (2**32 - 1) * 2.0**-32 + 2.0**-33
    draws = uniforms_for_seats(chance_key(3), Streams.REACH, 0, 200_000)

    assert 0 < lowest < highest < 1
    assert draws.min() > 0
    assert draws.max() < 1


def test_uniform_numbers_are_uniform_and_lanes_independent() -> None:
    """Two million fixed numbers: a wrong scale or a repeated lane moves these by far more than 5 standard errors."""
    n = 500_000
    draws = uniforms_for_seats(chance_key(11), Streams.REACH, 40, n)
    correlation = np.corrcoef(draws) - np.eye(4)

    assert abs(draws.mean() - 0.5) < 5 / math.sqrt(12 * 4 * n)
    assert abs(draws.var() - 1 / 12) < 5 * math.sqrt(1 / 180 / (4 * n))
    assert np.abs(correlation).max() < 5 / math.sqrt(n)


@pytest.mark.parametrize("other", ["seed", "replicate", "stream", "week", "seat"])
def test_neighbouring_counters_are_independent(other: str) -> None:
    n = 100_000
    base = uniforms_for_seats(chance_key(8, 3), 5, 7, n)[0]
    neighbour = {
        "seed": lambda: uniforms_for_seats(chance_key(9, 3), 5, 7, n),
        "replicate": lambda: uniforms_for_seats(chance_key(8, 4), 5, 7, n),
        "stream": lambda: uniforms_for_seats(chance_key(8, 3), 6, 7, n),
        "week": lambda: uniforms_for_seats(chance_key(8, 3), 5, 8, n),
        "seat": lambda: uniforms_for_seats(chance_key(8, 3), 5, 7, n, first_seat=1),
    }[other]()[0]

    assert abs(np.corrcoef(base, neighbour)[0, 1]) < 5 / math.sqrt(n)
    assert not (base == neighbour).any()


@given(a=st.floats(2**-33, 1 - 2**-33), b=st.floats(2**-33, 1 - 2**-33))
def test_normal_numbers_are_box_and_mullers(a: float, b: float) -> None:
    assert normal_pair(a, b) == pytest.approx(normals(a, b), abs=1e-12)


def test_normal_numbers_are_normal() -> None:
    n = 100_000
    draws = uniforms_for_seats(chance_key(2), Streams.REACH, 3, n)
    pairs = np.array([normal_pair(a, b) for a, b in zip(draws[0], draws[1], strict=True)])

    assert np.abs(pairs.mean(axis=0)).max() < 5 / math.sqrt(n)
    assert np.abs(pairs.std(axis=0) - 1).max() < 5 / math.sqrt(2 * n)
    assert abs(np.corrcoef(pairs.T)[0, 1]) < 5 / math.sqrt(n)
    assert abs((np.abs(pairs) < 1.959964).mean() - 0.95) < 5 * math.sqrt(0.95 * 0.05 / (2 * n))


def test_a_key_is_seed_and_replicate() -> None:
    assert chance_key(7, 3).tolist() == [7, 3]
    assert chance_key(2**32 - 1).tolist() == [2**32 - 1, 0]


@pytest.mark.parametrize(("seed", "replicate", "name"), [(-1, 0, "seed"), (2**32, 0, "seed"), (0, -1, "replicate")])
def test_a_key_out_of_range_is_refused(seed: int, replicate: int, name: str) -> None:
    with pytest.raises(ValueError, match=f"{name}: wanted a whole number from 0 to 4294967295"):
        chance_key(seed, replicate)


@given(first=st.integers(0, 500), n_seats=st.integers(0, 40), week=st.integers(-104, 500))
def test_two_streams_drawn_at_once_are_those_drawn_one_after_the_other(first: int, n_seats: int, week: int) -> None:
    key = chance_key(5, 2)
    draws, other = np.empty((4, n_seats)), np.empty((4, n_seats))
    numbers = np.arange(first, first + n_seats, dtype=np.uint32)
    drawn_for_two(key, 1, 2, week, numbers, 0, n_seats, draws, other)

    assert draws.tobytes() == uniforms_for_seats(key, 1, week, n_seats, first_seat=first).tobytes()
    assert other.tobytes() == uniforms_for_seats(key, 2, week, n_seats, first_seat=first).tobytes()


def test_the_logistic_function_is_exact_to_three_units_in_the_last_place() -> None:
    """Against the exponential of the C library in numbers of 80 bits, where the machine has them."""
    rng = np.random.default_rng(4)
    log_odds = np.concatenate([rng.uniform(-40, 40, 200_000), rng.normal(0, 2, 200_000), [0.0, -0.0, 1e-300, 36.0]])
    exact = 1 / (1 + np.exp(-log_odds.astype(np.longdouble)))

    assert (np.abs(chances(log_odds) - exact) <= 3 * np.spacing(exact.astype(float))).all()


def test_the_logistic_function_has_its_ends() -> None:
    far = np.array([-1e308, -1000.0, -700.0, 700.0, 1000.0, 1e308, 0.0])
    found = chances(far)

    assert found[-1] == 0.5
    assert (found[:3] < 1e-300).all()
    assert (found[3:6] == 1.0).all()
    assert (np.diff(chances(np.linspace(-50, 50, 100_001))) >= -3e-16).all()
