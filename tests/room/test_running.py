"""What the board says is what anybody can compute, and nothing is computed twice."""

import asyncio
import csv
import io
import time
from dataclasses import replace

import numpy as np
import pytest

from sim.inputs.scenario.description import Scenario
from sim.results.ensemble import run_ensemble, run_paired
from sim.room.actions import Join, OpenRoom, participant_action, steering_action
from sim.room.arms import story_arm, team_arm, wanted
from sim.room.designs import task_of
from sim.room.export import csv_of, report_of
from sim.room.host import Host
from sim.room.judging import JUDGED_FROM, judge
from sim.room.plans import RoundPlan, RoundShock, contexts, scenario_of, with_shocks
from sim.room.running import RoomArm, Runner
from sim.room.state import Participant
from sim.room.store import Store
from sim.room.views import board_view, participant_view, results, steering_view
from tests.room.asking import HerePool, NoPool

DESIGN = {"training": [0, 52, 100], "dialogue": [4, 56, 100]}


def wait_until(runner, is_so):
    """Wait for what comes of runs; the first of a process may have to be compiled."""
    until = time.monotonic() + 240
    while not is_so():
        assert time.monotonic() < until, "the runs did not end"
        runner._thread.join(0.05)


def wait_for(host, arms):
    wait_until(host.runner, lambda: all(host.runner.is_settled(arm.key) for arm in arms))
    assert host.runner.failed == {}


async def _session(host, hostile=""):
    room = await host.open_room(
        OpenRoom(title=f"A day{hostile}", plan="thirty", n_teams=2, choose_teams=False, seed=7, worlds=30)
    )

    async def lead(**fields):
        await host.steer(room.code, steering_action.validate_python(fields))

    async def do(number, **fields):
        await host.participate(room.code, number, participant_action.validate_python(fields))

    number = await host.join(room.code, Join(request="request-1", name=f"Anna{hostile}"[:190]))
    await lead(do="go", to="predict", round=0)
    await do(number, do="predict", round=0, curve=[60] * 9, reason=f"=it fades{hostile}")
    await lead(do="go", to="design", round=0)
    for strand, spend in DESIGN.items():
        await do(number, do="draft", round=0, strand=strand, spend=spend)
    await do(number, do="commit", round=0)
    await lead(do="go", to="results", round=0)
    await lead(do="shock", round=0, shock={"kind": "two_leave", "week": 60}, request="request-2")
    return room


HOSTILE = "</script><img src=x onerror=alert(1)>\"'`&{{1}}"


@pytest.fixture(name="played", scope="module")
def played_fixture(tmp_path_factory):
    """A session that has been played by people who mean harm, with everything run."""
    host = Host(Store(tmp_path_factory.mktemp("played") / "rooms.sqlite"), HerePool())
    room = asyncio.run(_session(host, HOSTILE))
    wait_for(host, wanted(room))
    yield host, room
    host.close()


def test_the_board_says_what_paired_runs_say_with_the_stated_seed(played):
    host, room = played
    board = results(room, host.runner, 0, everything=True)

    design = {name: tuple(spend) for name, spend in DESIGN.items()}
    calm = task_of(room.rounds[0].plan).scenario(design)
    shocked = with_shocks(calm, (RoundShock(kind="two_leave", week=60),))
    for scenario, arm, told in (
        (shocked, team_arm(room, 0, 0), board["programmes"][0]["summary"]),
        (calm, team_arm(room, 0, 0, shocked=False), board["programmes"][0]["before"]),
        (scenario_of("shoestring-year"), story_arm(room, 0, shocked=False), board["happened"]["summary"]),
    ):
        paired = replace(run_paired(scenario, board["worlds"], board["seed"]), judged_from=JUDGED_FROM)
        verdict = host.runner.verdicts[arm.key]
        assert repr(sorted(verdict.judged.summary.items())) == repr(sorted(paired.summary().items()))
        assert {name: one["estimate"] for name, one in told.items()} == {
            name: round(float(one.estimate), 4) if np.isfinite(one.estimate) else None
            for name, one in paired.summary().items()
        }
        median = np.quantile(paired.arm.series("safe_share"), 0.5, axis=0)
        assert verdict.judged.bands[2] == median[::4].round(3).tolist()


