"""Searches that pages ask for: begun, stopped, gone on with, told in words, and never too many of them."""

import time

import pytest

from sim.base.errors import InputError
from sim.dashboard import budgets, catalogue
from sim.dashboard.budgets import Searches
from sim.inputs.organisation import OrganisationShape
from sim.study import budget

PATIENCE = 120.0
SMALL = catalogue.shipped("two-of-three-leave").replace(organisation=OrganisationShape(teams=2, team_size=4))
OTHERWISE = SMALL.without("coach_senior_leaders").replace(title="<b>Secret plans</b>")


@pytest.fixture(name="searches")
def searches_fixture(tmp_path, monkeypatch):
    """Searches that try little."""
    for name, few in (("TRIALS", 10), ("REPLICATES", 2), ("JUDGED_REPLICATES", 4)):
        monkeypatch.setattr(budget, name, few)
    (tmp_path / "budgets").mkdir()
    return Searches(tmp_path / "budgets")


def until(searches, what):
    for _ in range(int(PATIENCE / 0.3)):
        (told,) = searches.told(SMALL)
        if what(told):
            return told
        time.sleep(0.3)
    raise AssertionError(f"it never was so: {told}")


def is_over(told):
    return not told["is_running"] and not told["is_starting"]


def test_a_search_is_done_told_in_words_and_opened_and_is_one_for_all_who_ask_the_same(searches):
    searches.begin(SMALL, 100)
    done = until(searches, lambda told: is_over(told) and (told["answer"] or told["failed"]))

    assert done["failed"] == ""
    assert [best["budget"] for best in done["answer"]] == [25.0, 50.0, 75.0, 100.0]
    assert "of 4 runs" in done["answer"][0]["lasts_words"]
    best = searches.programme(SMALL, 100, 100.0)
    assert best.title == "Best found for 100 days"
    assert best.cost_by_week(best.weeks).sum() == pytest.approx(100, rel=0.01)
    assert best.baseline().is_baseline_of(SMALL)
    # Whoever spends otherwise in the same place asks the same, and nobody's words are kept.
    assert searches.told(OTHERWISE)[0]["answer"] == done["answer"]
    assert searches.told(SMALL.with_parameters(staff_turnover=0.2)) == []
    with pytest.raises(InputError, match="wanted a programme that was found"):
        searches.programme(SMALL, 100, 60.0)
    with pytest.raises(InputError, match="wanted a programme that was found"):
        searches.programme(SMALL, 99, 100.0)


def test_a_search_is_stopped_and_gone_on_with_after_a_restart(searches, tmp_path, monkeypatch):
    monkeypatch.setattr(budget, "TRIALS", 20_000)
    searches.begin(SMALL, 100)
    until(searches, lambda told: told["is_running"] and told["n_done"] > 0)
    searches.stop(SMALL, 100)
    stopped = until(searches, is_over)
    assert (stopped["is_complete"], stopped["failed"]) == (False, "")
    with pytest.raises(InputError, match="wanted work that is under way"):
        searches.stop(SMALL, 100)

    again = Searches(tmp_path / "budgets")
    again.begin(SMALL, 100)
    later = until(again, lambda told: told["is_running"] and told["n_done"] > stopped["n_done"])
    again.stop(SMALL, 100)
    until(again, is_over)
    assert later["days"] == 100


@pytest.mark.parametrize(
    ("scenario", "days", "words"),
    [
        (SMALL, 5, "20 to 20,000 paid days"),
        (SMALL, 10**9, "20 to 20,000 paid days"),
        (SMALL.replace(weeks=200), 100, "a run of 396 weeks or more"),
        (SMALL.model_copy(update={"tables": "/etc"}), 100, "a made-up organisation"),
    ],
)
def test_what_cannot_be_searched_for_is_refused_and_leaves_nothing(searches, tmp_path, scenario, days, words):
    with pytest.raises(InputError, match=words):
        searches.begin(scenario, days)
    assert list((tmp_path / "budgets").iterdir()) == []


def test_the_searches_that_are_oldest_make_room(searches, tmp_path, monkeypatch):
    monkeypatch.setattr(budgets, "_MOST_KEPT", 2)
    monkeypatch.setattr(searches._watch, "go_on", lambda _: None)
    for days in (100, 200, 300):
        searches.begin(SMALL, days)
        time.sleep(0.02)

    assert [one["days"] for one in searches.told(SMALL)] == [200, 300]
    assert len(list((tmp_path / "budgets").iterdir())) == 2
