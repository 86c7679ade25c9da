"""The command as a process of its own: pipes, terminals, encodings, interrupts."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.inputs.scenario.files import write_scenario
from tests.small_runs import YEAR

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-c", "from sim.commands import main; main()"]
POSIX = pytest.mark.skipif(os.name != "posix", reason="terminals and signals as on POSIX")
PATIENCE = 120.0


def environment(**more: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    return {**own, "PYTHONPATH": str(ROOT), **more}


def piped(folder: Path, *words: object, **more: str) -> subprocess.CompletedProcess[bytes]:
    command = [*COMMAND, *(str(word) for word in words)]
    return subprocess.run(command, cwd=folder, env=environment(**more), capture_output=True, check=False)


def on_a_terminal(folder: Path, *words: str, **more: str) -> str:
    """Return what the command shows on a terminal."""
    import pty

    ours, theirs = pty.openpty()
    command = [*COMMAND, *words]
    process = subprocess.Popen(
        command, cwd=folder, env=environment(TERM="xterm", **more), stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if select.select([ours], [], [], 0.1)[0]:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
    os.close(ours)
    process.wait(timeout=PATIENCE)
    return shown.decode()


@pytest.fixture(name="folder")
def folder_fixture(tmp_path: Path) -> Path:
    """A folder with a small scenario."""
    write_scenario(YEAR, tmp_path / "year.toml")
    return tmp_path


def test_piped_output_has_neither_colour_nor_progress(folder: Path) -> None:
    done = piped(folder, "run", "year.toml", "-n", 2, "--set", "title='Brücke [b]'")
    assert done.returncode == 0
    assert b"\x1b" not in done.stdout + done.stderr
    assert "Brücke [b]".encode() in done.stdout
    assert b"Running" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_characters_that_an_encoding_lacks_are_replaced(encoding: str, folder: Path) -> None:
    done = piped(folder, "parameters", "pull_to_control", PYTHONIOENCODING=encoding)
    assert done.returncode == 0
    done = piped(folder, "run", "year.toml", "-n", 2, "--set", "title='κ Łódź'", PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode(encoding).startswith("?")


@POSIX
def test_a_terminal_gets_a_progress_bar_and_no_color_is_respected(folder: Path) -> None:
    shown = on_a_terminal(folder, "run", "year.toml", "-n", "2")
    assert "Running" in shown
    assert "\x1b[1m" in shown
    plain = on_a_terminal(folder, "run", "year.toml", "-n", "2", NO_COLOR="1")
    assert "\x1b[3" not in plain


@POSIX
def test_a_reader_that_stops_reading_gives_no_traceback(folder: Path) -> None:
    done = subprocess.run(
        f"'{sys.executable}' -c 'from sim.commands import main; main()' scenarios | head -1",
        shell=True, cwd=folder, env=environment(), capture_output=True, check=False,
    )  # fmt: skip
    assert b"Traceback" not in done.stderr
    assert done.stdout.count(b"\n") == 1


@POSIX
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_ends_quietly_and_leaves_nothing(number: int, code: int, folder: Path) -> None:
    command = [*COMMAND, "run", "shoestring-year", "-n", "400", "--weeks", "5000", "--out", "out", "--threads", "1"]
    process = subprocess.Popen(
        command, cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    time.sleep(3)
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == code
    assert b"Traceback" not in err
    assert out == b""
    assert [path.name for path in folder.iterdir()] == ["year.toml"]


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize("delay", [0.2, 0.6, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0])
def test_an_interrupt_at_any_time_leaves_all_or_nothing(delay: float, folder: Path) -> None:
    command = [*COMMAND, "run", "year.toml", "-n", "20", "--out", "out"]
    process = subprocess.Popen(
        command, cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    left = {path.name for path in folder.iterdir()} - {"year.toml"}
    assert b"Traceback" not in err
    assert process.returncode in (0, 130, -signal.SIGINT)  # the last: Python was leaving already
    assert left in (set(), {"out"})
    if left:
        assert len(list((folder / "out").iterdir())) == 5
