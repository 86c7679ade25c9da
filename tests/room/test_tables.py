"""The game in a room: tables of three with phones, from the door to the debrief, and nothing seen too soon."""

import asyncio
import json
import random
import time

import numpy as np
import pytest

from sim.engine.run import prepare
from sim.game.timeline import scenario_of
from sim.inputs.scenario.checks import check_table
from sim.inputs.scenario.files import parse_toml
from sim.room.tables.state import TablesRoom
from tests.room.asking import Browser, HerePool, Rooms

OPEN = {"title": "A day", "plan": "game", "n_teams": 3, "quarters": 2, "seed": 2}


class Party:
    """A server with a room for the game, a facilitator, and people with phones."""

    def __init__(self, path, pool=None):
        self.now = 1000.0
        self.rooms = Rooms(path, OPEN, pool, lambda: self.now)
        self.facilitator, self.people, self.code = self.rooms.facilitator, {}, ""

    @property
    def host(self):
        return self.rooms.host

    def ask(self, browser, path, body=None):
        return asyncio.run(browser.ask(path, body))

    def open(self, **fields):
        self.code = asyncio.run(self.rooms.open(**fields))
        return self

    def joins(self, *names):
        for name in names:
            self.people[name] = asyncio.run(self.rooms.join(self.code, name, f"request-{name}"))
        return self

    def leads(self, status=200, **action):
        answer = asyncio.run(self.rooms.lead(self.code, **action))
        assert answer.status == status, answer.text
        return answer.data

    def does(self, name, status=200, **action):
        answer = self.ask(self.people[name], f"/room/{self.code}/act", action)
        assert answer.status == status, answer.text
        return answer.data

    def decides(self, name, together=10, staff=10, leaders=10, status=200, quarter=None):
        quarter = quarter or self.sees(name)["quarter"]["number"]
        return self.does(name, status, do="decide", quarter=quarter, together=together, staff=staff, leaders=leaders)

    def sees(self, name):
        return self.ask(self.people[name], f"/room/{self.code}/state").data

    def steering(self, board=False):
        return self.ask(self.facilitator, f"/room/steer/{self.code}/state{'?for=board' if board else ''}").data

    @property
    def room(self):
        room = self.host.room(self.code)
        assert isinstance(room, TablesRoom)
        return room


@pytest.fixture(name="party")
def party_fixture(tmp_path):
    party = Party(tmp_path / "rooms.sqlite")
    yield party
    party.host.close()


def seats(party):
    return [[chair["name"] for chair in table["chairs"]] for table in party.steering()["tables"]]


def test_a_table_without_phones_is_played_from_cards_that_the_facilitator_enters(party):
    party.open(n_teams=1)
    at = [f"/room/steer/{party.code}/for/0/{chair}" for chair in (1, 2, 3)]
    titles = [party.ask(party.facilitator, f"{one}/state").data["me"]["title"] for one in at]
    party.leads(do="go", to="play")
    decided = {"do": "decide", "quarter": 1, "together": 20, "staff": 10, "leaders": 5}
    told = [party.ask(party.facilitator, f"{one}/act", decided).status for one in at]
    quarter = party.ask(party.facilitator, f"{at[0]}/state").data["quarter"]
    cards = party.ask(party.facilitator, f"/room/steer/{party.code}/cards.html").text

    assert (len(set(titles)), told, quarter["number"]) == (3, [200, 200, 200], 2)
    assert quarter["before"][0]["meant"] == [30, 20, 10, 5]
    assert cards.count('class="sheet"') == 3
    assert all(title in cards for title in titles)


# --- sitting down -----------------------------------------------------------------------------------------------------


def test_people_fill_one_table_after_the_other_and_whoever_comes_after_all_chairs_looks_on(party):
    party.open(n_teams=2).joins(*"ABCDEFG")

    assert seats(party) == [["A", "B", "C"], ["D", "E", "F"]]
    assert party.steering()["tables"][0]["onlookers"] == ["G"]


def test_before_it_begins_people_choose_their_table_and_their_chair(party):
    party.open().joins(*"AB")
    party.does("B", do="sit", table=1, chair=3)
    party.does("A", do="sit", table=1, chair=None)

    assert seats(party)[0] == [None, None, None]
    assert party.sees("B")["me"]["title"] == "Nurse Director"
    assert party.sees("A")["tables"][1]["onlookers"] == ["A"]


def test_a_chair_in_which_somebody_sits_is_taken(party):
    party.open().joins(*"AB")

    assert "quicker" in party.does("B", 409, do="sit", table=0, chair=1)["error"]


