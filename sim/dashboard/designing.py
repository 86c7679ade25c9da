"""A programme of one's own within a lesson: what can be put together, and how it does against that of the lesson."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import InputError
from sim.base.phrasing import of_100
from sim.dashboard.learning import arm_shown, arms_run, pieces_of, rests_on
from sim.inputs.interventions import KINDS
from sim.inputs.scenario.description import Scenario
from sim.lessons.designs import Design, DesignTask, SpendOption, days_of
from sim.lessons.measuring import MEASURED
from sim.lessons.predictions import does_better
from sim.lessons.reading import Lesson
from sim.lessons.worlds import GatheredWorlds, WorldsPiece
from sim.results.intervals import with_interval

__all__ = ["STRENGTHS", "DesignRun", "design_shown", "task_of"]

Values = NDArray[np.float64]

STRENGTHS = (0.25, 0.5, 1.0, 2.0)
"""What the page offers, times the full programme."""

STEP_WEEKS = 13
"""The steps of the page's sliders, and the least that anything takes."""

_YOURS = "Your programme"


def task_of(lesson: Lesson) -> DesignTask:
    """Return what is to be designed in a lesson.

    Raises
    ------
    InputError : the lesson does not ask for a design
    """
    design = lesson.front_matter.design
    if design is None:
        raise InputError.single("lesson", "one that asks for a programme", lesson.title)
    place = lesson.scenario(design.scenario, ()).replace(title=_YOURS, name="your-programme")
    offers = {
        kind: SpendOption(
            KINDS[kind].title, kind, float(KINDS[kind].model_fields["cost_per_week"].default), STEP_WEEKS, design.weeks,
            design.weeks, STRENGTHS[-1],
        )
        for kind in design.kinds
    }  # fmt: skip
    paid_anyway = float(place.cost_by_week(place.weeks).sum())
    return DesignTask(place, design.budget - paid_anyway, offers)


def design_shown(lesson: Lesson) -> dict[str, Any] | None:
    """Return what the page needs to let somebody design a programme; None where the lesson does not ask for it."""
    design = lesson.front_matter.design
    if design is None:
        return None
    task = task_of(lesson)
    return {
        "budget": task.budget,
        "weeks": design.weeks,
        "step": STEP_WEEKS,
        "strengths": list(STRENGTHS),
        "against": lesson.scenario().title,
        "offers": [{"name": name, "title": offer.title, "a_week": offer.a_week} for name, offer in task.offers.items()],
    }


@dataclass
class DesignRun:
    """A programme of one's own, run against that of the lesson on the same luck.

    Parameters
    ----------
    lesson, design : the lesson, and a design without faults
    """

    lesson: Lesson
    design: Design

    def __post_init__(self) -> None:
        self._worlds = GatheredWorlds(self.lesson.front_matter.run.seed)
        named = ((_YOURS, task_of(self.lesson).scenario(self.design)), (self._best.title, self._best))
        self._arms = [(label, scenario, scenario.baseline()) for label, scenario in named]

    @property
    def _best(self) -> Scenario:
        return self.lesson.scenario()

    def pieces(self) -> list[WorldsPiece]:
        """Return the work: both programmes in turn."""
        return pieces_of(self.lesson, self._arms)

    def take(self, piece: WorldsPiece, done: Any) -> None:
        """Add what a piece of work has left."""
        self._worlds.take(piece, done)

    def shown(self) -> dict[str, Any] | None:
        """Return what the page shows of the worlds that both have been through; None before the first."""
        arms = arms_run(self.lesson, self._arms, self._worlds)
        if not arms:
            return None
        measured = MEASURED[self.lesson.front_matter.predict.measure]
        say = of_100 if measured.is_share else "{:.3g}".format
        return {
            "slug": self.lesson.slug,
            "n": len(arms[0].values),
            "cost": round(days_of(self.design), 1),
            "verdict": self._verdict(arms[0].values, arms[1].values, say),
            "measure": measured.label,
            "rests_on": rests_on(arms),
            "levels": [with_interval(measured.unit.sum_up(arm.values), say) for arm in arms],
            "arms": [arm_shown(arm) for arm in arms],
        }

    def _verdict(self, mine: Values, best: Values, say: Callable[[float], str]) -> str:
        difference = MEASURED[self.lesson.front_matter.predict.measure].unit.difference
        name, lead = self._best.title, difference(mine, best)
        better = does_better(lead)
        if better == "first":
            return f"Yours does better than “{name}”, by {with_interval(lead, say)}."
        if better == "second":
            return f"“{name}” does better than yours, by {with_interval(difference(best, mine), say)}."
        return f"Yours and “{name}” are too close to tell apart in {len(mine)} runs."
