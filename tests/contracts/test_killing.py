"""Work that is killed goes on where it was; ``python -m tests.kill`` kills as often as one likes."""

from __future__ import annotations

import os
import time
from pathlib import Path
from random import Random

import pytest

from tests import kill
from tests.killing import Confirm, StudyWork, Work, whole

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes as on POSIX")

QUICKEST = ("study", "map", "budget", "calibration", "room")
"""Kinds of work that are killed here; the command kills the longer ones as well."""


class Counting(Work):
    """Counts to forty in a file; a number is confirmed when it is there."""

    def do(self, folder: Path, how: int, confirm: Confirm) -> None:
        confirm(self.n_there(folder))
        for number in range(self.n_there(folder), 40):
            time.sleep(0.004)
            with (folder / "numbers").open("a") as file:
                file.write("x")
            confirm(number + 1)

    def n_there(self, folder: Path) -> int:
        return (folder / "numbers").stat().st_size if (folder / "numbers").exists() else 0

    def left(self, folder: Path) -> dict[str, bytes]:
        return {"numbers": (folder / "numbers").read_bytes()}


class Forgetting(Counting):
    """Confirms what it has not yet written."""

    def do(self, folder: Path, how: int, confirm: Confirm) -> None:
        super().do(folder, how, lambda number: confirm(number + 1))


class Repeating(Counting):
    """Writes a number again when it goes on."""

    def do(self, folder: Path, how: int, confirm: Confirm) -> None:
        if self.n_there(folder):
            (folder / "numbers").write_text("y" * self.n_there(folder))
        super().do(folder, how, confirm)


class Littering(Counting):
    """Leaves something behind when it is killed."""

    def do(self, folder: Path, how: int, confirm: Confirm) -> None:
        (folder / ".half").touch()
        super().do(folder, how, confirm)


def lives(work: Work, folder: Path) -> int:
    """Let some work live until three kills have hit it, and return how many have; a busy machine may miss it often."""
    right, rng, hit = whole(work, folder / "whole"), Random(1), 0
    for _ in range(100):
        hit += kill.one_life(work, folder / "killed", *right, rng)
        if hit >= 3:
            break
    return hit


def test_work_that_keeps_what_it_confirms_lives_through_kills(tmp_path: Path) -> None:
    assert lives(Counting(), tmp_path) >= 3


@pytest.mark.parametrize(
    ("work", "told"),
    [(Forgetting(), "were confirmed"), (Repeating(), "came out otherwise"), (Littering(), "is left behind")],
    ids=["forgets", "repeats", "litters"],
)
def test_work_that_loses_or_leaves_something_is_found_out(work: Work, told: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=told):
        lives(work, tmp_path)


def test_a_small_study_lives_through_kills(tmp_path: Path) -> None:
    study, rng = StudyWork(replicates=8, weeks=30), Random(1)

    kill.one_life(study, tmp_path / "killed", *whole(study, tmp_path / "whole"), rng)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("work", QUICKEST)
def test_what_is_killed_goes_on_and_comes_to_the_same(work: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert kill.main(["--kills", "1", "--work", work]) == 0, capsys.readouterr().out
