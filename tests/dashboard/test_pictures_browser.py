"""No picture of any page is blank, stretched or in the other theme's colours: at first, in both themes, in any size."""

import pytest
from playwright.sync_api import expect

from tests.dashboard.conftest import wait_for_pictures
from tests.dashboard.on_page import at
from tests.dashboard.test_learn_browser import draw, go_on, run
from tests.dashboard.test_service_browser import BY_TEAM, STAFF
from tests.pictures import faults_in_both_themes

pytestmark = pytest.mark.browser

EXPLORE = (
    "The organisation as a network", "Of 100 opportunities", "The five norms", "Leaders", "Pressure and backlog",
    "Facilitators and habits", "Share that feels safe", "timeline",
)  # fmt: skip


@pytest.fixture(name="see")
def see_fixture(request, browser, server):
    """Somebody who begins in a theme, on a screen that is fine or not; what is wrong with a page's pictures is told."""
    theme, scale = getattr(request, "param", ("dark", 2))
    context = browser.new_context(
        viewport={"width": 1280, "height": 860}, color_scheme=theme, device_scale_factor=scale
    )
    server.let_in(context)
    page = context.new_page()
    wrong = []
    page.on("pageerror", lambda error: wrong.append(f"error in the page: {error}"))

    def see(path, ready):
        page.goto(server.url + path)
        page.wait_for_selector(ready, timeout=60_000)
        page.wait_for_function("window.cultureshift.ready.then(() => true)")
        return page

    yield see
    context.close()
    assert wrong == []


def looked_over(page, *expected):
    return faults_in_both_themes(page, expected, at(page, "theme").click)


@pytest.mark.parametrize("see", [("light", 1), ("dark", 2)], ids=["light", "dark"], indirect=True)
def test_explore(see):
    page = see("/", "[data-testid=stage]")
    wait_for_pictures(page)
    page.evaluate("window.cultureshift.clock.seek(150)")
    at(page, "tab-time").click()
    at(page, "links").select_option("control")

    assert looked_over(page, *EXPLORE, "Time that is not for problems") == []
    at(page, "tab-do").click()
    at(page, "keep").click()
    page.evaluate("window.cultureshift.clock.seek(58)")
    at(page, "do-train_facilitators").click()
    at(page, "split").click()
    assert looked_over(page, *EXPLORE, "The same organisation in the other future") == []


def test_an_organisation_of_ones_own(see):
    page = see("/service", "[data-testid=drop]")
    assert looked_over(page) == []
    files = [
        {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
        for name, text in {"staff.csv": STAFF, "teams.csv": BY_TEAM}.items()
    ]
    page.locator("input[type=file]").set_input_files(files)
    expect(at(page, "funnel")).to_be_visible(timeout=120_000)

    assert looked_over(page, "The organisation as it was understood", "Funnel plot of 9 groups") == []


def test_compare(see):
    page = see("/compare", "[data-testid=compare]")
    assert looked_over(page, "A band over time") == []
    at(page, "worlds").select_option("20")
    at(page, "compare").click()
    expect(at(page, "progress")).to_contain_text("Done", timeout=120_000)

    assert looked_over(page, "Share that feels safe over time", ".*worlds") == []


def test_map(see):
    page = see("/map", "[data-testid=draw]")
    assert looked_over(page, "A map of squares") == []
    at(page, "map-size").select_option("4")
    at(page, "draw").click()
    expect(at(page, "progress")).to_contain_text("Done", timeout=180_000)

    assert looked_over(page, "Map over") == []


@pytest.mark.xdist_group("account")  # one server finds it once for all
def test_why(see):
    page = see("/why", "[data-testid=account]")

    assert looked_over(page, "Gain over time", "Leaders carried", "Turnover carried") == []


def test_about_has_no_pictures_that_could_be_blank(see):
    assert looked_over(see("/about", "[data-testid=parameters]")) == []


def test_a_lesson_that_asks_for_a_curve(see):
    page = see("/learn?lesson=the-shoestring-year", "[data-testid=lesson]")
    go_on(page, "Predict")
    draw(page)
    at(page, "reason").fill("It sticks.")
    assert looked_over(page, "Your curve of") == []
    go_on(page, "Run")
    run(page)
    assert looked_over(page, ".* over time in 40 runs") == []
    go_on(page, "Compare")
    assert looked_over(page, ".*the middle run begins at") == []
    go_on(page, "Explain")
    assert looked_over(page, "loops") == []


def test_a_lesson_that_asks_for_an_answer(see):
    page = see("/learn?lesson=what-control-feels-like", "[data-testid=lesson]")
    go_on(page, "Predict")
    at(page, "choice-1").check()
    at(page, "reason").fill("People here speak up.")
    go_on(page, "Run")
    run(page)
    go_on(page, "Compare")
    assert looked_over(page, "answers", ".*the middle run begins at") == []
    go_on(page, "Explain")
    assert looked_over(page, "funnel") == []


def test_a_programme_of_ones_own(see):
    page = see("/learn?lesson=design-your-own", "[data-testid=lesson]")
    go_on(page, "Predict")
    at(page, "choice-0").check()
    at(page, "reason").fill("It reaches everybody.")
    go_on(page, "Run")
    run(page)
    at(page, "step-6").click()
    at(page, "weeks-0").fill("104")
    at(page, "run-design").click()
    expect(at(page, "designed")).to_be_visible(timeout=120_000)
    assert looked_over(page, ".*the middle run begins at") == []
