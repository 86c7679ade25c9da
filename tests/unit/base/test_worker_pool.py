"""Workers that end: whoever waits for them gets what was asked for, or is told."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

import pytest

from sim.base.worker_pool import Pool, StoppedError

PATIENCE = 60.0


def nap(seconds: float) -> int:
    """Sleep, and tell which process slept."""
    time.sleep(seconds)
    return os.getpid()


class Asking(threading.Thread):
    """Somebody who lets workers sleep."""

    def __init__(self, pool: Pool, naps: Sequence[float]) -> None:
        super().__init__(daemon=True)
        self.stop = threading.Event()
        self.done: list[int] = []
        self.workers: set[int] = set()
        self._pool, self._naps = pool, naps

    def run(self) -> None:
        with suppress(StoppedError):
            for place, worker in self._pool.each(nap, self._naps, self.stop):
                self.workers.add(worker)
                self.done.append(place)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills as on POSIX")
def test_whoever_waits_behind_work_that_was_cancelled_outlives_the_end_of_a_worker() -> None:
    pool = Pool(1)
    at_work, gone, last = Asking(pool, [0.0, 3.0, 0.0, 0.0]), Asking(pool, [0.0] * 4), Asking(pool, [0.0, 0.0])
    at_work.start()
    until = time.monotonic() + PATIENCE
    while not at_work.done and time.monotonic() < until:
        time.sleep(0.02)
    (worker,) = at_work.workers
    for one in (gone, last):
        one.start()
        time.sleep(0.2)
    gone.stop.set()
    gone.join(PATIENCE)
    os.kill(worker, signal.SIGKILL)
    last.join(PATIENCE)
    at_work.join(PATIENCE)

    assert sorted(last.done) == [0, 1]
    assert sorted(at_work.done) == [0, 1, 2, 3]
    pool.close()
