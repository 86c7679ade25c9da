"""Gives changed inputs to readers, in processes of their own; notes what is neither an answer nor a refusal in words.

Every input has a number and follows from it, the seed and the reader's name. A process that crashes, hangs or grows is
seen from outside, and blamed on the input that it was reading.
"""

from __future__ import annotations

import json
import mmap
import os
import pickle
import resource
import signal
import struct
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from tests.fuzzing.readers import READERS, Changed, Inputs, Reader

__all__ = ["Finding", "Found", "Place", "all_inputs", "change_of", "description", "fuzz", "inputs_of", "try_one"]

MOST_SECONDS = 2.0
"""Of processor time that one input may take."""

MOST_GROWTH = 300_000_000
"""Bytes by which one input may let a process grow."""

_HANGS_AFTER, _HUNG = 90.0, 1000
_MOST_ADDRESSES = 8_000_000_000
_BATCH, _BATCH_SECONDS = 5_000, 20.0
_ROOT = Path(__file__).parents[2]
_IN_MEMORY = Path("/dev/shm")


class Finding(NamedTuple):
    """An input that was neither read nor refused in words.

    Parameters
    ----------
    reader, number : which input of which reader
    kind : what happened, the same for inputs that show the same fault
    detail : a traceback, or figures
    """

    reader: str
    number: int
    kind: str
    detail: str


@dataclass
class Found:
    """What came of many inputs.

    Parameters
    ----------
    read, refused : inputs that were read, and those that were refused in words
    seconds : of processor time and waiting that they took
    findings : the first input of every kind of finding
    repeats : inputs that showed a kind of finding, by reader and kind
    """

    read: int = 0
    refused: int = 0
    seconds: float = 0.0
    findings: list[Finding] = field(default_factory=list)
    repeats: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def executions(self) -> int:
        """Inputs that were tried."""
        return self.read + self.refused + sum(self.repeats.values())

    def take(self, other: Found) -> list[Finding]:
        """Add what came of other inputs; return the findings of new kinds."""
        self.read, self.refused = self.read + other.read, self.refused + other.refused
        self.seconds += other.seconds
        new = [one for one in other.findings if (one.reader, one.kind) not in self.repeats]
        self.findings += new
        self.repeats += other.repeats
        return new


# --- one input --------------------------------------------------------------------------------------------------------


def inputs_of(name: str) -> Inputs:
    """Return the sound inputs of a reader, made in a process of its own, and read there."""
    return _in_child(lambda: _made(READERS[name]))


def all_inputs(names: Sequence[str]) -> dict[str, Inputs]:
    """Return the sound inputs of some readers; those that are the same for several are made once."""
    by_maker = {READERS[name].make: name for name in names}
    made = {make: inputs_of(name) for make, name in by_maker.items()}
    return {name: made[READERS[name].make] for name in names}


def _made(reader: Reader) -> Inputs:
    with _folder() as folder:
        reader.make(folder)
        inputs = _contents(folder)
        reader.read(folder)
        return inputs


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@contextmanager
def _folder() -> Iterator[Path]:
    """Give an empty folder, in memory where there is one."""
    with tempfile.TemporaryDirectory(
        prefix="cultureshift-fuzz-", dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None
    ) as name:
        yield Path(name)


class Place:
    """A folder with inputs, in which some are changed for a moment."""

    def __init__(self, folder: Path, inputs: Inputs) -> None:
        self.folder, self.inputs = folder, inputs
        self.restore()

    def change(self, changed: Changed) -> None:
        for name, content in changed.items():
            path = self.folder / name
            if content is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(content)

    def restore(self) -> None:
        """Make everything as it was before; a reader may have written, and removed, what it likes."""
        for path in sorted(self.folder.rglob("*"), reverse=True):
            if path.is_file() and str(path.relative_to(self.folder)) not in self.inputs:
                path.unlink()
        for name, content in self.inputs.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.is_file() or path.stat().st_size != len(content) or path.read_bytes() != content:
                path.write_bytes(content)


def change_of(name: str, seed: int, number: int, inputs: Inputs) -> Changed:
    """Return what becomes of a reader's inputs in one execution."""
    return READERS[name].change(inputs, Random(f"{seed} {name} {number}"))


def try_one(name: str, seed: int, number: int, inputs: Inputs, place: Place, right: object) -> tuple[str, str]:
    """Return ``read``, ``refused``, or the kind of a finding; and what there is to say about it."""
    reader = READERS[name]
    place.change(change_of(name, seed, number, inputs))
    largest, began = _largest(), time.process_time()
    try:
        told, said = "read", ""
        answer = reader.read(place.folder)
        if reader.is_exact and answer != right:
            told, said = "another answer", f"{right!r:.2000}\n\n{answer!r:.2000}"
    except reader.refuses as error:
        told, said = "refused", _complaint(error)
        told = said or told
    except Exception as error:
        told, said = _kind(error), traceback.format_exc()
    used, grown = time.process_time() - began, _largest() - largest
    place.restore()
    if used > MOST_SECONDS:
        return f"over {MOST_SECONDS:g} s", f"{used:.1f} s of processor time, then: {told}"
    if grown > MOST_GROWTH:
        return "over 300 MB", f"{grown / 1e6:.0f} MB more memory, then: {told}"
    return told, said


