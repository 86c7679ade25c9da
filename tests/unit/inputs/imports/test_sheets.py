"""Files become rows of text, or are refused with a sentence, whatever they hold."""

from __future__ import annotations

import resource
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.base.errors import InputError
from sim.inputs.imports.sheets import Limits, read_sheets
from tests.unit.inputs.imports.files import csv_of, imported, ods, ods_with, organisation_of, packed, written, xlsx

SPREADSHEET = xlsx(People=[["id", "team"], [22, "A"], [1.5, "B"]])
_HUGE = (
    '<table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p>'
    "</table:table-cell>"
)
_SHEET = "xl/worksheets/sheet1.xml"


def with_sheet(xml: str) -> bytes:
    """Return a spreadsheet with another first sheet."""
    import io

    with zipfile.ZipFile(io.BytesIO(SPREADSHEET)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    start = parts[_SHEET].index("<sheetData>")
    return packed({**parts, _SHEET: f"{parts[_SHEET][:start]}<sheetData>{xml}</sheetData></worksheet>"})


HOSTILE = {
    "a cell far away": with_sheet(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    ),
    "much more than it packs to": packed({"xl/workbook.xml": "x" * 30_000_000}),
    "rows repeated for ever": ods_with(
        f'<table:table-row table:number-rows-repeated="1048576">{_HUGE}</table:table-row>'
    ),
    "spaces repeated for ever": ods_with(
        '<table:table-row><table:table-cell office:value-type="string"><text:p>a<text:s text:c="2000000000"/></text:p>'
        "</table:table-cell></table:table-row>"
    ),
    "entities": with_sheet('<row><c t="inlineStr"><is><t>&lol;</t></is></c></row>'),
    "half an archive": SPREADSHEET[: len(SPREADSHEET) // 2],
    "an archive of something else": packed({"a.txt": "hello"}),
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(200),
    "nothing": b"",
    "an old spreadsheet, damaged": b"\xd0\xcf\x11\xe0" + bytes(600),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_table_or_unpacks_without_end_is_refused_in_words(content: bytes, tmp_path: Path) -> None:
    (path,) = written(tmp_path, staff_xlsx=content)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError) as caught:
        read_sheets(path, Limits(unpacked=20_000_000))

    assert "staff.xlsx: wanted a" in str(caught.value)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000


def test_numbers_of_a_spreadsheet_are_as_one_sees_them(tmp_path: Path) -> None:
    for name, content in {"a_xlsx": SPREADSHEET, "b_ods": ods([["id", "team"], [22, "A"], [1.5, "B"]])}.items():
        (path,) = written(tmp_path, **{name: content})
        assert read_sheets(path)[0].rows == [["id", "team"], ["22", "A"], ["1.5", "B"]]


cells = st.one_of(
    st.text(max_size=12),
    st.integers(-10, 120).map(str),
    st.sampled_from(
        ["", "team leader", "Nurse", "Agree", "62%", "2024-01-05", "n/a", "=1+1", "p1", "A", "<11", "Total", "5.0"]
    ),
)
headings = st.one_of(
    st.sampled_from(
        [
            "id",
            "team",
            "Manager",
            "role",
            "safety",
            "from",
            "to",
            "Start Date",
            "Attrition",
            "n",
            "Job Title",
            "service",
            "PS1",
            "PS2",
            "PS3",
            "weight",
            "left",
        ]
    ),
    st.text(max_size=10),
)
tables = st.integers(1, 6).flatmap(
    lambda width: st.tuples(
        st.lists(headings, min_size=width, max_size=width),
        st.lists(st.lists(cells, min_size=width, max_size=width), max_size=14),
    )
)


@settings(max_examples=60, deadline=None)
@given(st.lists(tables, min_size=1, max_size=3))
def test_any_tables_are_taken_asked_about_or_refused_with_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, several: list
) -> None:
    folder = tmp_path_factory.mktemp("any")
    files = {f"file{k}_csv": csv_of([head, *rows]) for k, (head, rows) in enumerate(several)}
    try:
        found = imported(folder, **files)
    except InputError as error:
        faults = error.faults
    else:
        read = organisation_of(found, folder / "out")
        people = {row[0] for row in found.tables["people.csv"][1:]}
        assert read.n_staff >= 2
        assert people >= {end for row in found.tables.get("ties.csv", [])[1:] for end in row[:2]}
        return
    assert faults
    assert all(fault.wanted and fault.came for fault in faults)
