"""Faults of ``people.csv``, in the form of its rows and in what they say."""

from __future__ import annotations

import pytest

from sim.base.errors import Fault
from sim.inputs.organisation import STAFF_GROUP_NAMES
from tests.unit.inputs.tables.hospital import PEOPLE


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "p2,Rowan,medical",
            "p2,Rowan,docter",
            Fault(
                "people.csv: line 5, column staff_group",
                f"one of {', '.join(STAFF_GROUP_NAMES)}",
                '"docter"',
                'did you mean "doctor"?',
            ),
        ),
        (
            "medical,staff",
            "medical,team_leadr",
            Fault(
                "people.csv: line 5, column role",
                "one of staff, team_leader, senior_leader",
                '"team_leadr"',
                'did you mean "team leader"?',
            ),
        ),
        (
            "p2,",
            "p1,",
            Fault("people.csv: line 5, column id", "an id that nobody else has", '"p1", which line 4 has too'),
        ),
        (
            "p2,",
            ",",
            Fault("people.csv: line 5, column id", "a number or code of the person", "an empty cell"),
        ),
        (
            "medical,staff,Medicine",
            "medical,staff,Surgery",
            Fault(
                "people.csv: line 5, column service",
                '"Medicine", the service of team "Rowan" since line 3',
                '"Surgery"',
                "if they are two teams, give them two names",
            ),
        ),
        (
            "p4,Elder,nursing,staff",
            "p4,Elder,nursing,team_leader",
            Fault(
                "people.csv: line 8, column role",
                'one team leader of team "Elder"',
                "a second one; line 6 has the first",
            ),
        ),
        (
            "p1,Rowan,nursing,staff,Medicine,l1",
            "p1,Rowan,nursing,staff,Medicine,l11",
            Fault(
                "people.csv: line 4, column leader",
                "the id of somebody in this table",
                '"l11"',
                'did you mean "l1"?',
            ),
        ),
        (
            "p1,Rowan,nursing,staff,Medicine,l1",
            "p1,Rowan,nursing,staff,Medicine,l2",
            Fault("people.csv: line 4, column leader", '"l1", who leads team "Rowan"', '"l2" (line 6)'),
        ),
        (
            "team_leader,Medicine,s1\np1",
            "team_leader,Medicine,p3\np1",
            Fault(
                "people.csv: line 3, column leader",
                "the id of a senior leader of the same service",
                '"p3" (line 7)',
            ),
        ),
        (
            "p2,Rowan",
            "p2,",
            Fault("people.csv: line 5, column team", "a team", "an empty cell", "only senior leaders have none"),
        ),
        (
            "medical,staff,Medicine",
            "medical,staff,",
            Fault("people.csv: line 5, column service", "a service", "an empty cell"),
        ),
        (
            "p2,Rowan,medical,staff",
            "p2,Rowan,,staff",
            Fault(
                "people.csv: line 5, column staff_group", f"one of {', '.join(STAFF_GROUP_NAMES)}", "an empty cell"
            ),
        ),
        (
            "p2,Rowan,",
            "p2,Rowan,,",
            Fault(
                "people.csv: line 5",
                "6 cells, as in the header",
                "7 cells",
                "a cell that holds a comma must stand in quotation marks",
            ),
        ),
        (
            "p2,",
            "=p2,",
            Fault(
                "people.csv: line 5, column id",
                "a name that does not begin with =, +, - or @",
                '"=p2"',
                "a spreadsheet would take it for a formula",
            ),
        ),
        (
            "p2,",
            "p\x1b2,",
            Fault("people.csv: line 5, column id", "text without control characters", '"p\\x1b2"'),
        ),
        (
            "p2,",
            "p" * 201 + ",",
            Fault("people.csv: line 5, column id", "at most 200 characters", f'"{"p" * 59}…"'),
        ),
        (
            "p2,",
            "p\0,",
            Fault(
                "people.csv: line 5",
                "text in UTF-8",
                "a NUL byte at position 2 of the line (byte 140 of the file)",
                'save it as "CSV UTF-8"',
            ),
        ),
        (
            "p2,Rowan",
            'p2,"Row"an',
            Fault(
                "people.csv: line 5",
                "cells whose quotation marks are closed, and doubled within a cell",
                "\"p2,\"Row\"an,medical,staff,Medicine,l1\" (',' expected after '\"')",
            ),
        ),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_place_wish_and_hint(faults, old, new, expected):
    assert PEOPLE.count(old) == 1

    assert faults(PEOPLE.replace(old, new)) == [expected]


