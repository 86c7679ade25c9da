"""Heavy work for everybody at once: one pool of worker processes, in small pieces, fairly shared.

Workers are polite (they give way to the server), each person has at most two pieces under way, anybody can stop, and a
pool that broke is built again.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

__all__ = ["Pool", "StoppedError", "TooLongError", "for_at_most", "the_pool"]

_WINDOW = 2
_TRIES = 3


class StoppedError(Exception):
    """The work was stopped by who asked for it."""


class TooLongError(BaseException):
    """A piece of work took more processor time than it may; no handler of what can be wrong with files takes it."""


@contextmanager
def for_at_most(seconds: float) -> Iterator[None]:
    """End what is done in the block when it has taken so much processor time, where the system can tell.

    Parameters
    ----------
    seconds : of this process; what it starts is not counted

    Raises
    ------
    TooLongError : it took longer
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_signal: int, _frame: object) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


class Pool:
    """Worker processes that are started when they are first needed.

    Parameters
    ----------
    n_workers : how many; as many as there are processors if left out
    """

    def __init__(self, n_workers: int | None = None) -> None:
        self._n_workers = n_workers or os.cpu_count() or 1
        self._lock = threading.Lock()
        self._executor: ProcessPoolExecutor | None = None

    def _submit(self, function: Callable[..., Any], piece: Any) -> tuple[ProcessPoolExecutor, Future[Any]]:
        with self._lock:
            if self._executor is None:
                self._executor = ProcessPoolExecutor(
                    self._n_workers, mp_context=multiprocessing.get_context("spawn"), initializer=_become_worker
                )
            job = self._executor.submit(function, piece)
            job.set_exception = partial(_fail, job)  # type: ignore[method-assign]
            return self._executor, job

    def _rebuild(self, broken: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._executor is broken:
                self._executor = None
        broken.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        """End the workers."""
        with self._lock:
            executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=True, cancel_futures=True)

    def each(
        self, function: Callable[..., Any], pieces: Sequence[Any], stop: threading.Event
    ) -> Iterator[tuple[int, Any]]:
        """Yield the place and the result of each piece of work as it is done.

        Parameters
        ----------
        function : of an importable module; called in a worker with one piece
        pieces : what is to be done; they travel to other processes
        stop : set it to stop

        Raises
        ------
        StoppedError : ``stop`` was set
        """
        waiting = list(range(len(pieces)))[::-1]
        tries = [0] * len(pieces)
        under_way: dict[Future[Any], tuple[int, ProcessPoolExecutor]] = {}
        try:
            while waiting or under_way:
                if stop.is_set():
                    raise StoppedError
                while waiting and len(under_way) < _WINDOW:
                    place = waiting.pop()
                    try:
                        executor, job = self._submit(function, pieces[place])
                    except BrokenProcessPool:
                        self._retire_broken(place, tries, waiting)
                        continue
                    under_way[job] = (place, executor)
                done, _ = wait(under_way, timeout=0.1, return_when=FIRST_COMPLETED)
                for job in done:
                    place, executor = under_way.pop(job)
                    try:
                        result = job.result()
                    except BrokenProcessPool:
                        self._rebuild(executor)
                        tries[place] += 1
                        if tries[place] >= _TRIES:
                            raise
                        waiting.append(place)
                        continue
                    yield place, result
        finally:
            for job in under_way:
                job.cancel()

    def _retire_broken(self, place: int, tries: list[int], waiting: list[int]) -> None:
        """Put a piece back that could not be handed to a pool which broke meanwhile."""
        with self._lock:
            self._executor = None
        tries[place] += 1
        if tries[place] >= _TRIES:
            raise BrokenProcessPool("workers end again and again")
        waiting.append(place)


def _fail(job: Future[Any], error: BaseException | None) -> None:
    """Tell that some work has failed, unless nobody wants to know.

    Told of work that was cancelled, Python 3.11 drops whatever else a broken pool was asked for, and those who wait for
    it wait for ever.
    """
    if not job.cancelled():
        Future.set_exception(job, error)


def _become_worker() -> None:
    """Let the server go first, where there are priorities; and end with it, however it ends."""
    if hasattr(os, "nice"):
        os.nice(10)
    threading.Thread(target=_end_with_the_server, daemon=True).start()


def _end_with_the_server() -> None:
    server = multiprocessing.parent_process()
    if server is not None:
        server.join()
        os._exit(0)


@cache
def the_pool() -> Pool:
    """Return the pool that all sessions share."""
    return Pool()
