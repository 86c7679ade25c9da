"""Work that is killed at a random moment and goes on: studies, analyses, budgets and rooms. Nothing here is a test.

A kind of work says how it is begun and gone on with, what it confirms on the way, what is there of that afterwards, and
what it leaves behind when it has come to its end.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import pickle
import signal
import sys
import time
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from sim.commands import main as cultureshift
from sim.inputs.scenario.files import load_scenario, write_scenario
from sim.results.store import Results
from sim.room.actions import Join, OpenRoom, participant_action, steering_action
from sim.room.host import Host
from sim.room.store import Store
from sim.room.views import board_view
from sim.study.budget import search_budget
from sim.study.runner import run_study
from sim.study.store_runner import RunOptions
from tests.room.asking import HerePool
from tests.small_studies import results_of, write_study

__all__ = ["WORK", "Killed", "Work", "kill_once", "whole"]

_SHARE_OF_TIME = 0.8
"""Of what the whole of some work took, the share of moments in which it is killed: later ones would find it done."""

Confirm = Callable[[int], None]
"""Called with how much is done, at first as soon as work begins; whoever was told so has a right to find it again."""


class Work(ABC):
    """Something that takes a while and can go on where it was."""

    @abstractmethod
    def do(self, folder: Path, how: int, confirm: Confirm) -> None:
        """Do it, or what is missing of it, in a folder; ``how`` chooses among ways that must not matter."""

    @abstractmethod
    def n_there(self, folder: Path) -> int:
        """Return how much of it is there, in the measure of what is confirmed."""

    @abstractmethod
    def left(self, folder: Path) -> dict[str, bytes]:
        """Return what it comes to, by names."""


class _OfRuns(Work):
    """Work whose runs are in a store."""

    place = "out"
    """Where in its folder the store lies."""

    def n_there(self, folder: Path) -> int:
        store = folder / self.place
        return Results(store).status().n_done if (store / "store.json").exists() else 0

    def left(self, folder: Path) -> dict[str, bytes]:
        return results_of(folder / self.place)


class StudyWork(_OfRuns):
    """A study, with one worker or two, and in chunks of several sizes."""

    def __init__(self, replicates: int = 100, weeks: int = 400) -> None:
        self.replicates, self.weeks = replicates, weeks

    def do(self, folder: Path, how: int, confirm: Confirm) -> None:
        study = write_study(folder, replicates=self.replicates, weeks=self.weeks)
        confirm(0)
        end = run_study(
            study, folder / "out", workers=1 + how % 2, runs_per_chunk=(2, 5, 11)[how % 3], progress=_done(confirm)
        )
        assert end.is_complete, end.reason


class MapWork(_OfRuns):
    """A map, asked for on the command line; picture, words and table are written at its end."""

    def do(self, folder: Path, how: int, confirm: Confirm) -> None:
        scenario = write_study(folder, weeks=300).with_name("talk.toml")
        words = ["map", str(scenario), "--x", "control_norm:0.5:0.8:3", "--y", "staff_turnover:0.1:0.4:3"]
        # The line of the mean field, which "holds" has, takes longer than all runs, and rests on nothing that is kept.
        words += ["--outcome", "lasts"]
        words += ["--replicates", "8", "--out", str(folder / "out"), "--workers", str(1 + how % 2)]
        confirm(0)
        _command(words)

    def left(self, folder: Path) -> dict[str, bytes]:
        out = folder / "out"
        return super().left(folder) | {path.name: path.read_bytes() for path in sorted(out.glob("map.*"))}


class _CommandOfPoints(_OfRuns):
    """A command that asks many points, and writes its answer at its end."""

    def command(self, folder: Path) -> list[str]:
        """Write what the command reads, and return its words."""
        raise NotImplementedError

    def do(self, folder: Path, how: int, confirm: Confirm) -> None:
        words = [*self.command(folder), "--out", str(folder / "out"), "--workers", str(1 + how % 2)]
        confirm(0)
        _command(words)

    def left(self, folder: Path) -> dict[str, bytes]:
        answers = [path for path in (folder / "out").iterdir() if path.suffix in (".md", ".csv", ".svg", ".png")]
        numbers = [*(folder / "out").glob("numbers/*")]
        return super().left(folder) | {path.name: path.read_bytes() for path in sorted([*answers, *numbers])}


class SensitivityWork(_CommandOfPoints):
    """A sensitivity analysis of all parameters, in both its steps."""

    def command(self, folder: Path) -> list[str]:
        scenario = write_study(folder, weeks=230).with_name("talk.toml")
        return ["sensitivity", str(scenario), "--outcome", "peak_gain", "--points", "900", "--replicates", "1"]


class DiscoveryWork(_CommandOfPoints):
    """The conditions under which a small service's culture does not hold."""

    def command(self, folder: Path) -> list[str]:
        scenario = load_scenario("internal-capacity")
        shape = scenario.organisation.model_copy(update={"teams": 3, "team_size": 4})
        write_scenario(scenario.replace(organisation=shape, weeks=270), folder / "capacity.toml")
        return ["discover", str(folder / "capacity.toml"), "--outcome", "holds", "--points", "90", "--replicates", "4"]


