"""A scenario: who there is, what is done and when, with which parameters, and what to compare it with.

A scenario is a frozen description. It sits below the model: it can be read, checked, changed and compared without
running anything. ``scenario_files.py`` reads it from TOML and writes it back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sim.errors import Fault, InputError, nearest_name
from sim.interventions import KINDS, Appointments, Intervention, LeadersLeave
from sim.organisation import Organisation, OrganisationShape, generate
from sim.parameters import Parameters
from sim.tables import read_organisation

__all__ = ["Scenario", "ServiceSection", "build_organisation", "faults_in", "parameters_of_services"]

BASELINE = "baseline"


class ServiceSection(BaseModel):
    """What is different in one service."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parameters: dict[str, float] = Field(default_factory=dict, description="parameters that differ in this service")


class Scenario(BaseModel):
    """A scenario, fully resolved.

    Examples
    --------
    >>> scenario = Scenario(title="Nothing is done")
    >>> scenario.with_parameters(staff_turnover=0.2).parameters.staff_turnover
    0.2
    >>> scenario.with_entries(kind="dialogue", start_week=0, end_week=52).timeline[0].intensity
    1.0
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str = Field("scenario", max_length=200, description="short name; the file's name if it was read from one")
    title: str = Field(max_length=200, description="what it is called in pictures")
    story: str = Field("", max_length=20_000, description="the story in plain language")
    weeks: int = Field(416, ge=1, le=10_000, description="weeks of the run")
    compare_with: str = Field(
        BASELINE, max_length=200, description='"baseline" (the same without interventions) or another scenario\'s name'
    )
    support_ends: int | None = Field(
        None, ge=0, le=10_000, description="the week in which outside support ends; found from the timeline if left out"
    )
    tables: str | None = Field(
        None,
        max_length=1000,
        description="folder with people.csv of a real organisation, relative to the scenario file",
    )
    organisation: OrganisationShape = Field(
        default_factory=OrganisationShape, description="the made-up organisation, or how ties of a real one are drawn"
    )
    parameters: Parameters = Field(default_factory=Parameters, description="parameters that differ from the defaults")
    services: dict[str, ServiceSection] = Field(
        default_factory=dict, description="what differs in a service, by its name"
    )
    timeline: tuple[Intervention, ...] = Field((), max_length=200, description="what is done, and what happens")

    @property
    def support_end_week(self) -> int | None:
        """The week in which outside support ends: when the money ends. None if there is no outside support.

        Training of internal facilitators is not outside support; where there is nothing else, its end counts.
        """
        if self.support_ends is not None:
            return self.support_ends
        outside = [entry for entry in self.timeline if entry.is_outside_support]
        entries = outside or [entry for entry in self.timeline if entry.kind == "train_facilitators"]
        ends = [entry.weeks(self.weeks)[1] for entry in entries]
        return max(ends) if ends else None

    def baseline(self) -> Scenario:
        """Return the same scenario without interventions."""
        return self.model_copy(update={"name": BASELINE, "title": "Without interventions", "story": "", "timeline": ()})

    def replace(self, **changes: Any) -> Self:
        """Return a scenario with other fields, checked like a new one.

        Raises
        ------
        InputError : a value is not allowed
        """
        try:
            return type(self).model_validate({**dict(self), **changes})
        except ValidationError as error:
            raise InputError(_argument_faults(error)) from None

    def with_parameters(self, **values: float) -> Self:
        """Return a scenario with other parameters.

        Raises
        ------
        InputError : a name is unknown or a value out of range
        """
        return self.replace(parameters={**self.parameters.model_dump(), **values})

    def with_entries(self, *entries: Intervention, **entry: Any) -> Self:
        """Return a scenario with more entries on its timeline: objects, or one given by its fields."""
        added = [*entries, entry] if entry else entries
        return self.replace(timeline=(*self.timeline, *added))

    def without(self, *kinds: str) -> Self:
        """Return a scenario without the interventions of some kinds."""
        return self.replace(timeline=tuple(entry for entry in self.timeline if entry.kind not in kinds))

    def cost_by_week(self, n_weeks: int) -> NDArray[np.float64]:
        """Return [n_weeks], the cost of each week in days of paid support."""
        return np.array([sum(entry.cost(week, n_weeks) for entry in self.timeline) for week in range(n_weeks)])

    def canonical(self) -> dict[str, Any]:
        """Return everything that decides the outcome, in plain types with sorted keys; words are left out."""
        words = {"name", "title", "story", "compare_with", "tables"}
        content = self.model_dump(mode="json", exclude=words)
        content["timeline"] = [{k: v for k, v in entry.items() if k != "note"} for entry in content["timeline"]]
        content["tables"] = _folder_digest(Path(self.tables)) if self.tables else None
        return content

    def digest(self) -> str:
        """Return a hash of :meth:`canonical`."""
        text = json.dumps(self.canonical(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _argument_faults(error: ValidationError) -> list[Fault]:
    return [
        Fault(".".join(str(part) for part in item["loc"]) or "scenario", item["msg"].lower(), repr(item["input"]))
        for item in error.errors()
    ]


def _folder_digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.csv")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def build_organisation(scenario: Scenario) -> Organisation:
    """Return the organisation of a scenario: read from its tables, or made up.

    Raises
    ------
    InputError : the tables have faults
    """
    if scenario.tables is not None:
        return read_organisation(Path(scenario.tables), scenario.organisation)
    return generate(scenario.organisation)


def parameters_of_services(scenario: Scenario, organisation: Organisation) -> list[Parameters]:
    """Return the parameters of each service; one for all where no service differs."""
    if not scenario.services:
        return [scenario.parameters]
    own = {
        name: Parameters.model_validate({**scenario.parameters.model_dump(), **section.parameters})
        for name, section in scenario.services.items()
    }
    return [own.get(name, scenario.parameters) for name in organisation.service_names()]


def faults_in(scenario: Scenario, organisation: Organisation, where: str = "scenario") -> list[Fault]:
    """Return what is wrong between the parts of a scenario: dates that overlap or lie beyond its end, targets that do
    not exist, services that do not exist.
    """
    faults = list(_service_faults(scenario, organisation, where))
    for place, entry in enumerate(scenario.timeline, start=1):
        here = f"{where}: timeline entry {place} ({entry.kind})"
        faults.extend(_target_faults(entry, organisation, here))
        if entry.first_week >= scenario.weeks:
            wanted = f"a week before the end of the run (week {scenario.weeks})"
            faults.append(Fault(here, wanted, f"week {entry.first_week}", "lengthen the run with weeks = ..."))
        if isinstance(entry, LeadersLeave):
            faults.extend(_exit_faults(entry, organisation, here))
    faults.extend(overlap_faults(scenario.timeline, scenario.weeks, where))
    return faults


def _service_faults(scenario: Scenario, organisation: Organisation, where: str) -> Iterator[Fault]:
    known = organisation.service_names()
    for name, section in scenario.services.items():
        if name not in known:
            hint = nearest_name(name, known) or f"there are {', '.join(known[:10])}"
            yield Fault(f"{where}: services", "the name of a service", f'"{name}"', hint)
        for parameter, value in section.parameters.items():
            try:
                Parameters.model_validate({parameter: value})
            except ValidationError as error:
                item = error.errors()[0]
                hint = nearest_name(parameter, Parameters.model_fields) if item["type"] == "extra_forbidden" else ""
                wanted = "the name of a parameter" if hint else item["msg"].removeprefix("Input should be ")
                came = f'"{parameter}"' if hint else f"{value:g}"
                yield Fault(f'{where}: services."{name}".parameters.{parameter}', wanted, came, hint)


def _target_faults(entry: Intervention, organisation: Organisation, here: str) -> Iterator[Fault]:
    too_narrow = entry.target.parts - entry.target_parts
    for part in sorted(too_narrow):
        allowed = ", ".join(sorted(entry.target_parts)) or "nothing"
        yield Fault(f"{here}: target.{part}", f"a target by {allowed}", part, f"{entry.title} cannot be narrowed so")
    for part, known in (("services", organisation.service_names), ("teams", organisation.team_names)):
        names = getattr(entry.target, part)
        for name in names or ():
            if name not in known():
                hint = nearest_name(name, known()) or f"there are {', '.join(known()[:10])}"
                yield Fault(f"{here}: target.{part}", f"the name of one of the {part}", f'"{name}"', hint)


def _exit_faults(entry: LeadersLeave, organisation: Organisation, here: str) -> Iterator[Fault]:
    smallest = int(np.diff(organisation.service_senior_start).min())
    highest = max(entry.which or (entry.how_many or 0,))
    if highest > smallest:
        key = "which" if entry.which else "how_many"
        yield Fault(f"{here}: {key}", f"at most {smallest} (senior leaders of the smallest group)", str(highest))


def overlap_faults(timeline: Sequence[Intervention], weeks: int, where: str) -> list[Fault]:
    """Return a fault for each two entries of one kind that reach the same people in the same weeks."""
    faults = []
    for kind in KINDS:
        entries = [(place, entry) for place, entry in enumerate(timeline, start=1) if entry.kind == kind]
        for later in range(len(entries)):
            for earlier in range(later):
                (a, first), (b, second) = entries[earlier], entries[later]
                if _overlap(first, second, weeks):
                    start = max(first.weeks(weeks)[0], second.weeks(weeks)[0])
                    wanted = f"weeks that do not overlap with entry {a} of the same kind and target"
                    hint = "end the earlier entry first, or raise its intensity"
                    here = f"{where}: timeline entry {b} ({kind})"
                    faults.append(Fault(here, wanted, f"both from week {start}", hint))
    return faults


def _overlap(a: Intervention, b: Intervention, weeks: int) -> bool:
    same_thing = a.target == b.target and getattr(a, "name", None) == getattr(b, "name", None)
    if a.may_overlap or not (same_thing or isinstance(a, Appointments)):
        return False
    (a_start, a_end), (b_start, b_end) = a.weeks(weeks), b.weeks(weeks)
    return max(a_start, b_start) < min(a_end, b_end)
