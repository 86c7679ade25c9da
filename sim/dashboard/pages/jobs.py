"""Work of one tab in the background: at most one job at a time, with progress, that can be stopped."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import solara

from sim.base.errors import InputError
from sim.base.worker_pool import StoppedError, the_pool

__all__ = ["IDLE", "MOST_JOBS", "Job"]

IDLE: dict[str, Any] = {"is_busy": False, "share": 0.0, "words": ""}
MOST_JOBS = 3
"""Jobs that one person can have under way at a time, in all tabs together."""

_SHOWN_EVERY = 0.35
_log = logging.getLogger(__name__)
_under_way: dict[str, set[threading.Event]] = {}
_noting = threading.Lock()


class Job:
    """The background work of one page in one tab.

    Parameters
    ----------
    progress : is told how far the work is
    """

    def __init__(self, progress: solara.Reactive[dict[str, Any]]) -> None:
        self._progress = progress
        self._stop = threading.Event()

    def start(
        self,
        function: Callable[..., Any],
        pieces: Sequence[Any],
        take: Callable[[int, Any], None],
        show: Callable[[], None],
        what: str,
        begins: str = "Starting…",
        after: float = 0.0,
    ) -> None:
        """Do pieces of work in the shared pool; ``take`` gets each result, ``show`` is called now and then.

        Parameters
        ----------
        function : of an importable module; called in a worker with one piece
        pieces : what is to be done
        take : gets the place and the result of each piece
        show : called now and then, and at the end
        what : what the pieces are called
        begins : is told at first
        after : seconds to wait; what is stopped meanwhile asks nothing of anybody

        Raises
        ------
        InputError : this person has too much under way in other tabs
        """
        self.stop()
        person = solara.get_session_id()
        stop = threading.Event()
        _take_turn(person, stop)
        self._stop = stop
        self._progress.set({"is_busy": True, "share": 0.0, "words": begins})
        run = threading.Thread(
            target=self._run, args=(function, pieces, take, show, what, stop, person, after), daemon=True
        )
        run.start()

    def stop(self) -> None:
        """Stop what is under way; pieces that have begun are finished and dropped."""
        self._stop.set()

    def _run(
        self,
        function: Callable[..., Any],
        pieces: Sequence[Any],
        take: Callable[[int, Any], None],
        show: Callable[[], None],
        what: str,
        stop: threading.Event,
        person: str,
        after: float,
    ) -> None:
        begun = shown = time.monotonic()
        n_done = 0
        try:
            stop.wait(after)
            for place, result in the_pool().each(function, pieces, stop):
                take(place, result)
                n_done += 1
                if time.monotonic() - shown > _SHOWN_EVERY and n_done < len(pieces):
                    shown = time.monotonic()
                    show()
                    left = (shown - begun) / n_done * (len(pieces) - n_done)
                    words = f"{n_done} of {len(pieces)} {what}, about {left:.0f} s left"
                    self._tell(stop, True, n_done / len(pieces), words)
            show()
            self._tell(stop, False, 1.0, f"Done in {time.monotonic() - begun:.1f} s")
        except StoppedError:
            if stop is self._stop:
                self._progress.set({"is_busy": False, "share": n_done / len(pieces), "words": "Cancelled"})
        except BrokenProcessPool:
            _log.warning("workers ended again and again")
            self._tell(stop, False, 0.0, "The workers ended; there may be too little memory. Try less at a time.")
        except InputError as error:
            self._tell(stop, False, 0.0, str(error.faults[0]))
        except FileNotFoundError:  # somebody has left their own service, or closed the tab, and its tables went with it
            self._tell(stop, False, 0.0, "The tables that it was to be done with are not there any more.")
        except Exception:
            self._tell(stop, False, 0.0, "Something went wrong on the server, and it could not be done.")
            raise
        finally:
            _end_turn(person, stop)

    def _tell(self, stop: threading.Event, is_busy: bool, share: float, words: str) -> None:
        if stop is self._stop and not stop.is_set():
            self._progress.set({"is_busy": is_busy, "share": share, "words": words})


def _take_turn(person: str, stop: threading.Event) -> None:
    """Note that a person has one more job under way, or refuse it."""
    with _noting:
        under_way = {job for job in _under_way.get(person, ()) if not job.is_set()}
        if len(under_way) >= MOST_JOBS:
            raise InputError.single(
                "work", f"at most {MOST_JOBS} jobs at a time", f"{len(under_way)} under way in your tabs",
                "cancel one, or wait until one is done",
            )  # fmt: skip
        _under_way[person] = {*under_way, stop}


def _end_turn(person: str, stop: threading.Event) -> None:
    with _noting:
        under_way = _under_way.get(person, set()) - {stop}
        if under_way:
            _under_way[person] = under_way
        else:
            _under_way.pop(person, None)
