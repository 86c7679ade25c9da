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
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sim.base.errors import Fault, InputError
from sim.base.files import read_file
from sim.inputs.imports import spreadsheet_child as child
from sim.inputs.tables.rows import LARGEST_TABLE

__all__ = ["USUAL", "Limits", "Sheet", "read_sheets"]

LARGEST_SPREADSHEET = 100_000_000
LONGEST_CELL = 500
"""Characters kept of a cell; what is longer is a comment, which nothing here needs."""

_DELIMITERS = ",;\t|"
_SPREADSHEETS = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}
_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SEP_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_FEW = 5
_BEGINNING = 4096
_MARKUP = (
    (re.compile(r"<(?:!doctype html|html|head|body|table|div|meta|style)\b"), "a web page (HTML)"),
    (re.compile(r"<(?:\?xml|!|[a-z][\w:.-]*[\s>/](?=.*(?:</|/>)))", re.DOTALL), "XML (such as GraphML)"),
    (re.compile(r"""(?:\[\s*)?\{\s*(?:"[^"]*"\s*:|\})|\[\s*(?:\[|"[^"]*"\s*[,\]]|-?\d[\d.]*\s*,)"""), "JSON"),
)
"""How text begins that is no table."""

_MARK = '{"ImportId":'
"""With what each cell begins of a row by which Qualtrics knows its columns again."""

_LOOKED_AT = 200
"""Lines that tell what stands between cells."""


