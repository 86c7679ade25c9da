"""What Compare, Map and Why say; and the pool that does their work."""

import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.base.errors import InputError
from sim.base.worker_pool import Pool, StoppedError
from sim.dashboard import answering, catalogue, mapping
from sim.dashboard.accounts import LOOP_WORLDS, account
from sim.dashboard.comparison import arms_of, pieces_for, result, run_piece
from sim.inputs.organisation import OrganisationShape
from sim.inputs.scenario.description import Scenario
from sim.report.answer import answer
from sim.report.comparison import compare_in_words, comparison_rows, judging_date
from sim.report.loops import loops_in_words
from sim.results.comparison import judged_alike
from sim.results.ensemble import run_paired
from sim.results.loops import LOOPS, end_and_late, shares_without_each
from sim.results.measures import smooth
from sim.results.ranges import OutcomeRange, ScenarioRange
from sim.rulebook.parameters import describe
from sim.study.design import Axis
from sim.study.map import map_study, read_map
from sim.study.runner import run_study

ROOT = Path(__file__).parents[2]
SMALL = Scenario(title="Small", weeks=120, organisation=OrganisationShape(teams=4, team_size=6)).with_entries(
    kind="coach_team_leaders", start_week=0, end_week=40
)


def arms_after(scenarios, replicates):
    arms = arms_of(scenarios)
    for piece in pieces_for(arms, replicates):
        arms[piece.arm].take(piece, run_piece(piece))
    return arms


def test_pieces_cover_every_world_of_every_scenario_once():
    pieces = pieces_for(arms_of([SMALL, SMALL.baseline()]), 12)
    worlds = [(piece.arm, number) for piece in pieces for number in piece.work.numbers]

    assert sorted(worlds) == [(arm, number) for arm in (0, 1) for number in range(12)]


def test_each_scenario_tells_what_it_rests_on_where_that_is_kept(monkeypatch):
    kept = ScenarioRange({"holds": OutcomeRange(0.4, 0.8, 0.99, 0.5, 64)}, 64, 16)
    monkeypatch.setattr(
        answering, "kept_range_of", lambda paired: kept if "Small" in paired.arm.scenario.title else None
    )
    shown = result(arms_after([SMALL, SMALL.replace(title="Another")], 3))

    [line] = shown["arms"][0]["rests_on"]
    assert line.startswith("Holds: in ")
    assert "over what nobody has measured, between 40 and 99" in line
    assert shown["arms"][1]["rests_on"] == []


def test_the_page_says_what_the_command_says():
    longer = SMALL.with_parameters(staff_turnover=0.5).replace(title="Longer", weeks=130)
    shown = result(arms_after([SMALL, longer], 6))
    pairs = judged_alike([run_paired(one.replace(weeks=130), 6, 1) for one in (SMALL, longer)])
    table = comparison_rows(pairs)

    assert [arm["said"] for arm in shown["arms"]] == compare_in_words(pairs)
    assert shown["judged"] == judging_date(pairs)
    of_the_first, of_the_other = (arm["rows"] for arm in shown["arms"])
    for row, first, other in zip(table, of_the_first, of_the_other, strict=False):
        assert (first[0], other[0]) == (row[0], row[0])
        assert (first[1], other[2]) == tuple(cell.replace("\n", " (") + ")" * ("\n" in cell) for cell in row[1:])


def test_a_scenario_compared_with_itself_differs_in_no_world():
    shown = result(arms_after([SMALL, SMALL], 5))

    assert set(shown["arms"][1]["differences"]) == {0.0}
    assert "In 0 of 5 twin worlds" in shown["arms"][1]["verdict"]


def test_nothing_is_shown_before_every_scenario_has_a_world():
    arms = arms_of([SMALL, SMALL])
    arms[0].worlds[0] = (np.zeros((121, 1)), np.zeros((121, 1)), None)

    assert result(arms) is None


