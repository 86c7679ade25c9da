"""Folders of tables, whole and damaged."""

from __future__ import annotations

import csv
import pickle
import runpy
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.base.errors import FAULTS_TOLD, Fault, InputError
from sim.engine.ties import standing_pairs
from sim.inputs.organisation import OrganisationShape, StaffGroup, generate
from sim.inputs.tables import TABLES, read_organisation, write_organisation
from tests.strategies import mishaps, organisations
from tests.unit.inputs.tables.hospital import PEOPLE, ST_BRIGID, assert_sound, assert_told, folder_with, notice


def test_a_table_with_another_name_is_told(read):
    organisation = read(tie="from,to\np1,p3\n")

    assert organisation.given_ties is None
    assert "tie.csv" in notice(organisation, "Not read")


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
    with pytest.raises(InputError, match=r"ties\.csv: wanted a table \(CSV\) that can be read, got a folder"):
        read_organisation(folder)


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
    rows = "".join(f"p{n},A,nurse,stff{n},X\n" for n in range(500))
    with pytest.raises(InputError) as caught:
        read(f"id,team,staff_group,role,service\n{rows}")

    told = str(caught.value).splitlines()
    assert len(caught.value.faults) == 500
    assert len(told) == FAULTS_TOLD + 1
    assert told[-1] == "and 300 more faults"


def test_an_input_error_survives_the_way_between_processes():
    error = InputError([Fault("line 1", "this", "that"), Fault("line 2", "this", "that")])

    assert pickle.loads(pickle.dumps(error)).faults == error.faults


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


def test_st_brigids_has_the_shape_that_its_readme_tells():
    hospital = read_organisation(ST_BRIGID)

    assert (hospital.n_services, hospital.n_teams, hospital.n_seniors) == (2, 19, 6)
    assert (hospital.team_sizes.min(), np.sort(hospital.team_sizes)[1], hospital.team_sizes.max()) == (1, 3, 40)
    assert np.bincount(hospital.service_of_staff()).tolist() == [166, 125]
    assert set(hospital.staff_group.tolist()) == set(StaffGroup)
    assert "Discharge Coordination" in notice(hospital, "acting leader")
    assert 0.5 < np.mean(~np.isnan(hospital.scores.safety)) < 0.7
    assert "how many answered is not told" in notice(hospital, "respondents")
    assert len(hospital.notices) == 3
    readme = (ST_BRIGID / "README.md").read_text()
    assert [name for columns in TABLES.values() for name in columns if f"`{name}`" not in readme] == []


def test_st_brigids_comes_out_of_its_script_byte_for_byte(tmp_path):
    runpy.run_path(str(ST_BRIGID.parent / "make_st_brigid.py"))["make"](tmp_path)

    for name in TABLES:
        assert (tmp_path / name).read_bytes() == (ST_BRIGID / name).read_bytes(), name


@pytest.mark.slow
def test_a_hundred_thousand_people_are_read_and_their_common_fault_is_told_once(tmp_path):
    write_organisation(generate(OrganisationShape(services=20, teams=500, team_size=10)), tmp_path)
    text = (tmp_path / "people.csv").read_text("utf-8-sig")
    assert read_organisation(tmp_path).n_staff == 100_000
    (tmp_path / "people.csv").write_text(text.replace(",nursing,", ",nurzing,"))
    with pytest.raises(InputError) as caught:
        read_organisation(tmp_path)

    (fault,) = caught.value.faults
    assert "as in 44,999 more lines" in str(fault)


def test_whoever_is_left_out_or_moved_in_the_table_moves_nobody_elses_chance(tmp_path):
    """Ids decide what chance knows people by: the rows may stand in any order, and may become fewer."""
    with (ST_BRIGID / "people.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = [",".join(cells[:1] + cells[2:]) for cells in csv.reader(file)]
    place = next(k for k, row in enumerate(rows) if ",staff," in f",{row}")
    tables = {"whole": rows, "turned": rows[::-1], "fewer": rows[:place] + rows[place + 1 :]}
    found = {}
    for name, own in tables.items():
        folder = folder_with(tmp_path / name, {"people.csv": "\n".join([header, *own]) + "\n"})
        found[name] = chance_events(read_organisation(folder))
    gone = set(found["whole"]["staff"]) - set(found["fewer"]["staff"])

    assert found["turned"] == found["whole"]
    assert len(gone) == 1
    for what in ("staff", "teams", "seniors", "services"):
        assert found["fewer"][what].items() <= found["whole"][what].items()
    lost = {tie for tie in found["whole"]["ties"] if not tie & gone}
    assert len(lost - set(found["fewer"]["ties"])) <= 2  # ties that would have been with whom is gone find another
    assert len(lost) > 300


def chance_events(organisation):
    """What chance gives to whom, by name: numbers, and the ties that it draws."""
    numbers, names = organisation.chance_numbers(), organisation.names
    pairs, _ = standing_pairs(organisation)
    return {
        "staff": dict(zip(names.staff, numbers.staff.tolist(), strict=True)),
        "teams": dict(zip(names.teams, numbers.teams.tolist(), strict=True)),
        "seniors": dict(zip(names.seniors, numbers.seniors.tolist(), strict=True)),
        "services": dict(zip(names.services, numbers.services.tolist(), strict=True)),
        "ties": {frozenset(names.staff[row] for row in pair) for pair in pairs.tolist()},
    }
