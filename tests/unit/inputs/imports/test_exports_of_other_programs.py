"""Exports of survey tools, personnel systems and spreadsheets, as they are: none gives wrong numbers in silence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.inputs.imports.direction import Direction, direction_of
from tests.unit.inputs.imports.files import asked, csv_of, imported, people_of, xlsx
from tests.unit.inputs.imports.wards import PEOPLE, QUESTION, TEAMS, WORDS, staff


def _scores_of_persons(found) -> dict[str, float]:
    return {row[0]: float(row[3]) for row in found.tables["survey.csv"][1:] if row[0]}


def _means_of_teams(found) -> dict[str, float]:
    """Return what each team's people answered on average, whoever of them gave which answer."""
    team_of = {own: person["team"] for own, person in people_of(found).items()}
    scores: dict[str, list[float]] = {team: [] for team in TEAMS}
    header, *rows = found.tables["survey.csv"]
    for row in (dict(zip(header, row, strict=True)) for row in rows):
        scores[team_of.get(row["id"], row["team"])] += [float(row["safety"])] * int(row.get("times_given") or 1)
    return {team: round(sum(own) / len(own), 3) for team, own in scores.items() if own}


_EXPECTED = {team: round(sum((score - 1) / 4 for _, own, _, score in PEOPLE if own == team) / 10, 3) for team in TEAMS}


# --- codes with their words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form", ["{code} - {word}", "{code}. {word}", "({code}) {word}", "{code}={word}", "{code}: {word}"]
)
@pytest.mark.parametrize("is_falling", [False, True])
def test_of_a_code_beside_its_word_the_word_says_which_end_of_the_scale_is_which(
    form: str, is_falling: bool, tmp_path: Path
) -> None:
    rows = [
        [own, form.format(code=6 - score if is_falling else score, word=WORDS[score - 1])]
        for own, _, _, score in PEOPLE
    ]
    found = imported(tmp_path, staff_csv=staff(), survey_csv=csv_of([["id", "Safe to speak up"], *rows]))
    assert _scores_of_persons(found) == {own: (score - 1) / 4 for own, _, _, score in PEOPLE}


def test_a_word_at_one_end_of_the_scale_says_the_same(tmp_path: Path) -> None:
    codes = {5: "1 - Strongly agree", 4: "2", 3: "3", 2: "4", 1: "5 - Strongly disagree"}
    rows = [[own, codes[score]] for own, _, _, score in PEOPLE]
    found = imported(tmp_path, staff_csv=staff(), survey_csv=csv_of([["id", "Safe to speak up"], *rows]))
    assert _scores_of_persons(found) == {own: (score - 1) / 4 for own, _, _, score in PEOPLE}
    assert any('in "Safe to speak up" 1 means the most agreement and 5 the least' in one for one in found.notes.assumed)


def test_codes_with_words_are_on_their_scale_where_nobody_gave_the_last(tmp_path: Path) -> None:
    rows = [[own, f"{min(score, 4)} - {WORDS[min(score, 4) - 1]}"] for own, _, _, score in PEOPLE]
    found = imported(tmp_path, staff_csv=staff(), survey_csv=csv_of([["id", "Safe to speak up"], *rows]))
    assert max(_scores_of_persons(found).values()) == 0.75


def test_codes_from_below_to_above_0_are_on_their_scale_by_their_words(tmp_path: Path) -> None:
    rows = [[own, f"{score - 3} - {WORDS[score - 1]}"] for own, _, _, score in PEOPLE]
    found = imported(tmp_path, staff_csv=staff(), survey_csv=csv_of([["id", "Safe to speak up"], *rows]))
    assert _scores_of_persons(found) == {own: (score - 1) / 4 for own, _, _, score in PEOPLE}


def test_codes_whose_words_go_up_and_down_are_asked_about(tmp_path: Path) -> None:
    words = {1: "1 - Agree", 2: "2 - Strongly agree", 3: "3 - Disagree", 4: "4 - Strongly disagree", 5: "5 - Agree"}
    rows = [[own, words[score]] for own, _, _, score in PEOPLE]
    told = asked(tmp_path, staff_csv=staff(), survey_csv=csv_of([["id", "Safe to speak up"], *rows]))
    assert 'which end of the scale of "Safe to speak up" means the most agreement' in told