def test_nothing_is_computed_twice_even_after_a_restart(tmp_path):
    path, pool = tmp_path / "rooms.sqlite", HerePool()
    host = Host(Store(path), pool)
    room = asyncio.run(_session(host))
    wait_for(host, wanted(room))
    told = {key: repr(verdict) for key, verdict in host.runner.verdicts.items()}
    n_pieces = pool.n_pieces
    host.close()

    again = Host(Store(path), pool)
    wait_for(again, wanted(again.room(room.code)))
    assert {key: repr(verdict) for key, verdict in again.runner.verdicts.items()} == told
    again.close()
    # The baseline, the story and the programme, each also with the shock, which happens in the baseline too; thirty
    # worlds are two pieces. And one closer look.
    assert n_pieces == 6 * 2 + 1
    # A closer look takes a moment, and is not kept.
    assert pool.n_pieces == n_pieces + 1


def test_worlds_of_a_deleted_room_are_forgotten_at_the_next_start(tmp_path):
    path = tmp_path / "rooms.sqlite"
    host = Host(Store(path), HerePool())
    room = asyncio.run(_session(host))
    arms = wanted(room)
    wait_for(host, arms)
    asyncio.run(host.delete(room.code))
    host.close()

    again = Host(Store(path), HerePool())
    assert again.codes() == []
    assert again.store._connection.execute("SELECT count(*) FROM worlds").fetchone() == (0,)
    again.close()


def test_a_programme_that_cannot_be_run_keeps_no_other_waiting(tmp_path):
    class Breaking(HerePool):
        def each(self, function, pieces, stop):
            if any(piece.scenario.title == "broken" for piece in pieces):
                raise RuntimeError("no")
            return super().each(function, pieces, stop)

    store = Store(tmp_path / "rooms.sqlite")
    runner = Runner(store, Breaking(), lambda key: None)
    broken = RoomArm(Scenario(title="broken", weeks=4).with_entries(kind="dialogue", start_week=0), 1, 5)
    fine = RoomArm(Scenario(title="fine", weeks=5).with_entries(kind="dialogue", start_week=0), 1, 5)
    runner.want([broken, fine])
    runner.start()
    wait_until(runner, lambda: fine.key in runner.verdicts)
    runner.stop()
    store.close()

    assert broken.key in runner.failed
    assert fine.key in runner.verdicts


def test_a_run_in_which_nothing_is_done_has_nothing_left():
    flat = np.full((4, 417), 0.6)
    verdict = judge(Scenario(title="Nothing"), flat, flat)

    assert verdict.left == {"all": 0.0, "more": 0.0, "less": 0.0, "none": 1.0}
    assert verdict.to_plain()["summary"]["retained_4_years"]["estimate"] is None


def test_a_team_sees_its_own_norms_and_funnel_as_the_model_has_them_and_nobody_else_s(played):
    host, room = played
    person = room.people[1]
    assert "own" not in participant_view(room, host.runner, person)
    asyncio.run(
        host.steer(
            room.code, steering_action.validate_python({"do": "show", "round": 0, "item": "programmes", "on": True})
        )
    )
    own = participant_view(room, host.runner, person)["own"]
    stranger = Participant(9, "Bert", 1, "request-9", 0.0)

    look = own["look"]
    assert own["happened"]["bands"] == host.runner.verdicts[team_arm(room, 0, 0).key].judged.bands
    (_, _, learned), (_, _, aim) = look["funnel"][-1], look["norms"][0]
    ensemble = run_ensemble(team_arm(room, 0, 0).scenario, 20, 7)
    for place, week in enumerate((156, 364)):
        year = slice(week - 52, week)
        assert aim[place] == round(100 * ensemble.series("aim_high")[:, year].mean())
        met, known = (ensemble.series(name)[:, year].sum() for name in ("opportunities", "learned"))
        assert learned[place] == round(100 * known / met)
    assert str(learned[0]) in look["why"][0]
    assert "own" not in participant_view(room, host.runner, stranger)


