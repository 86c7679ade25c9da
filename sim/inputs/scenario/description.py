"""A scenario: who there is, what is done and when, with which parameters, and what to compare it with.

A scenario is a frozen description. It sits below the model: it can be read, checked, changed and compared without
running anything. ``files.py`` reads it from TOML and writes it back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SerializeAsAny,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)

from sim.base.dates import EARLIEST, LATEST, as_date
from sim.base.errors import Fault, InputError, nearest_name
from sim.base.field_messages import Finding, WrongValueError, as_written, findings_of, path_text
from sim.base.files import read_file
from sim.base.terms import WEEKS_PER_YEAR
from sim.inputs.interventions import KINDS, Entry, Intervention, Target
from sim.inputs.interventions.appointments import Appointments
from sim.inputs.interventions.attention import Attention
from sim.inputs.interventions.some_leaders import SomeLeaders
from sim.inputs.organisation import Organisation, OrganisationShape, generate
from sim.inputs.tables import LARGEST_TABLE, read_organisation
from sim.rulebook.own_rules import Recorded
from sim.rulebook.parameters import Parameters, parameters_model, rulebook_of
from sim.rulebook.rulebook import RULEBOOK, Rulebook, faults_of_forms

__all__ = [
    "Scenario",
    "ServiceSection",
    "build_organisation",
    "entry_findings",
    "faults_in",
    "overlap_findings",
    "parameters_of_services",
    "service_findings",
    "target_findings",
]

BASELINE = "baseline"

_MOST_NAMES = 1_000
_LONGEST_NAME = 100


class ServiceSection(BaseModel):
    """What is different in one service."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parameters: dict[str, float] = Field(default_factory=dict, description="parameters that differ in this service")

    @field_validator("parameters")
    @classmethod
    def _check_parameters(cls, values: dict[str, float], info: ValidationInfo) -> dict[str, float]:
        _parameters_from(values, rulebook_of(info.context))
        return values


def _parameters_from(values: Mapping[str, Any], rulebook: Rulebook) -> Parameters:
    """Return parameters, of one's own rules too; what is wrong with the first is told as a validator tells it."""
    model = parameters_model(rulebook)
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = findings_of(error, model)[0]
        raise WrongValueError(str(first.path[-1]), first.wanted, first.came, first.hint) from None


