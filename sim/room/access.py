"""Who is who: codes that people type, tokens that browsers keep, and patience with those who guess."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable, Collection

__all__ = ["LETTERS", "Patience", "is_right", "new_code", "number_of", "tidy_code", "token_for"]

LETTERS = "BCDFGHJKMNPRTWXY"
"""No vowels (so no words), and nothing that looks like a figure or another letter."""

_LENGTH = 4
_TOKEN = re.compile(r"([1-9][0-9]{0,6})\.([0-9a-f]{40})")


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


def token_for(secret: str, room: str, opened_at: float, number: int) -> str:
    """Return what puts a participant back in their place in one room."""
    told = hmac.new(secret.encode(), f"{room} {opened_at!r} {number}".encode(), hashlib.sha256)
    return f"{number}.{told.hexdigest()[:40]}"


def number_of(token: str, secret: str, room: str, opened_at: float) -> int | None:
    """Return whose token it is, or None where it is nobody's."""
    parts = _TOKEN.fullmatch(token)
    if parts is None:
        return None
    number = int(parts[1])
    return number if is_right(token, token_for(secret, room, opened_at, number)) else None


def is_right(given: str, wanted: str) -> bool:
    """Compare two secrets in a time that says nothing about them."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


class Patience:
    """So many tries at once from one address, then one every few seconds.

    Parameters
    ----------
    tries : tries at once
    seconds : until another is granted
    clock : seconds, for tests
    """

    def __init__(self, tries: int = 12, seconds: float = 4.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._tries, self._seconds, self._clock = tries, seconds, clock
        self._spent: dict[str, tuple[float, float]] = {}

    def _used(self, address: str) -> float:
        used, at = self._spent.get(address, (0.0, 0.0))
        return max(0.0, used - (self._clock() - at) / self._seconds)

    def is_over(self, address: str) -> bool:
        """Tell whether this address has to wait."""
        return self._used(address) > self._tries - 1

    def count(self, address: str) -> None:
        """Count a try."""
        if len(self._spent) > 10_000:
            self._spent.clear()
        self._spent[address] = (self._used(address) + 1.0, self._clock())
