"""What was understood once is understood again: next year, after a change by hand, and with one more file."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.base.errors import InputError
from sim.inputs.imports import Answers, Mapping, import_files, understood_mapping
from tests.unit.inputs.imports.files import TODAY, csv_of, imported, written

STAFF = csv_of([["id", "team", "service", "staff group"], *([n, f"T{n % 3}", "S", "nursing"] for n in range(1, 25))])


def survey_in_words(*words: str) -> str:
    return csv_of([["id", "I feel safe to speak up"], *([n, words[n % len(words)]] for n in range(1, 25))])


@pytest.mark.parametrize("words", [("Agree", "Disagree"), ("Slightly agree", "Neutral", "Somewhat disagree")])
def test_words_of_a_scale_are_on_the_same_scale_when_the_mapping_is_used_again(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    files = {"staff_csv": STAFF, "survey_csv": survey_in_words(*words)}
    first = imported(tmp_path, **files)

    assert imported(tmp_path, mapping=first.mapping, **files).tables == first.tables


def test_a_word_that_somebody_has_changed_keeps_its_new_meaning_and_the_others_theirs(tmp_path: Path) -> None:
    files = {"staff_csv": STAFF, "survey_csv": survey_in_words("Agree", "Disagree", "Strongly agree")}
    changed = Mapping(words={"answer": {"Disagree": "no answer"}})
    rows = imported(tmp_path, mapping=changed, **files).tables["survey.csv"][1:]

    assert {row[3] for row in rows if row[0]} == {"0.75", "1"}


@pytest.mark.parametrize(
    ("kind", "word", "meaning", "told"),
    [
        ("role", "Nurse", "boss", "team_leader"),
        ("staff group", "RN", "nurses", "nursing"),
        ("answer", "Maybe", "perhaps", "a number, or no answer"),
        ("colour", "x", "y", "staff group"),
    ],
)
def test_a_meaning_that_there_is_not_is_refused_by_name(
    kind: str, word: str, meaning: str, told: str, tmp_path: Path
) -> None:
    from sim.inputs.imports import read_mapping

    path = tmp_path / "mapping.toml"
    path.write_text(f'[words."{kind}"]\n"{word}" = "{meaning}"\n')
    with pytest.raises(InputError) as caught:
        read_mapping(path)

    assert told in str(caught.value)


def test_a_survey_that_joins_a_staff_list_that_is_mapped_is_no_second_staff_list(tmp_path: Path) -> None:
    survey = csv_of([["id", "team", "safety"], *([n, f"T{n % 3}", n % 5 + 1] for n in range(1, 25))])
    staff, answers = written(tmp_path, staff_csv=STAFF, survey_csv=survey)
    mapping = understood_mapping([staff], Mapping(), Answers())
    found = import_files([staff, answers], mapping, today=TODAY)

    assert [one.kind for one in found.sheets] == ["people", "survey"]


def test_teams_that_are_called_after_somebody_lose_that_name_with_pseudonyms(tmp_path: Path) -> None:
    chart = "Worker,Supervisor\n" + "\n".join(["1001,", "1002,1001", "1003,1001"])
    chart += "".join(f"\n{1000 + n},{1002 + n % 2}" for n in range(4, 16))
    (path,) = written(tmp_path, chart_csv=chart)
    rows = import_files([path], today=TODAY, pseudonyms=True).tables["people.csv"][1:]
    teams = {row[1] for row in rows if row[1]}

    assert len(teams) == 2
    assert not [cell for row in rows for cell in row if "100" in cell]


def test_a_number_of_respondents_that_is_none_is_told(tmp_path: Path) -> None:
    survey = "# scale: 1 to 5\nteam,safety,respondents\nT0,3.5,seven\nT1,3.2,8\nT2,4.1,9\n"
    found = imported(tmp_path, staff_csv=STAFF, survey_csv=survey)

    assert 'survey.csv: 1 cell of "respondents" that are no numbers: "seven"' in found.notes.left_out


def test_tables_that_an_import_wrote_are_imported_as_they_are(tmp_path: Path) -> None:
    survey = "team,per cent who feel safe to speak up,respondents\nT0,62,12\nT1,70,20\n"
    for name, text in {"persons": survey_in_words("Agree", "Disagree", ""), "shares": survey}.items():
        first = imported(tmp_path / name, {"agreeing_from": 4}, staff_csv=STAFF, survey_csv=text)
        files = {table.replace(".", "_"): own for table, own in first.texts().items()}
        again = imported(tmp_path / f"{name} again", **files)

        assert again.texts() == first.texts()
