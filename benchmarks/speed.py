"""Measure the compiled week against plain Mesa and against the limit, a C of the same week in vectors, in one run.

    python benchmarks/speed.py [--rounds 5] [--quick]
    python benchmarks/speed.py --against FOLDER [--rounds 60]   # another copy of the project, from before a change

Machines differ and are rarely idle, so what counts are the ratios: in every round the programs take turns, and the
median of the rounds' ratios is reported. Times are processor time of one thread unless it says otherwise. Two copies of
the project run in a process each, pinned to one core; each works only while the other waits.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from plain_mesa import PlainModel
from vector_week import Limit, VectorWeek, compiler

from sim.base.chance import chance_key
from sim.engine.recorder import N_MEASURES
from sim.engine.run import empty_table, prepare
from sim.engine.state import allocate
from sim.engine.ties import build_ties
from sim.engine.week import initialise, run_weeks
from sim.inputs.organisation import OrganisationShape, generate
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import load_scenario
from sim.results.ensemble import run_paired

HERE = Path(__file__).parent
WEEKS = 2000
MESA_WEEKS = 40
MESA_BURN_IN_WEEKS = 52  # until as many posts are vacant as usual
WEEKS_IN_TURN = 500
N_STAFF = 296


def nanoseconds_per_person_week(run: Callable[[], None], n_weeks: int, n_staff: int = N_STAFF) -> float:
    """Return processor time of one call, per person and week."""
    begun = time.thread_time_ns()
    run()
    return (time.thread_time_ns() - begun) / n_weeks / n_staff


def compiled_week(n_weeks: int = WEEKS) -> Callable[[], None]:
    """Return a call that runs the compiled week, with everything that is recorded."""
    prepared = prepare(Scenario(title="Nothing is done", weeks=n_weeks))
    world, key = prepared.start(seed=1)
    table = empty_table(n_weeks + 1, 1)
    return lambda: run_weeks(world, prepared.plan, key, 0, n_weeks, table)


def limit_week(folder: Path, n_weeks: int = WEEKS) -> Callable[[], None] | None:
    """Return a call that runs the same weeks in vectors of C, held to the engine's table; None without a compiler."""
    if compiler() is None:
        return None
    prepared = prepare(Scenario(title="Nothing is done", weeks=n_weeks))
    week = VectorWeek(Limit(folder), prepared.organisation, seed=1)
    table = np.empty((n_weeks + 1, N_MEASURES))
    week.run(n_weeks, table)
    np.testing.assert_allclose(table, prepared.simulate(seed=1)[:, 0], rtol=0, atol=1e-9)
    return lambda: week.run(n_weeks, table)


def compare(rounds: int) -> None:
    """Let the three programs take turns, and print the ratios."""
    engine = compiled_week()
    engine()
    mesa_model = PlainModel(seed=1, burn_in_weeks=MESA_BURN_IN_WEEKS)
    mesa_model.run(2)
    with tempfile.TemporaryDirectory() as folder:
        limit = limit_week(Path(folder))
        rows = []
        for _ in range(rounds):
            of_mesa = nanoseconds_per_person_week(lambda: mesa_model.run(MESA_WEEKS), MESA_WEEKS)
            of_engine = nanoseconds_per_person_week(engine, WEEKS)
            of_limit = nanoseconds_per_person_week(limit, WEEKS) if limit else float("nan")
            rows.append((of_mesa, of_engine, of_limit))
    mesa, engine_time, limit_time = (statistics.median(column) for column in zip(*rows, strict=True))
    print(f"nanoseconds per person-week at {N_STAFF} staff, one thread, median of {rounds} rounds:")
    print(f"  plain Mesa {mesa:9.0f}   compiled week {engine_time:6.1f}   limit {limit_time:6.1f}")
    print(f"  compiled week against plain Mesa: {statistics.median(m / e for m, e, _ in rows):.0f} times as fast")
    if limit:
        print(f"  compiled week against the limit:  {statistics.median(e / c for _, e, c in rows):.2f} times its time")
    else:
        print("  the limit is not measured: gcc, which compiles it, is not installed here")


def two_threads() -> None:
    """Compare an ensemble on one and on two threads, in wall time."""
    scenario = load_scenario("shoestring-year")
    times = {}
    for threads in (1, 2, 1, 2):
        begun = time.perf_counter()
        run_paired(scenario, 40, threads=threads)
        times[threads] = min(times.get(threads, np.inf), time.perf_counter() - begun)
    person_weeks = 2 * 40 * (104 + scenario.weeks) * N_STAFF
    print(f"40 replicates with their baseline, 104 + {scenario.weeks} weeks, {N_STAFF} staff:")
    for threads, seconds in times.items():
        print(f"  {threads} thread(s) {seconds:5.2f} s, {seconds / person_weeks * 1e9:5.1f} ns (wall) per person-week")


