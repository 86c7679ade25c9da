"""Staff lists as organisations have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.inputs.tables import read_organisation
from tests.unit.inputs.imports.files import asked, csv_of, imported, ods, organisation_of, people_of, xlsx

HEADINGS = ["Employee Number", "Ward", "Division", "Staff Group", "Position Title", "Hired"]
ROWS = [
    [101, "Ash Ward", "Medicine", "Nursing and Midwifery Registered", "Ward Manager (Band 7)", "01/04/2015"],
    [102, "Ash Ward", "Medicine", "Nursing and Midwifery Registered", "Staff Nurse", "17/11/2023"],
    [103, "Ash Ward", "Medicine", "Additional Clinical Services", "Healthcare Support Worker", "2021-09-30"],
    [104, "Oak Ward", "Medicine", "Medical and Dental", "Consultant", "30-Jun-20"],
    [105, "Oak Ward", "Medicine", "Allied Health Professionals", "Physiotherapist", ""],
    [106, "", "Medicine", "Medical and Dental", "Clinical Director", ""],
]
TABLE = [HEADINGS, *ROWS]


@pytest.mark.parametrize(
    "content",
    [
        csv_of(TABLE),
        csv_of(TABLE, ";"),
        csv_of(TABLE, "\t"),
        csv_of(TABLE, "|"),
        "sep=;\r\n" + csv_of(TABLE, ";").replace("\n", "\r\n"),
        "\ufeff" + csv_of(TABLE),
        csv_of(TABLE).encode("utf-16"),
        csv_of([["Staff list, exported 31 March 2025"], [], *TABLE, [], ["Total", 6]]),
        csv_of([[*row[::-1], "x"] for row in TABLE]),
        xlsx(People=TABLE),
        xlsx(Notes=[["Read me first"]], People=[["Staff list"], *TABLE]),
        ods(TABLE),
    ],
    ids=[
        "comma",
        "semicolon",
        "tab",
        "bar",
        "sep",
        "mark",
        "utf-16",
        "titles",
        "shuffled",
        "xlsx",
        "two-sheets",
        "ods",
    ],
)
def test_a_staff_list_is_understood_from_any_program(content: str | bytes, tmp_path: Path) -> None:
    people = people_of(imported(tmp_path, staff_csv=content))

    assert {own: person["role"] for own, person in people.items()} == {
        "101": "team_leader", "102": "staff", "103": "staff", "104": "staff", "105": "staff", "106": "senior_leader",
    }  # fmt: skip
    assert [people[str(n)]["staff_group"] for n in range(102, 106)] == [
        "nursing",
        "nursing",
        "medical",
        "allied_health",
    ]
    assert {person["team"] for person in people.values()} == {"Ash Ward", "Oak Ward", ""}
    assert people["102"]["tenure_weeks"] == "71"
    assert people["105"]["tenure_weeks"] == ""


def test_all_nine_staff_groups_of_the_national_data_set_are_known(tmp_path: Path) -> None:
    groups = (
        "Add Prof Scientific and Technic", "Additional Clinical Services", "Administrative and Clerical",
        "Allied Health Professionals", "Estates and Ancillary", "Healthcare Scientists", "Medical and Dental",
        "Nursing and Midwifery Registered", "Students",
    )  # fmt: skip
    rows = [[n, "A", group] for n, group in enumerate(groups)]
    found = imported(tmp_path, staff_csv=csv_of([["id", "team", "staff group"], *rows]))

    assert [person["staff_group"] for person in people_of(found).values()] == [
        "allied_health", "nursing", "administration", "allied_health", "operations", "allied_health", "medical",
        "nursing", "nursing",
    ]  # fmt: skip
    assert "1 student counted as nursing" in found.notes.assumed


def test_a_word_that_is_not_known_is_told_once_and_can_be_given_a_meaning(tmp_path: Path) -> None:
    rows = [[n, "A", "Wizard" if n % 2 else "Nurse"] for n in range(40)]
    table = csv_of([["id", "team", "Staff Group"], *rows])
    found = imported(tmp_path, staff_csv=table)
    told = [text for text in found.notes.assumed if "Wizard" in text]
    words = {"staff group": {"Wizard": "medical"}}
    again = imported(tmp_path, mapping=found.mapping.model_copy(update={"words": words}), staff_csv=table)

    assert len(told) == 1
    assert "(20)" in told[0]
    assert people_of(again)["1"]["staff_group"] == "medical"


def test_teams_and_leaders_follow_from_who_reports_to_whom(tmp_path: Path) -> None:
    rows = [[1, ""], [2, 1], [3, 1], *([n, 2] for n in range(4, 8)), *([n, 3] for n in range(8, 12))]
    people = people_of(imported(tmp_path, chart_csv=csv_of([["Worker", "Supervisor ID"], *rows])))

    assert people["1"]["role"] == "senior_leader"
    assert (people["2"]["role"], people["3"]["role"]) == ("team_leader", "team_leader")
    assert {people[str(n)]["team"] for n in (2, 4, 5, 6, 7)} == {"Team of 2"}
    assert {people[str(n)]["role"] for n in range(4, 12)} == {"staff"}


def test_reporting_lines_in_a_circle_are_told_and_do_no_harm(tmp_path: Path) -> None:
    rows = [[1, 2], [2, 1], [3, 1], [4, 1], [5, 2], [6, 2]]
    found = imported(tmp_path, chart_csv=csv_of([["id", "manager"], *rows]))

    assert "1 reporting line in a circle" in found.notes.left_out
    assert len(people_of(found)) == 6


def test_a_leader_is_found_by_name_or_address_too(tmp_path: Path) -> None:
    rows = [
        ["7", "Ada Byron", ""],
        *([str(n), f"Person {n}", "Byron, Ada" if n < 10 else "ADA BYRON"] for n in range(8, 13)),
    ]
    found = imported(tmp_path, staff_csv=csv_of([["Employee ID", "Full name", "Line Manager"], *rows]))

    assert {people_of(found)[str(n)]["team"] for n in range(8, 13)} == {"Team of 7"}
    assert not [text for text in found.notes.left_out if "reporting" in text]


def test_ids_that_a_spreadsheet_changed_are_found_all_the_same(tmp_path: Path) -> None:
    staff = csv_of([["id", "team"], *([f"{n:05d}", "A"] for n in range(20, 26))])
    survey = csv_of([["id", "safety"], ["22.0", 4], ["23", 5], ["00024", 2]])
    found = imported(tmp_path, staff_csv=staff, survey_csv="# scale: 1 to 5\n" + survey)

    answered = {row[0] for row in found.tables["survey.csv"][1:] if row[0]}
    assert answered == {"00022", "00023", "00024"}


def test_leavers_are_no_staff_and_make_a_turnover_with_an_interval(tmp_path: Path) -> None:
    stayed = [[n, "A", "2015-01-01", ""] for n in range(90)]
    left = [[n, "A", "2015-01-01", f"2024-{4 + n % 9:02d}-15"] for n in range(100, 110)]
    earlier = [[n, "A", "2015-01-01", "2023-05-01"] for n in range(200, 205)]
    table = csv_of([["id", "team", "hire date", "leaving date"], *stayed, *left, *earlier])
    found = imported(tmp_path, {"teams": "at random"}, staff_csv=table)
    staff = next(number for number in found.numbers if number.name == "staff_turnover")

    assert len(people_of(found)) == 90
    assert staff.value == pytest.approx(10 / 95, abs=0.01)
    assert (staff.low, staff.high) == (pytest.approx(0.05, abs=0.01), pytest.approx(0.195, abs=0.01))


def test_an_attrition_table_gives_staff_and_a_turnover(tmp_path: Path) -> None:
    rows = [
        [
            n,
            "Yes" if n % 8 == 0 else "No",
            ("Sales", "Research", "Human Resources")[n % 3],
            20 + n % 40,
            n % 30,
            "Laboratory Technician",
        ]
        for n in range(1, 121)
    ]
    headings = ["EmployeeNumber", "Attrition", "Department", "Age", "YearsAtCompany", "JobRole"]
    found = imported(tmp_path, {"teams": "at random", "team_size": 6}, attrition_csv=csv_of([headings, *rows]))

    assert len(people_of(found)) == 105
    assert len({person["team"] for person in people_of(found).values()}) >= 3
    assert any("Age" in text and "not needed" in text for text in found.notes.left_out)
    assert [number.name for number in found.numbers][:1] == ["staff_turnover"]


def test_turnover_is_not_counted_to_a_day_long_after_the_lists_end(tmp_path: Path) -> None:
    rows = [
        [n, f"T{n // 6}", f"2022-0{1 + n % 9}-11", f"2023-0{2 + n // 6}-02" if n % 6 == 5 else ""] for n in range(24)
    ]
    staff = csv_of([["id", "team", "hired", "left"], *rows])

    found = imported(tmp_path, staff_csv=staff)
    assert found.numbers == []
    (told,) = [text for text in found.notes.left_out if text.startswith("turnover: ")]
    assert "after 2023-05-02, more than a year before 2025-03-31" in told
    assert told.endswith("another day: --answer date=2023-05-02")
    counted = imported(tmp_path, {"date": "2023-05-02"}, staff_csv=staff)
    assert counted.numbers[0].name == "staff_turnover"
    assert counted.numbers[0].value > 0


def test_somebody_in_two_teams_counts_once_where_the_larger_part_of_the_post_is(tmp_path: Path) -> None:
    rows = [[1, "A", 0.4], [1, "B", 0.6], [2, "A", 1], [3, "A", 0.5], [4, "B", 0.5]]
    found = imported(tmp_path, staff_csv=csv_of([["id", "team", "WTE"], *rows]))

    assert people_of(found)["1"]["team"] == "B"
    assert any("1 person in two teams" in text for text in found.notes.assumed)


def test_one_team_name_in_two_services_is_two_teams(tmp_path: Path) -> None:
    rows = [[n, "Reception", "Medicine" if n < 5 else "Surgery"] for n in range(10)]
    found = imported(tmp_path, staff_csv=csv_of([["id", "team", "service"], *rows]))

    assert {person["team"] for person in people_of(found).values()} == {"Reception (Medicine)", "Reception (Surgery)"}
    assert organisation_of(found, tmp_path / "out").n_teams == 2


def test_of_two_leaders_of_a_team_the_one_whom_people_name_leads(tmp_path: Path) -> None:
    rows = [[1, "A", "team leader", ""], [2, "A", "team leader", ""], *([n, "A", "staff", 2] for n in range(3, 8))]
    people = people_of(imported(tmp_path, staff_csv=csv_of([["id", "team", "role", "manager"], *rows])))

    assert (people["1"]["role"], people["2"]["role"]) == ("staff", "team_leader")


def test_departments_are_asked_about_once_with_a_proposal(tmp_path: Path) -> None:
    rows = [[n, "Sales", 1000 + n // 8] for n in range(80)]
    leaders = [[1000 + n, "Sales", ""] for n in range(10)]
    with_leaders = csv_of([["id", "department", "manager"], *leaders, *rows])
    without = csv_of([["id", "department"], *(row[:2] for row in rows)])

    assert '--answer "teams=by leader" makes 10 teams' in asked(tmp_path, staff_csv=with_leaders)
    assert '--answer "teams=at random" --answer team_size=8' in asked(tmp_path, staff_csv=without)
    split = organisation_of(imported(tmp_path, {"teams": "by leader"}, staff_csv=with_leaders), tmp_path / "out")
    assert (split.n_teams, split.team_sizes.tolist()) == (10, [8] * 10)
    by_chance = organisation_of(
        imported(tmp_path, {"teams": "at random", "team_size": 10}, staff_csv=without), tmp_path / "two"
    )
    assert by_chance.team_sizes.tolist() == [10] * 8


def test_formulas_are_no_names_in_what_is_written(tmp_path: Path) -> None:
    rows = [[n, "=HYPERLINK(1)" if n < 3 else "@sum"] for n in range(6)]
    found = imported(tmp_path, staff_csv=csv_of([["id", "team"], *rows]))

    assert {person["team"] for person in people_of(found).values()} == {"'=HYPERLINK(1)", "'@sum"}
    organisation_of(found, tmp_path / "out")


def test_a_mapping_gives_the_same_again_and_serves_for_a_file_of_another_name(tmp_path: Path) -> None:
    first = imported(tmp_path, staff_csv=csv_of(TABLE))
    columns = dict(first.mapping.sheets["staff.csv"].columns)
    columns["Ward"], columns["Division"] = "ignored", "team"
    changed = first.mapping.model_copy(
        update={"sheets": {"staff.csv": first.mapping.sheets["staff.csv"].model_copy(update={"columns": columns})}}
    )
    again = imported(tmp_path, mapping=first.mapping, next_year_csv=csv_of(TABLE))
    other = imported(tmp_path, mapping=changed, staff_csv=csv_of(TABLE))

    assert again.tables == first.tables
    assert {person["team"] for person in people_of(other).values()} == {"Medicine", ""}


def test_a_mapping_that_does_not_go_with_a_file_is_refused_by_name(tmp_path: Path) -> None:
    first = imported(tmp_path, staff_csv=csv_of(TABLE))
    sheet = first.mapping.sheets["staff.csv"]
    wrong = sheet.model_copy(update={"columns": {"Warde": "team", "Ward": "tream"}})
    with pytest.raises(Exception, match=r'a column "Warde"') as caught:
        imported(
            tmp_path, mapping=first.mapping.model_copy(update={"sheets": {"staff.csv": wrong}}), staff_csv=csv_of(TABLE)
        )

    assert "tream" in str(caught.value)


def test_pseudonyms_leave_no_id_and_no_name_and_the_same_organisation(tmp_path: Path) -> None:
    from datetime import date

    from sim.inputs.imports import import_files
    from tests.unit.inputs.imports.files import written

    rows = [[f"secret-{n}", f"Name {n}", "A" if n < 5 else "B", 3 + n % 3] for n in range(10)]
    ties = [["from", "to"], ["secret-1", "secret-7"]]
    paths = written(
        tmp_path,
        staff_csv="# scale: 1 to 5\n" + csv_of([["id", "name", "team", "safety"], *rows]),
        ties_csv=csv_of(ties),
    )
    found = import_files(paths, today=date(2025, 3, 31), pseudonyms=True)
    text = "".join(found.texts().values())
    plain = organisation_of(import_files(paths, today=date(2025, 3, 31)), tmp_path / "plain")
    hidden = organisation_of(found, tmp_path / "hidden")

    assert "secret" not in text
    assert "Name" not in text
    assert sorted(plain.scores.safety) == sorted(hidden.scores.safety)
    assert hidden.team_sizes.tolist() == plain.team_sizes.tolist()
    assert read_organisation(tmp_path / "hidden").given_ties is not None


def test_a_column_of_job_titles_is_no_service_whatever_it_is_called(tmp_path: Path) -> None:
    rows = [[n, "Ash" if n < 4 else "Oak", "Ward Manager" if n in (0, 4) else "Staff Nurse"] for n in range(8)]

    found = imported(tmp_path, {}, staff_csv=csv_of([["id", "team", "Function"], *rows]))

    people = found.tables["people.csv"]
    assert len({row[people[0].index("service")] for row in people[1:]}) == 1
    assert sum("team_leader" in row for row in people) == 2


def test_dates_that_may_be_read_either_way_are_read_as_those_beside_them(tmp_path: Path) -> None:
    rows = [[n, "Ash", "nurse", "03/28/2015", ""] for n in range(6)] + [[6, "Ash", "nurse", "04/25/2016", "12/05/2024"]]
    table = csv_of([["id", "team", "role", "hire date", "leaving date"], *rows])

    found = imported(tmp_path, {}, staff_csv=table)

    assert not any("day first" in told for told in found.notes.assumed)
    assert not any("no dates" in told for told in found.notes.left_out)


# --- two numbers ------------------------------------------------------------------------------------------------------


def with_two_numbers(one: str, other: str) -> str:
    """Return a list in which two people have two rows each, by one number; the other is different in all."""
    rows = [[100 + (n // 2 if n < 4 else n), f"A{n}", f"T{n // 6}"] for n in range(24)]
    return csv_of([[one, other, "team"], *rows])


def test_numbers_of_posts_are_not_those_of_people(tmp_path: Path) -> None:
    found = imported(tmp_path, staff_csv=with_two_numbers("Employee Number", "Assignment Number"))

    assert len(people_of(found)) == 22
    assert any('"Employee Number" tells people apart (22 different)' in text for text in found.notes.understood)


def test_of_two_columns_that_may_tell_people_apart_and_do_not_agree_it_is_asked_which(tmp_path: Path) -> None:
    staff = with_two_numbers("Badge", "Staff No")

    assert '"Badge" (22 different), "Staff No" (24 different), in 24 rows' in asked(tmp_path / "a", staff_csv=staff)
    assert len(people_of(imported(tmp_path / "b", {"ids": "Badge"}, staff_csv=staff))) == 22
    assert len(people_of(imported(tmp_path / "c", {"ids": "Staff No"}, staff_csv=staff))) == 24


def test_people_are_found_by_a_second_number_that_goes_with_the_first(tmp_path: Path) -> None:
    staff = csv_of([["Staff No", "Badge", "team"], *([100 + n, f"A{n}", f"T{n // 6}"] for n in range(24))])
    survey = "# scale: 1 to 5\n" + csv_of([["Badge", "I feel safe to speak up"], ["A3", 4], ["A9", 1]])
    found = imported(tmp_path, staff_csv=staff, survey_csv=survey)

    assert [row[:4:3] for row in found.tables["survey.csv"][1:] if row[0]] == [["103", "0.75"], ["109", "0"]]