# --- numbers of answers are nobody's ----------------------------------------------------------------------------------


def _qualtrics() -> str:
    heads = ["StartDate", "Status", "IPAddress", "ResponseId", "RecipientEmail", "Q1", "Q2_1"]
    texts = [
        "Start Date",
        "Response Type",
        "IP Address",
        "Response ID",
        "Recipient Email",
        "Which team do you work in?",
    ]
    rows = [
        ["2025-02-03 10:00:00", "IP Address", "10.0.0.1", f"R_{k:09d}", "", team, WORDS[score - 1]]
        for k, (_, team, _, score) in enumerate(PEOPLE)
    ]
    kept = [json.dumps({"ImportId": head}) for head in heads]
    return csv_of([heads, [*texts, f"How far do you agree? - {QUESTION}"], kept, *rows])


def _forms() -> str:
    heads = ["ID", "Start time", "Completion time", "Email", "Name", "Which ward do you work on?", QUESTION]
    rows = [
        [k, "2/13/2025 9:00:00", "2/13/2025 9:04:00", "anonymous", "", team, WORDS[score - 1]]
        for k, (_, team, _, score) in enumerate(PEOPLE, 1)
    ]
    return csv_of([heads, *rows])


def _survey_monkey() -> str:
    heads = ["Respondent ID", "Collector ID", "Start Date", "IP Address", "Which team do you work in?", "Agree?", ""]
    rows = [
        [118000000000 + k, 43, "02/13/2025 10:00:01 AM", "10.0.0.1", team, WORDS[score - 1], WORDS[k % 5]]
        for k, (_, team, _, score) in enumerate(PEOPLE)
    ]
    return csv_of([heads, ["", "", "", "", "Response", QUESTION, "I enjoy the food in the canteen"], *rows])


def _lime_survey() -> str:
    heads = ["Response ID", "Date submitted", "Last page", "Seed", "Team", f"How far do you agree? [{QUESTION}]"]
    rows = [
        [k, "2025-02-03 10:00:00", 3, 12345 + k, team, WORDS[score - 1]]
        for k, (_, team, _, score) in enumerate(PEOPLE, 1)
    ]
    return csv_of([heads, *rows], ";")


@pytest.mark.parametrize("export", [_qualtrics, _forms, _survey_monkey, _lime_survey])
def test_an_export_of_a_survey_tool_is_answers_of_the_teams_that_it_names(
    export: Callable[[], str], tmp_path: Path
) -> None:
    found = imported(tmp_path, staff_csv=staff(), survey_csv=export())
    assert _means_of_teams(found) == pytest.approx(_EXPECTED, abs=0.001)
    assert any("tells answers apart and nobody of the staff list" in one for one in found.notes.assumed)


def test_numbers_of_answers_that_happen_to_be_ids_are_nobodys_where_the_teams_beside_them_are_others(
    tmp_path: Path,
) -> None:
    survey = _forms().splitlines()
    shifted = [survey[0], *(f"{k},{row.partition(',')[2]}" for k, row in enumerate(survey[:0:-1], 1))]
    found = imported(tmp_path, staff_csv=staff(lambda k, _: k + 1), survey_csv="\n".join(shifted))
    assert _means_of_teams(found) == pytest.approx(_EXPECTED, abs=0.001)
    told = [one for one in found.notes.assumed if "tells answers apart" in one]
    assert len(told) == 1
    assert '"ID"' in told[0]
    assert "another team" in told[0]


def test_ids_of_people_of_whom_a_few_have_moved_since_stay_theirs(tmp_path: Path) -> None:
    rows = [[own, "Oak" if k < 6 else team, score] for k, (own, team, _, score) in enumerate(PEOPLE)]
    survey = "# scale: 1 to 5\n" + csv_of([["id", "team", QUESTION], *rows])
    found = imported(tmp_path, staff_csv=staff(), survey_csv=survey)
    assert _scores_of_persons(found) == {own: (score - 1) / 4 for own, _, _, score in PEOPLE}


