"""On which line of a TOML file each key and each list item stands.

Python's own reader gives values without their places. This walks through the same text and notes places only; it is
lenient, because whether the text is TOML is for the reader to say. It stops at absurd depth before the reader, whose
time grows with the cube of the depth of a dotted key, ever sees the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

__all__ = ["DEEPEST", "Places", "TooDeepError", "find_places"]

Path = tuple[str | int, ...]

DEEPEST = 20
"""Tables and lists may stand so deep inside one another; a scenario needs 5."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)+")
_SPACE = re.compile(r"[ \t]+")
_PLAIN_VALUE = re.compile(r"[^,\]}#\n]+")
_BASIC = re.compile(r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"')
_LITERAL = re.compile(r"'[^'\n]*'")
_LONG_BASIC = re.compile(r'"""[^"\\]*(?:(?:\\(?:.|\n)|"(?!""))[^"\\]*)*"{3,5}')
_LONG_LITERAL = re.compile(r"'''[^']*(?:'(?!'')[^']*)*'{3,5}")
_ESCAPES = re.compile(r'\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|(["\\bfnrte]))')
_SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "e": "\x1b", '"': '"', "\\": "\\"}


class TooDeepError(Exception):
    """Tables or lists stand too deep inside one another.

    Parameters
    ----------
    line : where, counted from 1
    """

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


class _NotTomlError(Exception):
    """The walk cannot go on; the reader will say why."""


class Places(dict[Path, int]):
    """The line of each path, counted from 1."""

    def line_of(self, path: Path) -> int | None:
        """Return the line of a path or, if it does not stand in the file, of what it would stand in."""
        return next((self[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self), None)


def find_places(text: str) -> Places:
    r"""Return the line of every key and list item of a TOML text, as far as it is TOML.

    Raises
    ------
    TooDeepError : tables or lists stand more than :data:`DEEPEST` deep

    Examples
    --------
    >>> find_places('weeks = 4\n[[timeline]]\nkind = "shock"')
    {('weeks',): 1, ('timeline',): 2, ('timeline', 0): 2, ('timeline', 0, 'kind'): 3}
    """
    walk = _Walk(text)
    with suppress(_NotTomlError):
        walk.document()
    return walk.places


class _Walk:
    """One walk through a text; ``at`` is where it stands."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n")
        self.at = 0
        self.places = Places()
        self.n_items: dict[Path, int] = {}
        self.counted_to, self.line = 0, 1

    def document(self) -> None:
        table: Path = ()
        while True:
            self.skip(_BLANK)
            if self.at >= len(self.text):
                return
            if self.text.startswith("[", self.at):
                table = self.header()
            else:
                self.pair(table)

    def header(self) -> Path:
        is_list = self.text.startswith("[[", self.at)
        line = self.here()
        self.at += 2 if is_list else 1
        keys = list(self.keys())
        self.expect("]]" if is_list else "]")
        path = self.resolve(keys[:-1], line)
        self.note((*path, keys[-1]), line)
        if is_list:
            place = self.n_items.get((*path, keys[-1]), 0)
            self.n_items[(*path, keys[-1])] = place + 1
            return self.note((*path, keys[-1], place), line)
        return self.resolve(keys, line)

    def resolve(self, keys: list[str], line: int) -> Path:
        """Return the path of a header's table; a list of tables means its last one."""
        path: Path = ()
        for key in keys:
            path = self.note((*path, key), line)
            if path in self.n_items:
                path = (*path, self.n_items[path] - 1)
        return path

    def pair(self, table: Path) -> None:
        line, path = self.here(), table
        for key in self.keys():
            path = self.note((*path, key), line)
        self.expect("=")
        self.value(path)

    def keys(self) -> Iterator[str]:
        while True:
            self.skip(_SPACE)
            yield self.key()
            self.skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return
            self.at += 1

    def key(self) -> str:
        if self.text.startswith('"', self.at):
            return _ESCAPES.sub(_unescape, self.take(_BASIC)[1:-1])
        if self.text.startswith("'", self.at):
            return self.take(_LITERAL)[1:-1]
        return self.take(_BARE_KEY)

    def value(self, path: Path) -> None:
        self.skip(_SPACE)
        if self.text.startswith("[", self.at):
            self.items(path)
        elif self.text.startswith("{", self.at):
            self.inline_table(path)
        else:
            for opening, whole in (('"""', _LONG_BASIC), ("'''", _LONG_LITERAL), ('"', _BASIC), ("'", _LITERAL)):
                if self.text.startswith(opening, self.at):
                    self.take(whole)
                    return
            self.take(_PLAIN_VALUE)

    def items(self, path: Path) -> None:
        place = 0
        while not self.closes("]", place):
            self.value(self.note((*path, place), self.here()))
            place += 1

    def inline_table(self, path: Path) -> None:
        place = 0
        while not self.closes("}", place):
            self.pair(path)
            place += 1

    def closes(self, mark: str, n_before: int) -> bool:
        """Step over an opening bracket, a comma or a closing bracket; tell whether it was the closing one."""
        if n_before == 0:
            self.at += 1
        self.skip(_BLANK)
        if n_before and self.text.startswith(",", self.at):
            self.at += 1
            self.skip(_BLANK)
        elif n_before and not self.text.startswith(mark, self.at):
            raise _NotTomlError
        if self.text.startswith(mark, self.at):
            self.at += 1
            return True
        return False

    def note(self, path: Path, line: int) -> Path:
        if len(path) > DEEPEST:
            raise TooDeepError(line)
        self.places.setdefault(path, line)
        return path

    def here(self) -> int:
        """Return the line on which the walk stands."""
        self.line += self.text.count("\n", self.counted_to, self.at)
        self.counted_to = self.at
        return self.line

    def expect(self, mark: str) -> None:
        self.skip(_SPACE)
        if not self.text.startswith(mark, self.at):
            raise _NotTomlError
        self.at += len(mark)

    def skip(self, pattern: re.Pattern[str]) -> None:
        if match := pattern.match(self.text, self.at):
            self.at = match.end()

    def take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise _NotTomlError
        self.at = match.end()
        return match.group()


def _unescape(match: re.Match[str]) -> str:
    four, eight, two, short = match.groups()
    if short:
        return _SHORT[short]
    code = int(four or eight or two, 16)
    return chr(code) if code <= 0x10FFFF else match.group()
