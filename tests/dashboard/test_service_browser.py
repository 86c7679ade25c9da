"""Your service in a real Chromium: brought, understood, asked, changed and used; by mouse, by keyboard, on a phone."""

import base64
import csv
import io
import tomllib
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import TimeoutError as NotInTime
from playwright.sync_api import expect

from tests.accessibility import colours_have_changed, rules_broken, rules_broken_in_both_themes
from tests.dashboard.conftest import wait_for_pictures
from tests.dashboard.on_page import at, becomes, begin_comparing
from tests.unit.inputs.imports.files import csv_of, xlsx

pytestmark = pytest.mark.browser

HEAD = ["Employee Number", "Full Name", "Ward", "Division", "Staff Group", "Position Title", "Line Manager"]
ROWS = [
    [1, "Jane Doe", "", "Medicine", "Medical and Dental", "Clinical Director", ""],
    *([10 + t, f"Leads {t}", f"Ward {t}", "Medicine", "Nurses", "Ward Manager", 1] for t in range(9)),
    *(
        [
            100 + 20 * t + k, f"Secret {t} {k}", f"Ward {t}", "Medicine", ["Nurses", "Wizards", "Porters"][k % 3],
            ["Staff Nurse", "Wizard"][k % 5 == 0], 10 + t,
        ]
        for t in range(9)
        for k in range(12)
    ),
]  # fmt: skip
STAFF = csv_of([HEAD, *ROWS])
BY_TEAM = "Ward,Per cent who feel safe to speak up,Respondents\n" + "".join(
    f"Ward {t},{45 + 5 * t},{12 + 2 * t}\n" for t in range(9)
)
UNCLEAR = BY_TEAM.replace("Per cent who feel safe", "Safe")


def a_file(name, content):
    return {"name": name, "mimeType": "text/csv", "buffer": content.encode() if isinstance(content, str) else content}


def bring(page, **files):
    page.locator("input[type=file]").set_input_files(
        [a_file(".".join(name.rsplit("_", 1)), content) for name, content in files.items()]
    )


def saved(page, name):
    with page.expect_download() as waiting:
        at(page, name).click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def open_everything(page):
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


@pytest.fixture(name="service")
def service_fixture(page, server):
    """The page, before anything was brought."""
    page.goto(server.url + "/service")
    expect(at(page, "drop")).to_be_visible()
    return page


def test_files_are_brought_understood_asked_about_and_used(service):
    bring(service, staff_csv=STAFF, survey_csv=UNCLEAR)
    expect(at(service, "questions")).to_contain_text("means, or shares")
    expect(at(service, "use")).to_have_count(0)
    expect(at(service, "answer")).to_be_disabled()
    at(service, "choice-0-0").check()
    at(service, "answer").click()
    expect(at(service, "summary")).to_have_text("108 staff in 9 teams and 1 service")
    expect(at(service, "questions")).to_have_count(0)
    expect(at(service, "funnel")).to_be_visible(timeout=120_000)
    expect(at(service, "start-words")).to_contain_text("of 100 people feel safe")
    assert "Secret" not in service.locator("body").inner_text()

    at(service, "programme").select_option("shoestring-year")
    at(service, "use-explore").click()
    wait_for_pictures(service)
    expect(at(service, "own-service")).to_contain_text("108 staff in 9 teams")
    expect(at(service, "scenario")).to_have_value("shoestring-year")


def test_choosing_a_programme_keeps_the_organisation_until_it_is_left(service):
    bring(service, staff_csv=STAFF)
    at(service, "use-explore").click(timeout=60_000)
    wait_for_pictures(service)
    expect(at(service, "scenario-story")).to_contain_text("Here one leaves")
    at(service, "scenario").select_option("hard-winter")
    expect(at(service, "own-service")).to_contain_text("108 staff in 9 teams")
    at(service, "scenario").select_option("two-services")
    expect(at(service, "notice")).to_contain_text("there are Medicine")
    expect(at(service, "own-service")).to_contain_text("108 staff")

    at(service, "nav-compare").click()
    at(service, "worlds").select_option("20")
    at(service, "compare").click()
    expect(at(service, "progress")).to_contain_text("Done", timeout=120_000)
    at(service, "nav-explore").click()
    at(service, "leave").click()
    at(service, "question-go").click()
    expect(at(service, "own-service")).to_have_count(0)
    at(service, "nav-service").click()
    expect(at(service, "summary")).to_contain_text("108 staff")


