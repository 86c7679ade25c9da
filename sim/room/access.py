"""Who is who: codes that people type, tokens that browsers keep, and patience with those who guess."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import secrets
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

__all__ = [
    "AT_THE_DOOR",
    "LETTERS",
    "Guesses",
    "RateLimit",
    "is_right",
    "new_code",
    "number_of",
    "tidy_code",
    "token_for",
]

LETTERS = "BCDFGHJKMNPRTWXY"
"""No vowels (so no words), and nothing that looks like a figure or another letter."""

_LENGTH = 4
_MOST_REMEMBERED = 10_000
_TOKEN = re.compile(r"(0|[1-9][0-9]{0,6})\.([0-9a-f]{40})")

AT_THE_DOOR = 0
"""The number in the token of somebody who knows the code of a room and has not joined yet."""


def new_code(taken: Collection[str]) -> str:
    """Return a code that no room has."""
    while True:
        code = "".join(secrets.choice(LETTERS) for _ in range(_LENGTH))
        if code not in taken:
            return code


def tidy_code(typed: str) -> str | None:
    """Return a code as somebody may have typed it, or None where it cannot be one.

    Examples
    --------
    >>> tidy_code(" bc-dF "), tidy_code("ABCD1")
    ('BCDF', None)
    """
    letters = re.sub(r"[\s.\-]", "", typed[:40]).upper()
    return letters if len(letters) == _LENGTH and set(letters) <= set(LETTERS) else None


def token_for(secret: str, room: str, opened_at: float, number: int, returned_at: float | None = None) -> str:
    """Return what puts a participant back in their place in one room.

    Parameters
    ----------
    secret : of the file of the rooms
    room, opened_at : the room
    number : whose place
    returned_at : when they last came back with another phone; what the one before has is no token any more
    """
    since = "" if returned_at is None else f" {returned_at!r}"
    told = hmac.new(secret.encode(), f"{room} {opened_at!r} {number}{since}".encode(), hashlib.sha256)
    return f"{number}.{told.hexdigest()[:40]}"


def number_of(
    token: str, secret: str, room: str, opened_at: float, returned: Mapping[int, float] = MappingProxyType({})
) -> int | None:
    """Return whose token it is, or None where it is nobody's.

    Parameters
    ----------
    token : what somebody has
    secret, room, opened_at : as for :func:`token_for`
    returned : by number, when those came back who did
    """
    parts = _TOKEN.fullmatch(token)
    if parts is None:
        return None
    number = int(parts[1])
    wanted = token_for(secret, room, opened_at, number, returned.get(number))
    return number if is_right(token, wanted) else None


def is_right(given: str, wanted: str) -> bool:
    """Compare two secrets in a time that says nothing about them."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


class RateLimit:
    """So many tries at once for each who is counted, then one every few seconds.

    Parameters
    ----------
    tries : tries at once
    seconds : until another is granted
    clock : seconds, for tests
    """

    def __init__(self, tries: int = 12, seconds: float = 4.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._tries, self._seconds, self._clock = tries, seconds, clock
        self._spent: dict[str, tuple[float, float]] = {}

    def _used(self, who: str) -> float:
        used, at = self._spent.get(who, (0.0, 0.0))
        return max(0.0, used - (self._clock() - at) / self._seconds)

    def is_over(self, who: str) -> bool:
        """Tell whether they have to wait."""
        return self._used(who) > self._tries - 1

    def count(self, who: str) -> None:
        """Count a try."""
        if len(self._spent) > _MOST_REMEMBERED:
            self._spent.clear()
        self._spent[who] = (self._used(who) + 1.0, self._clock())


class Guesses:
    """Tells those who mistype a code from those who try one after another.

    A wrong code counts once for an address, however often it is typed there: a whole class that misreads the screen
    has made one mistake. After many different ones, from an address or from all of them together, whoever types a code
    waits a while before it is looked at, right or wrong; few wait at a time, and the others are asked to come back.
    So one who guesses shuts nobody out, and with 65,536 codes it takes hours to find one.

    Parameters
    ----------
    of_one, of_all : different wrong codes from one address, and from all
    seconds : that a code waits before it is looked at
    most_of_one, most_of_all : that wait at a time
    """

    def __init__(
        self,
        of_one: RateLimit | None = None,
        of_all: RateLimit | None = None,
        *,
        seconds: float = 4.0,
        most_of_one: int = 4,
        most_of_all: int = 8,
    ) -> None:
        self._of_one = of_one or RateLimit(tries=40, seconds=10.0)
        self._of_all = of_all or RateLimit(tries=200, seconds=2.0)
        self._seconds, self._most_of_one, self._most_of_all = seconds, most_of_one, most_of_all
        self._counted: set[tuple[str, str]] = set()
        self._waiting: Counter[str] = Counter()

    def count(self, address: str, code: str) -> None:
        """Count a wrong code."""
        if (address, code) in self._counted:
            return
        if len(self._counted) > _MOST_REMEMBERED:
            self._counted.clear()
        self._counted.add((address, code))
        self._of_one.count(address)
        self._of_all.count("")

    async def wait(self, address: str) -> bool:
        """Wait as long as whoever types a code here must; tell whether it may be looked at then."""
        if not (self._of_one.is_over(address) or self._of_all.is_over("")):
            return True
        if self._waiting[address] >= self._most_of_one or self._waiting.total() >= self._most_of_all:
            return False
        self._waiting[address] += 1
        try:
            await asyncio.sleep(self._seconds)
        finally:
            self._waiting[address] -= 1
            self._waiting += Counter()
        return True
