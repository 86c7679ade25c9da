"""A table as text: from the bytes of a file to clean cells with line numbers, whichever spreadsheet they came from.

Comma, semicolon or tab; any line ends; a byte-order mark or none; quoted cells. Knows columns, not what they mean.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sim.base.errors import InputError
from sim.base.files import read_file
from sim.inputs.tables.columns import TableColumn, plain
from sim.inputs.tables.faults import FaultList, NearNames, shown

__all__ = ["LARGEST_TABLE", "LONGEST_CELL", "Table", "clean", "name_problem", "read_number", "read_table"]

LONGEST_CELL = 200
"""Characters in a cell."""

LARGEST_TABLE = 500_000_000
"""Bytes of a file."""

_DELIMITERS = ",;\t"
_DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab"}
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_FORMULA_STARTS = frozenset("=+-@")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_DECIMAL_COMMA = re.compile(r"([+-]?[0-9]+),([0-9]+)")
_SEPARATORS = re.compile(r'[,;\t"\r\n]+')


@dataclass
class Table:
    """The rows of a table that could be read.

    Parameters
    ----------
    found : what is wrong with the file
    lines : line on which each row begins, counted from 1
    header : known column at each place of the header, "" where the header has something else
    columns : [n_rows] clean cells of each known column, empty ones where the header does not name it
    comments : lines that begin with ``#`` before the header, with their line numbers
    delimiter : what stands between cells
    header_line : line of the header, 0 if there is none
    lost : what stands in rows that could not be read; names among them are not called unknown
    """

    found: FaultList
    lines: list[int] = field(default_factory=list)
    header: list[str] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)
    comments: list[tuple[int, str]] = field(default_factory=list)
    delimiter: str = ","
    header_line: int = 0
    lost: set[str] = field(default_factory=set)

    @property
    def n_rows(self) -> int:
        """Number of rows that could be read."""
        return len(self.lines)

    def column(self, name: str) -> list[str]:
        """Return [n_rows], the cells of a column."""
        return self.columns.get(name, [])

    def has(self, *names: str) -> bool:
        """Tell whether the header names all these columns."""
        return all(name in self.header for name in names)


def clean(cell: str) -> str:
    """Return a cell without spaces around it, with single spaces within, and with accents written in the usual way.

    Letters that nobody sees, or that turn others round, are taken out: two names that look alike are one.

    Examples
    --------
    >>> clean("  Ash\u202e  Ward\u200b"), clean("E\u0301quipe") == "\u00c9quipe"
    ('Ash Ward', True)
    """
    text = cell if cell.isascii() else unicodedata.normalize("NFC", cell)
    if not text.isascii() and not text.isprintable():
        text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return " ".join(text.split())


def _cleaned(row: list[str]) -> list[str]:
    """Return the cells of a row, each clean; one look is enough for a row of plain words."""
    joined = "".join(row)
    if joined.isascii() and joined.isprintable() and "  " not in joined:
        return [cell.strip() for cell in row]
    return [clean(cell) for cell in row]


def read_number(cell: str, delimiter: str = ",") -> float | None:
    """Return the number in a cell, or None; a decimal comma is understood where semicolons stand between cells.

    Examples
    --------
    >>> read_number("3.5"), read_number("3,5", ";"), read_number("3,5"), read_number("many")
    (3.5, 3.5, None, None)
    """
    if delimiter == ";" and (with_comma := _DECIMAL_COMMA.fullmatch(cell)):
        cell = f"{with_comma[1]}.{with_comma[2]}"
    if len(cell) > LONGEST_CELL or not _NUMBER.fullmatch(cell):
        return None
    return float(cell)


def name_problem(name: str) -> str:
    """Return what is wrong with a name that is shown in results, or an empty string."""
    if name[:1] in _FORMULA_STARTS:
        return "a name that does not begin with =, +, - or @"
    return _cell_problem(name)


def _has_problem(row: list[str]) -> bool:
    joined = "".join(row)
    if len(joined) <= LONGEST_CELL and joined.isprintable():
        return False
    return any(map(_cell_problem, row))


def _cell_problem(cell: str) -> str:
    if len(cell) > LONGEST_CELL:
        return f"at most {LONGEST_CELL} characters"
    if not cell.isprintable() and any(unicodedata.category(c) == "Cc" for c in cell):
        return "text without control characters"
    return ""


def read_table(path: Path, known: Mapping[str, TableColumn]) -> Table:
    """Read a table, noting everything that is wrong with its form.

    Parameters
    ----------
    path : the file
    known : the columns that it may have
    """
    table = Table(FaultList(path))
    raw = _read_bytes(path, table.found)
    if raw is None:
        return table
    lines, damaged = _decode(raw, table.found)
    start = _read_preamble(lines, table, known)
    if start < len(lines):
        _read_rows(lines, start, damaged, table, known)
    elif not len(table.found):
        table.found.add(0, "", f"a first line that names the columns {_listed(known)}", "no rows")
    return table


def _read_bytes(path: Path, found: FaultList) -> bytes | None:
    try:
        raw = read_file(path, "a table (CSV) that can be read", LARGEST_TABLE)
    except InputError as error:
        for fault in error.faults:
            found.add(0, "", fault.wanted, fault.came, fault.hint)
        return None
    if raw.startswith(_UTF_16_MARKS):
        found.add(1, "", "text in UTF-8", "text in UTF-16", 'save it as "CSV UTF-8"')
        return None
    return raw


def _decode(raw: bytes, found: FaultList) -> tuple[list[str], set[int]]:
    """Return the lines as text, and the numbers of those that hold bytes which are no text."""
    lines, damaged, position = [], set(), 0
    if raw.startswith(_BYTE_ORDER_MARK):
        raw, position = raw[len(_BYTE_ORDER_MARK) :], len(_BYTE_ORDER_MARK)
    for number, line in enumerate(raw.splitlines(keepends=True), start=1):
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            damaged.add(number)
            came = _place(f"the byte 0x{line[error.start]:02x}", error.start, position)
            found.add(number, "", "text in UTF-8", came, 'save it as "CSV UTF-8"')
            text = line.decode("utf-8", errors="replace")
        if "\0" in text:
            damaged.add(number)
            came = _place("a NUL byte", line.index(0), position)
            found.add(number, "", "text in UTF-8", came, 'save it as "CSV UTF-8"')
            text = text.replace("\0", "\ufffd")
        lines.append(text)
        position += len(line)
    return lines, damaged


def _place(what: str, in_line: int, line_start: int) -> str:
    return f"{what} at position {in_line + 1} of the line (byte {line_start + in_line + 1} of the file)"


def _read_preamble(lines: list[str], table: Table, known: Mapping[str, TableColumn]) -> int:
    """Take comments and blank lines before the header; return the place of the header."""
    declared = ""
    for place, line in enumerate(lines):
        text = line.strip().strip(_DELIMITERS).strip('"').strip()
        if re.fullmatch(r"sep=[,;\t]?", line.strip("\r\n\ufeff ")):
            declared = line.strip("\r\n ")[4:]
        elif text.startswith("#"):
            table.comments.append((place + 1, text.lstrip("#").strip()))
        elif text:
            table.delimiter = declared or max(_DELIMITERS, key=lambda mark: _columns_told(line, mark, known))
            return place
    return len(lines)


def _columns_told(line: str, delimiter: str, known: Mapping[str, TableColumn]) -> tuple[int, int]:
    """Return how many known columns, and how many cells, a header has if a delimiter stands between them."""
    cells = line.split(delimiter)
    spoken = {_bare(name) for name in known}
    return sum(_bare(cell) in spoken for cell in cells), len(cells)


def _bare(name: str) -> str:
    return plain(name).replace(" ", "")


def _records(lines: list[str], start: int, table: Table) -> Iterator[tuple[int, int, list[str]]]:
    """Yield each row's first and last line and its cells; rows whose quotation marks are wrong are noted as faults."""
    reader = csv.reader(lines[start:], delimiter=table.delimiter, strict=True, skipinitialspace=True)
    while True:
        first = start + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            last = start + reader.line_num
            table.lost |= _words(lines[first - 1 : last])
            came = f"{shown(lines[first - 1].strip())} ({error})"
            hint = "" if last <= first else f"lines {first} to {last} could not be told apart"
            table.found.add(first, "", "cells whose quotation marks are closed, and doubled within a cell", came, hint)
            continue
        yield first, start + reader.line_num, cells


