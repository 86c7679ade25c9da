"""The shipped draws over what nobody has measured are read whole, and a table that is none is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.base.errors import InputError
from sim.inputs.draws import Draws, draws, read_draws, written

THREE = Draws(("pull_to_control", "purpose_holds"), np.array([[0.1 / 3, 0.5], [0.07, 2 / 3], [0.09, 1.0]]))


def test_what_is_written_is_read_to_the_last_bit(tmp_path: Path) -> None:
    path = tmp_path / "draws.csv"
    path.write_text(written(THREE))
    found = read_draws(path)
    assert found.names == THREE.names
    assert np.array_equal(found.values, THREE.values)
    assert found.digest() == THREE.digest()
    assert found[2] == {"pull_to_control": 0.09, "purpose_holds": 1.0}


def test_a_parameter_can_be_left_out() -> None:
    left = THREE.without(["pull_to_control", "witness_weight"])
    assert left.names == ("purpose_holds",)
    assert left.values[:, 0].tolist() == [0.5, 2 / 3, 1.0]
    assert left.digest() != THREE.digest()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a line of names"),
        ("purpose_holds\n", "a line of names"),
        ("purpose_hold\n0.5\n", "purpose_holds"),
        ("purpose_holds,purpose_holds\n0.5,0.5\n", "each parameter once"),
        ("purpose_holds\nmuch\n", "line 2: purpose_holds: wanted a number from 0 to 1"),
        ("purpose_holds\n0.5\n1.5\n", "line 3: purpose_holds: wanted a number from 0 to 1"),
        ("purpose_holds\n0.5,0.5\n", "wanted 1 values, got 2"),
    ],
)
def test_a_table_with_faults_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "draws.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        read_draws(path)


def test_who_asks_for_draws_that_are_not_made_is_told_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.inputs.draws._SHIPPED", tmp_path / "draws.csv")
    with pytest.raises(InputError, match="makes them"):
        draws()
