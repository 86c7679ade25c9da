"""Common random numbers: chance is looked up, never consumed.

A draw is a function of (seed, replicate, stream, week, seat) alone: Philox4x32-10 with the key (seed, replicate) and
the counter (seat, week, stream, 0). So two scenarios with one seed share their chance events, whoever else draws, and
any number of threads, processes or chunks gives the same bits. One block gives four numbers, the *lanes* of a stream.

Source: Salmon, Moraes, Dror and Shaw (2011), Parallel random numbers: as easy as 1, 2, 3.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.compilation import column_kernel, entry_point, inlined_kernel, kernel

__all__ = [
    "Streams",
    "chance_key",
    "fill_uniforms",
    "fill_uniforms_of_two",
    "logistic",
    "normal_pair",
    "uniforms",
    "uniforms_at",
    "uniforms_for_seats",
]


class Streams:
    """Decisions about the organisation and the survey that chance takes part in; those of a rule stand in its file.

    A number is never reused. The comment names the four lanes.
    """

    REACH = 12  # which share of people or teams an intervention reaches
    COMMITTEE = 13  # who sits in a committee
    COMPOSITION = 14  # which staff group a seat belongs to
    CROSS_TEAM = 15  # how many ties a person starts, near or far
    CROSS_TEAM_PARTNER = 16  # with whom
    SURVEY = 17  # who answers a survey, and how
    GROUP_SCORES = 18  # 0: how far a group is from who answered, safety, efficacy, -, -; 1: whose answer, -, -, -


_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint32(0x9E3779B9)
_W1 = np.uint32(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_SCALE = 2.0**-32
_HALF = 2.0**-33

_LARGEST = 700.0
_PER_LN2 = 1.0 / math.log(2.0)
_LN2_HIGH, _LN2_LOW = 6.93145751953125e-1, 1.42860682030941723212e-6
_P0, _P1 = 1.26177193074810590878e-4, 3.02994407707441961300e-2
_Q0, _Q1, _Q2 = 3.00198505138664455042e-6, 2.52448340349684104192e-3, 2.27265548208155028766e-1
_TO_WHOLE = 1.5 * 2.0**52
_MANTISSA = np.int64(52)
_ONE = np.int64(1023 << 52)


def chance_key(seed: int, replicate: int = 0) -> NDArray[np.uint32]:
    """Return the key of one world.

    Parameters
    ----------
    seed, replicate : whole numbers in [0, 2**32)

    Returns
    -------
    key : [2], uint32

    Raises
    ------
    ValueError : a number is out of range
    """
    for name, value in (("seed", seed), ("replicate", replicate)):
        if not 0 <= value < 2**32:
            raise ValueError(f"{name}: wanted a whole number from 0 to {2**32 - 1}, got {value}")
    return np.array([seed, replicate], dtype=np.uint32)


@inlined_kernel
def _philox(key0: Any, key1: Any, seat: Any, week: Any, stream: Any) -> Any:
    """Return one Philox4x32-10 block as four uint32."""
    x0 = np.uint32(seat)
    x1 = np.uint32(week)
    x2 = np.uint32(stream)
    x3 = np.uint32(0)
    k0 = np.uint32(key0)
    k1 = np.uint32(key1)
    for _ in range(10):
        product0 = _M0 * np.uint64(x0)
        product1 = _M1 * np.uint64(x2)
        x0 = np.uint32(product1 >> _SHIFT) ^ x1 ^ k0
        x1 = np.uint32(product1 & _LOW)
        x2 = np.uint32(product0 >> _SHIFT) ^ x3 ^ k1
        x3 = np.uint32(product0 & _LOW)
        k0 = np.uint32(k0 + _W0)
        k1 = np.uint32(k1 + _W1)
    return x0, x1, x2, x3


@kernel
def uniforms(key: Any, stream: Any, week: Any, seat: Any) -> Any:
    """Return the four lanes of a stream for one seat and week: floats in (0, 1), never 0 or 1."""
    x0, x1, x2, x3 = _philox(key[0], key[1], seat, week, stream)
    return x0 * _SCALE + _HALF, x1 * _SCALE + _HALF, x2 * _SCALE + _HALF, x3 * _SCALE + _HALF


@kernel
def fill_uniforms(key: Any, stream: Any, week: Any, first_seat: Any, n_seats: Any, draws: Any) -> None:
    """Write the lanes of a stream for consecutive seats into ``draws`` [4, n_seats or more]; in (0, 1).

    ``draws`` is passed whole: a slice of it would not be contiguous, and its loop not vectorised (10 times slower).
    """
    key0 = key[0]
    key1 = key[1]
    first = np.uint32(first_seat)
    for j in range(n_seats):
        x0, x1, x2, x3 = _philox(key0, key1, first + np.uint32(j), week, stream)
        draws[0, j] = x0 * _SCALE + _HALF
        draws[1, j] = x1 * _SCALE + _HALF
        draws[2, j] = x2 * _SCALE + _HALF
        draws[3, j] = x3 * _SCALE + _HALF


@column_kernel
def fill_uniforms_of_two(
    key: Any,
    stream: Any,
    other_stream: Any,
    week: Any,
    numbers: Any,
    first_seat: Any,
    n_seats: Any,
    draws: Any,
    other_draws: Any,
) -> None:
    """Do for two streams what :func:`fill_uniforms` does for one, for people by their ``numbers`` [seats].

    A round of Philox waits for the round before it; meanwhile the processor works on the other stream.
    """
    key0 = key[0]
    key1 = key[1]
    for j in range(n_seats):
        x0, x1, x2, x3 = _philox(key0, key1, numbers[first_seat + j], week, stream)
        y0, y1, y2, y3 = _philox(key0, key1, numbers[first_seat + j], week, other_stream)
        draws[0, j] = x0 * _SCALE + _HALF
        draws[1, j] = x1 * _SCALE + _HALF
        draws[2, j] = x2 * _SCALE + _HALF
        draws[3, j] = x3 * _SCALE + _HALF
        other_draws[0, j] = y0 * _SCALE + _HALF
        other_draws[1, j] = y1 * _SCALE + _HALF
        other_draws[2, j] = y2 * _SCALE + _HALF
        other_draws[3, j] = y3 * _SCALE + _HALF


@kernel
def normal_pair(uniform_a: Any, uniform_b: Any) -> Any:
    """Return two independent standard normal numbers from two uniform ones (Box and Muller 1958)."""
    radius = math.sqrt(-2.0 * math.log(uniform_a))
    angle = 2.0 * math.pi * uniform_b
    return radius * math.cos(angle), radius * math.sin(angle)


@inlined_kernel
def logistic(log_odds: Any) -> Any:
    """Return 1 / (1 + exp(-x)) to within three units in the last place, in steps without a branch.

    exp(-x) = 2^n (Q + P) / (Q - P) with n whole, and so 1 / (1 + exp(-x)) = (Q - P) / ((Q - P) + 2^n (Q + P)).

    Source: the rational function of exp in Moshier's Cephes library (1989).
    """
    x = min(_LARGEST, max(-_LARGEST, -log_odds))
    shifted = x * _PER_LN2 + _TO_WHOLE  # The last bits of a number this large are the nearest whole number.
    n = shifted - _TO_WHOLE
    rest = x - n * _LN2_HIGH - n * _LN2_LOW
    square = rest * rest
    p = rest * ((_P0 * square + _P1) * square + 1.0)
    q = ((_Q0 * square + _Q1) * square + _Q2) * square + 2.0
    bits = (np.float64(shifted).view(np.int64) << _MANTISSA) + _ONE
    power = np.int64(bits).view(np.float64)
    return (q - p) / ((q - p) + power * (q + p))


@entry_point
def _uniforms_at(key: Any, stream: Any, week: Any, numbers: Any, draws: Any) -> None:
    for j in range(numbers.size):
        draws[0, j], draws[1, j], draws[2, j], draws[3, j] = uniforms(key, stream, week, numbers[j])


def uniforms_at(key: NDArray[np.uint32], stream: int, week: int, numbers: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Return the lanes of a stream for people by their numbers: [4, n], floats in (0, 1).

    Parameters
    ----------
    key : [2], of :func:`chance_key`
    stream, week : which decision, and when
    numbers : [n], uint32, of :class:`sim.inputs.organisation.Chance`
    """
    draws = np.empty((4, len(numbers)))
    _uniforms_at(key, np.uint32(stream), np.uint32(week & 0xFFFFFFFF), numbers, draws)
    return draws


@entry_point
def _uniforms_for_seats(key: Any, stream: Any, week: Any, first_seat: Any, draws: Any) -> None:
    fill_uniforms(key, stream, week, first_seat, draws.shape[1], draws)


def uniforms_for_seats(
    key: NDArray[np.uint32], stream: int, week: int, n_seats: int, first_seat: int = 0
) -> NDArray[np.float64]:
    """Return the lanes of a stream for consecutive seats.

    Parameters
    ----------
    key : [2], of :func:`chance_key`
    stream, week, first_seat, n_seats : which decision, when, and for which seats

    Returns
    -------
    draws : [4, n_seats], floats in (0, 1)

    Examples
    --------
    >>> key = chance_key(seed=1)
    >>> whole = uniforms_for_seats(key, Streams.REACH, week=0, n_seats=10)
    >>> part = uniforms_for_seats(key, Streams.REACH, week=0, n_seats=4, first_seat=6)
    >>> bool((whole[:, 6:] == part).all())
    True
    """
    draws = np.empty((4, n_seats))
    _uniforms_for_seats(key, np.uint32(stream), np.uint32(week & 0xFFFFFFFF), np.uint32(first_seat), draws)
    return draws
