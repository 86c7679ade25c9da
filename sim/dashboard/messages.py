"""What a page may say to the server: the events of its own components, each with a dictionary, and nothing else.

For templates that bring components of their own, ipyvue lets a page name any Python module and call any class of it,
and ipywidgets lets it write over whatever a component shows or hears. No page of the dashboard needs that, and nobody
who can open a page should be able to. What is no message at all ends the connection before Solara reads it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from typing import Any

__all__ = ["is_message", "take_only_events", "with_messages_only"]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

_MOST_BRACKETS = 2000
_KINDS = ("kernel_info_request", "comm_info_request", "comm_open", "comm_msg", "comm_close", "shutdown_request")
_TARGETS = ("solara.control", "jupyter.widget.control")
_UNSUPPORTED = 1003
_SET_BY_PAGES = {"location": str, "dark_effective": bool}
"""What a browser itself changes: where one is, with Back, and whether one likes it dark."""


def take_only_events() -> None:
    """Make every Vue component of this process deaf to anything but its own events."""
    from ipyvue.VueTemplateWidget import Events
    from ipywidgets import Widget

    Events._handle_event = _handle_event
    _set_any_state()
    Widget.set_state = _set_state


@cache
def _set_any_state() -> Callable[[Any, dict[str, Any]], None]:
    """Return how ipywidgets takes up what a page says that a component is now."""
    from ipywidgets import Widget

    taking: Callable[[Any, dict[str, Any]], None] = Widget.set_state
    return taking


def _set_state(component: Any, state: Any) -> None:
    if isinstance(state, dict):
        _set_any_state()(component, {name: one for name, one in state.items() if type(one) is _SET_BY_PAGES.get(name)})


def _handle_event(component: Any, _widget: Any, content: Any, buffers: Any) -> None:
    name = content.get("event") if isinstance(content, dict) else None
    if not isinstance(name, str) or name not in component.events:
        return
    data = content.get("data")
    if isinstance(data, dict):
        getattr(component, f"vue_{name}")(data)


def with_messages_only(app: App) -> App:
    """Return an application whose websockets end when something else than a message comes."""

    async def guarded(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await app(scope, receive, send)
            return

        async def receiving() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive" and not is_message(message.get("text")):
                return {"type": "websocket.disconnect", "code": _UNSUPPORTED}
            return message

        await app(scope, receiving, send)

    return guarded


def is_message(text: Any) -> bool:
    """Tell whether a text is a message such as Solara's pages send, and nests no deeper than they do.

    Examples
    --------
    >>> is_message("junk"), is_message("[" * 100_000)
    (False, False)
    """
    if not isinstance(text, str) or text.count("[") + text.count("{") > _MOST_BRACKETS:
        return False
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return False
    if not isinstance(told, dict) or not isinstance(told.get("header"), dict):
        return False
    content = told.get("content")
    kind = told["header"].get("msg_type")
    if kind not in _KINDS or not isinstance(content, dict) or not isinstance(told.get("channel"), str):
        return False
    return not kind.startswith("comm_") or kind == "comm_info_request" or _is_of_comm(kind, content)


def _is_of_comm(kind: str, content: dict[str, Any]) -> bool:
    data = content.get("data", {})
    if not isinstance(content.get("comm_id"), str) or not isinstance(data, dict):
        return False
    if kind == "comm_open":
        return content.get("target_name") in _TARGETS
    return kind != "comm_msg" or isinstance(data.get("method"), str)
