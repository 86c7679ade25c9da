"""Reading and writing organisations as tables."""

from __future__ import annotations

import pickle
import runpy
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import FAULTS_TOLD, Fault, InputError, OutputError
from sim.organisation import STAFF_GROUP_NAMES, Names, Organisation, OrganisationShape, StaffGroup, generate
from sim.tables import ROLE_WORDS, STAFF_GROUP_WORDS, TABLES, describe_columns, read_organisation, write_organisation
from tests.strategies import dialects, mishaps, organisations

ST_BRIGID = Path(__file__).parents[2] / "scenarios" / "organisations" / "st-brigid"

PEOPLE = """\
id,team,staff_group,role,service,leader
s1,,,senior_leader,Medicine,
l1,Rowan,,team_leader,Medicine,s1
p1,Rowan,nursing,staff,Medicine,l1
p2,Rowan,medical,staff,Medicine,l1
l2,Elder,nursing,team_leader,Medicine,s1
p3,Elder,operations,staff,Medicine,l2
p4,Elder,nursing,staff,Medicine,
"""


def folder_with(folder: Path, tables: Mapping[str, str | bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, table in tables.items():
        (folder / name).write_bytes(table.encode() if isinstance(table, str) else table)
    return folder


@pytest.fixture
def read(tmp_path: Path):
    def read_tables(people: str | bytes = PEOPLE, **others: str | bytes) -> Organisation:
        tables = {"people.csv": people, **{f"{name}.csv": table for name, table in others.items()}}
        return read_organisation(folder_with(tmp_path / "hospital", tables))

    return read_tables


@pytest.fixture
def faults(read):
    def faults_of(people: str | bytes = PEOPLE, **others: str | bytes) -> list[Fault]:
        with pytest.raises(InputError) as caught:
            read(people, **others)
        return [replace(fault, where=fault.where.split("/")[-1]) for fault in caught.value.faults]

    return faults_of


def notice(organisation: Organisation, part: str) -> str:
    told = [sentence for sentence in organisation.notices if part in sentence]
    assert len(told) == 1, organisation.notices
    return told[0]


def assert_same(read: Organisation, written: Organisation) -> None:
    for name in ("staff_group", "team_start", "service_team_start", "service_senior_start"):
        ours, theirs = getattr(read, name), getattr(written, name)
        np.testing.assert_array_equal(ours, theirs)
        assert ours.dtype == theirs.dtype
    assert read.names == Names(
        staff=tuple(written.staff_name(seat) for seat in range(written.n_staff)),
        teams=written.team_names(),
        services=written.service_names(),
        seniors=tuple(written.senior_name(senior) for senior in range(written.n_seniors)),
    )
    assert read.shape == written.shape
    assert (read.tenure_weeks is None) == (written.tenure_weeks is None)
    np.testing.assert_array_equal(read.tenure_weeks, written.tenure_weeks)
    assert (read.scores is None) == (written.scores is None)
    if read.scores is not None and written.scores is not None:
        np.testing.assert_array_equal(read.scores.safety, written.scores.safety)
        np.testing.assert_array_equal(read.scores.efficacy, written.scores.efficacy)
    assert (read.given_ties is None) == (written.given_ties is None)
    if read.given_ties is not None and written.given_ties is not None:
        for ours, theirs in zip(read.given_ties, written.given_ties, strict=True):
            np.testing.assert_array_equal(ours, theirs)
            assert ours.dtype == theirs.dtype


# ---------------------------------------------------------------------------------------------- people


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


# --------------------------------------------------------------------------------------------- notices


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


def test_a_table_with_another_name_is_told(read):
    organisation = read(tie="from,to\np1,p3\n")

    assert organisation.given_ties is None
    assert "tie.csv" in notice(organisation, "Not read")


# ------------------------------------------------------------------------------------- faults of people


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


def test_faults_of_all_tables_are_listed_at_once_in_the_order_of_lines(faults):
    found = faults(
        PEOPLE.replace("medical", "medicl").replace("p1,Rowan,nursing,staff", "p1,Rowan,nursing,staf"),
        ties="from,to\np1,nobody\n",
        survey="# scale: 1 to 5\nid,safety\np1,6\n",
    )

    assert [fault.where for fault in found] == [
        "people.csv: line 4, column role",
        "people.csv: line 5, column staff_group",
        "ties.csv: line 2, column to",
        "survey.csv: line 3, column safety",
    ]


def test_a_long_list_is_told_in_part_and_kept_whole(read):
    rows = "".join(f"p{n},A,nurse,stff,X\n" for n in range(500))
    with pytest.raises(InputError) as caught:
        read(f"id,team,staff_group,role,service\n{rows}")

    told = str(caught.value).splitlines()
    assert len(caught.value.faults) == 500
    assert len(told) == FAULTS_TOLD + 1
    assert told[-1] == "and 300 more faults"


def test_an_input_error_survives_the_way_between_processes():
    error = InputError([Fault("line 1", "this", "that"), Fault("line 2", "this", "that")])

    assert pickle.loads(pickle.dumps(error)).faults == error.faults


# ----------------------------------------------------------------------------------------------- folders


def test_a_folder_that_is_not_there_is_a_fault(tmp_path):
    with pytest.raises(InputError, match="nothing of that name"):
        read_organisation(tmp_path / "nowhere")


def test_a_file_in_place_of_the_folder_is_a_fault(tmp_path):
    (tmp_path / "people.csv").write_text(PEOPLE)
    with pytest.raises(InputError, match="give the folder that the tables are in"):
        read_organisation(tmp_path / "people.csv")


def test_a_folder_without_people_names_what_is_there(tmp_path):
    with pytest.raises(InputError, match=r'got a folder with poeple\.csv; did you mean "poeple\.csv"'):
        read_organisation(folder_with(tmp_path, {"poeple.csv": PEOPLE}))


def test_a_folder_in_place_of_a_table_is_a_fault(tmp_path):
    folder = folder_with(tmp_path, {"people.csv": PEOPLE})
    (folder / "ties.csv").mkdir()
    with pytest.raises(InputError, match=r"ties\.csv: wanted a file, got something else"):
        read_organisation(folder)


# -------------------------------------------------------------------------------------------------- ties


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


# ------------------------------------------------------------------------------------------------ survey


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


# ----------------------------------------------------------------------------------------------- writing


def test_a_made_up_organisation_can_be_exported_and_read_back(tmp_path):
    made = generate(OrganisationShape(services=2, teams=3, team_size=4))
    written = write_organisation(made, tmp_path)

    assert_same(read_organisation(tmp_path, made.shape), made)
    assert {path.name for path in written} == {"people.csv", "README.md"}
    assert describe_columns() in (tmp_path / "README.md").read_text()


def test_tables_are_not_written_over_others_unless_asked(tmp_path):
    with_scores = read_organisation(ST_BRIGID)
    write_organisation(with_scores, tmp_path)
    made = generate(OrganisationShape(teams=3))
    with pytest.raises(OutputError, match=r"people\.csv, ties\.csv, survey\.csv"):
        write_organisation(made, tmp_path)
    write_organisation(made, tmp_path, overwrite=True)

    assert_same(read_organisation(tmp_path, made.shape), made)


def test_a_readme_that_is_there_is_left_alone(tmp_path):
    (tmp_path / "README.md").write_text("Mine.")
    write_organisation(generate(OrganisationShape(teams=3)), tmp_path)

    assert (tmp_path / "README.md").read_text() == "Mine."


def test_a_failed_write_leaves_no_file_behind(tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.tables.writing.os.replace", full)
    with pytest.raises(OutputError, match="No space left on device"):
        write_organisation(generate(OrganisationShape(teams=3)), tmp_path / "new")

    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize("name", ["=HYPERLINK()", " Rowan", "Ro\nwan", "Elder", "", "x" * 201, "Ba\u0301n"])
def test_names_that_would_not_come_back_are_refused(tmp_path, read, name):
    organisation = read()
    organisation = replace(organisation, names=replace(organisation.names, teams=(name, "Elder")))
    with pytest.raises(InputError, match="organisation: teams"):
        write_organisation(organisation, tmp_path / "out")

    assert not (tmp_path / "out").exists()


@settings(deadline=None)
@given(organisation=organisations())
def test_whatever_is_written_is_read_back_the_same(organisation):
    with tempfile.TemporaryDirectory() as folder:
        write_organisation(organisation, Path(folder))

        assert_same(read_organisation(Path(folder), organisation.shape), organisation)


@settings(deadline=None)
@given(data=st.data(), organisation=organisations())
def test_a_table_means_the_same_however_a_spreadsheet_saves_it(data, organisation):
    with tempfile.TemporaryDirectory() as folder:
        write_organisation(organisation, Path(folder))
        for name in TABLES:
            path = Path(folder, name)
            if path.exists():
                path.write_bytes(data.draw(dialects(path.read_text("utf-8-sig"))))

        assert_same(read_organisation(Path(folder), organisation.shape), organisation)


@settings(deadline=None, max_examples=200)
@given(data=st.data(), organisation=organisations())
def test_a_damaged_table_gives_a_sound_organisation_or_says_what_is_wrong(data, organisation):
    with tempfile.TemporaryDirectory() as folder:
        write_organisation(organisation, Path(folder))
        paths = [Path(folder, name) for name in TABLES if Path(folder, name).exists()]
        path = data.draw(st.sampled_from(paths))
        path.write_bytes(data.draw(mishaps(path.read_bytes())))
        try:
            assert_sound(read_organisation(Path(folder)))
        except InputError as error:
            assert_told(error.faults, folder)


def assert_told(faults: Sequence[Fault], folder: str) -> None:
    assert faults
    for fault in faults:
        assert fault.where.startswith(folder), fault
        assert fault.wanted, fault
        assert fault.came, fault
        assert "\n" not in str(fault), fault


def assert_sound(organisation: Organisation) -> None:
    assert organisation.n_staff >= 2
    assert (organisation.team_sizes > 0).all()
    assert (np.diff(organisation.service_team_start) > 0).all()
    assert (np.diff(organisation.service_senior_start) > 0).all()
    assert len(organisation.staff_group) == organisation.team_start[-1] == len(organisation.names.staff)
    assert organisation.staff_group.max() < len(STAFF_GROUP_NAMES)
    if organisation.tenure_weeks is not None:
        assert organisation.tenure_weeks.min() >= -1
        assert organisation.tenure_weeks.max() <= 3640
    if organisation.scores is not None:
        for scores in (organisation.scores.safety, organisation.scores.efficacy):
            assert len(scores) == organisation.n_staff
            assert np.all(np.isnan(scores) | ((scores >= 0) & (scores <= 1)))
    if organisation.given_ties is not None:
        pairs, layers = organisation.given_ties
        team = organisation.team_of_staff()
        assert (team[pairs[:, 0]] != team[pairs[:, 1]]).all()
        assert (pairs[:, 0] < pairs[:, 1]).all()
        assert len(np.unique(pairs, axis=0)) == len(pairs) == len(layers)


# ---------------------------------------------------------------------------------------------- examples


def test_st_brigids_has_the_shape_that_its_readme_tells():
    hospital = read_organisation(ST_BRIGID)

    assert (hospital.n_services, hospital.n_teams, hospital.n_seniors) == (2, 19, 6)
    assert (hospital.team_sizes.min(), np.sort(hospital.team_sizes)[1], hospital.team_sizes.max()) == (1, 3, 40)
    assert np.bincount(hospital.service_of_staff()).tolist() == [166, 125]
    assert set(hospital.staff_group.tolist()) == set(StaffGroup)
    assert "Discharge Coordination" in notice(hospital, "acting leader")
    assert 0.5 < np.mean(~np.isnan(hospital.scores.safety)) < 0.7
    assert len(hospital.notices) == 2
    readme = (ST_BRIGID / "README.md").read_text()
    assert [name for columns in TABLES.values() for name in columns if f"`{name}`" not in readme] == []


def test_st_brigids_comes_out_of_its_script_byte_for_byte(tmp_path):
    runpy.run_path(str(ST_BRIGID.parent / "make_st_brigid.py"))["make"](tmp_path)

    for name in TABLES:
        assert (tmp_path / name).read_bytes() == (ST_BRIGID / name).read_bytes(), name


@pytest.mark.slow
def test_a_hundred_thousand_people_are_read_in_seconds(tmp_path):
    """With every cell of a column wrong it takes no longer, although all the faults are listed."""
    write_organisation(generate(OrganisationShape(services=20, teams=500, team_size=10)), tmp_path)
    text = (tmp_path / "people.csv").read_text("utf-8-sig")
    before = time.perf_counter()
    assert read_organisation(tmp_path).n_staff == 100_000
    taken = time.perf_counter() - before
    (tmp_path / "people.csv").write_text(text.replace(",nursing,", ",nurzing,"))
    with pytest.raises(InputError) as caught:
        read_organisation(tmp_path)

    assert len(caught.value.faults) == 45_000
    assert taken < 10
    assert time.perf_counter() - before - taken < 10
