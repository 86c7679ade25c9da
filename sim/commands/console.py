"""How the command speaks: answers on standard output; faults, notices and progress on standard error.

Colour only on a terminal, progress only on a terminal, characters that an encoding lacks never as an error. Titles,
names and file names come from anybody: what in them could steer a terminal is shown and not done. All text passes
:func:`printable`, whoever writes it, since :func:`speaking` puts it in the way of both streams.
"""

from __future__ import annotations

import errno
import functools
import io
import json
import logging
import math
import os
import re
import signal
import sys
import textwrap
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, TextIO, cast

import typer

from sim.base.errors import CultureshiftError

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "FAULTY",
    "complain",
    "interruptible",
    "keeping_streams",
    "notice",
    "paragraph",
    "print_table",
    "printable",
    "progress",
    "reporting_faults",
    "say",
    "say_if_it_takes_long",
    "say_json",
    "speaking",
]

FAULTY = 2
"""Exit code when the user's input has faults."""

LOST = 1
"""Exit code when an answer could not be written."""

INTERRUPTED = 128 + signal.SIGINT
_PIPE_CLOSED = 128 + 13  # as if SIGPIPE had ended it
_LAST_STREAM = 2
_CALLED_BY_NATIVE_CODE = ("_raw_object_cache_notify", "_raw_object_cache_getbuffer")  # llvmlite's
_SOON_SECONDS = 0.01
_TO_BE_ASKED: set[int] = set()
_INTERRUPTED_WORDS = "Interrupted; nothing was left half-written."
_WIDEST = 100
P = ParamSpec("P")


# --- saying -----------------------------------------------------------------------------------------------------------


_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    r"""Return a text in which nothing steers a terminal or turns the order of letters round: such is spelt out.

    Examples
    --------
    >>> print(printable("a title\x1b[2J"))
    a title\x1b[2J
    """
    return _STEERING.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class _OutputLostError(BaseException):
    """An answer cannot be written; no handler of other errors shall take it for one of its own."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(cause)
        self.cause = cause


class _Stream:
    """A stream of text to people. It stands in for one of Python's.

    Parameters
    ----------
    stream : where the text goes; None if it is closed
    carries_answers : whether it matters that text is lost
    is_ours : whether sequences that steer the terminal are our own
    """

    def __init__(self, stream: Any, carries_answers: bool, is_ours: bool = False) -> None:
        self._is_closed = stream is None
        self._stream = open(os.devnull, "w", encoding="utf-8") if stream is None else stream  # noqa: SIM115 - open until the end
        self._carries_answers = carries_answers
        self._is_ours = is_ours
        if not is_ours:
            # So rich calls what it writes to; its texts pass `printable` before it lays them out.
            self.rich_proxied_file = _Stream(self._stream, carries_answers, is_ours=True)

    def write(self, text: str) -> int:
        """Write a text."""
        if self._is_closed and self._carries_answers:
            raise _OutputLostError(OSError(errno.EBADF, "it is closed"))
        self._try(self._stream.write, text if self._is_ours else printable(text))
        return len(text)

    def flush(self) -> None:
        """Hand on what was written."""
        self._try(self._stream.flush)

    def _try(self, act: Callable[..., Any], *arguments: Any) -> None:
        try:
            act(*arguments)
        except OSError as error:
            if self._carries_answers:
                raise _OutputLostError(error) from None
        except ValueError:  # Somebody has closed it behind our back.
            if self._carries_answers:
                raise _OutputLostError(OSError(errno.EBADF, "it is closed")) from None

    def close(self) -> None:
        """Hand on what was written; whatever else runs in this process, the stream is not its to close."""
        self.flush()

    def detach(self) -> NoReturn:
        """Refuse, as a stream without a buffer does."""
        raise io.UnsupportedOperation("detach")

    def isatty(self) -> bool:
        """Tell whether it is a terminal; what is closed is none."""
        try:
            return bool(self._stream.isatty())
        except ValueError:
            return False

    def forget(self) -> None:
        """Drop what is still to be written, so that Python does not try it once more when it leaves."""
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
        except (OSError, ValueError):
            return  # It is no file of the system's, or is closed, and nothing is tried.

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def speaking() -> Iterator[None]:
    """Let all that is written pass the border, and end with a sentence and an exit code where an answer is lost.

    A reader that stops reading (``| head -1``) wants no sentence; the exit code is that of a closed pipe.
    """
    before = sys.stdout, sys.stderr
    # Where matplotlib can keep nothing it says so at length; that nothing can be kept is said in a sentence of ours.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    _occupy_closed_streams()
    _keep_encoding_safe()
    answers, remarks = _Stream(sys.stdout, carries_answers=True), _Stream(sys.stderr, carries_answers=False)
    sys.stdout, sys.stderr = cast("TextIO", answers), cast("TextIO", remarks)
    try:
        try:
            yield
        except Exception:  # a fault of ours: its traceback passes the border as well
            traceback.print_exc()
            raise SystemExit(1) from None
        finally:
            answers.flush()
    except _OutputLostError as lost:
        answers.forget()
        if lost.cause.errno == errno.EPIPE:
            raise SystemExit(_PIPE_CLOSED) from None
        notice(f"The answer could not be written to standard output ({lost.cause.strerror}).")
        raise SystemExit(LOST) from None
    finally:
        remarks.flush()
        sys.stdout, sys.stderr = before


@contextmanager
def keeping_streams() -> Iterator[None]:
    """Give back the streams that code from elsewhere, which runs in the block, may exchange for others or remove."""
    before = sys.stdout, sys.stderr
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def _occupy_closed_streams() -> None:
    """Let no file of ours get the number of a stream that is closed: what other programs say would go there."""
    handle = os.open(os.devnull, os.O_RDWR)
    while handle <= _LAST_STREAM:
        handle = os.dup(handle)
    os.close(handle)


def _keep_encoding_safe() -> None:
    """Let a character that the terminal's encoding lacks be replaced, not end the command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None and getattr(stream, "errors", "") == "strict":
            reconfigure(errors="replace")