class CalibrationWork(_CommandOfPoints):
    """A calibration of two parameters to two targets, with a search and a trial."""

    def command(self, folder: Path) -> list[str]:
        write_study(folder, weeks=60)
        rows = "week,measure,value,error,scenario\n30,gain_safe_share,0.1,0.05,talk.toml\n40,safety,0.5,0.1,talk.toml\n"
        (folder / "targets.csv").write_text(rows)
        words = ["calibrate", str(folder / "targets.csv"), "--fit", "control_norm,critical_mass", "--points", "24"]
        return [*words, "--replicates", "2", "--search", "4", "--trials", "1"]


class RangeWork(_OfRuns):
    """A run whose answer is asked for with its range: a world in which nothing is kept, and runs that are."""

    place = "runs/talk"

    def do(self, folder: Path, how: int, confirm: Confirm) -> None:
        scenario = write_study(folder, weeks=120).with_name("talk.toml")
        words = ["run", str(scenario), "--replicates", "4", "--range", "--range-runs", str(folder / "runs")]
        words += ["--out", str(folder / "answer"), "--workers", str(1 + how % 2)]
        confirm(0)
        _command(words)

    def left(self, folder: Path) -> dict[str, bytes]:
        written = [path for path in sorted((folder / "answer").iterdir()) if path.name != "manifest.json"]
        return super().left(folder) | {path.name: path.read_bytes() for path in written}


class BudgetWork(_OfRuns):
    """The search for the best use of two budgets."""

    def do(self, folder: Path, how: int, confirm: Confirm) -> None:
        scenario = load_scenario("two-of-three-leave")
        scenario = scenario.replace(organisation=scenario.organisation.model_copy(update={"teams": 3, "team_size": 4}))
        confirm(0)
        answer = search_budget(
            scenario, [100.0, 200.0], trials=26, replicates=2, judged_replicates=4,
            options=RunOptions(folder / "out", workers=1 + how % 2, progress=_done(confirm)),
        )  # fmt: skip
        (folder / "answer.txt").write_text(answer.in_words() + answer.to_frame().to_csv())

    def left(self, folder: Path) -> dict[str, bytes]:
        results = Results(folder / "out")
        return {"answer": (folder / "answer.txt").read_bytes(), "outcomes": results.outcomes().to_csv().encode()}


