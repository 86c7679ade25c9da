"""Surveys, networks and records as organisations have them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.inputs.imports.answers import read_answers
from sim.inputs.imports.notes import Notes
from tests.unit.inputs.imports.files import asked, csv_of, imported, organisation_of

N = 24
STAFF = csv_of([["id", "name", "team", "service"], *([n, f"Person {n}", f"T{n // 6}", "S"] for n in range(N))])


def scores_of(
    answers: dict[int, object], tmp_path: Path, heading: str = "safety", scale: str = "# scale: 1 to 5\n"
) -> dict[str, float]:
    survey = scale + csv_of([["id", heading], *answers.items()])
    found = imported(tmp_path, staff_csv=STAFF, survey_csv=survey)
    return {row[0]: float(row[3]) for row in found.tables["survey.csv"][1:] if row[0] and row[3]}


@pytest.mark.parametrize(
    "missing",
    ["99", "-9", "*", "n/a", "N/A", "Prefer not to say", "Don't know", "<11", "", "999", "-", "#N/A", "suppressed"],
)
def test_what_stands_for_no_answer_is_none(missing: str, tmp_path: Path) -> None:
    assert scores_of({1: 4, 2: missing, 3: 2, 4: 5, 5: 1}, tmp_path) == {"1": 0.75, "3": 0.25, "4": 1.0, "5": 0.0}


@pytest.mark.parametrize("scale", ["# scale: 1 to 5\n", ""])
def test_words_and_codes_of_answers_are_points_of_their_scale(scale: str, tmp_path: Path) -> None:
    words = {
        1: "Strongly agree",
        2: "AGREE",
        3: "Neither agree nor disagree",
        4: "disagree",
        5: "1 - Strongly disagree",
    }

    assert list(scores_of(words, tmp_path, scale=scale).values()) == [1, 0.75, 0.5, 0.25, 0]


def test_words_of_seven_points_are_on_seven(tmp_path: Path) -> None:
    words = {1: "Strongly agree", 2: "Slightly agree", 3: "Neutral", 4: "Strongly disagree"}

    assert list(scores_of(words, tmp_path, scale="").values()) == pytest.approx([1, 2 / 3, 0.5, 0], abs=1e-5)


def test_numbers_that_would_do_on_several_scales_are_asked_about(tmp_path: Path) -> None:
    answers = csv_of([["id", "safety"], *([n, n % 4 + 1] for n in range(N))])

    assert '--answer "scale=1 to 5"' in asked(tmp_path, staff_csv=STAFF, survey_csv=answers)


def test_the_scale_may_stand_in_the_heading(tmp_path: Path) -> None:
    assert scores_of({1: 4, 2: 0}, tmp_path, heading="Safe to speak up (0-8)", scale="") == {"1": 0.5, "2": 0.0}


def test_an_answer_that_is_not_understood_is_told_once(tmp_path: Path) -> None:
    rows = [["id", "safety"], *([n, "banana" if n < 10 else 4] for n in range(N))]
    found = imported(tmp_path, staff_csv=STAFF, survey_csv="# scale: 1 to 5\n" + csv_of(rows))

    assert [text for text in found.notes.left_out if "banana" in text] == [
        'survey.csv: 10 answers to "safety" that are not understood: "banana"'
    ]


def test_per_cent_are_asked_about_unless_the_file_says_what_they_are_of(tmp_path: Path) -> None:
    def teams(heading: str, sign: str = "") -> str:
        return csv_of([["team", heading], *([f"T{k}", f"{60 + k}{sign}"] for k in range(4))])

    assert "means or per cent of those who agree" in asked(tmp_path, staff_csv=STAFF, survey_csv=teams("safety"))
    share = organisation_of(imported(tmp_path, staff_csv=STAFF, survey_csv=teams("safety", "%")), tmp_path / "a").scores
    named = organisation_of(
        imported(tmp_path, staff_csv=STAFF, survey_csv=teams("Safe to speak up (% agree)")), tmp_path / "b"
    ).scores
    mean = organisation_of(
        imported(tmp_path, {"scores": "means"}, staff_csv=STAFF, survey_csv=teams("safety")), tmp_path / "c"
    ).scores

    assert share.safety_groups.is_share.all()
    np.testing.assert_allclose(share.safety_groups.value, [0.60, 0.61, 0.62, 0.63])
    np.testing.assert_allclose(named.safety_groups.value, share.safety_groups.value)
    assert not mean.safety_groups.is_share.any()


def test_the_same_per_cent_for_everybody_in_a_team_is_asked_about_and_never_taken_as_theirs(tmp_path: Path) -> None:
    rows = [["id", "safety"], *([n, 62 + n // 6] for n in range(N))]

    assert "means or per cent" in asked(tmp_path, staff_csv=STAFF, survey_csv="# scale: 0 to 100\n" + csv_of(rows))


def test_how_many_answered_goes_with_a_teams_score_and_few_are_kept_back(tmp_path: Path) -> None:
    survey = csv_of(
        [["team", "Safe: % agree", "n"], ["T0", 60, 5], ["T1", "*", "<11"], ["T2", 50, "<11"], ["T9", 50, 4]]
    )
    found = imported(tmp_path, staff_csv=STAFF, survey_csv=survey)
    groups = organisation_of(found, tmp_path / "out").scores.safety_groups

    assert groups.answered.tolist() == [5, 5]
    assert any('"T9"' in text for text in found.notes.left_out)


def test_teams_without_a_score_are_named_and_so_are_those_of_which_the_survey_says_nothing(tmp_path: Path) -> None:
    survey = csv_of([["team", "Safe: % agree", "n"], ["T0", 60, 5], ["T1", "*", "<11"], ["T2", "<11", 4]])
    notes = imported(tmp_path, staff_csv=STAFF, survey_csv=survey).notes

    assert 'survey.csv: 2 teams or services without a score ("*", "<11" in its place): "T1", "T2"' in notes.left_out
    assert (
        'no answer tells of 3 teams with 18 staff: "T1", "T2", "T3"; they begin as the model has them' in notes.assumed
    )


@pytest.mark.parametrize("marks", ["R", ""])
@pytest.mark.parametrize("is_recoded", [False, True])
def test_items_that_were_turned_already_are_not_turned_again(marks: str, is_recoded: bool, tmp_path: Path) -> None:
    headings = ["id", *(f"PS{k}{marks if k in (1, 3, 5) else ''}" for k in range(1, 8))]
    felt = [n % 6 + 1 for n in range(N)]
    rows = [
        [n, *(8 - own if k in (1, 3, 5) and not is_recoded else own for k in range(1, 8))] for n, own in enumerate(felt)
    ]
    found = imported(tmp_path, staff_csv=STAFF, survey_csv="# scale: 1 to 7\n" + csv_of([headings, *rows]))
    scores = [float(row[3]) for row in found.tables["survey.csv"][1:] if row[0]]

    assert scores == pytest.approx([(own - 1) / 6 for own in felt], abs=1e-5)


def test_each_distinct_answer_is_looked_at_once() -> None:
    column = read_answers("safety", ["4", "5", "4"] * 1000, (1.0, 5.0), {}, "survey", Notes(), {})

    assert column.scores[:3] == [0.75, 1.0, 0.75]


# --- ties -------------------------------------------------------------------------------------------------------------


def ties_of(tmp_path: Path, **files: str) -> tuple[set[tuple[str, str]], list[str]]:
    found = imported(tmp_path, staff_csv=STAFF, **files)
    return {(row[0], row[1]) for row in found.tables["ties.csv"][1:]}, found.notes.left_out


@pytest.mark.parametrize(
    "edges",
    [
        csv_of([["from", "to"], [1, 7], [13, 2]]),
        csv_of([["Sender", "Recipient", "Emails"], [1, 7, 12], [7, 1, 3], [13, 2, 40]]),
        csv_of([["Source;Target;Weight"], ["1;7;2"], ["13;2;1"]]).replace('"', ""),
        csv_of([["weight", "person b", "person a"], [3, 7, 1], [1, 2, 13]]),
        "1 7\n2 13\n",
        csv_of([["Nurse", "Works with"], ["Person 1", "Person 7"], ["Person 13", "Person 2"]]),
    ],
    ids=["ours", "e-mails", "semicolons", "shuffled", "no headings", "names"],
)
def test_a_list_of_pairs_is_known_by_any_headings(edges: str, tmp_path: Path) -> None:
    pairs, _ = ties_of(tmp_path, ties_csv=edges)

    assert {frozenset(pair) for pair in pairs} == {frozenset(("1", "7")), frozenset(("2", "13"))}


def test_ties_with_oneself_and_with_people_from_outside_are_left_out_with_their_number(tmp_path: Path) -> None:
    pairs, left_out = ties_of(tmp_path, ties_csv=csv_of([["from", "to"], [1, 1], [1, 7], [2, 999], [999, 3]]))

    assert pairs == {("1", "7")}
    assert "ties.csv: 1 tie of people with themselves" in left_out
    assert 'ties.csv: 2 ties with 1 person who is not in the staff list: "999"' in left_out


def test_a_matrix_gives_each_pair_once_where_it_is_the_same_both_ways(tmp_path: Path) -> None:
    ids = [1, 7, 13]
    matrix = csv_of([["", *ids], [1, 0, 2, ""], [7, 2, 0, "x"], [13, "", "x", 0]])
    pairs, _ = ties_of(tmp_path, who_csv=matrix)

    assert {frozenset(pair) for pair in pairs} == {frozenset(("1", "7")), frozenset(("13", "7"))}


def test_posts_and_vacancies_become_numbers_with_intervals(tmp_path: Path) -> None:
    posts = csv_of([["Team", "Establishment FTE", "FTE in post"], ["T0", 60, 54], ["T1", 40, 40]])
    hired = csv_of(
        [
            ["Post", "Date advertised", "Date filled"],
            *(["Nurse", "2024-01-01", f"2024-03-{d:02d}"] for d in range(4, 19)),
        ]
    )
    found = imported(tmp_path, staff_csv=STAFF, posts_csv=posts, vacancies_csv=hired)
    numbers = {number.name: number for number in found.numbers}

    assert numbers["vacancy_rate"].value == pytest.approx(0.06)
    assert numbers["vacancy_rate"].low < 0.06 < numbers["vacancy_rate"].high
    assert numbers["time_to_hire"].value == pytest.approx(10, abs=0.1)
