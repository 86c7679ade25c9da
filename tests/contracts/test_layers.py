"""The architecture is a test: imports go down, mechanisms stand alone, and heavy libraries wait until needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("mesa", "numba", "networkx", "pandas", "matplotlib", "solara", "duckdb", "dask", "SALib", "optuna", "sklearn")


def test_imports_go_down() -> None:
    """Run the contracts of ``pyproject.toml`` with import-linter."""
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


@pytest.mark.parametrize("module", ["sim", "sim.base.errors", "sim.rulebook.parameters", "sim.commands"])
def test_importing_it_loads_nothing_heavy(module: str) -> None:
    """So that the command line answers at once."""
    code = f"import sys, {module}; print(' '.join(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


@pytest.mark.slow
def test_importing_the_engine_writes_nothing(tmp_path: Path) -> None:
    """Importing has no side effects: no file, no output, no thread."""
    code = "import threading, sim.engine.week; print(threading.active_count(), end='')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "1", "")
    assert [path for path in tmp_path.iterdir() if path.name != ".cache"] == []


def test_what_is_marked_stands_where_make_looks_for_it() -> None:
    """``make test-browser`` and ``make test-slow`` read these files alone, which is quicker than to read all."""
    browser, slow = "mark." + "browser", "mark." + "slow"

    asking = {path for path in (ROOT / "tests").rglob("*.py") if browser in path.read_text("utf-8")}
    assert asking == set((ROOT / "tests").glob("*/*_browser.py"))
    assert [path for path in (ROOT / "sim").rglob("*.py") if slow in path.read_text("utf-8")] == []