@dataclass(frozen=True)
class Limits:
    """What one file may take.

    Parameters
    ----------
    rows, columns : of a sheet, at most; empty rows of a text file count
    cells : of all sheets together, as many in each row as in the longest, empty ones as well
    letters : in the cells of a spreadsheet, of each no more than are kept
    unpacked : bytes that a spreadsheet unpacks to
    memory, seconds : bytes and processor time of the process that reads a spreadsheet
    """

    rows: int = 2_000_000
    columns: int = 20_000
    cells: int = 20_000_000
    letters: int = 150_000_000
    unpacked: int = 600_000_000
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
    is_hidden : whether a spreadsheet program does not show it, so that it is not read unasked
    remarks : what is to be said where it is used: what nobody sees of it, and which cells are one
    without_result : the first cell with a formula of which the file keeps no result, and how many others; "" for none
    """

    file: str
    name: str
    rows: list[list[str]]
    lines: list[int]
    comments: tuple[str, ...] = ()
    is_hidden: bool = False
    remarks: tuple[str, ...] = ()
    without_result: str = ""

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
        _refuse_markup(path, raw[:_BEGINNING].decode("utf-8", errors="replace"))
        sheets = _spreadsheet(path, raw, limits)
    else:
        sheets = [_text_file(path, raw, limits)]
    found = [sheet for sheet in sheets if sheet.rows]
    if not found:
        raise InputError.single(str(path), "a table with rows", "an empty file")
    n_cells = 0
    for sheet in found:
        widest = max(map(len, sheet.rows))
        if len(sheet.rows) > limits.rows or widest > limits.columns:
            raise _too_large(sheet.title, limits, f"{len(sheet.rows):,} and {widest:,}")
        n_cells += len(sheet.rows) * widest
    if n_cells > limits.cells:
        wanted = f"at most {limits.cells:,} cells, counting as many in each row as in the longest"
        hint = "save the sheet that matters as CSV, without empty rows and comments"
        raise InputError.single(str(path), wanted, f"{n_cells:,}", hint)
    return found


def _too_large(where: str, limits: Limits, came: str) -> InputError:
    return InputError.single(where, f"at most {limits.rows:,} rows and {limits.columns:,} columns", came)


# --- spreadsheets -----------------------------------------------------------------------------------------------------


def _spreadsheet(path: Path, raw: bytes, limits: Limits) -> list[Sheet]:
    wanted = "a spreadsheet (xlsx, xls or ods) that can be read"
    if len(raw) > LARGEST_SPREADSHEET:
        raise InputError.single(str(path), f"{wanted}, of at most {LARGEST_SPREADSHEET:,} bytes", f"{len(raw):,} bytes")
    if raw.startswith(_ZIP):
        _check_archive(path, raw, limits.unpacked)
    command = [
        sys.executable,
        "-I",
        str(Path(child.__file__)),
        *map(str, (limits.memory, limits.seconds, limits.cells, limits.letters, LONGEST_CELL)),
    ]
    try:
        done = subprocess.run(command, input=raw, capture_output=True, timeout=2 * limits.seconds, check=False)
        code = done.returncode
    except subprocess.TimeoutExpired:
        code = child.TOO_LARGE
    if code == child.PROTECTED:
        raise InputError.single(str(path), wanted, "one that is protected by a password", "save it without")
    if code == child.TOO_MANY_SHEETS:
        hint = "save the sheet that matters as CSV"
        raise InputError.single(str(path), f"a spreadsheet of at most {child.MOST_SHEETS:,} sheets", "more", hint)
    if code == child.NO_SPREADSHEET:
        hint = "open it and save it anew, or save the sheet as CSV"
        raise InputError.single(str(path), wanted, "something else, or a damaged one", hint)
    if code != 0:
        hint = "save the sheet that matters as CSV, without empty rows and comments"
        raise InputError.single(str(path), wanted, "one that unpacks to more than can be taken in", hint)
    told = list(map(json.loads, io.BytesIO(done.stdout)))
    several = sum(sheet["is_seen"] for sheet in told) != 1
    return [_of_spreadsheet(path.name, sheet, several or not sheet["is_seen"]) for sheet in told]


def _of_spreadsheet(file: str, told: dict[str, Any], is_named: bool) -> Sheet:
    sheet = _sheet(file, told["name"] if is_named else "", enumerate(told["rows"], 1))
    sheet.is_hidden = not told["is_seen"]
    sheet.remarks = tuple(_remarks(sheet, told))
    if n := told["n_without_result"]:
        sheet.without_result = _first_of(n, told["first_without"])
    return sheet


def _first_of(n_cells: int, place: Sequence[int]) -> str:
    row, column = place
    return f"{_letters(column)}{row}" + (f" and {n_cells - 1:,} more" if n_cells > 1 else "")


def _remarks(sheet: Sheet, told: dict[str, Any]) -> Iterator[str]:
    """Yield what is to be said of what one does not see, or sees otherwise, in a spreadsheet program."""
    hidden = set(told["unseen_rows"])
    unseen = [line for line in sheet.lines if line in hidden]
    if unseen:
        rows = f"{len(unseen):,} hidden {'row' if len(unseen) == 1 else 'rows'}"
        yield f"{rows}, the first of them {unseen[0]:,}, read like the others; delete what is not meant"
    widest = max(map(len, sheet.rows), default=0)
    columns = [column for column in told["unseen_columns"] if column <= widest]
    if columns:
        names = ", ".join(map(_letters, columns[:_FEW])) + (
            f" and {len(columns) - _FEW:,} more" if len(columns) > _FEW else ""
        )
        what = "hidden column" if len(columns) == 1 else "hidden columns"
        yield f"{what} {names}, read like the others; delete what is not meant"
    if n := told["n_merged"]:
        one = "merged cell stands" if n == 1 else "merged cells stand"
        yield f"{n:,} {one} for each of {'its' if n == 1 else 'their'} rows"
    if n := told["n_errors"]:
        yield f"an error such as #REF! in {_first_of(n, told['first_error'])}, read as empty"


def _letters(column: int) -> str:
    """Return what a spreadsheet calls a column, counted from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _check_archive(path: Path, raw: bytes, most_bytes: int) -> None:
    """Refuse what unpacks to more than a spreadsheet would; what an archive says of itself is not believed."""
    wanted = f"a spreadsheet that unpacks to at most {most_bytes:,} bytes"
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for member in archive.infolist():
                if total + member.file_size > most_bytes:
                    raise InputError.single(str(path), wanted, f"{total + member.file_size:,} bytes or more")
                with archive.open(member) as part:  # which reads no more than it says, and checks that this was all
                    while block := part.read(1 << 20):
                        total += len(block)
    except InputError:
        raise
    except Exception as error:  # whatever zip and the packings in it raise
        hint = "open it and save it anew, or save the sheet as CSV"
        raise InputError.single(str(path), "a spreadsheet that can be read", f"a damaged one ({error})", hint) from None


# --- text -------------------------------------------------------------------------------------------------------------


def _text_file(path: Path, raw: bytes, limits: Limits) -> Sheet:
    text = _decoded(path, raw)
    _refuse_markup(path, text)
    comments, start, n_lines, declared = [], 0, 0, ""
    for found in _LINE.finditer(text):
        bare = found[0].strip().strip('"').strip()
        if said := _SEP_LINE.fullmatch(bare):
            declared = said[1]
        elif bare.startswith("#"):
            comments.append(bare.strip('#", ;\t')[:LONGEST_CELL])
        elif bare:
            break
        start, n_lines = found.end(), n_lines + 1
        if n_lines > limits.rows:
            raise _too_large(str(path), limits, "more")
    delimiter = declared or _delimiter(list(islice(_lines(path, text, start, limits), _LOOKED_AT)))
    lines = _lines(path, text, start, limits)
    rows = _words_of(lines, n_lines) if delimiter == " " else _cells_of(path, lines, n_lines, delimiter)
    return _sheet(path.name, "", _within(limits, path, rows, n_lines), tuple(comments))