def _complaint(error: Exception) -> str:
    """Return what is wrong with the words of a refusal; nothing if they are fine."""
    text = str(getattr(error, "detail", error))
    if not text.strip():
        return f"{type(error).__name__} without a sentence"
    if len(text) > 1_000_000:
        return f"{type(error).__name__} with a sentence without end"
    try:
        text.encode()
    except UnicodeEncodeError:
        return f"{type(error).__name__} with words that cannot be written"
    return ""


def _largest() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _kind(error: Exception) -> str:
    """Return the type of an error and the last place of ours that it came through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if str(_ROOT / "sim") in frame.filename] or frames[-1:]
    where = ours[-1].filename.removeprefix(f"{_ROOT}/")
    return f"{type(error).__name__} in {where}:{ours[-1].name}"


# --- many inputs ------------------------------------------------------------------------------------------------------


def fuzz(name: str, seed: int, first: int, seconds: float, inputs: Inputs, most: int = _BATCH) -> tuple[Found, int]:
    """Give a reader changed inputs in a process of its own; return what came of them, and the number of the next.

    Parameters
    ----------
    name : of the reader
    seed, first : of the inputs, and the number of the first
    seconds : after which no other input is tried
    inputs : the sound ones
    most : inputs, at most
    """
    under_way = mmap.mmap(-1, 8)
    under_way[:] = struct.pack("q", first)
    began = time.monotonic()
    found, words, status = _watched(
        lambda: _batch(name, seed, first, min(seconds, _BATCH_SECONDS), inputs, most, under_way), under_way
    )
    number = struct.unpack("q", under_way[:])[0]
    if not isinstance(found, Found):
        kind = "hangs" if status == _HUNG else f"ends the process ({status})"
        found = Found(number - first, 0, 0.0, [Finding(name, number, kind, words)], Counter({(name, kind): 1}))
    found.seconds = time.monotonic() - began
    return found, number + 1


def _batch(name: str, seed: int, first: int, seconds: float, inputs: Inputs, most: int, under_way: mmap.mmap) -> Found:
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_ADDRESSES, _MOST_ADDRESSES))
    found, until = Found(), time.monotonic() + seconds
    with _folder() as folder:
        place = Place(folder, inputs)
        # What a first reading loads and compiles is not put down to an input.
        right = READERS[name].read(folder)
        place.restore()
        for number in range(first, first + most):
            under_way[:] = struct.pack("q", number)
            told, said = try_one(name, seed, number, inputs, place, right)
            if told in ("read", "refused"):
                setattr(found, told, getattr(found, told) + 1)
            else:
                if (name, told) not in found.repeats:
                    found.findings.append(Finding(name, number, told, said))
                found.repeats[name, told] += 1
            if time.monotonic() > until:
                break
    return found


# --- processes --------------------------------------------------------------------------------------------------------


def _in_child(do: Callable[[], Any]) -> Any:
    answer, words, status = _watched(do, None)
    if status or isinstance(answer, BaseException):
        raise RuntimeError(f"ended with {status}: {words}")
    return answer


def _watched(do: Callable[[], Any], under_way: mmap.mmap | None) -> tuple[Any, str, int]:
    """Return what a call in a process of its own returns, what it writes to stderr, and how the process ended."""
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as words:
        child = os.fork()
        if not child:
            _do_and_leave(do, answer.fileno(), words.fileno())
        status = _ended(child, under_way)
        answer.seek(0), words.seek(0)
        content = answer.read()
        return pickle.loads(content) if content else None, words.read().decode("utf-8", "replace")[-20_000:], status


def _do_and_leave(do: Callable[[], Any], answer: int, words: int) -> None:
    import faulthandler

    code = 1
    try:
        os.dup2(words, 2)
        faulthandler.enable(2)
        content = pickle.dumps(do())
        with os.fdopen(os.dup(answer), "wb") as file:
            file.write(content)
        code = 0
    except BaseException:
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(code)


def _ended(child: int, under_way: mmap.mmap | None) -> int:
    """Wait for a process; end it if it stays with one input for too long. Return its exit code, minus the
    signal that ended it, or that it hung."""
    seen, since, is_stopped = b"", time.monotonic(), False
    while True:
        changed, status = os.waitpid(child, os.WNOHANG | os.WUNTRACED | os.WCONTINUED)
        if changed and (os.WIFSTOPPED(status) or os.WIFCONTINUED(status)):
            is_stopped = os.WIFSTOPPED(status)
        elif changed:
            return os.waitstatus_to_exitcode(status)
        now = b"" if under_way is None else under_way[:]
        # Somebody may stop processes for a while to have the machine to themselves; that is no hanging.
        if now != seen or is_stopped:
            seen, since = now, time.monotonic()
        if time.monotonic() - since > _HANGS_AFTER:
            os.kill(child, signal.SIGABRT)
            os.waitpid(child, 0)
            return _HUNG
        time.sleep(0.01)


def description(finding: Finding, seed: int) -> str:
    """Return how a finding is shown again."""
    told = {"reader": finding.reader, "seed": seed, "number": finding.number, "kind": finding.kind}
    again = f"python -m tests.fuzz --reader {finding.reader} --seed {seed} --only {finding.number}"
    return f"{json.dumps(told)}\n{again}\n\n{finding.detail}\n"
