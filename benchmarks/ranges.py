"""Make the ranges of all shipped scenarios over what nobody has measured, or go on making them.

    python benchmarks/ranges.py [--runs DIR] [--workers 2]

Stop it whenever you like: the same command goes on where it was. In the end they become those of the package; each is
kept under a key of all that decides it, and shown as long as nothing of that changes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sim.base.errors import CultureshiftError
from sim.commands.preparing import prepare_pair
from sim.inputs.scenario.files import shipped_scenarios
from sim.results.ranges import ScenarioRange, range_key, write_kept
from sim.study.ranges import range_of
from sim.study.store_runner import RunOptions, WorkStopped


def main() -> int:
    """Make ranges, and say how far it has come."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="shipped scenarios; all if left out")
    parser.add_argument("--runs", type=Path, default=Path("range-runs"), help="folder that keeps the runs")
    parser.add_argument("--workers", type=int, default=None, help="runs at once")
    asked = parser.parse_args()
    kept: dict[str, tuple[str, ScenarioRange]] = {}
    try:
        for name in asked.names or [name for name, *_ in shipped_scenarios()]:
            scenario, other = prepare_pair(name)
            if scenario.tables is not None:  # tables may change in their place: nothing is kept of what is run in them
                continue
            print(name, flush=True)
            options = RunOptions(asked.runs / name, workers=asked.workers)
            kept[range_key(scenario, other)] = (name, range_of(scenario, other, options=options))
    except WorkStopped as stopped:
        print(f"Stopped: {stopped.reason}. The same command goes on with {asked.runs}.", file=sys.stderr)
        return 130
    except CultureshiftError as error:
        print(error, file=sys.stderr)
        return 2
    write_kept(kept)
    return 0


if __name__ == "__main__":
    sys.exit(main())
