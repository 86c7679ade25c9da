"""Make the draws over what nobody has measured, or go on making them.

    python benchmarks/draws.py draws.json [--wanted 64] [--seed 1] [--most 10000000] [--threads 2]

Stop it whenever you like: the same command goes on where it was, and comes to the same draws.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sim.base.errors import CultureshiftError
from sim.validation.draws import make_draws


def main() -> int:
    """Make draws, and say how far it has come."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="where the draws are kept, and what became of the others")
    parser.add_argument("--wanted", type=int, default=64, help="draws to keep")
    parser.add_argument("--seed", type=int, default=1, help="of draws and runs")
    parser.add_argument("--most", type=int, default=10_000_000, help="draws to look at, in all")
    parser.add_argument("--threads", type=int, default=None, help="runs at once")
    asked = parser.parse_args()
    try:
        for draws in make_draws(asked.file, asked.seed, asked.wanted, asked.most, asked.threads):
            print(f"{draws.tried:,} looked at, {len(draws.kept)} kept ({draws.share_kept:.3%})", flush=True)
    except CultureshiftError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
