"""Exports of survey tools, personnel systems and spreadsheets, as they are: none gives wrong numbers in silence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.inputs.imports import import_files
from sim.inputs.imports.direction import Direction, direction_of
from tests.unit.inputs.imports.files import TODAY, asked, csv_of, imported, people_of, xlsx

_TEAMS = ("Ash", "Birch", "Oak")
_WORDS = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
_QUESTION = "I feel safe to speak up about anything that concerns me"
_PEOPLE = [
    (f"ab{100 + k}", _TEAMS[k % 3], "Ward Manager" if k < 3 else "Staff Nurse", 1 + k % 3 + (k // 3) ** 2 % 3)
    for k in range(30)
]
"""Id, team, title, and how far each agrees, from 1 to 5."""


def _staff(ident: Callable[[int, str], object] = lambda _, own: own) -> str:
    rows = [[ident(k, own), team, "Medicine", title] for k, (own, team, title, _) in enumerate(_PEOPLE)]
    return csv_of([["id", "team", "service", "job title"], *rows])


def _scores_of_persons(found) -> dict[str, float]:
    return {row[0]: float(row[3]) for row in found.tables["survey.csv"][1:] if row[0]}


def _means_of_teams(found) -> dict[str, float]:
    """Return what each team's people answered on average, whoever of them gave which answer."""
    team_of = {own: person["team"] for own, person in people_of(found).items()}
    scores: dict[str, list[float]] = {team: [] for team in _TEAMS}
    header, *rows = found.tables["survey.csv"]
    for row in (dict(zip(header, row, strict=True)) for row in rows):
        scores[team_of.get(row["id"], row["team"])] += [float(row["safety"])] * int(row.get("times_given") or 1)
    return {team: round(sum(own) / len(own), 3) for team, own in scores.items() if own}


_EXPECTED = {
    team: round(sum((score - 1) / 4 for _, own, _, score in _PEOPLE if own == team) / 10, 3) for team in _TEAMS
}


# --- codes with their words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form", ["{code} - {word}", "{code}. {word}", "({code}) {word}", "{code}={word}", "{code}: {word}"]
)
@pytest.mark.parametrize("is_falling", [False, True])
def test_of_a_code_beside_its_word_the_word_says_which_end_of_the_scale_is_which(
    form: str, is_falling: bool, tmp_path: Path
) -> None:
    rows = [
        [own, form.format(code=6 - score if is_falling else score, word=_WORDS[score - 1])]
        for own, _, _, score in _PEOPLE
    ]
    found = imported(tmp_path, staff_csv=_staff(), survey_csv=csv_of([["id", "Safe to speak up"], *rows]))
    assert _scores_of_persons(found) == {own: (score - 1) / 4 for own, _, _, score in _PEOPLE}


def test_a_word_at_one_end_of_the_scale_says_the_same(tmp_path: Path) -> None:
    codes = {5: "1 - Strongly agree", 4: "2", 3: "3", 2: "4", 1: "5 - Strongly disagree"}
    rows = [[own, codes[score]] for own, _, _, score in _PEOPLE]
    found = imported(tmp_path, staff_csv=_staff(), survey_csv=csv_of([["id", "Safe to speak up"], *rows]))
    assert _scores_of_persons(found) == {own: (score - 1) / 4 for own, _, _, score in _PEOPLE}
    assert any('in "Safe to speak up" 1 means the most agreement and 5 the least' in one for one in found.notes.assumed)


def test_codes_with_words_are_on_their_scale_where_nobody_gave_the_last(tmp_path: Path) -> None:
    rows = [[own, f"{min(score, 4)} - {_WORDS[min(score, 4) - 1]}"] for own, _, _, score in _PEOPLE]
    found = imported(tmp_path, staff_csv=_staff(), survey_csv=csv_of([["id", "Safe to speak up"], *rows]))
    assert max(_scores_of_persons(found).values()) == 0.75


def test_codes_from_below_to_above_0_are_on_their_scale_by_their_words(tmp_path: Path) -> None:
    rows = [[own, f"{score - 3} - {_WORDS[score - 1]}"] for own, _, _, score in _PEOPLE]
    found = imported(tmp_path, staff_csv=_staff(), survey_csv=csv_of([["id", "Safe to speak up"], *rows]))
    assert _scores_of_persons(found) == {own: (score - 1) / 4 for own, _, _, score in _PEOPLE}


