"""Where people find a server, and the one way in which addresses are written here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sim.base.errors import Fault, InputError
from sim.dashboard.proxies import Proxy

__all__ = ["Address", "PublicAccess", "host_at", "is_plain", "is_under", "read_public_url"]

_PLAIN = re.compile(r"/|(/(?!\.{1,2}(/|$))[A-Za-z0-9_.@~+-]+)+/?")
_NAME = re.compile(r"[a-z0-9]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]*[a-z0-9])?)*\.?|\[[0-9a-f:.]+\]")
_USUAL_PORTS = {"http": 80, "https": 443}
_LONGEST = 200
_WANTED_NAME = "between the slashes stands a name, and its port (1 to 65535) where that is not the usual one"


@dataclass(frozen=True)
class Address:
    """Where people find a server.

    Parameters
    ----------
    scheme : ``http`` or ``https``
    host : name or number, with the port unless it is the usual one, as browsers say it
    root : the path under which everything is, or nothing

    Examples
    --------
    >>> Address("https", "ward.example", "/culture").url
    'https://ward.example/culture'
    """

    scheme: str
    host: str
    root: str = ""

    @property
    def origin(self) -> str:
        """What a browser says of a page that is here."""
        return f"{self.scheme}://{self.host}"

    @property
    def url(self) -> str:
        """What a link begins with."""
        return self.origin + self.root

    @property
    def told(self) -> str:
        """What people are told to type."""
        return self.host + self.root


@dataclass(frozen=True)
class PublicAccess:
    """What the public meets in place of this machine: other addresses, and whoever passes on what was asked there.

    Parameters
    ----------
    addresses : all with the same path, the one to tell people first; none if this machine's names are known
    proxies : who is believed when they say for whom they ask, and how they were asked

    Raises
    ------
    InputError : these do not go together
    """

    addresses: tuple[Address, ...] = ()
    proxies: tuple[Proxy, ...] = ()

    def __post_init__(self) -> None:
        if faults := [*self._faults()]:
            raise InputError(faults)

    def _faults(self) -> Sequence[Fault]:
        faults = []
        roots = sorted({address.root or "/" for address in self.addresses})
        if len(roots) > 1:
            faults.append(Fault("--public-url", "the same path in all addresses", " and ".join(roots)))
        told = [address.told for address in self.addresses]
        for twice in dict.fromkeys(one for one in told if told.count(one) > 1):
            hint = "let the proxy lead from http to https"
            faults.append(Fault("--public-url", "each name once", twice, hint))
        if self.proxies and not self.addresses:
            hint = "say under which address people reach the proxy: --public-url https://..."
            faults.append(Fault("--proxy", "a public address as well", "none", hint))
        if not self.proxies and (closed := [one.url for one in self.addresses if one.scheme == "https"]):
            hint = "name the proxy that does: --proxy 127.0.0.1 if it runs on this machine"
            faults.append(Fault("--public-url", "https only behind a proxy that encrypts", closed[0], hint))
        return faults


def read_public_url(text: str) -> Address:
    """Return the address that somebody has written.

    Raises
    ------
    ValueError : it is none, or could be read in two ways

    Examples
    --------
    >>> read_public_url("https://Ward.example:443/culture/")
    Address(scheme='https', host='ward.example', root='/culture')
    """
    if len(text) > _LONGEST or not text.isprintable():
        raise ValueError("it is too long, or holds what cannot be printed")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(_WANTED_NAME) from None
    if parts.scheme not in _USUAL_PORTS:
        raise ValueError("it begins with https:// or http://")
    if not text.isascii():
        raise ValueError("write its name as browsers send it, beginning with xn--")
    if parts.query or parts.fragment or "@" in parts.netloc or text.endswith(("?", "#")):
        raise ValueError("it holds no user, no ? and no #")
    path = parts.path or "/"
    if not is_plain(path.encode(), path):
        raise ValueError("between single slashes its path is made of letters, figures, . _ - ~ + and @")
    name, colon, said_port = parts.netloc.lower().partition(":") if "[" not in parts.netloc else _numbered(parts.netloc)
    if not _NAME.fullmatch(name) or (colon and not (said_port and port)):
        raise ValueError(_WANTED_NAME)
    return Address(parts.scheme, host_at(parts.scheme, name, port), path.rstrip("/"))


def host_at(scheme: str, name: str, port: int | None) -> str:
    """Return how browsers name a server: they leave out the usual port.

    Examples
    --------
    >>> host_at("http", "127.0.0.1", 8765), host_at("http", "127.0.0.1", 80)
    ('127.0.0.1:8765', '127.0.0.1')
    """
    return name if port in (None, _USUAL_PORTS[scheme]) else f"{name}:{port}"


def _numbered(place: str) -> tuple[str, str, str]:
    number, bracket, rest = place.lower().partition("]")
    return number + bracket, rest[:1], rest[1:]


def is_plain(raw: bytes, path: str) -> bool:
    """Tell whether an address is written in the one way in which we write ours.

    Nothing is encoded, so that nothing can be decoded once more than it was judged; no part is empty, a dot or two
    dots; and there are no backslashes. So it is the same for whoever reads it later, on any system.

    Parameters
    ----------
    raw : the path as it came
    path : the path as the server understood it

    Examples
    --------
    >>> is_plain(b"/room/BCDF", "/room/BCDF"), is_plain(b"/a/..%2fb", "/a/../b"), is_plain(b"/a/./b", "/a/./b")
    (True, False, False)
    """
    return raw == path.encode() and _PLAIN.fullmatch(path) is not None


def is_under(path: str, prefix: str) -> bool:
    """Tell whether a path is a prefix or below it.

    Examples
    --------
    >>> is_under("/room/ABCD", "/room"), is_under("/rooms", "/room")
    (True, False)
    """
    return path == prefix or path.startswith(f"{prefix}/")
