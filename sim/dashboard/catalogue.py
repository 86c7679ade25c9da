"""The scenarios that can be chosen on a page: the one that Explore opens with, and those that come with Cultureshift."""

from __future__ import annotations

from functools import cache

from sim.errors import InputError
from sim.interventions import CoachSeniorLeaders, CoachTeamLeaders, Dialogue, LeadersLeave
from sim.scenario import Scenario
from sim.scenario_files import load_scenario, shipped_scenarios

__all__ = ["FIRST", "choices", "opening", "shipped"]

FIRST = "opening"
"""Name of what Explore opens with."""


@cache
def opening() -> Scenario:
    """Return what Explore opens with: a year of support, and then two of the trio leave."""
    return Scenario(
        name=FIRST,
        title="A year of support, then two leave",
        story="For a year a consultant coaches the trio, team leaders are coached at half strength, and staff are in "
        "dialogue. Then the money ends, and six weeks later two of the three directors change jobs. "
        "Press play, then ask what would have made it last.",
        timeline=(
            CoachSeniorLeaders(start_week=0, end_week=52),
            CoachTeamLeaders(start_week=0, end_week=52, intensity=0.5),
            Dialogue(start_week=0, end_week=52),
            LeadersLeave(week=58, how_many=2),
        ),
    )


@cache
def choices() -> tuple[tuple[str, str], ...]:
    """Return the names and titles of the scenarios that can be chosen."""
    return ((FIRST, opening().title), *((name, title) for name, title, _, _ in shipped_scenarios()))


@cache
def shipped(name: str) -> Scenario:
    """Return a scenario by its name.

    Raises
    ------
    InputError : there is none of this name
    """
    if name == FIRST:
        return opening()
    known = [known for known, _ in choices()]
    if name not in known:
        raise InputError.single("scenario", f"one of {', '.join(known)}", repr(name))
    return load_scenario(name)
