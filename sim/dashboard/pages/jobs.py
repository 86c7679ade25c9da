"""Work of one tab in the background: at most one job at a time, with progress, that can be stopped."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import solara

from sim.pool import StoppedError, the_pool

__all__ = ["IDLE", "Job"]

IDLE: dict[str, Any] = {"is_busy": False, "share": 0.0, "words": ""}
_SHOWN_EVERY = 0.35
_log = logging.getLogger(__name__)


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
    ) -> None:
        """Do pieces of work in the shared pool; ``take`` gets each result, ``show`` is called now and then."""
        self.stop()
        self._stop = stop = threading.Event()
        self._progress.set({"is_busy": True, "share": 0.0, "words": "Starting…"})
        run = threading.Thread(target=self._run, args=(function, pieces, take, show, what, stop), daemon=True)
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
    ) -> None:
        begun = shown = time.monotonic()
        n_done = 0
        try:
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
            self._tell(stop, False, 0.0, "The workers ended; there may be too little memory. Try fewer worlds.")

    def _tell(self, stop: threading.Event, is_busy: bool, share: float, words: str) -> None:
        if stop is self._stop and not stop.is_set():
            self._progress.set({"is_busy": is_busy, "share": share, "words": words})
