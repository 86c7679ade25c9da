"""Reads a spreadsheet in a process of its own, which may use so much memory and time and no more.

A spreadsheet of a few bytes can unpack to gigabytes, or say that its only cell stands in row 1,048,576; whatever that
does to the reader, it does not do to the caller. Bytes come on standard input, and as words how many bytes of memory,
seconds, cells, letters, and letters of one cell there may be; sheets leave as JSON, one in a line: their cells,
and what one sees or does not see of them in a spreadsheet program.
"""

import datetime
import io
import json
import posixpath
import re
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from xml.parsers import expat

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""Of any sheet; where a file says more, or less than one, it says nothing."""

TOO_LARGE = 3
NO_SPREADSHEET = 4
PROTECTED = 5
TOO_MANY_SHEETS = 6

MOST_SHEETS = 1_000
"""Each may say that it is the same part of the file, which would then be read as often."""


def _limit(most_memory: int, most_seconds: int) -> None:
    with suppress(ImportError, ValueError, OSError):  # not on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (most_memory, most_memory))
        resource.setrlimit(resource.RLIMIT_CPU, (most_seconds, most_seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else str(value)


@dataclass
class _Looks:
    """What a sheet says beside its values; rows and columns are counted from 1, first and last.

    Parameters
    ----------
    unseen_rows, unseen_columns : that are hidden, or that a filter hides, each once
    merged : cells that are one down several rows: column, first and last row; those of an xlsx the reader tells
    n_without_result, first_without : formulas of which the file keeps no result, and row and column of the first
    n_errors, first_error : cells that show an error such as #REF!, which are read as empty, and where the first is
    """

    unseen_rows: set[int] = field(default_factory=set)
    unseen_columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int]] = field(default_factory=list)
    n_without_result: int = 0
    first_without: tuple[int, int] = (0, 0)
    n_errors: int = 0
    first_error: tuple[int, int] = (0, 0)

    def hide_rows(self, first: int, last: int) -> None:
        """Note rows that nobody sees."""
        self.unseen_rows.update(range(first, min(last, LAST_ROW) + 1))

    def hide_columns(self, first: int, last: int) -> None:
        """Note columns that nobody sees."""
        self.unseen_columns.update(range(first, min(last, LAST_COLUMN) + 1))

    def error(self, row: int, column: int) -> None:
        """Note a cell with an error in it."""
        self.n_errors += 1
        if self.first_error == (0, 0):
            self.first_error = row, column

    def without_result(self, row: int, column: int) -> None:
        """Note a formula of which nothing is known."""
        self.n_without_result += 1
        if self.first_without == (0, 0):
            self.first_without = row, column


class _XlsxLooks:
    """Takes up the elements of a sheet of an xlsx."""

    def __init__(self) -> None:
        self.looks = _Looks()
        self._row = self._column = 0
        self._has_formula = self._has_result = self._is_text = self._is_in_result = False

    def start(self, name: str, told: Mapping[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "c":
            self.flush()
            place = _place(told.get("r", ""))
            self._column = place[1] if place else self._column + 1
            if told.get("t") == "e":
                self.looks.error(self._row, self._column)
            self._is_text = told.get("t") == "str"
        elif kind == "f":
            self._has_formula = True
        elif kind == "v":
            self._is_in_result, self._has_result = True, self._is_text  # a text may be empty, a number may not
        elif kind == "is":
            self._has_result = True
        elif kind == "row":
            self.flush()
            self._row, self._column = _number(told, "r", self._row + 1), 0
            if told.get("hidden") in ("1", "true"):
                self.looks.hide_rows(self._row, self._row)
        elif kind == "col" and told.get("hidden") in ("1", "true"):
            self.looks.hide_columns(_number(told, "min", 1), _number(told, "max", 1))

    def text(self, _text: str) -> None:
        if self._is_in_result:
            self._has_result = True

    def end(self, name: str) -> None:
        if name.rpartition(":")[2] == "v":
            self._is_in_result = False

    def flush(self) -> None:
        """End a cell."""
        if self._has_formula and not self._has_result:
            self.looks.without_result(self._row, self._column)
        self._has_formula = self._has_result = False


def _number(told: Mapping[str, str], name: str, otherwise: int = 1) -> int:
    """Return a number of rows or columns, or of one of them: at least one, whatever is said."""
    return max(1, int(told.get(name, otherwise)))


def _place(reference: str) -> tuple[int, int] | None:
    """Return row and column of a reference like C2."""
    found = re.fullmatch(r"\$?([A-Z]{1,3})\$?(\d{1,7})", reference)
    if not found:
        return None
    column = 0
    for letter in found[1]:
        column = 26 * column + ord(letter) - 64
    return int(found[2]), column


class _OdsLooks:
    """Takes up the elements of all sheets of an ods."""

    def __init__(self) -> None:
        self.by_name: dict[str, _Looks] = {}
        self._looks = _Looks()
        self._row = self._column = self._n_columns = 0
        self._repeated = 1

    def start(self, name: str, told: Mapping[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "table":
            self._looks = self.by_name[told.get("table:name", "")] = _Looks()
            self._row = self._n_columns = 0
            self._repeated = 1
        elif kind == "table-column":
            n = _number(told, "table:number-columns-repeated")
            if _is_unseen(told):
                self._looks.hide_columns(self._n_columns + 1, self._n_columns + n)
            self._n_columns += n
        elif kind == "table-row":
            self._row, self._column = self._row + self._repeated, 0
            self._repeated = _number(told, "table:number-rows-repeated")
            if _is_unseen(told):
                self._looks.hide_rows(self._row, self._row + self._repeated - 1)
        elif kind in ("table-cell", "covered-table-cell"):
            self._take_cell(told)

    def _take_cell(self, told: Mapping[str, str]) -> None:
        rows = _number(told, "table:number-rows-spanned")
        if rows > 1:
            self._looks.merged.append((self._column + 1, self._row, self._row + rows - 1))
        if told.get("table:formula") and not told.get("office:value-type"):
            self._looks.without_result(self._row, self._column + 1)
        if told.get("calcext:value-type") == "error":
            self._looks.error(self._row, self._column + 1)
        self._column += _number(told, "table:number-columns-repeated")


def _is_unseen(told: Mapping[str, str]) -> bool:
    return told.get("table:visibility", "visible") != "visible"


def _looks(content: bytes) -> dict[str, _Looks]:
    """Return what sheets say beside their values, by name; old and binary spreadsheets are not looked at."""
    if not content.startswith(b"PK"):
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        if "content.xml" in names:
            of_ods = _OdsLooks()
            _parse(archive, "content.xml", of_ods.start)
            return of_ods.by_name
        found = {}
        for name, part in _parts(archive) if "xl/workbook.xml" in names else ():
            if part in names:
                of_xlsx = _XlsxLooks()
                _parse(archive, part, of_xlsx.start, of_xlsx.text, of_xlsx.end)
                of_xlsx.flush()
                found[name] = of_xlsx.looks
        return found


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield the names of sheets and the parts that they stand in."""
    targets: dict[str, str] = {}
    sheets: list[tuple[str, str]] = []

    def relation(name: str, told: Mapping[str, str]) -> None:
        if name.rpartition(":")[2] == "Relationship":
            targets[told.get("Id", "")] = told.get("Target", "")

    def sheet(name: str, told: Mapping[str, str]) -> None:
        if name.rpartition(":")[2] == "sheet":
            own = next((value for key, value in told.items() if key.rpartition(":")[2] == "id"), "")
            sheets.append((told.get("name", ""), own))

    _parse(archive, "xl/_rels/workbook.xml.rels", relation)
    _parse(archive, "xl/workbook.xml", sheet)
    for name, own in sheets:
        yield name, posixpath.normpath(posixpath.join("/xl", targets.get(own, ""))).lstrip("/")


