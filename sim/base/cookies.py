"""What a browser says in a cookie. It may say a name twice, where two servers of ours share a host."""

from __future__ import annotations

from starlette.requests import cookie_parser

__all__ = ["cookies_named"]


def cookies_named(name: str, told: str) -> list[str]:
    """Return all that a browser says under one name; servers at ``/`` and at ``/culture`` are both answered with both.

    Parameters
    ----------
    name : of the cookie
    told : the header
    """
    pairs = (cookie_parser(piece) for piece in told.split(";"))
    return [pair[name] for pair in pairs if name in pair]
