"""Files as people have them become sheets: rows of text, whichever program wrote them.

CSV in any dialect (comma, semicolon, tab, bar or spaces; UTF-8, UTF-16 or Windows' own letters), xlsx, xls and ods.
Nothing is understood here.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import unicodedata
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sim.base.errors import Fault, InputError
from sim.base.files import read_file
from sim.inputs.imports import spreadsheet_child as child
from sim.inputs.tables.rows import LARGEST_TABLE

__all__ = ["MOST_COLUMNS", "MOST_ROWS", "USUAL", "Limits", "Sheet", "read_sheets"]

MOST_ROWS = 2_000_000
MOST_COLUMNS = 20_000
LARGEST_SPREADSHEET = 100_000_000
LARGEST_UNPACKED = 600_000_000
LONGEST_CELL = 500
"""Characters kept of a cell; what is longer is a comment, which nothing here needs."""

_DELIMITERS = ",;\t|"
_SPREADSHEETS = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}
_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SEP_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Limits:
    """What one file may take.

    Parameters
    ----------
    rows, columns : of a sheet, at most
    cells : of all sheets of a spreadsheet together, empty ones as well
    memory, seconds : bytes and processor time of the process that reads a spreadsheet
    """

    rows: int = MOST_ROWS
    columns: int = MOST_COLUMNS
    cells: int = 20_000_000
    memory: int = 1_500_000_000
    seconds: int = 60


USUAL = Limits()


@dataclass
class Sheet:
    """One sheet of a file.

    Parameters
    ----------
    file : name of the file
    name : name of the sheet, "" where a file has but one
    rows : cells as text, row by row; rows differ in length
    lines : [n_rows], the line or row of the file that each was, counted from 1
    comments : lines that begin with ``#`` before everything else
    """

    file: str
    name: str
    rows: list[list[str]]
    lines: list[int]
    comments: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What the sheet is called in messages."""
        return f"{self.file}, sheet {self.name}" if self.name else self.file


def read_sheets(path: Path, limits: Limits = USUAL) -> list[Sheet]:
    """Return the sheets of a file that have anything in them.

    Parameters
    ----------
    path : the file
    limits : what it may take

    Raises
    ------
    InputError : it cannot be read, is no table, or unpacks to more than fits
    """
    raw = read_file(path, "a table (CSV, xlsx or ods) that can be read", LARGEST_TABLE)
    if raw.startswith((_ZIP, _OLD)) or path.suffix.lower() in _SPREADSHEETS:
        sheets = _spreadsheet(path, raw, limits)
    else:
        sheets = [_text_file(path, raw)]
    found = [sheet for sheet in sheets if sheet.rows]
    if not found:
        raise InputError.single(str(path), "a table with rows", "an empty file")
    for sheet in found:
        if len(sheet.rows) > limits.rows or max(map(len, sheet.rows)) > limits.columns:
            wanted = f"at most {limits.rows:,} rows and {limits.columns:,} columns"
            raise InputError.single(sheet.title, wanted, f"{len(sheet.rows):,} and {max(map(len, sheet.rows)):,}")
    return found


# --- spreadsheets -----------------------------------------------------------------------------------------------------


def _spreadsheet(path: Path, raw: bytes, limits: Limits) -> list[Sheet]:
    wanted = "a spreadsheet (xlsx, xls or ods) that can be read"
    if len(raw) > LARGEST_SPREADSHEET:
        raise InputError.single(str(path), f"{wanted}, of at most {LARGEST_SPREADSHEET:,} bytes", f"{len(raw):,} bytes")
    if raw.startswith(_ZIP):
        _check_archive(path, raw)
    command = [
        sys.executable,
        "-I",
        str(Path(child.__file__)),
        *map(str, (limits.memory, limits.seconds, limits.cells)),
    ]
    try:
        done = subprocess.run(command, input=raw, capture_output=True, timeout=2 * limits.seconds, check=False)
        code = done.returncode
    except subprocess.TimeoutExpired:
        code = child.TOO_LARGE
    if code == child.PROTECTED:
        raise InputError.single(str(path), wanted, "one that is protected by a password", "save it without")
    if code == child.NO_SPREADSHEET:
        hint = "open it and save it anew, or save the sheet as CSV"
        raise InputError.single(str(path), wanted, "something else, or a damaged one", hint)
    if code != 0:
        hint = "save the sheet that matters as CSV, without empty rows and comments"
        raise InputError.single(str(path), wanted, "one that unpacks to more than can be taken in", hint)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    seen = [sheet for sheet in told if sheet["is_seen"]] or told
    several = len(seen) > 1
    return [_sheet(path.name, sheet["name"] if several else "", sheet["rows"]) for sheet in seen]