def test_switching_a_loop_off_names_parameters_that_there_are():
    for loop in LOOPS:
        assert set(loop.off) <= set(describe())


def test_an_account_says_what_the_command_says_with_its_reasons():
    told = account(SMALL).shown()
    said = answer(run_paired(SMALL, told["n"], 1))

    assert (told["verdict"], told["story"], told["reasons"]) == (said.verdict, said.story, list(said.reasons))
    assert [len(band) for band in told["bands"]] == [121] * 5


def test_an_account_tells_of_every_loop_how_sure_it_is():
    told = account(SMALL).loops

    assert told["n"] == LOOP_WORLDS
    assert {row["title"] for row in told["rows"]} == {loop.title for loop in LOOPS}
    assert all(row["low"] <= row["carried"] <= row["high"] for row in told["rows"])
    sizes = [abs(row["carried"]) for row in told["rows"]]
    assert sizes == sorted(sizes, reverse=True)


def test_a_loop_is_switched_off_in_both_runs_of_a_world():
    shares = shares_without_each(SMALL, (3, 5), seed=1)
    off = SMALL.with_parameters(**LOOPS[0].off)

    for place, scenario in ((0, SMALL), (1, off)):
        paired = run_paired(scenario, (3, 5), 1)
        for run, ensemble in enumerate((paired.arm, paired.baseline)):
            smoothed = smooth(ensemble.series("safe_share"))[:, list(end_and_late(SMALL))]
            np.testing.assert_allclose([shares[number][place, :, run] for number in (3, 5)], smoothed)


def test_where_more_feel_safe_anyway_that_is_why_the_gain_is_smaller():
    # Without the loop the gain is 0.1 smaller, as 0.2 more feel safe with nothing done.
    with_it, without = [0.5, 0.2], [0.6, 0.4]
    worlds = {n: np.array([[with_it] * 2, *[[without] * 2] * len(LOOPS)]) + n / 1000 for n in range(4)}
    row = loops_in_words(SMALL, worlds)["rows"][0]

    assert row["carried"] == pytest.approx(0.1)
    assert row["sentence"] == (
        "Without it, the gain is 10 of 100 smaller at the end of the run: "
        "with nothing done, 20 more of 100 feel safe then."
    )


def test_an_account_of_nothing_says_that_nothing_was_done():
    told = account(SMALL.baseline())

    assert told.answer.verdict.startswith("Nothing is done")
    assert told.loops is None


def test_a_map_has_each_square_once():
    xs, ys = mapping.axis("staff_turnover", 4), mapping.axis("control_norm", 3)
    squares = mapping.squares_for(SMALL, "staff_turnover", "control_norm", xs, ys, 2, "holds")

    assert sorted((one.column, one.row) for one in squares) == [(c, r) for c in range(4) for r in range(3)]
    assert all(one.scenario.parameters.staff_turnover == xs[one.column] for one in squares)
    assert all(one.scenario.parameters.control_norm == ys[one.row] for one in squares)


@pytest.mark.parametrize("outcome", ["holds", "persists"])
def test_the_page_draws_the_map_of_the_command(tmp_path, outcome):
    xs, ys, held_against = [0.07, 0.4], [0.45, 0.65, 0.9], SMALL.replace(weeks=270)
    study = map_study(held_against, Axis(set=("staff_turnover",), values=xs), Axis(set=("control_norm",), values=ys), 3)
    run_study(study, tmp_path, workers=1)
    found = read_map(tmp_path, held_against, outcome, boundary_steps=2)
    shown = np.full((3, 2), np.nan)

    for one in mapping.squares_for(held_against, "staff_turnover", "control_norm", xs, ys, 3, outcome):
        shown[one.row, one.column] = one.run().estimate

    np.testing.assert_array_equal(shown, found.estimate)