def test_a_programme_of_ones_own_keeps_the_organisation_too(service):
    bring(service, staff_csv=STAFF)
    at(service, "use-explore").click(timeout=60_000)
    wait_for_pictures(service)
    ours = 'title = "Ours"\nweeks = 104\n[[timeline]]\nkind = "dialogue"\nstart_week = 2\nend_week = 9\n'
    bring(service, ours_toml=ours + 'target = {services = ["Medicine"]}\n')
    expect(at(service, "entry")).to_have_count(1)
    expect(at(service, "own-service")).to_contain_text("108 staff in 9 teams")


def test_tables_that_are_brought_in_explore_are_understood_on_the_page_that_does_it(explore):
    bring(explore, staff_csv=STAFF)
    expect(at(explore, "summary")).to_contain_text("108 staff")
    expect(at(explore, "nav-service")).to_have_attribute("aria-current", "page")


def test_files_can_be_dropped(service):
    content = base64.b64encode(xlsx(People=[HEAD, *ROWS])).decode()
    dropped = service.evaluate_handle(
        """(content) => {
            const data = new DataTransfer();
            data.items.add(new File([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], "staff.xlsx"));
            return data;
        }""",
        content,
    )
    at(service, "drop").dispatch_event("dragover", {"dataTransfer": dropped})
    expect(at(service, "drop")).to_contain_class("cs-over")
    at(service, "drop").dispatch_event("drop", {"dataTransfer": dropped})
    expect(at(service, "summary")).to_contain_text("108 staff in 9 teams")


def test_a_column_and_a_word_are_changed_and_the_files_read_anew(service):
    bring(service, staff_csv=STAFF)
    expect(at(service, "summary")).to_contain_text("in 9 teams")
    row = (
        at(service, "columns").get_by_role("row").filter(has=service.get_by_role("rowheader", name="Ward", exact=True))
    )
    expect(row).to_contain_text("sure, 100 %")
    at(service, "meaning-Ward").select_option("ignored")
    expect(at(service, "understood-lines")).to_contain_text("from who reports to whom")
    expect(row).to_contain_text("you chose it")
    at(service, "meaning-Ward").select_option("team")
    expect(row).to_contain_text("sure, 100 %")

    expect(at(service, "assumed")).to_contain_text('"Wizards" (36) is not known')
    at(service, "word-Wizards").select_option("allied_health")
    expect(at(service, "assumed")).not_to_contain_text("Wizards")
    expect(at(service, "word-Wizards")).to_have_value("allied_health")
    expect(at(service, "standing")).to_contain_text("allied health 36", timeout=120_000)


def test_what_is_made_can_be_taken_away(service):
    bring(service, staff_csv=STAFF, survey_csv=BY_TEAM)
    expect(at(service, "use")).to_be_visible()
    name, content = saved(service, "mapping")
    assert name == "cultureshift-mapping.toml"
    assert tomllib.loads(content.decode())["sheets"]["staff.csv"]["kind"] == "people"

    at(service, "pseudonyms").check()
    expect(at(service, "understood-lines")).to_contain_text("numbers that chance gave")
    _, content = saved(service, "folder")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        people = archive.read("my-service/people.csv").decode("utf-8-sig")
    ids = [row[0] for row in csv.reader(io.StringIO(people))][1:]
    assert len(ids) == 118
    assert all(own.startswith("P") for own in ids)


