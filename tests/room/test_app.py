"""The application of the rooms: who may ask what, what pages are told, and what hostile requests meet."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.room.access import LETTERS, Patience, new_code, number_of, tidy_code, token_for
from sim.room.app import make_room_app
from sim.room.host import Host
from sim.room.store import Store
from tests.room.asking import HOST, Browser, NoPool


class Place:
    """A server's rooms, a facilitator, and people who come in."""

    def __init__(self, path):
        self.host = Host(Store(path), NoPool())
        self.app = make_room_app(self.host, lambda: (HOST,))
        self.facilitator = Browser(self.app)

    async def open(self, title="A day", **fields):
        answer = await self.facilitator.ask(f"/room/steer?key={self.host.key}")
        assert answer.status == 303
        wanted = {"title": title, "plan": "ninety", "n_teams": 3, "choose_teams": False, **fields}
        return (await self.facilitator.ask("/room/steer/rooms", wanted)).data["code"]

    async def join(self, code, name="", request="request-1"):
        browser = Browser(self.app)
        assert (await browser.ask(f"/room/{code}/join", {"request": request, "name": name})).status == 200
        return browser

    async def lead(self, code, **fields):
        return await self.facilitator.ask(f"/room/steer/{code}/act", fields)


@pytest.fixture(name="place")
def place_fixture(tmp_path):
    place = Place(tmp_path / "rooms.sqlite")
    yield place
    place.host.close()


def test_a_session_goes_from_door_to_prediction(place):
    async def session():
        code = await place.open()
        anna = await place.join(code, "Anna")
        before = (await anna.ask(f"/room/{code}/state")).data
        await place.lead(code, do="go", to="predict", round=0)
        after = (await anna.ask(f"/room/{code}/state?seen={before['mark']}")).data
        sent = await anna.ask(f"/room/{code}/act", {"do": "predict", "round": 0, "curve": [60] * 9})
        return before, after, sent, (await anna.ask(f"/room/{code}/state?seen={after['mark']}")).data

    before, after, sent, last = asyncio.run(session())
    assert (before["phase"], after["phase"], sent.status) == ("lobby", "predict", 200)
    assert last["mine"]["curve"] == [60] * 9


def test_who_waits_hears_of_news_at_once(place):
    async def session():
        code = await place.open()
        anna = await place.join(code)
        mark = (await anna.ask(f"/room/{code}/state")).data["mark"]
        waiting = asyncio.create_task(anna.ask(f"/room/{code}/state?seen={mark}"))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await place.lead(code, do="pause", on=True)
        return await asyncio.wait_for(waiting, 2)

    assert asyncio.run(session()).data["paused"] is True


def test_after_a_restart_everybody_is_where_they_were(tmp_path):
    path = tmp_path / "rooms.sqlite"

    async def before():
        place = Place(path)
        code = await place.open()
        anna = await place.join(code, "Anna")
        await place.lead(code, do="go", to="predict", round=0)
        await anna.ask(f"/room/{code}/act", {"do": "predict", "round": 0, "curve": [60] * 9})
        return place, code, anna, (await anna.ask(f"/room/{code}/state")).data

    place, code, anna, was = asyncio.run(before())
    place.host.close()

    async def after():
        again = Place(path)
        anna.app = place.facilitator.app = again.app
        state = (await anna.ask(f"/room/{code}/state?seen={was['mark']}")).data
        steering = await place.facilitator.ask(f"/room/steer/{code}/state")
        return again, state, steering

    again, state, steering = asyncio.run(after())
    again.host.close()
    assert {**state, "mark": ""} == {**was, "mark": ""}
    assert state["mark"] != was["mark"]
    assert steering.status == 200


def test_only_the_facilitator_s_link_can_steer(place):
    async def session():
        code = await place.open()
        anna = await place.join(code)
        paths = ["", "/board", "/state", "/qr.svg", "/session.csv", "/report.html"]
        got = [(await anna.ask(f"/room/steer/{code}{path}")).status for path in paths]
        got.append((await anna.ask(f"/room/steer/{code}/act", {"do": "pause", "on": True})).status)
        got.append((await anna.ask(f"/room/steer/{code}/delete", {})).status)
        got.append((await anna.ask("/room/steer")).status)
        got.append((await anna.ask("/room/steer/rooms")).status)
        got.append((await anna.ask("/room/steer?key=guessed")).status)
        anna.cookies["cultureshift-steer"] = "guessed"
        got.append((await anna.ask(f"/room/steer/{code}/state")).status)
        return got

    assert set(asyncio.run(session())) == {403}