class RoomWork(Work):
    """A session of a class: people come in, predict and design, and what they commit is run."""

    def do(self, folder: Path, how: int, confirm: Confirm) -> None:
        host = Host(Store(folder / "rooms.sqlite"), HerePool(), clock=lambda: 1000.0)
        assert not getattr(host, "damaged", {}), host.damaged
        asyncio.run(_play(host, confirm))
        wanted = {arm.key for arms in host._wants.values() for arm in arms}
        within = time.monotonic() + 240
        while not all(host.runner.is_settled(key) for key in wanted):
            assert time.monotonic() < within, "the runs of a room did not come to an end"
            time.sleep(0.02)
        room = host.room(host.codes()[0])
        seen = json.dumps(board_view(room, host.runner), sort_keys=True).replace(room.code, "CODE")
        verdicts = sorted((key, repr(verdict)) for key, verdict in host.runner.verdicts.items())
        (folder / "seen").write_text(seen + json.dumps(verdicts))
        host.close()

    def n_there(self, folder: Path) -> int:
        if not (folder / "rooms.sqlite").exists():
            return 0
        store = Store(folder / "rooms.sqlite")
        n = sum(len(store.events(code)) for code in store.rooms())
        store.close()
        return n

    def left(self, folder: Path) -> dict[str, bytes]:
        store = Store(folder / "rooms.sqlite")
        (code,) = store.rooms()
        events = [(event.kind, event.by, event.at, dict(event.data)) for event in store.events(code)]
        store.close()
        return {"events": json.dumps(events, sort_keys=True).encode(), "seen": (folder / "seen").read_bytes()}


def _script() -> list[tuple[str, Any]]:
    """Return what is asked of a room, in its order; each comes to one event."""
    asked: list[tuple[str, Any]] = [
        ("join", Join(request=f"request-{number}", name=f"Person {number}")) for number in range(1, 7)
    ]
    lead = steering_action.validate_python
    asked.append(("lead", lead({"do": "go", "to": "predict", "round": 0})))
    for number in range(1, 7):
        told = {"do": "predict", "round": 0, "curve": [50 + number] * 9, "reason": f"because of {number}"}
        asked.append((str(number), participant_action.validate_python(told)))
    asked.append(("lead", lead({"do": "go", "to": "design", "round": 0})))
    for team, number in ((0, 1), (1, 2)):
        for strand, start in (("training", 0), ("dialogue", 4)):
            told = {"do": "draft", "round": 0, "strand": strand, "spend": [start, start + 52, 60 + 10 * team]}
            asked.append((str(number), participant_action.validate_python(told)))
        asked.append((str(number), participant_action.validate_python({"do": "commit", "round": 0})))
    asked.append(("lead", lead({"do": "go", "to": "results", "round": 0})))
    asked.append(("lead", lead({"do": "shock", "round": 0, "shock": {"kind": "two_leave", "week": 60},
                                "request": "request-s"})))  # fmt: skip
    return asked


async def _play(host: Host, confirm: Confirm) -> None:
    """Ask for everything that has not yet happened."""
    if not host.codes():
        await host.open_room(OpenRoom(title="A day", plan="thirty", n_teams=2, choose_teams=False, seed=7, worlds=30))
    code = host.codes()[0]
    confirm(host.room(code).n_events)
    for who, action in _script()[host.room(code).n_events - 1 :]:
        if who == "join":
            await host.join(code, action)
        elif who == "lead":
            await host.steer(code, action)
        else:
            await host.participate(code, int(who), action)
        confirm(host.room(code).n_events)


def _done(confirm: Confirm) -> Callable[[Any], None]:
    return lambda progress: confirm(progress.n_done)


def _command(words: list[str]) -> None:
    """Run a command of ours; fail unless it ends well."""
    code: object = 0
    try:
        with redirect_stdout(io.StringIO()):
            cultureshift(words)
    except SystemExit as ended:
        code = ended.code
    assert not code, code


WORK: dict[str, Work] = {
    "study": StudyWork(), "map": MapWork(), "budget": BudgetWork(), "sensitivity": SensitivityWork(),
    "discovery": DiscoveryWork(), "calibration": CalibrationWork(), "range": RangeWork(),
    "room": RoomWork(),
}  # fmt: skip


