"""The pages of the rooms and what they ask for: a small application of its own under ``/room``.

Whoever has a token takes part in one room; whoever has the facilitator's key steers. Pages are given plain data and
write text as text; the policy sent with each page lets nothing run that is not a file of ours.
"""

from __future__ import annotations

import asyncio
import io
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sim.base.cookies import cookies_named
from sim.room import views
from sim.room.access import AT_THE_DOOR, Guesses, RateLimit, is_right, number_of, tidy_code, token_for
from sim.room.actions import ComeBack, Join, OpenRoom
from sim.room.answers import HEADERS, PREFIX, body_of, download, json_of, page, rooms_at
from sim.room.host import GoneError, Host
from sim.room.kinds import kind_of
from sim.room.rules import MOST_PEOPLE, RefusedError
from sim.room.state import Participant, Session
from sim.room.store import NotKeptError
from sim.room.tables.actions import OpenTables
from sim.room.tables.export import page_of, world_of
from sim.room.tables.rules import playable
from sim.room.tables.state import TablesRoom

__all__ = ["PREFIX", "make_room_app"]

_ASSETS = Path(__file__).parent / "assets"
_STEER = "cultureshift-steer"
_WAIT_SECONDS = 25.0
_MOST_PAGES = 8
"""Pages in which one person may wait for news at a time."""

_OPENING: TypeAdapter[OpenTables | OpenRoom] = TypeAdapter(OpenTables | OpenRoom)
_WEEK = 7 * 24 * 3600
_NO_ROOM = "There is no room with this code. Look at the screen again: four letters, no vowels."
_PATIENCE = "Many wrong codes are being tried. Wait a few seconds, look at the screen, and try again."
_CROWD = "Very many people come in at this moment. Wait a few seconds, and try again."
_TOO_MANY_PAGES = "This room is open in too many pages of yours. Close some of them."
_TOO_FAST = "That was a little too fast. It is sent again in a moment."
_ONLY_THE_LINK = "Only the facilitator's link can do this. It was printed where the server was started."


def make_room_app(
    host: Host,
    addresses: Callable[[], Mapping[str, str]],
    dashboard: str | None = "/",
    guesses: Guesses | None = None,
    *,
    is_public: bool = False,
) -> tuple[Starlette, Callable[[Any], bool]]:
    """Return the application, and what tells of a request whether it is from somebody who is in.

    Parameters
    ----------
    host : the rooms
    addresses : tells the addresses that phones can reach now: as people type them, and what a link begins with; the
        best one first
    dashboard : where the facilitator finds the dashboard; told to nobody else
    guesses : patience with wrong codes
    is_public : phones need not be near to reach these addresses
    """
    room = _App(host, addresses, dashboard, guesses or Guesses(), is_public)
    routes = [
        Route(PREFIX, room.door),
        Route(f"{PREFIX}/", room.door),
        Route(f"{PREFIX}/steer", room.rooms_page),
        Route(f"{PREFIX}/steer/rooms", room.rooms, methods=["GET", "POST"]),
        Route(f"{PREFIX}/steer/{{code}}", room.steering_page),
        Route(f"{PREFIX}/steer/{{code}}/board", room.board_page),
        Route(f"{PREFIX}/steer/{{code}}/state", room.steering_state),
        Route(f"{PREFIX}/steer/{{code}}/act", room.steer, methods=["POST"]),
        Route(f"{PREFIX}/steer/{{code}}/delete", room.delete, methods=["POST"]),
        Route(f"{PREFIX}/steer/{{code}}/qr.svg", room.qr),
        Route(f"{PREFIX}/steer/{{code}}/session.csv", room.csv),
        Route(f"{PREFIX}/steer/{{code}}/report.html", room.report),
        Route(f"{PREFIX}/steer/{{code}}/world-{{place:int}}.toml", room.any_world),
        Route(f"{PREFIX}/steer/{{code}}/cards.html", room.cards),
        Route(f"{PREFIX}/steer/{{code}}/for/{{place:int}}/{{chair:int}}", room.stand_in_page),
        Route(f"{PREFIX}/steer/{{code}}/for/{{place:int}}/{{chair:int}}/state", room.stand_in_state),
        Route(f"{PREFIX}/steer/{{code}}/for/{{place:int}}/{{chair:int}}/act", room.stand_in_act, methods=["POST"]),
        Mount(f"{PREFIX}/assets", StaticFiles(directory=_ASSETS, packages=[("sim.game", "assets")])),
        Route(f"{PREFIX}/{{code}}", room.play_page),
        Route(f"{PREFIX}/{{code}}/here", room.here),
        Route(f"{PREFIX}/{{code}}/join", room.join, methods=["POST"]),
        Route(f"{PREFIX}/{{code}}/again", room.again, methods=["POST"]),
        Route(f"{PREFIX}/{{code}}/our-debrief.html", room.own_page),
        Route(f"{PREFIX}/{{code}}/our-world.toml", room.own_world),
        Route(f"{PREFIX}/{{code}}/state", room.state),
        Route(f"{PREFIX}/{{code}}/act", room.act, methods=["POST"]),
    ]
    handlers: dict[Any, Any] = {HTTPException: _told, RefusedError: _refused, GoneError: _gone}
    handlers |= {NotKeptError: _not_kept, ClientDisconnect: _left}
    return Starlette(routes=routes, exception_handlers=handlers), room.knows