def _console(to_errors: bool = False) -> Console:
    from rich.console import Console

    # rich would have its own idea of what a terminal is, and be told by FORCE_COLOR that a file is one.
    is_terminal = _is_terminal(sys.stderr if to_errors else sys.stdout)
    return Console(
        stderr=to_errors, highlight=False, markup=False, emoji=False, force_terminal=is_terminal,
        color_system="auto" if is_terminal else None,
    )  # fmt: skip


def say(text: str = "", bold: bool = False) -> None:
    """Print text as it is."""
    if bold and _is_terminal(sys.stdout):
        _console().print(printable(text), style="bold", soft_wrap=True)
    else:
        print(text)


def say_json(value: Any) -> None:
    """Print a value as JSON: what is not defined as null, what is infinite as a word with its sign."""
    print(json.dumps(_finite(value), indent=2, ensure_ascii=True))


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else "infinite" if value > 0 else "-infinite"
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    return [_finite(one) for one in value] if isinstance(value, list | tuple) else value


def paragraph(text: str, indent: str = "", first: str | None = None, bold: bool = False) -> None:
    """Print a text wrapped to the width of the terminal, with its later lines indented."""
    lines = textwrap.fill(
        text, width(), initial_indent=indent if first is None else first, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    say(lines, bold)


def width() -> int:
    """Return how wide text is set: as the terminal, but no wider than can be read."""
    import shutil

    return max(40, min(_WIDEST, shutil.get_terminal_size().columns))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], numbers_from: int = 1) -> None:
    """Print a table; columns from ``numbers_from`` on stand to the right."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for place, column in enumerate(columns):
        table.add_column(
            Text(printable(column)),
            justify="right" if place >= numbers_from else "left",
            overflow="fold",
            no_wrap=place == 0,
        )
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    _console().print(table)


def notice(text: str) -> None:
    """Print a remark on standard error."""
    print(text, file=sys.stderr)


def say_if_it_takes_long() -> None:
    """Say so, as soon as the model has to be compiled; and at once if it must not be."""
    from sim.base.compilation import say_when_compiling

    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        notice("NUMBA_DISABLE_JIT is set: the model runs some hundred times slower; unset it to have it compiled.")
    say_when_compiling(notice)


def complain(messages: Iterable[str], code: int = FAULTY) -> NoReturn:
    """Print what is wrong on standard error, and end with an exit code."""
    for message in messages:
        notice(message)
    raise typer.Exit(code)


def reporting_faults(function: Callable[P, None]) -> Callable[P, None]:
    """Make a command tell a user's faults as sentences, never as a traceback."""

    @functools.wraps(function)
    def told(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            function(*args, **kwargs)
        except CultureshiftError as error:
            complain(str(error).split("\n"))
        except KeyboardInterrupt:
            complain([_INTERRUPTED_WORDS], INTERRUPTED)
        except MemoryError:
            complain(["There is not enough memory for this run; try fewer --replicates, or fewer --weeks."])

    return told


# --- interrupting -----------------------------------------------------------------------------------------------------


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C and a request to terminate end the command quietly, with what was begun taken back."""
    was_interrupted = is_ending = False

    def interrupt(_number: int, _frame: object) -> None:
        nonlocal was_interrupted
        was_interrupted = True
        if not is_ending:
            raise KeyboardInterrupt

    with _asking_again(), _handling(SIGTERM=_where_it_is_heard(_terminate), SIGINT=_where_it_is_heard(interrupt)):
        try:
            yield
        except KeyboardInterrupt:
            is_ending = True  # all that was begun has been taken back: whoever asks again is told the same
            notice(_INTERRUPTED_WORDS)
            raise SystemExit(INTERRUPTED) from None
        except SystemExit as end:
            if was_interrupted and end.code:
                raise SystemExit(INTERRUPTED) from None
            raise
        except Exception:
            # A library that is interrupted while it is being loaded may tell it as an error of its own.
            if not was_interrupted:
                raise
            notice(_INTERRUPTED_WORDS)
            raise SystemExit(INTERRUPTED) from None


def _where_it_is_heard(raising: Callable[[int, object], None]) -> Callable[[int, FrameType | None], None]:
    """Make a handler that raises wait until what it raises can reach us.

    In a function that native code calls, an exception is dropped, and the native code goes on with half of what it
    asked for: the compiler then crashes on an object of no length.
    """

    def handle(number: int, frame: FrameType | None) -> None:
        while frame is not None:
            if frame.f_code.co_name in _CALLED_BY_NATIVE_CODE:
                _ask_again(number)
                return
            frame = frame.f_back
        raising(number, None)

    return handle


@contextmanager
def _asking_again() -> Iterator[None]:
    """Ask again for an end that an object's finaliser, or a callback, has dropped."""
    before = sys.unraisablehook

    def dropped(what: sys.UnraisableHookArgs) -> None:
        if isinstance(what.exc_value, KeyboardInterrupt):
            _ask_again(signal.SIGINT)
        elif isinstance(what.exc_value, SystemExit):
            _ask_again(signal.SIGTERM)
        else:
            before(what)

    sys.unraisablehook = dropped
    try:
        yield
    finally:
        sys.unraisablehook = before


def _ask_again(number: int) -> None:
    """Send us a signal soon; what is asked several times before then is asked once."""
    import _thread
    import threading

    if number in _TO_BE_ASKED:
        return
    _TO_BE_ASKED.add(number)

    def ask() -> None:
        _TO_BE_ASKED.discard(number)
        if hasattr(signal, "pthread_kill") and (main := threading.main_thread().ident):
            signal.pthread_kill(main, number)  # wakes it as well, where it waits for something
        else:
            _thread.interrupt_main(signal.Signals(number))

    again = threading.Timer(_SOON_SECONDS, ask)
    again.daemon = True
    again.start()


@contextmanager
def _handling(**handlers: Callable[[int, Any], Any]) -> Iterator[None]:
    """Handle signals by their names; those that whoever started us wants ignored stay ignored."""
    before: dict[int, Any] = {}
    try:
        for name, handler in handlers.items():
            number = getattr(signal, name, None)
            if number is not None and _is_main_thread() and signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, handler)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _is_main_thread() -> bool:
    import threading

    return threading.current_thread() is threading.main_thread()


