"""Vue components whose data Solara passes on as it is, without looking for components inside it.

What a picture is given can be tens of thousands of numbers. Between two changes Solara would walk through all of them
in Python several times over; sealed, they are compared at once, and only what differs is sent.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, ParamSpec

import solara

__all__ = ["Sealed", "vue"]

P = ParamSpec("P")


class Sealed:
    """Plain data on its way to the browser; equal to other data of the same content.

    Parameters
    ----------
    content : dictionaries, lists, texts and numbers
    """

    __slots__ = ("content",)

    def __init__(self, content: Any) -> None:
        self.content = content

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and bool(self.content == other.content)

    def __hash__(self) -> int:
        raise TypeError("sealed data has no hash")


def vue(path: str) -> Callable[[Callable[P, None]], Callable[P, Any]]:
    """Declare a component of a Vue file: parameters are its properties, ``event_`` parameters what it may say."""

    def declare(function: Callable[P, None]) -> Callable[P, Any]:
        signature = inspect.signature(function)
        sealed = {name for name in signature.parameters if not name.startswith("event_")}
        component: Callable[..., Any] = solara.component_vue(path, to_json=dict.fromkeys(sealed, _content))(function)

        def element(*args: P.args, **kwargs: P.kwargs) -> Any:
            given = signature.bind(*args, **kwargs).arguments
            return component(**{name: Sealed(value) if name in sealed else value for name, value in given.items()})

        return element

    return declare


def _content(value: Any, widget: Any) -> Any:
    """Return what is sent to the browser."""
    return value.content if isinstance(value, Sealed) else value
