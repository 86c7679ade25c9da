"""Scenarios against one another: paired differences, replicate by replicate on the same chance events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sim.base.errors import InputError
from sim.inputs.scenario.description import Scenario
from sim.results.ensemble import PairedEnsemble
from sim.results.measures import Interval
from sim.results.outcomes import OUTCOMES, RunOutcome

__all__ = [
    "COMPARED",
    "difference",
    "difference_records",
    "differences",
    "judged_alike",
    "last_support_end",
    "letter",
    "level",
]

COMPARED = tuple(outcome for outcome in OUTCOMES.values() if outcome.is_compared)
"""The outcomes by which scenarios are compared, in the order of tables and pictures."""


def letter(place: int) -> str:
    """Return the letter that stands for a scenario, by its place in a comparison.

    Examples
    --------
    >>> letter(0), letter(2)
    ('A', 'C')
    """
    return chr(ord("A") + place)


def judged_alike(pairs: Sequence[PairedEnsemble]) -> list[PairedEnsemble]:
    """Return the same scenarios, all judged from one week: when the last of their outside support ends."""
    last = last_support_end([paired.arm.scenario for paired in pairs])
    return list(pairs) if last is None else [replace(paired, judged_from=last) for paired in pairs]


def last_support_end(scenarios: Sequence[Scenario]) -> int | None:
    """Return when the last of scenarios' outside support ends; None where there is none."""
    return max((end for one in scenarios if (end := one.support_end_week) is not None), default=None)


def level(paired: PairedEnsemble, outcome: RunOutcome) -> Interval:
    """Return where a scenario stands, with its 95 % interval; not defined where it cannot be judged."""
    return outcome.of(paired.judged)


def difference(paired: PairedEnsemble, reference: PairedEnsemble, outcome: RunOutcome) -> Interval:
    """Return a scenario minus a reference, replicate by replicate, with the 95 % interval of the mean.

    Raises
    ------
    InputError : the two do not share their chance events
    """
    if (paired.arm.seed, paired.arm.replicates) != (reference.arm.seed, reference.arm.replicates):
        came = f"seeds {paired.arm.seed} and {reference.arm.seed}, or other replicates"
        raise InputError.single("difference", "two scenarios with the same seed and replicates", came)
    return outcome.difference(outcome.by_replicate(paired.judged), outcome.by_replicate(reference.judged))


def differences(pairs: Sequence[PairedEnsemble]) -> list[dict[str, Interval]]:
    """Return, for each scenario after the first, its differences from the first by name."""
    return [{item.name: difference(paired, pairs[0], item) for item in COMPARED} for paired in pairs[1:]]


def difference_records(pairs: Sequence[PairedEnsemble]) -> list[dict[str, object]]:
    """Return the differences from the first as records: scenario, measure, mean, low, high, replicates."""
    first = pairs[0].arm.scenario.name
    return [
        {
            "scenario": f"{paired.arm.scenario.name} minus {first}",
            "measure": name,
            "mean": found.estimate,
            "low": found.low,
            "high": found.high,
            "replicates": found.n,
        }
        for paired, own in zip(pairs[1:], differences(pairs), strict=True)
        for name, found in own.items()
    ]
