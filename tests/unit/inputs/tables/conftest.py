"""Fixtures that read tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sim.base.errors import Fault, InputError
from sim.inputs.organisation import Organisation
from sim.inputs.tables import read_organisation
from tests.unit.inputs.tables.hospital import PEOPLE, folder_with


@pytest.fixture
def read(tmp_path: Path):
    def read_tables(people: str | bytes = PEOPLE, **others: str | bytes) -> Organisation:
        tables = {"people.csv": people, **{f"{name}.csv": table for name, table in others.items()}}
        return read_organisation(folder_with(tmp_path / "hospital", tables))

    return read_tables


@pytest.fixture
def faults(read):
    def faults_of(people: str | bytes = PEOPLE, **others: str | bytes) -> list[Fault]:
        with pytest.raises(InputError) as caught:
            read(people, **others)
        return [replace(fault, where=fault.where.split("/")[-1]) for fault in caught.value.faults]

    return faults_of
