"""The answer of Explore over many worlds. Without a browser and without a web framework."""

import base64

import numpy as np
import pytest

from sim.dashboard import answering, catalogue
from sim.dashboard.answering import FIRST_TOLD, WORLDS, PairedPiece, known_answer, pieces_for, run_piece, told
from sim.inputs.organisation import OrganisationShape
from sim.inputs.scenario.description import Scenario
from sim.report.answer import answer
from sim.report.ranges import range_in_words
from sim.results.ensemble import run_paired
from sim.results.ranges import OutcomeRange, ScenarioRange

SMALL = OrganisationShape(teams=3, team_size=4)
SHORT = (
    Scenario(title="A short talk", weeks=270, organisation=SMALL)
    .with_entries(kind="coach_senior_leaders", start_week=0, end_week=52)
    .with_entries(kind="train_facilitators", start_week=0, end_week=None, cost_per_week=1.0)
)


def worlds_of(scenario: Scenario, n: int) -> dict[int, answering.WorldSeries]:
    return {number: world for piece in pieces_for(scenario, n) for number, world in run_piece(piece).items()}


def said_of(scenario: Scenario, worlds: dict[int, answering.WorldSeries]) -> dict[str, object] | None:
    """Return what is said where there is no survey."""
    return told(scenario, worlds, {}, 0)


@pytest.mark.parametrize("scenario", [SHORT, catalogue.shipped("shoestring-year").replace(organisation=SMALL)])
def test_the_page_says_what_the_command_says(scenario):
    shown = said_of(scenario, worlds_of(scenario, WORLDS))
    said = answer(run_paired(scenario, WORLDS, 1))

    assert shown is not None
    assert (shown["verdict"], shown["story"]) == (said.verdict, said.story)
    assert f"{shown['verdict']} {shown['number']}" == said.headline


def test_upkeep_is_told_apart():
    shown = said_of(SHORT, worlds_of(SHORT, FIRST_TOLD))

    assert shown is not None
    assert "of upkeep a year" in shown["number"]
    assert "if it stops" in shown["number"]


def test_few_worlds_say_nothing_and_some_say_that_they_are_not_all():
    worlds = worlds_of(SHORT, FIRST_TOLD)

    assert said_of(SHORT, {number: worlds[number] for number in range(FIRST_TOLD - 1)}) is None
    so_far = said_of(SHORT, worlds)
    assert so_far is not None
    assert (so_far["n"], so_far["is_whole"]) == (FIRST_TOLD, False)


def test_a_whole_answer_is_known_to_whoever_asks_the_same_and_part_of_one_is_not():
    scenario = SHORT.replace(weeks=261)
    worlds = worlds_of(scenario, WORLDS)
    said_of(scenario, {number: worlds[number] for number in range(FIRST_TOLD)})

    assert known_answer(scenario) is None
    whole = said_of(scenario, worlds)
    assert known_answer(scenario.replace(title="In other words")) == whole
    assert known_answer(scenario.with_parameters(staff_turnover=0.2)) is None


def test_the_band_holds_nine_worlds_in_ten():
    worlds = worlds_of(SHORT, WORLDS)
    shown = said_of(SHORT, worlds)
    assert shown is not None
    band = np.frombuffer(base64.b64decode(shown["band"]), np.uint8).reshape(4, SHORT.weeks + 1) / 255
    safe = np.array([world[0][:, 0] for world in worlds.values()])
    inside = ((safe >= band[0] - 0.003) & (safe <= band[3] + 0.003)).mean(axis=0)

    assert (np.diff(band, axis=0) >= 0).all()
    assert inside.min() >= 0.9


def test_a_kept_range_over_what_nobody_has_measured_is_told_of_a_whole_answer(monkeypatch):
    outcomes = {"peak_gain": OutcomeRange(0.02, 0.1, 0.3, 0.5, 64), "persists": OutcomeRange(0.1, 0.4, 0.9, 0.5, 64)}
    kept = ScenarioRange(outcomes, 64, 16)
    monkeypatch.setattr(answering, "kept_range_of", lambda _: kept)
    shown = said_of(SHORT, worlds_of(SHORT, WORLDS))

    assert shown is not None
    assert shown["range"] == range_in_words(run_paired(SHORT, WORLDS, 1).summary(), kept)[::-1]
    assert "between 10 and 90" in shown["range"][0]
    assert said_of(SHORT, worlds_of(SHORT, FIRST_TOLD))["range"] == []


def test_each_piece_is_a_few_worlds_so_that_others_get_their_turn():
    pieces = pieces_for(SHORT)

    assert [number for piece in pieces for number in piece.numbers] == list(range(WORLDS))
    assert max(len(piece.numbers) for piece in pieces) <= 5
    assert run_piece(PairedPiece(SHORT, (3,))).keys() == {3}