def test_codes_whose_words_go_up_and_down_are_asked_about(tmp_path: Path) -> None:
    words = {1: "1 - Agree", 2: "2 - Strongly agree", 3: "3 - Disagree", 4: "4 - Strongly disagree", 5: "5 - Agree"}
    rows = [[own, words[score]] for own, _, _, score in _PEOPLE]
    told = asked(tmp_path, staff_csv=_staff(), survey_csv=csv_of([["id", "Safe to speak up"], *rows]))
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
        ["2025-02-03 10:00:00", "IP Address", "10.0.0.1", f"R_{k:09d}", "", team, _WORDS[score - 1]]
        for k, (_, team, _, score) in enumerate(_PEOPLE)
    ]
    kept = [json.dumps({"ImportId": head}) for head in heads]
    return csv_of([heads, [*texts, f"How far do you agree? - {_QUESTION}"], kept, *rows])


def _forms() -> str:
    heads = ["ID", "Start time", "Completion time", "Email", "Name", "Which ward do you work on?", _QUESTION]
    rows = [
        [k, "2/13/2025 9:00:00", "2/13/2025 9:04:00", "anonymous", "", team, _WORDS[score - 1]]
        for k, (_, team, _, score) in enumerate(_PEOPLE, 1)
    ]
    return csv_of([heads, *rows])


def _survey_monkey() -> str:
    heads = ["Respondent ID", "Collector ID", "Start Date", "IP Address", "Which team do you work in?", "Agree?", ""]
    rows = [
        [118000000000 + k, 43, "02/13/2025 10:00:01 AM", "10.0.0.1", team, _WORDS[score - 1], _WORDS[k % 5]]
        for k, (_, team, _, score) in enumerate(_PEOPLE)
    ]
    return csv_of([heads, ["", "", "", "", "Response", _QUESTION, "I enjoy the food in the canteen"], *rows])


def _lime_survey() -> str:
    heads = ["Response ID", "Date submitted", "Last page", "Seed", "Team", f"How far do you agree? [{_QUESTION}]"]
    rows = [
        [k, "2025-02-03 10:00:00", 3, 12345 + k, team, _WORDS[score - 1]]
        for k, (_, team, _, score) in enumerate(_PEOPLE, 1)
    ]
    return csv_of([heads, *rows], ";")


@pytest.mark.parametrize("export", [_qualtrics, _forms, _survey_monkey, _lime_survey])
def test_an_export_of_a_survey_tool_is_answers_of_the_teams_that_it_names(
    export: Callable[[], str], tmp_path: Path
) -> None:
    found = imported(tmp_path, staff_csv=_staff(), survey_csv=export())
    assert _means_of_teams(found) == pytest.approx(_EXPECTED, abs=0.001)
    assert any("tells answers apart and nobody of the staff list" in one for one in found.notes.assumed)


def test_numbers_of_answers_that_happen_to_be_ids_are_nobodys_where_the_teams_beside_them_are_others(
    tmp_path: Path,
) -> None:
    survey = _forms().splitlines()
    shifted = [survey[0], *(f"{k},{row.partition(',')[2]}" for k, row in enumerate(survey[:0:-1], 1))]
    found = imported(tmp_path, staff_csv=_staff(lambda k, _: k + 1), survey_csv="\n".join(shifted))
    assert _means_of_teams(found) == pytest.approx(_EXPECTED, abs=0.001)
    told = [one for one in found.notes.assumed if "tells answers apart" in one]
    assert len(told) == 1
    assert '"ID"' in told[0]
    assert "another team" in told[0]


def test_ids_of_people_of_whom_a_few_have_moved_since_stay_theirs(tmp_path: Path) -> None:
    rows = [[own, "Oak" if k < 6 else team, score] for k, (own, team, _, score) in enumerate(_PEOPLE)]
    survey = "# scale: 1 to 5\n" + csv_of([["id", "team", _QUESTION], *rows])
    found = imported(tmp_path, staff_csv=_staff(), survey_csv=survey)
    assert _scores_of_persons(found) == {own: (score - 1) / 4 for own, _, _, score in _PEOPLE}


