"""Where chunks run: threads of this process, processes of this machine, or the workers of a Dask cluster.

An engine maps a picklable function over chunks and yields results as they come; it keeps only a few chunks under way,
so that memory stays bounded. All work goes through :meth:`WorkEngine.map`; an engine adds how to submit and to wait. A
worker's death is an answer (:class:`Lost`), not an end.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from concurrent import futures
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sim.base.errors import CultureshiftError, InputError
from sim.base.extras import require
from sim.base.main_guard import refuse_unguarded

__all__ = ["DaskEngine", "EngineError", "Lost", "ProcessEngine", "ThreadEngine", "WorkEngine", "choose_engine"]

T = TypeVar("T")
R = TypeVar("R")

_AHEAD = 2
"""Chunks under way for each worker: one being run, one waiting."""


class EngineError(CultureshiftError):
    """The workers cannot be reached, and nothing can go on."""


@dataclass(frozen=True)
class Lost(Generic[T]):
    """What came of a task whose worker died."""

    reason: str


class WorkEngine(ABC):
    """Something that maps a function over tasks; used as a context.

    Parameters
    ----------
    n_workers : how many tasks run at once
    """

    name: str

    def __init__(self, n_workers: int) -> None:
        self.n_workers = n_workers

    def map(self, function: Callable[[T], R], tasks: Iterable[T]) -> Iterator[tuple[T, R | Lost[T]]]:
        """Yield each task with its result, in the order in which they are done.

        ``tasks`` is asked for one more only when there is room, so a generator may decide late, or stop.
        """
        waiting = iter(tasks)
        under_way: dict[Any, T] = {}
        is_more = True
        while True:
            while is_more and len(under_way) < self.window():
                try:
                    task = next(waiting)
                except StopIteration:
                    is_more = False
                else:
                    under_way[self._submit(function, task)] = task
            if not under_way:
                return
            for done in self._wait(list(under_way)):
                yield under_way.pop(done), self._result(done)
            is_more = True

    def window(self) -> int:
        """Return how many tasks may be under way."""
        return _AHEAD * self.n_workers

    @abstractmethod
    def _submit(self, function: Callable[[T], R], task: T) -> Any:
        """Send a task, and return something to wait for."""

    @abstractmethod
    def _wait(self, under_way: list[Any]) -> Iterable[Any]:
        """Return those that are done, at least one."""

    @abstractmethod
    def _result(self, done: Any) -> Any:
        """Return a result, or that the worker died; raise what the function raised."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the workers; what is under way is given up."""

    def __enter__(self) -> WorkEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class ThreadEngine(WorkEngine):
    """Threads of this process: the compiled kernel does not hold the interpreter."""

    name = "threads"

    def __init__(self, n_workers: int) -> None:
        super().__init__(n_workers)
        self._pool = futures.ThreadPoolExecutor(n_workers)

    def _submit(self, function: Callable[[T], R], task: T) -> Any:
        return self._pool.submit(function, task)

    def _wait(self, under_way: list[Any]) -> Iterable[Any]:
        return futures.wait(under_way, return_when=futures.FIRST_COMPLETED).done

    def _result(self, done: Any) -> Any:
        return done.result()

    def close(self) -> None:
        """Wait for the chunks that are being run, and drop the others."""
        self._pool.shutdown(wait=True, cancel_futures=True)


