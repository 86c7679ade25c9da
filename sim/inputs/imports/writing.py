"""An import as files: tables that can be read, the mapping, and a report to keep beside them."""

from __future__ import annotations

import csv
from pathlib import Path

from sim.inputs.imports.importing import Imported
from sim.inputs.imports.mapping import text_of_mapping
from sim.inputs.imports.own_numbers import NUMBERS, numbers_text
from sim.inputs.imports.report import report_of
from sim.inputs.imports.series import wave_rows
from sim.inputs.tables import describe_columns, read_organisation

__all__ = ["WAVES", "WRITTEN", "write_import"]

WAVES = "waves.csv"
"""What each wave of a survey of several years found, as targets of a calibration."""

WRITTEN = ("people.csv", "ties.csv", "survey.csv", "mapping.toml", "report.md", NUMBERS, WAVES, "README.md")
"""Files that an import may write."""


def write_import(imported: Imported, folder: Path) -> None:
    """Write tables, mapping and report into a folder, and make sure that the tables can be read.

    Raises
    ------
    InputError : the tables cannot be read, which would be a fault of the import's
    """
    for name, text in imported.texts().items():
        (folder / name).write_bytes(text.encode("utf-8-sig"))
    read_organisation(folder)
    (folder / "mapping.toml").write_text(text_of_mapping(imported.mapping), encoding="utf-8", newline="")
    (folder / "report.md").write_text(report_of(imported), encoding="utf-8", newline="")
    about = f"# An organisation as tables\n\n{describe_columns()}"
    (folder / "README.md").write_text(about, encoding="utf-8", newline="")
    if imported.waves:
        with (folder / WAVES).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(wave_rows(imported.waves))
    if imported.numbers:
        (folder / NUMBERS).write_text(numbers_text(imported.numbers), encoding="utf-8", newline="")
