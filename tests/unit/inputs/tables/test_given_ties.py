"""Ties read from ``ties.csv``."""

from __future__ import annotations

import pytest

from tests.unit.inputs.tables.hospital import notice


def test_ties_are_sorted_pairs_of_rows_with_their_layers(read):
    organisation = read(ties="from;to;layer\np4;p1;committee\np1;p3;\np2;p3;Cross Team\n")
    pairs, layers = organisation.given_ties

    assert pairs.tolist() == [[0, 2], [0, 3], [1, 2]]
    assert layers.tolist() == [0, 1, 0]


def test_repeated_ties_in_either_direction_are_taken_once_and_told(read):
    organisation = read(ties="from,to,layer\np1,p3,committee\np3,p1,\np1,p3,\n")
    pairs, layers = organisation.given_ties

    assert (pairs.tolist(), layers.tolist()) == ([[0, 2]], [1])
    assert "2 ties are a repetition" in notice(organisation, "repetition")


def test_ties_within_a_team_and_with_leaders_are_told_and_not_used(read):
    organisation = read(ties="from,to\np1,p2\np1,l2\ns1,p1\np1,p3\n")

    assert organisation.given_ties[0].tolist() == [[0, 2]]
    assert "1 tie is within a team" in notice(organisation, "within a team")
    assert "2 ties are with leaders" in notice(organisation, "with leaders")


def test_a_table_without_ties_means_no_ties(read):
    organisation = read(ties="from,to\n")

    assert organisation.given_ties[0].shape == (0, 2)
    assert notice(organisation, "no ties between teams")


@pytest.mark.parametrize(
    ("row", "where", "came"),
    [
        ("p1,p33", "line 2, column to", '"p33"'),
        ("px,p1", "line 2, column from", '"px"'),
        ("p1,p1", "line 2, column to", '"p1", tied to themselves'),
        ("p1,", "line 2, column to", "an empty cell"),
        ("p1,p3,friends", "line 2, column layer", '"friends"'),
    ],
)
def test_a_faulty_tie_is_named(faults, row, where, came):
    row += "," * (2 - row.count(","))
    (fault,) = faults(ties=f"from,to,layer\n{row}\n")

    assert (fault.where, fault.came) == (f"ties.csv: {where}", came)
