"""What a server writes where it was started: each kind of line once, then how often it came.

That somebody was cut off because the server stops is no line: whoever stops it knows.
"""

from __future__ import annotations

import asyncio
import logging
import time
import warnings
from collections.abc import Callable

__all__ = ["RepeatFilter", "write_log"]

_SECONDS = 60.0
_CUT_OFF = "Cancel %s running task(s), timeout graceful shutdown exceeded"


class RepeatFilter(logging.Filter):
    """Let a kind of line through once, and again after a while with how often it came meanwhile.

    Lines are of one kind if they come from one place of the code, and errors if they were raised in one place.

    Parameters
    ----------
    seconds : until a kind of line may be written again
    clock : seconds, for tests
    """

    def __init__(self, seconds: float = _SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._seconds, self._clock = seconds, clock
        self._said: dict[tuple[object, ...], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a line is written."""
        if record.msg == _CUT_OFF or isinstance(_error_of(record), asyncio.CancelledError):
            return False
        kind, now = _kind(record), self._clock()
        at, n_held = self._said.get(kind, (now - self._seconds, 0))
        if now - at < self._seconds:
            self._said[kind] = (at, n_held + 1)
            return False
        self._said[kind] = (now, 0)
        if n_held:
            record.msg, record.args = f"{record.getMessage()} (and {n_held:,} times more before)", ()
        return True


def _error_of(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if record.exc_info else None


def _kind(record: logging.LogRecord) -> tuple[object, ...]:
    if record.name == "py.warnings":
        # Its text begins with the place in the code; what follows may be of a visitor's making.
        return (record.name, record.getMessage().split(": ", 1)[0])
    place: tuple[object, ...] = (record.name, record.pathname, record.lineno)
    error = _error_of(record)
    raised = error.__traceback__ if error is not None else None
    while raised is not None and raised.tb_next is not None:
        raised = raised.tb_next
    if raised is None:
        return (*place, type(error))
    return (*place, type(error), raised.tb_frame.f_code.co_filename, raised.tb_lineno)


def write_log() -> None:
    """Write warnings and errors of this process, and of its packages, to standard error, each kind once."""
    handler = logging.StreamHandler()
    handler.addFilter(RepeatFilter())
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    logging.captureWarnings(True)
    # It looks for a folder of settings, of which no page here has any use.
    warnings.filterwarnings("ignore", message="IPython parent", category=UserWarning)
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
