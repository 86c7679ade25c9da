"""How the command speaks: answers on standard output; faults, notices and progress on standard error.

Colour only on a terminal, progress only on a terminal, characters that an encoding lacks never as an error.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec

import typer

from sim.base.errors import CultureshiftError

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "FAULTY",
    "complain",
    "interruptible",
    "keep_encoding_safe",
    "notice",
    "paragraph",
    "print_table",
    "progress",
    "reporting_faults",
    "say",
]

FAULTY = 2
"""Exit code when the user's input has faults."""

INTERRUPTED = 128 + signal.SIGINT
_INTERRUPTED_WORDS = "Interrupted; nothing was left half-written."
_WIDEST = 100
P = ParamSpec("P")


# --- saying -----------------------------------------------------------------------------------------------------------


def keep_encoding_safe() -> None:
    """Let a character that the terminal's encoding lacks be replaced, not end the command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None and getattr(stream, "errors", "") == "strict":
            reconfigure(errors="replace")


def _console(to_errors: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=to_errors, highlight=False, markup=False, emoji=False)


def say(text: str = "", bold: bool = False) -> None:
    """Print text as it is."""
    if bold and _is_terminal(sys.stdout):
        _console().print(text, style="bold", soft_wrap=True)
    else:
        print(text)


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
            Text(column), justify="right" if place >= numbers_from else "left", overflow="fold", no_wrap=place == 0
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    _console().print(table)


def notice(text: str) -> None:
    """Print a remark on standard error."""
    print(text, file=sys.stderr)


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
    before: Any = None
    if hasattr(signal, "SIGTERM") and _is_main_thread():
        before = signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    except KeyboardInterrupt:
        notice(_INTERRUPTED_WORDS)
        raise SystemExit(INTERRUPTED) from None
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


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
    """Let an interrupt end the process without waiting for replicates that still run on other threads."""
    if not _is_main_thread():
        yield
        return

    def end(number: int, _frame: object) -> None:
        show_cursor = "\x1b[?25h" if _is_terminal(sys.stderr) else ""
        sys.stderr.write(f"{show_cursor}\nInterrupted; nothing was written.\n")
        sys.stderr.flush()
        os._exit(128 + number)

    before = signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _is_terminal(stream: Any) -> bool:
    return bool(stream.isatty()) and os.environ.get("TERM") != "dumb"