# --- who is who -------------------------------------------------------------------------------------------------------


def test_ids_that_differ_in_case_or_in_zeros_alone_are_one_persons_and_this_is_said(tmp_path: Path) -> None:
    more = csv_of([[own.upper(), team, "Medicine", title] for own, team, title, _ in _PEOPLE[:5]])
    found = imported(tmp_path, staff_csv=_staff() + more)
    assert len(people_of(found)) == len(_PEOPLE)
    assert any("5 ids that differ in capitals or leading zeros alone" in one for one in found.notes.assumed)


def test_two_lists_that_write_ids_otherwise_have_each_person_once(tmp_path: Path) -> None:
    found = imported(tmp_path, staff_csv=_staff(), more_csv=_staff(lambda _, own: own.upper()))
    assert len(people_of(found)) == len(_PEOPLE)


def test_ids_of_which_a_spreadsheet_has_lost_digits_are_refused_by_name(tmp_path: Path) -> None:
    told = asked(tmp_path, staff_csv=_staff(lambda k, _: f"{1.2e11 + k * 3e8:.3E}"))
    assert "ids with all their digits" in told
    assert "1.200E+11" in told


@pytest.mark.parametrize("total", ["{} Total", "Total {}", "{} subtotal", "{} Ergebnis"])
def test_rows_below_a_team_that_say_how_many_there_are_are_nobody(total: str, tmp_path: Path) -> None:
    rows: list[list[object]] = [["Ward", "Employee Number", "Division", "Job Title"]]
    for team in _TEAMS:
        rows += [[team, own, "Medicine", title] for own, its, title, _ in _PEOPLE if its == team]
        rows.append([total.format(team), 10, "", ""])
    rows.append(["Grand Total", 30, "", ""])
    found = imported(tmp_path, staff_csv=csv_of(rows))
    assert len(people_of(found)) == len(_PEOPLE)
    assert "staff.csv: 4 rows with totals or notes, and no people" in found.notes.left_out


# --- days and lengths of service --------------------------------------------------------------------------------------


@pytest.mark.parametrize("never", ["31/12/9999", "31/12/4712", "01/01/1900"])
def test_a_day_that_stands_for_never_is_no_day_and_the_others_of_its_column_are_read(
    never: str, tmp_path: Path
) -> None:
    rows = [
        [own, team, "Medicine", title, "01/04/2019", "01/02/2025" if k in (7, 9) else never]
        for k, (own, team, title, _) in enumerate(_PEOPLE)
    ]
    heads = ["id", "team", "service", "job title", "start date", "leaving date"]
    found = imported(tmp_path, staff_csv=csv_of([heads, *rows]))
    assert set(people_of(found)) == {own for k, (own, *_) in enumerate(_PEOPLE) if k not in (7, 9)}


@pytest.mark.parametrize(
    ("heading", "each"),
    [("Length of service (days)", 364), ("Days of service", 364), ("Length of service (months)", 12)],
)
def test_a_length_of_service_is_in_the_unit_that_its_heading_says(heading: str, each: int, tmp_path: Path) -> None:
    rows = [[own, team, "Medicine", title, 2 * each] for own, team, title, _ in _PEOPLE]
    found = imported(tmp_path, staff_csv=csv_of([["id", "team", "service", "job title", heading], *rows]))
    assert {int(person["tenure_weeks"]) for person in people_of(found).values()} <= {103, 104}


def test_lengths_of_service_that_can_be_no_years_are_asked_about(tmp_path: Path) -> None:
    rows = [[own, team, "Medicine", title, 6 * k] for k, (own, team, title, _) in enumerate(_PEOPLE)]
    told = asked(tmp_path, staff_csv=csv_of([["id", "team", "service", "job title", "Length of service"], *rows]))
    assert 'the unit of "Length of service"' in told
    assert "months of service" in told


