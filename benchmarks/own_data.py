"""Measure the import of a large organisation: 100,000 people with ties and a survey, in processor seconds and memory.

    python benchmarks/own_data.py [--people 100000] [--profile]

It is to take no more than 20 s and 1 GB. The machine may be shared, so processor seconds count and no clock.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from sim.inputs.imports import import_files, write_import

TEAM_SIZE = 10
TEAMS_IN_SERVICE = 50
TIES_EACH = 3
MOST_SECONDS, MOST_GIGABYTES = 20.0, 1.0
_WORDS = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
_TITLES = ("Staff Nurse", "Healthcare Support Worker", "Consultant", "Physiotherapist", "Ward Clerk")


def write_files(folder: Path, n_people: int) -> list[Path]:
    """Write a staff list, an edge list and a survey in words, as systems export them."""
    rng = np.random.default_rng(1)
    staff, ties, survey = (folder / name for name in ("staff.csv", "contacts.csv", "survey.csv"))
    with staff.open("w", encoding="utf-8") as file:
        file.write("Employee Number,Ward,Division,Position Title,Start Date,Supervisor\n")
        for n in range(n_people):
            team = n // TEAM_SIZE
            leads = n % TEAM_SIZE == 0
            title = "Ward Manager" if leads else _TITLES[n % len(_TITLES)]
            boss = "" if leads else 100_000 + team * TEAM_SIZE
            started = f"{1 + n % 28:02}/{1 + n % 12:02}/{2000 + n % 25}"
            file.write(f"{100_000 + n},Ward {team},Division {team // TEAMS_IN_SERVICE},{title},{started},{boss}\n")
    pairs = rng.integers(0, n_people, (TIES_EACH * n_people // 2, 2)) + 100_000
    counts = rng.integers(1, 40, len(pairs))
    with ties.open("w", encoding="utf-8") as file:
        file.write("sender,recipient,messages\n")
        file.writelines(f"{one},{other},{n}\n" for (one, other), n in zip(pairs.tolist(), counts.tolist(), strict=True))
    answers = rng.integers(0, len(_WORDS), (n_people, 2))
    with survey.open("w", encoding="utf-8") as file:
        file.write("Employee Number,I feel safe to speak up,My concern would be addressed\n")
        file.writelines(f"{100_000 + n},{_WORDS[one]},{_WORDS[two]}\n" for n, (one, two) in enumerate(answers.tolist()))
    return [staff, ties, survey]


def main() -> int:
    """Import it, and say what it took; 1 where that is too much."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--profile", action="store_true", help="say where the time goes")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        paths = write_files(Path(name), asked.people)
        if asked.profile:
            _profile(paths, Path(name) / "profiled")
        command = [sys.executable, "-m", "sim", "organisation", "import", *map(str, paths), "--out", f"{name}/ours"]
        subprocess.run(command, check=True, capture_output=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds, gigabytes = used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20
    print(f"{asked.people:,} people, {TIES_EACH * asked.people // 2:,} ties and a survey of all:")
    print(f"{seconds:.1f} s of a processor, {gigabytes:.2f} GB at most")
    return int(seconds > MOST_SECONDS or gigabytes > MOST_GIGABYTES)


def _profile(paths: list[Path], out: Path) -> None:
    out.mkdir()
    with cProfile.Profile() as profile:
        write_import(import_files(paths), out)
    pstats.Stats(profile).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    sys.exit(main())