def _terminate(number: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + number)


@contextmanager
def progress(label: str, n_steps: int, quiet: bool = False) -> Iterator[Callable[[int], None]]:
    """Give a function that shows how many steps are done: a bar on a terminal, nothing elsewhere.

    Nothing is written while this block runs, so an interrupt ends the command at once.
    """
    with _ending_at_once():
        if quiet or not _is_terminal(sys.stderr):
            yield lambda n_done: None
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=_console(to_errors=True), transient=True) as bar:
            task = bar.add_task(label, total=n_steps)
            yield lambda n_done: bar.update(task, completed=n_done)


@contextmanager
def _ending_at_once() -> Iterator[None]:
    """Let an interrupt, or a request to terminate, end the process without waiting for runs on other threads."""

    def end(number: int, _frame: object) -> None:
        show_cursor = "\x1b[?25h" if _is_terminal(sys.stderr) else ""
        try:
            # Not through Python's stream: it may be in the middle of writing.
            os.write(_LAST_STREAM, f"{show_cursor}\nInterrupted; nothing was written.\n".encode())
        finally:
            os._exit(128 + number)

    with _handling(SIGINT=end, SIGTERM=end):
        yield


def _is_terminal(stream: Any) -> bool:
    """Tell whether a stream is a terminal that wants to be steered (https://no-color.org)."""
    return bool(stream.isatty()) and os.environ.get("TERM") != "dumb" and not os.environ.get("NO_COLOR")
