"""What of a scenario lies outside what may be true of a health-care service, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from sim.inputs.interventions.appointments import Appointments
from sim.inputs.interventions.assurance import Assurance
from sim.inputs.interventions.change_parameter import ChangeParameter
from sim.inputs.interventions.successors_style import SuccessorsStyle
from sim.inputs.scenario.description import Scenario
from sim.rulebook.parameters import describe

__all__ = ["beyond_plausible"]


def beyond_plausible(scenario: Scenario) -> tuple[str, ...]:
    """Return a sentence for each value that is allowed, but lies outside its plausible range.

    Examples
    --------
    >>> beyond_plausible(Scenario(title="As it is"))
    ()
    >>> beyond_plausible(Scenario(title="Nobody stays").with_parameters(staff_turnover=0.9))
    ('staff_turnover is 0.9, outside what is plausible (0.1 to 0.2 per year): a thought experiment.',)
    """
    defaults = {name: declared.default for name, declared in describe().items()}
    told = dict.fromkeys(
        (name, value, where) for name, value, where in _values(scenario) if value != defaults.get(name)
    )
    return tuple(sentence for name, value, where in told for sentence in _judged(name, value, where))


def _values(scenario: Scenario) -> Iterator[tuple[str, float, str]]:
    """Yield name, value and place of all that a scenario sets."""
    for name, value in scenario.parameters:
        yield name, float(value), ""
    for service, section in scenario.services.items():
        for name, value in section.parameters.items():
            yield name, value, f' in "{service}"'
    for place, entry in enumerate(scenario.timeline, start=1):
        where = f" in timeline entry {place}"
        if isinstance(entry, ChangeParameter):
            yield entry.name, entry.value, where
        elif isinstance(entry, Assurance):
            yield "control_norm", entry.control_norm, where
        elif isinstance(entry, SuccessorsStyle):
            yield "control_of_newcomers", entry.control, where
        elif isinstance(entry, Appointments):
            yield "internal_succession", entry.from_within, where


def _judged(name: str, value: float, where: str) -> Iterator[str]:
    declared = describe().get(name)
    if declared is None:
        return
    low, high = declared.plausible
    if declared.is_reference:
        yield f"{name} is {value:g}{where}; a fixed point of the equations, fitted at {declared.default:g}."
    elif not low <= value <= high:
        unit = "" if declared.unit == "0 to 1" else f" {declared.unit}"
        yield (
            f"{name} is {value:g}{where}, outside what is plausible ({low:g} to {high:g}{unit}): a thought experiment."
        )
