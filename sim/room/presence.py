"""Who is there at the moment: whoever waits for news, or has done so a few seconds ago."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable

__all__ = ["Presence"]

_PATIENCE_SECONDS = 15.0
"""A page asks again within this time of its last answer, even after a bad moment of the network."""


class Presence:
    """Who of a room is there.

    Parameters
    ----------
    now : seconds since 1970; whoever was there before has some seconds to be heard of
    """

    def __init__(self, now: float) -> None:
        self._begun = now
        self._waiting: Counter[int] = Counter()
        self._heard: dict[int, float] = {}

    def begins(self, number: int, now: float) -> bool:
        """Note that somebody begins to wait for news; tell whether they had been away."""
        was_away = self.away_since(number, now) is not None
        self._waiting[number] += 1
        self._heard[number] = now
        return was_away

    def ends(self, number: int, now: float) -> None:
        """Note that somebody has been answered, or has hung up."""
        self._waiting[number] -= 1
        self._heard[number] = now

    def away_since(self, number: int, now: float) -> float | None:
        """Return since when nothing has been heard of somebody; None if they are there."""
        heard = self._heard.get(number, self._begun)
        return heard if self._waiting[number] <= 0 and now - heard > _PATIENCE_SECONDS else None

    def mark(self, numbers: Iterable[int], now: float) -> str:
        """Return a mark that changes with who of some people is away."""
        away = [number for number in numbers if self.away_since(number, now) is not None]
        return f"{zlib.crc32(repr(away).encode()):x}"
