"""What is wrong with a lesson: its facts one by one, and its facts against one another, its text and its scenarios."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sim.base.errors import Fault, InputError, nearest_name
from sim.base.field_messages import Finding, KeyPath, as_written, findings_of, path_text, unknown_keys
from sim.base.toml_lines import Places
from sim.inputs.scenario.description import BASELINE, Scenario
from sim.lessons.front_matter import AnswerChoice, Claim, Design, FrontMatter, PredictionTask, Run, TryThis
from sim.lessons.measuring import MEASURED, is_weekly
from sim.lessons.resolving import resolve
from sim.lessons.text import Section, numbers_stated, squeezed
from sim.rulebook.rulebook import RULEBOOK, Rulebook

__all__ = ["Facts", "check_front_matter", "check_together"]

Model = TypeVar("Model", bound=BaseModel)

ASSERTING = ("Run", "Compare", "Explain", "Try this")
"""The parts whose numbers must stand in claims."""

_PARTS = ("predict", "run", "design", "try_this", "claims")
_MOST_ITEMS = 200
_ROUNDING = 0.0051


@dataclass
class Facts:
    """What is sound in front of a lesson, by its path; and the tables that are not, as they were written."""

    places: Places
    predict: PredictionTask | None = None
    run: Run | None = None
    design: Design | None = None
    try_this: dict[int, TryThis] = field(default_factory=dict)
    claims: dict[int, Claim] = field(default_factory=dict)
    unsound: list[tuple[KeyPath, Mapping[str, Any]]] = field(default_factory=list)

    def at(self, path: KeyPath, where: str) -> str:
        """Return the place of a fault in words."""
        line = self.places.line_of(path)
        return f"{where}, line {line}: {_words(path)}" if line else f"{where}: {_words(path)}"


def _words(path: KeyPath) -> str:
    """Return a path in words; items of lists are counted from 1."""
    text = ""
    for part in path:
        text += f" {part + 1}" if isinstance(part, int) else f".{part}" if text else path_text((part,))
    return text


# --- one by one -------------------------------------------------------------------------------------------------------


def check_front_matter(
    table: Mapping[str, Any], places: Places, where: str
) -> tuple[FrontMatter | None, Facts, list[Fault]]:
    """Judge the facts in front of a lesson, each part by itself.

    Returns
    -------
    front_matter, facts, faults : the whole if it is sound, what is sound of it, and all that is wrong
    """
    facts, findings = Facts(places), list[Finding]()
    facts.predict = _predict(table.get("predict"), findings, facts)
    facts.run = _part(Run, table.get("run"), ("run",), findings, facts)
    if "design" in table:
        facts.design = _part(Design, table["design"], ("design",), findings, facts)
    facts.try_this = _items(TryThis, table.get("try_this", []), ("try_this",), findings, facts)
    facts.claims = _items(Claim, table.get("claims"), ("claims",), findings, facts)
    parts: dict[str, Any] = {
        "predict": facts.predict,
        "run": facts.run,
        "design": facts.design,
        "try_this": tuple(facts.try_this.values()),
        "claims": tuple(facts.claims.values()),
    }
    head = {key: value for key, value in table.items() if key not in parts}
    front_matter = _whole({**head, **{key: value for key, value in parts.items() if value is not None}}, findings)
    faults = [Fault(facts.at(one.path, where), one.wanted, one.came, one.hint) for one in findings]
    return (front_matter if not faults else None), facts, faults


def _whole(table: dict[str, Any], findings: list[Finding]) -> FrontMatter | None:
    findings += unknown_keys(FrontMatter, table, "a lesson")
    known = {key: _frozen(value) for key, value in table.items() if key in FrontMatter.model_fields}
    try:
        return FrontMatter.model_validate(known, strict=True)
    except ValidationError as error:
        # Of parts that are missing or faulty all has been told already.
        findings += [one for one in findings_of(error, FrontMatter) if not one.path or one.path[0] not in _PARTS]
        return None


def _predict(raw: Any, findings: list[Finding], facts: Facts) -> PredictionTask | None:
    if isinstance(raw, Mapping) and isinstance(raw.get("choices"), list):
        n_before = len(findings)
        choices = _items(AnswerChoice, raw["choices"], ("predict", "choices"), findings, facts)
        if len(findings) > n_before:
            # Judge the rest alone: what answers there are is known to be wrong.
            _part(PredictionTask, {**raw, "kind": "draw", "choices": ()}, ("predict",), findings, facts)
            return None
        raw = {**raw, "choices": tuple(choices.values())}
    return _part(PredictionTask, raw, ("predict",), findings, facts)


def _items(model: type[Model], raw: Any, path: KeyPath, findings: list[Finding], facts: Facts) -> dict[int, Model]:
    if raw is None or not isinstance(raw, list):
        key = _words(path)
        hint = f"each begins with a line [[{key}]], in two pairs of brackets"
        findings.append(Finding(path, f"a list of {key.replace('_', ' ')}", as_written(raw), hint))
        return {}
    items = enumerate(raw[:_MOST_ITEMS])
    found = {place: _part(model, item, (*path, place), findings, facts) for place, item in items}
    return {place: item for place, item in found.items() if item is not None}


def _part(model: type[Model], raw: Any, path: KeyPath, findings: list[Finding], facts: Facts) -> Model | None:
    if not isinstance(raw, Mapping):
        findings.append(Finding(path, f"a table [{path[0]}]" if len(path) == 1 else "a table", as_written(raw)))
        return None
    found = [one.under(*path) for one in unknown_keys(model, raw, _words(path))]
    known = {key: _frozen(value) for key, value in raw.items() if key in model.model_fields}
    value = None
    try:
        value = model.model_validate(known, strict=True)
    except ValidationError as error:
        found += [one.under(*path) for one in findings_of(error, model)]
    findings += found
    if found:
        facts.unsound.append((path, raw))
    return None if found else value


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


# --- against one another ----------------------------------------------------------------------------------------------


def check_together(
    facts: Facts, sections: Mapping[str, Section], folder: Path, where: str, rulebook: Rulebook = RULEBOOK
) -> list[Fault]:
    """Return what does not fit: unknown measures and scenarios, sentences not in the text, numbers without a claim."""
    check = _Together(facts, folder, rulebook)
    check.run()
    faults = [Fault(facts.at(one.path, where), one.wanted, one.came, one.hint) for one in check.findings]
    faults += _sentences(facts, sections, where)
    faults += _numbers(facts, sections, where)
    faults += _sources(sections, where)
    return faults


class _Together:
    def __init__(self, facts: Facts, folder: Path, rulebook: Rulebook) -> None:
        self.facts, self.folder, self.rulebook = facts, folder, rulebook
        self.findings: list[Finding] = []

    def run(self) -> None:
        main = None
        if (run := self.facts.run) is not None:
            main = self.scenario(run.scenario, run.settings, ("run", "scenario"))
            self.other(run.compare_with, ("run", "compare_with"))
        if (predict := self.facts.predict) is not None:
            self.prediction(predict, main)
        if (design := self.facts.design) is not None:
            self.scenario(design.scenario, (), ("design", "scenario"))
        for place, link in self.facts.try_this.items():
            self.link(link, ("try_this", place))
        for place, claim in self.facts.claims.items():
            self.claim(claim, main, ("claims", place))
        for path, raw in self.facts.unsound:
            self.names_in(raw, path)

    def names_in(self, raw: Mapping[str, Any], path: KeyPath) -> None:
        """Judge the names in a table of which something else is wrong, as far as they are names."""
        if isinstance(measure := raw.get("measure"), str) and measure not in MEASURED:
            self.measure(measure, None, None, path)
        for key in ("scenario", "compare_with"):
            if isinstance(name := raw.get(key), str) and name != BASELINE:
                self.scenario(name, (), (*path, key))

    def prediction(self, predict: PredictionTask, main: Scenario | None) -> None:
        path = ("predict",)
        if predict.kind == "draw" and predict.measure in MEASURED and not is_weekly(predict.measure):
            self.found((*path, "measure"), "a weekly measure, because a curve is drawn", as_written(predict.measure))
        week = 0 if predict.kind == "draw" and predict.week is None else predict.week
        self.measure(predict.measure, week, main, path)
        self.other(predict.compare_with, (*path, "compare_with"))
        for place, choice in enumerate(predict.choices):
            if choice.scenario is not None:
                self.scenario(choice.scenario, choice.settings, (*path, "choices", place, "scenario"))

    def link(self, link: TryThis, path: KeyPath) -> None:
        scenario = self.scenario(link.scenario, link.settings, (*path, "scenario"))
        if scenario is not None and link.week > scenario.weeks:
            self.found((*path, "week"), f"a week up to {scenario.weeks}", str(link.week))
        if link.compare_with is not None and link.opens != "compare":
            self.found((*path, "compare_with"), 'nothing, unless it opens "compare"', as_written(link.compare_with))
        elif link.compare_with is not None:
            self.scenario(link.compare_with, (), (*path, "compare_with"))

    def claim(self, claim: Claim, main: Scenario | None, path: KeyPath) -> None:
        name = claim.scenario
        if name is None and self.facts.run is not None:
            name = self.facts.run.scenario
            settings = claim.settings or self.facts.run.settings
        else:
            settings = claim.settings
        scenario = main if name is None else self.scenario(name, settings, (*path, "scenario"))
        self.measure(claim.measure, claim.week, scenario, path)
        self.other(claim.compare_with, (*path, "compare_with"), claim.compare_settings)
        _stated_fits(claim, path, self.findings)

    def measure(self, name: str, week: int | None, scenario: Scenario | None, path: KeyPath) -> None:
        measured = MEASURED.get(name)
        if measured is None:
            hint = nearest_name(name, MEASURED)
            self.found((*path, "measure"), "a weekly measure, or a measure of whole runs", as_written(name), hint)
        elif measured.needs_week and week is None:
            self.found((*path, "week"), f"the week of {name}", "nothing")
        elif not measured.needs_week and week is not None:
            self.found((*path, "week"), f"no week: {name} is of the whole run", str(week))
        elif week is not None and scenario is not None and week > scenario.weeks:
            self.found((*path, "week"), f"a week up to {scenario.weeks}, the length of the run", str(week))

    def other(self, name: str | None, path: KeyPath, settings: tuple[str, ...] = ()) -> None:
        if name is not None and name != BASELINE:
            self.scenario(name, settings, path)

    def scenario(self, name: str, settings: tuple[str, ...], path: KeyPath) -> Scenario | None:
        try:
            return resolve(name, settings, self.folder, self.rulebook)
        except InputError as error:
            for fault in error.faults[:5]:
                asked = fault.wanted if fault.where == "scenario" else f"{fault.wanted} (at {fault.where})"
                self.found(path, asked, fault.came, fault.hint)
            return None

    def found(self, path: KeyPath, wanted: str, came: str, hint: str = "") -> None:
        self.findings.append(Finding(path, wanted, came, hint))


def _stated_fits(claim: Claim, path: KeyPath, findings: list[Finding]) -> None:
    """Hold the numbers of a sentence against the bounds of its claim: one of them must lie between."""
    measured = MEASURED.get(claim.measure)
    if measured is None or not measured.is_share or claim.relation != "between":
        return
    stated = [number / 100 for number, _ in numbers_stated(claim.says, exactly=True)]
    ends = sorted(abs(bound) for bound in claim.bounds)
    low = 0.0 if claim.bounds[0] < 0 < claim.bounds[1] else ends[0]
    if stated and not any(low - _ROUNDING <= number <= ends[1] + _ROUNDING for number in stated):
        asked = f"bounds around a number of its sentence ({', '.join(f'{number:g}' for number in stated)})"
        findings.append(Finding((*path, "bounds"), asked, as_written(claim.bounds)))


def _sentences(facts: Facts, sections: Mapping[str, Section], where: str) -> Iterator[Fault]:
    texts = [section.words for section in sections.values()]
    for place, claim in facts.claims.items():
        says = squeezed(claim.says)
        if not says or not any(says in text for text in texts):
            hint = "the words must be the same, without the marks for emphasis"
            yield Fault(facts.at(("claims", place, "says"), where), "a sentence of the text", as_written(says), hint)


def _numbers(facts: Facts, sections: Mapping[str, Section], where: str) -> Iterator[Fault]:
    claimed = [squeezed(claim.says) for claim in facts.claims.values()]
    for section in (sections[title] for title in ASSERTING if title in sections):
        for number, sentence in numbers_stated(section.words):
            if not any(says in sentence or sentence in says for says in claimed if numbers_stated(says)):
                asked = f'a claim for the number {number:g} in "{section.title}"'
                yield Fault(f"{where}, line {section.line}", asked, as_written(sentence), "add it under [[claims]]")


def _sources(sections: Mapping[str, Section], where: str) -> Sequence[Fault]:
    section = sections.get("What real evidence says")
    if section is None or 'href="http' in section.html:
        return []
    return [Fault(f"{where}, line {section.line}", "a link to a source", "none", "write [name](https://...)")]