def test_files_are_kept_in_the_browser_on_request_brought_back_with_what_was_run_on_them_and_forgotten(service, server):
    bring(service, staff_csv=STAFF, survey_csv=UNCLEAR)
    at(service, "choice-0-0").check(timeout=60_000)
    at(service, "answer").click()
    expect(at(service, "own-keep")).to_be_visible()
    at(service, "own-keep").click()
    expect(at(service, "own-said")).to_have_text("They are kept in this browser.")
    at(service, "programme").select_option("shoestring-year")
    at(service, "use-explore").click()
    wait_for_pictures(service)
    at(service, "do-inspection").click()
    expect(at(service, "entry")).to_have_count(4)

    # A reload says so; on Explore they are brought back with one press, and all that was run on them.
    service.reload()
    wait_for_pictures(service)
    expect(at(service, "own-service")).to_have_count(0)
    at(service, "own-left-back").click()
    expect(at(service, "use")).to_contain_text("In use now: 108 staff in 9 teams")
    at(service, "use-explore").click()
    wait_for_pictures(service)
    expect(at(service, "own-service")).to_contain_text("108 staff in 9 teams")
    expect(at(service, "entry")).to_have_count(4)
    at(service, "undo").click()
    expect(at(service, "entry")).to_have_count(3)
    expect(at(service, "scenario")).to_have_value("shoestring-year")

    # What was compared in it waits for it, and is compared again once it is there.
    begin_comparing(service)
    service.reload()
    expect(at(service, "waits")).to_contain_text("in your own service")
    expect(at(service, "compare")).to_be_enabled()
    at(service, "nav-service").click()
    at(service, "own-back").click()
    expect(at(service, "use")).to_contain_text("In use now")
    at(service, "nav-compare").click()
    expect(at(service, "result")).to_be_visible(timeout=120_000)
    expect(at(service, "waits")).to_have_count(0)

    tomorrow = service.context.new_page()
    service.close()
    tomorrow.goto(server.url + "/service")
    expect(at(tomorrow, "own-kept")).to_contain_text("staff.csv, survey.csv, mapping.toml")
    assert rules_broken(tomorrow, "kept in this browser") == []
    at(tomorrow, "own-back").click()
    expect(at(tomorrow, "files")).to_contain_text("survey.csv")
    at(tomorrow, "again").click()
    at(tomorrow, "own-forget").click()
    at(tomorrow, "question-go").click()
    expect(at(tomorrow, "own-kept")).to_have_count(0)
    tomorrow.close()


def test_tables_to_begin_from_can_be_brought_as_they_are(service):
    files = dict(saved(service, f"template-{name}") for name in ("staff", "survey", "ties"))
    service.locator("input[type=file]").set_input_files([a_file(name, content) for name, content in files.items()])
    expect(at(service, "summary")).to_have_text("6 staff in 2 teams and 1 service")


def test_few_answers_are_kept_back_and_how_few_can_be_chosen(service):
    bring(service, staff_csv=STAFF, survey_csv=BY_TEAM)
    expect(at(service, "funnel")).to_be_visible(timeout=120_000)
    expect(at(service, "kept-back")).to_have_count(0)
    at(service, "smallest").fill("19")
    at(service, "smallest").press("Enter")
    expect(at(service, "kept-back")).to_contain_text("4 groups are kept back")
    service.locator("figure").get_by_text("Show the numbers").last.click()
    table = at(service, "start-table")
    expect(table).to_contain_text("4 groups with few answers, together")
    expect(table.get_by_role("rowheader", name="Ward 0")).to_have_count(0)
    expect(table.get_by_role("rowheader", name="Ward 8")).to_have_count(1)


def test_work_can_be_cancelled(service):
    rows = "".join(f"{n},T{n // 9},S\n" for n in range(18_000))
    bring(service, staff_csv="id,team,service\n" + rows)
    expect(at(service, "use")).to_be_visible(timeout=120_000)
    working = service.locator(".cs-working", has=service.get_by_role("progressbar", name="Worlds run"))
    at(working, "cancel").click(timeout=60_000)
    expect(at(working, "progress")).to_have_text("Cancelled")
    expect(at(service, "standing")).to_have_count(0)
    expect(at(service, "use-explore")).to_be_enabled()


def test_what_cannot_be_taken_is_told_and_what_is_here_stays(service):
    bring(service, staff_csv=STAFF)
    expect(at(service, "summary")).to_contain_text("108 staff")
    bring(service, virus_exe="MZ")
    expect(at(service, "notice")).to_contain_text("wanted tables")
    expect(at(service, "summary")).to_contain_text("108 staff")
    bring(service, large_csv="x" * 2_100_000)
    expect(at(service, "notice")).to_contain_text("at most 2 MB")
    bring(service, more_csv="a,b\n")
    expect(at(service, "files")).to_contain_text("more.csv")
    service.get_by_role("button", name="Remove staff.csv").click()
    expect(at(service, "stands")).to_contain_text("a staff list")
    at(service, "again").click()
    expect(at(service, "files")).to_have_count(0)


