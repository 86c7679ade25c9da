"""What a survey leaves open of the one staff that there is, where a page answers. Without a browser."""

from pathlib import Path

import pytest

from sim.dashboard import accounts, answering, comparison
from sim.dashboard.answering import WORLDS, StaffPiece
from sim.inputs.scenario.description import Scenario
from sim.report import left_open_in_words
from sim.results.comparison import judged_alike
from sim.results.ensemble import PairedEnsemble, run_paired
from sim.results.left_open import N_STAFFS, left_open
from tests.own_service import with_a_survey

TALK = Scenario(title="A talk", weeks=30).with_entries(kind="coach_team_leaders", start_week=0, end_week=15)
LONGER = TALK.replace(title="A longer talk").with_entries(kind="coach_team_leaders", start_week=15, end_week=25)


@pytest.fixture(name="surveyed", scope="module")
def surveyed_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_a_survey(tmp_path_factory.mktemp("ours"))


@pytest.fixture(name="said", scope="module")
def said_fixture(surveyed: Path) -> str:
    return of_the_command(run_paired(TALK.replace(tables=str(surveyed)), WORLDS, 1))


def of_the_command(paired: PairedEnsemble) -> str:
    found = left_open(paired)
    assert found is not None
    return left_open_in_words(paired, found)


def done(pieces: list, run) -> tuple[dict, dict]:
    worlds, staffs = {}, {}
    for piece in pieces:
        (staffs if isinstance(piece, StaffPiece) else worlds).update(run(piece))
    return worlds, staffs


def test_explore_says_it_after_the_answer_and_knows_the_answer_only_then(surveyed, said):
    scenario = TALK.replace(tables=str(surveyed))
    worlds, staffs = done([*answering.pieces_for(scenario), *answering.staff_pieces_for(scenario)], answering.run_piece)

    at_first = answering.told(scenario, worlds, {}, N_STAFFS)
    assert at_first is not None
    assert (at_first["is_whole"], at_first["left_open"]) == (True, [])
    assert answering.known_answer(scenario) is None
    then = answering.told(scenario, worlds, staffs, N_STAFFS)
    assert then == {**at_first, "left_open": [said]}
    assert answering.known_answer(scenario) == then


def test_nothing_is_run_for_it_where_there_is_no_survey_or_nothing_is_done(surveyed):
    assert answering.staff_pieces_for(TALK) == []
    assert answering.staff_pieces_for(TALK.baseline().replace(tables=str(surveyed))) == []


def test_compare_says_it_of_each_programme_judged_as_they_all_are_and_once_all_is_done(surveyed):
    scenarios = [one.replace(tables=str(surveyed)) for one in (TALK, LONGER)]
    arms = comparison.arms_of(scenarios)
    pieces = comparison.pieces_for(arms, 4)
    for piece in sorted(pieces, key=lambda one: not isinstance(one.work, StaffPiece)):
        shown = comparison.result(arms)
        assert shown is None or shown["arms"][0]["rests_on"] == []
        arms[piece.arm].take(piece, comparison.run_piece(piece))

    shown = comparison.result(arms)
    pairs = judged_alike([run_paired(one, 4, 1) for one in scenarios])
    assert shown is not None
    assert [arm["rests_on"] for arm in shown["arms"]] == [[of_the_command(paired)] for paired in pairs]


def test_an_account_is_told_without_it_and_then_with_it(surveyed, said):
    scenario = TALK.replace(tables=str(surveyed))
    pieces = accounts.pieces_for(scenario)
    found = [accounts.run_piece(piece) for piece in pieces]
    first = [place for place, piece in enumerate(pieces) if not isinstance(piece, StaffPiece)]

    at_first = accounts.account_of(scenario, [pieces[at] for at in first], [found[at] for at in first]).shown()
    whole = accounts.account_of(scenario, pieces, found).shown()
    assert at_first["rests_on"] == []
    assert whole == {**at_first, "rests_on": [said]}
