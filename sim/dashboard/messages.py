"""What a page may say to the server: the events of its own components, each with a dictionary, and nothing else.

For templates that bring components of their own, ipyvue lets a page name any Python module and call any class of it. No
page of the dashboard needs that, and nobody who can open a page should be able to.
"""

from __future__ import annotations

from typing import Any

__all__ = ["take_only_events"]


def take_only_events() -> None:
    """Make every Vue component of this process deaf to anything but its own events."""
    from ipyvue.VueTemplateWidget import Events

    Events._handle_event = _handle_event


def _handle_event(component: Any, _widget: Any, content: Any, buffers: Any) -> None:
    name = content.get("event") if isinstance(content, dict) else None
    if not isinstance(name, str) or name not in component.events:
        return
    data = content.get("data")
    if isinstance(data, dict):
        getattr(component, f"vue_{name}")(data)