def _parse(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, dict[str, str]], None],
    text: Callable[[str], None] | None = None,
    end: Callable[[str], None] | None = None,
) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.CharacterDataHandler, parser.EndElementHandler = start, text, end
    with archive.open(part) as content:
        while block := content.read(1 << 20):
            parser.Parse(block)
        parser.Parse(b"", True)


def _fill_down(rows: list[list[str]], looks: _Looks) -> int:
    """Write the value of merged cells into each of their rows, in place; return how many were filled so."""
    n_filled = 0
    for column, first, last in looks.merged:
        if first > len(rows) or column > len(rows[first - 1]) or not (value := rows[first - 1][column - 1]):
            continue
        below = [row for row in rows[first:last] if not row[column - 1]]
        for row in below:
            row[column - 1] = value
        n_filled += bool(below)
    return n_filled


def main() -> int:
    """Read standard input and write its sheets; the code that it ends with says what went wrong."""
    most_memory, most_seconds, most_cells, most_letters, longest = map(int, sys.argv[1:6])
    _limit(most_memory, most_seconds)
    import python_calamine

    n_cells = n_letters = 0
    try:
        content = sys.stdin.buffer.read()
        book = python_calamine.load_workbook(io.BytesIO(content))
        if len(book.sheets_metadata) > MOST_SHEETS:
            return TOO_MANY_SHEETS
        looks = _looks(content)
        for about in book.sheets_metadata:
            sheet = book.get_sheet_by_name(about.name)
            n_cells += (sheet.total_height + 1) * (sheet.total_width + 1)  # of the last cell, counted from 0
            if n_cells > most_cells:
                return TOO_LARGE
            is_seen = about.visible == python_calamine.SheetVisibleEnum.Visible
            rows = [[_text(value)[:longest] for value in row] for row in sheet.to_python(skip_empty_area=False)]
            own = looks.get(about.name, _Looks())
            own.merged += [
                (column + 1, first + 1, last + 1)
                for (first, column), (last, _) in sheet.merged_cell_ranges or ()
                if last > first
            ]
            n_merged = _fill_down(rows, own)
            n_letters += sum(len(cell) for row in rows for cell in row)
            if n_letters > most_letters:
                return TOO_LARGE
            told = {
                "name": about.name,
                "is_seen": is_seen,
                "n_merged": n_merged,
                "rows": rows,
                "unseen_rows": sorted(row for row in own.unseen_rows if row <= len(rows)),
                "unseen_columns": sorted(own.unseen_columns),
                "n_without_result": own.n_without_result,
                "first_without": own.first_without,
                "n_errors": own.n_errors,
                "first_error": own.first_error,
            }
            sys.stdout.buffer.write(json.dumps(told, ensure_ascii=False).encode() + b"\n")
    except MemoryError:
        return TOO_LARGE
    except python_calamine.PasswordError:
        return PROTECTED
    except Exception:
        return NO_SPREADSHEET
    return 0


if __name__ == "__main__":
    sys.exit(main())
