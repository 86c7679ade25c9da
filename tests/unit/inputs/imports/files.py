"""Files of an organisation that nobody works in, in the many shapes that such files have."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from sim.base.errors import InputError
from sim.inputs.imports import Answers, Imported, Mapping, import_files
from sim.inputs.organisation import Organisation
from sim.inputs.tables import read_organisation

TODAY = date(2025, 3, 31)
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def csv_of(rows: Iterable[Sequence[object]], delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue()


def written(folder: Path, **files: str | bytes) -> list[Path]:
    """Write files; ``_`` in a name stands for the dot before its ending."""
    folder.mkdir(exist_ok=True)
    paths = []
    for name, content in files.items():
        path = folder / ".".join(name.rsplit("_", 1))
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        paths.append(path)
    return paths


def imported(
    folder: Path, answers: dict[str, object] | None = None, mapping: Mapping | None = None, **files: str | bytes
) -> Imported:
    paths = written(folder, **files)
    return import_files(paths, mapping, Answers.model_validate(answers or {}), TODAY)


def organisation_of(found: Imported, folder: Path) -> Organisation:
    folder.mkdir(exist_ok=True)
    for name, text in found.texts().items():
        (folder / name).write_text(text, encoding="utf-8")
    return read_organisation(folder)


def asked(folder: Path, **files: str | bytes) -> str:
    with pytest.raises(InputError) as caught:
        imported(folder, **files)
    return str(caught.value)


def people_of(found: Imported) -> dict[str, dict[str, str]]:
    header, *rows = found.tables["people.csv"]
    return {row[0]: dict(zip(header, row, strict=True)) for row in rows}


def xlsx(**sheets: Sequence[Sequence[object]]) -> bytes:
    """Return a small spreadsheet, made by hand."""
    parts = {
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>'
        + "".join(f'<sheet name="{name}" sheetId="{k}" r:id="r{k}"/>' for k, name in enumerate(sheets, 1))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            [("worksheet", f"worksheets/sheet{k}.xml") for k in range(1, len(sheets) + 1)]
        ),
    }
    for k, rows in enumerate(sheets.values(), 1):
        parts[f"xl/worksheets/sheet{k}.xml"] = (
            f"<worksheet {_MAIN}><sheetData>{''.join(map(_row, rows))}</sheetData></worksheet>"
        )
    types = "".join(
        f'<Override PartName="/{name}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.'
        f'{"sheet.main" if name.endswith("book.xml") else "worksheet"}+xml"/>'
        for name in parts
        if name.endswith("l") and "_rels" not in name
    )
    parts["[Content_Types].xml"] = (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{types}</Types>'
    )
    return packed(parts)


def _relations(targets: Iterable[tuple[str, str]]) -> str:
    told = "".join(
        f'<Relationship Id="r{k}" Type="{_OFFICE}/{kind}" Target="{to}"/>' for k, (kind, to) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{told}</Relationships>'


def repacked(content: bytes, change: Callable[[str], str]) -> bytes:
    """Return a spreadsheet of which the text of each part is changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return packed({name: change(archive.read(name).decode()) for name in archive.namelist()})


def _row(cells: Sequence[object]) -> str:
    told = "".join(
        f"<c><v>{cell}</v></c>" if isinstance(cell, int | float) else f'<c t="inlineStr"><is><t>{cell}</t></is></c>'
        for cell in cells
    )
    return f"<row>{told}</row>"


def ods(rows: Sequence[Sequence[object]]) -> bytes:
    body = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
            if isinstance(cell, int | float)
            else f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    return ods_with(body)


def ods_with(body: str) -> bytes:
    names = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    return packed(
        {
            "mimetype": kind,
            "META-INF/manifest.xml": f'<m:manifest xmlns:m="{manifest}">'
            f'<m:file-entry m:full-path="/" m:media-type="{kind}"/></m:manifest>',
            "content.xml": f"<office:document-content{names}><office:body>"
            f'<office:spreadsheet><table:table table:name="S">{body}</table:table></office:spreadsheet>'
            "</office:body></office:document-content>",
        }
    )


def packed(parts: dict[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return content.getvalue()


# --- one organisation, in many shapes ---------------------------------------------------------------------------------

N_TEAMS, TEAM_SIZE = 40, 10


def people_table() -> list[list[object]]:
    rows: list[list[object]] = [["id", "team", "staff_group", "role", "service"]]
    for team in range(N_TEAMS):
        service = f"Service {team // 20 + 1}"
        rows.append([f"L{team}", f"Team {team}", "nursing", "team leader", service])
        rows += [[f"p{team}-{n}", f"Team {team}", "nursing", "staff", service] for n in range(TEAM_SIZE)]
    return rows


def felt_by_all() -> np.ndarray:
    """Return [teams, staff], how safe everybody feels on a scale of 1 to 5 that has no points."""
    rng = np.random.default_rng(7)
    teams = rng.normal(3.75, 0.3, (N_TEAMS, 1))
    return np.asarray(teams + rng.normal(0, 0.9, (N_TEAMS, TEAM_SIZE)))


def likert(felt: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(felt), 1, 5).astype(int)
