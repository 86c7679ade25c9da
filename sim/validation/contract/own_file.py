"""A file from outside the package, held to the contract: each of its rules, measures and kinds of intervention."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.base.errors import Fault, InputError
from sim.base.measure import Measure
from sim.base.rule import Rule
from sim.engine.week import Engine
from sim.inputs.interventions import KINDS, Intervention, kind_of, own_kinds
from sim.inputs.own import check_not_empty
from sim.rulebook.own_rules import RuleFile, read_rule_file
from sim.rulebook.rulebook import RULEBOOK, Rulebook
from sim.rules import RULES
from sim.validation.contract.interventions import faults_of_kind
from sim.validation.contract.promises import faults_of
from sim.validation.contract.trial import Trial

__all__ = ["FileReport", "Judgement", "check_own_file"]


@dataclass(frozen=True)
class Judgement:
    """What was found about one thing that a file declares.

    Parameters
    ----------
    what : "rule", "measure" or "intervention"
    name : its name
    promises : what was asked, with what breaks it
    """

    what: str
    name: str
    promises: dict[str, tuple[Fault, ...]]

    @property
    def faults(self) -> list[Fault]:
        """All that was found."""
        return [fault for found in self.promises.values() for fault in found]


@dataclass(frozen=True)
class FileReport:
    """What was found about a file.

    Parameters
    ----------
    file : as it was read
    judgements : of its rules, measures and kinds of intervention, each in the order of the file
    """

    file: RuleFile
    judgements: tuple[Judgement, ...]

    @property
    def faults(self) -> list[Fault]:
        """All that was found, each with the name of the file."""
        return [
            replace(fault, where=f"{self.file.name}: {fault.where}") for one in self.judgements for fault in one.faults
        ]

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return {
            "file": self.file.name,
            "sha256": self.file.sha256,
            "judged": [
                {
                    "what": one.what,
                    "name": one.name,
                    "promises": [
                        {"promise": promise, "is_kept": not faults, "faults": [vars(fault) for fault in faults]}
                        for promise, faults in one.promises.items()
                    ],
                }
                for one in self.judgements
            ],
        }


def check_own_file(
    path: str | Path, with_compiler: bool = True, progress: Callable[[str], None] = lambda _: None
) -> FileReport:
    """Execute a file of rules, measures and kinds of intervention, and hold all of them to the contract.

    Parameters
    ----------
    path : the file
    with_compiler : whether the week is also compiled with its rules, which takes about twenty seconds
    progress : called with what is looked at next

    Raises
    ------
    InputError : it cannot be read or executed, or declares neither a rule, a measure nor a kind of intervention
    """
    file = read_rule_file(path)
    rules = [rule for rule in file.declared(Rule) if rule not in RULES]
    measures, kinds = file.measures(), list(own_kinds(file).values())
    check_not_empty([] if rules or measures or kinds else [file])
    rulebook, judgements = _declared(rules)
    for rule in rules:
        if rule.name in rulebook.own:
            progress(f"rule {rule.name}")
            found = faults_of(Trial(rule, rulebook), with_compiler)
            promises = {promise.name: tuple(faults) for promise, faults in found.items()}
            judgements[rule.name] = replace(judgements[rule.name], promises=judgements[rule.name].promises | promises)
    judged = (*judgements.values(), *_of_measures(measures, rulebook), *_of_kinds(kinds, rulebook, progress))
    return FileReport(file, judged)


def _declared(rules: list[Rule]) -> tuple[Rulebook, dict[str, Judgement]]:
    """Return the rulebook of all rules that may stand in one, and what was found about the declarations of each."""
    rulebook, judgements = RULEBOOK, {}
    for rule in rules:
        faults: tuple[Fault, ...] = ()
        try:
            rulebook = rulebook.with_rules(rule)
        except InputError as error:
            faults = tuple(error.faults)
        judgements[rule.name] = Judgement("rule", rule.name, {"it declares what a rule may declare": faults})
    return rulebook, judgements


def _of_measures(measures: Sequence[Measure], rulebook: Rulebook) -> Iterator[Judgement]:
    for measure in measures:
        faults: tuple[Fault, ...] = ()
        try:
            rulebook = rulebook.with_measures(measure)
            Engine(rulebook)
        except InputError as error:
            faults = tuple(error.faults)
        yield Judgement("measure", measure.name, {"it declares what a measure may declare": faults})


def _of_kinds(
    kinds: list[type[Intervention]], rulebook: Rulebook, progress: Callable[[str], None]
) -> Iterator[Judgement]:
    others = dict(KINDS)
    for kind in kinds:
        progress(f"intervention {kind_of(kind)}")
        found = tuple(faults_of_kind(kind, others, rulebook))
        others.setdefault(kind_of(kind), kind)
        yield Judgement("intervention", kind_of(kind), {"it keeps its bounds, dates, costs and words": found})
