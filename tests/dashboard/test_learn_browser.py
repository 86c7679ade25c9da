"""Learn in a real Chromium: whole lessons by mouse, keyboard and finger; what is kept; a teacher's own lessons."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from sim.lessons import lessons_folder
from tests.accessibility import colours_have_changed, rules_broken_in_both_themes
from tests.dashboard.on_page import at
from tests.served import free_port, listen

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("lessons")]

STEPS = ["Story", "Predict", "Run", "Compare", "Explain", "Questions", "Try this", "What real evidence says"]
OWN = """
import sys
from sim.commands import main
main(["dashboard", "--no-browser", "--port", sys.argv[1], "--lessons", {folder!r}])
"""


def open_lesson(guest, slug, width=1280, height=860):
    page = guest(width, height, f"/learn?lesson={slug}", "[data-testid=lesson]")
    page.wait_for_function("window.cultureshift.ready.then(() => true)")
    return page


def go_on(page, step):
    at(page, "next").click()
    expect(page.locator("#cs-step-head")).to_have_text(step)
    expect(page.locator("#cs-step-head")).to_be_focused()


def draw(page, heights=(0.6, 0.85, 0.7, 0.65)):
    """Draw a curve through heights (shares of the axis), from the left edge to the right, with the mouse."""
    box = at(page, "sketch").bounding_box()
    left, right = box["x"] + 34, box["x"] + box["width"] - 12
    top, bottom = box["y"] + 10, box["y"] + box["height"] - 20
    points = [
        (left + (right - left) * k / (len(heights) - 1), bottom - share * (bottom - top))
        for k, share in enumerate(heights)
    ]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=8)
    page.mouse.move(right + 8, points[-1][1])
    page.mouse.up()


def run(page):
    at(page, "run").click()
    expect(at(page, "next")).to_be_enabled(timeout=120_000)


def quick(text):
    """Return a lesson with few runs of half the length."""
    return re.sub(r"replicates = \d+", "replicates = 10", text, count=1)


@pytest.fixture(scope="module", name="folder")
def folder_fixture(tmp_path_factory):
    """A teacher's folder: two lessons of their own, one of which takes the place of a shipped one."""
    folder = tmp_path_factory.mktemp("lessons")
    shipped = lessons_folder()
    shutil.copytree(shipped, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.md"))
    for name in ("03-the-shoestring-year.md", "07-design-your-own.md"):
        (folder / name).write_text(quick((shipped / name).read_text("utf-8")), "utf-8")
    text = quick((shipped / "01-what-control-feels-like.md").read_text("utf-8"))
    text = text.replace('title = "What control feels like from inside"', 'title = "Ward 7 {{ 6 * 7 }} <b>bold</b>"')
    text = text.replace("order = 1", "order = 50")
    text = text.replace("It is ten past seven", "{{ 6 * 7 }} <img src=x onerror=alert(1)> It is ten past seven")
    (folder / "ward-7.md").write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module", name="school")
def school_fixture(server, folder):
    own = type(server)(free_port(), OWN.format(folder=str(folder)))
    own.wait_until_ready()
    yield own
    own.stop()


@pytest.fixture(name="pupil")
def pupil_fixture(browser, school):
    """Somebody new on the teacher's server; nothing but that server can be reached, and nothing may go wrong."""
    visits, wrong = [], []

    def visit(width, height, path, ready):
        screen = {"width": width, "height": height}
        context = school.let_in(browser.new_context(viewport=screen, has_touch=width < 800))
        listen(context, (school.url,), wrong)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"error in the page: {error}"))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        visits.append(context)
        page.goto(school.url + path)
        page.wait_for_selector(ready, timeout=60_000)
        return page

    yield visit
    for context in visits:
        context.close()
    assert wrong == []
    assert school.tracebacks() == []


# --- whole lessons ----------------------------------------------------------------------------------------------------


