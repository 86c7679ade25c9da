"""The answer of Explore, as people meet it in a real Chromium."""

import pytest
from playwright.sync_api import expect

from sim.dashboard import answering, catalogue
from sim.report.answer import answer
from sim.results.ensemble import run_paired
from tests.accessibility import rules_broken_in_both_themes
from tests.dashboard.on_page import at

pytestmark = pytest.mark.browser


def test_the_first_page_answers_without_a_click(guest):
    page = guest(1366, 650)
    # One world is there at once; what it is worth follows.
    expect(at(page, "safe")).not_to_have_text("0")
    expect(at(page, "answer-rests")).to_contain_text(f"Over {answering.WORLDS} worlds")

    said = answer(run_paired(catalogue.shipped(catalogue.FIRST), answering.WORLDS, 1))
    expect(at(page, "answer-verdict")).to_have_text(said.verdict)
    assert at(page, "answer-number").inner_text() in said.headline
    box = at(page, "answer").bounding_box()
    assert box["y"] + box["height"] <= 650
    expect(at(page, "band-key")).to_be_visible()


def test_another_scenario_has_another_answer_and_a_change_forgets_the_last(explore):
    expect(at(explore, "answer-verdict")).to_have_text("The shift does not last.")
    at(explore, "scenario").select_option("internal-capacity")
    expect(at(explore, "answer-number")).to_contain_text("of upkeep a year")
    at(explore, "do-winter_crisis").click()
    expect(at(explore, "entry")).to_have_count(7)
    expect(at(explore, "answer-verdict")).to_have_count(0)
    expect(at(explore, "band-key")).to_have_count(0)
    expect(at(explore, "answer-rests")).to_contain_text(f"Over {answering.WORLDS} worlds")
    at(explore, "answer-more").click()
    expect(at(explore, "answer-story")).to_contain_text("more than half")

    assert rules_broken_in_both_themes(explore, "the answer", at(explore, "theme").click) == []