# --- ties -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "first", "step"), [("t", 0, 20), ("time", 1_735_700_000, 20), ("stamp", 1_735_700_000_000, -20_000)]
)
def test_when_people_met_is_not_how_strong_their_tie_is(heading: str, first: int, step: int, tmp_path: Path) -> None:
    rows = [[first + step * k, _PEOPLE[k % 4][0], _PEOPLE[4 + k % 3][0]] for k in range(120)]
    found = imported(tmp_path, staff_csv=_staff(), ties_csv=csv_of([[heading, "i", "j"], *rows]))
    assert [row[3] for row in found.tables["ties.csv"]] == ["weight", *["1"] * 12]
    assert any(f'"{heading}"' in one for one in found.notes.left_out)


# --- how files are written --------------------------------------------------------------------------------------------


def test_a_comma_in_a_heading_parts_no_cells_where_semicolons_do(tmp_path: Path) -> None:
    rows = [f"{own};{score},0" for own, _, _, score in _PEOPLE]
    survey = "\n".join(["id;I feel safe to speak up, always (1-5)", *rows])
    found = imported(tmp_path, staff_csv=_staff(), survey_csv=survey)
    assert _scores_of_persons(found) == {own: (score - 1) / 4 for own, _, _, score in _PEOPLE}


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_text_in_two_bytes_a_letter_needs_no_mark_of_it(encoding: str, tmp_path: Path) -> None:
    found = imported(tmp_path, staff_csv=_staff().encode(encoding))
    assert len(people_of(found)) == len(_PEOPLE)


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
        ["Row Labels", *_WORDS, "Grand Total"],
    ]
    for team in _TEAMS:
        given = [score for _, own, _, score in _PEOPLE if own == team]
        rows.append([team, *(given.count(k) or "" for k in range(1, 6)), len(given)])
    rows.append(["Grand Total", *(sum(one[3] == k for one in _PEOPLE) for k in range(1, 6)), len(_PEOPLE)])
    found = imported(tmp_path, staff_csv=_staff(), pivot_xlsx=xlsx(Sheet1=rows))
    assert _means_of_teams(found) == pytest.approx(_EXPECTED, abs=0.001)


def _shares() -> dict[str, tuple[float, ...]]:
    """Return of each team per cent who are favourable, neutral and unfavourable."""
    given = {team: [score for _, own, _, score in _PEOPLE if own == team] for team in _TEAMS}
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
    found = imported(tmp_path, staff_csv=_staff(), survey_csv=csv_of([heads, *rows]))
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
        ["Question", "Description", "Organisation", *_TEAMS],
        ["", "n", 30, 10, 10, 10],
        ["q25e", f"{_QUESTION} (% agree/strongly agree)", 40, *(f"{shares[team][0]:.0f}" for team in _TEAMS)],
        ["q25f", "If I spoke up my organisation would address my concern (% agree)", 40, 30, 40, 50],
    ]
    found = imported(tmp_path, staff_csv=_staff(), report_xlsx=xlsx(Results=rows))
    header, *told = found.tables["survey.csv"]
    own = {row[1]: dict(zip(header, row, strict=True)) for row in told}
    assert {team: float(one["safety_agreeing"]) for team, one in own.items()} == {t: s[0] for t, s in shares.items()}
    assert [float(own[team]["efficacy_agreeing"]) for team in _TEAMS] == [30, 40, 50]


def test_a_survey_in_words_that_nobody_knows_is_no_second_staff_list(tmp_path: Path) -> None:
    words = ("stimme nicht zu", "teils teils", "stimme eher zu", "stimme zu")
    rows = [[own, words[score % 4]] for own, _, _, score in _PEOPLE]
    told = asked(tmp_path, staff_csv=_staff(), survey_csv=csv_of([["Personalnummer", "Sicherheit"], *rows]))
    assert "which column tells how safe people feel" in told
    assert '"Sicherheit"' in told


# --- who works here ---------------------------------------------------------------------------------------------------

_HEADS = ["Employee Number", "Ward", "Division", "Job Title"]


def _listed(extra: Callable[[int], object], heading: str, others: list[list[object]]) -> str:
    rows = [[own, team, "Medicine", title, extra(k)] for k, (own, team, title, _) in enumerate(_PEOPLE)]
    return csv_of([[*_HEADS, heading], *rows, *others])


