"""A script that starts processes without a guard gets a sentence; with one, it runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PATIENCE = 240.0
START = "choose_engine(workers=2, processes=True).close()"
UNGUARDED = f"""\
from sim.study.engines import choose_engine

print("here")
{START}
"""
IN_A_FUNCTION = f"""\
from sim.study.engines import choose_engine

def work():
    print("here")
    {START}

if True:
    work()
"""
GUARDED = f"""\
from sim.study.engines import choose_engine

def work():
    print("here")
    {START}

try:
    if __name__ == "__main__":
        work()
finally:
    pass
"""


def run_script(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    script = folder / "script.py"
    script.write_text(text)
    return subprocess.run([sys.executable, script], capture_output=True, text=True, check=False, timeout=PATIENCE)


@pytest.mark.parametrize(("text", "line"), [(UNGUARDED, 4), (IN_A_FUNCTION, 8)])
def test_a_script_without_a_guard_gets_a_sentence(tmp_path: Path, text: str, line: int) -> None:
    done = run_script(tmp_path, text)

    assert done.returncode == 1
    assert done.stdout == "here\n"
    assert done.stderr.count("Traceback") == 1
    assert f"script.py, line {line}: wanted processes to be started under `if __name__" in done.stderr.splitlines()[-1]


def test_a_script_with_a_guard_runs(tmp_path: Path) -> None:
    done = run_script(tmp_path, GUARDED)
    assert (done.returncode, done.stdout, done.stderr) == (0, "here\n", "")


def test_what_is_no_script_needs_no_guard() -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"from sim.study.engines import choose_engine; {START}"],
        capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
