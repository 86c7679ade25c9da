"""Make again every figure and table of results that the documentation keeps, and say which of them come out the same.

python docs/make_results.py build/results            # all of them: about a day of one machine
python docs/make_results.py build/results discovery  # one
python docs/make_results.py build/results --keep     # and put what came out in the place of what was kept

Whatever takes long keeps its runs in the folder, so the same command goes on where it was stopped. Pictures and tables
are compared by their bytes. What learns an emulator or samples it (calibration) has the bits of one kind of machine,
and a picture those of one version of its library; numbers of the model are the same everywhere.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
COMMAND = "-m sim "


class Result(NamedTuple):
    """A result that is kept.

    Parameters
    ----------
    words : what Python is asked to do from the project's root; ``{out}`` is the folder of the result
    kept : the files that are kept of it, from the project's root, as patterns
    """

    words: str
    kept: tuple[str, ...] = ()


RESULTS = {
    "tables": Result("docs/generate.py --check"),
    "pictures": Result(
        "docs/make_images.py {out}", ("docs/images/shoestring-year.png", "docs/images/internal-capacity.png")
    ),
    "validation": Result(
        f"{COMMAND}validate --replicates 40 --seed 1 --out {{out}} --force",
        ("docs/validation/report.md", "docs/validation/readings.csv", "docs/validation/*.svg"),
    ),
    "sensitivity": Result(
        f"{COMMAND}sensitivity internal-capacity --outcome gain_4_years --method sobol --points 1552 --replicates 4 "
        "--seed 1 --out {out}",
        ("docs/results/sensitivity/*",),
    ),
    "discovery": Result(
        f"{COMMAND}discover internal-capacity --points 512 --replicates 4 --seed 1 --out {{out}}",
        ("docs/results/discovery/*",),
    ),
    "calibration": Result(
        f"{COMMAND}calibrate patterns --points 320 --replicates 8 --search 200 --trials 60 --seed 1 --out {{out}}",
        ("docs/results/calibration/*",),
    ),
    "budget": Result(f"{COMMAND}budget two-of-three-leave --days 400 --out {{out}}"),
    "rivals": Result(
        f"{COMMAND}validate --rivals --replicates 40 --seed 1 --out {{out}} --force", ("docs/results/rivals/*",)
    ),
    "ranges": Result("benchmarks/ranges.py --runs {out}/runs --anew {out}/ranges.json", ("sim/results/ranges.json",)),
    "game": Result("benchmarks/game.py --keep {out}/games.jsonl --write {out}", ("docs/results/game/*.csv",)),
    "draws": Result(
        "benchmarks/draws.py {out}/making.json --steps 10 --write {out}",
        ("docs/validation/draws.json", "docs/validation/draws.md", "sim/inputs/draws.csv"),
    ),
}
"""By name, what takes little first; of the budget, a page keeps a table that is written by hand."""


def main() -> int:
    """Make what was asked for, and tell what came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where results and their runs go")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(RESULTS)}; all if left out")
    parser.add_argument("--keep", action="store_true", help="put what came out in the place of what was kept")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(RESULTS):
        parser.error(f"wanted {', '.join(RESULTS)}, got {', '.join(sorted(unknown))}")
    same = True
    for name in asked.names or RESULTS:
        result, out = RESULTS[name], (asked.folder / name).resolve()
        out.mkdir(parents=True, exist_ok=True)
        print(f"{name}: python {result.words}", flush=True)
        words = [sys.executable, *(word.format(out=out) for word in result.words.split())]
        code = subprocess.run(words, cwd=ROOT, check=False).returncode
        if code and name != "tables":
            return code
        same = same and not code
        for line, is_same in compared(out, result):
            print(f"  {line}", flush=True)
            same = same and is_same
        if asked.keep:
            keep(out, result)
    return 0 if same or asked.keep else 1


def compared(out: Path, result: Result) -> Iterator[tuple[str, bool]]:
    """Yield for each file that is kept whether it came out the same; for a result of which none is, nothing."""
    for path in kept_files(result):
        made = out / path.name
        if not made.is_file():
            yield f"{path.relative_to(ROOT)}: did not come out", False
        elif made.read_bytes() == path.read_bytes():
            yield f"{path.relative_to(ROOT)}: the same", True
        else:
            yield f"{path.relative_to(ROOT)}: differs from {made}", False


def kept_files(result: Result) -> list[Path]:
    """Return the files that are kept of a result."""
    return sorted(path for pattern in result.kept for path in ROOT.glob(pattern) if path.is_file())


def keep(out: Path, result: Result) -> None:
    """Put what came out in the place of what was kept."""
    for path in kept_files(result):
        if (out / path.name).is_file():
            shutil.copyfile(out / path.name, path)


if __name__ == "__main__":
    sys.exit(main())