def _gone(mark: object) -> list[list[object]]:
    return [[f"x{k}", "Ash", "Medicine", "Staff Nurse", mark] for k in range(6)]


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
    staff = _listed(lambda k: here[k % len(here)], heading, _gone(gone))
    found = imported(tmp_path, staff_csv=staff)
    assert set(people_of(found)) == {own for own, *_ in _PEOPLE}
    assert any("6 people left before then" in one for one in found.notes.left_out)


def test_a_status_that_is_not_known_is_of_somebody_who_is_here_and_this_is_said(tmp_path: Path) -> None:
    staff = _listed(lambda k: "Purple" if k == 3 else "Active", "Status", _gone("Terminated"))
    found = imported(tmp_path, staff_csv=staff)
    assert len(people_of(found)) == len(_PEOPLE)
    assert any('"Purple"' in one and "still here" in one for one in found.notes.assumed)


def test_a_sheet_of_leavers_without_a_day_is_of_leavers(tmp_path: Path) -> None:
    sheets = {
        "Staff": [_HEADS, *([own, team, "Medicine", title] for own, team, title, _ in _PEOPLE)],
        "Leavers 2024": [_HEADS, *(row[:4] for row in _gone(""))],
    }
    found = imported(tmp_path, workforce_xlsx=xlsx(**sheets))
    assert set(people_of(found)) == {own for own, *_ in _PEOPLE}


@pytest.mark.parametrize(("number", "name"), [("x{}", "VACANT"), ("x{}", "Vacant Post"), ("Vacancy {}", "")])
def test_vacant_posts_are_nobody(number: str, name: str, tmp_path: Path) -> None:
    rows = [[own, f"Person {own}", team, "Medicine", title] for own, team, title, _ in _PEOPLE]
    vacant = [[number.format(k), name, "Ash", "Medicine", "Staff Nurse"] for k in range(6)]
    heads = ["Position Number", "Name", "Ward", "Division", "Job Title"]
    found = imported(tmp_path, establishment_csv=csv_of([heads, *rows, *vacant]))
    assert set(people_of(found)) == {own for own, *_ in _PEOPLE}
    assert any("6 rows of vacant posts" in one for one in found.notes.left_out)


@pytest.mark.parametrize("heading", ["Headcount", "Staff in post", "No. of employees", "FTE"])
def test_a_row_for_each_team_with_how_many_work_there_is_no_staff_list(heading: str, tmp_path: Path) -> None:
    rows = [[team, "Medicine", group, 5 + k] for k, team in enumerate(_TEAMS) for group in ("Nursing", "Medical")]
    told = asked(tmp_path, wards_csv=csv_of([["Ward", "Division", "Staff Group", heading], *rows]))
    assert "a row for each person" in told
    assert f'"{heading}"' in told


def test_a_list_of_several_months_is_asked_for_one_of_them(tmp_path: Path) -> None:
    rows = [
        [month, own, team, "Medicine", title]
        for month in ("28/02/2025", "31/03/2025")
        for own, team, title, _ in _PEOPLE
    ]
    told = asked(tmp_path, staff_csv=csv_of([["Month End", *_HEADS], *rows]))
    assert "the people of one day" in told
    assert '"Month End"' in told


def test_leaders_are_found_by_their_number_behind_their_name(tmp_path: Path) -> None:
    names = {own: f"Doe, Kim {own}" for own, *_ in _PEOPLE}
    leaders = {team: own for own, team, title, _ in _PEOPLE if title == "Ward Manager"}
    rows = [
        [own, names[own], "" if own in leaders.values() else f"{names[leaders[team]]} ({leaders[team]})"]
        for own, team, *_ in _PEOPLE
    ]
    found = imported(tmp_path, staff_csv=csv_of([["Employee Number", "Employee Name", "Supervisor"], *rows]))
    assert {own for own, one in people_of(found).items() if one["role"] == "team_leader"} == set(leaders.values())


