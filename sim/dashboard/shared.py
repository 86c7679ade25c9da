"""What all sessions share: results kept by what they are results of, never by who asked; bounded in bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from sim.inputs.organisation import Organisation
from sim.inputs.scenario.description import Scenario, build_organisation

__all__ = ["Remembered", "SharedCache", "digest_of", "organisation_of", "text_bytes"]

T = TypeVar("T")

_MOST_BYTES_OF_ORGANISATIONS = 64_000_000
_BYTES_A_PERSON = 400
_MOST_REMEMBERED = 400


class SharedCache(Generic[T]):
    """The latest results by key; safe for many threads, and what many ask for at once is made once.

    Parameters
    ----------
    most_bytes : what the results may take together; the one that was not asked for the longest goes first
    size : tells the bytes of a result
    """

    def __init__(self, most_bytes: int, size: Callable[[T], int]) -> None:
        self._most_bytes, self._size = most_bytes, size
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._sizes: dict[Hashable, int] = {}
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()
        self.n_bytes = 0

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the result of a key; call ``make`` if it is not there."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._kept:
                    return self._kept[key]
            try:
                made = make()
                self.keep(key, made)
            finally:
                with self._lock:
                    self._making.pop(key, None)
            return made

    def find(self, key: Hashable) -> T | None:
        """Return the result of a key if it is there."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: Hashable, made: T) -> None:
        """Keep a result that was made elsewhere, in place of what was there."""
        size = self._size(made)
        with self._lock:
            self._drop(key)
            self._kept[key], self._sizes[key] = made, size
            self.n_bytes += size
            while self.n_bytes > self._most_bytes:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: Hashable) -> None:
        if key in self._kept:
            del self._kept[key]
            self.n_bytes -= self._sizes.pop(key)

    def __len__(self) -> int:
        return len(self._kept)


class Remembered(Generic[T]):
    """What is found out of a scenario, remembered for the latest ones: pages ask it again and again.

    Parameters
    ----------
    find : finds it out
    most : how many to remember; a scenario is known by being the same object, which it is as long as it is kept here
    """

    def __init__(self, find: Callable[[Scenario], T], most: int = _MOST_REMEMBERED) -> None:
        self._find = find
        self._known: SharedCache[tuple[Scenario, T]] = SharedCache(most, lambda _: 1)

    def __call__(self, scenario: Scenario) -> T:
        """Return it of one scenario."""
        return self._known.get(id(scenario), lambda: (scenario, self._find(scenario)))[1]


def text_bytes(content: Any) -> int:
    """Return about how many bytes plain data take, texts above all.

    Examples
    --------
    >>> text_bytes({"a": "xyz", "b": [1, 2]})
    21
    """
    if isinstance(content, str):
        return len(content)
    if isinstance(content, dict):
        return sum(len(name) + text_bytes(value) for name, value in content.items())
    if isinstance(content, list | tuple):
        return sum(text_bytes(value) for value in content)
    return 8


_organisations: SharedCache[Organisation] = SharedCache(
    _MOST_BYTES_OF_ORGANISATIONS, lambda organisation: _BYTES_A_PERSON * organisation.n_people
)


def organisation_of(scenario: Scenario) -> Organisation:
    """Return the organisation of a scenario, read or made up once for everybody.

    Raises
    ------
    InputError : its tables have faults
    """
    key = (scenario.tables, scenario.organisation.model_dump_json())
    return _organisations.get(key, lambda: build_organisation(scenario))


_digests: Remembered[str] = Remembered(Scenario.digest)


def digest_of(scenario: Scenario) -> str:
    """Return the hash of a scenario; where it names tables, what these say now counts."""
    return _digests(scenario) if scenario.tables is None else scenario.digest()
