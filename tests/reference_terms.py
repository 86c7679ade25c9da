"""Words that the pages of the plain model share: the moment, numbers from chance, means and saturation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import SimpleNamespace as Row
from typing import Any

from sim.rulebook.rulebook import RULEBOOK
from tests.plain_world import Draws

WEEKS_PER_YEAR = 52
Streams = Row(**{name: stream.number for name, stream in RULEBOOK.streams.items()})
RANK = {0: -1, 1: 0, 2: 0, 3: 0, 4: +1}  # medical, nursing, allied health, operations, administration
HABITS = ("habit_voice", "habit_team", "habit_fail", "habit_learn")


@dataclass
class Moment:
    """The moment at which a rule is at work: the plan, the chance of the world, the week and its rows of the plan."""

    plan: Any
    draws: Draws
    week: int

    @property
    def row(self) -> int:
        return int(self.week - self.plan.first_week)

    @property
    def epoch(self) -> int:
        return int(self.plan.epoch[self.row])


def normals(uniform_a: float, uniform_b: float) -> tuple[float, float]:
    """Box and Muller (1958)."""
    radius, angle = math.sqrt(-2 * math.log(uniform_a)), 2 * math.pi * uniform_b
    return radius * math.cos(angle), radius * math.sin(angle)


def clip(x: float) -> float:
    return min(1.0, max(0.0, x))


def logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def mean_or_none(values: list[float]) -> float:
    """The mean of a team's people; 0 where there is nobody."""
    return mean(values) if values else 0.0


def sat(rules: Row, x: float) -> float:
    """Nobody takes in twice as much because twice as much is offered; sat(1) = 1."""
    return (1 + rules.saturation) * x / (rules.saturation + x)
