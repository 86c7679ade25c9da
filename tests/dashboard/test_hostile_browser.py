"""Hostile files in a real browser: a clear message, no traceback, no script, nothing written where it has no place."""

import io
import random
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.dashboard.conftest import wait_for_pictures
from tests.dashboard.on_page import at

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
MARKUP = "<img src=x onerror=window.hacked=1>"
TEMPLATE = "{{constructor.constructor('window.hacked=1')()}}{{7*191}}"
HEADER = "id,role,team,service,staff_group,name"


def bring(page, *files):
    """Upload files, given as name and content."""
    page.locator("input[type=file]").set_input_files(
        [
            {"name": name, "mimeType": "text/plain", "buffer": text.encode() if isinstance(text, str) else text}
            for name, text in files
        ]
    )


def people(name="Somebody", team="Ward", service="A"):
    rows = [HEADER, *(f"s{k},senior_leader,,{service},,{name} {k}" for k in range(3))]
    for place in range(3):
        rows.append(f"l{place},team_leader,{team} {place},{service},,{name} leads {place}")
        rows += [f"p{place}{k},staff,{team} {place},{service},nursing,{name} {place}{k}" for k in range(4)]
    return "\n".join(rows)


def bomb():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("people.csv", b"0" * 30_000_000)
    return packed.getvalue()


def assert_only_text(page):
    assert page.evaluate("window.hacked") is None
    assert page.locator("img[src=x]").count() == 0
    assert page.get_by_text(str(7 * 191)).count() == 0


@pytest.fixture(name="calm")
def calm_fixture(explore):
    """Explore; the test fails if a script of somebody else's opens a dialog, runs, or leaves markup behind."""
    dialogs = []
    explore.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    yield explore
    assert dialogs == []
    assert_only_text(explore)


REFUSED = {
    "deep": ("x.toml", "a = " + "[" * 200_000 + "]" * 200_000, "at most 20 deep"),
    "deep tables": ("x.toml", ".".join(["a"] * 50_000) + " = 1", "at most 20 deep"),
    "long": ("x.toml", 'title = "' + "A" * 1_200_000 + '"', "at most 1,000,000 bytes"),
    "huge number": ("x.toml", 'title = "x"\nweeks = ' + "9" * 5000, "wanted"),
    "binary scenario": ("x.toml", random.Random(1).randbytes(300_000), "UTF-8"),
    "archive": ("people.zip", bomb(), "wanted tables"),
    "folder of the server": ("x.toml", 'title = "x"\ntables = "/etc"', "no folder"),
    "other people's names": ("x.toml", f'title = "x"\n[parameters]\n"{MARKUP}{TEMPLATE}" = 1', "parameters"),
    "too many staff": ("x.toml", 'title = "x"\n[organisation]\nteams = 5000\nteam_size = 100', "at most 20,000 staff"),
    "too many weeks": ("x.toml", 'title = "x"\nweeks = 10000\n[organisation]\nteams = 500', "4,000,000 person-weeks"),
}


def test_hostile_files_give_a_clear_message_and_change_nothing(calm):
    for what, (name, content, told) in REFUSED.items():
        bring(calm, (name, content))
        expect(at(calm, "notice"), what).to_contain_text(told)
        text = at(calm, "notice").inner_text()
        assert "/tmp" not in text, what
        assert len(text) < 12_000, what
        expect(at(calm, "entry"), what).to_have_count(4)
        at(calm, "notice").get_by_role("button", name="Close").click()
        expect(at(calm, "notice"), what).to_have_count(0)


NO_ORGANISATION = {
    "binary": (random.Random(2).randbytes(300_000), "no text"),
    "zeros": (b"\0" * 15_000, "no text"),
    "archive": (bomb()[:15_000], "a damaged one"),
    "wide": ("id," * 60_000 + "x", "600 columns"),
    "endless": ("id\n" * 110_000, "at most 100,000 rows"),
    "one word": ("id\n" * 60_000, "a staff list"),
    "open quote": (HEADER + '\n"' + "a\n" * 20_000, "people"),
    "too many staff": ("id,team\n" + "".join(f"{n},T{n // 9}\n" for n in range(21_000)), "at most 20,000 people"),
}


