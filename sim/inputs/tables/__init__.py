"""A real organisation as tables: ``people.csv``, and optionally ``ties.csv`` and ``survey.csv``, in a folder.

Reading says everything that is wrong, with file, line and column, before anything is used; what is assumed or left out
is told in the organisation's notices. ``columns.py`` declares the columns and the words that cells may hold.
"""

from __future__ import annotations

from sim.inputs.tables.columns import ROLE_WORDS, STAFF_GROUP_WORDS, TABLES, TableColumn, describe_columns
from sim.inputs.tables.reading import read_organisation
from sim.inputs.tables.rows import LARGEST_TABLE
from sim.inputs.tables.writing import write_organisation

__all__ = [
    "LARGEST_TABLE",
    "ROLE_WORDS",
    "STAFF_GROUP_WORDS",
    "TABLES",
    "TableColumn",
    "describe_columns",
    "read_organisation",
    "write_organisation",
]