def test_it_does_not_begin_before_anybody_sits(party):
    party.open()

    assert "Nobody" in party.leads(409, do="go", to="play")["error"]


def test_whoever_comes_while_it_is_played_takes_a_chair_of_the_model_else_looks_on(party):
    party.open().joins(*"AB").leads(do="go", to="play")
    party.joins("late", "later")

    assert seats(party)[:2] == [["A", "B", "late"], [None, None, None]]
    assert party.sees("later")["me"]["chair"] is None


# --- a quarter --------------------------------------------------------------------------------------------------------


def test_nobody_sees_anybody_s_days_before_all_three_have_decided(party):
    party.open().joins(*"ABC").leads(do="go", to="play")
    party.decides("A", together=33, staff=1, leaders=2)

    for name in "BC":
        assert "33" not in str(party.sees(name)["quarter"])
        assert party.sees(name)["tables"][0]["chairs"][0]["decided"]
    assert "33" not in str(party.steering(board=True)["tables"])


def test_when_all_have_decided_the_quarter_runs_and_each_is_told_other_things(party):
    party.open().joins(*"ABC").leads(do="go", to="play")
    for name in "ABC":
        party.decides(name)
    told = [party.sees(name)["quarter"] for name in "ABC"]

    assert [one["number"] for one in told] == [2, 2, 2]
    assert len({tuple(one["told"]) for one in told}) == 3
    assert [one["meant"] for one in told[0]["before"]] == [[35, 10, 10, 10]] * 3
    assert told[0]["before"][0]["given"] != told[0]["before"][0]["meant"]


def test_before_the_debrief_no_page_is_given_how_safe_anybody_feels(party):
    party.open().joins(*"ABCD").leads(do="go", to="play")
    for _ in range(2):
        for name in "ABC":
            party.decides(name)
    pages = [party.sees(name) for name in "ABCD"] + [party.steering(), party.steering(board=True)]

    assert all(page["phase"] == "play" for page in pages)
    assert not any("debrief" in page or "debriefs" in page or "safe" in str(page) for page in pages)
    assert party.ask(party.people["A"], f"/room/{party.code}/our-debrief.html").status == 404


def test_more_days_than_a_quarter_has_are_refused(party):
    party.open().joins("A").leads(do="go", to="play")

    assert "more than the quarter has days" in party.decides("A", 40, 40, 40, status=409)["error"]
    assert party.decides("A", 66, status=400)


def test_a_decision_that_comes_too_late_does_not_count_for_the_next_quarter(party):
    party.open().joins(*"AB").leads(do="go", to="play")
    party.leads(do="close", table=0, quarter=1)

    assert "Quarter 1 has been closed" in party.decides("A", status=409, quarter=1)["error"]
    assert party.sees("A")["quarter"]["mine"] is None


def test_alone_the_others_are_played_by_the_model(party):
    party.open().joins("A").leads(do="go", to="play")
    party.decides("A")

    assert [one["by_model"] for one in party.sees("A")["quarter"]["before"]] == [False, True, True]


def test_the_facilitator_closes_a_quarter_for_those_who_are_away_and_once_only(party):
    party.open().joins(*"ABC").leads(do="go", to="play")
    party.decides("A")
    for _ in range(2):
        party.leads(do="close", table=0, quarter=1)

    assert party.room.tables[0].game.quarter == 2
    assert party.room.tables[0].game.closed[0].by_model == (False, True, True)


def test_a_table_that_everybody_leaves_is_played_by_the_model_in_step_with_the_slowest_other(party):
    party.open(quarters=4).joins(*"ABCDEF").leads(do="go", to="play")
    for name in "ABC":
        party.decides(name)
    for name in "ABC":
        party.does(name, do="sit", table=0, chair=None)
    for _ in range(2):
        for name in "DEF":
            party.decides(name)

    assert [table.game.quarter for table in party.room.tables] == [3, 3, 1]
    assert party.room.tables[0].game.closed[1].by_model == (True, True, True)


def test_while_it_is_paused_nothing_is_taken(party):
    party.open().joins("A").leads(do="go", to="play")
    party.leads(do="pause", on=True)

    assert "paused" in party.decides("A", status=409)["error"]


# --- two are called away ----------------------------------------------------------------------------------------------


def until_the_offer(party, names="ABC"):
    party.leads(do="go", to="play")
    for _ in range(5):
        for name in names:
            party.decides(name)


