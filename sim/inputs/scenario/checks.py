"""From the raw table of a scenario file to a scenario, or to everything that is wrong with it.

Every part is judged by itself and strictly (a number in quotation marks is not a number); then the parts are held
against one another, as far as they are sound. Knows nothing of files and lines: it names places by their path.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from sim.base.dates import as_date, week_of
from sim.base.errors import Fault, InputError, nearest_name
from sim.base.field_messages import Finding, as_written, findings_of, unknown_keys, wanted
from sim.inputs.interventions import KINDS, Intervention, Target
from sim.inputs.interventions.entry import is_week
from sim.inputs.organisation import Organisation, OrganisationShape, generate
from sim.inputs.scenario.description import (
    Scenario,
    ServiceSection,
    entry_findings,
    overlap_findings,
    service_findings,
    target_findings,
)
from sim.inputs.tables import read_organisation
from sim.rulebook.parameters import parameters_model
from sim.rulebook.rulebook import RULEBOOK, Rulebook

__all__ = ["Checked", "check_table"]

M = TypeVar("M", bound=BaseModel)

_SECTIONS = ("organisation", "parameters", "services", "timeline")
_MOST_ENTRIES = 200
_MOST_ROUNDS = 50
_END_OF_TIME = 10_000
_LONGEST_KIND = 100

_STAND_INS: dict[str, Any] = {"title": "?", "start_week": 0, "week": 0, "control_norm": 0.0}
"""What takes the place of a faulty or missing key that has no default, while the rest is judged."""

# What the rest of the scenario is held against; where one of these is faulty, the part is left out of that.
_DECIDES_PLACES = {"services", "teams", "senior_leaders"}
_DECIDES_DATES = {"start_week", "end_week", "week", "target", "name"}
_DECIDES_LEAVERS = {"how_many", "which", "week"}


@dataclass
class Checked:
    """What a check found.

    Parameters
    ----------
    scenario : the scenario, or None if there are faults
    findings : what is wrong with the table, by path
    faults : what is wrong with the tables of the organisation that it names
    """

    scenario: Scenario | None = None
    findings: list[Finding] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class _Part(Generic[M]):
    """One part of a scenario.

    Parameters
    ----------
    value : the part as far as it is sound, None if nothing is
    faulty : its keys that are not
    """

    value: M | None
    faulty: frozenset[str] = frozenset()

    def is_sound_in(self, keys: set[str]) -> bool:
        return self.value is not None and not self.faulty & keys


def check_table(table: Mapping[str, Any], name: str, folder: Path, rulebook: Rulebook = RULEBOOK) -> Checked:
    """Judge the table of a scenario.

    Parameters
    ----------
    table : as read from TOML
    name : short name of the scenario
    folder : what a relative path in the table starts from
    rulebook : whose parameters and formulas it may speak of
    """
    return _Check(table, name, folder, rulebook).run()


class _Check:
    def __init__(self, table: Mapping[str, Any], name: str, folder: Path, rulebook: Rulebook) -> None:
        self.table, self.name, self.folder, self.rulebook = table, name, folder, rulebook
        self.result = Checked()

    def run(self) -> Checked:
        head = self.head()
        shape = self.part(OrganisationShape, self.table.get("organisation", {}), ("organisation",), "[organisation]")
        parameters = self.part(
            parameters_model(self.rulebook), self.table.get("parameters", {}), ("parameters",), "[parameters]"
        )
        services = self.services()
        entries = self.entries()
        folder = self.tables_folder(head)
        self.hold_together(head, self.organisation(shape, folder), services, entries)
        if not self.result.findings and not self.result.faults and head.value is not None:
            self.result.scenario = head.value.model_copy(
                update={
                    "tables": None if folder is None else str(folder),
                    "organisation": shape.value,
                    "parameters": parameters.value,
                    "services": {name: part.value for name, part in services.items()},
                    "timeline": tuple(part.value for part in entries.values()),
                }
            )
        return self.result

    # --- parts --------------------------------------------------------------------------------------------------

    def head(self) -> _Part[Scenario]:
        """Judge what stands above all sections: title, story, weeks and so on."""
        head = {key: value for key, value in self.table.items() if key not in _SECTIONS}
        head, faulty = self.in_weeks(head, Scenario, ())
        if "name" in head:
            hint = "leave the line out: a scenario is called by the name of its file"
            self.found(Finding(("name",), "no name", as_written(head["name"]), hint))
        judged = self.part(Scenario, {**head, "name": self.name}, (), "a scenario")
        return _Part(judged.value, judged.faulty | faulty)

    def in_weeks(
        self, raw: Mapping[str, Any], model: type[BaseModel], path: tuple[str | int, ...]
    ) -> tuple[dict[str, Any], frozenset[str]]:
        """Return a table with weeks in the place of dates, and which of its keys have dates that are no weeks."""
        given, faulty = dict(raw), set()
        start = as_date(self.table.get("start"))
        for key, day in raw.items():
            if key not in model.model_fields or not is_week(key) or not isinstance(day, date):
                continue
            sound = as_date(day)
            if start is None or sound is None or sound < start:
                asked = wanted(model, key) if start is None else f"a date from {start} (the start) on"
                hint = "a date needs start = ... above all sections: the day on which week 0 begins"
                self.found(Finding((*path, key), asked, as_written(day), hint if start is None else ""))
                faulty.add(key)
                given.pop(key)
                if key in _STAND_INS:
                    given[key] = _STAND_INS[key]
            else:
                given[key] = week_of(sound, start)
        return given, frozenset(faulty)

    def part(self, model: type[M], raw: Any, path: tuple[str | int, ...], what: str) -> _Part[M]:
        """Judge one table; drop what is faulty and judge the rest, until nothing is found or nothing is left."""
        if not isinstance(raw, Mapping):
            hint = f'it begins with a line "{what}"' if what.startswith("[") else ""
            self.found(Finding(path, "a table", as_written(raw), hint))
            return _Part(None)
        self.found(*(finding.under(*path) for finding in unknown_keys(model, raw, what)))
        sound = {key: _frozen(value) for key, value in raw.items() if key in model.model_fields}
        faulty: set[str] = set()
        for _ in range(_MOST_ROUNDS):
            try:
                return _Part(model.model_validate(sound, strict=True, context=self.rulebook), frozenset(faulty))
            except ValidationError as error:
                found = findings_of(error, model)
                self.found(*(one.under(*path) for one in found if not _follows(one, faulty)))
                dropped = [_drop(sound, one.path) for one in found]
                faulty.update(key for key in dropped if key is not None)
                if None in dropped:
                    break
        return _Part(None, frozenset(faulty))

    def services(self) -> dict[str, _Part[ServiceSection]]:
        raw = self.table.get("services", {})
        if not isinstance(raw, Mapping):
            self.found(Finding(("services",), "tables such as [services.NAME.parameters]", as_written(raw)))
            return {}
        return {name: self.service(name, section) for name, section in raw.items()}

    def service(self, name: str, raw: Any) -> _Part[ServiceSection]:
        path = ("services", name)
        if not isinstance(raw, Mapping):
            self.found(Finding(path, "a table such as [services.NAME.parameters]", as_written(raw)))
            return _Part(None)
        self.found(*(finding.under(*path) for finding in unknown_keys(ServiceSection, raw, "a service")))
        values = raw.get("parameters", {})
        own = self.part(parameters_model(self.rulebook), values, (*path, "parameters"), "the parameters of a service")
        if own.value is None:
            return _Part(None)
        given = {"parameters": own.value.model_dump(include=own.value.model_fields_set)}
        return _Part(ServiceSection.model_validate(given, context=self.rulebook))

    def entries(self) -> dict[int, _Part[Intervention]]:
        raw = self.table.get("timeline", [])
        if not isinstance(raw, list | tuple):
            hint = "each entry begins with a line [[timeline]], in two pairs of brackets"
            self.found(Finding(("timeline",), "a list of entries", as_written(raw), hint))
            return {}
        if len(raw) > _MOST_ENTRIES:
            self.found(Finding(("timeline",), f"at most {_MOST_ENTRIES} entries", str(len(raw))))
        return {place: self.entry(place, entry) for place, entry in enumerate(raw[:_MOST_ENTRIES])}

    def entry(self, place: int, raw: Any) -> _Part[Intervention]:
        path = ("timeline", place)
        if not isinstance(raw, Mapping):
            self.found(Finding(path, "a table", as_written(raw), "each entry begins with a line [[timeline]]"))
            return _Part(None)
        kind = raw.get("kind")
        if not isinstance(kind, str) or kind not in KINDS:
            self.found(Finding((*path, "kind"), "a kind of intervention", as_written(kind), _kind_hint(kind)))
            return _Part(None)
        model = KINDS[kind]
        dated, faulty = self.in_weeks(raw, model, path)
        if "target" not in raw:
            entry = self.part(model, dated, path, kind)
            return _Part(entry.value, entry.faulty | faulty)
        n_before = len(self.result.findings)
        target = self.part(Target, raw["target"], (*path, "target"), "a target")
        is_faulty = len(self.result.findings) > n_before
        given = {**dated, "target": Target() if target.value is None else target.value}
        entry = self.part(model, given, path, kind)
        return _Part(entry.value, entry.faulty | faulty | ({"target"} if is_faulty else set()))

    # --- the parts against one another --------------------------------------------------------------------------

    def tables_folder(self, head: _Part[Scenario]) -> Path | None:
        """Return the folder of the organisation's tables."""
        if head.value is None or head.value.tables is None:
            return None
        folder = os.path.join(self.folder, head.value.tables)
        if not os.path.isdir(folder):
            hint = "there is no such folder beside the scenario file"
            asked = "a folder with people.csv, relative to the scenario file"
            self.found(Finding(("tables",), asked, as_written(head.value.tables), hint))
            return None
        return Path(folder).resolve()

    def organisation(self, shape: _Part[OrganisationShape], folder: Path | None) -> Organisation | None:
        """Return the organisation, as far as names of services, teams and seniors go; None if that is not known."""
        if folder is not None:
            try:
                return read_organisation(folder, shape.value or OrganisationShape())
            except InputError as error:
                self.result.faults.extend(error.faults)
                return None
        if shape.value is None or not shape.is_sound_in(_DECIDES_PLACES) or self.table.get("tables") is not None:
            return None
        # One seat a team will do: the names are the same, however large the teams.
        return generate(shape.value.model_copy(update={"team_size": 1}))

    def hold_together(
        self,
        head: _Part[Scenario],
        organisation: Organisation | None,
        services: Mapping[str, _Part[ServiceSection]],
        entries: Mapping[int, _Part[Intervention]],
    ) -> None:
        weeks = head.value.weeks if head.value is not None and head.is_sound_in({"weeks"}) else None
        if organisation is not None:
            sections = {name: part.value or ServiceSection() for name, part in services.items()}
            self.found(*service_findings(sections, organisation))
        dated = {}
        for place, part in entries.items():
            if part.value is None:
                continue
            self.found(*target_findings(place, type(part.value), part.value.target, organisation))
            if part.is_sound_in(_DECIDES_LEAVERS | {"start_week"}):
                self.found(*entry_findings(place, part.value, weeks, organisation))
            if part.is_sound_in(_DECIDES_DATES):
                dated[place] = part.value
        self.found(*overlap_findings(dated, weeks or _END_OF_TIME))

    def found(self, *findings: Finding) -> None:
        self.result.findings.extend(findings)


