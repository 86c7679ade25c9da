"""What a proxy says of those for whom it asks: believed of one that was named at the start, and of nobody else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

__all__ = ["Forwarded", "Proxy", "read_proxy"]

Scope = MutableMapping[str, Any]

_OF_PROXIES = (b"forwarded", b"x-forwarded-", b"x-real-ip", b"x-original-", b"script-name", b"x-script-name")
_FOR, _PROTO = b"x-forwarded-for", b"x-forwarded-proto"
_SCHEMES = {
    "http": {b"http": "http", b"https": "https"},
    "websocket": {b"http": "ws", b"https": "wss", b"ws": "ws", b"wss": "wss"},
}


@dataclass(frozen=True)
class Proxy:
    """One proxy, or those of a network, by their numbers."""

    network: IPv4Network | IPv6Network

    def is_at(self, number: IPv4Address | IPv6Address) -> bool:
        """Tell whether the proxy has a number."""
        return number in self.network


def read_proxy(text: str) -> Proxy:
    """Return the proxy that somebody has named.

    Raises
    ------
    ValueError : it is no number, or everybody's

    Examples
    --------
    >>> read_proxy("172.18.0.0/16").is_at(ip_address("172.18.0.3"))
    True
    """
    try:
        network = ip_network(text)
    except ValueError as error:
        raise ValueError("names can be given to anybody, so a proxy is known by its number") from error
    if network.prefixlen == 0:
        raise ValueError("that would be everybody")
    return Proxy(network)


class Forwarded:
    """Take off what only a proxy may say of a request; from a named one, take it in first.

    Two things are taken in: for whom it asks (``X-Forwarded-For``, the last entry that is no named proxy itself) and
    whether they asked over an encrypted line (``X-Forwarded-Proto``). The name that they asked for is in ``Host``, as
    always. What cannot be understood is as if it had not been said.

    Parameters
    ----------
    app : the ASGI application; it would believe anybody, for everybody
    proxies : those that are named
    """

    def __init__(self, app: Any, proxies: Sequence[Proxy] = ()) -> None:
        self._app, self._proxies = app, tuple(proxies)

    async def __call__(
        self, scope: Scope, receive: Callable[[], Awaitable[Scope]], send: Callable[[Scope], Awaitable[None]]
    ) -> None:
        """Serve one request or websocket."""
        if "headers" in scope:
            own = [header for header in scope["headers"] if not header[0].lower().startswith(_OF_PROXIES)]
            scope = {**scope, **self._said(scope), "headers": own}
        await self._app(scope, receive, send)

    def _said(self, scope: Scope) -> dict[str, Any]:
        peer = _number(scope["client"][0]) if scope.get("client") else None
        if peer is None or not self._is_named(peer):
            return {}
        said: dict[str, Any] = {}
        schemes = [value.strip().lower() for name, value in scope["headers"] if name.lower() == _PROTO]
        if len(schemes) == 1 and schemes[0] in _SCHEMES[scope["type"]]:
            said["scheme"] = _SCHEMES[scope["type"]][schemes[0]]
        for number in _from_the_last(scope):
            if number is None:
                break
            said["client"] = (str(number), 0)
            if not self._is_named(number):
                break
        return said

    def _is_named(self, number: IPv4Address | IPv6Address) -> bool:
        return any(proxy.is_at(number) for proxy in self._proxies)


def _from_the_last(scope: Scope) -> Iterator[IPv4Address | IPv6Address | None]:
    """Give those for whom was asked, the last one, whom the proxy has seen itself, first."""
    for name, value in reversed(scope["headers"]):
        if name.lower() == _FOR:
            for entry in reversed(value.decode("latin-1").split(",")):
                yield _number(entry.strip())


def _number(text: str) -> IPv4Address | IPv6Address | None:
    """Return a number, which may have a port; an old one that is written as a new one is the old one."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        number = ip_address(text)
    except ValueError:
        return None
    return getattr(number, "ipv4_mapped", None) or number
