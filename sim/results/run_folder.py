"""The folder of a run: weekly table, summary, figure, and a manifest from which the run can be repeated bit by bit.

How it is written, and what is never overwritten, is the same for all results: see :mod:`sim.base.destination`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, ValidationError, model_validator

from sim.base.dates import first_day
from sim.base.destination import MANIFEST, FolderDestination
from sim.base.errors import InputError, unread
from sim.base.files import read_file
from sim.base.version import CONTRACT, FIRST_CONTRACT
from sim.engine.recorder import MEASURE_NAMES
from sim.inputs.organisation import GivenTies, Organisation
from sim.inputs.scenario.description import Scenario
from sim.results.ensemble import Ensemble, PairedEnsemble
from sim.rulebook.own_rules import Recorded, faults_of_record
from sim.rulebook.rulebook import RULEBOOK, Rulebook

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "FILES",
    "Manifest",
    "environment",
    "labelled",
    "organisation_digest",
    "own_rules_of",
    "read_manifest",
    "recorded_of",
    "run_destination",
    "weekly_digest",
    "weekly_table",
    "write_run",
]

FILES = ("weekly.parquet", "weekly.csv", "summary.csv", "figure.png", "figure.svg", MANIFEST)
"""Everything that a folder of results may hold."""

MOST_REPLICATES = 1_000_000
Replicate = Annotated[int, Field(ge=0, lt=2**32)]

_PACKAGES = ("numpy", "numba", "llvmlite", "scipy", "networkx", "mesa", "pandas", "pyarrow", "matplotlib", "pydantic")
_SUMMARY_COLUMNS = ("scenario", "measure", "mean", "low", "high", "replicates", "range_low", "range_high")
_ROWS_AT_ONCE = 200_000
_LARGEST_MANIFEST = 50_000_000


@dataclass(frozen=True)
class Manifest:
    """What is needed to repeat a run.

    Parameters
    ----------
    path : where it was read from
    version : version of Cultureshift that made the run
    contract : which contract of the model it was run under
    seed, replicates : of the run
    pairs : each scenario, and what it was compared with
    organisations : digest of each scenario's organisation
    weekly_digest : of the weekly results, see :func:`weekly_digest`
    measures : the measures that the run keeps; None for all
    environment : Python, packages and platform of the run
    """

    path: Path
    version: str
    contract: int
    seed: int
    replicates: tuple[int, ...]
    pairs: tuple[tuple[Scenario, Scenario], ...]
    organisations: tuple[str, ...]
    weekly_digest: str
    environment: Mapping[str, str]
    measures: tuple[str, ...] | None = None


# --- digests ----------------------------------------------------------------------------------------------------------


def weekly_digest(pairs: Sequence[PairedEnsemble]) -> str:
    """Return a hash of every weekly number of some runs: equal if and only if all bits are."""
    digest = hashlib.sha256(json.dumps(pairs[0].arm.measure_names if pairs else MEASURE_NAMES).encode())
    for paired in pairs:
        for ensemble in (paired.arm, paired.baseline):
            digest.update(json.dumps(ensemble.weekly.shape).encode())
            digest.update(np.ascontiguousarray(ensemble.weekly, dtype="<f8").tobytes())
    return digest.hexdigest()


def _more_of(ties: GivenTies) -> tuple[NDArray[Any], ...]:
    return (ties.weights, ties.one_way, ties.leaders_teams, ties.leaders_weights)


def organisation_digest(organisation: Organisation) -> str:
    """Return a hash of who works where, of known tenures, scores and ties; names are left out."""
    digest = hashlib.sha256(organisation.shape.model_dump_json().encode())
    scores, ties = organisation.scores, organisation.given_ties
    for part in (
        organisation.staff_group,
        organisation.team_start,
        organisation.service_team_start,
        organisation.service_senior_start,
        organisation.tenure_weeks,
        *((None, None) if scores is None else (scores.safety, scores.efficacy)),
        *((None, None) if ties is None else (ties.pairs, ties.layers)),
        # Ties that are no more than pairs have the hash that they have always had.
        *(() if ties is None or ties.are_plain else _more_of(ties)),
        *_of_groups(organisation),
        *(() if organisation.chance is None else organisation.chance),
    ):
        digest.update(b"-" if part is None else f"{part.dtype.str}{part.shape}".encode() + part.tobytes())
    return digest.hexdigest()


def _of_groups(organisation: Organisation) -> Iterator[NDArray[Any] | None]:
    """Yield what is known of groups alone; nothing where everybody's own score is, so that hashes stay as they were."""
    scores = organisation.scores
    if scores is not None and scores.n_open:
        for groups in (scores.safety_groups, scores.efficacy_groups):
            yield from (None,) if groups is None else groups.arrays()