def _follows(finding: Finding, faulty: set[str]) -> bool:
    """Whether a finding only follows from what has been dropped: it is missing now, or the whole does not add up."""
    if not finding.path:
        return bool(faulty - _STAND_INS.keys())
    return finding.path[0] in faulty and (finding.is_missing or len(finding.path) == 1)


def _drop(sound: dict[str, Any], path: tuple[str | int, ...]) -> str | None:
    """Take what is faulty out of a table; return its key, or None if that does not help."""
    key = str(path[0]) if path else ""
    inner = sound.pop(key, None)
    if len(path) > 1 and isinstance(inner, Mapping):
        rest = {name: value for name, value in inner.items() if name != path[1]}
        if 0 < len(rest) < len(inner):
            sound[key] = rest
    elif key in _STAND_INS:
        sound[key] = _STAND_INS[key]
    elif inner is None:
        return None
    return key


def _frozen(value: Any) -> Any:
    """Return a value with tuples in place of lists: scenarios are frozen, and their checks strict."""
    if isinstance(value, list | tuple):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, Mapping):
        return {key: _frozen(item) for key, item in value.items()}
    return value


def _kind_hint(kind: Any) -> str:
    near = nearest_name(kind[:_LONGEST_KIND], KINDS) if isinstance(kind, str) else ""
    return near or f"the kinds are {', '.join(KINDS)}"
