"""Lessons: plain files that a teacher can edit, the claims in them, and what a prediction is held against.

A lesson is Markdown with its facts as data in front. ``reading`` turns a file into a :class:`Lesson` or tells all that
is wrong with it; ``claims`` holds what it says about the model against the model; ``handout`` puts it on a page.
"""

from sim.lessons.handout import handout
from sim.lessons.reading import (
    Lesson,
    check_lesson_file,
    lessons_folder,
    lessons_in,
    read_lesson,
    shipped_lessons,
)

__all__ = [
    "Lesson",
    "check_lesson_file",
    "handout",
    "lessons_folder",
    "lessons_in",
    "read_lesson",
    "shipped_lessons",
]