def test_people_of_one_room_see_nothing_of_another(place):
    async def session():
        one, other = await place.open("One"), await place.open("Other")
        anna = await place.join(one, "Anna")
        token = anna.cookies[f"cultureshift-room-{one}"]
        anna.cookies[f"cultureshift-room-{other}"] = token
        state = await anna.ask(f"/room/{other}/state")
        act = await anna.ask(f"/room/{other}/act", {"do": "team", "team": 1})
        return state.status, act.status

    assert asyncio.run(session()) == (401, 401)


def test_a_participant_is_told_nothing_of_others_that_is_not_shown(place):
    async def session():
        code = await place.open()
        anna, bert = await place.join(code, "Anna"), await place.join(code, "Bertram", "request-2")
        await place.lead(code, do="go", to="predict", round=0)
        await bert.ask(f"/room/{code}/act", {"do": "predict", "round": 0, "curve": [41] * 9, "reason": "secretly"})
        return (await anna.ask(f"/room/{code}/state")).text

    told = asyncio.run(session())
    assert "Bertram" not in told
    assert "41,41" not in told
    assert "secretly" not in told


def test_a_token_is_a_cookie_that_scripts_cannot_read(place):
    async def session():
        code = await place.open()
        return await Browser(place.app).ask(f"/room/{code}/join", {"request": "request-9", "name": "Anna"})

    cookie = asyncio.run(session()).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_a_phone_that_lost_its_cookie_is_put_back_by_the_same_request(place):
    async def session():
        code = await place.open()
        first = await Browser(place.app).ask(f"/room/{code}/join", {"request": "request-9", "name": "Anna"})
        again = await Browser(place.app).ask(f"/room/{code}/join", {"request": "request-9", "name": "Anna"})
        return first.data, again.data

    first, again = asyncio.run(session())
    assert first == again


def test_a_wrong_code_is_told_kindly_and_guessing_takes_patience(place):
    async def session():
        code = await place.open()
        guesser = Browser(place.app, "192.0.2.99")
        wrong = [await guesser.ask("/room/ZZZZ/here") for _ in range(20)]
        blocked = await guesser.ask(f"/room/{code}/here")
        elsewhere = await Browser(place.app, "192.0.2.98").ask(f"/room/{code}/here")
        return wrong, blocked.status, elsewhere.status

    wrong, blocked, elsewhere = asyncio.run(session())
    assert wrong[0].status == 404
    assert "Look at the screen again" in wrong[0].data["error"]
    assert wrong[-1].status == 429
    assert (blocked, elsewhere) == (429, 200)


def test_who_is_in_is_not_kept_out_by_somebody_who_guesses_at_the_same_address(place):
    async def session():
        code = await place.open()
        anna = await place.join(code)
        guesser = Browser(place.app)
        for _ in range(20):
            await guesser.ask("/room/ZZZZ/here")
        return (await anna.ask(f"/room/{code}/state")).status

    assert asyncio.run(session()) == 200


def test_a_code_is_taken_however_it_is_typed(place):
    async def session():
        code = await place.open()
        typed = f"{code[:2].lower()}%20-{code[2:].lower()}"
        return code, await Browser(place.app).ask(f"/room?code={typed}")

    code, answer = asyncio.run(session())
    assert answer.headers["location"] == f"/room/{code}"


def test_a_deleted_room_is_gone_for_everybody(place):
    async def session():
        code = await place.open()
        anna = await place.join(code, "Anna")
        mark = (await anna.ask(f"/room/{code}/state")).data["mark"]
        waiting = asyncio.create_task(anna.ask(f"/room/{code}/state?seen={mark}"))
        await asyncio.sleep(0.05)
        await place.facilitator.ask(f"/room/steer/{code}/delete", {})
        return (await asyncio.wait_for(waiting, 2)).status, (await anna.ask(f"/room/{code}/state")).status

    assert asyncio.run(session()) == (404, 404)


def test_somebody_taken_out_has_to_join_again(place):
    async def session():
        code = await place.open()
        anna = await place.join(code, "Rude")
        await place.lead(code, do="remove", person=1)
        return (await anna.ask(f"/room/{code}/state")).status

    assert asyncio.run(session()) == 401


HOSTILE = "</script><img src=x onerror=alert(1)>"


