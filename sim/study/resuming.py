"""Long work that was stopped goes on from its folder alone, without the command or the file that began it.

What a folder says is data, whoever it is from: scenarios stand in it fully resolved and are checked like any other, and
each must have the key that its runs are kept under. Nothing that it names is opened: work on tables, or with rules from
outside the package, goes on where these are, by the command that began it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sim.base.errors import InputError
from sim.base.field_messages import findings_of, path_text
from sim.inputs.scenario.description import Scenario
from sim.results.store import CaseRow, Config, Results, StoreWriter, config_key, model_version
from sim.study.budget import BudgetAnswer, search_budget
from sim.study.runner import StudyEnd, StudyPlan, run_planned
from sim.study.store_runner import RunOptions
from sim.study.study_file import StudyFile

__all__ = ["Resumed", "ResumedBudget", "ResumedStudy", "resumable"]

ANEW = "install that version to go on, or give the command that began it with another folder as --out"
AGAIN = "give the command that began it once more: what is done is not run again"


class _Budget(BaseModel):
    """What a search for the best use of a budget has asked for."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    scenario: str = Field(max_length=1_000_000)
    budgets: tuple[Annotated[float, Field(gt=0)], ...] = Field(min_length=1, max_length=100)
    trials: int = Field(ge=1, le=100_000)
    replicates: int = Field(ge=1, le=100_000)
    judged: int = Field(ge=1, le=100_000)
    seed: int = Field(ge=0, lt=2**32)


@dataclass(frozen=True)
class ResumedStudy:
    """A study, or a map, as its store tells of it.

    Parameters
    ----------
    results : the store
    file : the table of the study file that it was made from
    """

    results: Results
    file: StudyFile

    @property
    def title(self) -> str:
        """What it is called."""
        return self.file.title

    @property
    def axis_names(self) -> tuple[str, ...]:
        """Names of the axes."""
        return self.results.axes

    @cached_property
    def cases(self) -> list[CaseRow]:
        """Every case, in order.

        Raises
        ------
        InputError : they are not numbered one by one
        """
        rows = list(self.results.case_rows())
        if [row.case for row in rows] != list(range(len(rows))) or not rows:
            wanted = "cases that are numbered one by one"
            raise InputError.single(str(self.results.folder), wanted, f"{len(rows)} other ones", AGAIN)
        return rows

    def case(self, number: int) -> tuple[str, int, Scenario, Scenario]:
        """Return name, point, scenario and reference of a case.

        Raises
        ------
        InputError : what the store says of it is not what its runs are of
        """
        row = self.cases[number]
        arm, reference = (self._scenario(config) for config in (row.config, row.reference))
        return row.scenario, row.point, arm, reference

    @cached_property
    def _configs(self) -> dict[str, Config]:
        return self.results.configs()

    def _scenario(self, config: str) -> Scenario:
        told = self._configs.get(config)
        if told is None:
            raise InputError.single(str(self.results.folder), "a scenario for each run", "none for some", AGAIN)
        scenario = _scenario_in(told.scenario, self.results.folder)
        if config_key(scenario, told.seed, told.first) != config:
            wanted = "runs of this version of the model"
            raise InputError.single(str(self.results.folder), wanted, "others, or changed ones", AGAIN)
        return scenario

    def go_on(self, options: RunOptions) -> StudyEnd:
        """Run what is missing, as :func:`sim.study.runner.run_study` does."""

        def plan(_: StoreWriter) -> StudyPlan:
            return StudyPlan(self, self.cases, [self.file.replicates] * len(self.cases))

        return run_planned(self.results.keep, plan, options)


@dataclass(frozen=True)
class ResumedBudget:
    """A search for the best use of a budget, as its store tells of it."""

    results: Results
    scenario: Scenario
    asked: _Budget

    @property
    def title(self) -> str:
        """What it is called."""
        return str(self.results.study.get("title", ""))

    def go_on(self, options: RunOptions) -> BudgetAnswer:
        """Go on with the search; what was run is not run again.

        Raises
        ------
        WorkStopped : it was asked to stop, the disk is full, or the workers cannot be reached
        """
        asked = self.asked
        return search_budget(
            self.scenario, asked.budgets, trials=asked.trials, replicates=asked.replicates,
            judged_replicates=asked.judged, seed=asked.seed, options=options,
        )  # fmt: skip


Resumed = ResumedStudy | ResumedBudget


def resumable(results: Results) -> Resumed:
    """Return work that goes on from its folder alone.

    Raises
    ------
    InputError : it cannot: it needs tables or rules of one's own, is of another kind, or of an earlier version
    """
    folder = results.folder
    if results.own_rules:
        names = ", ".join(one.name for one in results.own_rules)
        raise InputError.single(str(folder), "work that needs no rules of one's own", f"work with {names}", AGAIN)
    if results.differs:
        raise InputError.single(str(folder), "work of this version of the model", "older work", ANEW)
    if results.model_version != model_version():
        wanted = f"work of this version of the model ({model_version()})"
        raise InputError.single(str(folder), wanted, f"work of {results.model_version}", ANEW)
    study = {key: value for key, value in results.study.items() if key not in ("model_version", "own_rules")}
    if "budgets" in study:
        asked = _checked(_Budget, study, folder)
        return ResumedBudget(results, _scenario_in(asked.scenario, folder), asked)
    if "design" not in study:
        wanted = "a study, a map or a budget, which can go on from their folders"
        raise InputError.single(str(folder), wanted, "an analysis of another kind", AGAIN)
    study.pop("outcome", None)  # what a map draws of its runs
    found = ResumedStudy(results, _checked(StudyFile, study, folder))
    found.case(0)  # what one lacks, all lack
    return found


def _checked(model: type[Any], content: dict[str, Any], folder: Path) -> Any:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = findings_of(error, model)[0]
        raise InputError.single(f"{folder}: {path_text(first.path)}", first.wanted, first.came, AGAIN) from None


def _scenario_in(text: str, folder: Path) -> Scenario:
    """Return a scenario that stands in a store; it may name no folder of this machine's."""
    try:
        scenario = Scenario.model_validate_json(text)
    except ValidationError as error:
        first = findings_of(error, Scenario)[0]
        raise InputError.single(f"{folder}: {path_text(first.path)}", first.wanted, first.came, AGAIN) from None
    if scenario.tables is not None:
        wanted = "work on a made-up organisation"
        raise InputError.single(str(folder), wanted, "work on an organisation from tables", AGAIN)
    return scenario
