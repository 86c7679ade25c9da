"""Importing costs nothing and does nothing: no time, no file, no setting, no heavy package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = (
    "numpy", "scipy", "numba", "mesa", "networkx", "pandas", "pyarrow", "matplotlib", "pydantic", "rich",
    "solara", "duckdb", "dask", "SALib", "optuna", "sklearn",
)  # fmt: skip


def python(code: str, *words: str) -> str:
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def loaded(code: str, *words: str) -> list[str]:
    """Return the heavy packages that some code leaves loaded."""
    report = f"import sys; print('LOADED', *(name for name in {HEAVY!r} if name in sys.modules))"
    out = python(f"{code}\n{report}", *words)
    return out.rpartition("LOADED")[2].split()


@pytest.mark.parametrize("module", ["sim", "sim.commands", "sim.base.errors", "sim.base.files", "sim.base.version"])
def test_importing_it_loads_no_heavy_package(module: str) -> None:
    assert loaded(f"import {module}") == []


@pytest.mark.parametrize("words", [["--help"], ["--version"], []])
def test_help_and_version_load_no_heavy_package(words: list[str]) -> None:
    code = "from sim.commands import main\ntry: main()\nexcept SystemExit: pass"
    assert loaded(code, *words) == []


def test_the_package_loads_nothing_before_ctrl_c_is_answered() -> None:
    """The command is in the package, so Python imports the package first; an interrupt then would be a traceback."""
    code = "import sys; before = set(sys.modules); import sim; print(*sorted(set(sys.modules) - before))"
    command = [sys.executable, "-S", "-E", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() == ["sim"]


def test_importing_changes_no_setting() -> None:
    code = (
        "import locale, multiprocessing, os, random, signal, threading, warnings\n"
        "def state(): return (dict(os.environ), os.getcwd(), random.getstate(), list(warnings.filters),"
        " threading.active_count(), signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM),"
        " multiprocessing.get_start_method(allow_none=True), locale.setlocale(locale.LC_ALL))\n"
        "before = state()\nimport sim, sim.commands\nassert state() == before, (before, state())"
    )
    assert python(code) == ""


def test_a_public_name_loads_only_what_it_needs() -> None:
    assert "matplotlib" not in loaded("from sim import Scenario, load_scenario")
    assert "mesa" not in loaded("from sim import run_paired")
