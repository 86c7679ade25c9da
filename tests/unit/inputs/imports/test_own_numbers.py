"""Numbers of an organisation's own records are kept beside its tables, read again, and held against those of a run."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sim.base.errors import InputError
from sim.inputs.imports import beside_records, parameters_in, ranges_of_records, read_numbers
from sim.inputs.imports.own_numbers import numbers_text
from sim.inputs.imports.records import Number
from tests.unit.inputs.imports.files import csv_of, imported

STAFF_LEAVE = Number("staff_turnover", 0.105, 0.05, 0.19, "per year", "")
VACANT = Number("vacancy_rate", 0.06, 0.02, 0.13, "share of posts", "")
LONGEST = 208


def read(folder: Path, text: str) -> list[Number]:
    (folder / "numbers.csv").write_text(text)
    return read_numbers(folder)


@given(ends=some.lists(some.floats(0, 1e6), min_size=3, max_size=3).map(sorted))
def test_what_is_written_is_read_to_six_digits(ends: list[float], tmp_path_factory: pytest.TempPathFactory) -> None:
    low, value, high = ends
    number = Number("staff_turnover", value, low, high, "per year", "")
    (found,) = read(tmp_path_factory.mktemp("ours"), numbers_text([number]))

    assert (found.name, found.unit) == (number.name, number.unit)
    assert (found.value, found.low, found.high) == pytest.approx((value, low, high), rel=1e-5)


def test_tables_without_numbers_have_none(tmp_path: Path) -> None:
    assert read_numbers(tmp_path) == []


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("staff_turnovr,0.1,0.05,0.2,", 'did you mean "staff_turnover"'),
        ("staff_turnover,many,0.05,0.2,", 'a number, got "many"'),
        ("staff_turnover,0.3,0.05,0.2,", "low, value and high in this order"),
        ("staff_turnover,0.1,0.05,0.2,\nstaff_turnover,0.1,0.05,0.2,", "each number once"),
    ],
)
def test_numbers_that_are_none_are_refused_with_their_line(row: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, f"parameter,value,low,high,unit\n{row}\n")

    assert told in str(caught.value)
    assert "numbers.csv: line" in str(caught.value)


def test_a_run_is_told_where_its_own_numbers_lie_in_the_intervals() -> None:
    def told(value: float) -> str:
        (sentence,) = beside_records({"staff_turnover": value}, [STAFF_LEAVE, VACANT])
        return sentence

    assert told(0.105).endswith("as it has.")
    assert told(0.14).endswith("your records say 0.105 (0.05 to 0.19 per year), so both may be true.")
    assert told(0.3).endswith("--set staff_turnover=0.105 takes it up.")


def test_intervals_end_where_the_model_does_and_a_vacancy_rate_is_no_parameter() -> None:
    slow = Number("time_to_hire", 60, 30, 400, "weeks", "")

    assert ranges_of_records([STAFF_LEAVE, VACANT, slow]) == {
        "staff_turnover": (0.05, 0.19),
        "time_to_hire": (30, LONGEST),
    }
    assert [one.name for one in parameters_in([VACANT])] == []


def test_an_interval_of_hardly_any_leavers_tells_nothing() -> None:
    few = Number("senior_leader_turnover", 0, 0, 6.42, "per year", "0 leavers in 1 person-year")

    assert list(beside_records({"senior_leader_turnover": 0.25}, [few])) == []
    assert ranges_of_records([few]) == {}


def test_an_import_says_which_numbers_tell_nothing(tmp_path: Path) -> None:
    rows = [[f"{n}", "T", "S", "2020-01-01", "2024-09-30" if n == 1 else ""] for n in range(10)]
    found = imported(tmp_path, staff_csv=csv_of([["id", "team", "service", "start date", "leaving date"], *rows]))

    assert any(told.startswith("staff_turnover: so few records") for told in found.notes.left_out)


def test_a_vacancy_rate_and_turnover_tell_the_time_to_hire_that_makes_as_many_posts_vacant(tmp_path: Path) -> None:
    rows = [[f"{n}", f"T{n // 8}", "S", "2020-01-01", "2024-09-30" if n % 8 == 0 else ""] for n in range(160)]
    staff = csv_of([["id", "team", "service", "start date", "leaving date"], *rows])
    posts = csv_of([["Team", "Establishment FTE", "FTE in post"], ["All", 100, 95]])
    numbers = {one.name: one for one in imported(tmp_path, staff_csv=staff, posts_csv=posts).numbers}

    leaving, rate, hire = (numbers[name] for name in ("staff_turnover", "vacancy_rate", "time_to_hire"))
    assert hire.value == pytest.approx(52 * 0.05 / 0.95 / leaving.value)
    assert hire.low == pytest.approx(52 * rate.low / (1 - rate.low) / leaving.high)
    assert hire.low < hire.value < hire.high <= 52