def test_a_whole_lesson_by_mouse(guest):
    page = guest(1280, 860, "/learn", ".cs-shelf")
    expect(page.locator(".cs-book")).to_have_count(10)
    expect(at(page, "lesson-the-shoestring-year")).to_contain_text("new")
    at(page, "lesson-the-shoestring-year").click()
    expect(page.locator(".cs-top h1")).to_have_text("The shoestring year")
    assert "Ruth" in page.locator(".cs-lesson-text").inner_text()

    go_on(page, "Predict")
    expect(at(page, "next")).to_be_disabled()
    expect(at(page, "missing")).to_contain_text("Draw the curve")
    draw(page)
    expect(at(page, "missing")).to_contain_text("reason")
    at(page, "reason").fill("Habits take longer than a year.")
    go_on(page, "Run")
    expect(at(page, "run-panel")).to_contain_text("year 8")
    expect(at(page, "step-3")).to_be_disabled()
    run(page)

    go_on(page, "Compare")
    verdict = at(page, "verdict").inner_text()
    assert re.search(r"Your curve ended (\d+ of 100 (above|below)|at) the middle run", verdict)
    assert re.search(r"\w+ of 40 runs were as high", verdict)
    expect(at(page, "rests-on")).to_contain_text("over what nobody has measured, between")
    expect(at(page, "compare-panel")).to_contain_text("Numbers in the text are not of these 40 runs alone")
    at(page, "numbers").click()
    expect(page.locator(".cs-panel tbody tr")).to_have_count(9)
    go_on(page, "Explain")
    expect(at(page, "loop")).to_have_count(7)
    assert "Without it" in at(page, "loop").first.inner_text()
    for step in STEPS[5:]:
        go_on(page, step)
    assert page.locator(".cs-lesson-text a[rel='noopener noreferrer']").count() >= 2

    at(page, "finish").click()
    expect(page.locator(".cs-top h1")).to_have_text("Two of three leave")
    at(page, "all-lessons").click()
    expect(at(page, "lesson-the-shoestring-year")).to_contain_text("done")
    expect(at(page, "n-done")).to_contain_text("1 of 10")


def test_a_whole_lesson_by_keyboard_alone(pupil):
    page = open_lesson(pupil, "the-shoestring-year")

    def press_on(name, key="Enter"):
        at(page, name).focus()
        page.keyboard.press(key)

    press_on("next")
    expect(page.locator("#cs-step-head")).to_be_focused()
    press_on("by-year")
    for year in range(1, 9):
        at(page, f"year-{year}").focus()
        for _ in range(3):
            page.keyboard.press("PageUp")
        page.keyboard.press("ArrowRight")
    expect(at(page, "year-8")).to_have_attribute("aria-valuetext", re.compile(r"\d+ of 100"))
    expect(at(page, "sketch")).to_have_attribute("aria-label", re.compile(r"year 8 \d+ of 100"))
    at(page, "reason").focus()
    page.keyboard.type("It sticks.")
    press_on("next")
    press_on("run")
    expect(at(page, "next")).to_be_enabled(timeout=120_000)
    expect(at(page, "said")).to_contain_text("Done: 10 runs")
    for step in STEPS[3:]:
        press_on("next")
        expect(page.locator("#cs-step-head")).to_have_text(step)
    press_on("step-1")
    expect(at(page, "kept")).to_be_visible()


def test_a_lesson_on_a_phone_with_a_finger(pupil):
    page = open_lesson(pupil, "the-shoestring-year", 390, 844)
    at(page, "next").tap()
    at(page, "sketch").scroll_into_view_if_needed()
    box = at(page, "sketch").bounding_box()
    finger = page.context.new_cdp_session(page)

    def touch(kind, x, y):
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", box["x"] + 36, box["y"] + 100)
    for k in range(1, 31):
        touch("touchMove", box["x"] + 36 + k * (box["width"] - 44) / 30, box["y"] + 60 + 2 * k)
    touch("touchEnd", 0, 0)
    at(page, "reason").fill("So it goes.")
    at(page, "next").tap()
    at(page, "run").tap()
    expect(at(page, "next")).to_be_enabled(timeout=120_000)
    at(page, "next").tap()

    expect(at(page, "verdict")).to_contain_text("Your curve ended")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert at(page, "step-0").bounding_box()["height"] >= 40


def test_choosing_an_answer_shows_how_many_runs_fell_where(pupil):
    page = open_lesson(pupil, "ward-7")
    go_on(page, "Predict")
    at(page, "choice-3").check()
    at(page, "reason").fill("People here speak up.")
    go_on(page, "Run")
    run(page)
    go_on(page, "Compare")

    expect(at(page, "verdict")).to_contain_text("The model says: “3 to 11 of the 100”")
    expect(at(page, "answer").nth(1)).to_contain_text(re.compile(r"\d+ of 10 runs"))
    expect(at(page, "answer").nth(3)).to_contain_text("you")
    go_on(page, "Explain")
    expect(at(page, "funnel")).to_have_count(5)


