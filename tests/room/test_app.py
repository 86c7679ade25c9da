"""The application of the rooms: who may ask what, what pages are told, and what hostile requests meet."""

import asyncio
import itertools
import re
import time
from urllib.parse import urljoin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.room.access import LETTERS, Guesses, RateLimit, new_code, number_of, tidy_code, token_for
from sim.room.app import make_room_app
from sim.room.host import Host
from sim.room.store import Store
from tests.room.asking import Browser, NoPool, Rooms

OPEN = {"title": "A day", "plan": "ninety", "n_teams": 3, "choose_teams": False}


class Place(Rooms):
    """Rooms in which people predict and design."""

    def __init__(self, path, guesses=None):
        super().__init__(path, OPEN, guesses=guesses)


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


def test_answers_for_warming_up_are_counted_for_all_and_nobody_sees_whose_is_which(place):
    async def session():
        code = await place.open()
        anna, bert = await place.join(code, "Anna"), await place.join(code, "Bert", "request-2")
        early = await anna.ask(f"/room/{code}/act", {"do": "warm", "value": 10})
        await place.lead(code, do="slide", what="warm")
        for who, value in ((anna, 34), (bert, 100), (anna, 38)):
            assert (await who.ask(f"/room/{code}/act", {"do": "warm", "value": value})).status == 200
        board = (await place.facilitator.ask(f"/room/steer/{code}/state?for=board")).data["slide"]
        phone = (await anna.ask(f"/room/{code}/state")).data["slide"]
        await place.lead(code, do="go", to="predict", round=0)
        late = await anna.ask(f"/room/{code}/act", {"do": "warm", "value": 10})
        lead = (await place.facilitator.ask(f"/room/steer/{code}/state")).data
        seen = [(await anna.ask(f"/room/{code}/state")).data]
        seen.append((await place.facilitator.ask(f"/room/steer/{code}/state?for=board")).data)
        return early, board, phone, late, lead, seen

    early, board, phone, late, lead, seen = asyncio.run(session())
    assert lead["asked"] == {"question": board["question"], "n": 2, "middle": 38, "low": 38, "high": 100}
    assert all("asked" not in one for one in seen)
    assert (board["n"], board["counts"]) == (2, [0, 0, 0, 1, 0, 0, 0, 0, 0, 1])
    assert phone == {"what": "warm", "question": board["question"], "mine": 38}
    assert (early.status, late.status) == (409, 409)


def test_a_reason_stands_on_the_board_if_its_writer_agrees_and_the_facilitator_shows_it(place):
    async def session():
        code = await place.open()
        people = [await place.join(code, name, f"request-{name}") for name in ("Anna", "Bert")]
        await place.lead(code, do="go", to="predict", round=0)
        for who, reason, may_show in zip(people, ("the money ends", "my manager"), (True, False), strict=True):
            told = {"do": "predict", "round": 0, "curve": [60] * 9, "reason": reason, "may_show": may_show}
            assert (await who.ask(f"/room/{code}/act", told)).status == 200
        before = (await place.facilitator.ask(f"/room/steer/{code}/state?for=board")).data["results"]
        await place.lead(code, do="show", round=0, item="reasons", on=True)
        board = (await place.facilitator.ask(f"/room/steer/{code}/state?for=board")).data["results"]
        return before, board, (await people[1].ask(f"/room/{code}/state")).text

    before, board, phone = asyncio.run(session())
    assert "reasons" not in before
    assert board["reasons"] == ["the money ends"]
    assert "the money ends" in phone
    assert "Anna" not in phone


def test_the_facilitator_sees_who_joined_when_and_which_team_waits(place):
    async def session():
        code = await place.open()
        anna = await place.join(code, "Anna")
        for to in ("predict", "design"):
            await place.lead(code, do="go", to=to, round=0)
        await anna.ask(f"/room/{code}/act", {"do": "draft", "round": 0, "strand": "dialogue", "spend": [0, 52, 10]})
        before = (await place.facilitator.ask(f"/room/steer/{code}/state")).data
        await anna.ask(f"/room/{code}/act", {"do": "commit", "round": 0})
        return before, (await place.facilitator.ask(f"/room/steer/{code}/state")).data

    before, after = asyncio.run(session())
    assert abs(after["people"][0]["joined"] - time.time()) < 60
    assert (before["teams"][0]["days"], before["teams"][0]["committed_at"]) == (10, None)
    assert abs(after["teams"][0]["committed_at"] - time.time()) < 60


