"""Files that an organisation has, whatever their shape, become the tables that :mod:`sim.inputs.tables` reads.

``sheets`` reads files, ``columns`` tells what columns mean, ``words`` what words mean; ``people``, ``survey`` and
``ties`` make of them what our tables hold. What was understood is kept in a mapping, what was assumed or left out is
told, and what cannot be known is asked.
"""

from __future__ import annotations

from sim.inputs.imports.importing import (
    Imported,
    Understood,
    import_files,
    summary_of,
    understand,
    understood_mapping,
)
from sim.inputs.imports.mapping import Answers, Mapping, read_mapping, text_of_mapping
from sim.inputs.imports.report import report_of

__all__ = [
    "Answers",
    "Imported",
    "Mapping",
    "Understood",
    "import_files",
    "read_mapping",
    "report_of",
    "summary_of",
    "text_of_mapping",
    "understand",
    "understood_mapping",
]