def large_organisation() -> None:
    """Measure 1.5 million staff in 5,000 services: memory, building of ties, and time against 296 staff."""
    shape = OrganisationShape(services=5000, teams=30, team_size=10)
    organisation = generate(shape)
    begun = time.perf_counter()
    ties = build_ties(organisation)
    ties_seconds = time.perf_counter() - begun
    prepared = prepare(Scenario(title="Large", weeks=10, organisation=shape), organisation)
    world = allocate(organisation, ties, prepared.audiences)
    groups = [*world.staff, world.teams, world.seniors, world.pairs, world.services, *world.ties, *world.scratch]
    key = chance_key(1)
    initialise(world, prepared.plan, key)
    table = empty_table(11, 1)
    n_staff = organisation.n_staff
    large = nanoseconds_per_person_week(lambda: run_weeks(world, prepared.plan, key, -104, 10, table), 10, n_staff)
    small = nanoseconds_per_person_week(compiled_week(), WEEKS)
    print(f"{n_staff:,} staff in 5,000 services:")
    print(f"  ties drawn in {ties_seconds:.1f} s ({ties.n_ties:,} ties)")
    print(f"  {sum(part.nbytes for part in groups) / n_staff:.0f} bytes a person")
    print(f"  {large:.0f} ns per person-week, {large / small:.1f} times that at {N_STAFF} staff ({small:.0f})")


def first_and_second_use(project: Path = HERE.parent) -> tuple[float, float]:
    """Return the seconds of the first run after installation, compilation included, and of the second."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"CULTURESHIFT_CACHE_DIR": folder, "PYTHONPATH": str(project)}
        command = [sys.executable, "-c", "from sim.commands import main; main()", "run", "shoestring-year"]
        seconds = []
        for use in ("first", "second"):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            out = ["--out", str(Path(folder) / use)]
            subprocess.run([*command, *out], check=True, capture_output=True, env=environment, cwd=project)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return seconds[0], seconds[1]


def first_use() -> None:
    """Tell what the first and the second use take."""
    first, second = first_and_second_use()
    print(f"first use, compilation included: {first:.1f} s; second use: {second:.1f} s")


def take_turns() -> None:
    """Run a stretch of weeks for each line that comes in, and answer with its nanoseconds per person-week."""
    engine = compiled_week(WEEKS_IN_TURN)
    engine()
    print("ready", flush=True)
    for _ in sys.stdin:
        print(nanoseconds_per_person_week(engine, WEEKS_IN_TURN), flush=True)


class OtherCopy:
    """A copy of the project in a process of its own, which takes turns with another."""

    def __init__(self, project: Path) -> None:
        command = [sys.executable, str(HERE / "speed.py"), "--turns"]
        environment = os.environ | {"PYTHONPATH": str(project)}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=project
        )
        self._answer()

    def _answer(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("a copy of the project has stopped")
        return line

    def turn(self) -> float:
        """Return the nanoseconds per person-week of one turn."""
        assert self._process.stdin
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return float(self._answer())

    def stop(self) -> None:
        """End the process."""
        self._process.communicate()


def compare_copies(other: Path, rounds: int) -> None:
    """Let this copy of the project and another take turns: the week, then the first and the second use."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    copies = [OtherCopy(other), OtherCopy(HERE.parent)]
    turns = [[copy.turn() for copy in copies] for _ in range(rounds)]
    for copy in copies:
        copy.stop()
    before, now = (statistics.median(column) for column in zip(*turns, strict=True))
    print(f"the week at {N_STAFF} staff: {before:.1f} ns per person there, {now:.1f} here,", end=" ")
    print(f"{statistics.median(here / there for there, here in turns):.3f} times (median of {rounds} rounds)")
    uses = [(first_and_second_use(other), first_and_second_use()) for _ in range(min(rounds, 3))]
    for place, name in enumerate(("first use, compilation included", "second use")):
        ratio = statistics.median(here[place] / there[place] for there, here in uses)
        seconds = [statistics.median(pair[side][place] for pair in uses) for side in (0, 1)]
        print(f"{name}: {seconds[0]:.1f} s there, {seconds[1]:.1f} s here, {ratio:.2f} times")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--against", type=Path, help="another copy of the project to compare this one with")
    parser.add_argument("--turns", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="only the comparison with Mesa and C")
    options = parser.parse_args()
    if options.turns:
        take_turns()
        return
    if options.against:
        compare_copies(options.against.resolve(), options.rounds or 60)
        return
    compare(options.rounds or 5)
    if not options.quick:
        two_threads()
        large_organisation()
        first_use()


if __name__ == "__main__":
    main()
