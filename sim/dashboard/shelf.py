"""The lessons that the dashboard offers: those that come with Cultureshift, and a teacher's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.dashboard.designing import design_shown
from sim.dashboard.own import rules
from sim.lessons import Lesson, lessons_in, shipped_lessons
from sim.lessons.measuring import MEASURED

__all__ = ["find", "lesson_shown", "lessons", "put_beside", "shelf_shown"]

_KEPT: dict[str, Lesson] = {}
_OWN: set[str] = set()


def put_beside(folder: str | Path) -> None:
    """Offer the lessons of a folder too; one with the name of another takes its place.

    Raises
    ------
    InputError : the folder is not one of lessons, or lessons have faults
    """
    own = lessons_in(folder, rules())
    lessons()
    _KEPT.update({lesson.slug: lesson for lesson in own})
    _OWN.update(lesson.slug for lesson in own)


def lessons() -> list[Lesson]:
    """Return all lessons in their order."""
    if not _KEPT:
        _KEPT.update({lesson.slug: lesson for lesson in shipped_lessons(rules())})
    return sorted(_KEPT.values(), key=lambda lesson: (lesson.front_matter.order, lesson.slug))


def find(slug: str) -> Lesson | None:
    """Return a lesson by its short name, None if there is none."""
    return next((lesson for lesson in lessons() if lesson.slug == slug), None)


def shelf_shown() -> list[dict[str, Any]]:
    """Return what the list of lessons shows."""
    return [
        {
            "slug": lesson.slug,
            "stamp": lesson.stamp,
            "title": lesson.title,
            "summary": lesson.front_matter.summary,
            "minutes": lesson.front_matter.minutes,
            "norms": list(lesson.front_matter.norms),
            "asks": "draw a curve" if lesson.front_matter.predict.kind == "draw" else "choose an answer",
            "is_own": lesson.slug in _OWN,
        }
        for lesson in lessons()
    ]


def lesson_shown(lesson: Lesson) -> dict[str, Any]:
    """Return what the page of a lesson shows."""
    facts, scenario, order = lesson.front_matter, lesson.scenario(), [one.slug for one in lessons()]
    predict = facts.predict
    after = lessons()[(order.index(lesson.slug) + 1) % len(order)] if lesson.slug in order else lesson
    return {
        "slug": lesson.slug,
        "stamp": lesson.stamp,
        "title": facts.title,
        "summary": facts.summary,
        "minutes": facts.minutes,
        "norms": list(facts.norms),
        "steps": [{"title": section.title, "html": section.html} for section in lesson.sections.values()],
        "predict": {
            "kind": predict.kind,
            "question": predict.question,
            "label": MEASURED[predict.measure].label,
            "weeks": scenario.weeks,
            "low": predict.low,
            "high": predict.high,
            "starts_at": predict.starts_at,
            "choices": [choice.says for choice in predict.choices],
        },
        "run": {"title": scenario.title, "replicates": facts.run.replicates},
        "explain": facts.explain,
        "try_this": [{"says": link.says, "opens": link.opens.capitalize()} for link in facts.try_this],
        "design": design_shown(lesson),
        "next": {"slug": after.slug, "title": after.title},
    }