# --- tables -----------------------------------------------------------------------------------------------------------


def labelled(pairs: Sequence[PairedEnsemble]) -> list[tuple[str, Ensemble]]:
    """Return every ensemble with a name of its own; a baseline that scenarios share stands there once."""
    named: dict[str, Ensemble] = {}
    shared: dict[str, str] = {}
    for paired in pairs:
        named[_free(paired.arm.scenario.name, named)] = paired.arm
    for paired in pairs:
        baseline = paired.baseline
        key = f"{baseline.scenario.digest()} {organisation_digest(baseline.organisation)} {baseline.n_weeks}"
        if key not in shared:
            name = baseline.scenario.name
            shared[key] = _free(f"{name} of {paired.arm.scenario.name}" if name in named else name, named)
            named[shared[key]] = baseline
    return list(named.items())


def _free(name: str, taken: Mapping[str, Any]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free


def weekly_table(
    label: str, ensemble: Ensemble, first: int = 0, last: int | None = None, dated: bool = False
) -> pa.Table:
    """Return the weekly table of replicates ``first`` to ``last``: scenario, replicate, week, measures, cost so far.

    ``dated``: after the week stands the day on which it begins, nothing where the scenario has no date.
    """
    import pyarrow as pa

    weekly = ensemble.weekly[first:last]
    n_replicates, n_rows, n_measures = weekly.shape
    flat = weekly.reshape(-1, n_measures)
    n_all = len(flat)
    scenario = pa.DictionaryArray.from_arrays(pa.array(np.zeros(n_all, dtype=np.int32)), pa.array([label]))
    columns: dict[str, Any] = {
        "scenario": scenario,
        "replicate": np.repeat(np.array(ensemble.replicates[first:last], dtype=np.int64), n_rows),
        "week": np.tile(np.arange(n_rows, dtype=np.int64), n_replicates),
    }
    if dated:
        columns["date"] = pa.array(_days(ensemble) * n_replicates, pa.date32())
    columns |= {name: np.ascontiguousarray(flat[:, place]) for place, name in enumerate(ensemble.measure_names)}
    columns["cost"] = np.tile(ensemble.cost_so_far(), n_replicates)
    return pa.table(columns)


def _days(ensemble: Ensemble) -> list[date | None]:
    """Return [n_weeks + 1], the day on which each week begins."""
    start = ensemble.scenario.start
    return [None if start is None else first_day(week, start) for week in range(ensemble.n_weeks + 1)]


def _write_weekly(path: Path, pairs: Sequence[PairedEnsemble]) -> None:
    import pyarrow.parquet as pq

    writer = None
    try:
        for table in _weekly_parts(pairs):
            writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd", use_dictionary=["scenario"])
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()


def _write_weekly_csv(path: Path, pairs: Sequence[PairedEnsemble]) -> None:
    """Write the weekly table as text: what is not defined is left empty; numbers can be read back bit by bit."""
    from pyarrow import csv as tables

    writer = None
    try:
        for table in map(_plain, _weekly_parts(pairs)):
            writer = writer or tables.CSVWriter(path, table.schema)
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()


def _plain(table: pa.Table) -> pa.Table:
    """Return a table as a text file can hold it: no dictionaries, and nothing in the place of NaN."""
    import pyarrow as pa

    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        is_number = pa.types.is_floating(column.type)
        is_named = pa.types.is_dictionary(column.type)
        plain = column.cast(pa.string()) if is_named else column
        columns[name] = pa.array(column.to_numpy(), from_pandas=True) if is_number else plain
    return pa.table(columns)


def _weekly_parts(pairs: Sequence[PairedEnsemble]) -> Iterator[pa.Table]:
    ensembles = labelled(pairs)
    dated = any(ensemble.scenario.start for _, ensemble in ensembles)
    for label, ensemble in ensembles:
        at_once = max(1, _ROWS_AT_ONCE // (ensemble.n_weeks + 1))
        for first in range(0, len(ensemble.replicates), at_once):
            yield weekly_table(label, ensemble, first, first + at_once, dated)


def _summary_text(records: Sequence[Mapping[str, object]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, _SUMMARY_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for record in records:
        writer.writerow({key: "" if value != value else value for key, value in record.items()})
    return text.getvalue()


# --- write ------------------------------------------------------------------------------------------------------------


def write_run(
    folder: Path,
    pairs: Sequence[PairedEnsemble],
    *,
    summary: Sequence[Mapping[str, object]],
    images: Mapping[str, bytes],
    command: Sequence[str] = (),
    force: bool = False,
    weekly_csv: bool = False,
) -> list[Path]:
    """Write the folder of a run, whole or not at all.

    Parameters
    ----------
    folder : where to; made if it is missing
    pairs : the scenarios that were run, each with what it was compared with
    summary : records of scenario, measure, mean, low, high, replicates
    images : ``figure.png`` and ``figure.svg``, as bytes
    command : the command that made the run, word by word
    force : replace what an earlier run wrote there
    weekly_csv : write the weekly table as ``weekly.csv`` too

    Returns
    -------
    the files written

    Raises
    ------
    OutputError : the folder holds something else, cannot be written, or the disk is full
    """
    with run_destination(folder, force).writing(command, _manifest(pairs)) as staged:
        _write_weekly(staged / "weekly.parquet", pairs)
        if weekly_csv:
            _write_weekly_csv(staged / "weekly.csv", pairs)
        (staged / "summary.csv").write_text(_summary_text(summary), encoding="utf-8", newline="")
        for name, image in images.items():
            (staged / name).write_bytes(image)
        written = sorted([*(path.name for path in staged.iterdir()), MANIFEST])
    return [folder / name for name in written]


def run_destination(folder: Path, force: bool = False) -> FolderDestination:
    """Return the folder of a run, to be checked before anything is run."""
    return FolderDestination(folder, FILES, force)


# --- manifest ---------------------------------------------------------------------------------------------------------


def _manifest(pairs: Sequence[PairedEnsemble]) -> dict[str, Any]:
    """Return what the manifest of a run says beside its command and its files."""
    arm, n_replicates = pairs[0].arm, len(pairs[0].arm.replicates)
    return {
        "contract": CONTRACT,
        "seed": arm.seed,
        "replicates": n_replicates if arm.replicates == tuple(range(n_replicates)) else list(arm.replicates),
        "weeks": arm.n_weeks,
        "environment": environment(),
        "runs": [_run_entry(paired) for paired in pairs],
        "weekly_sha256": weekly_digest(pairs),
        **({} if set(arm.measure_names) >= set(MEASURE_NAMES) else {"measures": list(arm.measure_names)}),
        **own_rules_of(*(one.scenario for paired in pairs for one in (paired.arm, paired.baseline))),
    }


def own_rules_of(*scenarios: Scenario) -> dict[str, Any]:
    """Return what a manifest says of rules from outside the package; nothing where there are none."""
    recorded = recorded_of(*scenarios)
    return {"own_rules": [one.model_dump() for one in recorded]} if recorded else {}


def recorded_of(*scenarios: Scenario) -> tuple[Recorded, ...]:
    """Return what is recorded of rules from outside the package that any of some scenarios is run with."""
    return tuple(dict.fromkeys(one for scenario in scenarios for one in scenario.own_rules))


def _run_entry(paired: PairedEnsemble) -> dict[str, Any]:
    arm, baseline, organisation = paired.arm.scenario, paired.baseline.scenario, paired.arm.organisation
    return {
        "scenario": arm.model_dump(mode="json"),
        "scenario_sha256": arm.digest(),
        "compared_with": baseline.model_dump(mode="json"),
        "compared_with_sha256": baseline.digest(),
        "organisation": {
            "staff": organisation.n_staff,
            "teams": organisation.n_teams,
            "services": organisation.n_services,
            "sha256": organisation_digest(organisation),
        },
    }


def environment() -> dict[str, str]:
    """Return the versions of Python and packages, and the platform."""
    found = {"python": platform.python_version(), "platform": platform.platform(), "machine": platform.machine()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


class _OrganisationEntry(BaseModel):
    sha256: str


class _RunEntry(BaseModel):
    scenario: Scenario
    compared_with: Scenario
    organisation: _OrganisationEntry

    @model_validator(mode="after")
    def _can_be_compared(self) -> Self:
        for name in ("weeks", "tables", "organisation"):
            if getattr(self.scenario, name) != getattr(self.compared_with, name):
                raise ValueError(f"compared_with has other {name}")
        return self


class _OwnRules(BaseModel):
    """What a manifest says of rules from outside the package."""

    own_rules: list[Recorded] = Field([], max_length=100)


class _ManifestFile(BaseModel):
    """The part of a manifest that is needed to repeat its run."""

    cultureshift: str
    contract: int = Field(FIRST_CONTRACT, ge=FIRST_CONTRACT)
    seed: int = Field(ge=0, lt=2**32)
    replicates: Annotated[int, Field(ge=1, le=MOST_REPLICATES)] | Annotated[list[Replicate], Field(min_length=1)]
    runs: list[_RunEntry] = Field(min_length=1)
    weekly_sha256: str
    environment: dict[str, str]
    measures: list[str] | None = Field(None, min_length=1, max_length=1_000)


def read_manifest(path: Path, rulebook: Rulebook = RULEBOOK) -> Manifest:
    """Return the manifest of a run.

    Parameters
    ----------
    path : where it is
    rulebook : the rules to repeat the run with; those of one's own have to be the ones that are recorded there

    Raises
    ------
    InputError : it cannot be read, is not a manifest, or was made with other rules
    """
    wanted = "the manifest.json of a run"
    try:
        content = json.loads(read_file(path, wanted, _LARGEST_MANIFEST).decode())
        recorded = _OwnRules.model_validate(content).own_rules
        if faults := list(faults_of_record(recorded, rulebook.recorded, str(path))):
            raise InputError(faults)
        told = _ManifestFile.model_validate(content, context=rulebook)
    except InputError:
        raise
    except (ValueError, RecursionError) as error:
        hint = "manifests are not meant to be edited"
        raise InputError.single(str(path), wanted, _first_line(error), hint) from None
    return Manifest(
        path=path,
        version=told.cultureshift,
        contract=told.contract,
        seed=told.seed,
        replicates=tuple(range(told.replicates) if isinstance(told.replicates, int) else told.replicates),
        pairs=tuple((run.scenario, run.compared_with) for run in told.runs),
        organisations=tuple(run.organisation.sha256 for run in told.runs),
        weekly_digest=told.weekly_sha256,
        environment=told.environment,
        measures=None if told.measures is None else tuple(told.measures),
    )


def _first_line(error: ValueError | RecursionError) -> str:
    if isinstance(error, ValidationError):
        item = error.errors()[0]
        return f"{'.'.join(str(part) for part in item['loc']) or 'the file'}: {item['msg'].lower()}"
    return unread(error)