def test_leaders_are_found_by_the_number_of_their_post(tmp_path: Path) -> None:
    posts = {own: f"5{own[2:]}" for own, *_ in _PEOPLE}
    leaders = {team: own for own, team, title, _ in _PEOPLE if title == "Ward Manager"}
    rows = [[own, posts[own], "" if own in leaders.values() else posts[leaders[team]]] for own, team, *_ in _PEOPLE]
    found = imported(tmp_path, staff_csv=csv_of([["Employee Number", "Position Number", "Reports To"], *rows]))
    assert {own for own, one in people_of(found).items() if one["role"] == "team_leader"} == set(leaders.values())


def test_a_ward_that_lost_the_zero_of_its_number_is_found(tmp_path: Path) -> None:
    numbers = dict(zip(_TEAMS, ("07", "08", "12"), strict=True))
    rows = [[own, numbers[team], "Medicine", title] for own, team, title, _ in _PEOPLE]
    survey = "# scale: 1 to 5\nward,n,safety\n7,10,2\n8,10,3\n12,10,4\n"
    found = imported(tmp_path, staff_csv=csv_of([_HEADS, *rows]), survey_csv=survey)
    assert {row[1]: row[3] for row in found.tables["survey.csv"][1:]} == {"07": "0.25", "08": "0.5", "12": "0.75"}


# --- numbers that are no scores ---------------------------------------------------------------------------------------