def test_a_square_that_cannot_be_run_says_why():
    (square, *_) = mapping.squares_for(SMALL, "staff_turnover", "control_norm", [0.1, 0.2], [0.5, 0.6], 1, "holds")
    batches = [replace(one, scenario=one.scenario.replace(tables="nowhere")) for one in square.chunk.batches]

    with pytest.raises(InputError, match="nowhere"):
        replace(square, chunk=replace(square.chunk, batches=tuple(batches))).run()


def test_every_axis_lies_in_what_the_model_accepts():
    for name in mapping.AXES:
        declared = describe()[name]

        assert all(declared.lowest <= value <= declared.highest for value in mapping.axis(name, 5))


def test_the_boundary_lies_where_the_mean_field_changes_sides():
    (line,) = mapping.boundary([0.0, 1.0, 2.0], [5.0, 6.0], [[1.0, -1.0, -2.0], [3.0, 1.0, -1.0]])

    assert sorted(line) == [[0.5, 5.0], [1.0, 5.5], [1.5, 6.0]]


def test_the_boundary_leaves_out_what_is_not_known():
    assert mapping.boundary([0.0, 1.0], [5.0, 6.0], [[None, None], [None, None]]) == []
    assert mapping.boundary([0.0, 1.0], [5.0, 6.0], [[1.0, 1.0], [1.0, 1.0]]) == []


def test_a_map_of_what_holds_has_a_boundary_of_its_own():
    scenario = catalogue.shipped("internal-capacity")
    squares = mapping.squares_for(scenario, "staff_turnover", "control_norm", [0.05, 0.6], [0.45, 0.9], 1, "holds")
    margins = [mapping.run_square(one)[1] for one in squares if one.column == one.row]

    assert margins[0] > 0 > margins[1]
    assert "75 in 100" in mapping.boundary_words(scenario, "holds", [[[0, 1], [1, 2]]], is_done=True)


@pytest.mark.parametrize(
    ("name", "says"), [("teaming-in-a-committee", "ties among a few"), ("control-and-assurance", "no support")]
)
def test_a_map_without_a_boundary_says_why(name, says):
    assert says in mapping.boundary_words(catalogue.shipped(name), "persists", [], is_done=True)


@pytest.fixture(name="pool", scope="module")
def pool_fixture():
    pool = Pool(1)
    yield pool
    pool.close()


def test_the_pool_gives_every_result_with_its_place(pool):
    results = dict(pool.each(abs, [-1, -2, -3, -4, -5], threading.Event()))

    assert results == {0: 1, 1: 2, 2: 3, 3: 4, 4: 5}


def test_work_that_is_stopped_ends(pool):
    stop = threading.Event()
    work = pool.each(abs, list(range(1000)), stop)
    next(work)
    stop.set()

    with pytest.raises(StoppedError):
        list(work)


def test_an_error_in_a_worker_reaches_who_asked(pool):
    with pytest.raises(TypeError):
        list(pool.each(abs, ["x"], threading.Event()))


def test_a_pool_that_broke_is_built_again(pool):
    with pytest.raises(Exception, match=r"terminated abruptly|again and again"):
        list(pool.each(os._exit, [1], threading.Event()))

    assert dict(pool.each(abs, [-7], threading.Event())) == {0: 7}


@pytest.mark.skipif(not hasattr(os, "nice"), reason="this system knows no priorities")
def test_workers_give_way_to_the_server(pool):
    assert dict(pool.each(os.nice, [0], threading.Event()))[0] >= 10


def test_workers_end_with_the_server_even_if_it_is_killed():
    program = (
        "import os, sys, threading\n"
        "from sim.base.worker_pool import Pool\n"
        "if __name__ == '__main__':\n"
        "    work = Pool(1).each(os.nice, [0], threading.Event())\n"
        "    next(work)\n"
        "    print('ready', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    server = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
    assert server.stdout.readline().strip() == b"ready"
    server.kill()
    server.wait()

    # The worker holds the other end of the pipe: it closes when the worker is gone.
    assert server.stdout.read() == b""
    server.stdin.close()
    server.stdout.close()
