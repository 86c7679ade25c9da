"""What a store says of itself, in ``store.json``: format, what is kept, the study, and a hash of each table beside it.

It is the root of all that is checked: it holds a hash of itself, and one of each table. A table is changed in two
steps, each whole or not at all: first its new hash is written down beside the old one, then the table is put in its
place. So a kill between the two leaves a table that one of the two hashes fits. Parts have theirs in their names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import to_jsonable_python

from sim.base.errors import Fault, InputError, nearest_name, unread
from sim.base.field_messages import WrongValueError, as_written, findings_of, path_text
from sim.base.files import write_whole
from sim.base.measure import OTHER_COLUMNS
from sim.base.version import CONTRACT, FIRST_CONTRACT
from sim.engine.recorder import MEASURE_NAMES
from sim.results.store.cases import CaseRow
from sim.results.store.figures import FIGURES, Figure
from sim.results.store.keys import FORMAT_VERSION, model_version
from sim.results.store.parts import Keep
from sim.results.store.reading import DamagedStoreError, digest_of, file_bytes
from sim.rulebook.own_rules import Recorded, faults_of_record

__all__ = ["STORE_FILE", "Description", "read_description", "write_description"]

STORE_FILE = "store.json"

_FIRST_WITH_HASHES = 2
_DECIDES_NOTHING = {"own_rules", "story", "scenario"}
"""What a plan says beside what decides its answer; rules of one's own and scenarios' contents are judged apart."""
_CALLED = {"model_version": "version of the model"}
_MAY_GROW = {"replicates", "judged", "points", "trials", "searched", "scenarios", "budgets"}
_ANOTHER_PLACE = (
    "choose another folder with --out, or let this one take its place with --force (runs that both need are kept)"
)
_LONGEST_TOLD = 120
_MOST_BYTES = 50_000_000
_LONGEST_SEED = 2**32

PartName = Annotated[str, Field(pattern=r"^[0-9a-z-]{1,100}\.parquet$")]
# What a measure of one's own is, its file says, which is given to whatever runs; here it is a column.
_OwnName = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]{0,99}$")]
_MOST_OWN = 100
# Empty where there may be no such table yet.
Digest = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]


class _KeepTable(BaseModel):
    """The table ``keep`` of a description."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    measures: tuple[str, ...] = Field(max_length=len(MEASURE_NAMES), description="names of weekly measures")
    every_weeks: int = Field(ge=1, le=520, description="a series has every so many weeks")
    own_measures: tuple[_OwnName, ...] = Field(
        (), max_length=_MOST_OWN, description="names of weekly measures of one's own, which follow"
    )
    figures: tuple[tuple[str, Annotated[int, Field(ge=0, le=10_000)]], ...] = Field(
        (), max_length=10_000, description="measures and weeks of single figures"
    )

    @field_validator("measures")
    @classmethod
    def _are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in MEASURE_NAMES:
                raise WrongValueError(
                    "", "names of weekly measures", as_written(name), nearest_name(name, MEASURE_NAMES)
                )
        if names != tuple(name for name in MEASURE_NAMES if name in names):
            raise WrongValueError("", "each measure once, in the order of the model", as_written(names))
        return names

    @field_validator("own_measures")
    @classmethod
    def _are_names_of_their_own(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name in (*MEASURE_NAMES, *OTHER_COLUMNS):
                raise WrongValueError("", "names that are not taken", as_written(name))
        if len(set(names)) < len(names):
            raise WrongValueError("", "each measure once", as_written(names))
        return names

    @field_validator("figures")
    @classmethod
    def _can_be_measured(cls, figures: tuple[Figure, ...]) -> tuple[Figure, ...]:
        for name, _ in figures:
            if name not in FIGURES:
                raise WrongValueError("", "measures of a run", as_written(name), nearest_name(name, FIGURES))
        if len(set(figures)) < len(figures):
            raise WrongValueError("", "each figure once", as_written(figures))
        return figures


class _Study(BaseModel):
    """The table ``study``: what it is called, and whatever else the study is made of."""

    model_config = ConfigDict(frozen=True, extra="allow", protected_namespaces=())

    title: str = Field("", max_length=20_000, description="what the study is called")
    seed: int = Field(1, ge=0, lt=_LONGEST_SEED, description="seed of the chance events")
    model_version: str = Field("", max_length=200, description="version of the model that ran last")
    own_rules: tuple[Recorded, ...] = Field((), max_length=100, description="rules from outside the package")


class Description(BaseModel):
    """What a store says of itself."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    format: int = Field(ge=1, le=FORMAT_VERSION, description="version of the layout")
    contract: int = Field(
        FIRST_CONTRACT, ge=FIRST_CONTRACT, lt=2**31, description="which contract of the model its runs are made under"
    )
    model_version: str = Field(max_length=200, description="version of the model that it was begun with")
    keep: _KeepTable = Field(description="what is kept of each run")
    study: _Study = Field(default_factory=_Study, description="what the study is")
    log_lines: int = Field(0, ge=0, lt=2**63, description="lines of the log, at least")
    wanted: int = Field(0, ge=0, lt=2**63, description="runs that the study needs, as far as is known")
    parts: tuple[PartName, ...] = Field((), description="parts that have been brought into their canonical form")
    tables: dict[str, tuple[Digest, ...]] = Field({}, description="SHA-256 of each table, the newest first")

    @classmethod
    def new(cls, keep: Keep) -> Description:
        """Return the description of a store that has just been begun."""
        kept = _KeepTable(**keep.as_table())
        return cls(format=FORMAT_VERSION, contract=CONTRACT, model_version=model_version(), keep=kept)

    @property
    def kept(self) -> Keep:
        """What is kept of each run."""
        measures = (*self.keep.measures, *self.keep.own_measures)
        return Keep(measures, self.keep.every_weeks, self.keep.figures)

    @property
    def has_hashes(self) -> bool:
        """Whether the store knows what its tables must be; older ones do not."""
        return self.format >= _FIRST_WITH_HASHES

    def check_contract(self, where: str) -> None:
        """Make sure that runs of today may be added: under another contract of the model the same inputs gave others.

        Raises
        ------
        InputError : its runs were made under another contract
        """
        if self.contract != CONTRACT:
            raise InputError.single(
                where,
                f"a study under contract {CONTRACT} of the model",
                f"one under contract {self.contract}",
                "what it holds can be read and asked about there, but differs from what runs give now: "
                "choose another folder",
            )

    def check_rules(self, title: str, given: Sequence[Recorded], where: str) -> None:
        """Make sure that a study is gone on with under the rules from outside the package that it was begun with.

        Parameters
        ----------
        title : of what is to be run; where another study takes the place of this one, their runs are told apart anyway
        given : the rules that are given now
        where : what messages call the place

        Raises
        ------
        InputError : they are missing, or others
        """
        is_same = self.study.title == title
        if is_same and (faults := list(faults_of_record(self.study.own_rules, given, where))):
            raise InputError(faults)

    def check_plan(
        self, plan: Mapping[str, Any], where: str, had: Iterable[CaseRow] = (), has: Iterable[CaseRow] = ()
    ) -> None:
        """Make sure that what is planned goes on with what is there, and does not write another answer over it.

        More of the same goes on: more replicates, points, trials, scenarios or budgets.

        Parameters
        ----------
        plan : the study as :meth:`with_study` takes it
        where : what messages call the place
        had, has : the cases there, and those that are planned, if runs are told apart by cases

        Raises
        ------
        InputError : something differs; all that does is listed
        """
        there, now = self.study.model_dump(mode="json"), to_jsonable_python(plan)
        if not there["title"]:
            return
        is_same_model = there["model_version"] == now["model_version"]
        runs = {(case.scenario, case.config, case.reference) for case in has}
        are_cases_told = bool(runs) and is_same_model
        names = [name for name in now if name in there and name not in _DECIDES_NOTHING]
        other = [name for name in names if not _goes_on(name, there[name], now[name])]
        if are_cases_told:
            lost = [case for case in had if (case.scenario, case.config, case.reference) not in runs]
            # A design is another one only if a point of it is gone.
            other = [name for name in other if name != "design" or lost]
        faults = [
            Fault(f"{where}: {_CALLED.get(name, name)}", f"{_brief(there[name])}, as what is there", _brief(now[name]))
            for name in other
        ]
        if are_cases_told and lost and not faults:
            wanted, came = "the scenarios and points that were run there", f"others ({lost[0].scenario} was different)"
            faults = [Fault(where, wanted, came)]
        if faults:
            faults[-1] = replace(faults[-1], hint=_ANOTHER_PLACE)
            raise InputError(faults)

    def as_table(self) -> dict[str, Any]:
        """Return it in plain types."""
        table = {**self.model_dump(mode="json"), "keep": self.kept.as_table()}
        if not self.study.own_rules:
            del table["study"]["own_rules"]
        return table

    def now(self) -> Description:
        """Return it in the format of this version."""
        return self.model_copy(update={"format": FORMAT_VERSION})

    def with_study(self, study: dict[str, Any]) -> Description:
        """Return it with another study."""
        return self.model_copy(update={"study": _Study.model_validate(study)})

    def with_log(self, n_lines: int, wanted: int | None) -> Description:
        """Return it with another number of lines of the log, and perhaps of runs that are needed."""
        return self.model_copy(update={"log_lines": n_lines, "wanted": self.wanted if wanted is None else wanted})

    def with_parts(self, paths: Iterable[Path]) -> Description:
        """Return it with the parts that must be there from now on."""
        return self.model_copy(update={"parts": tuple(sorted(path.name for path in paths))})

    def with_table(self, name: str, *digests: str) -> Description:
        """Return it with what a table may be from now on, the newest first."""
        tables = {**self.tables, name: tuple(dict.fromkeys(digests))}
        return self.model_copy(update={"tables": tables})

    def without_tables(self, names: Iterable[str]) -> Description:
        """Return it with tables that are not there yet."""
        return self.model_copy(update={"tables": {**self.tables, **dict.fromkeys(names, ("",))}})


def _goes_on(name: str, there: Any, now: Any) -> bool:
    """Tell whether part of a plan is what it was, or more of it."""
    if there == now:
        return True
    if name in _MAY_GROW and isinstance(there, list) and isinstance(now, list):
        return all(one in now for one in there)
    return name in _MAY_GROW and isinstance(there, int) and isinstance(now, int) and there <= now


def _brief(value: Any) -> str:
    text = as_written(value)
    return text if len(text) <= _LONGEST_TOLD else f"{text[:_LONGEST_TOLD]}..."


def _self_digest(table: dict[str, Any]) -> str:
    text = json.dumps({key: value for key, value in table.items() if key != "sha256"}, sort_keys=True)
    return digest_of(text.encode())


def read_description(folder: Path) -> Description:
    """Return what the store in a folder says of itself.

    Raises
    ------
    InputError : there is no store, a newer Cultureshift wrote it, or it names what does not exist
    DamagedStoreError : the file is not what was written
    """
    path = folder / STORE_FILE
    try:
        content = file_bytes(path, _MOST_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        hint = "begin one with: cultureshift study FILE --out DIR"
        raise InputError.single(str(folder), "the folder of a study", f"one without {STORE_FILE}", hint) from None
    try:
        table = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DamagedStoreError(path, f"no JSON: {unread(error)}") from None
    came = table.get("format") if isinstance(table, dict) else None
    if not isinstance(came, int) or isinstance(came, bool):
        raise DamagedStoreError(path, f"wanted a table with a whole number as format, got {as_written(came)}")
    if came > FORMAT_VERSION:
        hint = "install that version to read it, or choose another folder with --out"
        wanted = f"a study in format {FORMAT_VERSION} or older"
        raise InputError.single(str(path), wanted, f"format {as_written(came)}, of a newer Cultureshift", hint)
    if came >= _FIRST_WITH_HASHES and table.pop("sha256", None) != _self_digest(table):
        raise DamagedStoreError(path, "its content does not fit the hash in it")
    try:
        return Description.model_validate_json(json.dumps(table), strict=True)
    except ValidationError as error:
        raise InputError(
            Fault(f"{path}: {path_text(one.path)}", one.wanted, one.came, one.hint)
            for one in findings_of(error, Description)
        ) from None


def write_description(folder: Path, description: Description) -> None:
    """Write down what a store says of itself, with a hash of that.

    Raises
    ------
    OutputError : the folder cannot be written
    """
    table = description.as_table()
    text = json.dumps({**table, "sha256": _self_digest(table)}, indent=1, sort_keys=True)
    write_whole(folder / STORE_FILE, text + "\n")
