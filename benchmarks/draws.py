"""Make the draws over what nobody has measured, or go on making them.

    python benchmarks/draws.py draws.json [--seed 1] [--threads 2] [--samples 256] [--wanted 64] [--steps 6]

Stop it whenever you like: the same command goes on where it was, and comes to the same draws.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sim.base.errors import CultureshiftError
from sim.validation.draws import LOOKS, make_draws
from sim.validation.subset import Method, Sampling


def main() -> int:
    """Make draws, and say how far it has come."""
    usual = Method()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="where it is kept how far it has come, and the draws")
    parser.add_argument("--seed", type=int, default=1, help="of draws and runs")
    parser.add_argument("--threads", type=int, default=1, help="draws judged at once")
    parser.add_argument("--samples", type=int, default=usual.samples, help="draws of each level")
    parser.add_argument("--wanted", type=int, default=usual.wanted, help="draws to keep")
    parser.add_argument("--steps", type=int, default=usual.steps, help="of each chain among draws that are kept")
    asked = parser.parse_args()
    method = Method(samples=asked.samples, wanted=asked.wanted, steps=asked.steps)
    try:
        for making in make_draws(asked.file, asked.seed, method, asked.threads):
            print(told(making.sampling), flush=True)
    except CultureshiftError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"Stopped. The same command goes on with {asked.file}.", file=sys.stderr)
        return 130
    return 0


def told(sampling: Sampling) -> str:
    """Return how far it has come, in a line."""
    far = "" if sampling.limit is None else f", at most {sampling.limit:.3f} of {len(LOOKS)} patterns away"
    doing = "the kept" if sampling.is_last else f"level {len(sampling.levels) + 1}{far}"
    n_chains = len(sampling.families) or sampling.method.samples
    step = f"step {len(sampling.points)}, {len(sampling.pending)} of {n_chains}"
    return f"{doing}: {step}; {sampling.evaluations:,} draws judged; share so far {sampling.share:.3g}"


if __name__ == "__main__":
    sys.exit(main())