def test_a_tab_that_is_closed_leaves_nothing_on_the_server(context, server):
    def kept():
        return {path for root in server.temporary.glob("cultureshift-uploads-*") for path in root.iterdir()}

    before = kept()
    page = context.new_page()
    page.goto(server.url + "/service")
    expect(at(page, "drop")).to_be_visible()
    bring(page, staff_csv=STAFF)
    at(page, "use-explore").click(timeout=60_000)
    wait_for_pictures(page)
    assert kept() - before
    page.close()
    assert not becomes(lambda: kept() - before, lambda left: not left)


# --- by keyboard, and on a phone --------------------------------------------------------------------------------------


def tab_to(page, name, most=80):
    """Press Tab until something has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.testid") == name:
            return
    raise AssertionError(f"{name} is not reached by Tab")


def chosen_by_keyboard(page):
    """Press Enter until the browser asks for files; on a busy machine it may not hear that it is watched at first."""
    for is_last in (False, False, True):
        try:
            with page.expect_file_chooser(timeout=10_000) as waiting:
                page.keyboard.press("Enter")
        except NotInTime:
            if is_last:
                raise
        else:
            return waiting.value
    raise AssertionError


def test_everything_can_be_done_by_keyboard_alone(service):
    service.evaluate("document.activeElement.blur()")
    tab_to(service, "choose-files")
    expect(at(service, "choose-files")).to_be_focused()
    chosen_by_keyboard(service).set_files([a_file("staff.csv", STAFF), a_file("survey.csv", UNCLEAR)])
    expect(at(service, "questions")).to_be_visible()
    tab_to(service, "choice-0-0")
    service.keyboard.press("ArrowDown")
    service.keyboard.press("ArrowUp")
    tab_to(service, "answer")
    service.keyboard.press("Enter")
    expect(at(service, "use")).to_be_visible()
    expect(at(service, "funnel")).to_be_visible(timeout=120_000)
    tab_to(service, "word-Wizards")
    service.keyboard.type("allied")
    expect(at(service, "word-Wizards")).to_have_value("allied_health")
    expect(at(service, "assumed")).not_to_contain_text("Wizards")
    expect(at(service, "word-Wizards")).to_be_focused()
    service.evaluate("document.activeElement.blur()")
    tab_to(service, "use-explore")
    service.keyboard.press("Enter")
    wait_for_pictures(service)
    expect(at(service, "own-service")).to_be_visible()


def test_no_state_of_the_page_breaks_a_rule_of_accessibility_or_scrolls_sideways(service):
    wrong = []

    def turn():
        service.evaluate("window.cultureshift.setTheme(window.cultureshift.theme === 'dark' ? 'light' : 'dark')")

    def look(state):
        for width in (360, 390, 1280, 1920):
            service.set_viewport_size({"width": width, "height": 860})
            colours_have_changed(service)
            if service.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append(f"{state}: wider than {width}")
            if width in (390, 1280):
                wrong.extend(rules_broken_in_both_themes(service, f"{state}, {width} wide", turn))

    long = "A-very-long-name-of-a-file-that-somebody-has-exported-from-somewhere-without-a-space"
    service.locator("input[type=file]").set_input_files([a_file(f"{long}.csv", STAFF), a_file("survey.csv", UNCLEAR)])
    expect(at(service, "questions")).to_be_visible()
    look("questions")
    at(service, "choice-0-1").check()
    at(service, "answer").click()
    expect(at(service, "funnel")).to_be_visible(timeout=120_000)
    open_everything(service)
    look("understood")
    service.locator("input[type=file]").set_input_files([a_file(f"{long}.csv", "a,b\n1,2\n")])
    expect(at(service, "stands")).to_be_visible()
    look("not understood")

    assert wrong == []


def test_on_a_phone_fingers_find_what_they_press(guest):
    page = guest(390, 844, "/service", "[data-testid=drop]")
    bring(page, staff_csv=STAFF, survey_csv=UNCLEAR)
    expect(at(page, "questions")).to_be_visible()
    expect(at(page, "cancel").locator("visible=true")).to_have_count(0)
    # All at once, and who is seen as well: the page may still change while they are asked one by one.
    heights = page.locator(".cs-page button, .cs-page select, .cs-questions label").evaluate_all("""all => all
        .filter((one) => one.checkVisibility())
        .map((one) => [one.innerText, one.getBoundingClientRect().height])""")
    assert heights
    assert [name for name, height in heights if height < 38] == []