def _of_teams(heading: str, cells: list[object], **more: list[object]) -> str:
    rows = [
        [team, 20, cell, *(own[k] for own in more.values())]
        for k, (team, cell) in enumerate(zip(_TEAMS, cells, strict=True))
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
    told = asked(tmp_path, staff_csv=_staff(), survey_csv=_of_teams(heading, [1, 2, 3]))
    assert "which column tells how safe people feel" in told


def test_how_many_agree_is_not_taken_as_per_cent(tmp_path: Path) -> None:
    told = asked(tmp_path, staff_csv=_staff(), survey_csv=_of_teams("Agree: I feel safe to speak up (n)", [4, 12, 19]))
    assert "per cent or how many agree" in told


def test_per_cent_below_a_heading_that_says_so_may_be_less_than_how_many_answered(tmp_path: Path) -> None:
    found = imported(tmp_path, staff_csv=_staff(), survey_csv=_of_teams("Feel safe to speak up % agree", [4, 12, 19]))
    assert [row[5] for row in found.tables["survey.csv"][1:]] == ["4", "12", "19"]


def test_shares_below_0_are_asked_about(tmp_path: Path) -> None:
    told = asked(tmp_path, staff_csv=_staff(), survey_csv=_of_teams("Feel safe to speak up % agree", [-40, 12, 55]))
    assert "per cent from 0 to 100" in told


def test_lowest_and_highest_answers_of_teams_are_no_scale(tmp_path: Path) -> None:
    survey = _of_teams("Safety score", [2.5, 3, 4.5], Lowest_score=[1, 2, 3], Highest_score=[4, 5, 5])
    assert "the scale of" in asked(tmp_path, staff_csv=_staff(), survey_csv=survey)


@pytest.mark.parametrize("cell", ["{} (0.9)", "{} ± 0.9", "{} (SD 0.9)"])
def test_a_mean_with_its_spread_in_one_cell_is_a_mean(cell: str, tmp_path: Path) -> None:
    survey = _of_teams("Safety score (1-5)", [cell.format(mean) for mean in (2, 3, 4)])
    found = imported(tmp_path, staff_csv=_staff(), survey_csv=survey)
    assert [row[3] for row in found.tables["survey.csv"][1:]] == ["0.25", "0.5", "0.75"]


@pytest.mark.parametrize("is_second", [False, True])
def test_headings_of_two_rows_are_read_together(is_second: bool, tmp_path: Path) -> None:
    blocks = [["Pride in work (1-5)", (4.9, 60)], ["Feel safe to speak up (1-5)", (3, 10)]][:: 1 if is_second else -1]
    heads = [["Team", blocks[0][0], "", blocks[1][0], ""], ["", *(["Mean", "n"] * 2)]]
    rows = [[team, *blocks[0][1], *blocks[1][1]] for team in _TEAMS]
    found = imported(tmp_path, staff_csv=_staff(), survey_csv=csv_of([*heads, *rows]))
    header, *told = found.tables["survey.csv"]
    own = [dict(zip(header, row, strict=True)) for row in told]
    assert {(one["safety"], one["respondents"]) for one in own} == {("0.5", "10")}


def test_waves_may_be_quarters(tmp_path: Path) -> None:
    rows = [[team, quarter, 10, mean] for quarter, mean in (("Q1 2024", 3), ("Q4 2023", 2)) for team in _TEAMS]
    survey = "# scale: 1 to 5\n" + csv_of([["Team", "Quarter", "n", "Safety score"], *rows])
    found = imported(tmp_path, staff_csv=_staff(), survey_csv=survey)
    assert {row[3] for row in found.tables["survey.csv"][1:]} == {"0.5"}


def test_a_log_of_meetings_makes_ties_as_strong_as_they_were_many(tmp_path: Path) -> None:
    one, other, third = (_PEOPLE[k][0] for k in (3, 4, 5))
    rows = [["2025-01-01 10:00", one, other]] * 9 + [["2025-01-02 10:00", one, third]] * 3
    found = imported(tmp_path, staff_csv=_staff(), log_csv=csv_of([["when", "from", "to"], *rows]))
    assert [row[3] for row in found.tables["ties.csv"]] == ["weight", "1.5", "0.5"]


def test_a_pair_that_is_given_again_by_chance_is_a_tie_like_others_and_this_is_said(tmp_path: Path) -> None:
    rows = [[_PEOPLE[k][0], _PEOPLE[k + 1][0]] for k in range(8)] + [[_PEOPLE[0][0], _PEOPLE[1][0]]]
    found = imported(tmp_path, staff_csv=_staff(), ties_csv=csv_of([["from", "to"], *rows]))
    assert found.tables["ties.csv"][0] == ["from", "to", "layer"]
    assert any("1 tie given before, which makes none stronger" in one for one in found.notes.assumed)


@pytest.mark.parametrize(
    "heading",
    [
        "Fire safety", "Patient safety is a priority here", "Safety training",
        "I feel safe walking to my car at night", "Health and Safety",
    ],
)  # fmt: skip
def test_safety_from_other_things_is_not_how_safe_people_feel_to_speak_up(heading: str, tmp_path: Path) -> None:
    rows = [[own, score] for own, _, _, score in _PEOPLE]
    told = asked(tmp_path, staff_csv=_staff(), survey_csv=csv_of([["id", heading], *rows]))
    assert "which column tells how safe people feel" in told


def test_raising_concerns_about_the_safety_of_patients_is_speaking_up(tmp_path: Path) -> None:
    rows = [[own, score] for own, _, _, score in _PEOPLE]
    heads = ["id", "I feel safe to speak up about patient safety (1-5)"]
    found = imported(tmp_path, staff_csv=_staff(), survey_csv=csv_of([heads, *rows]))
    assert len(_scores_of_persons(found)) == len(_PEOPLE)


def test_what_concerns_somebody_is_what_they_speak_of_and_turns_no_question() -> None:
    asked_for = (
        "If I spoke up about something that concerned me I am confident my organisation would address my concern"
    )
    assert direction_of(asked_for) is Direction.SAFE


def test_whole_numbers_up_to_10_may_begin_at_0_and_this_is_said(tmp_path: Path) -> None:
    rows = [[own, 2 * score] for own, _, _, score in _PEOPLE] + [["ab129", 10]]
    found = imported(
        tmp_path, staff_csv=_staff(), survey_csv=csv_of([["id", "Psychological safety"], *rows[:-2], rows[-1]])
    )
    assert any('"Psychological safety" is on 1 to 10' in one and "0 to 10" in one for one in found.notes.assumed)


def test_who_left_counts_once_however_often_they_are_listed(tmp_path: Path) -> None:
    heads = [*_HEADS, "Start Date", "Leaving Date"]
    staff = _listed(lambda _: "2015-01-01", "Start Date", [])
    gone = [[f"x{k % 6}", "Ash", "Medicine", "Staff Nurse", "2015-01-01", "2024-09-30"] for k in range(12)]
    found = imported(tmp_path, staff_csv=staff, leavers_csv=csv_of([heads, *gone]))
    assert found.numbers[0].basis.startswith("6 leavers")


def test_who_stands_among_leavers_and_in_the_staff_list_as_well_is_said(tmp_path: Path) -> None:
    heads = [*_HEADS, "Start Date", "Leaving Date"]
    staff = _listed(lambda _: "2015-01-01", "Start Date", [])
    gone = [[own, team, "Medicine", title, "2015-01-01", "2024-09-30"] for own, team, title, _ in _PEOPLE[3:7]]
    found = imported(tmp_path, staff_csv=staff, leavers_csv=csv_of([heads, *gone]))
    assert any("4 people stand in the staff list though they left" in one for one in found.notes.assumed)


# --- what looks like it, and is not -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "here", [["P", "T"], ["F", "P"], ["R", "A", "R"], ["Permanent", "Temporary"], ["Retired and returned", "Active"]]
)
def test_contracts_are_no_leaving(here: list[str], tmp_path: Path) -> None:
    found = imported(tmp_path, staff_csv=_listed(lambda k: here[k % len(here)], "Status", []))
    assert len(people_of(found)) == len(_PEOPLE)


