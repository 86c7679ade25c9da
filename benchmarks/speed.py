"""Measure the compiled week against plain Mesa and against the limit, a C of the same week in vectors, in one run.

    python benchmarks/speed.py [--rounds 5] [--quick]

Machines differ and are rarely idle, so what counts are the ratios: in every round the programs take turns, and the
median of the rounds' ratios is reported. Times are processor time of one thread unless it says otherwise.
"""

from __future__ import annotations

import argparse
import os
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
    mesa_model = PlainModel(seed=1)
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
    groups = [world.staff, world.teams, world.seniors, world.pairs, world.services, *world.ties, *world.scratch]
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


def first_use() -> None:
    """Measure the first run after installation, compilation included, and the second."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"CULTURESHIFT_CACHE_DIR": folder}
        command = [sys.executable, "-c", "from sim.commands import main; main()", "run", "shoestring-year"]
        for name in ("first use, compilation included", "second use"):
            begun = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True, env=environment)
            print(f"{name}: {time.perf_counter() - begun:.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="only the comparison with Mesa and C")
    options = parser.parse_args()
    compare(options.rounds)
    if not options.quick:
        two_threads()
        large_organisation()
        first_use()


if __name__ == "__main__":
    main()
