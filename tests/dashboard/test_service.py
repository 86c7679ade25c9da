"""Files of somebody's own become an organisation: understood, asked about or refused, changed by hand, used."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.base.errors import InputError
from sim.dashboard import catalogue
from sim.dashboard.service import OwnService, as_upload, folder_as_zip, mapping_as_toml, read_piece
from sim.dashboard.session import ExploreSession, in_organisation
from sim.dashboard.understood import shown
from sim.dashboard.uploads import UploadContents, forget, read_upload
from sim.inputs.imports import TEMPLATES, Answers, Mapping
from sim.inputs.tables import read_organisation
from tests.unit.inputs.imports.files import csv_of, xlsx
from tests.unit.inputs.imports.test_sheets import HOSTILE, tables

STAFF = csv_of(
    [
        ["Employee Number", "Full Name", "Ward", "Division", "Staff Group", "Position Title", "Favourite"],
        [1, "Jane Doe", "", "Medicine", "Medical and Dental", "Clinical Director", "x"],
        *(
            [n, f"Secret {n}", f"Ward {n % 3}", "Medicine", ["Nurses", "Wizards"][n % 5 == 0], "Staff Nurse", "x"]
            for n in range(2, 50)
        ),
    ]
)
TEAM_SCORES = "Ward,Safe to speak up,Respondents\nWard 0,62,12\nWard 1,70,20\nWard 2,55,3\n"
WORDS = csv_of(
    [["Employee Number", "I feel safe to speak up"]]
    + [[n, ["Agree", "Strongly agree", "Banana"][n % 3]] for n in range(2, 50)]
)


@pytest.fixture(name="bring")
def bring_fixture():
    """Bring files, and let them be understood; everything goes when the test is over."""
    folders = []

    def understood(own):
        asked = own.asked()
        folders.append(asked.into)
        return own.with_told(read_piece(asked), asked.into, own.turn)

    def bring(own=None, mapping=None, **files):
        own = own or OwnService.begun()
        folders.append(own.folder)
        content = {
            ".".join(name.rsplit("_", 1)): text.encode() if isinstance(text, str) else text
            for name, text in files.items()
        }
        return understood(own.with_files(UploadContents(mapping=mapping, tables=content)))

    bring.understood = understood
    yield bring
    for folder in folders:
        forget(folder)


def column(own, heading):
    return next(one for sheet in shown(own)["sheets"] for one in sheet["columns"] if one["heading"] == heading)


def value(own, text):
    return next(one for group in shown(own)["values"] for one in group["values"] if one["text"] == text)


def test_files_become_an_organisation_with_how_each_column_was_understood(bring):
    own = bring(staff_csv=STAFF)

    assert shown(own)["summary"] == ["48 staff in 3 teams and 1 service"]
    assert column(own, "Ward")["meaning"] == "team"
    assert column(own, "Ward")["sure"] == "sure"
    assert column(own, "Favourite")["meaning"] == "ignored"
    assert read_organisation(own.made).n_staff == 48


def test_a_spreadsheet_is_read_as_the_command_reads_it(bring):
    rows = [["Employee Number", "Ward"], *([n, f"Ward {n % 3}"] for n in range(1, 30))]
    own = bring(staff_xlsx=xlsx(People=rows))

    assert shown(own)["summary"] == ["29 staff in 3 teams and 1 service"]


def test_nobody_is_named(bring):
    own = bring(staff_csv=STAFF, ties_csv="from,to\n2,5\n3,Nobody Known\n4,Somebody Else\n", survey_csv=WORDS)
    told = str(shown(own))

    assert "2 ties with 2 people who are not in the staff list" in told
    for name in ("Jane Doe", "Secret", "Nobody Known", "Somebody Else"):
        assert name not in told


def test_where_only_names_tell_people_apart_numbers_take_their_place(bring):
    rows = [["Full Name", "Ward"], *([f"Secret {n}", f"Ward {n % 3}"] for n in range(1, 30))]
    own = bring(staff_csv=csv_of(rows))

    assert own.told.is_whole
    assert "Secret" not in (own.made / "people.csv").read_text("utf-8")
    assert "Secret" not in str(shown(own))


def test_values_of_a_column_in_which_everybody_has_another_are_kept_back(bring):
    rows = [["id", "ward", "job title"], *([n, f"W{n % 3}", f"Secret {n}"] for n in range(1, 40))]
    own = bring(staff_csv=csv_of(rows))
    (group,) = shown(own)["values"]

    assert (group["is_kept_back"], group["values"], group["n"]) == (True, [], 39)


def test_what_has_to_be_answered_is_asked_and_an_answer_leads_on(bring):
    own = bring(staff_csv=STAFF, survey_csv=TEAM_SCORES)
    (question,) = shown(own)["questions"]

    assert own.made is None
    assert "means, or shares" in question["asks"]
    assert [choice["answers"] for choice in question["choices"]] == [{"scores": "agreeing"}, {"scores": "means"}]

    own = bring.understood(own.with_answers(**question["choices"][0]["answers"]))
    assert shown(own)["questions"] == []
    assert [(one.name, one.score) for one in own.told.entered] == [("Ward 0", 0.62), ("Ward 1", 0.7), ("Ward 2", 0.55)]

    assert bring.understood(own.with_answers(scores=None)).told.questions


def test_a_column_is_changed_and_the_one_that_had_its_meaning_is_left_out(bring):
    own = bring(staff_csv=STAFF)
    own = bring.understood(own.with_meaning("staff.csv", "Favourite", "team"))

    assert column(own, "Ward") == {
        "heading": "Ward", "meaning": "ignored", "sure": "", "per_cent": None, "why": "you chose it",
    }  # fmt: skip
    assert column(own, "Division")["sure"] == "sure"
    assert own.told.questions or own.told.faults or "in 1 team" in own.told.summary[0]

    back = bring.understood(own.with_meaning("staff.csv", "Ward", "team"))
    assert column(back, "Ward")["sure"] == "sure"
    assert column(back, "Favourite")["meaning"] == "ignored"
    assert back.told.summary == ("48 staff in 3 teams and 1 service",)


def test_a_word_is_changed_and_understood_by_itself_again(bring):
    own = bring(staff_csv=STAFF, survey_csv=WORDS)
    assert value(own, "Wizards") == {
        "text": "Wizards", "count": 9, "taken_for": "", "proposal": "told by job title where there is one",
        "chosen": "",
    }  # fmt: skip
    own = bring.understood(own.with_word("staff group", "Wizards", "allied_health"))
    own = bring.understood(own.with_word("answer", "Banana", "1"))

    assert value(own, "Wizards")["taken_for"] == "allied_health"
    assert value(own, "Banana")["taken_for"] == "1"
    assert value(own, "Agree")["taken_for"] == "4"
    own = bring.understood(own.with_word("answer", "Banana", ""))
    assert value(own, "Banana")["taken_for"] == ""


@pytest.mark.parametrize(
    "change",
    [
        lambda own: own.with_meaning("staff.csv", "Ward", "colour"),
        lambda own: own.with_meaning("staff.csv", "No such", "team"),
        lambda own: own.with_meaning("../staff.csv", "Ward", "team"),
        lambda own: own.with_kind("staff.csv", "novel"),
        lambda own: own.with_word("role", "Staff Nurse", "boss"),
        lambda own: own.with_word("answer", "Agree", "much"),
        lambda own: own.with_word("__class__", "Agree", "4"),
        lambda own: own.with_answers(scores="perhaps"),
        lambda own: own.with_answers(scale="1 to"),
        lambda own: own.with_answers(team_size=4000),
        lambda own: own.with_answers(colour="red"),
        lambda own: own.without_file("../staff.csv"),
    ],
)
def test_a_change_that_there_is_not_is_refused_with_a_sentence(bring, change):
    with pytest.raises(InputError) as caught:
        change(bring(staff_csv=STAFF))

    assert all(fault.wanted for fault in caught.value.faults)


def test_a_file_that_joins_later_or_is_brought_again_is_understood_by_itself(bring):
    own = bring(staff_csv=STAFF)
    own = bring.understood(own.with_meaning("staff.csv", "Favourite", "band"))
    own = bring(own, survey_csv=WORDS)

    assert [sheet["kind"] for sheet in shown(own)["sheets"]] == ["people", "survey"]
    assert column(own, "Favourite")["meaning"] == "band"
    again = bring(own, staff_csv=STAFF)
    assert column(again, "Favourite")["meaning"] == "ignored"
    gone = bring.understood(again.without_file("survey.csv"))
    assert [sheet["title"] for sheet in shown(gone)["sheets"]] == ["staff.csv"]


def test_last_years_mapping_answers_this_years_questions(bring):
    own = bring(staff_csv=STAFF, survey_csv=TEAM_SCORES)
    first = bring.understood(own.with_answers(scores="agreeing"))
    mapping = Mapping.model_validate(first.told.mapping.model_dump())
    again = bring(mapping=mapping, staff_csv=STAFF, survey_csv=TEAM_SCORES)

    assert again.told.is_whole
    assert (again.made / "survey.csv").read_bytes() == (first.made / "survey.csv").read_bytes()


def test_files_together_are_no_more_than_an_upload_may_be(bring):
    own = bring(staff_csv=STAFF)
    with pytest.raises(InputError, match="at most 2 MB"):
        own.with_files(UploadContents(tables={"more.csv": b"x" * 1_999_990}))
    with pytest.raises(InputError, match="at most 8 files"):
        own.with_files(UploadContents(tables={f"{k}.csv": b"id\n" for k in range(8)}))


def test_more_people_than_a_page_can_show_are_refused_with_what_to_do(bring):
    rows = "".join(f"{n},T{n // 9}\n" for n in range(20_100))
    own = bring(staff_csv="id,team\n" + rows)

    assert own.made is None
    assert "20,000 people" in shown(own)["faults"][0]
    assert "command line" in shown(own)["faults"][0]


def test_the_finished_folder_is_what_the_command_writes(bring, tmp_path):
    own = bring(staff_csv=STAFF, survey_csv=WORDS)
    with zipfile.ZipFile(io.BytesIO(folder_as_zip(own))) as archive:
        archive.extractall(tmp_path)

    names = {path.name for path in (tmp_path / "my-service").iterdir()}
    assert names == {"people.csv", "survey.csv", "mapping.toml", "report.md", "README.md"}
    assert read_organisation(tmp_path / "my-service").n_staff == 48
    assert mapping_as_toml(own) == (tmp_path / "my-service" / "mapping.toml").read_bytes()


def test_the_finished_folder_can_be_brought_again(bring):
    own = bring(staff_csv=STAFF, survey_csv=WORDS)
    names = ("people.csv", "survey.csv")
    again = bring(**{name.replace(".", "_"): (own.made / name).read_bytes() for name in names})

    for name in names:
        assert (again.made / name).read_bytes() == (own.made / name).read_bytes()


def test_what_a_browser_keeps_can_be_brought_again_and_needs_no_answers(bring):
    own = bring(staff_csv=STAFF, survey_csv=TEAM_SCORES)
    assert shown(own)["questions"]
    own = bring.understood(own.with_answers(**shown(own)["questions"][0]["choices"][0]["answers"]))
    again = bring.understood(OwnService.begun().with_files(read_upload(as_upload(own))))

    assert shown(again)["questions"] == []
    assert (again.made / "people.csv").read_bytes() == (own.made / "people.csv").read_bytes()
    forget(again.folder)


def test_no_more_is_kept_than_can_be_brought_at_once(bring):
    own = bring(staff_csv=STAFF, **{f"notes{k}_csv": "Remark\nnone\n" for k in range(7)})

    with pytest.raises(InputError, match="at most 8 files"):
        as_upload(own)


def test_nothing_is_saved_before_there_is_an_organisation(bring):
    own = bring(survey_csv=TEAM_SCORES)

    assert "a staff list" in shown(own)["faults"][0]
    for make in (folder_as_zip, mapping_as_toml, as_upload):
        with pytest.raises(InputError):
            make(own)


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_spreadsheet_is_a_sentence_without_the_servers_folder(bring, content):
    own = bring(staff_xlsx=content)

    assert own.made is None
    assert shown(own)["faults"]
    assert "/tmp" not in str(shown(own))


def test_files_that_take_too_long_to_understand_are_given_up_with_a_sentence(bring, monkeypatch):
    monkeypatch.setattr("sim.dashboard.service.MOST_SECONDS", 0.2)
    headings = [[f"quaestio {row} {n} de re" for n in range(600)] for row in range(33)]
    own = bring(staff_csv=csv_of(headings))

    (fault,) = shown(own)["faults"]
    assert "files that are understood in 0.2 seconds" in fault
    monkeypatch.undo()
    assert bring(staff_csv=STAFF).told.is_whole


def test_a_table_that_grows_when_it_is_read_is_refused(bring):
    own = bring(staff_csv=",".join(map(str, range(600))) + "\n" + "".join(f"{n},Ward\n" for n in range(90_000)))

    assert "at most 2,000,000 cells" in shown(own)["faults"][0]


@settings(max_examples=40, deadline=None)
@given(st.lists(tables, min_size=1, max_size=3))
def test_any_tables_are_taken_asked_about_or_refused_with_a_sentence(several):
    own = OwnService.begun()
    files = {f"file{k}.csv": csv_of([head, *rows]).encode() for k, (head, rows) in enumerate(several)}
    asked = own.with_files(UploadContents(tables=files)).asked()
    try:
        told = read_piece(asked)
        page = shown(own.with_told(told, asked.into, 1))
        assert told.is_whole or told.questions or told.faults
        assert all(question["choices"] for question in page["questions"])
        assert "/tmp" not in str(page)
        if told.is_whole:
            assert read_organisation(asked.into).n_staff >= 2
    finally:
        forget(own.folder)
        forget(asked.into)


def test_the_tables_to_begin_from_need_no_answer(bring):
    texts = {one.file.replace(".csv", "_csv"): one.text for one in TEMPLATES.values()}
    own = bring(**{name: text for name, text in texts.items() if "by-team" not in name})

    assert own.told.summary == ("6 staff in 2 teams and 1 service",)
    assert not [one for one in own.told.notes.values if not one.taken_for]
    with_teams = bring(**{name: text for name, text in texts.items() if "persons" not in name})
    assert [(one.name, one.is_share) for one in with_teams.told.entered] == [("Ash Ward", True), ("Oak Ward", True)]


# --- used -------------------------------------------------------------------------------------------------------------


def test_choosing_an_organisation_keeps_the_programme_and_choosing_a_programme_the_organisation(bring):
    own = bring(staff_csv=STAFF)
    session = ExploreSession(catalogue.shipped("shoestring-year")).with_organisation(str(own.made))

    assert session.scenario.timeline == catalogue.shipped("shoestring-year").timeline
    assert session.scenario.tables == str(own.made)
    other = in_organisation(catalogue.shipped("hard-winter"), str(own.made))
    assert other.tables == str(own.made)
    assert session.with_organisation(None).scenario.tables is None


def test_no_more_leaders_leave_than_there_are_and_that_is_said(bring):
    own = bring(staff_csv=STAFF)
    scenario = in_organisation(catalogue.shipped("two-of-three-leave"), str(own.made))

    assert scenario.title == "Two of the three leave (here one leaves)"
    assert scenario.story.startswith("Here one leaves, as the smallest service has one senior leader.")
    assert [entry.how_many for entry in scenario.timeline if entry.kind == "leaders_leave"] == [1]


def test_a_programme_for_other_services_is_refused_by_name(bring):
    own = bring(staff_csv=STAFF)
    with pytest.raises(InputError, match="there are Medicine"):
        in_organisation(catalogue.shipped("two-services"), str(own.made))


def test_what_a_page_lets_people_say_are_answers_of_the_command():
    assert {one["name"] for one in shown(None)["settled"]} <= set(Answers.model_fields)
