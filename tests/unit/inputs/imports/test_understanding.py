"""What a page needs to show of an import: questions as choices, values with their counts, what was entered."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.base.errors import InputError
from sim.inputs.imports import (
    Answers,
    Limits,
    Mapping,
    Notes,
    UnansweredError,
    import_files,
    import_understood,
    understand,
)
from tests.unit.inputs.imports.files import TODAY, csv_of, imported, written, xlsx

STAFF = csv_of(
    [
        ["id", "team", "service", "staff group", "job title", "Hired"],
        *([n, f"T{n % 3}", "S", ["nursing", "Wizards"][n % 4 == 0], "Nurse", "2020-01-05"] for n in range(1, 40)),
    ]
)
DEPARTMENTS = csv_of(
    [["id", "department", "manager"], *([n, f"D{n % 2}", 900 + n % 20] for n in range(1, 201))]
    + [[900 + n, f"D{n % 2}", ""] for n in range(20)]
)
TEAM_SCORES = "team,safety\nT0,62\nT1,70\nT2,55\n"
NO_SCALE = csv_of([["id", "safety"], *([n, 1 + n % 4] for n in range(1, 40))])


@pytest.mark.parametrize(
    "files",
    [
        {"staff_csv": STAFF, "survey_csv": TEAM_SCORES},
        {"staff_csv": STAFF, "survey_csv": NO_SCALE},
        {"staff_csv": DEPARTMENTS},
    ],
    ids=["means or shares", "scale", "departments"],
)
def test_each_choice_of_a_question_answers_it(files: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(UnansweredError) as caught:
        imported(tmp_path, **files)
    (question,) = caught.value.questions

    assert len(question.choices) >= 2
    for choice in question.choices:
        said = {name: value for name, value in choice.answers.items()}
        assert imported(tmp_path, said, **files).tables["people.csv"]


def test_distinct_values_are_told_once_with_their_count_and_meaning(tmp_path: Path) -> None:
    survey = csv_of(
        [["id", "I feel safe to speak up"], *([n, ["Agree", "Banana", "Strongly agree"][n % 3]] for n in range(1, 40))]
    )
    found = imported(tmp_path, staff_csv=STAFF.replace("2020-01-05", "soon", 1), survey_csv=survey)
    told = {(one.heading, one.text): (one.count, one.taken_for) for one in found.notes.values}

    assert told["staff group", "Wizards"] == (9, "")
    assert told["staff group", "nursing"] == (30, "nursing")
    assert told["I feel safe to speak up", "Agree"] == (13, "4")
    assert told["I feel safe to speak up", "Banana"] == (13, "")
    assert told["Hired", "soon"] == (1, "")
    assert all(one.proposal for one in found.notes.values if not one.taken_for)


def test_people_are_quoted_by_their_ids_only_where_they_may_be(tmp_path: Path) -> None:
    ties = "from,to\n1,2\n2,jane.doe@example.org\n"
    answers = "# scale: 1 to 5\nid,safety\n1,2\n2,5\nJohn Roe,4\n"
    paths = written(tmp_path, staff_csv=STAFF + "77,T1,S,nursing,Nurse,\n", ties_csv=ties, survey_csv=answers)
    for is_named in (True, False):
        notes = Notes(people_are_named=is_named)
        import_understood(understand(paths, Mapping()), Mapping(), today=TODAY, notes=notes)
        told = " ".join(notes.left_out)
        assert ("jane.doe" in told, "John Roe" in told) == (is_named, is_named)
        assert "1 person who is not in the staff list" in told


def test_what_was_entered_is_of_those_who_answered(tmp_path: Path) -> None:
    survey = "# scale: 0 to 100\n" + csv_of([["id", "safety"], [3, 40], [6, 60], [1, 100]])
    by_name = {one.name: one for one in imported(tmp_path, staff_csv=STAFF, survey_csv=survey).entered}

    assert (by_name["T0"].score, by_name["T0"].answered) == (0.5, 2)
    assert (by_name["T1"].score, by_name["T1"].answered) == (1.0, 1)
    assert "T2" not in by_name


def test_shares_of_teams_are_entered_as_such(tmp_path: Path) -> None:
    survey = "team,per cent who feel safe to speak up,respondents\nT0,62,12\nT1,70,<11\nT2,55,30\n"
    found = imported(tmp_path, staff_csv=STAFF, survey_csv=survey)

    assert [(one.name, one.score, one.is_share, one.answered) for one in found.entered] == [
        ("T0", 0.62, True, 12), ("T1", 0.7, True, 5), ("T2", 0.55, True, 30),
    ]  # fmt: skip


def test_what_has_to_be_answered_leaves_notes_of_what_was_understood(tmp_path: Path) -> None:
    paths = written(tmp_path, staff_csv=STAFF, survey_csv=TEAM_SCORES)
    notes = Notes()
    with pytest.raises(UnansweredError):
        import_understood(understand(paths, Mapping()), Mapping(), Answers(), TODAY, notes=notes)

    assert "staff.csv: people, 39 rows" in notes.understood


def test_files_may_take_what_they_are_allowed_and_no_more(tmp_path: Path) -> None:
    rows = [["id", "team"], *([n, f"T{n % 20}"] for n in range(200))]
    for name, content in {"staff_csv": csv_of(rows), "staff_xlsx": xlsx(People=rows)}.items():
        (path,) = written(tmp_path, **{name: content})
        assert understand([path], Mapping(), Limits(rows=201, cells=402))[0].table.n_rows == 200
        with pytest.raises(InputError):
            understand([path], Mapping(), Limits(rows=200, cells=402))
    with pytest.raises(InputError, match="unpacks to more"):
        understand([path], Mapping(), Limits(cells=401))
    assert import_files([path], today=TODAY).tables
