"""Make the draws over what nobody has measured, or go on making them.

    python benchmarks/draws.py draws.json [--seed 1] [--threads 2] [--steps 2] [--ship] [--write FOLDER]

Stop it whenever you like: the same command goes on where it was, and comes to the same draws. With ``--ship`` they
become those of the package: the table that ``sim.draws()`` reads, the page on them, and the log of how they were made.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from sim.base.errors import CultureshiftError
from sim.inputs.draws import Draws, written
from sim.validation.draws import LOOKS, DrawsInProgress, make_draws, read_making
from sim.validation.draws_report import to_markdown
from sim.validation.subset import Method, Sampling

ROOT = Path(__file__).parents[1]
TABLE, PAGE, LOG = (
    ROOT / name for name in ("sim/inputs/draws.csv", "docs/validation/draws.md", "docs/validation/draws.json")
)


def main() -> int:
    """Make draws, and say how far it has come."""
    usual = Method()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="where it is kept how far it has come, and the draws")
    parser.add_argument("--seed", type=int, default=1, help="of draws and runs")
    parser.add_argument("--threads", type=int, default=1, help="draws judged at once")
    parser.add_argument("--first", type=int, default=usual.first, help="draws of the first level")
    parser.add_argument("--samples", type=int, default=usual.samples, help="draws of each other level")
    parser.add_argument("--wanted", type=int, default=usual.wanted, help="draws to keep")
    parser.add_argument("--steps", type=int, default=usual.steps, help="of each chain among the kept; more go on")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write them there as they are shipped")
    parser.add_argument("--ship", action="store_true", help="make them the draws of the package")
    asked = parser.parse_args()
    method = Method(first=asked.first, samples=asked.samples, wanted=asked.wanted, steps=asked.steps)
    try:
        for making in make_draws(asked.file, asked.seed, method, asked.threads):
            print(told(making.sampling), flush=True)
    except CultureshiftError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"Stopped. The same command goes on with {asked.file}.", file=sys.stderr)
        return 130
    making = read_making(asked.file)
    if asked.ship:
        write(making, TABLE, PAGE, LOG)
    if asked.write:
        write(making, *(asked.write / place.name for place in (TABLE, PAGE, LOG)))
    print(to_markdown(making))
    return 0


def write(making: DrawsInProgress, table: Path, page: Path, log_file: Path) -> None:
    """Write the draws, the page on them, and the log: all but where the chains have been."""
    found = Draws(tuple(making.plan.ranges), np.array([list(draw.values()) for draw in making.draws]))
    table.write_text(written(found), encoding="utf-8", newline="")
    page.write_text(to_markdown(making), encoding="utf-8", newline="")
    log = making.model_dump(mode="json")
    for one in ("points", "scores", "pending"):
        del log["sampling"][one]
    log_file.write_text(json.dumps(log, indent=1) + "\n", encoding="utf-8", newline="")


def told(sampling: Sampling) -> str:
    """Return how far it has come, in a line."""
    far = "" if sampling.limit is None else f", at most {sampling.limit:.3f} of {len(LOOKS)} patterns away"
    doing = "the kept" if sampling.is_last else f"level {len(sampling.levels) + 1}{far}"
    n_chains = len(sampling.families) or sampling.method.first
    step = f"step {len(sampling.points)}, {len(sampling.pending)} of {n_chains}"
    return f"{doing}: {step}; {sampling.evaluations:,} draws judged; share so far {sampling.share:.3g}"


if __name__ == "__main__":
    sys.exit(main())
