"""Staff stand in columns: read and written by name, copied, laid out as rows, and known in another process."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.rulebook.columns import StaffColumns, can_be_column, staff_columns
from sim.rulebook.rulebook import RULEBOOK

ROOT = Path(__file__).parents[3]


def staff() -> StaffColumns:
    return staff_columns({"safety": np.array([0.25, 0.5, 0.75]), "outcome": np.array([1, 2, 3], dtype="u1")})


def test_a_column_is_read_and_written_by_its_name() -> None:
    people = staff()
    column = people["safety"]
    people["safety"] = 0.1

    assert people.n_seats == 3
    assert column.tolist() == [0.1, 0.1, 0.1]
    with pytest.raises(AttributeError, match="happiness"):
        _ = people["happiness"]


def test_a_copy_goes_its_own_way() -> None:
    people = staff()
    other = people.copy()
    other["safety"] = 0.0

    assert type(other) is type(people)
    assert people["safety"].tolist() == [0.25, 0.5, 0.75]


def test_a_record_is_everything_about_one_seat() -> None:
    assert staff().as_records()[1].tolist() == (0.5, 2)


def test_the_same_columns_are_one_type_and_others_another() -> None:
    """Code is compiled for a type: of other columns, or of the same in another order, it would read the wrong ones."""
    swapped = staff_columns({"outcome": np.zeros(3), "safety": np.zeros(3)})

    assert type(staff()) is type(staff())
    assert type(swapped) is not type(staff())
    assert type(swapped).__name__ != type(staff()).__name__


def test_the_type_is_found_again_in_another_process() -> None:
    """So a compiled kernel that is kept can be loaded before anybody there has made such columns."""
    code = "import pickle, sys; print(pickle.load(sys.stdin.buffer)['outcome'].tolist())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, input=pickle.dumps(staff()), capture_output=True)

    assert done.stdout.decode().strip() == "[1, 2, 3]", done.stderr.decode()


def test_all_columns_of_the_package_can_be_said_in_kernels() -> None:
    assert all(can_be_column(name) for named in RULEBOOK.columns.values() for name in named)
    assert type(RULEBOOK.zeros("staff", 2)) is type(RULEBOOK.zeros("staff", 5))
