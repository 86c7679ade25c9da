"""Long work in a real browser: watched, stopped and gone on with, whoever started it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from sim.study.map import map_axis, map_study
from sim.study.runner import run_study
from sim.study.study_file import load_study
from tests.accessibility import colours_have_changed, rules_broken_in_both_themes
from tests.dashboard.conftest import Server
from tests.served import free_port
from tests.small_runs import YEAR
from tests.small_studies import write_study

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("studies")]

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "sim"]
START = """
import sys
from pathlib import Path
from sim.commands.serving import serve_all
from sim.dashboard.address import PublicAccess

serve_all("127.0.0.1", int(sys.argv[1]), False, None, None, PublicAccess(), studies=Path({folder!r}), opens_rooms=False)
"""


@pytest.fixture(scope="module", name="folder")
def folder_fixture(tmp_path_factory):
    return tmp_path_factory.mktemp("studies")


@pytest.fixture(scope="module", name="watching")
def watching_fixture(folder):
    server = Server(free_port(), START.format(folder=str(folder)))
    server.wait_until_ready()
    yield server
    server.stop()


@pytest.fixture(name="studies")
def studies_fixture(browser, watching):
    """The page of long work; it fails the test on any error of its own, and any traceback of the server."""
    context = watching.let_in(browser.new_context(viewport={"width": 1280, "height": 860}))
    page = context.new_page()
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto(watching.url + "/studies")
    page.wait_for_selector("h1:has-text('Long work')", timeout=60_000)
    yield page
    context.close()
    assert wrong == []
    assert watching.tracebacks() == []


def command(folder, *words):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([*COMMAND, *words], cwd=folder, env=environment, stderr=subprocess.DEVNULL)


def at(studies, name):
    return studies.locator(f"[data-name='{name}']")


def test_a_study_from_a_shell_is_watched_stopped_and_gone_on_with(studies, folder, tmp_path, request):
    studies.get_by_test_id("no-studies").wait_for()
    write_study(tmp_path, replicates=20_000)
    shell = command(tmp_path, "study", "small.toml", "--out", str(folder / "small"))
    request.addfinalizer(lambda: (shell.kill(), shell.wait()))
    work = at(studies, "small")
    expect(work.get_by_test_id("work-state")).to_have_text("under way")
    expect(work.get_by_test_id("work-runs")).to_contain_text("of 80,000 runs", timeout=120_000)
    work.get_by_test_id("work-show").click()
    expect(work.get_by_test_id("came")).to_contain_text("a case needs runs of its own")
    work.get_by_test_id("work-stop").click()
    expect(work.get_by_test_id("work-state")).to_have_text("stopped")
    assert shell.wait(60) == 130

    work.get_by_test_id("work-go-on").click()
    expect(work.get_by_test_id("work-state")).to_have_text("under way", timeout=120_000)
    work.get_by_test_id("work-stop").click()
    expect(work.get_by_test_id("work-state")).to_have_text("stopped", timeout=120_000)
    expect(work.get_by_test_id("work-failed")).to_have_count(0)


def test_a_map_is_drawn_and_titles_are_text(studies, folder):
    place = YEAR.replace(title="<b>A place</b>")
    axes = map_axis("turnover:0.5:2:2"), map_axis("control_norm:0.5:0.9:2")
    run_study(map_study(place, *axes, replicates=2), folder / "map", workers=1)

    work = at(studies, "map")
    expect(work.get_by_role("heading")).to_have_text("Map: <b>A place</b>")
    work.get_by_test_id("work-show").click()
    picture = work.get_by_role("img")
    expect(picture).to_have_attribute("aria-label", re.compile("^Map over Turnover and Control norm"))
    colours_have_changed(studies)
    assert rules_broken_in_both_themes(studies, "studies", lambda: studies.get_by_test_id("theme").click()) == []


def test_on_paper_words_in_the_table_of_a_study_are_whole_and_it_stays_on_one_sheet(studies, folder, tmp_path):
    run_study(load_study(write_study(tmp_path, replicates=2)), folder / "printed", workers=1)
    work = at(studies, "printed")
    work.get_by_test_id("work-show").click(timeout=30_000)
    expect(work.get_by_role("table")).to_be_visible(timeout=30_000)
    studies.emulate_media(media="print")
    studies.set_viewport_size({"width": 688, "height": 980})
    broken = """() => [...document.querySelectorAll("[data-name=printed] th")].filter((th) => {
        const text = th.firstChild;
        const words = [...text.data.matchAll(/[^\\s-]+/g)].map((word) => {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            return range.getClientRects().length;
        });
        return words.some((lines) => lines > 1);
    }).map((th) => th.textContent)"""
    assert studies.evaluate(broken) == []
    assert work.get_by_role("table").evaluate("(table) => getComputedStyle(table).breakInside") == "avoid"


def test_work_that_cannot_go_on_from_here_says_how_it_does(studies, folder):
    (folder / "broken").mkdir()
    (folder / "broken" / "store.json").write_text("{")

    expect(at(studies, "broken").get_by_test_id("work-state")).to_have_text("cannot be read")
    expect(at(studies, "broken").get_by_test_id("work-go-on")).to_have_count(0)


def test_a_phone_needs_no_scrolling_to_the_side(browser, watching):
    context = watching.let_in(browser.new_context(viewport={"width": 380, "height": 800}, has_touch=True))
    page = context.new_page()
    page.goto(watching.url + "/studies")
    page.get_by_test_id("work").first.wait_for(timeout=60_000)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    context.close()


def test_a_server_without_a_folder_shows_nothing_of_the_kind(page, server):
    page.goto(server.url + "/studies")
    page.get_by_test_id("no-studies").wait_for(timeout=60_000)
    expect(page.get_by_test_id("nav-about")).to_be_visible()
    expect(page.get_by_test_id("nav-studies")).to_have_count(0)
