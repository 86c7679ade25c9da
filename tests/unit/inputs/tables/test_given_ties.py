"""Ties read from ``ties.csv``."""

from __future__ import annotations

import pytest

from tests.unit.inputs.tables.hospital import notice


def test_ties_are_sorted_pairs_of_rows_with_their_layers(read):
    organisation = read(ties="from;to;layer\np4;p1;committee\np1;p3;\np2;p3;Cross Team\n")
    pairs, layers = organisation.given_ties.pairs, organisation.given_ties.layers

    assert pairs.tolist() == [[0, 2], [0, 3], [1, 2]]
    assert layers.tolist() == [0, 1, 0]


def test_repeated_ties_in_either_direction_are_taken_once_and_told(read):
    organisation = read(ties="from,to,layer\np1,p3,committee\np3,p1,\np1,p3,\n")
    pairs, layers = organisation.given_ties.pairs, organisation.given_ties.layers

    assert (pairs.tolist(), layers.tolist()) == ([[0, 2]], [1])
    assert "2 ties are a repetition" in notice(organisation, "repetition")


def test_ties_within_a_team_take_the_place_of_everybody_with_everybody_and_are_told(read):
    organisation = read(ties="from,to\np1,p2\np1,p3\n")
    ties = organisation.given_ties

    assert ties.pairs.tolist() == [[0, 1], [0, 2]]
    assert ties.within_teams(organisation.team_of_staff()).tolist() == [True, False]
    assert "1 tie is within 1 team" in notice(organisation, "everybody with everybody")


def test_ties_of_team_leaders_link_teams_and_are_nobodys_neighbours(read):
    organisation = read(ties="from,to,weight\np1,l2,2\nl1,l2,\ns1,p1,\np1,l1,\n")
    ties = organisation.given_ties

    assert ties.pairs.shape == (0, 2)
    assert ties.leaders_teams.tolist() == [[0, 1]]
    assert ties.leaders_weights.tolist() == [3.0]
    assert "2 ties are of leaders not used" in notice(organisation, "not used")


def test_a_tie_has_a_weight_and_may_go_one_way(read):
    organisation = read(ties="from,to,weight,direction\np3,p1,2.5,one_way\np1,p4,,both\n")
    ties = organisation.given_ties

    assert ties.pairs.tolist() == [[0, 3], [2, 0]]
    assert ties.weights.tolist() == [1.0, 2.5]
    assert ties.one_way.tolist() == [False, True]


def test_directions_of_unlike_weight_stand_as_what_is_mutual_and_what_is_left(read):
    ties = read(ties="from,to,weight,direction\np1,p3,1,one way\np3,p1,0.25,one way\n").given_ties
    ways, weights = ties.names()

    assert ties.one_way.tolist() == [False, True]
    assert sum(w for way, w in zip(ways.tolist(), weights, strict=True) if way == [0, 2]) == 1.0
    assert sum(w for way, w in zip(ways.tolist(), weights, strict=True) if way == [2, 0]) == 0.25
    assert ties.weights.sum() == 1.0  # the tie between the two teams is as strong as the stronger direction


def test_a_table_without_ties_means_no_ties(read):
    organisation = read(ties="from,to\n")

    assert organisation.given_ties.pairs.shape == (0, 2)
    assert notice(organisation, "no ties between teams")


@pytest.mark.parametrize(
    ("row", "where", "came"),
    [
        ("p1,p33", "line 2, column to", '"p33"'),
        ("px,p1", "line 2, column from", '"px"'),
        ("p1,p1", "line 2, column to", '"p1", tied to themselves'),
        ("p1,", "line 2, column to", "an empty cell"),
        ("p1,p3,friends", "line 2, column layer", '"friends"'),
        ("p1,p3,,0", "line 2, column weight", '"0"'),
        ("p1,p3,,strong", "line 2, column weight", '"strong"'),
        ("p1,p3,,,back", "line 2, column direction", '"back"'),
    ],
)
def test_a_faulty_tie_is_named(faults, row, where, came):
    row += "," * (4 - row.count(","))
    (fault,) = faults(ties=f"from,to,layer,weight,direction\n{row}\n")

    assert (fault.where, fault.came) == (f"ties.csv: {where}", came)