def test_a_session_without_phones_is_entered_by_the_facilitator_from_cards(place):
    async def session():
        code = await place.open()
        ask = place.facilitator.ask
        cards = (await ask(f"/room/steer/{code}/cards.html")).text
        at = f"/room/steer/{code}/for/1/0"
        link = re.search('href="([^"]+css)"', cards)[1]
        style = await ask(urljoin(f"/room/steer/{code}/cards.html", link))
        page = (await ask(at, accept="text/html")).text
        first = (await ask(f"{at}/state")).data
        again = (await ask(f"{at}/state")).data
        await place.lead(code, do="lock", on=True)
        await place.lead(code, do="go", to="predict", round=0)
        told = [await ask(f"{at}/act", {"do": "predict", "round": 0, "curve": [60] * 9})]
        await place.lead(code, do="go", to="design", round=0)
        told.append(await ask(f"{at}/act", {"do": "draft", "round": 0, "strand": "dialogue", "spend": [0, 52, 100]}))
        told.append(await ask(f"{at}/act", {"do": "commit", "round": 0}))
        steering = (await ask(f"/room/steer/{code}/state")).data
        stranger = Browser(place.app)
        refused = [await stranger.ask(f"{at}/state"), await stranger.ask(f"/room/steer/{code}/cards.html")]
        refused.append(await ask(f"/room/steer/{code}/for/7/0/state"))
        return cards, style.status, page, first, again, told, steering, refused

    cards, style, page, first, again, told, steering, refused = asyncio.run(session())
    assert cards.count('class="sheet"') == 3 * 3
    assert "Team Heron" in cards
    assert "820 days" in cards
    assert cards.count("<svg") == 3
    assert style == 200
    assert "/for/1/0" in page
    assert first["team"]["name"] == "Heron"
    assert again["me"] == first["me"]
    assert [answer.status for answer in told] == [200, 200, 200]
    assert steering["teams"][1]["committed"]
    assert (steering["n_people"], steering["n_predicted"]) == (1, 1)
    assert [answer.status for answer in refused] == [403, 403, 409]


def test_who_waits_hears_of_news_at_once(place):
    async def session():
        code = await place.open()
        anna = await place.join(code)
        mark = (await anna.ask(f"/room/{code}/state")).data["mark"]
        waiting = asyncio.create_task(anna.ask(f"/room/{code}/state?seen={mark}"))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await place.lead(code, do="pause", on=True)
        return await asyncio.wait_for(waiting, 20)

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


def test_beside_the_cookies_of_another_server_on_the_same_host_one_s_own_count(place):
    async def beside():
        code = await place.open()
        anna = await place.join(code, "Anna")
        both = [f"{name}={value}" for name, value in {**anna.cookies, **place.facilitator.cookies}.items()]
        others = [f"{pair.partition('=')[0]}=other" for pair in both]
        return [
            (await anna.ask(f"/room/{path}{code}/state", cookie="; ".join(told))).status
            for told in (others + both, both + others, others)
            for path in ("", "steer/")
        ]

    assert asyncio.run(beside()) == [200, 200, 200, 200, 401, 403]


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


def wrong_codes(code, n):
    codes = ("".join(letters) for letters in itertools.product(LETTERS, repeat=4))
    return list(itertools.islice((one for one in codes if one != code), n))


async def guess(place, code, n, address="192.0.2.7"):
    guesser = Browser(place.app, address)
    return [await guesser.ask(f"/room/{one}/here") for one in wrong_codes(code, n)]


def test_a_wrong_code_is_told_kindly(place):
    async def session():
        return (await guess(place, await place.open(), 1))[0]

    answer = asyncio.run(session())
    assert answer.status == 404
    assert "Look at the screen again" in answer.data["error"]


def test_wrong_codes_at_one_address_shut_out_neither_the_class_nor_the_facilitator_there(place):
    async def session():
        code = await place.open()
        await guess(place, code, 24)
        facilitator = await Browser(place.app).ask("/room/steer?key=mistyped")
        again = await Browser(place.app).ask(f"/room/steer?key={place.host.key}")
        doors = [(await Browser(place.app).ask(f"/room/{code}/here")).status for _ in range(30)]
        return facilitator.status, again.status, set(doors)

    assert asyncio.run(session()) == (403, 303, {200})


def test_a_whole_class_that_misreads_the_screen_has_made_one_mistake(place):
    async def session():
        code = await place.open()
        (wrong,) = wrong_codes(code, 1)
        told = [(await Browser(place.app).ask(f"/room/{wrong}/here")).status for _ in range(300)]
        return set(told), (await Browser(place.app).ask(f"/room/{code}/here")).status

    assert asyncio.run(session()) == ({404}, 200)


