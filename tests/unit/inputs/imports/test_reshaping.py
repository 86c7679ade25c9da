"""A row for each answer to each question, or a column for each answer: read as the same survey in its usual shape."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.inputs.imports import Imported
from tests.unit.inputs.imports.files import asked, csv_of, imported

TEAMS, SIZE = 6, 8
PEOPLE = csv_of([["id", "team", "service"], *([f"p{n}", f"Team {n // SIZE}", "S"] for n in range(TEAMS * SIZE))])
SAFE = "I feel safe to speak up about anything that concerns me"
ACTED = "I am confident that my organisation would address my concern"
KIND = "My manager is kind to me"
WORDS = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
ITEMS = (
    "If you make a mistake on this team, it is often held against you",
    "Members of this team are able to bring up problems and tough issues",
    "People on this team sometimes reject others for being different",
    "It is safe to take a risk on this team",
)
RNG = np.random.default_rng(4)
ANSWERS = RNG.integers(1, 6, TEAMS * SIZE)
OTHERS = RNG.integers(1, 6, TEAMS * SIZE)


def survey_of(folder: Path, rows: Sequence[Sequence[object]], head: str = "", **answers: object) -> Imported:
    return imported(folder, answers, people_csv=PEOPLE, survey_csv=head + csv_of(rows))


def rows_of(found: Imported) -> list[list[str]]:
    return sorted(found.tables["survey.csv"])


def of_persons(folder: Path) -> Imported:
    rows = [[f"p{n}", WORDS[a - 1], WORDS[b - 1]] for n, (a, b) in enumerate(zip(ANSWERS, OTHERS, strict=True))]
    return survey_of(folder, [["Respondent", SAFE, ACTED], *rows])


def without_names(folder: Path) -> Imported:
    return survey_of(folder, [["Ward", SAFE], *([f"Team {n // SIZE}", WORDS[a - 1]] for n, a in enumerate(ANSWERS))])


def counts() -> list[list[int]]:
    return [[int((ANSWERS[t * SIZE : (t + 1) * SIZE] == k).sum()) for k in range(1, 6)] for t in range(TEAMS)]


# --- a row for each answer --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headings", [("Respondent", "Question", "Answer"), ("Staff ID", "Statement", "Rating given")])
def test_a_row_for_each_answer_is_the_survey_with_a_column_for_each_question(
    headings: tuple[str, ...], tmp_path: Path
) -> None:
    pairs = enumerate(zip(ANSWERS, OTHERS, strict=True))
    rows = [
        row
        for n, (a, b) in pairs
        for row in ([f"p{n}", KIND, "Agree"], [f"p{n}", ACTED, WORDS[b - 1]], [f"p{n}", SAFE, WORDS[a - 1]])
    ]
    found = survey_of(tmp_path / "long", [headings, *rows])

    assert rows_of(found) == rows_of(of_persons(tmp_path / "wide"))
    assert any("a row for each answer is read as a column for each question" in told for told in found.notes.understood)
    assert any(f'1 question on other things ("{KIND}")' in told for told in found.notes.understood)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(2 * TEAMS * SIZE)), columns=st.permutations(range(3)))
def test_neither_the_order_of_rows_nor_that_of_columns_matters(
    order: list[int], columns: list[int], tmp_path: Path
) -> None:
    rows = [row for n, a in enumerate(ANSWERS) for row in ([f"p{n}", SAFE, a], [f"p{n}", KIND, 3])]
    table = [["Respondent", "Question", "Answer"], *(rows[k] for k in order)]
    found = survey_of(tmp_path, [[row[k] for k in columns] for row in table], "# scale: 1 to 5\n")
    wide = survey_of(
        tmp_path, [["Respondent", SAFE], *([f"p{n}", a] for n, a in enumerate(ANSWERS))], "# scale: 1 to 5\n"
    )

    assert rows_of(found) == rows_of(wide)


def test_rows_of_nobody_in_particular_are_anonymous_answers(tmp_path: Path) -> None:
    rows = [
        row
        for n, a in enumerate(ANSWERS)
        for row in ([f"Team {n // SIZE}", SAFE, WORDS[a - 1]], [f"Team {n // SIZE}", KIND, "Agree"])
    ]
    found = survey_of(tmp_path / "long", [["Ward", "Question", "Response"], *rows])

    assert rows_of(found) == rows_of(without_names(tmp_path / "wide"))
    assert any("nothing tells which rows are of one respondent" in told for told in found.notes.understood)


def test_items_in_rows_are_one_score_of_each_person(tmp_path: Path) -> None:
    scores = RNG.integers(1, 6, (TEAMS * SIZE, len(ITEMS)))
    wide = [["id", *ITEMS], *([f"p{n}", *own] for n, own in enumerate(scores))]
    rows = [[f"p{n}", ITEMS[k], x] for n, own in enumerate(scores) for k, x in enumerate(own)]
    long = [["id", "Item", "Score"], *rows]

    first, second = (survey_of(tmp_path / name, rows, "# scale: 1 to 5\n") for name, rows in (("a", wide), ("b", long)))
    assert rows_of(first) == rows_of(second)


def test_scores_of_teams_in_rows_keep_what_stands_beside_the_question_that_is_used(tmp_path: Path) -> None:
    rows = [row for t in range(TEAMS) for row in ([f"Team {t}", KIND, "60%", 30], [f"Team {t}", SAFE, f"{50 + t}%", 8])]
    long = survey_of(tmp_path / "long", [["Ward", "Question", "% positive", "Base"], *rows])
    table = [["Ward", f"{SAFE}: % agree", "n"], *([f"Team {t}", f"{50 + t}%", 8] for t in range(TEAMS))]

    assert rows_of(long) == rows_of(survey_of(tmp_path / "wide", table))


def test_a_table_of_questions_whose_answers_stand_nowhere_is_asked_about(tmp_path: Path) -> None:
    rows = [[n, question, "x" * (n % 7)] for n in range(30) for question in (SAFE, KIND)]
    told = asked(tmp_path, people_csv=PEOPLE, survey_csv=csv_of([["Nr", "Question", "Remark"], *rows]))

    assert 'wanted to know where the answers to the questions of "Question" stand' in told


# --- a column for each answer -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["{} - {}", "{}: {} (n)", "{}: number who {}"])
def test_a_column_for_each_answer_is_the_answers_themselves(form: str, tmp_path: Path) -> None:
    rows = [[f"Team {t}", *n] for t, n in enumerate(counts())]
    found = survey_of(tmp_path / "counts", [["Ward", *(form.format(SAFE, word) for word in WORDS)], *rows])

    assert rows_of(found) == rows_of(without_names(tmp_path / "wide"))
    assert any(f'is read as a row for each answer to "{SAFE}"' in told for told in found.notes.understood)


@pytest.mark.parametrize("as_cells", [False, True])
def test_the_question_may_stand_above_or_in_a_column(as_cells: bool, tmp_path: Path) -> None:
    own = [[f"Team {t}", SAFE, *n] for t, n in enumerate(counts())]
    if as_cells:
        table = [["Ward", "Question", *WORDS], *own, *([f"Team {t}", KIND, 1, 2, 3, 4, 5] for t in range(TEAMS))]
        found = survey_of(tmp_path / "counts", table)
    else:
        table = [["Ward", *WORDS], *([team, *n] for team, _, *n in own)]
        found = survey_of(tmp_path / "counts", table, f"{SAFE}\n")

    assert rows_of(found) == rows_of(without_names(tmp_path / "wide"))


def test_without_a_question_it_is_asked_and_can_be_answered(tmp_path: Path) -> None:
    table = [["Ward", *WORDS], *([f"Team {t}", *n] for t, n in enumerate(counts()))]
    told = asked(tmp_path / "a", people_csv=PEOPLE, survey_csv=csv_of(table))
    found = survey_of(tmp_path / "b", table, question="safety")

    assert "wanted to know which question was answered" in told
    assert "--answer question=safety" in told
    assert rows_of(found) == rows_of(without_names(tmp_path / "wide"))


def test_per_cent_of_how_many_answered_are_people(tmp_path: Path) -> None:
    own = [[f"Team {t}", SIZE, *(f"{100 * k / SIZE:.0f}%" for k in n)] for t, n in enumerate(counts())]
    found = survey_of(tmp_path / "shares", [["Ward", "Responses", *(f"{SAFE}: % {word}" for word in WORDS)], *own])

    assert rows_of(found) == rows_of(without_names(tmp_path / "wide"))
    assert any("rounded to whole people (6 rows)" in told for told in found.notes.understood)


def test_per_cent_of_nobody_knows_how_many_are_those_who_agree(tmp_path: Path) -> None:
    own = [[f"Team {t}", *(100 * k / SIZE for k in n)] for t, n in enumerate(counts())]
    found = survey_of(tmp_path / "shares", [["Ward", *(f"{SAFE}: % {word}" for word in WORDS)], *own])
    table = [["Ward", f"{SAFE}: % agree"], *([f"Team {t}", 100 * sum(n[3:]) / SIZE] for t, n in enumerate(counts()))]

    assert rows_of(found) == rows_of(survey_of(tmp_path / "wide", table))
    assert any("as per cent who agree (6 rows)" in told for told in found.notes.understood)


def test_a_row_for_each_team_question_and_answer_with_how_often_it_was_given(tmp_path: Path) -> None:
    rows = [
        [f"Team {t}", question, word, n[k] if question == SAFE else 2]
        for t, n in enumerate(counts())
        for k, word in enumerate(WORDS)
        for question in (SAFE, KIND)
    ]
    found = survey_of(tmp_path / "rows", [["Ward", "Question", "Answer option", "Count"], *rows])

    assert rows_of(found) == rows_of(without_names(tmp_path / "wide"))
    assert not found.notes.left_out


def test_next_year_the_mapping_serves_for_the_same_shape(tmp_path: Path) -> None:
    table = [["Ward", *(f"{SAFE}: {word}" for word in WORDS)], *([f"Team {t}", *n] for t, n in enumerate(counts()))]
    first = survey_of(tmp_path / "a", table)
    again = imported(tmp_path / "b", None, first.mapping, people_csv=PEOPLE, survey_csv=csv_of(table))

    assert again.texts() == first.texts()


# --- what looks like it -----------------------------------------------------------------------------------------------


def test_answers_to_a_question_about_managers_are_nobodys_manager(tmp_path: Path) -> None:
    rows = [[f"p{n}", WORDS[a - 1], WORDS[b - 1]] for n, (a, b) in enumerate(zip(ANSWERS, OTHERS, strict=True))]
    found = survey_of(tmp_path, [["Respondent", SAFE, KIND], *rows])

    assert not [told for told in found.notes.assumed if KIND in told]
    assert any(KIND in told and "not recognised" in told for told in found.notes.left_out)


# --- headings in two rows, years in columns, words of other languages -------------------------------------------------


@pytest.mark.parametrize("order", [(2023, 2024), (2024, 2023)])
def test_a_column_for_each_year_is_a_row_for_each_and_each_has_its_own_number_of_answers(
    order: tuple[int, int], tmp_path: Path
) -> None:
    heads = ["team", *(f"Feel safe to speak up {year} (% agree)" for year in order), *(f"n {year}" for year in order)]
    own = {2023: (50, 5), 2024: (60, 7)}
    rows = [
        [f"Team {t}", *(own[year][0] + t for year in order), *(own[year][1] for year in order)] for t in range(TEAMS)
    ]
    found = survey_of(tmp_path, [heads, *rows])

    header, *told = found.tables["survey.csv"]
    assert [row[header.index("safety_agreeing")] for row in told] == [f"{60 + t}" for t in range(TEAMS)]
    assert {row[header.index("respondents")] for row in told} == {"7"}
    assert any("a column for each year (2023, 2024) is read as" in text for text in found.notes.understood)


def test_questions_may_stand_in_a_row_below_the_headings_and_people_be_known_by_their_addresses(tmp_path: Path) -> None:
    people = csv_of([["id", "team", "email"], *([f"p{n}", f"Team {n // SIZE}", f"u{n}@x.org"] for n in range(48))])
    below = ["", "Open-Ended Response", "I feel safe to speak up in my team", "My concern would be addressed"]
    rows = [[9000 + n, f"u{n}@x.org", f"{a} - {WORDS[a - 1]}", OTHERS[n]] for n, a in enumerate(ANSWERS)]
    table = [["RespondentID", "Email", "Q1", "Q2"], below, *rows]
    found = imported(tmp_path, people_csv=people, survey_csv="# scale: 1 to 5\n" + csv_of(table))

    safety = {row[0]: float(row[3]) for row in found.tables["survey.csv"][1:]}
    assert safety == {f"p{n}": (a - 1) / 4 for n, a in enumerate(ANSWERS)}


def test_a_question_may_stand_above_the_columns_of_its_numbers(tmp_path: Path) -> None:
    rows = [[f"Team {t}", 3.1 + t / 10, 0.9, SIZE] for t in range(TEAMS)]
    found = survey_of(
        tmp_path, [["", SAFE, "", ""], ["Ward", "Mean", "SD", "N"], *rows], "# scale: 1 to 5\n", scores="means"
    )

    assert [entered.score for entered in found.entered] == pytest.approx([(2.1 + t / 10) / 4 for t in range(TEAMS)])
    assert {entered.answered for entered in found.entered} == {SIZE}


@pytest.mark.parametrize(
    "question", ["Ich fühle mich sicher, Bedenken zu äußern (1-5)", "Je me sens en sécurité (1-5)"]
)
def test_a_survey_in_words_that_nobody_knows_is_asked_about_and_not_passed_over(question: str, tmp_path: Path) -> None:
    table = [["Station", question], *([f"Team {n // SIZE}", a] for n, a in enumerate(ANSWERS))]
    told = asked(tmp_path / "a", people_csv=PEOPLE, survey_csv=csv_of(table))
    found = survey_of(tmp_path / "b", table, question=question)
    none = survey_of(tmp_path / "c", table, question="none")

    assert f'which column tells how safe people feel to speak up, got "{question}"' in told
    assert rows_of(found) == rows_of(without_names(tmp_path / "wide"))
    assert "survey.csv" not in none.tables
    assert any("survey.csv: all of it" in text for text in none.notes.left_out)


def test_people_are_found_by_names_in_two_columns_whichever_comes_first(tmp_path: Path) -> None:
    names = [(first, last) for first in ("Ann", "Bob", "Cy", "Di") for last in ("Fox", "Hay", "Kay")]
    people = csv_of(
        [["Staff ID", "First name", "Surname", "Team"], *([k, *own, f"T{k % 2}"] for k, own in enumerate(names))]
    )
    matrix = [["", *(f"{last}, {first}" for first, last in reversed(names))]]
    matrix += [
        [f"{last}, {first}", *(int(k == n) for n in reversed(range(1, 13)))] for k, (first, last) in enumerate(names)
    ]
    found = imported(tmp_path, people_csv=people, advice_csv=csv_of(matrix))

    assert len(found.tables["ties.csv"]) == 12
    assert not [told for told in found.notes.left_out if "advice.csv" in told]
