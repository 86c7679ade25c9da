"""Staff lists and lists of ties as personnel systems write them: who is who, who has left, and who is nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.inputs.imports import import_files
from tests.unit.inputs.imports.files import TODAY, asked, csv_of, imported, people_of, xlsx
from tests.unit.inputs.imports.wards import HEADS, PEOPLE, TEAMS, gone_as, listed, staff

# --- who is who -------------------------------------------------------------------------------------------------------


def test_ids_that_differ_in_case_or_in_zeros_alone_are_one_persons_and_this_is_said(tmp_path: Path) -> None:
    more = csv_of([[own.upper(), team, "Medicine", title] for own, team, title, _ in PEOPLE[:5]])
    found = imported(tmp_path, staff_csv=staff() + more)
    assert len(people_of(found)) == len(PEOPLE)
    assert any("5 ids that differ in capitals or leading zeros alone" in one for one in found.notes.assumed)


def test_two_lists_that_write_ids_otherwise_have_each_person_once(tmp_path: Path) -> None:
    found = imported(tmp_path, staff_csv=staff(), more_csv=staff(lambda _, own: own.upper()))
    assert len(people_of(found)) == len(PEOPLE)


def test_ids_of_which_a_spreadsheet_has_lost_digits_are_refused_by_name(tmp_path: Path) -> None:
    told = asked(tmp_path, staff_csv=staff(lambda k, _: f"{1.2e11 + k * 3e8:.3E}"))
    assert "ids with all their digits" in told
    assert "1.200E+11" in told


@pytest.mark.parametrize("total", ["{} Total", "Total {}", "{} subtotal", "{} Ergebnis"])
def test_rows_below_a_team_that_say_how_many_there_are_are_nobody(total: str, tmp_path: Path) -> None:
    rows: list[list[object]] = [["Ward", "Employee Number", "Division", "Job Title"]]
    for team in TEAMS:
        rows += [[team, own, "Medicine", title] for own, its, title, _ in PEOPLE if its == team]
        rows.append([total.format(team), 10, "", ""])
    rows.append(["Grand Total", 30, "", ""])
    found = imported(tmp_path, staff_csv=csv_of(rows))
    assert len(people_of(found)) == len(PEOPLE)
    assert "staff.csv: 4 rows with totals or notes, and no people" in found.notes.left_out


# --- days and lengths of service --------------------------------------------------------------------------------------


@pytest.mark.parametrize("never", ["31/12/9999", "31/12/4712", "01/01/1900"])
def test_a_day_that_stands_for_never_is_no_day_and_the_others_of_its_column_are_read(
    never: str, tmp_path: Path
) -> None:
    rows = [
        [own, team, "Medicine", title, "01/04/2019", "01/02/2025" if k in (7, 9) else never]
        for k, (own, team, title, _) in enumerate(PEOPLE)
    ]
    heads = ["id", "team", "service", "job title", "start date", "leaving date"]
    found = imported(tmp_path, staff_csv=csv_of([heads, *rows]))
    assert set(people_of(found)) == {own for k, (own, *_) in enumerate(PEOPLE) if k not in (7, 9)}


@pytest.mark.parametrize(
    ("heading", "each"),
    [("Length of service (days)", 364), ("Days of service", 364), ("Length of service (months)", 12)],
)
def test_a_length_of_service_is_in_the_unit_that_its_heading_says(heading: str, each: int, tmp_path: Path) -> None:
    rows = [[own, team, "Medicine", title, 2 * each] for own, team, title, _ in PEOPLE]
    found = imported(tmp_path, staff_csv=csv_of([["id", "team", "service", "job title", heading], *rows]))
    assert {int(person["tenure_weeks"]) for person in people_of(found).values()} <= {103, 104}


def test_lengths_of_service_that_can_be_no_years_are_asked_about(tmp_path: Path) -> None:
    rows = [[own, team, "Medicine", title, 6 * k] for k, (own, team, title, _) in enumerate(PEOPLE)]
    told = asked(tmp_path, staff_csv=csv_of([["id", "team", "service", "job title", "Length of service"], *rows]))
    assert 'the unit of "Length of service"' in told
    assert "months of service" in told


# --- ties -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "first", "step"), [("t", 0, 20), ("time", 1_735_700_000, 20), ("stamp", 1_735_700_000_000, -20_000)]
)
def test_when_people_met_is_not_how_strong_their_tie_is(heading: str, first: int, step: int, tmp_path: Path) -> None:
    rows = [[first + step * k, PEOPLE[k % 4][0], PEOPLE[4 + k % 3][0]] for k in range(120)]
    found = imported(tmp_path, staff_csv=staff(), ties_csv=csv_of([[heading, "i", "j"], *rows]))
    assert [row[3] for row in found.tables["ties.csv"]] == ["weight", *["1"] * 12]
    assert any(f'"{heading}"' in one for one in found.notes.left_out)


# --- who works here ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "here", "gone"),
    [
        ("Active", ["1"], "0"),
        ("Status", ["A", "A", "L"], "T"),
        ("Status", ["Employed", "On leave", "Sick"], "Ex-employee"),
        ("Assignment Status", ["Active Assignment", "Maternity & Adoption", "Career Break", "Acting Up"], "Terminated"),
        ("Leaving Reason", [""], "Voluntary Resignation - Relocation"),
        ("Reason for Termination", ["N/A-StillEmployed"], "Retired"),
    ],
)
def test_who_has_left_is_told_by_a_status_or_a_reason(heading: str, here: list[str], gone: str, tmp_path: Path) -> None:
    staff = listed(lambda k: here[k % len(here)], heading, gone_as(gone))
    found = imported(tmp_path, staff_csv=staff)
    assert set(people_of(found)) == {own for own, *_ in PEOPLE}
    assert any("6 people left before then" in one for one in found.notes.left_out)


def test_a_status_that_is_not_known_is_of_somebody_who_is_here_and_this_is_said(tmp_path: Path) -> None:
    staff = listed(lambda k: "Purple" if k == 3 else "Active", "Status", gone_as("Terminated"))
    found = imported(tmp_path, staff_csv=staff)
    assert len(people_of(found)) == len(PEOPLE)
    assert any('"Purple"' in one and "still here" in one for one in found.notes.assumed)


def test_a_sheet_of_leavers_without_a_day_is_of_leavers(tmp_path: Path) -> None:
    sheets = {
        "Staff": [HEADS, *([own, team, "Medicine", title] for own, team, title, _ in PEOPLE)],
        "Leavers 2024": [HEADS, *(row[:4] for row in gone_as(""))],
    }
    found = imported(tmp_path, workforce_xlsx=xlsx(**sheets))
    assert set(people_of(found)) == {own for own, *_ in PEOPLE}


@pytest.mark.parametrize(("number", "name"), [("x{}", "VACANT"), ("x{}", "Vacant Post"), ("Vacancy {}", "")])
def test_vacant_posts_are_nobody(number: str, name: str, tmp_path: Path) -> None:
    rows = [[own, f"Person {own}", team, "Medicine", title] for own, team, title, _ in PEOPLE]
    vacant = [[number.format(k), name, "Ash", "Medicine", "Staff Nurse"] for k in range(6)]
    heads = ["Position Number", "Name", "Ward", "Division", "Job Title"]
    found = imported(tmp_path, establishment_csv=csv_of([heads, *rows, *vacant]))
    assert set(people_of(found)) == {own for own, *_ in PEOPLE}
    assert any("6 rows of vacant posts" in one for one in found.notes.left_out)


@pytest.mark.parametrize("heading", ["Headcount", "Staff in post", "No. of employees", "FTE"])
def test_a_row_for_each_team_with_how_many_work_there_is_no_staff_list(heading: str, tmp_path: Path) -> None:
    rows = [[team, "Medicine", group, 5 + k] for k, team in enumerate(TEAMS) for group in ("Nursing", "Medical")]
    told = asked(tmp_path, wards_csv=csv_of([["Ward", "Division", "Staff Group", heading], *rows]))
    assert "a row for each person" in told
    assert f'"{heading}"' in told


def test_a_list_of_several_months_is_asked_for_one_of_them(tmp_path: Path) -> None:
    rows = [
        [month, own, team, "Medicine", title]
        for month in ("28/02/2025", "31/03/2025")
        for own, team, title, _ in PEOPLE
    ]
    told = asked(tmp_path, staff_csv=csv_of([["Month End", *HEADS], *rows]))
    assert "the people of one day" in told
    assert '"Month End"' in told


def test_leaders_are_found_by_their_number_behind_their_name(tmp_path: Path) -> None:
    names = {own: f"Doe, Kim {own}" for own, *_ in PEOPLE}
    leaders = {team: own for own, team, title, _ in PEOPLE if title == "Ward Manager"}
    rows = [
        [own, names[own], "" if own in leaders.values() else f"{names[leaders[team]]} ({leaders[team]})"]
        for own, team, *_ in PEOPLE
    ]
    found = imported(tmp_path, staff_csv=csv_of([["Employee Number", "Employee Name", "Supervisor"], *rows]))
    assert {own for own, one in people_of(found).items() if one["role"] == "team_leader"} == set(leaders.values())


def test_leaders_are_found_by_the_number_of_their_post(tmp_path: Path) -> None:
    posts = {own: f"5{own[2:]}" for own, *_ in PEOPLE}
    leaders = {team: own for own, team, title, _ in PEOPLE if title == "Ward Manager"}
    rows = [[own, posts[own], "" if own in leaders.values() else posts[leaders[team]]] for own, team, *_ in PEOPLE]
    found = imported(tmp_path, staff_csv=csv_of([["Employee Number", "Position Number", "Reports To"], *rows]))
    assert {own for own, one in people_of(found).items() if one["role"] == "team_leader"} == set(leaders.values())


def test_a_ward_that_lost_the_zero_of_its_number_is_found(tmp_path: Path) -> None:
    numbers = dict(zip(TEAMS, ("07", "08", "12"), strict=True))
    rows = [[own, numbers[team], "Medicine", title] for own, team, title, _ in PEOPLE]
    survey = "# scale: 1 to 5\nward,n,safety\n7,10,2\n8,10,3\n12,10,4\n"
    found = imported(tmp_path, staff_csv=csv_of([HEADS, *rows]), survey_csv=survey)
    assert {row[1]: row[3] for row in found.tables["survey.csv"][1:]} == {"07": "0.25", "08": "0.5", "12": "0.75"}


def test_who_left_counts_once_however_often_they_are_listed(tmp_path: Path) -> None:
    heads = [*HEADS, "Start Date", "Leaving Date"]
    staff = listed(lambda _: "2015-01-01", "Start Date", [])
    gone = [[f"x{k % 6}", "Ash", "Medicine", "Staff Nurse", "2015-01-01", "2024-09-30"] for k in range(12)]
    found = imported(tmp_path, staff_csv=staff, leavers_csv=csv_of([heads, *gone]))
    assert found.numbers[0].basis.startswith("6 leavers")


def test_who_stands_among_leavers_and_in_the_staff_list_as_well_is_said(tmp_path: Path) -> None:
    heads = [*HEADS, "Start Date", "Leaving Date"]
    staff = listed(lambda _: "2015-01-01", "Start Date", [])
    gone = [[own, team, "Medicine", title, "2015-01-01", "2024-09-30"] for own, team, title, _ in PEOPLE[3:7]]
    found = imported(tmp_path, staff_csv=staff, leavers_csv=csv_of([heads, *gone]))
    assert any("4 people stand in the staff list though they left" in one for one in found.notes.assumed)


def test_a_log_of_meetings_makes_ties_as_strong_as_they_were_many(tmp_path: Path) -> None:
    one, other, third = (PEOPLE[k][0] for k in (3, 4, 5))
    rows = [["2025-01-01 10:00", one, other]] * 9 + [["2025-01-02 10:00", one, third]] * 3
    found = imported(tmp_path, staff_csv=staff(), log_csv=csv_of([["when", "from", "to"], *rows]))
    assert [row[3] for row in found.tables["ties.csv"]] == ["weight", "1.5", "0.5"]


def test_a_pair_that_is_given_again_by_chance_is_a_tie_like_others_and_this_is_said(tmp_path: Path) -> None:
    rows = [[PEOPLE[k][0], PEOPLE[k + 1][0]] for k in range(8)] + [[PEOPLE[0][0], PEOPLE[1][0]]]
    found = imported(tmp_path, staff_csv=staff(), ties_csv=csv_of([["from", "to"], *rows]))
    assert found.tables["ties.csv"][0] == ["from", "to", "layer"]
    assert any("1 tie given before, which makes none stronger" in one for one in found.notes.assumed)


@pytest.mark.parametrize(
    "here", [["P", "T"], ["F", "P"], ["R", "A", "R"], ["Permanent", "Temporary"], ["Retired and returned", "Active"]]
)
def test_contracts_are_no_leaving(here: list[str], tmp_path: Path) -> None:
    found = imported(tmp_path, staff_csv=listed(lambda k: here[k % len(here)], "Status", []))
    assert len(people_of(found)) == len(PEOPLE)


def test_who_is_not_active_has_left(tmp_path: Path) -> None:
    found = imported(tmp_path, staff_csv=listed(lambda _: "Active", "Status", gone_as("Not active")))
    assert len(people_of(found)) == len(PEOPLE)


def test_a_team_that_is_called_total_and_a_name_like_vacant_are_people(tmp_path: Path) -> None:
    rows = [[f"Total Care {team}", f"Vác, Jan {own}", "Medicine", title] for own, team, title, _ in PEOPLE]
    found = imported(tmp_path, staff_csv=csv_of([["Ward", "Name", "Division", "Job Title"], *rows]))
    assert len(people_of(found)) == len(PEOPLE)


def test_whom_people_report_to_in_the_line_goes_before_whom_they_report_to_otherwise(tmp_path: Path) -> None:
    leaders = {team: own for own, team, title, _ in PEOPLE if title == "Ward Manager"}
    rows = [[own, PEOPLE[0][0], leaders[team], team, "Medicine"] for own, team, *_ in PEOPLE]
    heads = ["id", "Reports to (functional)", "Reports to (line)", "Ward", "Division"]
    found = imported(tmp_path, staff_csv=csv_of([heads, *rows]))
    assert {own for own, one in people_of(found).items() if one["role"] == "team_leader"} == set(leaders.values())


@pytest.mark.parametrize("in_one_cell", [False, True])
def test_whom_somebody_names_may_stand_in_several_columns_or_in_one_cell(in_one_cell: bool, tmp_path: Path) -> None:
    own = [one[0] for one in PEOPLE]
    named = [[own[(k + 7) % 30], own[(k + 11) % 30], own[(k + 12) % 30]] for k in range(30)]
    heads = ["id", "contacts"] if in_one_cell else ["id", "contact 1", "contact 2", "contact 3"]
    rows = [[one, "; ".join(others)] if in_one_cell else [one, *others] for one, others in zip(own, named, strict=True)]
    found = imported(tmp_path, staff_csv=staff(), network_csv=csv_of([heads, *rows]))
    expected = {frozenset((one, other)) for one, others in zip(own, named, strict=True) for other in others}
    assert {frozenset(row[:2]) for row in found.tables["ties.csv"][1:]} == expected
    again = import_files([tmp_path / "staff.csv", tmp_path / "network.csv"], found.mapping, today=TODAY)
    assert again.tables == found.tables