# --- how files are written --------------------------------------------------------------------------------------------


def test_a_comma_in_a_heading_parts_no_cells_where_semicolons_do(tmp_path: Path) -> None:
    rows = [f"{own};{score},0" for own, _, _, score in PEOPLE]
    survey = "\n".join(["id;I feel safe to speak up, always (1-5)", *rows])
    found = imported(tmp_path, staff_csv=staff(), survey_csv=survey)
    assert _scores_of_persons(found) == {own: (score - 1) / 4 for own, _, _, score in PEOPLE}


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_text_in_two_bytes_a_letter_needs_no_mark_of_it(encoding: str, tmp_path: Path) -> None:
    found = imported(tmp_path, staff_csv=staff().encode(encoding))
    assert len(people_of(found)) == len(PEOPLE)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('[\n{"id": "a", "team": "Ash"},\n{"id": "b", "team": "Oak"}\n]', "JSON"),
        ('{"id": "a", "team": "Ash"}\n{"id": "b", "team": "Oak"}\n', "JSON"),
        ('\ufeff<?xml version="1.0"?>\n<graphml><edge source="a" target="b"/></graphml>', "XML"),
        ("<html><table><tr><td>a</td></tr></table></html>", "a web page"),
        ("<!DOCTYPE html>\n<html></html>", "a web page"),
    ],
)
@pytest.mark.parametrize("name", ["staff_csv", "staff_xls"])
def test_what_is_no_table_but_text_of_another_kind_is_refused_by_its_name(
    text: str, what: str, name: str, tmp_path: Path
) -> None:
    told = asked(tmp_path, **{name: text})
    assert what in told
    assert "xlsx or CSV" in told


# --- reports ----------------------------------------------------------------------------------------------------------


def test_a_pivot_table_of_answers_by_team_is_those_answers(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Count of I feel safe to speak up", "Column Labels"],
        ["Row Labels", *WORDS, "Grand Total"],
    ]
    for team in TEAMS:
        given = [score for _, own, _, score in PEOPLE if own == team]
        rows.append([team, *(given.count(k) or "" for k in range(1, 6)), len(given)])
    rows.append(["Grand Total", *(sum(one[3] == k for one in PEOPLE) for k in range(1, 6)), len(PEOPLE)])
    found = imported(tmp_path, staff_csv=staff(), pivot_xlsx=xlsx(Sheet1=rows))
    assert _means_of_teams(found) == pytest.approx(_EXPECTED, abs=0.001)


def _shares() -> dict[str, tuple[float, ...]]:
    """Return of each team per cent who are favourable, neutral and unfavourable."""
    given = {team: [score for _, own, _, score in PEOPLE if own == team] for team in TEAMS}
    bounds = ((4, 5), (3, 3), (1, 2))
    return {
        team: tuple(100 * sum(low <= x <= high for x in own) / len(own) for low, high in bounds)
        for team, own in given.items()
    }


@pytest.mark.parametrize(
    "words",
    [
        ("Favourable", "Neutral", "Unfavourable"),
        ("positive", "neutral", "negative"),
        tuple(word.replace("ou", "o") for word in ("Favourable", "Neutral", "Unfavourable")),
    ],
)
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)])
def test_shares_of_those_in_favour_against_and_neither_are_the_share_who_agree(
    words: tuple[str, ...], order: tuple[int, ...], tmp_path: Path
) -> None:
    heads = ["Team", "Respondents", *(f"Feel safe to speak up - % {words[k]}" for k in order)]
    rows = [[team, 10, *(f"{shares[k]:.0f}" for k in order)] for team, shares in _shares().items()]
    found = imported(tmp_path, staff_csv=staff(), survey_csv=csv_of([heads, *rows]))
    header, *told = found.tables["survey.csv"]
    own = [dict(zip(header, row, strict=True)) for row in told]
    assert {one["team"]: float(one["safety_agreeing"]) for one in own} == pytest.approx(
        {team: shares[0] for team, shares in _shares().items()}
    )
    assert {one["respondents"] for one in own} == {"10"}