def test_whoever_is_furthest_off_is_told_to_the_facilitator_alone(played):
    host, room = played
    told = steering_view(room, host.runner)["furthest"]

    middle = [100 * value for value in host.runner.verdicts[story_arm(room, 0, shocked=False).key].years[2]]
    off = sum(abs(60 - value) for value in middle[1:]) / 8
    assert told == [{"name": room.people[1].name, "says": f"{round(off)} in 100 from the middle world, on average"}]
    assert "furthest" not in board_view(room, host.runner)


def test_neither_a_day_of_coaching_nor_a_long_training_moves_the_date_at_which_a_programme_is_judged():
    weeks = np.arange(417)
    # More than half is left until week 340: in time for whoever is judged early, and not at the end of year 7.
    gain = np.where(weeks < 130, 0.2, np.where(weeks < 340, 0.12, 0.05))
    without = np.full((30, 417), 0.6)
    task = task_of(RoundPlan(title="A round", scenario="control-and-assurance", budget=208))
    designs = [{"training": (0, 260, 100)}, {"training": (0, 260, 100), "coach_seniors": (0, 4, 1)}]
    told = [judge(task.scenario(one), without + gain, without).judged.summary["lasts"] for one in designs]

    assert [one.n for one in told] == [30, 30]
    assert [one.estimate for one in told] == [0.0, 0.0]


@pytest.mark.parametrize("name", contexts())
def test_every_round_runs_long_enough_for_all_that_is_asked_and_judged(name):
    scenario = scenario_of(name)

    assert scenario.weeks >= max(JUDGED_FROM, scenario.support_end_week or 0) + 4 * 52


def test_hostile_text_is_text_in_the_report_and_no_formula_in_the_table(played):
    host, room = played
    report, table = report_of(room, host.runner), csv_of(room, host.runner)

    assert "<img" not in report
    assert report.count("</script>") == 4
    assert "&lt;/script&gt;&lt;img" in report
    cells = [cell for row in csv.reader(io.StringIO(table)) for cell in row]
    assert any(cell.startswith("'=it fades</script>") for cell in cells)
    assert not any(cell.startswith(("=", "+", "@")) for cell in cells)


def test_the_table_holds_every_entry(played):
    host, room = played
    rows = list(csv.DictReader(io.StringIO(csv_of(room, host.runner))))

    curve = [row["value"] for row in rows if row["record"] == "prediction" and row["item"].startswith("year")]
    assert curve == ["60"] * 9
    assert {row["item"]: row["value"] for row in rows if row["record"] == "design"} == {
        "training": "100",
        "dialogue": "100",
    }
    verdict = host.runner.verdicts[team_arm(room, 0, 0).key]
    holds = next(row for row in rows if row["record"] == "result_with_shocks" and row["item"] == "holds")
    assert float(holds["value"]) == verdict.judged.summary["holds"].estimate


def test_what_was_entered_is_in_the_table_after_the_facilitator_has_gone_back(tmp_path):
    async def session(host):
        room = await host.open_room(OpenRoom(title="A day", plan="thirty", n_teams=1, choose_teams=False))
        number = await host.join(room.code, Join(request="request-1"))
        for to in ("predict", "design"):
            await host.steer(room.code, steering_action.validate_python({"do": "go", "to": to, "round": 0}))
        spend = {"do": "draft", "round": 0, "strand": "dialogue", "spend": [0, 52, 33]}
        await host.participate(room.code, number, participant_action.validate_python(spend))
        for to in ("predict", "lobby"):
            await host.steer(room.code, steering_action.validate_python({"do": "go", "to": to, "round": 0}))
        return room

    host = Host(Store(tmp_path / "rooms.sqlite"), NoPool())
    room = asyncio.run(session(host))
    table = csv_of(room, host.runner)
    host.close()

    assert room.phase == "lobby"
    assert "dialogue,33,,,weeks 0 to 52; not committed" in table