def test_programmes_of_equal_cost_stand_side_by_side_and_ones_own_keeps_to_the_budget(pupil):
    page = open_lesson(pupil, "design-your-own")
    go_on(page, "Predict")
    at(page, "choice-0").check()
    at(page, "reason").fill("It reaches everybody.")
    go_on(page, "Run")
    run(page)
    go_on(page, "Compare")
    expect(page.locator(".cs-run-figure canvas")).to_have_count(5)
    expect(at(page, "answer")).to_have_count(5)
    expect(at(page, "rests-on").locator("summary")).to_have_count(5)

    at(page, "step-6").click()
    expect(at(page, "run-design")).to_be_disabled()
    at(page, "weeks-1").fill("208")
    expect(at(page, "spent")).to_contain_text("416 of 208 days spent: too many")
    expect(at(page, "run-design")).to_be_disabled()
    at(page, "weeks-1").fill("0")
    at(page, "weeks-0").fill("104")
    at(page, "start-0").fill("104")
    at(page, "strength-0").select_option("0.5")
    at(page, "weeks-3").focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    expect(at(page, "spent")).to_contain_text("208 of 208 days spent")
    at(page, "run-design").click()

    expect(at(page, "designed")).to_contain_text("over 10 runs", timeout=120_000)
    expect(at(page, "design")).to_contain_text("What it rests on: Your programme")
    page.reload()
    page.wait_for_selector("[data-testid=design]")
    expect(at(page, "spent")).to_contain_text("208 of 208 days spent")
    page.evaluate(
        """() => document.querySelector("[data-testid=lesson]").__vue__.act({
            type: "design", design: { dialogue: [0, 208, 832] } })"""
    )
    expect(at(page, "notice")).to_contain_text("That costs 832 days, 624 more than the budget.")


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_a_prediction_survives_a_reload_and_cannot_be_changed_after_the_run(pupil):
    page = open_lesson(pupil, "the-shoestring-year")
    go_on(page, "Predict")
    draw(page)
    at(page, "reason").fill("Because of the winter.")
    drawn = at(page, "sketch").get_attribute("aria-label")
    page.reload()
    page.wait_for_selector("[data-testid=sketch]")

    expect(at(page, "sketch")).to_have_attribute("aria-label", drawn)
    expect(at(page, "reason")).to_have_value("Because of the winter.")

    go_on(page, "Run")
    run(page)
    page.reload()
    page.wait_for_selector("[data-testid=run-panel]")
    go_on(page, "Compare")
    expect(at(page, "verdict")).to_contain_text("of 10 runs were as high")
    at(page, "step-1").click()
    expect(at(page, "kept")).to_be_visible()
    expect(at(page, "reason")).to_be_disabled()
    draw(page, (0.1, 0.1))
    expect(at(page, "sketch")).to_have_attribute("aria-label", drawn)

    at(page, "again").click()
    at(page, "again-yes").click()
    expect(page.locator("#cs-step-head")).to_have_text("Story")
    go_on(page, "Predict")
    expect(at(page, "reason")).to_have_value("")
    expect(at(page, "step-2")).to_be_disabled()


CANCEL_AT_ONCE = """() => new Promise((done) => {
  const find = (name) => document.querySelector(`[data-testid=${name}]`);
  const look = () => {
    const cancel = find("cancel");
    if (!cancel || cancel.disabled) return setTimeout(look, 5);
    cancel.click();
    done();
  };
  find("run").click();
  look();
})"""
"""Begin and cancel within the page: a run may be over before a test that clicks from outside has its turn."""


def test_a_run_can_be_cancelled_and_begun_again(guest):
    page = open_lesson(guest, "is-it-luck")
    go_on(page, "Predict")
    at(page, "choice-2").check()
    at(page, "reason").fill("The average.")
    go_on(page, "Run")
    page.evaluate(CANCEL_AT_ONCE)

    expect(at(page, "progress")).to_contain_text("Cancelled")
    expect(at(page, "next")).to_be_disabled()
    run(page)
    expect(at(page, "progress")).to_contain_text("Done")


