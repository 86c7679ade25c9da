"""Numbers as a country writes them: 2,125 is two and an eighth where a file has decimal commas."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.inputs.imports.sheets import read_sheets
from sim.inputs.imports.values import to_number
from tests.unit.inputs.imports.files import imported

STAFF = "Employee Number,Ward,Division,Staff Group,Position Title\n" + "".join(
    f"{k},{'Ash' if k < 5 else 'Oak'},Medicine,Nursing,Nurse\n" for k in range(1, 9)
)


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["2,125", "0,5"], ["2.125", "0.5"]),
        (["2,125", "0,125"], ["2.125", "0.125"]),
        (["2,125", "61,4 %"], ["2.125", "61.4 %"]),
        (["2,125", "1,500"], ["2,125", "1,500"]),
        (["2,125", "0,5", "1,234,567"], ["2,125", "0,5", "1,234,567"]),
        (["2,125", "0,5", "61.4"], ["2,125", "0,5", "61.4"]),
    ],
)
def test_a_comma_is_decimal_where_some_number_cannot_be_read_otherwise(
    cells: list[str], read: list[str], tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("number;\n" + "".join(f"{cell};\n" for cell in cells))
    (sheet,) = read_sheets(tmp_path / "a.csv")
    assert [row[0] for row in sheet.rows[1:]] == read
    assert sheet.has_decimal_commas == (read != cells)


@pytest.mark.parametrize(("cell", "number"), [("0,045", 0.045), ("00,045", 0.045), ("1,045", 1045.0), ("-0,5", -0.5)])
def test_thousands_do_not_begin_with_nought(cell: str, number: float) -> None:
    assert to_number(cell) == number


def test_of_two_posts_the_larger_part_counts_however_it_is_written(tmp_path: Path) -> None:
    rows = [f"{k};{'Ash' if k < 5 else 'Oak'};Medicine;Nursing;Nurse;1" for k in range(1, 9)]
    staff = [
        "Employee Number;Ward;Division;Staff Group;Position Title;FTE",
        *rows,
        "200;Ash;Medicine;Nursing;Nurse;0,125",
    ]
    text = "\n".join([*staff, "200;Oak;Medicine;Nursing;Nurse;0,8"]) + "\n"
    found = imported(tmp_path, staff_csv=text)
    heading, *people = found.tables["people.csv"]
    assert [row[heading.index("team")] for row in people if row[0] == "200"] == ["Oak"]
    assert any("with decimal commas" in told for told in found.notes.understood)


def test_shares_and_per_cent_in_one_column_are_all_in_per_cent(tmp_path: Path) -> None:
    survey = "Ward,I feel safe to speak up,Respondents\nAsh,0.62,4\nOak,100%,4\n"
    found = imported(tmp_path, answers={"scores": "agreeing"}, staff_csv=STAFF, survey_csv=survey)
    heading, *teams = found.tables["survey.csv"]
    agreeing = {row[heading.index("team")]: float(row[heading.index("safety_agreeing")]) for row in teams}
    assert agreeing == pytest.approx({"Ash": 62.0, "Oak": 100.0})
    assert any("shares of one" in told for told in found.notes.assumed)


def test_what_is_not_seen_is_in_no_name(tmp_path: Path) -> None:
    found = imported(tmp_path, staff_csv=STAFF.replace("Ash", "A\u202esh\u200b").replace("Oak", "\ufeffO\u2066ak"))
    heading, *people = found.tables["people.csv"]
    assert {row[heading.index("team")] for row in people} >= {"Ash", "Oak"}
    assert not any(ord(letter) > 0x2000 for row in people for cell in row for letter in cell)
