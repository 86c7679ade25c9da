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


def test_a_teams_score_leaves_open_whoever_has_none_of_their_own(read):
    organisation = read(survey="# scale: 1 to 5\nid,team,safety,efficacy\np1,,5,\n,Rowan,3,3\n")
    scores = organisation.scores
    rowan = organisation.team_of_staff() == organisation.team_names().index("Rowan")

    assert (scores.safety_open == (rowan & (scores.safety != 1.0))).all()
    assert (scores.efficacy_open == rowan).all()
    assert "a synthetic staff, another one in each run" in notice(organisation, "synthetic")
