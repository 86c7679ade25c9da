"""A programme of one's own within a lesson: what was put together, what it costs, how it does against the best card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.base.errors import InputError
from sim.dashboard.learning import CHUNK, LessonPiece, LessonWorld, arm_shown, drawn_measure, rests_on
from sim.inputs.interventions import KINDS
from sim.inputs.scenario.description import Scenario
from sim.lessons.measuring import MEASURED
from sim.lessons.predictions import does_better
from sim.lessons.reading import Lesson
from sim.report.phrasing import with_interval

__all__ = ["STRENGTHS", "DesignRun", "design_shown", "read_design"]

STRENGTHS = (0.25, 0.5, 1.0, 2.0)
STEP_WEEKS = 13
_PENNY = 1e-6


def design_shown(lesson: Lesson) -> dict[str, Any] | None:
    """Return what the page needs to let somebody design a programme; None where the lesson does not ask for it."""
    design = lesson.front_matter.design
    if design is None:
        return None
    return {
        "budget": design.budget,
        "weeks": design.weeks,
        "step": STEP_WEEKS,
        "strengths": list(STRENGTHS),
        "against": lesson.scenario().title,
        "kinds": [
            {"kind": kind, "title": KINDS[kind].title, "price": KINDS[kind].model_fields["cost_per_week"].default}
            for kind in design.kinds
        ],
    }


def read_design(said: Any, lesson: Lesson) -> Scenario:
    """Return the programme that a page sends, as a scenario.

    Parameters
    ----------
    said : a list of parts: ``kind``, ``start``, ``weeks``, ``strength``; parts of no weeks are left out
    lesson : a lesson that asks for a design

    Raises
    ------
    InputError : it is none, costs more than there is, or goes on too long
    """
    design = lesson.front_matter.design
    if design is None or not isinstance(said, list) or len(said) > len(design.kinds):
        raise InputError.single("design", "a programme", "something else")
    scenario = lesson.scenario(design.scenario, ()).replace(title="Your programme", name="your-programme")
    for part in said:
        kind, start, weeks, strength = _part(part, design.kinds)
        if weeks and start + weeks > design.weeks:
            asked = f"an end by week {design.weeks}"
            raise InputError.single(f"design: {KINDS[kind].title}", asked, f"week {start + weeks}")
        if weeks:
            scenario = scenario.with_entries(kind=kind, start_week=start, end_week=start + weeks, intensity=strength)
    cost = float(scenario.cost_by_week(scenario.weeks).sum())
    if cost > design.budget + _PENNY:
        raise InputError.single("design", f"a cost of at most {design.budget:g} days", f"{cost:g} days")
    if cost == 0:
        raise InputError.single("design", "at least one part that lasts some weeks", "none")
    return scenario


def _part(part: Any, kinds: tuple[str, ...]) -> tuple[str, int, int, float]:
    if not isinstance(part, Mapping) or part.get("kind") not in kinds:
        raise InputError.single("design", f"parts of {', '.join(kinds)}", "something else")
    start, weeks, strength = part.get("start"), part.get("weeks"), part.get("strength")
    if not _is_weeks(start) or not _is_weeks(weeks) or strength not in STRENGTHS:
        raise InputError.single("design", f"whole quarters of a year, and a strength of {STRENGTHS}", "something else")
    return str(part["kind"]), int(start or 0), int(weeks or 0), float(strength)


def _is_weeks(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0 and value % STEP_WEEKS == 0


@dataclass
class DesignRun:
    """A programme of one's own, run against that of the lesson on the same luck.

    Parameters
    ----------
    lesson, scenario : the lesson, and the programme
    """

    lesson: Lesson
    scenario: Scenario
    worlds: dict[int, dict[int, LessonWorld]] = field(default_factory=dict)

    def pieces(self) -> list[LessonPiece]:
        """Return the work: both programmes in turn."""
        run, predict = self.lesson.front_matter.run, self.lesson.front_matter.predict
        return [
            LessonPiece(
                arm, scenario, scenario.baseline(), predict.measure, drawn_measure(self.lesson), predict.week or 0,
                run.seed, tuple(range(first, min(first + CHUNK, run.replicates))),
            )
            for first in range(0, run.replicates, CHUNK)
            for arm, scenario in enumerate((self.scenario, self.lesson.scenario()))
        ]  # fmt: skip

    def take(self, piece: LessonPiece, done: Mapping[int, LessonWorld]) -> None:
        """Add what a piece of work has left."""
        self.worlds.setdefault(piece.arm, {}).update(done)

    def shown(self) -> dict[str, Any] | None:
        """Return what the page shows of the worlds that both have been through; None before the first."""
        numbers = sorted(set(self.worlds.get(0, ())) & set(self.worlds.get(1, ())))
        if not numbers:
            return None
        mine, best = ([self.worlds[arm][number] for number in numbers] for arm in (0, 1))
        measured = MEASURED[self.lesson.front_matter.predict.measure]
        say = (lambda value: f"{100 * value:.0f} of 100") if measured.is_share else (lambda value: f"{value:.3g}")
        values = [np.array([world.value for world in worlds]) for worlds in (mine, best)]
        lead = measured.unit.difference(*values)
        name = self.lesson.scenario().title
        better = does_better(lead)
        if better == "first":
            verdict = f"Yours does better than “{name}”, by {with_interval(lead, say)}."
        elif better == "second":
            verdict = (
                f"“{name}” does better than yours, by {with_interval(measured.unit.difference(*values[::-1]), say)}."
            )
        else:
            verdict = f"Yours and “{name}” are too close to tell apart in {len(numbers)} runs."
        return {
            "slug": self.lesson.slug,
            "n": len(numbers),
            "cost": round(float(self.scenario.cost_by_week(self.scenario.weeks).sum()), 1),
            "verdict": verdict,
            "measure": measured.label,
            "rests_on": rests_on([("Your programme", self.scenario), (name, self.lesson.scenario())], [mine, best]),
            "levels": [with_interval(measured.unit.sum_up(one), say) for one in values],
            "arms": [
                arm_shown(label, scenario.baseline(), worlds)
                for label, scenario, worlds in (
                    ("Your programme", self.scenario, mine),
                    (name, self.lesson.scenario(), best),
                )
            ],
        }