@pytest.mark.parametrize("n_addresses", [1, 50])
def test_whoever_guesses_on_waits_whether_right_or_wrong_and_few_at_a_time(tmp_path, n_addresses):
    place = Place(tmp_path / "rooms.sqlite", Guesses(RateLimit(tries=10), RateLimit(tries=30), seconds=0.05))

    async def session():
        code = await place.open()
        for number, one in enumerate(wrong_codes(code, 30)):
            await Browser(place.app, f"192.0.2.{number % n_addresses}").ask(f"/room/{one}/here")
        asked = [*wrong_codes(code, 60)[30:], code]
        start = time.perf_counter()
        browsers = [Browser(place.app, f"192.0.2.{number % n_addresses}") for number in range(31)]
        told = await asyncio.gather(
            *(browser.ask(f"/room/{one}/here") for one, browser in zip(asked, browsers, strict=True))
        )
        seconds = time.perf_counter() - start
        later = await Browser(place.app, "192.0.2.0").ask(f"/room/{code}/here")
        return [one.status for one in told], seconds, later.status

    statuses, seconds, later = asyncio.run(session())
    assert statuses.count(404) == (4 if n_addresses == 1 else 8)
    assert set(statuses) == {404, 429}
    assert seconds >= 0.05
    assert later == 200
    place.host.close()


def test_whoever_knows_the_code_or_is_in_never_waits_for_somebody_who_guesses(tmp_path):
    place = Place(tmp_path / "rooms.sqlite", Guesses(RateLimit(tries=10), seconds=1000.0))

    async def session():
        code = await place.open()
        anna, bert = await place.join(code), Browser(place.app)
        await bert.ask(f"/room/{code}", accept="text/html")
        await guess(place, code, 10)
        state = await anna.ask(f"/room/{code}/state")
        before = await bert.ask(f"/room/{code}/state")
        join = await bert.ask(f"/room/{code}/join", {"request": "request-2", "name": "Bert"})
        steers = await place.lead(code, do="remove", person=1)
        enters = await Browser(place.app).ask(f"/room/steer?key={place.host.key}")
        bert_then = await bert.ask(f"/room/{code}/state")
        return [one.status for one in (state, before, join, steers, enters, bert_then)]

    assert asyncio.run(asyncio.wait_for(session(), 20)) == [200, 401, 200, 200, 303, 200]
    place.host.close()


def test_after_sixty_joins_from_one_address_the_next_come_in_as_well(place):
    async def session():
        code = await place.open()
        for number in range(75):
            await place.join(code, request=f"request-{number}")
        return len(place.host.room(code).people)

    assert asyncio.run(session()) == 75


def test_one_person_waits_for_news_in_few_pages_at_a_time(place):
    async def session():
        code = await place.open()
        anna, bert = await place.join(code), await place.join(code, request="request-2")
        mark = (await anna.ask(f"/room/{code}/state")).data["mark"]
        path = f"/room/{code}/state?seen={mark}"
        waiting = [asyncio.create_task(anna.ask(path)) for _ in range(8)]
        await asyncio.sleep(0.05)
        one_more, another = await anna.ask(path), await bert.ask(f"/room/{code}/state")
        place.host.release_waiting()
        await asyncio.gather(*waiting)
        return one_more.status, another.status

    assert asyncio.run(session()) == (429, 200)


def test_the_server_can_tell_who_is_in(place):
    def known(browser):
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        return place.knows({"type": "http", "headers": [(b"cookie", cookie.encode())]})

    async def session():
        code = await place.open()
        anna, door, stranger = await place.join(code), Browser(place.app), Browser(place.app)
        await door.ask(f"/room/{code}", accept="text/html")
        stranger.cookies[f"cultureshift-room-{code}"] = "1.0123"
        before = [known(one) for one in (place.facilitator, anna, door, stranger)]
        await place.lead(code, do="remove", person=1)
        return before, known(anna)

    assert asyncio.run(session()) == ([True, True, False, False], False)


