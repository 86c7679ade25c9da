"""Long work in a folder of the server's: what there is, how far it is, what has come of it so far; stop and go on.

Whoever starts the server names the folder, and nothing that comes through it can name another. What lies there may be
anybody's: a name is only taken if it is that of a folder there now, links are not followed, files are read as any store
is read, and work goes on from what its store says alone, checked, in a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sim.base.errors import CultureshiftError, Fault, InputError, OutputError
from sim.dashboard.part_results import nothing_yet, part_results_of
from sim.results.store import Results, Status, ask_to_stop, is_being_written
from sim.results.store.description import STORE_FILE
from sim.results.store.layout import PARTS, check_kinds
from sim.results.store.log import LOG_FILE
from sim.study.resuming import resumable

__all__ = ["MOST_AT_WORK", "FolderWatch", "the_watch", "watch_over"]

MOST_AT_WORK = 2
"""Works that the server itself goes on with at a time."""

_MOST_LISTED = 200
_LONGEST_NAME = 200
_LONGEST_TOLD = 400
_LEAST_PAUSE, _SHARE_OF_TIME = 1.0, 10.0
"""A folder is read again after a second at the soonest, and after ten times as long as reading it took."""

_MOST_FAULTS, _MOST_SAMPLES, _LEAST_SAMPLES, _MOST_SAID = 5, 30, 3, 20_000
_ASKED_TO_STOP = 130


@dataclass
class _Seen:
    """What was last read of one folder, and when it may be read again."""

    mark: object
    again: float
    told: dict[str, Any]
    samples: list[tuple[float, int]]


@dataclass
class _BackgroundWork:
    """A process that goes on with some work, and the file of what it says."""

    process: subprocess.Popen[bytes]
    said: IO[bytes]

    def last_line(self) -> str:
        """Return the last thing that it said."""
        self.said.seek(0)
        lines = self.said.read()[-_MOST_SAID:].decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


class FolderWatch:
    """A folder that is watched for everybody who looks.

    Parameters
    ----------
    folder : of studies, maps, budgets and analyses, one folder each; or of one of them

    Raises
    ------
    InputError : it is no folder
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise InputError.single("--studies", "a folder in which studies are, one folder each", str(folder))
        self._folder = folder.resolve()
        self._seen: dict[str, _Seen] = {}
        self._came: dict[str, tuple[object, dict[str, Any]]] = {}
        self._at_work: dict[str, _BackgroundWork] = {}
        self._failed: dict[str, str] = {}
        self._looking = threading.Lock()

    # --- what there is ------------------------------------------------------------------------------------------------

    def listed(self) -> list[dict[str, Any]]:
        """Return what there is, by name: title, how far it is, whether somebody is at work on it, what is wrong."""
        with self._looking:
            self._reap()
            names = list(self._names())[:_MOST_LISTED]
            self._seen = {name: seen for name, seen in self._seen.items() if name in names}
            return [self._told(name) for name in names]

    def _names(self) -> Iterator[str]:
        """Yield the names of folders here that hold a store; links are none."""
        if _holds_a_store(self._folder):
            yield "."
        try:
            with os.scandir(self._folder) as entries:
                found = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
        except OSError:
            return
        for name in found:
            if _is_fit(name) and _holds_a_store(self._folder / name):
                yield name

    def _path(self, name: str) -> Path:
        """Return the folder of a name, if there is such work here now.

        Raises
        ------
        InputError : there is none
        """
        if name not in self._names():
            raise InputError.single("studies", "work that is listed here", "something else")
        return self._folder if name == "." else self._folder / name

    def _told(self, name: str) -> dict[str, Any]:
        path = self._folder if name == "." else self._folder / name
        seen, now, mark = self._seen.get(name), time.monotonic(), _mark(path)
        if seen is None or (mark != seen.mark and now >= seen.again):
            seen = self._read(path, mark, seen)
            self._seen[name] = seen
        is_running = _is_at_work(path)
        told = {**seen.told, "name": name, "is_running": is_running, "failed": self._failed.get(name, "")}
        if is_running:
            told["left"] = _left(seen.samples, told)
        return {**told, "is_starting": name in self._at_work and not is_running}

    def _read(self, path: Path, mark: object, before: _Seen | None) -> _Seen:
        began = time.monotonic()
        told: dict[str, Any] = {
            "title": path.name, "n_done": 0, "n_failed": 0, "n_wanted": 0, "is_complete": False, "last": "", "left": "",
            "faults": [], "is_readable": False,
        }  # fmt: skip
        samples: list[tuple[float, int]] = []
        try:
            results = Results(path, leave_out_damaged=True)
            status = results.status()
            samples = [*(before.samples if before and status.is_running else []), (began, status.n_done)]
            told |= _status_told(results, status, path)
        except (CultureshiftError, OSError) as error:
            told["faults"] = [self._plain(str(error))]
        told["faults"] = [self._plain(fault) for fault in told["faults"][:_MOST_FAULTS]]
        took = time.monotonic() - began
        return _Seen(mark, began + max(_LEAST_PAUSE, _SHARE_OF_TIME * took), told, samples[-_MOST_SAMPLES:])

    def _plain(self, text: str) -> str:
        """Return a sentence without the place of the folder on this machine, as it may be shown."""
        short = text.replace(f"{self._folder}{os.sep}", "").replace(str(self._folder), self._folder.name)
        return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in short)[
            :_LONGEST_TOLD
        ]

    # --- what has come of it ------------------------------------------------------------------------------------------

    def part_results(self, name: str) -> dict[str, Any]:
        """Return what has come of some work so far, as a page shows it.

        Raises
        ------
        InputError : there is no such work
        """
        path = self._path(name)
        mark = _mark(path)
        known = self._came.get(name)
        if known is not None and known[0] == mark:
            return known[1]
        try:
            shown = part_results_of(Results(path, leave_out_damaged=True))
        except (CultureshiftError, OSError) as error:
            shown = nothing_yet(self._plain(str(error)))
        self._came = {name: (mark, shown)}
        return shown

    # --- stop and go on -----------------------------------------------------------------------------------------------

    def stop(self, name: str) -> None:
        """Ask whoever is at work on it to stop.

        Raises
        ------
        InputError : there is no such work
        OutputError : the folder cannot be written
        """
        path = self._path(name)
        if not ask_to_stop(path) and name not in self._at_work:
            raise InputError.single("studies", "work that is under way", "work that is not")

    def go_on(self, name: str) -> None:
        """Go on with some work in a process of its own, which outlives the server.

        Raises
        ------
        InputError : it cannot go on from its folder alone, is under way, or too much is
        """
        path = self._path(name)
        with self._looking:
            self._reap()
            if name in self._at_work or _is_at_work(path):
                raise InputError.single("studies", "work that is not under way", "work that is")
            if len(self._at_work) >= MOST_AT_WORK:
                raise InputError.single(
                    "studies", f"at most {MOST_AT_WORK} works at a time", "one more", "stop one, or wait for one"
                )
            try:
                resumable(Results(path))
            except InputError as error:
                raise InputError(
                    Fault("studies", fault.wanted, fault.came, fault.hint) for fault in error.faults
                ) from None
            self._failed.pop(name, None)
            self._at_work[name] = _begin(path)

    def _reap(self) -> None:
        """Take leave of processes that have ended, and keep what those that failed said last."""
        for name, work in list(self._at_work.items()):
            code = work.process.poll()
            if code is None:
                continue
            del self._at_work[name]
            if code not in (0, _ASKED_TO_STOP):
                self._failed[name] = self._plain(work.last_line() or f"it ended with code {code}")
            work.said.close()


