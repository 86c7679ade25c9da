"""Who works where, read from ``people.csv``."""

from __future__ import annotations

import pytest

from sim.inputs.organisation import StaffGroup
from sim.inputs.tables import ROLE_WORDS, STAFF_GROUP_WORDS
from tests.unit.inputs.tables.hospital import PEOPLE, notice


def test_staff_are_ordered_by_service_then_team_then_appearance(read):
    organisation = read("""\
id,team,staff_group,role,service
p1,B,nurse,staff,Y
p2,A,doctor,staff,X
p3,C,AHP,staff,Y
p4,B,admin,staff,Y
p5,A,porter,staff,X
""")

    assert organisation.names.staff == ("p1", "p4", "p3", "p2", "p5")
    assert organisation.names.teams == ("B", "C", "A")
    assert organisation.names.services == ("Y", "X")
    assert organisation.team_start.tolist() == [0, 2, 3, 5]
    assert organisation.service_team_start.tolist() == [0, 2, 3]
    assert organisation.staff_group.tolist() == [
        StaffGroup.NURSING,
        StaffGroup.ADMINISTRATION,
        StaffGroup.ALLIED_HEALTH,
        StaffGroup.MEDICAL,
        StaffGroup.OPERATIONS,
    ]


def test_leaders_are_not_among_the_staff(read):
    organisation = read()

    assert organisation.names.staff == ("p1", "p2", "p3", "p4")
    assert organisation.names.seniors == ("s1",)
    assert organisation.service_senior_start.tolist() == [0, 1]


@pytest.mark.parametrize(("group", "word"), [(g, word) for g, words in STAFF_GROUP_WORDS.items() for word in words])
def test_every_documented_word_for_a_staff_group_is_understood(read, group, word):
    organisation = read(PEOPLE.replace("nursing,staff", f"{word.upper().replace(' ', '-')}s,staff"))

    assert organisation.staff_group[0] == group


@pytest.mark.parametrize(("role", "word"), [(role, word) for role, words in ROLE_WORDS.items() for word in words])
def test_every_documented_word_for_a_role_is_understood(read, role, word):
    organisation = read(PEOPLE.replace(f",{role},", f",{word.title()},"))

    assert (organisation.n_staff, organisation.n_teams, organisation.n_seniors) == (4, 2, 1)


@pytest.mark.parametrize(
    ("column", "cells", "weeks"),
    [
        ("tenure_weeks", ["0", "12", "", "3640"], [0, 12, -1, 3640]),
        ("Tenure months", ["12", "6", "0.5", ""], [52, 26, 2, -1]),
        ("TENURE_YEARS", ["1.5", "", "", "70"], [78, -1, -1, 3640]),
    ],
)
def test_tenure_is_understood_in_weeks_months_and_years(read, column, cells, weeks):
    rows = "\n".join(f"p{n},A,nurse,staff,X,{cell}" for n, cell in enumerate(cells))
    organisation = read(f"id,team,staff_group,role,service,{column}\n{rows}\n")

    assert organisation.tenure_weeks.tolist() == weeks


def test_tenure_is_none_if_nobody_has_any(read):
    organisation = read("id,team,staff group,role,service,tenure_weeks\np1,A,nurse,staff,X,\np2,A,nurse,staff,X,\n")

    assert organisation.tenure_weeks is None


def test_a_name_is_told_instead_of_the_id(read):
    organisation = read(
        "id,team,staff_group,role,service,name\n1,A,nurse,staff,X,Zoë  Ní Bhriain\n2,A,nurse,staff,X,\n"
    )

    assert organisation.names.staff == ("Zoë Ní Bhriain", "2")


def test_a_team_written_with_composed_and_combining_accents_is_one_team(read):
    organisation = read(
        "id,team,staff_group,role,service\n1,Teach B\u00e1n,nurse,staff,X\n2,Teach Ba\u0301n,nurse,staff,X\n"
    )

    assert organisation.names.teams == ("Teach Bán",)


def test_semicolons_allow_decimal_commas(read):
    table = "id;team;staff_group;role;service;tenure_years\np1;A;nurse;staff;X;1,5\np2;A;nurse;staff;X;2\n"

    assert read(table).tenure_weeks.tolist() == [78, 104]


def test_a_spreadsheets_own_separator_line_is_obeyed(read):
    assert read("sep=;\n" + PEOPLE.replace(",", ";")).n_staff == 4


def test_a_quoted_cell_may_hold_separators_and_quotation_marks(read):
    organisation = read(PEOPLE.replace("Rowan", '"Rowan, the ""old"" one"'))

    assert organisation.names.teams[0] == 'Rowan, the "old" one'


def test_a_team_without_leader_gets_an_acting_one_and_a_notice(read):
    organisation = read(PEOPLE.replace("l2,Elder,nursing,team_leader,Medicine,s1\n", "").replace(",l2", ","))

    assert organisation.n_teams == 2
    assert 'the team "Elder": an acting leader is assumed' in notice(organisation, "No team leader")


def test_a_service_without_senior_leaders_gets_three_and_a_notice(read):
    organisation = read(PEOPLE.replace("s1,,,senior_leader,Medicine,\n", "").replace(",s1", ","))

    assert organisation.names.seniors == ("Medical Director", "Operations Director", "Nurse Director")
    assert '"Medicine": 3 are assumed' in notice(organisation, "No senior leaders")


def test_a_leader_without_staff_is_told_and_not_modelled(read):
    organisation = read(PEOPLE + "l3,Empty,,team_leader,Medicine,s1\n")

    assert organisation.names.teams == ("Rowan", "Elder")
    assert 'the team "Empty"' in notice(organisation, "without staff is not modelled")


def test_a_service_without_staff_is_told_and_not_modelled(read):
    organisation = read(PEOPLE + "s2,,,senior_leader,Ghost,\n")

    assert organisation.names.services == ("Medicine",)
    assert '"Ghost"' in notice(organisation, "its leaders are not modelled")


def test_a_senior_leaders_team_is_told_to_be_unused(read):
    organisation = read(PEOPLE.replace("s1,,", "s1,Board,"))

    assert "Board" not in organisation.names.teams
    assert notice(organisation, "the team is not used").startswith("1 of the senior leaders")


def test_teams_whose_names_differ_in_capitals_only_are_told(read):
    organisation = read(PEOPLE + "p5,rowan,nursing,staff,Medicine,\n")

    assert organisation.n_teams == 3
    assert '("Rowan", "rowan")' in notice(organisation, "taken as different")


def test_fewer_than_fifty_people_bring_a_notice(read):
    assert "only 7 people" in notice(read(), "chance weighs")


def test_departments_are_not_taken_for_teams_in_silence(read):
    rows = "".join(f"q{n},Sales,operations,staff,Medicine,\n" for n in range(60))

    assert "import` splits them, by leader or at random" in notice(read(PEOPLE + rows), "departments")
