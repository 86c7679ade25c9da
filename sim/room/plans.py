"""What a session is made of: rounds, each about one scenario; ready-made plans; shocks that nobody expected."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from sim.base.dates import week_words
from sim.inputs.interventions import KINDS
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import load_scenario, shipped_scenarios
from sim.room.text import LONGEST_TITLE, clean
from sim.rulebook.parameters import WEEKS_PER_YEAR
from sim.study.programmes import without_support

__all__ = [
    "MOST_ROUNDS", "PLANS", "SHOCKS", "Predict", "RoundPlan", "RoundShock", "contexts", "happens_anyway", "happens_in",
    "is_held", "scenario_of", "with_shocks",
]  # fmt: skip

MOST_ROUNDS = 12
MOST_SHOCKS = 4
HIGHEST_BUDGET = 3000
_SHORTEST_RUN = 396

Predict = Literal["curve", "choice", "nothing"]
"""How people predict; nothing, where the programme of the story would give away how to design a better one."""


@cache
def contexts() -> dict[str, str]:
    """Return the scenarios that a round can be about, by name, with their titles: all that run long enough."""
    return {name: scenario.title for name, scenario in _shipped().items() if scenario.weeks >= _SHORTEST_RUN}


@cache
def _shipped() -> dict[str, Scenario]:
    """Return the scenarios that come with Cultureshift, by name; they are read once."""
    return {name: load_scenario(path) for name, _, _, path in shipped_scenarios()}


def scenario_of(name: str) -> Scenario:
    """Return a shipped scenario by its name.

    Raises
    ------
    KeyError : there is none of this name
    """
    return _shipped()[name]


class RoundPlan(BaseModel):
    """One round: what it is about, the budget, and how people predict."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Annotated[str, Field(max_length=LONGEST_TITLE * 8)]
    scenario: str
    budget: Annotated[int, Field(ge=10, le=HIGHEST_BUDGET)]
    predict: Predict = "curve"

    @field_validator("title")
    @classmethod
    def _clean_title(cls, title: str) -> str:
        return clean(title, LONGEST_TITLE)

    @field_validator("scenario")
    @classmethod
    def _known_scenario(cls, name: str) -> str:
        if name not in contexts():
            raise ValueError("the name of a scenario that comes with Cultureshift")
        return name


_SHOESTRING = RoundPlan(title="A year on a shoestring", scenario="shoestring-year", budget=208)
_LEAVE = RoundPlan(title="Two of the three leave", scenario="two-of-three-leave", budget=208, predict="choice")
_LAST = RoundPlan(
    title="Four times the money: what lasts?", scenario="internal-capacity", budget=820, predict="nothing"
)
_WINTER = RoundPlan(title="A bad winter", scenario="winter-crisis", budget=400, predict="choice")
_TRIO = RoundPlan(title="Only those at the top", scenario="coaching-the-trio-only", budget=208)

PLANS: dict[str, tuple[str, tuple[RoundPlan, ...]]] = {
    "ninety": ("90 minutes: three rounds", (_SHOESTRING, _LEAVE, _LAST)),
    "thirty": ("30 minutes: one round", (_SHOESTRING,)),
    "half-day": ("Half a day: five rounds", (_TRIO, _SHOESTRING, _LEAVE, _WINTER, _LAST)),
}
"""Plans to begin with, by name: title and rounds."""


class RoundShock(BaseModel):
    """Something that happens to every programme of a round, and that nobody expected."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["two_leave", "winter", "surge", "control"]
    week: Annotated[int, Field(ge=0, le=300)]

    def in_words(self) -> str:
        """Return what happens, and when."""
        year, week = divmod(self.week, WEEKS_PER_YEAR)
        return f"{SHOCKS[self.kind][0]} (year {year + 1}, week {week + 1})"

    def entry(self) -> dict[str, Any]:
        """Return the entry of a timeline."""
        _, _, weeks, fields = SHOCKS[self.kind]
        dates = {"week": self.week} if weeks is None else {"start_week": self.week, "end_week": self.week + weeks}
        return {**fields, **dates}


SHOCKS: Mapping[str, tuple[str, int, int | None, dict[str, Any]]] = {
    "two_leave": ("Two of the three directors leave", 58, None, {"kind": "leaders_leave", "how_many": 2}),
    "winter": ("A winter crisis", 76, 15, {"kind": "shock", "size": 0.5}),
    "surge": ("Staff leave twice as often, for a year", 60, 52, {"kind": "turnover_surge", "factor": 2.0}),
    "control": ("Tight control returns for two years", 80, 104, {"kind": "assurance", "control_norm": 0.95}),
}
"""Title, usual week, length in weeks, and the entry's fields."""


def is_held(scenario: Scenario, shock: RoundShock) -> bool:
    """Tell whether a shock would change nothing, because a scenario holds the same thing at the same time."""
    entry = KINDS[shock.entry()["kind"]].model_validate(shock.entry())
    start, end = entry.weeks(scenario.weeks)
    same = (one.weeks(scenario.weeks) for one in scenario.timeline if one.kind == entry.kind)
    return any(first <= start and end <= last for first, last in same)


def with_shocks(scenario: Scenario, shocks: tuple[RoundShock, ...]) -> Scenario:
    """Return a scenario to which some shocks happen; its support ends when it ended before."""
    return scenario.with_entries(
        *[KINDS[entry["kind"]].model_validate(entry) for entry in map(RoundShock.entry, shocks)]
    )


@cache
def happens_in(name: str) -> tuple[str, ...]:
    """Return what is done and what happens in a shipped scenario, line by line, without saying what comes of it."""
    return _lines(scenario_of(name)) or ("Nothing is done, and nothing happens.",)


@cache
def happens_anyway(name: str) -> tuple[str, ...]:
    """Return what happens in a shipped scenario whatever is paid for: what every team has to reckon with."""
    return _lines(without_support(scenario_of(name)))


def _lines(scenario: Scenario) -> tuple[str, ...]:
    lines = []
    for entry in scenario.timeline:
        start, end = entry.weeks(scenario.weeks)
        first, last = (week_words(week, scenario.start) for week in (start, end))
        if end - start == 1:
            when = f"in {first}"
        elif end == scenario.weeks:
            when = f"from {first} to the end"
        else:
            when = f"from {first} to {last}"
        days = sum(entry.cost(week, scenario.weeks) for week in range(start, end))
        cost = f", {days:.0f} days" if days else ""
        lines.append(f"{entry.title}, {when}{cost}. {entry.effect()}")
    return tuple(lines)