@pytest.mark.parametrize(
    ("unit", "cell"),
    [("weeks", "-1"), ("weeks", "3641"), ("months", "841"), ("years", "70.1"), ("years", "1,5"), ("years", "nan"),
     ("years", "two"), ("weeks", "1e400"), ("weeks", "1_0"), ("weeks", "٣")],
)  # fmt: skip
def test_tenure_that_is_no_length_of_a_working_life_is_a_fault(faults, unit, cell):
    table = f'id,team,staff_group,role,service,tenure_{unit}\np1,A,nurse,staff,X,"{cell}"\np2,A,nurse,staff,X,1\n'
    (fault,) = faults(table)

    assert fault.where == f"people.csv: line 2, column tenure_{unit}"
    assert fault.wanted.startswith(f"a number of {unit} from 0 to")
    assert fault.came == f'"{cell}"'


def test_bytes_that_are_no_text_are_told_with_their_place(faults):
    raw = PEOPLE.encode().replace(b"Rowan,medical", b"R\xf6wan,medical")
    (fault,) = faults(raw)

    assert fault.where == "people.csv: line 5"
    assert fault.came == f"the byte 0xf6 at position 5 of the line (byte {raw.index(0xF6) + 1} of the file)"


def test_a_spreadsheets_utf_16_is_told_as_such(faults):
    (fault,) = faults(PEOPLE.encode("utf-16"))

    assert (fault.came, fault.hint) == ("text in UTF-16", 'save it as "CSV UTF-8"')


def test_missing_and_unknown_columns_are_told_together(faults):
    found = faults(PEOPLE.replace("staff_group", "staf_group").replace("leader\n", "email\n", 1))

    assert [fault.came for fault in found][:2] == ['"staf_group"', '"email"']
    assert found[0].hint == 'did you mean "staff_group"?'
    assert found[2].wanted.startswith('a column "staff_group"')
    assert len(found) == 3


def test_a_column_that_comes_twice_is_a_fault(faults):
    (fault,) = faults(PEOPLE.replace("leader\n", "TEAM\n", 1))

    assert (fault.wanted, fault.came) == ("each column once", '"TEAM" a second time')


def test_tenure_in_two_units_is_a_fault(faults):
    (fault,) = faults(
        "id,team,staff_group,role,service,tenure_weeks,tenure years\na,T,nurse,staff,X,1,1\nb,T,nurse,staff,X,,\n"
    )

    assert fault.came == "the columns tenure_weeks, tenure_years"


@pytest.mark.parametrize("table", ["", "\n\n", "\ufeff", "# a remark\n"])
def test_an_empty_table_is_a_fault(faults, table):
    (fault,) = faults(table)

    assert fault.where == "people.csv"
    assert fault.came == "no rows"


def test_a_table_with_a_header_alone_is_a_fault(faults):
    (fault,) = faults(PEOPLE.splitlines()[0])

    assert (fault.wanted, fault.came) == ("one row for each person", "no rows")


def test_fewer_than_two_staff_are_a_fault(faults):
    (fault,) = faults("".join(PEOPLE.splitlines(keepends=True)[:4]))

    assert (fault.wanted, fault.came) == ("at least 2 people with the role staff", "1")


def test_an_open_quotation_mark_is_one_fault_and_nothing_after_it_is_called_unknown(faults):
    found = faults(PEOPLE.replace("p2,Rowan", 'p2,"Rowan'), ties="from,to\np1,p3\np1,p9\n", survey="id,safety\n")

    assert [fault.where for fault in found] == ["people.csv: line 5", "ties.csv: line 3, column to"]
    assert found[0].hint == "lines 5 to 8 could not be told apart"


@pytest.mark.parametrize("unseen", ["\u202e", "\u200b", "\u00ad", "\u2066"])
def test_letters_that_nobody_sees_or_that_turn_others_are_no_part_of_a_name(read, unseen):
    """Two names that look alike are one, and no page shows a name backwards."""
    organisation = read(people=PEOPLE.replace("p2,Rowan", f"p2,Ro{unseen}wan"))

    assert organisation.team_name(0) == "Rowan"
    assert organisation.n_teams == read().n_teams