_watching: list[FolderWatch] = []


def watch_over(folder: Path) -> None:
    """Let the pages show the work in a folder; called once, before the server is started.

    Raises
    ------
    InputError : it is no folder
    """
    _watching[:] = [FolderWatch(folder)]


def the_watch() -> FolderWatch | None:
    """Return what is watched, None if whoever started the server named no folder."""
    return _watching[-1] if _watching else None


# --- folders ----------------------------------------------------------------------------------------------------------


def _is_fit(name: str) -> bool:
    return len(name) <= _LONGEST_NAME and name.isprintable() and not name.startswith(".")


def _holds_a_store(path: Path) -> bool:
    store = path / STORE_FILE
    return store.is_file() and not store.is_symlink()


def _mark(path: Path) -> object:
    """Return what changes whenever there is something new to read."""
    found = []
    for name in (STORE_FILE, LOG_FILE, PARTS):
        try:
            now = os.lstat(path / name)
            found.append((now.st_mtime_ns, now.st_size))
        except OSError:
            found.append((0, 0))
    return tuple(found)


def _is_at_work(path: Path) -> bool:
    try:
        check_kinds(path)
        return is_being_written(path)
    except OutputError:
        return False


def _begin(path: Path) -> _BackgroundWork:
    """Start a process that goes on with the work in a folder; it finds this package, and nothing in that folder."""
    found = [str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, found))}
    said = tempfile.TemporaryFile()  # noqa: SIM115 - it is open for as long as the process may speak
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "sim", "study", "resume", str(path)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said, env=environment, start_new_session=True,
    )  # fmt: skip
    return _BackgroundWork(process, said)


# --- in words -------------------------------------------------------------------------------------------------------


def _status_told(results: Results, status: Status, path: Path) -> dict[str, Any]:
    event = str(status.last_event.get("event", ""))
    reason = str(status.last_event.get("reason", ""))
    is_complete = not status.is_running and status.n_wanted > 0 and status.n_pending == 0 and event == "finished"
    doing = str(status.last_event.get("doing", ""))
    return {
        "title": str(results.study.get("title") or path.name),
        "is_readable": True,
        "n_done": status.n_done,
        "n_failed": status.n_failed,
        "n_wanted": status.n_wanted,
        "is_complete": is_complete,
        "last": doing or (f"stopped: {reason}" if event == "stopped" else ""),
        "faults": [*status.faults, *([results.differs] if results.differs else [])],
    }


def _left(samples: list[tuple[float, int]], told: Mapping[str, Any]) -> str:
    """Return about how much time is left, in words; nothing as long as that is not known."""
    if len(samples) < _LEAST_SAMPLES:
        return ""
    (first, n_first), (last, n_last) = samples[0], samples[-1]
    if n_last <= n_first or last <= first:
        return ""
    seconds = (told["n_wanted"] - n_last - told["n_failed"]) * (last - first) / (n_last - n_first)
    for unit, length in (("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"about {seconds / length:.0f} {unit} left"
    return f"about {max(0.0, seconds):.0f} seconds left"
