"""What a scenario is compared with, in a sentence or two: what is in a gain, and what is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.base.phrasing import listed
from sim.inputs.interventions import Intervention
from sim.inputs.scenario.description import Scenario
from sim.results.ensemble import PairedEnsemble

__all__ = ["against_what", "other_name", "than_other"]

_MOST_TOLD = 4


def than_other(paired: PairedEnsemble) -> str:
    """Return "than" and what the scenario is compared with."""
    return "than without it" if paired.is_against_nothing else f'than in "{paired.baseline.scenario.title}"'


def other_name(paired: PairedEnsemble) -> str:
    """Return what the scenario is compared with."""
    return "the same world with nothing done" if paired.is_against_nothing else f'"{paired.baseline.scenario.title}"'


def against_what(scenario: Scenario, other: Scenario) -> str:
    """Return what a difference from the other scenario does not tell; nothing where there is nothing to say.

    Parameters
    ----------
    scenario, other : what is looked at, and what it is compared with

    Examples
    --------
    >>> winter = Scenario(title="Winter").with_entries(kind="shock", start_week=4, end_week=9)
    >>> against_what(winter, winter.baseline())
    'What happens is no part of a gain, as it happens with nothing done too: Shock (pressure +30).'
    """
    return " ".join(_of_a_baseline(scenario) if other.is_baseline_of(scenario) else _of_another(scenario, other))


def _of_a_baseline(scenario: Scenario) -> Iterator[str]:
    if scenario.happening:
        yield f"What happens is no part of a gain, as it happens with nothing done too: {_told(scenario.happening)}."
    if any(entry.kind == "change_parameter" for entry in scenario.happening):
        yield (
            "So a lever moved by hand shows no gain: to see what it does, give a scenario without it as compare_with."
        )


def _of_another(scenario: Scenario, other: Scenario) -> Iterator[str]:
    if other.happening != scenario.happening:
        there = f"there: {_told(other.happening)}" if other.happening else "nothing happens there"
        here = f"here: {_told(scenario.happening)}" if scenario.happening else "nothing happens here"
        yield f"Not the same happens in both ({here}; {there}), so the difference is not of what is done alone."


def _told(entries: Sequence[Intervention]) -> str:
    labels = list(dict.fromkeys(entry.label() for entry in entries))
    more = [f"{len(labels) - _MOST_TOLD} more"] if len(labels) > _MOST_TOLD else []
    return listed([*labels[:_MOST_TOLD], *more])