def test_the_two_who_are_called_away_answer_and_nobody_else(party):
    party.open(quarters=6).joins(*"ABC")
    until_the_offer(party)

    assert "two" in party.does("B", 409, do="answer", quarter=6, does="leave")["error"]
    assert [party.sees(name)["quarter"]["answers"] for name in "ABC"] == [True, False, True]
    party.does("A", do="answer", quarter=6, does="change")
    assert [party.sees(name)["me"]["title"] for name in "ABC"] == [
        "Nurse Director", "Operations Director", "Medical Director",
    ]  # fmt: skip


def test_those_who_look_on_take_the_chairs_of_two_who_leave_with_a_style_of_their_own(party):
    party.open(n_teams=1, quarters=6).joins(*"ABCDE")
    party.does("E", do="style", style=0.3)
    until_the_offer(party)
    party.does("C", do="answer", quarter=6, does="leave")

    assert seats(party) == [["D", "B", "E"]]
    assert party.steering()["tables"][0]["onlookers"] == ["A", "C"]
    assert party.room.tables[0].game.answer.styles == (None, 0.3)
    for name in "DBE":
        party.decides(name)
    assert party.room.tables[0].game.is_over


def test_where_nobody_looks_on_whoever_left_goes_on_as_the_one_who_follows(party):
    party.open(n_teams=1, quarters=6).joins(*"ABC")
    until_the_offer(party)
    party.leads(do="close", table=0, quarter=6)

    assert seats(party) == [["A", "B", "C"]]
    assert party.room.tables[0].game.answer.does == "leave"


# --- the door, and those who are away ---------------------------------------------------------------------------------


def test_a_door_that_is_closed_lets_nobody_in_but_those_who_were_there(party):
    party.open().joins("A").leads(do="lock", on=True)
    stranger = Browser(party.facilitator.app)
    refused = party.ask(stranger, f"/room/{party.code}/join", {"request": "request-new", "name": "New"})
    party.now += 60
    again = party.ask(stranger, f"/room/{party.code}/again", {"number": 1})

    assert (refused.status, again.status) == (409, 200)
    assert "closed the door" in refused.data["error"]
    assert party.ask(stranger, f"/room/{party.code}/state").data["me"]["name"] == "A"
    party.leads(do="lock", on=False)
    party.joins("B")


def test_a_lost_phone_is_replaced_by_saying_that_was_me_but_nobody_takes_the_place_of_somebody_who_is_there(party):
    party.open().joins("A").leads(do="go", to="play")
    party.sees("A")
    other = Browser(party.facilitator.app)
    too_early = party.ask(other, f"/room/{party.code}/again", {"number": 1})
    party.now += 60
    offered = party.ask(other, f"/room/{party.code}/here").data["away"]
    party.ask(other, f"/room/{party.code}/again", {"number": 1})
    party.people["A"] = other
    party.decides("A")

    assert (too_early.status, offered) == (409, [{"number": 1, "name": "A"}])
    assert party.room.tables[0].game.quarter == 2
    assert party.steering()["people"][0]["returned"] == party.now


def test_a_phone_that_was_replaced_is_in_no_place_any_more_until_it_says_who_it_is(party):
    party.open().joins("A")
    lost, other = party.people["A"], Browser(party.facilitator.app)
    party.now += 60
    party.ask(other, f"/room/{party.code}/again", {"number": 1})

    assert other.cookies != lost.cookies
    assert party.ask(lost, f"/room/{party.code}/state").status == 401
    party.now += 60
    party.ask(lost, f"/room/{party.code}/again", {"number": 1})
    assert party.ask(lost, f"/room/{party.code}/state").data["me"]["name"] == "A"
    assert party.ask(other, f"/room/{party.code}/state").status == 401


def test_the_facilitator_sees_since_when_somebody_has_been_away(party):
    party.open().joins(*"AB")
    party.now += 60
    party.sees("B")

    assert party.steering()["away"] == {"1": 1000.0}


