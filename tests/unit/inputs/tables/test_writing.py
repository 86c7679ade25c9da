"""Organisations written as tables and read back."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.base.errors import InputError, OutputError
from sim.inputs.organisation import OrganisationShape, generate
from sim.inputs.tables import TABLES, describe_columns, read_organisation, write_organisation
from tests.strategies import dialects, organisations
from tests.unit.inputs.tables.hospital import ST_BRIGID, assert_same


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

    monkeypatch.setattr("sim.base.files.os.fsync", full)
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


def test_a_tie_that_is_stronger_one_way_than_the_other_comes_back(tmp_path, read):
    first = read(ties="from,to,weight,direction\np1,p3,2,one_way\np3,p1,1,one_way\n")
    assert first.given_ties.weights.tolist() == [1.0, 1.0]
    write_organisation(first, tmp_path / "copy")

    assert_same(read_organisation(tmp_path / "copy", first.shape), first)


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


def test_what_is_known_of_groups_alone_comes_back(tmp_path, read):
    table = (
        "# agreeing: from 5 on 1 to 7\n# scale: 1 to 7\nid,team,service,safety_agreeing,efficacy,respondents,spread\n"
        ",Rowan,,61.4,5.2,12,\n,,Medicine,50,4,,1.2\np1,,,,6,,\n"
    )
    first = read(survey=table)
    write_organisation(first, tmp_path / "copy")
    again = read_organisation(tmp_path / "copy").scores

    for name in ("safety_groups", "efficacy_groups"):
        ours, theirs = getattr(first.scores, name), getattr(again, name)
        for group, seats in ((theirs.of_seat[seat], seat) for seat in range(4)):
            assert (group < 0) == (ours.of_seat[seats] < 0)
            for part in ("value", "is_share", "answered", "spread"):
                mine, copied = (getattr(one, part)[one.of_seat[seats]] for one in (ours, theirs))
                assert group < 0 or mine == pytest.approx(copied, nan_ok=True)


def test_answers_without_a_name_come_back(tmp_path, read):
    first = read(survey="# scale: 1 to 5\nteam,safety,efficacy,times_given\nRowan,5,3,2\nRowan,1,,1\nElder,3,3,1\n")
    write_organisation(first, tmp_path / "copy")
    again = read_organisation(tmp_path / "copy").scores

    for name in ("safety_groups", "efficacy_groups"):
        ours, theirs = getattr(first.scores, name), getattr(again, name)
        for mine, copied in zip(ours.arrays(), theirs.arrays(), strict=True):
            assert mine.tolist() == pytest.approx(copied.tolist(), nan_ok=True)
