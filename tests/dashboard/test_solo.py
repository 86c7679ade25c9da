"""The game for one, and what a browser keeps of it. Without a browser and without a web framework."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.base.errors import InputError
from sim.dashboard.solo import begun, opened, setting, taken_home
from sim.dashboard.trajectory import simulate_weekly
from sim.dashboard.views import entries
from sim.game.days import DAYS, WEEKS, Days
from sim.game.opening import new_setup
from sim.game.shown import PICTURES
from sim.game.table import GameTable
from sim.game.timeline import scenario_of
from sim.inputs.organisation import SENIOR_TITLES
from sim.inputs.scenario.checks import check_table
from sim.inputs.scenario.files import parse_toml

STORY, SEED, QUARTERS = "shoestring-year", 1, 7
MINE = [(10 + quarter, 12, 8) for quarter in range(1, QUARTERS + 1)]


def played(chair=1, n=QUARTERS, does="change"):
    game = begun(STORY, chair, SEED, QUARTERS)
    for quarter, days in enumerate(MINE[:n], 1):
        if game.game.offer:
            game = game.answered(quarter, does)
        game = game.decided(quarter, *days)
    return game


def kept(**changes):
    return json.dumps({**json.loads(played().text), **changes})


@pytest.mark.parametrize("does", ["leave", "change"])
def test_it_is_the_game_of_a_table_at_which_two_chairs_are_empty(does):
    alone, table = played(2, does=does), GameTable(new_setup(seed=SEED, quarters=QUARTERS))
    table.take(2, "You")
    for days in MINE:
        if table.game.offer:
            table.answer({"does": does})
        table.decide(2, Days.beyond_fixing(*days))

    assert alone.game == table.game
    assert [one.table.tobytes() for one in alone.played] == [one.table.tobytes() for one in table.played]
    assert any(closed.days[0] != alone.game.closed[0].days[0] for closed in alone.game.closed)  # the model goes along


def test_its_world_opened_in_explore_is_the_game_itself():
    game = played()
    weekly = simulate_weekly(scenario_of(game.game), game.game.setup.seed)

    for quarter, one in enumerate(game.played):
        first = WEEKS * quarter
        assert (weekly[first + 1 : first + WEEKS + 1] == one.table[1:]).all()


def test_what_is_taken_home_is_a_page_that_holds_the_debrief_and_the_world_as_a_scenario(tmp_path):
    game = played(2)
    name, html = taken_home(game, "page", {"back": "</script><b>who went back</b>", "arms": []})
    world_name, toml = taken_home(game, "world", None)

    assert (name, world_name) == ("game.html", "game.toml")
    assert "You began as the Operations Director, and the model played the other two." in html
    assert "\\u003c/script>\\u003cb>who went back" in html  # what is told cannot end the script that holds it
    assert html.count("</script>") == 1 + len(PICTURES)
    assert "src=" not in html
    world = check_table(parse_toml(toml, "ours")[1], "ours", tmp_path).scenario
    assert world.timeline == scenario_of(game.game).timeline


@pytest.mark.parametrize(("what", "wanted"), [("page", "a game that is over"), ("/etc/passwd", "page or world")])
def test_a_page_is_taken_home_when_there_is_a_debrief_and_nothing_else_is(what, wanted):
    with pytest.raises(InputError, match=wanted):
        taken_home(played(n=2), what, None)


def test_on_the_timeline_of_its_world_it_is_said_who_meant_to_do_what():
    shown = entries(scenario_of(played().game))
    days = [one for one in shown if one["kind"] == "attention"]

    assert {one["label"] for one in days} == {f"How leaders spend their time: {title}" for title in SENIOR_TITLES}
    assert {one["short"] for one in days} == set(SENIOR_TITLES)
    assert len({one["strand"] for one in days}) == 3
    assert {one["label"] for one in shown if one["kind"] == "leaders_change_jobs"} == {
        "Leaders change jobs: Medical Director and Nurse Director"
    }


@pytest.mark.parametrize("n", range(QUARTERS + 1))
def test_a_game_comes_back_as_it_was_left_in_any_quarter(n):
    game = played(3, n)
    again = opened(game.text)

    assert again.game == game.game
    assert again.shown() == game.shown()
    assert again.text == game.text


def test_a_game_comes_back_between_an_answer_and_the_decision():
    game = played(n=5).answered(6, "leave")

    assert opened(game.text).game == game.game
    assert opened(game.text).game.answer is not None


def test_what_is_said_twice_or_late_does_nothing():
    game = played(n=5)

    assert game.decided(5, 1, 1, 1) is game
    assert game.answered(5, "leave") is game
    assert game.answered(6, "change").decided(6, 1, 1, 1).decided(6, 9, 9, 9).game.closed[-1].days[0].together == 1


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "game: wanted what this page has kept"),
        ("nonsense", "game: wanted what this page has kept"),
        ("[" * 2000, "game: wanted what this page has kept"),
        ("9" * 5000, "game: wanted at most 4,000 letters"),
        ("[]", "game: wanted an object"),
        (kept(chair=4), "game: chair: wanted a whole number from 1 to 3, got 4"),
        (kept(chair=True), "game: chair"),
        (kept(story="../../etc/passwd"), "game: story: wanted the name of a story that can be played"),
        (kept(story="two-services"), "game: story"),
        (kept(quarters=500), "game: quarters"),
        (kept(quarters=3), "quarter: wanted one of the 3 quarters, got a decision after the last"),
        (kept(seed=-1), "game: seed"),
        (kept(contract=0), "game: contract"),
        (kept(days=[[1, 2]]), "game: days"),
        (kept(days=[[40, 40, 40]], answer=None), "days.fixing: wanted a number from 0 to 65"),
        (kept(days=[[1.5, 2, 3]]), "game: days"),
        (kept(days=[[1e400, 2, 3]]), "game: days"),
        (kept(answer="stay"), "game: answer"),
        (kept(answer=None), "quarter 6: wanted an answer of those who are called away first"),
        (kept(days=[]), "game: answer: wanted none before two are called away, got change"),
        (kept(setup={"tables": "/etc"}), "game: setup"),
    ],
)
def test_what_somebody_else_has_written_is_refused_by_its_name(text, named):
    with pytest.raises(InputError) as refused:
        opened(text)
    assert str(refused.value).startswith(named)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=6,
)


@given(key=st.sampled_from(sorted(json.loads(played().text))), value=values)
@settings(max_examples=60, deadline=None)
def test_whatever_one_entry_is_changed_into_a_game_is_played_or_the_fault_is_told(key, value):
    with suppress(InputError):
        game = opened(kept(**{key: value}))
        assert all(abs(sum(days.all) - DAYS) < 1e-9 for closed in game.game.closed for days in closed.days)


def test_a_game_of_an_earlier_model_says_so():
    assert opened(kept(contract=1)).differs
    assert opened(kept()).differs == ""


def test_nothing_of_how_safe_people_feel_is_shown_before_the_end():
    shown = str([played(chair, n).shown() for chair in (1, 2, 3) for n in (0, 3, QUARTERS)])
    assert "safe" not in shown


def test_the_usual_story_comes_first_and_each_can_be_begun():
    stories = setting()["stories"]

    assert stories[0] == [STORY, "A year on a shoestring"]
    assert len(stories) > 10
    assert begun(stories[-1][0], 1, SEED, 4).shown()["quarters"] == 4
