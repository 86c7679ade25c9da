"""Study files: which scenarios, at which points, how often, and what is kept.

A study file is TOML; ``docs/studies.md`` describes it. All faults of a file are told at once, each with its line.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from sim.base.errors import Fault, InputError, nearest_name
from sim.base.field_messages import Finding, WrongValueError, as_written, findings_of
from sim.engine.recorder import MEASURE_NAMES
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import compared_with, fault_of, load_scenario, read_toml, scenarios_folder
from sim.results.outcomes import OUTCOMES, earlier_names
from sim.results.store import Keep
from sim.rulebook.own_rules import Recorded
from sim.rulebook.parameters import rulebook_of
from sim.rulebook.rulebook import RULEBOOK, Rulebook
from sim.study.design import MOST_POINTS, Axis, Design, Grid, apply_point, axes_of, points

__all__ = ["KeepSection", "StopRule", "Study", "StudyFile", "load_study", "make_study", "shipped_studies"]

MOST_RUNS = 100_000_000


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class KeepSection(_Section):
    """What is kept of each run; the weekly share that feels safe, and so every outcome, always is."""

    weekly: Literal["all", "thinned", "none"] = Field("thinned", description="weekly series of the measures")
    every_weeks: int = Field(4, ge=1, le=520, description="a thinned series has every so many weeks")
    measures: tuple[str, ...] = Field(
        MEASURE_NAMES, description="names of weekly measures, of one's own too; all of the package's if left out"
    )

    @field_validator("measures")
    @classmethod
    def _are_known(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        known = (*MEASURE_NAMES, *(measure.name for measure in rulebook_of(info.context).own_measures))
        for name in names:
            if name not in known:
                hint = nearest_name(name, known) or "they are listed in the reference of measures"
                raise WrongValueError("", "names of weekly measures", as_written(name), hint)
        return tuple(name for name in known if name in names)

    def resolved(self) -> Keep:
        """Return what the store keeps."""
        if self.weekly == "none":
            return Keep()
        return Keep(self.measures, 1 if self.weekly == "all" else self.every_weeks)


class StopRule(_Section):
    """Enough replicates: each case goes on until its interval is narrow enough."""

    outcome: str = Field("persists", description="outcome that is to be known well")
    narrower_than: float = Field(gt=0, le=1, description="wanted width of the 95 % interval, from low to high")
    at_most: int = Field(1000, ge=1, le=1_000_000, description="replicates after which a case stops anyway")

    @field_validator("outcome")
    @classmethod
    def _is_an_outcome(cls, name: str) -> str:
        known = [name for name, outcome in OUTCOMES.items() if outcome.unit.is_share]
        current = earlier_names().get(name, name)
        if current not in known:
            raise WrongValueError("", f"one of {', '.join(known)}", as_written(name), nearest_name(name, known))
        return current


class StudyFile(_Section):
    """The table of a study file."""

    title: str = Field(max_length=200, description="what the study is called")
    story: str = Field("", max_length=20_000, description="what it is about")
    scenarios: Annotated[
        tuple[Annotated[str, Field(max_length=1000)], ...],
        BeforeValidator(lambda value: (value,) if isinstance(value, str) else value),
    ] = Field(min_length=1, max_length=1000, description="shipped scenarios by name, or files relative to this one")
    replicates: int = Field(40, ge=1, le=1_000_000, description="runs of each case; with a stop rule, in each round")
    seed: int = Field(1, ge=0, lt=2**32, description="seed; cases with one seed share their chance events")
    weeks: int | None = Field(None, ge=1, le=10_000, description="weeks of each run; those of the scenario if left out")
    design: Design = Field(default_factory=Grid, description="points at which each scenario is run")
    keep: KeepSection = Field(default_factory=KeepSection, description="what is kept of each run")
    stop: StopRule | None = Field(None, description="when a case has enough replicates")

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.stop is not None and self.stop.at_most < self.replicates:
            wanted = f"at least replicates ({self.replicates})"
            raise WrongValueError("stop", wanted, f"at_most = {self.stop.at_most}")
        repeated = [name for place, name in enumerate(self.scenarios) if name in self.scenarios[:place]]
        if repeated:
            raise WrongValueError("scenarios", "each scenario once", as_written(repeated[0]))
        return self


@dataclass(frozen=True, eq=False)
class Study:
    """A study, checked and resolved.

    Parameters
    ----------
    file : the table of the file
    scenarios : what is run, by name
    references : what each is compared with, by the same names; None means the same without interventions
    axes, points : axes of the design; [n_points, n_axes]
    asks : what else decides the answer that is made of its runs, by name
    """

    file: StudyFile
    scenarios: dict[str, Scenario]
    references: dict[str, Scenario | None]
    axes: tuple[Axis, ...]
    points: Any
    asks: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What the study is called."""
        return self.file.title

    @property
    def keep(self) -> Keep:
        """What is kept of each run."""
        return self.file.keep.resolved()

    @property
    def own_rules(self) -> tuple[Recorded, ...]:
        """What is recorded of rules and kinds of intervention from outside the package, in their order."""
        run = [*self.scenarios.values(), *(other for other in self.references.values() if other is not None)]
        return tuple(dict.fromkeys(one for scenario in run for one in scenario.own_rules))

    @property
    def axis_names(self) -> tuple[str, ...]:
        """Names of the axes."""
        return tuple(axis.label for axis in self.axes)

    @property
    def n_cases(self) -> int:
        """Scenarios times points."""
        return len(self.scenarios) * len(self.points)

    def case(self, number: int) -> tuple[str, int, Scenario, Scenario]:
        """Return name, point, scenario and reference of a case; points of one scenario stand together."""
        name = list(self.scenarios)[number // len(self.points)]
        point = number % len(self.points)
        values = self.points[point].tolist()
        scenario = apply_point(self.scenarios[name], self.axes, values)
        other = self.references[name]
        if other is None:
            return name, point, scenario, scenario.baseline().model_copy(update={"support_ends": None})
        return name, point, scenario, apply_point(other, self.axes, values).replace(weeks=scenario.weeks)


def shipped_studies() -> dict[str, Path]:
    """Return the files of the shipped studies by name."""
    return {path.stem: path for path in sorted((scenarios_folder() / "studies").glob("*.toml"))}


def load_study(name_or_path: str | Path, rulebook: Rulebook = RULEBOOK) -> Study:
    """Return a study, fully checked.

    Parameters
    ----------
    name_or_path : name of a shipped study, or a file
    rulebook : the rules that it is run with, of one's own too

    Raises
    ------
    InputError : there is no such study, or it has faults; all of them are listed
    """
    text = os.fspath(name_or_path)
    path = shipped_studies().get(text, Path(text))
    try:
        is_file = path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        path, is_file = Path(), False
    if not is_file and path.suffix != ".toml":
        hint = nearest_name(text[:100], shipped_studies()) or f"the shipped ones are {', '.join(shipped_studies())}"
        raise InputError.single("study", "the name of a shipped study, or a TOML file", as_written(text), hint)
    places, table = read_toml(path)
    try:
        return make_study(table, path.parent, rulebook)
    except _StudyFaultsError as error:
        numbered = [(places.line_of(finding.path), finding) for finding in error.findings]
        numbered.sort(key=lambda pair: pair[0] or 0)
        faults = [fault_of(finding, f"{path}, line {line}" if line else str(path), table) for line, finding in numbered]
        raise InputError([*faults, *error.others]) from None


def make_study(table: Mapping[str, Any], folder: Path = Path(), rulebook: Rulebook = RULEBOOK) -> Study:
    """Return the study that a table describes.

    Parameters
    ----------
    table : as a study file has it
    folder : what relative paths start from
    rulebook : the rules that it is run with, of one's own too

    Raises
    ------
    InputError : the table has faults; all of them are listed

    Examples
    --------
    >>> study = make_study({"title": "Small", "scenarios": ["shoestring-year"], "replicates": 2})
    >>> study.n_cases
    1
    """
    findings: list[Finding] = []
    others: list[Fault] = []
    try:
        file = StudyFile.model_validate(_frozen(table), strict=True, context=rulebook)
    except ValidationError as error:
        _resolve_scenarios(_names_in(table), None, folder, rulebook, findings, others)
        raise _StudyFaultsError([*findings_of(error, StudyFile), *findings], others, table) from None
    scenarios, references = _resolve_scenarios(file.scenarios, file.weeks, folder, rulebook, findings, others)
    axes, grid = _resolve_design(file, folder, findings, others)
    findings.extend(_axis_findings(scenarios, axes, grid))
    if findings or others:
        raise _StudyFaultsError(findings, others, table)
    return Study(file, scenarios, references, axes, grid)


def _names_in(table: Mapping[str, Any]) -> list[str]:
    """Return the scenarios that a faulty table names, as far as it does."""
    names = table.get("scenarios")
    listed = names if isinstance(names, list | tuple) else [names]
    return [name for name in listed if isinstance(name, str)]


class _StudyFaultsError(InputError):
    """Faults of a study whose lines are not yet known."""

    def __init__(self, findings: list[Finding], others: list[Fault], table: Mapping[str, Any]) -> None:
        self.findings, self.others = findings, others
        super().__init__([*(fault_of(finding, "study", table) for finding in findings), *others])


def _frozen(value: Any) -> Any:
    """Return lists as tuples, as the strict check asks for them."""
    if isinstance(value, Mapping):
        return {key: _frozen(item) for key, item in value.items()}
    return tuple(_frozen(item) for item in value) if isinstance(value, list | tuple) else value


def _resolve_scenarios(
    names: tuple[str, ...] | list[str],
    weeks: int | None,
    folder: Path,
    rulebook: Rulebook,
    findings: list[Finding],
    others: list[Fault],
) -> tuple[dict[str, Scenario], dict[str, Scenario | None]]:
    scenarios: dict[str, Scenario] = {}
    references: dict[str, Scenario | None] = {}
    for place, text in enumerate(names):
        try:
            scenario = load_scenario(folder / text if text.endswith(".toml") else text, rulebook)
            other = compared_with(scenario)
            if weeks is not None:
                scenario = scenario.replace(weeks=weeks)
        except InputError as error:
            faults = [fault for fault in error.faults if fault.where == "scenario"]
            findings += [Finding(("scenarios", place), fault.wanted, fault.came, fault.hint) for fault in faults]
            others += [fault for fault in error.faults if fault.where != "scenario"]
            continue
        if scenario.name in scenarios:
            findings.append(Finding(("scenarios", place), "files with different names", as_written(text)))
        findings += _differs_in_dates_alone(scenario, scenarios, place, text)
        scenarios[scenario.name] = scenario
        references[scenario.name] = other
    return scenarios, references


def _differs_in_dates_alone(
    scenario: Scenario, before: Mapping[str, Scenario], place: int, text: str
) -> Iterator[Finding]:
    """Yield a finding if a scenario has the runs of an earlier one, and yet another start: runs have one date."""
    for name, other in before.items():
        if scenario.start != other.start and scenario.digest() == other.digest():
            starts = " and ".join(str(one.start or "none") for one in (other, scenario))
            wanted = (
                f'scenarios that differ in more than their start (dates decide nothing; "{name}" has the same runs)'
            )
            hint = f"leave one of them out, or give both the same start (they have {starts})"
            yield Finding(("scenarios", place), wanted, as_written(text), hint)
            return


def _resolve_design(
    file: StudyFile, folder: Path, findings: list[Finding], others: list[Fault]
) -> tuple[tuple[Axis, ...], Any]:
    try:
        axes = axes_of(file.design, folder)
        n_points = 1
        for axis in axes if isinstance(file.design, Grid) else ():
            n_points *= len(axis.grid())
        if n_points > MOST_POINTS or n_points * len(file.scenarios) * file.replicates > MOST_RUNS:
            findings.append(Finding(("design",), f"at most {MOST_POINTS:,} points", f"{n_points:,}"))
            return (), None
        labels = [axis.label for axis in axes]
        for place, label in enumerate(labels):
            if label in labels[:place]:
                findings.append(Finding(("design", "axes", place), "axes with different names", as_written(label)))
        return axes, points(file.design, folder)
    except InputError as error:
        others.extend(error.faults)
        return (), None


def _axis_findings(scenarios: Mapping[str, Scenario], axes: tuple[Axis, ...], grid: Any) -> Iterator[Finding]:
    """Yield a finding for each axis that cannot be set, at its ends, in some scenario."""
    for place, axis in enumerate(axes):
        for name, scenario in scenarios.items():
            try:
                for value in (axis.lowest, axis.highest):
                    apply_point(scenario, (axis,), (value,))
            except InputError as error:
                fault = error.faults[0]
                yield Finding(("design", "axes", place), f"in {name}, {fault.wanted}", fault.came, fault.hint)
                break
