"""Scores read from ``survey.csv``."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.inputs.tables.hospital import notice


def test_scores_are_mapped_to_shares_of_the_scale(read):
    organisation = read(survey="# scale: 1 to 5\nid,safety,efficacy\np1,1,5\np2,3,\np4,,2\n")

    np.testing.assert_array_equal(organisation.scores.safety, [0, 0.5, np.nan, np.nan])
    np.testing.assert_array_equal(organisation.scores.efficacy, [1, np.nan, np.nan, 0.25])
    assert "2 have a score for safety and 2 for efficacy" in notice(organisation, "survey.csv")


def test_a_teams_score_is_that_of_members_without_their_own(read):
    organisation = read(survey="# scale: 0 to 6\nid,team,safety,efficacy\n,Rowan,6,3\np1,,,0\np4,Elder,3,3\n")

    np.testing.assert_array_equal(organisation.scores.safety, [1, 1, np.nan, 0.5])
    np.testing.assert_array_equal(organisation.scores.efficacy, [0, 0.5, np.nan, 0.5])


@pytest.mark.parametrize(
    "line", ["# scale: 0 to 10", "#scale 0-10", '"# Scale: 0 to 10",', "# scale (0 – 10)", "# scale: 0..10"]
)
def test_the_scale_may_be_stated_in_a_first_line(read, line):
    organisation = read(survey=f"{line}\nteam,safety\nRowan,5\n")

    np.testing.assert_array_equal(organisation.scores.safety, [0.5, 0.5, np.nan, np.nan])


@pytest.mark.parametrize(
    ("survey", "where", "wanted", "came"),
    [
        ("id,safety\np1,3\n", "line 1", "the scale of the scores", "neither"),
        ("# scale: one to five\nid,safety\np1,3\n", "line 1", "a scale like", '"scale: one to five"'),
        ("# scale: 5 to 1\nid,safety\np1,3\n", "line 1", "a scale from a lower to a higher", "5 to 1"),
        ("# scale: 1 to 1\nid,safety\np1,1\n", "line 1", "a scale from a lower to a higher", "1 to 1"),
        ("id,safety,scale_low\np1,3,1\n", "line 1", "both scale_low and scale_high", "one of them"),
        ("id,safety,scale_low,scale_high\np1,3,1,5\np2,3,1,7\n", "line 3", "one scale, 1 to 5 as before", "1 to 7"),
        ("id,safety,scale_low,scale_high\np1,3,1,\n", "line 2, column scale_high", "a number", "an empty cell"),
        ("# scale: 1 to 5\nid,safety\np1,5.1\n", "line 3, column safety", "a score from 1 to 5", '"5.1"'),
        ("# scale: 1 to 5\nid,safety\np1,good\n", "line 3, column safety", "a score from 1 to 5", '"good"'),
        ("# scale: 1 to 5\nid,safety\np9,3\n", "line 3, column id", "an id of people.csv", '"p9"'),
        ("# scale: 1 to 5\nteam,safety\nRowann,3\n", "line 3, column team", "a team of people.csv", '"Rowann"'),
        ("# scale: 1 to 5\nid,team,safety\np1,Elder,3\n", "line 3, column team", '"Rowan", the team of', '"Elder"'),
        ("# scale: 1 to 5\nid,safety\np1,3\np1,3\n", "line 4, column id", "one row for each person", '"p1" a second'),
        (
            "# scale: 1 to 5\nteam,safety\nElder,3\nElder,3\n",
            "line 4, column team",
            "one row for each team",
            '"Elder" a',
        ),
        ("# scale: 1 to 5\nid,team,safety\n,,3\n", "line 3", "an id or a team", "neither"),
        ("# scale: 1 to 5\nsafety\n3\n", "line 2", "a column id or team", "safety"),
        ("# scale: 1 to 5\nid\np1\n", "line 2", "a column safety or efficacy", "id"),
    ],
)
def test_a_faulty_survey_is_named(faults, survey, where, wanted, came):
    (fault,) = faults(survey=survey)

    assert fault.where == f"survey.csv: {where}"
    assert fault.wanted.startswith(wanted)
    assert fault.came.startswith(came)


def test_scores_of_leaders_are_told_and_not_used(read):
    organisation = read(survey="# scale: 1 to 5\nid,safety\nl1,3\np1,5\n")

    np.testing.assert_array_equal(organisation.scores.safety, [1, np.nan, np.nan, np.nan])
    assert "1 leader(s)" in notice(organisation, "leader(s)")


TEAMS = "".join(f"{team}{n},Team {team},nursing,staff,Medicine,\n" for team in "abc" for n in range(6))
PEOPLE_OF_TEAMS = f"id,team,staff_group,role,service,leader\n{TEAMS}"
SAME_FOR_ALL = "".join(f"{team}{n},{62 + place}\n" for place, team in enumerate("abc") for n in range(6))


def test_the_same_score_for_everybody_in_each_team_is_not_taken_for_personal_scores(faults):
    (fault,) = faults(PEOPLE_OF_TEAMS, survey=f"# scale: 0 to 100\nid,safety\n{SAME_FOR_ALL}")

    assert "scores of persons, or a row for each team" in fault.wanted
    assert fault.came == 'the same score for everybody in 3 teams, such as "Team a"'
    assert "# scores: personal" in fault.hint


def test_it_is_if_the_file_says_that_they_are_personal(read):
    organisation = read(PEOPLE_OF_TEAMS, survey=f"# scale: 0 to 100\n# scores: personal\nid,safety\n{SAME_FOR_ALL}")

    assert organisation.scores.n_open == 0


def test_a_team_of_whom_all_feel_quite_safe_is_no_sign_of_that(read):
    rows = "".join(f"{team}{n},{5 if team == 'a' else n % 5 + 1}\n" for team in "abc" for n in range(6))
    assert read(PEOPLE_OF_TEAMS, survey=f"# scale: 1 to 5\nid,safety\n{rows}").scores.n_open == 0


@pytest.mark.parametrize("scale", ["0 to 100", "0 to 1"])
def test_a_teams_score_that_may_be_a_share_is_asked_about(faults, scale):
    (fault,) = faults(survey=f"# scale: {scale}\nteam,safety\nRowan,0.6\nElder,0.7\n")

    assert "are means or per cent of those who agree" in fault.wanted
    assert "# scores: means" in fault.hint
    assert "safety_agreeing" in fault.hint


def test_a_share_who_agree_a_number_of_answers_and_a_spread_are_read(read):
    table = (
        "# agreeing: from 5 on 1 to 7\n# scale: 1 to 7\nteam,service,safety_agreeing,efficacy,respondents,spread\n"
        "Rowan,,61.4%,5.2,12,\n,Medicine,50,4,,1.2\n"
    )
    scores = read(survey=table).scores

    safety, efficacy = scores.safety_groups, scores.efficacy_groups
    np.testing.assert_array_equal(safety.of_seat, [0, 0, 1, 1])
    np.testing.assert_allclose(safety.value, [0.614, 0.5])
    assert safety.is_share.all()
    assert not efficacy.is_share.any()
    np.testing.assert_allclose(safety.agrees_above, (4.5 - 1) / 6)
    np.testing.assert_array_equal(efficacy.answered, [12, 0])
    np.testing.assert_allclose(efficacy.spread, [np.nan, 0.2])


def test_answers_without_a_name_are_read_as_they_were_given(read):
    table = "# scale: 1 to 5\nteam,safety,efficacy,times_given\nRowan,5,3,2\nRowan,1,,1\nElder,3,3,1\n"
    scores = read(survey=table).scores

    safety, efficacy = scores.safety_groups, scores.efficacy_groups
    np.testing.assert_array_equal(safety.answers, [0.0, 1.0, 1.0, 0.5])
    np.testing.assert_array_equal(safety.answers_of, [0, 0, 0, 1])
    np.testing.assert_array_equal(safety.answered, [3, 1])
    np.testing.assert_array_equal(efficacy.answers, [0.5, 0.5, 0.5])
    np.testing.assert_allclose(safety.value, [2 / 3, 0.5])


def test_more_answers_than_can_be_kept_are_refused_before_they_are_made(faults):
    (fault,) = faults(survey="# scale: 1 to 5\nteam,safety,times_given\nRowan,3,9000000\nRowan,4,9000000\n")

    assert fault.came == "18,000,000"


@pytest.mark.parametrize(
    ("survey", "column", "came"),
    [
        (
            "# scale: 1 to 5\nteam,safety,times_given,respondents\nRowan,3,2,9\n",
            "times_given",
            "both that and respondents",
        ),
        ("# scale: 1 to 5\nteam,safety,times_given\nRowan,3,2\nRowan,4,\n", "team", '"Rowan" a second time'),
        ("# scale: 1 to 5\nteam,safety,times_given\nRowan,3,\nRowan,4,2\n", "team", '"Rowan" a second time'),
        ("# scale: 1 to 5\nteam,safety,times_given\nRowan,3,-1\n", "times_given", '"-1"'),
        ("team,safety_agreeing\nRowan,101\n", "safety_agreeing", '"101"'),
        ("team,safety_agreeing,respondents\nRowan,60,2.5\n", "respondents", '"2.5"'),
        (f"team,safety_agreeing,respondents\nRowan,60,1{'0' * 310}\n", "respondents", f'"1{"0" * 58}…"'),
        ("# scale: 1 to 5\nteam,safety,spread\nRowan,3,9\n", "spread", '"9"'),
        ("service,safety_agreeing\nSurgery,60\n", "service", '"Surgery"'),
        ("# agreeing: 4\nteam,safety_agreeing\nRowan,60\n", "", '"agreeing: 4"'),
        ("# scale: 1 to 5\n# scores: marks\nid,safety\np1,3\n", "", '"scores: marks"'),
    ],
)
def test_what_is_told_of_groups_is_checked(faults, survey, column, came):
    (fault,) = faults(survey=survey)

    assert column in fault.where
    assert fault.came == came


def test_what_is_wrong_alike_in_many_rows_is_told_once(faults):
    (fault,) = faults(survey="# scale: 1 to 5\nid,safety\np1,agree\np2,agree\np3,agree\n")

    assert fault.came == '"agree", as in 2 more lines'