def test_pages_carry_a_policy_and_nothing_that_people_typed(place):
    async def session():
        code = await place.open(HOSTILE)
        anna = await place.join(code, HOSTILE)
        pages = [await anna.ask(path, accept="text/html") for path in ("/room", f"/room/{code}", "/room/XXXX")]
        paths = ("/room/steer", f"/room/steer/{code}", f"/room/steer/{code}/board")
        return pages + [await place.facilitator.ask(path, accept="text/html") for path in paths]

    for page in asyncio.run(session()):
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"
        assert "onerror" not in page.text
        assert "unsafe" not in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("raw", "content_type", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"{}", "application/json", 400),
        (b"[" * 5000, "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"do":"predict","round":1e400}', "application/json", 400),
        (b" " * 20_000, "application/json", 413),
    ],
)
def test_a_body_that_no_page_would_send_is_refused(place, raw, content_type, status):
    async def session():
        code = await place.open()
        anna = await place.join(code)
        return await anna.ask(f"/room/{code}/act", raw=raw, content_type=content_type)

    assert asyncio.run(session()).status == status


names = st.sampled_from(["do", "round", "curve", "team", "spend", "name", "request", "shock", "rounds"])
leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30)
plain = st.recursive(leaves, lambda x: st.lists(x, max_size=4) | st.dictionaries(names, x, max_size=5), max_leaves=12)
verbs = st.sampled_from(["predict", "draft", "commit", "team", "go", "shock", "plan", "show", "remove", "address"])


def test_whatever_is_sent_is_answered(tmp_path):
    place = Place(tmp_path / "rooms.sqlite")
    runner = asyncio.Runner()
    code = runner.run(place.open())
    anna = runner.run(place.join(code))

    @settings(max_examples=150)
    @given(st.dictionaries(st.text(max_size=8), plain, max_size=5), verbs, plain)
    def sent(fields, verb, anything):
        for browser, path in (
            (anna, f"/room/{code}/act"),
            (place.facilitator, f"/room/steer/{code}/act"),
            (Browser(place.app), f"/room/{code}/join"),
        ):
            for body in ({**fields, "do": verb}, anything):
                if body is not None:
                    assert runner.run(browser.ask(path, body)).status in (200, 400, 409, 429)

    sent()
    runner.close()
    place.host.close()


def test_nobody_can_fill_the_disk_or_the_room(place):
    async def session():
        code = await place.open()
        anna = await place.join(code)
        path, action = f"/room/{code}/act", {"do": "team", "team": 2}
        entries = [(await anna.ask(path, action)).status for _ in range(200)]
        crowd = Browser(place.app, "192.0.2.66")
        joins = [
            (await crowd.ask(f"/room/{code}/join", {"request": f"request-{n}", "name": ""})).status
            for n in range(100, 180)
        ]
        return entries, joins, len(place.host.room(code).people)

    entries, joins, n_people = asyncio.run(session())
    assert entries[-1] == 429
    assert joins[-1] == 429
    assert n_people < 80


@given(st.text(max_size=60))
def test_any_code_is_tidied_or_refused(typed):
    code = tidy_code(typed)

    assert code is None or (len(code) == 4 and set(code) <= set(LETTERS))


def test_codes_are_never_given_twice():
    taken = set()
    for _ in range(300):
        taken.add(new_code(taken))

    assert len(taken) == 300


@given(st.text(max_size=80))
def test_no_guessed_token_is_anybody_s(token):
    assert number_of(token, "secret", "BCDF", 1.0) is None


def test_a_token_is_good_for_its_room_its_opening_and_its_secret():
    token = token_for("secret", "BCDF", 1.0, 7)

    assert number_of(token, "secret", "BCDF", 1.0) == 7
    assert number_of(token, "secret", "BCDG", 1.0) is None
    assert number_of(token, "secret", "BCDF", 2.0) is None
    assert number_of(token, "other", "BCDF", 1.0) is None
    assert number_of(token.replace("7.", "8.", 1), "secret", "BCDF", 1.0) is None


def test_patience_comes_back_with_time():
    now = [0.0]
    patience = Patience(tries=3, seconds=4.0, clock=lambda: now[0])
    for _ in range(3):
        assert not patience.is_over("a")
        patience.count("a")

    assert patience.is_over("a")
    assert not patience.is_over("b")
    now[0] = 5.0
    assert not patience.is_over("a")
