"""A tab of the dashboard without a browser: what Chromium would say to the server, and nothing of what it would draw.

It fetches the page for its cookie, opens the websocket, asks for the page as Solara's own script does, sends the events
that levers and buttons send, and reads every answer in full. It loads no script, keeps no picture, and draws nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any, Self
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from sim.dashboard.guard import COOKIE

__all__ = ["LightClient"]

_MARKS = {
    "explore": "scene",
    "levers": "groups",
    "tools": "downloads",
    "compare": "replicates",
    "map": "axes",
    "why": "account",
    "notice": "lines",
    "working": "progress",
}
"""A property by which each component is known; the first that fits counts."""


class LightClient:
    """One tab; use :meth:`open`.

    Parameters
    ----------
    socket : the websocket of the tab's kernel
    url : of the server
    kernel, page : names of the tab's kernel and page, which the tab chooses
    cookie : what the server gave with the page
    """

    def __init__(self, socket: ClientConnection, url: str, kernel: str, page: str, cookie: str) -> None:
        self.state: dict[str, dict[str, Any]] = {}
        self.updates: Counter[str] = Counter()
        self.cookie = cookie
        self._socket, self._url, self._kernel, self._page = socket, url, kernel, page
        self._names: dict[str, str] = {}
        self._widgets: dict[str, str] = {}
        self._changed = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, url: str, code: str, path: str = "/", cookie: str = "") -> Self:
        """Open a page, with the ``cookie`` of another tab in its browser, and wait until the server has sent all."""
        cookie = cookie or await asyncio.to_thread(_cookies, url + path, code)
        kernel, page = str(uuid.uuid4()), str(uuid.uuid4())
        host = urlsplit(url).netloc
        socket = await connect(
            f"ws://{host}/jupyter/api/kernels/{kernel}/channels?session_id={page}",
            origin=url, additional_headers={"Cookie": cookie}, max_size=None, compression=None, proxy=None,
            open_timeout=60, ping_interval=None,
        )  # fmt: skip
        client = cls(socket, url, kernel, page, cookie)
        control = str(uuid.uuid4())
        await client._send("comm_open", {"comm_id": control, "target_name": "solara.control", "data": {}})
        run = {"path": path, "dark": False, "themes": {"light": {}, "dark": {}}, "appName": None}
        await client._send("comm_msg", {"comm_id": control, "data": {"method": "run", "args": run}})
        await client.until(lambda state: "finished" in state)
        return client

    async def act(self, component: str, data: dict[str, Any]) -> None:
        """Send what a button or a lever of a component sends."""
        await self.tell(component, {"event": "act", "data": data})

    async def tell(self, component: str, content: dict[str, Any]) -> None:
        """Send any content to a component."""
        message = {"comm_id": self._names[component], "data": {"method": "custom", "content": content}}
        await self._send("comm_msg", message)

    async def lever(self, name: str, value: float, week: int) -> float:
        """Move a lever, and return the seconds until the answer is here, the whole new future included."""
        answered = self.state["explore"]["answered"]
        begun = time.perf_counter()
        await self.act("levers", {"type": "lever", "name": name, "value": value, "week": week})
        await self.until(lambda state: state["explore"]["answered"] > answered)
        return time.perf_counter() - begun

    async def until(self, is_so: Callable[[dict[str, dict[str, Any]]], bool], timeout: float = 120.0) -> None:
        """Wait until something is so of what the components show.

        Raises
        ------
        TimeoutError : it does not become so in ``timeout`` seconds
        ConnectionError : the server ended the connection
        """
        async with asyncio.timeout(timeout):
            while not is_so(self.state):
                if self._reader.done():
                    code, reason = self._socket.close_code, self._socket.close_reason
                    raise ConnectionError(f"the server ended the connection: {code} {reason}")
                self._changed.clear()
                await self._changed.wait()

    async def close(self, says_so: bool = True) -> None:
        """Close the tab as a browser does: tell the server, and hang up; without telling if ``says_so`` is False."""
        if says_so:
            await asyncio.to_thread(self._beacon)
        await self._socket.close()
        await self._reader

    def _beacon(self) -> None:
        address = f"{self._url}/_solara/api/close/{self._kernel}?session_id={self._page}"
        asked = urllib.request.Request(address, data=b"", headers={"Cookie": self.cookie, "Origin": self._url})
        with _opener().open(asked, timeout=60):
            pass

    async def say(self, text: str) -> None:
        """Send any text at all."""
        await self._socket.send(text)

    async def _send(self, kind: str, content: dict[str, Any]) -> None:
        header = {
            "msg_id": str(uuid.uuid4()),
            "msg_type": kind,
            "session": self._page,
            "username": "",
            "version": "5.2",
        }
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        await self._socket.send(json.dumps(message | {"buffers": []}))

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in self._socket:
                if isinstance(text, str):
                    self._take(json.loads(text))
                self._changed.set()
        self._changed.set()

    def _take(self, message: dict[str, Any]) -> None:
        content = message.get("content", {})
        data, widget = content.get("data", {}), content.get("comm_id", "")
        if message["header"]["msg_type"] == "comm_open":
            state = data.get("state", {})
            name = next((name for name, mark in _MARKS.items() if mark in state), "")
            if name:
                self._names[name], self._widgets[widget] = widget, name
                self.state[name] = state
        elif data.get("method") == "update" and widget in self._widgets:
            self.state[self._widgets[widget]].update(data["state"])
            self.updates[self._widgets[widget]] += 1
        elif data.get("method") == "finished":
            self.state["finished"] = {}


def _cookies(address: str, code: str) -> str:
    known = f"{COOKIE}={code}"
    with _opener().open(urllib.request.Request(address, headers={"Cookie": known}), timeout=60) as answer:
        answer.read()
        given = SimpleCookie("; ".join(answer.headers.get_all("Set-Cookie") or []))
    return "; ".join(
        [known, *(f"{name}={morsel.value}" for name, morsel in given.items() if name.startswith("solara"))]
    )


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))
