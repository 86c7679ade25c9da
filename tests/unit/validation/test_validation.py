"""The table of patterns, how a verdict comes about, and the report."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.base.errors import InputError
from sim.commands import main
from sim.plots import LIGHT, figure_bytes
from sim.plots.pattern_picture import draw_picture
from sim.results.measures import Interval
from sim.rulebook.rulebook import RULEBOOK
from sim.validation.pattern import Contour, Line, Pattern, PatternFinding, PatternPicture, reading, report_only
from sim.validation.pattern_runs import PatternRuns, bootstrap, programme, scenario
from sim.validation.report import image_name, readings_table, to_html, to_markdown, tolerance_text, words_of
from sim.validation.rivals import HEADLINES, Rivals, combinations, rivals_table
from sim.validation.runner import PATTERNS, PatternResult, Validation, chosen_patterns, validate

KINDS_BY_NUMBER = {
    **dict.fromkeys((1, 3, 8, 9, 10, 12, 13, 15, 28), "calibrated"),
    **dict.fromkeys((2, 27, 29, 30, 31, 32, 35, 36), "built in"),
    **dict.fromkeys((4, 5, 6, 7, 11, 14, 16, 17, 18, 19, 26, 34, 37, 38), "verified"),
    **dict.fromkeys((*range(20, 26), 33), "limit"),
}
CONTROLLED = [1, 12, 13, 17, 28, 29, 30, 31]
MAP = PatternPicture(
    "Map", "x", "y", x=np.array([1.0, 2.0]), y=np.array([0.5, 0.7, 0.9]),
    values=np.array([[0.0, 1.0], [0.2, 0.4], [1, 0]]),
    value_label="chance", contours=(Contour("half", np.array([1.0, 1.5]), np.array([0.5, 0.9])),),
)  # fmt: skip
LINES = PatternPicture(
    "Lines", "weeks", "gain",
    (
        Line("a", np.arange(3.0), np.arange(3.0), np.zeros(3), np.full(3, 2.0)),
        Line("b", np.arange(3.0), np.ones(3), is_quiet=True),
    ),
    levels=(("half", 0.5),),
)  # fmt: skip


def outcome_of(finding: PatternFinding, **changes: object) -> PatternResult:
    fields = {
        "number": 99, "kind": "verified", "claim": "Less <is> more.", "tolerance": "0 to 1", "evidence": ("deaf-ear",),
        "meaning": "So it is.", "measure": lambda _: finding, "if_it_fails": "Because `x` & y.",
    }  # fmt: skip
    return PatternResult(Pattern(**{**fields, **changes}), finding, 0.1)


def validation_of(*outcomes: PatternResult) -> Validation:
    return Validation(outcomes, replicates=40, seed=1)


# --- the table --------------------------------------------------------------------------------------------------------


def test_every_pattern_is_there_once_with_its_kind() -> None:
    kinds = {one.number: one.kind for one in PATTERNS if one.kind != "control"}

    assert kinds == KINDS_BY_NUMBER
    assert len(PATTERNS) == len(KINDS_BY_NUMBER) + len(CONTROLLED)


def test_the_negative_controls_stand_behind_their_patterns() -> None:
    labels = [one.label for one in PATTERNS]

    assert [one.number for one in PATTERNS if one.kind == "control"] == CONTROLLED
    for number in CONTROLLED:
        assert labels.index(f"control of {number}") == labels.index(str(number)) + 1


def test_words_end_as_they_should() -> None:
    for one in PATTERNS:
        assert one.claim.endswith(".")
        assert one.meaning.endswith(".")
        assert not one.tolerance.endswith(".")
        assert one.evidence


def test_a_number_takes_its_control_along() -> None:
    assert [one.label for one in chosen_patterns([12])] == ["12", "control of 12"]
    assert chosen_patterns() == PATTERNS


@given(numbers=st.lists(st.integers(-5, 60), min_size=1, max_size=4))
def test_unknown_numbers_are_all_told(numbers: list[int]) -> None:
    unknown = {number for number in numbers if not 1 <= number <= 38}

    if unknown:
        with pytest.raises(InputError) as caught:
            chosen_patterns(numbers)
        assert {int(fault.came) for fault in caught.value.faults} == unknown
    else:
        assert {one.number for one in chosen_patterns(numbers)} == set(numbers)


def test_too_few_replicates_are_refused() -> None:
    with pytest.raises(InputError, match="8 runs or more"):
        validate([22], replicates=7)


# --- verdicts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("readings", "verdict"),
    [
        ((reading("a", 0.5, 0.0, 1.0),), "holds"),
        ((reading("a", 1.0, 0.0, 1.0),), "holds"),
        ((reading("a", 1.0001, 0.0, 1.0),), "fails"),
        ((reading("a", 0.5, 0.0), reading("b", -0.5, 0.0)), "fails"),
        ((reading("a", math.nan, 0.0, 1.0),), "fails"),
        ((reading("a", math.inf, high=1.0),), "fails"),
        ((report_only("a", 3.0),), "measured"),
        ((reading("a", 0.5, 0.0, 1.0), report_only("b", math.nan)), "holds"),
    ],
)
def test_a_verdict_rests_on_what_is_judged(readings: tuple[object, ...], verdict: str) -> None:
    assert PatternFinding(readings).verdict == verdict


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.1, 0.2, "0.1 to 0.2"),
        (-math.inf, 0.35, "at most 0.35"),
        (0.75, math.inf, "at least 0.75"),
        (1e-9, math.inf, "above 0"),
        (-math.inf, -1e-9, "below 0"),
        (1e-9, 0.05, "above 0 to 0.05"),
    ],
)
def test_a_tolerance_in_words(low: float, high: float, words: str) -> None:
    assert tolerance_text(reading("a", 0.0, low, high)) == words


def test_an_interval_over_replicates_covers_the_mean_as_often_as_it_says() -> None:
    """1,000 normal samples of 40; the share covered has a standard error of 0.007, so 0.90 to 0.97 is very wide."""
    random = np.random.default_rng(5)
    samples = random.normal(size=(200, 40))

    intervals = [bootstrap(lambda rows, own=own: float(own[rows].mean()), 40) for own in samples]

    covered = np.mean([one.low <= 0 <= one.high for one in intervals])
    assert 0.88 <= covered <= 0.98


# --- the laboratory ---------------------------------------------------------------------------------------------------


def test_the_laboratory_runs_a_scenario_once() -> None:
    done: list[int] = []
    runs = PatternRuns(replicates=2, progress=done.append)
    what = scenario(weeks=4)

    first, second = runs.ensemble(what), runs.ensemble(scenario(weeks=4))

    assert first is second
    assert done == [1, 1]
    assert runs.run(what) is not first


def test_more_runs_of_a_scenario_begin_with_those_that_there_are() -> None:
    """Runs are known by number: what one pattern has run, another that wants more of it need not run again."""
    done: list[int] = []
    runs, what = PatternRuns(replicates=2, progress=done.append), scenario(weeks=4)

    few, many = runs.ensemble(what), runs.ensemble(what, times=2)

    assert done == [1] * 4
    assert many.replicates == (0, 1, 2, 3)
    assert (many.weekly == PatternRuns(replicates=4).run(what).weekly).all()
    assert (runs.ensemble(what).weekly == few.weekly).all()


def test_patterns_are_measured_in_the_world_of_the_laboratory() -> None:
    runs = PatternRuns(replicates=2, world=scenario(parameters={"staff_turnover": 0.2}))

    what = runs.scenario(programme(), {"time_to_hire": 6.0}, weeks=4, team_size=5)

    assert (what.parameters.staff_turnover, what.parameters.time_to_hire) == (0.2, 6.0)
    assert (what.organisation.team_size, runs.world.organisation.team_size) == (5, 8)
    assert runs.scenario(weeks=4).parameters.time_to_hire == 10.0


def test_following_weeks_gives_the_world_that_a_run_gives() -> None:
    runs = PatternRuns(replicates=1, seed=4)
    what = scenario(weeks=5)

    followed = []
    for snapshot in runs.follow(what, 5):
        staff = snapshot.world.staff
        followed.append(float(staff["safety"][staff["vacant_weeks"] == 0].mean()))

    assert followed == pytest.approx(runs.run(what).series("safety")[0, 1:], abs=1e-12)


# --- rival rules ------------------------------------------------------------------------------------------------------


def test_every_combination_of_forms_is_there_once_and_the_usual_one_first() -> None:
    every = combinations()

    assert len(every) == len({tuple(forms.items()) for forms in every}) == 16
    assert RULEBOOK.with_forms(every[0]) is RULEBOOK
    assert len(HEADLINES) == len({one.claim for one in HEADLINES})


def test_a_headline_that_fails_is_told_with_the_forms_that_all_failures_share() -> None:
    forms = ({"social_influence": "averaging"}, {"social_influence": "bounded_confidence"})

    assert Rivals(forms, ((True, True), (True, False))).fails_with(0) == []
    assert Rivals(forms, ((True, True), (True, False))).fails_with(1) == ["bounded_confidence"]


def test_the_table_of_rivals_has_a_row_for_each_headline_and_combination() -> None:
    forms = ({"social_influence": "averaging"}, {"social_influence": "bounded_confidence"})
    held = tuple((True, place % 2 == 0) for place in range(len(HEADLINES)))

    rows = list(csv.DictReader(io.StringIO(rivals_table(Rivals(forms, held)))))

    assert [row["claim"] for row in rows] == [one.claim for one in HEADLINES for _ in forms]
    assert [row["holds"] for row in rows[:4]] == ["true", "true", "true", "false"]
    assert rows[3]["social_influence"] == "bounded_confidence"


def test_headlines_held_against_rivals_are_written_whole_and_nothing_is_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sim.validation.rivals.combinations", lambda: combinations()[:1])
    place = tmp_path / "rivals"

    def code_of(*words: str) -> object:
        with pytest.raises(SystemExit) as left:
            main(["validate", "--rivals", *words])
        return left.value.code

    assert code_of("-n", "8", "--out", str(place)) == 0
    said = capsys.readouterr().out
    rows = list(csv.DictReader(io.StringIO((place / "rivals.csv").read_text("utf-8"))))

    assert len(rows) == len(HEADLINES)
    assert said.count(" of 1  ") == len(HEADLINES)
    assert code_of("-n", "8", "--out", str(place)) == 2
    assert "is not empty" in capsys.readouterr().err
    assert code_of("-p", "1") == 2


# --- the report -------------------------------------------------------------------------------------------------------


def test_what_fails_is_told_first_and_explained() -> None:
    failing = outcome_of(PatternFinding((reading("share", Interval(0.5, 0.4, 0.6, 40), 0.6),)))
    validation = validation_of(failing, outcome_of(PatternFinding((reading("share", 0.7, 0.6),)), number=7))

    markdown, html = to_markdown(validation, {}), to_html(validation, {})

    assert words_of(validation) == "1 of 2 checks hold; not: 99."
    assert markdown.index("not: 99") < markdown.index("## ")
    assert "Why it fails: Because `x` & y." in markdown
    assert markdown.count("Why it fails") == 1
    assert "Because <code>x</code> &amp; y." in html


def test_a_reading_shows_value_interval_tolerance_and_verdict() -> None:
    finding = PatternFinding(
        (reading("share", Interval(0.5, 0.4, 0.6, 40), 0.6), report_only("other", 2.0)), note="A note."
    )

    markdown = to_markdown(validation_of(outcome_of(finding)), {})

    assert "| share | 0.5 (0.4 to 0.6) | at least 0.6 | fails |" in markdown
    assert "| other | 2 | reported |  |" in markdown
    assert "Note: A note." in markdown


def test_kinds_are_told_apart_and_the_first_report_is_taken_back() -> None:
    validation = validation_of(
        outcome_of(PatternFinding((reading("a", 1.0),)), kind="built in"),
        outcome_of(PatternFinding((reading("a", 1.0, 2.0),))),
    )

    markdown, html = to_markdown(validation, {}), to_html(validation, {})

    assert "- *built in* (a rule was put in so that this can arise" in markdown
    assert "only to a bound): 1 of 1 hold." in markdown
    assert "0 of 1 hold; not: 99." in markdown
    assert "*calibrated*" not in markdown
    assert "What the first report got wrong" in markdown
    assert "<em>built in</em>" in html


def test_links_of_the_summary_lead_to_headings() -> None:
    validation = validation_of(
        outcome_of(PatternFinding((reading("a", 1.0),))),
        outcome_of(PatternFinding((reading("a", 1.0),)), kind="control"),
    )
    markdown = to_markdown(validation, {})
    links = re.findall(r"\]\(#([^)]*)\)", markdown)
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line[3:].lower()).replace(" ", "-")
        for line in markdown.splitlines()
        if line.startswith("## ")
    }

    assert links
    assert set(links) == headings
    for link in links:
        assert f'id="{link}"' in to_html(validation, {})


def test_the_page_needs_nothing_else_and_escapes_words() -> None:
    finding = PatternFinding((reading("a", 1.0),), (LINES,))
    outcome = outcome_of(finding)
    name = image_name(outcome, 0)

    html = to_html(validation_of(outcome), {name: "<svg></svg>"})

    assert "<svg></svg>" in html
    assert "Less &lt;is&gt; more." in html
    assert "Less <is> more." not in html
    assert not re.search(r'(src|href)="(?!#)', html)


def test_the_readings_table_has_a_row_for_each_reading() -> None:
    finding = PatternFinding((reading("a, b", Interval(0.5, 0.4, 0.6, 40), 0.6), report_only("c", 2.0)))

    lines = readings_table(validation_of(outcome_of(finding))).splitlines()

    assert lines[1] == '99,verified,"a, b",0.5,0.4,0.6,0.6,inf,fails'
    assert lines[2].endswith(",reported")


@pytest.mark.parametrize("picture", [LINES, MAP], ids=["lines", "map"])
def test_a_picture_is_drawn_the_same_each_time(picture: PatternPicture) -> None:
    first, second = (figure_bytes(draw_picture(picture), "svg", LIGHT, "title", "words") for _ in range(2))

    assert first == second
    assert b"<svg" in first
    assert b'<desc id="words">words</desc>' in first


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture(name="run")
def run_fixture(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def test_the_command_prints_and_writes_the_same_report_each_time(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    arguments = ("validate", "--pattern", "22", "--replicates", "8")

    code, out, _ = run(*arguments, "--out", str(tmp_path / "a"))
    run(*arguments, "--out", str(tmp_path / "b"))

    assert code == 0
    assert "repetitions to 95 % of the way: 65.1; wanted 60 to 72" in out
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert names == ["manifest.json", "readings.csv", "report.html", "report.md"]
    for name in names[1:]:  # the manifest names the command
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_an_unknown_pattern_ends_the_command_with_a_sentence(run: Callable[..., tuple[int, str, str]]) -> None:
    code, out, err = run("validate", "--pattern", "39")

    assert (code, out) == (2, "")
    assert "--pattern: wanted the number of a pattern, 1 to 38, got 39" in err


def test_a_folder_with_something_in_it_is_left_alone(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text("mine")

    code, _, err = run("validate", "--pattern", "22", "--out", str(tmp_path))

    assert code == 2
    assert "is not empty" in err
    assert (tmp_path / "report.md").read_text() == "mine"


def test_the_mean_field_command_prints_and_draws(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    code, out, _ = run(
        "meanfield", "internal-capacity", "--x", "turnover:0.5:4", "--steps", "5", "--out", str(tmp_path / "out")
    )  # fmt: skip

    assert code == 0
    assert "of the peak gain is left four years after support ends" in out
    assert "stable" in out
    lines = (tmp_path / "out" / "meanfield.csv").read_text().splitlines()
    assert lines[0] == "turnover,control_norm,retained_4_years,final_safety"
    assert len(lines) == 26
    assert (tmp_path / "out" / "meanfield.svg").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("control_nrm", 'did you mean "control_norm"?'),
        ("control_norm:a:b", "NAME:LOW:HIGH"),
        ("control_norm:0.5", "NAME:LOW:HIGH"),
        ("control_norm:0.9:0.5", "a first end below the second"),
        ("control_norm:0.5:1.5", "values from 0 to 1"),
    ],
)
def test_a_wrong_side_ends_the_command_with_a_sentence(
    option: str, message: str, run: Callable[..., tuple[int, str, str]]
) -> None:
    code, _, err = run("meanfield", "internal-capacity", "--x", option)

    assert code == 2
    assert message in err