def _lines(path: Path, text: str, start: int, limits: Limits) -> Iterator[str]:
    """Yield lines one by one: all together, of a text of line ends alone, they would take fifty times its size."""
    longest = limits.columns * LONGEST_CELL
    for found in _LINE.finditer(text, start):
        if found.end() - found.start() > longest:
            came = f"{found.end() - found.start():,}"
            raise InputError.single(str(path), f"lines of at most {longest:,} characters", came)
        yield found[0]


def _words_of(lines: Iterator[str], n_before: int) -> Iterator[tuple[int, list[str]]]:
    """Yield lines with their numbers, parted where there are spaces."""
    return enumerate((line.split() for line in lines), n_before + 1)


def _cells_of(path: Path, lines: Iterator[str], n_before: int, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row, and the line on which it begins: a cell may have several lines."""
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    line = n_before + 1
    try:
        for row in reader:
            yield line, row
            line = n_before + reader.line_num + 1
    except csv.Error as error:
        where = f"{path}: line {line}"
        raise InputError([Fault(where, "cells that can be told apart", f"{error}", "save it as CSV again")]) from None


def _within(
    limits: Limits, path: Path, rows: Iterator[tuple[int, list[str]]], n_before: int
) -> Iterator[tuple[int, list[str]]]:
    """Yield rows, and stop at the first that is one too many or too long."""
    for n_rows, (line, row) in enumerate(rows, n_before + 1):
        if n_rows > limits.rows or len(row) > limits.columns:
            raise _too_large(str(path), limits, f"more in line {line:,}")
        yield line, row


def _decoded(path: Path, raw: bytes) -> str:
    if (encoding := _two_bytes_a_letter(raw)) is not None:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError as error:
            hint = "save it anew as CSV in UTF-8"
            raise InputError.single(
                str(path), "text in UTF-16", f"a file cut off or damaged ({error.reason})", hint
            ) from None
    if b"\x00" in raw[:_BEGINNING]:
        raise InputError.single(str(path), "a table (CSV, xlsx or ods)", "a file that is no text")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _two_bytes_a_letter(raw: bytes) -> str | None:
    """Return the encoding of a text in UTF-16, also where it does not begin with the mark of it; None if it is none."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    high, low = raw[:_BEGINNING:2], raw[1:_BEGINNING:2]
    for encoding, empty, letters in (("utf-16-be", high, low), ("utf-16-le", low, high)):
        if len(raw) > 1 and empty.count(0) > 0.9 * len(empty) and 0 not in letters:
            return encoding
    return None


def _refuse_markup(path: Path, text: str) -> None:
    """Refuse by its name what is text, but no table.

    Raises
    ------
    InputError : it is JSON, XML or a web page
    """
    begin = text[:_BEGINNING].lstrip("\ufeff \t\r\n").casefold()
    found = next((what for sign, what in _MARKUP if sign.match(begin)), None)
    if found is not None:
        hint = "open it in the program that it is from, or in a spreadsheet program, and save it as xlsx or CSV"
        raise InputError.single(str(path), "a table: rows of cells, as in CSV, xlsx or ods", found, hint)


def _delimiter(lines: list[str]) -> str:
    """Return what stands between cells: what parts most lines into the same number of them, more than one.

    A comma only where no other mark does as well: beside semicolons it is decimal, or one of a sentence.
    """
    best, most = ",", (0.0, 0, False)
    for mark in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=mark) if any(row)]
        except csv.Error:
            continue
        width, times = Counter(w for w in widths if w > 1).most_common(1)[0] if any(w > 1 for w in widths) else (1, 0)
        share = times / max(1, len(widths))
        if times and (share, width, mark != ",") > most:
            best, most = mark, (share, width, mark != ",")
    if most[1] <= 1:
        widths = [len(line.split()) for line in lines if line.strip()]
        if widths and min(widths) == max(widths) in (2, 3):
            return " "
    return best


def _sheet(file: str, name: str, numbered: Iterable[tuple[int, list[str]]], comments: tuple[str, ...] = ()) -> Sheet:
    kept, lines = [], []
    for number, row in numbered:
        cells = _cleaned(row)
        while cells and not cells[-1]:
            cells.pop()
        if cells and not all(cell.startswith(_MARK) for cell in cells):
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