def test_a_report_with_a_row_for_each_question_and_a_column_for_each_team_is_turned(tmp_path: Path) -> None:
    shares = _shares()
    rows: list[list[object]] = [
        ["Trust X - directorate report 2024"],
        ["Question", "Description", "Organisation", *TEAMS],
        ["", "n", 30, 10, 10, 10],
        ["q25e", f"{QUESTION} (% agree/strongly agree)", 40, *(f"{shares[team][0]:.0f}" for team in TEAMS)],
        ["q25f", "If I spoke up my organisation would address my concern (% agree)", 40, 30, 40, 50],
    ]
    found = imported(tmp_path, staff_csv=staff(), report_xlsx=xlsx(Results=rows))
    header, *told = found.tables["survey.csv"]
    own = {row[1]: dict(zip(header, row, strict=True)) for row in told}
    assert {team: float(one["safety_agreeing"]) for team, one in own.items()} == {t: s[0] for t, s in shares.items()}
    assert [float(own[team]["efficacy_agreeing"]) for team in TEAMS] == [30, 40, 50]


def test_a_survey_in_words_that_nobody_knows_is_no_second_staff_list(tmp_path: Path) -> None:
    words = ("stimme nicht zu", "teils teils", "stimme eher zu", "stimme zu")
    rows = [[own, words[score % 4]] for own, _, _, score in PEOPLE]
    told = asked(tmp_path, staff_csv=staff(), survey_csv=csv_of([["Personalnummer", "Sicherheit"], *rows]))
    assert "which column tells how safe people feel" in told
    assert '"Sicherheit"' in told


# --- numbers that are no scores ---------------------------------------------------------------------------------------


def _of_teams(heading: str, cells: list[object], **more: list[object]) -> str:
    rows = [
        [team, 20, cell, *(own[k] for own in more.values())]
        for k, (team, cell) in enumerate(zip(TEAMS, cells, strict=True))
    ]
    return csv_of([["Team", "Respondents", heading, *(name.replace("_", " ") for name in more)], *rows])


@pytest.mark.parametrize(
    "heading",
    [
        "Feel safe to speak up: net agreement", "Change in psychological safety", "Psychological safety rank",
        "Psychological safety percentile", "How important is psychological safety to you?",
        "Feel safe to speak up: target",
        "Psychological safety z-score", "Psychological safety: difference",
    ],
)  # fmt: skip
def test_what_is_made_of_scores_is_no_score_unless_somebody_says_so(heading: str, tmp_path: Path) -> None:
    told = asked(tmp_path, staff_csv=staff(), survey_csv=_of_teams(heading, [1, 2, 3]))
    assert "which column tells how safe people feel" in told


def test_how_many_agree_is_not_taken_as_per_cent(tmp_path: Path) -> None:
    told = asked(tmp_path, staff_csv=staff(), survey_csv=_of_teams("Agree: I feel safe to speak up (n)", [4, 12, 19]))
    assert "per cent or how many agree" in told


def test_per_cent_below_a_heading_that_says_so_may_be_less_than_how_many_answered(tmp_path: Path) -> None:
    found = imported(tmp_path, staff_csv=staff(), survey_csv=_of_teams("Feel safe to speak up % agree", [4, 12, 19]))
    assert [row[5] for row in found.tables["survey.csv"][1:]] == ["4", "12", "19"]


def test_shares_below_0_are_asked_about(tmp_path: Path) -> None:
    told = asked(tmp_path, staff_csv=staff(), survey_csv=_of_teams("Feel safe to speak up % agree", [-40, 12, 55]))
    assert "per cent from 0 to 100" in told


def test_lowest_and_highest_answers_of_teams_are_no_scale(tmp_path: Path) -> None:
    survey = _of_teams("Safety score", [2.5, 3, 4.5], Lowest_score=[1, 2, 3], Highest_score=[4, 5, 5])
    assert "the scale of" in asked(tmp_path, staff_csv=staff(), survey_csv=survey)


@pytest.mark.parametrize("cell", ["{} (0.9)", "{} ± 0.9", "{} (SD 0.9)"])
def test_a_mean_with_its_spread_in_one_cell_is_a_mean(cell: str, tmp_path: Path) -> None:
    survey = _of_teams("Safety score (1-5)", [cell.format(mean) for mean in (2, 3, 4)])
    found = imported(tmp_path, staff_csv=staff(), survey_csv=survey)
    assert [row[3] for row in found.tables["survey.csv"][1:]] == ["0.25", "0.5", "0.75"]


