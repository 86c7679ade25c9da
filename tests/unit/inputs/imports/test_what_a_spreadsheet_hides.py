"""What one does not see in a spreadsheet program is said, or asked for, and never read or dropped in silence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from sim.inputs.imports import Mapping
from tests.unit.inputs.imports.files import asked, imported, ods_with, people_of, repacked, xlsx

PEOPLE: list[list[object]] = [["id", "team", "role"], *([n, "Ash" if n < 5 else "Oak", "Nurse"] for n in range(1, 9))]
SCORES: list[list[object]] = [["id", "I feel safe (1 to 5)"], [1, 5], [2, 1]]


def changed(content: bytes, old: str, new: str) -> bytes:
    """Return a spreadsheet with something else in its parts."""
    return repacked(content, lambda text: text.replace(old, new))


def of_rows(rows: Sequence[Sequence[object]], old: str, new: str) -> bytes:
    return changed(xlsx(People=rows), old, new)


HIDDEN = changed(xlsx(People=PEOPLE, Survey=SCORES), 'name="Survey"', 'name="Survey" state="hidden"')


def test_a_hidden_sheet_is_left_out_by_name_with_what_to_do(tmp_path: Path) -> None:
    found = imported(tmp_path, staff_xlsx=HIDDEN)

    assert "survey.csv" not in found.tables
    (told,) = [text for text in found.notes.left_out if text.startswith("staff.xlsx, sheet Survey: ")]
    assert "hidden" in told
    assert "show it and save" in told


def test_a_hidden_sheet_is_read_where_the_mapping_says_what_it_is(tmp_path: Path) -> None:
    mapping = imported(tmp_path, staff_xlsx=HIDDEN).mapping.model_dump()
    mapping["sheets"]["staff.xlsx, sheet Survey"]["kind"] = "survey"
    found = imported(tmp_path, mapping=Mapping.model_validate(mapping), staff_xlsx=HIDDEN)

    assert [row[:4:3] for row in found.tables["survey.csv"][1:3]] == [["1", "1"], ["2", "0"]]


def test_a_sheet_that_one_sees_is_not_left_out_for_a_hidden_one_with_its_headings_last_year(tmp_path: Path) -> None:
    last = changed(xlsx(Old=PEOPLE, People=PEOPLE), 'name="Old"', 'name="Old" state="hidden"')
    mapping = imported(tmp_path / "last", staff_xlsx=last).mapping
    found = imported(tmp_path / "this", mapping=mapping, next_xlsx=xlsx(People=PEOPLE))

    assert len(people_of(found)) == 8


@pytest.mark.parametrize("state", ['hidden="1"', 'hidden="true"'])
def test_hidden_rows_and_columns_are_read_and_this_is_said(state: str, tmp_path: Path) -> None:
    content = of_rows(PEOPLE, "<row><c><v>2</v>", f"<row {state}><c><v>2</v>")
    content = changed(content, "<sheetData>", f'<cols><col min="3" max="16384" {state}/></cols><sheetData>')
    found = imported(tmp_path, staff_xlsx=content)

    assert len(people_of(found)) == 8
    assert [text for text in found.notes.assumed if "hidden" in text] == [
        "staff.xlsx: 1 hidden row, the first of them 3, read like the others; delete what is not meant",
        "staff.xlsx: hidden column C, read like the others; delete what is not meant",
    ]


def ods_row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def ods_cell(text: object, attributes: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {attributes}><text:p>{text}</text:p></table:table-cell>'


def test_an_ods_tells_of_hidden_rows_and_merged_cells_too(tmp_path: Path) -> None:
    body = '<table:table-column/><table:table-column table:visibility="collapse"/>' + ods_row(
        ods_cell("id"), ods_cell("team")
    )
    for n in range(1, 7):
        team = ods_cell("Ash", 'table:number-rows-spanned="4"') if n == 1 else "<table:covered-table-cell/>"
        filtered = 'table:visibility="filter"' if n in (2, 3) else ""
        body += ods_row(ods_cell(n), team if n < 5 else ods_cell("Oak"), attributes=filtered)
    found = imported(tmp_path, staff_ods=ods_with(body))

    assert [person["team"] for person in people_of(found).values()] == ["Ash"] * 4 + ["Oak"] * 2
    assert [text for text in found.notes.assumed if "hidden" in text or "merged" in text] == [
        "staff.ods: 2 hidden rows, the first of them 3, read like the others; delete what is not meant",
        "staff.ods: hidden column B, read like the others; delete what is not meant",
        "staff.ods: 1 merged cell stands for each of its rows",
    ]


def test_a_merged_cell_is_the_team_of_each_of_its_rows(tmp_path: Path) -> None:
    rows = [[n, team if n in (1, 5) else "", role] for n, team, role in PEOPLE[1:]]
    merged = '</sheetData><mergeCells><mergeCell ref="B2:B5"/><mergeCell ref="B6:B9"/></mergeCells>'
    found = imported(tmp_path, staff_xlsx=of_rows([PEOPLE[0], *rows], "</sheetData>", merged))

    assert [person["team"] for person in people_of(found).values()] == ["Ash"] * 4 + ["Oak"] * 4
    assert "staff.xlsx: 2 merged cells stand for each of their rows" in found.notes.assumed


def test_teams_that_stand_in_the_first_of_their_rows_alone_are_asked_about(tmp_path: Path) -> None:
    lines = ["id,team,role", *(f"{n},{team if n in (1, 5) else ''},{role}" for n, team, role in PEOPLE[1:])]
    told = asked(tmp_path, staff_csv="\n".join(lines))

    assert 'staff.csv, "team": wanted a name in each row' in told
    assert "merged cells" in told


@pytest.mark.parametrize("cell", ["<c><f>D2</f></c>", "<c><f>D2</f><v/></c>", '<c t="n"><f>D2</f><v></v></c>'])
def test_formulas_without_results_are_the_reason_that_is_given(cell: str, tmp_path: Path) -> None:
    told = asked(tmp_path, staff_xlsx=of_rows(PEOPLE, '<c t="inlineStr"><is><t>Ash</t></is></c>', cell))

    assert "formulas of which the file keeps no result, in B2 and 3 more; open it" in told


def test_a_formula_with_a_result_is_its_result(tmp_path: Path) -> None:
    computed = '<c t="str"><f>D2</f><v>Elm</v></c>'
    found = imported(tmp_path, staff_xlsx=of_rows(PEOPLE, '<c t="inlineStr"><is><t>Ash</t></is></c>', computed))

    assert {person["team"] for person in people_of(found).values()} == {"Elm", "Oak"}


def test_a_formula_that_comes_to_nothing_has_a_result(tmp_path: Path) -> None:
    rows = [[*PEOPLE[0], "note"], *([*row, "none"] for row in PEOPLE[1:])]
    empty = '<c t="str"><f>IF(A1=0,"",1)</f><v></v></c>'
    found = imported(tmp_path, staff_xlsx=of_rows(rows, '<c t="inlineStr"><is><t>none</t></is></c>', empty))

    assert len(people_of(found)) == 8


def test_errors_of_a_spreadsheet_are_nobodys_team(tmp_path: Path) -> None:
    error = '<c t="e"><v>#REF!</v></c>'
    found = imported(tmp_path / "a", staff_xlsx=of_rows(PEOPLE, '<c t="inlineStr"><is><t>Ash</t></is></c>', error))
    lines = "\n".join(",".join(map(str, row)) for row in PEOPLE).replace("Ash", "#REF!")

    assert "staff.xlsx: an error such as #REF! in B2 and 3 more, read as empty" in found.notes.assumed
    assert {person["team"] for person in people_of(found).values()} == {"Oak"}
    assert {person["team"] for person in people_of(imported(tmp_path / "b", staff_csv=lines)).values()} == {"Oak"}
