"""Questions for the talk after a round, and what can be said of the predictions in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.lessons.predictions import JudgedCurve, judge_curve
from sim.room.actions import CHOICES
from sim.room.judging import ProgrammeResult
from sim.room.state import Room
from sim.study.programmes import STRANDS

__all__ = ["furthest_off", "questions", "sentences"]

_MOST_TOLD = 3

_FIRST = (
    "Where did your line and what happened part company, and what did you believe at that point?",
    "What would staff have noticed first, and what last?",
    "In twin worlds the same programme ends differently. What is it that nobody can plan?",
)
_SPEND = (
    "Which of your days would you take back now, and where would you put them?",
    "Who kept the new culture going on the day after the money ended?",
)
_SHOCKED = (
    "Which programmes hardly moved, and what do they have in common?",
    "What in your own place would have carried on all the same?",
)


def questions(room: Room, place: int) -> list[str]:
    """Return questions that fit what a round has shown so far."""
    at = room.rounds[place]
    if at.shocks:
        return [*_SHOCKED, _SPEND[1]]
    if "programmes" in at.shown and at.commits:
        ask = list(_SPEND)
        if any("training" not in design and "top_up" not in design for design in at.commits.values()):
            ask.append(f"Some left out {STRANDS['training'].title}. What did that decide?")
        return ask
    return list(_FIRST)


def sentences(room: Room, place: int, story: ProgrammeResult) -> list[str]:
    """Return what happened to the predictions of a round, in words."""
    at = room.rounds[place]
    told = [one for number, one in at.predictions.items() if not room.people[number].is_removed]
    if not told:
        return []
    if at.plan.predict == "choice":
        likeliest = max(story.left, key=lambda name: story.left[name])
        right = sum(one.choice == likeliest for one in told)
        share = f"{round(100 * story.left[likeliest])} of 100 worlds"
        return [f"{_people(right, len(told))} chose what happened most often ({share}): {_lower(CHOICES[likeliest])}."]
    return _of_curves([one.curve for one in told if one.curve], story.years)


def furthest_off(room: Room, place: int, story: ProgrammeResult) -> list[dict[str, Any]]:
    """Return whose predictions were furthest from what happened, and by how much, the furthest first."""
    order = list(CHOICES)
    likeliest = max(order, key=lambda name: story.left[name])
    found: list[tuple[float, str, str]] = []
    for number, one in room.rounds[place].predictions.items():
        person = room.people[number]
        if person.is_removed:
            continue
        if one.curve is not None:
            away = _judged(one.curve, story.years).away
            found.append((away, person.name, f"{round(away)} in 100 from the middle world, on average"))
        elif one.choice is not None:
            steps = abs(order.index(one.choice) - order.index(likeliest))
            found.append((steps, person.name, f"chose: {_lower(CHOICES[one.choice])}"))
    furthest = sorted((one for one in found if one[0] > 0), key=lambda one: (-one[0], one[1]))[:_MOST_TOLD]
    return [{"name": name, "says": says} for _, name, says in furthest]


def _judged(curve: Sequence[int], years: Sequence[Sequence[float]]) -> JudgedCurve:
    """Hold a curve, of 100, against the worlds in the years that were to be guessed."""
    low, middle, high = (100 * np.array(years[row])[1:] for row in (0, 2, 4))
    return judge_curve(curve[1 : len(middle) + 1], low, middle, high)


def _of_curves(curves: Sequence[Sequence[int]], years: Sequence[Sequence[float]]) -> list[str]:
    judged = [_judged(curve, years) for curve in curves]
    above, below = (sum(one.ends == where for one in judged) for where in ("above", "below"))
    away = [one.away for one in judged]
    return [
        f"For year {len(years[2]) - 1}, {_people(above, len(curves))} drew more, and {below} less, than happened in "
        f"nine of ten worlds.",
        f"On average a line was {round(sum(away) / len(away))} in 100 away from the middle world; the nearest one "
        f"{round(min(away))}.",
    ]


def _people(n: int, of: int) -> str:
    return f"{n} of {of} {'person' if of == 1 else 'people'}"


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]
