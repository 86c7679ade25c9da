"""Files that an organisation has, whatever their shape, become the tables that :mod:`sim.inputs.tables` reads.

``sheets`` reads files, ``columns`` tells what columns mean, ``words`` what words mean; ``people``, ``survey`` and
``ties`` make of them what our tables hold. What was understood is kept in a mapping, what was assumed or left out is
told, and what cannot be known is asked.
"""

from __future__ import annotations

from sim.inputs.imports.entered import Entered
from sim.inputs.imports.importing import (
    Imported,
    import_files,
    import_understood,
    summary_of,
    understood_mapping,
)
from sim.inputs.imports.mapping import WORDS, Answers, Kind, Mapping, SheetMapping, read_mapping, text_of_mapping
from sim.inputs.imports.notes import Notes, Question, UnansweredError, Value
from sim.inputs.imports.own_numbers import beside_records, parameters_in, ranges_of_records, read_numbers
from sim.inputs.imports.report import report_of
from sim.inputs.imports.sheets import Limits
from sim.inputs.imports.templates import TEMPLATES, Template
from sim.inputs.imports.understanding import Understood, understand
from sim.inputs.imports.writing import WAVES, WRITTEN, write_import

__all__ = [
    "TEMPLATES",
    "WAVES",
    "WORDS",
    "WRITTEN",
    "Answers",
    "Entered",
    "Imported",
    "Kind",
    "Limits",
    "Mapping",
    "Notes",
    "Question",
    "SheetMapping",
    "Template",
    "UnansweredError",
    "Understood",
    "Value",
    "beside_records",
    "import_files",
    "import_understood",
    "parameters_in",
    "ranges_of_records",
    "read_mapping",
    "read_numbers",
    "report_of",
    "summary_of",
    "text_of_mapping",
    "understand",
    "understood_mapping",
    "write_import",
]
