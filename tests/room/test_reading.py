"""Rooms that are read back: whole ones as they were, damaged ones put aside with a reason, the others unharmed."""

import asyncio
import contextlib
import dataclasses
import json
import sqlite3
import types

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.room.actions import Join, OpenRoom, participant_action, steering_action
from sim.room.host import Host, renew_links
from sim.room.reading import DamagedRoomError, checked_room
from sim.room.store import Store
from sim.room.views import board_view, steering_view
from tests.room.asking import NoPool

NO_RUNS = types.SimpleNamespace(verdicts={}, failed={}, share_done=lambda key, worlds: 0.0)
OPEN = OpenRoom(title="A day", plan="half-day", n_teams=2, choose_teams=True, worlds=20)


async def _session(host):
    """A session in which everything has happened that can happen."""
    room = await host.open_room(OPEN)

    async def lead(**fields):
        await host.steer(room.code, steering_action.validate_python(fields))

    async def do(number, **fields):
        await host.participate(room.code, number, participant_action.validate_python(fields))

    for number in range(3):
        await host.join(room.code, Join(request=f"request-{number}", name=f"Person {number}", team=number or None))
    await do(1, do="team", team=0)
    await lead(do="remove", person=3)
    await lead(do="deal")
    await lead(do="address", address="192.0.2.1:8765")
    await host.stand_in(room.code, 0, 0)
    await lead(do="slide", what="warm")
    await do(1, do="warm", value=30)
    await lead(
        do="plan", first=1, rounds=[{"title": "One", "scenario": "winter-crisis", "budget": 400, "predict": "choice"}]
    )
    await lead(do="go", to="predict", round=0)
    await lead(do="pause", on=True)
    await lead(do="pause", on=False)
    await do(1, do="predict", round=0, curve=[60] * (room.round.n_years + 1), reason="why not", may_show=True)
    await lead(do="go", to="design", round=0)
    for number in (1, 2):
        await do(number, do="draft", round=0, strand="dialogue", spend=[4, 56, 100])
        await do(number, do="commit", round=0)
    await do(1, do="reopen", round=0)
    await do(1, do="draft", round=0, strand="dialogue", spend=None)
    await lead(do="go", to="results", round=0)
    await lead(do="show", round=0, item="happened", on=True)
    await lead(do="shock", round=0, shock={"kind": "two_leave", "week": 60}, request="request-9")
    await lead(do="calm", round=0, left=0)
    await lead(do="shock", round=0, shock={"kind": "winter", "week": 70}, request="request-8")
    return room


@pytest.fixture(name="kept", scope="module")
def kept_fixture(tmp_path_factory):
    """The code and the events of a session, and a room as it was at its end."""
    host = Host(Store(tmp_path_factory.mktemp("kept") / "rooms.sqlite"), NoPool())
    room = asyncio.run(_session(host))
    yield room.code, host.store.events(room.code), room
    host.close()


def test_a_room_is_read_as_it_was(kept):
    code, events, room = kept
    kinds = {event.kind for event in events}

    assert len(kinds) == 18
    again = checked_room(code, events)
    assert (again.people, again.rounds, again.phase, again.place) == (room.people, room.rounds, room.phase, room.place)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=5), one, max_size=3),
    max_leaves=6,
)


@settings(max_examples=400)
@given(st.data())
def test_whatever_one_event_is_changed_into_the_room_is_read_or_the_fault_is_told(kept, data):
    code, events, _ = kept
    place = data.draw(st.integers(0, len(events) - 1))
    event = events[place]
    change = data.draw(st.sampled_from(["drop", "twice", "kind", "by", "field", "missing", "more"]))
    name = data.draw(st.sampled_from([*event.data, "round"]))
    rest = {key: value for key, value in event.data.items() if key != name}
    changed = {
        "drop": lambda: [],
        "twice": lambda: [event, event],
        "kind": lambda: [dataclasses.replace(event, kind=data.draw(st.sampled_from(["went", "_init__", "apply", ""])))],
        "by": lambda: [dataclasses.replace(event, by=data.draw(st.integers(-3, 9)))],
        "field": lambda: [dataclasses.replace(event, data={**event.data, name: data.draw(plain)})],
        "missing": lambda: [dataclasses.replace(event, data=rest)],
        "more": lambda: [dataclasses.replace(event, data={**event.data, "more": 1})],
    }[change]()
    # Anything else that is raised is a failure.
    with contextlib.suppress(DamagedRoomError):
        room = checked_room(code, [*events[:place], *changed, *events[place + 1 :]])
        steering_view(room, NO_RUNS)
        board_view(room, NO_RUNS)


@pytest.fixture(name="two")
def two_fixture(tmp_path):
    """A file with two rooms."""
    path = tmp_path / "rooms.sqlite"
    host = Host(Store(path), NoPool())
    codes = [asyncio.run(host.open_room(OPEN)).code for _ in range(2)]
    host.close()
    return path, codes


@pytest.mark.parametrize(
    "data", [{"title": "A day"}, {"rounds": [{"scenario": "nowhere"}]}, {"title": "x", "n_teams": 10**9}]
)
def test_a_damaged_room_is_put_aside_and_the_other_is_open(two, data):
    path, (bad, good) = two
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE events SET data = ? WHERE room = ?", (json.dumps(data), bad))
    connection.close()

    host = Host(Store(path), NoPool())
    assert host.codes() == [good]
    (told,) = host.damaged_rooms()
    assert bad in told
    assert "event 1 (opened) is not whole" in told
    host.close()
    store = Store(path)
    assert set(store.rooms()) == {bad, good}
    store.close()


@pytest.mark.parametrize("code", [b"x\x1b]0;\r\nset-cookie: a", b"BC\xffF"], ids=["steering characters", "no UTF-8"])
def test_a_room_whose_code_is_none_is_put_aside(two, code):
    path, (bad, good) = two
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE events SET room = CAST(? AS TEXT) WHERE room = ?", (code, bad))
    connection.close()

    host = Host(Store(path), NoPool())
    assert host.codes() == [good]
    assert all(line.isprintable() for line in host.damaged_rooms())
    host.close()


def test_new_links_leave_nothing_that_people_held_and_keep_the_rooms(two):
    path, codes = two
    host = Host(Store(path), NoPool())
    before = (host.key, host.secret)
    host.close()
    store = Store(path)
    renew_links(store)

    again = Host(store, NoPool())
    assert not {again.key, again.secret} & set(before)
    assert not set(again.codes()) & set(codes)
    assert [again.room(code).title for code in again.codes()] == ["A day", "A day"]
    again.close()
