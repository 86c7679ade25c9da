"""Of several surveys of the same people the latest is used, whatever the order of the files, and this is said."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from sim.base.errors import InputError
from sim.inputs.imports import Answers, Imported, import_files
from sim.inputs.imports.series import wave_rows
from tests.unit.inputs.imports.files import TODAY, asked, csv_of, imported, people_of, written

N = 6
STAFF = csv_of([["id", "team", "role"], *([n, "Ash" if n < 3 else "Oak", "nurse"] for n in range(N))])
SCALE = "# scale: 1 to 5\n"
SPEAK = "I feel safe to speak up"


def survey(score: int, ids: range = range(N), heading: str = SPEAK) -> str:
    return SCALE + csv_of([["id", heading], *([n, score] for n in ids)])


def scores(found: Imported, column: str = "safety") -> dict[str, str]:
    header, *rows = found.tables["survey.csv"]
    place = header.index(column)
    return {row[0]: row[place] for row in rows if row[0] and row[place]}


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("survey_2024_csv", "survey_2025_csv"),
        ("s2025_csv", "a_survey_2026_csv"),
        ("survey 2025-01_csv", "survey 2025-02_csv"),
        ("pulse_May 2024_csv", "pulse_November 2024_csv"),
        ("wave 2_csv", "wave 10_csv"),
    ],
)
def test_of_two_files_the_later_is_used_in_whatever_order_they_are_given(
    older: str, newer: str, tmp_path: Path
) -> None:
    files = written(tmp_path, **{"staff_csv": STAFF, older: survey(1), newer: survey(5)})
    found = [import_files(list(paths), None, Answers(), TODAY) for paths in permutations(files)]

    assert all(scores(one) == {str(n): "1" for n in range(N)} for one in found)
    assert all(one.tables["survey.csv"] == found[0].tables["survey.csv"] for one in found)
    assert all(
        any("is the wave that is used; 6 scores of 1 other wave left out" in t for t in one.notes.assumed)
        for one in found
    )


def test_files_that_cannot_be_put_in_order_are_asked_about_and_the_answer_is_used(tmp_path: Path) -> None:
    files = {"staff_csv": STAFF, "one_csv": survey(1), "two_csv": survey(5)}

    assert 'put the year into their names, or --answer "wave=one.csv"' in asked(tmp_path, **files)
    assert set(scores(imported(tmp_path, {"wave": "one.csv"}, **files)).values()) == {"0"}
    assert set(scores(imported(tmp_path, {"wave": "two.csv"}, **files)).values()) == {"1"}
    only = imported(tmp_path, {"wave": "three.csv"}, staff_csv=STAFF, one_csv=survey(1))
    assert 'no wave is called "three.csv", as was answered; the latest is used' in only.notes.assumed


def test_a_year_and_a_date_in_the_same_year_are_no_order(tmp_path: Path) -> None:
    dated = SCALE + csv_of([["id", SPEAK, "Date"], *([n, 5, "2024-05-02"] for n in range(N))])

    assert "which answers are the latest" in asked(tmp_path, staff_csv=STAFF, s2024_csv=survey(1), other_csv=dated)


def test_files_that_say_the_same_are_used_once(tmp_path: Path) -> None:
    found = imported(tmp_path, staff_csv=STAFF, one_csv=survey(4), two_csv=survey(4))

    assert set(scores(found).values()) == {"0.75"}
    assert any("and the same" in told for told in found.notes.left_out)


def test_files_of_other_people_or_other_questions_are_all_used(tmp_path: Path) -> None:
    people = imported(tmp_path / "a", staff_csv=STAFF, ash_csv=survey(1, range(3)), oak_csv=survey(5, range(3, N)))
    addressed = survey(2, heading="I am confident that my organisation would address my concern")
    questions = imported(tmp_path / "b", staff_csv=STAFF, safe_csv=survey(4), acted_csv=addressed)

    assert scores(people) == {str(n): "0" if n < 3 else "1" for n in range(N)}
    assert set(scores(questions).values()) == {"0.75"}
    assert set(scores(questions, "efficacy").values()) == {"0.25"}


@pytest.mark.parametrize(
    ("heading", "earlier", "later"),
    [
        ("Date", "2024-03-01", "2025-03-01"),
        ("date", "01/03/2024", "15/03/2025"),
        ("Timestamp", "2024/03/01 9:15:00", "2025/03/01 9:16:00"),
        ("Start Date", "2024-03-01", "2025-03-01"),
        ("Year", "2024", "2025"),
        ("Wave", "Wave 1", "Wave 2"),
        ("Wave", "Spring 2024", "Autumn 2024"),
        ("Wave", "baseline", "follow up"),
    ],
)
@pytest.mark.parametrize("is_later_first", [True, False])
def test_of_two_waves_in_one_file_the_later_is_used(
    heading: str, earlier: str, later: str, is_later_first: bool, tmp_path: Path
) -> None:
    waves = [(earlier, 1), (later, 5)]
    rows = [[n, wave, score] for wave, score in (waves[::-1] if is_later_first else waves) for n in range(N)]
    found = imported(tmp_path, staff_csv=STAFF, survey_csv=SCALE + csv_of([["id", heading, SPEAK], *rows]))

    assert scores(found) == {str(n): "1" for n in range(N)}
    assert any("6 scores of 1 other wave left out" in told for told in found.notes.assumed)
    assert "tenure_weeks" not in people_of(found)["1"]


@pytest.mark.parametrize("is_later_first", [True, False])
def test_scores_of_teams_are_of_the_latest_wave_too(is_later_first: bool, tmp_path: Path) -> None:
    rows = [["Ash", 2024, 20, 3], ["Oak", 2024, 30, 3], ["Ash", 2025, 80, 3], ["Oak", 2025, 90, 3]]
    table = csv_of([["team", "year", "Safe: % agree", "n"], *(rows[::-1] if is_later_first else rows)])
    header, *told = imported(tmp_path, staff_csv=STAFF, survey_csv=table).tables["survey.csv"]

    assert {row[1]: row[header.index("safety_agreeing")] for row in told} == {"Ash": "80", "Oak": "90"}


def test_waves_without_an_order_are_asked_about(tmp_path: Path) -> None:
    rows = [[n, wave, score] for wave, score in (("red", 1), ("blue", 5)) for n in range(N)]
    table = SCALE + csv_of([["id", "wave", SPEAK], *rows])

    assert "which answers are the latest" in asked(tmp_path, staff_csv=STAFF, survey_csv=table)
    assert set(scores(imported(tmp_path, {"wave": "blue"}, staff_csv=STAFF, survey_csv=table)).values()) == {"1"}


@pytest.mark.parametrize(
    "table",
    [
        SCALE + csv_of([["id", SPEAK], *([n, score] for score in (1, 5) for n in range(N))]),
        csv_of([["team", "Safe: % agree", "n"], ["Ash", 20, 3], ["Oak", 30, 3], ["Ash", 80, 3], ["Oak", 90, 3]]),
    ],
    ids=["persons", "teams"],
)
def test_everybody_twice_without_a_date_is_asked_about(table: str, tmp_path: Path) -> None:
    assert "which rows are the latest" in asked(tmp_path, staff_csv=STAFF, survey_csv=table)


def test_the_later_of_two_answers_within_one_wave_counts(tmp_path: Path) -> None:
    rows = [[0, "2025-03-01", 1], [0, "2025-03-09", 5], *([n, "2025-03-02", 3] for n in range(1, N))]
    found = imported(tmp_path, staff_csv=STAFF, survey_csv=SCALE + csv_of([["id", "Date", SPEAK], *rows]))

    assert scores(found)["0"] == "1"
    assert "survey.csv: 1 answer of people who answered later too" in found.notes.left_out


@pytest.mark.parametrize("heading", ["Hire Date", "Date joined"])
def test_a_date_of_employment_stays_one_beside_scores(heading: str, tmp_path: Path) -> None:
    rows = [[n, "Ash", "nurse", "2024-03-31", 4] for n in range(N)]
    table = SCALE + csv_of([["id", "team", "role", heading, "safety"], *rows])

    assert people_of(imported(tmp_path, staff_csv=table))["1"]["tenure_weeks"] == "52"


def test_files_in_the_wrong_order_name_no_wave_twice(tmp_path: Path) -> None:
    three = {f"s{year}_csv": survey(score) for year, score in ((2023, 1), (2024, 3), (2025, 5))}
    found = imported(tmp_path, staff_csv=STAFF, **three)
    (told,) = [text for text in found.notes.assumed if "is the wave that is used" in text]

    assert told == "s2025.csv is the wave that is used; 12 scores of 2 other waves left out: s2023.csv, s2024.csv"
    with pytest.raises(InputError):
        imported(tmp_path, staff_csv=STAFF, sa_csv=survey(1), **three)


def targets_of(found: Imported) -> list[dict[str, str]]:
    header, *rows = wave_rows(found.waves)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_every_wave_becomes_a_target_whose_week_counts_from_the_first(tmp_path: Path) -> None:
    rows = [["Ash", 2025, 80, 40], ["Oak", 2025, 90, 10], ["Ash", 2023, 20, 30], ["Oak", 2023, 30, 30]]
    table = csv_of([["team", "year", "Safe: % agree", "n"], *rows])

    early, late = targets_of(imported(tmp_path, staff_csv=STAFF, survey_csv=table))

    assert (early["week"], late["week"], early["measure"]) == ("0", "104", "safe_share")
    assert (float(early["value"]), float(late["value"])) == (0.25, 0.82)
    assert float(late["error"]) == pytest.approx((0.82 * 0.18 / 50) ** 0.5, rel=0.05)


def test_persons_answers_become_the_share_who_agree(tmp_path: Path) -> None:
    early = SCALE + csv_of([["id", SPEAK], *([n, 5 if n < 3 else 1] for n in range(N))])
    late = SCALE + csv_of([["id", SPEAK], *([n, 4 if n else 3] for n in range(N))])

    found = imported(tmp_path, staff_csv=STAFF, survey_2024_csv=early, survey_2025_csv=late)

    assert [round(float(one["value"]) * N) for one in targets_of(found)] == [3, N - 1]


def test_one_wave_or_waves_without_a_date_make_no_targets(tmp_path: Path) -> None:
    one = SCALE + csv_of([["id", SPEAK], *([n, 5] for n in range(N))])
    numbered = SCALE + csv_of([["id", "wave", SPEAK], *([n, k, 2 + k] for k in (1, 2) for n in range(N))])

    assert imported(tmp_path / "one", staff_csv=STAFF, survey_2024_csv=one).waves == []
    assert imported(tmp_path / "two", staff_csv=STAFF, survey_csv=numbered).waves == []


def test_scores_of_teams_take_the_place_of_earlier_answers_of_their_people_and_the_other_way_round(
    tmp_path: Path,
) -> None:
    teams = "# scale: 1 to 5\n# scores: means\n" + csv_of([["team", SPEAK, "n"], ["Ash", 4.5, 7], ["Oak", 4.25, 7]])
    first, then = tmp_path / "first", tmp_path / "then"
    first.mkdir()
    then.mkdir()

    later = imported(first, {}, staff_csv=STAFF, survey_2023_csv=survey(1), survey_2025_csv=teams)
    earlier = imported(then, {}, staff_csv=STAFF, survey_2023_csv=teams, survey_2025_csv=survey(1))

    assert scores(later) == {}
    assert len(later.tables["survey.csv"]) == 1 + 2
    assert set(scores(earlier).values()) == {"0"}
    assert len(earlier.tables["survey.csv"]) == 1 + N
    for found in (later, earlier):
        assert any("survey_2025.csv is the wave that is used" in told for told in found.notes.assumed)


def test_answers_in_words_that_nobody_knows_are_asked_about_and_are_no_teams(tmp_path: Path) -> None:
    words = ["stimme voll zu", "stimme nicht zu", "teils teils"]
    answers = csv_of([["id", SPEAK], *([n, words[n % 3]] for n in range(N))])

    told = asked(tmp_path, staff_csv=STAFF, survey_csv=answers)

    assert f'answers to "{SPEAK}" that are understood' in told
    assert "stimme nicht zu" in told
    assert "[words.answer]" in told


def test_ids_under_an_unknown_heading_are_known_by_the_staff_list_also_where_one_comes_twice(tmp_path: Path) -> None:
    rows = [[n, 5] for n in range(N)] + [[0, 5]]

    found = imported(tmp_path, {}, staff_csv=STAFF, survey_csv=SCALE + csv_of([["Pers.Nr", SPEAK], *rows]))

    assert scores(found) == {str(n): "1" for n in range(N)}


def test_a_survey_of_which_nothing_can_be_used_is_asked_about(tmp_path: Path) -> None:
    told = asked(tmp_path, staff_csv=STAFF, survey_csv=SCALE + csv_of([["id", SPEAK], ["p7", 5], ["p8", 4], ["p9", 1]]))

    assert "answers of people or teams who stand in the staff list" in told
    assert "3 answers of people who are not in the staff list" in told


def test_a_fraction_among_cells_with_a_sign_of_per_cent_is_asked_about(tmp_path: Path) -> None:
    shares = csv_of([["team", "% who agree it is safe to speak up", "n"], ["Ash", "62%", 10], ["Oak", 0.55, 10]])
    mixed = f"{shares}Elm,48,10\n"

    assert imported(tmp_path, {}, staff_csv=STAFF, survey_csv=shares).tables["survey.csv"][2][5] == "55"
    assert "whether 0.55 in" in asked(tmp_path, staff_csv=STAFF + "6,Elm,nurse\n7,Elm,nurse\n", survey_csv=mixed)
