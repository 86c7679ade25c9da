"""Which runs are done, failed or pending, and in which parts they are: read off the parts, never stored by itself."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.base.errors import OutputError
from sim.results.store.parts import DONE, KEYS, Keep, is_verifiable, read_part
from sim.results.store.reading import RUN_AGAIN, DamagedStoreError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["GONE", "Index", "RunState", "with_parts_there"]

GONE = "it is gone"

_TRIES = 5
_MOST_BYTES = 2**28


class RunState(IntEnum):
    """How far a run is."""

    PENDING = 0
    DONE = 1
    FAILED = 2


class Index:
    """The state of every run in a folder of parts.

    One byte for each run is held in memory.

    Parameters
    ----------
    parts : paths of the sound parts, in the order in which they were first met
    damaged : the others, and what is wrong with each; their runs are pending
    has_duplicates : whether some run is in more than one part (after a kill in the middle of a compaction)
    """

    def __init__(self) -> None:
        self.parts: list[Path] = []
        self.damaged: dict[Path, str] = {}
        self.has_duplicates = False
        self.failures: dict[tuple[str, int], str] = {}
        self._states: dict[str, bytearray] = {}
        self._n_bytes = 0
        self._parts_of: dict[str, set[int]] = defaultdict(set)

    @classmethod
    def scan(cls, folder: Path, keep: Keep, names: Iterable[str] = ()) -> Index:
        """Read the index off all parts of a folder, each checked against the hash in its name.

        Parameters
        ----------
        folder : of the parts
        keep : what they hold
        names : parts that must be there
        """
        index = cls()
        for path in sorted(folder.glob("[!.]*.parquet")):
            try:
                index.add(path, read_part(path, keep, KEYS))
            except DamagedStoreError as error:
                index.damaged[path] = error.reason
        for path in {folder / name for name in names}.difference(index.parts, index.damaged):
            index.damaged[path] = GONE
        return index

    @property
    def unverified(self) -> list[Path]:
        """Parts of an older version, which have no hash that they could be checked against."""
        return [path for path in self.parts if not is_verifiable(path.name)]

    def sound(self) -> Index:
        """Return the index itself, if nothing is damaged.

        Raises
        ------
        DamagedStoreError : a part is damaged
        """
        for path, reason in self.damaged.items():
            more = f" (and {len(self.damaged) - 1} more parts)" if len(self.damaged) > 1 else ""
            raise DamagedStoreError(
                path, reason + more, f"see which runs: cultureshift study verify {path.parent.parent}; {RUN_AGAIN}"
            )
        return self

    def add(self, path: Path, part: pa.Table) -> None:
        """Take up a part. A run that is done in any part is done.

        Raises
        ------
        DamagedStoreError : its replicates have numbers as no study has
        """
        keys = [part.column(name).to_pylist() for name in KEYS]
        self._n_bytes += self._n_new(dict(sorted(zip(*keys[:2], strict=True))))
        if self._n_bytes > _MOST_BYTES:
            raise DamagedStoreError(path, "its replicates are numbered higher than those of any study")
        number = len(self.parts)
        self.parts.append(path)
        for config, replicate, state, reason in zip(*keys, strict=True):
            states = self._states.setdefault(config, bytearray())
            if len(states) <= replicate:
                states.extend(bytes(replicate + 1 - len(states)))
            if states[replicate] != RunState.PENDING:
                self.has_duplicates = True
            if state == DONE:
                states[replicate] = RunState.DONE
                self.failures.pop((config, replicate), None)
            elif states[replicate] == RunState.PENDING:
                states[replicate] = RunState.FAILED
                self.failures[config, replicate] = reason
            self._parts_of[config].add(number)

    def _n_new(self, highest: Mapping[str, int]) -> int:
        """Return how many more states are held once there are runs up to these replicates."""
        return sum(max(0, last + 1 - len(self._states.get(config, b""))) for config, last in highest.items())

    def state(self, config: str, replicate: int) -> RunState:
        """Return the state of one run."""
        states = self._states.get(config, b"")
        return RunState(states[replicate]) if replicate < len(states) else RunState.PENDING

    def pending(self, config: str, replicates: range, retry_failed: bool = False) -> list[int]:
        """Return the replicates of a configuration that have still to be run, in their order."""
        settled = (RunState.DONE,) if retry_failed else (RunState.DONE, RunState.FAILED)
        return [number for number in replicates if self.state(config, number) not in settled]

    def counts(self, config: str, n_replicates: int | None = None) -> tuple[int, int]:
        """Return how many of the first ``n_replicates`` runs (or of all) are done, and how many have failed."""
        states = np.frombuffer(bytes(self._states.get(config, b"")), dtype=np.uint8)[:n_replicates]
        return int((states == RunState.DONE).sum()), int((states == RunState.FAILED).sum())

    def configs(self) -> Iterator[str]:
        """Yield every configuration that has runs, in the order of their names."""
        yield from sorted(self._states)

    def runs_of(self, config: str) -> list[int]:
        """Return the replicates that are done or failed, in their order."""
        return [number for number, state in enumerate(self._states.get(config, b"")) if state != RunState.PENDING]

    def parts_of(self, configs: Iterable[str]) -> list[Path]:
        """Return the parts that hold runs of some configurations."""
        numbers = sorted(set().union(*(self._parts_of.get(config, set()) for config in configs)))
        return [self.parts[number] for number in numbers]


def with_parts_there(attempt: int) -> None:
    """Wait a moment before parts are listed again, or give up: a compaction removed one between listing and reading.

    Raises
    ------
    OutputError : the parts are gone each time
    """
    if attempt >= _TRIES:
        raise OutputError("the parts of the study vanish while they are being read; is the folder being deleted?")
    time.sleep(0.1 * attempt)