def _check_archive(path: Path, raw: bytes) -> None:
    """Refuse what unpacks to more than a spreadsheet would; what an archive says of itself is not believed."""
    wanted = f"a spreadsheet that unpacks to at most {LARGEST_UNPACKED:,} bytes"
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for member in archive.infolist():
                if total + member.file_size > LARGEST_UNPACKED:
                    raise InputError.single(str(path), wanted, f"{total + member.file_size:,} bytes or more")
                with archive.open(member) as part:  # which reads no more than it says, and checks that this was all
                    while block := part.read(1 << 20):
                        total += len(block)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        hint = "open it and save it anew, or save the sheet as CSV"
        raise InputError.single(str(path), "a spreadsheet that can be read", f"a damaged one ({error})", hint) from None
    except Exception as error:  # zlib.error and what other packings raise
        raise InputError.single(str(path), "a spreadsheet that can be read", f"a damaged one ({error})") from None


# --- text -------------------------------------------------------------------------------------------------------------


def _text_file(path: Path, raw: bytes) -> Sheet:
    if b"\x00" in raw[:4096] and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError.single(str(path), "a table (CSV, xlsx or ods)", "a file that is no text")
    text = _decoded(raw)
    lines = text.splitlines(keepends=True)
    comments, start, declared = [], 0, ""
    for start, line in enumerate(lines):  # noqa: B007
        bare = line.strip().strip('"').strip()
        if found := _SEP_LINE.fullmatch(bare):
            declared = found[1]
        elif bare.startswith("#"):
            comments.append(bare.strip('#", ;\t'))
        elif bare:
            break
    delimiter = declared or _delimiter(lines[start : start + 200])
    if delimiter == " ":
        rows = [line.split() for line in lines[start:]]
        return _sheet(path.name, "", rows, start, tuple(comments))
    rows = []
    reader = csv.reader(lines[start:], delimiter=delimiter, skipinitialspace=True)
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > MOST_ROWS:
                break
    except csv.Error as error:
        where = f"{path}: line {start + reader.line_num}"
        raise InputError([Fault(where, "cells that can be told apart", f"{error}", "save it as CSV again")]) from None
    return _sheet(path.name, "", rows, start, tuple(comments))


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _delimiter(lines: list[str]) -> str:
    """Return what stands between cells: what parts most lines into the same number of them, more than one."""
    best, most = ",", (0.0, 0)
    for mark in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=mark) if any(row)]
        except csv.Error:
            continue
        width, times = Counter(w for w in widths if w > 1).most_common(1)[0] if any(w > 1 for w in widths) else (1, 0)
        share = times / max(1, len(widths))
        if times and (share, width) > most:
            best, most = mark, (share, width)
    if most[1] <= 1:
        widths = [len(line.split()) for line in lines if line.strip()]
        if widths and min(widths) == max(widths) in (2, 3):
            return " "
    return best


def _sheet(file: str, name: str, rows: list[list[str]], start: int = 0, comments: tuple[str, ...] = ()) -> Sheet:
    kept, lines = [], []
    for number, row in enumerate(rows, start + 1):
        cells = _cleaned(row)
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            kept.append(cells)
            lines.append(number)
    return Sheet(_clean(file), _clean(name), kept, lines, tuple(map(_clean, comments)))


def _cleaned(row: list[str]) -> list[str]:
    """Return the cells of a row as they are shown; one look is enough for a row of short plain words."""
    joined = "".join(row)
    if len(joined) <= LONGEST_CELL and joined.isascii() and joined.isprintable() and "  " not in joined:
        return [cell.strip(" ") for cell in row]
    return [_clean(cell) for cell in row]


def _clean(cell: str) -> str:
    if len(cell) <= LONGEST_CELL and cell.isascii() and cell.isprintable() and "  " not in cell:
        return cell.strip(" ")
    text = cell[:LONGEST_CELL]
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = "".join(map(_shown, text))
    return " ".join(text.split())


def _shown(letter: str) -> str:
    """Return a letter, a space for what steers a terminal, nothing for what is not seen or turns text."""
    category = unicodedata.category(letter)
    if category == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    return "" if category == "Cf" else " " if category == "Cc" else letter