def _words(lines: list[str]) -> set[str]:
    return {clean(word) for line in lines for word in _SEPARATORS.split(line)}


def _read_rows(lines: list[str], start: int, damaged: set[int], table: Table, known: Mapping[str, TableColumn]) -> None:
    rows: list[list[str]] = []
    name_places: list[int] = []
    for first, last, cells in _records(lines, start, table):
        row = _cleaned(cells)
        if not any(row):
            continue
        is_sound = not damaged or damaged.isdisjoint(range(first, last + 1))
        if not table.header_line:
            if not is_sound or first > start + 1:
                return
            _read_header(row, first, table, known)
            name_places = [place for place, name in enumerate(table.header) if name and known[name].is_name]
        elif is_sound and _is_row_sound(row, name_places, first, table):
            rows.append(row[: len(table.header)])
            table.lines.append(first)
        else:
            table.lost |= _words(lines[first - 1 : last])
    by_place = dict(zip(table.header, map(list, zip(*rows, strict=True)), strict=bool(rows)))
    table.columns = {name: by_place.get(name, [""] * table.n_rows) for name in known}


def _read_header(row: list[str], line: int, table: Table, known: Mapping[str, TableColumn]) -> None:
    """Find out which column stands where, and note what is wrong with the header."""
    table.header_line = line
    while row and not row[-1]:
        row.pop()
    spoken = {_bare(name): name for name in known}
    near, header = NearNames(known), table.header
    for cell in row:
        name = spoken.get(_bare(cell), "")
        if name and name in header:
            table.found.add(line, name, "each column once", f"{shown(cell)} a second time")
            name = ""
        elif not name:
            hint = near.hint(plain(cell).replace(" ", "_")) or "take it out, or correct its name"
            table.found.add(line, "", f"no columns but {_listed(known)}", shown(cell), hint)
        header.append(name)
    for name, column in known.items():
        if column.is_required and name not in header:
            told = ", ".join(shown(cell) for cell in row)
            hint = f"the first line names the columns, here taken as separated by {_DELIMITER_NAMES[table.delimiter]}s"
            table.found.add(line, "", f'a column "{name}" ({column.meaning})', told, hint)


def _listed(known: Mapping[str, TableColumn]) -> str:
    return ", ".join(known)


def _is_row_sound(row: list[str], name_places: list[int], line: int, table: Table) -> bool:
    """Tell whether a row has the form that it should have, and note why not."""
    n_columns = len(table.header)
    if len(row) < n_columns or any(row[n_columns:]):
        hint = f"a cell that holds a {_DELIMITER_NAMES[table.delimiter]} must stand in quotation marks"
        table.found.add(line, "", f"{n_columns} cells, as in the header", f"{len(row)} cells", hint)
        return False
    if not _has_problem(row) and _FORMULA_STARTS.isdisjoint([row[place][:1] for place in name_places]):
        return True
    for place, cell in enumerate(row[:n_columns]):
        if problem := name_problem(cell) if place in name_places else _cell_problem(cell):
            hint = "a spreadsheet would take it for a formula" if cell[0] in _FORMULA_STARTS else ""
            table.found.add(line, table.header[place], problem, shown(cell), hint)
    return False
