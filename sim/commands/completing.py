"""What a shell offers when Tab is pressed: names that begin as the word does, and files where a file will do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from glob import escape, glob
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.base.rule import ParameterDeclaration

__all__ = [
    "axes_that_begin",
    "conditions_that_begin",
    "lessons_that_begin",
    "lists_of_parameters_that_begin",
    "names_that_begin",
    "parameters_that_begin",
    "scenarios_that_begin",
    "settings_that_begin",
    "studies_that_begin",
]

_SETTINGS_OF_AN_ORGANISATION = ("services", "teams", "team_size", "senior_leaders")


def names_that_begin(ask: Callable[[], Sequence[str]]) -> Callable[[str], list[str]]:
    """Return what completes one of some names, which are asked for when Tab is pressed."""

    def complete(incomplete: str) -> list[str]:
        return _begin(ask(), incomplete)

    return complete


def scenarios_that_begin(incomplete: str) -> list[str]:
    """Return shipped scenarios, folders and TOML files that begin so."""
    from sim.inputs.scenario.files import scenario_names

    return [*_begin(scenario_names(), incomplete), *_files(incomplete, ".toml")]


def studies_that_begin(incomplete: str) -> list[str]:
    """Return shipped studies, folders and TOML files that begin so."""
    from sim.study.study_file import shipped_studies

    return [*_begin(shipped_studies(), incomplete), *_files(incomplete, ".toml")]


def lessons_that_begin(incomplete: str) -> list[str]:
    """Return shipped lessons, folders and Markdown files that begin so."""
    from sim.lessons import shipped_lessons

    return [*_begin((one.slug for one in shipped_lessons()), incomplete), *_files(incomplete, ".md")]


def parameters_that_begin(incomplete: str) -> list[str]:
    """Return parameters that begin so."""
    return _begin(_declared(), incomplete)


def axes_that_begin(incomplete: str) -> list[str]:
    """Return what an axis can be along: a parameter, or turnover of all kinds."""
    return _begin((*_declared(), "turnover"), incomplete)


def settings_that_begin(incomplete: str) -> list[str]:
    """Return parameters, and what else is a number in a scenario, that begin so, each with its usual value."""
    return _begin((f"{name}={value}" for name, value in _usual_values()), incomplete)


def conditions_that_begin(incomplete: str) -> list[str]:
    """Return parameters that begin so, each with the range in which it plausibly lies."""
    return _begin((f"{name}={_plausible(one)}" for name, one in _declared().items()), incomplete)


def lists_of_parameters_that_begin(incomplete: str) -> list[str]:
    """Return lists that begin so, with commas between the parameters, to which one more has been added."""
    listed, comma, begun = incomplete.rpartition(",")
    there = listed.split(",")
    return [f"{listed}{comma}{name}" for name in parameters_that_begin(begun) if name not in there]


def _begin(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]


def _files(incomplete: str, suffix: str) -> list[str]:
    found = sorted(glob(f"{escape(incomplete)}*"))
    folders = [f"{name}/" for name in found if os.path.isdir(name)]
    return [*folders, *(name for name in found if name.endswith(suffix))]


def _declared() -> dict[str, ParameterDeclaration]:
    from sim.rulebook.rulebook import RULEBOOK

    return dict(RULEBOOK.parameters)


def _usual_values() -> Iterator[tuple[str, Any]]:
    from sim.inputs.organisation import OrganisationShape
    from sim.inputs.scenario.description import Scenario

    for name, declared in _declared().items():
        yield name, f"{declared.default:g}"
    yield "weeks", Scenario.model_fields["weeks"].default
    for name in _SETTINGS_OF_AN_ORGANISATION:
        yield f"organisation.{name}", OrganisationShape.model_fields[name].default


def _plausible(declared: ParameterDeclaration) -> str:
    low, high = declared.plausible
    return f"{low:g}:{high:g}"
