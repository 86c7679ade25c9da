"""Measure a study against the bare kernel: what a store, outcomes and everything else cost in time and room.

    python benchmarks/study.py [--runs 10000] [--workers 2] [--weekly thinned]

The kernel alone (worlds and tables made once and used again, nothing kept) runs on as many threads before and after the
study, so that a ratio is of one machine at one time. The study is a process of its own, from its start to its end.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from sim.base.chance import chance_key
from sim.engine.run import PreparedRun, empty_table, prepare
from sim.engine.state import allocate
from sim.engine.week import initialise, run_weeks
from sim.study.chunk import warm_up
from sim.study.study_file import Study, make_study

SCENARIOS = ["shoestring-year", "internal-capacity"]
TURNOVER, NORM = [0.5, 1, 2, 4], [0.5, 0.6, 0.7, 0.8, 0.9]
# At each point two scenarios and the baseline that they share.
CONFIGS = (len(SCENARIOS) + 1) * len(TURNOVER) * len(NORM)

CHILD = """
import sys, json
from sim.study.runner import run_study
from sim.study.study_file import make_study
if __name__ == "__main__":
    end = run_study(make_study(json.loads(sys.argv[1])), sys.argv[2], workers=int(sys.argv[3]),
                    processes=sys.argv[4] == "processes")
    assert end.is_complete and not end.progress.n_failed, end
    status = open("/proc/self/status").read()
    print(end.progress.n_here, status.split("VmHWM:")[1].split()[0])
"""


def table_of(runs: int, weekly: str) -> dict[str, object]:
    """Return a study of about so many runs, those of the shared baselines among them."""
    turnover = {"name": "turnover", "multiply": ["staff_turnover", "team_leader_turnover"], "values": TURNOVER}
    norm = {"set": "control_norm", "values": NORM}
    return {
        "title": "Benchmark",
        "scenarios": SCENARIOS,
        "replicates": max(1, round(runs / CONFIGS)),
        "design": {"kind": "grid", "axes": [turnover, norm]},
        "keep": {"weekly": weekly},
    }


class Kernel:
    """The kernel alone: one world and one table for each thread and scenario."""

    def __init__(self, study: Study, workers: int) -> None:
        cases = [study.case(0)[2], study.case(study.n_cases - 1)[2], study.case(0)[3]]
        self.rooms = [[self._room(prepare(scenario)) for scenario in cases] for _ in range(workers)]

    @staticmethod
    def _room(prepared: PreparedRun) -> tuple[PreparedRun, object, object]:
        world = allocate(prepared.organisation, prepared.ties, prepared.audiences)
        return prepared, world, empty_table(prepared.n_weeks + 1, 1)

    def run(self, n_runs: int) -> tuple[float, float]:
        """Return wall and processor seconds of a run, with all threads at work."""
        workers = len(self.rooms)
        threads = [threading.Thread(target=self._thread, args=(k, n_runs // workers)) for k in range(workers)]
        wall, processor = time.perf_counter(), time.process_time()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        n_done = n_runs // workers * workers
        return (time.perf_counter() - wall) / n_done, (time.process_time() - processor) / n_done

    def _thread(self, number: int, n_runs: int) -> None:
        nothing = empty_table(0, 1)
        for k in range(n_runs):
            prepared, world, table = self.rooms[number][k % len(self.rooms[number])]
            key = chance_key(1, k)
            initialise(world, prepared.plan, key)
            run_weeks(world, prepared.plan, key, prepared.plan.first_week, -prepared.plan.first_week, nothing)
            run_weeks(world, prepared.plan, key, 0, prepared.n_weeks, table)


def run_study_alone(table: dict[str, object], folder: Path, workers: int, engine: str) -> tuple[int, float, float, int]:
    """Return runs, wall seconds, processor seconds (its workers among them) and the driver's peak memory in kB."""
    command = [sys.executable, "-c", CHILD, json.dumps(table), str(folder), str(workers), engine]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    words = process.stdout.read().split()
    process.wait()
    wall = time.perf_counter() - begun
    n_runs, memory = (int(word) for word in words)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return n_runs, wall, processor, memory


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--weekly", choices=["thinned", "all", "none"], default="thinned")
    parser.add_argument("--engine", choices=["threads", "processes"], default="threads")
    options = parser.parse_args()
    table = table_of(options.runs, options.weekly)
    kernel = Kernel(make_study(table), options.workers)
    warm_up()
    kernel.run(20)
    sample = max(60, options.runs // 8)
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "out"
        load = os.getloadavg()[0]
        measured = [kernel.run(sample)]
        n_runs, wall, processor, memory = run_study_alone(table, out, options.workers, options.engine)
        measured.append(kernel.run(sample))
        n_bytes = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    kernel_wall, kernel_processor = (statistics.mean(column) for column in zip(*measured, strict=True))
    print(
        f"{n_runs:,} runs on {options.workers} {options.engine}, weekly series {options.weekly}; load before {load:.1f}"
    )
    each = ", ".join(f"{1e3 * wall:.2f} / {1e3 * processor:.2f}" for wall, processor in measured)
    print(f"  kernel alone, wall / processor ms a run, before and after: {each}")
    print(f"  study {wall:.1f} s, {1e3 * wall / n_runs:.2f} / {1e3 * processor / n_runs:.2f} ms a run")
    print(f"  study against kernel alone: wall {wall / n_runs / kernel_wall:.2f}, "
          f"processor {processor / n_runs / kernel_processor:.2f}")  # fmt: skip
    print(f"  driver's peak memory {memory / 1e3:.0f} MB; {n_bytes / n_runs:,.0f} bytes a run on disk")


if __name__ == "__main__":
    main()
