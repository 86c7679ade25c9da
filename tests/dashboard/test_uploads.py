"""What people bring is checked, told apart, and kept in folders of the server's own that are removed again."""

import base64
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.base.errors import InputError
from sim.dashboard import uploads
from sim.dashboard.uploads import folder_in_use, forget, left_out, new_folder, read_programme, read_upload
from sim.inputs.scenario.description import Scenario
from tests.unit.inputs.imports.files import written


def upload(**files):
    """Bring files; the last ``_`` of a name stands for the dot before its ending."""
    return read_upload(
        [
            {
                "name": ".".join(name.rsplit("_", 1)),
                "content": base64.b64encode(content.encode() if isinstance(content, str) else content).decode(),
            }
            for name, content in files.items()
        ]
    )


@pytest.fixture(name="organisation")
def organisation_fixture():
    """The folder of an organisation that somebody has brought."""
    folder = new_folder()
    rows = ["id,role,team,service,staff_group"]
    rows += [f"s{k},senior_leader,,A," for k in range(3)]
    for team in range(3):
        rows += [f"l{team},team_leader,T{team},A,"]
        rows += [f"p{team}{k},staff,T{team},A,nursing" for k in range(4)]
    written(folder, people_csv="\n".join(rows))
    yield folder
    forget(folder)


def test_a_scenario_file_is_a_programme():
    assert read_programme(upload(mine_toml='title = "Mine"\nweeks = 80\n').programme, None).weeks == 80


def test_a_programme_keeps_the_organisation_whatever_folder_it_names(organisation):
    told = 'title = "Mine"\ntables = "/etc"\n[[timeline]]\nkind = "dialogue"\nstart_week = 3\n'
    told += 'target = {services = ["A"]}\n'
    scenario = read_programme(upload(mine_toml=told).programme, organisation)

    assert scenario.tables == str(organisation)
    assert folder_in_use(scenario) == organisation


def test_that_pages_compare_with_nothing_done_is_told_where_a_file_names_another():
    [told] = left_out(upload(mine_toml='title = "Mine"\ncompare_with = "hard-winter"\n').programme)

    assert told.startswith("mine.toml is to be compared with “hard-winter”. Pages compare with the same world")
    assert left_out(upload(mine_toml='title = "Mine"\ncompare_with = "baseline"\n').programme) == []


def test_a_programme_that_needs_an_organisation_is_refused_without_one():
    with pytest.raises(InputError, match="bring the files of your organisation first"):
        read_programme(upload(mine_toml='title = "Mine"\ntables = "/etc"\n').programme, None)


def test_the_faults_of_a_scenario_file_are_told_without_the_servers_folder():
    with pytest.raises(InputError) as caught:
        read_programme(upload(mine_toml='title = "Mine"\n[parameters]\nstaff_turnovr = 0.2\n').programme, None)

    assert "staff_turnover" in str(caught.value)
    assert "/tmp" not in str(caught.value)
    assert "cultureshift-" not in str(caught.value)


def test_a_mapping_is_told_from_a_scenario():
    found = upload(last_toml='[answers]\nscores = "means"\n', mine_toml='title = "Mine"\n')

    assert found.mapping.answers.scores == "means"
    assert found.programme.name == "mine.toml"


def test_several_tables_come_at_once_and_what_an_import_says_of_itself_is_left_out():
    found = upload(staff_csv="id\n", more_xlsx=b"PK", report_md="# Report", README_md="# Tables")

    assert found.tables == {"staff.csv": b"id\n", "more.xlsx": b"PK"}


@pytest.mark.parametrize("name", ["../../people.exe", "evil.py", "<script>.html", "", ".csv/..", "mine.zip"])
def test_files_of_other_kinds_are_refused(name):
    with pytest.raises(InputError, match="wanted tables"):
        read_upload([{"name": name, "content": ""}])


@pytest.mark.parametrize(
    "name", ["../../staff.csv", "..\\..\\staff.csv", "/etc/staff.csv", "C:\\staff.csv", "a/b/staff.csv"]
)
def test_the_name_of_a_file_leads_nowhere(name):
    assert list(read_upload([{"name": name, "content": ""}]).tables) == ["staff.csv"]


@given(st.text(max_size=60), st.sampled_from([".csv", ".ods", "", ".a" * 60]))
@settings(deadline=None)
def test_any_name_becomes_one_that_a_disk_can_hold(name, ending):
    made = uploads._safe_name(name + ending)

    assert made == Path(made).name
    assert made[:1] != "."
    assert len(made) <= 95
    assert not set(made) & set('/\\:*?"<>|,\0\n')


def test_two_files_of_one_name_are_refused():
    with pytest.raises(InputError, match="different names"):
        read_upload([{"name": "a/staff.csv", "content": ""}, {"name": "b/Staff.CSV", "content": ""}])


def test_two_programmes_are_refused():
    with pytest.raises(InputError, match="one scenario file"):
        upload(a_toml='title = "A"', b_toml='title = "B"')


@given(st.binary(max_size=400))
@settings(deadline=None, max_examples=40)
def test_any_bytes_are_a_programme_a_mapping_a_table_or_a_clear_message(content):
    faults = []
    for name in ("x.toml", "people.csv"):
        try:
            found = read_upload([{"name": name, "content": base64.b64encode(content).decode()}])
            if found.programme is not None:
                read_programme(found.programme, None)
        except InputError as error:
            faults += error.faults
        else:
            assert found.programme or found.mapping or found.tables

    assert all(fault.wanted and "/tmp" not in str(fault) for fault in faults)


def test_an_upload_that_is_too_large_is_refused_before_it_is_read():
    with pytest.raises(InputError, match="at most 2 MB"):
        read_upload([{"name": "x.toml", "content": "A" * 4_000_000}])
    with pytest.raises(InputError, match="at most 8 files"):
        read_upload([{"name": f"{k}.csv", "content": ""} for k in range(9)])


# --- folders ----------------------------------------------------------------------------------------------------------


def test_a_folder_goes_when_it_is_forgotten():
    folder = new_folder()
    (folder / "people.csv").write_text("id\n")
    forget(folder)

    assert not folder.exists()


def test_a_folder_that_is_not_the_servers_is_never_removed(tmp_path):
    forget(tmp_path)
    forget(tmp_path / "x" / "..")

    assert tmp_path.is_dir()
    assert folder_in_use(Scenario(title="x", tables=str(tmp_path))) is None


def test_there_is_an_end_to_what_is_kept(monkeypatch):
    n_already = len(list(Path(uploads._root().name).iterdir()))
    monkeypatch.setattr(uploads, "_MOST_FOLDERS", n_already + 2)
    kept = [new_folder(), new_folder()]
    with pytest.raises(InputError, match="try again later"):
        new_folder()
    for folder in kept:
        forget(folder)

    forget(new_folder())


def test_what_was_read_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(uploads.tempfile, "tempdir", str(tmp_path))
    with pytest.raises(InputError):
        read_programme(upload(mine_toml="title = 3").programme, None)

    assert list(tmp_path.iterdir()) == []
