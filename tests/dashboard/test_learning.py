"""What a prediction is worth, and what may be sent: without a browser."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.base.errors import InputError
from sim.dashboard import designing, learning, shelf
from sim.dashboard.verdict import curve_verdict, range_verdict, ranking_verdict
from sim.lessons import shipped_lessons
from sim.lessons.designs import DesignError, read_design
from sim.lessons.front_matter import AnswerChoice, PredictionTask
from sim.lessons.worlds import WorldsPiece
from sim.results.ensemble import run_paired

LESSONS = {lesson.slug: lesson for lesson in shipped_lessons()}
DRAWN, CHOSEN, BUDGET = (LESSONS[slug] for slug in ("the-shoestring-year", "is-it-luck", "design-your-own"))


def test_a_curve_is_told_how_far_it_ended_from_the_middle_run():
    runs = np.linspace(0.4, 0.6, 41)[:, None] + np.zeros((41, 105))

    sentences = curve_verdict([0.5, 0.62], runs)

    assert sentences[0] == "Your curve ended 12 of 100 above the middle run; no of 41 runs were as high."
    assert sentences[1].startswith("On average it lay 6 of 100 away")
    assert "after 2 years, at 62 of 100" in sentences[2]


def test_a_curve_that_is_the_middle_run_is_at_it():
    runs = np.zeros((5, 53)) + 0.5

    assert curve_verdict([0.5, 0.5], runs)[0] == "Your curve ended at the middle run; five of 5 runs were as high."


def test_how_often_is_one_result_not_one_of_each_run():
    choices = (AnswerChoice(says="seldom", below=0.2), AnswerChoice(says="often", at_least=0.2))
    predict = PredictionTask(kind="choose", question="?", measure="persists", choices=choices)

    sentences, answers = range_verdict([0.0] * 9 + [1.0], predict, 1)

    assert sentences[0] == "You chose “often”. The model says: “seldom”."
    assert sentences[1].startswith("Persists: in 1 of 10 runs (2 to 40 %)")
    assert [answer["words"] for answer in answers] == ["1 of 10 runs", ""]


def test_the_mean_decides_between_ranges_and_each_run_is_counted_once():
    choices = (
        AnswerChoice(says="low", below=0.4),
        AnswerChoice(says="mid", at_least=0.4, below=0.6),
        AnswerChoice(says="high", at_least=0.6),
    )
    predict = PredictionTask(kind="choose", question="?", measure="safe_share", week=1, choices=choices)

    sentences, answers = range_verdict([0.3, 0.45, 0.4, 0.5, 0.7], predict, 2)

    assert sentences[0] == "You chose “high”. The model says: “mid”."
    assert [answer["share"] for answer in answers] == [0.2, 0.6, 0.2]
    assert [answer["is_right"] for answer in answers] == [False, True, False]
    assert [answer["is_mine"] for answer in answers] == [False, False, True]


def test_a_difference_is_told_as_so_many_more():
    choices = (AnswerChoice(says="few", below=0.05), AnswerChoice(says="some", at_least=0.05))
    predict = PredictionTask(
        kind="choose", question="?", measure="safe_share", week=1, choices=choices, compare_with="baseline"
    )

    sentences, _ = range_verdict([0.08, 0.08, 0.08], predict, 1)

    assert sentences[1] == "Feel safe to speak up: 8 more of 100 on average, over 3 runs."


@pytest.mark.parametrize(("mean", "is_as_good"), [(0.57, True), (0.55, False), (0.6, True), (0.64, False)])
def test_an_answer_that_is_nearer_than_numbers_are_good_to_is_as_good(mean, is_as_good):
    choices = (
        AnswerChoice(says="low", below=0.59),
        AnswerChoice(says="mid", at_least=0.59, below=0.605),
        AnswerChoice(says="high", at_least=0.605),
    )
    predict = PredictionTask(kind="choose", question="?", measure="safe_share", week=1, choices=choices)
    mine = 2 if mean == 0.6 else 1

    sentences, _ = range_verdict([mean, mean], predict, mine)

    assert any("good to 3 of 100" in one and one.endswith("yours is as good.") for one in sentences) is is_as_good


def test_a_lead_is_told_with_its_interval_and_whether_it_may_be_luck():
    choices = (AnswerChoice(says="a", scenario="x"), AnswerChoice(says="b", scenario="y"))
    predict = PredictionTask(kind="choose", question="?", measure="safe_share_last_year", choices=choices)
    luck = np.random.default_rng(1).normal(0, 0.05, 30)

    clear, _ = ranking_verdict([0.6 + luck, 0.7 + luck], predict, 0)
    unclear, _ = ranking_verdict([0.6 + luck, 0.6001 + luck[::-1]], predict, 0)

    assert clear[1].endswith("That is not luck.")
    assert "10 of 100" in clear[1]
    assert unclear[-1].endswith("that may be luck.") or unclear[0].endswith("so does the model.")


def test_answers_with_equal_numbers_have_equal_bars():
    choices = (AnswerChoice(says="a", scenario="x"), AnswerChoice(says="b", scenario="y"))
    predict = PredictionTask(kind="choose", question="?", measure="safe_share_last_year", choices=choices)
    luck = np.random.default_rng(1).normal(0, 0.05, 30)
    luck -= luck.mean()

    _, (one, other) = ranking_verdict([0.596 + luck, 0.604 + luck], predict, 0)

    assert one["words"].startswith("60 of 100")
    assert other["words"].startswith("60 of 100")
    assert one["share"] == other["share"] == 0.6


_REASON = {"has_reason": True}


@pytest.mark.parametrize(
    "said",
    [{}, {"curve": [0.5, 0.6]}, {"curve": [0.5, 0.6], "has_reason": "yes"}, {"curve": "x", **_REASON},
     {"curve": [0.5], **_REASON},
     {"curve": [0.5, None], **_REASON}, {"curve": [0.5, math.nan], **_REASON}, {"curve": [True, False], **_REASON},
     {"curve": [0.1] * 401, **_REASON}, {"choice": 0, **_REASON}],
)  # fmt: skip
def test_what_is_no_curve_with_a_reason_is_refused(said):
    with pytest.raises(InputError):
        learning.read_prediction(said, DRAWN)


@pytest.mark.parametrize("choice", [-1, 5, None, "1", True, 1.0])
def test_what_is_no_answer_is_refused(choice):
    with pytest.raises(InputError):
        learning.read_prediction({"choice": choice, **_REASON}, CHOSEN)


_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)
_SPENDS = st.tuples(st.integers(0, 220), st.integers(0, 220), st.integers(0, 220) | st.floats(0, 220)).map(list)


@given(_JUNK | st.dictionaries(st.sampled_from(BUDGET.front_matter.design.kinds), _JUNK | _SPENDS, max_size=5))
def test_any_design_is_a_programme_within_the_budget_or_refused(said):
    task = designing.task_of(BUDGET)
    try:
        design = read_design(said, task)
    except DesignError:
        return
    scenario = task.scenario(design)
    assert 0 < scenario.cost_by_week(scenario.weeks).sum() <= BUDGET.front_matter.design.budget


@given(st.dictionaries(st.sampled_from(["curve", "choice", "has_reason", "x"]), _JUNK))
def test_any_prediction_is_one_or_refused(said):
    for lesson in (DRAWN, CHOSEN):
        try:
            learning.read_prediction(said, lesson)
        except InputError:
            continue


def test_a_lesson_without_a_design_takes_none():
    with pytest.raises(InputError):
        designing.task_of(DRAWN)


def test_a_run_grows_piece_by_piece_and_ends_with_every_loop(tmp_path):
    run = learning.LessonRun(DRAWN, learning.LessonPrediction(curve=(0.6, 0.8, 0.7)))
    pieces = run.pieces()
    assert run.shown() is None

    run.take(pieces[0], learning.run_piece(pieces[0]))
    assert run.shown() is None
    run.take(pieces[1], learning.run_piece(pieces[1]))
    begun = run.shown()
    run.take(pieces[-1], learning.run_piece(pieces[-1]))
    ended = run.shown()

    assert (begun["n"], begun["is_whole"], begun["loops"]) == (5, False, None)
    assert len(begun["arms"][0]["bands"]) == 5
    assert len(ended["loops"]["rows"]) == 7
    assert all(row["low"] <= row["carried"] <= row["high"] for row in ended["loops"]["rows"])


def few_runs_of(lesson):
    """Return a lesson that is run five times."""
    changed = lesson.front_matter.run.model_copy(update={"replicates": 5})
    return replace(lesson, front_matter=lesson.front_matter.model_copy(update={"run": changed}))


def whole_run_of(lesson):
    """Return what the page shows of a lesson that is run five times."""
    run = learning.LessonRun(few_runs_of(lesson), learning.LessonPrediction(curve=(0.6, 0.8, 0.7), choice=0))
    for piece in run.pieces():
        if isinstance(piece, WorldsPiece):
            run.take(piece, learning.run_piece(piece))
    return run.shown()


def test_results_say_what_they_rest_on():
    told = whole_run_of(DRAWN)["rests_on"]

    [arm] = told["arms"]
    assert arm["label"] == "A year on a shoestring"
    assert [line.partition(":")[0] for line in arm["says"]] == [
        "Peak gain", "Half-life of the gain", "Persists", "Noticeable and lasts", "Holds"
    ]  # fmt: skip
    assert all("over what nobody has measured, " in line for line in arm["says"])
    assert "64 draws" in told["made"]


def test_what_persists_if_the_upkeep_stops_is_told_in_a_lesson_too():
    lesson = next(one for one in shipped_lessons() if one.slug == "critical-mass")

    [arm] = whole_run_of(lesson)["rests_on"]["arms"]

    assert any(line.startswith("Persists if the upkeep stops: in ") for line in arm["says"])


def test_where_nobody_has_made_a_range_that_is_said():
    changed = DRAWN.front_matter.run.model_copy(update={"settings": ("weeks=300",)})

    told = whole_run_of(replace(DRAWN, front_matter=DRAWN.front_matter.model_copy(update={"run": changed})))["rests_on"]

    assert "is not known here" in told["arms"][0]["says"][0]
    assert told["made"] == ""


def test_a_programme_that_costs_what_the_lesson_s_own_does_is_compared_with_it_world_by_world():
    task = designing.task_of(BUDGET)
    run = designing.DesignRun(few_runs_of(BUDGET), read_design({"dialogue": [0, 104, 208.0]}, task))
    assert run.shown() is None
    for piece in run.pieces():
        run.take(piece, learning.run_piece(piece))

    shown = run.shown()

    own, best = run_paired(task.scenario({"dialogue": (0, 104, 208.0)}), 5, 1), run_paired(BUDGET.scenario(), 5, 1)
    assert (shown["n"], shown["cost"]) == (5, 208.0)
    for arm, paired in zip(shown["arms"], (own, best), strict=True):
        assert arm["bands"][2] == np.quantile(paired.arm.series("safe_share"), 0.5, axis=0).round(3).tolist()
        assert arm["reference"] == np.median(paired.baseline.series("safe_share"), axis=0).round(3).tolist()
    assert "ours" in shown["verdict"]


def test_own_lessons_are_put_beside_the_shipped_ones(tmp_path, monkeypatch):
    monkeypatch.setattr(shelf, "_KEPT", {})
    monkeypatch.setattr(shelf, "_OWN", set())
    own = DRAWN.path.read_text("utf-8").replace("order = 3", "order = 30")
    own = own.replace('scenario = "two-thin-years.toml"', 'scenario = "shoestring-year"')
    (tmp_path / "30-our-year.md").write_text(own, "utf-8")

    shelf.put_beside(tmp_path)

    assert [one["slug"] for one in shelf.shelf_shown()] == [*LESSONS, "our-year"]
    assert [one["is_own"] for one in shelf.shelf_shown()][-2:] == [False, True]
    assert shelf.lesson_shown(shelf.find("our-year"))["next"]["slug"] == "what-control-feels-like"
    with pytest.raises(InputError):
        shelf.put_beside(tmp_path / "nowhere")