# --- killing ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Killed:
    """What came of one kill.

    Parameters
    ----------
    was_under_way : whether something was confirmed, or begun, and not all of it done
    confirmed, there : how much was confirmed before, and found afterwards
    is_complete : whether it had come to its end before it could be killed
    """

    was_under_way: bool
    confirmed: int
    there: int
    is_complete: bool


def whole(work: Work, folder: Path) -> tuple[dict[str, bytes], float]:
    """Do some work undisturbed, in a process of its own; return what it comes to, and how long it took."""
    folder.mkdir()
    child, told = _begin(work, folder, 0)
    first = os.read(told, 1)
    began = time.monotonic()
    _wait(child, told, folder)
    assert first, "nothing was confirmed"
    return _in_child(lambda: work.left(folder)), time.monotonic() - began


def kill_once(work: Work, folder: Path, seconds: float, rng: Random) -> Killed:
    """Begin or go on with some work in a process of its own, and kill it after a while.

    Raises
    ------
    AssertionError : something that was confirmed is gone
    """
    child, told = _begin(work, folder, rng.randrange(6))
    # Most kills come while it is at work, some while it still looks at what is there.
    first = os.read(told, 1).decode() if rng.random() < 0.9 else ""
    time.sleep(rng.uniform(0.0, _SHARE_OF_TIME * seconds))
    ended = _is_ended(child)
    if ended is None:
        # Before its first line it leads no group yet, and nobody else is in it.
        leads = os.getpgid(child) == child
        (os.killpg if leads else os.kill)(child, signal.SIGKILL)
        os.waitpid(child, 0)
    else:
        assert ended == 0, (folder / "words").read_text()
    numbers = [int(line) for line in (first + _all(told)).split("\n")[:-1]]
    there = _in_child(lambda: work.n_there(folder))
    confirmed = max(numbers, default=0)
    assert there >= confirmed, f"{confirmed} were confirmed, {there} are there"
    return Killed(ended is None and bool(numbers), confirmed, there, ended is not None)


def finish(work: Work, folder: Path) -> dict[str, bytes]:
    """Go on with some work to its end; return what it comes to."""
    child, told = _begin(work, folder, 0)
    _wait(child, told, folder)
    return _in_child(lambda: work.left(folder))


def hidden(folder: Path) -> list[str]:
    """Return what is hidden or unfinished in a folder."""
    names = [str(path.relative_to(folder)) for path in folder.rglob("*")]
    return [name for name in names if any(part.startswith(".") for part in Path(name).parts) or "unfinished" in name]


def _begin(work: Work, folder: Path, how: int) -> tuple[int, int]:
    """Begin in a process that leads a group of its own; return it, and what it confirms."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    code = 1
    try:
        os.setsid()
        os.close(reading)
        words = os.open(folder / "words", os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
        os.dup2(words, 1), os.dup2(words, 2)
        work.do(folder, how, lambda n: os.write(writing, f"{n}\n".encode()) and None)
        code = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _is_ended(child: int) -> int | None:
    ended, status = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def _all(told: int) -> str:
    with os.fdopen(told) as pipe:
        return pipe.read()


def _wait(child: int, told: int, folder: Path) -> None:
    text = _all(told)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    words = (folder / "words").read_text("utf-8", "replace")[-4000:]
    assert code == 0, f"ended with {code} after {text.splitlines()[-1:]}: {words}"


def _in_child(do: Callable[[], Any]) -> Any:
    """Return what is found in a process of its own, so that this one has no threads when it forks."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            answer: tuple[bool, Any] = (True, do())
        except BaseException:
            answer = (False, traceback.format_exc())
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(answer, pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        is_found, answer_or_words = pickle.load(pipe)
    os.waitpid(child, 0)
    assert is_found, answer_or_words
    return answer_or_words
