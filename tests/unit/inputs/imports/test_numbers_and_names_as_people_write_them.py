"""Decimal commas, shares, dates, spellings of teams and characters that nobody sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.inputs.imports import report_of, text_of_mapping
from sim.inputs.imports.values import date_order, to_number
from tests.unit.inputs.imports.files import asked, csv_of, imported, people_of, xlsx

STAFF = csv_of([["id", "team", "service"], *([n, "Ash" if n < 4 else "Oak", "S"] for n in range(8))])


def tenures(years: list[str], tmp_path: Path, delimiter: str = ";", others: str = "1") -> tuple[list[str], list[str]]:
    rows = [[n, "Ash", others, length] for n, length in enumerate(years)]
    table = csv_of([["id", "team", "FTE", "Length of service (years)"], *rows], delimiter)
    found = imported(tmp_path, staff_csv=table)
    return [person["tenure_weeks"] for person in people_of(found).values()], found.notes.assumed


# --- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("years", "weeks"),
    [
        (["0,045", "0,5", "0,062", "3"], ["2", "26", "3", "156"]),
        (["2,125", "1,5", "10,25", "3"], ["111", "78", "533", "156"]),
        (["2,125", "0,125", "1,000"], ["111", "7", "52"]),
    ],
)
def test_three_digits_behind_a_decimal_comma_are_no_thousands(
    years: list[str], weeks: list[str], tmp_path: Path
) -> None:
    assert tenures(years, tmp_path)[0] == weeks


def test_another_column_of_the_file_tells_what_a_comma_is(tmp_path: Path) -> None:
    assert tenures(["2,125", "3,250"], tmp_path, others="0,8") == (["111", "169"], tenures(["1", "1"], tmp_path)[1])


def test_commas_that_nothing_tells_of_are_said(tmp_path: Path) -> None:
    _, assumed = tenures(["2,125", "3"], tmp_path)

    assert any("commas such as in 1,234 are read between thousands" in told for told in assumed)


def test_a_score_and_a_post_with_decimal_commas_are_what_they_say(tmp_path: Path) -> None:
    staff = "id;team;FTE\n" + "".join(f"{n};Ash;1\n" for n in range(4)) + "9;Ash;0,125\n9;Oak;0,8\n8;Oak;1\n"
    survey = "# scale: 1 to 5\nid;I feel safe to speak up\n0;3,125\n1;2,5\n2;4\n3;1,75\n"
    found = imported(tmp_path, staff_csv=staff, survey_csv=survey)

    assert people_of(found)["9"]["team"] == "Oak"
    assert [row[3] for row in found.tables["survey.csv"][1:5]] == ["0.53125", "0.375", "0.75", "0.1875"]


@pytest.mark.parametrize(
    ("cell", "number"),
    [("0,125", 0.125), ("1,234", 1234), ("1,234,567", 1234567), ("12345,678", 12345.678), ("-0,5", -0.5), ("1,2", 1.2)],
)
def test_a_number_alone_is_read_as_it_must_be(cell: str, number: float) -> None:
    assert to_number(cell) == number


def shares(*cells: str) -> str:
    return csv_of([["team", "Feel safe to speak up: % agree"], *zip(("Ash", "Oak"), cells, strict=True)])


def test_shares_and_per_cent_in_one_column_are_brought_together_and_said(tmp_path: Path) -> None:
    found = imported(tmp_path, staff_csv=STAFF, survey_csv=shares("0.62", "100%"))
    header, *rows = found.tables["survey.csv"]

    assert [row[header.index("safety_agreeing")] for row in rows] == ["62", "100"]
    assert any("without a per cent sign are shares" in told for told in found.notes.assumed)
    assert "whether all cells" in asked(tmp_path, staff_csv=STAFF, survey_csv=shares("1", "100%"))


def test_per_cent_with_and_without_their_sign_are_the_same(tmp_path: Path) -> None:
    header, *rows = imported(tmp_path, staff_csv=STAFF, survey_csv=shares("62", "40%")).tables["survey.csv"]

    assert [row[header.index("safety_agreeing")] for row in rows] == ["62", "40"]


def test_dates_that_say_both_which_comes_first_are_said(tmp_path: Path) -> None:
    rows = [[0, "Ash", "04/25/2020"], [1, "Ash", "25/04/2020"], [2, "Ash", "03/04/2020"]]
    found = imported(tmp_path, staff_csv=csv_of([["id", "team", "Hired"], *rows]))

    assert date_order(["04/25/2020", "25/04/2020"]) is None
    assert any("both 25/04/2020 and 04/25/2020 stand there" in told for told in found.notes.assumed)


@pytest.mark.parametrize("heading", ["date", "Timestamp", "Next review", "DBS check date", "Last login", "Expiry"])
def test_dates_of_what_nobody_says_are_no_start_and_this_is_said(heading: str, tmp_path: Path) -> None:
    rows = [[n, "Ash", f"20{10 + n}-03-05"] for n in range(4)]
    found = imported(tmp_path, staff_csv=csv_of([["id", "team", heading], *rows]))

    assert "tenure_weeks" not in found.tables["people.csv"][0]
    assert any("dates of what is not told" in told and f'"{heading}"' in told for told in found.notes.left_out)


@pytest.mark.parametrize("heading", ["Here since", "In post since", "Date entered service", "Eintrittsdatum"])
def test_dates_of_a_beginning_are_a_start_in_any_words(heading: str, tmp_path: Path) -> None:
    rows = [[n, "Ash", f"20{10 + n}-03-05"] for n in range(4)]
    found = imported(tmp_path, staff_csv=csv_of([["id", "team", heading], *rows]))

    assert "tenure_weeks" in found.tables["people.csv"][0]
    assert any(f'"{heading}" taken as start date' in told for told in found.notes.assumed)


@pytest.mark.parametrize("heading", ["My manager listens", "Manager support (1-5)", "I cannot challenge my manager"])
def test_points_of_a_question_about_managers_are_nobodys_leader(heading: str, tmp_path: Path) -> None:
    survey = csv_of([["id", heading], *([n, 1 + n % 5] for n in range(20))])
    found = imported(tmp_path, staff_csv=STAFF, survey_csv=survey)

    (sheet,) = (one for one in found.sheets if one.table.title == "survey.csv")
    assert [column.meaning for column in sheet.columns] == ["id", "ignored"]
    assert any(told.startswith("survey.csv: all of it") for told in found.notes.left_out)


def test_a_share_that_may_be_of_one_or_of_a_hundred_is_said(tmp_path: Path) -> None:
    found = imported(tmp_path, staff_csv=STAFF, survey_csv=shares("62", "0.7"))

    assert any("0.7 stands among numbers up to 62" in told for told in found.notes.assumed)


# --- names ------------------------------------------------------------------------------------------------------------


def test_spellings_of_a_team_are_one_team_and_said(tmp_path: Path) -> None:
    names = ["Ash", "ASH", "Ash.", "Ash", " ash ", "Oak", "Oak", "oak"]
    services = ["Medicine", "medicine", *["Medicine"] * 6]
    staff = csv_of(
        [["id", "team", "service"], *([n, *both] for n, both in enumerate(zip(names, services, strict=True)))]
    )
    survey = csv_of([["team", "Safe: % agree"], ["ASH", "60%"], ["OAK.", "40%"]])
    found = imported(tmp_path, staff_csv=staff, survey_csv=survey)
    people = people_of(found).values()

    assert {(person["team"], person["service"]) for person in people} == {("Ash", "Medicine"), ("Oak", "Medicine")}
    assert {row[1] for row in found.tables["survey.csv"][1:]} == {"Ash", "Oak"}
    assert [told for told in found.notes.assumed if "are taken as one team, called 'Ash'" in told]


def test_anonymous_answers_of_a_team_count_whatever_its_spelling(tmp_path: Path) -> None:
    rows = [["Ash", 5], ["ASH", 1], ["Ash", 5], ["ash.", 1], ["Oak", 3], ["OAK", 3]]
    found = imported(tmp_path, staff_csv=STAFF, survey_csv="# scale: 1 to 5\n" + csv_of([["team", "safety"], *rows]))
    header, *told = found.tables["survey.csv"]
    scores = {(row[1], row[header.index("safety")]): row[header.index("times_given")] for row in told}

    assert scores == {("Ash", "0"): "2", ("Ash", "1"): "2", ("Oak", "0.5"): "2"}


def test_wards_with_other_numbers_stay_apart(tmp_path: Path) -> None:
    staff = csv_of([["id", "team"], *([n, f"Ward {n % 2}-1" if n < 4 else "Ward 11"] for n in range(8))])

    assert len({person["team"] for person in people_of(imported(tmp_path, staff_csv=staff)).values()}) == 3


UNSEEN = "\u202e\u2066\u200b\u200f\ufeff\u00ad\u2060\x1b\x9b"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_characters_that_turn_text_or_are_not_seen_reach_no_file(kind: str, tmp_path: Path) -> None:
    hidden = UNSEEN if kind == "csv" else UNSEEN.replace("\x1b", "").replace("\x9b", "")
    rows = [["id", f"team{hidden}", "service"], *([f"{n}{hidden}", f"A{hidden}sh", f"{hidden}S"] for n in range(4))]
    content = csv_of(rows) if kind == "csv" else xlsx(**{"S": rows})
    found = imported(tmp_path, **{f"sta\u202eff_{kind}": content})
    written = "".join([*found.texts().values(), report_of(found), text_of_mapping(found.mapping)])

    assert [letter for letter in written if not letter.isprintable() and letter != "\n"] == []
    assert {person["team"] for person in people_of(found).values()} <= {"Ash", "A sh"}
