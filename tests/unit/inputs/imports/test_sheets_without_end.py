"""What small files can grow to is bounded before it is made, and nothing of a file is left out in silence."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from sim.base.errors import InputError
from sim.inputs.imports.sheets import Limits, read_sheets
from tests.unit.inputs.imports.files import packed, repacked, written, xlsx

LONG_ROW = ",".join(f"c{n}" for n in range(1_000))
MANY_SHORT = "".join(f"{n},Ward\n" for n in range(3_000))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(f"{LONG_ROW}\n{MANY_SHORT}", "cells, counting as many in each row as in the longest", id="ragged"),
        pytest.param("\n" * 50_000, "at most 5,000 rows", id="empty lines"),
        pytest.param("# remark\n" * 50_000, "at most 5,000 rows", id="remarks"),
        pytest.param("id,team\n" + "\n" * 50_000 + "1,A\n", "at most 5,000 rows", id="empty lines before the end"),
        pytest.param("," * 50_000, "more in line 1", id="commas"),
        pytest.param("x" * 2_000_000, "lines of at most", id="one line"),
        pytest.param("id,team\n1,A\n".encode("utf-16")[:-1], "UTF-16", id="half a character"),
    ],
)
def test_a_text_that_grows_is_refused_in_words(content: str | bytes, told: str, tmp_path: Path) -> None:
    (path,) = written(tmp_path, staff_csv=content)
    with pytest.raises(InputError) as caught:
        read_sheets(path, Limits(rows=5_000, columns=2_000, cells=1_000_000))

    assert "staff.csv" in str(caught.value)
    assert told in str(caught.value)


def grown_by(path: Path, limits: str) -> int:
    """Return by how many kilobytes a process has grown at most that reads a file."""
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from sim.base.errors import InputError\n"
        "from sim.inputs.imports.sheets import Limits, read_sheets\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n"
        f"    read_sheets(Path(sys.argv[1]), Limits({limits}))\n"
        "except InputError:\n"
        "    print('refused', file=sys.stderr)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert ("refused" in done.stderr) == bool(limits)
    return int(done.stdout)


@pytest.mark.parametrize("content", ["\r" * 1_000_000, "#\n" * 1_000_000, "a,b\n" * 1_000_000], ids=["ends", "#", "a"])
def test_a_text_of_many_lines_takes_no_more_than_what_is_kept_of_it(content: str, tmp_path: Path) -> None:
    (path,) = written(tmp_path, staff_csv=content)

    assert grown_by(path, "rows=1_000") < 30_000


def test_a_long_text_that_many_cells_share_takes_little_more_than_its_letters(tmp_path: Path) -> None:
    """Some kilobytes that unpack to twenty million letters: they went to the reader as escapes, and twice."""
    with zipfile.ZipFile(io.BytesIO(xlsx(**{f"S{n}": [["x"]] for n in range(8)}))) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    office = "http://schemas.openxmlformats.org"
    kind = f"{office}/officeDocument/2006/relationships/sharedStrings"
    shared = f'<Relationship Id="s" Type="{kind}" Target="sharedStrings.xml"/>'
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{office}/spreadsheetml/2006/main"><si><t>{"€" * 500}</t></si></sst>'
    row = "<row>" + '<c t="s"><v>0</v></c>' * 50 + "</row>"
    for name, text in parts.items():
        if "sheets/" in name:
            parts[name] = f"{text[: text.index('<row>')]}{row * 100}</sheetData></worksheet>"
        elif name.endswith("book.xml.rels"):
            parts[name] = text.replace("</Relationships>", f"{shared}</Relationships>")
    (path,) = written(tmp_path, staff_xlsx=packed(parts))

    assert grown_by(path, "") < 160_000


def test_each_row_is_of_the_line_on_which_it_begins(tmp_path: Path) -> None:
    (path,) = written(tmp_path, staff_csv='\n# a remark\nid,team\n1,"A\nand more"\n\n2,"B\x0b and \u2028 C"\n')
    (sheet,) = read_sheets(path)

    assert sheet.lines == [3, 4, 7]
    assert sheet.rows[-1] == ["2", "B and C"]


def test_one_long_text_in_many_sheets_is_no_more_than_what_is_kept_of_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx(**{f"S{n}": [["x"]] for n in range(40)}))) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    start = sheet.index("<sheetData>")
    cells = "".join(f'<c r="{letter}1" t="inlineStr"><is><t>{"y" * 300_000}</t></is></c>' for letter in "ABCD")
    long = f'{sheet[:start]}<sheetData><row r="1">{cells}</row></sheetData></worksheet>'
    (path,) = written(tmp_path, staff_xlsx=packed({n: long if "sheets/" in n else text for n, text in parts.items()}))

    assert {len(cell) for one in read_sheets(path, Limits(letters=80_000)) for cell in one.rows[0]} == {500}
    with pytest.raises(InputError, match="unpacks to more"):
        read_sheets(path, Limits(letters=79_999))
    with pytest.raises(InputError, match=r"^[^:]*: wanted a spreadsheet that unpacks to at most 20,000,000 bytes"):
        read_sheets(path, Limits(unpacked=20_000_000))


def with_columns(columns: str, rows: list[list[object]]) -> bytes:
    """Return a spreadsheet that says something of its columns."""
    said = f"<cols>{columns}</cols><sheetData>"
    return repacked(xlsx(People=rows), lambda text: text.replace("<sheetData>", said))


@pytest.mark.timeout(150)
@pytest.mark.parametrize(("first", "last"), [(-5, 3), (-(10**12), 10**12), (1, 10**4000), (0, 2)])
def test_columns_that_no_sheet_has_are_none(first: int, last: int, tmp_path: Path) -> None:
    content = with_columns(f'<col min="{first}" max="{last}" hidden="1"/>', [["id", "team"], [1, "A"]])
    (path,) = written(tmp_path, staff_xlsx=content)
    (sheet,) = read_sheets(path)

    assert sheet.remarks == ("hidden columns A, B, read like the others; delete what is not meant",)


def test_what_is_hidden_many_times_is_hidden_once(tmp_path: Path) -> None:
    """A file of some kilobytes that hides the same columns a million times would otherwise fill the memory."""
    row: list[object] = [f"c{n}" for n in range(100)]
    (path,) = written(tmp_path, staff_xlsx=with_columns('<col min="1" max="16384" hidden="1"/>' * 2_000, [row, row]))
    (sheet,) = read_sheets(path)

    assert sheet.remarks == (
        "hidden columns A, B, C, D, E and 95 more, read like the others; delete what is not meant",
    )


@pytest.mark.timeout(150)
def test_a_filter_that_hides_every_other_row_of_a_long_list_takes_no_longer_than_the_list(tmp_path: Path) -> None:
    rows = "<row><c><v>1</v></c></row><row hidden='1'><c><v>2</v></c></row>" * 30_000
    content = xlsx(People=[[]])
    (path,) = written(tmp_path, staff_xlsx=repacked(content, lambda text: text.replace("<row></row>", rows)))
    (sheet,) = read_sheets(path)

    assert sheet.remarks == ("30,000 hidden rows, the first of them 2, read like the others; delete what is not meant",)


def test_one_part_that_says_to_be_twenty_thousand_sheets_is_refused_before_it_is_read_as_often(tmp_path: Path) -> None:
    names = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r1"/>' for n in range(2, 20_001))
    content = repacked(xlsx(S=[["id", "team"], [1, "A"]]), lambda text: text.replace("</sheets>", f"{names}</sheets>"))
    (path,) = written(tmp_path, staff_xlsx=content)

    with pytest.raises(InputError, match="at most 1,000 sheets, got more; save the sheet that matters as CSV"):
        read_sheets(path, Limits(seconds=5))
