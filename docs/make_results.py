"""Make again every figure and table of results that the documentation keeps, and say which of them come out the same.

python docs/make_results.py build/results            # all of them: some hours
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
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMAND = (sys.executable, "-m", "sim")


@dataclass(frozen=True)
class Result:
    """A result that is kept.

    Parameters
    ----------
    words : the command that makes it, without its folder
    kept : where it is kept, from the project's root
    goes_on : whether the command goes on in a folder that holds its runs; one that does not is asked to replace them
    """

    words: str
    kept: str
    goes_on: bool = True


RESULTS = {
    "validation": Result("validate --replicates 40 --seed 1", "docs/validation", goes_on=False),
    "sensitivity": Result(
        "sensitivity internal-capacity --outcome gain_4_years --method sobol --points 1552 --replicates 4 --seed 1",
        "docs/results/sensitivity",
    ),
    "discovery": Result("discover internal-capacity --points 512 --replicates 4 --seed 1", "docs/results/discovery"),
    "calibration": Result(
        "calibrate patterns --points 320 --replicates 8 --search 200 --trials 60 --seed 1", "docs/results/calibration"
    ),
    "budget": Result("budget two-of-three-leave --days 400", ""),
}
"""By name; of the budget, a page keeps a table that is written by hand.

Draws over what nobody has measured are made by ``benchmarks/draws.py``, ranges by ``benchmarks/ranges.py``, what robots
make of the game by ``benchmarks/game.py``.
"""

NOT_OF_THE_RESULT = {"draws.md", "draws.json"}


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
        result, out = RESULTS[name], asked.folder / name
        words = [*COMMAND, *result.words.split(), "--out", str(out), *(() if result.goes_on else ("--force",))]
        print(f"{name}: cultureshift {result.words}", flush=True)
        if code := subprocess.run(words, check=False).returncode:
            return code
        for line, is_same in compared(out, result):
            print(f"  {line}")
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
    if not result.kept:
        return []
    return sorted(path for path in (ROOT / result.kept).iterdir() if path.name not in NOT_OF_THE_RESULT)


def keep(out: Path, result: Result) -> None:
    """Put what came out in the place of what was kept."""
    for path in kept_files(result):
        if (out / path.name).is_file():
            shutil.copyfile(out / path.name, path)


if __name__ == "__main__":
    sys.exit(main())
