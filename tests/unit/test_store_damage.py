"""Damage is seen: no bit of a study folder can change without a word, and what is damaged is run anew."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from sim.base.errors import CultureshiftError
from sim.results.store import Results
from sim.study.runner import run_study
from tests.small_studies import small_study


@pytest.fixture(name="made", scope="module")
def made_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished study."""
    folder = tmp_path_factory.mktemp("made")
    run_study(small_study(folder, replicates=3), folder / "out", workers=1)
    return folder / "out"


def test_no_single_bit_of_a_part_changes_the_summary_without_a_word(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "out")
    (path,) = (tmp_path / "out" / "parts").iterdir()
    content, wanted = path.read_bytes(), Results(made).summary()
    rng = random.Random(1)
    n_unseen = 0
    for _ in range(250):
        bit = rng.randrange(8 * len(content))
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        try:
            n_unseen += not Results(tmp_path / "out").summary().equals(wanted)
        except CultureshiftError:
            continue

    assert n_unseen == 0
