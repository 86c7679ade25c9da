"""Files with headings and words that nobody has thought of before: understood, asked about, never wrong in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.inputs.imports.scales import scale_in
from tests.unit.inputs.imports.files import asked, csv_of, imported, people_of

N = 24
STAFF = csv_of([["id", "team", "service"], *([100 + n, f"T{n // 6}", "S"] for n in range(N))])


def staff_with(*headings: str, cells: list[list[object]]) -> str:
    return csv_of([["Ref No", "Ward", *headings], *([300 + n, f"Bay {n // 6}", *own] for n, own in enumerate(cells))])


# --- people -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("heading", ["Currently employed", "Active", "Still here?", "Is Active"])
def test_who_is_not_employed_any_more_is_no_staff(heading: str, tmp_path: Path) -> None:
    staff = staff_with(heading, cells=[["No" if n % 4 == 0 else "Yes"] for n in range(N)])
    found = imported(tmp_path, staff_csv=staff)

    assert len(people_of(found)) == 18
    assert "staff.csv: 6 people left before then, counted as leavers" in found.notes.left_out


@pytest.mark.parametrize("heading", ["Left", "Resigned"])
@pytest.mark.parametrize("told", ["2024-12-12", "yes"])
def test_who_left_is_told_by_a_day_or_by_yes_in_a_column_of_the_same_name(
    heading: str, told: str, tmp_path: Path
) -> None:
    left = [told if n % 4 == 0 else "no" if told == "yes" else "" for n in range(N)]
    found = imported(tmp_path, staff_csv=staff_with("Hired", heading, cells=[["2019-04-01", one] for one in left]))

    assert len(people_of(found)) == 18
    assert "staff.csv: 6 people left before then, counted as leavers" in found.notes.left_out


@pytest.mark.parametrize("heading", ["Resigned?", "Wears glasses"])
def test_yes_and_no_are_nobodys_team(heading: str, tmp_path: Path) -> None:
    staff = csv_of(
        [["Emp", "Dept", heading], *([n, ["ICU", "ED"][n % 2], ["No", "Yes"][n % 9 == 0]] for n in range(1, 61))]
    )
    found = imported(tmp_path, staff_csv=staff)

    assert {person["team"] for person in people_of(found).values()} == {"ICU", "ED"}
    assert len(people_of(found)) == (54 if heading == "Resigned?" else 60)


def test_a_column_of_ids_that_stand_in_the_list_is_of_whom_people_report_to(tmp_path: Path) -> None:
    staff = csv_of([["Pers.Nr", "Zaal", "Chefin"], *([5000 + n, f"Z{n // 8}", 5000 + 8 * (n // 8)] for n in range(N))])
    found = imported(tmp_path, staff_csv=staff)

    leaders = [own for own, person in people_of(found).items() if person["role"] == "team_leader"]
    assert leaders == ["5000", "5008", "5016"]
    assert any(
        '"Chefin" taken as leader, by ids of the list stand in it (50 % sure)' in told for told in found.notes.assumed
    )


def test_small_numbers_that_happen_to_be_ids_are_nobodys_leader(tmp_path: Path) -> None:
    staff = csv_of([["id", "team", "Locker"], *([n, f"T{n // 8}", n // 8] for n in range(N))])

    assert "team_leader" not in {person["role"] for person in people_of(imported(tmp_path, staff_csv=staff)).values()}


def test_numbers_with_several_rows_each_are_not_passed_over_where_nothing_else_tells_people_apart(
    tmp_path: Path,
) -> None:
    staff = csv_of([["Zeta", "Ward", "Grade"], *([4300 + n // 2, f"Bay {n % 4}", "Band 5"] for n in range(N))])

    assert 'none that says so; "Zeta" has 12 different in 24 rows' in asked(tmp_path / "a", staff_csv=staff)
    assert len(people_of(imported(tmp_path / "b", {"ids": "Zeta"}, staff_csv=staff))) == 12
    assert len(people_of(imported(tmp_path / "c", {"ids": "none"}, staff_csv=staff))) == 24


def test_titles_of_which_some_are_unheard_of_are_still_titles(tmp_path: Path) -> None:
    titles = ["Theatre Team Leader", "Scrub Nurse", "Anaesthetist", "Porter", "Gizmologist", "Scrub Nurse"]
    staff = staff_with("What they do", cells=[[titles[n % 6]] for n in range(N)])
    people = people_of(imported(tmp_path, staff_csv=staff))

    assert [person["role"] for person in people.values()].count("team_leader") == 4
    assert {person["staff_group"] for person in people.values()} >= {"nursing", "medical", "operations"}


def test_managers_are_found_by_names_that_are_written_the_other_way_round(tmp_path: Path) -> None:
    rows = [[1001, "Boss, Ann", ""], [1002, "Lead, Bea", "Ann Boss"], [1003, "Lead, Cy", "Ann Boss"]]
    rows += [[1100 + n, f"P{n}, Q", ["Bea Lead", "Cy Lead"][n % 2]] for n in range(14)]
    found = imported(tmp_path, staff_csv=csv_of([["Employee ID", "Name", "Manager Name"], *rows]))

    assert [person["role"] for person in people_of(found).values()].count("team_leader") == 2


def test_a_list_of_which_nobody_is_left_says_who_was_left_out_and_why(tmp_path: Path) -> None:
    rows = [[1100 + n, f"Q{n}", ["Bea", "Cy"][n % 2]] for n in range(14)]
    told = asked(tmp_path, staff_csv=csv_of([["Employee ID", "Name", "Manager Name"], *rows]))

    assert "at least 2 people who lead nobody" in told
    assert '14 reporting lines to 2 people who are not in the staff list: "Bea", "Cy"' in told


def test_two_sites_that_number_their_people_alike_are_asked_about(tmp_path: Path) -> None:
    lists = {f"{site}_csv": csv_of([["id", "team"], *([n, f"{site}{n // 6}"] for n in range(12))]) for site in "ab"}

    assert "12 ids that stand in an earlier list too, there in another team" in asked(tmp_path, **lists)


# --- surveys ----------------------------------------------------------------------------------------------------------


def test_teams_are_found_by_a_code_that_the_staff_list_has_beside_their_names(tmp_path: Path) -> None:
    rows = [[100 + n, f"W{n // 6:02}", f"Ward {'ABCD'[n // 6]}", "Med"] for n in range(N)]
    staff = csv_of([["id", "Ward code", "Ward name", "Directorate"], *rows])
    survey = csv_of([["Ward code", "% agree safe to speak up", "n"], *([f"W{k:02}", 50 + k, 6] for k in range(4))])
    found = imported(tmp_path, staff_csv=staff, survey_csv=survey)

    assert [row[1] for row in found.tables["survey.csv"][1:]] == ["Ward A", "Ward B", "Ward C", "Ward D"]


@pytest.mark.parametrize("n", ["n=5", "(5)", "5 of 6", "5/6", "5.0"])
def test_how_many_answered_may_be_written_in_words_of_statistics(n: str, tmp_path: Path) -> None:
    survey = "# scale: 1 to 5\n" + csv_of([["team", "Mean safety", "n"], *([f"T{k}", 3.1, n] for k in range(4))])
    header, *rows = imported(tmp_path, staff_csv=STAFF, survey_csv=survey).tables["survey.csv"]

    assert {row[header.index("respondents")] for row in rows} == {"5"}


def test_a_rate_of_answers_is_no_number_of_them_and_more_answers_than_people_are_said(tmp_path: Path) -> None:
    def survey(n: str) -> str:
        return csv_of([["team", "% agree safe to speak up", "N responses"], *([f"T{k}", 60, n] for k in range(4))])

    header, *rows = imported(tmp_path / "a", staff_csv=STAFF, survey_csv=survey("50%")).tables["survey.csv"]
    many = imported(tmp_path / "b", staff_csv=STAFF, survey_csv=survey("50")).notes.assumed
    assert {row[header.index("respondents")] for row in rows} == {""}
    assert any("4 teams of which far more answered than work there now" in told for told in many)


def test_a_base_may_be_how_many_answered(tmp_path: Path) -> None:
    survey = csv_of([["Directorate", "Feel safe to speak up % positive", "Base"], ["S", "61.2", "12"]])
    header, row = imported(tmp_path, staff_csv=STAFF, survey_csv=survey).tables["survey.csv"]

    assert (row[header.index("service")], row[header.index("respondents")]) == ("S", "12")


def test_of_two_questions_on_safety_it_is_asked_which(tmp_path: Path) -> None:
    care, bullying = "I feel safe to speak up about patient care", "I feel safe to speak up about bullying"
    survey = "# scale: 1 to 5\n" + csv_of(
        [["id", care, bullying], *([100 + n, n % 5 + 1, 5 - n % 5] for n in range(N))]
    )

    told = asked(tmp_path / "a", staff_csv=STAFF, survey_csv=survey)
    assert f'which question tells how safe people feel, got "{care}", "{bullying}"' in told
    for question, first in ((care, "0"), (bullying, "1")):
        found = imported(tmp_path / question, {"question": question}, staff_csv=STAFF, survey_csv=survey)
        assert found.tables["survey.csv"][1][3] == first


def test_a_question_that_is_chosen_goes_the_way_that_its_words_say(tmp_path: Path) -> None:
    safe, afraid = "I feel safe to speak up", "I am afraid to speak up"
    survey = "# scale: 1 to 5\n" + csv_of([["id", safe, afraid], *([100 + n, n % 5 + 1, n % 5 + 1] for n in range(N))])
    found = imported(tmp_path, {"question": afraid}, staff_csv=STAFF, survey_csv=survey)

    assert found.tables["survey.csv"][1][3] == "1"


# --- ties -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headings", [("Me", "Who I ask"), ("Who I ask", "Me")])
def test_whoever_asks_listens_whichever_column_comes_first(headings: tuple[str, str], tmp_path: Path) -> None:
    pair = {"Me": 100, "Who I ask": 107}
    found = imported(tmp_path, staff_csv=STAFF, advice_csv=csv_of([headings, [pair[one] for one in headings]]))

    assert found.tables["ties.csv"][1] == ["100", "107", "cross_team", "one_way"]
    assert any(
        'who stands below "Me" listens to whom they name below "Who I ask"' in told for told in found.notes.assumed
    )


# --- surveys that are taken for something else ------------------------------------------------------------------------


@pytest.mark.parametrize("counted", ["n", "Anzahl"])
def test_a_table_of_teams_in_words_that_are_not_known_is_asked_about_and_makes_no_people(
    counted: str, tmp_path: Path
) -> None:
    scores = csv_of(
        [["Station", "Mittelwert Sicherheit", counted], *([f"T{t}", 3.1 + t / 10, 9 + t] for t in range(4))]
    )

    told = asked(tmp_path / "asked", staff_csv=STAFF, survey_csv=scores)
    assert "survey.csv: wanted to know which column tells how safe people feel" in told
    answers: dict[str, object] = {"question": "Mittelwert Sicherheit", "scale": "1 to 5", "scores": "means"}
    found = imported(tmp_path / "answered", answers, staff_csv=STAFF, survey_csv=scores)
    assert len(people_of(found)) == N
    assert len(found.entered) == 4


def test_a_survey_without_a_row_is_said_to_be_one(tmp_path: Path) -> None:
    told = asked(tmp_path, staff_csv=STAFF, survey_csv="team,I feel safe to speak up (1-5),n\n")

    assert "survey.csv: wanted answers below the headings, got a survey without a row" in told


@pytest.mark.parametrize(
    ("heading", "ends"),
    [
        ("Psychological safety (mean, 1-5)", (1, 5)),
        ("Mean score 1-5, safe to speak up", (1, 5)),
        ("Safe to speak up (0 to 10, average)", (0, 10)),
        ("Safe to speak up, average 2019-2024", None),
        ("Safe to speak up (1-2-2024)", None),
        ("Safe to speak up, mean 1-4 years", None),
    ],
)
def test_a_scale_beside_a_word_for_scores_is_one(heading: str, ends: tuple[int, int] | None) -> None:
    assert scale_in([heading]).ends == ends