def _own_parameters_too(value: Any, of_the_package: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    """Take the parameters of one's own rules as well, where there are any."""
    rulebook = rulebook_of(info.context)
    if isinstance(value, Mapping) and parameters_model(rulebook) is not Parameters:
        return _parameters_from(value, rulebook)
    return of_the_package(value)


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
    start: date | None = Field(
        None,
        description="the day on which week 0 begins; weeks are then told with their dates, and nothing else changes",
    )
    compare_with: str = Field(
        BASELINE,
        max_length=1000,
        description='"baseline" (the same world, in which nothing is done and everything that happens happens), or '
        "another scenario, in which other things may happen: its name or file",
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
    rules: dict[str, str] = Field(
        default_factory=dict, description="formulas that are computed in another form than the usual one, by name"
    )
    parameters: Annotated[SerializeAsAny[Parameters], WrapValidator(_own_parameters_too)] = Field(
        default_factory=Parameters, description="parameters that differ from the defaults"
    )
    services: dict[str, ServiceSection] = Field(
        default_factory=dict, description="what differs in a service, by its name"
    )
    timeline: tuple[Entry, ...] = Field((), max_length=200, description="what is done, and what happens")

    _rulebook: Rulebook = PrivateAttr(default_factory=lambda: RULEBOOK)

    def model_post_init(self, context: Any, /) -> None:
        """Keep the rules that the scenario was judged by."""
        self._rulebook = rulebook_of(context)

    @field_validator("start", mode="before")
    @classmethod
    def _check_start(cls, value: Any) -> date | None:
        start = as_date(value)
        if value is None or start is not None:
            return start
        wanted = f"a date from {EARLIEST.year} to {LATEST.year}, as in 2027-04-01"
        raise WrongValueError("", wanted, as_written(value))

    @field_validator("rules")
    @classmethod
    def _check_rules(cls, forms: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        for fault in faults_of_forms(forms, rulebook_of(info.context).formulas):
            raise WrongValueError("", fault.wanted, fault.came, fault.hint)
        return forms

    def __repr__(self) -> str:
        entries = "1 entry" if len(self.timeline) == 1 else f"{len(self.timeline)} entries"
        return f'<Scenario {self.name}, "{self.title}": {self.weeks} weeks, {entries} on the timeline>'

    @property
    def rulebook(self) -> Rulebook:
        """The rules that it is run with: the package's, and one's own; with formulas in their usual form.

        They come from whoever runs it, and never from a file of a scenario.
        """
        return self._rulebook

    def with_rulebook(self, rulebook: Rulebook) -> Self:
        """Return the scenario run with other rules, and with what it knows of their parameters.

        Raises
        ------
        InputError : it says something about a parameter, a formula or a kind of intervention that these rules lack
        """
        if rulebook is self._rulebook:
            return self
        declared = type(self.parameters).model_fields
        given = {
            name: value
            for name, value in self.parameters.model_dump().items()
            if name in rulebook.parameters or value != declared[name].default
        }
        timeline = tuple(_judged_by(rulebook, place, entry) for place, entry in enumerate(self.timeline))
        return self._validated({**dict(self), "parameters": given, "timeline": timeline}, rulebook)

    @property
    def own_rules(self) -> tuple[Recorded, ...]:
        """What is recorded of files and rules from outside the package that decide what comes of it, in their order.

        Files of kinds of intervention on its timeline are among them, however they became known.
        """
        kinds = (entry.declared_in for entry in self.timeline if entry.declared_in is not None)
        return tuple(dict.fromkeys((*self._rulebook.recorded, *(file.recorded for file in kinds))))

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

    @property
    def done(self) -> tuple[Intervention, ...]:
        """What is done: the entries of the timeline that make up a gain."""
        return tuple(entry for entry in self.timeline if entry.is_done)

    @property
    def happening(self) -> tuple[Intervention, ...]:
        """What happens, whatever is done: the entries of the timeline that the baseline has as well."""
        return tuple(entry for entry in self.timeline if not entry.is_done)

    def baseline(self) -> Scenario:
        """Return the same world in which nothing is done, and everything that happens happens."""
        return self.model_copy(
            update={"name": BASELINE, "title": "Nothing is done", "story": "", "timeline": self.happening}
        )

    def is_baseline_of(self, other: Scenario) -> bool:
        """Tell whether this is what another scenario's baseline is, whatever it is called."""
        words = {"name": "", "title": "", "story": "", "start": None, "compare_with": BASELINE, "support_ends": None}
        return self.model_copy(update=words) == other.baseline().model_copy(update={**words, "weeks": self.weeks})

    def replace(self, **changes: Any) -> Self:
        """Return a scenario with other fields, checked like a new one.

        Raises
        ------
        InputError : a value is not allowed
        """
        return self._validated({**dict(self), **changes}, self._rulebook, changes)

    def _validated(self, values: Mapping[str, Any], rulebook: Rulebook, given: Mapping[str, Any] | None = None) -> Self:
        """Return a scenario of these values, checked like a new one; ``given`` is what messages speak of."""
        try:
            return type(self).model_validate(values, context=rulebook)
        except ValidationError as error:
            found = findings_of(error, type(self))
            raise InputError([_fault(finding, "scenario", given or values) for finding in found]) from None

    def with_parameters(self, **values: float) -> Self:
        """Return a scenario with other parameters.

        Raises
        ------
        InputError : a name is unknown or a value out of range
        """
        model = type(self.parameters)
        try:
            parameters = model.model_validate({**self.parameters.model_dump(), **values})
        except ValidationError as error:
            found = [finding.under("parameters") for finding in findings_of(error, model)]
            raise InputError([_fault(finding, "scenario", {"parameters": values}) for finding in found]) from None
        return self.replace(parameters=parameters)

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

    @property
    def upkeep(self) -> tuple[Intervention, ...]:
        """What goes on being paid after outside support has ended; nothing where there is no support that ends."""
        end = self.support_end_week
        if end is None:
            return ()
        late = range(end, self.weeks)
        return tuple(entry for entry in self.done if any(entry.cost(week, self.weeks) > 0 for week in late))

    @property
    def upkeep_days_a_year(self) -> float:
        """Days of paid support a year that go on after outside support has ended, on average over the weeks paid."""
        end = self.support_end_week
        paid = [] if end is None else [days for days in self.cost_by_week(self.weeks)[end:] if days > 0]
        return float(WEEKS_PER_YEAR * np.mean(paid)) if paid else 0.0

    def without_upkeep(self) -> Scenario:
        """Return the same scenario, but all that is paid ends with outside support, at the latest."""
        end, entries = self.support_end_week, list[Intervention]()
        for entry in self.timeline:
            if entry not in self.upkeep:
                entries.append(entry)
            elif end is not None and entry.first_week < end:
                entries.append(entry.model_copy(update={"end_week": end}))
        title = f"{self.title}, without upkeep"
        return self.model_copy(update={"title": title[:200], "timeline": tuple(entries), "support_ends": end})

    def own_days_by_week(self, n_weeks: int) -> NDArray[np.float64]:
        """Return [n_weeks], what each week takes of leaders' own time, in days; it is not part of the cost."""
        return np.array([sum(entry.own_days(week, n_weeks) for entry in self.timeline) for week in range(n_weeks)])

    def canonical(self) -> dict[str, Any]:
        """Return everything that decides the outcome, in plain types with sorted keys; words and dates are left out.

        Of rules of one's own it has the hashes: they, too, decide.
        """
        words = {"name", "title", "story", "start", "compare_with", "tables"}
        content = self.model_dump(mode="json", exclude=words)
        # 39 and 39.0 are the same number, but not the same text.
        known = self._rulebook.parameters
        content["parameters"] = {
            name: float(value)
            for name, value in content["parameters"].items()
            if not (name in known and known[name].is_reference and value == known[name].default)
        }
        content["rules"] = {**self._rulebook.forms, **content["rules"]}
        if not content["rules"]:
            del content["rules"]
        if own := [one.sha256 for one in self.own_rules]:
            content["own_rules"] = own
        content["timeline"] = [{k: v for k, v in entry.items() if k != "note"} for entry in content["timeline"]]
        content["tables"] = _folder_digest(Path(self.tables)) if self.tables else None
        return content

    def digest(self) -> str:
        """Return a hash of :meth:`canonical`."""
        text = json.dumps(self.canonical(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _judged_by(rulebook: Rulebook, place: int, entry: Intervention) -> Intervention:
    """Return an entry of a timeline, judged by other rules.

    Raises
    ------
    InputError : it speaks of a parameter that they lack
    """
    kind = type(entry)
    try:
        return kind.model_validate(entry.model_dump(), context=rulebook)
    except ValidationError as error:
        found = [finding.under("timeline", place) for finding in findings_of(error, kind)]
        raise InputError([_fault(finding, "scenario", {}) for finding in found]) from None


def _fault(finding: Finding, where: str, table: Mapping[str, Any]) -> Fault:
    place = path_text(finding.path, table)
    return Fault(f"{where}: {place}" if place else where, finding.wanted, finding.came, finding.hint)


def _folder_digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.csv")):
        digest.update(path.name.encode())
        digest.update(read_file(path, "a table (CSV) that can be read", LARGEST_TABLE))
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
        name: type(scenario.parameters).model_validate({**scenario.parameters.model_dump(), **section.parameters})
        for name, section in scenario.services.items()
    }
    return [own.get(name, scenario.parameters) for name in organisation.service_names()]


def faults_in(scenario: Scenario, organisation: Organisation, where: str = "scenario") -> list[Fault]:
    """Return what is wrong between the parts of a scenario.

    Dates that overlap or lie beyond the end of the run; targets, services and leaders that do not exist.
    """
    entries = dict(enumerate(scenario.timeline))
    found = list(service_findings(scenario.services, organisation))
    for place, entry in entries.items():
        found.extend(target_findings(place, type(entry), entry.target, organisation))
        found.extend(entry_findings(place, entry, scenario.weeks, organisation))
    found.extend(overlap_findings(entries, scenario.weeks))
    return [_fault(finding, where, dict(scenario)) for finding in found]


def service_findings(services: Mapping[str, ServiceSection], organisation: Organisation) -> Iterator[Finding]:
    """Yield a finding for each section of a service that does not exist."""
    if services:
        known = organisation.service_names()
        for name in services:
            if name not in known:
                yield _unknown_name(("services", name), name, "services", known)


def target_findings(
    place: int, kind: type[Intervention], target: Target, organisation: Organisation | None
) -> Iterator[Finding]:
    """Yield a finding for each part of an entry's target that its kind does not have, or that does not exist."""
    path = ("timeline", place, "target")
    for part in sorted(target.parts - kind.target_parts):
        allowed = ", ".join(sorted(kind.target_parts))
        yield Finding((*path, part), f"a target by {allowed}", part, f"{kind.title} cannot be narrowed so")
    if organisation is None:
        return
    for part, names_of in (("services", organisation.service_names), ("teams", organisation.team_names)):
        wanted = getattr(target, part)
        if wanted and part in kind.target_parts:
            known = names_of()
            missing = set(wanted) - set(known)
            for name in dict.fromkeys(name for name in wanted if name in missing):
                yield _unknown_name((*path, part), name, part, known)


def _unknown_name(path: tuple[str | int, ...], name: str, what: str, known: Sequence[str]) -> Finding:
    """Return a finding with the nearest name; among very many names the search would take minutes."""
    near = nearest_name(name, known) if len(known) <= _MOST_NAMES and len(name) <= _LONGEST_NAME else ""
    there = f"there are {', '.join(known[:10])}{' ...' if len(known) > 10 else ''}"
    return Finding(path, f"the name of one of the {what}", as_written(name), near or there)


def entry_findings(
    place: int, entry: Intervention, weeks: int | None, organisation: Organisation | None
) -> Iterator[Finding]:
    """Yield a finding if an entry begins after the end of the run, or names more leaders than there are."""
    if weeks is not None and entry.first_week >= weeks:
        key = "week" if hasattr(entry, "week") else "start_week"
        wanted = f"a week before the end of the run (week {weeks})"
        yield Finding(("timeline", place, key), wanted, str(entry.first_week), "lengthen the run with weeks = ...")
    if isinstance(entry, SomeLeaders | Attention) and organisation is not None:
        smallest = int(np.diff(organisation.service_senior_start).min())
        how_many = getattr(entry, "how_many", None) or 0
        if max(entry.which or (how_many,)) > smallest:
            key, came = ("which", as_written(entry.which)) if entry.which else ("how_many", str(how_many))
            wanted = f"at most {smallest} (senior leaders of the smallest group)"
            yield Finding(("timeline", place, key), wanted, came)


def overlap_findings(entries: Mapping[int, Intervention], weeks: int) -> Iterator[Finding]:
    """Yield a finding for each two entries of one kind that reach the same people in the same weeks.

    Senior leaders cannot mean to spend the same week in two ways; services are told apart by their names.
    """
    for kind in KINDS:
        same_kind = [(place, entry) for place, entry in entries.items() if entry.kind == kind and not entry.may_overlap]
        for n_before, (b, second) in enumerate(same_kind):
            for a, first in same_kind[:n_before]:
                if _overlap(first, second, weeks):
                    start = max(first.weeks(weeks)[0], second.weeks(weeks)[0])
                    same = "kind and target"
                    hint = "end the earlier entry first, or raise its intensity"
                    if isinstance(second, Attention):
                        same, hint = "kind, which names some of the same senior leaders", "end the earlier entry first"
                    wanted = f"weeks that do not overlap with entry {a + 1} of the same {same}"
                    yield Finding(("timeline", b, "start_week"), wanted, f"both from week {start}", hint)


def _overlap(a: Intervention, b: Intervention, weeks: int) -> bool:
    (a_start, a_end), (b_start, b_end) = a.weeks(weeks), b.weeks(weeks)
    if max(a_start, b_start) >= min(a_end, b_end):
        return False
    same_thing = a.target == b.target and getattr(a, "name", None) == getattr(b, "name", None)
    if isinstance(a, Attention) and isinstance(b, Attention):
        return a.shares_a_leader_with(b)
    return same_thing or isinstance(a, Appointments)
