"""The scenarios that can be chosen on a page: those that come with Cultureshift."""

from __future__ import annotations

from functools import cache

from sim.base.errors import InputError
from sim.dashboard.own import rules
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import load_scenario, shipped_scenarios

__all__ = ["FIRST", "LASTING", "choices", "shipped"]

FIRST = "two-of-three-leave"
"""What Explore opens with: a year of support, and then two of the trio leave."""

LASTING = "internal-capacity"
"""What the map opens with: the same with internal capacity, which lasts in some services and not in others."""


@cache
def choices() -> tuple[tuple[str, str], ...]:
    """Return the names and titles of the scenarios that can be chosen, the one that Explore opens with first."""
    titles = {name: title for name, title, _, _ in shipped_scenarios()}
    return ((FIRST, titles[FIRST]), *((name, title) for name, title in titles.items() if name != FIRST))


@cache
def shipped(name: str) -> Scenario:
    """Return a scenario by its name.

    Raises
    ------
    InputError : there is none of this name
    """
    known = [known for known, _ in choices()]
    if name not in known:
        raise InputError.single("scenario", f"one of {', '.join(known)}", repr(name))
    return load_scenario(name, rules())