def test_a_prediction_that_is_not_one_is_refused(pupil):
    page = open_lesson(pupil, "the-shoestring-year")
    page.evaluate(
        """() => {
            const view = document.querySelector("[data-testid=lesson]").__vue__;
            view.act({ type: "run", curve: [1, "x"], has_reason: true });
        }"""
    )

    expect(at(page, "notice")).to_contain_text("a curve")


# --- links, paper, looks ----------------------------------------------------------------------------------------------


def test_try_this_opens_the_right_page_with_the_right_scenario(pupil):
    page = open_lesson(pupil, "the-shoestring-year")
    go_on(page, "Predict")
    draw(page)
    at(page, "reason").fill("x")
    go_on(page, "Run")
    run(page)
    at(page, "step-6").click()
    at(page, "try-0").click()
    page.wait_for_selector("[data-testid=stage]", timeout=60_000)
    expect(at(page, "scenario")).to_have_value("shoestring-year")
    expect(at(page, "week")).to_contain_text("Week 40")
    page.go_back()
    page.wait_for_selector("[data-testid=lesson]")
    at(page, "try-1").click()
    expect(at(page, "arm-1")).to_have_value("(explore)")
    expect(at(page, "arm-2")).to_have_value("shoestring-year")


def test_on_paper_there_is_the_handout_alone(pupil):
    page = open_lesson(pupil, "the-shoestring-year")
    page.emulate_media(media="print")

    expect(page.locator(".cs-print")).to_be_visible()
    expect(page.locator(".cs-print")).to_contain_text("What real evidence says")
    expect(page.locator(".cs-steps")).to_be_hidden()
    expect(page.locator(".cs-header")).to_be_hidden()
    pages = page.pdf(format="A4").count(b"/Type /Page\n")
    assert pages == 1, pages


def test_a_teachers_own_lessons_stand_beside_the_shipped_ones_and_run_no_code(pupil):
    page = pupil(1280, 860, "/learn", ".cs-shelf")
    expect(page.locator(".cs-book")).to_have_count(11)
    expect(at(page, "lesson-ward-7")).to_contain_text("Ward 7 {{ 6 * 7 }} <b>bold</b>")
    expect(at(page, "lesson-ward-7")).to_contain_text("your own")
    at(page, "lesson-ward-7").click()

    expect(page.locator(".cs-top h1")).to_have_text("Ward 7 {{ 6 * 7 }} <b>bold</b>")
    expect(page.locator(".cs-lesson-text")).to_contain_text("{{ 6 * 7 }} <img src=x onerror=alert(1)>")
    assert page.locator(".cs-lesson-text img").count() == 0


def test_a_lesson_that_is_not_there_is_told(pupil):
    page = pupil(1280, 860, "/learn?lesson=nowhere", ".cs-shelf")

    expect(at(page, "unknown-lesson")).to_contain_text("nowhere")


def test_no_step_breaks_a_rule_of_accessibility_or_scrolls_sideways(pupil):
    page = pupil(1280, 860, "/learn", ".cs-shelf")
    told = _broken(page, "list")
    for slug in ("the-shoestring-year", "ward-7"):
        at(page, f"lesson-{slug}").click()
        go_on(page, "Predict")
        if slug == "ward-7":
            at(page, "choice-1").check()
        else:
            told += _broken(page, "empty")
            draw(page)
            at(page, "by-year").click()
        at(page, "reason").fill("x")
        told += _broken(page, f"{slug} Predict")
        go_on(page, "Run")
        run(page)
        for k, step in enumerate(STEPS):
            at(page, f"step-{k}").click()
            expect(at(page, "lesson")).to_have_attribute("data-step", str(k))
            colours_have_changed(page)
            # What comes after the prediction looks alike in both.
            if slug == "the-shoestring-year" or step == "Predict":
                told += _broken(page, f"{slug} {step}")
            for width in (390, 1920, 1280):
                page.set_viewport_size({"width": width, "height": 900})
                assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{slug} {step} {width}"
        at(page, "all-lessons").click()

    assert told == []


def _broken(page, where):
    return rules_broken_in_both_themes(page, where, at(page, "theme").click)
