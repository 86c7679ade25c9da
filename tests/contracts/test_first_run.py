"""The first run of somebody without a home folder, a compiler, or an installation that they may write to."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.served import free_port
from tests.wheels import built_wheel

NOBODY = 65534
PATIENCE = 900.0
INTERPRETERS = (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}", shutil.which("python3") or "")
SITE_PACKAGES = next(path for path in sys.path if path.endswith("site-packages"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(2 * PATIENCE),
    pytest.mark.skipif(
        os.name != "posix" or os.getuid() != 0 or shutil.which("setpriv") is None,
        reason="only root can become somebody else",
    ),
]


@dataclass(frozen=True)
class Newcomer:
    """Somebody who may write to one folder, and to nothing else."""

    python: str
    installed: Path
    folder: Path
    home: dict[str, str]

    def words(self, *words: str) -> list[str]:
        """Return a command that is given as this user, without anything of ours in its environment."""
        own = {"PATH": "/nonexistent", "PYTHONPATH": f"{self.installed}{os.pathsep}{SITE_PACKAGES}", **self.home}
        return [
            str(shutil.which("setpriv")), f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
            "/usr/bin/env", "-i", *(f"{name}={value}" for name, value in own.items()), self.python, *words,
        ]  # fmt: skip

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Give the command, and see that it ends well and says no more than it has to."""
        done = subprocess.run(
            self.words("-m", "sim", *words), cwd=self.folder, capture_output=True, text=True, timeout=PATIENCE
        )
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        assert "Warning" not in done.stderr
        return done


@pytest.fixture(scope="module", name="place")
def place_fixture() -> Iterator[tuple[str, Path]]:
    """Give a Python that everybody may run, and an installation that nobody may write to."""
    # Not in pytest's own folder, which it closes to others.
    with tempfile.TemporaryDirectory(prefix="cultureshift-first-run-") as name:
        folder = Path(name)
        with zipfile.ZipFile(built_wheel(folder, has_site=False)) as wheel:
            wheel.extractall(folder / "installed")
        folder.chmod(0o755)
        for path in [folder / "installed", *(folder / "installed").rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield _python_for_all(folder), folder


def _python_for_all(folder: Path) -> str:
    for python in filter(None, INTERPRETERS):
        newcomer = Newcomer(python, folder / "installed", folder, {})
        tried = subprocess.run(newcomer.words("-c", "import numpy, numba, typer"), capture_output=True, check=False)
        if tried.returncode == 0:
            return python
    pytest.skip("no Python here can be run by somebody else")


HOMES = ("no HOME", "HOME that is not there", "HOME of others")
without_a_home = pytest.mark.parametrize("newcomer", HOMES[:1], indirect=True)
"""What has to be compiled anew is tried once: the others differ in nothing that a compiler sees."""


@pytest.fixture(name="newcomer", params=HOMES)
def newcomer_fixture(request: pytest.FixtureRequest, place: tuple[str, Path]) -> Newcomer:
    python, folder = place
    own = Path(tempfile.mkdtemp(prefix="somebody-", dir=folder))
    os.chown(own, NOBODY, NOBODY)
    home = {"no HOME": {}, "HOME that is not there": {"HOME": "/nonexistent"}, "HOME of others": {"HOME": "/root"}}
    assert not os.path.exists(pwd.getpwuid(NOBODY).pw_dir)
    return Newcomer(python, folder / "installed", own, home[request.param])


def test_the_first_words_are_answered(newcomer: Newcomer) -> None:
    assert "run" in newcomer.call("--help").stdout
    assert "shoestring-year" in newcomer.call("scenarios").stdout
    newcomer.call("organisation", "template", "mine")

    assert [path.name for path in newcomer.folder.iterdir()] == ["mine"]


@without_a_home
def test_the_first_run_leaves_only_what_was_asked_for(newcomer: Newcomer) -> None:
    ran = newcomer.call("run", "shoestring-year", "-n", "2", "--weeks", "20", "--out", "results")

    assert "Written to results" in ran.stdout
    assert ran.stderr.count("Nothing can be kept in") <= 2
    assert "Compiling the model" in ran.stderr
    assert "matplotlib" not in ran.stderr.lower()
    assert [path.name for path in newcomer.folder.iterdir()] == ["results"]
    assert (newcomer.folder / "results" / "figure.png").stat().st_size > 10_000
    assert [path for path in newcomer.installed.rglob("*") if path.name == "__pycache__"] == []


@pytest.fixture(scope="module", name="kept")
def kept_fixture(place: tuple[str, Path]) -> dict[str, str]:
    """Name a folder for what is compiled, which serves one test after the other."""
    folder = Path(tempfile.mkdtemp(prefix="kept-", dir=place[1]))
    os.chown(folder, NOBODY, NOBODY)
    return {"CULTURESHIFT_CACHE_DIR": str(folder)}


@without_a_home
def test_a_folder_for_what_is_compiled_can_be_named(newcomer: Newcomer, kept: dict[str, str]) -> None:
    with_cache = replace(newcomer, home={**newcomer.home, **kept})

    with_cache.call("organisation", "template", "mine")
    with_cache.call("organisation", "check", "mine")
    again = with_cache.call("organisation", "check", "mine")

    assert "Compiling" not in again.stderr
    assert "compiled code" not in again.stderr


@without_a_home
def test_the_dashboard_answers_where_nothing_can_be_kept(newcomer: Newcomer) -> None:
    _dashboard_answers(newcomer)


def test_the_dashboard_answers_whatever_the_home(newcomer: Newcomer, kept: dict[str, str]) -> None:
    _dashboard_answers(replace(newcomer, home={**newcomer.home, **kept}))


def _dashboard_answers(newcomer: Newcomer) -> None:
    port = free_port()
    with subprocess.Popen(
        newcomer.words("-m", "sim", "dashboard", "--port", str(port), "--no-browser"), cwd=newcomer.folder,
        stderr=subprocess.PIPE, text=True,
    ) as server:  # fmt: skip
        try:
            _wait_for(f"http://127.0.0.1:{port}/readyz", server)
        finally:
            server.terminate()
        said = server.stderr.read() if server.stderr else ""
    assert "Traceback" not in said
    assert "WARNING" not in said
    assert f"ready at http://127.0.0.1:{port}/?code=" in said


def _wait_for(address: str, server: subprocess.Popen[str]) -> None:
    until = time.monotonic() + PATIENCE / 3
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            assert server.poll() is None, server.stderr.read() if server.stderr else ""
            time.sleep(0.3)
    raise AssertionError("the dashboard does not answer")