def test_hostile_tables_are_a_sentence_and_no_organisation(calm):
    for what, (content, told) in NO_ORGANISATION.items():
        bring(calm, ("people.csv", content))
        expect(at(calm, "stands"), what).to_contain_text(told)
        text = at(calm, "stands").inner_text()
        assert "/tmp" not in text, what
        assert len(text) < 12_000, what
        expect(at(calm, "use"), what).to_have_count(0)
        at(calm, "again").click()
        expect(at(calm, "stands"), what).to_have_count(0)


def test_names_in_tables_are_only_text_in_every_picture(calm):
    hostile = people(team=f"{TEMPLATE}{MARKUP}", service=MARKUP).replace("name", f"{MARKUP}{TEMPLATE}", 1)
    bring(calm, (f"{TEMPLATE}.csv", hostile.replace("nursing", f"{MARKUP}{TEMPLATE}", 1)))
    expect(at(calm, "standing")).to_be_visible(timeout=120_000)
    assert_only_text(calm)
    at(calm, "use-explore").click()
    wait_for_pictures(calm)
    network = at(calm, "network")
    network.press("ArrowRight")
    expect(at(calm, "story")).to_contain_text("Colleague")
    network.press("ArrowDown")
    expect(at(calm, "story")).to_contain_text("{{7*191}}")
    assert_only_text(calm)


def test_words_of_a_scenario_are_only_text_on_every_page(calm):
    words = f"{MARKUP}{TEMPLATE}"
    bring(calm, ("x.toml", f'title = "{words}"\nstory = "{words}"\nweeks = 60\n'))
    expect(at(calm, "entry")).to_have_count(0)
    expect(at(calm, "scenario-story")).to_contain_text("{{7*191}}")
    at(calm, "nav-why").click()
    expect(at(calm, "account")).to_contain_text("{{7*191}}")
    assert_only_text(calm)
    at(calm, "nav-compare").click()
    at(calm, "arm-2").select_option("")
    at(calm, "worlds").select_option("20")
    at(calm, "compare").click()
    expect(at(calm, "arm")).to_contain_text("{{7*191}}")


def test_a_report_on_hostile_words_runs_no_script(calm, context, tmp_path):
    bring(calm, ("x.toml", f'title = "<script>window.hacked=1</script>{MARKUP}"\nweeks = 60\n'))
    expect(at(calm, "entry")).to_have_count(0)
    with calm.expect_download() as waiting:
        at(calm, "download").select_option("html")
    waiting.value.save_as(tmp_path / "report.html")
    report = context.new_page()
    report.set_content((tmp_path / "report.html").read_text())
    assert_only_text(report)
    report.close()


@pytest.mark.parametrize("name", ["../../evil-name.toml", "..\\..\\evil-name.toml", "/tmp/evil-name.toml"])
def test_a_files_name_leads_nowhere(calm, server, name):
    bring(calm, (name, 'title = "x"\nweeks = 60\n'))
    expect(at(calm, "entry")).to_have_count(0)

    for folder in (ROOT, ROOT.parent, server.temporary, server.temporary.parent, Path("/tmp"), Path("/")):
        assert not list(folder.glob("*evil-name*"))


def test_the_scenario_file_of_an_uploaded_organisation_names_no_folder_of_the_server(calm, tmp_path):
    bring(calm, ("people.csv", people()), ("ours.toml", 'title = "Ours"\ntables = "ward"\nweeks = 60\n'))
    at(calm, "use-explore").click(timeout=60_000)
    expect(at(calm, "own-service")).to_contain_text("12 staff in 3 teams")
    expect(at(calm, "entry")).to_have_count(0)
    with calm.expect_download() as waiting:
        at(calm, "download").select_option("toml")
    waiting.value.save_as(tmp_path / "ours.toml")

    assert 'tables = "."' in (tmp_path / "ours.toml").read_text()


def test_what_one_person_does_is_not_seen_by_another(browser, server):
    contexts = [server.let_in(browser.new_context()) for _ in range(2)]
    one, other = (context.new_page() for context in contexts)
    for page in (one, other):
        page.goto(server.url)
        expect(at(page, "entry")).to_have_count(4)
    bring(one, ("ours.toml", 'title = "Only ours"\nstory = "Nobody else knows."\nweeks = 60\n'))
    expect(at(one, "entry")).to_have_count(0)
    at(other, "do-inspection").click()
    expect(at(other, "entry")).to_have_count(5)
    expect(at(one, "entry")).to_have_count(0)
    assert other.get_by_text("Nobody else knows.").count() == 0
    for context in contexts:
        context.close()