@pytest.mark.parametrize("is_second", [False, True])
def test_headings_of_two_rows_are_read_together(is_second: bool, tmp_path: Path) -> None:
    blocks = [["Pride in work (1-5)", (4.9, 60)], ["Feel safe to speak up (1-5)", (3, 10)]][:: 1 if is_second else -1]
    heads = [["Team", blocks[0][0], "", blocks[1][0], ""], ["", *(["Mean", "n"] * 2)]]
    rows = [[team, *blocks[0][1], *blocks[1][1]] for team in TEAMS]
    found = imported(tmp_path, staff_csv=staff(), survey_csv=csv_of([*heads, *rows]))
    header, *told = found.tables["survey.csv"]
    own = [dict(zip(header, row, strict=True)) for row in told]
    assert {(one["safety"], one["respondents"]) for one in own} == {("0.5", "10")}


def test_waves_may_be_quarters(tmp_path: Path) -> None:
    rows = [[team, quarter, 10, mean] for quarter, mean in (("Q1 2024", 3), ("Q4 2023", 2)) for team in TEAMS]
    survey = "# scale: 1 to 5\n" + csv_of([["Team", "Quarter", "n", "Safety score"], *rows])
    found = imported(tmp_path, staff_csv=staff(), survey_csv=survey)
    assert {row[3] for row in found.tables["survey.csv"][1:]} == {"0.5"}


@pytest.mark.parametrize(
    "heading",
    [
        "Fire safety", "Patient safety is a priority here", "Safety training",
        "I feel safe walking to my car at night", "Health and Safety",
    ],
)  # fmt: skip
def test_safety_from_other_things_is_not_how_safe_people_feel_to_speak_up(heading: str, tmp_path: Path) -> None:
    rows = [[own, score] for own, _, _, score in PEOPLE]
    told = asked(tmp_path, staff_csv=staff(), survey_csv=csv_of([["id", heading], *rows]))
    assert "which column tells how safe people feel" in told


def test_raising_concerns_about_the_safety_of_patients_is_speaking_up(tmp_path: Path) -> None:
    rows = [[own, score] for own, _, _, score in PEOPLE]
    heads = ["id", "I feel safe to speak up about patient safety (1-5)"]
    found = imported(tmp_path, staff_csv=staff(), survey_csv=csv_of([heads, *rows]))
    assert len(_scores_of_persons(found)) == len(PEOPLE)


def test_what_concerns_somebody_is_what_they_speak_of_and_turns_no_question() -> None:
    asked_for = (
        "If I spoke up about something that concerned me I am confident my organisation would address my concern"
    )
    assert direction_of(asked_for) is Direction.SAFE


def test_whole_numbers_up_to_10_may_begin_at_0_and_this_is_said(tmp_path: Path) -> None:
    rows = [[own, 2 * score] for own, _, _, score in PEOPLE] + [["ab129", 10]]
    found = imported(
        tmp_path, staff_csv=staff(), survey_csv=csv_of([["id", "Psychological safety"], *rows[:-2], rows[-1]])
    )
    assert any('"Psychological safety" is on 1 to 10' in one and "0 to 10" in one for one in found.notes.assumed)


# --- what looks like it, and is not -----------------------------------------------------------------------------------


def test_a_tab_at_the_end_of_each_line_parts_no_cells(tmp_path: Path) -> None:
    found = imported(tmp_path, staff_csv=staff().replace("\n", "\t\n"))
    assert len(people_of(found)) == len(PEOPLE)


def test_a_first_line_may_say_that_numbers_are_per_cent(tmp_path: Path) -> None:
    survey = "# per cent who agree\n" + _of_teams("Agree: feel safe to speak up", [4, 12, 19])
    found = imported(tmp_path, staff_csv=staff(), survey_csv=survey)
    assert [row[5] for row in found.tables["survey.csv"][1:]] == ["4", "12", "19"]