def test_a_full_disk_is_told_and_nothing_that_was_kept_is_lost(place):
    plan = {
        "do": "plan",
        "first": 0,
        "rounds": [{"title": "x" * 80, "scenario": "shoestring-year", "budget": 208}] * 12,
    }

    async def session():
        code = await place.open()
        anna = await place.join(code, "Anna")
        # Nothing more than what is left in pages of the file that are begun.
        place.host.store._connection.execute("PRAGMA max_page_count = 1")
        joins = []
        while not joins or (joins[-1].status == 200 and len(joins) < 60):
            wanted = {"request": f"request-of-{len(joins)}", "name": ""}
            joins.append(await Browser(place.app).ask(f"/room/{code}/join", wanted))
        refused = [joins[-1], await place.lead(code, **plan)]
        wanted = {"title": "x", "plan": "half-day", "n_teams": 3, "choose_teams": False}
        refused.append(await place.facilitator.ask("/room/steer/rooms", wanted))
        n_people = (len(place.host.room(code).people), len(joins))
        read = (await anna.ask(f"/room/{code}/state")).status
        place.host.store._connection.execute("PRAGMA max_page_count = 100000")
        return refused, n_people, read, (await place.lead(code, **plan)).status, place.host.codes() == [code]

    refused, n_people, read, after, is_alone = asyncio.run(session())
    assert [one.status for one in refused] == [507] * 3
    assert all("The disk of the facilitator's computer is full" in one.data["error"] for one in refused)
    assert n_people[0] == n_people[1]
    assert (read, after, is_alone) == (200, 200, True)


def test_somebody_who_leaves_in_the_middle_of_a_request_is_no_error(place):
    async def session():
        code = await place.open()
        anna = await place.join(code)
        return (await anna.ask(f"/room/{code}/act", raw=b"{", is_cut=True)).status

    assert asyncio.run(session()) == 400


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
        return (await asyncio.wait_for(waiting, 20)).status, (await anna.ask(f"/room/{code}/state")).status

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
        connections = Browser(place.app, "192.0.2.66")
        joins = [
            (await connections.ask(f"/room/{code}/join", {"request": f"request-{n}", "name": ""})).status
            for n in range(100, 320)
        ]
        return entries, joins, len(place.host.room(code).people)

    entries, joins, n_people = asyncio.run(session())
    assert entries[-1] == 429
    assert joins[-1] in (409, 429)
    assert n_people == 200


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
    assert number_of(token, "secret", "BCDF", 1.0, {7: 2.0}) is None
    assert number_of(token.replace("7.", "8.", 1), "secret", "BCDF", 1.0) is None


def test_patience_comes_back_with_time():
    now = [0.0]
    patience = RateLimit(tries=3, seconds=4.0, clock=lambda: now[0])
    for _ in range(3):
        assert not patience.is_over("a")
        patience.count("a")

    assert patience.is_over("a")
    assert not patience.is_over("b")
    now[0] = 5.0
    assert not patience.is_over("a")


# --- under a public address -------------------------------------------------------------------------------------------


def test_under_a_path_everything_that_a_page_says_is_below_it(tmp_path):
    import segno

    host = Host(Store(tmp_path / "rooms.sqlite"), NoPool())
    addresses = {"ward.example/culture": "https://ward.example/culture", "b.example": "http://b.example/culture"}
    app, _ = make_room_app(host, lambda: addresses, "/culture/?code=x", is_public=True)
    leader, anna = (Browser(app, root="/culture", scheme="https") for _ in range(2))

    async def session():
        welcome = await leader.ask(f"/room/steer?key={host.key}")
        code = (await leader.ask("/room/steer/rooms", OPEN)).data["code"]
        board = await leader.ask(f"/room/steer/{code}/board", accept="text/html")
        first = await leader.ask(f"/room/steer/{code}/qr.svg")
        await leader.ask(f"/room/steer/{code}/act", {"do": "address", "address": "b.example"})
        other = await leader.ask(f"/room/steer/{code}/qr.svg")
        led = await anna.ask(f"/room?code={code}")
        page = await anna.ask(f"/room/{code}", accept="text/html")
        return (
            welcome,
            code,
            board,
            (first, other),
            led,
            page,
            await anna.ask("/room/assets/nothing.js", accept="text/html"),
        )

    try:
        welcome, code, board, drawn, led, page, nothing = asyncio.run(session())
    finally:
        host.close()
    assert welcome.headers["location"] == "/culture/room/steer"
    assert led.headers["location"] == f"/culture/room/{code}"
    for one in (board, page, nothing):
        assert '"at": "/culture/room"' in one.text
        assert set(re.findall(r'(?:src|href)="(.*?)/assets', one.text)) == {"/culture/room"}
    assert '"addresses": ["ward.example/culture", "b.example"], "is_public": true' in board.text
    for svg, address in zip(drawn, addresses.values(), strict=True):
        wanted = segno.make(f"{address}/room/{code}", error="m").svg_inline(
            scale=8, border=3, light="#ffffff", dark="#000000"
        )
        assert re.findall(r' d="[^"]*"', svg.text) == re.findall(r' d="[^"]*"', wanted)
    for cookie in leader.set_cookies + anna.set_cookies:
        assert {"Path=/culture/room", "HttpOnly", "Secure"} <= set(cookie.split("; "))
