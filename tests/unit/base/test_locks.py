"""A lock is held by one at a time, waited for so long as is said, and free when its holder ends."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sim.base import locks
from sim.base.locks import lock

HOLDER = """
import sys, time
from sim.base.locks import lock
file = open(sys.argv[1], "a")
print(lock(file), flush=True)
time.sleep(60)
"""


def test_one_holds_it_until_the_file_is_closed(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("a") as first, (tmp_path / "lock").open("a") as second:
        assert lock(first)
        assert not lock(second)
        first.close()
        assert lock(second)


def test_whoever_holds_it_is_waited_for_as_long_as_is_said(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("a") as first, (tmp_path / "lock").open("a") as second:
        assert lock(first)
        begun = time.monotonic()
        assert not lock(second, 0.2)
        assert time.monotonic() - begun >= 0.2
        threading.Timer(0.1, first.close).start()
        assert lock(second, 60.0)


def test_a_process_that_is_killed_holds_it_no_longer(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, tmp_path / "lock"], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    with (tmp_path / "lock").open("a") as file:
        assert not lock(file)
        holder.kill()
        assert lock(file, 60.0)
    holder.communicate()


def test_where_the_disk_knows_no_locks_nobody_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(locks, "_take", no_locks)
    with (tmp_path / "lock").open("a") as file:
        assert not lock(file, 1e9)
