"""Make the ranges of all shipped scenarios over what nobody has measured, or go on making them.

    python benchmarks/ranges.py [NAME ...] [--runs DIR] [--workers 2] [--anew FILE]

Those of the stories are made, and of what the lessons run. Stop it whenever you like: the same command goes on where
it was. In the end they become those of the package; each is kept under a key of all that decides it, and shown as long
as nothing of that changes. What is kept already is not made again, unless ``--anew`` asks for all of
them in a file of their own.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from sim.base.errors import CultureshiftError
from sim.commands.preparing import prepare_pair
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import shipped_scenarios
from sim.lessons import shipped_lessons
from sim.results.ranges import KEPT, kept_range, range_key, write_kept
from sim.study.ranges import range_of
from sim.study.store_runner import RunOptions, WorkStopped


def pairs() -> Iterator[tuple[str, Scenario, Scenario]]:
    """Yield what ranges are kept of, with a name and what it is compared with: the stories, and what lessons run.

    Pages compare with nothing done, whatever a story is compared with.
    """
    for name, *_ in shipped_scenarios():
        scenario, other = prepare_pair(name)
        if scenario.tables is not None:  # tables may change in their place: nothing is kept of what is run in them
            continue
        yield name, scenario, other
        if not other.is_baseline_of(scenario):
            yield f"{name}-against-nothing-done", scenario, scenario.baseline()
    for lesson in shipped_lessons():
        for place, (_, scenario, _) in enumerate(lesson.arms(), start=1):
            yield f"lesson-{lesson.slug}-{place}", scenario, scenario.baseline()


def main() -> int:
    """Make ranges, and say how far it has come."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="those to make; all that are missing if left out")
    parser.add_argument("--runs", type=Path, default=Path("range-runs"), help="folder that keeps the runs")
    parser.add_argument("--anew", type=Path, metavar="FILE", help="make all again, and write them there")
    parser.add_argument("--workers", type=int, default=None, help="runs at once")
    asked = parser.parse_args()
    try:
        wanted: dict[str, tuple[str, Scenario, Scenario]] = {}
        for name, scenario, other in pairs():
            wanted.setdefault(range_key(scenario, other), (name, scenario, other))
        known = {key: (name, None if asked.anew else kept_range(*pair)) for key, (name, *pair) in wanted.items()}
        kept = {key: (name, found) for key, (name, found) in known.items() if found is not None}
        place = asked.anew or KEPT
        for key, (name, *pair) in wanted.items():
            if key not in kept and (not asked.names or name in asked.names):
                print(name, flush=True)
                kept[key] = (name, range_of(*pair, options=RunOptions(asked.runs / name, workers=asked.workers)))
                write_kept(dict(sorted(kept.items(), key=lambda one: one[1][0])), place)
    except WorkStopped as stopped:
        print(f"Stopped: {stopped.reason}. The same command goes on with {asked.runs}.", file=sys.stderr)
        return 130
    except CultureshiftError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