def test_who_is_not_active_has_left(tmp_path: Path) -> None:
    found = imported(tmp_path, staff_csv=_listed(lambda _: "Active", "Status", _gone("Not active")))
    assert len(people_of(found)) == len(_PEOPLE)


def test_a_team_that_is_called_total_and_a_name_like_vacant_are_people(tmp_path: Path) -> None:
    rows = [[f"Total Care {team}", f"Vác, Jan {own}", "Medicine", title] for own, team, title, _ in _PEOPLE]
    found = imported(tmp_path, staff_csv=csv_of([["Ward", "Name", "Division", "Job Title"], *rows]))
    assert len(people_of(found)) == len(_PEOPLE)


def test_a_tab_at_the_end_of_each_line_parts_no_cells(tmp_path: Path) -> None:
    found = imported(tmp_path, staff_csv=_staff().replace("\n", "\t\n"))
    assert len(people_of(found)) == len(_PEOPLE)


def test_a_first_line_may_say_that_numbers_are_per_cent(tmp_path: Path) -> None:
    survey = "# per cent who agree\n" + _of_teams("Agree: feel safe to speak up", [4, 12, 19])
    found = imported(tmp_path, staff_csv=_staff(), survey_csv=survey)
    assert [row[5] for row in found.tables["survey.csv"][1:]] == ["4", "12", "19"]


def test_whom_people_report_to_in_the_line_goes_before_whom_they_report_to_otherwise(tmp_path: Path) -> None:
    leaders = {team: own for own, team, title, _ in _PEOPLE if title == "Ward Manager"}
    rows = [[own, _PEOPLE[0][0], leaders[team], team, "Medicine"] for own, team, *_ in _PEOPLE]
    heads = ["id", "Reports to (functional)", "Reports to (line)", "Ward", "Division"]
    found = imported(tmp_path, staff_csv=csv_of([heads, *rows]))
    assert {own for own, one in people_of(found).items() if one["role"] == "team_leader"} == set(leaders.values())


@pytest.mark.parametrize("in_one_cell", [False, True])
def test_whom_somebody_names_may_stand_in_several_columns_or_in_one_cell(in_one_cell: bool, tmp_path: Path) -> None:
    own = [one[0] for one in _PEOPLE]
    named = [[own[(k + 7) % 30], own[(k + 11) % 30], own[(k + 12) % 30]] for k in range(30)]
    heads = ["id", "contacts"] if in_one_cell else ["id", "contact 1", "contact 2", "contact 3"]
    rows = [[one, "; ".join(others)] if in_one_cell else [one, *others] for one, others in zip(own, named, strict=True)]
    found = imported(tmp_path, staff_csv=_staff(), network_csv=csv_of([heads, *rows]))
    expected = {frozenset((one, other)) for one, others in zip(own, named, strict=True) for other in others}
    assert {frozenset(row[:2]) for row in found.tables["ties.csv"][1:]} == expected
    again = import_files([tmp_path / "staff.csv", tmp_path / "network.csv"], found.mapping, today=TODAY)
    assert again.tables == found.tables