class ProcessEngine(WorkEngine):
    """Processes of this machine. When one dies its pool is broken, and a new one takes its place.

    Raises
    ------
    InputError : a script starts them without a guard
    """

    name = "processes"

    def __init__(self, n_workers: int) -> None:
        refuse_unguarded("processes")
        super().__init__(n_workers)
        self._pool = self._new_pool()

    def _new_pool(self) -> futures.ProcessPoolExecutor:
        import multiprocessing

        # Never fork: threads of this process may hold locks that would stay locked in the child.
        context = multiprocessing.get_context("spawn")
        return futures.ProcessPoolExecutor(self.n_workers, mp_context=context, initializer=_leave_with_parent)

    def _submit(self, function: Callable[[T], R], task: T) -> Any:
        try:
            return self._pool.submit(function, task)
        except BrokenProcessPool:
            self._pool.shutdown(wait=False)
            self._pool = self._new_pool()
            return self._pool.submit(function, task)

    def _wait(self, under_way: list[Any]) -> Iterable[Any]:
        return futures.wait(under_way, return_when=futures.FIRST_COMPLETED).done

    def _result(self, done: Any) -> Any:
        try:
            return done.result()
        except BrokenProcessPool:
            return Lost("the worker process died (killed by the system, perhaps for want of memory)")

    def close(self) -> None:
        """Wait for the chunks that are being run, and drop the others."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _leave_with_parent() -> None:
    """Make a worker deaf to Ctrl-C, which is the parent's to handle, and let it end when the parent is gone."""
    import multiprocessing
    import signal
    import threading

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


class DaskEngine(WorkEngine):
    """Workers of a Dask cluster, over TCP.

    Parameters
    ----------
    address : of a scheduler, as in ``tcp://10.0.0.1:8786``; None starts a cluster of processes on this machine
    n_workers : workers of a cluster that is started here

    Raises
    ------
    EngineError : the scheduler cannot be reached
    InputError : the packages for clusters are not installed, or a script starts a cluster without a guard
    """

    name = "dask"

    def __init__(self, address: str | None = None, n_workers: int = 2) -> None:
        distributed = _distributed()
        self._cluster: Any = None
        if address is None:
            refuse_unguarded("a cluster of processes")
            self._cluster = distributed.LocalCluster(
                n_workers=n_workers, threads_per_worker=1, processes=True, protocol="tcp://", dashboard_address=":0"
            )
        try:
            self._client: Any = distributed.Client(self._cluster or address, timeout="20s", set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise EngineError(f"--dask {address}: no scheduler answers there ({error})") from error
        super().__init__(self._n_threads() or n_workers)

    def _n_threads(self) -> int:
        return int(sum(self._client.nthreads().values()))

    def window(self) -> int:
        """Return how many tasks may be under way; a cluster may grow while it works."""
        return _AHEAD * max(1, self._n_threads())

    def _submit(self, function: Callable[[T], R], task: T) -> Any:
        return self._client.submit(function, task, pure=False)

    def _wait(self, under_way: list[Any]) -> Iterable[Any]:
        try:
            with self._client.as_current():
                done: Iterable[Any] = _distributed().wait(under_way, return_when="FIRST_COMPLETED").done
                return done
        except futures.CancelledError as error:
            raise EngineError("the connection to the Dask scheduler is lost") from error

    def _result(self, done: Any) -> Any:
        from distributed.scheduler import KilledWorker

        try:
            return done.result()
        except KilledWorker as error:
            return Lost(f"several workers died over it ({error})")
        except (futures.CancelledError, OSError) as error:
            raise EngineError(f"the connection to the Dask scheduler is lost ({error})") from error

    def close(self) -> None:
        """Close the connection, and the cluster if it was started here."""
        self._client.close()
        if self._cluster is not None:
            self._cluster.close()


def _distributed() -> Any:
    require("--dask")
    import distributed

    return distributed


def choose_engine(workers: int | None = None, dask: str | None = None, processes: bool = False) -> WorkEngine:
    """Return the engine that a user asks for; threads if nothing else is said.

    Parameters
    ----------
    workers : how many at once; as many as there are processors if left out
    dask : address of a scheduler, or ``local`` for a cluster of processes on this machine
    processes : use processes rather than threads

    Raises
    ------
    InputError : the arguments do not go together
    EngineError : the scheduler cannot be reached
    """
    if workers is not None and workers < 1:
        raise InputError.single("--workers", "a whole number of 1 or more", str(workers))
    n_workers = workers or available_processors()
    if dask is None:
        return ProcessEngine(n_workers) if processes else ThreadEngine(n_workers)
    if processes:
        raise InputError.single("--processes", "either --processes or --dask", "both")
    return DaskEngine(None if dask == "local" else dask, n_workers)


def available_processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
