"""Kill -9 of workers and of the whole study at random moments, and a full disk: nothing that was done is lost."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.results.store import Results
from sim.study.chunk import warm_up
from sim.study.runner import run_study
from tests.small_studies import results_of, write_study

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

N_KILLS = int(os.environ.get("CULTURESHIFT_KILLS", "6"))
REPLICATES, WEEKS = 100, 1000

SCRIPT = """
import sys
from sim.study.runner import run_study

def tell(progress):
    print(progress.n_done, flush=True)

if __name__ == "__main__":
    end = run_study(sys.argv[1], sys.argv[2], workers=2, runs_per_chunk=int(sys.argv[3]), progress=tell,
                    processes=sys.argv[4] == "processes")
    print(end.reason, file=sys.stderr)
    sys.exit(0 if end.is_complete else 1)
"""


@pytest.fixture(name="study", scope="module")
def study_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of 400 runs, some seconds long, and its results when nothing disturbs it, in the folder ``whole``."""
    warm_up()
    folder = tmp_path_factory.mktemp("study")
    path = write_study(folder, replicates=REPLICATES, weeks=WEEKS)
    run_study(path, folder / "whole", workers=2)
    (folder / "script.py").write_text(SCRIPT)
    return path


def start(study: Path, out: Path, runs_per_chunk: int, engine: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(study.parent / "script.py"), str(study), str(out), str(runs_per_chunk), engine]
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment, start_new_session=True)


def children(pid: int) -> list[int]:
    """Return the worker processes of a study."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
            arguments = stat.with_name("cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid and b"spawn_main" in arguments:
            found.append(int(stat.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds worker processes in /proc, as on Linux")
def test_kill_9_at_random_moments_loses_nothing(study: Path, tmp_path: Path) -> None:
    rng = random.Random(20)
    kills = {"study": 0, "worker": 0}
    reported = most = 0
    while sum(kills.values()) < N_KILLS:
        # Every other time a worker goes first, and the study after it.
        kills_worker = kills["worker"] < kills["study"]
        engine = "processes" if kills_worker else rng.choice(["threads", "processes"])
        run = start(study, tmp_path / "out", rng.choice([3, 10, 25]), engine)
        assert run.stdout is not None
        line = run.stdout.readline()
        reported = max(reported, int(line or 0))
        time.sleep(rng.uniform(0.0, 0.6))
        workers = children(run.pid) if kills_worker else []
        if workers:
            os.kill(rng.choice(workers), signal.SIGKILL)
            kills["worker"] += 1
            for _ in range(rng.randrange(1, 6)):
                reported = max(reported, int(run.stdout.readline() or 0))
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
            kills["study"] += 1
        reported = max([reported, *(int(text) for text in run.communicate()[0].split("\n")[:-1])])

        done = Results(tmp_path / "out").status().n_done
        assert done >= reported, "a run that was reported done is gone"
        most = max(most, done)
        if done == 4 * REPLICATES:
            assert results_of(tmp_path / "out") != {}
            shutil.rmtree(tmp_path / "out")
            reported = 0

    end = run_study(study, tmp_path / "out", workers=2)

    assert end.is_complete
    assert end.progress.n_failed == 0
    assert results_of(tmp_path / "out") == results_of(study.parent / "whole")
    assert min(kills.values()) >= N_KILLS // 3
    print(json.dumps({"kills": kills, "most_done_when_killed": most}))


@pytest.fixture(name="small_disk")
def small_disk_fixture(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of 1 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small file system may not be made here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_stops_the_study_in_words_and_it_goes_on_when_there_is_room(study: Path, small_disk: Path) -> None:
    rng = random.Random(3)
    ballast = small_disk / "ballast"
    n_full = done = 0
    while n_full < 3:
        free = os.statvfs(small_disk).f_bavail * 4096 + (ballast.stat().st_size if ballast.exists() else 0)
        ballast.write_bytes(bytes(max(0, free - rng.randrange(20_000, 120_000))))
        run = start(study, small_disk / "out", rng.choice([5, 20]), "threads")
        output, words = run.communicate()
        ballast.unlink()
        assert run.returncode == 1, words
        assert "No space left on device" in words
        assert "Traceback" not in words
        reported = max([0, *(int(line) for line in output.split("\n")[:-1])])
        done_before, done = done, Results(small_disk / "out").status().n_done
        assert done >= max(reported, done_before)
        n_full += 1
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)

    end = run_study(study, small_disk / "out", workers=2)

    assert end.is_complete
    assert results_of(small_disk / "out") == results_of(study.parent / "whole")
