"""Find and read lessons; tell everything that is wrong with a lesson's file at once, each fault with its line."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sim.base.errors import Fault, InputError
from sim.base.toml_lines import Places
from sim.inputs.scenario.description import BASELINE, Scenario
from sim.inputs.scenario.files import parse_toml, read_text, scenarios_folder
from sim.lessons.checking import Facts, check_front_matter, check_together
from sim.lessons.front_matter import FrontMatter
from sim.lessons.resolving import resolve
from sim.lessons.text import Section, read_sections
from sim.rulebook.rulebook import RULEBOOK, Rulebook

__all__ = ["MARK", "Lesson", "check_lesson_file", "lessons_folder", "lessons_in", "read_lesson", "shipped_lessons"]

MARK = "+++"
"""The line before and after the facts in front of a lesson."""

_MOST_CHARACTERS = 120_000
_MOST_LESSONS = 200


@dataclass(frozen=True, eq=False)
class Lesson:
    """A lesson, fully checked.

    Parameters
    ----------
    slug : short name, from the name of the file without its number
    path : the file
    front_matter : its facts
    sections : its text by heading
    rulebook : the rules that it is run with
    """

    slug: str
    path: Path
    front_matter: FrontMatter
    sections: dict[str, Section]
    rulebook: Rulebook = RULEBOOK

    @property
    def title(self) -> str:
        """What the lesson is called."""
        return self.front_matter.title

    @cached_property
    def stamp(self) -> str:
        """A hash of what a prediction rests on: the question and the run."""
        text = (
            self.front_matter.predict.model_dump_json()
            + self.front_matter.run.model_dump_json()
            + self.scenario().digest()
        )
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def scenario(self, name: str | None = None, settings: Sequence[str] = ()) -> Scenario:
        """Return a scenario that the lesson names, with its settings; that of its run if none is named."""
        if name is None:
            name, settings = self.front_matter.run.scenario, self.front_matter.run.settings
        return resolve(name, tuple(settings), self.path.parent, self.rulebook)

    def arms(self) -> list[tuple[str, Scenario, Scenario]]:
        """Return what is run, each with its label and what it is held against."""
        run, predict = self.front_matter.run, self.front_matter.predict
        if predict.kind == "choose" and predict.choices[0].scenario is not None:
            named = [self.scenario(choice.scenario, choice.settings) for choice in predict.choices]
            return [(choice.says, one, one.baseline()) for choice, one in zip(predict.choices, named, strict=True)]
        scenario = self.scenario()
        other = scenario.baseline() if run.compare_with == BASELINE else self.scenario(run.compare_with)
        return [(scenario.title, scenario, other.replace(weeks=scenario.weeks))]


def lessons_folder() -> Path:
    """Return the folder of the lessons that come with Cultureshift."""
    return scenarios_folder() / "lessons"


def shipped_lessons(rulebook: Rulebook = RULEBOOK) -> list[Lesson]:
    """Return the lessons that come with Cultureshift, in their order.

    Examples
    --------
    >>> "the-shoestring-year" in [lesson.slug for lesson in shipped_lessons()]
    True
    """
    return lessons_in(lessons_folder(), rulebook)


def lessons_in(folder: str | Path, rulebook: Rulebook = RULEBOOK) -> list[Lesson]:
    """Return the lessons of a folder (its ``.md`` files, except README.md), in their order.

    Raises
    ------
    InputError : there is no such folder, or a lesson has faults; all faults of all lessons are listed
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError.single(str(folder), "a folder of lessons", "none" if not folder.exists() else "a file")
    paths = sorted(path for path in folder.glob("*.md") if path.name.casefold() != "readme.md")
    if not 1 <= len(paths) <= _MOST_LESSONS:
        raise InputError.single(str(folder), f"one to {_MOST_LESSONS} lessons (.md files)", str(len(paths)))
    lessons, faults = [], []
    for path in paths:
        lesson, found = _read(path, rulebook)
        faults += found
        if lesson is not None:
            lessons.append(lesson)
    faults += _doubled(lessons)
    if faults:
        raise InputError(faults)
    return sorted(lessons, key=lambda lesson: (lesson.front_matter.order, lesson.slug))


def _doubled(lessons: Sequence[Lesson]) -> list[Fault]:
    seen: dict[str, Path] = {}
    faults = []
    for lesson in lessons:
        if lesson.slug in seen:
            came = f'"{lesson.slug}", like {seen[lesson.slug].name}'
            faults.append(Fault(str(lesson.path), "a name that no other lesson has", came, "rename one of the files"))
        seen.setdefault(lesson.slug, lesson.path)
    return faults


def read_lesson(path: str | Path, rulebook: Rulebook = RULEBOOK) -> Lesson:
    """Return a lesson, fully checked; whether its claims hold is for :mod:`sim.lessons.claims`.

    Raises
    ------
    InputError : the file cannot be read, or has faults; all of them are listed
    """
    lesson, faults = _read(Path(path), rulebook)
    if lesson is None or faults:
        raise InputError(faults)
    return lesson


def check_lesson_file(path: str | Path, rulebook: Rulebook = RULEBOOK) -> list[Fault]:
    """Return everything that is wrong with a lesson's file, in the order of its lines; nothing if it is sound."""
    return _read(Path(path), rulebook)[1]


def slug_of(path: Path) -> str:
    """Return the short name of a lesson.

    Examples
    --------
    >>> slug_of(Path("lessons/03-the-shoestring-year.md"))
    'the-shoestring-year'
    """
    stem = path.stem.encode(errors="replace").decode()
    number, _, rest = stem.partition("-")
    return rest if number.isdigit() and rest else stem


def _read(path: Path, rulebook: Rulebook) -> tuple[Lesson | None, list[Fault]]:
    where = os.fspath(path)
    try:
        text = read_text(path, "Markdown").replace("\r\n", "\n").replace("\r", "\n")
    except InputError as error:
        return None, list(error.faults)
    if len(text) > _MOST_CHARACTERS:
        return None, [Fault(where, f"a lesson of at most {_MOST_CHARACTERS:,} characters", f"{len(text):,}")]
    lines = text.split("\n")
    end = _end_of_front_matter(lines)
    if end is None:
        asked = f"a first line {MARK}, the facts of the lesson, and another line {MARK}"
        return None, [
            Fault(f"{where}, line 1", asked, lines[0][:60] or "an empty line", "see docs/teaching/lessons.md")
        ]
    sections, faults = read_sections(lines[end + 1 :], end + 2, where)
    front_matter, facts, found = _front_matter(lines[1:end], where)
    faults = found + faults
    faults += check_together(facts, sections, path.parent, where, rulebook)
    faults.sort(key=_line)
    if faults or front_matter is None:
        return None, faults
    return Lesson(slug_of(path), path, front_matter, sections, rulebook), []


def _front_matter(lines: Sequence[str], where: str) -> tuple[FrontMatter | None, Facts, list[Fault]]:
    # An empty line for the mark: so the lines of the TOML are those of the file.
    try:
        places, table = parse_toml("\n" + "\n".join(lines), where)
    except InputError as error:
        return None, Facts(Places()), list(error.faults)
    return check_front_matter(table, places, where)


def _end_of_front_matter(lines: Sequence[str]) -> int | None:
    if lines[0].rstrip() != MARK:
        return None
    return next((place for place, line in enumerate(lines[1:], start=1) if line.rstrip() == MARK), None)


def _line(fault: Fault) -> int:
    """Return the line that a fault names, 0 if it names none."""
    _, _, rest = fault.where.rpartition(", line ")
    number = rest.partition(":")[0].partition(",")[0]
    return int(number) if number.isdigit() else 0
