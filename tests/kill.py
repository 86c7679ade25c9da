"""Kill studies, analyses, budgets and rooms at random moments, and look whether anything is lost, as long as one likes.

    python -m tests.kill --kills 50
    python -m tests.kill --kills 200 --work map --seed 3

What was confirmed before a kill has to be there after it; what is gone on with has to come to the same, bit by bit, as
what nobody disturbed, and to leave nothing hidden behind. Exit code 1 if it does not; the folder is kept then.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

from sim.study.chunk import warm_up
from tests.killing import WORK, Work, finish, hidden, kill_once, whole


def main(words: list[str] | None = None) -> int:
    """Run; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20, help="kills that hit while work was under way, in all")
    parser.add_argument("--work", action="append", choices=list(WORK), help="what is killed; all in turn if left out")
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    asked = parser.parse_args(words)
    names = asked.work or list(WORK)
    rng, kills, lives = Random(asked.seed), Counter[str](), Counter[str]()
    warm_up()
    with tempfile.TemporaryDirectory(prefix="cultureshift-kill-") as name:
        folder = Path(name)
        right = {work: whole(WORK[work], folder / work) for work in names}
        while sum(kills.values()) < asked.kills:
            work = min(names, key=lambda one: (kills[one], lives[one]))
            try:
                kills[work] += one_life(WORK[work], folder / "killed", *right[work], rng)
            except AssertionError as error:
                kept = Path(tempfile.mkdtemp(prefix=f"cultureshift-killed-{work}-"))
                shutil.copytree(folder / "killed", kept, dirs_exist_ok=True)
                print(f"{work}, seed {asked.seed}: {error}\nThe folder is kept: {kept}", flush=True)
                return 1
            lives[work] += 1
            print(_in_sum(kills, lives), flush=True)
    return 0


def one_life(work: Work, folder: Path, right: dict[str, bytes], seconds: float, rng: Random) -> int:
    """Kill some work again and again until it is done, or let it live after a while; return how many kills hit it.

    Raises
    ------
    AssertionError : something is lost, is not the same, or is left behind
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    hit = 0
    for _ in range(rng.randrange(1, 9)):
        killed = kill_once(work, folder, seconds, rng)
        hit += killed.was_under_way
        if killed.is_complete:
            break
    came = finish(work, folder)
    assert came.keys() == right.keys(), f"{sorted(came)} is left, not {sorted(right)}"
    other = [name for name in right if came[name] != right[name]]
    assert not other, f"{', '.join(other)} came out otherwise"
    assert not hidden(folder), f"{', '.join(hidden(folder))} is left behind"
    return hit


def _in_sum(kills: Counter[str], lives: Counter[str]) -> str:
    told = ", ".join(f"{kills[work]} of {lives[work]} {work} lives" for work in lives)
    return f"{sum(kills.values())} kills hit while work was under way ({told}); nothing was lost"


if __name__ == "__main__":
    sys.exit(main())