async def _told(request: Request, error: Exception) -> Response:
    status, detail = getattr(error, "status_code", 500), str(getattr(error, "detail", ""))
    if "text/html" in request.headers.get("accept", "") and request.method == "GET":
        return page(request, "door", "Join a room", status=status, message=detail)
    return json_of({"error": detail}, status)


async def _refused(_request: Request, error: Exception) -> Response:
    return json_of({"error": str(error)}, 409)


async def _not_kept(_request: Request, error: Exception) -> Response:
    return json_of({"error": str(error)}, 507)


async def _left(_request: Request, _error: Exception) -> Response:
    """Answer whoever went away before everything had been said; nobody reads it."""
    return Response(status_code=400)


async def _gone(request: Request, _error: Exception) -> Response:
    return await _told(request, HTTPException(404, _NO_ROOM))


class _App:
    """What each address answers."""

    def __init__(
        self,
        host: Host,
        addresses: Callable[[], Mapping[str, str]],
        dashboard: str | None,
        guesses: Guesses,
        is_public: bool,
    ) -> None:
        self._host, self._addresses, self._dashboard = host, addresses, dashboard
        self._is_public = is_public
        self._guesses = guesses
        # Far more than fingers can do, and little enough that nobody can fill the disk: by person, and by room.
        self._haste, self._crowd = RateLimit(tries=80, seconds=0.15), RateLimit(tries=MOST_PEOPLE, seconds=2.0)
        self._waiting: Counter[str] = Counter()

    # --- who asks -----------------------------------------------------------------------------------------------------

    def _client(self, request: Request) -> str:
        return request.client.host if request.client else ""

    def knows(self, scope: Any) -> bool:
        """Tell whether a request is from somebody who is in a room, or steers."""
        request = Request(scope)
        if self._is_facilitator(request):
            return True
        rooms = (self._host.room(code) for code in self._host.codes())
        return any(self._person(request, room) is not None for room in rooms)

    async def _room(self, request: Request) -> Session:
        """Return the room of an address; whoever guesses has to be patient."""
        code = tidy_code(request.path_params["code"])
        if code is None:
            raise HTTPException(404, _NO_ROOM)
        if code in self._host.codes():
            room = self._host.room(code)
            if self._number(request, room) is not None:
                return room
        if not await self._guesses.wait(self._client(request)):
            raise HTTPException(429, _PATIENCE)
        if code not in self._host.codes():
            self._guesses.count(self._client(request), code)
            raise HTTPException(404, _NO_ROOM)
        return self._host.room(code)

    def _number(self, request: Request, room: Session) -> int | None:
        known = self._host.secret, room.code, room.opened_at, room.returned
        numbers = (number_of(token, *known) for token in _said(request, _cookie(room)))
        return next((number for number in numbers if number is not None), None)

    def _person(self, request: Request, room: Session) -> Participant | None:
        person = room.people.get(self._number(request, room) or AT_THE_DOOR)
        return None if person is None or person.is_removed else person

    def _give_token(self, request: Request, answer: Response, room: Session, number: int) -> Response:
        token = token_for(self._host.secret, room.code, room.opened_at, number, room.returned.get(number))
        return _with_cookie(request, answer, _cookie(room), token, "lax")

    async def _participant(self, request: Request) -> tuple[Session, Participant]:
        room = await self._room(request)
        person = self._person(request, room)
        if person is None:
            raise HTTPException(401, "Please join this room.")
        return room, person

    def _is_facilitator(self, request: Request) -> bool:
        return any(is_right(told, self._host.key) for told in _said(request, _STEER))

    def _steered(self, request: Request) -> Session:
        """Return the room of an address under ``steer``, for the facilitator alone."""
        if not self._is_facilitator(request):
            raise HTTPException(403, _ONLY_THE_LINK)
        return self._host.room(tidy_code(request.path_params["code"]) or "")

    # --- pages --------------------------------------------------------------------------------------------------------

    async def door(self, request: Request) -> Response:
        """Ask for a code; with one in the query, go there."""
        code = tidy_code(request.query_params.get("code", ""))
        if code is not None:
            return RedirectResponse(f"{rooms_at(request)}/{code}", 303, headers=HEADERS)
        steers = self._is_facilitator(request)
        return page(request, "door", "Join a room", steers=steers, dashboard=self._dashboard if steers else None)

    async def play_page(self, request: Request) -> Response:
        """Show a participant's page."""
        room = await self._room(request)
        answer = page(request, "play", "Room", files=kind_of(room).pages["play"], code=room.code)
        if request.path_params["code"] != room.code:
            answer = RedirectResponse(f"{rooms_at(request)}/{room.code}", 303, headers=HEADERS)
        return answer if self._number(request, room) else self._give_token(request, answer, room, AT_THE_DOOR)

    async def rooms_page(self, request: Request) -> Response:
        """Turn the key in the facilitator's link into a cookie; then show the rooms."""
        if "key" in request.query_params:
            return self._take_key(request)
        if not self._is_facilitator(request):
            raise HTTPException(403, _ONLY_THE_LINK)
        return page(request, "rooms", "Rooms", dashboard=self._dashboard)

    def _take_key(self, request: Request) -> Response:
        # The key is far too long to be guessed: whoever has mistyped it may try again at once.
        if not is_right(request.query_params["key"], self._host.key):
            raise HTTPException(403, _ONLY_THE_LINK)
        answer = RedirectResponse(f"{rooms_at(request)}/steer", 303, headers=HEADERS)
        return _with_cookie(request, answer, _STEER, self._host.key, "strict")

    async def steering_page(self, request: Request) -> Response:
        """Show the page that steers."""
        return self._facilitator_page(request, "steer", "Steer")

    async def board_page(self, request: Request) -> Response:
        """Show the page for the projector."""
        return self._facilitator_page(request, "board", "Board")

    def _facilitator_page(self, request: Request, name: str, title: str) -> Response:
        room = self._steered(request)
        where: dict[str, Any] = {
            "addresses": list(self._addresses()),
            "is_public": self._is_public,
            "dashboard": self._dashboard,
        }
        return page(request, name, title, files=kind_of(room).pages[name], code=room.code, **where)

    # --- participants -------------------------------------------------------------------------------------------------

    async def here(self, request: Request) -> Response:
        """Say what whoever wants to join needs to know."""
        room = await self._room(request)
        teams = [{"name": room.team_name(team), "n": len(room.members(team))} for team in range(room.n_teams)]
        known = self._person(request, room) is not None
        away = self._host.away(room)
        told = {
            "code": room.code,
            "title": room.title,
            "choose_teams": room.choose_teams,
            "teams": teams,
            "known": known,
            "locked": room.is_locked,
            "ended": room.phase == "ended",
            "away": [{"number": number, "name": room.people[number].name} for number in away],
        }
        return json_of(told)

    async def again(self, request: Request) -> Response:
        """Let somebody whose phone is gone come back with another one."""
        room = await self._room(request)
        action = await body_of(request, ComeBack)
        if self._crowd.is_over(room.code):
            raise HTTPException(429, _CROWD)
        self._crowd.count(room.code)
        await self._host.come_back(room.code, action.number)
        return self._give_token(request, json_of({"done": True}), room, action.number)

    async def join(self, request: Request) -> Response:
        """Let somebody in, and give them a token."""
        room = await self._room(request)
        action = await body_of(request, Join)
        if self._crowd.is_over(room.code):
            raise HTTPException(429, _CROWD)
        self._crowd.count(room.code)
        number = await self._host.join(room.code, action)
        person = room.people[number]
        answer = json_of({"number": number, "name": person.name, "team": person.team})
        return self._give_token(request, answer, room, number)

    async def state(self, request: Request) -> Response:
        """Answer when there is news for a participant."""
        return await self._state_of(request, *await self._participant(request))

    async def _state_of(self, request: Request, room: Session, person: Participant) -> Response:
        mark = await self._news(request, room, person.number)
        if mark is None:
            return Response(status_code=204, headers=HEADERS)
        if person.is_removed:
            raise HTTPException(401, "Please join this room.")
        await self._look(room)
        return json_of({"mark": mark, **kind_of(room).participant_view(room, self._host.runner, person)})

    async def _look(self, room: Session) -> None:
        """Let everything be there that a page shows of a room."""
        self._host.look_at(room)
        await self._host.get_ready(room)

    async def act(self, request: Request) -> Response:
        """Grant or refuse what a participant asks."""
        room, person = await self._participant(request)
        who = f"{room.code} {person.number}"
        if self._haste.is_over(who):
            raise HTTPException(429, _TOO_FAST)
        self._haste.count(who)
        await self._host.participate(room.code, person.number, await body_of(request, kind_of(room).participant_action))
        return json_of({"done": True})

    async def _person_on_paper(self, request: Request) -> tuple[Session, Participant]:
        """Return who the facilitator stands in for: a team, or one of the three at a table."""
        room, at = self._steered(request), request.path_params
        return room, room.people[await self._host.stand_in(room.code, at["place"], at["chair"])]

    async def stand_in_page(self, request: Request) -> Response:
        """Show the page of those without a phone, on which the facilitator enters what stands on their cards."""
        room, at = self._steered(request), request.path_params
        where = f"{rooms_at(request)}/steer/{room.code}/for/{at['place']}/{at['chair']}"
        return page(request, "play", "On paper", files=kind_of(room).pages["play"], code=room.code, stands_in=where)

    async def stand_in_state(self, request: Request) -> Response:
        """Answer when there is news for somebody without a phone."""
        return await self._state_of(request, *await self._person_on_paper(request))

    async def stand_in_act(self, request: Request) -> Response:
        """Grant or refuse what the facilitator enters for somebody without a phone."""
        room, person = await self._person_on_paper(request)
        await self._host.participate(room.code, person.number, await body_of(request, kind_of(room).participant_action))
        return json_of({"done": True})

    async def cards(self, request: Request) -> Response:
        """Show cards to print."""
        return HTMLResponse(kind_of(room := self._steered(request)).cards_of(room), headers=HEADERS)

    async def _news(self, request: Request, room: Session, number: int | None) -> str | None:
        seen, who = request.query_params.get("seen", "")[:80], f"{room.code} {number}"
        if number is not None and self._waiting[who] >= _MOST_PAGES:
            raise HTTPException(429, _TOO_MANY_PAGES)
        self._waiting[who] += 1
        if number is not None:
            self._host.begins_to_wait(room.code, number)
        try:
            return await self._host.wait_for_news(room.code, seen, number, _WAIT_SECONDS)
        finally:
            self._waiting[who] -= 1
            self._waiting += Counter()
            if number is not None:
                self._host.has_waited(room.code, number)

    # --- the facilitator ----------------------------------------------------------------------------------------------

    async def rooms(self, request: Request) -> Response:
        """List the rooms, or open one."""
        if not self._is_facilitator(request):
            raise HTTPException(403, _ONLY_THE_LINK)
        if request.method == "POST":
            opened = await self._host.open_room(await body_of(request, _OPENING))
            return json_of({"code": opened.code}, 201)
        rooms = [self._host.room(code) for code in self._host.codes()]
        told = [
            {
                "code": room.code,
                "title": room.title,
                "phase": room.phase,
                "at": room.opened_at,
                "n": len(room.present()),
            }
            for room in rooms
        ]
        stories = await asyncio.to_thread(playable)
        return json_of(
            {"rooms": told, "plans": views.plans(), "stories": stories, "damaged": self._host.damaged_rooms()}
        )

    async def steering_state(self, request: Request) -> Response:
        """Answer when there is news for the page that steers, or for the board."""
        room = self._steered(request)
        mark = await self._news(request, room, None)
        if mark is None:
            return Response(status_code=204, headers=HEADERS)
        await self._look(room)
        kind = kind_of(room)
        if request.query_params.get("for") == "board":
            return json_of({"mark": mark, "address": room.address, **kind.board_view(room, self._host.runner)})
        told = {"locked": room.is_locked, "away": self._host.away(room), **kind.steering_view(room, self._host.runner)}
        return json_of({"mark": mark, "address": room.address, **told})

    async def steer(self, request: Request) -> Response:
        """Grant or refuse what the facilitator asks."""
        room = self._steered(request)
        await self._host.steer(room.code, await body_of(request, kind_of(room).steering_action))
        return json_of({"done": True})

    async def delete(self, request: Request) -> Response:
        """Delete a room."""
        room = self._steered(request)
        await self._host.delete(room.code)
        return json_of({"done": True})

    async def qr(self, request: Request) -> Response:
        """Draw the address of a room."""
        room = self._steered(request)
        import segno

        known = self._addresses()
        url = known.get(room.address) or next(iter(known.values()))
        out = io.BytesIO()
        # White with a quiet zone in both themes: cameras want it so.
        segno.make(f"{url}{PREFIX}/{room.code}", error="m").save(
            out, kind="svg", scale=8, border=3, light="#ffffff", dark="#000000"
        )
        return Response(out.getvalue(), media_type="image/svg+xml", headers=HEADERS)

    async def csv(self, request: Request) -> Response:
        """Give the session as a table."""
        room = self._steered(request)
        # With a mark of its encoding, without which spreadsheets spoil names.
        await self._look(room)
        content = "\ufeff" + kind_of(room).csv_of(room, self._host.runner)
        return download(content, "text/csv; charset=utf-8", f"room-{room.code}.csv")

    async def report(self, request: Request) -> Response:
        """Give the session as a report."""
        room = self._steered(request)
        await self._look(room)
        content = kind_of(room).report_of(room, self._host.runner)
        return download(content, "text/html; charset=utf-8", f"room-{room.code}.html")

    # --- what a table takes home --------------------------------------------------------------------------------------

    async def own_page(self, request: Request) -> Response:
        """Give somebody the debrief of their table as a page."""
        room, place = await self._debriefed(request)
        content = page_of(room, self._host.runner, place)
        return download(content, "text/html; charset=utf-8", f"our-game-{room.code}.html")

    async def own_world(self, request: Request) -> Response:
        """Give somebody the world of their table as a scenario."""
        room, place = await self._debriefed(request)
        return _world(room, place)

    async def any_world(self, request: Request) -> Response:
        """Give the facilitator the world of a table as a scenario."""
        room = self._steered(request)
        place = request.path_params["place"]
        if not (isinstance(room, TablesRoom) and place < room.n_teams and room.tables[place].game.is_over):
            raise HTTPException(404, "No game has been played to its end there.")
        return _world(room, place)

    async def _debriefed(self, request: Request) -> tuple[TablesRoom, int]:
        """Return room and table of somebody whose debrief is on the screens; before that its page is for nobody."""
        room, person = await self._participant(request)
        if not (isinstance(room, TablesRoom) and room.phase in ("debrief", "ended") and person.team is not None):
            raise HTTPException(404, "There is nothing to take home yet.")
        await self._look(room)
        return room, person.team


def _with_cookie(
    request: Request, answer: Response, name: str, value: str, samesite: Literal["lax", "strict"]
) -> Response:
    is_encrypted = request.scope["scheme"] == "https"
    answer.set_cookie(
        name, value, max_age=_WEEK, path=rooms_at(request), httponly=True, samesite=samesite, secure=is_encrypted
    )
    return answer


def _said(request: Request, name: str) -> list[str]:
    return [value for told in request.headers.getlist("cookie") for value in cookies_named(name, told)]


def _cookie(room: Session) -> str:
    return f"cultureshift-room-{room.code}"


def _world(room: TablesRoom, place: int) -> Response:
    name = f"game-{room.code.lower()}-{room.team_name(place).lower()}.toml"
    return download(world_of(room, place), "application/toml; charset=utf-8", name)
