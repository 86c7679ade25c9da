"""Ten tables of three and five who look on: ten quarters, a server that is killed twice, and nothing that is lost.

Everybody is a light client that asks what the page asks. Run it with ``-s`` to see how long people waited.
"""

import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from sim.engine.run import prepare
from sim.inputs.scenario.checks import check_table
from sim.inputs.scenario.files import parse_toml
from sim.room.reading import checked_room
from sim.room.store import Store
from sim.room.tables.export import world_of
from tests.room.light import Light

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]

N_TABLES, N_QUARTERS = 10, 10
PATIENCE = 180.0
"""Seconds, on a machine that has other things to do; how long people wait is told, and is measured on a quiet one."""

NEVER_AGREES, LEAVES = 3, 7
"""Two tables: at one somebody never decides; from the other all go away in the middle of the game."""


class Player(Light):
    """Somebody at a table, who remembers what was decided and how long it took until the quarter had run."""

    def at_quarter(self, quarter):
        end = time.monotonic() + PATIENCE
        while self.state.get("phase") != "play" or self.state["quarter"]["number"] < quarter:
            assert time.monotonic() < end, (self.name_typed, quarter, self.state.get("quarter"))
            time.sleep(0.02)

    @property
    def chair(self):
        return self.state["me"]["chair"]

    def decide(self, quarter):
        parts = {"together": (3 * self.number + quarter) % 14, "staff": 8, "leaders": 2 + quarter % 9}
        self.act(do="decide", quarter=quarter, **parts)


def everybody(people, do):
    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(do, people))


def facilitator(server):
    lead = Light(server.port, "", "the facilitator")
    lead.ask(server.link.split(str(server.port), 1)[1])
    status, data = lead.ask("/room/steer/rooms", {"title": "Ten", "plan": "game", "n_teams": N_TABLES, "seed": 1})
    assert status == 201, data
    lead.code = data["code"]
    return lead


def leads(lead, **action):
    status, data, _ = lead.until_answered(f"/room/steer/{lead.code}/act", action)
    assert status == 200, data


def a_quarter(lead, players, quarter, waits, killed=None):
    """Let a quarter be played: first those decide who do so before the server is killed, if it is, then the others."""
    deciding = [one for one in players if one.place != NEVER_AGREES or one.number % 3]
    if quarter > 5:
        deciding = [one for one in deciding if one.place != LEAVES]
    deciding = [one for one in deciding if one.chair]
    if killed is not None:
        everybody(deciding[::2], lambda one: one.decide(quarter))
        killed()
        deciding = deciding[1::2]
    begun = time.perf_counter()
    everybody(deciding, lambda one: one.decide(quarter))
    leads(lead, do="close", table=NEVER_AGREES, quarter=quarter)
    everybody([one for one in players if one.place != LEAVES], lambda one: one.at_quarter(quarter + 1))
    if killed is None:
        waits.append(time.perf_counter() - begun)


def two_are_called_away(players):
    """Let five tables answer that the two leave, and the others that they change chairs."""
    for place in range(N_TABLES):
        if place != LEAVES:
            first = next(one for one in players if one.place == place and one.chair == 1)
            first.act(do="answer", quarter=6, does="leave" if place < 5 else "change")
    end = time.monotonic() + PATIENCE
    while any(one.state["quarter"]["offer"] for one in players if one.place != LEAVES):
        assert time.monotonic() < end
        time.sleep(0.02)


def test_ten_tables_ten_quarters_and_a_server_that_is_killed_twice(server):
    lead, waits = facilitator(server), []
    players = [Player(server.port, lead.code, f"Player {n}") for n in range(3 * N_TABLES + 5)]
    for place, one in enumerate(players):
        one.join_room()
        one.place = one.team
        assert one.place == (place // 3 if place < 30 else place - 30)
    leads(lead, do="lock", on=True)
    leads(lead, do="go", to="play")
    everybody(players, lambda one: one.at_quarter(1))

    def killed():
        server.kill()
        server.start()

    for quarter in range(1, N_QUARTERS + 1):
        if quarter == 6:
            for one in players:
                if one.place == LEAVES and one.chair:
                    one.act(do="sit", table=LEAVES, chair=None)
            two_are_called_away(players)
        a_quarter(lead, players, quarter, waits, killed if quarter in (4, 8) else None)
    since = time.perf_counter()
    leads(lead, do="go", to="debrief")
    end = time.monotonic() + 5 * PATIENCE
    while not all(one["arm"] for one in (lead.ask(f"/room/steer/{lead.code}/state")[1])["others"]):
        assert time.monotonic() < end
        time.sleep(0.2)
    told = {"quarters": len(waits), "median_s": round(statistics.median(waits), 2), "longest_s": round(max(waits), 2)}
    print("\nwaiting:", json.dumps({**told, "all debriefs_s": round(time.perf_counter() - since, 1)}))
    for one in players:
        one.is_done = True
    nothing_is_lost(server, lead, players)


def nothing_is_lost(server, lead, players):
    """What everybody was told had been taken is in the file, and each table's world is the one that `run` gives."""
    server.stop()
    store = Store(server.rooms)
    room = checked_room(lead.code, store.events(lead.code))
    store.close()
    room.get_ready()
    kept = list(room_decisions(server, lead.code))
    assert sorted(kept) == sorted(
        (one.number, entry["quarter"], entry["together"], entry["leaders"])
        for one in players
        for entry in one.entries
        if entry["do"] == "decide"
    )
    assert [table.game.is_over for table in room.tables] == [True] * N_TABLES
    assert all(closed.by_model == (True, True, True) for closed in room.tables[LEAVES].game.closed[5:])
    for place in (0, 6, LEAVES):
        world = check_table(parse_toml(world_of(room, place), "ours")[1], "ours", server.rooms.parent).scenario
        run = prepare(world).simulate(room.setup.seed)[:, 0]
        played = np.concatenate([part.table[1:] for part in room.tables[place].played])
        np.testing.assert_array_equal(run[1 : len(played) + 1], played)


def room_decisions(server, code):
    store = Store(server.rooms)
    events = store.events(code)
    store.close()
    for event in events:
        if event.kind == "played" and event.data["kind"] == "decided":
            days = event.data["data"]["days"]
            yield event.by, event.data["data"]["quarter"], days["together"], days["leaders"]