def test_whoever_is_taken_out_leaves_the_chair_to_the_model(party):
    party.open().joins(*"AB").leads(do="go", to="play")
    party.decides("B")
    party.leads(do="remove", person=1)

    assert party.room.tables[0].game.quarter == 2
    assert seats(party)[0] == [None, "B", None]


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_a_server_that_is_killed_after_any_event_goes_on_where_it_was(tmp_path):
    party = Party(tmp_path / "rooms.sqlite").open(n_teams=2, quarters=6).joins(*"ABCDEFG")
    rng = random.Random(5)

    def stops():
        was = [party.sees(name) for name in "ABCDEFG"]
        party.rooms.kill()
        party.rooms.start()
        assert [{**party.sees(name), "mark": ""} for name in "ABCDEFG"] == [{**one, "mark": ""} for one in was]

    party.leads(do="go", to="play")
    for quarter in range(1, 7):
        for name in rng.sample("ABCDEF", 6):
            if quarter == 6 and name in "AD":
                party.does(name, do="answer", quarter=6, does="change" if name == "A" else "leave")
        rest = [name for name in "ABCDEFG" if party.sees(name)["me"]["chair"]]
        for name in rng.sample(rest, len(rest)):
            party.decides(name, rng.randrange(20), rng.randrange(20), rng.randrange(20))
            if rng.random() < 0.1:
                stops()
    stops()
    assert all(table.game.is_over for table in party.room.tables)
    party.host.close()


def test_a_room_whose_game_was_written_into_is_put_aside_and_says_why(tmp_path):
    party = Party(tmp_path / "rooms.sqlite").open().joins("A")
    party.leads(do="go", to="play")
    party.decides("A")
    store, code = party.host.store, party.code
    event = store.events(code)[-1]
    told = {**event.data, "data": {**event.data["data"], "days": []}}
    store._connection.execute(
        "UPDATE events SET data = ? WHERE room = ? AND kind = 'played' AND json_extract(data, '$.kind') = 'closed'",
        (json.dumps(told), code),
    )
    party.rooms.kill()
    party.rooms.start()

    assert party.host.codes() == []
    assert "cannot have happened" in party.host.damaged[code]
    party.host.close()


# --- the debrief ------------------------------------------------------------------------------------------------------


def test_the_debrief_comes_from_twins_and_what_was_played_is_what_run_gives(tmp_path):
    party = Party(tmp_path / "rooms.sqlite", HerePool()).open(n_teams=2).joins(*"ABCD")
    party.leads(do="go", to="play")
    for name in "ABC":
        party.decides(name, together=12)
    party.leads(do="go", to="debrief")
    wait_for_debriefs(party)
    seen, other = party.sees("A"), party.sees("D")
    page = party.ask(party.people["A"], f"/room/{party.code}/our-debrief.html").text
    toml = party.ask(party.people["A"], f"/room/{party.code}/our-world.toml").text
    csv = party.ask(party.facilitator, f"/room/steer/{party.code}/session.csv").text
    report = party.ask(party.facilitator, f"/room/steer/{party.code}/report.html").text
    table = party.room.tables[0]

    assert seen["debrief"]["quarters"][0]["meant"] == [[33, 12, 10, 10]] * 3
    assert seen["debrief"]["quarters"][1]["by_model"] == [True, True, True]
    assert {one["name"] for one in seen["debrief"]["arms"]} >= {"played"}
    assert [one["name"] for one in seen["others"]] == ["Robin", "Heron"]
    assert other["debrief"]["table"] == "Heron"
    assert '"table": "Robin"' in page
    assert '"table": "Heron"' not in page
    assert "The game is over" in party.does("A", 409, do="style", style=0.3)["error"]
    assert '"table": "Heron"' in report
    assert csv.count("\nquarter,Robin") == 6
    world = check_table(parse_toml(toml, "ours")[1], "ours", tmp_path).scenario
    run = prepare(world).simulate(party.room.setup.seed)[:, 0]
    played = np.concatenate([part.table[1:] for part in table.played])
    np.testing.assert_array_equal(run[1 : len(played) + 1], played)
    party.host.close()


def wait_for_debriefs(party):
    end = time.monotonic() + 60
    while not all(one["arm"] for one in party.steering()["others"]):
        assert time.monotonic() < end
        time.sleep(0.05)


def test_the_world_of_a_table_is_the_scenario_of_its_game(party):
    party.open().joins("A").leads(do="go", to="play")
    for _ in range(2):
        party.decides("A")
    answer = party.ask(party.facilitator, f"/room/steer/{party.code}/world-0.toml")
    checked = check_table(parse_toml(answer.text, "ours")[1], "ours", party.rooms.path.parent)

    assert checked.scenario.timeline == scenario_of(party.room.tables[0].game).timeline
    assert party.ask(party.facilitator, f"/room/steer/{party.code}/world-1.toml").status == 404
    assert party.ask(party.people["A"], f"/room/steer/{party.code}/world-0.toml").status == 403
