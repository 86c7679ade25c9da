"""Pages that look again every second for as long as somebody has them open: what they show is changed by others."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import solara

__all__ = ["use_looking"]

_SECONDS_BETWEEN_LOOKS = 1.0
_log = logging.getLogger(__name__)


def use_looking(look: Callable[[], object], on: list[Any]) -> threading.Event:
    """Look now, every second, and whenever the event that is returned is set; part of a component.

    Parameters
    ----------
    look : looks, and shows what it sees
    on : what it looks at; where that is another thing, another look takes over
    """
    look_now: threading.Event = solara.use_memo(threading.Event, [])

    def keep_looking() -> Callable[[], None]:
        gone = threading.Event()
        threading.Thread(target=_keep_looking, args=(look, gone, look_now), daemon=True).start()

        def leave() -> None:
            gone.set()
            look_now.set()

        return leave

    solara.use_effect(keep_looking, on)
    return look_now


def _keep_looking(look: Callable[[], object], gone: threading.Event, look_now: threading.Event) -> None:
    while not gone.is_set():
        look_now.clear()
        try:
            look()
        except Exception:
            _log.exception("looking at what others do failed")
        look_now.wait(_SECONDS_BETWEEN_LOOKS)
